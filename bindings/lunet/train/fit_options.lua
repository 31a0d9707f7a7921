-- The options of ln.fit: its page of help, and how options go with each other.
local errors = require "lunet.errors"
local losses = require "lunet.losses"
local metrics = require "lunet.metrics"
local options = require "lunet.options"
local updates = require "lunet.updates"

local page = {
  name = "fit",
  usage = "ln.fit(net: network, options: options) -> history",
  doc = "Train a network. Images are tensors N,C,H,W, input and target paired by number, or a dataset. A network "
    .. "without parameters gets them from the seed; one that has some goes on from them. The same seed gives the same "
    .. "bits, whatever the number of threads. A further ln.fit goes on: noise, order and dropout are drawn from the "
    .. "seed and from how far the network was trained (net.epochs, saved with it), so they do not repeat; the "
    .. "optimizer starts afresh. Images held out, and their noise, depend on the seed alone and stay the same.",
  options = {
    { "input", { "tensor", "inputs", "noise item", "function" },
      help = "what the network gets: a tensor; a noise, which makes a fresh noisy copy of the target each epoch; or a "
        .. "function(target, draw) -> noisy [, level], called for each batch: draw gives random numbers that depend on "
        .. "seed, epoch and image alone, see ln.help(\"draw\"), and a level, a number or a tensor N,1,1,1 or N,K,H,W, "
        .. "goes to the network as further channels behind the noisy ones. For a network of several inputs: a list, "
        .. "one for each, of tensors and noises, which corrupt the first target; a noise, which makes a noisy copy of "
        .. "as many targets; or a function that gives as many values, a level where an input has the images' size as "
        .. "planes of it" },
    { "target", { "tensor", "tensors" },
      help = "what it should give, N and the network's output shape; a list for a network of several outputs, which a "
        .. "function as input gets as a list" },
    { "data", "set",
      help = "a dataset instead of input and target: pairs, as from ln.data.paired or ln.data.tensors, or images that "
        .. "`input`, a noise or a function, corrupts" },
    { "augment", "augment item",
      help = "what is done to images before noise, drawn anew each epoch, e.g. ln.augment.chain{ ln.augment.flip{}, "
        .. "ln.augment.rot90{} }; both images of a pair get the same, and those held out are only cropped. Several "
        .. "inputs and targets are all changed alike, and must be of equal height and width" },
    { "validation", { "number", "set", "table" }, min = 0, max = 0.9,
      help = "share of the images held out at random, a dataset, or { input = , target = } of one's own" },
    losses.options[1],
    losses.options[2],
    { "optimizer", "optim item", required = true, help = "e.g. ln.optim.adam{ lr = 1e-3 }" },
    { "epochs", "integer", min = 1, help = "passes through all images; by default 10, or, with max_seconds and no "
      .. "schedule, as many as there is time for" },
    { "batch", "integer", default = 10, min = 1,
      help = "images in a step; the last one of an epoch has what is left. With batch_norm, if that is a quarter of a "
        .. "batch or less, a line on stderr says so" },
    { "seed", "integer", default = 0, help = "seed of initial parameters, order, noise, dropout, held-out images" },
    { "shuffle", "boolean", default = true, help = "another order each epoch" },
    { "keep", "string", choices = { "best", "last" },
      help = "the weights that the network has in the end: those of the epoch with the lowest validation loss, or of "
        .. "the last step (default best where there is validation)" },
    { "patience", "integer", min = 1,
      help = "end the run after so many epochs without a lower validation loss; as in Keras and Lightning" },
    { "metrics", "table",
      help = "what else to measure each epoch, { ssim = ln.metric.ssim{} } or { name = f } with f(y, t), of tensors "
        .. "N,C,H,W, giving a number; of several outputs the first, or { ssim = { ln.metric.ssim{}, output = 2 } }: on "
        .. "the images held out, as val_ssim in the history; without validation on those to train on, after the epoch, "
        .. "as ssim" },
    { "max_seconds", "number", above = 0, help = "end the run after the batch that takes it past so many seconds" },
    { "checkpoint", { "string", "table" },
      help = "a file in which the run is kept: FILE, after each epoch (not each where they are so short that it would "
        .. "take over 1 % of the time) and within one every 60 s, or { file = FILE, every = seconds }. The same call "
        .. "goes on from it, after kill -9 too, and ends bit for bit where a run that nothing ended would, on any "
        .. "number of threads. A finished run returns at once with its weights; more epochs go on (where a schedule "
        .. "is over all epochs, they change it). Another network, other images, another instruction set, or other "
        .. "options than epochs, max_seconds, callbacks and progress are an error. Snapshots are taken in memory and "
        .. "written in the background, atomically; Python's safetensors reads the file" },
    { "record", { "boolean", "string", "table" },
      help = "keep the run as a record, a folder runs/<time>-<name>-<id>/: options, metrics of each epoch, history and "
        .. "loss curve, the network; see ln.help(ln.record). true, a name, { name =, dir = }, or the log that "
        .. "ln.record gives its function, which then gets the metrics" },
    { "state", "table",
      help = "of callbacks and other functions that keep some, for checkpoints: { save = f, load = f }. save() gives a "
        .. "plain value (numbers, text, tables of them), load(value) takes it back before a run goes on" },
    { "overfit", "integer", min = 1,
      help = "a sanity check: train on the first so many images alone, with noise drawn once, and validate on the "
        .. "same; the loss should come near 0" },
    { "dry", "boolean", default = false,
      help = "try everything on one batch: a step, validation, metrics, callbacks; then stop, and leave the network's "
        .. "weights as they were" },
    { "progress", "string", default = "auto", choices = { "auto", "line", "epochs", "none" },
      help = "on stderr: a line rewritten, a line an epoch, or what fits (auto)" },
    { "on_epoch", "function",
      help = "called as f(entry, at) after each epoch: its entry of the history, see ln.help(\"history\"), and "
        .. "{ epoch, step, seed, net }; returning false ends the run" },
    { "on_batch", "function",
      help = "called as f(at) after each step with { epoch, batch, step, loss, seed, net }: batch is counted within "
        .. "the epoch, step over all of the run, loss is the batch's, losses a list of those of several outputs; "
        .. "returning false ends the run" },
    { "on_end", "function",
      help = "called as f(history, net) once, when the run has ended by whatever but an error" },
    { "on_interrupt", "string", choices = { "raise", "return" },
      help = "what Ctrl-C leads to once the batch is done, or at once in a callback: the error \"fit: interrupted\", "
        .. "so that a script does not go on with a network trained by half, or the history so far (default raise, at "
        .. "the prompt return)" },
  },
  returns = "the history: see ln.help(\"history\"). Ctrl-C ends the run after the batch; the network is as far as it "
    .. "got, or has its best weights. With on_interrupt = \"return\", history.interrupted is then true. "
    .. "history.stopped says what else ended a run early.",
  errors = "Before training: counts or shapes that do not fit, NaN or infinity in the images, a loss that is not "
    .. "made for the targets or for what the network ends in, options that do not go together. During training: a "
    .. "loss or gradient that is not finite, with epoch, batch and the layer where it began; the network then has the "
    .. "last weights that were good. Ctrl-C, which ln.interrupted(err) tells from others. What may be a mistake, an "
    .. "output that is constant, layers that give nothing but 0, a loss that does not fall, is one line on stderr and "
    .. "an entry of history.warnings.",
  example = [[
local history = ln.fit(net, {
  input = noise(train.images), target = train.images, validation = 0.25,
  loss = ln.loss.bce{}, optimizer = ln.optim.adam{}, epochs = 5,
})
history]],
}

