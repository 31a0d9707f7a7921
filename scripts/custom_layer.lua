-- A layer of one's own: wavelet shrinkage whose thresholds are learnt. Images are divided into averages and details of
-- blocks of 2x2 pixels (Haar), details are drawn towards zero by a threshold of each kind and level, and what is left
-- is put together again. Donoho chose the thresholds by the noise (1995); here they are trained.
--
--   lunet scripts/custom_layer.lua [--epochs N] [--images N]
local ln = require "lunet"
local args = require "lunet.args"
local nn = ln.nn

-- Average and difference of neighbours along dimension d of a tensor, which has them at d + 1 then; and back.
local function split(x, d)
  local shape = x.shape
  table.insert(shape, d + 1, 2)
  shape[d] = shape[d] // 2
  local pairs_of = x:reshape(shape)
  local a, b = pairs_of:narrow(d + 1, 1, 1), pairs_of:narrow(d + 1, 2, 1)
  return (a + b) / 2, (a - b) / 2
end

local function join(average, difference, d)
  local shape = average.shape
  table.remove(shape, d + 1)
  shape[d] = 2 * shape[d]
  return ln.concat({ average + difference, average - difference }, d + 1):reshape(shape)
end

local function without(x, d) -- its size of 1 at d
  local shape = x.shape
  table.remove(shape, d)
  return x:reshape(shape)
end

local function soft(v, threshold)
  return (v - threshold):maximum(0) - (-v - threshold):maximum(0)
end

-- p.t: levels x 3, for differences of rows, of columns and of both.
local function shrink(x, p, level, levels)
  if level > levels then return x end
  local upper, lower = split(x, 3)                      -- N,C,H/2,1,W
  local average, columns = split(without(upper, 4), 4)  -- N,C,H/2,W/2,1
  local rows, both = split(without(lower, 4), 4)
  local function threshold(kind) return p.t:narrow(1, level, 1):narrow(2, kind, 1):reshape{ 1 } end
  local kept = shrink(without(average, 5), p, level + 1, levels)
  local top = join(kept:reshape(average.shape), soft(columns, threshold(2)), 4)
  local bottom = join(soft(rows, threshold(1)), soft(both, threshold(3)), 4)
  local height = { top.shape[1], top.shape[2], top.shape[3], 1, top.shape[4] }
  return join(top:reshape(height), bottom:reshape(height), 3)
end

local function shrinkage(levels)
  return nn.custom{
    name = "shrinkage", weights = { t = { levels, 3, init = 0.02 } }, shape = function(input) return input end,
    forward = function(x, p) return shrink(x, p, 1, levels) end,
  }
end

local function main(...)
  local o = args.parse({ ... }, { name = "custom_layer", doc = "Wavelet shrinkage with learnt thresholds.", options = {
    { "epochs", "integer", value = "N", default = 20, min = 1, help = "passes through the images" },
    { "images", "integer", value = "N", default = 120, min = 20, help = "phantoms, a quarter of them to test" },
  } })
  print(ln.gradcheck(shrinkage(2), { 1, 16, 16 }))
  local images = ln.data.phantom{ o.images, size = { 64, 64 }, seed = 1 }.images
  local n, noise, psnr = o.images // 4, ln.noise.gaussian{ p = 0.1, seed = 2 }, ln.metric.psnr{}
  local test, train = images:narrow(1, 1, n), images:narrow(1, n + 1, o.images - n)
  local noisy = { test = noise(test), train = noise(train) }
  local scores = ln.table{ columns = { "denoiser", "parameters", "PSNR" }, { "none", 0, (psnr(noisy.test, test)) } }
  for _, levels in ipairs{ 1, 2, 3 } do
    local net = nn.sequential{ shrinkage(levels) }:build{ 1, 64, 64 }
    ln.fit(net, { input = noisy.train, target = train, loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 5e-3 },
      epochs = o.epochs, batch = 10, progress = "none" })
    scores:add{ ("shrinkage, levels: %d"):format(levels), 3 * levels, (psnr(net:predict(noisy.test), test)) }
    print("thresholds: levels x rows, columns, both", net:tensor("shrinkage_1.t"))
  end
  print(scores)
end

args.main("custom_layer", main, ...)
