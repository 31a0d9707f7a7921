-- The images of a run of ln.fit: those to train on and those held out, checked against each other and the network, and
-- given in batches. What a batch is made of is said in data/feed.lua.
local checks = require "lunet.checks"
local core = require "lunet.core"
local ends = require "lunet.ends"
local errors = require "lunet.errors"
local feeds = require "lunet.feed"
local losses = require "lunet.losses"
local metrics = require "lunet.metrics"
local options = require "lunet.options"
local sets = require "lunet.set"
local shapes = require "lunet.shapes"

local Images = {}
Images.__index = Images

local input_kinds = { "tensor", "inputs", "noise item", "function" }

local validation_page = {
  name = "fit: validation",
  options = {
    { "input", input_kinds, help = "what the network gets" },
    { "target", { "tensor", "tensors" }, help = "what it should give" },
    { "data", "set", help = "a dataset instead, as for ln.fit" },
  },
}

-- ---- What was given, as a dataset and what corrupts it ----

-- Whether images are given, and not only what makes them. A list of one is that one.
local function are_images(input)
  return options.is_tensor(input) or type(input) == "table" and rawlen(input) > 1
end

-- Images that go into the network's inputs, and, where a list has noises, those by place (false: it is as it is). A
-- noise corrupts the first target.
local function images_and_noises(input, target)
  if options.is_tensor(input) then return input, nil end
  local images, noises, any = {}, {}, false
  for i = 1, rawlen(input) do
    local noise = not options.is_tensor(input[i]) and input[i]
    images[i], noises[i], any = noise and ends.at(target, 1) or input[i], noise, any or noise
  end
  return ends.of(images), any and noises or nil
end

-- Whether some of it is images.
local function has_images(input)
  if options.is_tensor(input) or type(input) ~= "table" then return options.is_tensor(input) end
  for i = 1, rawlen(input) do
    if options.is_tensor(input[i]) then return true end
  end
  return false
end

-- where: "fit" or "fit: validation"; o: { data, input, target }, of which some are given.
local function check_given(where, o)
  if o.data and o.target then
    errors.raise("%s: give either 'data' or 'target', not both", where)
  elseif o.data and has_images(o.input) then
    errors.raise("%s: with 'data', the input must be a noise or a function, or nothing; a tensor goes with 'target', "
      .. "or into ln.data.tensors{ input, target }", where)
  end
  for _, name in ipairs{ "input", "target" } do
    if not o.data and not o[name] then
      errors.raise("%s: option '%s' is required: %s; or give 'data', a dataset", where, name,
        name == "input" and "what the network gets" or "what it should give")
    end
  end
end

