-- The filters that networks are compared with: as in the paper, and tuned on training images.
local ln = require "lunet"
local data = require "scripts.paper.data"
local lists = require "scripts.paper.lists"

local filters = {}

local tuned_on = 12 -- training images
local quickly = 2   -- so many in a short form

-- As in the paper. It does not say what its NL means was. Of 600 settings this one comes closest to the five numbers
-- that it prints: at most 0.015 from them on the cephalograms that stand in for its own. It blurs where the noise is
-- weak, helps where its standard deviation is 0.5, and finds no patches that are alike where the noise is stronger.
filters.of_paper = {
  { name = "nlmeans", text = "NL means, as in the paper",
    filter = ln.filter.nlmeans{ patch_size = 3, patch_distance = 21, h = 0.35 } },
  { name = "median", text = "median 3x3, as in the paper", filter = ln.filter.median{ 3 } },
}

-- sigma times each of the factors, in four digits.
local function times(sigma, factors)
  local list = {}
  for i, factor in ipairs(factors) do list[i] = tonumber(("%.4g"):format(sigma * factor)) end
  return list
end

local function wavelets(method, spinning, modes)
  return function(sigma)
    return { sigma = times(sigma, { 0.4, 0.7, 1, 1.5, 2.4 }), method = method, mode = modes, levels = { 3 },
      cycle_spinning = { spinning } }
  end
end

-- What is tuned: { name =, text = what tables call it, type = of ln.filter, where that is not the name, grid(sigma) =
-- what is tried where the noise has that standard deviation }. It is from 0.05 to 2, in which hardly anything is to be
-- seen: the grids are wide. They are coarse too, for each number is then refined towards its neighbours, and beyond the
-- ends, in so many rounds (refine). on: their number of images, where that is less. slow: left out where it would take
-- most of the time, in Table IV and over whole large images. variant: a form of one that is there already.
filters.all = {
  { name = "bm3d", text = "BM3D", grid = function(sigma)
    return { sigma = times(sigma, { 0.7, 1, 1.4, 2 }) }
  end, refine = 2 },
  { name = "dct", text = "sliding DCT", grid = function(sigma)
    return { sigma = { sigma }, block = { 4, 6, 8, 12, 20 }, threshold = { 1.8, 2.4, 3.2, 4.5, 6.5 } }
  end, refine = 2 },
  { name = "nlmeans", text = "NL means", grid = function(sigma)
    return { sigma = { sigma }, h = times(sigma, { 0.2, 0.35, 0.5, 0.7, 1, 1.6, 3 }), patch_size = { 5, 7 },
      patch_distance = { 7, 15 } }
  end, refine = 1 },
  { name = "tv", text = "total variation", grid = function(sigma)
    return { weight = times(sigma, { 0.3, 0.5, 0.8, 1.2, 2, 3.5, 6 }) }
  end, refine = 2 },
  { name = "wavelet", text = "wavelets", grid = wavelets({ "bayesshrink", "sureshrink", "visushrink" }, 7),
    refine = 1 },
  { name = "invariant", text = "translation-invariant", type = "wavelet",
    grid = wavelets({ "visushrink" }, "full", { "hard", "soft" }), refine = 1, variant = true },
  { name = "bayesshrink", text = "BayesShrink", type = "wavelet", grid = wavelets({ "bayesshrink" }, 0), refine = 1,
    variant = true },
  { name = "sureshrink", text = "SureShrink", type = "wavelet", grid = wavelets({ "sureshrink" }, 0), refine = 1,
    variant = true },
  { name = "visushrink", text = "VisuShrink", type = "wavelet",
    grid = wavelets({ "visushrink" }, 0, { "soft", "hard" }), refine = 1, variant = true },
  { name = "ksvd", text = "K-SVD", grid = function(sigma)
    return { sigma = times(sigma, { 0.85, 1, 1.2, 1.45 }) }
  end, on = 4, slow = true },
  { name = "online", text = "online dictionary", type = "ksvd", grid = function(sigma)
    return { sigma = times(sigma, { 0.85, 1, 1.2, 1.45 }), learning = { "online" } }
  end, on = 4, slow = true, variant = true },
  { name = "bls_gsm", text = "BLS-GSM", grid = function(sigma)
    return { sigma = times(sigma, { 0.6, 0.85, 1.2, 1.8 }) }
  end, on = 6, refine = 1 },
  { name = "pca", text = "patch PCA", grid = function(sigma)
    return { sigma = times(sigma, { 0.6, 0.85, 1.2, 1.7 }) }
  end, refine = 2 },
  { name = "perona_malik", text = "Perona-Malik", grid = function(sigma)
    return { kappa = times(sigma, { 0.5, 1, 2, 4, 8 }), iterations = { 1, 2, 5, 12, 30, 80, 160 },
      conductance = { "exponential", "reciprocal" } }
  end, refine = 1 },
  { name = "bilateral", text = "bilateral", grid = function(sigma)
    return { sigma_color = times(sigma, { 1, 2, 4, 8, 16, 40 }), sigma_spatial = { 0.5, 1, 2, 4, 8 } }
  end, refine = 1 },
  { name = "wiener", text = "Wiener", grid = function(sigma)
    return { sigma = times(sigma, { 0.5, 0.7, 1, 1.4, 2 }), size = { 3, 5, 7, 9, 13, 21 } }
  end, refine = 1 },
  { name = "median", text = "median", grid = function() return { size = { 1, 3, 5, 7, 9, 13, 19 } } end, refine = 1 },
  { name = "gaussian", text = "Gaussian", grid = function()
    return { sigma = { 0.3, 0.6, 1, 1.6, 2.6, 4, 6.5, 10 } }
  end, refine = 2 },
}

