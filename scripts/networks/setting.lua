-- What the scripts of these networks share: their options, images, noise, and a table of scores.
local ln = require "lunet"

local setting = {}

-- Those of a script's own come behind them.
function setting.options(epochs, own)
  local list = {
    { "data", "string", value = "DIR", help = "folder of images, made 64x64; without it, drawn phantoms" },
    { "images", "integer", value = "N", default = 60, min = 12, help = "at most so many; a sixth of them test" },
    { "epochs", "integer", value = "N", default = epochs, min = 1, help = "passes through what is learnt from" },
    { "p", "number", value = "P", default = 0.1, above = 0, max = 10, help = "noise: x + P n, n normal" },
    { "seed", "integer", value = "N", default = 1, min = 0, help = "of the split, noise, parameters and order" },
  }
  return table.move(own or {}, 1, #(own or {}), #list + 1, list)
end

local function read(o)
  if not o.data then return ln.data.phantom{ o.images, size = { 64, 64 }, seed = o.seed } end
  local all = ln.data.folder(o.data, { size = { 64, 64 } })
  return #all > o.images and (all:split{ train = o.images, seed = o.seed }) or all
end

-- { train =, test =, noisy = the test images with noise, noise = }, images N,1,64,64.
function setting.images(o)
  local set = read(o)
  local train, test = set:split{ test = math.max(#set // 6, 1), seed = o.seed }
  local noise = ln.noise.gaussian{ p = o.p, seed = o.seed }
  return { train = train.images, test = test.images, noise = noise, noisy = noise(test.images) }
end

-- Begins with the noisy images and a median filter; scores(name, images) adds a row.
function setting.scores(images)
  local psnr, ssim = ln.metric.psnr{}, ln.metric.ssim{}
  local scores = ln.table{ columns = { "method", "PSNR dB", "SSIM" } }
  local function add(name, y)
    scores:add{ name, (psnr(y, images.test)), (ssim(y, images.test)) }
  end
  add("noisy", images.noisy)
  add("median 3x3", ln.filter.median{ 3 }(images.noisy))
  return scores, add
end

return setting
