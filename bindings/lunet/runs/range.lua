-- ln.range: numbers that a sweep draws from.
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"

local Range = { __name = "lunet.range" }
Range.__index = Range

local page = {
  name = "range",
  usage = "ln.range(options: options) -> range",
  doc = "A range of numbers, for ln.sweep{ vary = { lr = ln.range{ 1e-4, 1e-2, log = true } }, random = 20, ... }, "
    .. "which draws from it.",
  options = {
    { "low", "number", required = true, positional = 1, help = "the least number" },
    { "high", "number", required = true, positional = 2, help = "the largest number" },
    { "log", "boolean", default = false, help = "every factor alike: as much between 1 and 10 as between 10 and 100" },
    { "integer", "boolean", default = false, help = "whole numbers, both ends among them" },
  },
  errors = "Ends that are not finite or in the wrong order; with log, ends that are not above 0; with integer, ends "
    .. "that are no whole numbers.",
  example = "ln.range{ 1e-4, 1e-2, log = true }\nln.range{ 3, 9, integer = true }",
}

-- The number at a share of the way, 0 <= share < 1.
function Range:at(share)
  local low, high = self.low, self.high
  if self.integer then high = high + 1 end
  local value = self.log and low * (high / low) ^ share or low + (high - low) * share
  if self.integer then return math.min(math.floor(value), self.high) end
  return math.min(value, high)
end

function Range:__tostring()
  return ("range{ %.6g, %.6g%s%s }"):format(self.low, self.high, self.log and ", log = true" or "",
    self.integer and ", integer = true" or "")
end

docs.class(Range, {
  { "range:at(share: number) -> number", "The number at a share of the way, from 0 on and below 1.", "range:at(0.5)" },
})

local function is_range(value)
  return debug.getmetatable(value) == Range
end

local function new(given)
  local o = options.read(page, given)
  for _, name in ipairs{ "low", "high" } do
    if math.abs(o[name]) == math.huge then errors.raise("range: option '%s' must be finite, got %s", name, o[name]) end
    if o.log and o[name] <= 0 then
      errors.raise("range: option '%s' must be above 0 with log = true, got %.6g", name, o[name])
    end
    if o.integer and not math.tointeger(o[name]) then
      errors.raise("range: option '%s' must be a whole number with integer = true, got %.6g", name, o[name])
    end
    if o.integer then o[name] = math.tointeger(o[name]) end
  end
  if o.high <= o.low then errors.raise("range: 'high' must be above 'low', got %.6g and %.6g", o.high, o.low) end
  return setmetatable(o, Range)
end

return { new = docs.add(new, page), is = is_range }
