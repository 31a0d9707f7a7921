-- Do images of another kind help? Trained on A, on B, on both, on A and drawn phantoms, and on A and photographs,
-- tested on A and on B: the paper's combined set, and what it asks in its last paragraph.
--
--   lunet scripts/paper/sources.lua [--mmm DIR] [--dx DIR] [--photos DIR] [--p P] [--seeds N] [--steps N] [--quick]
--
-- Whatever ends it, the same command goes on.
local ln = require "lunet"
local args = require "lunet.args"
local study = require "scripts.paper.study"

-- What is trained on: names, and which images: numbers of sources, "phantoms", "photographs".
local function mixtures(sources, o)
  local a, b = sources[1].label, sources[2].label
  local list = { { a, 1 }, { b, 2 }, { a .. " + " .. b, 1, 2 } }
  if b ~= "phantoms" then list[#list + 1] = { "phantoms + " .. a, 1, "phantoms" } end
  if o.photos then list[#list + 1] = { "photographs + " .. a, 1, "photographs" } end
  return list
end

local function named(list, name)
  for _, mixture in ipairs(list) do
    if mixture[1] == name then return mixture end
  end
end

-- Images that nothing is tested on, as many as there are of A.
local function others(kind, n, o)
  if kind == "phantoms" then return ln.data.phantom{ n, size = { 64, 64 }, seed = 7 }.images end
  local set = ln.data.folder(o.photos, { size = { 64, 64 } })
  return set.images:narrow(1, 1, math.min(n, #set))
end

local function run_point(sources, o)
  local list = mixtures(sources, o)
  return function(c)
    local trains, tests, parts = {}, {}, {}
    for i, source in ipairs(sources) do trains[i], tests[i] = study.split(source, c.seed) end
    for i = 2, #named(list, c.trained) do
      local part = named(list, c.trained)[i]
      parts[#parts + 1] = trains[part] or others(part, #trains[1], o)
    end
    local images = ln.concat(parts, 1)
    local net = study.train(images, o.p, o.p, c)
    return { images = #images, first = study.score(net, tests[1], o.p, c.seed),
      second = study.score(net, tests[2], o.p, c.seed) }
  end
end

local function main(...)
  local o, sources = study.parse("sources", "Networks trained on one kind of images or on several, tested on each.",
    { ... }, {
      { "photos", "string", value = "DIR", help = "folder of photographs, to train on beside the first set" },
      { "net", "string", value = "NAME", default = "unet", choices = { "unet", "cnn_dae" }, help = "the network" },
      { "p", "number", value = "P", default = 0.25, above = 0, max = 10, help = "noise: x + P n, n normal" },
    })
  local names, columns, matrix = {}, { sources[1].label, sources[2].label }, {}
  for i, mixture in ipairs(mixtures(sources, o)) do names[i] = mixture[1] end
  local results = study.sweep("sources", o, sources, study.points{ { "net", { o.net } }, { "p", { o.p } },
    { "photos", { o.photos or "none" } }, { "trained", names }, { "seed", ln.seeds(o.seeds) } },
    run_point(sources, o))
  local scores = ln.table{ columns = { "trained on", "on " .. columns[1], "on " .. columns[2] } }
  for r, name in ipairs(names) do
    matrix[r] = { (study.spread(results, { trained = name }, "first")),
      (study.spread(results, { trained = name }, "second")) }
    scores:add{ name, matrix[r][1], matrix[r][2] }
  end
  print(scores)
  local page = study.report(o, "Do images of another kind help?", ("SSIM (Wang 2004), mean over %s: %s trained "
    .. "for %d steps, noise x + %g N(0, 1)."):format(study.seeds_text(o), o.net, o.steps, o.p))
  page:section("Trained on one kind, tested on each"):matrix(matrix, { rows = names, columns = columns,
    row_label = "trained on", column_label = "tested on", best = "max", caption = "SSIM" })
  study.finish(page, o, sources)
end

args.main("sources", main, ...)
