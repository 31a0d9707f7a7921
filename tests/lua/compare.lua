-- ln.compare: pairing, intervals, tests, and the forms of its table.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

local function equal(a, b)
  if a ~= b then error(("expected\n%s\ngot\n%s"):format(b, a), 2) end
end

local noisy = { 0.41, 0.45, 0.38, 0.52, 0.47, 0.44, 0.39, 0.50, 0.43, 0.46 }
local median = { 0.61, 0.59, 0.66, 0.72, 0.64, 0.60, 0.58, 0.71, 0.62, 0.67 }
local unet = { 0.83, 0.80, 0.85, 0.91, 0.86, 0.81, 0.84, 0.90, 0.79, 0.88 }

local function differences(a, b)
  local out = {}
  for i, x in ipairs(a) do out[i] = x - b[i] end
  return out
end

test("two rows: the second less the first", function()
  local c = ln.compare{ a = noisy, b = median, interval = "t" }
  local mean, low, high = ln.stat.interval(differences(median, noisy))
  assert(c.baseline == "a" and #c == 2 and c.images == 10 and c.groups == nil)
  assert(c.difference == mean and c.low == low and c.high == high and c.b.difference == mean)
  -- scipy.stats.ttest_rel(median, noisy).confidence_interval(0.95)
  close(low, 0.16818074051909496, 1e-12)
  close(high, 0.221819259480905, 1e-12)
  assert(c.p_wilcoxon == ln.stat.wilcoxon(median, noisy).p and c.wilcoxon.p == c.wilcoxon.p_holm)
  assert(c.p_sign == ln.stat.sign_test(median, noisy).p and c.sign_test.plus == 10)
  assert(c.effect.dz == ln.stat.effect_size(median, noisy).dz and c.effect.rank_biserial == 1)
  close(c.rows[1].mean, 0.445, 1e-15)
  close(c.rows[2].mean, 0.64, 1e-15)
end)

test("the bootstrap's interval, the same for the same seed", function()
  local c = ln.compare{ a = noisy, b = median, seed = 5 }
  local mean, low, high = ln.stat.interval(differences(median, noisy), { method = "bca", seed = 5 })
  assert(c.difference == mean and c.low == low and c.high == high)
  local text = tostring(c):gsub("\n", " ")
  assert(c.options.resamples == 9999 and text:find("BCa bootstrap (9999 resamples, seed 5)", 1, true))
end)

test("bootstraps of few images say that they are too narrow", function()
  local function warns(options)
    local c = ln.compare(options)
    return c:text():gsub("\n", " "):find("Of so few, BCa intervals are too narrow", 1, true) ~= nil
  end
  local a, b = ln.rand({ 30 }, 1), ln.rand({ 30 }, 2)
  assert(warns{ a = noisy, b = median } and not warns{ a = noisy, b = median, interval = "t" })
  local patients = {}
  for i = 1, 30 do patients[i] = i // 3 end
  assert(not warns{ a = a, b = b } and warns{ a = a, b = b, group = patients })
end)

test("p of several rows are corrected", function()
  local c = ln.compare{ noisy = noisy, median = median, unet = unet, baseline = "noisy" }
  local holm = ln.stat.holm{ ln.stat.wilcoxon(median, noisy).p, ln.stat.wilcoxon(unet, noisy).p }
  assert(c.rows[1].name == "noisy" and c.rows[2].name == "median" and c.rows[3].name == "unet")
  assert(c.median.p_wilcoxon == holm[1] and c.unet.p_wilcoxon == holm[2])
  close(c.unet.sign_test.p_holm, 2 * c.unet.sign_test.p, 1e-15)
end)

test("rows in their order", function()
  local c = ln.compare{ { "z", noisy }, { "y", median }, { "x", unet } }
  assert(c.baseline == "z" and c.rows[2].name == "y" and c.rows[3].name == "x")
  c = ln.compare{ { "z", noisy }, { "y", median }, { "x", unet }, baseline = "y" }
  assert(c.baseline == "y" and c.rows[1].name == "y" and c.rows[2].name == "z")
end)

test("a constant difference is told, not nan", function()
  local shifted = {}
  for i, x in ipairs(noisy) do shifted[i] = x + 0.1 end
  for _, interval in ipairs{ "bca", "t" } do
    for _, kind in ipairs{ function(x) return x end, ln.tensor } do
      local c = ln.compare{ a = kind(noisy), b = kind(shifted), interval = interval }
      close(c.difference, 0.1, 1e-7)
      assert(c.low == c.difference and c.high == c.difference and c.constant)
      close(c.p_sign, 2 ^ -9, 1e-15)
      assert(c.p_wilcoxon == c.p_sign and c.wilcoxon.method == "sign test" and c.effect.dz == math.huge)
    end
    local c = ln.compare{ a = noisy, b = noisy, interval = interval }
    assert(c.difference == 0 and c.low == 0 and c.high == 0 and c.p_wilcoxon == 1 and c.p_sign == 1)
    assert(c.effect.dz == 0 and c.effect.rank_biserial == 0)
    for _, text in ipairs{ tostring(c), c:markdown(), c:csv(), c:latex() } do assert(not text:find("nan"), text) end
  end
end)

test("images by seeds: means over seeds, and the spread over them beside", function()
  local seeds = {}
  for i, x in ipairs(median) do seeds[i] = { x, x + 0.02, x - 0.02 } end
  local plain, c = ln.compare{ a = noisy, b = median }, ln.compare{ a = noisy, b = seeds }
  close(c.difference, plain.difference, 1e-12)
  close(c.low, plain.low, 1e-12)
  close(c.b.seed_sd, 0.02, 1e-12)
  close(c.difference_seed_sd, 0.02, 1e-12)
  assert(c.b.seeds == 3 and c.a.seeds == 1 and c.a.seed_sd == nil)
  assert(tostring(c):find(" SD ") and tostring(c):find("3 seeds"), tostring(c))
  local t = ln.compare{ a = noisy, b = ln.tensor(seeds) }
  close(t.difference, plain.difference, 1e-6)
end)

test("patients are the units", function()
  local patients = { 1, 1, 2, 2, 3, 3, 4, 4, 5, 5 }
  local c = ln.compare{ a = noisy, b = median, group = patients, interval = "t" }
  local d, means = differences(median, noisy), {}
  for g = 1, 5 do means[g] = (d[2 * g - 1] + d[2 * g]) / 2 end
  local mean, low = ln.stat.interval(means)
  close(c.difference, mean, 1e-12)
  close(c.low, low, 1e-12)
  close(c.p_sign, 0.0625, 1e-15)
  assert(c.groups == 5 and c.wilcoxon.n == 5)
  assert(tostring(c):find("10 images in 5 groups", 1, true))
  local names = {}
  for i = 1, 10 do names[i] = ("mdb%03d"):format(i) end
  local again = ln.compare{ a = noisy, b = median, names = names, group = ln.data.pairs, interval = "t" }
  assert(again.low == c.low and again.groups == 5)
end)

test("scores by name find each other", function()
  local a, b = { x = 0.1, y = 0.2, z = 0.4 }, { z = 0.5, y = 0.4, x = 0.2 }
  local c = ln.compare{ a = a, b = b }
  close(c.difference, 0.4 / 3, 1e-15)
  c = ln.compare{ a = { scores = { 0.4, 0.1, 0.2 }, names = { "z", "x", "y" } }, b = b }
  close(c.difference, 0.4 / 3, 1e-15)
  assert(c.sign_test.plus == 3)
end)

test("what does not pair is an error", function()
  local two, three = { 1, 2 }, { 1, 2, 3 }
  local cases = {
    { { a = two, b = three }, "'a' has 2 scores and 'b' 3; they are compared image by image" },
    { { a = two, b = two, names = { a = { "p", "q" }, b = { "p", "r" } } },
      "image 2 is 'q' for 'a' and 'r' for 'b'; they are compared image by image" },
    { { a = two, b = two, names = { "p" } }, "'a' has 2 scores and 1 names of images" },
    { { a = { p = 1, q = 2 }, b = { p = 1, r = 2 } }, "'b' has no score of image 'q'" },
    { { a = { p = 1, q = 2 }, b = { p = 1, q = 2, r = 3 } }, "only 'b' has a score of image 'r'" },
    { { a = two }, "at least two rows of scores, got 1" },
    { { a = two, b = two, c = two }, "option 'baseline' must say which of a, b, c" },
    { { a = two, b = two, baseline = "c" }, "option 'baseline': no row 'c'; there are a, b" },
    { { { "a", two }, { "a", two } }, "two rows are called 'a'" },
    { { { "a", two }, two }, "entry 2 must be a row { name, scores }, or what denoises" },
    { { a = { 1 }, b = { 2 } }, "at least two images, got 1" },
    { { a = two, b = { 1, 3 }, group = { "p", "p" } }, "at least two groups, got 1" },
    { { a = two, b = two, group = { "p" } }, "option 'group' must be a list with a group for each of 2 values" },
    { { a = two, b = two, group = ln.data.pairs }, "option 'group' is a function of the images' names" },
    { { a = two, b = { 1, 0 / 0 } }, "the score of 'b' for image 2 is nan" },
    { { a = two, b = { { 1, 2 }, { 3 } } }, "as many for each image: 2 for image 1, 1 for image 2" },
    { { a = two, b = ln.zeros{ 2, 2, 2 } }, "got a tensor of shape 2x2x2" },
    { { a = two, b = ln.zeros{ 0 } }, "got a tensor of shape 0" },
    { { a = two, b = {} }, "got a table that is no list" },
    { { a = two, b = two, sed = 3 }, "no option 'sed'; did you mean 'seed'?" },
    { { a = two, b = two, interval = "z" }, "option 'interval' must be 'bca' or 't', got 'z'" },
    { { a = two, b = { 2, 1 }, method = "exact" }, "method 'exact' needs differences of different sizes" },
  }
  for _, case in ipairs(cases) do expect_error(function() ln.compare(case[1]) end, case[2]) end
  expect_error(function() ln.compare(3) end, "compare: expected a table, got 3")
end)

test("the table, at 80 columns at most", function()
  local c = ln.compare{ noisy = noisy, ["median 3x3"] = median, ["a denoising autoencoder with skips"] = unet,
    baseline = "noisy", value = "SSIM", best = "max", interval = "t" }
  equal(c:text(), [[
method                    SSIM      difference [95 %]  p ranks  p signs     dz
-----------------------  -----  ---------------------  -------  -------  -----
noisy                    0.445       -                       -        -      -
a denoising autoencoder  0.847  +0.402 [0.374, 0.430]   0.0050   0.0039  10.43
with skips
median 3x3               0.640  +0.195 [0.168, 0.222]   0.0039   0.0039   5.20
10 images; differences from 'noisy', image by image, with 95 % intervals,
Student's t. p: two-sided, Holm's correction over 2 rows, of Wilcoxon's signed
ranks (exact, approx) and of the signs. dz: mean difference over its standard
deviation.]])
  for line in c:text():gmatch("[^\n]+") do assert(utf8.len(line) <= 80, line) end
end)

test("Markdown, CSV and LaTeX", function()
  local c = ln.compare{ a_1 = noisy, b = median, value = "SSIM", best = "max", interval = "t" }
  assert(c:markdown():find("| b | **0.640** | +0.195 [", 1, true), c:markdown())
  assert(c:latex():find("  a\\_1 & 0.445 & - & - & - & - \\\\\n", 1, true), c:latex())
  assert(c:latex():find("\\textbf{0.640}", 1, true), c:latex())
  local float = ln.compare{ a = noisy, b = median, caption = "Filters", label = "tab:filters" }:latex()
  assert(float:find("\\caption{Filters}\n\\label{tab:filters}", 1, true), float)
  local folder <close> = support.folder()
  assert(c:csv(folder.path .. "/c.csv") == folder.path .. "/c.csv")
  local head, first, second = support.read(folder.path .. "/c.csv"):match("^([^\n]*)\n([^\n]*)\n([^\n]*)\n$")
  assert(head:find("^row,mean,seeds,seed_sd,difference,low,high,") and first:find("^a_1,0.445,1,,,"))
  assert(second:find("^b,0.64,1,,0.195,"), second)
end)

test("filters, networks and functions are measured on images", function()
  local clean = ln.data.phantom{ 6, size = 32, seed = 1 }
  local images, f = clean.images, ln.filter
  local input = ln.noise.gaussian{ 0.1, seed = 2 }(images)
  local net = ln.nn.sequential{ ln.nn.conv2d{ 1 } }
  net:build({ 1, 32, 32 }, 1)
  local function half(x) return 0.5 * x end
  local c = ln.compare{ f.median{ 3 }, { "net", net }, { "given", { 0.5, 0.4, 0.6, 0.5, 0.3, 0.2 } },
    f.bm3d{ sigma = 0.1 }, half = half, input = input, target = clean, interval = "t" }
  local names = {}
  for i, row in ipairs(c.rows) do names[i] = row.name end
  equal(table.concat(names, ", "), "input, median{ 3 }, net, given, bm3d{ 0.1 }, half")
  assert(c.baseline == "input" and c:text():find("^method +ssim +difference"), c:text())
  local ssim = ln.metric.ssim{}
  close(c.input.mean, (ssim(input, images)), 1e-6)
  close(c["median{ 3 }"].mean, (ssim(f.median{ 3 }(input), images)), 1e-6)
  close(c.net.mean, (ssim(net:predict(input), images)), 1e-6)
  close(c.half.mean, (ssim(0.5 * input, images)), 1e-6)
  local psnr = ln.compare{ half, input = input, target = images, metric = ln.metric.psnr{} }
  assert(psnr:text():find("^method +psnr") and psnr["function"].mean < psnr.input.mean, psnr:text())
  for _, case in ipairs{
    { { half, f.tv{} }, "'function' denoises; give the images as options 'input' and 'target', or its scores" },
    { { half, input = input }, "option 'target', the clean images, is required beside 'input'" },
    { { half, input = input, target = images:narrow(1, 1, 3) }, "option 'input' is 6x1x32x32, option 'target' 3x1" },
    { { function() end, input = input, target = images }, "'function': it should give a tensor, gave nil" },
    { { half, input = input, target = images, metric = function() return 1 end },
      "option 'metric' should give a score an image as its second value, gave nil" },
    { { net, net, input = input, target = images }, "two rows are called 'network'" },
  } do expect_error(function() ln.compare(case[1]) end, case[2]) end
end)

support.done()
