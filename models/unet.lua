-- U-Net: down by poolings, up by transposed convolutions or by repeated pixels, and what was there before each pooling
-- beside what comes up again. widths { 64, 128, 256, 512, 1024 } are the publication's: 31,030,593 parameters for one
-- channel.
return {
  doc = "U-Net of Ronneberger, Fischer, Brox (2015), with padding, so that images keep their size; its publication's "
    .. "widths are { 64, 128, 256, 512, 1024 }. Sides are multiples of blocks * 2^(levels - 1). "
    .. "With level = true the last channel of the input is a plane of the noise's level, as for ln.models.ffdnet; with "
    .. "blocks = 2 its blocks of 2x2 pixels are channels, as there: deeper for the same time.",
  options = {
    { "widths", "integers", default = { 32, 64, 128 }, help = "numbers of filters of each level, from the top down" },
    { "convolutions", "integer", default = 2, min = 1, max = 8, help = "3x3 convolutions of a level, each way" },
    { "up", "string", default = "transposed", choices = { "transposed", "nearest" },
      help = "how sides are doubled: by a transposed convolution that halves the filters, or by repeating pixels" },
    { "activation", "string", default = "relu", help = "of all convolutions but the last" },
    { "norm", "boolean", default = false, help = "whether batch_norm stands behind each of them" },
    { "skips", "boolean", default = true, help = "whether what was there before each pooling comes up again" },
    { "output", "string", default = "sigmoid", choices = { "sigmoid", "linear", "residual" },
      help = "what the last convolution gives: an image in [0, 1], any image, or the noise, which is taken away" },
    { "level", "boolean", default = false, help = "whether a plane of the noise's level stands behind the image" },
    { "blocks", "integer", default = 1, min = 1, max = 8,
      help = "side of the blocks of pixels that become channels ahead of the first level; channels are pixels again in "
        .. "the end, by a 3x3 convolution instead of a 1x1" },
    { "channels", "integer", default = 1, min = 1, help = "of the images, without the level" },
    { "size", "integers", default = { 64, 64 }, count = 2, help = "rows and columns of the images" },
  },
  build = function(ln, o)
    local nn, widths = ln.nn, o.widths
    local function conv(x, filters)
      if not o.norm then return nn.conv2d{ filters, activation = o.activation }(x) end
      local y = nn.batch_norm{}(nn.conv2d{ filters, bias = false }(x))
      return o.activation == "linear" and y or nn[o.activation]{}(y)
    end
    local function level_of(x, filters)
      for _ = 1, o.convolutions do x = conv(x, filters) end
      return x
    end
    local function doubled(x, filters)
      if o.up == "nearest" then return nn.upsample2d{ 2 }(x) end
      return nn.conv_transpose2d{ filters, kernel = 2, stride = 2 }(x)
    end
    local input = nn.input{ o.channels + (o.level and 1 or 0), o.size[1], o.size[2] }
    local image = o.level and nn.slice{ 1, last = o.channels }(input) or input
    local function in_blocks()
      local blocks = nn.pixel_unshuffle{ o.blocks }(image)
      return o.level and nn.concat{ blocks, nn.avgpool2d{ o.blocks }(nn.slice{ o.channels + 1 }(input)) } or blocks
    end
    local x, skips = level_of(o.blocks > 1 and in_blocks() or input, widths[1]), {}
    for level = 2, #widths do
      skips[level - 1] = x
      x = level_of(nn.maxpool2d{ 2 }(x), widths[level])
    end
    for level = #widths - 1, 1, -1 do
      local up = doubled(x, widths[level])
      x = level_of(o.skips and nn.concat{ skips[level], up } or up, widths[level])
    end
    local y = nn.conv2d{ o.channels * o.blocks * o.blocks, kernel = o.blocks > 1 and 3 or 1,
      activation = o.output == "sigmoid" and "sigmoid" or nil }(x)
    if o.blocks > 1 then y = nn.pixel_shuffle{ o.blocks }(y) end
    if o.output ~= "residual" then return nn.model{ inputs = input, outputs = y } end
    return nn.model{ inputs = input, outputs = nn.sub{ image, y } }
  end,
}
