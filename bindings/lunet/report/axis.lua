-- Axes of plots: which numbers they span, where their ticks stand and what is written beside them.
local axis = {}

-- The finite numbers among the values, and on a logarithmic axis those above 0, are what can be drawn.
function axis.drawable(value, log)
  return type(value) == "number" and value == value and math.abs(value) < math.huge and (not log or value > 0)
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
local function label(value, step, largest)
  if value ~= 0 and (largest >= 1e6 or largest < 1e-4) then
    return (("%.3g"):format(value):gsub("e%+?(-?)0*", "e%1"))
  end
  local decimals = math.max(0, -math.floor(math.log(step, 10) + 1e-9))
  return (("%." .. decimals .. "f"):format(value):gsub("^-(0%.?0*)$", "%1"))
end

local function linear_ticks(low, high, count, whole)
  local step = step_above((high - low) / count * 0.8)
  if whole then step = math.max(1, math.ceil(step)) end
  local ticks, largest = {}, math.max(math.abs(low), math.abs(high))
  for i = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) do
    ticks[#ticks + 1] = { i * step, label(i * step, step, largest) }
  end
  return ticks
end

-- Powers of ten, every n-th where there are many; 1, 2 and 5 times them where there are few.
local function log_ticks(low, high, count)
  local first, last, ticks = math.floor(math.log(low, 10)), math.ceil(math.log(high, 10)), {}
  local every = math.max(1, math.ceil((last - first) / count))
  local factors = last - first <= 2 and { 1, 2, 5 } or { 1 }
  local extreme = high >= 1e6 -- then thousands are powers, too
  for power = first, last, every do
    for _, factor in ipairs(factors) do
      local value = factor * 10.0 ^ power
      local inside = value >= low * (1 - 1e-9) and value <= high * (1 + 1e-9)
      if inside then ticks[#ticks + 1] = { value, label(value, value, extreme and value > 1e3 and high or value) } end
    end
  end
  return #ticks >= 2 and ticks or linear_ticks(low, high, count)
end

-- The range of the values, wider by `margin` of it on both sides.
local function range_of(low, high, log, margin)
  if log then
    local room = high > low and (high / low) ^ margin or 2
    return low / room, high * room
  end
  local room = high > low and (high - low) * margin or math.max(math.abs(low) * 0.1, 1e-6)
  return low - room, high + room
end

-- The axis for values from low to high. o: { log =, whole = ticks at whole numbers only, count = about how many ticks,
-- margin = share of the range to add on both sides }. It has low, high, log, ticks = { { value, text }, ... }.
function axis.new(low, high, o)
  local self = { log = o.log or false }
  self.low, self.high = range_of(low, high, o.log, o.margin or 0)
  local make = o.log and log_ticks or linear_ticks
  self.ticks = make(self.low, self.high, math.max(o.count or 5, 1), o.whole)
  return self
end

-- Where a value stands: 0 at the lower end, 1 at the upper one.
function axis.at(self, value)
  if self.log then return math.log(value / self.low) / math.log(self.high / self.low) end
  return (value - self.low) / (self.high - self.low)
end

return axis
