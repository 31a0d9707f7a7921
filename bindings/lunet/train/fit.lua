-- ln.fit: train a network on images. Its loop is the one that anybody would write with ln.trainer and ln.data.batches;
-- around it stand the checks, the progress line and Ctrl-C.
local batches = require "lunet.batches"
local checks = require "lunet.checks"
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local history = require "lunet.history"
local interrupt = require "lunet.interrupt"
local losses = require "lunet.losses"
local options = require "lunet.options"
local progress = require "lunet.progress"
local random = require "lunet.random"
local trainers = require "lunet.trainer"

local page = {
  name = "fit",
  usage = "ln.fit(net: network, options: options) -> history",
  doc = "Train a network. Images are tensors N,C,H,W; input and target are paired by number. A network without "
    .. "parameters gets them from the seed; one that has some goes on from them. The same seed gives the same bits, "
    .. "whatever the number of threads. A further ln.fit goes on: noise, order and dropout are drawn from the seed and "
    .. "from how far the network was trained (net.epochs, saved with it), so they do not repeat; the optimizer starts "
    .. "afresh. Images held out, and their noise, depend on the seed alone and stay the same.",
  options = {
    { "input", { "tensor", "noise item" }, required = true,
      help = "what the network gets: a tensor, or a noise, which makes a fresh noisy copy of the target each epoch" },
    { "target", "tensor", required = true, help = "what it should give, N and the network's output shape" },
    { "validation", { "number", "table" }, min = 0, max = 0.9,
      help = "share of the images held out at random, or { input = , target = } of one's own" },
    { "loss", { "loss item", "function" }, required = true,
      help = "e.g. ln.loss.bce{}, or f(y, t) as for ln.loss.custom" },
    { "optimizer", "optim item", required = true, help = "e.g. ln.optim.adam{ lr = 1e-3 }" },
    { "epochs", "integer", default = 10, min = 1, help = "passes through all images" },
    { "batch", "integer", default = 10, min = 1,
      help = "images in a step; the last one of an epoch has what is left. With batch_norm, if that is a quarter of a "
        .. "batch or less, a line on stderr says so" },
    { "seed", "integer", default = 0, help = "seed of initial parameters, order, noise, dropout, held-out images" },
    { "shuffle", "boolean", default = true, help = "another order each epoch" },
    { "progress", "string", default = "auto", choices = { "auto", "line", "epochs", "none" },
      help = "on stderr: a line rewritten, a line an epoch, or what fits (auto)" },
    { "on_epoch", "function",
      help = "called with the entry of each epoch, see ln.help(\"history\"); returning false ends the run" },
    { "on_interrupt", "string", choices = { "raise", "return" },
      help = "what Ctrl-C leads to once the batch is done, or at once in on_epoch: the error \"fit: interrupted\", so "
        .. "that a script does not go on with a network trained by half, or the history so far (default raise, at the "
        .. "prompt return)" },
  },
  returns = "the history: see ln.help(\"history\"). Ctrl-C ends the run after the batch; the network is as far as it "
    .. "got. With on_interrupt = \"return\", history.interrupted is then true.",
  errors = "Before training: counts or shapes that do not fit, NaN or infinity in the images, a loss that is not "
    .. "made for the targets or for what the network ends in. During training: a loss or gradient that is not finite, "
    .. "with epoch and batch; Ctrl-C, which ln.interrupted(err) tells from others.",
  example = "local history = ln.fit(net, {\n  input = noise(train.images), target = train.images, validation = 0.1,\n"
    .. "  loss = ln.loss.bce{}, optimizer = ln.optim.adam{}, epochs = 100, seed = 42,\n})",
}

local validation_page = {
  name = "fit: validation",
  options = {
    { "input", { "tensor", "noise item" }, required = true, help = "what the network gets" },
    { "target", "tensor", required = true, help = "what it should give" },
  },
}

