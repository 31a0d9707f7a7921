-- The networks that the paper cites beside its own, each trained shortly on the same noisy images: a list of { name =,
-- text = what tables call it, train = function(noisy, clean, o) -> function that denoises images }, o = { noise =, p =,
-- seed =, quick = }.
--
-- They are small forms of what their publications trained for days: as many levels, fewer units and patches.
local ln = require "lunet"
local denoisers = require "scripts.networks.denoisers"
local patches = require "scripts.networks.patches"

local rivals = {}

local size, apart = 8, 4 -- patches: rows and columns, and pixels between those that are learnt from

-- Patches of the same places of noisy and clean images, at most so many, chosen by seed.
local function pairs_of_patches(noisy, clean, most, o)
  local x, y = patches.of(noisy, size, apart), patches.of(clean, size, apart)
  local chosen = ln.randperm(#x, o.seed):narrow(1, 1, math.min(o.quick and 200 or most, #x)):totable()
  return x:take(chosen), y:take(chosen)
end

local function epochs(o, n)
  return o.quick and 1 or n
end

local function units(o, n)
  return o.quick and 16 or n
end

local function mlp(_, clean, o)
  return (denoisers.mlp(clean, { p = o.p, units = units(o, 128), patch = size,
    per_image = o.quick and 10 or math.ceil(20000 / #clean), epochs = epochs(o, 5), seed = o.seed, stride = 2 }))
end

local function ssda(noisy, clean, o)
  local x, y = pairs_of_patches(noisy, clean, 8000, o)
  return denoisers.ssda(x, y, { hidden = units(o, 128), epochs = epochs(o, 10), seed = o.seed, stride = 2 })
end

-- A column for the noise at hand and three for others, as its predictor is there to tell them apart.
local function multi_column(noisy, clean, o)
  local _, y = pairs_of_patches(noisy, clean, 3000, o)
  local noises = { o.noise, ln.noise.gaussian{ p = math.min(3 * o.p, 1), seed = o.seed },
    ln.noise.speckle{ sd = 3 * o.p, seed = o.seed }, ln.noise.salt_pepper{ 2 * o.p, seed = o.seed } }
  return (denoisers.multi_column(y, noises, { hidden = units(o, 96), units = units(o, 60),
    solved = o.quick and 20 or 500, epochs = epochs(o, 6), seed = o.seed, stride = 2 }))
end

-- It has few weights, and each of its steps takes as long as ten of the others'.
local function plain_cnn(_, clean, o)
  local some = clean:take(ln.randperm(#clean, o.seed):narrow(1, 1, math.min(o.quick and 5 or 40, #clean)):totable())
  return (denoisers.plain_cnn(some, o.noise, { maps = o.quick and 8 or 24, epochs = epochs(o, 8), seed = o.seed }))
end

local function boltzmann(noisy, clean, o)
  local _, y = pairs_of_patches(noisy, clean, 12000, o)
  return denoisers.boltzmann(y, { hidden = units(o, 256), epochs = epochs(o, 30), seed = o.seed, stride = 2 })
end

local function autoencoder(noisy, clean, o)
  local x, y = pairs_of_patches(noisy, clean, 12000, o)
  return denoisers.autoencoder(x, y, { hidden = units(o, 256), epochs = epochs(o, 30), seed = o.seed, stride = 2 })
end

rivals.list = {
  { name = "mlp", text = "MLP on patches", train = mlp },
  { name = "ssda", text = "stacked sparse autoencoder", train = ssda },
  { name = "multi_column", text = "multi-column network", train = multi_column },
  { name = "plain_cnn", text = "plain CNN", train = plain_cnn },
  { name = "boltzmann", text = "Boltzmann machine", train = boltzmann },
  { name = "autoencoder", text = "denoising autoencoder", train = autoencoder },
}

function rivals.find(name)
  for _, rival in ipairs(rivals.list) do
    if rival.name == name then return rival end
  end
  error(("there is no network '%s'"):format(tostring(name)), 2)
end

return rivals
