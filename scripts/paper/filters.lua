-- The filters that networks are compared with: as in the paper, and tuned on training images.
local ln = require "lunet"
local data = require "scripts.paper.data"

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

-- What is tuned: its name in ln.filter, what tables call it, and grid(sigma): what is tried where the noise has that
-- standard deviation, from 0.05 to 2, in which hardly anything is to be seen: the grids are wide. They are coarse too,
-- for each number is then refined towards its neighbours, and beyond the ends; but for filters whose few numbers take
-- longer than all other filters together. on: their number of images, where that is less. slow: left out where it would
-- take most of the time, in Table IV and over whole large images.
local tunable = {
  { "bm3d", "BM3D", function(sigma) return { sigma = times(sigma, { 0.7, 1, 1.4, 2 }) } end, refine = 2 },
  { "dct", "sliding DCT", function(sigma)
    return { sigma = { sigma }, block = { 4, 6, 8, 12, 20 }, threshold = { 1.8, 2.4, 3.2, 4.5, 6.5 } }
  end, refine = 2 },
  { "nlmeans", "NL means", function(sigma)
    return { sigma = { sigma }, h = times(sigma, { 0.2, 0.35, 0.5, 0.7, 1, 1.6, 3 }), patch_size = { 5, 7 },
      patch_distance = { 7, 15 } }
  end, refine = 1 },
  { "tv", "total variation", function(sigma)
    return { weight = times(sigma, { 0.3, 0.5, 0.8, 1.2, 2, 3.5, 6 }) }
  end, refine = 2 },
  { "wavelet", "wavelets", function(sigma)
    return { sigma = times(sigma, { 0.4, 0.7, 1, 1.5, 2.4 }), cycle_spinning = { 7 }, levels = { 3 },
      method = { "bayesshrink", "sureshrink", "visushrink" } }
  end, refine = 1 },
  { "ksvd", "K-SVD", function(sigma) return { sigma = times(sigma, { 0.85, 1, 1.2 }) } end, on = 4, slow = true },
  { "bls_gsm", "BLS-GSM", function(sigma) return { sigma = times(sigma, { 0.6, 0.85, 1.2, 1.8 }) } end, on = 6,
    refine = 1 },
  { "pca", "patch PCA", function(sigma) return { sigma = times(sigma, { 0.6, 0.85, 1.2, 1.7 }) } end, refine = 2 },
  { "perona_malik", "Perona-Malik", function(sigma)
    return { kappa = times(sigma, { 0.5, 1, 2, 4, 8 }), iterations = { 1, 2, 5, 12, 30, 80, 160 } }
  end, refine = 1 },
  { "bilateral", "bilateral", function(sigma)
    return { sigma_color = times(sigma, { 1, 2, 4, 8, 16, 40 }), sigma_spatial = { 0.5, 1, 2, 4, 8 } }
  end, refine = 1 },
  { "wiener", "Wiener", function(sigma)
    return { sigma = times(sigma, { 0.5, 0.7, 1, 1.4, 2 }), size = { 3, 5, 7, 9, 13, 21 } }
  end, refine = 1 },
  { "median", "median", function() return { size = { 1, 3, 5, 7, 9, 13, 19 } } end, refine = 1 },
  { "gaussian", "Gaussian", function() return { sigma = { 0.3, 0.6, 1, 1.6, 2.6, 4, 6.5, 10 } } end, refine = 2 },
}

-- Those that this program has: a list of { name = that of ln.filter, text = that of tables, grid =, refine =, on =,
-- slow = }.
filters.tunable = {}
for _, entry in ipairs(tunable) do
  local name, text, grid = table.unpack(entry)
  if rawget(ln.filter, name) then
    table.insert(filters.tunable, { name = name, text = text .. ", tuned", grid = grid, on = entry.on,
      refine = entry.refine or 0, slow = entry.slow or false })
  end
end

-- Those that do not take most of the time.
function filters.fast()
  local list = {}
  for _, entry in ipairs(filters.tunable) do
    if not entry.slow then list[#list + 1] = entry end
  end
  return list
end

-- The others, in words.
filters.left_out = "K-SVD, which takes longer than all others together, is not run here."

-- How many images they are tuned on at most.
function filters.most_images(quick)
  return quick and quickly or tuned_on
end

-- Their names in a text: results of other filters are other results.
function filters.names()
  local names = {}
  for i, entry in ipairs(filters.tunable) do names[i] = entry.name end
  return table.concat(names, " ")
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

-- Each filter at its best in SSIM (Wang) on some training images, noisy and clean, N,C,H,W: a list of { name = that of
-- ln.filter, text = that of tables, filter =, options = the filter as text, apply = function(noisy) -> restored }. They
-- know the noise's moments: its mean is taken off; what they give is clipped to 0..1.
-- o: { sigma =, mean = 0, images = at most so many to tune on, quick = whether hardly anything is tried, slow = whether
-- slow ones are among them, only = a set of names, nil for all }.
function filters.tuned(noisy, clean, o)
  local mean = o.mean or 0
  local count = o.quick and quickly or o.images or tuned_on
  noisy, clean = some(noisy, count) - mean, some(clean, count)
  local list = {}
  for _, entry in ipairs(filters.tunable) do
    if (o.slow or not entry.slow) and (not o.only or o.only[entry.name]) then
      local grid, on = entry.grid(o.sigma), math.min(#clean, entry.on or #clean)
      local filter = ln.filter.tune(ln.filter[entry.name], o.quick and middle_of(grid) or grid, some(noisy, on),
        some(clean, on), ln.metric.ssim{}, { refine = o.quick and 0 or entry.refine })
      list[#list + 1] = { name = entry.name, text = entry.text, filter = filter, options = tostring(filter),
        apply = function(x) return filter(x - mean):clamp(0, 1) end }
    end
  end
  return list
end

return filters
