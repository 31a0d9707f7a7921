-- Six architectures, one loop, one table: what width, depth, skips and learning the noise do for the same images.
--
--   lunet scripts/variations.lua [--epochs N] [--images N] [--seed N]
local ln = require "lunet"
local args = require "lunet.args"
local models = ln.models

local variations = {
  { "paper 64-64-64-64", models.cnn_dae{} },
  { "paper 64-128-128-64", models.cnn_dae{ widths = { 64, 128, 128, 64 } } },
  { "paper 32-64-64-32", models.cnn_dae{ widths = { 32, 64, 64, 32 } } },
  { "residual", models.residual_dae{} },
  { "U-Net", models.unet{ widths = { 32, 64, 128 } } },
  { "DnCNN, 7 layers", models.dncnn{ depth = 7, filters = 32 } },
}

local function main(...)
  local o = args.parse({ ... }, { name = "variations", doc = "Compare six architectures at the same work.", options = {
    { "epochs", "integer", value = "N", default = 30, min = 1, help = "passes through the training images" },
    { "images", "integer", value = "N", default = 120, min = 12, help = "phantoms in all; a sixth is for testing" },
    { "seed", "integer", value = "N", default = 1, min = 0, help = "seed of split, noise, parameters and order" },
  } })
  local set = ln.data.phantom{ o.images, size = { 64, 64 }, seed = o.seed }
  local train, test = set:split{ test = #set // 6, seed = o.seed }
  local noise, ssim, psnr = ln.noise.gaussian{ p = 0.1, seed = o.seed }, ln.metric.ssim{}, ln.metric.psnr{}
  local noisy = noise(test.images)
  local scores = ln.table{ columns = { "architecture", "parameters", "s/epoch", "PSNR dB", "SSIM" } }
  scores:add{ "none", 0, 0, (psnr(noisy, test.images)), (ssim(noisy, test.images)) }
  for _, variation in ipairs(variations) do
    local name, net = table.unpack(variation)
    local history = ln.fit(net, { input = noise(train.images), target = train.images, loss = ln.loss.mse{},
      optimizer = ln.optim.adam{ lr = 1e-3 }, epochs = o.epochs, batch = 10, seed = o.seed, progress = "none" })
    local y = net:predict(noisy):clamp(0, 1)
    scores:add{ name, net:summary().parameters, history[#history].seconds, (psnr(y, test.images)),
      (ssim(y, test.images)) }
    print(("%-20s loss %.5f, %.2f s an epoch"):format(name, history[#history].loss, history[#history].seconds))
  end
  print(("%d images to train, %d to test, noise x + 0.1 N(0, 1)\n%s"):format(#train, #test, scores))
end

args.main("variations", main, ...)
