-- net:predict: images with or without their batch dimension, averages over symmetries, dropout drawn several times.
local support = dofile "tests/lua/support.lua"
local ln = require "lunet"
local test, expect_error, same = support.test, support.expect_error, support.same
local nn = ln.nn

local function differs(a, b) return (a - b):abs():max() > 0 end
local function shape(t) return table.concat(t.shape, "x") end

-- f(1), f(2) and f(3) threads give the same bits.
local function same_on_any_threads(f)
  local before, first = ln.threads(), nil
  for threads = 1, 3 do
    ln.threads(threads)
    local results = table.pack(f())
    ln.threads(before)
    first = first or results
    for i, t in ipairs(results) do assert(not differs(t, first[i])) end
  end
end

-- ---- Dimensions ----

test("the output comes in as many dimensions as the image", function()
  local net = nn.sequential{ nn.conv2d{ 3 }, nn.conv2d{ 1 } }:build({ 1, 8, 8 }, 1)
  local x = ln.rand({ 4, 1, 8, 6 }, 1)
  local y = net:predict(x)
  assert(shape(y) == "4x1x8x6" and shape(net:predict(x[2])) == "1x8x6" and shape(net:predict(x[2][1])) == "8x6")
  same(net:predict(x[2])[1], y[2][1], 1e-6)
  same(net:predict(x[2][1]), y[2][1], 1e-6)
  same(net(x[2][1]:transpose(1, 2)), net(x:transpose(3, 4))[2][1], 1e-6)
  assert(shape(net:predict(x:narrow(1, 1, 0))) == "0x1x8x6")
end)

test("planes that become several channels, features, and sides that poolings do not divide", function()
  local two = nn.sequential{ nn.conv2d{ 2 } }
  assert(shape(two:predict(ln.ones{ 8, 6 })) == "2x8x6", "not built yet: features do not fit, a plane does")
  local mlp = nn.sequential{ nn.dense{ 3 } }
  assert(shape(mlp:predict(ln.ones{ 5 })) == "3" and shape(mlp:predict(ln.ones{ 2, 5 })) == "2x3")
  local class = nn.sequential{ nn.conv2d{ 2 }, nn.flatten{}, nn.dense{ 3 } }
  assert(shape(class:predict(ln.ones{ 4, 4 })) == "3" and shape(class:predict(ln.ones{ 2, 1, 4, 4 })) == "2x3")
  local pooled = nn.sequential{ nn.conv2d{ 2 }, nn.maxpool2d{}, nn.upsample2d{}, nn.conv2d{ 1 } }
  assert(shape(pooled:predict(ln.rand({ 7, 9 }, 1))) == "7x9")
end)

test("several inputs and outputs", function()
  local a, b = nn.input{ 1, 8, 8 }, nn.input{ 2, 8, 8 }
  local h = nn.concat(a, b)
  local net = nn.model{ inputs = { a, b }, outputs = { nn.conv2d{ 1 }(h), nn.dense{ 3 }(nn.flatten{}(h)) }, seed = 1 }
  local x = { ln.rand({ 2, 1, 8, 8 }, 1), ln.rand({ 2, 2, 8, 8 }, 2) }
  local y, one = net:predict(x), net:predict{ x[1][2], x[2][2] }
  assert(shape(one[1]) == "1x8x8" and shape(one[2]) == "3")
  same(one[1], y[1][2])
  same(one[2], y[2][2])
  assert(shape(net:predict({ x[1][2][1], x[2][2] })[1]) == "1x8x8", "a plane and an image")
  assert(shape(net:predict({ x[1]:narrow(1, 1, 1), x[2][2] })[1]) == "1x1x8x8", "a batch of one and an image")
  expect_error(function() net:predict{ x[1], x[2][2] } end, "predict: input 1 has 2 samples and input 2 has 1")
  local mirrored = net:predict(x, { mirror = true })
  assert(shape(mirrored[1]) == "2x1x8x8" and shape(mirrored[2]) == "2x3" and differs(mirrored[1], y[1]))
end)

test("mistakes", function()
  local net = nn.sequential{ nn.conv2d{ 1 } }:build({ 1, 4, 4 }, 1)
  local x = ln.ones{ 1, 1, 4, 4 }
  expect_error(function() net:predict(ln.ones{ 1, 1, 1, 4, 4 }) end, "got 1x1x1x4x4")
  expect_error(function() net:predict(ln.ones{ 4 }) end, "got 4")
  expect_error(function() net:predict(ln.ones{ 2, 4, 4 }) end, "layer 1 (conv2d)")
  expect_error(function() net:predict("x") end, "predict: argument 2: expected a tensor, got 'x'")
  expect_error(function() net:predict(x, 3) end, "net:predict: expected a table of options, got 3")
  expect_error(function() net:predict(x, { miror = true }) end, "no option 'miror'; did you mean 'mirror'?")
  expect_error(function() net:predict(x, { mirror = 1 }) end,
    "option 'mirror' must be true, false or 'horizontal', got 1")
  expect_error(function() net:predict(x, { mirror = "vertical" }) end,
    "option 'mirror' must be true, false or 'horizontal', got 'vertical'")
  expect_error(function() net:predict(x, { dropout = 0 }) end,
    "option 'dropout' must be an integer of at least 1, got 0")
  expect_error(function() net:predict(x, {}, 3) end, "takes images and options, and no more, got 3 as well")
  expect_error(function() net:predict(x, { dropout = 5 }) end, "the network has no dropout layer")
  expect_error(function() nn.sequential{ nn.dense{ 2 } }:predict(ln.ones{ 3, 4 }, { mirror = true }) end,
    "net:predict: option 'mirror': the network takes features, and no images to mirror")
  assert(not differs(net(x, { mirror = false }), net:predict(x)), "calling it takes options, too")
end)

