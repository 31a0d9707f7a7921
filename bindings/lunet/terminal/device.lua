-- Ways to show a picture in characters, by what standard output can do. All of one form:
--
--   cell     { width, height } of a character in the units that layouts count in; of one pixel at scale 1
--   pixels   { width, height } of a character in pixels of what draw takes
--   gap      characters between pictures side by side; line_gap: units between those below each other
--   least    pictures in a grid keep so many units of their larger side; usual: up to so many they are enlarged
--   colour   whether it shows colours
--   draw(device, image, exact) -> text, ending in a line break; image: 4,H,W, colours and opacity, or 2,H,W without
--            colours, all cells in full; exact: every pixel of what is shown is a square of units
--
-- Half blocks and blanks of a colour are written here: they are what there is without libchafa, and without UTF-8.
local capabilities = require "lunet.capabilities"
local core = require "lunet.core"
local palette = require "lunet.palette"

local device = {}

local reset = "\27[0m"

-- ---- Characters by brightness ----

local ramp = " .:-=+*#%@"
device.ramp = ramp

-- The character for a brightness of 0 to 1; what is undefined is a question mark.
local function character(value)
  if value ~= value then return "?" end
  local i = math.min(math.floor(value * #ramp), #ramp - 1) + 1
  return ramp:sub(i, i)
end

local function draw_characters(_, image)
  local lines, values, opacity = {}, image[1]:totable(), image[image.shape[1]]:totable()
  for y, row in ipairs(values) do
    local line = {}
    for x, value in ipairs(row) do line[x] = opacity[y][x] > 0 and character(value) or " " end
    lines[y] = table.concat(line):gsub(" +$", "")
  end
  return table.concat(lines, "\n") .. "\n"
end

-- ---- Half blocks, and blanks of a colour ----

-- Lines of cells, of which each says how it looks, "" for empty, and its character.
local function draw_cells(image, rows_in_cell, cell_of)
  local lines, colours = {}, {}
  for c = 1, 4 do colours[c] = image[c]:totable() end
  for y = 1, image.shape[2], rows_in_cell do
    local line, before = {}, ""
    for x = 1, image.shape[3] do
      local look, text = cell_of(colours, y, x)
      if look ~= before then line[#line + 1] = reset .. look end
      line[#line + 1], before = text, look
    end
    lines[#lines + 1] = table.concat(line) .. reset
  end
  return table.concat(lines, "\n") .. "\n"
end

local function draw_halves(self, image)
  return draw_cells(image, 2, function(c, y, x)
    local upper, lower = c[4][y][x] > 0.5, c[4][y + 1][x] > 0.5
    local top = upper and palette.foreground(self.colours, c[1][y][x], c[2][y][x], c[3][y][x])
    if not upper and not lower then return "", " " end
    if not upper then return palette.foreground(self.colours, c[1][y + 1][x], c[2][y + 1][x], c[3][y + 1][x]), "▄" end
    if not lower then return top, "▀" end
    return top .. palette.background(self.colours, c[1][y + 1][x], c[2][y + 1][x], c[3][y + 1][x]), "▀"
  end)
end

local function draw_blanks(self, image)
  return draw_cells(image, 1, function(c, y, x)
    if c[4][y][x] <= 0.5 then return "", " " end
    return palette.background(self.colours, c[1][y][x], c[2][y][x], c[3][y][x]), " "
  end)
end

-- ---- libchafa ----

local chafa_side = 8 -- pixels of a character

-- An image of chafa's pixels, of which 8x4 are one half of a character, as such halves.
local function halved(image)
  return core.image.resize(image, image.shape[2] * 2 // chafa_side, image.shape[3] // chafa_side, "area")
end

-- Pixels of half a character each are exact in half blocks; chafa would mix those beside what is not opaque.
local function draw_by_chafa(self, image, exact)
  if exact and self.name == "symbols" then return draw_halves(self, halved(image)) end
  local rows, columns = image.shape[2] // self.pixels.height, image.shape[3] // self.pixels.width
  return core.chafa.draw(image, self.name, self.colours, columns, rows, self.pixels.width, self.pixels.height) .. "\n"
end

-- ---- Which ----

local function of_symbols(colours, utf8)
  local chosen = { name = "symbols", colours = colours, colour = colours > 0, gap = 1, line_gap = 1,
    cell = { width = 1, height = 2 }, least = 16, usual = 32 }
  if colours == 0 then
    chosen.draw, chosen.pixels, chosen.gap, chosen.line_gap = draw_characters, { width = 1, height = 1 }, 2, 2
  elseif not utf8 then
    chosen.draw, chosen.pixels = draw_blanks, { width = 1, height = 1 }
  elseif core.chafa.load() then
    chosen.draw, chosen.pixels = draw_by_chafa, { width = chafa_side, height = chafa_side }
  else
    chosen.draw, chosen.pixels = draw_halves, { width = 1, height = 2 }
  end
  return chosen
end

local function of_pixels(name, colours)
  local width, height = capabilities.cell()
  local cell = { width = math.floor(width), height = math.floor(height) }
  return { name = name, colours = colours or 1 << 24, colour = true, cell = cell, pixels = cell,
    gap = 1, line_gap = 4, least = 64, usual = 13 * cell.height, draw = draw_by_chafa }
end

-- How pictures are shown, as capabilities.pictures says it or, into a pipe or a file, "text".
local function wanted(o)
  local pictures = o.pictures or capabilities.pictures()
  local in_pipe = not capabilities.is_terminal() and os.getenv("LUNET_PICTURES") ~= "none"
  return pictures == "none" and not o.pictures and in_pipe and "text" or pictures
end

-- The device for standard output; nil where a picture is only told about. o: { pictures =, colours = } say otherwise.
-- Also, where pixels are wanted and not possible, why.
function device.choose(o)
  local pictures, colours = wanted(o), o.colours or capabilities.colours()
  if pictures == "none" then return nil end
  if pictures == "text" then return of_symbols(0, false) end
  if pictures == "symbols" then return of_symbols(colours, capabilities.utf8()) end
  local loaded, why = core.chafa.load()
  if loaded then return of_pixels(pictures, o.colours) end
  return of_symbols(colours, capabilities.utf8()), why
end

return device
