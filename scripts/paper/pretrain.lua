-- Does it help to learn from other images first? A U-Net trained on drawn phantoms or photographs, and then on few
-- images of the set; beside training on these from the start, for as long as the second part alone, and for as long as
-- both parts.
--
--   lunet scripts/paper/pretrain.lua [--mmm DIR] [--photos DIR] [--p P] [--seeds N] [--steps N] [--quick]
--
-- Whatever ends it, the same command goes on.
local ln = require "lunet"
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

-- What is learnt from before: the names of points, what tables call them, and how many steps of which images, in
-- multiples of the steps that the images of the set get.
local starts = {
  { "scratch", "from scratch" },
  { "longer", "from scratch, steps of both", longer = true },
  { "phantoms", "phantoms first", images = function(seed)
    return ln.data.phantom{ others, size = { 64, 64 }, seed = seed + 50 }.images
  end },
  { "photographs", "photographs first", images = function(seed, o)
    return photographs.parts(others, seed, o.photos)
  end },
}

-- Those that there are images for.
local function possible(o)
  local list = {}
  for _, start in ipairs(starts) do
    if start[1] ~= "photographs" or photographs.there(o.photos) then list[#list + 1] = start end
  end
  return list
end

local function named(name)
  for _, start in ipairs(starts) do
    if start[1] == name then return start end
  end
end

local function counts(n, quick)
  local list = {}
  for _, count in ipairs(quick and { 10 } or { 10, 50, 200 }) do
    if count <= n then list[#list + 1] = count end
  end
  return #list > 0 and list or { n }
end

-- The score after the first part, which has seen no image of the set, and after the second for each number of images.
local function run_point(source, sizes, o)
  return function(c)
    local train, test = study.split(source, c.seed)
    local start, first, result = named(c.start), nil, {}
    if start.images then
      first = study.train(start.images(c.seed, o), o.p, o.p, { net = "unet", steps = c.steps, seed = c.seed })
      result["ssim 0"] = study.score(first, test, o.p, c.seed)
    end
    for _, count in ipairs(sizes) do
      local net = first and first:copy() or study.network("unet")
      study.retrain(net, train:narrow(1, 1, count), o.p, { steps = start.longer and 2 * c.steps or c.steps,
        seed = c.seed + 1 })
      result["ssim " .. count] = study.score(net, test, o.p, c.seed)
    end
    return result
  end
end

function pretrain.run(o, sources)
  local source, names = sources[1], {}
  local sizes = counts(#study.split(source, 1), o.quick)
  for i, start in ipairs(possible(o)) do names[i] = start[1] end
  return { source = source, sizes = sizes, results = study.sweep("pretrain", o, { source }, study.points{
    { "p", { o.p } }, { "photos", { o.photos or "installed" } }, { "quick", { o.quick } }, { "start", names },
    { "seed", ln.seeds(o.seeds) } }, run_point(source, sizes, o)) }
end

-- A row for each start and number of images, with the difference from the first start.
local function table_of(found, o)
  local t = ln.table{ columns = { "start", "images", "SSIM", "less from scratch", "p" }, width = 80 }
  for _, count in ipairs(found.sizes) do
    local rows = {}
    for i, start in ipairs(possible(o)) do rows[i] = { start[2], { start = start[1] }, "ssim " .. count } end
    for i, row in ipairs(study.compare(found.results, rows, found.source).rows) do
      local difference, p = study.difference(row)
      t:add{ row.name, count, study.interval(found.results, rows[i][2], rows[i][3], found.source), difference, p }
    end
  end
  for _, start in ipairs(possible(o)) do
    if start.images then
      t:add{ start[2], 0, study.interval(found.results, { start = start[1] }, "ssim 0", found.source), "-", "-" }
    end
  end
  t.note = "Wilcoxon's p, corrected for the rows of as many images; 0 images: only the others"
  if not photographs.there(o.photos) then
    t.note = ("%s. There are no photographs: install Debian's %s, or give --photos DIR."):format(t.note,
      photographs.package)
  end
  return t
end

local function plot_of(found, o)
  local plot = { log = "x", x_label = "images of the set", y_label = "SSIM (Wang 2004)" }
  for i, start in ipairs(possible(o)) do
    local one = { name = start[2], x = found.sizes, y = {}, low = {}, high = {} }
    for k, count in ipairs(found.sizes) do
      one.y[k], one.low[k], one.high[k] = study.spread(found.results, { start = start[1] }, "ssim " .. count)
    end
    plot[i] = one
  end
  return plot
end

function pretrain.show(page, found, o, write)
  local t = table_of(found, o)
  page:text(("A U-Net trained for %d steps on %d phantoms or parts of photographs, then for %d steps on few images of "
    .. "%s, noise x + %g N(0, 1); %s. Bands reach from the least to the largest mean of the seeds."):format(o.steps,
    others, o.steps, found.source.label, o.p, study.seeds_text(o)))
  if #found.sizes > 1 then page:plot(plot_of(found, o)) end
  page:table(t)
  write(t, "pretrain")
end

return study.script(pretrain, ...)
