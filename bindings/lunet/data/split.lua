-- How datasets are split: set:split and what it goes by.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local sets = require "lunet.set"

local Set = sets.class

-- Numbers 1, 2, ... for keys in order of first appearance.
local function numbered(keys)
  local numbers, known, count = {}, {}, 0
  for i, key in ipairs(keys) do
    if known[key] == nil then
      count = count + 1
      known[key] = count
    end
    numbers[i] = known[key]
  end
  return numbers
end

-- Patient of a mini-MIAS image: images 2k-1 and 2k are the two breasts of one woman. name: "mdb017" or "path/mdb017".
local function pairs_of(name)
  options.argument("data.pairs", "the name", "string", name)
  local digits = name:match("(%d+)[^%d/]*$")
  if not digits then
    errors.raise("data.pairs: there is no number in the name '%s', so it tells nothing about pairs", name)
  end
  return (tonumber(digits) + 1) // 2
end

-- "patient1" of "patient1/ax012"; a file of one volume has names without.
local function volume_of(name)
  return name:match("^(.*)/[^/]*$") or errors.raise("the name '%s' does not tell the volume; ln.data.nifti gives such "
    .. "names for a folder of volumes", name)
end

-- A key for each image, the same for those that belong together. what: who asks, for messages.
local function group_keys(what, self, group)
  local by = group
  if group == "pairs" then
    by = pairs_of
  elseif group == "volume" then
    by = function(name) return errors.within(what .. ": ", volume_of, name) end
  elseif type(group) == "string" then
    by = function(name)
      local ok, key = errors.try(string.match, name, group)
      if not ok then errors.raise("%s: option 'group': %s in the pattern '%s'", what, errors.bare(key), group) end
      return key or errors.raise("%s: the pattern '%s' does not match the name '%s'", what, group, name)
    end
  end
  local keys = {}
  for i, name in ipairs(self.names) do
    keys[i] = by(name, i)
    if keys[i] == nil or keys[i] ~= keys[i] then
      errors.raise("%s: option 'group' gave %s for image %d, '%s'", what, tostring(keys[i]), i, name)
    end
  end
  return keys
end

local function group_numbers(what, self, group)
  return numbered(group_keys(what, self, group))
end

-- Slices are neighbours within a sequence: names that differ in their last number only ("ax010", "ax012").
local function sequence_numbers(self)
  local keys = {}
  for i, name in ipairs(self.names) do keys[i] = name:gsub("%d+%D*$", "", 1) end
  return numbered(keys)
end

local group_help = "function(name, index) -> key; or a pattern matched with the names; or 'pairs': images 2k-1 and 2k "
  .. "belong together, as in mini-MIAS; 'volume': those of one volume do, as ln.data.nifti names them"

local split_page = {
  name = "set:split",
  usage = "set:split(options: options) -> set, set",
  doc = "Two datasets without a common image: `train` images at random, or the nearest number that whole groups or "
    .. "blocks allow. group keeps what belongs together (a patient) on one side. block is for slices of a volume, "
    .. "which resemble their neighbours: runs of that many stay together, and gap images are left out where the sides "
    .. "meet.",
  options = {
    { "train", "number", above = 0, help = "training images: a number, or a share below 1; of patches, images" },
    { "test", "number", above = 0, help = "test images instead: a number, or a share below 1" },
    { "seed", "integer", default = 0, help = "seed of the random choice" },
    { "group", { "function", "string" }, help = group_help },
    { "block", "integer", min = 1, help = "neighbours in a block" },
    { "gap", "integer", min = 0, default = 1, help = "images left out between blocks of different sides" },
  },
  errors = "No image left for one of the sides; a name without the number or pattern that group needs.",
  example = "set:split{ train = 8, seed = 1 }",
}

-- A number or a share of n images as a number that leaves some for the other side.
local function as_count(name, value, n)
  local count = value < 1 and math.floor(value * n + 0.5) or math.tointeger(value)
  if not count then errors.raise("set:split: %s is no number of images", options.text(value)) end
  if n < 2 then errors.raise("set:split: there must be at least 2 images, got %d", n) end
  if count < 1 or count >= n then
    errors.raise("set:split: option '%s' must leave images on both sides, so be 1 to %d images, got %d", name, n - 1,
      count)
  end
  return count
end

-- Slices with their neighbours as channels show what is `neighbours` voxels away; blocks must be further apart.
local function check_neighbours(self, o)
  local source = self.source and self.source.options
  local shared = source and source.neighbours and source.neighbours > 0 and 2 * source.neighbours // source.step
  if not o.block or not shared or o.gap >= shared then return end
  errors.raise("set:split: the images have %d neighbour%s on each side as channels, so that blocks share slices; "
    .. "give gap = %d or more", source.neighbours, source.neighbours == 1 and "" or "s", shared)
end

-- The numbers of both sides.
local function chosen(self, o)
  local n = #self
  local count = o.train and as_count("train", o.train, n) or n - as_count("test", o.test, n)
  if o.group then
    return errors.within("set:", core.split_group, group_numbers("set:split", self, o.group), count, o.seed)
  end
  if o.block then
    check_neighbours(self, o)
    return errors.within("set:", core.split_block, n, count, o.block, o.gap, o.seed, sequence_numbers(self))
  end
  return errors.within("set:", core.split_count, n, count, o.seed)
end

function Set:split(given)
  local o = options.read(split_page, given)
  if (o.train == nil) == (o.test == nil) then
    errors.raise("set:split: give either 'train' or 'test', a number of images or a share below 1")
  elseif o.group and o.block then
    errors.raise("set:split: 'group' and 'block' exclude each other")
  end
  return sets.parts(self, function(base) return chosen(base, o) end, "set:split")
end

docs.add(Set.split, split_page)
docs.add(pairs_of, {
  name = "data.pairs",
  usage = "ln.data.pairs(name: string) -> integer",
  doc = "The patient of a mini-MIAS image, from the number in its name: images 2k-1 and 2k are one woman's.",
  example = [[
ln.data.pairs("mdb003.pgm"), ln.data.pairs("mdb004.pgm")
local train, test = set:split{ train = 8, group = ln.data.pairs }]],
})

return { pairs = pairs_of, group_keys = group_keys, group_numbers = group_numbers, group_help = group_help }
