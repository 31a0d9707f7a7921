-- Does a small network serve large images? A U-Net and the recipe `best`, trained on images of 64x64 pixels, and on
-- parts of large images, applied to whole large images in tiles that overlap; beside tuned filters there, with times.
--
--   lunet scripts/paper/full_size.lua [--full DIR] [--mmm DIR] [--p P] [--steps N] [--quick]
--
-- Without a folder it takes axial slices of the head MRI as they are, 217x181 pixels. Nothing is trained on images that
-- are tested, nor on their small copies. One seed.
local ln = require "lunet"
local data = require "scripts.paper.data"
local filters = require "scripts.paper.filters"
local recipe = require "scripts.paper.recipe"
local study = require "scripts.paper.study"

local full_size = {
  name = "full_size",
  title = "Does a small network serve large images?",
  doc = "Networks trained on 64x64 pixels applied to whole large images in tiles, beside tuned filters.",
  options = {
    { "full", "string", value = "DIR", help = "folder of large images; those of --mmm with other names train, too" },
    { "p", "number", value = "P", default = 0.1, above = 0, max = 10, help = "noise: x + P n, n normal" },
  },
}

local side, tile = 64, 256    -- of what networks learn from, and of tiles
local most_tested = 4         -- large images
local most_parts = 400        -- that are cut from large images to train on
local crop, crops = 128, 12   -- filters are tuned on so many parts of that size
local largest = 512           -- sides of what is predicted at once, too, to compare with tiles
local shown, across = 128, 4 -- sides of the parts that the report shows, and of how many images

-- ---- Images ----

-- { large = dataset of images as they are, small = the same at 64x64, more = further small ones or nil, gap = how many
-- of the next images are like one, label = }
local function images_of(o, sources)
  if o.full then
    return { large = ln.data.folder(o.full, { stream = true }), small = ln.data.folder(o.full, { size = side }),
      more = o.mmm and sources[1].set or nil, gap = 0, label = ("images of '%s'"):format(o.full) }
  end
  local volume = data.volume("--full")
  local function slices(size) return ln.data.nifti(volume, { plane = "axial", size = size, step = 2 }) end
  return { large = slices(0), small = slices(side), gap = 2, label = "axial slices of the head MRI as they are" }
end

