-- Figures: what a plot shows, checked and made uniform, before anything is drawn.
--
-- { title =, x_label =, y_label =, log_x =, log_y =, x_limits =, y_limits = { low, high } of the axes, where they are
--   not those of the numbers, whole_x = ticks of x at whole numbers only, y_ticks = { { y, text }, ... }, names instead
--   of numbers, series = { ... }, lines = { { name =, y = }, ... } }
-- with series { name =, x =, y =, low =, high =, colour =, dashed =, points =, filled = }. The lists are of one length;
-- low and high, a band, may be nil; points: no line between them; filled: the area that points enclose. Colours are
-- numbers from 1.
local axis = require "lunet.axis"
local errors = require "lunet.errors"
local options = require "lunet.options"

local figure = {}

figure.most_large = 400 -- points; more are drawn smaller

-- A list of numbers, from a list or a tensor of one dimension.
function figure.numbers(what, value)
  if options.is_tensor(value) and #value.shape == 1 then return value:totable() end
  if type(value) ~= "table" then
    errors.raise("%s must be a list of numbers or a tensor of one dimension, got %s", what, options.text(value))
  end
  local out = {}
  for i = 1, #value do
    if type(value[i]) ~= "number" then
      errors.raise("%s must be a list of numbers, but entry %d is %s", what, i, options.text(value[i]))
    end
    out[i] = value[i]
  end
  return out
end

local function same_length(what, list, y)
  if #list == #y then return end
  errors.raise("%s has %d numbers, but y has %d", what, #list, #y)
end

-- One series as users give it.
local function series_of(what, given)
  local spec = { name = what, options = {
    { "name", "string" }, { "x", { "table", "tensor" } }, { "y", { "table", "tensor" }, required = true,
      help = "the numbers to draw" },
    { "low", { "table", "tensor" } }, { "high", { "table", "tensor" } }, { "dashed", "boolean" },
    { "points", "boolean" },
    { "colour", "integer", min = 1, max = 8 },
  } }
  local o = options.read(spec, given)
  for _, key in ipairs{ "x", "y", "low", "high" } do
    if o[key] then o[key] = figure.numbers(("%s: %s"):format(what, key), o[key]) end
  end
  if not o.x then
    o.x = {}
    for i = 1, #o.y do o.x[i] = i end
  end
  if (o.low == nil) ~= (o.high == nil) then errors.raise("%s: a band needs both low and high", what) end
  for _, key in ipairs{ "x", "low", "high" } do
    if o[key] then same_length(("%s: %s"):format(what, key), o[key], o.y) end
  end
  return o
end

-- What can be drawn of a series?
local function any_drawable(fig, s)
  for i, x in ipairs(s.x) do
    if axis.drawable(x, fig.log_x) and axis.drawable(s.y[i], fig.log_y) then return true end
  end
  return false
end

-- Raise unless there is something to draw in every series.
local function check_drawable(what, fig)
  if #fig.series == 0 then errors.raise("%s: there are no series, { y = { ... } }, to draw", what) end
  for i, s in ipairs(fig.series) do
    if not any_drawable(fig, s) then
      errors.raise("%s: series %d%s has no point with finite numbers%s", what, i,
        s.name and (" ('%s')"):format(s.name) or "", (fig.log_x or fig.log_y) and " above 0, for the logarithm" or "")
    end
  end
end

-- From a list of series and options { x_label =, y_label =, log =, lines = }.
function figure.new(what, list, o)
  local log = o.log or ""
  local fig = { x_label = o.x_label, y_label = o.y_label, log_x = log:find("x") ~= nil, log_y = log:find("y") ~= nil,
    series = {}, lines = {} }
  for i, given in ipairs(list) do fig.series[i] = series_of(("%s: series %d"):format(what, i), given) end
  for i, line in ipairs(o.lines or {}) do
    local spec = { name = ("%s: line %d"):format(what, i), options = { { "name", "string", positional = 1 },
      { "y", "number", positional = 2, required = true, help = "where it is" } } }
    fig.lines[i] = options.read(spec, line)
  end
  check_drawable(what, fig)
  return figure.finished(fig)
end

local function all_whole(fig)
  for _, s in ipairs(fig.series) do
    for _, x in ipairs(s.x) do
      if x ~= math.floor(x) then return false end
    end
  end
  return true
end

-- Colours where none are given, and whether x has whole numbers only.
function figure.finished(fig)
  fig.lines = fig.lines or {}
  for i, s in ipairs(fig.series) do s.colour = s.colour or (i - 1) % 8 + 1 end
  for i, line in ipairs(fig.lines) do line.colour = (#fig.series + i - 1) % 8 + 1 end
  if fig.whole_x == nil then fig.whole_x = all_whole(fig) end
  return fig
end

-- The range of numbers that can be drawn, widened by one list after the other.
local Extent = {}
Extent.__index = Extent

function Extent:add(value)
  if axis.drawable(value, self.log) then
    self.low, self.high = math.min(self.low, value), math.max(self.high, value)
  end
end

local function extent(log)
  return setmetatable({ low = math.huge, high = -math.huge, log = log }, Extent)
end

-- The axis of an extent; of 1, if there is nothing in it.
local function axis_of(range, o)
  local low, high = range.low, range.high
  if low > high then low, high = 1, 1 end
  o.log = range.log
  return axis.new(low, high, o)
end

-- Both axes, with about so many ticks. That of y is for what there is within the limits of x.
function figure.axes(fig, x_count, y_count)
  local limits, xs, ys = fig.x_limits or {}, extent(fig.log_x), extent(fig.log_y)
  local first, last = limits[1] or -math.huge, limits[2] or math.huge
  for _, s in ipairs(fig.series) do
    for i, x in ipairs(s.x) do
      xs:add(x)
      if x >= first and x <= last then
        ys:add(s.y[i])
        if s.low then
          ys:add(s.low[i])
          ys:add(s.high[i])
        end
      end
    end
  end
  for _, line in ipairs(fig.lines) do ys:add(line.y) end
  local y_axis = axis_of(ys, { count = y_count, margin = 0.05, limits = fig.y_limits })
  if fig.y_ticks then y_axis.ticks = fig.y_ticks end
  return axis_of(xs, { whole = fig.whole_x, count = x_count, limits = fig.x_limits }), y_axis
end

-- ---- Long series ----

-- Of the points first .. last the positions of the lowest and the highest, in order; of those that are no numbers, one.
local function extremes(y, first, last)
  local low, high
  for i = first, last do
    if axis.drawable(y[i]) then
      if not low or y[i] < y[low] then low = i end
      if not high or y[i] > y[high] then high = i end
    end
  end
  if not low then return { first } end
  if low == high then return { low } end
  return { math.min(low, high), math.max(low, high) }
end

-- A series of at most about `most` points that looks the same: the lowest and highest of each run of points.
function figure.thinned(s, most)
  local n = #s.y
  if n <= most then return s end
  local out = { name = s.name, colour = s.colour, dashed = s.dashed, points = s.points, filled = s.filled, x = {},
    y = {}, low = s.low and {}, high = s.high and {} }
  local runs = most // 2
  for run = 1, runs do
    for _, i in ipairs(extremes(s.y, (run - 1) * n // runs + 1, run * n // runs)) do
      for _, key in ipairs{ "x", "y", "low", "high" } do
        if s[key] then table.insert(out[key], s[key][i]) end
      end
    end
  end
  return out
end

return figure
