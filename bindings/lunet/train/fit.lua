-- ln.fit: train a network on images. The loop below is the one that anybody would write with ln.trainer and
-- ln.data.batches; what stands around it has files of its own: options (fit_options), images (fit_images), what is
-- measured (metrics), the best weights (best), what may be wrong (health, sick), checkpoints, progress and Ctrl-C
-- (interrupt).
local best = require "lunet.best"
local checkpoint = require "lunet.checkpoint"
local core = require "lunet.core"
local docs = require "lunet.docs"
local ends = require "lunet.ends"
local errors = require "lunet.errors"
local fit_images = require "lunet.fit_images"
local fit_options = require "lunet.fit_options"
local fit_record = require "lunet.fit_record"
local health = require "lunet.health"
local history = require "lunet.history"
local interrupt = require "lunet.interrupt"
local metrics = require "lunet.metrics"
local progress = require "lunet.progress"
local sick = require "lunet.sick"
local tally = require "lunet.tally"
local updates = require "lunet.updates"

-- A run: { net, options, images, trainer, history, best, line, ctrl_c, ... }. `at` is how far it is within an epoch:
-- { epoch, batches, seconds } and a tally of the losses; `stopped` what ended it before its last epoch.
local Run = {}
Run.__index = Run

local function start_of(epoch)
  return { epoch = epoch, batches = 0, seen = 0, sum = 0, seconds = 0 }
end

-- The epoch of the network's life, of which noise and order are drawn.
function Run:age()
  return self.epochs_before + self.at.epoch
end

-- ---- What is called meanwhile ----

function Run:stop(reason)
  self.stopped = self.stopped or reason
end

-- Call a function of the user's, with Ctrl-C as usual; `reason` is what its false stops the run by.
function Run:call(reason, ...)
  local f = self.options[reason]
  if not f then return end
  if self.ctrl_c.usual(self.options.on_interrupt == "return", f, ...) == false then self:stop(reason) end
end

-- What callbacks are told.
function Run:told(more)
  local told = more or {}
  told.epoch, told.step, told.seed, told.net = self.at.epoch, self.trainer.steps, self.options.seed, self.net
  return told
end

-- Whether it ends here, after a batch or an epoch.
function Run:over()
  local o = self.options
  if self.ctrl_c.pressed() then self:stop("interrupted") end
  if o.max_seconds and core.time() - self.start >= o.max_seconds then self:stop("max_seconds") end
  return self.stopped ~= nil
end

-- f(run, entry), with averaged parameters in the network where the options say so: those are judged and kept.
local function with_averages(f, run, entry)
  if not run.options.average then return f(run, entry) end
  run.trainer:swap()
  local ok, result = pcall(f, run, entry)
  run.trainer:swap()
  if not ok then error(result, 0) end
  return result
end

-- ---- The loop ----

local function step(run, input, target, batch)
  local ok, loss, parts = pcall(run.trainer.step, run.trainer, input, target)
  if not ok then run.sick:explain(loss, input, run.at.epoch, batch) end
  return loss, parts
end

