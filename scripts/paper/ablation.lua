-- What each ingredient of the recipe `best` is worth: it is trained without one after the other, with the same seeds,
-- and tested on the same images.
--
--   lunet scripts/paper/ablation.lua [--mmm DIR] [--p P] [--seeds N] [--steps N] [--jobs N] [--quick]
--
-- Whatever ends it, the same command goes on. scripts/ablation.lua shows how such a script is written.
local ln = require "lunet"
local experiment = require "scripts.paper.experiment"
local recipe = require "scripts.paper.recipe"
local study = require "scripts.paper.study"

local ablation = {
  name = "ablation",
  title = "What is each ingredient of the recipe worth?",
  doc = "The recipe 'best' without one ingredient after the other.",
  options = { { "p", "number", value = "P", default = 0.25, above = 0, max = 1, help = "tested with noise x + P n" } },
}

local most = 200 -- images that are trained on, as best.lua has it
local few = 40   -- images: with fewer, intervals are Student's
local longer = 2 -- times as many steps as the other studies' networks have

local variations = {
  { name = "no SSIM in the loss", ssim = 0 },
  { name = "no skips", skips = false },
  { name = "level not told", level = false },
  { name = "one level only", levels = nil }, -- that of --p
  { name = "noise drawn once", fresh = false },
  { name = "one convolution a level", convolutions = 1 },
  { name = "no flips", flips = "none" },
  { name = "no shifts", shift = 0 },
  { name = "all flips and turns", flips = "all" },
  { name = "no blocks of pixels", blocks = 1, convolutions = 1, widths = { 16, 48, 64, 96 } }, -- as long a step
  { name = "a quarter of the rate", rate = recipe.defaults.rate / 4 },
  { name = "rate reached in 50 steps", warmup = 50 },
  { name = "batches of 10", batch = 10 },
  { name = "no running mean", average = 0 },
  { name = "no mirrored mean", mirror = false },
}

-- The recipe's options, which the points have, and what tells its images from others.
local function base_of(o, source)
  local base = { name = "best" }
  for key, value in pairs(recipe.defaults) do base[key] = value end
  base.seed, base.progress = nil, nil
  base.steps, base.data, base.p = longer * o.steps, source.identity, o.p
  return base
end

local function run_point(source)
  local train, test = study.split(source, 1)
  train = train:narrow(1, 1, math.min(#train, most))
  return function(c)
    experiment.tell(("ablation: %s, seed %d"):format(c.variation, c.seed))
    local o = { progress = "none" }
    for key in pairs(recipe.defaults) do
      if c[key] ~= nil then o[key] = c[key] end
    end
    local net = recipe.train(train, o)
    local restored = recipe.denoise(net, study.noisy(test, c.p, 0), c.p, c.mirror)
    return { ssim = study.ssim(restored, test), psnr = select(2, ln.metric.psnr{}(restored, test)):totable() }
  end
end

-- In a short form a few of them.
local function varied(o)
  local list = {}
  for i, variation in ipairs(variations) do
    local one = {}
    for key, value in pairs(variation) do one[key] = value end
    if one.name == "one level only" then one.levels = { o.p } end
    if not o.quick or i % 3 == 1 then list[#list + 1] = one end
  end
  return list
end

function ablation.run(o, sources)
  local source = sources[1]
  return { source = source, results = ln.ablation{ name = "ablation", dir = o.out .. "/runs", jobs = o.jobs,
    progress = experiment.progress, base = base_of(o, source), vary = varied(o), seeds = ln.seeds(o.seeds),
    run = run_point(source) } }
end

-- { name =, lost = how much SSIM goes with the ingredient } of all variations, what counts most first.
local function losses(found)
  local function mean(name) return (study.spread(found.results:results(), { variation = name }, "ssim")) end
  local names, list = found.results.names, {}
  for i = 2, #names do list[i - 1] = { name = names[i], lost = mean(names[1]) - mean(names[i]), place = i } end
  table.sort(list, function(a, b) return a.lost > b.lost or a.lost == b.lost and a.place < b.place end)
  return list
end

-- The three that count most, and what would be better without.
local function answer_of(found)
  local worse, better = {}, {}
  for _, one in ipairs(losses(found)) do
    local list = one.lost > 0 and worse or better
    if math.abs(one.lost) >= 0.0005 then list[#list + 1] = ("%s (%+.3f)"):format(one.name, -one.lost) end
  end
  local function named(list, n) return #list > 0 and table.concat(list, ", ", 1, math.min(n, #list)) or "nothing" end
  return ("**What costs most SSIM: %s. Better than the recipe in so short a training: %s.**"):format(named(worse, 3),
    named(better, #better))
end

function ablation.show(page, found, o, write)
  local _, test, groups = study.split(found.source, 1)
  page:text(answer_of(found))
  page:text(("The recipe `best` (scripts/paper/recipe.lua) trained for %d steps on at most %d images of %s, and tested "
    .. "on %d others with noise x + %g N(0, 1): with all of its ingredients, and without one after the other; %s. A "
    .. "difference below zero is what an ingredient is worth; the running mean and fresh noise pay when training is "
    .. "long, as that of best.lua is."):format(longer * o.steps, most, found.source.label, #test, o.p,
    study.seeds_text(o)))
  for _, value in ipairs{ "ssim", "psnr" } do
    local t = found.results:table{ value = value, group = found.source.group and groups or nil,
      interval = #test < few and "t" or "bca" }
    page:table(t)
    write(t, "ablation-" .. value)
  end
end

return study.script(ablation, ...)
