-- What pictures hold, and the range of values that colours stand for.
local errors = require "lunet.errors"
local options = require "lunet.options"

local values = {}

-- The finite values of a picture; nil where it has none. Adds up what is not finite.
local function finite_part(facts, x)
  if not x:nonfinite() then return x end
  facts.nan = facts.nan + math.tointeger(x:isnan():sum())
  facts.infinite = facts.infinite + math.tointeger(x:isinf():sum())
  local mask = x:isfinite()
  return mask:any() and x[mask] or nil
end

-- Of a list of pictures: { low, high, mean } of what is finite, nil where nothing is, { nan, infinite } how many are
-- not, { parts } the finite values.
function values.facts(list)
  local facts, sum, n = { nan = 0, infinite = 0, low = math.huge, high = -math.huge, parts = {} }, 0, 0
  for _, x in ipairs(list) do
    local part = finite_part(facts, x)
    if part then
      local count = #part:reshape{ -1 }
      facts.low, facts.high = math.min(facts.low, part:min()), math.max(facts.high, part:max())
      sum, n = sum + part:mean() * count, n + count
      facts.parts[#facts.parts + 1] = part
    end
  end
  if n == 0 then facts.low, facts.high = nil, nil else facts.mean = sum / n end
  facts.count = n
  return facts
end

-- Whether the values are an image's, of 0 to 1, maybe with noise: what is below 0, and what is above 1 by as much as it
-- is above, is together at most half of what there is.
local function is_image(facts)
  if facts.low >= 0 and facts.high <= 1 then return true end
  local below, above, all = 0, 0, 0
  for _, x in ipairs(facts.parts) do
    all = all + x:relu():sum()
    below, above = below + (-x):relu():sum(), above + (x - 1):relu():sum()
  end
  return below + above <= all / 2
end

-- Whether the values are differences, of images or others: below 0 and above, and no image's.
function values.are_signed(facts)
  return facts.low ~= nil and facts.low < 0 and facts.high > 0 and not is_image(facts)
end

-- { low, high } with room between them.
local function opened(low, high)
  if low < high then return { low, high } end
  local room = low == 0 and 1 or math.abs(low)
  return { low - room, high + room }
end

-- What both ends of the colours mean. o: { range = as asked for, symmetric = whether zero is in the middle, image =
-- whether the pictures may be images, of 0 to 1 }
function values.range(facts, o)
  if type(o.range) == "table" then return o.range end
  if not facts.low then return { 0, 1 } end
  if o.symmetric then
    local most = math.max(math.abs(facts.low), math.abs(facts.high))
    return most > 0 and { -most, most } or { -1, 1 }
  end
  if o.image and o.range == nil and is_image(facts) then return { 0, 1 } end
  return opened(facts.low, facts.high)
end

-- The share of values outside the range.
function values.outside(facts, range)
  if not facts.low or facts.low >= range[1] and facts.high <= range[2] then return 0 end
  local n = 0
  for _, x in ipairs(facts.parts) do n = n + x:lt(range[1]):sum() + x:gt(range[2]):sum() end
  return n / facts.count
end

-- A range as users give it, checked.
function values.check(what, range)
  if range == nil or range == "auto" or range == "each" then return range end
  local low, high = type(range) == "table" and range[1], type(range) == "table" and range[2]
  if type(low) == "number" and type(high) == "number" and low < high and high - low < math.huge
    and range[3] == nil then
    return range
  end
  errors.raise("%s: option 'range' must be { low, high } with low below high, 'auto' or 'each', got %s", what,
    type(range) == "table" and ("{ %s, %s }"):format(tostring(low), tostring(high)) or options.text(range))
end

return values
