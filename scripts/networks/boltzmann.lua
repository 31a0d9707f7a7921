-- A Gaussian-Bernoulli restricted Boltzmann machine, on tensors: Cho, Ilin, Raiko, "Improved learning of
-- Gaussian-Bernoulli restricted Boltzmann machines", ICANN 2011, used to denoise as in Cho, "Boltzmann machines and
-- denoising autoencoders for image denoising", 2013. What it learns becomes a network, models/boltzmann.lua.
--
-- Real visible units v, binary hidden ones h, and the energy
--   E(v, h) = sum_i (v_i - b_i)^2 / (2 s_i^2) - sum_ij v_i W_ij h_j / s_i^2 - sum_j c_j h_j
-- so that p(h_j = 1 | v) = sigmoid(c_j + sum_i W_ij v_i / s_i^2), and v_i given h is normal with the mean
-- b_i + sum_j W_ij h_j and the variance s_i^2. z_i = log s_i^2 is learnt instead of s_i.
local ln = require "lunet"

local gibbs_steps = 1           -- k of contrastive divergence
local momentum = 0.9
local variance_slowness = 10    -- by how much the variances' learning rate is smaller
local least_log_variance, most_log_variance = -6, 3

local boltzmann = {}

local Machine = {}
Machine.__index = Machine

-- visible, hidden: numbers of units.
function boltzmann.new(visible, hidden, seed)
  local range = math.sqrt(6 / (visible + hidden))
  return setmetatable({ weight = (ln.rand({ visible, hidden }, seed) * 2 - 1) * range, visible = ln.zeros{ visible },
    hidden = ln.zeros{ hidden }, log_variance = ln.zeros{ visible }, velocity = {} }, Machine)
end

-- ---- What follows from the energy ----

-- p(h = 1 | v), a row for each of v.
function Machine:up(v)
  return ((v / self.log_variance:exp()):matmul(self.weight) + self.hidden):sigmoid()
end

-- The mean of v given h.
function Machine:down(h)
  return h:matmul(self.weight:transpose(1, 2)) + self.visible
end

-- The mean of v given the mean of h given noisy v: what the machine denoises by.
function Machine:reconstruct(v)
  return self:down(self:up(v))
end

-- The free energy F(v): p(v) is exp(-F(v)) but for a factor.
function Machine:free_energy(v)
  local variance = self.log_variance:exp()
  local input = (v / variance):matmul(self.weight) + self.hidden
  local softplus = input:clamp(0, math.huge) + (-input:abs()):exp():log1p()
  return ((v - self.visible):square() / variance):sum(2) / 2 - softplus:sum(2)
end

-- ---- Learning ----

-- What v and h say of the energy's slopes: means over the rows.
local function statistics(machine, v, h)
  local variance, n = machine.log_variance:exp(), #v
  local pulled = h:matmul(machine.weight:transpose(1, 2))
  return { weight = (v / variance):transpose(1, 2):matmul(h) / n, visible = v:mean(1) / variance, hidden = h:mean(1),
    log_variance = ((v - machine.visible):square() / 2 - v * pulled):mean(1) / variance }
end

-- The enhanced gradient, which does not change when units are turned over: covariances for the weights, and biases less
-- what these explain.
local function enhanced(machine, data, model)
  local function outer(a) return a.visible:reshape{ -1, 1 }:matmul(a.hidden:reshape{ 1, -1 }) end
  local variance = machine.log_variance:exp()
  local weight = (data.weight - outer(data)) - (model.weight - outer(model))
  local h, v = (data.hidden + model.hidden) / 2, (data.visible + model.visible) / 2
  return { weight = weight,
    visible = data.visible - model.visible - weight:matmul(h:reshape{ -1, 1 }):flatten(),
    hidden = data.hidden - model.hidden - v:reshape{ 1, -1 }:matmul(weight * variance:reshape{ -1, 1 }):flatten(),
    log_variance = data.log_variance - model.log_variance }
end

-- Gibbs sampling from the rows of v, whose hidden units have the probabilities h: where it comes to, and these there.
local function sample(machine, v, h, seed)
  local sd, x = (machine.log_variance / 2):exp(), v
  for k = 1, gibbs_steps do
    local drawn = ln.rand(h.shape, seed + 2 * k):lt(h)
    x = machine:down(drawn) + ln.randn(v.shape, seed + 2 * k + 1) * sd
    h = machine:up(x)
  end
  return x, h
end

-- One step of contrastive divergence.
function Machine:step(v, rate, seed)
  local h = self:up(v)
  local gradient = enhanced(self, statistics(self, v, h), statistics(self, sample(self, v, h, seed)))
  gradient.log_variance = gradient.log_variance / variance_slowness
  for _, name in ipairs{ "weight", "visible", "hidden", "log_variance" } do
    local moved, before = gradient[name] * rate, self.velocity[name]
    self.velocity[name] = before and before * momentum + moved or moved
    self[name] = self[name] + self.velocity[name]
  end
  self.log_variance = self.log_variance:clamp(least_log_variance, most_log_variance)
end

-- rows: N,F. o: { epochs =, batch =, rate = at first; it falls to 0 along a line, seed =, told = function(epoch, error)
-- or nil }
function Machine:train(rows, o)
  local step, steps = 0, o.epochs * (#rows // o.batch)
  for epoch = 1, o.epochs do
    local order = ln.randperm(#rows, o.seed + epoch):totable()
    for first = 1, #rows - o.batch + 1, o.batch do
      local batch, rate = rows:take(table.move(order, first, first + o.batch - 1, 1, {})), o.rate * (1 - step / steps)
      step = step + 1
      self:step(batch, rate, o.seed + 1000 + 100 * step)
    end
    if o.told then o.told(epoch, (self:reconstruct(rows) - rows):square():mean()) end
  end
end

-- ---- The network ----

-- Gives a network of ln.models.boltzmann, built, what the machine has learnt from rows that were (x - mean) / sd of
-- pixels x. For v = x, W_ij and s_i are sd_i times as large, b_i becomes mean_i + sd_i b_i, and c_j less by the sum of
-- W_ij mean_i / s_i^2, of the new W and s.
function Machine:put(net, mean, sd)
  local precision = (-self.log_variance):exp() / sd:square()
  local weight = self.weight * sd:reshape{ -1, 1 }
  net:set("precision.weight", precision:reshape{ -1, 1, 1, 1 })
  net:set("hidden.weight", weight:transpose(1, 2))
  net:set("hidden.bias", self.hidden - (mean * precision):reshape{ 1, -1 }:matmul(weight):flatten())
  net:set("visible.bias", mean + sd * self.visible)
end

return boltzmann
