-- The perceptron of Burger, Schuler, Harmeling (2012) for patches, trained on patches drawn anew in every epoch, and
-- applied to whole images: the mean of all patches that overlap.
--
--   lunet scripts/mlp.lua [--data DIR] [--images N] [--epochs N] [--units N] [--patch N] [--p P] [--seed N]
--
-- The publication's has four layers of 2047 units and 17x17 pixels and learns for days; 512 units learn in minutes.
local args = require "lunet.args"
local denoisers = require "scripts.networks.denoisers"
local setting = require "scripts.networks.setting"

local function main(...)
  local o = args.parse({ ... }, { name = "mlp", doc = "Train a perceptron that denoises patches.",
    options = setting.options(20, {
      { "units", "integer", value = "N", default = 512, min = 1, help = "of each of four hidden layers (2047)" },
      { "patch", "integer", value = "N", default = 9, min = 2, max = 64, help = "rows and columns of a patch (17)" },
    }) })
  local images = setting.images(o)
  local denoise, net, history = denoisers.mlp(images.train, { p = o.p, units = o.units, patch = o.patch,
    per_image = 200, epochs = o.epochs, seed = o.seed, stride = 1 })
  local scores, add = setting.scores(images)
  add("MLP, patches " .. o.patch, denoise(images.noisy))
  print(("%d parameters; loss %.5f to %.5f\n%s"):format(net:summary().parameters, history[1].loss,
    history[#history].loss, scores))
end

args.main("mlp", main, ...)
