-- 24 maps in four hidden layers, each made of eight maps of the layer before: 15,697 parameters, as published, in 624
-- convolutions.

-- Which `count` of the maps 1 .. n, in ascending order.
local function drawn(ln, n, count, seed)
  local chosen = ln.randperm(n, seed):totable()
  chosen = table.move(chosen, 1, count, 1, {})
  table.sort(chosen)
  return chosen
end

-- For each of `maps` maps its inputs, one after the other: groups of a grouped convolution.
local function connected(ln, x, maps, count, seed)
  local nn, single, groups = ln.nn, {}, {}
  for map = 1, maps do
    local inputs = {}
    for i, from in ipairs(drawn(ln, maps, count, seed + map)) do
      single[from] = single[from] or nn.slice{ math.tointeger(from), last = math.tointeger(from) }(x)
      inputs[i] = single[from]
    end
    groups[map] = #inputs > 1 and nn.concat(inputs) or inputs[1]
  end
  while #groups > 1 do
    local fewer = {}
    for first = 1, #groups, 8 do
      local some = table.move(groups, first, math.min(first + 7, #groups), 1, {})
      fewer[#fewer + 1] = #some > 1 and nn.concat(some) or some[1]
    end
    groups = fewer
  end
  return groups[1]
end

return {
  doc = "The convolutional network of Jain, Seung, \"Natural image denoising with convolutional networks\" (2008): "
    .. "four hidden layers of 24 maps, 5x5 filters and sigmoids, of images in [0, 1] that are surrounded by -1. Maps "
    .. "of the second hidden layer and above are made of eight maps of the layer below, drawn at random. 15,697 "
    .. "parameters, as published; scripts/plain_cnn.lua trains it.",
  options = {
    { "maps", "integer", default = 24, min = 1, max = 512, help = "in each hidden layer" },
    { "depth", "integer", default = 4, min = 1, max = 32, help = "hidden layers" },
    { "connections", "integer", default = 8, min = 1, max = 8,
      help = "maps of the layer below that a map is made of, from the second hidden layer on" },
    { "kernel", "integer", default = 5, min = 1, max = 31, help = "rows and columns of the filters; odd" },
    { "seed", "integer", default = 0, min = 0, help = "of which maps these are" },
    { "channels", "integer", default = 1, min = 1, help = "of the images" },
    { "size", "integers", default = { 64, 64 }, count = 2, help = "rows and columns of the images" },
  },
  build = function(ln, o)
    local nn = ln.nn
    if o.kernel % 2 == 0 then error(("models.plain_cnn: option 'kernel' must be odd, got %d"):format(o.kernel), 0) end
    local count = math.min(o.connections, o.maps)
    local image = nn.input{ o.channels, o.size[1], o.size[2] }
    local function conv(maps, groups)
      return nn.conv2d{ maps, kernel = o.kernel, padding = "valid", groups = groups, activation = "sigmoid" }
    end
    local x = conv(o.maps)(nn.pad{ (o.depth + 1) * (o.kernel // 2), value = -1 }(image))
    for layer = 2, o.depth do
      x = conv(o.maps, o.maps)(connected(ln, x, o.maps, count, o.seed + layer * 1000))
    end
    return nn.model{ inputs = image, outputs = conv(o.channels)(x) }
  end,
}
