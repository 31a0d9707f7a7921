-- The recipe `best`: a small U-Net that is told the noise's level, one network for all levels, the same for all sets.
--
-- What each part is for, measured on validation images of one set: SSIM in the loss, flips left-right only (X-rays have
-- a top and a bottom), skips, a large rate for small batches, fresh noise, the level as an input, and the mean over
-- shifted and mirrored images at prediction.
--
--   local recipe = require "scripts.paper.recipe"
--   local net, history = recipe.train(images, { seed = 1 })
--   local restored = recipe.denoise(net, noisy, 0.25) -- N,1,H,W, noise x + 0.25 N(0, 1)
local ln = require "lunet"

local recipe = {}

-- What recipe.train takes, and its defaults: an ablation changes one of them.
recipe.defaults = {
  levels = { 0.05, 0.1, 0.25, 0.5 }, -- of the noise, drawn anew for each image
  widths = { 16, 48, 64, 96 },
  skips = true,
  level = true,      -- whether the network is told the level
  ssim = 0.8,        -- share of 1 - SSIM in the loss; the rest is the mean absolute error
  rate = 4e-3,
  batch = 4,         -- images in a step; divides among two threads and four
  steps = 8000,
  average = 0.99,    -- what the running mean of the parameters keeps
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
  return ln.models.unet{ widths = o.widths, convolutions = 1, up = "nearest", skips = o.skips, level = o.level,
    size = size }
end

-- Noisy images, each of a level of its own, and the levels.
local function noisy_and_level(o)
  local levels = ln.tensor(o.levels)
  return function(clean, draw)
    local level = levels[draw:integer(1, #o.levels):reshape{ -1 }]:reshape{ -1, 1, 1, 1 }
    return clean + level * draw:normal(), o.level and level or nil
  end
end

-- A network trained on clean images N,1,H,W for a fixed number of steps, and the history.
function recipe.train(images, given)
  local o = with_defaults(given)
  local net = recipe.network(o, { images.shape[3], images.shape[4] })
  local history = ln.fit(net, {
    input = noisy_and_level(o), target = images, augment = ln.augment.flip{ seed = o.seed },
    loss = (1 - o.ssim) * ln.loss.mae{} + o.ssim * ln.loss.ssim{},
    optimizer = ln.optim.adam{ lr = o.rate },
    schedule = ln.schedule.cosine{ steps = o.steps, warmup = math.min(50, o.steps // 10) },
    average = { ema = o.average }, batch = o.batch, epochs = math.ceil(o.steps / math.ceil(#images / o.batch)),
    on_batch = function(at) return at.step < o.steps end,
    seed = o.seed, progress = o.progress,
  })
  return net, history
end

-- Images with `border` more pixels on each side, reflected.
local function bordered(x, border)
  local function along(t, dim)
    local n = t.shape[dim]
    return ln.concat({ t:narrow(dim, 1, border):flip(dim), t, t:narrow(dim, n - border + 1, border):flip(dim) }, dim)
  end
  return along(along(x, 3), 4)
end

-- What the network makes of noisy images N,1,H,W at level p, in [0, 1]: the mean over the images mirrored or not and
-- cut at several places, for poolings see other blocks of pixels at each.
function recipe.denoise(net, noisy, p, offsets)
  local height, width = noisy.shape[3], noisy.shape[4]
  local border, sum, n = 8, 0, 0
  local told = net.input_shape[1] > noisy.shape[2]
  local x = bordered(noisy, border)
  if told then x = ln.concat({ x, ln.full(x.shape, p) }, 2) end
  for _, offset in ipairs(offsets or recipe.offsets) do
    local top, left = offset[1], offset[2] -- pixels of the border that the network sees above and on the left
    local view = x:narrow(3, border + 1 - top, height + border):narrow(4, border + 1 - left, width + border)
    local y = net:predict(view, { mirror = "horizontal" })
    sum, n = sum + y:narrow(3, top + 1, height):narrow(4, left + 1, width), n + 1
  end
  return (sum / n):clamp(0, 1)
end

recipe.offsets = { { 0, 0 }, { 2, 5 }, { 5, 2 }, { 7, 7 } }

return recipe
