-- Series of numbers as a figure: lines and points, of as many numbers as can be seen.
local axis = require "lunet.axis"
local errors = require "lunet.errors"
local figure = require "lunet.figure"
local long_series = require "lunet.long_series"
local options = require "lunet.options"

local curves = {}

local function counting(n)
  local list = {}
  for i = 1, n do list[i] = i end
  return list
end

-- A tensor as a list; a list as it is.
local function listed(numbers)
  return options.is_tensor(numbers) and numbers:totable() or numbers
end

-- Of lists with bands, and of short ones.
local function of_lists(s, log)
  local y = listed(s.y)
  local out, bad = long_series.counted(s.x and listed(s.x) or counting(#y), y, log)
  out.low, out.high, out.points = s.low and listed(s.low), s.high and listed(s.high), s.points
  return out.points and out or figure.thinned(out, long_series.enough), bad
end

-- Where a function is drawn from and to: as it says, within the limits, or over the other series.
local function range_of_x(s, list, o)
  local limits, low, high = o.x_limits or {}, math.huge, -math.huge
  for _, other in ipairs(list) do
    local x = other.x and listed(other.x) or other.y and { 1, #other.y } or { other.from, other.to }
    for _, value in pairs(x) do
      if axis.drawable(value, o.log_x) then low, high = math.min(low, value), math.max(high, value) end
    end
  end
  local from, to = s.from or limits[1] or low, s.to or limits[2] or high
  if from < to and to < math.huge and not (o.log_x and from <= 0) then return from, to end
  errors.raise("%s: a function needs a range of x, { f = f, from = 0, to = 1 }%s", s.what,
    o.log_x and ", above 0 for the logarithm" or "")
end

local samples = 400

-- A function as a series.
local function sampled(s, list, o)
  local from, to = range_of_x(s, list, o)
  local out = { name = s.name, colour = s.colour, dashed = s.dashed, points = s.points, what = s.what, x = {}, y = {} }
  for i = 0, samples do
    local x = o.log_x and from * (to / from) ^ (i / samples) or from + (to - from) * (i / samples)
    local y = s.f(x)
    if type(y) ~= "number" and y ~= nil then
      errors.raise("%s: the function must give a number, but f(%g) is %s", s.what, x, options.text(y))
    end
    out.x[i + 1], out.y[i + 1] = x, y or 0 / 0
  end
  return out
end

-- What can be seen of a series, and how many points cannot.
local function seen(s, log, columns, rows)
  local long = options.is_tensor(s.y) and #s.y > long_series.enough and (not s.x or options.is_tensor(s.x))
  if s.low or not long then return of_lists(s, log) end
  return long_series.reduced(s.x, s.y, { log = log, points = s.points, columns = columns, rows = rows })
end

local function many(n, noun)
  return n == 1 and "1 " .. noun or ("%d %ss"):format(n, noun)
end

-- What is said of points that are left out.
local function left_out(bad, all, log)
  local why = (log.x or log.y) and "NaN, infinite or, on a logarithmic axis, not above 0" or "NaN or infinite"
  return ("%d of %s left out: %s"):format(bad, many(all, "point"), why)
end

-- Raise where there is nothing at all.
local function check_some(what, drawn, bad, all, log)
  if drawn > 0 then return end
  if all == 0 then errors.raise("%s: there are no numbers to draw", what) end
  errors.raise("%s: there is nothing to draw: %s", what, left_out(bad, all, log))
end

-- The figure, and lines about what is not in it. list: { { what =, name =, x =, y =, low =, high =, points =, dashed =,
-- colour = } or { what =, f =, from =, to = } }, whose numbers are lists or tensors of one dimension; o: the other
-- fields of figures. columns, rows: how fine it must be.
function curves.figure(what, list, o, columns, rows)
  local log, series, notes = { x = o.log_x, y = o.log_y }, {}, {}
  local drawn, bad, all = 0, 0, 0
  for i, s in ipairs(list) do
    if s.f then s = sampled(s, list, o) end
    local out, missing = seen(s, log, columns, rows)
    out.name, out.dashed, out.colour = s.name, s.dashed, s.colour
    out.points = out.points or s.points
    series[i] = out
    drawn, bad, all = drawn + #s.y - missing, bad + missing, all + #s.y
    if missing == #s.y and #list > 1 then
      notes[#notes + 1] = ("%s has %s to draw"):format(s.name or s.what:match("[^:]*$"):gsub("^ ", ""),
        #s.y == 0 and "no numbers" or "no number")
    end
  end
  check_some(what, drawn, bad, all, log)
  if bad > 0 then table.insert(notes, 1, left_out(bad, all, log)) end
  local fig = { title = o.title, x_label = o.x_label, y_label = o.y_label, log_x = o.log_x, log_y = o.log_y,
    x_limits = o.x_limits, y_limits = o.y_limits, lines = o.lines, series = series }
  return figure.finished(fig), notes
end

return curves