table.move(updates.options, 1, #updates.options, #page.options + 1, page.options)
table.insert(page.options, updates.freeze)

-- What judges weights needs images that were not trained on.
local function check_validation(o)
  if o.validation and o.validation ~= 0 then return end
  if o.keep == "best" then
    errors.raise("fit: option 'keep' = 'best' needs images to judge by; give validation as well")
  elseif o.patience then
    errors.raise("fit: option 'patience' needs images to judge by; give validation as well")
  end
end

local function check_state(state)
  if not state then return end
  for _, name in ipairs{ "save", "load" } do
    if type(state[name]) ~= "function" then
      errors.raise("fit: option 'state' must be { save = f, load = f }; '%s' is %s", name, options.text(state[name]))
    end
  end
end

local function read(net, given)
  if not options.is_network(net) then
    errors.raise("fit: expected a network and a table of options, got %s", options.text(net))
  end
  local o = options.read(page, given)
  check_validation(o)
  check_state(o.state)
  o.epochs = o.epochs or (o.max_seconds and not o.schedule and math.huge or 10)
  o.keep = o.keep or (o.validation and o.validation ~= 0 and "best" or "last")
  o.loss = losses.of_outputs("fit", net, o.loss, o.loss_weights)
  o.metrics = metrics.list(o.metrics, net.outputs)
  return o
end

return { page = page, read = read }
