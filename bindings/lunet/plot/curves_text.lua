-- Lines and points of a figure as text: in braille, or one letter a cell where there is ASCII alone.
--
-- Colours tell series apart. Without colours the first is drawn in braille and each other one with a letter of its own.
local axis = require "lunet.axis"
local canvas = require "lunet.canvas"
local figure = require "lunet.figure"
local frame = require "lunet.plot_frame"
local glyphs_of = require("lunet.glyphs").of

local most_marked = 60 -- points that are drawn as letters, which are seen better than dots

-- ---- Coordinates ----

local farthest = 1e9 -- dots beyond the limits; what is farther is as far

-- Functions that give the dot of a value, as a fraction; nil for what cannot be drawn.
local function scale(a, dots)
  local low, high = a.low, a.high
  if a.log then low, high = math.log(low), math.log(high) end
  local factor = (dots - 1) / (high - low)
  return function(value)
    if not axis.drawable(value, a.log) then return nil end
    local dot = ((a.log and math.log(value) or value) - low) * factor
    return math.max(-farthest, math.min(dot, farthest))
  end
end

local function rounded(value)
  return math.floor(value + 0.5)
end

-- ---- Series ----

-- The letter that draws a series, nil for dots. number: which of the series it is.
local function mark_of(d, s, number)
  local few = s.points and #s.x <= most_marked
  if d.utf8 and not few and (d.colours > 0 or number == 1) then return nil end
  if d.colours > 0 then return d.glyphs.point end
  return d.glyphs.marks[(number - 1) % #d.glyphs.marks + 1]
end

local function draw_points(d, s, mark)
  for i = 1, #s.x do
    local x, y = d.x(s.x[i]), d.y(s.y[i])
    if x and y then d.canvas:point(rounded(x), rounded(y), s.colour, mark) end
  end
end

-- A line is drawn by strokes, the runs of its points that are in one column of dots: { column, first, last, low, high,
-- count }.

-- The dots of a stroke, from the lowest to the highest. Its ends are half a dot short: where the line goes on in the
-- next column, no two dots are side by side.
local function span_of(d, stroke)
  local low, high = stroke.low + 0.49, stroke.high - 0.49
  if low > high then
    low = (stroke.low + stroke.high) / 2
    high = low
  end
  return math.max(rounded(low), -1), math.min(rounded(high), d.height)
end

-- Draws a stroke and, if it is not beside the one before, the line between them.
local function draw_stroke(d, s, stroke, before, mark)
  stroke.bottom, stroke.top = span_of(d, stroke)
  for y = stroke.bottom, stroke.top do d.canvas:point(stroke.column, y, s.colour, mark) end
  if before and (math.abs(stroke.column - before.column) > 1 or stroke.bottom - before.top > 1
    or before.bottom - stroke.top > 1) then
    d.canvas:line(before.column, before.last, stroke.column, stroke.first, s.colour, mark)
  end
end

-- A line through the points; one that stands alone is a point.
local function draw_line(d, s, mark)
  local stroke, before
  for i = 1, #s.x + 1 do
    local x, y = d.x(s.x[i]), d.y(s.y[i])
    local drawn = x and y
    if drawn and stroke and rounded(x) == stroke.column then
      stroke.last, stroke.count = y, stroke.count + 1
      stroke.low, stroke.high = math.min(stroke.low, y), math.max(stroke.high, y)
    elseif drawn or stroke then
      if stroke then
        local alone = not drawn and not before and stroke.count == 1
        draw_stroke(d, s, stroke, before, alone and not mark and d.glyphs.point or mark)
      end
      before = drawn and stroke
      stroke = drawn and { column = rounded(x), first = y, last = y, low = y, high = y, count = 1 }
    end
  end
end

-- Between low and high every other dot, so that lines are seen in it.
local function draw_band(d, s, from, to, mark)
  local x0, x1 = d.x(s.x[from]), d.x(s.x[to])
  if not x0 or not x1 then return end
  local function edge(list, share)
    local a, b = d.y(list[from]) or 0, d.y(list[to]) or 0
    return rounded(a + (b - a) * share)
  end
  for x = math.max(rounded(x0), 0), math.min(rounded(x1), d.width - 1) do
    local share = x1 > x0 and (x - x0) / (x1 - x0) or 0
    for y = math.max(edge(s.low, share), 0), math.min(edge(s.high, share), d.height - 1) do
      if x % 2 == 0 and (y + x) % 4 == 0 or d.plain then d.canvas:point(x, y, s.colour, mark) end
    end
  end
end

local function draw_bands(d, s)
  if not s.low then return end
  local mark = d.plain and "." or nil
  for i = 1, #s.x do
    if s.points then
      draw_band(d, s, i, i, d.plain and d.glyphs.vertical_axis or nil)
    elseif i > 1 then
      draw_band(d, s, i - 1, i, mark)
    end
  end
end

-- Levels across the plot, dashed.
local function draw_levels(d, fig)
  for _, line in ipairs(fig.lines) do
    local y = d.y(line.y)
    for column = 0, y and d.canvas.columns - 1 or -1 do
      d.canvas:point(column * d.canvas.across, rounded(y), line.colour, d.glyphs.level)
    end
  end
end

-- ---- All of it ----

local function legend_of(d, fig)
  local legend = {}
  for i, s in ipairs(fig.series) do
    local mark = mark_of(d, s, i)
    local sample = mark and (s.points and mark or mark:rep(2)) or s.points and d.glyphs.point or d.glyphs.sample
    if s.name then legend[#legend + 1] = { sample, frame.clean(s.name, d.utf8), s.colour } end
  end
  for _, line in ipairs(fig.lines) do
    if line.name then legend[#legend + 1] = { d.glyphs.level:rep(2), frame.clean(line.name, d.utf8), line.colour } end
  end
  return legend
end

-- The figure as lines of text. size: { width, height of the drawing itself, utf8, colours }; notes: lines below.
return function(fig, size, notes)
  local glyphs = glyphs_of(size.utf8)
  local _, y_axis = figure.axes(fig, 2, math.max(2, math.ceil(size.height / 3)))
  local left = frame.widest(y_axis.ticks)
  local columns = math.max(size.width - left - 2, 8)
  local x_axis = figure.axes(fig, math.max(2, columns // 10), 2)
  local d = { canvas = canvas.new(columns, size.height, size.utf8), glyphs = glyphs, utf8 = size.utf8,
    colours = size.colours, plain = not size.utf8 }
  d.width, d.height = d.canvas:size()
  d.x, d.y = scale(x_axis, d.width), scale(y_axis, d.height)
  draw_levels(d, fig)
  for _, s in ipairs(fig.series) do draw_bands(d, s) end
  for i, s in ipairs(fig.series) do
    local draw = s.points and draw_points or draw_line
    draw(d, s, mark_of(d, s, i))
  end
  local function clean(text) return text and frame.clean(text, size.utf8) end
  return frame.lines{ rows = d.canvas:text(size.colours), columns = columns,
    across = d.canvas.across, up = d.canvas.up, left = left, x_axis = x_axis,
    y_axis = y_axis, glyphs = glyphs, colours = size.colours, title = clean(fig.title), x_label = clean(fig.x_label),
    y_label = clean(fig.y_label), legend = legend_of(d, fig), notes = notes }
end
