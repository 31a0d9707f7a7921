-- Histograms: numbers counted in bins whose edges are round where nobody says otherwise.
local core = require "lunet.core"
local errors = require "lunet.errors"
local figure = require "lunet.figure"
local options = require "lunet.options"

local histogram = {}

local usual_bins = 30

-- The finite numbers of a list or a tensor, and how many there are of all.
local function finite(numbers)
  local t = options.is_tensor(numbers) and numbers:flatten() or core.tensor(numbers)
  local n = #t
  if n > 0 and t:nonfinite() then t = t[t:isfinite()] end
  return t, n
end

-- Are all of them whole numbers, few enough for a bin each?
local function is_counts(tensors, low, high)
  if high - low >= 2 * usual_bins then return false end
  for _, t in ipairs(tensors) do
    if #t > 0 and t:ne(t:round()):any() then return false end
  end
  return true
end

-- 0.27 -> 0.25: the width of 1, 2, 2.5 or 5 times a power of ten that is nearest by its ratio.
local function round_width(wanted)
  local power, best = 10.0 ^ math.floor(math.log(wanted, 10)), nil
  for _, factor in ipairs{ 1, 2, 2.5, 5, 10 } do
    local off = math.abs(math.log(factor * power / wanted))
    if not best or off < best.off then best = { off = off, width = factor * power } end
  end
  return best.width
end

-- The edges of round bins: low, width, how many.
local function round_bins(tensors, low, high)
  if is_counts(tensors, low, high) then return low - 0.5, 1, math.floor(high - low + 1.5) end
  if low == high then
    local width = math.max(math.abs(low) * 0.1, 1e-6)
    return low - width / 2, width, 1
  end
  local width = round_width((high - low) / usual_bins)
  local first = math.floor(low / width + 1e-6)
  return first * width, width, math.max(1, math.ceil(high / width - 1e-6) - first)
end

local function extent(tensors, limits)
  local low, high = math.huge, -math.huge
  for _, t in ipairs(tensors) do
    if #t > 0 then low, high = math.min(low, t:min()), math.max(high, t:max()) end
  end
  return limits[1] or low, limits[2] or high
end

-- Where the bins begin, how wide they are, and how many.
local function bins_of(tensors, o)
  local limits = o.x_limits or {}
  local low, high = extent(tensors, limits)
  if not o.bins and not (limits[1] or limits[2]) then return round_bins(tensors, low, high) end
  if low >= high then low, high = low - 0.5, low + 0.5 end -- NumPy's
  local bins = o.bins or usual_bins
  return low, (high - low) / bins, bins
end

-- list: { { what =, name =, y = a list or a tensor of any shape, colour = }, ... }. The result is { edges, series = { {
-- name, counts, colour, mean, sd, n }, ... }, notes }.
function histogram.counted(what, list, o)
  local tensors, all, found = {}, 0, 0
  for i, s in ipairs(list) do
    local n
    tensors[i], n = finite(s.y)
    all, found = all + n, found + #tensors[i]
  end
  if all == 0 then errors.raise("%s: there are no numbers to count", what) end
  if found == 0 then errors.raise("%s: there is nothing to count: %d of %d numbers are NaN or infinite", what, all,
      all) end
  local low, width, bins = bins_of(tensors, o)
  local out = { edges = {}, series = {}, notes = {} }
  for i = 0, bins do out.edges[i + 1] = low + i * width end
  local counted = 0
  for i, t in ipairs(tensors) do
    local counts = #t > 0 and t:histogram{ bins = bins, range = { low, low + bins * width } } or core.zeros{ bins }
    counted = counted + counts:sum()
    out.series[i] = { name = list[i].name, colour = list[i].colour or (i - 1) % 8 + 1, counts = counts:totable() }
  end
  if found < all then out.notes[1] = ("%d of %d numbers left out: NaN or infinite"):format(all - found, all) end
  if counted < found then
    out.notes[#out.notes + 1] = ("%d of %d numbers lie outside of the limits"):format(found - counted, all)
  end
  if #list == 1 then
    local t = tensors[1]
    table.insert(out.notes, 1, ("%d numbers, mean %.4g, standard deviation %.4g"):format(#t, t:mean(), t:std()))
  end
  return out
end

-- The outline of counts, from the floor and back to it.
local function outline(edges, counts, floor)
  local x, y = { edges[1] }, { floor }
  for i, count in ipairs(counts) do
    x[#x + 1], y[#y + 1] = edges[i], math.max(count, floor)
    x[#x + 1], y[#y + 1] = edges[i + 1], math.max(count, floor)
  end
  x[#x + 1], y[#y + 1] = edges[#edges], floor
  return x, y
end

-- On a logarithmic axis counts begin below 1.
function histogram.floor(log)
  return log and 0.5 or 0
end

-- The same as a figure: a filled outline, or several that are not.
function histogram.figure(h, o)
  local floor, series, highest = histogram.floor(o.log_y), {}, 1
  for i, s in ipairs(h.series) do
    local x, y = outline(h.edges, s.counts, floor)
    series[i] = { name = s.name, x = x, y = y, colour = s.colour, filled = #h.series == 1 }
    for _, count in ipairs(s.counts) do highest = math.max(highest, count) end
  end
  local limits = o.y_limits or {}
  return figure.finished{ title = o.title, x_label = o.x_label, y_label = o.y_label, log_y = o.log_y, log_x = false,
    whole_x = false, x_limits = { h.edges[1], h.edges[#h.edges] }, lines = o.lines,
    y_limits = { limits[1] or floor, limits[2] or highest * 1.03 }, series = series }
end

return histogram
