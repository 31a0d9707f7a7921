-- Runs as a table for the eye: the columns that tell them apart, as many as fit.
local format = require "lunet.format"
local results = require "lunet.table"
local run_class = require "lunet.run"

local runs_table = {}

local longest_name, longest_text = 24, 20 -- characters of a cell

local function cut(text, most)
  local count = utf8.len(text)
  if not count then return #text > most and text:sub(1, most - 2) .. ".." or text end
  return count > most and text:sub(1, utf8.offset(text, most - 1) - 1) .. ".." or text
end

-- ---- Columns ----

-- Names that begin with the prefix, in alphabetic order: those of which runs have different values, and the others.
local function names_of(values, prefix)
  local first, names = {}, {}
  for _, of_run in ipairs(values) do
    for name, value in pairs(of_run) do
      if name:sub(1, #prefix) == prefix and first[name] == nil then
        first[name], names[#names + 1] = value, name
      end
    end
  end
  table.sort(names)
  local differing, same = {}, {}
  for _, name in ipairs(names) do
    local differs = false
    for _, of_run in ipairs(values) do differs = differs or of_run[name] ~= first[name] end
    table.insert(differs and differing or same, name)
  end
  return differing, same
end

local function short_name(name)
  return cut(format.visible(name:gsub("^options%.", ""):gsub("^result%.", "")), longest_name)
end

-- Seconds as "2.1 s", "3 min 05", "1 h 20".
local function duration(seconds)
  if type(seconds) ~= "number" or seconds ~= seconds then return nil end
  if seconds < 60 then return ("%.1f s"):format(seconds) end
  if seconds < 3600 then return ("%d min %02d"):format(seconds // 60, seconds % 60 // 1) end
  return ("%d h %02d"):format(seconds // 3600, seconds % 3600 // 60)
end
runs_table.duration = duration

-- "2026-11-29 07:16"
local function moment(text)
  return type(text) == "string" and format.visible(text:sub(1, 16):gsub("T", " ")) or nil
end

local fixed = {
  { "run", function(v) return format.visible(v.short) end },
  { "started, UTC", function(v) return moment(v.started) end },
  { "name", function(v) return v.name and cut(format.visible(v.name), longest_name) end },
  { "status", function(v) return cut(format.visible(v.status), 11) end },
  { "took", function(v) return duration(v.seconds) end },
}

local function cell(value)
  if type(value) == "string" then return cut(format.visible(value), longest_text) end
  if type(value) == "boolean" then return tostring(value) end
  return value
end

-- Columns in the order of their importance: results that differ, options that do, other results.
local function columns_of(values, wanted)
  local names = wanted
  if not names then
    local same
    names, same = names_of(values, "result.")
    local given = names_of(values, "options.")
    table.move(given, 1, #given, #names + 1, names)
    table.move(same, 1, #same, #names + 1, names)
  end
  local columns = table.move(fixed, 1, #fixed, 1, {})
  for _, name in ipairs(names) do
    columns[#columns + 1] = { short_name(name), function(v)
      local value = v[name]
      if value == nil then value = v["result." .. name] end
      if value == nil then value = v["options." .. name] end
      return cell(value)
    end }
  end
  return columns
end

-- ---- Fitting ----

local function table_of(values, columns, count)
  local names = {}
  for c = 1, count do names[c] = columns[c][1] end
  local t = results{ columns = names }
  for _, of_run in ipairs(values) do
    local row = {}
    for c = 1, count do row[c] = columns[c][2](of_run) end
    t:add(row)
  end
  return t
end

local function width(t)
  return utf8.len(tostring(t):match("\n([^\n]*)")) or 0 -- the rule below the names is as wide as all columns
end

-- The runs as a table of at most so many characters a line; its note names the columns that did not fit. wanted: names
-- of values in place of results and options that differ.
function runs_table.make(runs, room, wanted)
  local values = {}
  for i, run in ipairs(runs) do values[i] = run:values() end
  local columns = columns_of(values, wanted)
  local count = #columns
  local t = table_of(values, columns, count)
  while width(t) > room and count > #fixed do
    count = count - 1
    t = table_of(values, columns, count)
  end
  local rest = {}
  for c = count + 1, #columns do rest[#rest + 1] = columns[c][1] end
  if #rest > 0 then t.note = format.wrapped("also: " .. table.concat(rest, ", "), 0, room) end
  return t
end

-- ---- All of it, for programs ----

-- Every value of every run: a column each, for CSV.
function runs_table.all(runs)
  local values, columns = {}, { "id", "dir" }
  for i, run in ipairs(runs) do
    values[i] = run:values()
    values[i].dir = run.dir
  end
  local known = { id = true, dir = true, short = true }
  local names = {}
  for _, of_run in ipairs(values) do
    for name in pairs(of_run) do
      if not known[name] then names[#names + 1], known[name] = name, true end
    end
  end
  table.sort(names)
  table.move(names, 1, #names, 3, columns)
  local t = results{ columns = columns }
  for _, of_run in ipairs(values) do
    local row = {}
    for c, name in ipairs(columns) do row[c] = of_run[name] end
    t:add(row)
  end
  return t
end

-- ---- Differences ----

-- What differs between runs, a row each; all that is named is compared, but for what each run has of its own anyway.
local own = { id = true, short = true, started = true, ended = true, command = true, problem = true, dir = true }
local own_prefix = { ["machine.pid"] = true, ["recording.seconds"] = true, ["recording.share"] = true }

local order = { "options.", "seeds", "result.", "" } -- groups of rows

local function group_of(name)
  for i, prefix in ipairs(order) do
    if name:sub(1, #prefix) == prefix then return i end
  end
end

function runs_table.compare(runs)
  local values, columns = {}, { "" }
  for i, run in ipairs(runs) do
    values[i] = run:values()
    columns[i + 1] = run_class.short(run)
  end
  local names = {}
  for _, name in ipairs(names_of(values, "")) do
    if not own[name] and not own_prefix[name] then names[#names + 1] = name end
  end
  table.sort(names, function(a, b)
    local x, y = group_of(a), group_of(b)
    if x ~= y then return x < y end
    return a < b
  end)
  local t, room = results{ columns = columns }, math.max(8, 56 // #runs - 2)
  for _, name in ipairs(names) do
    local row = { cut(format.visible(name), longest_name) }
    for i, of_run in ipairs(values) do
      local value = of_run[name]
      row[i + 1] = value == nil and "-" or type(value) == "number" and ("%.6g"):format(value)
        or cut(format.visible(value), room)
    end
    t:add(row)
  end
  if #names == 0 then t.note = "no differences" end
  return t
end

return runs_table
