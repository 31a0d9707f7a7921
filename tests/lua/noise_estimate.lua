-- ln.noise.estimate and ln.anscombe against scikit-image, NumPy and SciPy.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

-- numpy.mgrid: ((i * 7919 + j * 104729 + i * j * 31) % 1000) / 1000, i and j from 1.
local function speckled(height, width)
  local rows = {}
  for i = 1, height do
    rows[i] = {}
    for j = 1, width do rows[i][j] = (i * 7919 + j * 104729 + i * j * 31) % 1000 / 1000 end
  end
  return ln.tensor(rows)
end

local function smooth(height, width)
  local rows = {}
  for i = 1, height do
    rows[i] = {}
    for j = 1, width do rows[i][j] = 0.5 + 0.3 * math.sin(i / 9) * math.cos(j / 7) end
  end
  return ln.tensor(rows)
end

-- numpy.mgrid: s - floor(s) of s = sin(12.9898 i + 78.233 j) 437.5453, i and j from 1.
local function scattered(height, width)
  local rows = {}
  for i = 1, height do
    rows[i] = {}
    for j = 1, width do
      local s = math.sin(i * 12.9898 + j * 78.233) * 437.5453
      rows[i][j] = s - math.floor(s)
    end
  end
  return ln.tensor(rows)
end

-- skimage.restoration.estimate_sigma(image, channel_axis=None)
test("mad agrees with scikit-image", function()
  for _, case in ipairs{ { 24, 20, 0.3261609254909934 }, { 33, 17, 0.2969564944729601 },
    { 5, 6, 0.17991999952545432 }, { 3, 9, 0.18939442120116015 } } do
    close(ln.noise.estimate(scattered(case[1], case[2])), case[3], 1e-6)
  end
  local masked = scattered(24, 20)
  masked[{ {}, { 1, 10 } }] = 0
  close(ln.noise.estimate(masked), 0.3253968884206969, 1e-6)
  assert(ln.noise.estimate(ln.zeros{ 1, 1 }) == 0 and ln.noise.estimate(ln.zeros{ 8, 8 }) == 0)
end)

test("mad: a background of any gray is left out, for what rounding makes of its details is no noise", function()
  local image = scattered(40, 40)
  image[{ {}, { 1, 30 } }] = 0.3
  assert(ln.noise.estimate(image) > 0.1 and ln.noise.estimate(ln.full({ 16, 16 }, 0.3)) == 0)
end)

-- Variances from numpy.linalg.eigvalsh(numpy.cov(patches)), the least of which until their mean is their median.
test("pca agrees with NumPy", function()
  for _, case in ipairs{ { 64, 64, 8, 3, 0.051785564014315444 }, { 40, 50, 5, 2, 0.05482734664670157 },
    { 33, 37, 4, 1, 0.056240448009466065 } } do
    local height, width, patch, stride, want = table.unpack(case)
    local x = smooth(height, width) + (speckled(height, width) - 0.5) * 0.2
    close(ln.noise.estimate(x, { "pca", patch = patch, stride = stride }), want, 1e-5)
  end
end)

