-- The convolutional denoising autoencoder of Gondara (2016): two poolings down, two upsamplings up, 3x3 kernels.
-- Parameters by preset: narrow 74,497, paper 112,001, wide 296,449.
local presets = { narrow = { 32, 64, 64, 32 }, paper = { 64, 64, 64, 64 }, wide = { 64, 128, 128, 64 } }

return {
  doc = "The convolutional denoising autoencoder of Gondara, \"Medical image denoising using convolutional denoising "
    .. "autoencoders\" (2016), for images in [0, 1] whose sides are multiples of 4 (predictions take any).",
  options = {
    { "preset", "string", choices = { "narrow", "paper", "wide" },
      help = "widths by name: narrow is { 32, 64, 64, 32 }, paper { 64, 64, 64, 64 }, which it is if nothing is given, "
        .. "wide { 64, 128, 128, 64 }" },
    { "widths", "integers", count = 4, help = "numbers of filters of the four convolutions, in place of a preset" },
    { "activation", "string", default = "relu", help = "of all but the last, which has a sigmoid" },
    { "channels", "integer", default = 1, min = 1, help = "of the images" },
  },
  build = function(ln, o)
    local nn = ln.nn
    if o.preset and o.widths then
      error(("models.cnn_dae: options 'preset' and 'widths' both say how wide it is; got preset = '%s' as well"):format(
        o.preset), 0)
    end
    local widths = o.widths or presets[o.preset or "paper"]
    local function conv(filters, activation)
      return nn.conv2d{ filters, kernel = 3, padding = "same", activation = activation }
    end
    return nn.sequential{
      conv(widths[1], o.activation), nn.maxpool2d{ 2 },
      conv(widths[2], o.activation), nn.maxpool2d{ 2 },
      conv(widths[3], o.activation), nn.upsample2d{ 2 },
      conv(widths[4], o.activation), nn.upsample2d{ 2 },
      conv(o.channels, "sigmoid"),
    }
  end,
}
