-- ln.stat: intervals of a mean, paired tests, and the distributions behind them. The arithmetic is in
-- runtime/statistic.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local scores = require "lunet.scores"

local stat = {}
for name, f in pairs(core.stat) do stat[name] = f end

local level = { "level", "number", default = 0.95, above = 0, max = 0.9999, help = "of confidence" }
local resamples = { "resamples", "integer", default = 9999, min = 100, max = 10000000, help = "how often is drawn" }
local seed = { "seed", "integer", default = 0, help = "of what is drawn: the same seed, the same bits" }
local group = { "group", "table", help = "a list with the group of each value, a patient, say: what is drawn are whole "
  .. "groups" }

-- ---- Means ----

stat.mean = docs.add(function(x)
  local list, sum, squares = scores.list("stat.mean", "x", x), 0, 0
  for _, value in ipairs(list) do sum = sum + value end
  local mean = sum / #list
  if #list < 2 then return mean end
  for _, value in ipairs(list) do squares = squares + (value - mean) ^ 2 end
  return mean, math.sqrt(squares / (#list - 1))
end, {
  name = "stat.mean",
  usage = "ln.stat.mean(x: tensor|number[]) -> number, number|nil",
  doc = "The mean of values and their standard deviation (n - 1), which one value does not have: of the means over "
    .. "seeds, say. Sums are in double.",
  errors = "A value that is no finite number.",
  example = "local mean, sd = ln.stat.mean{ 0.81, 0.83, 0.80 }",
})

-- ---- Intervals ----

local interval_page = {
  name = "stat.interval",
  usage = "ln.stat.interval(x: tensor|number[], options?: options) -> number, number, number",
  doc = "mean, low, high: the mean of independent values and its interval of confidence, by Student's t or by the BCa "
    .. "bootstrap (Efron 1987), which follows skew values better but needs twenty or more of them. Of one value, or "
    .. "one group, low and high are nan.",
  options = {
    { "method", "string", choices = { "t", "bca" }, default = "t", help = "which interval" },
    level, resamples, seed, group,
  },
  errors = "A value that is no finite number.",
  example = "ln.stat.interval{ 0.81, 0.83, 0.80 }",
}

stat.interval = docs.add(function(x, given)
  local o = options.read(interval_page, given)
  local sums, counts = scores.groups("stat.interval", scores.list("stat.interval", "x", x), o.group)
  if #sums == 1 then return sums[1] / (counts and counts[1] or 1), 0 / 0, 0 / 0 end
  if o.method == "t" then return core.statistic_interval(sums, counts, o.level) end
  return core.statistic_interval(sums, counts, o.level, o.resamples, o.seed)
end, interval_page)

local bootstrap_page = {
  name = "stat.bootstrap",
  usage = "ln.stat.bootstrap(x: tensor|number[], options?: options) -> tensor",
  doc = "Means of as many values, or groups, as there are, drawn with replacement from them: one mean a resample.",
  options = { resamples, seed, group },
  errors = "A value that is no finite number.",
  example = [[
local means = ln.stat.bootstrap({ 0.81, 0.83, 0.80 }, { seed = 1 })
means:std()]],
}

stat.bootstrap = docs.add(function(x, given)
  local o = options.read(bootstrap_page, given)
  local sums, counts = scores.groups("stat.bootstrap", scores.list("stat.bootstrap", "x", x), o.group)
  return core.statistic_resample(sums, counts, o.resamples, o.seed)
end, bootstrap_page)

-- ---- Tests of paired values ----

-- The differences a - b; a alone holds them already.
local function differences(what, a, b)
  local list = scores.list(what, b == nil and "the differences" or "a", a)
  if b == nil then return list end
  local other, out = scores.list(what, "b", b), {}
  if #list ~= #other then
    errors.raise("%s: a has %d values and b %d; they are compared pair by pair", what, #list, #other)
  end
  for i, x in ipairs(list) do out[i] = x - other[i] end
  return out
end

local wilcoxon_page = {
  name = "stat.wilcoxon",
  usage = "ln.stat.wilcoxon(a: tensor|number[], b?: tensor|number[], options?: options) -> table",
  doc = "The Wilcoxon signed-rank test of the differences a - b, or of those in a where b is nil: { p, statistic, "
    .. "plus, minus, n, zeros, ties, method, z }. p is two-sided; plus and minus are the sums of ranks of positive and "
    .. "negative differences, statistic the lesser, as in SciPy. Zeros are left out (SciPy's zero_method = 'wilcox'), "
    .. "n is what remains. By itself p is exact without ties and zeros for up to 200 differences (SciPy: 50), else "
    .. "approximate.",
  options = {
    { "method", "string", choices = { "auto", "exact", "approx" }, default = "auto", help = "exact: over all signs; "
      .. "approx: normal, with the variance of tied ranks, and z in the result" },
    { "correction", "boolean", default = false, help = "continuity correction of the approximation" },
  },
  errors = "Lists of different lengths; method 'exact' with ties, or for more than 1000 differences.",
  example = "ln.stat.wilcoxon({ 0.81, 0.83, 0.80 }, { 0.79, 0.82, 0.80 }).p",
}

stat.wilcoxon = docs.add(function(a, b, given)
  local o = options.read(wilcoxon_page, given)
  return errors.within("stat.", core.statistic_wilcoxon, differences("stat.wilcoxon", a, b), o.method, o.correction)
end, wilcoxon_page)

stat.sign_test = docs.add(function(a, b)
  return core.statistic_sign_test(differences("stat.sign_test", a, b))
end, {
  name = "stat.sign_test",
  usage = "ln.stat.sign_test(a: tensor|number[], b?: tensor|number[]) -> table",
  doc = "The exact sign test of the differences a - b, or of those in a where b is nil: { p, plus, minus, zeros }, p "
    .. "two-sided and the others how many differences are above, below and 0. Zeros count for neither sign.",
  errors = "Lists of different lengths.",
  example = "ln.stat.sign_test({ 0.81, 0.83, 0.80 }, { 0.79, 0.82, 0.80 }).p",
})

-- Mean over standard deviation; of a constant it is 0 or infinite.
local function cohens_dz(list)
  local mean, spread = stat.mean(list)
  if mean == 0 then return 0.0 end
  spread = spread or 0
  if spread <= 1e-14 * math.abs(mean) then return mean > 0 and math.huge or -math.huge end
  return mean / spread
end

stat.effect_size = docs.add(function(a, b)
  local list = differences("stat.effect_size", a, b)
  local ranks = core.statistic_wilcoxon(list, "approx", false)
  local total = ranks.plus + ranks.minus
  return { dz = cohens_dz(list), rank_biserial = total > 0 and (ranks.plus - ranks.minus) / total or 0.0 }
end, {
  name = "stat.effect_size",
  usage = "ln.stat.effect_size(a: tensor|number[], b?: tensor|number[]) -> table",
  doc = "How large the differences a - b are, or those in a where b is nil: { dz, rank_biserial }. dz is Cohen's d of "
    .. "paired values, the mean over the standard deviation (n - 1); of equal differences it is 0 or infinite. "
    .. "rank_biserial is the share of the rank sum that is positive less the share that is negative, -1 to 1 (Kerby "
    .. "2014).",
  errors = "Lists of different lengths.",
  example = "ln.stat.effect_size({ 0.81, 0.83, 0.80 }, { 0.79, 0.82, 0.80 }).dz",
})

stat.holm = docs.add(function(p)
  local list, order, adjusted, largest = scores.list("stat.holm", "p", p), {}, {}, 0
  for i, x in ipairs(list) do
    if x < 0 or x > 1 then errors.raise("stat.holm: number %d of p is %s; it must be from 0 to 1", i, x) end
    order[i] = i
  end
  table.sort(order, function(i, j) return list[i] < list[j] or list[i] == list[j] and i < j end)
  for rank, i in ipairs(order) do
    largest = math.max(largest, math.min(1, (#list - rank + 1) * list[i]))
    adjusted[i] = largest
  end
  return adjusted
end, {
  name = "stat.holm",
  usage = "ln.stat.holm(p: tensor|number[]) -> number[]",
  doc = "p of several tests, corrected for being several by Holm's method (1979): the least is multiplied by their "
    .. "number, the next by one less, and so on; none is below one before it, or above 1.",
  errors = "A p that is not from 0 to 1.",
  example = "ln.stat.holm{ 0.01, 0.04, 0.03 }",
})

return errors.strict(stat, "lunet.stat")
