-- A Gaussian-Bernoulli restricted Boltzmann machine as a denoiser, beside a denoising autoencoder of the same size, as
-- in Cho, "Boltzmann machines and denoising autoencoders for image denoising" (2013). The machine learns from clean
-- patches alone, by contrastive divergence in plain Lua on tensors (scripts/networks/boltzmann.lua), and becomes a
-- network (models/boltzmann.lua); the autoencoder learns from pairs.
--
--   lunet scripts/boltzmann.lua [--data DIR] [--images N] [--epochs N] [--hidden N] [--p P] [--seed N]
--
-- Not yet: the publication's deep Boltzmann machines of two and four hidden layers.
local args = require "lunet.args"
local denoisers = require "scripts.networks.denoisers"
local patches = require "scripts.networks.patches"
local setting = require "scripts.networks.setting"

local size = 8

local function main(...)
  local o = args.parse({ ... }, { name = "boltzmann", doc = "Compare a restricted Boltzmann machine with a denoising "
    .. "autoencoder of the same size, on 8x8 patches. Not yet: deep Boltzmann machines.",
    options = setting.options(20, {
      { "hidden", "integer", value = "N", default = 320, min = 1, help = "hidden units; five times the pixels" },
      { "stride", "integer", value = "N", default = 4, min = 1, help = "pixels between patches to learn from" },
    }) })
  local images = setting.images(o)
  local clean = patches.of(images.train, size, o.stride)
  local scores, add = setting.scores(images)
  local how = { hidden = o.hidden, epochs = o.epochs, seed = o.seed, stride = 1 }
  function how.told(epoch, off)
    if epoch > 1 and epoch < o.epochs then return end
    print(("machine, epoch %d: reconstruction error %.4f"):format(epoch, off))
  end
  add("Boltzmann machine", denoisers.boltzmann(clean, how)(images.noisy))
  add("denoising autoencoder", denoisers.autoencoder(images.noise(clean), clean, how)(images.noisy))
  print(("%d parameters each but for %d variances; %d patches\n%s"):format(size * size * (o.hidden + 1) + o.hidden,
    size * size, #clean, scores))
end

args.main("boltzmann", main, ...)
