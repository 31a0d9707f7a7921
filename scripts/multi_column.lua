-- The adaptive multi-column network of Agostinelli, Anderson, Lee (2013): columns for noises of their own, the best
-- weights of each patch, and a network that predicts them; beside each column alone and the columns' mean.
--
--   lunet scripts/multi_column.lua [--data DIR] [--images N] [--epochs N] [--hidden N] [--units N] [--seed N]
local ln = require "lunet"
local args = require "lunet.args"
local columns = require "scripts.networks.columns"
local patches = require "scripts.networks.patches"
local setting = require "scripts.networks.setting"
local train = require "scripts.networks.ssda"

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

-- The columns, trained one by one, in a network.
local function train_columns(net, kinds, clean, o)
  for c, kind in ipairs(kinds) do
    local ssda = ln.models.ssda{ hidden = { o.hidden, o.hidden } }
    train(ssda, kind[2](clean), clean, { epochs = o.epochs, seed = o.seed + c })
    columns.put(net, c, ssda)
    print(("column %d: %s"):format(c, kind[1]))
  end
end

-- The predictor, from patches with all noises.
local function train_predictor(net, kinds, clean, o)
  local noisy, wanted = {}, {}
  local some = clean:narrow(1, 1, math.min(#clean, o.solved))
  for c, kind in ipairs(kinds) do noisy[c], wanted[c] = kind[2](some), some end
  local outputs, features = columns.activations(net, ln.concat(noisy, 1))
  local flat = ln.concat(wanted, 1):flatten(2)
  local best = columns.best(outputs, flat)
  columns.fit_predictor(net, features, best, o.seed)
  local function loss_with(weights)
    return (weights:unsqueeze(2):matmul(outputs):squeeze(2) - flat):square():mean()
  end
  print(("mean squared error of %d patches: mean of the columns %.5f, best weights %.5f, predicted %.5f"):format(#flat,
    loss_with(ln.full(best.shape, 1 / #kinds)), loss_with(best),
    (net:predict(ln.concat(noisy, 1)):flatten(2) - flat):square():mean()))
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
  local net = ln.models.multi_column{ columns = #kinds, hidden = { o.hidden, o.hidden }, units = o.units }
  net:build({ 1, size, size }, o.seed)
  train_columns(net, kinds, clean, o)
  train_predictor(net, kinds, clean, o)
  local psnr, heads = ln.metric.psnr{}, { "noise", "noisy" }
  for c = 1, #kinds do heads[#heads + 1] = "column " .. c end
  heads[#heads + 1] = "adaptive"
  local scores = ln.table{ columns = heads }
  for _, kind in ipairs(kinds) do
    local noisy = kind[2](images.test)
    local row = { kind[1], (psnr(noisy, images.test)) }
    local function score(f) row[#row + 1] = (psnr(patches.denoise(f, noisy, size, 1), images.test)) end
    for c = 1, #kinds do
      score(function(x) return net:activations(x, ("c%d_decode_1"):format(c)):reshape{ -1, 1, size, size } end)
    end
    score(function(x) return net:predict(x) end)
    scores:add(row)
  end
  print(("PSNR in dB of %d images\n%s"):format(#images.test, scores))
end

args.main("multi_column", main, ...)
