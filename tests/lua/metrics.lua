-- Metrics from Lua: masks, in a call and of an item, and maps. Their numbers are tested in tests/metric.
local support = dofile "tests/lua/support.lua"
local ln = require "lunet"
local test, expect_error, close = support.test, support.expect_error, support.close

local x = ln.rand({ 3, 1, 32, 32 }, 1)
local y = (x + 0.1 * ln.randn({ 3, 1, 32, 32 }, 2))
local mask = ln.zeros{ 32, 32 }
mask[{ { 9, 32 }, {} }] = 1

test("a mask in the call", function()
  for _, name in ipairs{ "mae", "mse", "psnr", "rmse", "snr" } do
    local metric = ln.metric[name]{}
    local mean, each = metric(y, x, { mask = mask })
    local want, of_each = metric(y[{ {}, {}, { 9, 32 }, {} }], x[{ {}, {}, { 9, 32 }, {} }])
    close(mean, want, 1e-6)
    close((each - of_each):abs():max(), 0, 1e-6)
    close(metric(y, x, {}), metric(y, x), 1e-6)
    close(metric(y, x, { mask = mask:reshape{ 1, 1, 32, 32 } }), mean, 1e-6)
    local masks = ln.ones{ 3, 1, 32, 32 }
    masks[2] = mask
    local _, three = metric(y, x, { mask = masks })
    local _, plain = metric(y, x)
    close(three[1], plain[1], 1e-6)
    close(three[2], each[2], 1e-6)
    close(metric(y[1][1], x[1][1], { mask = mask }), each[1], 1e-6) -- H,W
  end
end)

test("a mask of the item, also where items are called by others", function()
  local metric = ln.metric.ssim{ mask = mask }
  close(metric(y, x), ln.metric.ssim{}(y, x, { mask = mask }), 1e-6)
  close(metric(y, x, { mask = ln.ones{ 32, 32 } }), ln.metric.ssim{}(y, x), 1e-6)
  assert(metric.options.mask:sum() == 24 * 32)
  local noise = y - x
  noise[{ {}, {}, { 1, 8 }, {} }] = 0.5 -- only the mask leaves it out
  local best = ln.filter.tune(ln.filter.gaussian, { sigma = { 0.1, 5 } }, x + noise, x, ln.metric.mae{ mask = mask })
  assert(best.options.sigma == 0.1)
  local net = ln.nn.sequential{ ln.nn.conv2d{ 1, kernel = 3 } }
  local _ = net:summary{ 1, 32, 32 }
  local measured = net:evaluate(y, x, { metrics = { a = ln.metric.mse{ mask = mask }, b = ln.metric.mse{} } })
  assert(measured.a ~= measured.b)
end)

test("what is wrong is said", function()
  local psnr = ln.metric.psnr{}
  expect_error(function() psnr(y, x, mask) end, "psnr: argument 3: expected a table { mask = m }, got a tensor")
  expect_error(function() psnr(y, x, { maks = mask }) end, "psnr: a call takes { mask = m } only, got the key 'maks'")
  expect_error(function() psnr(y, x, { mask }) end, "takes { mask = m } only, got the key 1")
  expect_error(function() psnr(y, x, { mask = 1 }) end, "psnr: mask must be a tensor of 0 and 1, got 1")
  expect_error(function() psnr(y, x, { mask = mask }, 2) end, "options come first")
  expect_error(function() psnr(y, x, { mask = ln.ones{ 31, 32 } }) end,
    "psnr: the mask must be 32x32, or 3x1x32x32, as the images are; got 31x32")
  expect_error(function() psnr(y, x, { mask = ln.zeros{ 32, 32 } }) end, "psnr: mask 1 is empty: no pixel of it is 1")
  expect_error(function() psnr(y, x, { mask = x }) end, "it must be of 0 and 1, as comparisons such as x:gt(0.1) give")
  expect_error(function() ln.metric.psnr{ mask = 3 } end, "psnr: option 'mask' must be a tensor")
end)

