-- Two levels of 8x8 patches, 320 units each: 64 -> 320 -> 320 -> 320 -> 64, 246,784 parameters.
return {
  doc = "The stacked sparse denoising autoencoder of Xie, Xu, Chen, \"Image denoising and inpainting with deep neural "
    .. "networks\" (2012), for patches with values in [0, 1]: K levels, each an encoder and a decoder s(W h + b) of "
    .. "sigmoid units, make a network of 2 K - 1 hidden layers; the publication takes K = 2. Its levels are trained "
    .. "one by one, each with a Kullback-Leibler penalty that keeps the mean activity of its units small, then the "
    .. "whole is fine-tuned: scripts/ssda.lua does both. Layers are called encode_1, encode_2, decode_2, decode_1.",
  options = {
    { "hidden", "integers", default = { 320, 320 },
      help = "units of the levels; the default is five times the pixels" },
    { "patch", "integers", default = { 8, 8 }, count = 2, help = "rows and columns of the patches" },
    { "channels", "integer", default = 1, min = 1, help = "of the images" },
  },
  example = [[
local net = ln.models.ssda{ hidden = { 32, 32 } }
local patches = ln.data.patches{ set, size = 8 }:load()
-- scripts/ssda.lua trains it, layer by layer.
net:predict(ln.noise.gaussian{ 0.1 }(patches.images))]],
  build = function(ln, o)
    local nn, hidden = ln.nn, o.hidden
    local shape = { o.channels, o.patch[1], o.patch[2] }
    local patch = nn.input(shape)
    local x = nn.flatten{}(patch)
    for k, units in ipairs(hidden) do
      x = nn.dense{ units, activation = "sigmoid", name = "encode_" .. k }(x)
    end
    for k = #hidden, 1, -1 do
      local units = hidden[k - 1] or shape[1] * shape[2] * shape[3]
      x = nn.dense{ units, activation = "sigmoid", name = "decode_" .. k }(x)
    end
    return nn.model{ inputs = patch, outputs = nn.reshape{ shape }(x) }
  end,
}