-- Input and target of one epoch of the network's life. A noise draws a fresh copy; epoch 0 is the one that validation
-- keeps.
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
local function images_of(o)
  checks.images("input", o.input, o.target)
  if type(o.validation) == "number" then return hold_out(o) end
  local held = o.validation and options.read(validation_page, o.validation)
  if held then checks.images("validation", held.input, held.target) end
  return { input = o.input, target = o.target }, held
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

-- The mean loss over held-out images, batch by batch; nil without any, or if Ctrl-C ended it.
local function validate(run)
  local held = run.held
  if not held then return nil end
  local sum = 0
  for input, target in batches(held.input, held.target, { size = run.options.batch }) do
    sum = sum + run.trainer:evaluate(input, target) * #input
    if run.ctrl_c.pressed() then return nil end
  end
  return sum / #held.target
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

local function step(run, input, target, epoch, batch)
  local ok, loss = pcall(run.trainer.step, run.trainer, input, target)
  if not ok then errors.raise("fit: epoch %d, batch %d: %s", epoch, batch, errors.bare(loss)) end
  return loss
end

-- One pass through the training images: { epoch, loss, images_per_second }, or nil if Ctrl-C ended it.
local function train(run, epoch)
  local o, set = run.options, run.set
  local start, sum, seen = core.time(), 0, 0
  local state = { epoch = epoch, val_loss = run.last and run.last.val_loss }
  local number = run.epochs_before + epoch
  local order = { size = o.batch, shuffle = o.shuffle, seed = random.derive(o.seed, number) }
  for input, target, batch in batches(noisy(set, o.seed, number), set.target, order) do
    local loss = step(run, input, target, epoch, batch)
    if batch == 1 then core.count_epoch(run.net) end -- what this epoch drew is not drawn again, wherever it ends
    sum, seen = sum + loss * #input, seen + #input
    state.seen, state.loss, state.images_per_second = seen, sum / seen, seen / (core.time() - start)
    run.line:batch(state)
    input:free() -- now, and not when the collector gets to it
    target:free()
    if run.ctrl_c.pressed() then return nil end
  end
  return state
end

-- One epoch with its validation; nil if Ctrl-C ended it before there was a validation loss.
local function epoch_of(run, epoch)
  local start = core.time()
  local state = train(run, epoch)
  if not state then return nil end
  state.val_loss = validate(run)
  if run.held and not state.val_loss then return nil end
  run.line:epoch(state)
  return {
    epoch = epoch, loss = state.loss, val_loss = state.val_loss, seconds = core.time() - start,
    images_per_second = state.images_per_second,
  }
end

-- Train as the options say; the history, which tells whether Ctrl-C ended it.
local function train_epochs(run)
  local o, entries = run.options, history()
  for epoch = 1, o.epochs do
    local entry = epoch_of(run, epoch)
    if entry then
      run.last = entry
      entries:add(entry)
      local catch = o.on_interrupt == "return"
      if o.on_epoch and run.ctrl_c.usual(catch, o.on_epoch, entry) == false then break end
    end
    entries.interrupted = run.ctrl_c.pressed()
    if entries.interrupted then break end
  end
  return entries
end

local function run_all(o, net, set, held)
  local line <close> = progress(o.progress, o.epochs, #set.target)
  local ctrl_c <close> = interrupt()
  return train_epochs{
    net = net, epochs_before = net.epochs, options = o, set = set, held = held, line = line, ctrl_c = ctrl_c,
    trainer = trainers{ net = net, loss = o.loss, optimizer = o.optimizer, seed = o.seed },
  }
end

local function fit(net, given)
  if not options.is_network(net) then
    errors.raise("fit: expected a network and a table of options, got %s", options.text(net))
  end
  local o = options.read(page, given)
  o.loss = losses.item(o.loss)
  local set, held = images_of(o)
  fit_together(net, o, held)
  check_last_batch(net, o, #set.target)

  o.on_interrupt = o.on_interrupt or (core.at_prompt() and "return" or "raise")
  local entries = run_all(o, net, set, held)
  if entries.interrupted and o.on_interrupt == "raise" then errors.raise("fit: interrupted") end
  return entries
end

return docs.add(fit, page)
