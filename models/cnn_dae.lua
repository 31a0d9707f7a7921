-- The convolutional denoising autoencoder of Gondara (2016): two poolings down, two upsamplings up, 3x3 kernels.
-- Parameters by widths: 64,64,64,64 (default) 112,001; 64,128,128,64 296,449; 32,64,64,32 74,497.
return {
  doc = "The convolutional denoising autoencoder of Gondara, \"Medical image denoising using convolutional denoising "
    .. "autoencoders\" (2016), for images in [0, 1] whose sides are multiples of 4 (predictions take any).",
  options = {
    { "widths", "integers", default = { 64, 64, 64, 64 }, count = 4,
      help = "numbers of filters of the four convolutions" },
    { "activation", "string", default = "relu", help = "of all but the last, which has a sigmoid" },
    { "channels", "integer", default = 1, min = 1, help = "of the images" },
  },
  build = function(ln, o)
    local nn = ln.nn
    local function conv(filters, activation)
      return nn.conv2d{ filters, kernel = 3, padding = "same", activation = activation }
    end
    return nn.sequential{
      conv(o.widths[1], o.activation), nn.maxpool2d{ 2 },
      conv(o.widths[2], o.activation), nn.maxpool2d{ 2 },
      conv(o.widths[3], o.activation), nn.upsample2d{ 2 },
      conv(o.widths[4], o.activation), nn.upsample2d{ 2 },
      conv(o.channels, "sigmoid"),
    }
  end,
}
