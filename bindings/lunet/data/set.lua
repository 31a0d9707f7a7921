-- A dataset, images with their names: what the data sources give, and what splits give back.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local results = require "lunet.table"

local fields = { "images", "names", "source", "split", "subset", "map", "describe" }

local Set = setmetatable({}, {
  __index = function(_, key)
    if key == "source" then return nil end -- of a dataset that was not loaded
    errors.raise("dataset: no method or field '%s'%s", tostring(key), errors.suggestion(key, fields))
  end,
})
Set.__index = Set
Set.__name = "lunet.set"

-- images: N,C,H,W. names: a list of N; made up where there are none.
local function new(images, names)
  if not options.is_tensor(images) or #images.shape ~= 4 then
    errors.raise("data.set: expected a tensor N,C,H,W, got %s", options.text(images))
  end
  if names == nil then
    names = {}
    for i = 1, #images do names[i] = ("image%d"):format(i) end
  end
  options.argument("data.set", "the list of names", "table", names)
  if #names ~= #images then errors.raise("data.set: %d images but %d names", #images, #names) end
  for i, name in ipairs(names) do options.argument("data.set", ("name %d"):format(i), "string", name) end
  return setmetatable({ images = images, names = names }, Set)
end

function Set:__len() return #self.names end

function Set:__tostring()
  local shape = self.images.shape
  local text = ("%d image%s of %dx%dx%d"):format(#self, #self == 1 and "" or "s", shape[2], shape[3], shape[4])
  if #self == 0 then return text end
  return ("%s, %s .. %s"):format(text, self.names[1], self.names[#self])
end

-- The images with these numbers, copied, in that order.
function Set:subset(indices)
  local names = {}
  options.argument("set:subset", "the list of numbers", "table", indices)
  for i, index in ipairs(indices) do
    names[i] = self.names[index]
    if not names[i] then
      errors.raise("set:subset: there is no image %s, the dataset has %d", tostring(index), #self)
    end
  end
  if #names == 0 then errors.raise("set:subset: no images were chosen") end
  return new(self.images:gather(indices), names)
end

-- The same names with f(images) as images, e.g. a noise or a filter.
function Set:map(f)
  if not options.is_callable(f) then
    errors.raise("set:map: expected a function of a tensor, got %s", options.text(f))
  end
  local images = f(self.images)
  if not options.is_tensor(images) or #images ~= #self then
    errors.raise("set:map: the function must return a tensor of %d images, got %s", #self, options.text(images))
  end
  return new(images, self.names)
end

-- What is in the dataset, as a table to print.
function Set:describe()
  local t = results{ columns = { "name", "rows x columns", "min", "mean", "max" } }
  local shape = self.images.shape
  local size = ("%dx%d"):format(shape[3], shape[4])
  for i = 1, #self do
    local image = self.images[i]
    t:add{ self.names[i], size, image:min(), image:mean(), image:max() }
  end
  t:add{ ("all %d"):format(#self), size, self.images:min(), self.images:mean(), self.images:max() }
  return t
end

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

local function group_numbers(self, group)
  local by = group
  if group == "pairs" then
    by = pairs_of
  elseif type(group) == "string" then
    by = function(name)
      local ok, key = errors.try(string.match, name, group)
      if not ok then errors.raise("set:split: option 'group': %s in the pattern '%s'", errors.bare(key), group) end
      return key or errors.raise("set:split: the pattern '%s' does not match the name '%s'", group, name)
    end
  end
  local keys = {}
  for i, name in ipairs(self.names) do
    keys[i] = by(name, i)
    if keys[i] == nil or keys[i] ~= keys[i] then
      errors.raise("set:split: option 'group' gave %s for image %d, '%s'", tostring(keys[i]), i, name)
    end
  end
  return numbered(keys)
end

-- Slices are neighbours within a sequence: names that differ in their last number only ("ax010", "ax012").
local function sequence_numbers(self)
  local keys = {}
  for i, name in ipairs(self.names) do keys[i] = name:gsub("%d+%D*$", "", 1) end
  return numbered(keys)
end

local split_page = {
  name = "set:split",
  usage = "set:split(options: options) -> set, set",
  doc = "Two datasets without a common image: `train` images at random, or the nearest number that whole groups or "
    .. "blocks allow. group keeps what belongs together (a patient) on one side. block is for slices of a volume, "
    .. "which resemble their neighbours: runs of that many stay together, and gap images are left out where the sides "
    .. "meet.",
  options = {
    { "train", "number", above = 0, help = "training images: a number, or a share below 1" },
    { "test", "number", above = 0, help = "test images instead: a number, or a share below 1" },
    { "seed", "integer", default = 0, help = "seed of the random choice" },
    { "group", { "function", "string" }, help = "function(name, index) -> key; or a pattern matched with the names; or "
      .. "'pairs': images 2k-1 and 2k belong together, as in mini-MIAS" },
    { "block", "integer", min = 1, help = "neighbours in a block" },
    { "gap", "integer", min = 0, default = 1, help = "images left out between blocks of different sides" },
  },
  errors = "No image left for one of the sides; a name without the number or pattern that group needs.",
  example = "local train, test = set:split{ train = 300, seed = 1, group = ln.data.pairs }",
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

function Set:split(given)
  local o = options.read(split_page, given)
  local n = #self
  if (o.train == nil) == (o.test == nil) then
    errors.raise("set:split: give either 'train' or 'test', a number of images or a share below 1")
  elseif o.group and o.block then
    errors.raise("set:split: 'group' and 'block' exclude each other")
  end
  local count = o.train and as_count("train", o.train, n) or n - as_count("test", o.test, n)
  local train, test
  if o.group then
    train, test = errors.within("set:", core.split_group, group_numbers(self, o.group), count, o.seed)
  elseif o.block then
    local sequences = sequence_numbers(self)
    train, test = errors.within("set:", core.split_block, n, count, o.block, o.gap, o.seed, sequences)
  else
    train, test = errors.within("set:", core.split_count, n, count, o.seed)
  end
  return self:subset(train), self:subset(test)
end

docs.add(Set.split, split_page)
docs.class(Set, {
  { "set:subset(indices: integer[]) -> set", "The images with these numbers, copied, in that order." },
  { "set:map(f: function|noise|filter) -> set", "The same names with f(images) as images; f is a noise, say." },
  { "set:describe() -> results", "Name, size and values of every image, as a table." },
  { "set.images -> tensor", "The images, N,C,H,W, with values in [0, 1]." },
  { "set.names -> string[]", "Their names." },
  { "set.source -> item|nil", "The data source that it was loaded by; nil if it was not." },
})
docs.add(new, {
  name = "data.set",
  usage = "ln.data.set(images: tensor, names?: string[]) -> set",
  doc = "A dataset: set.images is a tensor N,C,H,W with values in [0, 1], set.names a list, #set their number. "
    .. "The data sources (ln.data.folder, nifti, phantom) return one.",
})
docs.add(pairs_of, {
  name = "data.pairs",
  usage = "ln.data.pairs(name: string) -> integer",
  doc = "The patient of a mini-MIAS image, from the number in its name: images 2k-1 and 2k are one woman's.",
  example = "local train, test = set:split{ train = 300, group = ln.data.pairs }",
})

return { new = new, pairs = pairs_of }
