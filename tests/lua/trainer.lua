-- ln.trainer: rates that change, and its state by name.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error = support.test, support.expect_error

local nn = ln.nn
local clean = ln.data.phantom{ 6, size = { 8, 8 }, seed = 3 }.images
local noisy = ln.noise.gaussian{ p = 0.1, seed = 1 }(clean)

local function network()
  return nn.sequential{ nn.conv2d{ 3, activation = "relu" }, nn.batch_norm{}, nn.conv2d{ 1 } }:build({ 1, 8, 8 }, 7)
end

-- A trainer with more options.
local function trainer_of(net, more)
  local o = { net = net, loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 1e-2 } }
  for name, value in pairs(more or {}) do o[name] = value end
  return ln.trainer(o)
end

local function steps(trainer, n)
  local loss
  for _ = 1, n do loss = trainer:step(noisy, clean) end
  return loss
end

local function same(a, b)
  for _, name in ipairs(a:tensors()) do
    assert((a:tensor(name.name or name) - b:tensor(name.name or name)):abs():max() == 0, name.name or name)
  end
end

test("rate and weight decay can be read and set", function()
  local trainer = trainer_of(network())
  assert(trainer.lr == 1e-2 and trainer.weight_decay == 0 and trainer.updates == 0)
  trainer.lr, trainer.weight_decay = 0, 0.5
  assert(trainer.lr == 0 and trainer.weight_decay == 0.5)
  local before = trainer.net:tensor("conv2d_1.weight"):clone()
  steps(trainer, 2)
  assert((trainer.net:tensor("conv2d_1.weight") - before):abs():max() == 0)
  assert(trainer.updates == 2 and trainer.steps == 2)
  expect_error(function() trainer.lr = -1 end, "adam: option 'lr' must be a number of at least 0, got -1")
  expect_error(function() trainer.lr = 0 / 0 end, "adam: option 'lr' must be a number of at least 0")
  expect_error(function() trainer.lr = "1" end, "trainer: lr must be a number, got '1'")
  expect_error(function() trainer.weight_decay = nil end, "trainer: weight_decay must be a number, got nil")
  expect_error(function() trainer.lrr = 1 end, "trainer: no field 'lrr' to set; did you mean 'lr'?")
  expect_error(function() trainer.xyz = 1 end, "trainer: no field 'xyz' to set; there are lr, ")
  expect_error(function() trainer.steps = 1 end, "trainer: field 'steps' can be read, but not set")
end)

test("a trainer goes on from its state bit for bit", function()
  local net = network()
  local trainer = trainer_of(net)
  steps(trainer, 3)
  trainer.lr = 5e-3
  local copy, state = net:copy(), trainer:state()
  assert(state.steps == 3 and math.type(state.updates) == "integer" and state.lr == 5e-3)
  assert(state["conv2d_1.weight.updates"] == 3)
  assert(table.concat(state["conv2d_1.weight.mean"].shape, "x") == "3x1x3x3")
  local other = trainer_of(copy):restore(state)
  assert(other.lr == 5e-3 and other.steps == 3)
  assert(steps(trainer, 3) == steps(other, 3))
  same(net, copy)
  assert(trainer_of(network()):state()["conv2d_1.weight.mean"]:abs():max() == 0)
end)

test("a state that does not fit changes nothing", function()
  local trainer = trainer_of(network())
  steps(trainer, 2)
  local function refused(message, change)
    local state = trainer:state()
    state.steps = 9
    change(state)
    expect_error(function() trainer:restore(state) end, message)
    assert(trainer.steps == 2)
  end
  refused("restore: 'updates' must be a number, got nil", function(s) s.updates = nil end)
  refused("restore: 'conv2d_1.weight.mean' must be a tensor, got 1", function(s) s["conv2d_1.weight.mean"] = 1 end)
  refused("restore: 'conv2d_1.bias.mean' must be of shape 3, got 4", function(s)
    s["conv2d_1.bias.mean"] = ln.zeros{ 4 }
  end)
  refused("restore: this trainer has no 'extra' in its state", function(s) s.extra = 1 end)
  refused("trainer: steps must be a whole number of at least 0, got 0.5", function(s) s.steps = 0.5 end)
  expect_error(function() trainer:restore() end, "expected a table")
  expect_error(function() trainer:state(1) end, "state: takes no more than 0 argument")
  local unbuilt = trainer_of(nn.sequential{ nn.conv2d{ 1 } })
  expect_error(function() unbuilt:state() end, "trainer: the network has no parameters yet; build it for a shape first")
end)

