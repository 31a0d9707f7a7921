-- ln.noise: what C gives, and estimating the noise of images.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"

local page = {
  name = "noise.estimate",
  usage = "ln.noise.estimate(x: tensor, options?: options) -> number, tensor",
  doc = "The standard deviation of the Gaussian noise in images N,C,H,W, C,H,W or H,W: the mean over all planes, and "
    .. "each plane's. 'mad' takes the median of the finest diagonal wavelet details (Daubechies, two vanishing "
    .. "moments) over 0.6745 (Donoho, Johnstone, Biometrika 1994), as skimage.restoration.estimate_sigma; texture "
    .. "counts as noise. 'pca' takes the least variances of patches along their principal components, as many as have "
    .. "their mean as their median (Chen, Zhu, Heng, An efficient statistical method for image noise level estimation, "
    .. "ICCV 2015): better where there is texture, for images of some size.",
  options = {
    { "method", "string", positional = 1, default = "mad", choices = { "mad", "pca" }, help = "how" },
    { "patch", "integer", default = 8, min = 2, max = 16, help = "of 'pca': side of the patches in pixels" },
    { "stride", "integer", default = 3, min = 1, max = 16, help = "of 'pca': pixels from patch to patch" },
  },
  errors = "Pixels that are NaN or infinite; of 'pca', images with fewer patches than a patch has pixels.",
  example = [[
local sigma = ln.noise.estimate(noisy)
ln.filter.dct{ sigma = sigma }(noisy)]],
}

-- The high-pass filter of Daubechies' wavelet with two vanishing moments, and it times itself, for both directions.
local high = { -0.12940952255092145, -0.22414386804185735, 0.836516303737469, -0.48296291314469025 }
local rounding = 1e-6 -- what is below, as a share of the brightest pixel, is no detail
local third_quartile = 0.6744897501960817 -- of the normal distribution: the median of its size

local diagonal
local function diagonal_filter()
  if not diagonal then
    local column = core.tensor(high)
    diagonal = column:reshape{ 4, 1 } * column:reshape{ 1, 4 }
  end
  return diagonal
end

local estimates = {}

-- Details of 0, up to rounding, are no noise: a border, or what was masked.
function estimates.mad(plane)
  local height, width = plane.shape[1], plane.shape[2]
  local padded = plane:pad({ { 2, 2 + height % 2 }, { 2, 2 + width % 2 } }, { mode = "symmetric" })
  local details = padded:conv2d(diagonal_filter(), { stride = 2 }):abs()
  local kept = details[details:gt(rounding * plane:abs():max())]
  return kept.shape[1] > 0 and kept:median() / third_quartile or 0
end

-- The largest variances, those of the image, go one by one until the mean of what is left is also its median.
local function least_variance(variances)
  local n, sum = #variances, 0
  for i = 1, n do sum = sum + variances[i] end
  for left = n - 1, 1, -1 do
    sum = sum - variances[left + 1]
    local mean, above, below = sum / left, 0, 0
    for i = 1, left do
      if variances[i] > mean then above = above + 1 elseif variances[i] < mean then below = below + 1 end
    end
    if above == below then return mean end
  end
  return variances[n]
end

function estimates.pca(plane, o)
  local height, width, pixels = plane.shape[1], plane.shape[2], o.patch * o.patch
  local rows, columns = (height - o.patch) // o.stride + 1, (width - o.patch) // o.stride + 1
  if height < o.patch or width < o.patch or rows * columns < pixels then
    errors.raise("noise.estimate: images of %dx%d have too few patches of %dx%d at stride %d: %d, at least %d are "
      .. "needed", height, width, o.patch, o.patch, o.stride, math.max(0, rows) * math.max(0, columns), pixels)
  end
  local patches = plane:reshape{ 1, height, width }:unfold{ kernel = o.patch, stride = o.stride }
  local _, variances = patches:reshape{ pixels, -1 }:transpose(1, 2):pca(pixels)
  local falling, rising = variances:totable(), {}
  for i = 1, pixels do rising[i] = falling[pixels + 1 - i] end
  return math.sqrt(math.max(0, least_variance(rising)))
end

local function estimate(x, given)
  options.argument("noise.estimate", "the images", "tensor", x)
  local o, shape, n, elements = options.read(page, given), x.shape, 1, 1
  for _, size in ipairs(shape) do elements = elements * size end
  if #shape < 2 or #shape > 4 or elements == 0 then
    errors.raise("noise.estimate: expected images N,C,H,W or C,H,W or H,W, got shape %s", table.concat(shape, "x"))
  end
  if x:nonfinite() then errors.raise("noise.estimate: the images hold NaN or infinity") end
  for i = 1, #shape - 2 do n = n * shape[i] end
  local planes, values, sum = x:reshape{ n, shape[#shape - 1], shape[#shape] }, {}, 0
  for i = 1, n do
    values[i] = estimates[o.method](planes[i], o)
    sum = sum + values[i]
  end
  local each = core.tensor(values)
  return sum / n, #shape > 2 and each:reshape(table.move(shape, 1, #shape - 2, 1, {})) or each
end

local noise = { estimate = docs.add(estimate, page) }
for name, kind in pairs(core.noise) do noise[name] = kind end

return errors.strict(noise, "lunet.noise")
