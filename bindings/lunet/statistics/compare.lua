-- ln.compare: are these scores really better? Differences image by image, with intervals, tests and effect sizes.
local comparison = require "lunet.comparison"
local core = require "lunet.core"
local denoised = require "lunet.denoised"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local pairing = require "lunet.pairing"
local scores = require "lunet.scores"
local stat = require "lunet.stat"

local page = {
  name = "compare",
  usage = "ln.compare(options: options) -> comparison",
  doc = "Compares scores image by image with those of a baseline: mean difference with its interval, Wilcoxon's "
    .. "signed-rank test and the sign test, two-sided, with Holm's correction over the rows, and an effect size. Rows "
    .. "are entries { unet = scores, median = scores }, or in their order { \"unet\", scores }. Scores are a tensor or "
    .. "a list with one number an image, as metrics give them second; images x seeds, which are averaged over the "
    .. "seeds first; by name { mdb001 = 0.81 }; or { scores =, names = }. With "
    .. "the options input and target, rows are also what denoises: filters, networks, functions; the noisy images' own "
    .. "scores are the first row, 'input'. Images of one group (a patient) are not "
    .. "independent: groups are resampled whole, and tests see the mean of each. Differences that are all equal have "
    .. "an interval of no width and the sign test's p. BCa intervals want forty images or more: of normal differences "
    .. "95 % intervals cover 84 % of five, 90 of ten, 93 of twenty and 94 of forty; Student's t keeps its level unless "
    .. "differences are skew.",
  options = {
    { "input", { "tensor", "set" }, help = "the noisy images, which rows without scores denoise" },
    { "target", { "tensor", "set" }, help = "the clean images that the results are measured against" },
    { "metric", { "metric item", "function" }, help = "what they are measured with, by default ln.metric.ssim{}: f(y, "
      .. "t) gives a mean and a score an image" },
    { "baseline", "string", help = "the row that the others are compared with; by itself the first of rows that come "
      .. "in their order, or of two rows the first by the alphabet" },
    { "names", "table", help = "the names of the images, which must agree: a list, or lists by row" },
    { "group", { "table", "function" }, help = "the group of each image: a list, or a function(name, index)" },
    { "interval", "string", choices = { "bca", "t" }, default = "bca", help = "of the mean difference: bootstrap, or "
      .. "Student's" },
    { "level", "number", default = 0.95, above = 0, max = 0.9999, help = "of confidence" },
    { "resamples", "integer", default = 9999, min = 100, max = 10000000, help = "of the bootstrap" },
    { "seed", "integer", default = 0, help = "of the bootstrap" },
    { "method", "string", choices = { "auto", "exact", "approx" }, default = "auto", help = "of Wilcoxon's p: see "
      .. "ln.stat.wilcoxon" },
    { "correction", "boolean", default = false, help = "continuity correction of Wilcoxon's approximate p" },
    { "effect", "string", choices = { "dz", "rank_biserial" }, default = "dz", help = "the effect size to print: "
      .. "Cohen's dz, or the rank-biserial correlation" },
    { "value", "string", help = "what the scores are, the head of their column; by default the metric's name, or "
      .. "'mean'" },
    { "best", "string", choices = { "max", "min" }, help = "which mean is bold" },
    { "caption", "string", help = "of the table in LaTeX, which is a float then" },
    { "label", "string", help = "of the table in LaTeX, beside its caption" },
  },
  errors = "Rows of different lengths or with other images; a score that is no finite number; fewer than two images or "
    .. "groups.",
  example = [[
local f = ln.filter
ln.compare{ f.median{ 3 }, f.wiener{}, input = noisy, target = clean }
ln.compare{ noisy = { 0.4, 0.5, 0.3 }, unet = { 0.9, 0.8, 0.9 },
  baseline = "noisy" }]],
}

local known = {}
for _, entry in ipairs(page.options) do known[entry[1]] = entry end

-- { name, scores or what denoises }, the name being in the entry or its own.
local function ordered_row(i, entry)
  if denoised.is_method(entry) then return { denoised.name(entry), entry } end
  if type(entry) ~= "table" or type(entry[1]) ~= "string" or entry[2] == nil then
    errors.raise("compare: entry %d must be a row { name, scores }, or what denoises, got %s", i, options.text(entry))
  end
  return { entry[1], entry[2] }
end

