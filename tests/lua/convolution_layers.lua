-- Layers of convolution, pooling and upsampling in Lua: options of height and width and of four sides, on their way
-- into files too; blocks and layers of two inputs.
local support = dofile "tests/lua/support.lua"
local ln = require "lunet"
local nn = ln.nn
local test, expect_error, same = support.test, support.expect_error, support.same

test("options of two and four numbers are kept", function()
  local conv = nn.conv2d{ 4, padding = { 1, 2, 0, 3 }, kernel = { 3, 1 } }
  assert(tostring(conv) == "conv2d{ 4, kernel = {3, 1}, padding = {1, 2, 0, 3} }", tostring(conv))
  assert(conv.options.padding[4] == 3)
  assert(tostring(nn.conv2d{ 4, padding = { 2, 2, 2, 2 } }) == "conv2d{ 4, padding = 2 }")
  assert(tostring(nn.maxpool2d{ 3, padding = { 1, 0 } }) == "maxpool2d{ 3, padding = {1, 0} }")
  assert(tostring(nn.upsample2d{ { 1.5, 2 } }) == "upsample2d{ {1.5, 2} }", tostring(nn.upsample2d{ { 1.5, 2 } }))
  expect_error(function() nn.conv2d{ 4, padding = { 1, 2, 3 } } end,
    "conv2d: option 'padding' must be 'same', 'valid' or an integer, {height, width} or {top, bottom, left, right} "
    .. "from 0 to 1024, got a list of 3")
end)

test("they go into files", function()
  local x = ln.rand({ 2, 4, 9, 10 }, 1)
  local net = nn.sequential{
    nn.conv2d{ 6, groups = 2, padding = { 1, 0, 2, 1 }, padding_mode = "reflect" },
    nn.maxpool2d{ 3, stride = 2, padding = 1, ceil_mode = true },
    nn.depthwise_conv2d{ 3, depth_multiplier = 2, padding_mode = "circular" },
    nn.upsample2d{ 1.7, mode = "bicubic", align_corners = true },
    nn.avgpool2d{ 2, padding = { 1, 0 }, count_include_pad = false },
    nn.conv_transpose2d{ 4, kernel = 3, groups = 4, padding = { 1, 0 }, output_padding = { 1, 0 } },
    nn.upsample2d{ size = { 9, 10 }, mode = "area" },
  }
  net:build{ 4, 9, 10 }
  local path = os.tmpname() .. ".safetensors"
  net:save(path)
  same(ln.load(path):predict(x), net:predict(x))
  os.remove(path)
end)

test("groups are convolutions of their own", function()
  local x = ln.randn({ 2, 6, 7, 8 }, 2)
  local net = nn.sequential{ nn.conv2d{ 4, groups = 2, padding = { 1, 0 }, stride = { 1, 2 } } }
  net:build{ 6, 7, 8 }
  local w = net:tensor("conv2d_1.weight")
  same(net:predict(x), x:conv2d(w, { groups = 2, padding = { 1, 0 }, stride = { 1, 2 } }), 1e-5)
end)

test("an image continued by its own pixels", function()
  local x = ln.randn({ 2, 3, 7, 8 }, 3)
  for _, mode in ipairs{ "reflect", "replicate", "circular" } do
    local net = nn.sequential{ nn.conv2d{ 5, kernel = 5, padding_mode = mode } }
    net:build{ 3, 7, 8 }
    local around = x:pad({ 0, 0, { 2, 2 }, { 2, 2 } }, { mode = mode })
    same(net:predict(x), around:conv2d(net:tensor("conv2d_1.weight")), 1e-5)
  end
end)

test("unpooling", function()
  local x = nn.input{ 1, 4, 4 }
  local net = nn.model{ inputs = x, outputs = nn.max_unpool2d{ nn.maxpool2d{ x, size = 2 }, x, size = 2 } }
  local image = ln.tensor{ { 1, 2, 0, 0 }, { 3, 0, 0, 4 }, { 5, 0, 0, 0 }, { 0, 0, 6, 0 } }:reshape{ 1, 1, 4, 4 }
  local places = ln.tensor{ { 0, 0, 0, 0 }, { 3, 0, 0, 4 }, { 5, 0, 0, 0 }, { 0, 0, 6, 0 } }:reshape{ 1, 1, 4, 4 }
  same(net:predict(image), places)
  expect_error(function() nn.max_unpool2d{ x, x, size = 2 } end, "must be of shape 1x2x2")
end)

test("separable_conv2d", function()
  local net = nn.sequential{
    nn.conv2d{ 8 }, nn.separable_conv2d{ 5, kernel = { 3, 5 }, depth_multiplier = 2, activation = "relu" },
  }
  net:build{ 3, 6, 7 }
  local count = 8 * 27 + 8 + 16 * 15 + 16 * 5 + 5
  assert(tostring(net):find(("%d parameters"):format(count), 1, true), tostring(net))
  assert(net:predict(ln.rand{ 2, 3, 6, 7 }):min() >= 0)
  local node = nn.separable_conv2d{ 4 }(nn.input{ 3, 6, 7 })
  assert(node ~= nil)
  expect_error(function() nn.separable_conv2d{} end, "separable_conv2d: option 'filters' is required")
  expect_error(function() nn.separable_conv2d{ 4, padding_mode = "mirror" } end,
    "separable_conv2d: depthwise_conv2d: option 'padding_mode' must be 'zeros', 'reflect'")
  expect_error(function() nn.separable_conv2d{ 4, kernal = 3 } end, "did you mean 'kernel'?")
end)

support.done()
