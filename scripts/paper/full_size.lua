-- Does a small network serve large images? A U-Net and the recipe `best`, trained on images of 64x64 pixels, and on
-- parts of large images, applied to whole large images in tiles that overlap; beside tuned filters there, with times.
--
--   lunet scripts/paper/full_size.lua [--full DIR] [--mmm DIR] [--p P] [--steps N] [--quick]
--
-- Large images are those of --full, else those of --mmm where they are larger than 64x64, else axial slices of the head
-- MRI as they are, 217x181 pixels. Nothing is trained on images that are tested, nor on their small copies, nor on
-- others of the same patients. One seed.
local ln = require "lunet"
local data = require "scripts.paper.data"
local filters = require "scripts.paper.filters"
local folder = require "scripts.paper.folder"
local lists = require "scripts.paper.lists"
local patients = require "scripts.paper.patients"
local recipe = require "scripts.paper.recipe"
local study = require "scripts.paper.study"

local full_size = {
  name = "full_size",
  title = "Does a small network serve large images?",
  doc = "Networks trained on 64x64 pixels applied to whole large images in tiles, beside tuned filters.",
  options = {
    { "full", "string", value = "DIR", help = "folder of large images, some of which are tested; those of --mmm with "
      .. "other names train, too (without it, the images of --mmm where they are large, or slices of the head MRI)" },
    { "p", "number", value = "P", default = 0.1, above = 0, max = 10, help = "noise: x + P n, n normal" },
  },
}

local side, tile = 64, 256    -- of what networks learn from, and of tiles
local least_images = 3        -- one is tested, and others train
local most_tested = 4         -- large images
local most_cut = 100          -- large images that parts are cut from
local most_parts = 400        -- that are cut from large images to train on
local crop, crops = 128, 12   -- filters are tuned on so many parts of that size
local largest = 512           -- sides of what is predicted at once, too, to compare with tiles
local shown, across = 128, 4  -- sides of the parts that the report shows, and of how many images
local cached = 32             -- megabytes of large images that are kept in memory

-- ---- Which images ----

-- The shorter sides of all images of a set, and the sums of their pixels.
local function survey(set)
  local sides, sums = {}, {}
  for i = 1, #set do
    local image = set[i]
    sides[i], sums[i] = math.min(image.shape[2], image.shape[3]), image:sum()
    if i % 16 == 0 then collectgarbage() end
  end
  return sides, sums
end

