-- Every optimizer in ln.trainer and ln.fit: schedules, rates by layer, frozen layers, a decay that changes, its state.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error = support.test, support.expect_error

local nn = ln.nn
local clean = ln.data.phantom{ 8, size = { 8, 8 }, seed = 3 }.images
local noisy = ln.noise.gaussian{ p = 0.1, seed = 1 }(clean)

-- With all that keeps further state; how many arrays of it there are for a parameter.
local cases = {
  { ln.optim.sgd{ 0.01 }, states = 0 },
  { ln.optim.sgd{ 0.01, momentum = 0.9, dampening = 0.1 }, states = 1 },
  { ln.optim.adagrad{ 0.01, lr_decay = 0.1, initial_accumulator_value = 0.1 }, states = 1 },
  { ln.optim.adadelta{}, states = 2 },
  { ln.optim.rmsprop{ momentum = 0.5, centered = true }, states = 3 },
  { ln.optim.adam{ 0.01, amsgrad = true }, states = 3 },
  { ln.optim.adamw{ 0.01, amsgrad = true }, states = 3 },
  { ln.optim.nadam{ 0.01 }, states = 2 },
  { ln.optim.radam{ 0.01 }, states = 2 },
  { ln.optim.lion{ 0.001 }, states = 1 },
}

local function network()
  return nn.sequential{ nn.conv2d{ 3, activation = "relu" }, nn.batch_norm{}, nn.conv2d{ 1 } }:build({ 1, 8, 8 }, 7)
end

local function trainer_of(net, optimizer)
  return ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = optimizer,
    schedule = ln.schedule.exponential{ 0.9 }, rates = { conv2d_2 = 0 } }
end

local function steps(trainer, n)
  for _ = 1, n do trainer:step(noisy, clean) end
end

local function difference(a, b, name)
  return (a:tensor(name) - b:tensor(name)):abs():max()
end

local function same(a, b, what)
  for _, tensor in ipairs(a:tensors()) do assert(difference(a, b, tensor.name) == 0, what .. ": " .. tensor.name) end
end

test("rates, frozen layers, schedules and the state go with every optimizer", function()
  for _, case in ipairs(cases) do
    local net, what = network(), tostring(case[1])
    local start, trainer = net:copy(), trainer_of(net, case[1])
    net:freeze("conv2d_1.bias")
    steps(trainer, 7)
    assert(difference(net, start, "conv2d_1.weight") > 0, what)
    assert(difference(net, start, "conv2d_1.bias") == 0 and difference(net, start, "conv2d_2.weight") == 0, what)
    assert(math.abs(trainer.rate - trainer.lr * 0.9 ^ 6) < 1e-12, what)
    local copy, state, arrays = net:copy(), trainer:state(), 0
    for name in pairs(state) do
      if name:find("conv2d_1.weight.", 1, true) == 1 and name ~= "conv2d_1.weight.updates" then arrays = arrays + 1 end
    end
    assert(arrays == case.states, what)
    assert(state["conv2d_1.weight.updates"] == 7 and state["conv2d_1.bias.updates"] == 0, what)
    local other = trainer_of(copy, case[1]):restore(state)
    net:unfreeze("conv2d_1.bias")
    copy:unfreeze("conv2d_1.bias")
    steps(trainer, 3)
    steps(other, 3)
    same(net, copy, what)
    assert(difference(net, start, "conv2d_1.bias") > 0, what)
  end
end)

test("weight decay changes while training", function()
  for _, case in ipairs(cases) do
    local net, what = network(), tostring(case[1])
    local trainer, twin = trainer_of(net, case[1]), net:copy()
    local other = trainer_of(twin, case[1])
    assert(trainer.weight_decay == (case[1].name == "adamw" and 0.01 or 0), what)
    trainer.weight_decay = 10
    steps(trainer, 3)
    steps(other, 3)
    local decayed, plain = net:tensor("conv2d_1.weight"), twin:tensor("conv2d_1.weight")
    assert((decayed * decayed):sum() < (plain * plain):sum(), what)
  end
end)

test("a run goes on from its checkpoint bit for bit", function()
  local folder <close> = support.folder()
  for i, case in ipairs(cases) do
    local function fit(epochs, file)
      local net = network()
      ln.fit(net, { input = noisy, target = clean, loss = ln.loss.mse{}, optimizer = case[1], epochs = epochs,
        batch = 3, seed = 7, progress = "none", checkpoint = file })
      return net
    end
    local file = ("%s/%d.ckpt"):format(folder.path, i)
    fit(1, file)
    same(fit(3), fit(3, file), tostring(case[1]))
  end
end)

test("maximize goes up", function()
  for _, name in ipairs{ "sgd", "adagrad", "adadelta", "rmsprop", "adam", "adamw", "nadam", "radam", "lion" } do
    local trainer = ln.trainer{ net = network(), loss = ln.loss.mse{}, optimizer = ln.optim[name]{ maximize = true } }
    local before = trainer:step(noisy, clean)
    steps(trainer, 9)
    assert(trainer:step(noisy, clean) > before, name)
  end
end)

test("options that do not go together", function()
  expect_error(function() ln.optim.sgd{ dampening = 0.5 } end, "sgd: option 'dampening' needs a momentum above 0")
  expect_error(function() ln.optim.sgd{ momentum = 0.9, nesterov = true, dampening = 0.5 } end,
    "sgd: option 'nesterov' goes with a dampening of 0, got 0.5")
  expect_error(function() ln.optim.adamw{ decoupled_weight_decay = true } end,
    "adamw: no option 'decoupled_weight_decay'; there are lr, ")
  expect_error(function() ln.optim.lion{ eps = 1e-8 } end, "lion: no option 'eps'")
end)

support.done()
