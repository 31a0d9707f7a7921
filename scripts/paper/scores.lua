-- The scores that the points of the sweeps left, put together over seeds: one number for each test image.
local ln = require "lunet"
local experiment = require "scripts.paper.experiment"

local scores = {}

local Book = {}
Book.__index = Book

-- sources: of data.load; sweeps: of experiment.run; plan: what they were run with.
function scores.new(sources, sweeps, plan)
  local self = setmetatable({ sources = sources, plan = plan, entries = {}, names = {}, groups = {} }, Book)
  for name, sweep in pairs(sweeps) do self.entries[name] = experiment.results(sweep) end
  for _, source in ipairs(sources) do self.groups[source.label] = source.group end
  return self
end

-- The names of the test images of a set for a seed, "label/name".
function Book:test_names(set, seed)
  local key = set .. " " .. seed
  self.names[key] = self.names[key]
    or experiment.test_names(self.sources, set, seed, self.plan.by_patient)
  return self.names[key]
end

-- The entry of one point. network: of the rivals.
function Book:entry(sweep, set, condition, seed, network)
  for _, entry in ipairs(self.entries[sweep]) do
    local point = entry.point
    if point.set == set and point.condition == condition and point.seed == seed and point.network == network
      and not point.long then
      return entry
    end
  end
  error(("there is no point of %s, %s, seed %d"):format(set, condition, seed))
end

-- Points whose results a row is made of. method: { sweep = "filters", "networks" or "rivals", network = which of
-- these, combined = whether the network was trained on all sources, long = whether for longer }.
function Book:matching(method, condition)
  local list = {}
  for _, entry in ipairs(self.entries[method.sweep]) do
    local point = entry.point
    local same_set = (point.set == "combined") == (method.combined or false)
    local same_network = (point.long or false) == (method.long or false) and point.network == method.network
    if point.condition == condition and same_set and same_network then list[#list + 1] = entry end
  end
  return list
end

-- Gathers the scores of one metric from points: sums by image, and lists by seed.
local function gather(book, points, result_name, tested)
  local found = { sums = {}, counts = {}, order = {}, by_seed = {}, seeds = {} }
  for _, entry in ipairs(points) do
    local seed, list = entry.point.seed, entry.result[result_name]
    if not found.by_seed[seed] then
      found.by_seed[seed], found.seeds[#found.seeds + 1] = {}, seed
    end
    for i, name in ipairs(book:test_names(entry.point.set, seed)) do
      if not tested or name:sub(1, #tested + 1) == tested .. "/" then
        if not found.sums[name] then
          found.order[#found.order + 1], found.sums[name], found.counts[name] = name, 0, 0
        end
        found.sums[name], found.counts[name] = found.sums[name] + list[i], found.counts[name] + 1
        table.insert(found.by_seed[seed], list[i])
      end
    end
  end
  return found
end

-- Scores of a method under a condition, on the test images of one source, or of all (tested = nil): { names =,
-- groups =, paper =, wang =, psnr = lists with a number for each image, the mean over the seeds that test it, seed_sd =
-- by metric, of the means over the seeds }.
function Book:scores(method, condition, tested)
  local out, points = { groups = {}, seed_sd = {} }, self:matching(method, condition)
  for _, entry in ipairs(experiment.metrics) do
    local found = gather(self, points, method.name .. "_" .. entry.name, tested)
    local values, means = {}, {}
    for i, name in ipairs(found.order) do values[i] = found.sums[name] / found.counts[name] end
    for i, seed in ipairs(found.seeds) do means[i] = (ln.stat.mean(found.by_seed[seed])) end
    out[entry.name], out.names, out.seed_sd[entry.name] = values, found.order, select(2, ln.stat.mean(means))
  end
  for i, name in ipairs(out.names) do out.groups[i] = self:group(name) end
  return out
end

-- The patient of a test image "label/name", where that is known; else itself.
function Book:group(name)
  local label, rest = name:match("^(.-)/(.*)$")
  local group = self.groups[label]
  return group and label .. "/" .. group(rest) or name
end

-- { mean, low, high } of scores, for ln.table: Student's t, whose "mean +- half" leaves room for three columns.
function scores.interval(of, metric)
  return { ln.stat.interval(of[metric], { method = "t", group = of.groups }) }
end

return scores