-- What is not in the grids, for the report.
filters.untried = "Not tried, for hardly anything is gained or it takes too long: total variation's primal-dual form, "
  .. "which comes to the same minimum; PCA of each window instead of the image; BM3D's other profiles, and stages by "
  .. "themselves; wavelets other than db2; further options of all, which stay as they are without being given."

-- One of each type; and of these, and of all, those that are not slow.
filters.tunable = {}
local fast, not_slow = {}, {}
for _, entry in ipairs(filters.all) do
  entry.text, entry.type = entry.text .. ", tuned", entry.type or entry.name
  entry.refine, entry.slow = entry.refine or 0, entry.slow or false
  if not entry.variant then table.insert(filters.tunable, entry) end
  if not entry.slow then table.insert(not_slow, entry) end
  if not entry.slow and not entry.variant then table.insert(fast, entry) end
end

-- One of each type that does not take most of the time.
function filters.fast()
  return fast
end

-- The others, in words.
filters.left_out = "K-SVD, which takes half as long as all others together, is not run here."

-- Those of the tables of a condition: for the weakest noise, that of Tables II and III, all; in Table IV not those that
-- are slow.
function filters.of(condition)
  return condition == "p0.1" and filters.all or not_slow
end

-- What results depend on, as text: the paper's filters, and how those of a list are tuned.
function filters.settings(list)
  local parts = { tuned_on = tuned_on, quickly = quickly }
  for i, entry in ipairs(filters.of_paper) do parts[i] = tostring(entry.filter) end
  for _, entry in ipairs(list or filters.all) do
    parts[#parts + 1] = { entry.type, grid = entry.grid(1), refine = entry.refine, on = entry.on }
  end
  return lists.text(parts)
end

-- One number of each list, from its middle: a short form tries nothing else.
local function middle_of(grid)
  local one = {}
  for name, values in pairs(grid) do one[name] = { values[(#values + 1) // 2] } end
  return one
end

-- Evenly spread images, at most so many.
local function some(images, most)
  return images:take(data.spread(#images, most))
end

-- How many images filters are tuned on at most.
function filters.most_images(quick)
  return quick and quickly or tuned_on
end

-- The same in words, for the report. quick: as filters.tuned has it.
function filters.count_text(list, quick)
  local count, fewer = filters.most_images(quick), {}
  for _, entry in ipairs(list) do
    if entry.on and entry.on < count then
      fewer[#fewer + 1] = ("%s on %d"):format(entry.text:gsub(", tuned$", ""), entry.on)
    end
  end
  return ("up to %d training images%s"):format(count, #fewer > 0 and (" (%s)"):format(table.concat(fewer, ", ")) or "")
end

-- One filter at its best.
local function tuned(entry, noisy, clean, o)
  local grid, on, mean = entry.grid(o.sigma), math.min(#clean, entry.on or #clean), o.mean or 0
  local filter = ln.filter.tune(ln.filter[entry.type], o.quick and middle_of(grid) or grid, some(noisy, on) - mean,
    some(clean, on), ln.metric.ssim{}, { refine = o.quick and 0 or entry.refine })
  return { name = entry.name, text = entry.text, options = tostring(filter),
    apply = function(x) return filter(x - mean):clamp(0, 1) end }
end

-- Each filter at its best in SSIM (Wang) on some training images, noisy and clean, N,C,H,W: a list of { name =, text =
-- what tables call it, options = the filter as text, apply = function(noisy) -> restored }. They know the noise's
-- moments: its mean is taken off; what they give is clipped to 0..1.
-- o: { sigma =, mean = 0, images = at most so many to tune on, quick = whether hardly anything is tried, list = of
-- filters, by default filters.fast(), only = a set of names instead }.
function filters.tuned(noisy, clean, o)
  local count, list = o.quick and quickly or o.images or tuned_on, {}
  noisy, clean = some(noisy, count), some(clean, count)
  for _, entry in ipairs(o.list or o.only and filters.all or fast) do
    if not o.only or o.only[entry.name] then list[#list + 1] = tuned(entry, noisy, clean, o) end
  end
  return list
end

return filters