test("a schedule sets the rate of each update", function()
  local trainer = trainer_of(network(), { schedule = ln.schedule.exponential{ 0.5 } })
  assert(trainer.rate == 1e-2)
  steps(trainer, 3)
  assert(trainer.rate == 1e-2 * 0.25 and trainer.lr == 1e-2)
  trainer.lr = 1
  steps(trainer, 1)
  assert(trainer.rate == 0.125)
  local cosine = ln.schedule.cosine{ warmup = 2 }
  assert(cosine(1, 10) == 0.01 and cosine(3, 10) == 1 and math.abs(cosine(7, 10) - 0.5) < 1e-12)
  assert(ln.schedule.step{ 1, by = "epoch" }(5, 20, 4) == 0.1)
  expect_error(function() cosine(1) end, "cosine: nobody knows how many steps there will be; give option 'steps'")
  expect_error(function() cosine(0, 10) end, "cosine: steps count from 1, got 0")
  expect_error(function() trainer_of(network(), { schedule = cosine }) end,
    "cosine: nobody knows how many steps there will be")
  expect_error(function() trainer_of(network(), { schedule = ln.schedule.step{ 1, by = "epoch" } }) end,
    "step: by = 'epoch', but nobody knows how many steps an epoch has; give epoch_steps")
  expect_error(function() trainer_of(network(), { schedule = ln.optim.adam{} }) end,
    "trainer: option 'schedule' must be a schedule item or a function")
end)

