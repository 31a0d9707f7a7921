-- The classical filters that networks are compared with, each tuned for a level of the noise on training images: the
-- options that are tried, around what other images of the same kinds asked for.
local ln = require "lunet"

local competitors = {}

-- p times each of the factors, in four digits.
local function times(p, factors)
  local list = {}
  for i, factor in ipairs(factors) do list[i] = tonumber(("%.4g"):format(p * factor)) end
  return list
end

-- Filters with the options to try for noise x + p N(0, 1); sigma, where there is one, is the noise's.
local grids = {
  { "bm3d", function(p) return { sigma = times(p, { 0.8, 1, 1.2, 1.4, 1.7, 2, 2.4 }) } end },
  { "dct", function(p) return { sigma = { p }, block = { 4, 6, 8, 12 }, threshold = { 2.1, 2.4, 2.8, 3.2, 3.7 } } end },
  { "nlmeans", function(p)
    return { sigma = { p }, h = times(p, { 0.3, 0.4, 0.5, 0.6, 0.7, 0.8 }), patch_size = { 5, 7 },
      patch_distance = { 6, 11 } }
  end },
  { "tv", function(p) return { weight = times(p, { 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.4, 1.7 }) } end },
  { "wavelet", function(p)
    return { sigma = times(p, { 0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.5 }), cycle_spinning = { 7 },
      method = { "bayesshrink", "sureshrink", "visushrink" } }
  end },
  { "bilateral", function(p)
    return { sigma_color = times(p, { 1, 1.5, 2, 3, 4 }), sigma_spatial = { 0.7, 1, 1.5, 2, 3 } }
  end },
  { "wiener", function(p) return { sigma = times(p, { 0.7, 0.85, 1, 1.2, 1.4 }), size = { 3, 5, 7, 9 } } end },
  { "median", function() return { size = { 3, 5, 7, 9 } } end },
  { "gaussian", function() return { sigma = { 0.5, 0.6, 0.8, 1, 1.2, 1.5, 1.8, 2.2, 2.7 } } end },
}

-- A list of { name, filter }, each with the options of the highest SSIM on the images `clean` with noise of level p.
function competitors.tuned(noisy, clean, p)
  local list = {}
  for _, entry in ipairs(grids) do
    local name, grid = entry[1], entry[2]
    local kind = rawget(ln.filter, name)
    if kind then list[#list + 1] = { name, (ln.filter.tune(kind, grid(p), noisy, clean, ln.metric.ssim{})) } end
  end
  return list
end

return competitors
