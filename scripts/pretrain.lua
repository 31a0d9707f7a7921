-- A stacked denoising autoencoder: each level learns by itself to denoise what the level below gives (Vincent et al.,
-- 2010), then all of them are one network and are fine-tuned (scripts/networks/stack.lua).
--
--   lunet scripts/pretrain.lua [--epochs N] [--images N]
local ln = require "lunet"
local args = require "lunet.args"
local stack = require "scripts.networks.stack"
local nn = ln.nn

-- Halves the sides; and the way back to `channels`.
local function level(channels, filters, activation)
  return {
    down = nn.sequential{ nn.conv2d{ filters, activation = "relu" }, nn.maxpool2d{ 2 } },
    up = nn.sequential{ nn.upsample2d{ 2 }, nn.conv2d{ channels, activation = activation } },
  }
end

local function levels_of(widths)
  local levels = {}
  for k, filters in ipairs(widths) do
    levels[k] = level(widths[k - 1] or 1, filters, k == 1 and "sigmoid" or "relu")
  end
  return levels
end

local function fit(net, noise, clean, epochs)
  return ln.fit(net, { input = noise, target = clean, loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 1e-3 },
    epochs = epochs, batch = 10, seed = 1, progress = "none" })
end

local function pretrain(levels, images, epochs)
  stack.train(levels, images, function(net, code, k)
    local history = fit(net, ln.noise.gaussian{ p = 0.1 * code:std(), seed = k }, code, epochs)
    print(("level %d, %s: loss %.5f to %.5f"):format(k, table.concat(code.shape, "x"), history[1].loss,
      history[#history].loss))
  end)
end

local function main(...)
  local o = args.parse({ ... }, { name = "pretrain", doc = "Train an autoencoder level by level, then as a whole.",
    options = {
      { "epochs", "integer", value = "N", default = 10, min = 1, help = "passes through the images for each level" },
      { "images", "integer", value = "N", default = 120, min = 12, help = "phantoms, a sixth of them to test" },
    } })
  local images, n = ln.data.phantom{ o.images, size = { 64, 64 }, seed = 1 }.images, o.images // 6
  local test, train = images:narrow(1, 1, n), images:narrow(1, n + 1, o.images - n)
  local noise, psnr = ln.noise.gaussian{ p = 0.1, seed = 9 }, ln.metric.psnr{}
  local noisy = noise(test)
  local scores = ln.table{ columns = { "network", "PSNR dB" }, { "none", (psnr(noisy, test)) } }
  for _, prepared in ipairs{ false, true } do
    local levels = levels_of{ 32, 48, 64 }
    if prepared then pretrain(levels, train, o.epochs) end
    local net = stack.whole(levels)
    if prepared then scores:add{ "its levels, trained one by one", (psnr(net:predict(noisy), test)) } end
    fit(net, noise, train, o.epochs)
    scores:add{ prepared and "and fine-tuned" or "trained as a whole", (psnr(net:predict(noisy), test)) }
  end
  print(scores)
end

args.main("pretrain", main, ...)
