-- Architectures of models/: as many parameters as PyTorch's modules of the same layers have (models.py) and, where they
-- were published, as the publications say; what options do, and messages.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error = support.test, support.expect_error

-- Parameters of a model for images of a shape.
local function parameters(name, options, shape)
  return ln.models[name](options):summary(shape or { 1, 64, 64 }).parameters
end

test("parameters as PyTorch counts them", function()
  for _, case in ipairs{
    { 112001, "cnn_dae" }, { 112001, "cnn_dae", { preset = "paper" } }, { 74497, "cnn_dae", { preset = "narrow" } },
    { 296449, "cnn_dae", { preset = "wide" } }, { 296449, "cnn_dae", { widths = { 64, 128, 128, 64 } } },
    { 74497, "cnn_dae", { widths = { 32, 64, 64, 32 } } }, { 112001, "residual_dae" },
    { 4198912, "dense_ae" }, { 2101760, "dense_ae", { tied = true } },
    { 2397248, "dense_ae", { hidden = { 256, 64 }, size = { 48, 96 } }, { 1, 48, 96 } },
    { 13762270, "mlp", nil, { 1, 17, 17 } },
    { 27811839, "mlp", { hidden = { 3072, 3072, 2559, 2047 }, patch = { 39, 39 }, output = { 17, 17 } },
      { 1, 39, 39 } },
    { 486148, "ffdnet", nil, { 2, 64, 64 } }, { 485316, "ffdnet", { norm = false }, { 2, 64, 64 } },
    { 853068, "ffdnet", { depth = 12, filters = 96, channels = 3 }, { 4, 64, 64 } },
    { 852108, "ffdnet", { depth = 12, filters = 96, channels = 3, norm = false }, { 4, 64, 64 } },
    { 37633, "tied_conv_ae" }, { 465953, "unet" }, { 466593, "unet", { norm = true } },
    { 240273, "unet", { widths = { 16, 48, 64, 96 }, convolutions = 1, up = "nearest", level = true }, { 2, 64, 64 } },
    { 7469, "unet", { widths = { 8, 12 }, convolutions = 3 } },
    { 309700, "unet", { widths = { 32, 48, 64 }, convolutions = 3, up = "nearest", level = true, blocks = 2 },
      { 2, 64, 64 } },
    { 6771, "unet", { widths = { 8, 16 }, channels = 3, convolutions = 1, blocks = 3, size = { 12, 18 } },
      { 3, 12, 18 } },
    { 31030593, "unet", { widths = { 64, 128, 256, 512, 1024 } } },
    { 556097, "dncnn" }, { 667073, "dncnn", { depth = 20 } },
    { 296641, "red_net" }, { 4134785, "red_net", { depth = 30, filters = 128 } },
    { 246784, "ssda", nil, { 1, 8, 8 } }, { 1755640, "multi_column", nil, { 1, 8, 8 } }, { 15697, "plain_cnn" },
    { 20928, "boltzmann", nil, { 1, 8, 8 } },
    { 412, "boltzmann", { hidden = 7, patch = { 3, 5 }, channels = 3 }, { 3, 3, 5 } },
    { 2133, "plain_cnn", { maps = 6, depth = 5, connections = 2, channels = 3 }, { 3, 64, 64 } },
  } do
    local count = parameters(case[2], case[3], case[4])
    assert(count == case[1], ("%s: %d parameters, not %d"):format(case[2], count, case[1]))
  end
end)

test("images in, images out, and a step of training", function()
  for name, options in pairs{
    cnn_dae = {}, tied_conv_ae = { widths = { 3, 4 } }, residual_dae = { widths = { 4, 4, 4, 4 } },
    unet = { widths = { 4, 6, 8 }, output = "residual" },
    dncnn = { depth = 4, filters = 5 }, red_net = { depth = 6, filters = 5 },
    dense_ae = { hidden = { 20, 6 } }, plain_cnn = { maps = 4, connections = 2 },
  } do
    options.size = not ({ cnn_dae = true, tied_conv_ae = true })[name] and { 16, 16 } or nil
    local net = ln.models[name](options)
    local x, y = ln.rand({ 3, 1, 16, 16 }, 1), ln.rand({ 3, 1, 16, 16 }, 2)
    ln.fit(net, { input = x, target = y, loss = ln.loss.mse{}, optimizer = ln.optim.adam{}, epochs = 1, batch = 3,
      seed = 1, progress = "none" })
    assert(table.concat(net:predict(x).shape, "x") == "3x1x16x16", name)
  end
end)

