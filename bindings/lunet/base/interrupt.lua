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
-- ctrl_c.usual(catch, f, ...) calls f, which gives one value, with the usual meaning; to catch what it raises makes it
-- count as pressed.
local function deferred()
  local held, cut = false, false
  local function hold()
    if not held then opened() end
    held = true
  end
  local function release()
    if not held then return end
    held = false -- first, for closed may raise
    closed()
  end
  local function released(f, ...)
    release()
    local result = f(...)
    hold()
    return result
  end
  local function usual(catch, f, ...)
    if pressed() then return f(...) end
    if not catch then return released(f, ...) end -- for the sake of tracebacks
    local ok, result = pcall(released, f, ...)
    hold()
    if ok then return result end
    if not core.interrupted(result) then error(result, 0) end
    cut = true
  end
  hold()
  return setmetatable({ pressed = function() return cut or pressed() end, usual = usual },
    { __close = release, __gc = release })
end

return deferred
