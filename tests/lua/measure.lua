-- ln.measure: numbers of NumPy for the same formulas, closed forms, and what is refused.
local support = dofile "tests/lua/support.lua"
local ln = require "lunet"
local test, expect_error, close = support.test, support.expect_error, support.close
local measure = ln.measure

-- The transforms may have been left out of the build.
local function transform_test(name, f)
  local there, err = pcall(ln.fft2, ln.ones{ 2, 2 })
  if there or not tostring(err):find("built without FFTW", 1, true) then test(name, f) else support.skip(name, err) end
end

-- 40x48, in NumPy: ((r * 37 + c * 91 + r * c * 13) % 101) / 101 + 0.01 * r with r, c = np.mgrid[1:41, 1:49].
local rows = {}
for r = 1, 40 do
  rows[r] = {}
  for c = 1, 48 do rows[r][c] = ((r * 37 + c * 91 + r * c * 13) % 101) / 101 + 0.01 * r end
end
local x = ln.tensor(rows)

transform_test("the spectrum is NumPy's: fft2, fftshift, trends by lstsq", function()
  local cases = {
    { 16, 8, "plane", 0.105367419, 20.589136, { 0.06199847, 0.07242774, 0.07042506, 0.08013008, 0.08155867, 0.07548809,
      0.08703307, 0.0801478 } },
    { 15, 7, "quadratic", 0.0723414631, 17.8609873, { 0.03447406, 0.07311572, 0.05982257, 0.08356639, 0.08411536,
      0.07917603, 0.08402053 } },
    { 16, 8, "mean", 0.105367419, 21.2236901, { 0.1079189, 0.07929503, 0.07306284, 0.0816721, 0.08267763, 0.07571374,
      0.08759588, 0.08094686 } },
    { 16, 8, "none", 0.105367419, 150.599135, { 0.1079189, 0.07929503, 0.07306284, 0.0816721, 0.08267763, 0.07571374,
      0.08759588, 0.08094686 } },
  }
  for _, case in ipairs(cases) do
    local side, stride, detrend, one, sum, radial = table.unpack(case)
    local s = measure.nps(x, { patch = side, stride = stride, detrend = detrend })
    assert(s.patches == 20 and table.concat(s.nps.shape, "x") == side .. "x" .. side)
    close(s.nps[{ 3, 5 }], one, 1e-5 * one)
    close(s.nps:sum(), sum, 1e-5 * sum)
    close(s.variance, sum / side ^ 2, 1e-5 * sum)
    for i, want in ipairs(radial) do close(s.radial[i], want, 1e-5 * want) end
    assert(#s.radial == #radial)
    close(s.frequency[1], -(side // 2) / side, 1e-6)
    close(s.frequency[side // 2 + 1], 0, 1e-6)
    close(s.radial_frequency[3], side == 16 and 0.1898904 or 0.2025497, 1e-6)
  end
end)

transform_test("white noise has its variance everywhere; units follow the pixel; regions", function()
  local noise = 0.1 * ln.randn({ 20, 1, 64, 64 }, 1)
  local s = measure.nps(noise, { patch = 16 })
  for i = 2, 8 do close(s.radial[i], 0.01, 0.0005) end
  local fine = measure.nps(noise, { patch = 16, pixel = 0.2 })
  close(fine.variance, s.variance, 1e-6)
  close(fine.radial[4], 0.04 * s.radial[4], 1e-7)
  close(fine.radial_frequency[4], 5 * s.radial_frequency[4], 1e-5)
  -- A filter's spectrum is the noise's times its transfer function squared: here (1/2 + 1/2 cos 2 pi f) across.
  local smooth = 0.25 * noise:roll(1, 4) + 0.5 * noise + 0.25 * noise:roll(-1, 4)
  local left = measure.nps(smooth, { patch = 16, detrend = "none" })
  for i = 9, 16 do
    local f = left.frequency[i]
    close(left.nps[{ 9, i }], 0.01 * (0.5 + 0.5 * math.cos(2 * math.pi * f)) ^ 2, 0.0015)
  end
  local spoiled = noise[{ 1, 1 }]:clone()
  spoiled[{ { 1, 20 }, {} }] = 9
  local mask = ln.zeros{ 64, 64 }
  mask[{ { 21, 64 }, {} }] = 1
  local inside = measure.nps(spoiled, { patch = 8, region = mask })
  close(inside.variance, 0.01, 0.002)
  close(measure.nps(spoiled, { patch = 8, region = { { 21, 64 }, { 1, 64 } } }).variance, inside.variance, 1e-9)
  expect_error(function() measure.nps(noise, { patch = 65 }) end, "patches of 65x65 do not fit images of 64x64")
  expect_error(function() measure.nps(noise, { patch = 16, region = { { 1, 9 }, { 1, 64 } } }) end,
    "measure.nps: no patch of 16x16 lies inside the region")
end)

test("ratios in regions are NumPy's with ddof = 1", function()
  local a, b = { { 5, 12 }, { 5, 20 } }, { { 20, 31 }, { 10, 29 } }
  local mask = ln.zeros{ 40, 48 }
  mask[a] = 1
  close(measure.snr(x, a), 2.07813335, 1e-6)
  close(measure.snr(x, mask), 2.07813335, 1e-6)
  close(measure.cnr(x, a, b), 0.613475308, 1e-6)
  close(measure.cnr(x, mask, b, { noise = "pooled" }), 0.602668978, 1e-6)
  local mean, each = measure.snr(ln.stack({ x, x * 2 + 1 }, 1):reshape{ 2, 1, 40, 48 }, a)
  close(each[1], 2.07813335, 1e-6)
  close(mean, (each[1] + each[2]) / 2, 1e-6)
  expect_error(function() measure.snr(x, { { 5, 41 }, { 5, 20 } }) end, "with rows from 1 to 40")
  expect_error(function() measure.snr(x, 3) end, "measure.snr: the region must be a mask H,W or a box")
  expect_error(function() measure.snr(x, ln.ones{ 4, 4 }) end, "must be a mask of 40x48, as the images are; got 4x4")
  expect_error(function() measure.snr(x, mask * 0.5) end, "the region must be of 0 and 1")
  expect_error(function() measure.cnr(x, a, mask * 0) end, "measure.cnr: the background is empty")
  expect_error(function() measure.snr(ln.ones{ 8, 8 }, { { 1, 4 }, { 1, 4 } }) end, "there is no noise")
  expect_error(function() measure.snr(ln.ones{ 2, 3, 8, 8 }, a) end,
    "expected images N,1,H,W or 1,H,W or H,W, got 2x3x8x8")
end)

local function sinc(t) return t == 0 and 1 or math.sin(math.pi * t) / (math.pi * t) end

test("an ideal edge has the pixel's transfer function, across any side and either way", function()
  for _, angle in ipairs{ 5, -7, 10 } do
    local edge, s = measure.edge({ 64, 60 }, { angle = angle }), math.rad(angle)
    for _, image in ipairs{ edge, 1 - edge, edge:transpose(1, 2), edge:flip(2) } do
      local m = measure.mtf(image)
      close(m.angle, math.abs(angle), 0.02)
      for i = 1, #m.mtf do
        local f = m.frequency[i]
        close(m.mtf[i], sinc(f * math.cos(s)) * sinc(f * math.sin(s)), 0.01)
      end
    end
  end
  local m = measure.mtf(measure.edge({ 96, 100 }, { radius = 25 }), { edge = "circle" })
  close(m.radius, 25, 0.01)
  for i = 1, #m.mtf do
    local f, sum = m.frequency[i], 0
    for k = 0, 89 do sum = sum + sinc(f * math.cos(math.rad(k))) * sinc(f * math.sin(math.rad(k))) / 90 end
    close(m.mtf[i], sum, 0.01)
  end
end)

test("what a Gaussian filter leaves is its weights' transform; noise is averaged away", function()
  local weights, total = {}, 0
  for k = -6, 6 do weights[k] = math.exp(-k * k / 2) total = total + weights[k] end
  local function transform(f)
    local sum = 0
    for k = -6, 6 do sum = sum + weights[k] / total * math.cos(2 * math.pi * f * k) end
    return sum
  end
  local box = { { 9, 72 }, { 9, 72 } } -- the filter has edges of its own
  local edge = measure.edge({ 80, 80 }, { angle = 5 })
  local plain, smooth = measure.mtf(edge, { region = box }),
    measure.mtf(ln.filter.gaussian{ sigma = 1 }(edge), { region = box })
  for i = 1, #plain.mtf do close(smooth.mtf[i] / plain.mtf[i], transform(plain.frequency[i]), 0.01) end
  close(transform(smooth.mtf50) * sinc(smooth.mtf50), 0.5, 0.01)
  assert(plain.mtf50 == nil and smooth.mtf10 > smooth.mtf50)
  local noisy = edge:reshape{ 1, 1, 80, 80 } + 0.05 * ln.randn({ 40, 1, 80, 80 }, 1)
  local several = measure.mtf(ln.filter.gaussian{ sigma = 1 }(noisy), { region = box })
  close(several.mtf50, smooth.mtf50, 0.01)
end)

test("what has no edge is refused", function()
  expect_error(function() measure.mtf(measure.edge({ 64, 64 }, { angle = 0 })) end, "it must be slanted")
  expect_error(function() measure.mtf(ln.ones{ 64, 64 }) end, "measure.mtf: no edge found")
  expect_error(function() measure.mtf(ln.ones{ 64, 64 }, { edge = "circle" }) end, "measure.mtf: no disc found")
  expect_error(function() measure.mtf(ln.ones{ 8, 64 }) end, "an edge needs 12x12 pixels or more, got 8x64")
  expect_error(function() measure.mtf(measure.edge({ 64, 64 }, { angle = 44 })) end, "there must be 4 on both sides")
  expect_error(function() measure.mtf(x, { edge = "round" }) end, "option 'edge' must be 'slanted' or 'circle'")
  expect_error(function() measure.edge{ 64 } end, "the size must be { height, width }, got 1 number")
  local bad = measure.edge({ 64, 64 })
  bad[{ 3, 3 }] = 0 / 0
  expect_error(function() measure.mtf(bad) end, "NaN or infinite")
end)

support.done()
