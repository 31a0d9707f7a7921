-- DnCNN: a stack of convolutions with batch normalization finds the noise. 17 layers of 64 filters: 556,097 parameters,
-- 20, as of its blind variant: 667,073.
return {
  doc = "DnCNN of Zhang et al., \"Beyond a Gaussian denoiser: residual learning of deep CNN for image denoising\" "
    .. "(2017): the noise is taken away from the input. 17 layers for one level of noise, 20 for many.",
  options = {
    { "depth", "integer", default = 17, min = 2, max = 200, help = "convolutions" },
    { "filters", "integer", default = 64, min = 1, help = "of all but the last" },
    { "norm", "boolean", default = true,
      help = "whether batch_norm stands behind those between the first and the last" },
    { "channels", "integer", default = 1, min = 1, help = "of the images" },
    { "size", "integers", default = { 64, 64 }, count = 2, help = "rows and columns of the images" },
  },
  build = function(ln, o)
    local nn = ln.nn
    local image = nn.input{ o.channels, o.size[1], o.size[2] }
    local x = nn.conv2d{ o.filters, activation = "relu", init = "he_normal" }(image)
    for _ = 2, o.depth - 1 do
      x = nn.conv2d{ o.filters, bias = not o.norm, init = "he_normal" }(x)
      x = nn.relu{}(o.norm and nn.batch_norm{}(x) or x)
    end
    return nn.model{ inputs = image, outputs = nn.sub{ image, nn.conv2d{ o.channels }(x) } }
  end,
}
