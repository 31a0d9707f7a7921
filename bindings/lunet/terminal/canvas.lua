-- A canvas of character cells on which points and lines are drawn.
--
-- In braille a cell holds 2x4 dots; marks, letters of which a cell holds one, hide the dots below. Coordinates of dots
-- are whole numbers from 0, (0, 0) being the lower left one; what lies outside is not drawn.
local paint = require "lunet.paint"

local Canvas = {}
Canvas.__index = Canvas

local canvas = {}

-- The bits of a braille character by column and row of its dots, the rows counted from below.
local bits = { [0] = { [0] = 0x40, 0x04, 0x02, 0x01 }, { [0] = 0x80, 0x20, 0x10, 0x08 } }

-- dots: whether it has braille; else a point marks its cell.
function canvas.new(columns, rows, dots)
  return setmetatable({ columns = columns, rows = rows, across = dots and 2 or 1, up = dots and 4 or 1,
    braille = {}, marks = {}, colours = {} }, Canvas)
end

-- Its size in dots.
function Canvas:size()
  return self.columns * self.across, self.rows * self.up
end

-- mark: the letter that the cell of the point shows; nil for a dot, or, where there are none, an error of ours.
function Canvas:point(x, y, colour, mark)
  local column, row = x // self.across, y // self.up
  if column < 0 or row < 0 or column >= self.columns or row >= self.rows then return end
  local cell = row * self.columns + column
  self.colours[cell] = colour
  if mark then
    self.marks[cell] = mark
  else
    self.braille[cell] = (self.braille[cell] or 0) | bits[x % 2][y % 4]
  end
end

-- The part of a line from (x0, y0) to (x1, y1) that is within 0 <= v <= most in one coordinate, as two shares of it.
local function clip(from, to, most, first, last)
  local step = to - from
  if step == 0 then
    if from < 0 or from > most then return 1, 0 end
    return first, last
  end
  local a, b = -from / step, (most - from) / step
  if a > b then a, b = b, a end
  return math.max(first, a), math.min(last, b)
end

local function rounded(value)
  return math.floor(value + 0.5)
end

-- A straight line; x and y may be fractions.
function Canvas:line(x0, y0, x1, y1, colour, mark)
  local width, height = self:size()
  local first, last = clip(x0, x1, width - 1, 0, 1)
  first, last = clip(y0, y1, height - 1, first, last)
  if first > last then return end
  local dx, dy = x1 - x0, y1 - y0
  x0, y0, x1, y1 = rounded(x0 + first * dx), rounded(y0 + first * dy), rounded(x0 + last * dx), rounded(y0 + last * dy)
  local steps = math.max(math.abs(x1 - x0), math.abs(y1 - y0))
  local share = steps > 0 and 1 / steps or 0
  for i = 0, steps do
    self:point(rounded(x0 + (x1 - x0) * i * share), rounded(y0 + (y1 - y0) * i * share), colour, mark)
  end
end

-- The character of a cell and its colour.
local function glyph(self, cell)
  if self.marks[cell] then return self.marks[cell], self.colours[cell] end
  if self.braille[cell] then return utf8.char(0x2800 + self.braille[cell]), self.colours[cell] end
  return " ", nil
end

-- The rows as text from the top, each as wide as the canvas. colours: how many the terminal has.
function Canvas:text(colours)
  local out = {}
  for row = self.rows - 1, 0, -1 do
    local parts, run, run_colour = {}, {}, nil
    for column = 0, self.columns - 1 do
      local text, colour = glyph(self, row * self.columns + column)
      if colour ~= run_colour then
        parts[#parts + 1] = paint.text(table.concat(run), run_colour, colours)
        run, run_colour = {}, colour
      end
      run[#run + 1] = text
    end
    parts[#parts + 1] = paint.text(table.concat(run), run_colour, colours)
    out[#out + 1] = table.concat(parts)
  end
  return out
end

return canvas
