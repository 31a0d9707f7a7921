-- What does a better recipe give? The recipe `best`, one network for all levels of noise, beside the paper's network,
-- which is trained for each level, and tuned filters, on test images of both sets.
--
--   lunet scripts/paper/better.lua [--mmm DIR] [--dx DIR] [--seeds N] [--steps N] [--jobs N] [--quick]
--
-- scripts/paper/best.lua does so for one folder to train on and another to test. Whatever ends it, the same command
-- goes on.
local ln = require "lunet"
local filters = require "scripts.paper.filters"
local lists = require "scripts.paper.lists"
local network = require "scripts.paper.network"
local recipe = require "scripts.paper.recipe"
local study = require "scripts.paper.study"

local levels = { 0.05, 0.1, 0.25, 0.5 }
local papers_levels = { 0.1, 0.25, 0.5 } -- the paper has none below, and each level is a network to train
local papers_steps = 3000                -- its 100 epochs of 300 images
local most = 200                         -- images that the recipe learns from

local better = {
  name = "better",
  title = "What does a better recipe give?",
  doc = "The recipe 'best' beside the paper's network and tuned filters, on both sets.",
  own_steps = ("the recipe's %d and the paper's %d"):format(recipe.defaults.steps, papers_steps),
}

-- Both scores of each image, at a level.
local function score(into, p, restored, clean)
  into["ssim " .. p] = study.ssim(restored, clean)
  into["psnr " .. p] = select(2, ln.metric.psnr{}(restored:clamp(0, 1), clean)):totable()
end

-- ---- The methods ----

-- Each gives a function that denoises images at a level.

