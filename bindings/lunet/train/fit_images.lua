-- The images of a run of ln.fit: those to train on and those held out, checked against each other and the network, and
-- given in batches.
local batches = require "lunet.batches"
local checks = require "lunet.checks"
local core = require "lunet.core"
local errors = require "lunet.errors"
local metrics = require "lunet.metrics"
local options = require "lunet.options"
local random = require "lunet.random"

local Images = {}
Images.__index = Images

local validation_page = {
  name = "fit: validation",
  options = {
    { "input", { "tensor", "noise item" }, required = true, help = "what the network gets" },
    { "target", "tensor", required = true, help = "what it should give" },
  },
}

-- Input of one epoch of the network's life. A noise draws a fresh copy; epoch 0 is the one that validation keeps.
local function noisy(set, seed, epoch)
  if options.is_tensor(set.input) then return set.input end
  return set.input(set.target, random.derive(seed, epoch) >> 8)
end

-- The share held out, taken at random from the training images.
local function hold_out(o)
  if o.validation == 0 then return { input = o.input, target = o.target }, nil end
  local n = #o.target
  local n_held = math.floor(n * o.validation + 0.5)
  if n_held == 0 then
    errors.raise("fit: option 'validation' = %g holds out none of %d images; give %g or more", o.validation, n,
      math.ceil(5e4 / n) / 1e5)
  end
  local train, held = errors.within("fit: validation: ", core.split_count, n, n - n_held, o.seed)
  local function part(indices)
    local input = options.is_tensor(o.input) and o.input:gather(indices) or o.input
    return { input = input, target = o.target:gather(indices) }
  end
  return part(train), part(held)
end

-- Training and validation images, checked.
local function sets_of(o)
  checks.images("input", o.input, o.target)
  if type(o.validation) == "number" then return hold_out(o) end
  local held = o.validation and options.read(validation_page, o.validation)
  if held then checks.images("validation", held.input, held.target) end
  return { input = o.input, target = o.target }, held
end

-- The first images alone, with noise drawn once; validation, where it is asked for, is on the same.
local function first_few(o, set, held)
  if not o.overfit then return set, held end
  if o.overfit > #set.target then
    errors.raise("fit: option 'overfit' = %d, but there are %d images to train on", o.overfit, #set.target)
  end
  local few = { input = noisy(set, o.seed, 0):narrow(1, 1, o.overfit), target = set.target:narrow(1, 1, o.overfit) }
  return few, held and few
end

-- Build the network for the images, and check that they suit it.
local function fit_together(net, o, held)
  local shape = table.move((options.is_tensor(o.input) and o.input or o.target).shape, 2, 4, 1, {})
  errors.within("fit: ", net.build, net, shape, o.seed)
  checks.output(net, o.target, "targets")
  errors.within("fit: ", core.check_loss, net, o.loss, o.target)
  if held then
    held.input = noisy(held, o.seed, 0)
    checks.validation(net, held.input)
    checks.output(net, held.target, "validation targets")
    errors.within("fit: validation: ", core.check_loss, net, o.loss, held.target)
  end
end

-- Batch statistics of a few images count as much as those of a whole batch, in what prediction uses too.
local function check_last_batch(net, o, n)
  local last = n % o.batch
  if n < o.batch or last == 0 or last * 4 > o.batch then return end
  for _, layer in ipairs(net:layers()) do
    local pixels = #layer.out == 3 and layer.out[2] * layer.out[3] or 1
    if layer.batch_stats and last * pixels == 1 then
      errors.raise("fit: %d images in batches of %d leave a last batch of 1, but %s needs more than 1 value per "
        .. "channel; choose another batch size", n, o.batch, layer.name)
    elseif layer.batch_stats then
      return errors.note("fit: %d images in batches of %d leave a last batch of %d, whose statistics count as much as "
        .. "the others' in %s; another batch size would be steadier", n, o.batch, last, layer.name)
    end
  end
end

-- o: the options of ln.fit. Builds the network. Fields: n, how many images an epoch has; held, whether some are held
-- out.
local function new(net, o)
  local set, held = first_few(o, sets_of(o))
  fit_together(net, o, held)
  check_last_batch(net, o, #set.target)
  metrics.try(o.metrics, held and held.target or set.target)
  return setmetatable({ options = o, set = set, held_set = held, held = held ~= nil, n = #set.target }, Images)
end

-- Input, target and number of each batch of an epoch of the network's life, from batch `first` on.
function Images:batches(epoch, first)
  local o, set = self.options, self.set
  return batches(noisy(set, o.seed, epoch), set.target,
    { size = o.batch, shuffle = o.shuffle, seed = random.derive(o.seed, epoch), first = first })
end

-- The images that weights are judged by: those held out or, without any, those of an epoch.
function Images:judged(epoch)
  local held = self.held_set
  if not held then return self:batches(epoch, 1) end
  return batches(held.input, held.target, { size = self.options.batch })
end

return new
