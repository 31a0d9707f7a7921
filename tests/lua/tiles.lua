-- Receptive fields against what changes when rows and columns of an image do; predictions in tiles against those of the
-- image at once.
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local ln = require "lunet"
local test, expect_error, same = support.test, support.expect_error, support.same
local nn = ln.nn

local function shape(t) return table.concat(t.shape, "x") end

-- ---- Networks of all kinds of layers ----

local function branches(make)
  local x = nn.input{ 1, 40, 44 }
  return nn.model{ inputs = x, outputs = make(x), seed = 1 }
end

-- Each with the most rows and columns that an output's pixel depends on, counted by hand, and its stride.
local networks = {
  { "dilated", nn.sequential{ nn.conv2d{ 3, kernel = { 3, 5 }, dilation = 2 }, nn.conv2d{ 1 } }, { 7, 11 }, { 1, 1 } },
  { "pooled", nn.sequential{ nn.conv2d{ 3 }, nn.maxpool2d{ 2 }, nn.conv2d{ 3 }, nn.upsample2d{ 2 }, nn.conv2d{ 1 } },
    { 10, 10 }, { 2, 2 } },
  { "overlapping windows", nn.sequential{ nn.maxpool2d{ 3, stride = 2, padding = 1 }, nn.conv2d{ 2 },
    nn.avgpool2d{ { 1, 2 } }, nn.upsample2d{ { 2, 4 } }, nn.conv2d{ 1 } }, { 9, 13 }, { 2, 4 } },
  { "strides with padding that depends on the size", nn.sequential{ nn.conv2d{ 3, stride = 2, kernel = 3 },
    nn.conv2d{ 3, stride = { 1, 2 }, kernel = 5 }, nn.conv_transpose2d{ 2, kernel = 3, stride = { 2, 4 } } },
    { 13, 11 }, { 2, 4 } },
  { "transposed", nn.sequential{ nn.conv2d{ 2, stride = 2, kernel = 2 },
    nn.conv_transpose2d{ 2, kernel = 5, stride = 2 }, nn.conv2d{ 1 } }, { 8, 8 }, { 2, 2 } },
  { "shuffled", nn.sequential{ nn.pixel_unshuffle{ 2 }, nn.conv2d{ 8 }, nn.pixel_shuffle{ 2 } }, { 6, 6 }, { 2, 2 } },
  { "interpolated", nn.sequential{ nn.avgpool2d{ 2 }, nn.conv2d{ 2 }, nn.upsample2d{ 2, mode = "bilinear" } }, { 8, 8 },
    { 2, 2 } },
  { "cubic and area", nn.sequential{ nn.upsample2d{ 0.5, mode = "area" }, nn.upsample2d{ 2, mode = "bicubic" } },
    { 8, 8 }, { 2, 2 } },
  { "threefold", nn.sequential{ nn.upsample2d{ 3, mode = "bilinear" }, nn.upsample2d{ 1 / 3, mode = "nearest-exact" },
    nn.conv2d{ 1 } }, { 3, 3 }, { 1, 1 } },
  { "mirrored edges", nn.sequential{ nn.conv2d{ 2, padding_mode = "reflect" },
    nn.pad{ { 3, 1, 0, 2 }, mode = "symmetric" }, nn.conv2d{ 1, padding = "valid", kernel = { 5, 3 } } } },
  { "replicated edges, one-sided", nn.sequential{ nn.conv2d{ 2, padding = { 4, 0, 0, 4 }, kernel = 5,
    padding_mode = "replicate" } } },
  { "constant edges and crops", nn.sequential{ nn.pad{ 4, value = 1 }, nn.conv2d{ 2 }, nn.crop{ { 4, 4, 3, 5 } } },
    { 3, 3 }, { 1, 1 } },
  { "pointwise", nn.sequential{ nn.conv2d{ 4 }, nn.batch_norm{}, nn.layer_norm{}, nn.prelu{}, nn.slice{ 2, last = 3 },
    nn.softmax{}, nn.scale{ 2 }, nn.dropout{ 0.5 }, nn.gelu{}, nn.conv2d{ 1 } }, { 5, 5 }, { 1, 1 } },
  { "depthwise", nn.sequential{ nn.conv2d{ 3 }, nn.depthwise_conv2d{ kernel = { 5, 1 } } }, { 7, 3 }, { 1, 1 } },
  { "skips", branches(function(x)
    local a = nn.conv2d{ 3 }(x)
    local b = nn.conv2d{ 3 }(nn.maxpool2d{ 2 }(a))
    return nn.conv2d{ 1 }(nn.concat{ nn.upsample2d{ 2 }(b), a }) + x
  end), { 10, 10 }, { 2, 2 } },
  { "unpooled", branches(function(x)
    local a = nn.conv2d{ 2 }(x)
    return nn.conv2d{ 1 }(nn.max_unpool2d{ 2 }(nn.conv2d{ 2 }(nn.maxpool2d{ 2 }(a)), a))
  end), nil, { 2, 2 } },
  { "twice as large", nn.sequential{ nn.conv2d{ 4 }, nn.pixel_shuffle{ 2 }, nn.conv2d{ 1 } }, { 4, 4 }, { 1, 1 } },
  { "half as large", nn.sequential{ nn.conv2d{ 4 }, nn.maxpool2d{ 2 }, nn.conv2d{ 1 } }, { 8, 8 }, { 2, 2 } },
}

