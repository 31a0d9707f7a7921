-- The basic autoencoder: y = s(W x + b), z = s(W' y + b'), eqs. 3 and 4 of Gondara (2016). 64x64 images, 512 units:
-- 4,198,912 parameters; with tied weights 2,101,760.
return {
  doc = "The autoencoder of Gondara, \"Medical image denoising using convolutional denoising autoencoders\" (2016), "
    .. "eqs. 2 to 4, of dense layers: compressing where the code has fewer units than the images have pixels, "
    .. "overcomplete where it has more, which needs noise or a penalty. Several hidden layers make a deep one. To "
    .. "denoise with it: Vincent et al., \"Extracting and composing robust features with denoising autoencoders\" "
    .. "(2008).",
  options = {
    { "hidden", "integers", default = { 512 },
      help = "units of the encoder's layers; the last is the code, and the decoder goes back through the others" },
    { "tied", "boolean", default = false,
      help = "whether each layer of the decoder has the transposed weights of its layer of the encoder, W' = W^T" },
    { "activation", "string", default = "sigmoid", help = "of all layers but the last" },
    { "output", "string", default = "sigmoid", choices = { "sigmoid", "linear" },
      help = "of the last layer: images in [0, 1], or any" },
    { "penalty", "nn item",
      help = "a layer behind the code, e.g. ln.nn.activity_penalty{ kl = 0.1, rho = 0.05 } for a sparse one" },
    { "channels", "integer", default = 1, min = 1, help = "of the images" },
    { "size", "integers", default = { 64, 64 }, count = 2, help = "rows and columns of the images" },
  },
  build = function(ln, o)
    local nn, hidden = ln.nn, o.hidden
    local pixels = o.channels * o.size[1] * o.size[2]
    local image = nn.input{ o.channels, o.size[1], o.size[2] }
    local x, encoder = nn.flatten{}(image), {}
    for k, units in ipairs(hidden) do
      encoder[k] = nn.dense{ units, activation = o.activation }
      x = encoder[k](x)
    end
    if o.penalty then x = o.penalty(x) end
    for k = #hidden, 1, -1 do
      x = nn.dense{ hidden[k - 1] or pixels, tied = o.tied and encoder[k] or nil,
        activation = k > 1 and o.activation or o.output }(x)
    end
    return nn.model{ inputs = image, outputs = nn.reshape{ { o.channels, o.size[1], o.size[2] } }(x) }
  end,
}
