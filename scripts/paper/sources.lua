-- Do images of another kind help? Trained on A, on B, on both, on A and drawn phantoms, and on A and photographs,
-- tested on A and on B: the paper's combined set, and what it asks in its last paragraph.
--
--   lunet scripts/paper/sources.lua [--mmm DIR] [--dx DIR] [--photos DIR] [--p P] [--seeds N] [--steps N] [--quick]
--
-- Whatever ends it, the same command goes on.
local ln = require "lunet"
local photographs = require "scripts.paper.photographs"
local study = require "scripts.paper.study"

local sources_study = {
  name = "sources",
  title = "Do images of another kind help?",
  doc = "Networks trained on one kind of images or on several, tested on each.",
  options = {
    { "photos", "string", value = "DIR", help = "folder of photographs, to train on beside the first set (those of "
      .. "Debian's mate-backgrounds or plasma-workspace-wallpapers, where installed)" },
    { "net", "string", value = "NAME", default = "unet", choices = { "unet", "cnn_dae" }, help = "the network" },
    { "p", "number", value = "P", default = 0.25, above = 0, max = 10, help = "noise: x + P n, n normal" },
  },
}

-- What is trained on: names, and which images: numbers of sources, "phantoms", "photographs".
local function mixtures(sources, o)
  local a, b = sources[1].label, sources[2].label
  local list = { { a, 1 }, { b, 2 }, { a .. " + " .. b, 1, 2 } }
  if b ~= "phantoms" then list[#list + 1] = { a .. " + phantoms", 1, "phantoms" } end
  if photographs.there(o.photos) then list[#list + 1] = { a .. " + photographs", 1, "photographs" } end
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
  return photographs.parts(n, 7, o.photos)
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

function sources_study.run(o, sources)
  local names = {}
  for i, mixture in ipairs(mixtures(sources, o)) do names[i] = mixture[1] end
  return { sources = sources, names = names, results = study.sweep("sources", o, sources, study.points{
    { "net", { o.net } }, { "p", { o.p } }, { "photos", { o.photos or "installed" } }, { "trained", names },
    { "seed", ln.seeds(o.seeds) } }, run_point(sources, o)) }
end

function sources_study.show(page, found, o, write)
  local columns, matrix = { found.sources[1].label, found.sources[2].label }, {}
  local scores = ln.table{ columns = { "trained on", "on " .. columns[1], "on " .. columns[2] }, width = 80,
    best = { ["on " .. columns[1]] = "max", ["on " .. columns[2]] = "max" } }
  for r, name in ipairs(found.names) do
    local first = study.interval(found.results, { trained = name }, "first", found.sources[1])
    local second = study.interval(found.results, { trained = name }, "second", found.sources[2])
    matrix[r] = { first[1], second[1] }
    scores:add{ name, first, second }
  end
  if not photographs.there(o.photos) then
    scores:add{ columns[1] .. " + photographs", "not run", "not run" }
    scores.note = ("There are no photographs: install Debian's %s, or give --photos DIR."):format(photographs.package)
  end
  page:text(("SSIM (Wang 2004), %s: %s trained for %d steps, noise x + %g N(0, 1). Photographs and phantoms are as "
    .. "many as the images of %s."):format(study.seeds_text(o), o.net == "unet" and "a U-Net" or "the paper's network",
    o.steps, o.p, columns[1]))
  page:matrix(matrix, { rows = found.names, columns = columns, row_label = "trained on", column_label = "tested on",
    best = "max", caption = "SSIM" })
  page:table(scores)
  write(scores, "sources")
end

return study.script(sources_study, ...)
