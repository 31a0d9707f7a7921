-- The filters that the network is compared with: as in the paper, and tuned on training images.
local ln = require "lunet"
local conditions = require "scripts.paper.conditions"
local data = require "scripts.paper.data"

local filters = {}

local tuned_on = 12 -- training images, or a third of them where that is less

-- As in the paper. Its NL means leaves strong noise as it is; OpenCV's fastNlMeansDenoising with the strength that it
-- has by default, 3 of 255 grey levels, does so.
filters.of_paper = {
  { name = "nlmeans", text = "NL means, as in the paper",
    filter = ln.filter.nlmeans{ patch_size = 7, patch_distance = 10, h = 3 / 255 } },
  { name = "median", text = "median 3x3, as in the paper", filter = ln.filter.median{ 3 } },
}

-- sigma times each of the factors, in four digits.
local function times(sigma, factors)
  local list = {}
  for i, factor in ipairs(factors) do list[i] = tonumber(("%.4g"):format(sigma * factor)) end
  return list
end

-- What is tuned: its name, what tables call it, and grid(sigma): what is tried where the noise has that standard
-- deviation, from 0.1, a tenth of the grey levels, to 2, in which hardly anything is to be seen: the grids are wide.
local tunable = {
  { "bm3d", "BM3D", function(sigma) return { sigma = times(sigma, { 0.8, 1, 1.2, 1.4, 1.7, 2, 2.4 }) } end },
  { "dct", "sliding DCT", function(sigma)
    return { sigma = { sigma }, block = { 8 }, threshold = { 1.6, 2.1, 2.4, 2.8, 3.2, 3.7, 4.5, 6, 8 } }
  end },
  { "nlmeans", "NL means", function(sigma)
    return { sigma = { sigma }, h = times(sigma, { 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.2, 1.6, 2 }) }
  end },
  { "tv", "total variation", function(sigma)
    return { weight = times(sigma, { 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.2, 1.4, 1.7, 2, 2.5, 3, 4, 6 }) }
  end },
  { "wavelet", "wavelets", function(sigma)
    return { sigma = times(sigma, { 0.3, 0.5, 0.7, 0.85, 1, 1.2, 1.5, 2, 3 }), cycle_spinning = { 7 } }
  end },
  { "ksvd", "K-SVD", function(sigma) return { sigma = times(sigma, { 0.7, 0.85, 1, 1.2 }) } end },
  { "bls_gsm", "BLS-GSM", function(sigma) return { sigma = times(sigma, { 0.5, 0.7, 0.85, 1, 1.2, 1.5 }) } end },
  { "pca", "patch PCA", function(sigma) return { sigma = times(sigma, { 0.5, 0.7, 0.85, 1, 1.2, 1.5, 2 }) } end },
  { "perona_malik", "Perona-Malik", function(sigma)
    return { kappa = times(sigma, { 0.5, 1, 2, 3, 4, 6, 10 }), iterations = { 1, 2, 5, 10, 20, 40, 80, 160 } }
  end },
  { "bilateral", "bilateral", function(sigma)
    return { sigma_color = times(sigma, { 1, 2, 3, 4, 6, 10, 20 }), sigma_spatial = { 0.5, 0.7, 1, 1.5, 2, 3, 5, 8 } }
  end },
  { "wiener", "Wiener", function(sigma)
    return { sigma = times(sigma, { 0.5, 0.7, 0.85, 1, 1.2, 1.5, 2 }), size = { 3, 5, 7, 9, 11, 15, 21 } }
  end },
  { "median", "median", function() return { size = { 1, 3, 5, 7, 9, 11, 15, 19, 25 } } end },
  { "gaussian", "Gaussian", function() return { sigma = { 0.3, 0.5, 0.7, 1, 1.3, 1.6, 2, 2.5, 3, 4, 5, 7, 10 } } end },
}

-- Those that this program has: a list of { name = that of ln.filter, text = that of tables, grid = }.
filters.tunable = {}
for _, entry in ipairs(tunable) do
  local name, text, grid = table.unpack(entry)
  local known = rawget(ln.filter, name)
  if known then table.insert(filters.tunable, { name = name, text = text .. ", tuned", grid = grid }) end
end

-- Each filter at its best in SSIM (Wang) on some training images: a list of { name = that of ln.filter, options = as
-- text, apply = function(noisy) -> restored }. They know the noise's moments: its mean is taken off; what they give is
-- clipped to 0..1.
function filters.tuned(train, condition)
  local mean, sigma = conditions.moments(condition)
  local chosen, list = data.spread(#train, math.min(tuned_on, math.max(1, #train // 3))), {}
  local noisy, clean = train.images:take(chosen) - mean, train.targets:take(chosen)
  for i, entry in ipairs(filters.tunable) do
    local filter = ln.filter.tune(ln.filter[entry.name], entry.grid(sigma), noisy, clean, ln.metric.ssim{})
    list[i] = { name = entry.name, options = tostring(filter),
      apply = function(x) return filter(x - mean):clamp(0, 1) end }
  end
  return list
end

return filters