-- The set and its input (nil: the set's images are it).
local function parts_of(where, o)
  check_given(where, o)
  if o.data then return o.data, o.input end
  local what, target, input = where == "fit" and "input" or "validation", ends.of(o.target), o.input
  if type(input) == "table" and rawlen(input) == 1 then input = input[1] end
  if not are_images(input) then
    checks.images(what, input, target)
    return sets.of_pairs(target), input
  end
  local images, noises = images_and_noises(input, target)
  checks.images(what, images, target)
  return sets.of_pairs(images, target), noises
end

-- A dataset: finite numbers, as far as they are in memory, and something for the network to learn.
local function check_data(what, set, input)
  if #set == 0 then errors.raise("fit: there are no images in the %s", what) end
  if sets.in_memory(set) then
    checks.finite(what, set.images)
    if set.targets then checks.finite(what .. "'s targets", set.targets) end
  end
  if input then return end
  local _, target = sets.image(set, 1)
  if target then return end
  errors.raise("fit: the %s has images without targets; give a noise as 'input' (for an autoencoder of clean images, "
    .. "ln.data.tensors{ x, x } as data)", what)
end

-- The share held out, taken at random from the training images.
local function hold_out(o, set)
  local n = sets.count(set)
  local n_held = math.floor(n * o.validation + 0.5)
  if n_held == 0 then
    errors.raise("fit: option 'validation' = %g holds out none of %d images; give %g or more", o.validation, n,
      math.ceil(5e4 / n) / 1e5)
  end
  return sets.parts(set, function(base)
    return errors.within("fit: validation: ", core.split_count, #base, #base - n_held, o.seed)
  end, "fit: validation")
end

-- The images held out by the option `validation`, and their input; nil without any. A share is taken from the set.
local function validation_of(o, set, input)
  local given = o.validation
  if not given or given == 0 then return set end
  if type(given) == "number" then
    local train, held = hold_out(o, set)
    return train, held, input
  end
  given = options.is_dataset(given) and { data = given, input = input } or options.read(validation_page, given)
  local held, held_input = parts_of("fit: validation", given)
  if given.data then check_data("validation data", held, held_input) end
  return set, held, held_input
end

-- The feeds of training and of validation images.
local function feeds_of(net, o)
  local all, input = parts_of("fit", o)
  if o.data then check_data("data", all, input) end
  local set, held, held_input = validation_of(o, all, input)
  local input_shape = net.inputs > 1 and net.input_shape or nil
  local function feed(of, its_input, fixed)
    return feeds(of, { input = its_input, input_shape = input_shape, augment = o.augment, seed = o.seed,
      fixed = fixed })
  end
  return feed(set, input), held and feed(held, held_input, true)
end

-- The first images alone, with noise drawn once; validation, where it is asked for, is on the same.
local function first_few(o, train, held)
  if not o.overfit then return train, held end
  if o.overfit > train.n then
    errors.raise("fit: option 'overfit' = %d, but there are %d images to train on", o.overfit, train.n)
  end
  local few = train:frozen(o.overfit)
  return few, held and few
end

-- ---- Whether they go together ----

-- The targets that a loss is checked against: all, where they are in memory and go to the network as they are.
local function targets_of(feed, example)
  if feed.augment or not sets.in_memory(feed.set) then return example end
  return feed.set.targets or feed.set.images
end

local function build(net, input, seed)
  local samples = {}
  for i, t in ends.each(input) do samples[i] = shapes.of_sample(t) end
  errors.within("fit: ", net.build, net, #samples == 1 and samples[1] or samples, seed)
end

-- Targets that each output and its loss can be compared with. where: "fit: "
local function check_targets(net, o, feed, example, where)
  checks.output(net, example, where == "fit: " and "targets" or "validation targets")
  for i, target in ends.each(targets_of(feed, example)) do
    local of_output = ends.are_several(example) and ("%soutput %d: "):format(where, i) or where
    errors.within(of_output, core.check_loss, net, losses.at(o.loss, i), target, i)
  end
end

-- Build the network for the images, and check that they suit it. Gives the held-out images as they are judged.
local function fit_together(net, o, train, held)
  local input, target = train:example()
  checks.ends(net, input, target, "")
  build(net, input, o.seed)
  check_targets(net, o, train, target, "fit: ")
  if not held then return target, nil end
  input, target = held:example()
  checks.ends(net, input, target, "validation ")
  checks.validation(net, input)
  check_targets(net, o, held, target, "fit: validation: ")
  return target, held:frozen(held.n)
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
  local train, held = first_few(o, feeds_of(net, o))
  local target, judged = fit_together(net, o, train, held)
  check_last_batch(net, o, train.n)
  metrics.try(o.metrics, target)
  return setmetatable({ options = o, feed = train, held_feed = judged, held = judged ~= nil, n = train.n }, Images)
end

-- Input, target and number of each batch of an epoch of the network's life, from batch `first` on.
function Images:batches(epoch, first)
  return self.feed:batches(epoch, { size = self.options.batch, shuffle = self.options.shuffle, first = first })
end

-- Batches that are given up when the next one is asked for, and not when the collector gets to them.
local function passing(next_batch)
  local input, target, number
  return function()
    if input then
      input:free()
      target:free()
    end
    input, target, number = next_batch()
    return input, target, number
  end
end

-- The images that weights are judged by: those held out or, without any, those of an epoch. A batch is there until the
-- next.
function Images:judged(epoch)
  local held = self.held_feed
  return passing(held and held:batches(0, { size = self.options.batch }) or self:batches(epoch, 1))
end

return new
