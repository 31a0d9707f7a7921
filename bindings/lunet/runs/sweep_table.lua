-- Tables of sweeps: results of many points as means with intervals.
local core = require "lunet.core"
local errors = require "lunet.errors"
local options = require "lunet.options"
local points = require "lunet.points"
local results = require "lunet.table"
local stat = require "lunet.stat"

local sweep_table = {}

local function mean(list)
  local sum = 0
  for _, value in ipairs(list) do sum = sum + value end
  return sum / #list
end

-- The mean of a list of numbers; nil of anything else.
function sweep_table.mean_of(list)
  for _, value in ipairs(list) do
    if type(value) ~= "number" then return nil end
  end
  return #list > 0 and mean(list) or nil
end

-- What a finished point has as a result of that name, or else as what log:scores kept; nil if it has none.
function sweep_table.value_of(entry, value)
  if entry.state ~= "finished" or entry.stopped then return nil end
  if entry.result[value] ~= nil then return entry.result[value] end
  local path = ("%s/scores/%s.npy"):format(entry.run or "", value)
  if not entry.run or not core.file.exists(path) then return nil end
  return errors.within("sweep: ", core.load_tensors, path):totable()
end

-- The number of a result: a list counts by its mean; nil if there is none.
function sweep_table.number_of(entry, value)
  local result = sweep_table.value_of(entry, value)
  if type(result) == "table" then result = sweep_table.mean_of(result) end
  return type(result) == "number" and result or nil
end

-- ---- Which values are better ----

local better = { ssim = "max", psnr = "max", ms_ssim = "max", accuracy = "max", snr = "max", mse = "min", mae = "min",
  rmse = "min", nmse = "min", loss = "min", error = "min", seconds = "min" }

-- "max", "min" or, where neither is said, nil; what: who needs to know.
function sweep_table.direction(what, value, given)
  if given then return given end
  for word in value:lower():gmatch("%a[%a_]*") do
    for _, name in ipairs{ word, word:match("^%a+"), word:match("%a+$") } do
      if better[name] then return better[name] end
    end
  end
  if not what then return nil end
  errors.raise("%s: is '%s' better where it is \"max\" or \"min\"? Say it in a second argument", what, value)
end

-- ---- Names ----

