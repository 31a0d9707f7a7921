-- The best epoch of a run by its validation loss: its weights, and how long ago it was.
local weights = require "lunet.weights"

local Best = {}
Best.__index = Best

-- keep: whether weights are copied; patience: epochs without a better one that end a run, or nil.
local function new(keep, patience)
  return setmetatable({ keep = keep, patience = patience, waited = 0 }, Best)
end

-- After an epoch with that validation loss. NaN is never the best.
function Best:judge(net, epoch, val_loss)
  if self.val_loss and not (val_loss < self.val_loss) or val_loss ~= val_loss then
    self.waited = self.waited + 1
    return
  end
  self.epoch, self.val_loss, self.waited = epoch, val_loss, 0
  if self.keep then self.weights = weights.take(net, self.weights) end
end

-- Whether patience has run out: as in Keras, patience = 1 bears no epoch that is not better.
function Best:out_of_patience()
  return self.patience ~= nil and self.waited >= self.patience
end

-- Give the network the best weights, where they are kept and are not those of the last epoch anyway. Whether it did.
function Best:restore(net, last_epoch)
  if not self.weights or self.epoch == last_epoch then return false end
  weights.give(net, self.weights)
  return true
end

return new
