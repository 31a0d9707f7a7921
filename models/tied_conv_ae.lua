-- A convolutional autoencoder whose decoder has the kernels of the encoder, flipped over both dimensions: eq. 6 of
-- Gondara (2016), after Masci et al. widths 64,64 (default): 37,633 parameters.
return {
  doc = "The convolutional autoencoder with tied weights of Masci et al., \"Stacked convolutional auto-encoders\" "
    .. "(2011), in which every transposed convolution has the kernels of its convolution, for images in [0, 1]. Sides "
    .. "are multiples of 2^levels.",
  options = {
    { "widths", "integers", default = { 64, 64 }, help = "numbers of filters of each level, from the top down" },
    { "activation", "string", default = "relu", help = "of all but the last, which has a sigmoid" },
    { "channels", "integer", default = 1, min = 1, help = "of the images" },
  },
  build = function(ln, o)
    local nn, convolutions, layers = ln.nn, {}, {}
    for k, filters in ipairs(o.widths) do
      convolutions[k] = nn.conv2d{ filters, activation = o.activation }
      table.move({ convolutions[k], nn.maxpool2d{ 2 } }, 1, 2, #layers + 1, layers)
    end
    for k = #o.widths, 1, -1 do
      local last = k == 1
      local back = nn.conv_transpose2d{ last and o.channels or o.widths[k - 1], kernel = 3, stride = 1,
        tied = convolutions[k], activation = last and "sigmoid" or o.activation }
      table.move({ nn.upsample2d{ 2 }, back }, 1, 2, #layers + 1, layers)
    end
    return nn.sequential(layers)
  end,
}
