-- What ln.ablation returns: a base and its variations with what came of them, and how they compare.
local compare = require "lunet.compare"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local sweep_table = require "lunet.sweep_table"

local Ablation = {}
Ablation.__name = "lunet.ablation"

local fields = { "compare", "names", "results", "seeds", "sweep", "table" }

function Ablation.__index(_, key)
  local method = rawget(Ablation, key)
  if method ~= nil then return method end
  errors.raise("ablation: no method or field '%s'%s", tostring(key), errors.suggestion(key, fields))
end

function Ablation:__len()
  return #self.names
end

function Ablation:results()
  return self.sweep:results()
end

-- ---- Scores ----

-- The results of that name, of each variation by seed: scores[name][seed].
local function scores_of(self, value)
  local scores = {}
  for _, name in ipairs(self.names) do scores[name] = {} end
  for _, entry in ipairs(self:results()) do
    scores[entry.point.variation][entry.point.seed] = sweep_table.value_of(entry, value)
  end
  return scores
end

-- The variations that have a result, and the seeds that all of these have; and what is left out, in words.
local function paired(self, scores)
  local names, seeds, left_out = {}, {}, {}
  for _, name in ipairs(self.names) do
    table.insert(next(scores[name]) ~= nil and names or left_out, name)
  end
  for _, seed in ipairs(self.seeds) do
    local missing
    for _, name in ipairs(names) do missing = missing or scores[name][seed] == nil and name end
    if missing then
      left_out[#left_out + 1] = ("seed %d (none of %s)"):format(seed, missing)
    else
      seeds[#seeds + 1] = seed
    end
  end
  return names, seeds, left_out
end

-- images x seeds: a list for each image, of lists with a number for each seed.
local function by_image(name, of_seeds, seeds)
  local rows, count = {}, #of_seeds[seeds[1]]
  for s, seed in ipairs(seeds) do
    if #of_seeds[seed] ~= count then
      errors.raise("ablation:compare: '%s' has %d scores with seed %d, but %d with seed %d; they must be of the same "
        .. "images", name, count, seeds[1], #of_seeds[seed], seed)
    end
    for i, score in ipairs(of_seeds[seed]) do
      rows[i] = rows[i] or {}
      rows[i][s] = score
    end
  end
  return rows
end

local function by_seed(name, of_seeds, seeds)
  local list = {}
  for s, seed in ipairs(seeds) do
    if type(of_seeds[seed]) ~= "number" then
      errors.raise("ablation:compare: the result of '%s' with seed %d is no number, but %s", name, seed,
        options.text(of_seeds[seed]))
    end
    list[s] = of_seeds[seed]
  end
  return list
end

-- ---- Comparing ----

local own = {
  name = "ablation:compare",
  options = { { "value", "string", help = "the result" } },
}

-- The value that is compared, if there is but one.
local function value_of(self, given)
  local entries = self:results()
  local value = options.read(own, { value = given }).value or sweep_table.only_value(own.name, entries)
  sweep_table.check_value(own.name, entries, value)
  return value
end

-- Images are compared, where the results are lists of scores; else seeds, of which there are few: by t intervals.
local function rows_of(self, value)
  local scores = scores_of(self, value)
  local names, seeds, left_out = paired(self, scores)
  if names[1] ~= self.names[1] then
    errors.raise("ablation:compare: the base '%s' has no result '%s'", self.names[1], value)
  elseif #names < 2 then
    errors.raise("ablation:compare: no variation has a result '%s'", value)
  elseif #seeds == 0 then
    errors.raise("ablation:compare: there is no seed with which all have a result '%s'", value)
  end
  local of_images = type(scores[names[1]][seeds[1]]) == "table"
  local rows = { of_images = of_images, seeds = #seeds, left_out = left_out }
  for i, name in ipairs(names) do
    rows[i] = { name, (of_images and by_image or by_seed)(name, scores[name], seeds) }
  end
  return rows
end

-- The comparison, and the rows it is made of. given: options of ln.compare, and value.
local function compared(self, given)
  local o = {}
  for key, entry in pairs(given or {}) do o[key] = entry end
  local value = value_of(self, o.value)
  local rows = rows_of(self, value)
  if not rows.of_images and rows.seeds < 2 then
    errors.raise("ablation:compare: '%s' is one number for each seed, and there is one seed; give more of them, or a "
      .. "score for each image", value)
  end
  o.value, o.interval = value, o.interval or not rows.of_images and "t" or nil
  o.best = o.best or sweep_table.direction(nil, value)
  for i, row in ipairs(rows) do o[i] = row end
  return errors.within("", compare, o), rows
end

function Ablation:compare(given)
  return (compared(self, given))
end

function Ablation:table(given)
  local comparison, rows = compared(self, given)
  local t = comparison:table()
  if not rows.of_images then
    t.note = t.note:gsub("^(%d+) images?", "%1 seeds", 1):gsub("image by image", "seed by seed", 1)
  end
  if #rows.left_out > 0 then
    t.note = ("%s Left out, for want of a result: %s."):format(t.note, table.concat(rows.left_out, ", "))
  end
  return t
end

-- All results that there are one after another; before there are any, how the sweep stands.
function Ablation:__tostring()
  local parts = {}
  for _, value in ipairs(sweep_table.values(self:results())) do
    local ok, t = errors.try(self.table, self, { value = value })
    if ok then parts[#parts + 1] = tostring(t) end
  end
  return #parts > 0 and table.concat(parts, "\n\n") or tostring(self.sweep)
end

docs.class(Ablation, {
  { "ablation:table(options?: table) -> results", "Base and variations with means, differences from the base, their "
    .. "95 % intervals, and tests. Results that are lists or tensors of scores, or that log:scores kept, are compared "
    .. "image by image, averaged over seeds; single numbers seed by seed. Options: `value`, the result, if there are "
    .. "several, and those of ln.compare: group, interval, best, ..." },
  { "ablation:compare(options?: table) -> comparison", "The same as data, as ln.compare gives it." },
  { "ablation:results() -> table[]", "All runs, as sweep:results gives them; point.variation and "
    .. "point.seed tell which." },
  { "ablation.sweep -> sweep", "The sweep that ran it." },
  { "ablation.names -> string[]", "The names, that of the base first; #ablation is how many." },
  { "ablation.seeds -> integer[]", "The seeds of each." },
})

return function(sweep, names, seeds)
  return setmetatable({ sweep = sweep, names = names, seeds = seeds }, Ablation)
end
