-- What scripts/networks/ has: weights of columns against a solver of SciPy's, radial basis functions, the likelihood of
-- a Boltzmann machine by counting, levels of a stacked autoencoder and steps of a perceptron against PyTorch
-- (patch_networks.py), and patches.
package.path = (arg[0]:match("^.*/") or "./") .. "../../?.lua;" .. package.path
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local ln = require "lunet"
local boltzmann = require "scripts.networks.boltzmann"
local columns = require "scripts.networks.columns"
local patches = require "scripts.networks.patches"
local ssda = require "scripts.networks.ssda"
local test, same, close = support.test, support.same, support.close

test("patches: images come back, and strides that leave none out", function()
  local x = ln.rand({ 2, 1, 20, 16 }, 1)
  same(patches.denoise(function(p) return p end, x, 8, 1), x, 1e-6)
  same(patches.denoise(function(p) return p end, x, 8, 4), x, 1e-6)
  local cut = patches.of(x, 8, 4)
  assert(table.concat(cut.shape, "x") == "24x1x8x8")
  same(cut[2][1], x[1][1]:narrow(1, 1, 8):narrow(2, 5, 8))
end)

-- scipy.optimize.minimize(lambda s: ((Y @ s - y) ** 2).sum() / 2 + 5e-4 * (s ** 2).sum(), [0.25] * 4, method="SLSQP",
--   bounds=[(0, 1)] * 4, constraints=[.95 <= s.sum() <= 1.05], options={"ftol": 1e-14}) for Y, y as below
test("best weights of columns: SciPy's", function()
  local best = columns.best(ln.rand({ 3, 4, 10 }, 1), ln.rand({ 3, 10 }, 2))
  same(best, ln.tensor{ { 0.127169989, 0.553214672, 0.369615339, 0 }, { 0.86544865, 0, 0.08455135, 0 },
    { 0.03455299, 0.20445248, 0.57685603, 0.13413849 } }, 1e-4)
end)

test("multi_column: columns are put in as they were, and the predictor is what it learnt", function()
  local net = ln.models.multi_column{ columns = 3, hidden = { 7, 5 }, units = 6, patch = { 4, 4 } }
  net:build({ 1, 4, 4 }, 1)
  local x, alone = ln.rand({ 40, 1, 4, 4 }, 1), {}
  for c = 1, 3 do
    local column = ln.models.ssda{ hidden = { 7, 5 }, patch = { 4, 4 } }:build({ 1, 4, 4 }, c)
    columns.put(net, c, column)
    alone[c] = column:predict(x):flatten(2)
  end
  local outputs, features = columns.activations(net, x)
  same(outputs, ln.stack(alone, 2), 1e-6)
  assert(table.concat(features.shape, "x") == "40x57", "7 + 5 + 7 of each")
  local best = columns.best(outputs, x:flatten(2))
  columns.fit_predictor(net, features, best, 1)
  local w = net:get("radial.weight")
  local centres = w:narrow(2, 1, 57) / (w:narrow(2, 58, 57) * -2)
  local distance = ln.stack({ (features - centres[1]):square():sum(2), (features - centres[6]):square():sum(2) }, 2)
  local radial = net:activations(x, "elu_1") + 1
  local width = -0.5 / w[1][58]
  same(radial:take({ 1, 6 }, 2), (distance * (-0.5 / width)):exp(), 1e-3)
  local weights = net:activations(x, "weights")
  assert((weights - best):square():mean() < (best - best:mean(1)):square():mean(), "better than their mean")
  same(net:predict(x):flatten(2), weights:unsqueeze(2):matmul(outputs):squeeze(2), 1e-5)
end)

