-- What the layers of a network give for some images: which give nothing but 0, and where numbers stop being finite.
local activity = {}

-- Layers of which units can die: where relu has cut everything off, no gradient passes.
local function ends_in_relu(layer)
  if layer.type == "relu" then return true end
  local has, name = pcall(function() return layer.item.options.activation end)
  return has and name == "relu"
end

-- Whether a layer gives nothing but 0.
local function gives_zeros(net, name, input)
  local part <close> = net:upto(name)
  local output <close> = part:predict(input)
  return output:max() == 0
end

-- Names of the layers that end in a relu and give nothing but 0: for a few images and then, where there are such, for
-- those of all the batches that are walked through by the function that batches() gives.
function activity.dead(net, few, batches)
  local found = {}
  for _, layer in ipairs(net:layers()) do
    local dead = ends_in_relu(layer) and gives_zeros(net, layer.name, few)
    if dead then
      for input in batches() do dead = dead and gives_zeros(net, layer.name, input) end
    end
    if dead then found[#found + 1] = layer.name end
  end
  return found
end

-- Where numbers stop being finite, in the order in which they are worked out: "the weights conv2d_1.weight", "the
-- output of layer 3 (conv2d_2)"; nil if everything is finite up to the network's output.
function activity.first_nonfinite(net, input)
  for _, tensor in ipairs(net:tensors()) do
    if net:tensor(tensor.name):nonfinite() then return ("the weights %s"):format(tensor.name) end
  end
  for i, layer in ipairs(net:layers()) do
    local part <close> = net:upto(layer.name)
    local output <close> = part:predict(input)
    if output:nonfinite() then return ("the output of layer %d (%s)"):format(i, layer.name) end
  end
end

return activity
