-- Training step by step, for loops of one's own.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local losses = require "lunet.losses"
local options = require "lunet.options"
local updates = require "lunet.updates"

local page = {
  name = "trainer",
  usage = "ln.trainer(options: options) -> trainer",
  doc = "Trains a network one batch at a time. The optimizer's state lives in the trainer.",
  options = {
    { "net", "network", required = true, help = "the network" },
    losses.options[1],
    losses.options[2],
    { "optimizer", "optim item", required = true, help = "e.g. ln.optim.adam{ lr = 1e-3 }" },
    { "seed", "integer", default = 0, help = "seed of what layers draw at random in training, as dropout does" },
  },
  errors = "step raises, and leaves the parameters as they were, when the loss or a gradient is not finite.",
  example = [[
local trainer = ln.trainer{ net = net, loss = ln.loss.bce{},
  optimizer = ln.optim.adam{} }
for input, target in ln.data.batches(noisy, clean, { shuffle = true }) do
  print(trainer:step(input, target))
end]],
}

table.move(updates.options, 1, #updates.options, #page.options + 1, page.options)
table.move({
  { "steps", "integer", min = 1, help = "updates that there will be, for schedules that depend on it" },
  { "epoch_steps", "number", above = 0, help = "updates of an epoch, for schedules with by = \"epoch\"" },
}, 1, 2, #page.options + 1, page.options)

local function new(given)
  local o = options.read(page, given)
  local how = updates.read("trainer", o, { steps = o.steps, epoch_steps = o.epoch_steps })
  return errors.within("", core.trainer, o.net, losses.of_outputs("trainer", o.net, o.loss, o.loss_weights),
    o.optimizer, o.seed, how, o.loss_weights)
end

return docs.add(new, page)
