-- 8x8 patches and 320 hidden units: 20,928 parameters, of which 20,480 are the weights of both ways.
return {
  doc = "The Gaussian-Bernoulli restricted Boltzmann machine of Cho, \"Boltzmann machines and denoising autoencoders "
    .. "for image denoising\" (2013), as the denoiser that it is: a noisy patch v gives the hidden units' "
    .. "probabilities h = s(c + W^T (v / sigma^2)), and these the patch's mean, b + W h; that is its mean-field "
    .. "approximation, exact for h. scripts/boltzmann.lua learns W, b, c and sigma from clean patches by contrastive "
    .. "divergence and fills them in by net:set: precision.weight is 1 / sigma^2 of each pixel, hidden.weight W^T, "
    .. "hidden.bias c, visible.bias b. ln.fit would train the same network as a denoising autoencoder. Not yet: the "
    .. "publication's deep Boltzmann machines of two and four hidden layers.",
  options = {
    { "hidden", "integer", default = 320, min = 1, max = 1 << 24,
      help = "hidden units; the default is five times the pixels" },
    { "patch", "integers", default = { 8, 8 }, count = 2, help = "rows and columns of the patches" },
    { "channels", "integer", default = 1, min = 1, help = "of the images" },
  },
  example = [[
local net = ln.models.boltzmann{ hidden = 32 }
local patches = ln.data.patches{ set, size = 8 }:load()
-- scripts/boltzmann.lua trains it, by contrastive divergence.
net:predict(ln.noise.gaussian{ 0.1 }(patches.images))]],
  build = function(ln, o)
    local nn, shape = ln.nn, { o.channels, o.patch[1], o.patch[2] }
    local pixels = shape[1] * shape[2] * shape[3]
    local patch = nn.input(shape)
    local up = nn.dense{ o.hidden, activation = "sigmoid", name = "hidden" }
    local precise = nn.depthwise_conv2d{ 1, bias = false, init = "ones", name = "precision" } -- a factor for each
    local v = precise(nn.reshape{ { pixels, 1, 1 } }(patch))
    local mean = nn.dense{ pixels, tied = up, name = "visible" }(up(nn.flatten{}(v)))
    return nn.model{ inputs = patch, outputs = nn.reshape{ shape }(mean) }
  end,
}
