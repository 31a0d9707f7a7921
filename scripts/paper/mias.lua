-- The paper's first experiment: mini-MIAS mammograms at 64x64 with noise x + 0.1 N(0, 1), one fixed noisy copy.
--
--   lunet scripts/paper/mias.lua --data DIR [--optimizer adam]
--
-- DIR holds the images as mdb001 ... mdb322 (PGM, PNG, JPEG or BMP of any size). With all 322 there, 300 train and 22
-- test; with fewer, 20 test. Images 2k-1 and 2k are the two breasts of one woman and stay on one side of the split,
-- which the paper did not see to.
local ln = require "lunet"
local args = require "lunet.args"

local spec = {
  name = "mias",
  doc = "Train the paper's network on mini-MIAS mammograms and print the numbers beside the paper's.",
  options = {
    { "data", "string", value = "DIR", help = "folder of the images mdb001 ... mdb322" },
    { "epochs", "integer", value = "N", default = 100, min = 1, help = "passes through the training images" },
    { "optimizer", "string", value = "NAME", default = "adadelta", choices = { "adadelta", "adam" },
      help = "optimizer" },
    { "seed", "integer", value = "N", default = 42, min = 0, help = "seed of split, noise, parameters and order" },
  },
}

local function main(...)
  local o = args.parse({ ... }, spec)
  if not o.data then error("give the folder of the mammograms with --data DIR", 0) end
  local set = ln.data.folder(o.data, { size = { 64, 64 } })
  local train, test = set:split{ test = #set >= 322 and 22 or 20, seed = o.seed, group = ln.data.pairs }
  local noise = ln.noise.gaussian{ p = 0.1, sd = 1, seed = o.seed }
  local noisy = noise(test.images)
  print(("%d to train, %d to test"):format(#train, #test))

  local net = ln.models.cnn_dae{ widths = { 64, 64, 64, 64 } }
  ln.fit(net, {
    input = noise(train.images), target = train.images,
    loss = ln.loss.bce{}, optimizer = o.optimizer == "adam" and ln.optim.adam{ lr = 1e-3 } or ln.optim.adadelta{},
    epochs = o.epochs, batch = 10, seed = o.seed,
  })

  local paper, honest = ln.metric.ssim{ preset = "gondara2016" }, ln.metric.ssim{}
  local function row(name, images, published)
    return { name, published, (paper(images, test.images)), (honest(images, test.images)) }
  end
  print(ln.table{ columns = { "mini-MIAS, p = 0.1, sd = 1", "paper", "SSIM gondara2016", "SSIM wang2004" },
    row("noisy", noisy, 0.45),
    row("median 3x3", ln.filter.median{ 3 }(noisy), 0.73),
    row("CNN DAE", net:predict(noisy), 0.81) })
end

args.main("mias", main, ...)
