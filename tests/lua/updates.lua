-- ln.fit with schedules, clipping, accumulation, averages, rates by layer and frozen layers.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

local nn = ln.nn
local clean = ln.data.phantom{ 12, size = { 8, 8 }, seed = 3 }.images
local noisy = ln.noise.gaussian{ p = 0.1, seed = 1 }(clean)

local function fit(more, net)
  net = net or nn.sequential{ nn.conv2d{ 3, activation = "relu" }, nn.conv2d{ 1 } }
  local o = {
    input = noisy, target = clean, loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 1e-2 }, epochs = 3, batch = 4,
    seed = 7, progress = "none",
  }
  for name, value in pairs(more) do o[name] = value end
  return ln.fit(net, o), net
end

test("the run is as long as ln.fit makes it, for schedules too", function()
  local history = fit{ schedule = ln.schedule.cosine{} }
  close(history[3].lr, 1e-2 * (1 + math.cos(math.pi * 8 / 9)) / 2, 1e-12)
  history = fit{ schedule = ln.schedule.step{ 1, by = "epoch", gamma = 0.5 } }
  assert(history[1].lr == 1e-2 and history[2].lr == 5e-3 and history[3].lr == 2.5e-3)
  local calls = {}
  fit{ schedule = function(step, steps) calls[#calls + 1] = step; assert(steps == 9) return 0 end }
  assert(#calls == 9 and calls[9] == 9)
  history = fit{ schedule = ln.schedule.plateau{ 0.5, patience = 0 }, optimizer = ln.optim.sgd{ 0 } }
  assert(history[2].lr == 0)
  history = fit{ schedule = ln.schedule.plateau{ 0.5, patience = 0, threshold = 1 }, validation = 0.25 }
  assert(history[2].lr == 1e-2 and history[3].lr == 5e-3)
  expect_error(function() fit{ schedule = ln.schedule.cosine{ warmup = 9 } } end,
    "cosine: a warm-up of 9 leaves nothing of 9 steps")
end)

test("averages are judged, kept and left in the network", function()
  local _, plain = fit{}
  local last, judged
  local history, net = fit{ average = { ema = 0.5 }, validation = 0.25, on_epoch = function(entry, at)
    last, judged = at.net:copy(), entry.val_loss
  end }
  local trainer = ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = ln.optim.adam{} }
  assert((net:tensor("conv2d_1.weight") - last:tensor("conv2d_1.weight")):abs():max() > 0)
  if history.best_epoch == 3 then
    local set = select(2, ln.data.phantom{ 1, size = { 8, 8 } }, nil)
    assert(set == nil and judged == history[3].val_loss)
  end
  assert(trainer:evaluate(noisy, clean) > 0)
  -- The mean after each epoch from the second on.
  local sum
  local _, swa = fit{ average = { swa = true, from = 2 }, on_epoch = function(entry, at)
    local w = at.net:tensor("conv2d_1.weight"):clone()
    if entry.epoch > 1 then sum = sum and sum + w or w end
  end }
  close((swa:tensor("conv2d_1.weight") - sum / 2):abs():max(), 0, 1e-6)
  assert((swa:tensor("conv2d_1.weight") - plain:tensor("conv2d_1.weight")):abs():max() > 0)
end)

test("what a run freezes is frozen for that run", function()
  local net = nn.sequential{ nn.conv2d{ 3, activation = "relu" }, nn.conv2d{ 1 } }:build({ 1, 8, 8 }, 1)
  local before = net:tensor("conv2d_1.weight"):clone()
  net:freeze("conv2d_2.bias")
  fit({ freeze = "conv2d_1" }, net)
  assert((net:tensor("conv2d_1.weight") - before):abs():max() == 0)
  local frozen = {}
  for _, tensor in ipairs(net:tensors()) do frozen[tensor.name] = tensor.frozen end
  assert(not frozen["conv2d_1.weight"] and frozen["conv2d_2.bias"])
  expect_error(function() fit({ freeze = { "conv2d_1", "enc*" } }, net) end, "no parameter or layer is called 'enc*'")
  assert(not net:tensors()[1].frozen)
end)

test("accumulation, clipping and rates reach the trainer", function()
  local steps = 0
  local history = fit{ accumulate = 2, clip = { norm = 1 }, rates = { conv2d_1 = 0.5 }, schedule = function(step)
    steps = step
    return 1
  end }
  assert(steps == 4 and #history == 3) -- of 9 batches
  expect_error(function() fit{ accumulate = 0 } end, "fit: option 'accumulate' must be an integer of at least 1, got 0")
  expect_error(function() fit{ clip = { norm = -1 } } end, "fit: clip: option 'norm' must be a number above 0, got -1")
  expect_error(function() fit{ average = { ema = 2 } } end, "fit: average: option 'ema' must be")
end)

test("the same bits for any number of threads", function()
  local function run(threads)
    local before = ln.threads()
    ln.threads(threads)
    local _, net = fit{ accumulate = 2, clip = { norm = 0.01 }, average = { ema = 0.9 },
      schedule = ln.schedule.one_cycle{} }
    ln.threads(before)
    return net
  end
  local one, two = run(1), run(2)
  for _, tensor in ipairs(one:tensors()) do
    assert((one:tensor(tensor.name) - two:tensor(tensor.name)):abs():max() == 0)
  end
end)

support.done()
