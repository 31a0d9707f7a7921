-- Control sequences of colours, for terminals of 16, 256 and all colours. Colours are red, green, blue of 0 to 1.
local palette = {}

local function byte(x)
  return math.floor(math.max(0, math.min(1, x)) * 255 + 0.5)
end

-- The usual values of xterm's 16, which users may have changed.
local sixteen = { { 0, 0, 0 }, { 205, 0, 0 }, { 0, 205, 0 }, { 205, 205, 0 }, { 0, 0, 238 }, { 205, 0, 205 },
  { 0, 205, 205 }, { 229, 229, 229 }, { 127, 127, 127 }, { 255, 0, 0 }, { 0, 255, 0 }, { 255, 255, 0 },
  { 92, 92, 255 }, { 255, 0, 255 }, { 0, 255, 255 }, { 255, 255, 255 } }

local function distance(r, g, b, colour)
  return (r - colour[1]) ^ 2 + (g - colour[2]) ^ 2 + (b - colour[3]) ^ 2
end

local function nearest_of_16(r, g, b)
  local best, least = 1, math.huge
  for i, colour in ipairs(sixteen) do
    local d = distance(r, g, b, colour)
    if d < least then best, least = i, d end
  end
  return best - 1
end

local cube = { 0, 95, 135, 175, 215, 255 }

local function nearest_in_cube(x)
  return x < 48 and 1 or x < 115 and 2 or (x - 35) // 40 + 1
end

-- Among the cube of 6x6x6 and the 24 grays.
local function nearest_of_256(r, g, b)
  local i, j, k = nearest_in_cube(r), nearest_in_cube(g), nearest_in_cube(b)
  local gray = math.max(0, math.min(23, math.floor(((r + g + b) / 3 - 8) / 10 + 0.5)))
  local level = 8 + 10 * gray
  if distance(r, g, b, { level, level, level }) < distance(r, g, b, { cube[i], cube[j], cube[k] }) then
    return 232 + gray
  end
  return 16 + 36 * (i - 1) + 6 * (j - 1) + k - 1
end

-- base: 30 for the foreground, 40 for the background.
local function sequence(base, colours, red, green, blue)
  local r, g, b = byte(red), byte(green), byte(blue)
  if colours > 256 then return ("\27[%d;2;%d;%d;%dm"):format(base + 8, r, g, b) end
  if colours == 256 then return ("\27[%d;5;%dm"):format(base + 8, nearest_of_256(r, g, b)) end
  local index = nearest_of_16(r, g, b)
  return ("\27[%dm"):format(index < 8 and base + index or base + 60 + index - 8)
end

function palette.foreground(colours, r, g, b)
  return sequence(30, colours, r, g, b)
end

function palette.background(colours, r, g, b)
  return sequence(40, colours, r, g, b)
end

return palette
