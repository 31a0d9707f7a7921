-- Where the edge of an image is: distances of pixels from a slanted line or a circle, from which ln.measure.mtf takes
-- the edge spread function.
local errors = require "lunet.errors"

local edge_spread = {}

-- Rows of numbers, with an edge that rises from left to right: rows become columns, and dark bright, where that is so.
function edge_spread.upright(rows)
  local height, width, across, down = #rows, #rows[1], 0, 0
  for r = 1, height do across = across + rows[r][width] - rows[r][1] end
  for c = 1, width do down = down + rows[height][c] - rows[1][c] end
  local turned = math.abs(down) / width > math.abs(across) / height
  local sign = (turned and down or across) < 0 and -1 or 1
  local result = {}
  for r = 1, turned and width or height do
    result[r] = {}
    for c = 1, turned and height or width do result[r][c] = sign * (turned and rows[c][r] or rows[r][c]) end
  end
  return result, turned, sign
end

-- The centroid of a row's slope, weighted by a Hamming window around `middle` that falls to 0.08 at `half` from it.
local function crossing(row, middle, half)
  local sum, moment = 0, 0
  for c = 1, #row - 1 do
    local off = c + 0.5 - middle
    if math.abs(off) <= half then
      local slope = (row[c + 1] - row[c]) * (0.54 + 0.46 * math.cos(math.pi * off / half))
      sum, moment = sum + slope, moment + slope * (c + 0.5)
    end
  end
  return sum > 0 and moment / sum or nil
end

-- Least squares: column = a + b * row.
local function fit(rows, at)
  local n, sr, sc, srr, src = 0, 0, 0, 0, 0
  for r, row in ipairs(rows) do
    local c = crossing(row, at(r))
    if c then n, sr, sc, srr, src = n + 1, sr + r, sc + c, srr + r * r, src + r * c end
  end
  if n < 3 then return nil end
  local b = (n * src - sr * sc) / (n * srr - sr * sr)
  return (sc - b * sr) / n, b
end

-- A function of row and column for upright rows, how far distances reach on both sides, and the angle in degrees.
function edge_spread.line(what, rows)
  local height, width = #rows, #rows[1]
  local a, b = fit(rows, function() return (width + 1) / 2, width end)
  for _ = 1, 3 do -- windows around the line found
    if not a then break end
    local from, slope = a, b
    a, b = fit(rows, function(r) return from + slope * r, math.max(4, width / 4) end)
  end
  if not a then errors.raise("%s: no edge found; give a part of the image that one edge crosses", what) end
  if math.abs(b) * (height - 1) < 1 then
    errors.raise("%s: the edge moves by %.2g pixels over %d; it must be slanted, by 2 to 10 degrees say, so that it "
      .. "crosses pixels at different places", what, math.abs(b) * (height - 1), height)
  end
  local length = math.sqrt(1 + b * b)
  local left, right = math.min(a + b, a + b * height) - 1, width - math.max(a + b, a + b * height)
  return function(r, c) return (c - a - b * r) / length end, math.min(left, right) / length,
    math.deg(math.atan(math.abs(b)))
end

-- The same for a disc inside of the image: its centre is the centroid of what differs from the border.
function edge_spread.circle(what, rows)
  local height, width, border, count = #rows, #rows[1], 0, 0
  local function outer(r, c) return r <= 2 or c <= 2 or r > height - 2 or c > width - 2 end
  for r = 1, height do
    for c = 1, width do
      if outer(r, c) then border, count = border + rows[r][c], count + 1 end
    end
  end
  border = border / count
  local sum, down, across = 0, 0, 0
  for r = 1, height do
    for c = 1, width do
      local value = rows[r][c] - border
      sum, down, across = sum + value, down + value * r, across + value * c
    end
  end
  local row, column = down / sum, across / sum
  local contrast = rows[math.floor(row + 0.5)] and rows[math.floor(row + 0.5)][math.floor(column + 0.5)]
  if not contrast or contrast == border then
    errors.raise("%s: no disc found; give a part of the image with one disc, all of it inside", what)
  end
  local radius = math.sqrt(math.abs(sum / (contrast - border)) / math.pi)
  local reach = math.min(radius, math.min(row, column, height + 1 - row, width + 1 - column) - radius) - 1
  local sign = contrast > border and -1 or 1 -- the edge rises with the distance
  return function(r, c) return math.sqrt((r - row) ^ 2 + (c - column) ^ 2) - radius end, reach, radius, sign
end

return edge_spread
