-- Whether a run is well: what may be a mistake is told while it trains, in one line on stderr and in history.warnings.
--
-- An output that is constant and layers that give nothing but 0 are looked for after epochs 1, 4, 16, 64, ... and the
-- last one, on a few images: cheap beside an epoch.
local activity = require "lunet.activity"
local ends = require "lunet.ends"
local errors = require "lunet.errors"

local Health = {}
Health.__index = Health

local few = 4 -- images that are looked at
local trials = { [5] = true, [10] = true, [20] = true } -- epochs after which the loss should have fallen

-- run: net, images, options, history, line, fresh (whether the network was untrained before).
local function new(run)
  return setmetatable({ run = run }, Health)
end

-- Each kind of warning is given once, or once for each layer or output.
function Health:warn(kind, layer, text)
  local run = self.run
  for _, before in ipairs(run.history.warnings) do
    if before.kind == kind and before.layer == layer then return end
  end
  local epoch = run.history[#run.history].epoch
  table.insert(run.history.warnings, { epoch = epoch, kind = kind, layer = layer, text = text })
  run.line:clear()
  errors.note("fit: epoch %d: %s", epoch, text)
end

-- "; lower lr (0.1 now)" or "; raise ...", for an optimizer with a rate.
local function rate(optimizer, verb)
  local known, lr = pcall(function() return optimizer.options.lr end)
  return known and type(lr) == "number" and ("; %s lr (%g now)?"):format(verb, lr) or ""
end

local function check_loss(self)
  local history = self.run.history
  local first, least = history[1].loss, math.huge
  if not self.run.fresh or not trials[#history] then return end
  for i = 2, #history do least = math.min(least, history[i].loss) end
  if least < first - 1e-4 * math.abs(first) then return end
  self:warn("loss", nil, ("the loss does not fall: %.5g in epoch 1, %.5g at best in the %d after it%s"):format(first,
    least, #history - 1, rate(self.run.options.optimizer, "another")))
end

local function spread(t)
  local low, high = t:min(), t:max()
  return high - low, math.max(math.abs(low), math.abs(high)), high
end

-- An output of one number, for images that ask for more.
local function check_output(self, input, target)
  local outputs <close> = ends.of(self.run.net:predict(input))
  for i, output in ends.each(outputs) do
    local width, size, value = spread(output)
    if width <= 1e-6 * size and spread(ends.at(target, i)) > 1e-6 then
      local which = ends.are_several(outputs) and ("output %d"):format(i)
      self:warn("collapse", which or nil, ("%s has collapsed: it gives %.5g everywhere, whatever the image%s"):format(
        which or "the network", value, rate(self.run.options.optimizer, "lower")))
    end
  end
end

local function check_layers(self, input)
  local run = self.run
  local function all() return run.images:judged(run:age()) end
  for _, name in ipairs(activity.dead(run.net, input, all)) do
    self:warn("dead", name, ("%s is dead: it gives nothing but 0, so nothing before it learns%s"):format(name,
      rate(run.options.optimizer, "lower")))
  end
end

local function is_power_of_four(n)
  return n & (n - 1) == 0 and n & 0x5555555555555555 ~= 0
end

-- After the epoch whose entry is the last of the history.
function Health:look()
  local run, epoch = self.run, #self.run.history
  check_loss(self)
  if not is_power_of_four(epoch) and epoch ~= run.options.epochs then return end
  local inputs, targets = run.images:judged(run:age())()
  local n = math.min(few, #inputs)
  local input, target = inputs:narrow(1, 1, n), targets:narrow(1, 1, n)
  check_output(self, input, target)
  check_layers(self, input)
end

return new
