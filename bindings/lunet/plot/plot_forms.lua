-- The forms in which ln.plot is called, brought into one: options, with a list of series or of bars.
--
--   plot(t)   plot(x, y)   plot(f, from, to)   plot(history)   plot(t, "x.svg")   plot(t, "histogram")
--   plot{ y = t, ... }   plot{ t, u, ... }   plot{ { y = t, name = "a" }, ... }   plot{ histogram = t }
--   plot{ bars = { a = 1, b = 2 } }
local errors = require "lunet.errors"
local options = require "lunet.options"
local plot_numbers = require "lunet.plot_numbers"
local plot_options = require "lunet.plot_options"
local plot_series = require "lunet.plot_series"
local table_series = require "lunet.table_series"

local forms = {}

local kinds = {}
for _, kind in ipairs(plot_options.kinds) do kinds[kind] = true end

-- ---- Arguments ----

-- The entries without names of a table, and its named options.
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

-- What follows, into the named options: a path, a kind or tables of options.
local function read_rest(what, named, first, ...)
  for i, value in ipairs{ ... } do
    if type(value) == "string" then
      named[kinds[value] and "kind" or "file"] = value
    elseif plot_numbers.is_plain_table(value) and value[1] == nil then
      for key, entry in pairs(value) do named[key] = entry end
    else
      errors.raise("%s: argument %d must be a path, a kind or a table of options, got %s", what, first + i - 1,
        options.text(value))
    end
  end
end

-- The arguments as entries without names and named options.
local function arguments(what, ...)
  local first, second, third = ...
  local entries, named, rest = {}, {}, 2
  if first == nil then
    errors.raise("%s: expected %s, got nothing", what, plot_series.accepted)
  elseif plot_numbers.are_numbers(first) and plot_numbers.are_numbers(second) then
    named.x, named.y, rest = first, second, 3
  elseif type(first) == "function" and type(second) == "number" then
    named.f, named.from, named.to, rest = first, second, third, 4
  elseif plot_numbers.is_plain_table(first) then
    entries, named = split(what, first)
    if plot_numbers.is_list(first) then entries = { entries } end
  else
    entries[1] = first
  end
  read_rest(what, named, rest, select(rest, ...))
  return entries, named
end

-- ---- Bars ----

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    local one, other = tostring(a), tostring(b)
    if one == other then return type(a) < type(b) end -- 1 and "1"
    return one < other
  end)
  return keys
end

-- The bars of numbers, by the names beside them or by their place.
local function named_bars(what, given, names)
  local list, numbers = {}, plot_numbers.rows(what, "y", given)[1]
  if options.is_tensor(numbers) then numbers = numbers:totable() end
  if names and #names ~= #numbers then
    errors.raise("%s: there are %d names for %d bars", what, #names, #numbers)
  end
  for i, number in ipairs(numbers) do list[i] = { names and tostring(names[i]) or tostring(i), number } end
  return list
end

-- The list { { name, value, ... }, ... } of bars.
local function bars_of(what, entries, o)
  local given = o.bars or o.y or #entries == 1 and entries[1] or entries
  if plot_numbers.are_numbers(given) then return named_bars(what, given, o.names or o.x) end
  if given[1] ~= nil then return #entries == 1 and entries or given end
  local list = {}
  for i, key in ipairs(sorted_keys(given)) do list[i] = { tostring(key), given[key] } end
  return list
end

-- ---- All of it ----

local function kind_of(what, o)
  if o.bars and o.histogram then errors.raise("%s: either bars or histogram, not both", what) end
  return o.bars and "bars" or o.histogram and "histogram" or o.kind or o.points and "scatter" or "line"
end

-- The options of a call, with `kind` and either `list`, series for curves and histograms, or `entries` of bars.
function forms.read(page, ...)
  local what = page.name
  local entries, named = arguments(what, ...)
  local o = options.read({ name = what, options = page.options }, plot_options.renamed(named))
  plot_options.finished(what, o)
  if #entries == 1 and table_series.is_one(entries[1]) then
    table_series.read(what, entries[1], o)
    return o
  end
  o.kind = kind_of(what, o)
  if o.kind == "bars" then
    o.entries = bars_of(what, entries, o)
  else
    o.list = plot_series.of(what, entries, o)
  end
  return o
end

return forms
