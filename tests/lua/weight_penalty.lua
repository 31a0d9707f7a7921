-- The option weight_penalty of ln.fit and ln.trainer: l1 sum |w| + l2 sum w^2 in the loss, and in its gradient.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

local nn = ln.nn
local clean = ln.data.phantom{ 8, size = { 8, 8 }, seed = 3 }.images
local noisy = ln.noise.gaussian{ p = 0.1, seed = 1 }(clean)

local function network()
  return nn.sequential{ nn.conv2d{ 4, name = "enc1", activation = "tanh" }, nn.layer_norm{ over = "all" }, nn.prelu{},
    nn.conv2d{ 1, name = "dec1" } }:build({ 1, 8, 8 }, 7)
end

local function trainer_of(net, penalty)
  return ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = ln.optim.sgd{ 0.01 }, weight_penalty = penalty }
end

-- What the penalty adds to the loss, and to the gradients of parameters by name.
local function added(net, penalty)
  local plain, gradients = trainer_of(net):gradients(noisy, clean)
  local loss, penalized = trainer_of(net, penalty):gradients(noisy, clean)
  local difference = {}
  for name, gradient in pairs(penalized) do difference[name] = gradient - gradients[name] end
  return loss - plain, difference
end

local function check(net, penalty, strengths)
  local value, gradients = added(net, penalty)
  local want = 0
  for name, gradient in pairs(gradients) do
    local w, s = net:tensor(name), strengths[name] or {}
    local l1, l2 = s[1] or 0, s[2] or 0
    want = want + l1 * w:abs():sum() + l2 * (w * w):sum()
    local expected = 2 * l2 * w + l1 * (w:gt(0) - w:lt(0))
    close((gradient - expected):abs():max(), 0, 1e-6)
  end
  close(value, want, 1e-6 * math.max(1, want))
end

