-- A training loop by hand: batches, steps, a rate that falls, validation and the best weights, in plain Lua. ln.fit
-- does this and more; here is where to begin what it does not.
--
--   lunet scripts/custom_loop.lua [--epochs N] [--images N]
local ln = require "lunet"
local args = require "lunet.args"

-- The mean loss over a set, without learning from it.
local function loss_of(net, loss, noisy, clean)
  return loss(net:predict(noisy), clean)
end

-- The rate of an epoch: up over the first tenth, then down along half a cosine.
local function rate(epoch, epochs)
  local warm = math.max(1, epochs // 10)
  if epoch <= warm then return 2e-3 * epoch / warm end
  return 1e-3 * (1 + math.cos(math.pi * (epoch - warm) / math.max(1, epochs - warm)))
end

local function train(net, sets, noise, epochs)
  local loss = ln.loss.mse{}
  local trainer = ln.trainer{ net = net, loss = loss, optimizer = ln.optim.adam{ lr = 2e-3 } }
  local best, best_net, noisy_check = math.huge, nil, noise(sets.check)
  for epoch = 1, epochs do
    trainer.lr = rate(epoch, epochs)
    local sum, count, noisy = 0, 0, noise(sets.train) -- fresh noise in every epoch
    for input, target in ln.data.batches(noisy, sets.train, { size = 10, shuffle = true, seed = epoch }) do
      sum, count = sum + trainer:step(input, target) * #input, count + #input
    end
    local check = loss_of(net, loss, noisy_check, sets.check)
    if check < best then best, best_net = check, net:copy() end
    print(("epoch %2d  rate %.5f  loss %.5f  validation %.5f%s"):format(epoch, trainer.lr, sum / count, check,
      best == check and "  best" or ""))
  end
  return best_net
end

local function main(...)
  local o = args.parse({ ... }, { name = "custom_loop", doc = "Train a network by a loop of one's own.", options = {
    { "epochs", "integer", value = "N", default = 20, min = 1, help = "passes through the training images" },
    { "images", "integer", value = "N", default = 120, min = 12, help = "phantoms in all; a sixth each for validation "
      .. "and for testing" },
  } })
  local images = ln.data.phantom{ o.images, size = { 64, 64 }, seed = 1 }.images
  local n = o.images // 6
  local sets = { test = images:narrow(1, 1, n), check = images:narrow(1, n + 1, n),
    train = images:narrow(1, 2 * n + 1, o.images - 2 * n) }
  local noise, psnr = ln.noise.gaussian{ p = 0.1, seed = 2 }, ln.metric.psnr{}
  local net = train(ln.models.cnn_dae{ widths = { 32, 32, 32, 32 } }:build({ 1, 64, 64 }, 1), sets, noise, o.epochs)
  local noisy = noise(sets.test)
  print(("PSNR of %d test images: %.2f dB, denoised %.2f dB"):format(n, (psnr(noisy, sets.test)),
    (psnr(net:predict(noisy), sets.test))))
end

args.main("custom_loop", main, ...)
