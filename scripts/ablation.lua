-- What the parts of a U-Net are worth: six variations, each trained with the same seeds and tested on the same images.
--
--   lunet scripts/ablation.lua [--epochs N] [--images N] [--seeds N] [--jobs N] [--out DIR]
--
-- Whatever ends it, the same command goes on; the table and a report are left in the folder.
local ln = require "lunet"
local args = require "lunet.args"

local unet = { "widths", "activation", "norm", "skips", "output" } -- which of a point's options are the model's

local function main(...)
  local o = args.parse({ ... }, { name = "ablation", doc = "What the parts of a U-Net are worth.", options = {
    { "epochs", "integer", value = "N", default = 30, min = 1, help = "passes through the training images" },
    { "images", "integer", value = "N", default = 120, min = 12, help = "phantoms in all; a sixth is for testing" },
    { "seeds", "integer", value = "N", default = 3, min = 1, help = "runs of each variation" },
    { "jobs", "integer", value = "N", default = 1, min = 1, help = "processes" },
    { "out", "string", value = "DIR", default = "results/ablation", help = "where records and the report go" },
  } })
  local set = ln.data.phantom{ o.images, size = { 64, 64 }, seed = 1 }
  local train, test = set:split{ test = #set // 6, seed = 1 }
  local noise, ssim, psnr = ln.noise.gaussian{ p = 0.1, seed = 1 }, ln.metric.ssim{}, ln.metric.psnr{}
  local noisy, shown = noise(test.images), math.min(#test, 8)

  local ablation = ln.ablation{
    base = { name = "U-Net", widths = { 16, 32, 64 }, activation = "relu", norm = false, skips = true,
      output = "residual", augment = true, epochs = o.epochs, images = o.images },
    vary = {
      { name = "no skips", skips = false }, { name = "image out", output = "sigmoid" },
      { name = "batch norm", norm = true }, { name = "two levels", widths = { 16, 32 } },
      { name = "half width", widths = { 8, 16, 32 } }, { name = "no flips", augment = false },
    },
    seeds = ln.seeds(o.seeds), jobs = o.jobs, dir = o.out,
    run = function(c, log)
      local options = {}
      for _, name in ipairs(unet) do options[name] = c[name] end
      local net = ln.models.unet(options)
      ln.fit(net, { data = train, input = noise, augment = c.augment and ln.augment.flip{} or nil, batch = 10,
        loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 1e-3 }, epochs = c.epochs, seed = c.seed,
        checkpoint = log.checkpoint, progress = "none" })
      local restored = net:predict(noisy):clamp(0, 1)
      log:image("restored", { restored:narrow(1, 1, shown) })
      return { ssim = select(2, ssim(restored, test.images)), psnr = select(2, psnr(restored, test.images)) }
    end }

  print(ablation)
  local page = ln.report{ title = "What the parts of a U-Net are worth", file = o.out .. "/ablation.html" }
  page:section("Scores"):table(ablation:table{ value = "ssim" }):table(ablation:table{ value = "psnr" })
  page:section("Test images"):image(ln.image.grid{ test.images:narrow(1, 1, shown) }, { caption = "clean" })
  page:image(ln.image.grid{ noisy:narrow(1, 1, shown) }, { caption = "noisy" })
  for i, name in ipairs(ablation.names) do
    local run = ablation:results()[(i - 1) * o.seeds + 1].run
    page:image(ln.image.read(run .. "/figures/restored.png"), { caption = name })
  end
  print("written: " .. page:section("Environment"):environment{ seeds = ln.seeds(o.seeds) }:save())
end

args.main("ablation", main, ...)
