-- A dataset, images with their names: what the data sources give, and what splits give back.
--
-- Its images are a tensor N,C,H,W, and so are its targets, where it has some; or they come from a reader one by one,
-- when they are needed: { n =, read = function(number, draw) -> image [, target], pairs = whether there are targets,
-- text = function -> "12 images, read as needed" }. draw is { seed =, epoch = }; what a reader does at random depends
-- on it and on the number alone. base and over, of a reader whose images belong together by those of another set: that
-- set, and function(part of it) -> the same of the part. whole = why it cannot be cut.
--
-- For a network of several inputs or outputs, images or targets are lists of tensors: see ends.lua.
local core = require "lunet.core"
local docs = require "lunet.docs"
local ends = require "lunet.ends"
local errors = require "lunet.errors"
local options = require "lunet.options"
local results = require "lunet.table"
local shapes = require "lunet.shapes"

local sets = {}

local fields = { "images", "targets", "names", "source", "split", "folds", "subset", "map", "describe", "load",
  "print" }
local absent = { source = true, targets = true, reader = true } -- of a set that has none

local Set = {}
Set.__name = "lunet.set"
sets.class = Set

function Set.__index(set, key)
  local method = rawget(Set, key)
  if method ~= nil or absent[key] then return method end
  if math.type(key) == "integer" then return (sets.image(set, key)) end
  if key == "images" and rawget(set, "reader") then
    errors.raise("dataset: its images are not in memory; set[i] is one of them, set:load() a dataset that has all")
  end
  errors.raise("dataset: no method or field '%s'%s", tostring(key), errors.suggestion(key, fields))
end

-- image1, image2, ... where there are no names.
local function numbered_names(n)
  local names = {}
  for i = 1, n do names[i] = ("image%d"):format(i) end
  return names
end

local function make(images, targets, names)
  return setmetatable({ images = images, targets = targets, names = names }, Set)
end

local function check_names(what, names, n)
  options.argument(what, "the list of names", "table", names)
  if #names ~= n then errors.raise("%s: %d images but %d names", what, n, #names) end
  for i, name in ipairs(names) do options.argument(what, ("name %d"):format(i), "string", name) end
  return names
end

