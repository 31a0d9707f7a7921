-- A line on stderr that is rewritten as work goes on, with a bar of how much is done.
local core = require "lunet.core"

local Line = {}
Line.__index = Line

local interval = 0.1 -- seconds between two rewrites

-- Whether stderr is a terminal that can rewrite a line.
local function possible()
  local term = os.getenv("TERM")
  return core.file.is_tty(2) and term ~= nil and term ~= "" and term ~= "dumb"
end

local function new()
  return setmetatable({ shown = 0, open = false }, Line)
end

-- Whether so much time has passed that it should be rewritten.
function Line:due()
  return core.time() - self.shown >= interval
end

-- "[=====>    ]" of the given width.
local function bar(share, width)
  local filled = math.floor(share * width)
  return "[" .. ("="):rep(filled) .. (filled < width and ">" or "") .. (" "):rep(width - filled - 1) .. "]"
end

local gap, least, most = "  ", 6, 20 -- before and of the bar, in characters

-- What stands behind the text in so many characters: a bar and a curve, or, where there is no room for both, the curve.
local function tail(room, share, curve)
  local for_bar = math.min(room - #gap - 2, most)
  local both = room >= 2 * (#gap + least) + 4
  if curve and both then
    for_bar = math.min(room // 2 - #gap, most)
  elseif curve and room >= #gap + least then
    for_bar = 0
  end
  local out = for_bar >= least and gap .. bar(share, for_bar) or ""
  local for_curve = math.min(room - #out - #gap, most)
  return curve and for_curve >= least and out .. gap .. curve(for_curve) or out
end

-- share: how much is done, from 0 to 1. curve: nil, or curve(width), which gives so many characters that show how it
-- went so far.
function Line:write(text, share, curve)
  local columns = (core.file.columns() or 80) - 3 -- room for the ^C that a terminal echoes
  io.stderr:write("\r", text:sub(1, columns), tail(columns - #text, share, curve), "\27[K")
  io.stderr:flush()
  self.shown, self.open = core.time(), true
end

-- Leaves the terminal at the start of a line, for whoever else writes there.
function Line:clear()
  if self.open then io.stderr:write("\n") end
  self.open = false
end

-- Takes the line away.
function Line:erase()
  if self.open then io.stderr:write("\r\27[K") end
  self.open = false
end

return { new = new, possible = possible }
