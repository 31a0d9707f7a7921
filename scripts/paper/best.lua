-- The recipe `best` beside the paper's network and tuned filters: trained on one folder, scored on another.
--
--   lunet scripts/paper/best.lua --train DIR --test DIR [--p 0.1,0.25,0.5] [--csv FILE] [--images 200] [--seed N]
--
-- Noise y = x + p N(0, 1), not clipped, the same for all methods; what a method gives is clipped to 0..1 and scored by
-- SSIM (Wang 2004) and PSNR, image by image. One network of the recipe (recipe.lua) serves all levels. The paper's is
-- trained for each level as there, on one fixed noisy copy with binary cross-entropy, but with Adam: on few images it
-- gets further in 100 epochs than with the paper's Adadelta, so it is the stronger competitor. The filters are tuned
-- for each level on training images. Nobody sees a test image before it is scored. Patients are on one side where file
-- names tell them, and intervals count patients. Training ends after a number of steps, never by a clock.
local ln = require "lunet"
local args = require "lunet.args"
local format = require "lunet.format"
local filters = require "scripts.paper.filters"
local folder = require "scripts.paper.folder"
local network = require "scripts.paper.network"
local patients = require "scripts.paper.patients"
local recipe = require "scripts.paper.recipe"

local tuning = 24        -- training images that filters are tuned on
local least = 8          -- training images, with --test or without
local most_held_out = 40 -- test images without --test
local most_decibels = 100 -- of a black image that a filter gives back as it was, say: infinity has no mean

local spec = {
  name = "best",
  doc = "Train the recipe 'best' on one folder of images and score it on another, beside filters tuned on training "
    .. "images and the paper's network, trained as there but with Adam instead of Adadelta, which is better for so few "
    .. "images. Without folders it takes phantoms. For a short trial: --images 20 --steps 20 --epochs 1.",
  options = {
    { "train", "string", value = "DIR", help = "folder of images to train on, or of folders of them; shrunk to 64x64" },
    { "test", "string", value = "DIR", help = "folder of images to score; without it, a fifth of the others, at most "
      .. most_held_out .. ", is held out" },
    { "group", "string", value = "HOW", help = "whose image it is: a Lua pattern matched with file names, pairs "
      .. "(images 2k-1 and 2k), or none; by default what is known of mini-MIAS, NIH ChestX-ray, CBIS-DDSM and "
      .. "Kermany's chests. A name that does not tell is a patient of its own. Patients are held out whole; with "
      .. "--test there is a warning of those on both sides; intervals count patients" },
    { "p", "string", value = "LIST", default = "0.1,0.25,0.5", help = "levels of the noise x + p N(0, 1)" },
    { "csv", "string", value = "FILE", help = "a row for each test image, level and method, with the columns image "
      .. "(file name without its ending), p, seed, method (noisy, best, paper, or a filter), ssim "
      .. "(Wang 2004), psnr (dB)" },
    { "images", "integer", value = "N", default = 200, min = least, help = "train on N images at most, chosen by "
      .. "seed" },
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

-- Names of both sides: all that tell patients.
local function names_of(train, test)
  return table.move(test.names, 1, #test.names, #train.names + 1, table.move(train.names, 1, #train.names, 1, {}))
end

-- Training and test images, a dataset each, and whose they are: function(name) -> patient or nil, and in words.
local function read_sets(o)
  if o.test and not o.train then error("--test needs a folder to train on as well; give --train DIR", 0) end
  if not o.train then
    local train, test = ln.data.phantom{ o.images + o.images // 5, size = folder.size, seed = o.seed }:split{
      train = o.images, seed = o.seed }
    return train, test, patients.rule(names_of(train, test), o.group)
  end
  local train = folder.read(o.train, least)
  if o.test then
    local test = folder.read(o.test, 2)
    return train, test, patients.rule(names_of(train, test), o.group)
  end
  local rule, words = patients.rule(train.names, o.group)
  local wanted = math.max(2, math.min(most_held_out, #train // 5))
  local rest, test = train:split{ seed = o.seed, group = rule,
    test = patients.test_count(train.names, rule, wanted, o.train) }
  return rest, test, rule, words
end

-- What is scored on one patient has no interval; images on both sides would flatter whatever learns.
local function check_sides(train, test, rule, o)
  if patients.count(test.names, rule) < 2 then
    error(("all %d images of '%s' are of one patient, where two are needed; --group none counts images"):format(#test,
      o.test), 0)
  end
  local found = ln.data.leakage(train, test, { group = rule })
  if #found > 0 then io.stderr:write("warning: images to train and to test are not apart\n", tostring(found), "\n") end
end

local function load_sets(o)
  local train, test, rule, words = read_sets(o)
  if #train > o.images then train = train:split{ train = o.images, seed = o.seed } end
  if o.train then check_sides(train, test, rule, o) end
  return train, test, rule, words
end

local function tell_patients(train, test, rule, words)
  local text = "patients: " .. words
  if rule then
    text = ("patients: %d in the images to train, %d in those to test, as file names tell: %s"):format(
      patients.count(train.names, rule), patients.count(test.names, rule), words)
  end
  print(format.wrapped(text, 0, 80))
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
  tell_time(("paper's network with Adam, p = %g"):format(p), history, #history * math.ceil(#train / 10))
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
local function score(p, methods, test, rule, o, rows)
  local ssim, psnr, groups = ln.metric.ssim{}, ln.metric.psnr{}, {}
  for i, name in ipairs(test.names) do groups[i] = rule and rule(name) or i end
  local given = { ssim = { baseline = "best", group = groups }, psnr = { baseline = "best", group = groups } }
  for m, method in ipairs(methods) do
    local name, images = method[1], method[2]:clamp(0, 1)
    local _, similar = ssim(images, test.images)
    local decibels = select(2, psnr(images, test.images)):minimum(most_decibels)
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
  local train, test, rule, words = load_sets(o)
  print(("%d images to train, %d to test; filters tuned for SSIM on %d of those to train"):format(#train, #test,
    math.min(tuning, #train)))
  tell_patients(train, test, rule, words)
  local net, history = recipe.train(train.images, { steps = o.steps, seed = o.seed })
  tell_time("best", history, o.steps)
  local rows = ln.table{ columns = { "image", "p", "seed", "method", "ssim", "psnr" } }
  for _, p in ipairs(levels) do
    score(p, methods_at(p, net, train.images, test.images, o), test, rule, o, rows)
  end
  print(("\nMeans over %d test images with noise x + p N(0, 1), outputs clipped to 0..1; above\n"
    .. "it: mean difference image by image, with its 95 %% interval over %s (BCa\n"
    .. "bootstrap). paper: its network and fixed noisy copy, but Adam for its Adadelta."):format(#test, rule
    and ("%d patients"):format((patients.count(test.names, rule))) or "images"))
  if o.csv then
    rows:csv(o.csv)
    print(o.csv)
  end
end

args.main("best", main, ...)
