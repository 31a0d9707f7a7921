-- What ln.show does; loaded by its first call, so that a program which shows nothing starts without it.
local blink = require "lunet.blink"
local capabilities = require "lunet.capabilities"
local display_of = require "lunet.display"
local options = require "lunet.options"
local pictures = require "lunet.pictures"
local profile = require "lunet.profile"
local values = require "lunet.values"

-- Pictures one after the other in the same place, where keys can end that.
local function may_blink(display)
  return display.device and display.group.n > 1 and capabilities.is_terminal(0) and capabilities.is_terminal(1)
end

local function shown(display, o)
  local lines = profile.of(display, o)
  if o.text then return display:text() .. (lines and profile.draw(lines) .. "\n" or "") end
  if o.blink and may_blink(display) then return blink(display) end
  io.stdout:write(display:text())
  if lines then profile.draw(lines) end
  io.stdout:flush()
end

-- The options, where the last of the values are some, and how many others there are.
local function options_of(given)
  local last = given[given.n]
  if given.n > 0 and type(last) == "table" and not pictures.may_be(last) then return last, given.n - 1 end
  return nil, given.n
end

return function(page, ...)
  local given = table.pack(...)
  local o, n = options_of(given)
  o = options.read(page, o)
  if o.row or o.column then o.below = profile.rows end
  o.range = values.check("show", o.range)
  return shown(display_of(pictures.gathered(pictures.groups("show", given, n)), o), o)
end
