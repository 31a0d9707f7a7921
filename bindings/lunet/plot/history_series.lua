-- Series of what trainings tell: losses and metrics by epoch, from histories of ln.fit and from the records of runs.
local errors = require "lunet.errors"
local options = require "lunet.options"

local history_series = {}

history_series.usual = { "loss", "val_loss" }

local words = { loss = "training", val_loss = "validation" }

local function class_of(value)
  return type(value) == "table" and rawget(debug.getmetatable(value) or {}, "__name") or nil
end

-- Is it a history, or the record of a run?
function history_series.is_one(value)
  local class = class_of(value)
  return class == "lunet.history" or class == "lunet.run"
end

function history_series.is_runs(value)
  return class_of(value) == "lunet.runs"
end

local function entries_of(one)
  return class_of(one) == "lunet.run" and one:metrics() or one
end

-- What a record's lines are counted by.
local function place_of(entry, number)
  if type(entry.epoch) == "number" then return "epoch", entry.epoch end
  if type(entry.step) == "number" then return "step", entry.step end
  return "line", number
end

-- The points of a field; nil where no entry has it.
local function points_of(entries, field)
  local x, y, label = {}, {}, nil
  for number, entry in ipairs(entries) do
    if type(entry[field]) == "number" then
      label, x[#x + 1] = place_of(entry, number)
      y[#y + 1] = entry[field]
    end
  end
  if #x > 0 then return { x = x, y = y, x_label = label } end
end

-- Where a line stands and how fast it went: not what came of it.
local not_drawn = { seconds = true, step = true, epoch = true, epoch_seconds = true, images = true,
  images_per_second = true, lr = true }

-- All fields with numbers, in alphabetic order.
local function fields_of(lists)
  local seen, names = {}, {}
  for _, entries in ipairs(lists) do
    for _, entry in ipairs(entries) do
      for name, value in pairs(entry) do
        if type(value) == "number" and not seen[name] then seen[name], names[#names + 1] = true, name end
      end
    end
  end
  table.sort(names)
  return names
end

-- The losses; where a record has none, all that it logged.
local function usual_fields(lists)
  local names, logged = fields_of(lists), {}
  for _, name in ipairs(names) do
    if name == "loss" then return history_series.usual end
    if not not_drawn[name] then logged[#logged + 1] = name end
  end
  return logged
end

-- Entries of each; raises where there are none.
local function lists_of(what, list)
  local lists = {}
  if #list == 0 then errors.raise("%s: there are no histories to draw", what) end
  for i, one in ipairs(list) do
    if not history_series.is_one(one) then
      errors.raise("%s: entry %d must be a history, which ln.fit returns, or a run, got %s", what, i, options.text(one))
    end
    lists[i] = entries_of(one)
    if #lists[i] == 0 then
      local many, run = #list > 1, class_of(one) == "lunet.run"
      errors.raise("%s: %s%s is empty: %s", what, many and "" or "the ", (run and "run" or "history")
        .. (many and " " .. i or ""), run and "nothing was logged" or "no epoch has ended")
    end
  end
  return lists
end

local function own_name(one, i)
  if class_of(one) ~= "lunet.run" then return tostring(i) end
  return one.name and ("%s %s"):format(one.name, one.id:match("%-(%x+)$") or "") or one.id
end

local function check_fields(what, lists, found, fields)
  for _, field in ipairs(fields) do
    if type(field) ~= "string" then
      errors.raise("%s: option 'values' must be a list of names, got %s in it", what, options.text(field))
    elseif not found[field] and not (field == "val_loss" and fields == history_series.usual) then
      errors.raise("%s: no history has '%s'%s", what, field, errors.suggestion(field, fields_of(lists)))
    end
  end
end

-- A list of series { name, x, y, colour, dashed } and what x is: "epoch", say. o: { names = one for each, values = the
-- fields to draw }.
function history_series.of(what, list, o)
  local lists = lists_of(what, list)
  local fields = o.values or usual_fields(lists)
  if o.names and #o.names ~= #list then
    errors.raise("%s: there are %d names for %d histories", what, #o.names, #list)
  end
  local series, found, label = {}, {}, nil
  for i, entries in ipairs(lists) do
    for k, field in ipairs(fields) do
      local s = points_of(entries, field)
      found[field] = found[field] or s ~= nil
      local name = words[field] or field
      if s and #list > 1 then
        local own = o.names and tostring(o.names[i]) or own_name(list[i], i)
        s.name, s.colour, s.dashed = own .. ", " .. name, (i - 1) % 8 + 1, k == 1 and #fields > 1
      elseif s then
        s.name = name
      end
      if s then label, s.x_label = s.x_label, nil end
      series[#series + 1] = s
    end
  end
  check_fields(what, lists, found, fields)
  return series, label or "epoch", fields == history_series.usual and "loss" or nil
end

return history_series
