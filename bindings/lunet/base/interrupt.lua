-- Ctrl-C during a run of batches: it ends the run after the batch instead of raising in the middle of it.
local core = require "lunet.core"

local guards = 0 -- that are open; runs in coroutines may end in any order
local told = false -- some code that deferred Ctrl-C has heard of it

local function opened()
  if guards == 0 then core.defer_interrupt(true) end
  guards = guards + 1
end

local function closed()
  guards = guards - 1
  if guards > 0 then return end
  if told then core.interrupt_pressed(true) end
  told = false
  core.defer_interrupt(false)
end

local function pressed()
  local now = core.interrupt_pressed()
  told = told or now
  return now
end

-- local ctrl_c <close> = deferred(); ctrl_c.pressed() tells. Leaving the scope, by whatever way, gives Ctrl-C its usual
-- meaning back, and raises where it was pressed and nobody has asked; so does collecting a coroutine that never left.
local function deferred()
  local open = true
  local function close()
    if open then closed() end
    open = false
  end
  opened()
  return setmetatable({ pressed = pressed }, { __close = close, __gc = close })
end

return deferred
