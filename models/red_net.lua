-- RED-Net: convolutions, as many transposed convolutions, and every second of the former added to its mirror image.
-- depth 30, 128 filters: 4,134,785 parameters for one channel (RED30: 4.13 million).
return {
  doc = "RED-Net of Mao, Shen, Yang, \"Image restoration using very deep convolutional encoder-decoder networks with "
    .. "symmetric skip connections\" (2016): RED10, RED20 and RED30 by depth.",
  options = {
    { "depth", "integer", default = 10, min = 2, max = 200, help = "layers, an even number: half of them convolutions, "
      .. "half transposed ones" },
    { "filters", "integer", default = 64, min = 1, help = "of all but the last; 128 in the publication's RED30" },
    { "channels", "integer", default = 1, min = 1, help = "of the images" },
    { "size", "integers", default = { 64, 64 }, count = 2, help = "rows and columns of the images" },
  },
  build = function(ln, o)
    local nn, half = ln.nn, o.depth // 2
    if o.depth % 2 ~= 0 then error(("models.red_net: option 'depth' must be even, got %d"):format(o.depth), 0) end
    local image = nn.input{ o.channels, o.size[1], o.size[2] }
    local x, kept = image, {}
    for i = 1, half do
      x = nn.conv2d{ o.filters, activation = "relu" }(x)
      if i % 2 == 0 then kept[half - i] = x end
    end
    for i = 1, half - 1 do
      x = nn.conv_transpose2d{ o.filters, kernel = 3, stride = 1 }(x)
      x = nn.relu{}(kept[i] and x + kept[i] or x)
    end
    return nn.model{ inputs = image,
      outputs = nn.conv_transpose2d{ o.channels, kernel = 3, stride = 1 }(x) + image }
  end,
}
