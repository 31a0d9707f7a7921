-- Perceptual hashes: images that look alike have fingerprints with few different bits.
--
-- The grey image is brought to 32x32 pixels; of its cosine transform (DCT-II) the 16x16 lowest frequencies but the
-- constant one give a bit each, above the median or not: 255 bits. After Zauner, "Implementation and Benchmarking of
-- Perceptual Image Hash Functions" (2010), section 3.2, whose 64 bits are too few for X-rays of one part of the body.
local core = require "lunet.core"

local fingerprint = {}

local side, kept = 32, 16
fingerprint.bits = kept * kept - 1

-- The first rows of the orthonormal DCT-II: kept x side.
local function cosines()
  local rows = {}
  for k = 0, kept - 1 do
    rows[k + 1] = {}
    for x = 0, side - 1 do
      rows[k + 1][x + 1] = math.sqrt((k == 0 and 1 or 2) / side) * math.cos(math.pi * k * (2 * x + 1) / (2 * side))
    end
  end
  return core.tensor(rows)
end

-- Images N,C,H,W as grey images N,32,32.
function fingerprint.small(images)
  return core.image.resize(images:mean(2, true), side, side, "area"):reshape{ -1, side, side }
end

-- Of grey images N,32,32: N x 255 numbers, 1 or -1; 0 for an image that is of one grey, which looks like nothing.
function fingerprint.of(small)
  local c = cosines()
  local waves = c:matmul(small):matmul(c:transpose(1, 2)):reshape{ -1, kept * kept }
  local flat = small:reshape{ -1, side * side }:std(2, true)
  waves = waves:narrow(2, 2, fingerprint.bits)
  local bits = (waves:gt(waves:median(2, true)) * 2 - 1)
  return bits * flat:gt(1e-4)
end

-- The share of bits in which each image of a differs from each of b: NxM; images of one grey differ by a half.
function fingerprint.distances(a, b)
  return 0.5 - a:matmul(b:transpose(1, 2)) * (0.5 / fingerprint.bits)
end

return fingerprint