-- ---- Receptive fields ----

-- The most pixels between the first and the last that change the same output row (3) or column (4).
local function measured(net, dimension)
  local size, first, last = dimension == 3 and 40 or 44, {}, {}
  local x = ln.rand({ 1, 1, 40, 44 }, 3)
  local changed = x + ln.zeros{ size, 1, 40, 44 }
  for place = 1, size do
    local line = changed[place]:narrow(dimension - 1, place, 1)
    line:copy(ln.rand(line.shape, place) * 50)
  end
  local moved = (net:predict(changed) - net:predict(x)):abs():max({ 2, dimension == 3 and 4 or 3 }):reshape{ size, -1 }
  moved = moved:totable()
  for place = 1, size do
    for at, by in ipairs(moved[place]) do
      if by > 1e-6 then first[at], last[at] = first[at] or place, place end
    end
  end
  local most = 0
  for at, from in pairs(first) do most = math.max(most, last[at] - from + 1) end
  return most
end

test("receptive fields: as counted by hand, and no smaller than what changes an output", function()
  for _, case in ipairs(networks) do
    local name, net, want, stride = table.unpack(case)
    local field, reason = net:receptive_field{ 1, 40, 44 }
    assert(field, reason)
    if want then
      assert(field[1] == want[1] and field[2] == want[2], ("%s: %dx%d"):format(name, field[1], field[2]))
    end
    if stride then assert(field.stride[1] == stride[1] and field.stride[2] == stride[2], name) end
    net:build({ 1, 40, 44 }, 1)
    for d = 1, 2 do
      local most = measured(net, d + 2)
      assert(most <= field[d] and (not want or most == field[d]), ("%s: %d of %d"):format(name, most, field[d]))
    end
  end
end)

test("receptive fields of models", function()
  for name, want in pairs{ cnn_dae = "26x26", dncnn = "35x35", ffdnet = "62x62", red_net = "21x21" } do
    local channels = name == "ffdnet" and 2 or 1
    local field = ln.models[name]{}:receptive_field{ channels, 64, 64 }
    assert(("%dx%d"):format(field[1], field[2]) == want, name .. " " .. field[1])
  end
end)