test("both find the noise that was added", function()
  local clean = smooth(128, 128):reshape{ 1, 1, 128, 128 }
  for _, sigma in ipairs{ 0.02, 0.1, 0.3 } do
    local noisy = ln.noise.gaussian{ p = sigma, seed = 3 }(ln.concat({ clean, clean, clean }, 1))
    for _, method in ipairs{ "mad", "pca" } do
      local mean, each = ln.noise.estimate(noisy, { method = method })
      close(mean / sigma, 1, 0.06)
      assert(#each.shape == 2 and each.shape[1] == 3)
      close(each:mean(), mean, 1e-6)
    end
  end
end)

test("what cannot be estimated", function()
  expect_error(function() ln.noise.estimate(3) end, "noise.estimate: the images must be a tensor, got 3")
  expect_error(function() ln.noise.estimate(ln.zeros{ 5 }) end, "expected images N,C,H,W or C,H,W or H,W, got shape 5")
  expect_error(function() ln.noise.estimate(ln.zeros{ 2, 0, 4 }) end, "got shape 2x0x4")
  expect_error(function() ln.noise.estimate(ln.zeros{ 4, 4 } / 0) end, "the images hold NaN or infinity")
  expect_error(function() ln.noise.estimate(ln.zeros{ 16, 16 }, { "pca" }) end,
    "images of 16x16 have too few patches of 8x8 at stride 3: 9, at least 64 are needed")
  expect_error(function() ln.noise.estimate(ln.zeros{ 4, 4 }, { "pca" }) end, "too few patches")
  expect_error(function() ln.noise.estimate(ln.zeros{ 4, 4 }, { "median" }) end, "option 'method' must be 'mad' or")
end)

-- E[f(gain k + offset + n)] by scipy.stats.poisson and scipy.integrate.quad: { { gain, sigma, offset }, by mean }.
local expected = {
  { { 1, 0, 0 }, { 1.235930368, 1.334912878, 1.741586893, 2.186905884, 3.537928408, 6.363889545, 10.9772457,
    19.912307587, 24.505101452 } },
  { { 0.05, 0.02, 0.1 }, { 1.360105586, 1.457777794, 1.858439458, 2.296241077, 3.622597683, 6.413887404, 11.006353915,
    19.92837136, 24.518156406 } },
  { { 2, 3, -1 }, { 3.076500529, 3.133176942, 3.375474649, 3.658605112, 4.628529565, 7.034852103, 11.379751451,
    20.137027605, 24.688052734 } },
}
local counts = { 0.01, 0.1, 0.5, 1, 3, 10, 30, 99, 150 }

test("the exact inverse gives the mean", function()
  for _, case in ipairs(expected) do
    local gain, sigma, offset = table.unpack(case[1])
    local t = ln.anscombe{ gain = gain, sigma = sigma, offset = offset }
    local back = t:inverse(ln.tensor(case[2]))
    for i, count in ipairs(counts) do close((back[i] - offset) / gain, count, 3e-4 + 1e-6 * count) end
    local biased = t:inverse(ln.tensor(case[2]), { "algebraic" })
    assert((biased[4] - offset) / gain < 0.9)
    close((t:inverse(ln.tensor(case[2]), { "asymptotic" })[9] - offset) / gain, 150, 0.02)
  end
end)

test("noise becomes of variance 1, and averages are not biased", function()
  local t, clean = ln.anscombe{ peak = 20, sigma = 0.02 }, ln.full({ 200, 200 }, 0.3)
  local noisy = ln.noise.poisson_gaussian{ peak = 20, sd = 0.02, seed = 5 }(clean)
  local stable = t(noisy)
  close(stable:std(), 1, 0.03)
  close(t:inverse(ln.full({ 1 }, stable:mean()))[1], noisy:mean(), 5e-4)
  support.same(t:inverse(t(clean), { method = "algebraic" }), clean, 1e-5)
  assert(t(ln.full({ 2, 3 }, -100)):max() == 0)
  assert(ln.anscombe{}:inverse(ln.zeros{ 2, 3 }):max() < 1e-6)
end)

test("what an Anscombe transform refuses", function()
  expect_error(function() ln.anscombe{ peak = 3, gain = 3 } end, "anscombe: give 'peak' or 'gain'")
  expect_error(function() ln.anscombe{ gain = 0 } end, "anscombe: option 'gain' must be a number above 0")
  expect_error(function() ln.anscombe{}(3) end, "anscombe: what is transformed must be a tensor, got 3")
  expect_error(function() ln.anscombe{}:inverse(3) end, "anscombe:inverse: what is transformed back must be a tensor")
  expect_error(function() ln.anscombe{}.inverse({}, ln.zeros{ 2 }) end, "expected an Anscombe transform")
  assert(tostring(ln.anscombe{ peak = 20 }) == "anscombe{ gain = 0.05, sigma = 0, offset = 0 }")
end)

support.done()
