-- One way of training each of the networks that the paper cites: clean images N,1,H,W and a noise give a function that
-- denoises images, and what it is made of.
local ln = require "lunet"
local boltzmann = require "scripts.networks.boltzmann"
local columns = require "scripts.networks.columns"
local patches = require "scripts.networks.patches"
local ssda = require "scripts.networks.ssda"

local denoisers = {}

local size = 8 -- rows and columns of patches, but for the perceptron's

-- ---- The perceptron of Burger, Schuler, Harmeling ----

-- The publication's scale, mean 0 and variance near 1: (x - 0.5) / 0.2.
local function scaled(x) return (x - 0.5) / 0.2 end
local function unscaled(y) return y * 0.2 + 0.5 end

-- Noise x + p n of patches that are drawn anew in each epoch. o: { p =, units =, patch =, per_image =, epochs =,
-- seed =, stride = of the patches that images are denoised by }. Returns also the network and its history.
function denoisers.mlp(clean, o)
  local net = ln.models.mlp{ hidden = { o.units, o.units, o.units, o.units }, patch = { o.patch, o.patch } }
  local cut = ln.data.patches{ ln.data.set(scaled(clean)), size = o.patch, per_image = o.per_image }
  local history = ln.fit(net, { data = cut, input = ln.noise.gaussian{ p = o.p / 0.2, seed = o.seed },
    loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 3e-4 }, epochs = o.epochs, batch = 50, seed = o.seed,
    progress = "none" })
  local function denoise(x) return unscaled(net:predict(scaled(x))) end
  return function(noisy) return patches.denoise(denoise, noisy, o.patch, o.stride) end, net, history
end

-- ---- The convolutional network of Jain and Seung ----

-- o: { maps =, epochs =, seed = }. Returns also the network and its history.
function denoisers.plain_cnn(clean, noise, o)
  local net = ln.models.plain_cnn{ maps = o.maps, size = { 32, 32 } }
  local history = ln.fit(net, { input = noise, target = patches.of(clean, 32, 32), loss = ln.loss.mse{},
    optimizer = ln.optim.adam{ lr = 3e-3 }, epochs = o.epochs, batch = 10, seed = o.seed, progress = "none" })
  return function(noisy) return net:predict(noisy) end, net, history
end

-- ---- The stacked sparse denoising autoencoder of Xie, Xu, Chen ----

-- From patches. o: { hidden =, epochs =, seed =, stride =, told =, pretrained = function(denoise) or nil }.
function denoisers.ssda(noisy_patches, clean_patches, o)
  local net = ln.models.ssda{ hidden = { o.hidden, o.hidden } }
  local function denoise(noisy)
    return patches.denoise(function(x) return net:predict(x) end, noisy, size, o.stride)
  end
  ssda.train(net, noisy_patches, clean_patches, { epochs = o.epochs, seed = o.seed, told = o.told,
    pretrained = o.pretrained and function() o.pretrained(denoise) end })
  return denoise
end

-- ---- The adaptive multi-column network of Agostinelli, Anderson, Lee ----

-- A column for each noise of the list, each a function of images. o: { hidden =, units = of the predictor, solved =
-- patches of each noise whose best weights are found, epochs =, seed =, stride =, told = function(c) or nil }. Returns
-- also the network, and what the predictor learnt: { noisy =, clean =, outputs =, best = }.
function denoisers.multi_column(clean_patches, noises, o)
  local net = ln.models.multi_column{ columns = #noises, hidden = { o.hidden, o.hidden }, units = o.units }
  net:build({ 1, size, size }, o.seed)
  for c, noise in ipairs(noises) do
    local column = ln.models.ssda{ hidden = { o.hidden, o.hidden } }
    ssda.train(column, noise(clean_patches), clean_patches, { epochs = o.epochs, seed = o.seed + c })
    columns.put(net, c, column)
    if o.told then o.told(c) end
  end
  local noisy, wanted = {}, {}
  local some = clean_patches:narrow(1, 1, math.min(#clean_patches, o.solved))
  for c, noise in ipairs(noises) do noisy[c], wanted[c] = noise(some), some end
  local learnt = { noisy = ln.concat(noisy, 1), clean = ln.concat(wanted, 1):flatten(2) }
  local outputs, features = columns.activations(net, learnt.noisy)
  learnt.outputs, learnt.best = outputs, columns.best(outputs, learnt.clean)
  columns.fit_predictor(net, features, learnt.best, o.seed)
  local function denoise(images)
    return patches.denoise(function(x) return net:predict(x) end, images, size, o.stride)
  end
  return denoise, net, learnt
end

-- ---- Cho's Boltzmann machine, and a denoising autoencoder of its size ----

-- Mean and standard deviation of each pixel over the patches to learn from, a little more than 0.
local function statistics(clean_patches)
  local rows = clean_patches:flatten(2)
  return rows:mean(1), rows:std(1) + 1e-3
end

-- Learns from clean patches alone. o: { hidden =, epochs =, seed =, stride =, told = function(epoch, error) or nil }.
-- Returns also the network.
function denoisers.boltzmann(clean_patches, o)
  local mean, sd = statistics(clean_patches)
  local machine = boltzmann.new(size * size, o.hidden, o.seed)
  machine:train((clean_patches:flatten(2) - mean) / sd, { epochs = o.epochs, batch = 64, rate = 0.01, seed = o.seed,
    told = o.told })
  local net = ln.models.boltzmann{ hidden = o.hidden, patch = { size, size } }:build({ 1, size, size }, o.seed)
  machine:put(net, mean, sd)
  local function denoise(images)
    return patches.denoise(function(x) return net:predict(x) end, images, size, o.stride)
  end
  return denoise, net
end

-- Learns from pairs of patches.
function denoisers.autoencoder(noisy_patches, clean_patches, o)
  local mean, sd = statistics(clean_patches)
  local net = ln.models.dense_ae{ hidden = { o.hidden }, tied = true, output = "linear", size = { size, size } }
  local function there(x) return ((x:flatten(2) - mean) / sd):reshape{ -1, 1, size, size } end
  local function back(y) return (y:flatten(2) * sd + mean):reshape{ -1, 1, size, size } end
  ln.fit(net, { input = there(noisy_patches), target = there(clean_patches), loss = ln.loss.mse{},
    optimizer = ln.optim.adam{ lr = 1e-3 }, epochs = o.epochs, batch = 64, seed = o.seed, progress = "none" })
  return function(images)
    return patches.denoise(function(x) return back(net:predict(there(x))) end, images, size, o.stride)
  end
end

return denoisers
