-- Bars as users give them, checked: names with values, numbers or means with their intervals.
local axis = require "lunet.axis"
local cell = require "lunet.cell"
local cells = require "lunet.cells"
local errors = require "lunet.errors"
local figure = require "lunet.figure"
local options = require "lunet.options"

local bar_entries = {}

local function plural(n)
  return n == 1 and "1 value" or n .. " values"
end

-- A value as users give it: a number or an interval, checked.
local function value_of(what, given)
  local value = type(given) == "table" and cell.check(what, given) or given
  if type(value) ~= "number" and not cell.is_interval(value) then
    errors.raise("%s must be a number or an interval { mean, low, high }, got %s", what, options.text(given))
  end
  return value
end

local function check_fields(what, given, n)
  for key in pairs(given) do
    if type(key) ~= "number" and key ~= "low" and key ~= "high" then
      errors.raise("%s: no field '%s'%s", what, tostring(key), errors.suggestion(key, { "low", "high" }))
    end
  end
  if given[n + 2] ~= nil then errors.raise("%s has more than %s", what, plural(n)) end
  if (given.low == nil) ~= (given.high == nil) then errors.raise("%s: an interval needs both low and high", what) end
  if given.low and n > 1 then
    errors.raise("%s: low and high are of one value; with 'series' each is { mean, low, high }", what)
  end
end

-- An entry { name, value, ... } as { label =, values = numbers or intervals }.
local function entry_of(what, given, n)
  if type(given) ~= "table" then errors.raise("%s must be { name, value }, got %s", what, options.text(given)) end
  check_fields(what, given, n)
  local entry = { label = tostring(given[1]), values = {} }
  if given.low then
    local interval = { mean = given[2], low = given.low, high = given.high }
    entry.values[1] = value_of(what, interval)
    return entry
  end
  for i = 1, n do entry.values[i] = value_of(("%s: value %d"):format(what, i), given[i + 1]) end
  return entry
end

-- The list { { name, value, ..., low =, high = }, ... } as { { label =, values = numbers or intervals }, ... }. series:
-- names of several values, or nil.
function bar_entries.read(what, list, series)
  if #list == 0 then errors.raise("%s: there are no bars, { name, value }", what) end
  local entries = {}
  for i, given in ipairs(list) do
    entries[i] = entry_of(("%s: bar %d"):format(what, i), given, series and #series or 1)
  end
  return entries
end

-- The numbers that a value draws.
function bar_entries.ends_of(value)
  if cell.is_interval(value) then return value.mean, value.low, value.high end
  return value
end

-- From what to what the bars' axis goes: 0 is in it, unless `from` says where it begins.
function bar_entries.range(entries, from)
  local low, high = from or 0, from or 0
  for _, entry in ipairs(entries) do
    for _, value in ipairs(entry.values) do
      for _, number in ipairs{ bar_entries.ends_of(value) } do
        if axis.drawable(number) then low, high = math.min(low, number), math.max(high, number) end
      end
    end
  end
  if from then low = from end
  return { low = low, high = high > low and high or low + 1 }
end

-- The values of all entries as text, all with the same digits; a function that gives one after the other.
function bar_entries.texts(entries)
  local rows, at = {}, 0
  for _, entry in ipairs(entries) do
    for _, value in ipairs(entry.values) do rows[#rows + 1] = { value } end
  end
  local lines = cells(rows, 1)
  return function()
    at = at + 1
    return lines[at][1]
  end
end

-- Bars as a figure: rectangles one below the other, beside their names and values.
function bar_entries.figure(entries, o)
  local range, next_text = bar_entries.range(entries, o.from), bar_entries.texts(entries)
  local fig = { title = o.title, x_label = o.x_label, y_label = nil, log_x = false, log_y = false, whole_x = false,
    x_limits = { range.low, range.high }, series = {}, y_ticks = {} }
  local zero, at = math.max(0, range.low), 0
  for _, entry in ipairs(entries) do
    for i, value in ipairs(entry.values) do
      local mean = bar_entries.ends_of(value)
      local words = { entry.label, o.series and tostring(o.series[i]), next_text() }
      if not words[2] then table.remove(words, 2) end
      at = at - 1
      fig.y_ticks[-at] = { at, table.concat(words, "  ") }
      fig.series[-at] = { x = { zero, mean, mean, zero }, y = { at - 0.36, at - 0.36, at + 0.36, at + 0.36 },
        colour = (i - 1) % 8 + 1, filled = true }
    end
  end
  fig.y_limits = { at - 0.6, -0.4 }
  return figure.finished(fig)
end

return bar_entries
