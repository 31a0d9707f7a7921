-- What batches of training images are made of: images from a set, augmentation, noise. All of it is drawn from seed,
-- epoch and the number of the image in its set, so a batch can be had at any time, and again.
local core = require "lunet.core"
local draws = require "lunet.draw"
local errors = require "lunet.errors"
local options = require "lunet.options"
local random = require "lunet.random"
local sets = require "lunet.set"
local shapes = require "lunet.shapes"

local Feed = {}
Feed.__index = Feed

-- set: a dataset. more: { input = noise, function or nil, augment = item or nil, seed =, fixed = for images that are
-- held out: nothing is augmented, crops are from the middle, what = its name in messages }.
local function new(set, more)
  return setmetatable({ set = set, n = #set, input = more.input, augment = more.augment, seed = more.seed,
    fixed = more.fixed or false, what = more.what or "fit" }, Feed)
end

-- The number of a draw of noise or augmentation.
local function stream(feed, epoch)
  return random.derive(feed.seed, epoch) >> 8
end

-- ---- Functions as noise ----

-- A level as planes, N,K,H,W (or N,K beside N,F), that stand beside the channels of x.
local function planes(feed, level, x)
  local shape = x.shape
  if type(level) == "number" then level = core.full({ 1 }, level) end
  if not options.is_tensor(level) then
    errors.raise("%s: input: the level must be a number or a tensor, got %s", feed.what, options.text(level))
  end
  local given = level.shape
  if #given == 1 and #shape > 1 then level = level:reshape{ -1, table.unpack({ 1, 1, 1 }, 1, #shape - 1) } end
  local wanted = { shape[1], level.shape[2], table.unpack(shape, 3) }
  local ok, expanded = errors.try(function() return level:expand(wanted) end)
  if ok then return expanded end
  errors.raise("%s: input: the level, %s, does not go with noisy images %s; it may be a number, N, N,K,1,1 or "
    .. "N,K,H,W", feed.what, shapes.text(given), shapes.text(shape))
end

-- f(images, draw) -> noisy [, level]: what the network gets, with the level as further channels.
local function by_function(feed, images, numbers, epoch)
  local noisy, level = feed.input(images, draws(feed.seed, epoch, numbers, images.shape))
  if not options.is_tensor(noisy) or #noisy.shape < 2 or #noisy ~= #numbers then
    errors.raise("%s: input: the function must give a tensor of %d images, got %s", feed.what, #numbers,
      options.text(noisy))
  end
  if level ~= nil then noisy = core.concat({ noisy, planes(feed, level, noisy) }, 2) end
  local number = noisy:nonfinite()
  if number then
    local value = noisy:reshape{ -1 }[number]
    errors.raise("%s: input: the function gave %s in epoch %d", feed.what, value ~= value and "NaN" or "infinity",
      epoch)
  end
  return noisy
end

-- ---- Batches ----

-- Input and target of the images with these numbers in an epoch; both are the caller's own.
function Feed:take(numbers, epoch)
  local images, targets = sets.take(self.set, numbers, { seed = self.seed, epoch = epoch })
  if self.augment then
    images, targets = errors.within(self.what .. ": ", core.augmented, self.augment, images, targets,
      stream(self, epoch), numbers, self.fixed)
  end
  targets = targets or images
  if options.is_item(self.input, "noise") then
    return errors.within(self.what .. ": ", core.corrupted, self.input, images, stream(self, epoch), numbers), targets
  elseif self.input then
    return by_function(self, images, numbers, epoch), targets
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
