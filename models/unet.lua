-- U-Net: down by poolings, up by transposed convolutions, and what was there before each pooling beside what comes up
-- again. widths { 64, 128, 256, 512, 1024 } are those of the publication: 31,030,593 parameters for one channel.
return {
  doc = "U-Net of Ronneberger, Fischer, Brox (2015), with padding, so that images keep their size; its publication's "
    .. "widths are { 64, 128, 256, 512, 1024 }. Sides are multiples of 2^(levels - 1).",
  options = {
    { "widths", "integers", default = { 32, 64, 128 }, help = "numbers of filters of each level, from the top down" },
    { "activation", "string", default = "relu", help = "of all convolutions but the last" },
    { "norm", "boolean", default = false, help = "whether batch_norm stands behind each of them" },
    { "skips", "boolean", default = true, help = "whether what was there before each pooling comes up again" },
    { "output", "string", default = "sigmoid", choices = { "sigmoid", "linear", "residual" },
      help = "what the last convolution gives: an image in [0, 1], any image, or the noise, which is taken away" },
    { "channels", "integer", default = 1, min = 1, help = "of the images" },
    { "size", "integers", default = { 64, 64 }, count = 2, help = "rows and columns of the images" },
  },
  build = function(ln, o)
    local nn, widths = ln.nn, o.widths
    local function conv(x, filters)
      if not o.norm then return nn.conv2d{ filters, activation = o.activation }(x) end
      local y = nn.batch_norm{}(nn.conv2d{ filters, bias = false }(x))
      return o.activation == "linear" and y or nn[o.activation]{}(y)
    end
    local function twice(x, filters) return conv(conv(x, filters), filters) end
    local image = nn.input{ o.channels, o.size[1], o.size[2] }
    local x, skips = twice(image, widths[1]), {}
    for level = 2, #widths do
      skips[level - 1] = x
      x = twice(nn.maxpool2d{ 2 }(x), widths[level])
    end
    for level = #widths - 1, 1, -1 do
      local up = nn.conv_transpose2d{ widths[level], kernel = 2, stride = 2 }(x)
      x = twice(o.skips and nn.concat{ skips[level], up } or up, widths[level])
    end
    local y = nn.conv2d{ o.channels, kernel = 1, activation = o.output == "sigmoid" and "sigmoid" or nil }(x)
    return nn.model{ inputs = image, outputs = o.output == "residual" and nn.sub{ image, y } or y }
  end,
}
