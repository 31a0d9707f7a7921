-- Ctrl-C during a run of batches: it ends the run after the batch instead of raising in the middle of it.
local core = require "lunet.core"

local guards = 0 -- that are open; runs in coroutines may end in any order

local function opened()
  if guards == 0 then core.defer_interrupt(true) end
  guards = guards + 1
  core.interrupted(true)
end

local function closed()
  core.interrupted(true)
  guards = guards - 1
  if guards == 0 then core.defer_interrupt(false) end
end

-- local ctrl_c <close> = deferred(); ctrl_c.pressed() tells. Leaving the scope, by whatever way, gives Ctrl-C its usual
-- meaning back; so does collecting a coroutine that never left it.
local function deferred()
  local open = true
  local function close()
    if open then closed() end
    open = false
  end
  opened()
  return setmetatable({ pressed = function() return core.interrupted() end }, { __close = close, __gc = close })
end

return deferred
