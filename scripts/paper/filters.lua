-- The filters that the network is compared with: as in the paper, and tuned on training images.
local ln = require "lunet"
local conditions = require "scripts.paper.conditions"

local filters = {}

local tuned_on = 12 -- training images

-- As in the paper. Its NL means leaves strong noise as it is; OpenCV's fastNlMeansDenoising with the strength that it
-- has by default, 3 of 255 grey levels, does so.
filters.of_paper = {
  { name = "nlmeans", text = "NL means, as in the paper",
    filter = ln.filter.nlmeans{ patch_size = 7, patch_distance = 10, h = 3 / 255 } },
  { name = "median", text = "median 3x3, as in the paper", filter = ln.filter.median{ 3 } },
}

local function times(sigma, factors)
  local list = {}
  for i, factor in ipairs(factors) do list[i] = sigma * factor end
  return list
end

-- grid(sigma): the options that are tried, for noise of that standard deviation.
filters.tunable = {
  { name = "median_tuned", text = "median, tuned", filter = "median",
    grid = function() return { size = { 3, 5, 7, 9, 11 } } end },
  { name = "gaussian_tuned", text = "Gaussian, tuned", filter = "gaussian",
    grid = function() return { sigma = { 0.6, 0.8, 1, 1.3, 1.6, 2, 2.5, 3, 4 } } end },
  { name = "nlmeans_tuned", text = "NL means, tuned", filter = "nlmeans",
    grid = function(sigma)
      return { h = times(sigma, { 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1 }), sigma = { sigma }, patch_size = { 5, 7 } }
    end },
}

-- The options in a grid's names that were chosen, "h = 0.08, patch_size = 5".
local function chosen_text(filter, grid)
  local names, parts = {}, {}
  for name, values in pairs(grid) do
    if #values > 1 then names[#names + 1] = name end
  end
  table.sort(names)
  for i, name in ipairs(names) do parts[i] = ("%s = %.3g"):format(name, filter.options[name]) end
  return table.concat(parts, ", ")
end

-- One filter, tuned by SSIM (Wang) on training images: a function of noisy images, and its options as text. It knows
-- the noise's moments: the mean is taken off, and what it gives is clipped to 0..1.
function filters.tune(entry, train, condition)
  local mean, sigma = conditions.moments(condition)
  local chosen = {}
  for i = 1, math.min(tuned_on, #train) do chosen[i] = (i - 1) * #train // math.min(tuned_on, #train) + 1 end
  local noisy, clean = train.images:gather(chosen) - mean, train.targets:gather(chosen)
  local grid = entry.grid(sigma)
  local filter = ln.filter.tune(ln.filter[entry.filter], grid, noisy, clean, ln.metric.ssim{})
  return function(x) return filter(x - mean):clamp(0, 1) end, chosen_text(filter, grid)
end

return filters
