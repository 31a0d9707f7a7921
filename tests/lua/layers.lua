-- Blocks made of layers: gates, attention, penalties on activities; options that are lists; what is told of mistakes.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, same = support.test, support.expect_error, support.same
local nn = ln.nn

local function trains(net, shape)
  local x = ln.rand({ 4, table.unpack(shape) }, 1)
  local y = net:predict(x)
  local trainer = ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 1e-2 } }
  local first = trainer:step(x, y * 0 + 0.5)
  for _ = 1, 10 do trainer:step(x, y * 0 + 0.5) end
  assert(trainer:evaluate(x, y * 0 + 0.5) < first)
  ln.gradcheck(net)
end

test("squeeze and excitation is a function of a few lines", function()
  local function excite(x, channels)
    local s = nn.conv2d{ channels // 2, kernel = 1, activation = "silu" }(nn.global_avgpool2d{}(x))
    return nn.mul{}(x, nn.conv2d{ channels, kernel = 1, activation = "sigmoid" }(s))
  end
  local x = nn.input{ 1, 8, 6 }
  local y = nn.conv2d{ 1 }(excite(nn.conv2d{ 8, activation = "gelu" }(x), 8))
  local net = nn.model{ inputs = x, outputs = y, seed = 1 }
  trains(net, { 1, 8, 6 })
  assert(net:predict(ln.rand({ 1, 1, 30, 20 }, 2)).shape[3] == 30, "images of any size")
end)

test("attention over the pixels of an image is a function, too", function()
  local function attend(x, channels, height, width, heads)
    local size = channels // heads
    local function part() return nn.reshape{ heads, size, height * width }(nn.conv2d{ channels, kernel = 1 }(x)) end
    local q, k, v = part(), part(), part()
    local weights = nn.softmax{ 3 }(nn.scale{ size ^ -0.5 }(nn.matmul{ transpose_a = true }(q, k)))
    return nn.reshape{ channels, height, width }(nn.matmul{ transpose_b = true }(v, weights))
  end
  local x = nn.input{ 4, 3, 5 }
  local y = nn.conv2d{ 4, kernel = 1 }(attend(nn.layer_norm{}(x), 4, 3, 5, 2)) + x
  trains(nn.model{ inputs = x, outputs = y, seed = 1 }, { 4, 3, 5 })
end)

test("sizes are given one by one or as a list", function()
  local ways = { nn.reshape{ 8, 4, 4 }, nn.reshape(8, 4, 4), nn.reshape{ { 8, 4, 4 } } }
  for _, layer in ipairs(ways) do
    assert(tostring(layer) == "reshape{ {8, 4, 4} }", tostring(layer))
    assert(layer.options.shape[1] == 8 and #layer.options.shape == 3)
  end
  assert(nn.reshape{ 128 }.options.shape == 128)
  expect_error(function() nn.reshape{ 8, 4, 4, 2 } end, "reshape: option 'shape' must be one to three integers")
  expect_error(function() nn.reshape{ 8, "a", 4 } end, "reshape: option 'shape' must be one to three integers")
  expect_error(function() nn.reshape{ 8, 4 } end, "must be {channels, height, width} or {features}, got 2 sizes")
  expect_error(function() nn.reshape{} end, "reshape: option 'shape' is required")
  expect_error(function() nn.permute{ 1, 1, 2 } end, "permute: option 'order' must name each of the dimensions")
  expect_error(function() nn.permute{ 1, 2, 4 } end, "option 'order' must be one to three integers from 1 to 3, got 4")
  expect_error(function() nn.relu{ 1, 2 } end, "relu: takes no value without a name")
end)

test("moved numbers are in the order of users", function()
  local function apply(layer, x) return nn.sequential{ layer }:predict(x:unsqueeze(1)):squeeze(1) end
  local x = ln.arange(1, 24):reshape{ 2, 3, 4 }
  same(apply(nn.reshape{ 4, 3, 2 }, x), x:reshape{ 4, 3, 2 }, 0)
  same(apply(nn.permute{ 3, 1, 2 }, x), x:permute{ 3, 1, 2 }, 0)
  same(apply(nn.slice{ 2 }, x), x[{ { 2, 2 } }], 0)
  local padded = x:pad({ { 1, 2 }, { 0, 1 } }, { mode = "reflect" })
  same(apply(nn.pad{ { 1, 2, 0, 1 }, mode = "reflect" }, x), padded, 0)
  same(apply(nn.crop{ { 1, 0 } }, x), x[{ {}, { 2, 2 }, {} }], 0)
end)

test("a penalty on activities is part of the training loss", function()
  local function loss(...)
    local net = nn.sequential{ nn.conv2d{ 4, activation = "sigmoid" }, ... }
    net:build({ 1, 8, 8 }, 1)
    local x = ln.rand({ 3, 1, 8, 8 }, 1)
    local trainer = ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = ln.optim.sgd{ lr = 1e-30 } }
    local y = net:predict(x)
    return trainer:step(x, y), trainer:evaluate(x, y), y
  end
  local plain, _, y = loss()
  local penalised, evaluated = loss(nn.activity_penalty{ l1 = 0.01, l2 = 0.1 })
  local expected = (0.01 * y:abs():sum() + 0.1 * (y * y):sum()) / 3
  assert(plain == 0 and math.abs(penalised - expected) < 1e-5 * expected, penalised .. " " .. expected)
  assert(evaluated == 0)
end)

test("activations by word, and the layers that have none", function()
  for _, word in ipairs{ "gelu", "softplus", "hardtanh" } do
    local x = ln.rand({ 1, 2, 6, 6 }, 1) - 0.5
    local fused = nn.sequential{ nn.conv2d{ 3, activation = word } }:build({ 2, 6, 6 }, 1)
    local apart = nn.sequential{ nn.conv2d{ 3 }, nn[word]{} }:build({ 2, 6, 6 }, 1)
    same(fused:predict(x), apart:predict(x))
  end
  expect_error(function() nn.conv2d{ 3, activation = "softmax" } end, "conv2d: option 'activation' must be 'linear'")
end)

test("a summary knows how far layers see", function()
  local function field(...) return nn.sequential{ ... }:summary{ 4, 16, 16 }.receptive_field end
  assert(field(nn.conv2d{ 4 }, nn.pixel_unshuffle{}, nn.conv2d{ 16 }, nn.pixel_shuffle{}) == "8x8")
  assert(field(nn.conv2d{ 4 }, nn.layer_norm{}, nn.crop{ 1 }) == "3x3")
  for _, layer in ipairs{ nn.layer_norm{ "all" }, nn.instance_norm{}, nn.global_avgpool2d{} } do
    assert(field(layer) == nil)
  end
end)

support.done()