-- A network that takes nothing away is the identity: the noise that it finds is what its last layer gives.
test("residual: what the layers give is taken away from the input", function()
  for _, net in ipairs{ ln.models.residual_dae{ size = { 8, 8 } }, ln.models.dncnn{ size = { 8, 8 } },
    ln.models.unet{ size = { 8, 8 }, output = "residual" },
    ln.models.unet{ size = { 8, 8 }, output = "residual", blocks = 2, widths = { 8, 16 } } } do
    net:build({ 1, 8, 8 }, 1)
    local last = net:layers()[#net:layers() - 1].name
    if last == "pixel_shuffle_1" then last = net:layers()[#net:layers() - 2].name end
    net:tensor(last .. ".weight"):fill(0)
    net:tensor(last .. ".bias"):fill(0.25)
    local x = ln.rand({ 2, 1, 8, 8 }, 3)
    assert((net:predict(x) - (x - 0.25)):abs():max() < 1e-6)
  end
end)

test("dense_ae: a tied decoder is the encoder's transposed weights", function()
  local net = ln.models.dense_ae{ hidden = { 7, 3 }, tied = true, size = { 2, 3 } }:build({ 1, 2, 3 }, 1)
  local x = ln.rand({ 4, 1, 2, 3 }, 1)
  local first, second = net:tensor("dense_1.weight"), net:tensor("dense_2.weight")
  local function sigmoid(t) return 1 / (1 + (-t):exp()) end
  local code = sigmoid(sigmoid(x:reshape{ 4, 6 }:matmul(first:permute(2, 1))):matmul(second:permute(2, 1)))
  local y = sigmoid(sigmoid(code:matmul(second)):matmul(first))
  assert((net:predict(x):reshape{ 4, 6 } - y):abs():max() < 1e-6)
end)

test("dense_ae: a code with a penalty becomes sparse, also an overcomplete one", function()
  local x = ln.rand({ 40, 1, 4, 4 }, 5)
  local means = {}
  for i, penalty in ipairs{ false, ln.nn.activity_penalty{ kl = 1, rho = 0.05 } } do
    local net = ln.models.dense_ae{ hidden = { 30 }, penalty = penalty or nil, size = { 4, 4 } }
    ln.fit(net, { input = x, target = x, loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 0.02 }, epochs = 30,
      seed = 1, progress = "none" })
    means[i] = net:activations(x, "dense_1"):mean()
  end
  assert(means[1] > 0.3 and means[2] < 0.1, means[2])
end)

test("mlp: from patches, whose middle it may give, to images and back", function()
  local net = ln.models.mlp{ hidden = { 30 }, patch = { 7, 9 }, output = { 3, 5 }, channels = 2 }:build({ 2, 7, 9 }, 1)
  assert(table.concat(net:predict(ln.rand({ 3, 2, 7, 9 }, 1)).shape, "x") == "3x2x3x5")
  local clean = ln.data.phantom{ 12, size = { 20, 20 }, seed = 1 }
  local noisy = clean.images + 0.2 * ln.randn(clean.images.shape, 2)
  net = ln.models.mlp{ hidden = { 40, 40 }, patch = { 5, 5 } }
  ln.fit(net, { data = ln.data.patches{ clean, size = 5, per_image = 30 }, input = ln.noise.gaussian{ p = 0.2, sd = 1 },
    loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 3e-3 }, epochs = 20, seed = 1, progress = "none" })
  local columns = noisy:unfold{ kernel = 5 }
  local y = net:predict(columns:permute(1, 3, 2):reshape{ -1, 1, 5, 5 })
  y = y:reshape{ #noisy, -1, 25 }:permute(1, 3, 2):fold{ size = { 20, 20 }, kernel = 5, average = true }
  local mse = ln.metric.mse{}
  assert(mse(y, clean.images) < 0.5 * mse(noisy, clean.images))
end)

test("boltzmann: up and down again, as the energy has it", function()
  local net = ln.models.boltzmann{ hidden = 7, patch = { 3, 4 } }:build({ 1, 3, 4 }, 1)
  net:set("precision.weight", ln.rand({ 12, 1, 1, 1 }, 2) + 0.5)
  net:set("hidden.bias", ln.randn({ 7 }, 3))
  net:set("visible.bias", ln.randn({ 12 }, 4))
  local x, w = ln.rand({ 5, 1, 3, 4 }, 5), net:get("hidden.weight")
  local v = x:flatten(2) * net:get("precision.weight"):flatten()
  local h = (v:matmul(w:transpose(1, 2)) + net:get("hidden.bias")):sigmoid()
  assert((net:predict(x):flatten(2) - h:matmul(w) - net:get("visible.bias")):abs():max() < 1e-6)
  assert((net:activations(x, "hidden") - h):abs():max() < 1e-6)
end)

-- Maps that are connected to the same eight have their inputs from them alone; the image's edge is -1.
test("plain_cnn: maps drawn by the seed, edges of -1", function()
  local function prediction(options, x) return ln.models.plain_cnn(options):build({ 1, 12, 12 }, 1):predict(x) end
  local x = ln.rand({ 1, 1, 12, 12 }, 1)
  local small = { maps = 5, connections = 2, depth = 2, size = { 12, 12 } }
  local y = prediction(small, x)
  small.seed = 3
  assert((prediction(small, x) - y):abs():max() > 0)
  local one = { maps = 3, depth = 1, size = { 12, 12 } }
  local net = ln.models.plain_cnn(one):build({ 1, 12, 12 }, 1)
  local h = x:pad(4, { value = -1 }):conv2d(net:get("conv2d_1.weight"), { bias = net:get("conv2d_1.bias") }):sigmoid()
  h = h:conv2d(net:get("conv2d_2.weight"), { bias = net:get("conv2d_2.bias") }):sigmoid()
  assert((net:predict(x) - h):abs():max() < 1e-6)
end)

-- The level tells how much is taken away.
test("ffdnet: the level is a channel of its input, drawn for each image", function()
  local clean = ln.data.phantom{ 24, size = { 16, 16 }, seed = 1 }.images
  local net = ln.models.ffdnet{ depth = 4, filters = 12, size = { 16, 16 }, norm = false }
  local function noisy_and_level(images, draw)
    local level = draw:uniform(0, 0.4)
    return images + level * draw:normal(), level
  end
  ln.fit(net, { input = noisy_and_level, target = clean, loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 5e-3 },
    epochs = 30, batch = 8, seed = 1, progress = "none" })
  local noise, mse = ln.randn(clean.shape, 3), ln.metric.mse{}
  local function error_at(sd, told)
    local level = ln.full({ #clean, 1, 16, 16 }, told)
    return (mse(net:predict(ln.concat({ clean + sd * noise, level }, 2)), clean))
  end
  assert(error_at(0.3, 0.3) < 0.7 * mse(clean + 0.3 * noise, clean))
  assert(error_at(0.3, 0.3) < error_at(0.3, 0.02) and error_at(0.03, 0.03) < error_at(0.03, 0.35))
end)

test("help", function()
  local help = require "lunet.help"
  for _, name in ipairs{ "cnn_dae", "dense_ae", "tied_conv_ae", "residual_dae", "unet", "dncnn", "ffdnet",
    "red_net", "mlp", "ssda", "multi_column", "plain_cnn", "boltzmann" } do
    local page = help(ln, ln.models[name])
    assert(page:find("ln.models." .. name, 1, true) and page:find("channels", 1, true), page)
    assert(page:find("%(20%d%d%)") or page:find("%(201%d"), page) -- where it comes from
  end
  assert(help(ln, ln.models.unet):find("whole numbers from 1; default { 32, 64, 128 }", 1, true))
end)

test("options that are none, or do not fit", function()
  expect_error(function() ln.models.unet{ width = { 3 } } end, "models.unet: no option 'width'; did you mean 'widths'?")
  expect_error(function() ln.models.unet{ widths = { 3, 2.5 } } end,
    "models.unet: option 'widths' must be a list of whole numbers from 1, got a table")
  expect_error(function() ln.models.cnn_dae{ widths = { 3, 2 } } end,
    "models.cnn_dae: option 'widths' must be a list of 4 whole numbers from 1, got a table")
  expect_error(function() ln.models.cnn_dae{ preset = "huge" } end,
    "models.cnn_dae: option 'preset' must be 'narrow', 'paper' or 'wide', got 'huge'")
  expect_error(function() ln.models.cnn_dae{ preset = "wide", widths = { 1, 2, 3, 4 } } end,
    "models.cnn_dae: options 'preset' and 'widths' both say how wide it is; got preset = 'wide' as well")
  expect_error(function() ln.models.dense_ae{ hidden = {} } end,
    "models.dense_ae: option 'hidden' must be a list of whole numbers from 1, got a table")
  expect_error(function() ln.models.dense_ae{ penalty = ln.loss.mse{} } end,
    "models.dense_ae: option 'penalty' must be a nn item, got")
  expect_error(function() ln.models.mlp{ patch = { 17, 9 }, output = { 9, 17 } } end,
    "models.mlp: option 'output' must have no more columns than 'patch', 9, got 17")
  expect_error(function() ln.models.ffdnet{ size = { 7, 8 } } end, "multiples of scale = 2")
  expect_error(function() ln.models.ffdnet{ filters = 3 }:predict(ln.rand({ 1, 1, 64, 64 }, 1)) end,
    "the network is made for 2x64x64 and does not fit 1x64x64")
  expect_error(function() ln.models.unet{ output = "tanh" } end,
    "models.unet: option 'output' must be 'sigmoid', 'linear' or 'residual', got 'tanh'")
  expect_error(function() ln.models.red_net{ depth = 7 } end, "models.red_net: option 'depth' must be even, got 7")
  expect_error(function() ln.models.plain_cnn{ kernel = 4 } end, "models.plain_cnn: option 'kernel' must be odd, got 4")
  expect_error(function() ln.models.dncnn{ depth = 1 } end, "models.dncnn: option 'depth' must be an integer from 2 to")
  expect_error(function() ln.models.dncnn(17) end, "models.dncnn: what it is called with must be a table, got 17")
  expect_error(function() ln.models.nothing{} end, "models: no models/nothing.lua here")
end)

support.done()