-- ---- Symmetries ----

local function turns(x)
  local list = {}
  for _, t in ipairs{ x, x:transpose(3, 4) } do
    for _, u in ipairs{ t, t:flip(-2) } do
      for _, v in ipairs{ u, u:flip(-1) } do list[#list + 1] = v end
    end
  end
  return list
end

test("mirror: the mean over eight symmetries, which is as symmetric as the image", function()
  local net = nn.sequential{ nn.conv2d{ 4, activation = "relu" }, nn.conv2d{ 1 } }:build({ 1, 8, 8 }, 1)
  local x = ln.rand({ 2, 1, 8, 8 }, 1)
  local y = net:predict(x, { mirror = true })
  local sum = 0
  for k, t in ipairs(turns(x)) do same(net:predict(t, { mirror = true }), turns(y)[k], 1e-5) end
  local function undone(k, t)
    local diagonal, rows, columns = k > 4, (k - 1) // 2 % 2 == 1, k % 2 == 0
    if columns then t = t:flip(-1) end
    if rows then t = t:flip(-2) end
    return diagonal and t:transpose(3, 4) or t
  end
  for k, t in ipairs(turns(x)) do sum = sum + undone(k, net:predict(t)) end
  same(y, sum / 8, 1e-5)
  assert(select("#", net:predict(x, { mirror = true })) == 1)
  assert(shape(net:predict(x[1][1], { mirror = true })) == "8x8")
  same(net:predict(x[1][1], { mirror = true }), y[1][1], 1e-5)
  same_on_any_threads(function() return net:predict(x, { mirror = true }) end)
end)

test("mirror = 'horizontal': the mean with the mirror image, left and right only", function()
  local net = nn.sequential{ nn.conv2d{ 4, activation = "relu" }, nn.conv2d{ 1 } }:build({ 1, 8, 8 }, 1)
  local x = ln.rand({ 2, 1, 8, 8 }, 1)
  local y = net:predict(x, { mirror = "horizontal" })
  same(y, (net:predict(x) + net:predict(x:flip(-1)):flip(-1)) / 2, 1e-6)
  same(net:predict(x:flip(-1), { mirror = "horizontal" }), y:flip(-1), 1e-6)
  assert(differs(net:predict(x:flip(-2), { mirror = "horizontal" }), y:flip(-2)))
  same_on_any_threads(function() return net:predict(x, { mirror = "horizontal" }) end)
end)

test("mirror leaves what is symmetric to the bit", function()
  local net = nn.sequential{ nn.relu{} }:build({ 1, 6, 6 }, 1)
  local x = ln.randn({ 2, 1, 6, 6 }, 1)
  assert(not differs(net:predict(x, { mirror = true }), net:predict(x)))
end)

test("mirror of images that are not square: height and width change places, and back", function()
  local net = nn.sequential{ nn.conv2d{ 4, activation = "relu" }, nn.maxpool2d{}, nn.upsample2d{}, nn.conv2d{ 1 } }
  net:build({ 1, 8, 12 }, 1)
  local x = ln.rand({ 1, 1, 8, 12 }, 1)
  local y = net:predict(x, { mirror = true })
  assert(shape(y) == "1x1x8x12" and net.input_shape[2] == 8)
  same(net:predict(x:transpose(3, 4), { mirror = true }), y:transpose(3, 4), 1e-5)
  assert(shape(net:predict(ln.rand({ 7, 9 }, 1), { mirror = true })) == "7x9")
end)

test("mirror of networks for one size: the four mirrorings", function()
  local net = nn.sequential{ nn.flatten{}, nn.dense{ 24 }, nn.reshape{ 1, 4, 6 } }:build({ 1, 4, 6 }, 1)
  local x = ln.rand({ 3, 1, 4, 6 }, 1)
  local want = 0
  for _, dims in ipairs{ {}, { -1 }, { -2 }, { -2, -1 } } do
    local function flip(t) return #dims > 0 and t:flip(dims) or t end
    want = want + flip(net:predict(flip(x)))
  end
  same(net:predict(x, { mirror = true }), want / 4, 1e-5)
  assert(net.input_shape[2] == 4 and net.input_shape[3] == 6)
  local halves = nn.sequential{ nn.conv2d{ 1, stride = { 1, 2 } } }:build({ 1, 8, 8 }, 1) -- 8x4 of turned ones, too
  assert(shape(halves:predict(ln.rand({ 1, 1, 8, 8 }, 1), { mirror = true })) == "1x1x8x4")
end)

-- ---- Dropout ----

local function dropping(seed)
  return nn.sequential{ nn.conv2d{ 4, activation = "relu" }, nn.batch_norm{}, nn.dropout{ 0.3 }, nn.maxpool2d{},
    nn.conv2d{ 4 }, nn.upsample2d{}, nn.dropout2d{ 0.2 }, nn.conv2d{ 1 } }:build({ 1, 8, 8 }, seed)
end

test("dropout: mean and standard deviation of what it is known of", function()
  local net = nn.sequential{ nn.dropout{ 0.2 } }:build({ 1, 4, 4 }, 1)
  local x = ln.rand({ 3, 1, 4, 4 }, 1) + 1
  local mean, spread = net:predict(x, { dropout = 4000 })
  same(mean, x, 0.03)
  same(spread, x * 0.5, 0.03) -- x sqrt(p / (1 - p))
end)

test("dropout: the same seed gives the same bits on any threads, another one others", function()
  local net = dropping(1)
  local x = ln.rand({ 5, 1, 8, 8 }, 1)
  same_on_any_threads(function() return net:predict(x, { dropout = 7, seed = 3 }) end)
  same_on_any_threads(function() return net:predict(x[1], { dropout = 7, seed = 3 }) end)
  same_on_any_threads(function() return net:predict(x, { dropout = 3, mirror = true }) end)
  local a, b = net:predict(x, { dropout = 7, seed = 3 }), net:predict(x, { dropout = 7, seed = 4 })
  assert(differs(a, b))
  local one, none = net:predict(x, { dropout = 1 })
  assert(none:abs():max() == 0 and differs(one, net:predict(x)))
  local image, spread = net:predict(x[1][1], { dropout = 4 })
  assert(shape(image) == "8x8" and shape(spread) == "8x8" and spread:max() > 0)
end)

test("dropout leaves batch_norm as in prediction, and the network as it was", function()
  local net = nn.sequential{ nn.batch_norm{}, nn.dropout{ 0 } }:build({ 1, 4, 4 }, 1)
  net:set("batch_norm_1.running_mean", ln.tensor{ 5 })
  local x = ln.rand({ 2, 1, 4, 4 }, 1)
  local mean, spread = net:predict(x, { dropout = 3 })
  same(mean, (x - 5) / math.sqrt(1 + 1e-5), 1e-6)
  assert(spread:max() == 0 and net:get("batch_norm_1.running_mean"):item() == 5)
  net = dropping(1)
  local before = net:predict(x)
  net:predict(x, { dropout = 3 })
  assert(not differs(net:predict(x), before))
end)

test("layers that see the whole batch do not see several draws", function()
  local net = nn.sequential{ nn.dropout{ 0.5 }, nn.batch_norm{ track_running_stats = false } }:build({ 1, 4, 4 }, 1)
  local x = ln.rand({ 2, 1, 4, 4 }, 1)
  same_on_any_threads(function() return net:predict(x, { dropout = 5 }) end)
  local one = net:predict(x, { dropout = 1 })
  assert(math.abs(one:mean()) < 1e-5 and math.abs(one:std() - 1) < 1e-3)
end)

test("mirror and dropout together: the spread is over all draws", function()
  local net = dropping(1)
  local x = ln.rand({ 2, 1, 8, 8 }, 1)
  local mean, spread = net:predict(x, { dropout = 50, mirror = true })
  local mirrored = net:predict(x, { mirror = true })
  local _, alone = net:predict(x, { dropout = 50 })
  assert((mean - mirrored):abs():mean() < spread:mean() / 4)
  assert(spread:mean() > alone:mean() and spread:mean() < 2 * alone:mean(), "that of the symmetries comes to it")
end)

test("dropout with several inputs and outputs, and a layer of one's own", function()
  local a, b = nn.input{ 1, 8, 8 }, nn.input{ 1, 8, 8 }
  local double = nn.custom{ name = "double", forward = function(x) return 2 * x end }
  local h = nn.dropout{ 0.4 }(double(nn.dropout{ 0.4 }(a + b)))
  local net = nn.model{ inputs = { a, b }, outputs = { nn.conv2d{ 1 }(h), h }, seed = 1 }
  local x = { ln.rand({ 3, 1, 8, 8 }, 1), ln.rand({ 3, 1, 8, 8 }, 2) }
  local means, spreads = net:predict(x, { dropout = 400 })
  same(means[2], 2 * (x[1] + x[2]), 0.25)
  assert(spreads[1]:min() > 0 and shape(spreads[2]) == "3x1x8x8")
  same_on_any_threads(function()
    local m, s = net:predict(x, { dropout = 5, seed = 2 })
    return m[1], m[2], s[1], s[2]
  end)
end)

support.done()
