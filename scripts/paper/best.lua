-- The recipe `best` beside the paper's network and tuned filters: trained on one folder, scored on another.
--
--   lunet scripts/paper/best.lua --train DIR --test DIR [--p 0.1,0.25,0.5] [--csv FILE] [--images 200] [--seed N]
--
-- Noise y = x + p N(0, 1), not clipped, the same for all methods; what a method gives is clipped to 0..1 and scored by
-- SSIM (Wang 2004) and PSNR, image by image. One network of the recipe (recipe.lua) serves all levels; the paper's is
-- trained for each level on one fixed noisy copy, as there. The filters are tuned for each level on training images.
-- Nobody sees a test image before it is scored. Training ends after a number of steps, never by a clock.
local ln = require "lunet"
local args = require "lunet.args"
local filters = require "scripts.paper.filters"
local network = require "scripts.paper.network"
local recipe = require "scripts.paper.recipe"

local size = { 64, 64 } -- rows, columns
local tuning = 24       -- training images that filters are tuned on

local spec = {
  name = "best",
  doc = "Train the recipe 'best' on one folder of images and score it on another, beside the paper's network and "
    .. "filters tuned on training images. Without folders it takes phantoms. For a short trial: --images 20 "
    .. "--steps 20 --epochs 1.",
  options = {
    { "train", "string", value = "DIR", help = "folder of images to train on, shrunk to 64x64" },
    { "test", "string", value = "DIR", help = "folder of images to score; without it, a fifth of the others, at most "
      .. "40, is held out" },
    { "group", "string", value = "HOW", help = "keep a patient's images on one side, or with --test warn of those "
      .. "that are on both: a Lua pattern matched with the file names, or pairs (mini-MIAS: images 2k-1 and 2k)" },
    { "p", "string", value = "LIST", default = "0.1,0.25,0.5", help = "levels of the noise x + p N(0, 1)" },
    { "csv", "string", value = "FILE", help = "scores: image,p,seed,method,ssim,psnr" },
    { "images", "integer", value = "N", default = 200, min = 10, help = "train on N images at most, chosen by seed" },
    { "steps", "integer", value = "N", default = recipe.defaults.steps, min = 1, help = "training steps of best" },
    { "epochs", "integer", value = "N", default = 100, min = 1, help = "passes of the paper's network" },
    { "seed", "integer", value = "N", default = 1, min = 0, help = "seed of choice, noise, parameters and order" },
    { "threads", "integer", value = "N", min = 1, help = "processors to use (default all); the results are the same" },
  },
}

