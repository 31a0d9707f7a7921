-- What batches of training images are made of: images from a set, augmentation, noise. All of it is drawn from seed,
-- epoch and the number of the image in its set, so a batch can be had at any time, and again.
local core = require "lunet.core"
local ends = require "lunet.ends"
local errors = require "lunet.errors"
local made_by_function = require "lunet.input_function"
local options = require "lunet.options"
local random = require "lunet.random"
local sets = require "lunet.set"
local shapes = require "lunet.shapes"

local Feed = {}
Feed.__index = Feed

-- set: a dataset. more: { input = noise, list of noises by place (false: none), function or nil, input_shape = the
-- shapes of a network's inputs, where it has several, augment = item or nil, seed =, fixed = for images that are held
-- out: nothing is augmented, crops are from the middle, what = its name in messages }.
local function new(set, more)
  return setmetatable({ set = set, n = #set, input = more.input, input_shape = more.input_shape,
    augment = more.augment, seed = more.seed, fixed = more.fixed or false, what = more.what or "fit" }, Feed)
end

-- The number of a draw of noise or augmentation.
local function stream(feed, epoch)
  return random.derive(feed.seed, epoch) >> 8
end

-- ---- Augmentation ----

local function is_image_of(t, first)
  local a, b = t.shape, first.shape
  return #a == 4 and #b == 4 and a[3] == b[3] and a[4] == b[4]
end

-- All the tensors, changed alike: what happens depends on the image's number, not on its pixels.
local function augmented_all(feed, value, first, what, ...)
  local draw = table.pack(...)
  return ends.map(value, function(t, i)
    if not is_image_of(t, first) then
      errors.raise("%s: augment: inputs and targets are changed alike, so they must be images of equal height and "
        .. "width, but %s is %s, and another one %s", feed.what, ends.name(what, value, i),
        shapes.text(shapes.of_sample(t)), shapes.text(shapes.of_sample(first)))
    end
    return (errors.within(feed.what .. ": ", core.augmented, feed.augment, t, nil, table.unpack(draw, 1, draw.n)))
  end)
end

local function augmented(feed, images, targets, numbers, epoch)
  local draw = stream(feed, epoch)
  if not ends.are_several(images) and not ends.are_several(targets) then
    return errors.within(feed.what .. ": ", core.augmented, feed.augment, images, targets, draw, numbers, feed.fixed)
  end
  local first = ends.at(images, 1)
  if targets then targets = augmented_all(feed, targets, first, "target", draw, numbers, feed.fixed) end
  return augmented_all(feed, images, first, targets and "input" or "target", draw, numbers, feed.fixed), targets
end

-- ---- Noise ----

-- A noisy copy; noises of several places are independent.
local function corrupted(feed, noise, place, images, numbers, epoch)
  local draw = stream(feed, epoch)
  return errors.within(feed.what .. ": ", core.corrupted, noise, images,
    place == 1 and draw or random.derive(draw, place) >> 8, numbers)
end

-- Noisy copies of as many images as the network has inputs; those of the first are as if it was alone.
local function noisy(feed, images, numbers, epoch)
  local n = feed.input_shape and #feed.input_shape or 1
  if n > ends.count(images) then
    errors.raise("%s: input: the network has %d inputs, but a noise makes one of each target, and there %s %d; a "
      .. "list has one for each", feed.what, n, ends.count(images) == 1 and "is" or "are", ends.count(images))
  end
  local made = {}
  for i = 1, n do made[i] = corrupted(feed, feed.input, i, ends.at(images, i), numbers, epoch) end
  return ends.of(made)
end

-- Images of which some are corrupted, by a noise each.
local function partly_noisy(feed, images, numbers, epoch)
  if #feed.input ~= ends.count(images) then
    errors.raise("%s: input: the list has %d entries, but the dataset has %d tensor%s as its images", feed.what,
      #feed.input, ends.count(images), ends.count(images) == 1 and "" or "s")
  end
  return ends.map(images, function(t, i)
    local noise = feed.input[i]
    return noise and corrupted(feed, noise, i, t, numbers, epoch) or t:narrow(1, 1, #t)
  end)
end

-- ---- Batches ----

-- Input and target of the images with these numbers in an epoch; both are the caller's own. Each is a tensor, or, where
-- there are several inputs or targets, a list of them (ends.lua).
function Feed:take(numbers, epoch)
  local images, targets = sets.take(self.set, numbers, { seed = self.seed, epoch = epoch })
  if self.augment then images, targets = augmented(self, images, targets, numbers, epoch) end
  targets = targets or images
  if options.is_item(self.input, "noise") then
    return noisy(self, images, numbers, epoch), targets
  elseif type(self.input) == "table" then
    return partly_noisy(self, images, numbers, epoch), targets
  elseif self.input then
    return made_by_function(self, images, numbers, epoch), targets
  end
  return images == targets and images:narrow(1, 1, #images) or images, targets -- two views: each may be freed
end

-- Walk through an epoch: input, target and number of each batch. o: { size =, shuffle =, first = the batch to begin
-- with }.
function Feed:batches(epoch, o)
  local order = o.shuffle and random.permutation(self.n, random.derive(self.seed, epoch))
  local number = (o.first or 1) - 1
  return function()
    local done = number * o.size
    if done >= self.n then return nil end
    local chosen = {}
    for i = 1, math.min(o.size, self.n - done) do chosen[i] = order and order[done + i] or done + i end
    number = number + 1
    local input, target = self:take(chosen, epoch)
    return input, target, number
  end
end

-- What one image of it is: input and target of the first, N = 1.
function Feed:example()
  return self:take({ 1 }, 0)
end

-- The first n of it as epoch 0 draws them, kept in memory where the set is: the same in every epoch.
function Feed:frozen(n)
  if not sets.in_memory(self.set) and n == self.n then return self end
  local numbers = {}
  for i = 1, n do numbers[i] = i end
  local input, target = self:take(numbers, 0)
  return new(sets.of_pairs(input, target), { seed = self.seed, what = self.what })
end

return new
