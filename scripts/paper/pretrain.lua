-- Does it help to learn from other images first? A U-Net trained on drawn phantoms or photographs, and then on few
-- images of the set; beside training on these from the start, for as long as the second part alone, and for as long as
-- both parts.
--
--   lunet scripts/paper/pretrain.lua [--mmm DIR] [--photos DIR] [--p P] [--seeds N] [--steps N] [--quick]
--
-- Whatever ends it, the same command goes on.
local ln = require "lunet"
local lists = require "scripts.paper.lists"
local photographs = require "scripts.paper.photographs"
local study = require "scripts.paper.study"

local pretrain = {
  name = "pretrain",
  title = "Does it help to learn from other images first?",
  doc = "A U-Net trained on drawn phantoms or photographs first and then on few images, beside one trained on these "
    .. "alone.",
  options = {
    { "photos", "string", value = "DIR", help = "folder of photographs (those of Debian's mate-backgrounds or "
      .. "plasma-workspace-wallpapers, where installed)" },
    { "p", "number", value = "P", default = 0.25, above = 0, max = 10, help = "noise: x + P n, n normal" },
  },
}

local others = 300 -- images to learn from first

-- What is learnt from before, { name =, text = what tables call it, longer = whether the images of the set get the
-- steps of both parts, images = function(seed, photos) of what comes first, photographs = whether these are such }.
local starts = {
  { name = "scratch", text = "from scratch" },
  { name = "longer", text = "from scratch, steps of both", longer = true },
  { name = "phantoms", text = "phantoms first", images = function(seed)
    return ln.data.phantom{ others, size = { 64, 64 }, seed = seed + 50 }.images
  end },
  { name = "photographs", text = "photographs first", photographs = true, images = function(seed, photos)
    return photos:parts(others, seed)
  end },
}

local counts = { 10, 50, 200 }

-- Photographs where there are any: all else can be done without.
function pretrain.prepare(o)
  return { photographs = photographs.find(o.photos) }
end

-- Those starts that there are images for.
local function possible(photos)
  local list = {}
  for _, start in ipairs(starts) do
    if not start.photographs or photos then list[#list + 1] = start end
  end
  return list
end

-- ---- The points ----

-- The score after the first part, which has seen no image of the set, and after the second for each number of images.
local function run_point(source, sizes, photos, o)
  return function(c)
    local train, test = study.split(source, c.seed)
    local start, first, result = lists.named(starts, c.start), nil, {}
    if start.images then
      first = study.train(study.network("unet"), start.images(c.seed, photos), o.p, c)
      result["ssim 0"] = study.score(first, test, o.p, c.seed)
    end
    for _, count in ipairs(sizes) do
      local net = first and first:copy() or study.network("unet")
      study.train(net, train:narrow(1, 1, count), o.p, { steps = start.longer and 2 * c.steps or c.steps,
        seed = c.seed + 1 })
      result["ssim " .. count] = study.score(net, test, o.p, c.seed)
    end
    return result
  end
end

function pretrain.run(o, sources, ready)
  local source, photos, points = sources[1], ready.photographs, {}
  local sizes = study.counts(o.quick and { 10 } or counts, #study.split(source, 1))
  for _, start in ipairs(possible(photos)) do
    for _, seed in ipairs(ln.seeds(o.seeds)) do
      points[#points + 1] = { p = o.p, sizes = table.concat(sizes, " "), start = start.name,
        photographs = start.photographs and photos:identity() or nil, seed = seed }
    end
  end
  return { source = source, sizes = sizes, starts = possible(photos), results = study.sweep{ name = "pretrain", o = o,
    sources = { source }, points = points, run = run_point(source, sizes, photos, o) } }
end

-- ---- The report ----

-- The starts with so many images of the set, compared with the first: what ln.compare gives, and the rows.
local function compared(found, count)
  local rows = {}
  for i, start in ipairs(found.starts) do rows[i] = { start.text, { start = start.name }, "ssim " .. count } end
  return study.compare(found.results, rows, found.source).rows, rows
end

-- A row for each start and number of images, with the difference from the first start.
local function table_of(found)
  local t = ln.table{ columns = { "start", "images", "SSIM", "less from scratch", "p" }, width = 80,
    note = "SSIM (Wang) with 95 % intervals; p: Wilcoxon's, corrected for the rows of as many images; 0 images: only "
      .. "the others" }
  for _, count in ipairs(found.sizes) do
    local results, rows = compared(found, count)
    for i, row in ipairs(results) do
      local difference, p = study.difference(row)
      t:add{ row.name, count, study.interval(found.results, rows[i][2], rows[i][3], found.source), difference, p }
    end
  end
  for _, start in ipairs(found.starts) do
    if start.images then
      t:add{ start.text, 0, study.interval(found.results, { start = start.name }, "ssim 0", found.source), "-", "-" }
    end
  end
  if #found.starts < #starts then t.note = ("%s. %s."):format(t.note, photographs.advice()) end
  return t
end

local function plot_of(found)
  local plot = { log = "x", x_label = "images of the set", y_label = "SSIM (Wang 2004)" }
  for i, start in ipairs(found.starts) do
    local one = { name = start.text, x = found.sizes, y = {}, low = {}, high = {} }
    for k, count in ipairs(found.sizes) do
      one.y[k], one.low[k], one.high[k] = study.spread(found.results, { start = start.name }, "ssim " .. count)
    end
    plot[i] = one
  end
  return plot
end

-- What the best of the other images change, with the fewest images of the set and with the most; beside the second row,
-- which trains as long on these alone.
local function answer_of(found)
  local parts = {}
  for i, count in ipairs{ found.sizes[1], found.sizes[#found.sizes] } do
    local rows = compared(found, count)
    local best = lists.best({ table.unpack(rows, 3) }, function(row) return row.difference end)
    parts[i] = ("with %d images of the set %s gives %+.3f of SSIM [%+.3f, %+.3f], as many steps on them alone %+.3f")
      :format(count, best.name, best.difference, best.low, best.high, rows[2].difference)
  end
  return ("**Beside training from scratch: %s.**"):format(table.concat(parts, "; ", 1, #found.sizes > 1 and 2 or 1))
end

function pretrain.show(page, found, o, write)
  local t = table_of(found)
  page:text(answer_of(found))
  page:text(("A U-Net trained for %d steps on %d phantoms or parts of photographs, then for %d steps on few images of "
    .. "%s, noise x + %g N(0, 1); %s. Bands reach from the least to the largest mean of the seeds."):format(o.steps,
    others, o.steps, found.source.label, o.p, study.seeds_text(o)))
  if #found.sizes > 1 then page:plot(plot_of(found)) end
  page:table(t)
  write(t, "pretrain")
end

return study.script(pretrain, ...)
