-- The series of a plot as users give them, checked and made uniform: { what = what messages begin with, name =, x =,
-- y =, low =, high = lists or tensors of one dimension, points =, dashed =, colour = }, or with f =, from =, to =
-- instead of numbers.
local errors = require "lunet.errors"
local history_series = require "lunet.history_series"
local options = require "lunet.options"
local plot_numbers = require "lunet.plot_numbers"
local plot_options = require "lunet.plot_options"

local plot_series = {}

plot_series.accepted = "a tensor, a list of numbers, a function, a history, a run, a table of results, or a table of "
  .. "options"

-- The lines of a series. named: whether there are names for them elsewhere.
local function add_lines(out, s, named)
  local rows = plot_numbers.rows(s.what, "y", s.y)
  if (s.low == nil) ~= (s.high == nil) then errors.raise("%s: a band needs both low and high", s.what) end
  for i, y in ipairs(rows) do
    local function beside(key) return plot_numbers.row_beside(s.what, key, s[key], y) end
    local name = s.name
    if #rows > 1 then name = not named and ("%s %d"):format(name or "row", i) or nil end
    out[#out + 1] = { what = s.what, name = name, y = y, x = beside("x"), low = beside("low"), high = beside("high"),
      points = s.kind == "scatter", dashed = s.dashed, colour = s.colour }
  end
end

local function add_function(out, s)
  if s.y then errors.raise("%s: either y or f, not both", s.what) end
  out[#out + 1] = { what = s.what, name = s.name, f = s.f, from = s.from, to = s.to, points = s.kind == "scatter",
    dashed = s.dashed, colour = s.colour }
end

-- What is counted: numbers of any shape.
local function add_counted(out, s)
  if s.f then errors.raise("%s: a function is drawn as a line, not as a histogram", s.what) end
  if s.kind ~= "histogram" then errors.raise("%s: a %s cannot stand beside a histogram", s.what, s.kind) end
  out[#out + 1] = { what = s.what, name = s.name, y = s.y, colour = s.colour }
end

local function add(out, s, kind, named)
  s.kind = s.kind or s.points and "scatter" or kind
  if kind == "histogram" then return add_counted(out, s) end
  if s.kind == "histogram" or s.kind == "bars" then
    errors.raise("%s: kind = '%s' is for the whole plot", s.what, s.kind)
  end
  if s.f then add_function(out, s) else add_lines(out, s, named) end
end

local function describe(value)
  if options.is_network(value) then return "a network; net:summary tells about it" end
  if options.is_dataset(value) then return "a dataset; ln.show shows its images" end
  return options.text(value)
end

-- Numbers one beside the other in an entry: { x, y } of tensors; of lists they are rows.
local function is_pair(entry)
  return options.is_tensor(entry[1]) and plot_numbers.are_numbers(entry[2]) and entry[3] == nil
end

-- An entry as the options of a series.
local function options_of(what, entry)
  if type(entry) == "function" then return { f = entry } end
  if plot_numbers.are_numbers(entry) or type(entry) == "number" then return { y = entry } end
  if not plot_numbers.is_plain_table(entry) then
    errors.raise("%s: expected %s, got %s", what, plot_series.accepted, describe(entry))
  end
  local given = plot_options.renamed(entry)
  if is_pair(entry) then
    given[1], given[2], given.x, given.y = nil, nil, entry[1], entry[2]
  elseif type(entry[1]) == "table" and #entry > 1 then
    return { y = entry }
  end
  local s = options.read({ name = what, options = plot_options.series }, given)
  if not s.y and not s.f then errors.raise("%s: there are no numbers to draw, option 'y'", what) end
  return s
end

-- The entries as options of series. What is said of the whole plot holds for its only one.
local function all_options(what, entries, o)
  local list = {}
  for i, entry in ipairs(entries) do
    local where = #entries > 1 and ("%s: series %d"):format(what, i) or what
    local s = options_of(where, entry)
    s.what = where
    for _, option in ipairs(#entries == 1 and plot_options.series or {}) do
      local key = option[1]
      if s[key] == nil then s[key] = o[key] end
    end
    list[i] = s
  end
  return list
end

-- ---- Histories ----

local function is_history(value)
  return history_series.is_one(value) or history_series.is_runs(value)
end

-- Whether all entries are histories, or none; raises for others.
local function are_histories(what, entries)
  local count = 0
  for _, entry in ipairs(entries) do
    if is_history(entry) then count = count + 1 end
  end
  if count > 0 and count < #entries then errors.raise("%s: histories and other series do not go together", what) end
  return count > 0
end

local function of_histories(what, entries, o)
  local list = {}
  for _, entry in ipairs(entries) do
    local some = history_series.is_runs(entry) and entry or { entry }
    for _, one in ipairs(some) do list[#list + 1] = one end
  end
  local series, x_label, y_label = history_series.of(what, list, o)
  o.x_label, o.y_label = o.x_label or x_label, o.y_label or y_label
  for i, s in ipairs(series) do s.what = ("%s: series %d"):format(what, i) end
  return series
end

-- ---- All of it ----

-- Names of the series, where the option gives them; one for each.
local function give_names(what, names, series)
  if not names then return end
  if #series ~= #names then errors.raise("%s: there are %d names for %d series", what, #names, #series) end
  for i, s in ipairs(series) do s.name = s.name or tostring(names[i]) end
end

-- The one place where numbers are given: entries without names, or an option; raises for several.
local function entries_of(what, entries, o)
  local found, name
  local function look(key, value)
    if value and name then errors.raise("%s: either %s or %s, not both", what, name, key) end
    if value then found, name = value, key end
  end
  look("entries without names", #entries > 0 and entries or nil)
  look("f", o.f and { { f = o.f } })
  look("histogram", o.histogram and (plot_numbers.are_numbers(o.histogram) and { o.histogram } or o.histogram))
  look("series", o.series)
  look("y", o.y and { { y = o.y } })
  return found or {}
end

-- The series of a plot of that kind: from the entries without names and the options of a call.
function plot_series.of(what, entries, o)
  local out = {}
  entries = entries_of(what, entries, o)
  if are_histories(what, entries) then return of_histories(what, entries, o) end
  for _, s in ipairs(all_options(what, entries, o)) do add(out, s, o.kind, o.names ~= nil) end
  if #out == 0 then errors.raise("%s: there is nothing to draw: expected %s", what, plot_series.accepted) end
  give_names(what, o.names, out)
  return out
end

return plot_series