-- "0.1,0.25" as numbers.
local function levels_of(text)
  local levels = {}
  for word in (text .. ","):gmatch("([^,]*),") do
    local p = tonumber(word)
    if not p or not (p > 0 and p <= 1) then
      error(("--p must be numbers above 0 and at most 1 with commas between, got '%s'"):format(text), 0)
    end
    levels[#levels + 1] = p
  end
  return levels
end

local function images_of(path, least)
  local set = ln.data.folder(path, { size = size })
  if #set < least then error(("'%s' has too few images: %d of at least %d"):format(path, #set, least), 0) end
  return set
end

-- Images that are in both sets would flatter whatever learns.
local function warn_of_copies(train, test, group)
  local found = ln.data.leakage(train, test, { group = group })
  if #found > 0 then io.stderr:write("warning: images to train and to test are not apart\n", tostring(found), "\n") end
end

-- Images to train and to test, a dataset each.
local function load_sets(o)
  local train, test
  if o.test and not o.train then error("--test needs a folder to train on as well; give --train DIR", 0) end
  if not o.train then
    train, test = ln.data.phantom{ o.images + o.images // 5, size = size, seed = o.seed }:split{ train = o.images,
      seed = o.seed }
  elseif o.test then
    train, test = images_of(o.train, 10), images_of(o.test, 2)
    warn_of_copies(train, test, o.group)
  else
    train = images_of(o.train, 12)
    train, test = train:split{ test = math.min(40, #train // 5), seed = o.seed, group = o.group }
  end
  if #train > o.images then train = train:split{ train = o.images, seed = o.seed } end
  return train, test
end

local function tell_time(what, history, steps)
  local seconds = 0
  for _, entry in ipairs(history) do seconds = seconds + entry.seconds end
  print(("%s: %d steps, %.1f s, %.1f ms a step"):format(what, steps, seconds, 1000 * seconds / steps))
end

-- What all methods make of the test images at level p: { name, images } each.
local function methods_at(p, best, train, test, o)
  local noise = ln.noise.gaussian{ p = p, seed = o.seed }
  local noisy, train_noisy = noise(test), noise(train)
  local paper, history = network.train(train_noisy, train, { optimizer = ln.optim.adam{}, epochs = o.epochs,
    seed = o.seed, progress = "auto" })
  tell_time(("paper's network, p = %g"):format(p), history, #history * math.ceil(#train / 10))
  local methods = { { "best", recipe.denoise(best, noisy, p) }, { "noisy", noisy }, { "paper", paper(noisy) } }
  for _, entry in ipairs(filters.tuned(train_noisy, train, { sigma = p, images = tuning, list = filters.tunable })) do
    print(("  %s"):format(entry.options))
    methods[#methods + 1] = { entry.name, entry.apply(noisy) }
  end
  return methods
end

-- The scores of a method, and by how much the recipe's are better, with the interval.
local function cells_of(row)
  if not row.difference then return row.mean, "-" end
  return row.mean, { -row.difference, -row.high, -row.low }
end

-- Both scores of each method, image by image, as rows of the file, and a table that compares them.
local function score(p, methods, test, o, rows)
  local ssim, psnr = ln.metric.ssim{}, ln.metric.psnr{}
  local given = { ssim = { baseline = "best" }, psnr = { baseline = "best" } }
  for m, method in ipairs(methods) do
    local name, images = method[1], method[2]:clamp(0, 1)
    local _, similar = ssim(images, test.images)
    local _, decibels = psnr(images, test.images)
    given.ssim[m], given.psnr[m] = { name, similar }, { name, decibels }
    for i, image in ipairs(test.names) do rows:add{ image, p, o.seed, name, similar[i], decibels[i] } end
  end
  local by_ssim, by_psnr = ln.compare(given.ssim), ln.compare(given.psnr)
  local t = ln.table{ columns = { ("p = %g"):format(p), "SSIM", "best above it", "PSNR dB", "best above it" },
    best = { SSIM = "max", ["PSNR dB"] = "max" } }
  for m, row in ipairs(by_ssim.rows) do
    local similar, similar_above = cells_of(row)
    local decibels, decibels_above = cells_of(by_psnr.rows[m])
    t:add{ row.name, similar, similar_above, decibels, decibels_above }
  end
  print(("\n%s"):format(t))
end

local function main(...)
  local o = args.parse({ ... }, spec)
  local levels = levels_of(o.p)
  if o.threads then ln.threads(o.threads) end
  if o.csv then ln.file.check_writable(o.csv) end
  local train, test = load_sets(o)
  print(("%d images to train, %d to test; filters tuned for SSIM on %d of those to train"):format(#train, #test,
    math.min(tuning, #train)))
  local net, history = recipe.train(train.images, { steps = o.steps, seed = o.seed })
  tell_time("best", history, o.steps)
  local rows = ln.table{ columns = { "image", "p", "seed", "method", "ssim", "psnr" } }
  for _, p in ipairs(levels) do
    score(p, methods_at(p, net, train.images, test.images, o), test, o, rows)
  end
  print(("\nMeans over %d test images with noise x + p N(0, 1), outputs clipped to 0..1; above\n"
    .. "it: mean difference image by image, with its 95 %% interval (BCa bootstrap)."):format(#test))
  if o.csv then
    rows:csv(o.csv)
    print(o.csv)
  end
end

args.main("best", main, ...)
