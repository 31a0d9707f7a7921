-- Options of ln.fit and ln.trainer that say how gradients change the parameters: schedule, clip, accumulate, average,
-- rates, weight_penalty, freeze.
local errors = require "lunet.errors"
local options = require "lunet.options"
local penalties = require "lunet.penalties"

local updates = {}

updates.options = {
  { "schedule", { "schedule item", "function" },
    help = "how the learning rate changes: e.g. ln.schedule.cosine{ warmup = 50 }, or f(step, steps), called before "
      .. "each update, from step 1 on, which gives a factor on the rate; steps is nil where nobody knows it" },
  { "clip", "table",
    help = "limit gradients before an update: { norm = 1 } scales all of them where their common norm is larger (as "
      .. "torch.nn.utils.clip_grad_norm_), { value = 0.5 } each by itself" },
  { "accumulate", "integer", default = 1, min = 1,
    help = "batches to an update, which takes the mean of their gradients; it goes on over the end of an epoch, and "
      .. "what is left at the end of a run is dropped, as in Keras. Schedules count updates" },
  { "average", "table",
    help = "averaged parameters, { ema = 0.99 } (a running mean: m += (1 - ema) (w - m) after each update) or "
      .. "{ swa = true } (the mean of all), as torch.optim.swa_utils; from = the first epoch that counts, every = how "
      .. "many steps apart. ln.fit averages for swa at the end of each epoch, and judges, keeps and leaves the "
      .. "averaged parameters; for ln.trainer from counts steps, and trainer:swap() puts them in" },
  { "rates", "table",
    help = "factors on the learning rate by name, { [\"enc*\"] = 0.1 }: of a layer or a parameter, with * for any "
      .. "characters and ? for one; where several meet, their product" },
  penalties.option,
}

updates.freeze = { "freeze", { "string", "table" },
  help = "what does not learn in this run: a name as in rates, or a list of them; see net:freeze" }

local clip_page = {
  name = "clip",
  options = {
    { "norm", "number", above = 0, help = "of all gradients together" },
    { "value", "number", above = 0, help = "magnitude of each" },
  },
}

local average_page = {
  name = "average",
  options = {
    { "ema", "number", above = 0, max = 1, help = "share of the running mean that is kept" },
    { "swa", "boolean", default = false, help = "the mean of all" },
    { "from", "integer", min = 1, help = "the first epoch that counts (ln.trainer: step)" },
    { "every", "integer", min = 1, help = "how many steps apart" },
  },
}

local function read_clip(owner, given)
  local o = options.read({ name = owner .. ": clip", options = clip_page.options }, given)
  if (o.norm == nil) == (o.value == nil) then
    errors.raise("%s: option 'clip' is { norm = } or { value = }, one of them", owner)
  end
  return o
end

local function read_average(owner, given)
  local o = options.read({ name = owner .. ": average", options = average_page.options }, given)
  if (o.ema ~= nil) == o.swa or o.ema == 1 then
    errors.raise("%s: option 'average' is { ema = } below 1 or { swa = true }, one of them", owner)
  end
  return o
end

-- Patterns and factors, in the order of the patterns: what meets is multiplied in one order.
local function read_rates(owner, given)
  local patterns, factors = {}, {}
  for pattern, factor in pairs(given) do
    if type(pattern) ~= "string" then
      errors.raise("%s: option 'rates' has names, { [\"enc*\"] = 0.1 }, got the key %s", owner, options.text(pattern))
    end
    options.check(owner .. ": rates", { pattern, "number", min = 0 }, factor)
    patterns[#patterns + 1] = pattern
  end
  table.sort(patterns)
  for i, pattern in ipairs(patterns) do factors[i] = given[pattern] end
  return patterns, factors
end

-- What core.trainer takes. of: { steps = updates of the run, epoch_steps = updates of an epoch, epoch_batches = batches
-- of an epoch, where averages count epochs }, as far as known.
function updates.read(owner, o, of)
  local clip = o.clip and read_clip(owner, o.clip) or {}
  local average = o.average and read_average(owner, o.average) or {}
  local patterns, factors = read_rates(owner, o.rates or {})
  local penalized, strengths = penalties.read(owner, o.weight_penalty)
  local unit = of.epoch_batches or 1
  return {
    schedule = o.schedule, steps = of.steps, epoch_steps = of.epoch_steps, clip_norm = clip.norm,
    clip_value = clip.value, accumulate = o.accumulate, ema = average.ema, swa = average.swa or nil,
    average_from = average.from and (average.from - 1) * unit,
    average_every = average.every or average.swa and of.epoch_batches, patterns = patterns, factors = factors,
    penalized = penalized, penalties = strengths,
  }
end

-- The same for ln.fit of n images with its options.
function updates.of_fit(o, n)
  local batches = math.ceil(n / o.batch)
  return updates.read("fit", o, {
    steps = o.epochs < math.huge and o.epochs * batches // o.accumulate or nil,
    epoch_steps = batches / o.accumulate, epoch_batches = batches,
  })
end

-- Freeze what a run says; what was frozen before is again when the value that this gives is closed.
function updates.freezing(net, names)
  local before = {}
  for _, tensor in ipairs(net:tensors()) do
    if tensor.frozen then before[#before + 1] = tensor.name end
  end
  if names then net:freeze(table.unpack(type(names) == "table" and names or { names })) end
  return setmetatable({}, { __close = function()
    if not names then return end
    net:unfreeze()
    if #before > 0 then net:freeze(table.unpack(before)) end
  end })
end

return updates
