-- The noise power spectrum: the ensemble mean of patches' squared Fourier transforms, after each one's trend is taken
-- away.
--
--   NPS(u, v) = pixel^2 / P^2 * mean |DFT(patch - trend)|^2
--
-- Source: IEC 62220-1; ICRU report 54.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local region = require "lunet.region"

local what = "measure.nps"

local page = {
  name = "measure.nps",
  usage = "ln.measure.nps(x: tensor, options?: options) -> table",
  doc = "The noise power spectrum of flat images, or of differences such as filtered - clean, N,1,H,W or H,W: { nps, "
    .. "frequency, radial, radial_frequency, variance, patches }. nps is P,P with frequency 0 in the middle (row and "
    .. "column P // 2 + 1), frequency its axis; radial is the mean over rings of one step of frequency, up to half a "
    .. "cycle a pixel, radial_frequency the mean frequency of each. With pixels of size 1 frequencies are in cycles a "
    .. "pixel, and white noise of variance v has an nps of v everywhere; else in cycles a unit of `pixel`, and the nps "
    .. "in squared values times squared units. variance, the volume under nps, is that of the patches without their "
    .. "trend.",
  options = {
    { "patch", "integer", min = 4, max = 4096, help = "side P of the patches in pixels; by default 64, or the shorter "
      .. "side of smaller images" },
    { "stride", "integer", min = 1, help = "pixels from one patch to the next; by default half of `patch`" },
    { "detrend", "string", choices = { "none", "mean", "plane", "quadratic" }, default = "plane", help = "what is "
      .. "fitted to each patch and taken away" },
    { "pixel", "number", above = 0, default = 1, help = "size of a pixel, in mm for cycles a mm" },
    { "region", { "tensor", "table" }, help = "only patches inside this: a mask H,W or { { top, bottom }, { left, "
      .. "right } }" },
  },
  errors = "No patch that fits; a module without FFTW.",
  example = [[
local spectrum = ln.measure.nps(noisy - clean, { patch = 16 })
spectrum.radial_frequency, spectrum.radial]],
}

-- Orthogonal polynomials over a patch, as columns of length 1: P*P,k. On centred coordinates u, v, u v and u^2 less its
-- mean are at right angles.
local function trends(side, detrend)
  if detrend == "none" then return nil end
  local line = core.arange(side) - (side + 1) / 2
  local flat = core.ones{ side, side }
  local u, v = flat * line, flat * line:reshape{ side, 1 }
  local list = { flat }
  if detrend ~= "mean" then table.move({ u, v }, 1, 2, 2, list) end
  if detrend == "quadratic" then
    local square = (line ^ 2):mean()
    table.move({ u * v, u ^ 2 - square, v ^ 2 - square }, 1, 3, 4, list)
  end
  local columns = {}
  for i, t in ipairs(list) do columns[i] = (t / (t ^ 2):sum() ^ 0.5):reshape{ side * side, 1 } end
  return core.concat(columns, 2)
end

-- Patches of one image H,W as columns, P*P,M, those inside the mask if there is one.
local function patches_of(image, mask, side, stride)
  local function columns(t)
    local shape = t.shape
    return t:reshape{ 1, 1, shape[1], shape[2] }:unfold{ kernel = side, stride = stride }[1]
  end
  local all = columns(image)
  return mask and all[{ {}, columns(mask):min(1):ge(1) }] or all
end

-- The sum of |DFT|^2 over the patches of one image.
local function power(columns, basis, side)
  if basis then columns = columns - basis:matmul(basis:transpose(1, 2):matmul(columns)) end
  local patches = columns:transpose(1, 2):contiguous():reshape{ columns.shape[2], side, side }
  local re, im = errors.within(what .. ": ", core.fft2, patches)
  return (re ^ 2 + im ^ 2):sum(1)
end

-- Means over rings 1 .. P // 2 steps from the middle, and their mean frequencies.
local function radial(nps, side, step)
  local middle, sums, radii, counts = side // 2 + 1, {}, {}, {}
  local rows = nps:totable()
  for r = 1, side do
    for c = 1, side do
      local radius = math.sqrt((r - middle) ^ 2 + (c - middle) ^ 2)
      local ring = math.floor(radius + 0.5)
      sums[ring], radii[ring] = (sums[ring] or 0) + rows[r][c], (radii[ring] or 0) + radius
      counts[ring] = (counts[ring] or 0) + 1
    end
  end
  local means, frequencies = {}, {}
  for ring = 1, side // 2 do
    means[ring], frequencies[ring] = sums[ring] / counts[ring], step * radii[ring] / counts[ring]
  end
  return core.tensor(means), core.tensor(frequencies)
end

return docs.add(function(x, given)
  local o = options.read(page, given)
  local images = region.images(what, x)
  local height, width = images.shape[2], images.shape[3]
  local side = o.patch or math.min(64, height, width)
  if side > math.min(height, width) or side < 4 then
    errors.raise("%s: patches of %dx%d do not fit images of %dx%d", what, side, side, height, width)
  end
  local mask = o.region and region.mask(what, "option 'region'", o.region, height, width)
  local basis, total, count = trends(side, o.detrend), core.zeros{ side, side }, 0
  for i = 1, #images do
    local columns = patches_of(images[i], mask, side, o.stride or side // 2)
    if columns.shape[2] == 0 then errors.raise("%s: no patch of %dx%d lies inside the region", what, side, side) end
    total, count = total + power(columns, basis, side), count + columns.shape[2]
  end
  local nps = (total * (o.pixel ^ 2 / (side ^ 2 * count))):roll({ side // 2, side // 2 }, { 1, 2 })
  local step = 1 / (side * o.pixel)
  local means, frequencies = radial(nps, side, step)
  return { nps = nps, frequency = (core.arange(side) - (side // 2 + 1)) * step, radial = means,
    radial_frequency = frequencies, variance = nps:sum() * step ^ 2, patches = count }
end, page)
