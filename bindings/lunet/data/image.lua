-- Images: files in and out, resizing, grids of images side by side.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local provenance = require "lunet.provenance"

local function need_tensor(what, value)
  if not options.is_tensor(value) then errors.raise("%s: expected a tensor, got %s", what, options.text(value)) end
end

-- "PNG (.png): up to 16 bits, colour, orientation; written too", a line for each format of the list.
local function formats_text()
  local lines = {}
  for i, f in ipairs(core.image.formats()) do
    lines[i] = ("%s (%s): %s, %s%s%s"):format(f.name, table.concat(f.extensions, " "),
      f.bits == 1 and "1 bit" or "up to " .. f.bits .. " bits", f.colour and "colour or gray" or "gray",
      f.orientation and ", orientation" or "", f.written and "; written too" or "")
  end
  return table.concat(lines, "\n")
end

-- ".png, .pgm, .ppm or .pnm"
local function written_text()
  local all = {}
  for _, f in ipairs(core.image.formats()) do
    if f.written then table.move(f.extensions, 1, #f.extensions, #all + 1, all) end
  end
  return table.concat(all, ", ", 1, #all - 1) .. " or " .. all[#all]
end

local read_page = {
  name = "image.read",
  usage = "ln.image.read(path: string, options?: options) -> tensor",
  doc = "Read an image file as a tensor C,H,W with values in [0, 1]; its first bytes tell the format. CMYK becomes "
    .. "RGB, alpha is dropped.\n" .. formats_text(),
  options = {
    { "gray", "boolean", default = true, help = "colour becomes luma (Rec. 601); false: 3,H,W for colour" },
    { "orient", "boolean", default = true,
      help = "turn the image upright as its EXIF orientation says; false: as it is stored" },
  },
  errors = "A missing file; one that is \"damaged\" (pixels are lost), \"not supported\" (a kind that is not read) or "
    .. "\"too large\" (see ln.limits); one that is no image.",
  example = [[
ln.image.save(clean[1], folder .. "/scan.png")
local scan = ln.image.read(folder .. "/scan.png", { gray = true })
scan]],
}

local function read(path, given)
  local o = options.read(read_page, given)
  local x = errors.within("", core.image.read, path, o.gray, not o.orient)
  provenance.add(path)
  return x
end

local save_page = {
  name = "image.save",
  usage = "ln.image.save(x: tensor, path: string, options?: options) -> string",
  doc = "Write a tensor C,H,W (1 or 3 channels) or H,W as an image file; the extension of the path chooses the format "
    .. "(" .. written_text() .. "). Values outside [0, 1] are clipped, the rest are rounded. The file is written "
    .. "atomically, and the same values give the same bytes.",
  options = { { "bits", "integer", default = 8, help = "of a sample: 8 or 16" } },
  errors = "A path that cannot be written, an extension that is not, bits or channels that the format does not keep, "
    .. "NaN, a mean outside [-4, 4], as that of values of 0 to 255.",
  example = 'ln.image.save(clean[1], folder .. "/clean.png", { bits = 16 })',
}

local function save(x, path, given)
  need_tensor("image.save", x)
  options.argument("image.save", "the path", "string", path)
  local o = options.read(save_page, given)
  local any, mean = pcall(x.mean, x) -- an empty one has none; write says so
  if any and (mean < -4 or mean > 4) then
    errors.raise("image.save: the mean of the image is %.4g, but images are of 0 to 1; divide 8-bit values by 255",
      mean)
  end
  errors.within("", core.image.write, path, x, o.bits)
  return path
end

local resize_page = {
  name = "image.resize",
  usage = "ln.image.resize(x: tensor, size: integer|integer[], options?: options) -> tensor",
  doc = "Resize the last two dimensions of a tensor to {height, width} pixels.",
  example = "ln.image.resize(clean, { 16, 16 })",
  options = { { "method", "string", default = "area", choices = { "area", "bilinear" },
    help = "area: mean of the covered rectangle; bilinear: between half-pixel centres" } },
}

local function resize(x, size, given)
  need_tensor("image.resize", x)
  local o = options.read(resize_page, given)
  local h, w = size, size
  if type(size) == "table" then h, w = size[1], size[2] end
  h, w = math.tointeger(h), math.tointeger(w)
  if not h or not w or h < 1 or w < 1 then
    local text = type(size) == "table" and ("{%s, %s}"):format(size[1], size[2]) or options.text(size)
    errors.raise("image.resize: the size must be {height, width} in pixels, got %s", text)
  end
  return errors.within("", core.image.resize, x, h, w, o.method)
end

local grid_page = {
  name = "image.grid",
  usage = "ln.image.grid(rows: tensor|tensor[], options?: options) -> grid",
  doc = "Images side by side: each tensor N,C,H,W, or one image C,H,W, becomes one row.",
  options = {
    { "columns", "integer", default = 8, min = 1, help = "the first so many images of each row" },
    { "gap", "integer", default = 2, min = 0, help = "white pixels between images" },
    { "scale", "integer", default = 1, min = 1, help = "every pixel becomes a square of that side" },
  },
  example = [[
local grid = ln.image.grid({ clean, noisy }, { scale = 2 })
grid:save(folder .. "/figure.png")]],
}

local Grid = { save = function(self, path, given) return save(self.tensor, path, given) end }
docs.class(Grid, {
  { "grid:save(path: string, options?: table) -> string", "Write it as ln.image.save does; returns the path.",
    'grid:save(folder .. "/grid.png")' },
  { "grid.tensor -> tensor", "The image, C,H,W." },
})
Grid.__index = Grid
Grid.__name = "lunet.grid"

function Grid:__tostring()
  local shape = self.tensor.shape
  return ("image of %dx%d pixels"):format(shape[2], shape[3])
end

-- Every pixel of N,C,H,W as a square of scale x scale.
local function upsampled(x, scale)
  if scale == 1 then return x end
  return core.image.resize(x, x.shape[3] * scale, x.shape[4] * scale, "area")
end

local function grid(rows, given)
  local o = options.read(grid_page, given)
  if options.is_tensor(rows) then rows = { rows } end
  if type(rows) ~= "table" or #rows == 0 then
    errors.raise("image.grid: expected a list of tensors N,C,H,W, one a row")
  end
  local parts = {}
  for r, row in ipairs(rows) do
    local dims = options.is_tensor(row) and #row.shape
    if dims ~= 3 and dims ~= 4 then
      errors.raise("image.grid: row %d must be a tensor N,C,H,W or C,H,W, got %s", r, options.text(row))
    end
    if dims == 3 then row = row:reshape{ 1, table.unpack(row.shape) } end
    parts[r] = upsampled(row:narrow(1, 1, math.min(o.columns, #row)), o.scale)
  end
  return setmetatable({ tensor = errors.within("", core.image.grid, parts, o.columns, o.gap) }, Grid)
end

return errors.strict({
  read = docs.add(read, read_page), save = docs.add(save, save_page), resize = docs.add(resize, resize_page),
  grid = docs.add(grid, grid_page),
}, "lunet.image")