local function train_best(train, c)
  local net = recipe.train(train:narrow(1, 1, math.min(#train, most)), { steps = c.steps, seed = c.seed,
    progress = "none" })
  return function(noisy, p) return recipe.denoise(net, noisy, p) end
end

local function train_paper(train, c)
  local nets = {}
  for _, p in ipairs(papers_levels) do
    local noisy = ln.noise.gaussian{ p = p, seed = c.seed }(train)
    nets[p] = network.train(noisy, train, { seed = c.seed, epochs = network.epochs_of(c.steps, #train) })
  end
  return function(noisy, p) return nets[p]:predict(noisy) end
end

local function tune(train, c)
  local tuned = {}
  for _, p in ipairs(levels) do
    local noisy = ln.noise.gaussian{ p = p, seed = c.seed }(train)
    tuned[p] = filters.tuned(noisy, train, { sigma = p, quick = c.quick, only = { [c.method] = true } })[1]
  end
  return function(noisy, p) return tuned[p].apply(noisy) end
end

-- { name =, text = what tables call it, make =, settings = what results depend on, levels =, steps = } of all; filters
-- have no steps.
local function methods(o)
  local list = {
    { name = "best", text = "best", make = train_best, levels = levels, steps = o.steps or recipe.defaults.steps,
      settings = lists.text(recipe.defaults) },
    { name = "paper", text = "the paper's network", make = train_paper, levels = papers_levels,
      steps = o.steps or papers_steps, settings = network.settings() },
  }
  for _, entry in ipairs(filters.fast()) do
    list[#list + 1] = { name = entry.name, text = entry.text, make = tune, levels = levels, is_filter = true,
      settings = filters.settings{ entry } }
  end
  return list
end

-- ---- The points ----

local function run_point(sources, o)
  return function(c)
    local result, source = {}, study.labelled(sources, c.set)
    local train, test = study.split(source, c.seed)
    local method = lists.named(methods(o), c.method)
    local denoise = method.make(train, c)
    for _, p in ipairs(method.levels) do score(result, p, denoise(study.noisy(test, p, c.seed), p), test) end
    return result
  end
end

function better.run(o, sources)
  local points = {}
  for _, source in ipairs(sources) do
    for _, method in ipairs(methods(o)) do
      for _, seed in ipairs(ln.seeds(o.seeds)) do
        points[#points + 1] = { set = source.label, method = method.name, steps = method.steps,
          settings = method.settings, levels = table.concat(method.levels, " "),
          quick = method.is_filter and o.quick or nil, seed = seed }
      end
    end
  end
  return { sources = sources, methods = methods(o), results = study.sweep{ name = "better", o = o, sources = sources,
    points = points, run = run_point(sources, o), options = {} } }
end

-- ---- The report ----

-- The recipe, and what it is compared with at a level: the paper's network where it has that level, the best filter,
-- and BM3D where that is another.
local function shown_methods(found, source, p)
  local filter = lists.best(found.methods, function(method)
    local of = { set = source.label, method = method.name }
    return method.is_filter and (study.spread(found.results, of, "ssim " .. p))
  end)
  local bm3d = lists.named(found.methods, "bm3d")
  local shown = { found.methods[1], filter, filter ~= bm3d and bm3d or nil }
  for _, level in ipairs(papers_levels) do
    if level == p then table.insert(shown, 2, found.methods[2]) end
  end
  return shown
end

-- Rows of a source at a level: { set =, p =, method =, ssim, psnr = intervals, above = { mean, low, high }: by how much
-- the recipe is above it }.
local function add_rows(rows, found, source, p)
  local shown, given = shown_methods(found, source, p), {}
  for i, method in ipairs(shown) do
    given[i] = { method.text, { set = source.label, method = method.name }, "ssim " .. p }
  end
  for i, row in ipairs(study.compare(found.results, given, source).rows) do
    rows[#rows + 1] = { set = source.label, p = p, method = shown[i],
      ssim = study.interval(found.results, given[i][2], "ssim " .. p, source),
      psnr = study.interval(found.results, given[i][2], "psnr " .. p, source),
      above = row.difference and { -row.difference, -row.high, -row.low } or nil }
  end
end

local function rows_of(found)
  local rows = {}
  for _, source in ipairs(found.sources) do
    for _, p in ipairs(levels) do add_rows(rows, found, source, p) end
  end
  return rows
end

-- In how many of the cases with a method the recipe is surely above, or below, and by how much.
local function beside(rows, name)
  local n, over, under, least, largest = 0, 0, 0, math.huge, -math.huge
  for _, row in ipairs(rows) do
    if row.above and row.method.name == name then
      n, over, under = n + 1, over + (row.above[2] > 0 and 1 or 0), under + (row.above[3] < 0 and 1 or 0)
      least, largest = math.min(least, row.above[1]), math.max(largest, row.above[1])
    end
  end
  return ("in %d of %d cases and below in %d (by %+.3f to %+.3f)"):format(over, n, under, least, largest)
end

local function answer_of(rows)
  return ("**SSIM is above that of tuned BM3D %s, and above that of the paper's network %s: cases whose 95 %% interval "
    .. "leaves out zero.**"):format(beside(rows, "bm3d"), beside(rows, "paper"))
end

local note = "Best above it: paired differences in SSIM with 95 % intervals. Filters are tuned for each level; of "
  .. "these, BM3D and the best stand here. " .. filters.left_out

-- The rows of one source, or of all, then with the note.
local function table_of(rows, source)
  local columns = { "p", "method", "SSIM, Wang", "PSNR", "best above it" }
  if not source then table.insert(columns, 1, "set") end
  local t = ln.table{ columns = columns, width = 80, note = not source and note or nil }
  for _, row in ipairs(rows) do
    local line = { row.p, row.method.text, row.ssim, row.psnr[1], row.above or "-" }
    if not source then table.insert(line, 1, row.set) end
    if not source or row.set == source.label then t:add(line) end
  end
  return t
end

function better.show(page, found, o, write)
  local rows = rows_of(found)
  page:text(answer_of(rows))
  page:text(("The recipe `best` (scripts/paper/recipe.lua): one network for all levels of noise x + p N(0, 1), trained "
    .. "for %d steps on at most %d images; the paper's network, trained as there for each level, %d steps; %s. %s")
    :format(found.methods[1].steps, most, found.methods[2].steps, study.seeds_text(o), note))
  for _, source in ipairs(found.sources) do page:subsection("On " .. source.label):table(table_of(rows, source)) end
  write(table_of(rows), "better")
end

return study.script(better, ...)
