-- The networks that the paper cites beside its own, each trained shortly on the same noisy images: a list of { name =,
-- text = what tables call it, about = its size beside the publication's, train = function(noisy, clean, o, s) ->
-- function that denoises images, settings = s, of a short form quick }; o = { noise =, p =, seed =, quick = }.
--
-- They are small forms of what their publications trained for days: as many levels, fewer units and patches.
local ln = require "lunet"
local denoisers = require "scripts.networks.denoisers"
local lists = require "scripts.paper.lists"
local patches = require "scripts.networks.patches"

local rivals = {}

local size = 8   -- rows and columns of patches
local apart = 4  -- pixels between those that are learnt from
local stride = 2 -- between those that are denoised

-- Patches of the same places of noisy and clean images, at most so many, chosen by seed.
local function pairs_of_patches(noisy, clean, most, seed)
  local x, y = patches.of(noisy, size, apart), patches.of(clean, size, apart)
  local chosen = ln.randperm(#x, seed):narrow(1, 1, math.min(most, #x)):totable()
  return x:take(chosen), y:take(chosen)
end

local function mlp(_, clean, o, s)
  return (denoisers.mlp(clean, { p = o.p, units = s.units, patch = size, per_image = math.ceil(s.patches / #clean),
    epochs = s.epochs, seed = o.seed, stride = stride }))
end

local function ssda(noisy, clean, o, s)
  local x, y = pairs_of_patches(noisy, clean, s.patches, o.seed)
  return denoisers.ssda(x, y, { hidden = s.units, epochs = s.epochs, seed = o.seed, stride = stride })
end

-- A column for the noise at hand and three for others, as its predictor is there to tell them apart.
local function multi_column(noisy, clean, o, s)
  local _, y = pairs_of_patches(noisy, clean, s.patches, o.seed)
  local noises = { o.noise, ln.noise.gaussian{ p = math.min(3 * o.p, 1), seed = o.seed },
    ln.noise.speckle{ sd = 3 * o.p, seed = o.seed }, ln.noise.salt_pepper{ 2 * o.p, seed = o.seed } }
  return (denoisers.multi_column(y, noises, { hidden = s.units, units = s.radial, solved = s.solved,
    epochs = s.epochs, seed = o.seed, stride = stride }))
end

-- It has few weights, and each of its steps takes as long as ten of the others'.
local function plain_cnn(_, clean, o, s)
  local some = clean:take(ln.randperm(#clean, o.seed):narrow(1, 1, math.min(s.images, #clean)):totable())
  return (denoisers.plain_cnn(some, o.noise, { maps = s.units, epochs = s.epochs, seed = o.seed }))
end

local function boltzmann(noisy, clean, o, s)
  local _, y = pairs_of_patches(noisy, clean, s.patches, o.seed)
  return denoisers.boltzmann(y, { hidden = s.units, epochs = s.epochs, seed = o.seed, stride = stride })
end

local function autoencoder(noisy, clean, o, s)
  local x, y = pairs_of_patches(noisy, clean, s.patches, o.seed)
  return denoisers.autoencoder(x, y, { hidden = s.units, epochs = s.epochs, seed = o.seed, stride = stride })
end

rivals.list = {
  { name = "mlp", text = "MLP on patches, small", about = "MLP 4 x %d units (published: 4 x 2047)", train = mlp,
    settings = { units = 128, patches = 20000, epochs = 5 }, quick = { units = 16, patches = 300, epochs = 1 } },
  { name = "ssda", text = "stacked sparse AE, small", about = "stacked sparse autoencoder 2 x %d (2 x 320)",
    train = ssda, settings = { units = 128, patches = 8000, epochs = 10 },
    quick = { units = 16, patches = 200, epochs = 1 } },
  { name = "multi_column", text = "multi-column, small", about = "multi-column network 4 of 2 x %d (2 x 320)",
    train = multi_column, settings = { units = 96, radial = 60, solved = 500, patches = 3000, epochs = 6 },
    quick = { units = 16, radial = 16, solved = 20, patches = 200, epochs = 1 } },
  { name = "plain_cnn", text = "plain CNN, few images", about = "plain CNN %d maps in each of 4 layers (24)",
    train = plain_cnn, settings = { units = 24, images = 40, epochs = 8 },
    quick = { units = 8, images = 5, epochs = 1 } },
  { name = "boltzmann", text = "Boltzmann machine, small", about = "Boltzmann machine %d hidden units (320)",
    train = boltzmann, settings = { units = 256, patches = 12000, epochs = 30 },
    quick = { units = 16, patches = 200, epochs = 1 } },
  { name = "autoencoder", text = "denoising AE, small", about = "its denoising autoencoder %d (320)",
    train = autoencoder, settings = { units = 256, patches = 12000, epochs = 30 },
    quick = { units = 16, patches = 200, epochs = 1 } },
}

local function settings_of(rival, quick)
  return quick and rival.quick or rival.settings
end

-- A function that denoises images, by the network of that name trained on noisy and clean images.
function rivals.train(name, noisy, clean, o)
  local rival = lists.named(rivals.list, name)
  return rival.train(noisy, clean, o, settings_of(rival, o.quick))
end

-- What results depend on, as text.
function rivals.settings(quick)
  local all = { size = size, apart = apart, stride = stride }
  for _, rival in ipairs(rivals.list) do all[rival.name] = settings_of(rival, quick) end
  return lists.text(all)
end

-- What tables say of the sizes.
function rivals.sizes(quick)
  local parts = {}
  for i, rival in ipairs(rivals.list) do parts[i] = rival.about:format(settings_of(rival, quick).units) end
  return ("%s; all learn from patches of %dx%d but the plain CNN, which learns from %d images"):format(
    table.concat(parts, ", "), size, size, settings_of(lists.named(rivals.list, "plain_cnn"), quick).images)
end

return rivals
