-- The recipe `best`: a small U-Net that is told the noise's level, one network for all levels, the same for all sets.
--
-- What each part is for, measured on validation images of one set (scripts/paper/ablation.lua): SSIM in the loss, flips
-- left-right only (X-rays have a top and a bottom), small shifts, skips, a large rate for small batches, fresh noise,
-- the level as an input, and the mean with the mirror image at prediction. With blocks of 2x2 pixels as channels there
-- is time for three convolutions a level instead of one: 0.004, 0.011 and 0.015 of SSIM at p = 0.1, 0.25 and 0.5
-- (children's chests). The slow start is for images that are mostly black: with 50 steps instead of 300, two of eight
-- networks without blocks went to black on mammograms and stayed there, with 200 or 500 none. It also gives 0.001,
-- 0.002, 0.003 and 0.004 of SSIM at p = 0.05 to 0.5 (mean of children's chests and panoramic teeth).
--
--   local recipe = require "scripts.paper.recipe"
--   local net, history = recipe.train(images, { seed = 1 })
--   local restored = recipe.denoise(net, noisy, 0.25) -- N,1,H,W, noise x + 0.25 N(0, 1)
local ln = require "lunet"

local recipe = {}

-- What recipe.train takes, and its defaults: an ablation changes one of them.
recipe.defaults = {
  levels = { 0.05, 0.1, 0.25, 0.5 }, -- of the noise, drawn anew for each image
  widths = { 32, 48, 64 },
  convolutions = 3,  -- of each level, each way
  blocks = 2,        -- side of the blocks of pixels that are channels of the network
  skips = true,
  level = true,      -- whether the network is told the level
  ssim = 0.8,        -- share of 1 - SSIM in the loss; the rest is the mean absolute error
  rate = 4e-3,
  warmup = 300,      -- steps, at most a quarter of all, until the rate is reached: see above
  batch = 4,         -- images in a step; divides among two threads and four
  steps = 6500,
  fresh = true,      -- whether noise is drawn anew in each step, or once
  flips = "horizontal", -- left and right change places; "all": so do top and bottom, and images are turned; "none"
  shift = 2,         -- pixels by which images are shifted at most
  average = 0.99,    -- what the running mean of the parameters keeps; 0: there is none
  mirror = true,     -- whether predictions are means with the mirror image
  seed = 1,
  progress = "auto",
}

local function with_defaults(given)
  local o = {}
  for key, value in pairs(recipe.defaults) do o[key] = value end
  for key, value in pairs(given or {}) do
    if o[key] == nil then error(("recipe: no option '%s'"):format(key), 2) end
    o[key] = value
  end
  return o
end

function recipe.network(o, size)
  return ln.models.unet{ widths = o.widths, convolutions = o.convolutions, blocks = o.blocks, up = "nearest",
    skips = o.skips, level = o.level, size = size }
end

-- Noisy images, each of a level of its own, and the levels.
local function noisy_and_level(o)
  local levels = ln.tensor(o.levels)
  return function(clean, draw)
    local level = levels[draw:integer(1, #o.levels):reshape{ -1 }]:reshape{ -1, 1, 1, 1 }
    return clean + level * draw:normal(), o.level and level or nil
  end
end

-- Noise that is drawn once, with the levels as a plane.
local function fixed_noise(images, o)
  local levels = ln.tensor(o.levels)
  local of = ln.randint(1, #o.levels, { #images }, o.seed)
  local level = levels:take(of:totable()):reshape{ -1, 1, 1, 1 }
  local noisy = images + level * ln.randn(images.shape, o.seed)
  return o.level and ln.concat({ noisy, ln.ones(images.shape) * level }, 2) or noisy
end

local function augmentation(o)
  local list = {}
  if o.flips ~= "none" then list[#list + 1] = ln.augment.flip{ seed = o.seed } end
  if o.flips == "all" then list[#list + 1] = ln.augment.rot90{ seed = o.seed + 1 } end
  if o.shift > 0 then list[#list + 1] = ln.augment.shift{ o.shift, edge = "nearest", seed = o.seed + 2 } end
  return #list > 0 and ln.augment.chain(list) or nil
end

-- A network trained on clean images N,1,H,W for a fixed number of steps, and the history.
function recipe.train(images, given)
  local o = with_defaults(given)
  local net = recipe.network(o, { images.shape[3], images.shape[4] })
  local history = ln.fit(net, {
    input = o.fresh and noisy_and_level(o) or fixed_noise(images, o), target = images, augment = augmentation(o),
    loss = (1 - o.ssim) * ln.loss.mae{} + o.ssim * ln.loss.ssim{},
    optimizer = ln.optim.adam{ lr = o.rate },
    schedule = ln.schedule.cosine{ steps = o.steps, warmup = math.min(o.warmup, o.steps // 4) },
    average = o.average > 0 and { ema = o.average } or nil, batch = o.batch,
    epochs = math.ceil(o.steps / math.ceil(#images / o.batch)),
    on_batch = function(at) return at.step < o.steps end,
    seed = o.seed, progress = o.progress,
  })
  return net, history
end

-- What the network makes of noisy images N,1,H,W at level p, in [0, 1]: the mean with the mirror images. A mean over
-- shifted images as well raises PSNR by 0.1 to 0.3 dB at low levels, but lowers SSIM (by 0.006 at p = 0.5). mirror:
-- whether there is a mean; it is the default.
function recipe.denoise(net, noisy, p, mirror)
  local told = net.input_shape[1] > noisy.shape[2]
  local input = told and ln.concat({ noisy, ln.full(noisy.shape, p) }, 2) or noisy
  return net:predict(input, mirror ~= false and { mirror = "horizontal" } or nil):clamp(0, 1)
end

return recipe
