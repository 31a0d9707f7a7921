-- A Gaussian-Bernoulli restricted Boltzmann machine, on tensors: Cho, Ilin, Raiko, "Improved learning of
-- Gaussian-Bernoulli restricted Boltzmann machines", ICANN 2011, used to denoise as in Cho, "Boltzmann machines and
-- denoising autoencoders for image denoising", 2013.
--
-- Real visible units v, binary hidden ones h, and the energy
--   E(v, h) = sum_i (v_i - b_i)^2 / (2 s_i^2) - sum_ij v_i W_ij h_j / s_i^2 - sum_j c_j h_j
-- so that p(h_j = 1 | v) = sigmoid(c_j + sum_i W_ij v_i / s_i^2), and v_i given h is normal with the mean
-- b_i + sum_j W_ij h_j and the variance s_i^2. z_i = log s_i^2 is learnt instead of s_i.
local ln = require "lunet"

local Machine = {}
Machine.__index = Machine

-- visible, hidden: numbers of units.
local function new(visible, hidden, seed)
  local range = math.sqrt(6 / (visible + hidden))
  return setmetatable({ weight = (ln.rand({ visible, hidden }, seed) * 2 - 1) * range, visible = ln.zeros{ visible },
    hidden = ln.zeros{ hidden }, log_variance = ln.zeros{ visible } }, Machine)
end

local names = { "weight", "visible", "hidden", "log_variance" }

-- p(h = 1 | v), a row for each of v.
function Machine:up(v)
  return ((v / self.log_variance:exp()):matmul(self.weight) + self.hidden):sigmoid()
end

-- The mean of v given h.
function Machine:down(h)
  return h:matmul(self.weight:transpose(1, 2)) + self.visible
end

-- The free energy F(v): p(v) is exp(-F(v)) but for a factor.
function Machine:free_energy(v)
  local variance = self.log_variance:exp()
  local input = (v / variance):matmul(self.weight) + self.hidden
  local softplus = input:clamp(0, math.huge) + (-input:abs()):exp():log1p()
  return ((v - self.visible):square() / variance):sum(2) / 2 - softplus:sum(2)
end

-- What v and h say of the energy's slopes: means over the rows.
local function statistics(machine, v, h)
  local variance, n = machine.log_variance:exp(), #v
  local pulled = h:matmul(machine.weight:transpose(1, 2))
  return { weight = (v / variance):transpose(1, 2):matmul(h) / n, visible = v:mean(1) / variance, hidden = h:mean(1),
    log_variance = ((v - machine.visible):square() / 2 - v * pulled):mean(1) / variance, v = v:mean(1) / variance }
end

-- The enhanced gradient, which does not change when units are turned over: covariances for the weights, and biases less
-- what these explain.
local function enhanced(machine, data, model)
  local function outer(a) return a.v:reshape{ -1, 1 }:matmul(a.hidden:reshape{ 1, -1 }) end
  local variance = machine.log_variance:exp()
  local weight = (data.weight - outer(data)) - (model.weight - outer(model))
  local h, v = (data.hidden + model.hidden) / 2, (data.v + model.v) / 2
  return { weight = weight,
    visible = data.visible - model.visible - weight:matmul(h:reshape{ -1, 1 }):flatten(),
    hidden = data.hidden - model.hidden - v:reshape{ 1, -1 }:matmul(weight * variance:reshape{ -1, 1 }):flatten(),
    log_variance = data.log_variance - model.log_variance }
end

-- One step of contrastive divergence: k steps of Gibbs sampling from the rows of v.
function Machine:step(v, o)
  local h = self:up(v)
  local data, sd, x = statistics(self, v, h), (self.log_variance / 2):exp(), v
  for k = 1, o.k or 1 do
    local seed = o.seed + 2 * k
    local drawn = ln.rand(h.shape, seed):lt(h)
    x = self:down(drawn) + ln.randn(v.shape, seed + 1) * sd
    h = self:up(x)
  end
  local gradient = enhanced(self, data, statistics(self, x, h))
  self.velocity = self.velocity or {}
  for _, name in ipairs(names) do
    local rate = name == "log_variance" and o.rate / 10 or o.rate -- variances are learnt slowly
    local moved = gradient[name] * rate
    self.velocity[name] = self.velocity[name] and self.velocity[name] * o.momentum + moved or moved
    self[name] = self[name] + self.velocity[name]
  end
  self.log_variance = self.log_variance:clamp(-6, 3)
end

-- rows: N,F. o: { epochs =, batch =, rate =, momentum =, k =, seed =, told = function(epoch, error) or nil }
function Machine:train(rows, o)
  local step = 0
  for epoch = 1, o.epochs do
    local order = ln.randperm(#rows, o.seed + epoch):totable()
    for first = 1, #rows - o.batch + 1, o.batch do
      step = step + 1
      self:step(rows:take(table.move(order, first, first + o.batch - 1, 1, {})), { rate = o.rate, k = o.k,
        momentum = o.momentum or 0.9, seed = o.seed + 1000 + 100 * step })
    end
    if o.told then o.told(epoch, (self:reconstruct(rows) - rows):square():mean()) end
  end
end

-- The mean of v given the mean of h given noisy v: what the machine denoises by.
function Machine:reconstruct(v)
  return self:down(self:up(v))
end

return { new = new }