-- What tells images from others, and from the same in another order.
local function identity_of(sums)
  local sum = 0
  for i, one in ipairs(sums) do sum = sum + i * one end
  return ("%d images, sum %.12g"):format(#sums, sum)
end

-- Those of --full: all must be large enough to cut parts from.
local function of_full(o, sources)
  local large = folder.files(o.full, cached)
  local sides, sums = survey(large)
  for i, length in ipairs(sides) do
    if length < side then
      error(("--full: the image '%s' of '%s' is %dx%d pixels; at least %dx%d are needed"):format(large.names[i], o.full,
        large[i].shape[3], large[i].shape[2], side, side), 0)
    end
  end
  return { large = large, sides = sides, sums = sums, label = ("images of '%s'"):format(o.full),
    small = { (folder.read(o.full, 1)), o.mmm and sources[1].set or nil } }
end

-- Those of --mmm that are larger than what networks learn from, of the images that are used; nil where they are few.
local function of_mmm(o, sources)
  local all, used, numbers = folder.files(o.mmm, cached), {}, {}
  for _, name in ipairs(sources[1].set.names) do used[name] = true end
  for i, name in ipairs(all.names) do
    if used[name] then numbers[#numbers + 1] = i end
  end
  local kept, sides, sums = {}, {}, {}
  local lengths, all_sums = survey(all:subset(numbers))
  for i, length in ipairs(lengths) do
    if length > side then
      kept[#kept + 1], sides[#sides + 1], sums[#sums + 1] = numbers[i], length, all_sums[i]
    end
  end
  if #kept < least_images then return nil end
  return { large = all:subset(kept), sides = sides, sums = sums, label = ("images of '%s'"):format(o.mmm),
    small = { sources[1].set } }
end

-- Slices next to each other are alike: `gap` of them.
local function of_volume()
  local there, volume = pcall(data.volume, "--full")
  if not there then return nil, volume end
  local function slices(size) return ln.data.nifti(volume, { plane = "axial", size = size, step = 2 }) end
  local large = slices(0)
  local sides, sums = survey(large)
  return { large = large, sides = sides, sums = sums, small = { slices(side) }, gap = 2,
    label = "axial slices of the head MRI as they are" }
end

-- { large = dataset of images as they are, sides = their shorter sides, sums = of their pixels, small = datasets of
-- 64x64 to learn from, label =, gap = how many of the next images are like one, nil where order means nothing }; or nil
-- and why not.
local function images_of(o, sources)
  if o.full then return of_full(o, sources) end
  local mmm = o.mmm and of_mmm(o, sources)
  if mmm then return mmm end
  return of_volume()
end

-- ---- Which are tested ----

-- Numbers of the images that are tested: evenly spread, or a block from the middle where neighbours are alike.
local function tested_of(all, n)
  if not all.gap then return data.spread(#all.large, n) end
  local numbers, first = {}, (#all.large - n) // 2 + 1
  for i = 1, n do numbers[i] = first + i - 1 end
  return numbers
end

-- Whether an image may train: neither tested, nor like one that is, nor of the same patient.
local function may_train_beside(all, tested, patient)
  local names, tested_patients = {}, {}
  for _, number in ipairs(tested) do
    for near = math.max(1, number - (all.gap or 0)), math.min(#all.large, number + (all.gap or 0)) do
      names[all.large.names[near]] = true
    end
    tested_patients[patient(all.large.names[number])] = true
  end
  return function(name) return not names[name] and not tested_patients[patient(name)] end
end

-- All 64x64 images that may train, each name once.
local function small_images(sets, may_train)
  local parts, taken = {}, {}
  for i, set in ipairs(sets) do
    local numbers = {}
    for number, name in ipairs(set.names) do
      if may_train(name) and not taken[name] then numbers[#numbers + 1], taken[name] = number, true end
    end
    if #numbers > 0 then parts[#parts + 1] = sets[i]:subset(numbers).images end
  end
  return ln.concat(parts, 1)
end

local function least(sides, numbers)
  local length = math.huge
  for _, number in ipairs(numbers) do length = math.min(length, sides[number]) end
  return length
end

-- { large = dataset to cut parts from, small = images to train on, N,1,64,64, test = dataset, crop, shown = sides of
-- parts, label =, identity = }.
local function split(all, o, patient)
  local count = #all.large
  if count < least_images then
    error(("too few %s: %d of at least %d"):format(all.label, count, least_images), 0)
  end
  local tested = tested_of(all, math.min(o.quick and 1 or most_tested, count // least_images))
  local may_train, kept = may_train_beside(all, tested, patient), {}
  for i, name in ipairs(all.large.names) do
    if may_train(name) then kept[#kept + 1] = i end
  end
  if #kept == 0 then error(("no %s are of other patients than those tested"):format(all.label), 0) end
  local cut = {}
  for i, number in ipairs(data.spread(#kept, most_cut)) do cut[i] = kept[number] end
  return { large = all.large:subset(cut), small = small_images(all.small, may_train), test = all.large:subset(tested),
    crop = math.min(crop, least(all.sides, cut)), shown = math.min(shown, least(all.sides, tested)),
    label = all.label, identity = identity_of(all.sums) }
end

function full_size.prepare(o, sources)
  local all, lacks = images_of(o, sources)
  if not all then return nil, lacks end
  return split(all, o, patients.of)
end

-- n parts of the images that are trained on, of size x size pixels: N,1,H,W.
local function parts_of(set, size, n)
  local cut, list = ln.data.patches{ set, size = size, per_image = math.ceil(n / #set) }, {}
  for i, k in ipairs(data.spread(#cut, n)) do list[i] = cut[k] end
  return ln.stack(list, 1)
end

-- ---- The points ----

local function noisy_of(image, number, o)
  return ln.noise.gaussian{ p = o.p, seed = 1000 }(image:unsqueeze(1), number)
end

local function middle(images, side_of_part)
  local height, width = images.shape[3], images.shape[4]
  local rows, columns = math.min(height, side_of_part), math.min(width, side_of_part)
  return images:narrow(3, (height - rows) // 2 + 1, rows):narrow(4, (width - columns) // 2 + 1, columns)
end

-- Scores of what f makes of each test image, and the mean time; the middles of some are kept for the report.
local function score(f, m, o, file)
  local ssim, psnr, out, seconds = ln.metric.ssim{}, ln.metric.psnr{}, { ssim = {}, psnr = {} }, 0
  local middles = {}
  for i = 1, #m.test do
    local clean = m.test[i]:unsqueeze(1)
    local noisy = noisy_of(m.test[i], i, o)
    local start = ln.time()
    local restored = f(noisy):clamp(0, 1)
    seconds = seconds + ln.time() - start
    out.ssim[i], out.psnr[i] = (ssim(restored, clean)), (psnr(restored, clean))
    if i <= across then middles[i] = middle(restored, m.shown):clone() end
    collectgarbage() -- large images need not wait for the next
  end
  ln.save(file, { middles = ln.concat(middles, 1) })
  out.ms = 1000 * seconds / #m.test
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
    return study.train(study.network("plain_unet"), images, o.p, c)
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
    local kind, material = lists.named(kinds, c.net), lists.named(materials, c.trained)
    local net = kind.make(material.images(m, o), o, c)
    local function whole(x) return net:predict(x, { tile = tile, mirror = kind.mirror }) end
    whole(noisy_of(m.test[1], 1, o)) -- so that the time of planning is not among those that are told
    local result = score(whole, m, o, log.dir .. "/middles.npz")
    result.off = off_by_tiles(net, m.test, o)
    return result
  end
end

local function run_filter(m, o)
  local parts, noisy
  return function(c, log)
    if c.filter == "noisy" then
      return score(function(x) return x end, m, o, log.dir .. "/middles.npz")
    end
    parts = parts or parts_of(m.large, m.crop, crops)
    noisy = noisy or ln.noise.gaussian{ p = o.p, seed = 1 }(parts)
    local tuned = filters.tuned(noisy, parts, { sigma = o.p, quick = c.quick, only = { [c.filter] = true } })[1]
    local result = score(tuned.apply, m, o, log.dir .. "/middles.npz")
    result.options = tuned.options
    return result
  end
end

function full_size.run(o, _, m)
  local names = { "noisy" }
  for _, entry in ipairs(filters.fast()) do names[#names + 1] = entry.name end
  local function sweep(name, points, run, options)
    options.p, options.full, options.quick, options.seed = o.p, m.identity, o.quick, 1
    options.trained_on = ("%d images, sum %.3f"):format(#m.small, m.small:sum())
    return study.sweep{ name = name, o = o, sources = {}, points = points, run = run, options = options }
  end
  return { m = m,
    filters = sweep("full-size-filters", study.points{ { "filter", names } }, run_filter(m, o),
      { tuning = filters.settings(filters.fast()) }),
    networks = sweep("full-size", study.points{ { "net", { "unet", "best" } }, { "trained", { "small", "parts" } } },
      run_network(m, o), { steps = o.steps, recipe = lists.text(recipe.defaults), training = study.settings() }) }
end

-- ---- The report ----

-- All methods as { text =, result =, run = folder }; the noisy images first, then filters, then networks.
local function methods_of(found)
  local list = {}
  for _, entry in ipairs(found.filters) do
    local is_filter = entry.point.filter ~= "noisy"
    list[#list + 1] = { text = is_filter and lists.named(filters.tunable, entry.point.filter).text or "noisy",
      result = entry.result, run = entry.run, is_filter = is_filter }
  end
  for _, entry in ipairs(found.networks) do
    list[#list + 1] = { text = ("%s, %s"):format(lists.named(kinds, entry.point.net).text,
      lists.named(materials, entry.point.trained).text), is_network = true, result = entry.result, run = entry.run }
  end
  return list
end

-- The best of those that a field tells.
local function best_of(methods, field)
  return lists.best(methods, function(one) return one[field] and (ln.stat.mean(one.result.ssim)) end)
end

local function answer_of(methods)
  local network, network_ssim = best_of(methods, "is_network")
  local filter, filter_ssim = best_of(methods, "is_filter")
  return ("**The best network, %s, has an SSIM of %.3f in %.0f ms an image, %.3f %s the best filter, %s: %.3f in "
    .. "%.0f ms.**"):format(network.text, network_ssim, network.result.ms, math.abs(network_ssim - filter_ssim),
    network_ssim < filter_ssim and "below" or "above", filter.text, filter_ssim, filter.result.ms)
end

-- What the networks gain over the best filter, in words.
local function note_of(methods, best, o)
  local list = { ("Filters are tuned on parts of other images; ms: of an image, on %d threads. %s"):format(
    ln.threads(), filters.left_out) }
  for _, one in ipairs(methods) do
    if one.is_network and #one.result.ssim > 1 then
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
  for i = 1, math.min(#found.m.test, across) do
    clean[i] = middle(found.m.test[i]:unsqueeze(1), found.m.shown)
  end
  local rows, labels = { ln.concat(clean, 1) }, { "clean" }
  for _, one in ipairs(methods) do
    if one.text == "noisy" or one == best or one.is_network then
      rows[#rows + 1], labels[#labels + 1] = ln.load_tensors(one.run .. "/middles.npz").middles, one.text
    end
  end
  page:grid(rows, { labels = labels, caption = ("The middles of test images, %d pixels wide."):format(
    clean[1].shape[4]) })
end

function full_size.show(page, found, o, write)
  local methods, off = methods_of(found), 0
  local best = best_of(methods, "is_filter")
  local t = table_of(methods, best, o)
  for _, one in ipairs(methods) do off = math.max(off, one.result.off or 0) end
  ln.expect{ what = "full size: tiles less the whole at once", paper = 0, got = off, within = 1e-5 }
  local shape = found.m.test[1].shape
  page:text(answer_of(methods))
  page:text(("Tested: %d %s; the first has %dx%d pixels. Noise x + %g N(0, 1). Networks are trained for %d "
    .. "steps, and applied in tiles of %d pixels, each with the pixels around it that its own depend on: tiles and the "
    .. "whole differ by %.1g at most."):format(#found.m.test, found.m.label, shape[2], shape[3], o.p, o.steps, tile,
    off))
  page:table(t)
  picture(page, found, methods, best)
  write(t, "full_size")
end

return study.script(full_size, ...)
