-- A Gaussian-Bernoulli restricted Boltzmann machine as a denoiser, beside a denoising autoencoder of the same size, as
-- in Cho, "Boltzmann machines and denoising autoencoders for image denoising" (2013). The machine learns from clean
-- patches alone, by contrastive divergence in plain Lua on tensors (scripts/networks/boltzmann.lua); the autoencoder
-- from pairs.
--
--   lunet scripts/boltzmann.lua [--data DIR] [--images N] [--epochs N] [--hidden N] [--p P] [--seed N]
--
-- Not yet: the publication's deep Boltzmann machines of two and four hidden layers.
local ln = require "lunet"
local args = require "lunet.args"
local boltzmann = require "scripts.networks.boltzmann"
local patches = require "scripts.networks.patches"
local setting = require "scripts.networks.setting"

local size = 8

-- Pixels with mean 0 and variance 1 over the patches to learn from: { there = , back = } for patches N,1,8,8.
local function scaling(clean)
  local rows = clean:flatten(2)
  local mean, sd = rows:mean(1), rows:std(1) + 1e-3
  return {
    there = function(x) return (x:flatten(2) - mean) / sd end,
    back = function(y) return (y * sd + mean):reshape{ -1, 1, size, size } end,
  }
end

local function train_machine(rows, o)
  local machine = boltzmann.new(size * size, o.hidden, o.seed)
  machine:train(rows, { epochs = o.epochs, batch = 64, rate = 0.01, seed = o.seed, told = function(epoch, off)
    if epoch > 1 and epoch < o.epochs then return end
    print(("machine, epoch %d: reconstruction error %.4f"):format(epoch, off))
  end })
  return machine
end

local function train_autoencoder(noisy, clean, o)
  local net = ln.models.dense_ae{ hidden = { o.hidden }, tied = true, output = "linear", size = { size, size } }
  local function images(rows) return rows:reshape{ -1, 1, size, size } end
  ln.fit(net, { input = images(noisy), target = images(clean), loss = ln.loss.mse{},
    optimizer = ln.optim.adam{ lr = 1e-3 }, epochs = o.epochs, batch = 64, seed = o.seed, progress = "none" })
  return function(rows) return net:predict(images(rows)):flatten(2) end
end

local function main(...)
  local o = args.parse({ ... }, { name = "boltzmann", doc = "Compare a restricted Boltzmann machine with a denoising "
    .. "autoencoder of the same size, on 8x8 patches. Not yet: deep Boltzmann machines.",
    options = setting.options(20, {
      { "hidden", "integer", value = "N", default = 320, min = 1, help = "hidden units; five times the pixels" },
      { "stride", "integer", value = "N", default = 4, min = 1, help = "pixels between patches to learn from" },
    }) })
  local images = setting.images(o)
  local clean = patches.of(images.train, size, o.stride)
  local scale = scaling(clean)
  local rows = scale.there(clean)
  local scores, add = setting.scores(images)
  local function score(name, denoise)
    add(name, patches.denoise(function(x) return scale.back(denoise(scale.there(x))) end, images.noisy, size, 1))
  end
  local machine = train_machine(rows, o)
  score("Boltzmann machine", function(x) return machine:reconstruct(x) end)
  score("denoising autoencoder", train_autoencoder(scale.there(images.noise(clean)), rows, o))
  print(("%d parameters each but for %d variances; %d patches\n%s"):format(size * size * (o.hidden + 1) + o.hidden,
    size * size, #clean, scores))
end

args.main("boltzmann", main, ...)