-- The progress of an epoch, with what the one before gave.
local function progress_of(run)
  local at, last = run.at, run.history[#run.history] or {}
  local state = { epoch = at.epoch, seen = at.seen, loss = at.sum / at.seen, images_per_second = at.seen / at.seconds,
    val_loss = last.val_loss, history = run.history }
  for _, name in ipairs(run.metrics) do state[name] = last[name] end
  return state
end

-- A pass through the training images, or through what is left of them.
local function train(run)
  local at, start = run.at, core.time() - run.at.seconds
  for input, target, batch in run.images:batches(run:age(), at.batches + 1) do
    local loss, parts = step(run, input, target, batch)
    if batch == 1 then run:count_epoch() end
    at.batches = batch
    tally.add(at, #input, loss, parts)
    at.seconds = core.time() - start
    input:free() -- now, and not when the collector gets to it
    target:free()
    run.line:batch(progress_of(run))
    run:call("on_batch", run:told{ batch = batch, loss = loss, losses = parts })
    local over = run:over()
    if run.checkpoint then run.checkpoint:batch(run) end
    if over or run.options.dry then break end
  end
end

-- The mean loss of held-out images and all metrics, into the entry; nil if Ctrl-C ended it.
local function judge(run, entry)
  local list, sums, losses, seen = run.options.metrics, {}, { seen = 0, sum = 0 }, 0
  if not run.images.held and #list == 0 then return entry end
  for input, target in run.images:judged(run:age()) do
    if run.images.held then tally.add(losses, #input, run.trainer:evaluate(input, target)) end
    if #list > 0 then
      local output <close> = ends.of(run.net:predict(input))
      metrics.add(sums, list, output, target)
    end
    seen = seen + #input
    if run.ctrl_c.pressed() then return nil end
    if run.options.dry then break end
  end
  if run.images.held then tally.means(entry, "val_", losses) end
  metrics.means(entry, list, sums, seen, run.images.held)
  return entry
end

-- Measure an epoch's parameters, and keep them if they are the best.
local function judge_and_keep(run, entry)
  if not judge(run, entry) then return nil end
  if entry.val_loss then run.best:judge(run.net, entry.epoch, entry.val_loss) end
  return entry
end

-- One epoch with its validation: the entry for the history, or nil if Ctrl-C ended it before there was one.
local function epoch_of(run)
  local at = run.at
  local start = core.time() - at.seconds
  train(run)
  if run.ctrl_c.pressed() then return nil end
  local entry = { epoch = at.epoch, images = at.seen, images_per_second = at.seen / at.seconds }
  tally.means(entry, "", at)
  if run.options.schedule then entry.lr = run.trainer.rate end
  if not with_averages(judge_and_keep, run, entry) then return nil end
  run.trainer:observe(entry.val_loss or entry.loss)
  entry.seconds = core.time() - start
  return entry
end

-- What follows from an epoch: the best weights, warnings, the user's function.
local function after_epoch(run, entry)
  run.history:add(entry)
  run.line:epoch(progress_of(run))
  run.health:look()
  run.sick:well(run.trainer.steps)
  if run.record then run.record:epoch(entry) end
  run:call("on_epoch", entry, run:told())
  if run.best:out_of_patience() then run:stop("patience") end
  if run.options.dry then run:stop("dry") end
end

local function train_epochs(run)
  while run.at.epoch <= run.options.epochs and not run.stopped do
    local entry = epoch_of(run)
    if entry then after_epoch(run, entry) end
    local whole = entry and entry.images == run.images.n
    if whole then run.at = start_of(run.at.epoch + 1) end
    run:over()
    if whole and run.checkpoint then run.checkpoint:epoch(run) end
  end
end

-- ---- Around it ----

-- What an epoch drew at random is not drawn again by a further run, wherever this one ends.
function Run:count_epoch()
  local epochs, steps = core.trained(self.net)
  core.trained(self.net, epochs + 1, steps)
end

-- The end of a run: the weights it leaves, and what the history tells.
local function finish(run)
  local entries = run.history
  local done = run.at.epoch > run.options.epochs
  if done and run.stopped == "max_seconds" then run.stopped = nil end
  entries.stopped, entries.interrupted = run.stopped, run.stopped == "interrupted"
  entries.best_epoch = run.best.epoch
  if run.options.dry then
    run.sick:undo()
  else
    if run.options.average then run.trainer:swap() end
    entries.restored = run.best:restore(run.net, entries[#entries] and entries[#entries].epoch)
  end
  if run.record then run.record:finish(entries, run.net) end
  run:call("on_end", entries, run.net)
end

-- saved: the checkpoint, or nil.
local function new_run(net, o, images, saved)
  local run = setmetatable({ net = net, options = o, images = images, checkpoint = saved, at = start_of(1),
    epochs_before = net.epochs, fresh = net.epochs == 0 }, Run)
  run.trainer = errors.within("", core.trainer, net, o.loss, o.optimizer, o.seed, updates.of_fit(o, images.n),
    o.loss_weights)
  run.metrics = metrics.fields(o.metrics, images.held)
  run.history = history{ losses = tally.fields("", net.outputs), metrics = run.metrics,
    val_losses = tally.fields("val_", images.held and net.outputs or 0) }
  run.best = best(o.keep == "best", o.patience)
  if saved then saved:resume(run) end
  run.sick, run.health = sick.new(run), health(run)
  run.start = core.time()
  return run
end

local function fit(net, given)
  local o = fit_options.read(net, given)
  o.on_interrupt = o.on_interrupt or (core.at_prompt() and "return" or "raise")
  local images = fit_images(net, o)
  local frozen <close> = updates.freezing(net, o.freeze) -- luacheck: ignore
  local saved <close> = checkpoint(net, o)
  local run = new_run(net, o, images, saved)
  local kept <close> = fit_record(net, o)
  run.record = kept
  do
    local done = (run.at.epoch - 1) * images.n + run.at.seen
    local line <close> = progress(o.progress, o.epochs, images.n, run.metrics, done, o.max_seconds)
    local ctrl_c <close> = interrupt()
    run.line, run.ctrl_c = line, ctrl_c
    train_epochs(run)
    if saved then saved:finish() end
    finish(run)
  end
  if run.history.interrupted and o.on_interrupt == "raise" then errors.raise("fit: interrupted") end
  return run.history
end

return docs.add(fit, fit_options.page)
