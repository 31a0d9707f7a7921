-- Cells of tables as text: the numbers of a column with the digits that matter.
local grouped = require("lunet.format").grouped

-- The fewest decimals, up to 15, that say all of a number.
local function decimals_of(x)
  for decimals = 0, 14 do
    if math.abs(tonumber(("%." .. decimals .. "f"):format(x)) - x) <= 1e-12 * math.abs(x) then return decimals end
  end
  return 15
end

-- The finite numbers of a column, 0 left out.
local function numbers_of(rows, column)
  local out = {}
  for _, row in ipairs(rows) do
    local x = row[column]
    if type(x) == "number" and x == x and x ~= 0 and math.abs(x) ~= math.huge then out[#out + 1] = x end
  end
  return out
end

-- Four digits, but all of those before the point.
local function four_digits(x)
  local size = math.abs(x)
  return (size >= 9999.5 and size < 1e7 and "%.0f" or "%.4g"):format(x)
end

-- How a column prints its numbers: all with as many decimals as give the largest four digits (0.9471, 29.31), if they
-- need them; each with four digits of its own where some would be wrong by more than half a percent then.
local function number_format(rows, column)
  local numbers = numbers_of(rows, column)
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

-- A cell as text, given the format of its column.
local function cell_text(value, format)
  if value == nil then return "-" end
  if type(value) ~= "number" then return tostring(value) end
  if value ~= value then return "nan" end
  if math.abs(value) == math.huge then return value > 0 and "inf" or "-inf" end
  return format(value)
end

-- The cells of rows as text, and which columns hold numbers only.
local function cells(rows, columns)
  local lines, numeric = {}, {}
  for i in ipairs(rows) do lines[i] = {} end
  for c = 1, columns do
    local format = number_format(rows, c)
    numeric[c] = #rows > 0
    for i, row in ipairs(rows) do
      local value = row[c]
      lines[i][c] = cell_text(value, format)
      numeric[c] = numeric[c] and (type(value) == "number" or value == nil)
    end
  end
  return lines, numeric
end

return cells
