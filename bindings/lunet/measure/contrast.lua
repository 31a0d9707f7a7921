-- Signal- and contrast-to-noise ratios in regions of images.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local region = require "lunet.region"

local contrast = {}

local function moments(what, name, image, mask)
  local values = image[mask]
  if #values < 2 then errors.raise("%s: %s needs two pixels or more", what, name) end
  return values:mean(), values:var{ unbiased = true }
end

-- The mean over images, and a tensor with the value of each.
local function collect(images, f)
  local values = {}
  for i = 1, #images do values[i] = f(images[i], i) end
  local each = core.tensor(values)
  return each:mean(), each
end

local snr_page = {
  name = "measure.snr",
  usage = "ln.measure.snr(x: tensor, region: tensor|table) -> number, tensor",
  doc = "The signal-to-noise ratio in a flat region: mean / standard deviation (n - 1) of its pixels; the mean over "
    .. "images, and the value of each. x is N,1,H,W or H,W. A region is a mask H,W of 0 and 1, or a box { { top, "
    .. "bottom }, { left, right } }. With a reference, in decibels: ln.metric.snr.",
  errors = "A region that is empty or does not fit; one in which all pixels are the same.",
  example = "ln.measure.snr(noisy, { { 12, 20 }, { 12, 20 } })",
}

contrast.snr = docs.add(function(x, where)
  local images = region.images("measure.snr", x)
  local mask = region.mask("measure.snr", "the region", where, images.shape[2], images.shape[3])
  return collect(images, function(image, i)
    local mean, variance = moments("measure.snr", "the region", image, mask)
    if variance == 0 then errors.raise("measure.snr: image %d has one value in the region: there is no noise", i) end
    return mean / math.sqrt(variance)
  end)
end, snr_page)

local cnr_page = {
  name = "measure.cnr",
  usage = "ln.measure.cnr(x: tensor, signal: tensor|table, background: tensor|table, options?: options) -> number, "
    .. "tensor",
  doc = "The contrast-to-noise ratio of two regions: |mean of the signal - mean of the background| / standard "
    .. "deviation (n - 1); the mean over images, and the value of each. Images and regions as for ln.measure.snr.",
  options = {
    { "noise", "string", choices = { "background", "pooled" }, default = "background", help = "whose standard "
      .. "deviation: the background's, or the root of the mean of both variances" },
  },
  errors = "A region that is empty or does not fit; regions without noise.",
  example = "ln.measure.cnr(noisy, { { 12, 20 }, { 12, 20 } }, { { 1, 6 }, { 1, 6 } })",
}

contrast.cnr = docs.add(function(x, signal, background, given)
  local what, o = "measure.cnr", options.read(cnr_page, given)
  local images = region.images(what, x)
  local height, width = images.shape[2], images.shape[3]
  local object = region.mask(what, "the signal", signal, height, width)
  local ground = region.mask(what, "the background", background, height, width)
  return collect(images, function(image, i)
    local mean, variance = moments(what, "the signal", image, object)
    local level, noise = moments(what, "the background", image, ground)
    if o.noise == "pooled" then noise = (noise + variance) / 2 end
    if noise == 0 then errors.raise("%s: image %d has one value in the background: there is no noise", what, i) end
    return math.abs(mean - level) / math.sqrt(noise)
  end)
end, cnr_page)

return contrast
