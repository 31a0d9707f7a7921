-- The modulation transfer function from an edge, as ISO 12233 has it: the pixels' distances from the edge give the edge
-- spread function at a quarter of a pixel, its slope the line spread function, that one's Fourier transform the MTF.
local core = require "lunet.core"
local docs = require "lunet.docs"
local edge_spread = require "lunet.edge_spread"
local errors = require "lunet.errors"
local options = require "lunet.options"
local region = require "lunet.region"
local shapes = require "lunet.shapes"

local what = "measure.mtf"

local page = {
  name = "measure.mtf",
  usage = "ln.measure.mtf(x: tensor, options?: options) -> table",
  doc = "The modulation transfer function, from images of one edge (N,1,H,W or H,W; several are averaged: the same "
    .. "edge under other noise, say), after ISO 12233: { frequency, mtf, mtf50, mtf10, esf, distance, angle, radius }. "
    .. "Frequencies are 0 to 0.5 cycles a pixel; mtf is 1 at 0. mtf50 and mtf10 are where it falls below a half and a "
    .. "tenth, nil where it does not. esf, the edge spread function, is at `distance` pixels from the edge. The MTF of "
    .. "a filter is that of what it makes of an edge over that of the edge itself; filters that are not linear have "
    .. "another one for each contrast and noise.",
  options = {
    { "edge", "string", choices = { "slanted", "circle" }, default = "slanted", help = "slanted: a line, 2 to 10 "
      .. "degrees off the rows or columns; circle: the border of a disc, which is all inside" },
    { "region", "table", help = "the part with the edge: { { top, bottom }, { left, right } }" },
    { "oversample", "integer", min = 1, max = 16, default = 4, help = "bins a pixel of the edge spread function" },
  },
  errors = "No edge; one along the pixels; one too near to the border.",
  example = [[
local edge = ln.measure.edge({ 64, 64 }, { angle = 5 })
ln.measure.mtf(ln.filter.gaussian{ sigma = 1 }(edge)).mtf50]],
}

-- Means of the pixels in bins of 1 / oversample, a list of { distance, value }, both means, in order.
local function bins_of(rows, distance, half, sign, oversample)
  local bins, list = {}, {}
  for r, row in ipairs(rows) do
    for c, value in ipairs(row) do
      local at = distance(r, c) * oversample
      local k = math.floor(at + 0.5)
      if math.abs(k) <= half then
        local bin = bins[k] or { 0, 0, 0 }
        bin[1], bin[2], bin[3] = bin[1] + at, bin[2] + sign * value, bin[3] + 1
        bins[k] = bin
      end
    end
  end
  for k = -half, half do
    local bin = bins[k]
    if bin then list[#list + 1] = { bin[1] / bin[3], bin[2] / bin[3] } end
  end
  return list
end

-- The edge spread function at -half .. half bins from the edge, on lines between what the bins hold: pixels' distances
-- may lie anywhere in a bin.
local function spread(rows, distance, half, sign, oversample)
  local bins, esf, after = bins_of(rows, distance, half, sign, oversample), {}, 2
  if #bins <= half then
    errors.raise("%s: %d of %d bins of the edge spread function are empty; give a longer edge or a smaller "
      .. "'oversample'", what, 2 * half + 1 - #bins, 2 * half + 1)
  end
  for k = -half, half do
    while after < #bins and bins[after][1] < k do after = after + 1 end
    local a, b = bins[after - 1], bins[after]
    local part = math.max(0, math.min(1, (k - a[1]) / (b[1] - a[1])))
    esf[#esf + 1] = a[2] + part * (b[2] - a[2])
  end
  return esf
end

-- |DFT| of the slope in a Hamming window, over its value at 0; without what bins and differences take away.
local function transfer(esf, half, oversample)
  local lsf, steps, mtf, frequency = {}, math.max(16, 2 * (half // oversample)), {}, {}
  for i = 1, #esf - 1 do
    local off = i - 0.5 - half -- in bins, from the edge
    lsf[i] = (esf[i + 1] - esf[i]) * (0.54 + 0.46 * math.cos(math.pi * off / half))
  end
  local none
  for k = 0, steps do
    local f = 0.5 * k / steps / oversample -- cycles a bin
    local re, im = 0, 0
    for i, slope in ipairs(lsf) do
      re, im = re + slope * math.cos(2 * math.pi * f * i), im + slope * math.sin(2 * math.pi * f * i)
    end
    none = none or math.abs(re)
    local sinc = f == 0 and 1 or math.sin(math.pi * f) / (math.pi * f)
    mtf[k + 1], frequency[k + 1] = math.sqrt(re * re + im * im) / none / sinc ^ 2, f * oversample
  end
  if not (none > 0) then errors.raise("%s: no edge found; give a part of the image that one edge crosses", what) end
  return mtf, frequency
end

-- Where it first falls below a level, between two frequencies; nil if it does not.
local function falls_below(level, mtf, frequency)
  for i = 2, #mtf do
    if mtf[i] < level then
      local part = (mtf[i - 1] - level) / (mtf[i - 1] - mtf[i])
      return frequency[i - 1] + part * (frequency[i] - frequency[i - 1])
    end
  end
end

return docs.add(function(x, given)
  local o = options.read(page, given)
  local image = region.images(what, x):mean(1)
  if o.region then
    region.mask(what, "option 'region'", o.region, image.shape[1], image.shape[2]) -- checks the box
    image = image[{ o.region[1], o.region[2] }]
  end
  if math.min(image.shape[1], image.shape[2]) < 12 then
    errors.raise("%s: an edge needs 12x12 pixels or more, got %s", what, shapes.text(image.shape))
  end
  if image:isfinite():min() == 0 then errors.raise("%s: the image has NaN or infinite pixels", what) end
  local rows, sign = image:totable(), 1
  local distance, reach, angle, radius
  if o.edge == "circle" then
    distance, reach, radius, sign = edge_spread.circle(what, rows)
  else
    rows = edge_spread.upright(rows)
    distance, reach, angle = edge_spread.line(what, rows)
  end
  if reach < 4 then
    errors.raise("%s: only %.2g pixels lie beside the edge; there must be 4 on both sides", what, math.max(reach, 0))
  end
  local half = math.floor(reach * o.oversample)
  local esf = spread(rows, distance, half, sign, o.oversample)
  local mtf, frequency = transfer(esf, half, o.oversample)
  return { frequency = core.tensor(frequency), mtf = core.tensor(mtf), mtf50 = falls_below(0.5, mtf, frequency),
    mtf10 = falls_below(0.1, mtf, frequency), esf = core.tensor(esf),
    distance = core.arange(-half, half) / o.oversample, angle = angle, radius = radius }
end, page)
