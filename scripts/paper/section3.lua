-- Section III of the paper as experiments: the basic autoencoder (eqs. 2 to 4) beside principal components, the
-- denoising autoencoder of Vincent et al. (2008), the stacked one of Vincent et al. (2010), and the convolutional one
-- with tied weights (eqs. 5 and 6). The dense ones learn patches of 8x8 pixels.
--
--   lunet scripts/paper/section3.lua [--mmm DIR] [--dx DIR] [--seeds N] [--steps N] [--jobs N] [--quick]
--
-- Whatever ends it, the same command goes on.
local ln = require "lunet"
local conditions = require "scripts.paper.conditions"
local data = require "scripts.paper.data"
local lists = require "scripts.paper.lists"
local stack = require "scripts.networks.stack"
local study = require "scripts.paper.study"
local nn = ln.nn

local section3 = {
  name = "section3",
  title = "Section III: autoencoders",
  doc = "The autoencoders of the paper's section III: basic, denoising, stacked and convolutional.",
}

local side, pixels = 8, 64
local least_contrast = 0.05 -- standard deviation of a patch: background teaches nothing
local few, many = 16, 128 -- units of a compressing and of an overcomplete code
local masked = 0.25       -- share of the pixels that are set to zero

-- ---- Patches ----

-- Patches of images N,1,H,W as rows, n x 64, those with some contrast, evenly spread, at most so many.
local function patches_of(images, most)
  local columns = images:unfold{ kernel = side, stride = side // 2 }
  local rows = columns:transpose(2, 3):reshape{ -1, pixels }
  local enough = rows:std{ 2 }:gt(least_contrast):nonzero():flatten():totable()
  local chosen = {}
  for i, k in ipairs(data.spread(#enough, most)) do chosen[i] = math.tointeger(enough[k]) end
  return rows:take(chosen)
end

-- Training and test images and patches of all sources. o: { seed =, by_patient =, preset = of data.split, patches = at
-- most so many of each }
local function material(sources, o)
  local sets = { train = {}, test = {} }
  for i, source in ipairs(sources) do
    local train, test = data.split(source, source.set, o)
    sets.train[i], sets.test[i] = train.images, test.images
  end
  local out = {}
  for name, list in pairs(sets) do
    out[name] = ln.concat(list, 1)
    out[name .. "_patches"] = patches_of(out[name], o.patches)
  end
  return out
end

local function as_images(rows)
  return rows:reshape{ -1, 1, side, side }
end

local function psnr(x, reference)
  return (ln.metric.psnr{}(as_images(x), as_images(reference)))
end

-- ---- Training ----

local losses = { ["squared error"] = ln.loss.mse{}, ["cross-entropy"] = ln.loss.bce{} }

-- o: { loss =, rate = 2e-3, batch = 20 }; c: { steps =, seed = }
local function fit(net, input, target, o, c)
  local batch = o.batch or 20
  return ln.fit(net, { input = input, target = target, loss = losses[o.loss],
    optimizer = ln.optim.adam{ lr = o.rate or 2e-3 }, batch = batch, seed = c.seed, progress = "none",
    epochs = math.ceil(c.steps / math.ceil(#target / batch)), on_batch = function(at) return at.step < c.steps end })
end

-- An autoencoder of one hidden layer on patches. o: { units =, activation =, output =, kl = }
local function autoencoder(o)
  local layers = { nn.dense{ o.units, activation = o.activation or "sigmoid", name = "encoder" } }
  if o.kl then layers[2] = nn.activity_penalty{ kl = o.kl, rho = 0.05 } end
  layers[#layers + 1] = nn.dense{ pixels, activation = o.output or "sigmoid", name = "decoder" }
  return nn.sequential(layers)
end

-- ---- The basic autoencoder, and principal components ----

-- Principal angles between the spans of the columns of two matrices, in degrees, the smallest first.
function section3.principal_angles(a, b)
  local _, cosines = (a:qr():transpose(1, 2)):matmul((b:qr())):svd()
  local angles = {}
  for i, c in ipairs(cosines:totable()) do angles[i] = math.deg(math.acos(math.min(1, c))) end
  return angles
end

-- A row with its filters, and for as many units as components the angles to their span.
local function basic(m, o, c)
  local net = autoencoder(o)
  fit(net, m.train_patches, m.train_patches, o, c)
  local out = { psnr = psnr(net:predict(m.test_patches), m.test_patches), filters = net:get("encoder.weight") }
  if o.units == few then
    local components = m.train_patches:pca(few)
    out.angles = section3.principal_angles(net:get("decoder.weight"), components:transpose(1, 2))
  end
  return out
end

local function principal_components(m)
  local components, _, mean = m.train_patches:pca(few)
  local codes = (m.test_patches - mean):matmul(components:transpose(1, 2))
  return { psnr = psnr(codes:matmul(components) + mean, m.test_patches), filters = components }
end

-- ---- Denoising ----

-- Vincent's corruption, drawn anew for each batch: a share of the inputs becomes zero.
local function corrupt(x, draw)
  return x * draw:uniform(0, 1, { x.shape[2] }):ge(masked)
end

-- The same for test patches, the same pixels for all networks.
local function corrupted(rows)
  return rows * ln.rand(rows.shape, 2):ge(masked)
end

-- One hidden layer, trained with masked input or, for comparison, with all of it; tested on masked patches.
local function denoising(m, o, c)
  local net = autoencoder{ units = many }
  fit(net, o.mask and corrupt or m.train_patches, m.train_patches, { loss = "cross-entropy" }, c)
  return { psnr = psnr(net:predict(corrupted(m.test_patches)), m.test_patches), filters = net:get("encoder.weight") }
end

local widths = { 128, 96, 64 }

-- Of each level, and of fine-tuning.
local function stacked_steps(steps)
  return (#widths + 1) * steps
end

-- The halves of each level: they share their weights with every network that they are part of.
local function levels()
  local list = {}
  for k, units in ipairs(widths) do
    list[k] = { down = nn.sequential{ nn.dense{ units, activation = "sigmoid" } },
      up = nn.sequential{ nn.dense{ widths[k - 1] or pixels, activation = "sigmoid" } } }
  end
  return list
end

-- Three levels: each learns by itself to denoise the code of the one below, then all are one network. What is trained
-- at once takes as many steps as all of that.
local function stacked(m, o, c)
  local list, noisy, loss = levels(), corrupted(m.test_patches), { loss = "cross-entropy" }
  if o.layerwise then
    stack.train(list, m.train_patches, function(net, code) fit(net, corrupt, code, loss, c) end)
  end
  local net, out = stack.whole(list), {}
  if o.layerwise then out.before = psnr(net:predict(noisy), m.test_patches) end
  fit(net, corrupt, m.train_patches, loss, { seed = c.seed, steps = o.layerwise and c.steps or stacked_steps(c.steps) })
  out.psnr = psnr(net:predict(noisy), m.test_patches)
  return out
end

-- ---- The convolutional autoencoder ----

-- Tied, flipped kernels and one bias a map, on whole images: to give them back, or to denoise them.
local function convolutional(m, o, c)
  local condition = conditions.find("p0.1")
  local noise, net = conditions.noise(condition, c.seed), ln.models.tied_conv_ae{ widths = { 32, 32 } }
  local noisy = noise(m.test, 1)
  fit(net, o.noise and noise(m.train) or m.train, m.train, { loss = "cross-entropy", rate = 1e-3, batch = 10 }, c)
  local ssim, restored, n = ln.metric.ssim{}, net:predict(noisy), math.min(6, #noisy) -- shown
  return { clean_ssim = (ssim(net:predict(m.test), m.test)), noisy_ssim = (ssim(noisy, m.test)),
    ssim = (ssim(restored, m.test)), filters = net:get("conv2d_1.weight"):reshape{ -1, 9 },
    images = ln.concat({ m.test:narrow(1, 1, n), noisy:narrow(1, 1, n), restored:narrow(1, 1, n) }, 1) }
end

-- ---- All of them, as points of a sweep ----

local experiments = {
  { name = "principal components", run = principal_components, part = "basic" },
  { name = "linear, squared error", run = basic, part = "basic",
    o = { units = few, loss = "squared error", activation = "linear", output = "linear" } },
  { name = "compressing, squared error", run = basic, part = "basic", o = { units = few, loss = "squared error" } },
  { name = "compressing, cross-entropy", run = basic, part = "basic", o = { units = few, loss = "cross-entropy" } },
  { name = "overcomplete and sparse, squared error", run = basic, part = "basic",
    o = { units = many, loss = "squared error", kl = 0.002 } },
  { name = "overcomplete and sparse, cross-entropy", run = basic, part = "basic",
    o = { units = many, loss = "cross-entropy", kl = 0.002 } },
  { name = "trained with whole patches", run = denoising, part = "denoising", o = { mask = false } },
  { name = "trained with masked patches", run = denoising, part = "denoising", o = { mask = true } },
  { name = "three levels at once", run = stacked, part = "stacked", o = { layerwise = false } },
  { name = "level by level, then fine-tuned", run = stacked, part = "stacked", o = { layerwise = true } },
  { name = "to give images back", run = convolutional, part = "convolutional", o = { noise = false } },
  { name = "to denoise", run = convolutional, part = "convolutional", o = { noise = true } },
}

-- Steps of training: given ones are of a network as large as the paper's.
local function convolutional_steps(steps) return math.max(1, steps * 3 // 5) end
local function dense_steps(steps) return 5 * steps end
local function level_steps(steps) return math.max(1, 5 * steps // 2) end -- of each level of a stack, and of fine-tuning

local function steps_of(entry, o)
  return entry.part == "convolutional" and convolutional_steps(o.steps)
    or entry.part == "stacked" and level_steps(o.steps) or dense_steps(o.steps)
end

-- Lists and numbers are the point's result; tensors go to a file of its record.
local function run_point(m, c, log)
  local entry = lists.named(experiments, c.name)
  local out, tensors, result = entry.run(m, entry.o, c), {}, {}
  for key, value in pairs(out) do
    local into = type(value) == "userdata" and tensors or result
    into[key] = value
  end
  if next(tensors) then ln.save(log.dir .. "/tensors.npz", tensors) end
  return result
end

-- What results depend on, as text.
local function settings()
  local parts = { widths = widths, masked = masked, least_contrast = least_contrast }
  for i, entry in ipairs(experiments) do parts[i] = { entry.name, entry.o or "pca" } end
  return lists.text(parts)
end

-- Patients are on one side of the split, unless o has the paper's preset and no by_patient, as data.split has it.
local function points_of(o)
  local points, same = {}, settings()
  for _, entry in ipairs(experiments) do
    for _, seed in ipairs(ln.seeds(o.seeds)) do
      points[#points + 1] = { name = entry.name, seed = seed, steps = steps_of(entry, o), settings = same,
        patches = o.quick and 400 or 4000, by_patient = o.by_patient, preset = o.preset }
    end
  end
  return points
end

-- o: of a study; beside it by_patient and preset, as data.split has them.
function section3.run(o, sources)
  local of_seed = {}
  local function material_of(c)
    of_seed[c.seed] = of_seed[c.seed] or material(sources, c)
    return of_seed[c.seed]
  end
  local points = points_of(o)
  local results = study.sweep{ name = "section3", o = o, sources = sources, points = points, options = {},
    run = function(c, log) return run_point(material_of(c), c, log) end }
  return { results = results, first = material_of(points[1]) }
end

-- ---- The report ----

-- By the name of the experiment, what its first seed gave, and under `all` lists with the numbers of all seeds.
local function collect(results)
  local found = {}
  for _, entry in ipairs(results) do
    local name, path = entry.point.name, entry.run .. "/tensors.npz"
    if not found[name] then
      found[name] = ln.file.exists(path) and ln.load_tensors(path) or {}
      for key, value in pairs(entry.result) do found[name][key] = value end
      found[name].all = {}
    end
    for key, value in pairs(entry.result) do
      local list = found[name].all[key] or {}
      list[#list + 1], found[name].all[key] = value, list
    end
  end
  return found
end

-- A number of an experiment for tables: that of the only seed, or mean, least and largest.
local function number(one, key)
  local list = one.all[key]
  if not list or #list == 1 then return one[key] end
  return { (ln.stat.mean(list)), math.min(table.unpack(list)), math.max(table.unpack(list)) }
end

-- A note, with what stands behind numbers of several seeds.
local function with_seeds(note, o)
  return o.seeds == 1 and note or ("%s. Means, least and largest of %d seeds"):format(note:gsub("%.$", ""), o.seeds)
end

-- Rows of weights as small images, each from its darkest to its brightest.
local function filter_images(rows, n)
  local size = math.tointeger(math.sqrt(rows.shape[2]))
  local shown = rows:take(data.spread(#rows, n))
  local low, high = shown:min(2):reshape{ -1, 1 }, shown:max(2):reshape{ -1, 1 }
  return ((shown - low) / (high - low + 1e-12)):reshape{ -1, 1, size, size }
end

local function degrees(angles)
  return ("%.1f to %.1f, median %.1f"):format(angles[1], angles[#angles], angles[(#angles + 1) // 2])
end

local function basic_table(found, o)
  local t = ln.table{ width = 80,
    columns = { "autoencoder", "units", "PSNR, dB", "principal angles to PCA's, degrees" },
    note = with_seeds(("Patches of %dx%d, test images; angles between the spans of %d decoder filters and of %d "
      .. "components. A span of 64 or more filters is everything, and has no angles."):format(side, side, few, few),
      o) }
  for _, entry in ipairs(experiments) do
    local one = found[entry.name]
    if entry.part == "basic" then
      t:add{ entry.name, entry.o and entry.o.units or few, number(one, "psnr"), one.angles and degrees(one.angles)
        or "-" }
    end
  end
  return t
end

local function masked_table(found, o)
  local steps = level_steps(o.steps)
  local t = ln.table{ columns = { "network", "steps", "PSNR, dB", "before fine-tuning" }, width = 80,
    note = with_seeds(("Test patches with a quarter of the pixels set to zero; one level has %d units, three have %s. "
      .. "Level by level: %d steps each, and as many of fine-tuning."):format(many, table.concat(widths, ", "), steps),
      o) }
  for _, entry in ipairs(experiments) do
    if entry.part == "denoising" or entry.part == "stacked" then
      t:add{ entry.name, entry.part == "stacked" and stacked_steps(steps) or dense_steps(o.steps),
        number(found[entry.name], "psnr"), number(found[entry.name], "before") }
    end
  end
  return t
end

local function convolutional_table(found, o)
  local t = ln.table{ columns = { "trained", "clean image back, SSIM", "noisy image denoised, SSIM" }, width = 80,
    note = with_seeds(("SSIM after Wang; noisy images as they are have %.4f"):format(found["to denoise"].noisy_ssim),
      o) }
  for _, entry in ipairs(experiments) do
    if entry.part == "convolutional" then
      t:add{ entry.name, number(found[entry.name], "clean_ssim"), number(found[entry.name], "ssim") }
    end
  end
  return t
end

local function filters_grid(page, found, names, caption)
  local rows = {}
  for i, name in ipairs(names) do rows[i] = filter_images(found[name].filters, few) end
  page:grid(rows, { labels = names, most = few, caption = caption })
end

local function angle_plot(page, found)
  local plot = { x_label = "angle", y_label = "degrees", caption = "Principal angles between the spans of decoder "
    .. "filters and of the first principal components, the smallest first." }
  for _, entry in ipairs(experiments) do
    local angles = found[entry.name].angles
    if angles then plot[#plot + 1] = { name = entry.name, y = angles } end
  end
  page:plot(plot)
end

-- What was run.
local function words(found, o)
  local m = found.first
  return ("The dense networks learn %d patches of %d training images of both sets and are tested on %d of %d others; "
    .. "they are trained for %d steps of 20 patches, stacks for twice as many, the convolutional ones on whole images, "
    .. "%d steps of 10. %s. %s")
    :format(#m.train_patches, #m.train, #m.test_patches, #m.test, dense_steps(o.steps), convolutional_steps(o.steps),
    o.seeds == 1 and "One seed"
    or ("%d seeds; angles and pictures are those of the first"):format(o.seeds),
    o.preset and not o.by_patient and "The split is random, as the paper's."
    or "Patients, where they are known, are on one side of the split.")
end

function section3.show(page, results, o, write)
  local found = collect(results.results)
  page:text(words(results, o))
  local function shown(title, t, name)
    page:subsection(title):table(t)
    write(t, name)
  end
  shown("The basic autoencoder, eqs. 2 to 4", basic_table(found, o), "section3-basic")
  angle_plot(page, found)
  filters_grid(page, found, { "principal components", "linear, squared error", "compressing, squared error",
    "compressing, cross-entropy", "overcomplete and sparse, squared error", "overcomplete and sparse, cross-entropy" },
    "Encoder filters, 16 of each, beside the principal components.")
  shown("Denoising and stacked autoencoders", masked_table(found, o), "section3-masked")
  filters_grid(page, found, { "trained with whole patches", "trained with masked patches" },
    "Encoder filters without and with masking noise.")
  shown("The convolutional autoencoder, eqs. 5 and 6", convolutional_table(found, o), "section3-convolutional")
  local images = found["to denoise"].images
  local n = #images // 3
  page:grid({ images:narrow(1, 1, n), images:narrow(1, n + 1, n):clamp(0, 1), images:narrow(1, 2 * n + 1, n) },
    { labels = { "original", "noisy", "tied weights" }, caption = "Tied, flipped kernels, one bias a map: 9,601 weights"
      .. " instead of the paper's 112,001." })
  filters_grid(page, found, { "to give images back", "to denoise" }, "Kernels of the first convolution, 16 of 32.")
end

return study.script(section3, ...)
