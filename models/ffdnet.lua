-- FFDNet: DnCNN at half the rows and columns, told the level of the noise by a plane. 15 layers of 64 filters: 486,148
-- parameters for one channel, 485,316 without batch_norm; colour images, 12 layers of 96 filters: 853,068 and 852,108.
return {
  doc = "FFDNet of Zhang, Zuo, Zhang, \"FFDNet: toward a fast and flexible solution for CNN-based image denoising\" "
    .. "(2018). The last channel of the input, behind those of the image, is a plane of the noise's level, its "
    .. "standard deviation, the same everywhere or not: one network for all levels. Blocks of 2x2 pixels become "
    .. "channels, and channels blocks again in the end, so sides are even. In ln.fit, a function as `input` gives "
    .. "noisy images and level; for a prediction, ln.concat puts the level behind the image.",
  options = {
    { "depth", "integer", default = 15, min = 2, max = 200, help = "convolutions; 12 for colour images" },
    { "filters", "integer", default = 64, min = 1, help = "of all but the last; 96 for colour images" },
    { "norm", "boolean", default = true,
      help = "whether batch_norm stands behind those between the first and the last" },
    { "channels", "integer", default = 1, min = 1, help = "of the images, without the level" },
    { "size", "integers", default = { 64, 64 }, count = 2, help = "rows and columns of the images" },
  },
  example = [[
local net = ln.models.ffdnet{ depth = 3, filters = 8, size = { 32, 32 } }
local function noisy_and_level(images, draw)
  local level = draw:uniform(0, 0.3) -- another one for each image
  return images + level * draw:normal(), level
end
ln.fit(net, { input = noisy_and_level, target = clean, epochs = 2,
  loss = ln.loss.mse{}, optimizer = ln.optim.adam{} })
local level = ln.full({ #noisy, 1, 32, 32 }, 0.1)
net:predict(ln.concat({ noisy, level }, 2))]],
  build = function(ln, o)
    local nn = ln.nn
    local input = nn.input{ o.channels + 1, o.size[1], o.size[2] }
    local image = nn.pixel_unshuffle{ 2 }(nn.slice{ 1, last = o.channels }(input))
    local level = nn.avgpool2d{ 2 }(nn.slice{ o.channels + 1 }(input))
    local x = nn.concat{ image, level }
    x = nn.conv2d{ o.filters, activation = "relu", init = "he_normal" }(x)
    for _ = 2, o.depth - 1 do
      x = nn.conv2d{ o.filters, bias = not o.norm, init = "he_normal" }(x)
      x = nn.relu{}(o.norm and nn.batch_norm{}(x) or x)
    end
    return nn.model{ inputs = input, outputs = nn.pixel_shuffle{ 2 }(nn.conv2d{ 4 * o.channels }(x)) }
  end,
}
