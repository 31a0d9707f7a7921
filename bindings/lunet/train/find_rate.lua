-- ln.find_rate: which learning rate to train with, tried out in one short run.
--
-- Smith, "Cyclical learning rates for training neural networks", 2017 (arXiv:1506.01186), section 3.3: the rate grows
-- from step to step, and where the loss falls fastest is a good one. Growth, smoothing, end and choice are those of
-- PyTorch Lightning's lr_find.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local fit_images = require "lunet.fit_images"
local fit_options = require "lunet.fit_options"
local losses = require "lunet.losses"
local options = require "lunet.options"
local results = require "lunet.table"
local sick = require "lunet.sick"
local trainers = require "lunet.trainer"
local weights = require "lunet.weights"

local beta = 0.98    -- of the smoothed loss
local threshold = 4  -- times the lowest smoothed loss: the run has diverged
local skipped = 10   -- steps at the beginning that no rate is chosen from

local page = {
  name = "find_rate",
  usage = "ln.find_rate(net: network, options: options) -> results, number|nil",
  doc = "Find a learning rate: a short run in which it grows from step to step by the same factor, until the loss has "
    .. "grown to four times its lowest value or is not finite any more. The network gets its weights back. Smith, "
    .. "arXiv:1506.01186; growth, smoothing (0.98) and choice are those of PyTorch Lightning's lr_find.",
  options = {
    { "from", "number", default = 1e-7, above = 0, help = "the first rate" },
    { "to", "number", default = 10, above = 0, help = "the last rate" },
    { "steps", "integer", default = 100, min = 20, help = "how many rates are tried" },
  },
  returns = "a table of results, a row for each step: rate, loss and smoothed loss; and the rate at which the "
    .. "smoothed loss fell fastest (nil if it ended within the first 12 steps).",
  errors = "As for ln.fit before training.",
  example = [[
local rates, lr = ln.find_rate(net, { input = noisy, target = clean,
  loss = ln.loss.bce{}, optimizer = ln.optim.adam{}, steps = 30 })
rates, lr]],
}

-- These are as for ln.fit.
local shared = { input = true, target = true, data = true, augment = true, loss = true, loss_weights = true,
  optimizer = true, batch = true, seed = true, shuffle = true, weight_penalty = true }
for _, entry in ipairs(fit_options.page.options) do
  if shared[entry[1]] then table.insert(page.options, #page.options - 2, entry) end
end

-- Batches for ever, epoch after epoch.
local function endless(images)
  local epoch, batches = 0, function() end
  return function()
    local input, target = batches()
    if not input then
      epoch = epoch + 1
      batches = images:batches(epoch, 1)
      input, target = batches()
    end
    return input, target
  end
end

-- Everything of the network as it is now, to be given back when the scope is left.
local function restorer(net)
  local copy = weights.take(net)
  local epochs, steps = core.trained(net)
  return setmetatable({}, { __close = function()
    weights.give(net, copy)
    core.trained(net, epochs, steps)
  end })
end

-- The loss of a step; nil if it is not finite.
local function loss_of(trainer, input, target)
  local ok, loss = pcall(trainer.step, trainer, input, target)
  if ok then return loss end
  if core.interrupted(loss) then error(loss, 0) end
  if not sick.is_nonfinite(errors.bare(loss)) then errors.raise("find_rate: %s", errors.bare(loss)) end
end

-- { rate, loss, smoothed } of each step.
local function ramp(trainer, images, o)
  local rows, mean, lowest = {}, 0, math.huge
  local next_batch = endless(images)
  for i = 1, o.steps do
    local rate = o.from * (o.to / o.from) ^ ((i - 1) / (o.steps - 1))
    trainer.lr = rate
    local input, target = next_batch()
    local loss = loss_of(trainer, input, target)
    input:free()
    target:free()
    if not loss then break end
    mean = beta * mean + (1 - beta) * loss
    local smoothed = mean / (1 - beta ^ i)
    rows[i] = { rate, loss, smoothed }
    if smoothed > threshold * lowest then break end
    lowest = math.min(lowest, smoothed)
  end
  return rows
end

-- Where the smoothed loss falls fastest from one rate to the next: central differences, one-sided at both ends.
local function steepest(rows)
  local first, last = skipped + 1, #rows - 1
  local rate, least
  for i = first, last do
    local low, high = math.max(i - 1, first), math.min(i + 1, last)
    local slope = (rows[high][3] - rows[low][3]) / (high - low)
    if high > low and (not least or slope < least) then rate, least = rows[i][1], slope end
  end
  return rate
end

local function find_rate(net, given)
  if not options.is_network(net) then
    errors.raise("find_rate: expected a network and a table of options, got %s", options.text(net))
  end
  local o = options.read(page, given)
  if o.to <= o.from then
    errors.raise("find_rate: option 'to' must be above 'from', got %g and %g", o.to, o.from)
  end
  o.loss, o.metrics = losses.of_outputs("find_rate", net, o.loss, o.loss_weights), {}
  local images = fit_images(net, o)
  local trainer = trainers{ net = net, loss = o.loss, loss_weights = o.loss_weights, optimizer = o.optimizer,
    seed = o.seed, weight_penalty = o.weight_penalty }
  local restored <close> = restorer(net) -- luacheck: ignore
  local rows = ramp(trainer, images, o)
  local t = results{ columns = { "rate", "loss", "smoothed" } }
  for _, row in ipairs(rows) do t:add(row) end
  return t, steepest(rows)
end

return docs.add(find_rate, page)
