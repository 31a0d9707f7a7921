-- Images: files in and out, resizing, grids of images side by side.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"

local function need_tensor(what, value)
  if not options.is_tensor(value) then errors.raise("%s: expected a tensor, got %s", what, options.text(value)) end
end

local read_page = {
  name = "image.read",
  usage = "local x = ln.image.read(path, options)",
  doc = "Read a PNG, JPEG, BMP or PGM/PPM file, 8 or 16 bit, as a tensor C,H,W with values in [0, 1].",
  options = { { "gray", "boolean", default = true, help = "colour becomes luma (Rec. 601); false: 3,H,W for colour" } },
  errors = "A missing or damaged file, or one that is no image.",
}

local function read(path, given)
  local o = options.read(read_page, given)
  return errors.within("", core.image.read, path, o.gray)
end

local save_page = {
  name = "image.save",
  usage = "ln.image.save(x, path)",
  doc = "Write a tensor C,H,W or H,W as an 8-bit PNG; values outside [0, 1] are clipped. The file is written whole or "
    .. "not at all.",
  errors = "A path that cannot be written.",
}

local function save(x, path)
  need_tensor("image.save", x)
  options.argument("image.save", "the path", "string", path)
  errors.within("", core.image.write, path, x)
  return path
end

local resize_page = {
  name = "image.resize",
  usage = "local small = ln.image.resize(x, { 64, 64 }, options)",
  doc = "Resize the last two dimensions of a tensor to {height, width} pixels.",
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
  usage = "ln.image.grid({ x, y, ... }, options):save(\"figure.png\")",
  doc = "Images side by side: each tensor N,C,H,W, or one image C,H,W, becomes one row.",
  options = {
    { "columns", "integer", default = 8, min = 1, help = "the first so many images of each row" },
    { "gap", "integer", default = 2, min = 0, help = "white pixels between images" },
    { "scale", "integer", default = 1, min = 1, help = "every pixel becomes a square of that side" },
  },
  methods = { { "save(path)", "write as PNG" }, { "tensor", "the image, C,H,W" } },
  example = 'ln.image.grid({ clean, noisy, restored }, { scale = 2 }):save("figure.png")',
}

local Grid = { save = function(self, path) return save(self.tensor, path) end }
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
