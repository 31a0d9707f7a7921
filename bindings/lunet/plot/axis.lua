-- Axes of plots: which numbers they span, where their ticks stand and what is written beside them.
local axis = {}

local largest = 1e250 -- with more the range of an axis could overflow

-- The finite numbers among the values, and on a logarithmic axis those above 0, are what can be drawn.
function axis.drawable(value, log)
  return type(value) == "number" and math.abs(value) <= largest and (not log or value >= 1 / largest)
end

-- 0.31 -> 0.2, 0.7 -> 0.5: the step of 1, 2 or 5 times a power of ten that is at most so large.
local function step_below(size)
  local power = 10.0 ^ math.floor(math.log(size, 10))
  for _, factor in ipairs{ 5, 2 } do
    if size >= factor * power * (1 - 1e-9) then return factor * power end
  end
  return power
end

-- 0.31 -> 0.5
local function step_above(size)
  local step = step_below(size)
  while step < size * (1 - 1e-9) do step = step_below(step * 2.6) end
  return step
end

-- A number on a tick: as many decimals as the step has; powers of ten where the largest of the ticks asks for them.
local function label(value, step, highest)
  if highest >= 1e6 or highest < 1e-4 then
    if value == 0 then return "0" end
    local digits = math.max(3, math.min(math.ceil(math.log(highest / step, 10)) + 1, 15)) -- that tell ticks apart
    return (("%." .. digits .. "g"):format(value):gsub("e%+?(-?)0*", "e%1"))
  end
  local decimals = math.max(0, -math.floor(math.log(step, 10) + 1e-9))
  return (("%." .. decimals .. "f"):format(value):gsub("^-(0%.?0*)$", "%1"))
end

local function linear_ticks(low, high, count, whole)
  local step = step_above((high - low) / count * 0.8)
  if whole then step = math.max(1, math.ceil(step)) end
  local ticks, highest = {}, math.max(math.abs(low), math.abs(high))
  for i = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6) do -- float32's 0.1 has a tick at 0.1
    ticks[#ticks + 1] = { i * step, label(i * step, step, highest) }
  end
  return ticks
end

-- 1e-5, 1e4, and 1 to 100 as they are.
local function power_label(factor, power)
  if power >= 0 and power <= 2 then return ("%d"):format(factor * 10 ^ power) end
  return ("%de%d"):format(factor, power)
end

-- Powers of ten within the range whose exponents are multiples of n; each times the factors.
local function powers(low, high, every, factors)
  local ticks, extreme = {}, high >= 1e6 or low < 1e-4 -- then all are written as powers
  for power = math.floor(math.log(low, 10) / every) * every, math.ceil(math.log(high, 10)), every do
    for _, factor in ipairs(factors) do
      local value = factor * 10.0 ^ power
      local inside = value >= low * (1 - 1e-6) and value <= high * (1 + 1e-6)
      local text = extreme and power_label(factor, power) or label(value, value, value)
      if inside then ticks[#ticks + 1] = { value, text } end
    end
  end
  return ticks
end

-- Powers of ten, every n-th where there are many; 1, 2 and 5 times them where there are few.
local function log_ticks(low, high, count)
  local decades = math.ceil(math.log(high, 10)) - math.floor(math.log(low, 10))
  local factors = decades <= 2 and { 1, 2, 5 } or { 1 }
  for every = math.max(1, math.ceil(decades / count)), 1, -1 do
    local ticks = powers(low, high, every, factors)
    if #ticks >= 2 then return ticks end
  end
  return linear_ticks(low, high, count)
end

-- The range of the values, wider by `margin` of it on both sides.
local function range_of(low, high, log, margin)
  if log then
    local room = high > low and math.exp((math.log(high) - math.log(low)) * margin) or 2
    return low / room, high * room
  end
  local room = high > low and (high - low) * margin or math.max(math.abs(low) * 0.1, 1e-6)
  return low - room, high + room
end

-- A range whose ticks differ from each other: one that is narrower than doubles can tell is widened.
local function told_apart(low, high)
  local least = math.max(1e-10 * math.max(math.abs(low), math.abs(high)), 1 / largest)
  if high - low >= least then return low, high end
  return low, low + least
end

-- The axis for values from low to high. o: { log =, whole = ticks at whole numbers only, count = about how many ticks,
-- margin = share of the range to add on both sides, limits = { low, high } that hold whatever the values are, either of
-- which may be nil }. It has low, high, log, ticks = { { value, text }, ... }.
function axis.new(low, high, o)
  local self, limits = { log = o.log or false }, o.limits or {}
  low, high = limits[1] or low, limits[2] or high
  if low > high then -- a limit beyond all values
    if limits[1] then high = low else low = high end
  end
  self.low, self.high = range_of(low, high, o.log, o.margin or 0)
  self.low, self.high = told_apart(limits[1] or self.low, limits[2] or self.high)
  local make = o.log and log_ticks or linear_ticks
  self.ticks = make(self.low, self.high, math.max(o.count or 5, 1), o.whole)
  return self
end

-- Where a value stands: 0 at the lower end, 1 at the upper one.
function axis.at(self, value)
  if self.log then
    local low = math.log(self.low)
    return (math.log(value) - low) / (math.log(self.high) - low)
  end
  return (value - self.low) / (self.high - self.low)
end

return axis
