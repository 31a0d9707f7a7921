-- ln.ablation: what each ingredient of a base is worth. The base and its variations are the points of a sweep, each
-- with every seed, and are compared on the same seeds and the same images.
local ablation_class = require "lunet.ablation_class"
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local points = require "lunet.points"
local sweep = require "lunet.sweep"

local page = {
  name = "ablation",
  usage = "ln.ablation(options: options) -> ablation",
  doc = "Run a base and its variations, one ingredient at a time, with the same seeds, and compare each with the base: "
    .. "a sweep (see ln.sweep, which tells of records, going on, jobs and failures) whose points are the base with "
    .. "what a variation changes, its name as `variation`, and `seed`.",
  options = {
    { "base", "table", required = true, help = "options of the base, { skip = true, norm = \"batch\" }; name = "
      .. "\"U-Net\" calls it so, else it is \"base\"" },
    { "vary", "table", required = true, help = "a list of variations, { name = \"no skip\", skip = false }" },
    { "seeds", "integers", default = { 1, 2, 3 }, help = "every variation is run with each" },
  },
  errors = "A variation without a name, with that of another, or that changes nothing; an option that the base has "
    .. "under a similar name. What fails in run is none: it is told, and left out of tables.",
  returns = "the ablation: print shows its table, ablation:table{ value = \"ssim\" } that of one result, with "
    .. "differences from the base, intervals and tests.",
  example = [[
local ablation = ln.ablation{ base = { blur = 1, edge = "reflect" },
  vary = { { name = "more blur", blur = 2 } }, dir = folder, run = function(c)
    local filter = ln.filter.gaussian{ c.blur, edge = c.edge }
    return { ssim = select(2, ln.metric.ssim{}(filter(noisy), clean)) }
  end }
ablation]],
}

-- These are as for ln.sweep.
local shared = { run = true, name = true, dir = true, jobs = true, dry = true, retry = true, progress = true }
for _, entry in ipairs(sweep.page.options) do
  if shared[entry[1]] then table.insert(page.options, entry) end
end

-- A variation whose options the base has under other names is a mistake; new ones are not.
local function check_variation(name, variation, base)
  local keys, changed = points.sorted_keys(base), false
  for key, value in pairs(variation) do
    if key == "seed" or key == "variation" then
      errors.raise("ablation: variation '%s': '%s' is set by ln.ablation", name, key)
    end
    local near = base[key] == nil and core.nearest(key, keys)
    if near then
      errors.raise("ablation: variation '%s': the base has no option '%s'; did you mean '%s'?", name, key, near)
    end
    changed = changed or points.value_text(value) ~= points.value_text(base[key])
  end
  if not changed then errors.raise("ablation: variation '%s' changes nothing", name) end
end

-- A table of options without its name, and the name.
local function named(given, default)
  local copy = {}
  for key, value in pairs(given) do copy[key] = value end
  copy.name = nil
  return copy, given.name or default
end

-- The names of base and variations, in order, and the options of each.
local function variations_of(o)
  local base, base_name = named(o.base, "base")
  local names, all = { base_name }, { [base_name] = base }
  if #o.vary == 0 then
    errors.raise("ablation: option 'vary' must be a list of variations, { { name = \"no skip\", skip = false }, ... }")
  end
  for i, given in ipairs(o.vary) do
    if type(given) ~= "table" or type(given.name) ~= "string" then
      errors.raise("ablation: variation %d must be a table with a name, { name = \"no skip\", skip = false }, got %s",
        i, type(given) == "table" and "one without" or options.text(given))
    end
    local variation, name = named(given)
    if all[name] then errors.raise("ablation: two variations are called '%s'", name) end
    check_variation(name, variation, base)
    names[#names + 1] = name
    all[name] = variation
  end
  return names, all
end

local function points_of(o, names, all)
  local list, base = {}, all[names[1]]
  for _, name in ipairs(names) do
    for _, seed in ipairs(o.seeds) do
      local point = {}
      for key, value in pairs(base) do point[key] = value end
      for key, value in pairs(all[name]) do point[key] = value end
      point.variation, point.seed = name, seed
      list[#list + 1] = point
    end
  end
  return list
end

local function ablation(given)
  local o = options.read(page, given)
  local names, all = variations_of(o)
  local inner = { points = points_of(o, names, all) }
  for name in pairs(shared) do inner[name] = o[name] end
  inner = sweep.read(inner)
  inner.shown = { "variation", "seed" }
  return ablation_class(sweep.run(inner), names, o.seeds)
end

return docs.add(ablation, page)
