-- Keys by name, while something is on the screen that they control.
local core = require "lunet.core"

local keyboard = {
  waited = false, -- whether somebody was waited for: the prompt, which sets it back, tells no times of that
}

-- What terminals send, without the escape.
local sequences = {
  ["[A"] = "up", ["[B"] = "down", ["[C"] = "right", ["[D"] = "left", ["[H"] = "home", ["[F"] = "end",
  ["OA"] = "up", ["OB"] = "down", ["OC"] = "right", ["OD"] = "left", ["OH"] = "home", ["OF"] = "end",
  ["[1~"] = "home", ["[4~"] = "end", ["[5~"] = "page up", ["[6~"] = "page down", ["[7~"] = "home", ["[8~"] = "end",
}
local controls = { ["\4"] = "end of input", ["\r"] = "enter", ["\n"] = "enter", ["\t"] = "tab", [" "] = "space" }

-- The first key of some bytes, and the rest; nil where a sequence is not complete.
local function split(bytes)
  local first = bytes:sub(1, 1)
  if first ~= "\27" then return controls[first] or first, bytes:sub(2) end
  local sequence, rest = bytes:match("^\27([%[O][%d;]*[^%d;])()")
  if sequence then return sequences[sequence] or "unknown", bytes:sub(rest) end
  if bytes == "\27" or bytes:find("^\27[%[O][%d;]*$") then return nil end
  return "escape", bytes:sub(2)
end

local Keys = {}
Keys.__index = Keys

local sequence_time = 0.05 -- seconds between the parts of one, through a slow line

-- The key that is pressed within so many seconds: "up", "q", "escape", ...; nil if none is.
function Keys:read(seconds)
  local bytes = self.waiting
  if bytes == "" then
    local came = core.keys.read(self.box, seconds)
    if not came then return came == false and "end of input" or nil end
    bytes = came
  end
  local key, rest = split(bytes)
  while not key do
    local more = core.keys.read(self.box, sequence_time)
    if not more then key, rest = "escape", "" break end
    bytes = bytes .. more
    key, rest = split(bytes)
  end
  self.waiting = rest
  return key
end

-- Call f(keys); enter and leave are control sequences for the screen, of which the second is sent whatever ends it.
-- Ctrl-C ends it as any other way of leaving does.
function keyboard.control(enter, leave, f)
  keyboard.waited = true
  local ok, message = pcall(function()
    local box <close> = core.keys.open(enter, leave)
    f(setmetatable({ box = box, waiting = "" }, Keys))
  end)
  if not ok and not core.interrupted(message) then error(message, 0) end
end

return keyboard
