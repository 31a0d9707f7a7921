-- What a cell of a table may hold: a number, a text, nothing, or one of two tables: a mean with its interval,
-- { mean, low, high }, or a value with the text that stands for it, { value =, text = }.
local errors = require "lunet.errors"

local cell = {}

local function is_number(x) return type(x) == "number" end

-- An interval as { mean =, low =, high = }; nil if it is something else. low and high are nan where they are not known.
local function interval_of(given)
  local mean, low, high = given.mean or given[1], given.low or given[2], given.high or given[3]
  if is_number(given.half) then low, high = mean - given.half, mean + given.half end
  if is_number(mean) and is_number(low) and is_number(high) then return { mean = mean, low = low, high = high } end
end

-- A cell as rows keep it; `where` begins the message where it is none.
function cell.check(where, given)
  if type(given) ~= "table" or debug.getmetatable(given) then return given end
  local interval = interval_of(given)
  if interval then return interval end
  if type(given.text) == "string" and (given.value == nil or is_number(given.value)) then
    return { text = given.text, value = given.value }
  end
  errors.raise("%s: a cell is a number, a text, { mean, low, high } or { value =, text = }, got another table", where)
end

function cell.is_interval(value)
  return type(value) == "table" and value.mean ~= nil and value.low ~= nil
end

-- The number that a cell stands for, or nil.
function cell.value(value)
  if is_number(value) then return value end
  if type(value) == "table" and not debug.getmetatable(value) then return value.mean or value.value end
end

-- Its text, where it brings one.
function cell.text(value)
  return type(value) == "table" and not debug.getmetatable(value) and value.text or nil
end

return cell
