-- Long tensors as lists of the points that are seen: what a plot of some hundred columns shows of a million numbers.
--
-- A line keeps the lowest and the highest point of each column, scattered points one of each cell. Tensors do the work:
-- there is no Lua loop over the numbers.
local axis = require "lunet.axis"
local core = require "lunet.core"
local errors = require "lunet.errors"

local long_series = {}

long_series.enough = 4096 -- numbers that are no longer few

local most_steps = 50000 -- of a line that goes to and fro; with more it is no line to see, but an area

-- A list as a tensor; nil where float32 would show in a plot, as of times in seconds since 1970.
function long_series.tensor(list)
  local ok, t = errors.try(core.tensor, list)
  if not ok then return nil end
  local low, high = t:min(), t:max()
  if high - low < 1e-3 * math.max(math.abs(low), math.abs(high)) then return nil end
  return t
end

-- Where all that is given is finite, and above 0 on a logarithmic axis: a mask, and of how many; nil and all of them
-- where that is everywhere.
local function good(n, x, y, log)
  local mask
  local function keep(where) mask = mask and mask:land(where) or where end
  for _, one in ipairs{ { y, log.y }, { x, log.x } } do
    if one[1] and one[1]:nonfinite() then keep(one[1]:isfinite()) end
    if one[1] and one[2] and not (one[1]:min() > 0) then keep(one[1]:gt(0)) end
  end
  if not mask then return nil, n end
  return mask, mask:count_nonzero()
end

-- ---- Lines ----

-- Appends the extremes of the points first .. last, all of them where they are few.
local function append(out, s, first, last)
  local count = last - first + 1
  local places = { first, last }
  if count > 2 then
    local low, high = s.lowest:narrow(1, first, count):argmin(), s.highest:narrow(1, first, count):argmax()
    places = { first + math.min(low, high) - 1, first + math.max(low, high) - 1 }
  end
  for i, place in ipairs(places) do
    if i == 1 or place ~= places[1] then
      out.x[#out.x + 1], out.y[#out.y + 1] = s.x and s.x[place] or place, s.y[place]
    end
  end
end

-- The last point of each of so many parts of x, which ascends; of equal width on the axis.
local function ends_of(x, n, log, columns)
  if not x then
    local ends = {}
    for column = 1, columns do ends[column] = n * column // columns end
    return ends
  end
  local low, high = x[1], x[n]
  local edges = log.x and core.linspace(math.log(low), math.log(high), columns + 1):exp()
    or core.linspace(low, high, columns + 1)
  local ends = (x:searchsorted(edges:narrow(1, 2, columns), { right = true }) - 1):totable()
  ends[columns] = n
  return ends
end

-- A line whose x ascends: the lowest and the highest point of each part of x.
local function of_columns(s, log, columns)
  local n, out, first = #s.y, { x = {}, y = {} }, 1
  append(out, s, 1, 1)
  for _, last in ipairs(ends_of(s.x, n, log, columns)) do
    last = math.min(math.tointeger(last) or n, n)
    if last >= first then
      append(out, s, first, last)
      first = last + 1
    end
  end
  append(out, s, n, n)
  return out
end

-- ---- Points ----

local piece = 1 << 16 -- numbers that are worked on at a time, which stay in the cache

-- Calls f(first, count) for one piece of 1 .. n after the other.
local function in_pieces(n, f)
  for first = 1, n, piece do f(first, math.min(piece, n - first + 1)) end
end

-- What gives numbers their place on an axis of so many cells, from 0.
local function scale(t, is_log, cells)
  local low, high = t:min(), t:max()
  if is_log then low, high = math.log(low), math.log(high) end
  local factor = high > low and (cells - 1) / (high - low) or 0
  return function(part)
    return (((is_log and part:log() or part) - low) * factor + 0.5):floor()
  end
end

-- A function that gives the cells, from 1, of points first, count: of so many columns and rows over the range of both.
local function cells_of(x, y, log, columns, rows)
  local column, row = scale(x, log.x, columns), scale(y, log.y, rows)
  return function(first, count)
    return row(y:narrow(1, first, count)) * columns + (column(x:narrow(1, first, count)) + 1)
  end
end

-- The points at some positions, a tensor.
local function taken(x, y, positions)
  return { x = x:take(positions):totable(), y = y:take(positions):totable() }
end

-- One point of each cell, and the outermost ones.
local function of_cells(x, y, log, columns, rows)
  local cells, places = cells_of(x, y, log, columns, rows), core.zeros{ columns * rows }
  in_pieces(#x, function(first, count)
    places = places:scatter(1, cells(first, count), core.arange(first, first + count - 1))
  end)
  places = places[places:gt(0)]
  local outermost = core.tensor{ x:argmin(), x:argmax(), y:argmin(), y:argmax() }
  return taken(x, y, core.concat{ places, outermost })
end

-- A line whose x goes to and fro: without the steps that stay in a cell; with too many of them, its points.
local function of_steps(x, y, log, columns, rows)
  local cells, all = cells_of(x, y, log, columns, rows), core.zeros{ #x }
  in_pieces(#x, function(first, count) all:narrow(1, first, count):copy(cells(first, count)) end)
  local moved = all:diff():ne(0)
  if moved:count_nonzero() > most_steps then
    local out = of_cells(x, y, log, columns, rows)
    out.points = true
    return out
  end
  return taken(x, y, core.concat{ core.ones{ 1 }, moved:nonzero():flatten() + 1 })
end

-- ---- All of it ----

-- Without the points that cannot be drawn. Of a line over 1, 2, ... they stay, as gaps.
local function without_bad(s, mask, points)
  if not mask then return s end
  if s.x or points then return { x = s.x[mask], y = s.y[mask] } end
  local bad = mask:lnot()
  return { y = s.y, lowest = s.y:masked_fill(bad, math.huge), highest = s.y:masked_fill(bad, -math.huge) }
end

-- Whether x ascends; one that descends is turned round. Yes, if there is none.
local function ascending(s)
  if not s.x or #s.x < 2 then return true end
  local steps = s.x:diff()
  if steps:min() >= 0 then return true end
  if steps:max() > 0 then return false end
  s.x, s.y = s.x:flip():contiguous(), s.y:flip():contiguous()
  return true
end

-- x: a tensor as long as y, or nil for 1, 2, ... o: { log = { x =, y = }, points = whether no line is drawn, columns,
-- rows = how fine it must be }. The result is { x, y, points } and how many points cannot be drawn.
function long_series.reduced(x, y, o)
  local log, n = o.log, #y
  if not x and (o.points or log.x) then x = core.arange(n) end
  local mask, count = good(n, x, y, log)
  if count == 0 then return { x = {}, y = {} }, n end
  local s = without_bad({ x = x, y = y }, mask, o.points)
  local out
  if o.points then
    out = of_cells(s.x, s.y, log, o.columns, o.rows)
  elseif ascending(s) then
    s.lowest, s.highest = s.lowest or s.y, s.highest or s.y
    out = of_columns(s, log, o.columns)
  else
    out = of_steps(s.x, s.y, log, o.columns, o.rows)
  end
  return out, n - count
end

-- The same form for what is short: lists as they are, and how many points cannot be drawn.
function long_series.counted(x, y, log)
  local bad = 0
  for i = 1, #y do
    if not axis.drawable(x[i], log.x) or not axis.drawable(y[i], log.y) then bad = bad + 1 end
  end
  return { x = x, y = y }, bad
end

return long_series