local function names_of(entries, field)
  local known, names = {}, {}
  for _, entry in ipairs(entries) do
    for name in pairs(entry[field] or {}) do
      if not known[name] then names[#names + 1] = name end
      known[name] = true
    end
  end
  table.sort(names)
  return names, known
end

-- Raise unless some finished point has the result; without any finished one, every name goes.
function sweep_table.check_value(what, entries, value)
  local names, known = names_of(entries, "result")
  for _, entry in ipairs(known[value] and {} or entries) do
    if sweep_table.value_of(entry, value) then return end
  end
  if #names > 0 and not known[value] then
    errors.raise("%s: no result '%s'%s", what, value, errors.suggestion(value, names))
  end
end

-- The names of results that are numbers or scores of images.
function sweep_table.values(entries)
  local names, out = names_of(entries, "result"), {}
  for _, name in ipairs(names) do
    local numeric
    for _, entry in ipairs(entries) do numeric = numeric or sweep_table.number_of(entry, name) end
    if numeric then out[#out + 1] = name end
  end
  return out
end

-- The only one that there is.
function sweep_table.only_value(what, entries)
  local names = sweep_table.values(entries)
  if #names == 1 then return names[1] end
  errors.raise("%s: option 'value' is required: which result? There are %s", what,
    #names == 0 and "none yet" or table.concat(names, ", "))
end

local page = {
  name = "sweep:table",
  options = {
    { "rows", "string", required = true, help = "what has a row for each of its values" },
    { "columns", "string", help = "what has a column for each of its values" },
    { "value", "string", help = "the result" },
    { "over", { "string", "table" }, default = "seed", help = "what means are over" },
    { "where", "table", help = "only points with these values" },
    { "best", "string", choices = { "max", "min", "none" }, help = "which values are the better ones" },
  },
}

local function same(a, b)
  if type(a) == "table" or type(b) == "table" then
    return type(a) == type(b) and points.value_text(a) == points.value_text(b)
  end
  return a == b
end

local function fits(entry, where)
  for key, value in pairs(where or {}) do
    if not same(entry.point[key], value) then return false end
  end
  return true
end

-- Raise for names that no point has, and for what varies without being named.
local function check_names(entries, o)
  local names, known = names_of(entries, "point")
  local named = { [o.rows] = "rows", [o.columns or o.rows] = o.columns and "columns" or "rows" }
  local over = type(o.over) == "table" and o.over or { o.over }
  for key in pairs(o.where or {}) do named[key] = "where" end
  for key, option in pairs(named) do
    if not known[key] then
      errors.raise("sweep:table: option '%s': nothing varies by the name '%s'%s", option, tostring(key),
        errors.suggestion(key, names))
    end
  end
  for _, key in ipairs(over) do
    if not known[key] and key ~= "seed" then
      errors.raise("sweep:table: option 'over': nothing varies by the name '%s'%s", tostring(key),
        errors.suggestion(key, names))
    end
    named[key] = "over"
  end
  return names, named
end

local function check_pooling(chosen, names, named)
  for _, name in ipairs(names) do
    for _, entry in ipairs(named[name] and {} or chosen) do
      if not same(entry.point[name], chosen[1].point[name]) then
        errors.raise("sweep:table: '%s' varies too: say columns = \"%s\", over = { ..., \"%s\" } or "
          .. "where = { %s = %s }", name, name, name, name, options.text(chosen[1].point[name]))
      end
    end
  end
end

-- ---- The table ----

-- The values of a key in the order in which they come, and their positions by text.
local function values_of(entries, key)
  local list, position = {}, {}
  for _, entry in ipairs(entries) do
    local text = points.value_text(entry.point[key])
    if not position[text] then
      list[#list + 1] = text
      position[text] = #list
    end
  end
  return list, position
end

-- cells[row][column]: the list of numbers.
local function gathered(entries, o, row_of, column_of)
  local cells, left_out = {}, { stopped = 0, missing = 0 }
  for _, entry in ipairs(entries) do
    local row = row_of[points.value_text(entry.point[o.rows])]
    local column = o.columns and column_of[points.value_text(entry.point[o.columns])] or 1
    cells[row] = cells[row] or {}
    cells[row][column] = cells[row][column] or {}
    local number = sweep_table.number_of(entry, o.value)
    if number then table.insert(cells[row][column], number)
    elseif entry.stopped then left_out.stopped = left_out.stopped + 1
    else left_out.missing = left_out.missing + 1 end
  end
  return cells, left_out
end

local function note_of(o, cells, left_out)
  local least, most = math.huge, 0
  for _, row in pairs(cells) do
    for _, list in pairs(row) do least, most = math.min(least, #list), math.max(most, #list) end
  end
  local over = type(o.over) == "table" and table.concat(o.over, ", ") or o.over
  local parts = { ("%s: mean over %s with 95 %% t interval, n = %s"):format(o.value, over,
    least == most and most or ("%d to %d"):format(least == math.huge and 0 or least, most)) }
  if left_out.stopped > 0 then parts[#parts + 1] = ("%d stopped early left out"):format(left_out.stopped) end
  if left_out.missing > 0 then parts[#parts + 1] = ("%d without a result left out"):format(left_out.missing) end
  return table.concat(parts, "; ")
end

function sweep_table.summary(entries, given)
  local o = options.read(page, given)
  local names, named = check_names(entries, o)
  local chosen = {}
  for _, entry in ipairs(entries) do
    if fits(entry, o.where) then chosen[#chosen + 1] = entry end
  end
  if #chosen == 0 then errors.raise("sweep:table: no point is as option 'where' says") end
  check_pooling(chosen, names, named)
  o.value = o.value or sweep_table.only_value("sweep:table", chosen)
  sweep_table.check_value("sweep:table", chosen, o.value)
  local rows, row_of = values_of(chosen, o.rows)
  local columns, column_of = { o.value }, nil
  if o.columns then columns, column_of = values_of(chosen, o.columns) end
  local cells, left_out = gathered(chosen, o, row_of, column_of)
  local titles = { o.rows }
  for c, text in ipairs(columns) do titles[c + 1] = o.columns and ("%s = %s"):format(o.columns, text) or text end
  local best = o.best or sweep_table.direction(nil, o.value)
  local senses = {}
  for c = 2, #titles do senses[titles[c]] = best ~= "none" and best or nil end
  local t = results{ columns = titles, note = note_of(o, cells, left_out), best = next(senses) and senses or nil }
  for r, text in ipairs(rows) do
    local row = { text }
    for c = 1, #columns do
      local list = cells[r][c]
      row[c + 1] = list and #list > 0 and { stat.interval(list) } or nil
    end
    t:add(row)
  end
  return t
end

return sweep_table
