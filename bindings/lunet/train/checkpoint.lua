-- Checkpoints of ln.fit: all that the rest of a run depends on, in one file, from which the same call goes on.
--
-- A safetensors file. Its tensors are "network.<name>", "trainer.<name>" (what trainer:state() gives) and "best.<name>"
-- (the best weights so far); "lunet.state" in its metadata is JSON: the position, the history, the rest of the
-- trainer's state, and the setup, by which another run is told from this one. Random numbers need no state: they depend
-- on the seed, the epoch and the step.
local core = require "lunet.core"
local errors = require "lunet.errors"
local json = require "lunet.json"
local setup = require "lunet.setup"
local options = require "lunet.options"
local weights = require "lunet.weights"

local Checkpoint = {}
Checkpoint.__index = Checkpoint

local version = 1
local longest = 60 -- seconds without a snapshot in a long epoch
local share = 0.01 -- of the time that snapshots may take where epochs are short

local page = {
  name = "fit: checkpoint",
  options = {
    { "file", "string", required = true, help = "where it is written" },
    { "every", "number", min = 0, help = "seconds between two snapshots, which are taken after a step" },
  },
}

-- ---- Opening ----

-- Of a file that may be another one, or of another version of the program.
local function read(file)
  local tensors, text = errors.within("fit: checkpoint: ", core.checkpoint_load, file)
  local state = json.unpacked(errors.within("fit: checkpoint: ", json.decode, text))
  if state.version ~= version then
    errors.raise("fit: the checkpoint '%s' is of version %s, but this program reads version %d", file,
      tostring(state.version), version)
  end
  return { tensors = tensors, state = state }
end

local function check_epochs(self)
  local at, epochs = self.saved.state.at, self.options.epochs
  local begun = at.batches > 0 and at.epoch or at.epoch - 1
  if begun > epochs then
    errors.raise("fit: option 'epochs' = %d, but the checkpoint '%s' is in epoch %d already", epochs, self.file, begun)
  end
end

-- The checkpoint that the options of ln.fit ask for, or nil; the network is built. Everything is checked here.
local function open(net, o)
  if not o.checkpoint then return nil end
  local given = type(o.checkpoint) == "string" and { file = o.checkpoint } or o.checkpoint
  local c = options.read(page, given)
  errors.within("fit: checkpoint: ", core.file.check_writable, c.file)
  if o.dry then return nil end
  local self = setmetatable({ file = c.file, every = c.every, options = o, setup = setup.of(net, o), entries = {},
    taken = core.time(), cost = 0 }, Checkpoint)
  if core.file.exists(c.file) then
    self.saved = read(c.file)
    setup.compare(self.saved.state.setup, self.setup, c.file)
    check_epochs(self)
  end
  self.writer = core.checkpoint_writer(c.file)
  return self
end

-- ---- Going on ----

-- The tensors whose names begin with a prefix, by the rest of their names.
local function with_prefix(tensors, prefix)
  local found = {}
  for name, tensor in pairs(tensors) do
    if name:sub(1, #prefix) == prefix then found[name:sub(#prefix + 1)] = tensor end
  end
  return found
end

local function restore_history(history, state)
  for _, entry in ipairs(state.history) do history:add(entry) end
  history.warnings, history.resumed = state.warnings, state.trainer.steps
end

-- Bring a new run to where the file's was; nothing if there was no file.
function Checkpoint:resume(run)
  local saved = self.saved
  if not saved then return end
  local state, tensors = saved.state, saved.tensors
  weights.give(run.net, with_prefix(tensors, "network."))
  core.trained(run.net, state.epochs, state.steps)
  local of_trainer = with_prefix(tensors, "trainer.")
  for name, number in pairs(state.trainer) do of_trainer[name] = number end
  run.trainer:restore(of_trainer)
  run.best.epoch, run.best.val_loss, run.best.waited = state.best.epoch, state.best.val_loss, state.best.waited
  if run.best.keep and state.best.epoch then run.best.weights = with_prefix(tensors, "best.") end
  restore_history(run.history, state)
  run.at, run.epochs_before, run.fresh, run.stopped = state.at, state.epochs_before, state.fresh, state.finished
  if self.options.state then self.options.state.load(state.user and json.decode(state.user).value) end
  self.saved = nil
end

-- ---- Snapshots ----

local function tensors_of(run, of_trainer)
  local tensors = {}
  for _, tensor in ipairs(run.net:tensors()) do
    tensors["network." .. tensor.name] = run.net:tensor(tensor.name)
  end
  for name, value in pairs(of_trainer) do
    if options.is_tensor(value) then tensors["trainer." .. name] = value end
  end
  for name, tensor in pairs(run.best.weights or {}) do tensors["best." .. name] = tensor end
  return tensors
end

local function numbers_of(of_trainer)
  local numbers = {}
  for name, value in pairs(of_trainer) do
    if not options.is_tensor(value) then numbers[name] = value end
  end
  return numbers
end

-- Ends that no further call goes beyond; after others, the next call goes on.
local finished = { patience = true, on_epoch = true }

local function state_of(self, run, of_trainer)
  local o, best = self.options, run.best
  local epochs, steps = core.trained(run.net)
  return {
    version = version, setup = self.setup, at = run.at, epochs_before = run.epochs_before, fresh = run.fresh,
    epochs = epochs, steps = steps, trainer = numbers_of(of_trainer), warnings = run.history.warnings,
    best = { epoch = best.epoch, val_loss = best.val_loss, waited = best.waited },
    finished = finished[run.stopped] and run.stopped or nil,
    user = o.state and errors.within("fit: option 'state': ", json.encode, { value = o.state.save() }) or nil,
  }
end

-- The entries of the history as text, each of which is made once.
local function history_text(self, history)
  for i = #self.entries + 1, #history do self.entries[i] = json.encode(json.packed(history[i])) end
  return "[" .. table.concat(self.entries, ", ") .. "]"
end

-- A snapshot of the run as it is now, on its way to the file.
function Checkpoint:save(run)
  local start, of_trainer = core.time(), run.trainer:state()
  local text = json.encode(json.packed(state_of(self, run, of_trainer)))
  text = ('{"history": %s, %s'):format(history_text(self, run.history), text:sub(2))
  errors.within("fit: checkpoint: ", core.checkpoint_put, self.writer, tensors_of(run, of_trainer), text)
  self.taken = core.time()
  self.cost = self.taken - start
end

-- After a step, or after an epoch: a snapshot if it is time for one, or if the run ends here.
function Checkpoint:batch(run)
  if run.stopped or core.time() - self.taken >= (self.every or longest) then self:save(run) end
end

function Checkpoint:epoch(run)
  local last = run.stopped or run.at.epoch > run.options.epochs
  if last or core.time() - self.taken >= (self.every or self.cost / share) then self:save(run) end
end

-- Wait until the last snapshot is on the disk.
function Checkpoint:finish()
  errors.within("fit: checkpoint: ", core.checkpoint_finish, self.writer)
end

-- Where an error ends the run, what was handed over is still written.
function Checkpoint:__close()
  local writer <close> = self.writer -- luacheck: ignore
end

return open
