-- What stands around a drawing in the terminal: title, legend, axes with ticks and their numbers, names of axes, notes.
--
--           title
--   y label
--   ── legend
--   1.0 ┤ drawing
--       │
--   0.5 ┤
--       └┬──────┬
--        0      10
--         x label
local axis = require "lunet.axis"
local paint = require "lunet.paint"

local frame = {}

-- Characters of a text, which may be no UTF-8.
function frame.length(text)
  return utf8.len(text) or #text
end

-- Text that fits: its end gives way to an ellipsis.
function frame.shortened(text, width, glyphs)
  if frame.length(text) <= width then return text end
  if width < 1 then return "" end
  if not utf8.len(text) then return text:sub(1, width - 1) .. glyphs.ellipsis end
  return text:sub(1, utf8.offset(text, width) - 1) .. glyphs.ellipsis
end

-- Text on one line that is UTF-8, or ASCII where there is no other.
function frame.clean(text, with_utf8)
  text = tostring(text):gsub("%c", " ")
  if with_utf8 and utf8.len(text) then return text end
  return (text:gsub("[\xC0-\xFF][\x80-\xBF]*", "?"):gsub("[\x80-\xBF]", "?"))
end

local function padded(text, width)
  return (" "):rep(width - frame.length(text)) .. text
end

-- How many characters the numbers of an axis take.
function frame.widest(ticks)
  local widest = 0
  for _, tick in ipairs(ticks) do widest = math.max(widest, frame.length(tick[2])) end
  return widest
end

-- The cell, from 0, in which a value is drawn. `dots` are in a cell; the ends of the axis are the first and last dot.
local function cell_of(a, value, cells, dots)
  return math.floor(axis.at(a, value) * (cells * dots - 1) + 0.5) // dots
end

-- The rows of a drawing with the y axis at their left.
local function with_y_axis(o, width)
  local labels, out = {}, {}
  for _, tick in ipairs(o.y_axis.ticks) do
    local row = #o.rows - (o.row_of or cell_of)(o.y_axis, tick[1], #o.rows, o.up)
    labels[row] = labels[row] or tick[2]
  end
  for row, text in ipairs(o.rows) do
    local mark = labels[row] and o.glyphs.left_tick or o.glyphs.vertical_axis
    out[row] = padded(labels[row] or "", width) .. " " .. mark .. text
  end
  return out
end

-- Where the numbers of the x axis begin, { { column of the tick, text, first column }, ... }; nil if they do not fit.
-- spare: columns at the left of the drawing that they may take.
local function placed(o, ticks, spare)
  local out, free = {}, -spare
  for _, tick in ipairs(ticks) do
    local at = (o.column_of or cell_of)(o.x_axis, tick[1], o.columns, o.across)
    local wide = frame.length(tick[2])
    local first = math.max(free, math.min(at - wide // 2, o.columns - wide))
    if math.abs(first + wide // 2 - at) > math.max(1, wide // 2) or first + wide > o.columns then return nil end
    out[#out + 1] = { at, tick[2], first }
    free = first + wide + 2
  end
  return out
end

-- Every n-th of the ticks, such that their numbers do not touch; 0 is one of them, if it is there.
local function placed_ticks(o, spare)
  local ticks = o.x_axis.ticks
  for every = 1, math.max(1, #ticks) do
    local some, from = {}, 1
    for i, tick in ipairs(ticks) do
      if tick[1] == 0 then from = (i - 1) % every + 1 end
    end
    for i = from, #ticks, every do some[#some + 1] = ticks[i] end
    local found = placed(o, some, spare)
    if found then return found end
  end
  return {}
end

-- The line of the x axis, and its numbers.
local function x_axis_lines(o, left)
  local places, line, numbers, at = placed_ticks(o, left), {}, "", -left
  for column = 0, o.columns - 1 do line[column + 1] = o.glyphs.horizontal_axis end
  for _, place in ipairs(places) do
    line[place[1] + 1] = o.glyphs.down_tick
    numbers = numbers .. (" "):rep(place[3] - at) .. place[2]
    at = place[3] + frame.length(place[2])
  end
  return (" "):rep(left - 1) .. o.glyphs.corner .. table.concat(line), numbers
end

local function centred(text, left, columns, glyphs)
  text = frame.shortened(text, columns, glyphs)
  return (" "):rep(left + (columns - frame.length(text)) // 2), text
end

-- The legend in rows that fit. o.legend: { { sample, name, colour }, ... }
local function legend_lines(o, left)
  local rows, wide = { {} }, 0
  for _, entry in ipairs(o.legend or {}) do
    local sample, name = entry[1], frame.shortened(entry[2], o.columns - 4, o.glyphs)
    local length = frame.length(sample) + 1 + frame.length(name)
    if wide > 0 and wide + 3 + length > o.columns then
      rows[#rows + 1], wide = {}, 0
    end
    wide = wide + length + (wide > 0 and 3 or 0)
    table.insert(rows[#rows], paint.text(sample, entry[3], o.colours) .. " " .. name)
  end
  local out = {}
  for i, row in ipairs(rows) do out[i] = #row > 0 and (" "):rep(left) .. table.concat(row, "   ") or nil end
  return out
end

-- The whole as lines of text. o: { rows = the drawing's lines, columns = their width, across, up = dots of a cell, left
-- = columns for the numbers of y, x_axis, y_axis, column_of, row_of = functions(axis, value, cells)
-- that give a value's cell, where it is not that of a dot, glyphs, colours, title, x_label, y_label, legend, notes }.
-- Texts are clean.
function frame.lines(o)
  local out, left = {}, o.left + 2
  local function add(list) table.move(list, 1, #list, #out + 1, out) end
  if o.title then
    local indent, title = centred(o.title, left, o.columns, o.glyphs)
    out[1] = indent .. paint.bold(title, o.colours)
  end
  add(legend_lines(o, left))
  if o.y_label then
    out[#out + 1] = (" "):rep(math.max(0, o.left + 1 - frame.length(o.y_label) // 2))
      .. frame.shortened(o.y_label, o.columns, o.glyphs)
  end
  add(with_y_axis(o, o.left))
  add{ x_axis_lines(o, left) }
  if o.x_label then out[#out + 1] = table.concat{ centred(o.x_label, left, o.columns, o.glyphs) } end
  add(o.notes or {})
  for i, line in ipairs(out) do out[i] = line:gsub("%s+$", "") end
  return out
end

return frame
