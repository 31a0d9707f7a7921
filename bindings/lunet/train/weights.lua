-- Copies of a network's weights in memory: parameters, and statistics such as those of batch_norm.
local weights = {}

-- A copy; `into` is one of before, whose memory is used again.
function weights.take(net, into)
  into = into or {}
  for _, tensor in ipairs(net:tensors()) do
    local name = tensor.name
    local own = net:tensor(name)
    if into[name] then into[name]:copy(own) else into[name] = own:clone() end
  end
  return into
end

function weights.give(net, copy)
  for name, tensor in pairs(copy) do net:tensor(name):copy(tensor) end
  net:weights_changed()
end

return weights
