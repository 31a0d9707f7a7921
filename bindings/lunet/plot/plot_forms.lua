-- The forms in which ln.plot is called, brought into one: options and a list of series.
--
--   plot(t)   plot(x, y)   plot(f, from, to)   plot(history)   plot(t, "x.svg")   plot(t, { kind = "histogram" })
--   plot{ y = t, ... }   plot{ t, u, ... }   plot{ { y = t, name = "a" }, ... }   plot{ histogram = t }
--   plot{ bars = { a = 1, b = 2 } }
local errors = require "lunet.errors"
local figure = require "lunet.figure"
local history_series = require "lunet.history_series"
local long_series = require "lunet.long_series"
local options = require "lunet.options"
local plot_options = require "lunet.plot_options"
local shapes = require "lunet.shapes"

local forms = {}

local most_rows = 8 -- lines of one tensor

local accepted = "a tensor, a list of numbers, a function, a history, a run, or a table of options"

local function is_plain_table(value)
  return type(value) == "table" and debug.getmetatable(value) == nil
end

local function is_number_list(value)
  return is_plain_table(value) and type(value[1]) == "number"
end

local function is_numbers(value)
  return options.is_tensor(value) or is_number_list(value)
end

local function is_histories(value)
  return history_series.is_one(value) or history_series.is_runs(value)
end

-- ---- Arguments ----

local function describe(value)
  if options.is_network(value) then return "a network; browse or net:summary shows it" end
  return options.text(value)
end

-- The named options and the entries without names of a table.
local function split(what, given)
  local list, named, last = {}, {}, 0
  for key, value in pairs(given) do
    if math.type(key) == "integer" then
      list[key], last = value, math.max(last, key)
    else
      named[key] = value
    end
  end
  for i = 1, last do
    if list[i] == nil then errors.raise("%s: there is an entry %d, but none before it", what, last) end
  end
  return list, named
end

-- A path and tables of options that follow, into the named options.
local function read_rest(what, named, first, ...)
  for i, value in ipairs{ ... } do
    if type(value) == "string" then
      named.file = value
    elseif is_plain_table(value) and value[1] == nil then
      for key, entry in pairs(value) do named[key] = entry end
    else
      errors.raise("%s: argument %d must be a path or a table of options, got %s", what, first + i - 1,
        options.text(value))
    end
  end
end

-- The arguments as entries without names and named options.
local function arguments(what, ...)
  local first, second, third = ...
  local entries, named, rest = {}, {}, 2
  if first == nil then
    errors.raise("%s: expected %s, got nothing", what, accepted)
  elseif is_numbers(first) and is_numbers(second) then
    named.x, named.y, rest = first, second, 3
  elseif type(first) == "function" and type(second) == "number" then
    named.f, named.from, named.to, rest = first, second, third, 4
  elseif is_plain_table(first) then
    entries, named = split(what, first)
    if is_number_list(first) then entries = { entries } end
  else
    entries[1] = first
  end
  read_rest(what, named, rest, select(rest, ...))
  return entries, named
end

-- ---- Numbers ----