-- Options and rows, { { name, scores }, ... }: those that come in order, then those by name.
local function separate(given)
  local own, rows, named, names = {}, {}, {}, {}
  if type(given) ~= "table" then errors.raise("compare: expected a table, got %s", options.text(given)) end
  for i, entry in ipairs(given) do
    rows[i] = ordered_row(i, entry)
  end
  for i, entry in ipairs(page.options) do names[i] = entry[1] end
  for key, value in pairs(given) do
    if known[key] then
      own[key] = value
    elseif type(key) == "string" then
      local is_row = type(value) == "table" or options.is_tensor(value) or denoised.is_method(value)
      if not is_row then errors.raise("compare: no option '%s'%s", key, errors.suggestion(key, names)) end
      named[#named + 1] = { key, value }
    elseif not rows[key] then
      errors.raise("compare: rows are named, or entries 1, 2, ... without a gap; got the key %s", tostring(key))
    end
  end
  table.sort(named, function(a, b) return a[1] < b[1] end)
  local ordered = #rows
  for _, row in ipairs(named) do rows[#rows + 1] = row end
  local o = options.read(page, own)
  o.value = o.value or denoised.head(o)
  return o, denoised.rows(rows, o), o.input and ordered + 1 or ordered
end

-- The name of the baseline among the rows.
local function baseline_of(rows, wanted, ordered)
  local names, count = {}, {}
  for i, row in ipairs(rows) do
    names[i], count[row[1]] = row[1], (count[row[1]] or 0) + 1
    if count[row[1]] > 1 then errors.raise("compare: two rows are called '%s'", row[1]) end
  end
  if #rows < 2 then errors.raise("compare: expected at least two rows of scores, got %d", #rows) end
  if wanted == nil and (ordered > 0 or #rows == 2) then return names[1] end
  if wanted == nil then
    errors.raise("compare: option 'baseline' must say which of %s the others are compared with",
      table.concat(names, ", "))
  elseif not count[wanted] then
    errors.raise("compare: option 'baseline': no row '%s'%s", wanted, errors.suggestion(wanted, names))
  end
  return wanted
end

-- The differences image by image, and whether they are all one number but for rounding; 0 where that is nothing else.
local function differences_of(row, base)
  local list, size, off = {}, 0, 0
  for i, x in ipairs(row.images) do
    list[i] = x - base.images[i]
    size = math.max(size, math.abs(x), math.abs(base.images[i]))
  end
  local mean, slack = (stat.mean(list)), size * math.max(row.slack, base.slack)
  for _, d in ipairs(list) do off = math.max(off, math.abs(d - mean)) end
  if off > slack then return list, false end
  for i in ipairs(list) do list[i] = math.abs(mean) <= slack and 0.0 or mean end
  return list, true
end

-- One number for each group: the mean of its images.
local function means_of(sums, counts)
  if not counts then return sums end
  local means = {}
  for g, sum in ipairs(sums) do means[g] = sum / counts[g] end
  return means
end

-- The standard deviation over the seeds of the mean difference, where the seeds of both rows are as many, or one has
-- none.
local function difference_spread(row, base)
  local a, b, out = row.seeds, base.seeds, {}
  if #a ~= #b and #a ~= 1 and #b ~= 1 then return nil end
  for s = 1, math.max(#a, #b) do out[s] = a[#a == 1 and 1 or s] - b[#b == 1 and 1 or s] end
  return select(2, stat.mean(out))
end

local function interval_of(sums, counts, o)
  if o.interval == "t" then return core.statistic_interval(sums, counts, o.level) end
  return core.statistic_interval(sums, counts, o.level, o.resamples, o.seed)
end

local function compared(row, base, keys, o)
  local list, constant = differences_of(row, base)
  local sums, counts = scores.groups("compare", list, keys)
  local units = means_of(sums, counts)
  if #units < 2 then
    errors.raise("compare: expected at least two %s, got %d", keys and "groups" or "images", #units)
  end
  local out = { constant = constant, units = #units, effect = stat.effect_size(units),
    sign_test = stat.sign_test(units), difference_seed_sd = difference_spread(row, base) }
  if constant then
    out.difference, out.low, out.high = list[1], list[1], list[1]
    out.effect.dz = list[1] == 0 and 0.0 or list[1] / 0
    out.wilcoxon = { p = out.sign_test.p, method = "sign test", n = #units }
    return out
  end
  out.difference, out.low, out.high = interval_of(sums, counts, o)
  out.wilcoxon = errors.within("compare: ", stat.wilcoxon, units, nil, { method = o.method,
    correction = o.correction })
  return out
end

-- Holm's correction of one test over the rows but the baseline.
local function correct(rows, test, field)
  local p = {}
  for i = 2, #rows do p[i - 1] = rows[i][test].p end
  for i, adjusted in ipairs(stat.holm(p)) do
    rows[i + 1][test].p_holm = adjusted
    rows[i + 1][field] = adjusted
  end
end

local function compare(given)
  local o, list, ordered = separate(given)
  local rows = pairing.rows(list, o.names, baseline_of(list, o.baseline, ordered))
  local base, keys, out = rows[1], pairing.groups(o.group, rows), {}
  for i, row in ipairs(rows) do
    out[i] = i == 1 and {} or compared(row, base, keys, o)
    out[i].name, out[i].mean = row.name, (stat.mean(row.images))
    out[i].seeds, out[i].seed_sd = #row.seeds, select(2, stat.mean(row.seeds))
  end
  correct(out, "wilcoxon", "p_wilcoxon")
  correct(out, "sign_test", "p_sign")
  return comparison.new{ rows = out, baseline = base.name, images = #base.images,
    groups = keys and out[2].units or nil, options = o }
end

return docs.add(compare, page)
