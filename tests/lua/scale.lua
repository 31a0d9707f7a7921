-- ln.data.scale: what it makes of numbers, there and back, and with a network in its file.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close, same = support.test, support.expect_error, support.close, support.same

local nn = ln.nn
local images = ln.rand({ 6, 1, 8, 8 }, 1) * 300 - 50

-- The same images, read one by one.
local function streamed()
  return ln.data.mix{ { ln.data.set(images), 1 } }
end

test("minmax, percentile, zscore", function()
  local scale = ln.data.scale{ "minmax", data = images }
  close(scale(images):min(), 0, 1e-6)
  close(scale(images):max(), 1, 1e-6)
  assert(tostring(scale):find("^scale minmax: %(x %- %-?[%d.]+%) / [%d.]+$"), tostring(scale))
  scale = ln.data.scale{ "zscore", data = images }
  close(scale(images):mean(), 0, 1e-5)
  close((scale(images):pow(2)):mean(), 1, 1e-5)
  -- numpy.percentile(numpy.arange(101) * 2 + 5, [10, 80]) is 25, 165
  local line = ln.arange(0, 100) * 2 + 5
  scale = ln.data.scale{ "percentile", low = 10, high = 80, data = line }
  close(scale.shift, 25, 1e-4)
  close(scale.factor, 140, 1e-3)
  for _, kind in ipairs{ "minmax", "percentile", "zscore" } do
    scale = ln.data.scale{ kind, data = images }
    same(scale:invert(scale(images)), images, 1e-6)
    local other = ln.data.scale{ kind }
    assert(other:fit(streamed()) == other)
    close(other.shift, scale.shift, 1e-3)
    close(other.factor, scale.factor, 1e-3)
  end
end)

test("datasets, with their targets", function()
  local set = ln.data.tensors{ images, images * 2 }
  local scale = ln.data.scale{ "minmax", data = set }
  local scaled = scale(set)
  close(scaled.images:max(), 1, 1e-6)
  same(scaled.targets, scale(images * 2))
  same(scale:invert(scaled).targets, set.targets, 1e-6)
  local lazy = scale(streamed())
  assert(#lazy == 6 and lazy[1]:max() <= 1)
  local net = nn.sequential{ nn.conv2d{ 1 } }
  ln.fit(net, { data = scaled, loss = ln.loss.mse{}, optimizer = ln.optim.adam{}, epochs = 1, progress = "none" })
end)

test("a network keeps it, its copies and files too", function()
  local folder <close> = support.folder()
  local net = nn.sequential{ nn.conv2d{ 1 } }:build{ 1, 8, 8 }
  assert(net:scaling() == nil)
  local scale = ln.data.scale{ "percentile", data = images }
  local path = net:scaling(scale):save(folder.path .. "/a.safetensors", { record = { a = 1 } })
  local loaded, record = ln.load(path)
  for _, one in ipairs{ loaded, net:copy() } do
    local again = one:scaling()
    assert(again.kind == "percentile" and again.shift == scale.shift and again.factor == scale.factor)
    same(again:invert(one:predict(again(images))), scale:invert(net:predict(scale(images))))
  end
  assert(record:find('"a": 1', 1, true))
  local bytes = support.read(path)
  local broken, count = bytes:gsub("percentile", "percentils")
  assert(count == 1)
  support.write(path, broken)
  expect_error(function() ln.load(path) end, "its metadata's 'lunet.scaling' is no scale: '{")
end)

test("scales that cannot be", function()
  expect_error(function() ln.data.scale{} end, "data.scale: option 'kind' is required")
  expect_error(function() ln.data.scale{ "max" } end, "'kind' must be 'minmax', 'percentile' or 'zscore', got 'max'")
  expect_error(function() ln.data.scale{ "percentile", low = 60, high = 40 } end, "option 'high' must be above 'low'")
  local scale = ln.data.scale{ "minmax" }
  assert(tostring(scale) == "scale minmax, not fitted yet")
  expect_error(function() scale(images) end, "scale: the scale is not fitted yet; see scale:fit(set)")
  expect_error(function() scale:invert(images) end, "scale:invert: the scale is not fitted yet")
  expect_error(function() scale:fit(3) end, "scale:fit: the images must be a set or a tensor, got 3")
  expect_error(function() scale:fit(ln.ones(3, 1, 2, 2)) end,
    "scale:fit: the value of the images is 1 throughout; there is nothing to scale")
  expect_error(function() ln.data.scale{ "percentile", data = ln.ones(3, 4) } end, "the range of percentiles 1 to 99")
  expect_error(function() scale:fit(ln.ones(3) * (0 / 0)) end, "scale:fit: the images hold NaN")
  expect_error(function() scale:fit(ln.zeros{ 0, 1, 2, 2 }) end, "scale:fit: there are no images")
  expect_error(function() scale:fit(images)("a") end, "scale: what is scaled must be a tensor or a set, got 'a'")
  local net = nn.sequential{ nn.conv2d{ 1 } }
  expect_error(function() net:scaling(3) end, "net:scaling: called on 3, expected a scale")
  expect_error(function() net:scaling(ln.data.scale{ "zscore" }) end, "net:scaling: the scale is not fitted yet")
end)

support.done()