test("ssda: levels learn one by one what the whole begins with", function()
  local clean = patches.of(ln.data.phantom{ 6, size = { 32, 32 }, seed = 1 }.images, 4, 4)
  local noisy = ln.noise.gaussian{ p = 0.1, seed = 1 }(clean)
  local net, mse, told, begun = ln.models.ssda{ hidden = { 20, 20 }, patch = { 4, 4 } }, ln.metric.mse{}, {}, nil
  ssda.train(net, noisy, clean, { epochs = 30, seed = 1, told = function(text) told[#told + 1] = text end,
    pretrained = function() begun = mse(net:predict(noisy), clean) end })
  assert(#told == 3 and told[2]:find("level 2: loss", 1, true) and told[3]:find("together", 1, true))
  assert((mse(net:predict(noisy), clean)) < begun)
  assert(net:activations(noisy, "encode_1"):mean() < 0.5)
end)

-- ---- Against PyTorch ----

-- Numbers from low to high that patch_networks.py makes as well.
local function numbers(salt, low, high, shape)
  local list, n = {}, 1
  for _, size in ipairs(shape) do n = n * size end
  for i = 1, n do list[i] = low + (high - low) * ((i * i * 13 + i * (37 + salt) + 91 * salt) % 101) / 101 end
  return ln.tensor(list):reshape(shape)
end

-- The network with parameters of such numbers.
local function filled(net, shape)
  net:build(shape, 1)
  for k, p in ipairs(net:parameters()) do net:set(p.name, numbers(k, -1, 1, p.shape)) end
  return net
end

-- Each parameter's sum, its values multiplied by such numbers.
local function expect_parameters(net, sums)
  local list = net:parameters()
  assert(#list == #sums)
  for k, p in ipairs(list) do
    close((p.tensor:flatten() * numbers(9, -1, 1, { #p.tensor:flatten() })):sum(), sums[k], 2e-5)
  end
end

-- The loss, and a step of gradient descent with the rate 1.
local function expect_step(net, x, y, loss, sums)
  local options = ssda.objective(16)
  options.net, options.optimizer = net, ln.optim.sgd{ 1 }
  close(ln.trainer(options):step(x, y), loss, 1e-6)
  expect_parameters(net, sums)
end

test("ssda: loss and gradient of a level and of the whole, as the publication prints them", function()
  local x, y = numbers(20, 0, 1, { 12, 16 }), numbers(21, 0, 1, { 12, 16 })
  expect_step(filled(ssda.level(16, 5).net, { 16 }), x, y, 0.127200438,
    { 0.798260375, -0.405664351, -0.947719884, 0.714750408 })
  local function images(rows) return rows:reshape{ 12, 1, 4, 4 } end
  local whole = ln.models.ssda{ hidden = { 5, 4 }, patch = { 4, 4 } }
  expect_step(filled(whole, { 1, 4, 4 }), images(x), images(y), 0.122060949, { 0.804380982, -0.399144408, -2.75525678,
    -0.379397767, -0.933191128, 0.0288684354, -0.304408245, 0.609564888 })
end)

test("mlp: steps of gradient descent on patches, brought to mean 0 as the publication does", function()
  local net = filled(ln.models.mlp{ hidden = { 6, 5 }, patch = { 3, 3 }, output = { 2, 2 } }, { 1, 3, 3 })
  local noisy, clean = numbers(22, 0, 1, { 10, 1, 3, 3 }), numbers(23, 0, 1, { 10, 1, 2, 2 })
  local history = ln.fit(net, { input = (noisy - 0.5) / 0.2, target = (clean - 0.5) / 0.2, loss = ln.loss.mse{},
    optimizer = ln.optim.sgd{ 0.1 }, epochs = 5, batch = 10, seed = 1, progress = "none" })
  for i, loss in ipairs{ 3.81660472, 3.31648392, 2.98464026, 2.75557305, 2.59173939 } do
    close(history[i].loss, loss, 1e-5)
  end
  expect_parameters(net, { -1.44912407, -0.448128647, -3.66637303, -0.161850803, -1.48392613, -0.309067977 })
end)

-- ---- Boltzmann machine ----

-- The logarithm of the sum over all h of the integrals over v of exp(-E).
local function log_partition(machine, hidden)
  local sum, variance, b = 0, machine.log_variance:exp(), machine.visible
  for code = 0, 2 ^ hidden - 1 do
    local h = {}
    for j = 1, hidden do h[j] = code // 2 ^ (j - 1) % 2 end
    h = ln.tensor(h)
    local mean = machine:down(h:unsqueeze(1)):flatten()
    sum = sum + math.exp((machine.hidden * h):sum() + ((mean * mean - b * b) / variance):sum() / 2)
  end
  return math.log(sum) + #b / 2 * math.log(2 * math.pi) + machine.log_variance:sum() / 2
end

test("Boltzmann machine: p(h | v) and F(v) follow from the energy", function()
  local m = boltzmann.new(3, 2, 1)
  m.visible, m.hidden, m.log_variance = ln.randn({ 3 }, 2), ln.randn({ 2 }, 3), ln.randn({ 3 }, 4)
  local v, joint, one = ln.randn({ 1, 3 }, 5), 0, 0
  for code = 0, 3 do
    local h = ln.tensor{ code % 2, code // 2 }
    local variance = m.log_variance:exp()
    local energy = ((v[1] - m.visible):square() / variance):sum() / 2 - (m.hidden * h):sum()
      - ((v / variance):matmul(m.weight)[1] * h):sum()
    joint = joint + math.exp(-energy)
    one = one + (code % 2) * math.exp(-energy)
  end
  assert(math.abs(m:up(v)[1][1] - one / joint) < 1e-5)
  assert(math.abs(m:free_energy(v)[1] + math.log(joint)) < 1e-4)
end)

test("Boltzmann machine: contrastive divergence raises the likelihood, which is counted exactly", function()
  local side = ln.where(ln.rand({ 1000, 1 }, 1):lt(0.5), ln.full({ 1000, 1 }, 1.5), ln.full({ 1000, 1 }, -1.5))
  local rows = side * ln.tensor{ 1, 0.5 } + 0.4 * ln.randn({ 1000, 2 }, 2)
  local m = boltzmann.new(2, 3, 1)
  local function likelihood() return -m:free_energy(rows):mean() - log_partition(m, 3) end
  local before = likelihood()
  m:train(rows, { epochs = 20, batch = 50, rate = 0.02, seed = 1 })
  -- A normal distribution with the rows' covariance has -2.0 at most.
  local covariance = rows:transpose(1, 2):matmul(rows) / 1000
  local normal = -(1 + math.log(2 * math.pi)) - math.log(covariance:det()) / 2
  assert(before < -4 and likelihood() > normal, ("%g to %g, normal %g"):format(before, likelihood(), normal))
  local again = boltzmann.new(2, 3, 1)
  again:train(rows, { epochs = 20, batch = 50, rate = 0.02, seed = 1 })
  assert((again.weight - m.weight):abs():max() == 0, "the same seed, the same bits")
end)

test("Boltzmann machine: the network of what rows of scaled pixels taught it, and a file of that", function()
  local m = boltzmann.new(6, 4, 1)
  m.visible, m.hidden, m.log_variance = ln.randn({ 6 }, 2), ln.randn({ 4 }, 3), ln.randn({ 6 }, 4)
  local mean, sd = ln.rand({ 6 }, 5), ln.rand({ 6 }, 6) + 0.2
  local net = ln.models.boltzmann{ hidden = 4, patch = { 2, 3 } }:build({ 1, 2, 3 }, 1)
  m:put(net, mean, sd)
  local x = ln.rand({ 5, 1, 2, 3 }, 7)
  local wanted = m:reconstruct((x:flatten(2) - mean) / sd) * sd + mean
  same(net:predict(x):flatten(2), wanted, 1e-5)
  local folder <close> = support.folder()
  net:save(folder.path .. "/machine.safetensors")
  same(ln.load(folder.path .. "/machine.safetensors"):predict(x):flatten(2), wanted, 1e-5)
end)

support.done()
