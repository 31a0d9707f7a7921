-- A histogram as text: columns of blocks for each bin. Several of them, or bins finer than columns, are outlines.
local axis = require "lunet.axis"
local curves_text = require "lunet.curves_text"
local figure = require "lunet.figure"
local frame = require "lunet.plot_frame"
local glyphs_of = require("lunet.glyphs").of
local histogram = require "lunet.histogram"
local paint = require "lunet.paint"

-- The rows of columns of blocks, from the top. heights: of each bin, 0 .. 1; per: columns of a bin. Where cells are
-- full or empty, one that is begun is full: a bar ends in the row in which its height stands on the axis.
local function blocks(heights, rows, per, parts)
  local steps, out = #parts, {}
  for row = rows - 1, 0, -1 do
    local line = {}
    for i, height in ipairs(heights) do
      local filled = math.ceil(height * rows * steps - (steps > 1 and 0.5 or 1e-6))
      filled = math.max(filled, height > 0 and 1 or 0) - row * steps
      line[i] = (filled <= 0 and " " or parts[math.min(filled, steps)]):rep(per)
    end
    out[#out + 1] = table.concat(line)
  end
  return out
end

-- Blocks in colour, spaces as they are.
local function painted(rows, colour, colours)
  if colours == 0 then return rows end
  local out = {}
  for i, row in ipairs(rows) do
    out[i] = row:gsub("[^ ]+", function(run) return paint.text(run, colour, colours) end)
  end
  return out
end

local function column_of(a, value, columns)
  return math.min(math.floor(axis.at(a, value) * columns + 1e-6), columns - 1)
end

local function row_of(a, value, rows)
  return math.max(math.ceil(axis.at(a, value) * rows - 1e-6) - 1, 0)
end

-- Heights of the bars, as shares of the axis.
local function heights_of(counts, y_axis)
  local out = {}
  for i, count in ipairs(counts) do
    local visible = count > 0 and count > y_axis.low
    out[i] = visible and math.min(axis.at(y_axis, count), 1) or 0
  end
  return out
end

-- h: of histogram.counted; o: options of the plot; size: { width, height, utf8, colours }
return function(h, o, size)
  local fig = histogram.figure(h, o)
  local _, y_axis = figure.axes(fig, 2, math.max(2, math.ceil(size.height / 3)))
  local left, bins = frame.widest(y_axis.ticks), #h.edges - 1
  local room = math.max(size.width - left - 2, 8)
  if #h.series > 1 or bins > room or #fig.lines > 0 then return curves_text(fig, size, h.notes) end
  local per, glyphs = room // bins, glyphs_of(size.utf8)
  local x_axis = figure.axes(fig, math.max(2, per * bins // 10), 2)
  local rows = blocks(heights_of(h.series[1].counts, y_axis), size.height, per, glyphs.vertical)
  local function clean(text) return text and frame.clean(text, size.utf8) end
  return frame.lines{ rows = painted(rows, h.series[1].colour, size.colours), columns = per * bins, left = left,
    column_of = column_of, row_of = row_of, x_axis = x_axis, y_axis = y_axis, glyphs = glyphs, colours = size.colours,
    title = clean(o.title), x_label = clean(o.x_label), y_label = clean(o.y_label), notes = h.notes }
end
