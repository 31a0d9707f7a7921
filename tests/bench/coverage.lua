-- How often intervals that should cover the true mean in 95 of 100 cases do so, by simulation: Student's t and BCa on
-- normal and on log-normal samples.
--
--   build/lunet tests/bench/coverage.lua --repetitions 10000
local args = require "lunet.args"
local ln = require "lunet"

local laws = {
  { name = "normal", mean = 0, draw = function(z) return z end },
  { name = "log-normal, sd of the logarithm 0.25", mean = math.exp(0.25 ^ 2 / 2),
    draw = function(z) return math.exp(0.25 * z) end },
  { name = "log-normal, 0.5", mean = math.exp(0.5 ^ 2 / 2), draw = function(z) return math.exp(0.5 * z) end },
  { name = "log-normal, 1", mean = math.exp(0.5), draw = math.exp },
}

-- The share of intervals that hold the law's mean, and their mean width.
local function coverage(law, n, interval, repetitions, seed)
  local z, covered, width = ln.randn({ repetitions, n }, seed):totable(), 0, 0
  for r, sample in ipairs(z) do
    for i, x in ipairs(sample) do sample[i] = law.draw(x) end
    interval.seed = r
    local _, low, high = ln.stat.interval(sample, interval)
    if low <= law.mean and law.mean <= high then covered = covered + 1 end
    width = width + (high - low) / repetitions
  end
  return covered / repetitions, width
end

local spec = { name = "coverage", doc = "Coverage of 95 % intervals of a mean, by simulation.", options = {
  { "repetitions", "integer", value = "N", default = 10000, min = 100, help = "samples of each kind" },
  { "resamples", "integer", value = "N", default = 1999, min = 100, help = "of each bootstrap" },
  { "seed", "integer", value = "N", default = 1, help = "of the samples" },
} }

args.main("coverage", function(...)
  local o = args.parse({ ... }, spec)
  local results = ln.table{ columns = { "values", "n", "interval", "covers, %", "mean width" },
    note = ("%d samples each; the standard error of a coverage is %.2f %%"):format(o.repetitions,
      100 * math.sqrt(0.05 * 0.95 / o.repetitions)) }
  for _, law in ipairs(laws) do
    for _, n in ipairs{ 5, 10, 20, 40, 160 } do
      for _, method in ipairs{ "t", "bca" } do
        local interval = { method = method, resamples = method == "bca" and o.resamples or nil }
        local covered, width = coverage(law, n, interval, o.repetitions, o.seed)
        results:add{ law.name, n, method, 100 * covered, width }
      end
    end
  end
  print(results)
end, ...)
