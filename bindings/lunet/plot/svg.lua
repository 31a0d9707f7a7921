-- Figures as SVG. Colours are attributes, so that a file stands alone; a page's style overrides them by class.
local axis = require "lunet.axis"
local figure = require "lunet.figure"
local html = require "lunet.html"

local svg = {}

svg.colours = { "#0b62b8", "#c2410c", "#15803d", "#8b2fd6", "#946000", "#0e7490", "#be185d", "#4b5563" }

local wide_letter = 7.4 -- pixels of a letter, about, at the font's size
local line_height = 20

local function width_of(text)
  return (utf8.len(text) or #text) * wide_letter
end

local function coordinate(value)
  return (("%.2f"):format(value):gsub("%.?0+$", ""))
end

local function number(value)
  return ("%.6g"):format(value)
end

-- ---- Where things stand ----

-- The legend's entries in rows no wider than that, { { text =, colour =, dashed =, points =, x =, row = }, ... }, and
-- how many rows there are.
local function legend_of(fig, width)
  local entries, x, row = {}, 0, 1
  local function add(named, dashed, points)
    if not named.name then return end
    local text = html.clean(named.name)
    local room = math.floor((width - 30) / wide_letter)
    if (utf8.len(text) or 0) > room then text = text:sub(1, utf8.offset(text, math.max(room - 1, 2)) - 1) .. "…" end
    local wide = 44 + width_of(text)
    if x > 0 and x + wide > width then x, row = 0, row + 1 end
    entries[#entries + 1] = { text = text, colour = named.colour, dashed = dashed, points = points, x = x,
      row = row }
    x = x + wide
  end
  for _, s in ipairs(fig.series) do add(s, s.dashed, s.points) end
  for _, line in ipairs(fig.lines) do add(line, true) end
  return entries, #entries > 0 and row or 0
end

-- The chart's parts: its axes, the legend, and the rectangle of the plot.
local function layout(fig, width, height)
  local x_axis, y_axis = figure.axes(fig, math.max(2, width // 64), math.max(2, height // 60))
  local left = 0
  for _, tick in ipairs(y_axis.ticks) do left = math.max(left, width_of(tick[2])) end
  left = math.ceil(left) + 14
  local legend, rows = legend_of(fig, width - left)
  local head = fig.title and 26 or 0 -- pixels of the title's line
  local top = 12 + head + (rows + (fig.y_label and 1 or 0)) * line_height
  local bottom = 24 + (fig.x_label and line_height or 0)
  local l = { x_axis = x_axis, y_axis = y_axis, legend = legend, rows = rows, head = head, left = left, top = top,
    width = width - left - 16, height = height - top - bottom }
  l.x = function(value) return l.left + axis.at(x_axis, value) * l.width end
  l.y = function(value) return l.top + (1 - axis.at(y_axis, value)) * l.height end
  return l
end

-- ---- Drawing ----

local Drawing = {}
Drawing.__index = Drawing

-- Add an element: the template's %s are numbers as coordinates, or text.
function Drawing:add(template, ...)
  local values = table.pack(...)
  for i = 1, values.n do
    if type(values[i]) == "number" then values[i] = coordinate(values[i]) end
  end
  self[#self + 1] = html.fill(template, table.unpack(values, 1, values.n)).text
end

-- The ticks whose labels, centred, leave room for each other.
local function apart(ticks, at)
  local out, free = {}, -math.huge
  for _, tick in ipairs(ticks) do
    local half = width_of(tick[2]) / 2
    if at(tick[1]) - half >= free then
      out[#out + 1] = tick
      free = at(tick[1]) + half + 10
    end
  end
  return out
end

local function draw_axes(out, fig, l)
  local right, base = l.left + l.width, l.top + l.height
  for _, tick in ipairs(l.y_axis.ticks) do
    local y = l.y(tick[1])
    out:add('<line class="grid" x1="%s" x2="%s" y1="%s" y2="%s" stroke="#e2e5e9"/>', l.left, right, y, y)
    out:add('<text x="%s" y="%s" text-anchor="end">%s</text>', l.left - 8, y + 4.5, tick[2])
  end
  for _, tick in ipairs(apart(l.x_axis.ticks, l.x)) do
    local x = l.x(tick[1])
    out:add('<line class="axis" x1="%s" x2="%s" y1="%s" y2="%s" stroke="#7a828c"/>', x, x, base, base + 5)
    out:add('<text x="%s" y="%s" text-anchor="middle">%s</text>', x, base + 19, tick[2])
  end
  out:add('<line class="axis" x1="%s" x2="%s" y1="%s" y2="%s" stroke="#7a828c"/>', l.left, right, base, base)
  if fig.x_label then
    out:add('<text class="name" x="%s" y="%s" text-anchor="middle" font-weight="600">%s</text>', l.left + l.width / 2,
      base + 39, fig.x_label)
  end
  if fig.y_label then
    out:add('<text class="name" x="4" y="%s" font-weight="600">%s</text>', l.head + l.rows * line_height + 16,
      fig.y_label)
  end
  if fig.title then
    out:add('<text class="name" x="%s" y="20" text-anchor="middle" font-weight="600" font-size="15">%s</text>',
      l.left + l.width / 2, fig.title)
  end
end

local function dashes(dashed)
  return html.piece(dashed and ' stroke-dasharray="6 4"' or "")
end

local function draw_legend(out, l)
  for _, entry in ipairs(l.legend) do
    local x, y = l.left + entry.x, l.head + (entry.row - 1) * line_height + 12
    if entry.points then
      out:add('<circle class="f%s" cx="%s" cy="%s" r="4" fill="%s"/>', entry.colour, x + 11, y,
        svg.colours[entry.colour])
    else
      out:add('<line class="s%s" x1="%s" x2="%s" y1="%s" y2="%s" stroke="%s" stroke-width="2.5"%s/>', entry.colour, x,
        x + 22, y, y, svg.colours[entry.colour], dashes(entry.dashed))
    end
    out:add('<text x="%s" y="%s">%s</text>', x + 28, y + 4.5, entry.text)
  end
end

-- The runs of points that can be drawn: { { i, j }, ... }, first and last.
local function runs_of(fig, s)
  local runs, open = {}, nil
  for i, x in ipairs(s.x) do
    if axis.drawable(x, fig.log_x) and axis.drawable(s.y[i], fig.log_y) then
      if open then open[2] = i else open = { i, i } end
      if runs[#runs] ~= open then runs[#runs + 1] = open end
    else
      open = nil
    end
  end
  return runs
end

local function point(l, x, y)
  return coordinate(l.x(x)) .. " " .. coordinate(l.y(y))
end

-- A value within the axis: what lies outside, as 0 of a logarithm, is at its lower end.
local function clipped(value, l)
  if not axis.drawable(value, l.y_axis.log) then return l.y_axis.low end
  return math.max(value, l.y_axis.low)
end

local function band_path(s, l, first, last)
  local steps = {}
  for i = first, last do steps[#steps + 1] = point(l, s.x[i], clipped(s.high[i], l)) end
  for i = last, first, -1 do steps[#steps + 1] = point(l, s.x[i], clipped(s.low[i], l)) end
  return "M" .. table.concat(steps, "L") .. "Z"
end

local function line_path(s, l, first, last)
  local steps = {}
  for i = first, last do steps[#steps + 1] = point(l, s.x[i], s.y[i]) end
  return "M" .. table.concat(steps, "L")
end

-- The intervals of points that stand for themselves.
local function draw_intervals(out, s, l, runs)
  for _, run in ipairs(s.low and runs or {}) do
    for i = run[1], run[2] do
      local x, low, high = l.x(s.x[i]), clipped(s.low[i], l), clipped(s.high[i], l)
      out:add('<line class="s%s" x1="%s" x2="%s" y1="%s" y2="%s" stroke="%s" stroke-width="1.5"/>', s.colour, x, x,
        l.y(low), l.y(high), svg.colours[s.colour])
    end
  end
end

local function draw_line(out, s, l, runs)
  local colour = svg.colours[s.colour]
  for _, run in ipairs(s.low and runs or {}) do
    out:add('<path class="f%s" d="%s" fill="%s" fill-opacity="0.16"/>', s.colour, band_path(s, l, run[1], run[2]),
      colour)
  end
  for _, run in ipairs(runs) do
    if run[1] < run[2] then
      out:add('<path class="s%s" d="%s" fill="none" stroke="%s" stroke-width="2" stroke-linejoin="round"%s/>', s.colour,
        line_path(s, l, run[1], run[2]), colour, dashes(s.dashed))
    end
  end
end

-- The area that the points enclose.
local function draw_filled(out, s, l, runs)
  for _, run in ipairs(runs) do
    local path = line_path(s, l, run[1], run[2]) .. "Z"
    out:add('<path class="f%s" d="%s" fill="%s" fill-opacity="0.85"/>', s.colour, path, svg.colours[s.colour])
  end
end

local most_marked, most_titled = 30, 120 -- points

-- What a point says where there are no scripts.
local function title_of(fig, s, i)
  return ("%s%s %s: %s"):format(s.name and s.name .. ", " or "", fig.x_label or "x", number(s.x[i]), number(s.y[i]))
end

-- Points that stand alone are drawn in any case. Few are seen, more are there for the pointer only.
local function draw_points(out, fig, s, l, runs)
  local radius = not s.points and 3 or #s.x <= figure.most_large and 4 or 1.5
  for _, run in ipairs(runs) do
    local alone = run[1] == run[2]
    for i = run[1], run[2] do
      local seen = alone or s.points or #s.x <= most_marked
      if seen or #s.x <= most_titled then
        out:add('<circle class="f%s" cx="%s" cy="%s" r="%s" fill="%s"%s><title>%s</title></circle>', s.colour,
          l.x(s.x[i]), l.y(s.y[i]), seen and radius or 6, svg.colours[s.colour],
          html.piece(seen and "" or ' fill-opacity="0"'), title_of(fig, s, i))
      end
    end
  end
end

local function draw_series(out, fig, l)
  local clipped_here = fig.x_limits or fig.y_limits
  if clipped_here then -- an <svg> inside shows nothing beyond its own rectangle
    out:add('<svg x="%s" y="%s" width="%s" height="%s" viewBox="%s %s %s %s">', l.left, l.top, l.width, l.height,
      l.left, l.top, l.width, l.height)
  end
  for _, line in ipairs(fig.lines) do
    local y = l.y(line.y)
    out:add('<line class="s%s" x1="%s" x2="%s" y1="%s" y2="%s" stroke="%s" stroke-width="2"%s/>', line.colour, l.left,
      l.left + l.width, y, y, svg.colours[line.colour], dashes(true))
  end
  for _, s in ipairs(fig.series) do
    local runs = runs_of(fig, s)
    local draw = s.points and draw_intervals or s.filled and draw_filled or draw_line
    draw(out, s, l, runs)
    if not s.filled then draw_points(out, fig, s, l, runs) end
  end
  if clipped_here then out:add("</svg>") end
end

-- Where the plot is and what it spans, for a script that follows the pointer.
local function geometry(l)
  local x, y = l.x_axis, l.y_axis
  return html.fill('data-area="%s %s %s %s" data-span="%s %s %s %s"', coordinate(l.left), coordinate(l.top),
    coordinate(l.width), coordinate(l.height), ("%.9g"):format(x.low), ("%.9g"):format(x.high), ("%.9g"):format(y.low),
    ("%.9g"):format(y.high))
end

-- The figure as an <svg> element. attributes: a piece, more of its attributes.
function svg.element(fig, width, height, attributes)
  local l, out = layout(fig, width, height), setmetatable({}, Drawing)
  draw_axes(out, fig, l)
  draw_series(out, fig, l)
  draw_legend(out, l)
  return html.fill('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" '
    .. 'font-family="system-ui, sans-serif" font-size="13" fill="#3b424b" %s %s>\n%s\n</svg>', width, height, width,
    height, geometry(l), attributes or html.nothing, html.piece(table.concat(out, "\n")))
end

-- The figure as a file of its own, black on white.
function svg.file(fig)
  local text = svg.element(fig, 720, 432, html.piece('style="background:#fff"')).text
  return '<?xml version="1.0" encoding="UTF-8"?>\n' .. text .. "\n"
end

return svg
