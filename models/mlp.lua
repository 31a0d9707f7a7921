-- A perceptron for patches: 17x17 pixels, four hidden layers of 2047 units: 13,762,270 parameters. The largest of the
-- publication, 39x39 to 17x17 by 3072, 3072, 2559, 2047: 27,811,839.
return {
  doc = "The multi-layer perceptron of Burger, Schuler, Harmeling, \"Image denoising: can plain neural networks "
    .. "compete with BM3D?\" (2012), from noisy patches to clean ones. An image is taken apart into patches that "
    .. "overlap, and what they give is averaged; see the example. The publication brings the input near mean 0 and "
    .. "variance 1, which ln.data.scale{ \"zscore\" } does.",
  options = {
    { "hidden", "integers", default = { 2047, 2047, 2047, 2047 }, help = "units of the hidden layers" },
    { "activation", "string", default = "tanh", help = "of the hidden layers; the last is linear" },
    { "patch", "integers", default = { 17, 17 }, count = 2, help = "rows and columns of the noisy patches" },
    { "output", "integers", count = 2,
      help = "rows and columns of what they give, fewer for the middle alone; by default those of `patch`" },
    { "channels", "integer", default = 1, min = 1, help = "of the images" },
  },
  example = [[
local net = ln.models.mlp{ hidden = { 64, 64 }, patch = { 9, 9 } }
local patches = ln.data.patches{ set, size = 9 }
ln.fit(net, { data = patches, input = ln.noise.gaussian{ 0.1 }, epochs = 2,
  loss = ln.loss.mse{}, optimizer = ln.optim.adam{} })
local columns = noisy:unfold{ kernel = 9 } -- images N,1,H,W: N,81,P
local y = net:predict(columns:permute(1, 3, 2):reshape{ -1, 1, 9, 9 })
y = y:reshape{ #noisy, -1, 81 }:permute(1, 3, 2)
y:fold{ size = { 32, 32 }, kernel = 9, average = true }]],
  build = function(ln, o)
    local nn, output = ln.nn, o.output or o.patch
    for axis, side in ipairs{ "rows", "columns" } do
      if output[axis] > o.patch[axis] then
        error(("models.mlp: option 'output' must have no more %s than 'patch', %d, got %d"):format(side, o.patch[axis],
          output[axis]), 0)
      end
    end
    local patch = nn.input{ o.channels, o.patch[1], o.patch[2] }
    local x = nn.flatten{}(patch)
    for _, units in ipairs(o.hidden) do x = nn.dense{ units, activation = o.activation }(x) end
    x = nn.dense{ o.channels * output[1] * output[2] }(x)
    return nn.model{ inputs = patch, outputs = nn.reshape{ { o.channels, output[1], output[2] } }(x) }
  end,
}
