-- The stacked sparse denoising autoencoder of Xie, Xu, Chen (2012): its levels one by one, then fine-tuned, beside the
-- same network trained at once.
--
--   lunet scripts/ssda.lua [--data DIR] [--images N] [--epochs N] [--hidden N] [--p P] [--seed N]
local ln = require "lunet"
local args = require "lunet.args"
local denoisers = require "scripts.networks.denoisers"
local patches = require "scripts.networks.patches"
local setting = require "scripts.networks.setting"

local size = 8

local function main(...)
  local o = args.parse({ ... }, { name = "ssda", doc = "Train a stacked sparse denoising autoencoder of 8x8 patches, "
    .. "two levels one by one and then together, and denoise images by it.", options = setting.options(20, {
      { "hidden", "integer", value = "N", default = 320, min = 1, help = "units of each level" },
      { "stride", "integer", value = "N", default = 4, min = 1, help = "pixels between patches to learn from" },
    }) })
  local images = setting.images(o)
  local clean = patches.of(images.train, size, o.stride)
  local noisy = patches.of(images.noise(images.train), size, o.stride)
  local scores, add = setting.scores(images)
  local denoise = denoisers.ssda(noisy, clean, { hidden = o.hidden, epochs = o.epochs, seed = o.seed, stride = 1,
    told = print, pretrained = function(f) add("levels one by one", f(images.noisy)) end })
  add("and fine-tuned", denoise(images.noisy))
  local whole = ln.models.ssda{ hidden = { o.hidden, o.hidden } }
  ln.fit(whole, { input = noisy, target = clean, loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 2e-3 },
    epochs = o.epochs, batch = 20, seed = o.seed, progress = "none" })
  add("trained at once", patches.denoise(function(x) return whole:predict(x) end, images.noisy, size, 1))
  print(("%d patches of %d images, %d images to test\n%s"):format(#clean, #images.train, #images.test, scores))
end

args.main("ssda", main, ...)
