-- The perceptron of Burger, Schuler, Harmeling (2012) for patches, trained on patches drawn anew in every epoch, and
-- applied to whole images: the mean of all patches that overlap.
--
--   lunet scripts/mlp.lua [--data DIR] [--images N] [--epochs N] [--units N] [--patch N] [--p P] [--seed N]
--
-- The publication's has four layers of 2047 units and 17x17 pixels and learns for days; 512 units learn in minutes.
local ln = require "lunet"
local args = require "lunet.args"
local patches = require "scripts.networks.patches"
local setting = require "scripts.networks.setting"

-- The publication's scale, mean 0 and variance near 1: (x - 0.5) / 0.2.
local function scaled(x) return (x - 0.5) / 0.2 end
local function unscaled(y) return y * 0.2 + 0.5 end

local function main(...)
  local o = args.parse({ ... }, { name = "mlp", doc = "Train a perceptron that denoises patches.",
    options = setting.options(20, {
      { "units", "integer", value = "N", default = 512, min = 1, help = "of each of four hidden layers (2047)" },
      { "patch", "integer", value = "N", default = 9, min = 2, max = 64, help = "rows and columns of a patch (17)" },
    }) })
  local images = setting.images(o)
  local net = ln.models.mlp{ hidden = { o.units, o.units, o.units, o.units }, patch = { o.patch, o.patch } }
  local cut = ln.data.patches{ ln.data.set(scaled(images.train)), size = o.patch, per_image = 200 }
  local history = ln.fit(net, { data = cut, input = ln.noise.gaussian{ p = o.p / 0.2, seed = o.seed },
    loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 3e-4 }, epochs = o.epochs, batch = 50, seed = o.seed,
    progress = "none" })
  local scores, add = setting.scores(images)
  local function denoise(x) return unscaled(net:predict(scaled(x))) end
  add("MLP, patches " .. o.patch, patches.denoise(denoise, images.noisy, o.patch, 1))
  print(("%d parameters; loss %.5f to %.5f\n%s"):format(net:summary().parameters, history[1].loss,
    history[#history].loss, scores))
end

args.main("mlp", main, ...)
