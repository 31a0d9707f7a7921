-- The convolutional network of Jain and Seung (2008), 15,697 parameters, trained on patches and applied to images.
--
--   lunet scripts/plain_cnn.lua [--data DIR] [--images N] [--epochs N] [--maps N] [--p P] [--seed N]
--
-- The publication learns by gradient descent from patches of 6x6 pixels of the output; here Adam learns from 32x32.
local args = require "lunet.args"
local denoisers = require "scripts.networks.denoisers"
local setting = require "scripts.networks.setting"

local function main(...)
  local o = args.parse({ ... }, { name = "plain_cnn", doc = "Train the convolutional network of Jain and Seung: four "
    .. "hidden layers of maps that are made of eight maps each.", options = setting.options(20, {
      { "maps", "integer", value = "N", default = 24, min = 1, max = 512, help = "in each hidden layer" },
    }) })
  local images = setting.images(o)
  local denoise, net, history = denoisers.plain_cnn(images.train, images.noise, o)
  local scores, add = setting.scores(images)
  add("plain CNN", denoise(images.noisy))
  local field = net:receptive_field()
  print(("%d parameters, a pixel depends on %dx%d; loss %.5f to %.5f\n%s"):format(net:summary().parameters, field[1],
    field[2], history[1].loss, history[#history].loss, scores))
end

args.main("plain_cnn", main, ...)
