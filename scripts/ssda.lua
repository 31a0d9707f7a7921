-- The stacked sparse denoising autoencoder of Xie, Xu, Chen (2012): its levels one by one, then fine-tuned, beside the
-- same network trained at once.
--
--   lunet scripts/ssda.lua [--data DIR] [--images N] [--epochs N] [--hidden N] [--p P] [--seed N]
local ln = require "lunet"
local args = require "lunet.args"
local patches = require "scripts.networks.patches"
local setting = require "scripts.networks.setting"
local train = require "scripts.networks.ssda"

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
  local function score(name, net)
    add(name, patches.denoise(function(x) return net:predict(x) end, images.noisy, size, 1))
  end
  local net = ln.models.ssda{ hidden = { o.hidden, o.hidden } }
  train(net, noisy, clean, { epochs = o.epochs, seed = o.seed, told = print,
    pretrained = function() score("levels one by one", net) end })
  score("and fine-tuned", net)
  local whole = ln.models.ssda{ hidden = { o.hidden, o.hidden } }
  ln.fit(whole, { input = noisy, target = clean, loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 2e-3 },
    epochs = o.epochs, batch = 20, seed = o.seed, progress = "none" })
  score("trained at once", whole)
  print(("%d patches of %d images, %d images to test\n%s"):format(#clean, #images.train, #images.test, scores))
end

args.main("ssda", main, ...)
