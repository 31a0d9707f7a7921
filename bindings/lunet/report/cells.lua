-- Cells of tables as text: the numbers of a column with the digits that matter.
local cell = require "lunet.cell"
local grouped = require("lunet.format").grouped

-- The fewest decimals, up to 15, that say all of a number.
local function decimals_of(x)
  for decimals = 0, 14 do
    if math.abs(tonumber(("%." .. decimals .. "f"):format(x)) - x) <= 1e-12 * math.abs(x) then return decimals end
  end
  return 15
end

local function is_finite(x) return x == x and math.abs(x) ~= math.huge end

-- The finite numbers of a column, 0 left out, and half the widths of its intervals. Cells with a text of their own do
-- not count.
local function numbers_of(rows, column)
  local out, halves = {}, {}
  for _, row in ipairs(rows) do
    local x = not cell.text(row[column]) and cell.value(row[column])
    if x and is_finite(x) and x ~= 0 then out[#out + 1] = x end
    local half = cell.is_interval(row[column]) and (row[column].high - row[column].low) / 2
    if half and is_finite(half) and half ~= 0 then halves[#halves + 1] = half end
  end
  return out, halves
end

-- Numbers beside their intervals: four digits of the largest, and one at least of the narrowest interval.
local function interval_format(numbers, halves)
  local largest, narrowest = 0, math.huge
  for _, x in ipairs(numbers) do largest = math.max(largest, math.abs(x)) end
  for _, half in ipairs(halves) do narrowest = math.min(narrowest, half) end
  local enough = largest > 0 and 3 - math.floor(math.log(largest, 10)) or 0
  local decimals = math.max(0, enough, -math.floor(math.log(narrowest, 10)))
  local format = "%." .. math.min(decimals, 9) .. "f"
  return function(x) return format:format(x) end
end

-- Four digits, but all of those before the point.
local function four_digits(x)
  local size = math.abs(x)
  return (size >= 9999.5 and size < 1e7 and "%.0f" or "%.4g"):format(x)
end

-- How a column prints its numbers: all with as many decimals as give the largest four digits (0.9471, 29.31), if they
-- need them; each with four digits of its own where some would be wrong by more than half a percent then.
local function number_format(rows, column)
  local numbers, halves = numbers_of(rows, column)
  if #halves > 0 then return interval_format(numbers, halves) end
  local largest, decimals = 0, 0
  for _, x in ipairs(numbers) do
    largest, decimals = math.max(largest, math.abs(x)), math.max(decimals, decimals_of(x))
  end
  if decimals == 0 and largest < 2 ^ 53 then return grouped end
  local enough = largest > 0 and math.max(0, 3 - math.floor(math.log(largest, 10))) or 0
  local format = "%." .. math.min(decimals, enough) .. "f"
  for _, x in ipairs(numbers) do
    local lost = math.abs(tonumber(format:format(x)) - x) > 0.005 * math.abs(x)
    if lost or enough > 7 or largest >= 1e7 then return four_digits end
  end
  return function(x) return format:format(x) end
end

local function number_text(x, format)
  if x ~= x then return "nan" end
  if math.abs(x) == math.huge then return x > 0 and "inf" or "-inf" end
  return format(x)
end

-- Whether an interval lies about its mean, so that half its width says it.
local function is_symmetric(interval)
  local half = (interval.high - interval.low) / 2
  return math.abs((interval.high + interval.low) / 2 - interval.mean) <= 0.01 * half
end

local function has_skew_interval(rows, column)
  for _, row in ipairs(rows) do
    local value = row[column]
    if cell.is_interval(value) and value.low == value.low and not is_symmetric(value) then return true end
  end
  return false
end

-- "0.812 ± 0.004", or "0.812 [0.807, 0.815]"; the mean alone where there is no interval.
local function interval_text(value, format, skew)
  local mean = number_text(value.mean, format)
  if value.low ~= value.low or value.high ~= value.high then return mean end
  if not skew then return ("%s ± %s"):format(mean, number_text((value.high - value.low) / 2, format)) end
  return ("%s [%s, %s]"):format(mean, number_text(value.low, format), number_text(value.high, format))
end

-- A cell as text, given the format of its column.
local function cell_text(value, format, skew)
  if value == nil then return "-" end
  if type(value) == "number" then return number_text(value, format) end
  if cell.is_interval(value) then return interval_text(value, format, skew) end
  return cell.text(value) or tostring(value)
end

-- The cells of rows as text, and which columns hold numbers only.
local function cells(rows, columns)
  local lines, numeric = {}, {}
  for i in ipairs(rows) do lines[i] = {} end
  for c = 1, columns do
    local format, skew = number_format(rows, c), has_skew_interval(rows, c)
    numeric[c] = #rows > 0
    for i, row in ipairs(rows) do
      local value = row[c]
      lines[i][c] = cell_text(value, format, skew)
      numeric[c] = numeric[c] and (value == nil or value == "" or cell.value(value) ~= nil)
    end
  end
  return lines, numeric
end

return cells