-- { large = dataset to cut parts from, small = images to train on, N,1,64,64, test = dataset, label = }. Tested is a
-- block from the middle of the order, and slices next to it, which are like those in it, are left out.
local function split(o, sources)
  local all = images_of(o, sources)
  if #all.large < 3 then error(("'%s' has too few images: %d of at least 3"):format(o.full, #all.large), 0) end
  local n = math.min(o.quick and 1 or most_tested, #all.large // 3)
  local kept, tested, names, more = {}, {}, {}, {}
  local first = (#all.large - n) // 2 + 1
  for i, name in ipairs(all.large.names) do
    local distance = math.max(first - i, i - (first + n - 1), 0)
    if distance == 0 then tested[#tested + 1] = i
    elseif distance > all.gap then kept[#kept + 1] = i end
    names[name] = true
  end
  for i, name in ipairs(all.more and all.more.names or {}) do
    if not names[name] then more[#more + 1] = i end
  end
  local small = { all.small:subset(kept).images }
  if #more > 0 then small[2] = all.more:subset(more).images end
  return { large = all.large:subset(kept), small = ln.concat(small, 1), test = all.large:subset(tested),
    label = all.label }
end

-- n parts of the images that are trained on, of at most size x size pixels: N,1,H,W.
local function parts_of(set, size, n)
  size = math.min(size, set[1].shape[2], set[1].shape[3])
  local cut, list = ln.data.patches{ set, size = size, per_image = math.ceil(n / #set) }, {}
  for i, k in ipairs(data.spread(#cut, n)) do list[i] = cut[k] end
  return ln.stack(list, 1)
end

-- ---- The points ----

local function named(list, name)
  for _, entry in ipairs(list) do
    if entry.name == name then return entry end
  end
end

local function noisy_of(image, number, o)
  return ln.noise.gaussian{ p = o.p, seed = 1000 }(image:unsqueeze(1), number)
end

local function middle(images, side_of_part)
  local height, width = images.shape[3], images.shape[4]
  local rows, columns = math.min(height, side_of_part), math.min(width, side_of_part)
  return images:narrow(3, (height - rows) // 2 + 1, rows):narrow(4, (width - columns) // 2 + 1, columns)
end

-- Scores of what f makes of each test image, and the mean time; the middles of some are kept for the report.
local function score(f, test, o, file)
  local ssim, psnr, out, seconds = ln.metric.ssim{}, ln.metric.psnr{}, { ssim = {}, psnr = {} }, 0
  local middles = {}
  for i = 1, #test do
    local clean = test[i]:unsqueeze(1)
    local noisy = noisy_of(test[i], i, o)
    local start = ln.time()
    local restored = f(noisy):clamp(0, 1)
    seconds = seconds + ln.time() - start
    out.ssim[i], out.psnr[i] = (ssim(restored, clean)), (psnr(restored, clean))
    if i <= across then middles[i] = middle(restored, shown) end
  end
  ln.save(file, { middles = ln.concat(middles, 1) })
  out.ms = 1000 * seconds / #test
  return out
end

-- How far tiles are from the whole at once, at most, on the middle of a test image.
local function off_by_tiles(net, test, o)
  local noisy = middle(noisy_of(test[1], 1, o), largest):clone()
  return (net:predict(noisy, { tile = side }) - net:predict(noisy)):abs():max()
end

-- What is trained, { name =, text =, make = function(images, o, c) -> network, mirror = how predictions are averaged }.
local kinds = {
  { name = "unet", text = "U-Net", make = function(images, o, c)
    return study.train(images, o.p, o.p, { net = "unet", steps = c.steps, seed = c.seed })
  end },
  { name = "best", text = "best", mirror = "horizontal", make = function(images, o, c)
    return (recipe.train(images, { levels = { o.p }, level = false, steps = c.steps, seed = c.seed,
      progress = "none" }))
  end },
}

-- And on which images.
local materials = {
  { name = "small", text = "trained on 64x64 images", images = function(m) return m.small end },
  { name = "parts", text = "trained on 64x64 parts", images = function(m, o)
    return parts_of(m.large, side, o.quick and 8 or most_parts)
  end },
}

local function run_network(m, o)
  return function(c, log)
    local kind, material = named(kinds, c.net), named(materials, c.trained)
    local net = kind.make(material.images(m, o), o, c)
    local function whole(x) return net:predict(x, { tile = tile, mirror = kind.mirror }) end
    whole(noisy_of(m.test[1], 1, o)) -- so that the time of planning is not among those that are told
    local result = score(whole, m.test, o, log.dir .. "/middles.npz")
    result.off = off_by_tiles(net, m.test, o)
    return result
  end
end

local function run_filter(m, o)
  local parts = parts_of(m.large, crop, crops)
  local noisy = ln.noise.gaussian{ p = o.p, seed = 1 }(parts)
  return function(c, log)
    if c.filter == "noisy" then
      return score(function(x) return x end, m.test, o, log.dir .. "/middles.npz")
    end
    local tuned = filters.tuned(noisy, parts, { sigma = o.p, quick = c.quick, only = { [c.filter] = true } })[1]
    local result = score(tuned.apply, m.test, o, log.dir .. "/middles.npz")
    result.options = tuned.options
    return result
  end
end

function full_size.run(o, sources)
  local m, names = split(o, sources), { "noisy" }
  for _, entry in ipairs(filters.tunable) do
    if not entry.slow then names[#names + 1] = entry.name end
  end
  local lists = { { "p", { o.p } }, { "full", { o.full or "head MRI" } }, { "quick", { o.quick } },
    { "seed", { 1 } } }
  local function points(...)
    return study.points(table.move(lists, 1, #lists, select("#", ...) + 1, { ... }))
  end
  return { m = m,
    filters = study.sweep("full-size-filters", o, sources, points({ "filter", names }), run_filter(m, o)),
    networks = study.sweep("full-size", o, sources, points({ "net", { "unet", "best" } },
      { "trained", { "small", "parts" } }), run_network(m, o)) }
end

-- ---- The report ----

-- All methods as { text =, result =, run = folder }; the noisy images first, then filters, then networks.
local function methods_of(found)
  local list = {}
  for _, entry in ipairs(found.filters) do
    local filter = named(filters.tunable, entry.point.filter)
    list[#list + 1] = { text = filter and filter.text or "noisy", result = entry.result, run = entry.run,
      is_filter = filter ~= nil }
  end
  for _, entry in ipairs(found.networks) do
    list[#list + 1] = { text = ("%s, %s"):format(named(kinds, entry.point.net).text,
      named(materials, entry.point.trained).text), result = entry.result, run = entry.run }
  end
  return list
end

local function best_filter(methods)
  local best, best_mean
  for _, one in ipairs(methods) do
    local mean = one.is_filter and (ln.stat.mean(one.result.ssim))
    if mean and (not best or mean > best_mean) then best, best_mean = one, mean end
  end
  return best
end

-- What the networks gain over the best filter, in words.
local function note_of(methods, best, o)
  local list = { ("Filters are tuned on parts of other images; ms: of an image, on %d threads."):format(ln.threads()) }
  for _, one in ipairs(methods) do
    if one.result.off and #one.result.ssim > 1 then
      local found = ln.compare{ { "filter", best.result.ssim }, { "network", one.result.ssim }, interval = "t" }
      list[#list + 1] = ("%s less %s: %+.4f [%+.4f, %+.4f]."):format(one.text, best.text, found.difference, found.low,
        found.high)
    end
  end
  if o.quick then list[#list + 1] = "A short form: its numbers mean nothing." end
  return table.concat(list, " ")
end

local function milliseconds(ms)
  return { value = ms, text = (ms < 10 and "%.1f" or "%.0f"):format(ms) }
end

local function table_of(methods, best, o)
  local t = ln.table{ columns = { "method", "SSIM, Wang", "PSNR, dB", "ms" }, width = 80,
    best = { ["SSIM, Wang"] = "max", ["PSNR, dB"] = "max" }, note = note_of(methods, best, o) }
  for _, one in ipairs(methods) do
    local result = one.result
    local several = #result.ssim > 1
    t:add{ one.text, several and { ln.stat.interval(result.ssim) } or result.ssim[1],
      several and { ln.stat.interval(result.psnr) } or result.psnr[1],
      one.text == "noisy" and "-" or milliseconds(result.ms) }
  end
  return t
end

-- The middles of test images: clean, noisy, by the best filter, by the networks.
local function picture(page, found, methods, best)
  local clean = {}
  for i = 1, math.min(#found.m.test, across) do clean[i] = middle(found.m.test[i]:unsqueeze(1), shown) end
  local rows, labels = { ln.concat(clean, 1) }, { "clean" }
  for _, one in ipairs(methods) do
    if one.text == "noisy" or one == best or one.result.off then
      rows[#rows + 1], labels[#labels + 1] = ln.load_tensors(one.run .. "/middles.npz").middles, one.text
    end
  end
  page:grid(rows, { labels = labels, caption = ("The middles of test images, %d pixels wide."):format(
    clean[1].shape[4]) })
end

function full_size.show(page, found, o, write)
  local methods, off = methods_of(found), 0
  local best = best_filter(methods)
  local t = table_of(methods, best, o)
  for _, one in ipairs(methods) do off = math.max(off, one.result.off or 0) end
  ln.expect{ what = "full size: tiles less the whole at once", paper = 0, got = off, within = 1e-5 }
  local shape = found.m.test[1].shape
  page:text(("Test images: %d %s; the first has %dx%d pixels. Noise x + %g N(0, 1). Networks are trained for %d "
    .. "steps, and applied in tiles of %d pixels, each with the pixels around it that its own depend on: tiles and the "
    .. "whole differ by %.1g at most."):format(#found.m.test, found.m.label, shape[2], shape[3], o.p, o.steps, tile,
    off))
  page:table(t)
  picture(page, found, methods, best)
  write(t, "full_size")
end

return study.script(full_size, ...)