test("every layer has a window, or a reason for none", function()
  local window = require "lunet.layer_window"
  local field, reason = nn.sequential{ nn.conv2d{ 2 }, nn.flatten{}, nn.dense{ 3 } }:receptive_field{ 1, 8, 8 }
  assert(field == nil and reason == "layer 2 (flatten_1) reads the whole image", reason)
  for layer, text in pairs{
    [nn.instance_norm{}] = "takes mean and variance of the whole image",
    [nn.group_norm{ 1 }] = "takes mean and variance", [nn.layer_norm{ "all" }] = "takes mean and variance",
    [nn.batch_norm{ track_running_stats = false }] = "takes mean and variance",
    [nn.global_avgpool2d{}] = "reads the whole image", [nn.softmax{ 2 }] = "divides by a sum along the plane",
    [nn.conv2d{ 1, padding_mode = "circular" }] = "what lies at the opposite one",
    [nn.upsample2d{ size = { 8, 8 } }] = "gives one size, whatever comes",
    [nn.upsample2d{ 1.5 }] = "has a scale of 1.5, with which pixels do not line up",
    [nn.upsample2d{ mode = "bilinear", align_corners = true }] = "aligns the image's corners",
    [nn.custom{ name = "double", forward = function(x) return 2 * x end }] = "a layer of one's own",
  } do
    local none, why = nn.sequential{ layer }:receptive_field{ 1, 8, 8 }
    assert(none == nil and why:find(text, 1, true) and why:find("layer 1 (", 1, true), why)
  end
  local x = nn.input{ 2, 8, 8 }
  local gated = nn.model{ inputs = x, outputs = nn.mul{ x, nn.global_avgpool2d{}(x) } }
  assert(select(2, gated:receptive_field{ 2, 8, 8 }):find("global_avgpool2d_1", 1, true))
  assert(window({ type = "relu", item = nn.relu{}, out = { 1, 4, 4 } }, 1, 1, { 1, 4, 4 }).step == 1)
end)

test("receptive fields: mistakes", function()
  local net = nn.sequential{ nn.conv2d{ 1 } }
  expect_error(function() net:receptive_field() end, "net:receptive_field: the network is not built yet; give the")
  expect_error(function() net:receptive_field(3) end,
    "net:receptive_field: the shape of an image must be a table, got 3")
  expect_error(function() net:receptive_field({ 1, 8, 8 }, 3) end, "takes the shape of an image, and no more")
  assert(net:receptive_field{ 1, 8, 8 }[1] == 3 and not net.built)
end)

-- ---- Tiles ----

-- In tiles as at once; options: of the prediction in tiles.
local function agrees(net, x, options, text)
  local want, got = net:predict(x), net:predict(x, options)
  assert(shape(want) == shape(got), ("%s: %s, not %s"):format(text, shape(got), shape(want)))
  local off = (want - got):abs():max()
  assert(off < 1e-5, ("%s: off by %g"):format(text, off))
end

test("tiles are what the image at once is, at any size", function()
  for _, case in ipairs(networks) do
    local name, net = table.unpack(case)
    net:build({ 1, 40, 44 }, 1)
    for _, size in ipairs{ { 96, 80 }, { 61, 87 } } do
      local x = ln.rand({ 1, 1, size[1], size[2] }, size[1])
      agrees(net, x, { tile = 16 }, name)
      agrees(net, x, { tile = { 13, 200 } }, name)
    end
  end
end)

test("tiles of a U-Net and other models", function()
  for name, options in pairs{ unet = { widths = { 4, 6, 8, 8 }, norm = true }, cnn_dae = { widths = { 4, 8, 8, 4 } },
    residual_dae = { widths = { 4, 4, 4, 4 } }, dncnn = { depth = 5, filters = 6 },
    red_net = { depth = 6, filters = 4 }, tied_conv_ae = { widths = { 4 } } } do
    local net = ln.models[name](options):build({ 1, 64, 64 }, 2)
    for _, size in ipairs{ { 160, 129 }, { 203, 64 } } do
      agrees(net, ln.rand({ 1, 1, size[1], size[2] }, 5), { tile = 32 }, name)
    end
  end
end)

test("ranks, batches, mirror, ensembles, and the network as it was", function()
  local net = ln.models.unet{ widths = { 4, 6 } }:build({ 1, 64, 64 }, 1)
  local x = ln.rand({ 2, 1, 75, 90 }, 1)
  agrees(net, x[1], { tile = 20 }, "one image")
  agrees(net, x[1][1], { tile = 20 }, "a plane")
  assert(shape(net:predict(x:narrow(1, 1, 0), { tile = 20 })) == "0x1x75x90")
  net:predict(x, { tile = 20 })
  assert(net.input_shape[2] == 76 and net.input_shape[3] == 90)
  same(net:predict(x, { tile = 20, mirror = true }), net:predict(x, { mirror = true }), 1e-5)
  same(ln.ensemble{ net, net:copy() }:predict(x, { tile = 20 }), net:predict(x), 1e-5)
  assert(shape(net(x, { tile = 1000 })) == "2x1x75x90")
  local new = nn.sequential{ nn.conv2d{ 2 } }
  assert(shape(new:predict(ln.rand({ 40, 40 }, 1), { tile = 8 })) == "2x40x40", "built by the prediction")
end)

