-- What does a better recipe give? The recipe `best`, one network for all levels of noise, beside the paper's network,
-- which is trained for each level, and tuned filters, on test images of both sets.
--
--   lunet scripts/paper/better.lua [--mmm DIR] [--dx DIR] [--seeds N] [--steps N] [--jobs N] [--quick]
--
-- scripts/paper/best.lua does so for one folder to train on and another to test. Whatever ends it, the same command
-- goes on.
local ln = require "lunet"
local filters = require "scripts.paper.filters"
local recipe = require "scripts.paper.recipe"
local study = require "scripts.paper.study"

local better = {
  name = "better",
  title = "What does a better recipe give?",
  doc = "The recipe 'best' beside the paper's network and tuned filters, on both sets.",
}

local levels = { 0.1, 0.25, 0.5 }
local most = 200        -- images that the recipe learns from
local longer = 7        -- times as many steps as the other studies' networks have: 7000 are the recipe's
local papers_share = 3  -- the same for the paper's network: 3000 steps are its 100 epochs of 300 images

-- Names of points and of what tables call them; filters follow.
local networks = { { "best", "best" }, { "paper", "the paper's network" } }

-- Both scores of each image, at a level.
local function score(into, p, restored, clean)
  into["ssim " .. p] = study.ssim(restored, clean)
  into["psnr " .. p] = select(2, ln.metric.psnr{}(restored:clamp(0, 1), clean)):totable()
end

-- Each gives a function that denoises images at a level.
local makers = {}

function makers.best(train, c)
  local net = recipe.train(train:narrow(1, 1, math.min(#train, most)), { steps = longer * c.steps, seed = c.seed,
    progress = "none" })
  return function(noisy, p) return recipe.denoise(net, noisy, p) end
end

function makers.paper(train, c)
  local nets = {}
  for _, p in ipairs(levels) do
    local noisy = ln.noise.gaussian{ p = p, seed = c.seed }(train)
    nets[p] = ln.models.cnn_dae{ preset = "paper" }
    ln.fit(nets[p], { input = noisy, target = train, loss = ln.loss.bce{}, optimizer = ln.optim.adadelta{ lr = 1,
      rho = 0.95, eps = 1e-8 }, batch = 10, seed = c.seed, progress = "none",
      epochs = math.ceil(papers_share * c.steps / math.ceil(#train / 10)) })
  end
  return function(noisy, p) return nets[p]:predict(noisy) end
end

local function filter_maker(name)
  return function(train, c)
    local tuned = {}
    for _, p in ipairs(levels) do
      local noisy = ln.noise.gaussian{ p = p, seed = c.seed }(train)
      tuned[p] = filters.tuned(noisy, train, { sigma = p, quick = c.quick, only = { [name] = true } })[1]
    end
    return function(noisy, p) return tuned[p].apply(noisy) end
  end
end

local function run_point(sources)
  return function(c)
    local result = {}
    for _, source in ipairs(sources) do
      if source.label == c.set then
        local train, test = study.split(source, c.seed)
        local denoise = (makers[c.method] or filter_maker(c.method))(train, c)
        for _, p in ipairs(levels) do score(result, p, denoise(study.noisy(test, p, c.seed), p), test) end
      end
    end
    return result
  end
end

-- { name, text } of all methods, best first.
local function methods()
  local list = table.move(networks, 1, #networks, 1, {})
  for _, entry in ipairs(filters.tunable) do
    if not entry.slow then list[#list + 1] = { entry.name, entry.text } end
  end
  return list
end

function better.run(o, sources)
  local names, labels = {}, {}
  for i, method in ipairs(methods()) do names[i] = method[1] end
  for i, source in ipairs(sources) do labels[i] = source.label end
  return { sources = sources, results = study.sweep("better", o, sources, study.points{ { "set", labels },
    { "method", names }, { "quick", { o.quick } }, { "seed", ln.seeds(o.seeds) } }, run_point(sources)) }
end

-- The filter with the highest mean at a level, for a source.
local function best_filter(found, source, p)
  local best, best_mean
  for _, method in ipairs(methods()) do
    if not makers[method[1]] then
      local mean = study.spread(found.results, { set = source.label, method = method[1] }, "ssim " .. p)
      if not best or mean > best_mean then best, best_mean = method, mean end
    end
  end
  return best
end

-- The recipe, and what it is compared with: the paper's network, BM3D, and the best filter where that is another.
local function add_rows(t, found, source, p)
  local filter, rows = best_filter(found, source, p), {}
  local shown = { networks[1], networks[2], filter }
  if filter[1] ~= "bm3d" then
    for _, method in ipairs(methods()) do
      if method[1] == "bm3d" then shown[#shown + 1] = method end
    end
  end
  for i, method in ipairs(shown) do
    rows[i] = { method[2], { set = source.label, method = method[1] }, "ssim " .. p }
  end
  for i, row in ipairs(study.compare(found.results, rows, source).rows) do
    local above = row.difference and { -row.difference, -row.high, -row.low } or "-"
    t:add{ source.label, p, row.name, study.interval(found.results, rows[i][2], "ssim " .. p, source),
      study.interval(found.results, rows[i][2], "psnr " .. p, source)[1], above }
  end
end

function better.show(page, found, o, write)
  local t = ln.table{ columns = { "set", "p", "method", "SSIM, Wang", "PSNR", "best above it" }, width = 80,
    note = "Best above it: paired differences in SSIM with 95 % intervals. Filters are tuned for each level; of these, "
      .. "BM3D and the best stand here." }
  for _, source in ipairs(found.sources) do
    for _, p in ipairs(levels) do add_rows(t, found, source, p) end
  end
  page:text(("The recipe `best` (scripts/paper/recipe.lua): one network for all levels of noise x + p N(0, 1), trained "
    .. "for %d steps on at most %d images; the paper's network, trained as there for each level, %d steps; %s."):format(
    longer * o.steps, most, papers_share * o.steps, study.seeds_text(o)))
  page:table(t)
  write(t, "better")
end

return study.script(better, ...)
