-- ln.stat from Lua: what it takes, and coverage in short form. The numbers themselves are in tests/statistic.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

test("means and standard deviations", function()
  -- numpy.mean(list), numpy.std(list, ddof=1)
  local mean, sd = ln.stat.mean{ 0.81, 0.83, 0.80, 0.86, 0.79 }
  close(mean, 0.818, 1e-15)
  close(sd, 0.027748873851023202, 1e-15)
  local one, none = ln.stat.mean(ln.tensor{ 0.5 })
  assert(one == 0.5 and none == nil)
  expect_error(function() ln.stat.mean{} end, "stat.mean: x")
  expect_error(function() ln.stat.mean{ 1, 0 / 0 } end, "stat.mean: number 2 of x is nan")
end)

test("intervals of lists and tensors", function()
  local list = { 0.81, 0.83, 0.80, 0.86, 0.79 }
  local mean, low, high = ln.stat.interval(list)
  close(mean, 0.818, 1e-15)
  -- scipy.stats.t.interval(0.95, 4, mean, scipy.stats.sem(list))
  close(low, 0.7835452223484867, 1e-12)
  close(high, 0.8524547776515132, 1e-12)
  local again = ln.stat.interval(ln.tensor(list))
  close(again, mean, 1e-7)
  local _, narrow = ln.stat.interval(list, { level = 0.5 })
  assert(narrow > low and narrow < mean)
  mean, low, high = ln.stat.interval(list, { method = "bca", seed = 3 })
  assert(low < mean and mean < high)
  local _, same = ln.stat.interval(list, { method = "bca", seed = 3 })
  assert(same == low)
end)

test("one value has a mean and no interval, equal ones an interval of no width", function()
  for _, method in ipairs{ "t", "bca" } do
    local mean, low, high = ln.stat.interval({ 0.5 }, { method = method })
    assert(mean == 0.5 and low ~= low and high ~= high)
    mean, low, high = ln.stat.interval({ 0.1, 0.1, 0.1 }, { method = method })
    close(low, 0.1, 1e-15)
    close(high, 0.1, 1e-15)
    close(mean, 0.1, 1e-15)
    mean, low = ln.stat.interval({ 1, 2, 6 }, { method = method, group = { "a", "a", "a" } })
    assert(mean == 3 and low ~= low)
  end
end)

test("groups of one size count as their means", function()
  local grouped = table.pack(ln.stat.interval({ 1, 2, 3, 5, 8, 9 }, { group = { "p", "q", "p", "q", 7, 7 } }))
  local means = table.pack(ln.stat.interval{ 2, 3.5, 8.5 })
  for i = 1, 3 do close(grouped[i], means[i], 1e-12) end
end)

