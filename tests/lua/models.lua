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
    { 112001, "cnn_dae" }, { 296449, "cnn_dae", { widths = { 64, 128, 128, 64 } } },
    { 74497, "cnn_dae", { widths = { 32, 64, 64, 32 } } }, { 112001, "residual_dae" },
    { 37633, "tied_conv_ae" }, { 465953, "unet" }, { 466593, "unet", { norm = true } },
    { 31030593, "unet", { widths = { 64, 128, 256, 512, 1024 } } },
    { 556097, "dncnn" }, { 667073, "dncnn", { depth = 20 } },
    { 296641, "red_net" }, { 4134785, "red_net", { depth = 30, filters = 128 } },
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
    ln.models.unet{ size = { 8, 8 }, output = "residual" } } do
    net:build({ 1, 8, 8 }, 1)
    local last = net:layers()[#net:layers() - 1].name
    net:tensor(last .. ".weight"):fill(0)
    net:tensor(last .. ".bias"):fill(0.25)
    local x = ln.rand({ 2, 1, 8, 8 }, 3)
    assert((net:predict(x) - (x - 0.25)):abs():max() < 1e-6)
  end
end)

test("help", function()
  local help = require "lunet.help"
  for _, name in ipairs{ "cnn_dae", "tied_conv_ae", "residual_dae", "unet", "dncnn", "red_net" } do
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
  expect_error(function() ln.models.unet{ output = "tanh" } end,
    "models.unet: option 'output' must be 'sigmoid', 'linear' or 'residual', got 'tanh'")
  expect_error(function() ln.models.red_net{ depth = 7 } end, "models.red_net: option 'depth' must be even, got 7")
  expect_error(function() ln.models.dncnn{ depth = 1 } end, "models.dncnn: option 'depth' must be an integer from 2 to")
  expect_error(function() ln.models.dncnn(17) end, "models.dncnn: what it is called with must be a table, got 17")
  expect_error(function() ln.models.nothing{} end, "models: no models/nothing.lua here")
end)

support.done()
