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
