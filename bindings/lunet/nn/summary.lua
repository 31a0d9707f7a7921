-- What a network consists of: layers, output shapes, parameters, multiply-adds, receptive field.
local docs = require "lunet.docs"
local field = require "lunet.receptive_field"
local format = require "lunet.format"
local results = require "lunet.table"
local shapes = require "lunet.shapes"
local table_in_width = require "lunet.table_in_width"

local Summary = {}
Summary.__index = Summary
Summary.__name = "lunet.summary"

local grouped = format.grouped

-- An option that is one number, or { rows, columns }.
local function along(value, dimension)
  return type(value) == "table" and value[dimension] or value
end

-- "26x26"; nil where an output pixel depends on the whole input.
local function receptive_field(net)
  local found = field.of(net)
  return found and ("%dx%d"):format(found[1], found[2]) or nil
end

-- What a layer does, in a few words: "3x3, relu".
local function remark(layer)
  local o, words = layer.item.options, {}
  local size = o.kernel or o.size
  if not size or along(size, 1) == 0 then size = o.scale end
  if size then words[1] = ("%dx%d"):format(along(size, 1), along(size, 2)) end
  if o.activation and o.activation ~= "linear" then words[#words + 1] = o.activation end
  if o.mode then words[#words + 1] = o.mode end
  return table.concat(words, ", ")
end

-- From a built network.
local function new(net)
  local layers = net:layers()
  local self = setmetatable({ layers = layers, parameters = 0, macs = 0 }, Summary)
  for _, layer in ipairs(layers) do
    self.parameters = self.parameters + layer.parameters
    self.macs = self.macs + layer.macs
  end
  self.input, self.output = net.input_shape, net.output_shape
  self.receptive_field = receptive_field(net)
  return self
end

-- columns: of the window, if the text is to fit into it.
function Summary:text(most, columns)
  local t = results{ columns = { "layer", "", "output", "parameters", "mult-adds" } }
  for i, shape in ipairs(type(self.input[1]) == "table" and self.input or { self.input }) do
    t:add{ i == 1 and "input" or "input " .. i, "", shapes.text(shape), 0, 0 }
  end
  local hidden = most and math.max(#self.layers - math.max(most, 4), 0) or 0
  local first = (#self.layers - hidden + 1) // 2 -- of those hidden, the one before
  for i, layer in ipairs(self.layers) do
    if i <= first or i > first + hidden then
      t:add{ layer.name, remark(layer), shapes.text(layer.out), layer.parameters, layer.macs }
    elseif i == first + 1 then
      t:add{ ("... %d more"):format(hidden), "", "", "", "" }
    end
  end
  local bytes = self.parameters * 4
  local size = bytes < 1e4 and grouped(bytes) .. " bytes" or bytes < 1e6 and ("%.0f KB"):format(bytes / 1e3)
    or ("%.1f MB"):format(bytes / 1e6)
  local facts = ("%s parameters (%s), %s mult-adds an image"):format(grouped(self.parameters), size,
    self.macs < 1e6 and grouped(self.macs) or ("%.1f million"):format(self.macs / 1e6))
  if self.receptive_field then facts = ("%s\nreceptive field %s"):format(facts, self.receptive_field) end
  if not columns then return tostring(t) .. "\n" .. facts end
  return table_in_width(t, columns) .. "\n" .. format.wrapped(facts, 0, columns)
end

function Summary:__tostring() return self:text() end

docs.class(Summary, {
  { "summary:text(most?: integer, columns?: integer) -> string", "What print shows; of more layers than `most`, the "
    .. "middle is left out, and what is wider than so many columns stands in blocks." },
  { "summary.layers -> table[]", "The layers, see net:layers." },
  { "summary.parameters -> integer", "The number of trained parameters." },
  { "summary.macs -> integer", "Multiply-adds of one image." },
  { "summary.input -> integer[]", "The shape of an image, {channels, height, width}." },
  { "summary.output -> integer[]", "The shape of the output for it." },
  { "summary.receptive_field -> string|nil",
    "How many input pixels an output pixel depends on, \"26x26\"; nil where it depends on all." },
})

return new
