-- The autoencoder of cnn_dae.lua that finds the noise in place of the image: what it gives is taken away from the
-- input.
return {
  doc = "The autoencoder of ln.models.cnn_dae whose output, without a sigmoid, is the noise, which is taken away from "
    .. "the input: residual learning as in Zhang et al., \"Beyond a Gaussian denoiser\" (2017). Sides are multiples "
    .. "of 4.",
  options = {
    { "widths", "integers", default = { 64, 64, 64, 64 }, count = 4,
      help = "numbers of filters of the four convolutions" },
    { "activation", "string", default = "relu", help = "of all but the last convolution, which has none" },
    { "channels", "integer", default = 1, min = 1, help = "of the images" },
    { "size", "integers", default = { 64, 64 }, count = 2, help = "rows and columns of the images" },
  },
  build = function(ln, o)
    local nn = ln.nn
    local image = nn.input{ o.channels, o.size[1], o.size[2] }
    local x = image
    for i, filters in ipairs(o.widths) do
      x = nn.conv2d{ filters, activation = o.activation }(x)
      x = i <= 2 and nn.maxpool2d{ 2 }(x) or nn.upsample2d{ 2 }(x)
    end
    return nn.model{ inputs = image, outputs = nn.sub{ image, nn.conv2d{ o.channels }(x) } }
  end,
}