-- images: N,C,H,W. names: a list of N; made up where there are none.
function sets.new(images, names)
  if not options.is_tensor(images) or #images.shape ~= 4 then
    errors.raise("data.set: expected a tensor N,C,H,W, got %s", options.text(images))
  end
  return make(images, nil, names == nil and numbered_names(#images) or check_names("data.set", names, #images))
end

-- Of images and what a network should make of them, N,... both; targets may be nil.
function sets.of_pairs(images, targets, names)
  return make(images, targets, names or numbered_names(#images))
end

function sets.of_reader(reader, names)
  return setmetatable({ reader = reader, names = names }, Set)
end

function sets.in_memory(set)
  return rawget(set, "reader") == nil
end

local tensors_page = {
  name = "data.tensors",
  usage = "ln.data.tensors(options: options) -> set",
  doc = "A dataset from tensors: what a network gets, N,C,H,W or N,F, and what it should give, paired by number.",
  options = {
    { "input", { "tensor", "tensors" }, positional = 1, required = true,
      help = "what the network gets; a list of tensors for one with several inputs" },
    { "target", { "tensor", "tensors" }, positional = 2,
      help = "what it should give, a list for several outputs; without one, the input is the clean image" },
    { "names", "table", help = "a list of N names" },
  },
  errors = "Tensors of different length.",
  example = "ln.data.tensors{ noisy, clean }",
}

function sets.tensors(given)
  local o = options.read(tensors_page, given)
  local input, target = ends.of(o.input), o.target and ends.of(o.target)
  for i, t in ends.each(input) do
    if #t.shape < 2 then
      errors.raise("data.tensors: the %s must be N,C,H,W or N,F, got %s", ends.name("input", input, i), options.text(t))
    elseif #t ~= #input then
      errors.raise("data.tensors: %d images as input 1, but %d as input %d; they are paired by number", #input, #t, i)
    end
  end
  for i, t in ends.each(target) do
    if #t.shape < 2 or #t ~= #input then
      errors.raise("data.tensors: %d images as input, but %s as their %s; they are paired by number", #input,
        options.text(t), ends.are_several(target) and ("target %d"):format(i) or "targets")
    end
  end
  return make(input, target, o.names and check_names("data.tensors", o.names, #input) or numbered_names(#input))
end

-- ---- What is in it ----

function Set:__len()
  return #self.names
end

local function plural(n, noun)
  return ("%d %s%s"):format(n, noun, n == 1 and "" or "s")
end

-- "20 images of 1x64x64", "20 pairs of 3x64x64 and 1x64x64"
local function content(set)
  local reader = rawget(set, "reader")
  if reader then return reader.text() end
  local shape, target = ends.shape_text(set.images), set.targets
  if not target then return ("%s of %s"):format(plural(#set, "image"), shape) end
  local other = ends.shape_text(target)
  return ("%s of %s%s"):format(plural(#set, "pair"), shape, other ~= shape and " and " .. other or "")
end

function Set:__tostring()
  if #self == 0 then return content(self) end
  return ("%s, %s .. %s"):format(content(self), self.names[1], self.names[#self])
end

local function item_of(t, number)
  return ends.map(t, function(one) return one[number] end)
end

-- Image `number`, C,H,W, and its target where there is one.
function sets.image(set, number, draw)
  local reader = rawget(set, "reader")
  if not set.names[number] then
    errors.raise("dataset: there is no image %s, it has %d", tostring(number), #set)
  end
  if reader then return reader.read(number, draw or { seed = 0, epoch = 0 }) end
  return item_of(set.images, number), set.targets and item_of(set.targets, number)
end

-- The elements of a tensor with these numbers: a view where they follow each other.
local function pick(t, numbers)
  for i = 2, #numbers do
    if numbers[i] ~= numbers[i - 1] + 1 then return t:gather(numbers) end
  end
  return t:narrow(1, numbers[1], #numbers)
end

local function check_same(set, what, value, first_value, number, first_number)
  for i, image in ends.each(value) do
    local first = ends.at(first_value, i)
    if not shapes.same(image.shape, first.shape) then
      errors.raise("dataset: the %s differ in size: %s is %s, but %s is %s; ln.data.patches cuts parts of one size",
        what, set.names[first_number], shapes.text(first.shape), set.names[number], shapes.text(image.shape))
    end
  end
end

-- Images with these numbers as one tensor, and their targets or nil. draw: { seed =, epoch = }.
function sets.take(set, numbers, draw)
  local reader = rawget(set, "reader")
  if not reader then return pick(set.images, numbers), set.targets and pick(set.targets, numbers) end
  local images, targets = {}, {}
  for i, number in ipairs(numbers) do
    images[i], targets[i] = reader.read(number, draw)
    check_same(set, "images", images[i], images[1], number, numbers[1])
    if targets[i] then check_same(set, "targets", targets[i], targets[1], number, numbers[1]) end
  end
  return ends.stack(images), reader.pairs and ends.stack(targets) or nil
end

-- All numbers 1 .. n.
local function all_numbers(n)
  local numbers = {}
  for i = 1, n do numbers[i] = i end
  return numbers
end

-- The same images in memory; of those drawn at random, those of epoch 0.
function Set:load()
  if sets.in_memory(self) then return self end
  local images, targets = sets.take(self, all_numbers(#self), { seed = 0, epoch = 0 })
  return make(images, targets, self.names)
end

-- What is in the dataset, as a table to print.
function Set:describe()
  local t = results{ columns = { "name", "rows x columns", "min", "mean", "max" } }
  local low, sum, high = math.huge, 0, -math.huge
  for i = 1, #self do
    local image = ends.at(sets.image(self, i), 1)
    local shape, least, mean, most = image.shape, image:min(), image:mean(), image:max()
    t:add{ self.names[i], ("%dx%d"):format(shape[#shape - 1] or 1, shape[#shape]), least, mean, most }
    low, sum, high = math.min(low, least), sum + mean, math.max(high, most)
  end
  t:add{ ("all %d"):format(#self), "", low, sum / #self, high }
  return t
end

-- "values 0 to 1, mean 0.108" of images in memory; nil of others.
function sets.range_text(set)
  if not sets.in_memory(set) or #set == 0 then return nil end
  local lines = {}
  for i, images in ends.each(set.images) do
    lines[i] = ("%s %.4g to %.4g, mean %.4g"):format(ends.name("values", set.images, i), images:min(), images:max(),
      images:mean())
    if images:nonfinite() then lines[i] = lines[i] .. ", some not finite" end
  end
  return table.concat(lines, "\n")
end

local print_page = {
  name = "set:print",
  usage = "set:print(options?: options)",
  doc = "Print how many images of which size there are, and what values they have.",
  options = { { "all", "boolean", default = false, help = "a line for each image, as set:describe() has them" } },
  example = "set:print{ all = true }",
}

function Set:print(given)
  if options.read(print_page, given).all then
    print(self:describe())
  else
    print(self)
    print(sets.range_text(self))
  end
end

docs.add(Set.print, print_page)

-- ---- Parts of it, and others made from it ----

local function names_of(set, indices, what)
  local names = {}
  options.argument(what, "the list of numbers", "table", indices)
  for i, index in ipairs(indices) do
    names[i] = set.names[index]
    if not names[i] then errors.raise("%s: there is no image %s, the dataset has %d", what, tostring(index), #set) end
  end
  if #names == 0 then errors.raise("%s: no images were chosen", what) end
  return names
end

local function check_whole(set, what)
  local reader = rawget(set, "reader")
  if reader and reader.whole then errors.raise("%s: %s", what, reader.whole) end
end

-- The images with these numbers, copied, in that order.
function Set:subset(indices)
  local names, reader = names_of(self, indices, "set:subset"), rawget(self, "reader")
  check_whole(self, "set:subset")
  if not reader then return make(self.images:gather(indices), self.targets and self.targets:gather(indices), names) end
  local function read(number, draw) return reader.read(indices[number], draw) end
  local part = { read = read, pairs = reader.pairs,
    text = function() return ("%s of %s"):format(plural(#indices, "image"), reader.text()) end }
  return sets.of_reader(part, names)
end

-- Two parts. choose(set) -> numbers of the first, numbers of the second, of the set whose images are not to be parted.
function sets.parts(set, choose, what)
  check_whole(set, what)
  local reader = rawget(set, "reader")
  if reader and reader.base then
    local first, second = sets.parts(reader.base, choose, what)
    return reader.over(first), reader.over(second)
  end
  local first, second = choose(set)
  first, second = set:subset(first), set:subset(second)
  first.source, second.source = set.source, set.source
  return first, second
end

-- The set whose images `sets.parts` parts.
function sets.base(set, what)
  check_whole(set, what)
  local reader = rawget(set, "reader")
  return reader and reader.base and sets.base(reader.base, what) or set
end

-- How many images `sets.parts` parts.
function sets.count(set)
  local reader = rawget(set, "reader")
  return reader and reader.base and sets.count(reader.base) or #set
end

-- Whether a function gave n images: a tensor of them, or a list of tensors.
local function are_images(value, n)
  return (options.is_tensor(value) or options.are_tensors(value)) and #ends.of(value) == n
end

-- f of a batch: images and targets; what it does not give stays.
local function mapped(f, images, targets, number)
  local x, y
  if ends.are_several(images) and type(f) ~= "function" then
    errors.raise("set:map: the dataset has %d tensors as images; give a function(images, targets) that changes them",
      ends.count(images))
  end
  if number and options.is_item(f, "noise") then
    x = core.corrupted(f, images, 0, { number })
  else
    x, y = f(images, targets)
  end
  local n = #images
  if not are_images(x, n) or y ~= nil and not are_images(y, n) then
    errors.raise("set:map: the function must return a tensor of %d image%s, got %s", n, n == 1 and "" or "s",
      options.text(not are_images(x, n) and x or y))
  end
  return ends.of(x), y and ends.of(y) or targets
end

-- One image as a batch.
local function as_batch(value)
  return value and ends.map(value, function(t) return t:unsqueeze(1) end)
end

local function map_reader(set, f)
  local inner = rawget(set, "reader")
  local reader = { pairs = inner.pairs, text = inner.text, whole = inner.whole }
  function reader.read(number, draw)
    local image, target = inner.read(number, draw)
    local x, y = mapped(f, as_batch(image), as_batch(target), number)
    return item_of(x, 1), y and item_of(y, 1)
  end
  if inner.base then
    reader.base = inner.base
    function reader.over(part) return inner.over(part):map(f) end
  end
  if not inner.pairs then -- f may give targets
    local _, target = reader.read(1, { seed = 0, epoch = 0 })
    reader.pairs = target ~= nil
  end
  return sets.of_reader(reader, set.names)
end

-- The same names with f(images, targets) as images, e.g. a noise or a filter.
function Set:map(f)
  if not options.is_callable(f) then
    errors.raise("set:map: expected a function of a tensor, got %s", options.text(f))
  end
  if not sets.in_memory(self) then return map_reader(self, f) end
  local images, targets = mapped(f, self.images, self.targets)
  return make(images, targets, self.names)
end

-- ln.data.map(set, f)
function sets.map(set, f)
  if not options.is_dataset(set) then errors.raise("data.map: expected a dataset, got %s", options.text(set)) end
  return set:map(f)
end

docs.class(Set, {
  { "set:subset(indices: integer[]) -> set", "The images with these numbers, copied, in that order.",
    "set:subset{ 1, 3 }" },
  { "set:map(f: function|noise|filter) -> set", "The same names with f(images) as images; f is a noise, say. Of pairs "
    .. "f(images, targets), which may give both. Where images are read as needed, f is called on each, N = 1, whenever "
    .. "it is read.",
    "set:map(ln.noise.gaussian{ 0.1 })" },
  { "set:load() -> set", "The same dataset with its images in memory." },
  { "set:describe() -> results", "Name, size and values of every image, as a table." },
  { "set.images -> tensor", "The images, N,C,H,W, with values in [0, 1]; an error where they are read as needed. Of a "
    .. "dataset for several inputs a list of tensors, and so are its targets for several outputs." },
  { "set.targets -> tensor|nil", "What a network should make of them, where that is something else: clean images." },
  { "set.names -> string[]", "Their names." },
  { "set.source -> item|nil", "The data source that it was loaded by; nil if it was not." },
})
docs.add(sets.new, {
  name = "data.set",
  usage = "ln.data.set(images: tensor, names?: string[]) -> set",
  example = 'ln.data.set(clean, { "a", "b", "c", "d" })',
  doc = "A dataset: set.images is a tensor N,C,H,W with values in [0, 1], set.names a list, #set their number, set[i] "
    .. "one image. The data sources (ln.data.folder, nifti, phantom) return one.",
})
docs.add(sets.tensors, tensors_page)
docs.add(sets.map, {
  name = "data.map",
  usage = "ln.data.map(set: set, f: function|noise|filter) -> set",
  doc = "The same as set:map(f): a dataset with f(images) in place of the images, of pairs f(images, targets).",
  example = "ln.data.map(set, function(images) return images:clamp(0.2, 1) end)",
})

return sets