test("maps", function()
  local ssim = ln.metric.ssim{ preset = "gondara2016" }
  local map = ssim:map(y, x)
  assert(table.concat(map.shape, "x") == "3x1x32x32")
  close(map[{ {}, {}, { 4, 29 }, { 4, 29 } }]:mean(), ssim(y, x), 1e-6)
  close(ssim:map(y[2][1], x[2][1])[{ 7, 8 }], map[{ 2, 1, 7, 8 }], 1e-6)
  expect_error(function() ln.metric.psnr{}:map(y, x) end, "psnr: has no map; ssim has one")
  expect_error(function() ln.filter.median{}:map(y, x) end, "median: only metrics have maps; this is a filter")
  expect_error(function() ssim:map(y) end, "expected a tensor")
end)

test("1 - ms_ssim is the loss; small images are told what they need", function()
  for _, o in ipairs{ { scales = 2, window = 5 }, { scales = 1 }, { scales = 3, window = 3, weights = "uniform" } } do
    close(1 - ln.metric.ms_ssim(o)(y, x), ln.loss.ms_ssim(o)(y, x), 1e-6)
  end
  expect_error(function() ln.metric.ms_ssim{}(y, x) end,
    "ms_ssim: images of 1x32x32, halved 4 times, are smaller than the window of 11x11; give scales = 2, or a smaller "
    .. "'window', or images of at least 176x176")
end)

-- piq.multi_scale_ssim(x, r, kernel_size=11, kernel_sigma=1.5, data_range=1, scale_weights=w, k1=0.01, k2=0.03), w as
-- below, x = 0.7 r + 0.3 n, r and n 64x48: ((i * i * 13 + i * (37 + salt) + 91 * salt) % 101) / 101 with salt 1 and 2
test("ms_ssim: exponents of one's own are piq's scale_weights, in the loss too", function()
  local function numbers(salt)
    local list = {}
    for i = 1, 64 * 48 do list[i] = ((i * i * 13 + i * (37 + salt) + 91 * salt) % 101) / 101 end
    return ln.tensor(list):reshape{ 1, 1, 64, 48 }
  end
  local r = numbers(1)
  local noisy = 0.7 * r + 0.3 * numbers(2)
  for _, case in ipairs{ { { 0.2, 0.3, 0.5 }, 0.88750711 }, { { 0.6, 0.3, 0.1 }, 0.884735324 } } do
    local o = { scales = 3, exponents = ln.tensor(case[1]) }
    close(ln.metric.ms_ssim(o)(noisy, r), case[2], 1e-6)
    close(ln.loss.ms_ssim(o)(noisy, r), 1 - case[2], 1e-6)
  end
  local wang = ln.tensor{ 0.0448, 0.2856 } / (0.0448 + 0.2856)
  close(ln.metric.ms_ssim{ scales = 2, exponents = wang }(y, x), ln.metric.ms_ssim{ scales = 2 }(y, x), 1e-6)
  ln.gradcheck(ln.loss.ms_ssim{ scales = 2, window = 5, k2 = 0.3, exponents = ln.tensor{ 0.7, 0.5 } }, { 1, 11, 12 })
  for _, kind in ipairs{ "metric", "loss" } do
    local made = ln[kind].ms_ssim
    expect_error(function() made{ scales = 3, exponents = ln.tensor{ 0.5, 0.5 } } end,
      "ms_ssim: option 'exponents' must be a tensor of 3 numbers, one for each of 'scales', got 2")
    expect_error(function() made{ scales = 2, exponents = ln.tensor{ 0.5, 0 } } end,
      "ms_ssim: option 'exponents' must be numbers above 0, got 0 at 2")
    expect_error(function() made{ scales = 2, exponents = { 0.5, 0.5 } } end,
      "ms_ssim: option 'exponents' must be")
  end
end)

support.done()