test("a schedule may be a function of the update", function()
  local seen = {}
  local trainer = trainer_of(network(), { accumulate = 2, steps = 4, schedule = function(step, count)
    seen[#seen + 1] = { step, count }
    return 1 / step
  end })
  steps(trainer, 6)
  assert(#seen == 3 and seen[3][1] == 3 and seen[3][2] == 4)
  assert(math.abs(trainer.rate - 1e-2 / 3) < 1e-12 and trainer.updates == 3)
  for value, text in pairs{ [-1] = "got -1", [1 / 0] = "got inf" } do
    local wrong = trainer_of(network(), { schedule = function() return value end })
    expect_error(function() steps(wrong, 1) end, "schedule: expected a factor of at least 0 for update 1, " .. text)
  end
  expect_error(function() steps(trainer_of(network(), { schedule = function() end }), 1) end,
    "schedule: expected a factor, a number of at least 0, for step 1, got nil")
end)

test("plateau follows the losses that it is shown", function()
  local trainer = trainer_of(network(), { schedule = ln.schedule.plateau{ 0.5, patience = 1 } })
  for _, loss in ipairs{ 1, 1, 1 } do trainer:observe(loss) end
  steps(trainer, 1)
  assert(trainer.rate == 5e-3)
  assert(trainer:state()["schedule.cuts"] == 1)
  local other = trainer_of(network(), { schedule = ln.schedule.plateau{ 0.5, patience = 1 } })
  steps(other:restore(trainer:state()), 1)
  assert(other.rate == 5e-3)
end)

test("accumulated batches are one large one, but for rounding", function()
  local plain = nn.sequential{ nn.conv2d{ 3, activation = "tanh" }, nn.conv2d{ 1 } }:build({ 1, 8, 8 }, 7)
  local a, b = trainer_of(plain, { accumulate = 3 }), trainer_of(plain:copy())
  for first = 1, 5, 2 do a:step(noisy:narrow(1, first, 2), clean:narrow(1, first, 2)) end
  b:step(noisy, clean)
  assert(a.updates == 1 and a.steps == 3)
  for _, tensor in ipairs(plain:tensors()) do
    support.close((a.net:tensor(tensor.name) - b.net:tensor(tensor.name)):abs():max(), 0, 1e-5)
  end
end)

test("clipping limits the step", function()
  local net = network()
  local before = net:tensor("conv2d_1.weight"):clone()
  local sgd = ln.optim.sgd{ 1 }
  local trainer = trainer_of(net, { clip = { norm = 1e-3 }, optimizer = sgd })
  local _, gradients = trainer:gradients(noisy, clean)
  local sum = 0
  for _, g in pairs(gradients) do sum = sum + g:pow(2):sum() end
  steps(trainer, 1)
  local moved = before - net:tensor("conv2d_1.weight")
  local want = gradients["conv2d_1.weight"] * (1e-3 / (math.sqrt(sum) + 1e-6))
  assert((moved - want):abs():max() < 1e-6)
  trainer = trainer_of(net, { clip = { value = 1e-4 }, optimizer = sgd })
  before = net:tensor("conv2d_1.weight"):clone()
  steps(trainer, 1)
  assert((before - net:tensor("conv2d_1.weight")):abs():max() < 1.01e-4)
  for _, clip in ipairs{ {}, { norm = 1, value = 1 } } do
    expect_error(function() trainer_of(net, { clip = clip }) end,
      "trainer: option 'clip' is { norm = } or { value = }, one of them")
  end
  expect_error(function() trainer_of(net, { clip = { norm = 0 } }) end,
    "trainer: clip: option 'norm' must be a number above 0, got 0")
  expect_error(function() trainer_of(net, { clip = { nrom = 1 } }) end,
    "trainer: clip: no option 'nrom'; did you mean 'norm'?")
end)

test("averages are swapped in and out", function()
  local net = network()
  local trainer = trainer_of(net, { average = { swa = true, from = 3 } })
  assert(not trainer:swap().swapped == false and trainer:swap().swapped == false)
  steps(trainer, 2)
  local sum = net:tensor("conv2d_1.weight") * 0
  for _ = 1, 3 do
    steps(trainer, 1)
    sum = sum + net:tensor("conv2d_1.weight")
  end
  local own = net:tensor("conv2d_1.weight"):clone()
  trainer:swap()
  assert(trainer.swapped and (net:tensor("conv2d_1.weight") - sum / 3):abs():max() < 1e-6)
  assert(trainer:evaluate(noisy, clean) > 0)
  expect_error(function() steps(trainer, 1) end, "trainer: the averages are in the network")
  expect_error(function() trainer:state() end, "trainer: the averages are in the network")
  trainer:swap()
  assert((net:tensor("conv2d_1.weight") - own):abs():max() == 0)
  local other_net = net:copy()
  local other = trainer_of(other_net, { average = { swa = true, from = 3 } }):restore(trainer:state())
  assert(steps(trainer, 2) == steps(other, 2))
  same(trainer:swap().net, other:swap().net)
  expect_error(function() trainer_of(net):swap() end, "swap: this trainer averages no parameters")
  for _, average in ipairs{ {}, { ema = 0.5, swa = true }, { ema = 1 } } do
    expect_error(function() trainer_of(net, { average = average }) end,
      "trainer: option 'average' is { ema = } below 1 or { swa = true }, one of them")
  end
end)

test("frozen parameters stay, and go on from their state", function()
  local net = network()
  local trainer = trainer_of(net)
  steps(trainer, 2)
  local before = { net:tensor("conv2d_1.weight"):clone(), net:tensor("conv2d_2.weight"):clone() }
  local state = trainer:state()["conv2d_1.weight.mean"]
  assert(net:freeze("conv2d_1", "batch*.w*") == net)
  steps(trainer, 3)
  assert((net:tensor("conv2d_1.weight") - before[1]):abs():max() == 0)
  assert((net:tensor("conv2d_2.weight") - before[2]):abs():max() > 0)
  local now = trainer:state()
  assert((now["conv2d_1.weight.mean"] - state):abs():max() == 0)
  assert(now["conv2d_1.weight.updates"] == 2 and now["conv2d_2.weight.updates"] == 5)
  local _, gradients = trainer:gradients(noisy, clean)
  assert(gradients["conv2d_1.weight"] == nil and gradients["conv2d_2.weight"])
  assert(net:tensors()[1].frozen and not net:copy():unfreeze("conv2d_1.*"):tensors()[1].frozen)
  assert(net:copy():tensors()[1].frozen)
  net:unfreeze()
  steps(trainer, 1)
  assert((net:tensor("conv2d_1.weight") - before[1]):abs():max() > 0)
  net:freeze()
  local last = net:tensor("conv2d_2.bias"):clone()
  steps(trainer, 1)
  assert((net:tensor("conv2d_2.bias") - last):abs():max() == 0)
  expect_error(function() net:freeze("enc*") end,
    "freeze: no parameter or layer is called 'enc*'; one is called conv2d_1.weight")
  expect_error(function() net:freeze(1) end, "expected a string")
  expect_error(function() nn.sequential{ nn.conv2d{ 1 } }:freeze() end,
    "freeze: the network has no parameters yet; build it for a shape first")
  expect_error(function() nn.sequential{ nn.maxpool2d{ 2 } }:build{ 1, 8, 8 }:unfreeze("x") end,
    "unfreeze: the network has no parameters that are trained")
end)

test("rates by layer", function()
  local net = network()
  local before = { net:tensor("conv2d_1.weight"):clone(), net:tensor("conv2d_2.weight"):clone() }
  local trainer = trainer_of(net, { rates = { ["conv2d_1*"] = 0, ["conv2d_2"] = 2, ["*.weight"] = 0.5 } })
  local twin = network()
  steps(trainer, 1)
  steps(trainer_of(twin), 1)
  assert((net:tensor("conv2d_1.weight") - before[1]):abs():max() == 0)
  assert((net:tensor("conv2d_2.weight") - twin:tensor("conv2d_2.weight")):abs():max() == 0)
  expect_error(function() trainer_of(net, { rates = { conv = 1 } }) end,
    "trainer: option 'rates': no parameter or layer is called 'conv'; one is called conv2d_1.weight")
  expect_error(function() trainer_of(net, { rates = { conv2d_1 = -1 } }) end,
    "trainer: rates: option 'conv2d_1' must be a number of at least 0, got -1")
  expect_error(function() trainer_of(net, { rates = { 0.1 } }) end, "trainer: option 'rates' has names")
  local late = trainer_of(nn.sequential{ nn.conv2d{ 1 } }, { rates = { conv2d_2 = 1 } })
  expect_error(function() steps(late, 1) end, "no parameter or layer is called 'conv2d_2'")
end)

support.done()
