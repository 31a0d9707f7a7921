-- What ends a run of ln.fit: a loss or gradient that is not finite. The error says in which layer it began, and the
-- network gets the last weights back that were good: those after the last epoch that ended well.
local activity = require "lunet.activity"
local core = require "lunet.core"
local errors = require "lunet.errors"
local weights = require "lunet.weights"

local sick = {}

local Sick = {}
Sick.__index = Sick

local rest = 20 -- steps between two copies of good weights: a copy costs a small part of a step

function sick.new(run)
  local epochs, steps = core.trained(run.net)
  return setmetatable({ run = run, epoch = #run.history, step = run.trainer.steps, good = weights.take(run.net),
    trained = { epochs, steps } }, Sick)
end

-- After an epoch that ended well.
function Sick:well(step)
  if step - self.step < rest then return end
  self.epoch, self.step, self.good = self.run.at.epoch, step, weights.take(self.run.net, self.good)
end

-- Everything as it was before the run, if that was dry.
function Sick:undo()
  weights.give(self.run.net, self.good)
  core.trained(self.run.net, table.unpack(self.trained))
end

-- Whether an error's message is that of a number that is not finite.
function sick.is_nonfinite(message)
  return message:find("NaN") or message:find("infinit") or message:find("not finite")
end

-- Raise what a step has raised, with its place.
function Sick:explain(message, input, epoch, batch)
  if core.interrupted(message) then errors.raise("fit: epoch %d, batch %d: %s", epoch, batch, errors.bare(message)) end
  local text = errors.bare(message):gsub("^step %d+: ", "")
  if sick.is_nonfinite(text) then
    local ok, place = errors.try(activity.first_nonfinite, self.run.net, input)
    if ok and place then text = ("%s. It began in %s"):format(text, place) end
    weights.give(self.run.net, self.good)
    text = text .. ("; the network has its weights %s again"):format(self.epoch == 0 and "from before the run"
      or "of epoch " .. self.epoch)
  end
  errors.raise("fit: epoch %d, batch %d: %s", epoch, batch, text)
end

return sick
