-- The receptive field of a network: which pixels of its inputs an output's pixel depends on.
--
-- It is found from the outputs backwards: each layer's window (layer_window.lua) turns the pixels wanted of its output
-- into those that it needs of its inputs. Pixels keep their numbers beyond the image's edges, where nothing is
-- read. Layers may have more or fewer pixels than the inputs: their density is a fraction, and the least shift of the
-- inputs that shifts all layers by whole pixels is the network's stride. Source: Araujo, Norris, Sim, "Computing
-- receptive fields of convolutional neural networks", Distill 2019.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local layer_window = require "lunet.layer_window"
local options = require "lunet.options"
local shapes = require "lunet.shapes"

local field = {}

local function gcd(a, b)
  while b ~= 0 do a, b = b, a % b end
  return a
end

local function fraction(over, under)
  local common = gcd(over, under)
  return { over = over // common, under = under // common }
end

local whole_pixels = { over = 1, under = 1 }

local function input_shape(net, layers, from)
  if from >= 1 then return layers[from].out end
  local given = net.input_shape
  return type(given[1]) == "table" and given[1 - from] or given
end

-- A layer's windows on its inputs along d, and its density there; nil and a reason where it has none.
local function look(found, net, i, d)
  local layer, density = found.layers[i], nil
  for k, from in ipairs(layer.inputs) do
    local window, reason = layer_window(layer, k, d, input_shape(net, found.layers, from))
    if reason and not found.reason then found.reason = ("layer %d (%s) %s"):format(i, layer.name, reason) end
    if not window then return nil end
    local before = from < 1 and whole_pixels or found.density[d][from]
    local own = fraction(before.over * window.scale, before.under * window.step)
    if density and (own.over ~= density.over or own.under ~= density.under) then
      found.reason = found.reason or ("layer %d (%s) joins images of different scales"):format(i, layer.name)
      return nil
    end
    found.windows[d][i] = found.windows[d][i] or {}
    density, found.windows[d][i][k] = own, window
  end
  return density
end

-- Of a built network: { layers =, outputs = numbers of layers, windows = [d][layer][input], density = [d][layer],
-- stride = { rows, columns }, reason = why outputs depend on more than the windows say, or nil }. nil and the reason
-- where layers have no windows at all.
function field.find(net)
  local found = { layers = net:layers(), outputs = {}, windows = { {}, {} }, density = { {}, {} }, stride = { 1, 1 } }
  for i, layer in ipairs(found.layers) do
    if layer.output then found.outputs[layer.output] = i end
    for d = 1, 2 do
      local density = look(found, net, i, d)
      if not density then return nil, found.reason end
      found.density[d][i] = density
      found.stride[d] = found.stride[d] // gcd(found.stride[d], density.under) * density.under
    end
  end
  return found
end

-- The first and last pixel of the inputs, along d, that pixels of layers depend on, { [layer] = { first, last } }.
function field.needed(found, d, wanted)
  local first, last
  local function want(from, low, high)
    local one = wanted[from]
    wanted[from] = one and { math.min(one[1], low), math.max(one[2], high) } or { low, high }
  end
  for i = #found.layers, 1, -1 do
    for k, from in ipairs(wanted[i] and found.layers[i].inputs or {}) do
      local window = found.windows[d][i][k]
      local low = (wanted[i][1] * window.step - window.before) // window.scale
      local high = (wanted[i][2] * window.step + window.after) // window.scale
      if from >= 1 then want(from, low, high)
      else first, last = math.min(first or low, low), math.max(last or high, high) end
    end
  end
  return first, last
end

-- The most pixels that one of any output depends on. It may be less for some places than for others.
local function largest(found, d)
  local most = 1
  for _, output in ipairs(found.outputs) do
    local density = found.density[d][output]
    for place = 0, found.stride[d] // density.under * density.over - 1 do
      local first, last = field.needed(found, d, { [output] = { place, place } })
      most = math.max(most, last - first + 1)
    end
  end
  return most
end

-- { rows, columns, stride = { rows, columns } } of a built network; nil and a reason.
function field.of(net)
  local found, reason = field.find(net)
  if not found or found.reason then return nil, reason or found.reason end
  return { largest(found, 1), largest(found, 2), stride = found.stride }
end

local page = {
  name = "net:receptive_field",
  usage = "net:receptive_field(shape?: integer[]) -> table|nil, string|nil",
  doc = "How many rows and columns of an image a pixel of the output depends on at most, { 26, 26, stride = { 4, 4 } "
    .. "}. stride is by how many pixels an image is shifted for all poolings to fall on the same pixels again; its "
    .. "output is shifted likewise. Where a pixel depends on the whole image (dense, global pooling, matmul, norms "
    .. "over the plane) or nobody knows (layers of one's own), it is nil, and the second result names the layer. "
    .. "shape: {channels, height, width} of an image, which may be left out once the network is built.",
  errors = "Layers that do not fit each other or the shape.",
  example = "local field = net:receptive_field{ 1, 64, 64 }\nfield[1], field[2], field.stride[1]",
}

function core.methods.network.receptive_field(net, shape, ...)
  if not options.is_network(net) then
    errors.raise("%s: called on %s, expected a network", page.name, options.text(net))
  end
  if select("#", ...) > 0 then errors.raise("%s: takes the shape of an image, and no more", page.name) end
  if shape ~= nil then options.argument(page.name, "the shape of an image", "table", shape) end
  if shape == nil and not net.input_shape then
    errors.raise("%s: the network is not built yet; give the shape of an image, e.g. %s{ 1, 64, 64 }", page.name,
      page.name)
  end
  if shape == nil or net.input_shape and shapes.same(net.input_shape, shape) then return field.of(net) end
  local twin <close> = net:copy()
  errors.within(page.name .. ": ", twin.build, twin, shape)
  return field.of(twin)
end

docs.add(core.methods.network.receptive_field, page)

return field
