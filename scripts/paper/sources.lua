-- Do images of another kind help? Trained on A, on B, on both, on A and drawn phantoms, and on A and photographs,
-- tested on A and on B: the paper's combined set, and what it asks in its last paragraph.
--
--   lunet scripts/paper/sources.lua [--mmm DIR] [--dx DIR] [--photos DIR] [--p P] [--seeds N] [--steps N] [--quick]
--
-- Whatever ends it, the same command goes on.
local ln = require "lunet"
local lists = require "scripts.paper.lists"
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

-- ---- Images ----

local function phantoms(n)
  return ln.data.phantom{ n, size = { 64, 64 }, seed = 7 }.images
end

-- What is trained on: { name =, parts = numbers of sources, or functions that give so many other images, or fewer,
-- photographs = what tells these from others, where they are among the parts }.
local function mixtures(sources, photos)
  local a, b = sources[1].label, sources[2].label
  local list = { { name = a, parts = { 1 } }, { name = b, parts = { 2 } },
    { name = a .. " + " .. b, parts = { 1, 2 } } }
  if b ~= "phantoms" then list[#list + 1] = { name = a .. " + phantoms", parts = { 1, phantoms } } end
  if photos then
    list[#list + 1] = { name = a .. " + photographs", photographs = photos:identity(),
      parts = { 1, function(n) return photos:parts(n, 7) end } }
  end
  return list
end

-- nil where there are no photographs: all else can be done without them.
function sources_study.prepare(o)
  return { photographs = photographs.find(o.photos) }
end

-- ---- The points ----

local function run_point(sources, list, o)
  return function(c)
    local trains, tests, parts = {}, {}, {}
    for i, source in ipairs(sources) do trains[i], tests[i] = study.split(source, c.seed) end
    for i, part in ipairs(lists.named(list, c.trained).parts) do
      parts[i] = trains[part] or part(#trains[1])
    end
    local images = ln.concat(parts, 1)
    local net = study.train(study.network(c.net), images, o.p, c)
    return { images = #images, first = study.score(net, tests[1], o.p, c.seed),
      second = study.score(net, tests[2], o.p, c.seed) }
  end
end

function sources_study.run(o, sources, ready)
  local list, points = mixtures(sources, ready.photographs), {}
  for _, mixture in ipairs(list) do
    for _, seed in ipairs(ln.seeds(o.seeds)) do
      points[#points + 1] = { net = o.net, p = o.p, trained = mixture.name, photographs = mixture.photographs,
        seed = seed }
    end
  end
  return { sources = sources, mixtures = list, has_photographs = ready.photographs ~= nil,
    results = study.sweep{ name = "sources", o = o, sources = sources, points = points,
      run = run_point(sources, list, o) } }
end

-- ---- The report ----

-- { name =, images = how many train, first =, second = interval on each source }
local function rows_of(found)
  local rows = {}
  for i, mixture in ipairs(found.mixtures) do
    local of, images = { trained = mixture.name }, {}
    for _, entry in ipairs(study.matching(found.results, of)) do images[#images + 1] = entry.result.images end
    rows[i] = { name = mixture.name, images = math.max(table.unpack(images)),
      first = study.interval(found.results, of, "first", found.sources[1]),
      second = study.interval(found.results, of, "second", found.sources[2]) }
  end
  return rows
end

-- For test images of each source, what training on others as well, or instead, changes at best.
local function answer_of(rows, found)
  local parts = {}
  for i, field in ipairs{ "first", "second" } do
    local own = lists.named(rows, found.sources[i].label)
    local best = lists.best(rows, function(row) return row ~= own and row[field][1] or nil end)
    parts[i] = ("on %s, %s gives %+.3f of SSIM beside its own images alone (%.3f)"):format(own.name, best.name,
      best[field][1] - own[field][1], own[field][1])
  end
  return ("**The best of the others: %s.**"):format(table.concat(parts, "; "))
end

function sources_study.show(page, found, o, write)
  local a, b = found.sources[1].label, found.sources[2].label
  local columns, matrix, names, rows = { a, b }, {}, {}, rows_of(found)
  local scores = ln.table{ columns = { "trained on", "images", "on " .. a, "on " .. b }, width = 80,
    best = { ["on " .. a] = "max", ["on " .. b] = "max" } }
  for r, row in ipairs(rows) do
    matrix[r], names[r] = { row.first[1], row.second[1] }, row.name
    scores:add{ row.name, row.images, row.first, row.second }
  end
  if not found.has_photographs then
    scores:add{ a .. " + photographs", "-", "not run", "not run" }
    scores.note = photographs.advice() .. "."
  end
  page:text(answer_of(rows, found))
  page:text(("SSIM (Wang 2004), %s: %s trained for %d steps, noise x + %g N(0, 1). Photographs and phantoms are as "
    .. "many as the images of %s, or as there are."):format(study.seeds_text(o), study.network_text(o.net), o.steps,
    o.p, a))
  page:matrix(matrix, { rows = names, columns = columns, row_label = "trained on", column_label = "tested on",
    best = "max", caption = "SSIM" })
  page:table(scores)
  write(scores, "sources")
end

return study.script(sources_study, ...)
