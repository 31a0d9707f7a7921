-- Train the paper's network on real images and compare it with classical filters.
--
-- The main job, end to end: the network of Gondara (2016), medical images with noise x + 0.1 N(0, 1), a median filter
-- and non-local means beside it; leaves a table, figures and the model in a folder.
--
--   lunet scripts/quickstart.lua                     slices of the head MRI in Debian's mricron-data, 100 epochs
--   lunet scripts/quickstart.lua --data DIR          a folder of PGM, PNG, JPEG or BMP images
--   lunet scripts/quickstart.lua --help              all options
local ln = require "lunet"
local args = require "lunet.args"

local volume = "/usr/share/mricron/templates/ch2.nii.gz"
local size = { 64, 64 } -- rows, columns
local least = 8         -- images: some to train, two to validate, two to test

local spec = {
  name = "quickstart",
  doc = "Train a denoising autoencoder on real images and compare it with a median filter and non-local means. "
    .. "Without --data it takes slices of the head MRI in Debian's package mricron-data. For a short trial: "
    .. "--epochs 2 --images 60.",
  options = {
    { "data", "string", value = "DIR", help = "folder of PGM, PNG, JPEG or BMP images, shrunk to 64x64" },
    { "group", "string", value = "HOW", help = "with --data, keep a patient's images on one side of the split: a Lua "
      .. "pattern matched with the file names, or pairs (mini-MIAS: images 2k-1 and 2k)" },
    { "images", "integer", value = "N", min = least, help = "use N images, evenly chosen (default all)" },
    { "epochs", "integer", value = "N", default = 100, min = 1, help = "passes through the training images" },
    { "optimizer", "string", value = "NAME", default = "adam", choices = { "adam", "adadelta" }, help = "optimizer" },
    { "seed", "integer", value = "N", default = 42, min = 0, help = "seed of split, noise, parameters and order" },
    { "threads", "integer", value = "N", min = 1, help = "processors to use (default all); the results are the same" },
    { "out", "string", value = "DIR", default = "results/quickstart", help = "folder for the results" },
  },
}

-- Where the results go. Found unwritable now, not after the training.
local function outputs(folder)
  local paths = {}
  ln.file.make_dir(folder)
  for _, name in ipairs{ "figure.png", "loss.png", "history.csv", "scores.csv", "model.safetensors",
    "report.html" } do
    paths[name:match("^%w+")] = folder .. "/" .. name
    ln.file.check_writable(folder .. "/" .. name)
  end
  return paths
end

-- n of the numbers 1 .. total, evenly spread; all where there are fewer.
local function spread(total, n)
  local chosen = {}
  n = math.min(n or total, total)
  for i = 1, n do chosen[i] = (i - 1) * total // n + 1 end
  return chosen
end