test("several inputs and outputs", function()
  local a, b = nn.input{ 1, 32, 32 }, nn.input{ 2, 32, 32 }
  local h = nn.conv2d{ 3 }(nn.concat(a, b))
  local net = nn.model{ inputs = { a, b }, outputs = { nn.conv2d{ 1 }(h), nn.maxpool2d{ 2 }(h) }, seed = 1 }
  local x = { ln.rand({ 1, 1, 60, 48 }, 1), ln.rand({ 1, 2, 60, 48 }, 2) }
  local want, got = net:predict(x), net:predict(x, { tile = 10 })
  for i = 1, 2 do same(got[i], want[i], 1e-5) end
  x[2] = ln.rand({ 1, 2, 60, 50 }, 2)
  expect_error(function() net:predict(x, { tile = 10 }) end,
    "option 'tile' is for inputs of the same height and width, got 1x1x60x48 and 1x2x60x50")
end)

test("a halo of one's own: seams where it is too small, and for networks that have none", function()
  local net = nn.sequential{ nn.conv2d{ 3, kernel = 7 }, nn.conv2d{ 1, kernel = 7 } }:build({ 1, 32, 32 }, 1)
  local x = ln.rand({ 1, 1, 64, 64 }, 1)
  local want = net:predict(x)
  assert((net:predict(x, { tile = 16, halo = 2 }) - want):abs():max() > 1e-3)
  same(net:predict(x, { tile = 16, halo = 6 }), want, 1e-5)
  local double = nn.custom{ name = "double", forward = function(t) return 2 * t end }
  net = nn.sequential{ nn.conv2d{ 3 }, double, nn.conv2d{ 1 } }:build({ 1, 32, 32 }, 1)
  expect_error(function() net:predict(x, { tile = 16 }) end, "layer 2 (double_1) is a layer of one's own, of which "
    .. "nobody knows what it reads; with the option 'halo' tiles see that much around them")
  same(net:predict(x, { tile = 16, halo = 2 }), net:predict(x), 1e-5)
end)

test("tiles: mistakes", function()
  local net = nn.sequential{ nn.conv2d{ 1 }, nn.dropout{ 0.5 } }:build({ 1, 8, 8 }, 1)
  local x = ln.rand({ 1, 1, 32, 32 }, 1)
  expect_error(function() net:predict(x, { tile = 0 }) end,
    "option 'tile' must be an integer of at least 1 or a list of 2 whole numbers from 1, got 0")
  expect_error(function() net:predict(x, { tile = { 8, 8, 8 } }) end,
    "option 'tile' must be an integer of at least 1 or")
  expect_error(function() net:predict(x, { tile = 8, halo = -1 }) end, "option 'halo' must be an integer of at least 0")
  expect_error(function() net:predict(x, { halo = 3 }) end, "option 'halo' needs option 'tile'")
  expect_error(function() net:predict(x, { tile = 8, dropout = 3 }) end, "option 'tile' does not go with 'dropout'")
  expect_error(function() net:predict(ln.ones{ 4 }, { tile = 8 }) end,
    "option 'tile' is for images N,C,H,W, C,H,W or H,W, got 4")
  expect_error(function() net:predict("x", { tile = 8 }) end, "input 1 must be a tensor, got 'x'")
  expect_error(function() net:predict(ln.ones{ 1, 2, 32, 32 }, { tile = 8 }) end, "layer 1 (conv2d)")
  local dense = ln.models.dense_ae{ hidden = { 4 }, size = { 32, 32 } }
  expect_error(function() dense:predict(x, { tile = 8 }) end, "net:predict: option 'tile': the network has no "
    .. "receptive field that ends: layer 1 (flatten_1) reads the whole image")
  expect_error(function() dense:predict(x, { tile = 8, halo = 2 }) end, "layer 1 (flatten_1) reads the whole image")
  local features = nn.sequential{ nn.dense{ 3 } }:build({ 4 }, 1)
  expect_error(function() features:predict(ln.ones{ 2, 4 }, { tile = 8 }) end, "option 'tile' is for images")
end)

support.done()
