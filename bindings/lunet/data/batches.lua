-- Pairs of tensors in batches: what a training loop walks through.
local docs = require "lunet.docs"
local ends = require "lunet.ends"
local errors = require "lunet.errors"
local feeds = require "lunet.feed"
local options = require "lunet.options"
local random = require "lunet.random"

local page = {
  name = "data.batches",
  usage = "ln.data.batches(a: tensor|tensor[]|set, b?: tensor|tensor[]|options, options?: options) -> function",
  doc = "Walk through one tensor, or two paired by number, in batches along the first dimension; or through a dataset, "
    .. "as ln.fit does in an epoch. The last batch may be smaller. Gives a batch of a, one of b (nil without b), and "
    .. "the number of the batch; of a dataset input, target and number. Either may be a list of tensors, for a "
    .. "network of several inputs or outputs; so are its batches, of which # is the number of images.",
  options = {
    { "size", "integer", default = 10, min = 1, help = "images in a batch" },
    { "shuffle", "boolean", default = false, help = "go through the images in random order" },
    { "seed", "integer", default = 0, help = "seed of that order, and of noise; of tensors another one each epoch" },
    { "first", "integer", default = 1, min = 1, help = "the number of the batch to begin with" },
    { "epoch", "integer", default = 1, min = 0, help = "of a dataset: which epoch is drawn" },
    { "input", { "noise item", "function" }, help = "of a dataset: what corrupts its images, as for ln.fit" },
    { "augment", "augment item", help = "of a dataset: what is done to images before, as for ln.fit" },
  },
  errors = "Tensors of different length.",
  example = [[
for input, target in ln.data.batches(noisy, clean, { shuffle = true }) do
  print(trainer:step(input, target))
end]],
}

local function of_set(set, o)
  local feed = feeds(set, { input = o.input, augment = o.augment, seed = o.seed, what = "data.batches" })
  return feed:batches(o.epoch, o)
end

local function are_images(value)
  return options.is_tensor(value) or options.are_tensors(value)
end

-- A tensor or a list of tensors of as many images each.
local function images_of(given)
  local value = ends.of(given)
  for i, t in ends.each(value) do
    if #t ~= #value then
      errors.raise("data.batches: tensor 1 of a list has %d images, tensor %d has %d", #value, i, #t)
    end
  end
  return value
end

local function batches(a, b, given)
  if given == nil and b ~= nil and not are_images(b) then b, given = nil, b end
  if options.is_dataset(a) and b == nil then return of_set(a, options.read(page, given)) end
  if not are_images(a) or b ~= nil and not are_images(b) then
    errors.raise("data.batches: expected one or two tensors, or a dataset, and a table of options, got %s and %s",
      options.text(a), options.text(b))
  end
  local o = options.read(page, given)
  if o.input or o.augment then
    errors.raise("data.batches: 'input' and 'augment' are for a dataset, as ln.data.tensors{ a, b } makes one")
  end
  a, b = images_of(a), b and images_of(b)
  local n = #a
  if b and #b ~= n then
    errors.raise("data.batches: the first tensor has %d images, the second %d; they are paired by number", n, #b)
  end
  local order = o.shuffle and random.permutation(n, o.seed)
  local done, number = (o.first - 1) * o.size, o.first - 1
  return function()
    if done >= n then return nil end
    local first, count = done + 1, math.min(o.size, n - done)
    done, number = done + count, number + 1
    if not order then
      return a:narrow(1, first, count), b and b:narrow(1, first, count), number
    end
    local chosen = table.move(order, first, first + count - 1, 1, {})
    return a:gather(chosen), b and b:gather(chosen), number
  end
end

return docs.add(batches, page)
