-- What a table of results shows as a plot.
--
--   columns headed by numbers (a sweep's)    a line for each row, over these numbers
--   numbers in the first column              a line for each other column, over these numbers
--   else                                     bars: the first column of numbers, or those that are asked for
local cell = require "lunet.cell"
local errors = require "lunet.errors"

local table_series = {}

local has_table = { ["lunet.comparison"] = true, ["lunet.ablation"] = true }

local function class_of(value)
  return type(value) == "table" and rawget(debug.getmetatable(value) or {}, "__name") or nil
end

-- Is it a table of results, or what has one?
function table_series.is_one(value)
  local class = class_of(value)
  return class == "lunet.results" or has_table[class] == true
end

-- Whether the cells of a column are numbers, as far as there are any.
local function is_numeric(t, column)
  local some = false
  for _, row in ipairs(t.rows) do
    if row[column] ~= nil then
      if not cell.value(row[column]) then return false end
      some = true
    end
  end
  return some
end

-- The positions of the columns of numbers behind the first, or of those of these names.
local function columns_of(what, t, values)
  local found, by_name = {}, {}
  for c = 2, #t.columns do
    by_name[t.columns[c]] = c
    if is_numeric(t, c) then found[#found + 1] = c end
  end
  if not values then return found end
  for i, name in ipairs(values) do
    local c = by_name[name]
    if not c then errors.raise("%s: no column '%s'%s", what, tostring(name), errors.suggestion(name, t.columns)) end
    if not is_numeric(t, c) then errors.raise("%s: column '%s' holds no numbers", what, name) end
    found[i] = c
  end
  return table.move(found, 1, #values, 1, {})
end

-- The numbers of a cell: value, low, high; NaN where there is none.
local function numbers_of(value)
  local number = cell.value(value) or 0 / 0
  if cell.is_interval(value) then return number, value.low, value.high end
  return number, number, number
end

-- A series of cells; with a band where one has an interval.
local function series_of(what, name, xs, cells)
  local s = { what = what, name = name, x = xs, y = {}, low = {}, high = {} }
  local some = false
  for i in ipairs(xs) do
    s.y[i], s.low[i], s.high[i] = numbers_of(cells[i])
    some = some or cell.is_interval(cells[i])
  end
  if not some then s.low, s.high = nil, nil end
  return s
end

local function by_rows(what, t, heads)
  local list = {}
  for i, row in ipairs(t.rows) do
    list[i] = series_of(what, tostring(cell.text(row[1]) or row[1]), heads, table.move(row, 2, #t.columns, 1, {}))
  end
  return list
end

local function by_columns(what, t, columns)
  local list, xs = {}, {}
  for i, row in ipairs(t.rows) do xs[i] = numbers_of(row[1]) end
  for i, c in ipairs(columns) do
    local cells = {}
    for r, row in ipairs(t.rows) do cells[r] = row[c] end
    list[i] = series_of(what, t.columns[c], xs, cells)
  end
  return list
end

-- The heads of the columns behind the first as numbers; nil if one is none.
local function numeric_heads(t)
  local heads = {}
  for c = 2, #t.columns do heads[c - 1] = tonumber(t.columns[c]) end
  return #t.columns > 2 and #heads == #t.columns - 1 and heads or nil
end

local function bars(t, columns, o)
  local list, names = {}, {}
  if not o.values then columns = { columns[1] } end
  for i, c in ipairs(columns) do names[i] = t.columns[c] end
  for r, row in ipairs(t.rows) do
    list[r] = { tostring(cell.text(row[1]) or row[1]) }
    for i, c in ipairs(columns) do
      list[r][i + 1] = cell.is_interval(row[c]) and row[c] or (numbers_of(row[c]))
    end
  end
  o.kind, o.entries, o.series = "bars", list, #names > 1 and names or nil
  o.title = o.title or names[1] and #names == 1 and names[1] or nil
end

-- Sets what options lack to draw the table: kind, and `list` or `entries`.
function table_series.read(what, given, o)
  local t = class_of(given) == "lunet.results" and given or given:table()
  local columns, heads = columns_of(what, t, o.values), numeric_heads(t)
  if #t.rows == 0 or #columns == 0 then errors.raise("%s: the table has no numbers to draw", what) end
  if heads and not o.values then
    o.kind, o.list = o.kind or "line", by_rows(what, t, heads)
  elseif is_numeric(t, 1) then
    o.kind, o.list = o.kind or "line", by_columns(what, t, columns)
    o.x_label = o.x_label or t.columns[1]
  else
    bars(t, columns, o)
  end
  for _, s in ipairs(o.list or {}) do s.points = o.kind == "scatter" end
end

return table_series
