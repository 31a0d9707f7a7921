-- ln.ensemble, and what networks and ensembles score: net:evaluate.
local support = dofile "tests/lua/support.lua"
local ln = require "lunet"
local test, expect_error, close, same = support.test, support.expect_error, support.close, support.same
local nn = ln.nn

local function differs(a, b) return (a - b):abs():max() > 0 end

local function make(seed, width)
  return nn.sequential{ nn.conv2d{ width or 2, activation = "relu" }, nn.dropout{ 0.3 }, nn.conv2d{ 1 } }
    :build({ 1, 8, 8 }, seed)
end

local x = ln.rand({ 5, 1, 8, 8 }, 1)
local clean = ln.rand({ 5, 1, 8, 8 }, 2)

test("an ensemble predicts the mean and the standard deviation", function()
  local nets = { make(1), make(2, 3), make(3) }
  local ensemble = ln.ensemble(nets)
  local mean, spread = ensemble:predict(x)
  local all = ln.stack{ nets[1]:predict(x), nets[2]:predict(x), nets[3]:predict(x) }
  same(mean, all:mean(1), 1e-5)
  same(spread, all:std(1), 1e-4)
  assert(not differs(ensemble(x), mean) and select("#", ensemble(x)) == 1)
  local mapped = ln.data.tensors{ input = x }:map(ensemble)
  assert(not differs(mapped.images, mean))
  local plane = ensemble(x[2][1])
  same(plane, mean[2][1], 1e-6)
  assert(#ensemble == 3 and ensemble.networks[2] == nets[2] and ensemble.inputs == 1 and ensemble.outputs == 1)
  assert(tostring(ensemble) == "ensemble of 3 networks\n  1  " .. tostring(nets[1]) .. "\n  2  " .. tostring(nets[2])
    .. "\n  3  " .. tostring(nets[3]))
  local alone, none = ln.ensemble{ nets[1] }:predict(x)
  assert(not differs(alone, nets[1]:predict(x)) and none:abs():max() == 0)
end)

test("options of net:predict", function()
  local nets = { make(1), make(2) }
  local ensemble = ln.ensemble(nets)
  local mirrored, spread = ensemble:predict(x, { mirror = true })
  local a, b = nets[1]:predict(x, { mirror = true }), nets[2]:predict(x, { mirror = true })
  same(mirrored, (a + b) / 2, 1e-5)
  same(spread, (a - b):abs() / 2, 1e-4)
  local mean, all = ensemble:predict(x, { dropout = 30, seed = 2 })
  local m, s = nets[1]:predict(x, { dropout = 30, seed = 2 })
  assert(differs(m, mean) and all:mean() > s:mean() / 2)
  local before = ln.threads()
  for threads = 1, 3 do
    ln.threads(threads)
    local again, spread_again = ensemble:predict(x, { dropout = 30, seed = 2 })
    assert(not differs(again, mean) and not differs(spread_again, all))
  end
  ln.threads(before)
end)

test("the spread with dropout is over all draws of all networks", function()
  local function constant(value, p)
    local net = nn.sequential{ nn.dropout{ p }, nn.conv2d{ 1, kernel = 1 } }:build({ 1, 2, 2 }, 1)
    return net:set{ ["conv2d_1.weight"] = ln.ones{ 1, 1, 1, 1 }, ["conv2d_1.bias"] = ln.tensor{ value } }
  end
  local ones = ln.ones{ 1, 1, 2, 2 }
  local _, spread = ln.ensemble{ constant(0, 0.5), constant(6, 0.5) }:predict(ones, { dropout = 2000 })
  close(spread:mean(), math.sqrt(1 + 9), 0.05) -- within a network 1, between them 3
end)

test("several outputs, copies", function()
  local function two(seed)
    local input = nn.input{ 1, 8, 8 }
    local y = nn.conv2d{ 2 }(input)
    return nn.model{ inputs = input, outputs = { y, nn.conv2d{ 1 }(y) }, seed = seed }
  end
  local nets = { two(1), two(2) }
  local ensemble = ln.ensemble(nets)
  local means, spreads = ensemble:predict(x)
  same(means[1], (nets[1](x)[1] + nets[2](x)[1]) / 2, 1e-5)
  assert(spreads[2].shape[2] == 1)
  local copy = ensemble:copy()
  nets[1]:set("conv2d_1.bias", ln.tensor{ 3, 3 })
  assert(not differs(copy(x)[1], means[1]) and differs(ensemble(x)[1], means[1]))
end)

test("mistakes", function()
  local net = make(1)
  expect_error(function() ln.ensemble() end, "ensemble: what it is called with must be a table, got nil")
  expect_error(function() ln.ensemble(net) end, "ensemble: what it is called with must be a table, got a network")
  expect_error(function() ln.ensemble{} end, "ensemble: expected networks")
  expect_error(function() ln.ensemble{ net, 3 } end, "ensemble: entry 2 must be a network, got 3")
  expect_error(function() ln.ensemble{ net, make(2), net } end, "ensemble: entries 1 and 3 are the same network")
  expect_error(function() ln.ensemble{ net, mean = true } end, "ensemble: no option 'mean'; it takes a list")
  local function conv(channels, filters, size)
    return nn.sequential{ nn.conv2d{ filters } }:build({ channels, size or 8, 8 }, 1)
  end
  expect_error(function() ln.ensemble{ net, conv(2, 1) } end,
    "ensemble: the input of network 2 is 2x8x8, that of network 1 is 1x8x8")
  expect_error(function() ln.ensemble{ net, conv(1, 3) } end,
    "ensemble: the output of network 2 is 3x8x8, that of network 1 is 1x8x8")
  local half = nn.sequential{ nn.conv2d{ 1, stride = 2 } }
  expect_error(function() ln.ensemble{ net, half:copy():build{ 1, 8, 8 } } end,
    "ensemble: the output of network 2 is 1x4x4, that of network 1 is 1x8x8")
  expect_error(function() ln.ensemble{ net, half }(x) end, "ensemble: network 2 gives 5x1x4x4, network 1 gives 5x1x8x8")
  assert(ln.ensemble{ net, conv(1, 1, 16) }(x), "built for another size")
  local a, b = nn.input{ 1, 8, 8 }, nn.input{ 1, 8, 8 }
  expect_error(function() ln.ensemble{ net, nn.model{ inputs = { a, b }, outputs = a + b } } end,
    "ensemble: network 2 has 2 inputs, network 1 has 1")
  local ensemble = ln.ensemble{ net, make(2) }
  expect_error(function() ensemble:predict(x, { miror = true }) end, "no option 'miror'; did you mean 'mirror'?")
  expect_error(function() ensemble:predict(ln.ones{ 1, 3, 8, 8 }) end, "ensemble: network 1: layer 1 (conv2d)")
  expect_error(function() ensemble:predict(3) end, "ensemble: network 1: predict: argument 2: expected a tensor, got 3")
  expect_error(function() return ensemble.predct end, "no method or field 'predct'; did you mean 'predict'?")
  expect_error(function() ensemble:save("x") end, "save each network on its own")
  expect_error(function() ensemble.weights = {} end, "nothing can be set, got a value for 'weights'")
end)

test("evaluate: means over images, of networks and ensembles, whatever the batch", function()
  local net, ensemble = make(1), ln.ensemble{ make(1), make(2) }
  local psnr = ln.metric.psnr{}
  local x, clean = ln.rand({ 5, 1, 16, 16 }, 1), ln.rand({ 5, 1, 16, 16 }, 2) -- luacheck: ignore 431
  local scores = net:evaluate(x, clean, { metrics = { psnr = psnr } })
  close(scores.psnr, (psnr(net:predict(x), clean)), 1e-4)
  assert(scores.images == 5)
  for _, batch in ipairs{ 1, 2, 5 } do
    close(net:evaluate(x, clean, { metrics = { psnr = psnr }, batch = batch }).psnr, scores.psnr, 1e-4)
  end
  local both = ensemble:evaluate(x, clean)
  close(both.psnr, (psnr(ensemble(x), clean)), 1e-4)
  assert(both.ssim and both.images == 5)
  local mirrored = ensemble:evaluate(x, clean, { mirror = true })
  close(mirrored.psnr, (psnr(ensemble(x, { mirror = true }), clean)), 1e-4)
  local function worst(y, t) return (y - t):abs():max() end
  close(net:evaluate(x, clean, { metrics = { worst = worst } }).worst, worst(net:predict(x), clean), 1e-6)
end)

test("mistakes of evaluate", function()
  local net, ensemble = make(1), ln.ensemble{ make(1), make(2) }
  expect_error(function() net:evaluate(x, clean[{ { 1, 3 } }]) end, "net:evaluate: input has 5 images, target 3")
  expect_error(function() net:evaluate(x) end,
    "net:evaluate: the target must be a tensor or a list of tensors, got nil")
  expect_error(function() net:evaluate({ x, x }, clean) end, "expected 1 input and 1 target, got 2 and 1")
  expect_error(function() net:evaluate(x, clean, { metrics = { ln.metric.ssim{} } }) end,
    "net:evaluate: option 'metrics' has names such as ssim")
  expect_error(function() ensemble:evaluate(x, clean, { metrics = { a = 3 } }) end,
    "ensemble:evaluate: option 'metrics': 'a' must be a metric item or a function, got 3")
  expect_error(function() net:evaluate(x, clean, { metrics = { a = function() return "b" end } }) end,
    "net:evaluate: metric 'a' must give a number, got 'b'")
  expect_error(function() net.evaluate(3, x, clean) end, "net:evaluate: called on 3, expected a network")
  expect_error(function() ensemble.evaluate(net, x, clean) end, "called on a network, expected an ensemble")
end)

support.done()