test("kernels have penalties, other parameters where they are named", function()
  local net = network()
  for _, tensor in ipairs(net:tensors()) do
    local w = net:tensor(tensor.name)
    w[{}] = ln.rand(w.shape, #tensor.name) - 0.5
  end
  check(net, { l2 = 0.3 }, { ["enc1.weight"] = { 0, 0.3 }, ["dec1.weight"] = { 0, 0.3 } })
  check(net, { l1 = 0.2, l2 = 0.1 }, { ["enc1.weight"] = { 0.2, 0.1 }, ["dec1.weight"] = { 0.2, 0.1 } })
  check(net, { ["enc*"] = { l1 = 0.2 } }, { ["enc1.weight"] = { 0.2 } })
  check(net, { ["*.bias"] = { l2 = 0.2 }, l1 = 0.1, ["enc1"] = { l1 = 0.1 } }, {
    ["enc1.weight"] = { 0.2 }, ["dec1.weight"] = { 0.1 }, ["enc1.bias"] = { 0, 0.2 }, ["dec1.bias"] = { 0, 0.2 },
    ["layer_norm_1.bias"] = { 0, 0.2 } })
  check(net, { ["layer_norm_1.weight"] = { l1 = 1 }, ["prelu_1.w*"] = { l2 = 1 } }, {
    ["layer_norm_1.weight"] = { 1 }, ["prelu_1.weight"] = { 0, 1 } })
  net:freeze("enc1")
  check(net, { l2 = 0.3 }, { ["dec1.weight"] = { 0, 0.3 } })
end)

test("shared and tied weights count once", function()
  local enc = nn.conv2d{ 3, name = "enc1" }
  local tied = nn.sequential{ enc, nn.conv_transpose2d{ tied = enc, name = "dec1" } }:build({ 1, 8, 8 }, 7)
  local w = tied:tensor("enc1.weight")
  close(added(tied, { l2 = 0.5 }), 0.5 * (w * w):sum(), 1e-6)
  local x, twice = nn.input{ 1, 8, 8 }, nn.conv2d{ 1, name = "twice" }
  local shared = nn.model{ inputs = x, outputs = twice(twice(x)) }:build({ 1, 8, 8 }, 7)
  check(shared, { l1 = 0.5 }, { ["twice.weight"] = { 0.5 } })
end)

test("a penalty is in the training loss and not in the others", function()
  local net = network()
  local trainer = trainer_of(net, { l2 = 1 })
  local w = { net:tensor("enc1.weight"), net:tensor("dec1.weight") }
  local penalty = (w[1] * w[1]):sum() + (w[2] * w[2]):sum()
  local plain = trainer:evaluate(noisy, clean)
  close(trainer:step(noisy, clean) - plain, penalty, 1e-5)
  local function fit(penalized)
    return ln.fit(network(), { input = noisy, target = clean, validation = { input = noisy, target = clean },
      loss = ln.loss.mse{}, optimizer = ln.optim.sgd{ 0 }, epochs = 1, batch = 8, progress = "none",
      weight_penalty = penalized })[1]
  end
  local with, without = fit{ l2 = 1 }, fit()
  close(with.loss - without.loss, penalty, 1e-5)
  assert(with.val_loss == without.val_loss)
end)

test("twice an l2 is sgd's weight decay, and a large l1 makes weights small", function()
  local a = nn.sequential{ nn.dense{ 3, bias = false } }:build({ 4 }, 7)
  local b = a:copy()
  local x, t = ln.rand({ 5, 4 }, 1), ln.rand({ 5, 3 }, 2)
  local function train(net, decay, penalty, lr)
    local trainer = ln.trainer{ net = net, loss = ln.loss.mse{}, weight_penalty = penalty,
      optimizer = ln.optim.sgd{ lr or 0.1, momentum = 0.9, weight_decay = decay } }
    for _ = 1, 20 do trainer:step(x, t) end
    return net:tensor("dense_1.weight")
  end
  close((train(a, 0.1) - train(b, 0, { l2 = 0.05 })):abs():max(), 0, 1e-6)
  assert(train(a, 0, { l1 = 10 }, 1e-3):abs():max() < 0.2)
end)

test("the same bits for any number of threads", function()
  local function run(threads)
    local before = ln.threads()
    ln.threads(threads)
    local net = nn.sequential{ nn.conv2d{ 40, activation = "relu" }, nn.conv2d{ 40 }, nn.conv2d{ 1 } }
    local history = ln.fit(net, { input = noisy, target = clean, loss = ln.loss.mse{}, optimizer = ln.optim.adam{},
      epochs = 2, batch = 4, seed = 7, progress = "none", weight_penalty = { l1 = 1e-3, l2 = 1e-2 } })
    ln.threads(before)
    return net, history
  end
  local one, first = run(1)
  local two, second = run(2)
  assert(first[1].loss == second[1].loss and first[2].loss == second[2].loss)
  for _, tensor in ipairs(one:tensors()) do
    assert((one:tensor(tensor.name) - two:tensor(tensor.name)):abs():max() == 0)
  end
end)

test("a checkpoint is of one penalty", function()
  local folder <close> = support.folder()
  local function fit(penalty)
    return ln.fit(network(), { input = noisy, target = clean, loss = ln.loss.mse{}, optimizer = ln.optim.adam{},
      epochs = 1, progress = "none", weight_penalty = penalty, checkpoint = folder.path .. "/run.ckpt" })
  end
  fit{ l2 = 1e-4 }
  fit{ l2 = 1e-4 }
  expect_error(function() fit{ l2 = 1e-3 } end, "option 'weight_penalty' was { l2 = ")
  expect_error(function() fit() end, "option 'weight_penalty' was { l2 = ")
end)

test("mistakes", function()
  local function refused(penalty, message)
    expect_error(function() trainer_of(network(), penalty) end, message)
  end
  local form = "trainer: option 'weight_penalty' is { l1 = , l2 = } or { [\"enc*\"] = { l1 = , l2 = } }; "
  refused({}, form .. "got an empty table")
  refused({ 0.1 }, form .. "got the key 1")
  refused({ l3 = 1 }, form .. "'l3' is 1")
  refused({ enc1 = 0.1 }, form .. "'enc1' is 0.1")
  refused(0.1, "trainer: option 'weight_penalty' must be a table, got 0.1")
  refused({ l2 = -1 }, "trainer: weight_penalty: option 'l2' must be a number of at least 0, got -1")
  refused({ l2 = 1 / 0 }, "option 'weight_penalty' must be a finite l2 of at least 0, got inf")
  refused({ enc1 = { l3 = 1 } }, "trainer: weight_penalty: 'enc1': no option 'l3'")
  refused({ ["x*"] = { l2 = 1 } },
    "option 'weight_penalty': no parameter or layer is called 'x*'; one is called enc1.weight")
  refused({ prelu_1 = { l2 = 1 } }, "option 'weight_penalty': 'prelu_1' names no layer with a kernel")
  local late = trainer_of(nn.sequential{ nn.conv2d{ 1 } }, { x = { l1 = 1 } })
  expect_error(function() late:step(noisy, clean) end, "no parameter or layer is called 'x'")
end)

support.done()