local function load_images(o)
  if o.data then
    local set = ln.data.folder(o.data, { size = size })
    if #set < least then error(("'%s' has too few images: %d of at least %d"):format(o.data, #set, least), 0) end
    return set:subset(spread(#set, o.images))
  end
  if not ln.file.exists(volume) then
    error(("there is no %s; install it with 'apt install mricron-data', or give a folder of images with --data DIR")
      :format(volume), 0)
  end
  local set = ln.data.nifti(volume, { size = size, step = 2 })
  return set:subset(spread(#set, o.images))
end

-- Two parts of a dataset, the second of a tenth of the images and at least two. Slices of the volume are dealt in
-- blocks of four with one left out wherever the parts would touch, for neighbours are alike (fewer than 100 slices lie
-- apart as they are); other images are dealt at random or by group.
local function parted(set, o)
  local n_test = math.max(2, #set // 10)
  if o.data then return set:split{ test = n_test, seed = o.seed, group = o.group } end
  if #set < 100 then return set:split{ test = n_test, seed = o.seed, block = 1, gap = 0 } end
  return set:split{ test = #set // 8, seed = o.seed, block = 4, gap = 1 }
end

-- The baselines: median 3x3, and non-local means with the strength that is best on held-out training images.
local function filters(noisy, clean)
  local strengths = { 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.12 }
  local best = ln.filter.tune(ln.filter.nlmeans, { h = strengths }, noisy, clean, ln.metric.ssim{})
  return ln.filter.median{ 3 }, best
end

-- One row a method: both SSIM and PSNR, mean over the images.
local function compare(methods, clean)
  local honest, paper, psnr = ln.metric.ssim{}, ln.metric.ssim{ preset = "gondara2016" }, ln.metric.psnr{}
  local scores = ln.table{ columns = { "method", "SSIM wang2004", "SSIM gondara2016", "PSNR dB" } }
  for _, method in ipairs(methods) do
    local name, images = method[1], method[2]
    scores:add{ name, (honest(images, clean)), (paper(images, clean)), (psnr(images, clean)) }
  end
  return scores
end

-- The paper's network, trained on one fixed noisy copy of the images, as in the paper.
local function train_network(o, train, validation)
  local net = ln.models.cnn_dae{ widths = { 64, 64, 64, 64 } }
  print(net:summary{ 1, size[1], size[2] })
  local history = ln.fit(net, {
    input = train.noisy, target = train.images,
    validation = { input = validation.noisy, target = validation.images },
    loss = ln.loss.bce{}, optimizer = o.optimizer == "adam" and ln.optim.adam{ lr = 1e-3 } or ln.optim.adadelta{},
    epochs = o.epochs, batch = 10, seed = o.seed, keep = "last", -- as in the paper
  })
  print(history)
  return net, history
end

-- What was done and what came of it, as a page.
local function write_report(path, o, net, history, scores, rows, labels)
  local page = ln.report{ title = "A denoising autoencoder beside classical filters", file = path }
  page:text("Noise x + 0.1 N(0, 1); means over test images that were not seen in training.")
  page:section("Results"):table(scores, { best = "max" }):grid(rows, { labels = labels })
  if #history > 0 then page:section("Training"):curves{ history } end
  page:section("Network"):code(net:summary{ 1, size[1], size[2] })
  page:section("Options"):options(o)
  return page:section("Environment"):environment{ seeds = { o.seed } }:save()
end

-- Write everything, the plot last: it is the only thing that needs another program.
local function save(paths, o, net, history, scores, methods)
  local rows, labels = {}, {}
  for r, method in ipairs(methods) do rows[r], labels[r] = method[2]:gather(spread(#method[2], 8)), method[1] end
  ln.image.grid(rows, { scale = 2 }):save(paths.figure)
  net:save(paths.model, { record = { options = o, epochs = #history, scores = scores:csv() } })
  history:csv(paths.history)
  scores:csv(paths.scores)
  print(paths.figure .. "\n  (rows: original, noisy, median 3x3, NL means, CNN DAE)")
  print(paths.model .. "\n" .. paths.history .. "\n" .. paths.scores)
  print(write_report(paths.report, o, net, history, scores, rows, labels))
  if #history > 0 then print(history:plot(paths.loss)) end
end

local function main(...)
  local o = args.parse({ ... }, spec)
  if o.threads then ln.threads(o.threads) end
  local others, test = parted(load_images(o), o)
  local train, validation = parted(others, o)
  local paths = outputs(o.out)
  print(("images: %d to train, %d to validate and tune, %d to test"):format(#train, #validation, #test))

  local noise = ln.noise.gaussian{ p = 0.1, sd = 1, seed = o.seed } -- x + 0.1 N(0, 1), not clipped
  for _, set in ipairs{ train, validation, test } do set.noisy = noise(set.images) end

  local net, history = train_network(o, train, validation)
  local median, nlmeans = filters(validation.noisy, validation.images)
  local methods = {
    { "original", test.images }, { "noisy", test.noisy }, { "median 3x3", median(test.noisy) },
    { ("NL means, tuned h = %g"):format(nlmeans.options.h), nlmeans(test.noisy) },
    { "CNN DAE", net:predict(test.noisy) },
  }
  local scores = compare(table.move(methods, 2, #methods, 1, {}), test.images)
  print(("\nmean over %d test images, noise x + 0.1 N(0, 1)\n%s\n"):format(#test, scores))
  if #history < 25 then
    print(("%d epoch%s %s too few to judge the network by; the full run has 100.\n"):format(#history,
      #history == 1 and "" or "s", #history == 1 and "is" or "are"))
  end
  save(paths, o, net, history, scores, methods)
end

args.main("quickstart", main, ...)
