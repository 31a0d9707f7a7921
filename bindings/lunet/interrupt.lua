-- Ctrl-C during a run of batches: it ends the run after the batch instead of raising in the middle of it.
local core = require "lunet.core"

-- local ctrl_c <close> = deferred(); ctrl_c.pressed() tells. Leaving the scope, by whatever way, gives Ctrl-C its usual
-- meaning back.
local function deferred()
  local before = core.defer_interrupt(true)
  core.interrupted(true)
  return setmetatable({ pressed = function() return core.interrupted() end }, {
    __close = function()
      core.interrupted(true)
      core.defer_interrupt(before or false)
    end,
  })
end

return deferred
