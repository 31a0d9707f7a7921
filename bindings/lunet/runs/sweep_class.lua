-- What ln.sweep returns: the points with what came of them, as data, tables and text.
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local points = require "lunet.points"
local results = require "lunet.table"
local sweep_table = require "lunet.sweep_table"

local Sweep = {}
Sweep.__name = "lunet.sweep"

local fields = { "best", "csv", "dir", "folder", "name", "results", "table" }
local optional = { halving = true }

local sweep_class = {}

-- fields: see sweep.lua.
function sweep_class.new(self)
  return setmetatable(self, Sweep)
end

function Sweep.__index(self, key)
  if math.type(key) == "integer" then return self:results()[key] end
  local method = rawget(Sweep, key)
  if method ~= nil or optional[key] then return method end
  errors.raise("sweep: no method or field '%s'%s", tostring(key), errors.suggestion(key, fields))
end

function Sweep:__len()
  return #self.points
end

-- ---- As data ----

local function entry_of(self, point)
  local state = self.states:read(point)
  local words = { again = "failed", begun = "unfinished", new = "not run" }
  return { point = point.plain, result = state.result, error = state.error, state = words[state.state] or state.state,
    seconds = state.seconds, stopped = state.stopped, run = state.run }
end

function Sweep:results()
  local list = {}
  for i, point in ipairs(self.points) do list[i] = entry_of(self, point) end
  return list
end

function Sweep:table(given)
  return sweep_table.summary(self:results(), given)
end

function Sweep:best(value, which)
  options.argument("sweep:best", "the value", "string", value)
  if which ~= nil then options.check("sweep:best", { "which", "string", choices = { "max", "min" } }, which) end
  local entries = self:results()
  sweep_table.check_value("sweep:best", entries, value)
  local sign = sweep_table.direction("sweep:best", value, which) == "max" and 1 or -1
  local best
  for _, entry in ipairs(entries) do
    local mine = sweep_table.number_of(entry, value)
    if mine and (not best or sign * mine > sign * sweep_table.number_of(best, value)) then best = entry end
  end
  return best
end

-- ---- As text ----

-- The columns of all points: what varies, and the names of results. Lists of numbers are shown by their mean.
local function columns_of(self, entries)
  local _, varied = points.keys(self.points)
  local names, known = {}, {}
  for _, entry in ipairs(entries) do
    for name, value in pairs(entry.result or {}) do
      if (type(value) ~= "table" or sweep_table.mean_of(value)) and not known[name] then
        known[name] = true
        names[#names + 1] = name
      end
    end
  end
  table.sort(names)
  return varied, names
end

-- All points as a table of results; `last` are names of further fields of their entries.
local function all_points(self, entries, count, last)
  local varied, names = columns_of(self, entries)
  local columns = {}
  for _, list in ipairs{ varied, names, last } do table.move(list, 1, #list, #columns + 1, columns) end
  local t = results{ columns = columns }
  for i = 1, count do
    local entry, row = entries[i], {}
    for c, key in ipairs(varied) do
      local value = entry.point[key]
      row[c] = type(value) == "table" and points.value_text(value) or value
    end
    for c, name in ipairs(names) do
      local value = (entry.result or {})[name]
      row[#varied + c] = type(value) == "table" and sweep_table.mean_of(value) or value
    end
    for c, name in ipairs(last) do row[#varied + #names + c] = entry[name] end
    t:add(row)
  end
  return t
end

function Sweep:csv(path)
  local entries = self:results()
  local t = all_points(self, entries, #entries, { "state", "error", "stopped", "seconds", "run" })
  return errors.within("", t.csv, t, path)
end

local most_shown = 20

function Sweep:__tostring()
  local entries, counts = self:results(), {}
  for _, entry in ipairs(entries) do counts[entry.state] = (counts[entry.state] or 0) + 1 end
  local parts = {}
  for _, state in ipairs{ "finished", "failed", "unfinished", "not run" } do
    if counts[state] then parts[#parts + 1] = ("%d %s"):format(counts[state], state) end
  end
  local head = ("sweep '%s': %d points, %s"):format(self.name, #self, table.concat(parts, ", "))
  local shown = math.min(#entries, most_shown)
  local t = all_points(self, entries, shown, counts.finished == #entries and { "seconds" } or { "state", "seconds" })
  local more = #entries > shown and ("\n... and %d more: sweep:csv() has all"):format(#entries - shown) or ""
  return ("%s\n%s%s"):format(head, tostring(t), more)
end

docs.class(Sweep, {
  { "sweep:table(options: { rows: string, columns?: string, value?: string, over?: string|string[], where?: table, "
    .. "best?: 'max'|'min'|'none' }) -> results", "Means over `over` (by default \"seed\") with 95 % t intervals, a "
    .. "row for each value of `rows` and a column for each of `columns`, the best of each column in bold. value: the "
    .. "result to show, if there are several; lists count by their mean. where: only points that have these values, "
    .. "{ p = 0.1 }. best: which values are the better ones, where the name does not say it as ssim and mse do. What "
    .. "varies besides is an error, as are names that do not exist.",
    'sweep:table{ rows = "p", value = "error" }' },
  { "sweep:results() -> table[]", "All points, in order: { point =, result =, state =, error =, seconds =, stopped =, "
    .. "run = }. state: \"finished\", \"failed\", \"unfinished\" or \"not run\"; run: the folder of the record." },
  { "sweep:best(value: string, which?: 'max'|'min') -> table|nil",
    "The entry of sweep:results() with the best value.",
    'sweep:best("error", "min")' },
  { "sweep:csv(path?: string) -> string", "CSV text, a line for each point, lists by their mean; with a "
    .. "path, written there." },
  { "sweep.name -> string", "Its name." },
  { "sweep.dir -> string", "The folder of the records of its runs." },
  { "sweep.folder -> string", "The folder in which it keeps what is done: without it, it begins anew." },
})

return sweep_class