test("resampled means", function()
  local means = ln.stat.bootstrap({ 1, 2, 3, 4 }, { resamples = 1000, seed = 2 })
  assert(#means.shape == 1 and means.shape[1] == 1000 and means:min() >= 1 and means:max() <= 4)
  close(means:mean(), 2.5, 0.1)
  assert(ln.stat.bootstrap({ 1, 2, 3, 4 }, { resamples = 1000, seed = 3 }):mean() ~= means:mean())
  local pairs_of = ln.stat.bootstrap({ 1, 1, 5, 5 }, { group = { 1, 1, 2, 2 }, resamples = 1000 })
  for _, mean in ipairs(pairs_of:totable()) do assert(mean == 1 or mean == 3 or mean == 5) end
end)

test("tests of two lists, or of their differences", function()
  local a, b, d = { 0.5, 0.75, 0.25, 1 }, { 0.25, 0.25, 0.5, 0.25 }, { 0.25, 0.5, -0.25, 0.75 }
  local two, one = ln.stat.wilcoxon(a, b), ln.stat.wilcoxon(d)
  for key, value in pairs(one) do assert(two[key] == value, key) end
  assert(one.method == "approx" and one.ties and one.statistic == 1.5 and one.plus == 8.5 and one.n == 4)
  close(one.p, 0.1974660733580187, 1e-12) -- scipy.stats.wilcoxon(d, method='approx').pvalue
  local exact = ln.stat.wilcoxon({ 1, 2, -3, 4, 5 }, nil, { method = "exact" })
  assert(exact.method == "exact" and exact.p == 0.3125 and exact.z == nil)
  close(ln.stat.sign_test(a, b).p, 0.625, 1e-14)
  assert(ln.stat.sign_test(d).plus == 3)
  local effect = ln.stat.effect_size(a, b)
  close(effect.dz, 0.3125 / math.sqrt((0.0625 ^ 2 + 0.1875 ^ 2 + 0.5625 ^ 2 + 0.4375 ^ 2) / 3), 1e-12)
  close(effect.rank_biserial, 0.7, 1e-15)
  assert(ln.stat.effect_size({ 0, 0 }).dz == 0 and ln.stat.effect_size({ -1, -1 }).dz == -math.huge)
end)

test("Holm's correction", function()
  -- statsmodels.stats.multitest.multipletests(p, method='holm')[1]
  local adjusted = ln.stat.holm{ 0.01, 0.04, 0.03, 0.005, 0.9 }
  for i, want in ipairs{ 0.04, 0.09, 0.09, 0.025, 0.9 } do close(adjusted[i], want, 1e-15) end
  assert(ln.stat.holm{ 0.6, 0.7 }[1] == 1 and ln.stat.holm{ 0.03 }[1] == 0.03)
  expect_error(function() ln.stat.holm{ 0.5, 1.5 } end, "stat.holm: number 2 of p is 1.5; it must be from 0 to 1")
end)

test("distributions", function()
  close(ln.stat.normal_quantile(0.975), 1.959963984540054, 1e-14)
  close(ln.stat.normal_cdf(1.959963984540054), 0.975, 1e-14)
  close(ln.stat.t_quantile(0.975, 4), 2.7764451051977987, 1e-12)
  close(ln.stat.t_cdf(2, 3), 0.9303370157205784, 1e-14)
  expect_error(function() ln.stat.normal_quantile(2) end, "normal_quantile: argument 1: expected a probability")
  expect_error(function() ln.stat.t_cdf(1, 0) end, "degrees of freedom above 0")
end)

test("what is no list of numbers", function()
  expect_error(function() ln.stat.interval{ 1, 0 / 0 } end, "stat.interval: number 2 of x is nan; scores are finite")
  expect_error(function() ln.stat.interval{ 1, "2" } end, "number 2 of x is '2'")
  expect_error(function() ln.stat.interval{ 1, 2, a = 3 } end, "x must be a tensor or a list of numbers")
  expect_error(function() ln.stat.interval({}) end, "x must be a tensor or a list of numbers")
  expect_error(function() ln.stat.interval(ln.zeros{ 0 }) end, "stat.interval: x has no numbers")
  expect_error(function() ln.stat.interval(3) end, "got 3")
  expect_error(function() ln.stat.interval({ 1, 2 }, { group = { 1 } }) end, "for each of 2 values, got 1 entries")
  expect_error(function() ln.stat.interval({ 1, 2 }, { method = "bac" }) end, "option 'method' must be 't' or 'bca'")
  expect_error(function() ln.stat.wilcoxon({ 1, 2 }, { 1 }) end, "stat.wilcoxon: a has 2 values and b 1")
  expect_error(function() ln.stat.wilcoxon({ 1, 1 }, nil, { method = "exact" }) end,
    "stat.wilcoxon: method 'exact' needs differences of different sizes")
  expect_error(function() return ln.stat.wilcox end, "did you mean 'wilcoxon'?")
end)

-- tests/bench/coverage.lua has the whole table; here 1000 samples, whose coverage has a standard error of 0.7 %.
test("intervals cover the mean as often as they say", function()
  local function covered(n, draw, mean, options)
    local count = 0
    for r, sample in ipairs(ln.randn({ 1000, n }, 5):totable()) do
      for i, z in ipairs(sample) do sample[i] = draw(z) end
      options.seed = r
      local _, low, high = ln.stat.interval(sample, options)
      if low <= mean and mean <= high then count = count + 1 end
    end
    return count / 1000
  end
  close(covered(5, function(z) return z end, 0, { method = "t" }), 0.95, 0.02)
  close(covered(40, function(z) return z end, 0, { method = "bca", resamples = 999 }), 0.945, 0.02)
  close(covered(40, function(z) return math.exp(0.25 * z) end, math.exp(0.25 ^ 2 / 2),
    { method = "bca", resamples = 999 }), 0.945, 0.02)
end)

support.done()
