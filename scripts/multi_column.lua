-- The adaptive multi-column network of Agostinelli, Anderson, Lee (2013): columns for noises of their own, the best
-- weights of each patch, and a network that predicts them; beside each column alone and the columns' mean.
--
--   lunet scripts/multi_column.lua [--data DIR] [--images N] [--epochs N] [--hidden N] [--units N] [--seed N]
local ln = require "lunet"
local args = require "lunet.args"
local denoisers = require "scripts.networks.denoisers"
local patches = require "scripts.networks.patches"
local setting = require "scripts.networks.setting"

local size = 8

-- A column for each; images to test have one noise after the other.
local function noises(o)
  return {
    { "Gaussian", ln.noise.gaussian{ p = o.p, seed = o.seed } },
    { "Gaussian, threefold", ln.noise.gaussian{ p = 3 * o.p, seed = o.seed + 1 } },
    { "speckle", ln.noise.speckle{ sd = 3 * o.p, seed = o.seed + 2 } },
    { "salt and pepper", ln.noise.salt_pepper{ 2 * o.p, seed = o.seed + 3 } },
  }
end

-- What the predictor is worth on the patches that it learnt from.
local function tell_weights(net, learnt, count)
  local function loss_with(weights)
    return (weights:unsqueeze(2):matmul(learnt.outputs):squeeze(2) - learnt.clean):square():mean()
  end
  print(("mean squared error of %d patches: mean of the columns %.5f, best weights %.5f, predicted %.5f"):format(
    #learnt.clean, loss_with(ln.full(learnt.best.shape, 1 / count)), loss_with(learnt.best),
    (net:predict(learnt.noisy):flatten(2) - learnt.clean):square():mean()))
end

local function main(...)
  local o = args.parse({ ... }, { name = "multi_column", doc = "Train several stacked sparse denoising autoencoders, "
    .. "each for a noise of its own, and a network that predicts with what weights their outputs are added up.",
    options = setting.options(20, {
      { "hidden", "integer", value = "N", default = 160, min = 1, help = "units of the autoencoders' levels" },
      { "units", "integer", value = "N", default = 100, min = 1, help = "radial basis functions of the predictor" },
      { "solved", "integer", value = "N", default = 1000, min = 2,
        help = "patches of each noise whose weights are found" },
      { "stride", "integer", value = "N", default = 4, min = 1, help = "pixels between patches to learn from" },
    }) })
  local images, kinds = setting.images(o), noises(o)
  local clean = patches.of(images.train, size, o.stride)
  clean = clean:take(ln.randperm(#clean, o.seed):totable())
  local by_kind = {}
  for c, kind in ipairs(kinds) do by_kind[c] = kind[2] end
  local denoise, net, learnt = denoisers.multi_column(clean, by_kind, { hidden = o.hidden, units = o.units,
    solved = o.solved, epochs = o.epochs, seed = o.seed, stride = 1,
    told = function(c) print(("column %d: %s"):format(c, kinds[c][1])) end })
  tell_weights(net, learnt, #kinds)
  local psnr, heads = ln.metric.psnr{}, { "noise", "noisy" }
  for c = 1, #kinds do heads[#heads + 1] = "column " .. c end
  heads[#heads + 1] = "adaptive"
  local scores = ln.table{ columns = heads }
  for _, kind in ipairs(kinds) do
    local noisy = kind[2](images.test)
    local row = { kind[1], (psnr(noisy, images.test)) }
    for c = 1, #kinds do
      local function column(x) return net:activations(x, ("c%d_decode_1"):format(c)):reshape{ -1, 1, size, size } end
      row[#row + 1] = (psnr(patches.denoise(column, noisy, size, 1), images.test))
    end
    row[#row + 1] = (psnr(denoise(noisy), images.test))
    scores:add(row)
  end
  print(("PSNR in dB of %d images\n%s"):format(#images.test, scores))
end

args.main("multi_column", main, ...)
