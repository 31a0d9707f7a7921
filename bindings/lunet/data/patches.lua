-- ln.data.patches: random parts of images, others each epoch.
local docs = require "lunet.docs"
local ends = require "lunet.ends"
local errors = require "lunet.errors"
local options = require "lunet.options"
local random = require "lunet.random"
local sets = require "lunet.set"
local shapes = require "lunet.shapes"

local page = {
  name = "data.patches",
  usage = "ln.data.patches(options: options) -> set",
  doc = "A dataset of random patches: `per_image` parts of each image in an epoch, from places that depend on the seed "
    .. "and the epoch of ln.fit. Images may be of any sizes from that of a patch on, as ln.data.folder{ DIR, stream = "
    .. "true } gives them. Of pairs, both patches are from one place."
    .. " Where there are several inputs or targets, all are cut alike. A split is one of the images, so that no image "
    .. "is on both sides; images to validate on give the same patches in every epoch.",
  options = {
    { "set", "set", positional = 1, required = true, help = "the images" },
    { "size", { "integer", "table" }, min = 1, required = true, help = "height and width of a patch in pixels" },
    { "per_image", "integer", default = 8, min = 1, max = 1000000, help = "patches of each image in an epoch" },
  },
  errors = "Images smaller than a patch, with the name of the first.",
  example = "ln.data.patches{ set, size = 16, per_image = 4 }",
}

local function size_of(size)
  local height, width = size, size
  if type(size) == "table" then height, width = size[1], size[2] end
  height, width = math.tointeger(height), math.tointeger(width)
  if height and width and height >= 1 and width >= 1 and (type(size) ~= "table" or #size == 2) then
    return height, width
  end
  errors.raise("data.patches: option 'size' must be a number of pixels or {height, width}, got %s", options.text(size))
end

-- The place of patch `number` in an image of rows x columns: from 1.
local function place(draw, number, rows, columns)
  local bits = random.derive(random.derive(draw.seed ~ 0x7061746368, draw.epoch), number)
  return (bits & 0x7fffffff) % rows + 1, (bits >> 31) % columns + 1
end

local function patches(given)
  local o = options.read(page, given)
  local base, height, width = o.set, size_of(o.size)
  local reader = { base = base, pairs = false }

  local function cut(value, top, left)
    return value and ends.map(value, function(t) return t:narrow(2, top, height):narrow(3, left, width) end)
  end

  -- All of it has the rows and columns of the first image.
  local function check_sizes(value, what, name, shape)
    for i, t in ends.each(value) do
      if t.shape[2] ~= shape[2] or t.shape[3] ~= shape[3] then
        errors.raise("data.patches: '%s' is %s, but its %s %s; patches are cut from one place of both", name,
          shapes.text(shape), ends.name(what, value, i), shapes.text(t.shape))
      end
    end
  end

  function reader.read(number, draw)
    local of = (number - 1) // o.per_image + 1
    local image, target = sets.image(base, of, draw)
    local shape = ends.at(image, 1).shape
    if #shape ~= 3 or shape[2] < height or shape[3] < width then
      errors.raise("data.patches: '%s' is %s, smaller than a patch of %dx%d", base.names[of], shapes.text(shape),
        height, width)
    end
    check_sizes(image, "input", base.names[of], shape)
    check_sizes(target, "target", base.names[of], shape)
    local top, left = place(draw, number, shape[2] - height + 1, shape[3] - width + 1)
    return cut(image, top, left), cut(target, top, left)
  end

  function reader.over(part)
    return patches{ part, size = { height, width }, per_image = o.per_image }
  end

  function reader.text()
    return ("%d patches of %dx%d from %d images"):format(#base * o.per_image, height, width, #base)
  end

  local names = {}
  for i, name in ipairs(base.names) do
    for k = 1, o.per_image do names[(i - 1) * o.per_image + k] = ("%s#%d"):format(name, k) end
  end
  if #base == 0 then errors.raise("data.patches: the dataset has no images") end
  local _, target = reader.read(1, { seed = 0, epoch = 0 })
  reader.pairs = target ~= nil
  return sets.of_reader(reader, names)
end

return docs.add(patches, page)
