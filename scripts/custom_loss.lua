-- Losses written in Lua: what a small denoising network learns from mse, and with losses that see edges or structure.
--
--   lunet scripts/custom_loss.lua                    slices of the head MRI in Debian's mricron-data, or phantoms
--   lunet scripts/custom_loss.lua --help             all options
local ln = require "lunet"
local args = require "lunet.args"

local volume = "/usr/share/mricron/templates/ch2.nii.gz"
local block = 8 -- pixels on a side; the images are 64x64

local spec = {
  name = "custom_loss",
  doc = "Train one small network with several losses, two of them Lua functions, and compare the results.",
  options = {
    { "images", "integer", value = "N", default = 120, min = 12, help = "images in all; a sixth is for testing" },
    { "epochs", "integer", value = "N", default = 40, min = 1, help = "passes through the training images" },
    { "seed", "integer", value = "N", default = 1, min = 0, help = "seed of split, noise, parameters and order" },
  },
}

-- Differences of neighbours along a dimension.
local function slope(x, dim)
  local n = x.shape[dim] - 1
  return x:narrow(dim, 2, n) - x:narrow(dim, 1, n)
end

-- How far the slopes are off: mse alone hardly sees an edge that is a little too soft.
local edges = ln.loss.custom{
  name = "edges",
  forward = function(y, t)
    return (slope(y, 3) - slope(t, 3)):abs():mean() + (slope(y, 4) - slope(t, 4)):abs():mean()
  end,
}

-- Means over blocks of 8x8 pixels: N,C,H,W -> N,C,H/8,W/8.
local function means(x)
  local n, c, h, w = table.unpack(x.shape)
  return x:reshape{ n, c, h // block, block, w // block, block }:mean{ 4, 6 }
end

-- 1 - SSIM of Wang et al. (2004), in blocks in place of a sliding window. Images of 0 to 1.
local structure = ln.loss.custom{
  name = "structure",
  forward = function(y, t)
    local c1, c2 = 0.01 ^ 2, 0.03 ^ 2
    local my, mt = means(y), means(t)
    local vy, vt, vyt = means(y * y) - my * my, means(t * t) - mt * mt, means(y * t) - my * mt
    return 1 - ((2 * my * mt + c1) * (2 * vyt + c2) / ((my * my + mt * mt + c1) * (vy + vt + c2))):mean()
  end,
}

local function load_images(o)
  if not ln.file.exists(volume) then return ln.data.phantom{ o.images, size = { 64, 64 }, seed = o.seed } end
  local set, chosen = ln.data.nifti(volume, { size = { 64, 64 }, step = 2 }), {}
  for i = 1, math.min(o.images, #set) do chosen[i] = (i - 1) * #set // math.min(o.images, #set) + 1 end
  return set:subset(chosen)
end

local function main(...)
  local o = args.parse({ ... }, spec)
  local set = load_images(o)
  local train, test = set:split{ test = #set // 6, seed = o.seed, block = 4, gap = #set > 100 and 1 or 0 }
  local noise, ssim, psnr = ln.noise.gaussian{ p = 0.1, sd = 1, seed = o.seed }, ln.metric.ssim{}, ln.metric.psnr{}
  local noisy = { train = noise(train.images), test = noise(test.images) }
  local scores = ln.table{ columns = { "loss", "PSNR dB", "SSIM", "error of slopes" } }
  local mse = ln.loss.mse{}
  for _, loss in ipairs{ mse, mse + 0.1 * edges, mse + 0.1 * structure, 0.5 * edges + 0.5 * structure } do
    local net = ln.models.cnn_dae{ widths = { 24, 24, 24, 24 } }
    print(ln.fit(net, { input = noisy.train, target = train.images, loss = loss, optimizer = ln.optim.adam{ lr = 2e-3 },
      epochs = o.epochs, batch = 10, seed = o.seed }))
    local y = net:predict(noisy.test)
    scores:add{ tostring(loss), (psnr(y, test.images)), (ssim(y, test.images)), edges(y, test.images) }
  end
  print(("\n%d images to train, %d to test, noise x + 0.1 N(0, 1)\n%s"):format(#train, #test, scores))
end

args.main("custom_loss", main, ...)
