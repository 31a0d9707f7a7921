-- What a network consists of: layers, output shapes, parameters, multiply-adds, receptive field.
local results = require "lunet.table"

local Summary = {}
Summary.__index = Summary
Summary.__name = "lunet.summary"

-- 112001 -> "112,001"
local function grouped(x)
  local text = ("%d"):format(x)
  local count
  repeat text, count = text:gsub("^(-?%d+)(%d%d%d)", "%1,%2") until count == 0
  return text
end

-- Receptive field along one dimension (1 rows, 2 columns): how many input pixels an output pixel sees, and how many
-- input pixels lie between two neighbouring output pixels. Araujo, Norris, Sim, "Computing Receptive Fields of
-- Convolutional Neural Networks", Distill 2019; an upsampling divides the distance instead.
local function reach_through(layer, reach, dimension)
  local o = layer.item.options
  local function at(value) return type(value) == "table" and value[dimension] or value end
  local sees, apart = reach.sees, reach.apart
  if layer.type == "conv2d" then
    return { sees = sees + (at(o.kernel) - 1) * at(o.dilation or 1) * apart, apart = apart * at(o.stride or 1) }
  elseif layer.type == "maxpool2d" then
    local size = at(o.size or o.kernel or o.factor)
    return { sees = sees + (size - 1) * apart, apart = apart * at(o.stride and o.stride ~= 0 and o.stride or size) }
  elseif layer.type == "upsample2d" then
    local wider = o.mode == "bilinear" and apart or 0
    return { sees = sees + wider, apart = apart / at(o.factor or o.size or o.scale) }
  elseif layer.type == "dense" or layer.type == "flatten" then
    return nil -- sees everything
  end
  return reach
end

-- "28x28": what the last layer's pixels see of the input; nil where a layer sees everything.
local function receptive_field(layers)
  local field = {}
  for dimension = 1, 2 do
    local reaches = {}
    for i, layer in ipairs(layers) do
      local widest
      for _, from in ipairs(layer.inputs) do
        local reach = from < 1 and { sees = 1, apart = 1 } or reaches[from]
        if not reach then return nil end
        if not widest or reach.sees > widest.sees then widest = reach end
      end
      reaches[i] = reach_through(layer, widest, dimension)
      if not reaches[i] then return nil end
    end
    field[dimension] = ("%d"):format(reaches[#layers].sees)
  end
  return table.concat(field, "x")
end

-- One line on what a layer does: "3x3, relu".
local function remark(layer)
  local o, words = layer.item.options, {}
  local function pair(value) return type(value) == "table" and table.concat(value, "x") or tostring(value) end
  local size = o.kernel or o.size or o.factor
  if size then words[1] = pair(size) end
  if o.activation and o.activation ~= "none" then words[#words + 1] = o.activation end
  if o.mode then words[#words + 1] = o.mode end
  return table.concat(words, ", ")
end

-- From a built network.
local function new(net)
  local layers = net:layers()
  local self = setmetatable({ layers = layers, parameters = 0, macs = 0 }, Summary)
  for _, layer in ipairs(layers) do
    self.parameters = self.parameters + layer.weights
    self.macs = self.macs + layer.macs
  end
  self.input, self.output = net.input_shape, net.output_shape
  self.receptive_field = receptive_field(layers)
  return self
end

function Summary:__tostring()
  local t = results{ columns = { "layer", "", "output", "parameters", "mult-adds" } }
  t:add{ "input", "", table.concat(self.input, "x"), 0, 0 }
  for _, layer in ipairs(self.layers) do
    t:add{ layer.name, remark(layer), table.concat(layer.out, "x"), layer.weights, layer.macs }
  end
  return ("%s\n%s parameters (%s in float32), %.1f million mult-adds an image%s"):format(tostring(t),
    grouped(self.parameters), self.parameters < 250000 and ("%.0f KB"):format(self.parameters * 4 / 1e3)
    or ("%.1f MB"):format(self.parameters * 4 / 1e6), self.macs / 1e6,
    self.receptive_field and (", receptive field " .. self.receptive_field) or "")
end

return new