local function without_ones(t)
  local shape = {}
  for _, size in ipairs(t.shape) do
    if size ~= 1 then shape[#shape + 1] = size end
  end
  if #shape == 0 then shape[1] = 1 end
  return t:reshape(shape)
end

-- The rows of a tensor: tensors of one dimension.
local function rows_of_tensor(what, t)
  local flat = without_ones(t)
  if #flat.shape > 2 then
    errors.raise("%s: a tensor to draw as lines has one dimension, or two, each row being a line; got one of shape %s "
      .. "(kind = 'histogram' takes any shape)", what, shapes.text(t.shape))
  elseif #flat.shape == 1 then
    return { flat }
  elseif flat.shape[1] > most_rows then
    errors.raise("%s: a tensor of shape %s has %d rows, but at most %d are drawn as lines: choose some, "
      .. "t:narrow(1, 1, %d), or look at all with ln.show", what, shapes.text(t.shape), flat.shape[1], most_rows,
      most_rows)
  end
  local rows = {}
  for i = 1, flat.shape[1] do rows[i] = flat[i] end
  return rows
end

-- A list of numbers, checked; a long one as a tensor, which is faster.
local function numbers_of(what, list)
  return #list > long_series.enough and long_series.tensor(list) or figure.numbers(what, list)
end

-- Lists of numbers, or tensors of one dimension: one for each line.
local function rows_of(what, key, value)
  if type(value) == "number" then return { { value } } end
  if options.is_tensor(value) then return rows_of_tensor(what, value) end
  what = ("%s: %s"):format(what, key)
  if type(value[1]) ~= "table" and not options.is_tensor(value[1]) then return { numbers_of(what, value) } end
  local rows = {}
  for i, row in ipairs(value) do
    local where = ("%s: row %d"):format(what, i)
    rows[i] = options.is_tensor(row) and rows_of_tensor(where, row)[1] or numbers_of(where, row)
  end
  return rows
end

-- One row, as long as y.
local function row_beside(what, key, value, y)
  if value == nil then return nil end
  local rows = rows_of(what, key, value)
  if #rows > 1 then errors.raise("%s: %s must have one dimension, as y", what, key) end
  if #rows[1] ~= #y then errors.raise("%s: %s has %d numbers, but y has %d", what, key, #rows[1], #y) end
  return rows[1]
end

-- ---- Series ----

-- The lines of a series as users give it, checked. named: whether there are names for them.
local function add_lines(out, s, named)
  local rows = rows_of(s.what, "y", s.y)
  if (s.low == nil) ~= (s.high == nil) then errors.raise("%s: a band needs both low and high", s.what) end
  for i, y in ipairs(rows) do
    local name = s.name
    if #rows > 1 then name = not named and ("%s %d"):format(name or "row", i) or nil end
    out[#out + 1] = { what = s.what, y = y, x = row_beside(s.what, "x", s.x, y), colour = s.colour, dashed = s.dashed,
      low = row_beside(s.what, "low", s.low, y), high = row_beside(s.what, "high", s.high, y),
      name = name, points = s.kind == "scatter" }
  end
end

local function add_series(out, s, kind, named)
  s.kind = s.kind or kind
  if s.f and s.y then errors.raise("%s: either y or f, not both", s.what) end
  if kind == "histogram" or kind == "bars" then
    if s.f then errors.raise("%s: a function is drawn as a line, not as a %s", s.what, kind) end
    if s.kind ~= kind then errors.raise("%s: a %s cannot stand beside a %s", s.what, s.kind, kind) end
    out[#out + 1] = { what = s.what, name = s.name, y = s.y, x = s.x, colour = s.colour }
  elseif s.kind == "histogram" or s.kind == "bars" then
    errors.raise("%s: kind = '%s' is for the whole plot", s.what, s.kind)
  elseif s.f then
    out[#out + 1] = { what = s.what, f = s.f, from = s.from, to = s.to, name = s.name, colour = s.colour,
      dashed = s.dashed, points = s.kind == "scatter" }
  else
    add_lines(out, s, named)
  end
end

-- An entry as options of a series.
local function spec_of(what, entry)
  if type(entry) == "function" then return { f = entry } end
  if is_numbers(entry) or type(entry) == "number" then return { y = entry } end
  if is_plain_table(entry) then
    if type(entry[1]) == "table" and #entry > 1 then return { y = entry } end
    local s = options.read({ name = what, options = plot_options.series }, plot_options.renamed(entry))
    if not s.y and not s.f then errors.raise("%s: there are no numbers to draw, option 'y'", what) end
    return s
  end
  errors.raise("%s: expected %s, got %s", what, accepted, describe(entry))
end

-- The entries of one plot are histories, or series; raises for both.
local function are_histories(what, entries)
  local count = 0
  for _, entry in ipairs(entries) do
    if is_histories(entry) then count = count + 1 end
  end
  if count > 0 and count < #entries then errors.raise("%s: histories and other series do not go together", what) end
  return count > 0
end

local function series_of_histories(what, entries, o)
  local list = {}
  for _, entry in ipairs(entries) do
    if history_series.is_runs(entry) then
      for _, run in ipairs(entry) do list[#list + 1] = run end
    else
      list[#list + 1] = entry
    end
  end
  local series, x_label, y_label = history_series.of(what, list, o)
  o.x_label, o.y_label = o.x_label or x_label, o.y_label or y_label
  for i, s in ipairs(series) do s.what = ("%s: series %d"):format(what, i) end
  return series
end

-- What a plot of one kind needs besides entries: y or f beside the other options.
local function own_series(o)
  if not o.y and not o.f then return nil end
  local s = {}
  for _, entry in ipairs(plot_options.series) do s[entry[1]] = o[entry[1]] end
  return s
end

-- The value of `histogram` as entries.
local function counted_entries(value)
  if is_numbers(value) then return { value } end
  return value
end

local function entries_of(what, entries, o)
  local given = {}
  for key, value in pairs{ ["entries without names"] = #entries > 0 and entries or nil, y = o.y, f = o.f,
    series = o.kind ~= "bars" and o.series or nil, histogram = o.histogram } do
    given[#given + 1] = { key, value }
  end
  table.sort(given, function(a, b) return a[1] < b[1] end)
  if #given > 1 then errors.raise("%s: either %s or %s, not both", what, given[1][1], given[2][1]) end
  if o.histogram then return counted_entries(o.histogram) end
  if o.series then return o.series end
  if #entries > 1 and type(entries[1]) == "number" then return { entries } end
  return entries
end

-- Names of the series, where the option gives them; one for each.
local function give_names(what, names, series)
  if not names then return end
  if #series ~= #names then errors.raise("%s: there are %d names for %d series", what, #names, #series) end
  for i, s in ipairs(series) do s.name = s.name or tostring(names[i]) end
end

local function kind_of(o)
  if o.bars and o.histogram then errors.raise("plot: either bars or histogram, not both") end
  return o.bars and "bars" or o.histogram and "histogram" or o.kind or "line"
end

-- All series of a plot that is no bars.
local function series_of(what, entries, o)
  local out, own = {}, own_series(o)
  entries = entries_of(what, entries, o)
  if are_histories(what, entries) then return series_of_histories(what, entries, o) end
  if own then
    own.what = what
    add_series(out, own, o.kind, o.names ~= nil)
  end
  for i, entry in ipairs(entries) do
    local where = #entries > 1 and ("%s: series %d"):format(what, i) or what
    local s = spec_of(where, entry)
    s.what = where
    if not own and #entries == 1 then
      for _, key in ipairs{ "x", "name", "low", "high", "colour", "dashed", "from", "to" } do
        if s[key] == nil then s[key] = o[key] end
      end
    end
    add_series(out, s, o.kind, o.names ~= nil)
  end
  if #out == 0 then errors.raise("%s: there is nothing to draw: expected %s", what, accepted) end
  give_names(what, o.names, out)
  return out
end

-- ---- Bars ----

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

-- The list { { name, value, ... }, ... } of bars.
local function bars_of(what, entries, o)
  local given = o.bars or o.y or (#entries == 1 and is_numbers(entries[1]) and entries[1]) or entries
  local names = o.names or o.x
  if options.is_tensor(given) then given = rows_of_tensor(what, given)[1]:totable() end
  if type(given[1]) ~= "number" and given[1] ~= nil then return given end
  local list = {}
  for i, key in ipairs(given[1] and given or sorted_keys(given)) do
    if given[1] then
      list[i] = { names and tostring(names[i]) or tostring(i), key }
    else
      list[i] = { tostring(key), given[key] }
    end
  end
  if names and #names ~= #list then errors.raise("%s: there are %d names for %d bars", what, #names, #list) end
  return list
end

-- ---- All of it ----

-- The options of a call, with `kind` and either `list`, series for curves and histograms, or `entries` of bars.
function forms.read(page, ...)
  local what = page.name
  local entries, named = arguments(what, ...)
  local o = options.read({ name = what, options = page.options }, plot_options.renamed(named))
  o.kind = kind_of(o)
  plot_options.finished(what, o)
  if o.kind == "bars" then
    o.entries = bars_of(what, entries, o)
  else
    o.list = series_of(what, entries, o)
  end
  return o
end

return forms
