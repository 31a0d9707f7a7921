-- Methods of networks that are written in Lua.
local capabilities = require "lunet.capabilities"
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local json = require "lunet.json"
local network_text = require "lunet.network_text"
local options = require "lunet.options"
local results = require "lunet.table"
local shapes = require "lunet.shapes"
local summary = require "lunet.summary"

local methods = core.methods.network

local function need_network(what, value)
  if not options.is_network(value) then
    errors.raise("%s: called on %s, expected a network", what, options.text(value))
  end
end

-- These take one argument.
local function nothing_more(what, ...)
  if select("#", ...) == 0 then return end
  errors.raise("%s: takes no more than 1 argument, got %s as well; it has no options", what, options.text((...)))
end

-- A network that is not built yet is described by a copy, so that its parameters are still to be made, from fit's seed.
function methods.summary(net, shape, ...)
  need_network("net:summary", net)
  nothing_more("net:summary", ...)
  if shape ~= nil then options.argument("net:summary", "the shape of an image", "table", shape) end
  if shape == nil and not net.input_shape then
    errors.raise("net:summary: the network is not built yet; give the shape of an image, e.g. net:summary{ 1, 64, 64 }")
  end
  if shape == nil or net.input_shape and shapes.same(net.input_shape, shape) then return summary(net) end
  local twin = net:copy()
  errors.within("net:summary: ", twin.build, twin, shape)
  return summary(twin)
end

docs.add(methods.summary, {
  name = "net:summary",
  usage = "net:summary(shape?: integer[]) -> summary",
  doc = "Layers, output shapes, parameters, multiply-adds of one image and the receptive field, for images of the "
    .. "shape {channels, height, width}, which may be left out once the network is built. The network itself is not "
    .. "changed.",
  errors = "Layers that do not fit each other or the shape.",
  example = "net:summary{ 1, 64, 64 }",
})

local print_page = {
  name = "net:print",
  usage = "net:print(options?: options)",
  doc = "Print the network as the prompt shows it: its layers with output shapes, parameters and multiply-adds, or as "
    .. "code while its shapes are not known. Of many layers, those in the middle are left out.",
  options = { { "all", "boolean", default = false, help = "all layers" } },
  example = "net:print{ all = true }",
}

function methods.print(net, given)
  need_network("net:print", net)
  local all = options.read(print_page, given).all
  print(network_text(net, not all and math.max(capabilities.rows() - 4, 12) or nil))
end

docs.add(methods.print, print_page)

local profile = methods.profile

-- One row a step: layers that are computed together are one.
function methods.profile(net, x, ...)
  need_network("net:profile", net)
  nothing_more("net:profile", ...)
  options.argument("net:profile", "the batch of images", net.inputs > 1 and "table" or "tensor", x)
  local rows = errors.within("net:profile: ", profile, net, x)
  local layers = net:layers()
  local out = results{ columns = { "layers", "output", "forward ms", "GFLOP/s", "backward ms", "KB" } }
  local forward, backward, macs, bytes = 0, 0, 0, 0
  for _, row in ipairs(rows) do
    local names = {}
    for i = row.first, row.last do
      if i == row.first or i == row.layer or i == row.last then names[#names + 1] = layers[math.tointeger(i)].name end
    end
    local shape = shapes.text(layers[math.tointeger(row.last)].out)
    out:add{ table.concat(names, " + "), shape, row.forward * 1e3, 2e-9 * row.macs / row.forward, row.backward * 1e3,
      row.bytes / 1024 }
    forward, backward = forward + row.forward, backward + row.backward
    macs, bytes = macs + row.macs, bytes + row.bytes
  end
  out:add{ "all", "", forward * 1e3, 2e-9 * macs / forward, backward * 1e3, bytes / 1024 }
  return out
end

docs.add(methods.profile, {
  name = "net:profile",
  usage = "net:profile(x: tensor|tensor[]) -> results",
  doc = "What each step of the network costs for one image, on one thread: milliseconds forward and backward (the "
    .. "least of at least ten runs), GFLOP/s of forward counted as direct convolution, KB of activations. Layers that "
    .. "are computed together are one row, called by the first, the main and the last of them. x: images N,C,H,W.",
  errors = "Images whose shape does not fit the network.",
  example = "net:profile(noisy)",
})

-- ---- What layers give ----

local most_at_once = 8 -- outputs of one network

-- The names of layers, in order, that a pattern stands for: "enc1", or "enc*".
local function matching(net, pattern)
  local names = {}
  local as_lua = "^" .. pattern:gsub("[%^%$%(%)%%%.%[%]%+%-%?]", "%%%0"):gsub("%*", ".*") .. "$"
  for _, layer in ipairs(net:layers()) do
    if layer.name:find(as_lua) then names[#names + 1] = layer.name end
  end
  if #names == 0 then errors.raise("net:activations: no layer is called '%s'; net:layers() lists them", pattern) end
  return names
end

local function add_outputs(into, net, names, x)
  local part <close> = net:upto(table.unpack(names))
  local outputs = part:predict(x)
  for i, name in ipairs(names) do into[name] = #names == 1 and outputs or outputs[i] end
end

local activations_page = {
  name = "net:activations",
  usage = "net:activations(x: tensor|tensor[], names?: string|string[]) -> tensor|table",
  doc = "What layers give for images x, N,C,H,W: a tensor for the name of one layer, a table { [name] = tensor } for a "
    .. "list of names, for a pattern such as \"enc*\", and, without names, for all layers. As in prediction: dropout "
    .. "does nothing.",
  errors = "An unknown name; images that do not fit the network.",
  example = 'net:activations(noisy, "enc1").shape',
}

function methods.activations(net, x, names, ...)
  need_network("net:activations", net)
  if select("#", ...) > 0 then errors.raise("net:activations: takes images and names, and no more") end
  if type(names) == "string" and not names:find("*", 1, true) then
    return errors.within("net:activations: ", function()
      local part <close> = net:upto(names)
      return part:predict(x)
    end)
  end
  options.argument("net:activations", "the names", { "nil", "string", "table" }, names)
  local list = {}
  for _, pattern in ipairs(type(names) == "table" and names or { names or "*" }) do
    for _, name in ipairs(matching(net, pattern)) do
      if not list[name] then
        list[#list + 1] = name
        list[name] = true
      end
    end
  end
  local into = {}
  for first = 1, #list, most_at_once do
    local part = { table.unpack(list, first, math.min(first + most_at_once - 1, #list)) }
    errors.within("net:activations: ", add_outputs, into, net, part, x)
  end
  return into
end

docs.add(methods.activations, activations_page)

local save_page = {
  name = "net:save",
  usage = "net:save(path: string, options?: options) -> string",
  doc = "Write the network, architecture and parameters, as a .safetensors file that ln.load reads. The file is "
    .. "written atomically: all of it, or it stays as it was. Returns the path.",
  options = { { "record", { "table", "string" }, help = "what else to keep: a table of plain values, or JSON text" } },
  errors = "A path that cannot be written; a network that is not built yet.",
  example = 'net:save(folder .. "/dae.safetensors", { record = { epochs = 100 } })',
}

local save = methods.save

function methods.save(net, path, given)
  need_network("net:save", net)
  options.argument("net:save", "the path", "string", path)
  local record = options.read(save_page, given).record
  if type(record) == "table" then record = errors.within("net:save: ", json.encode, record) end
  errors.within("net:save: ", save, net, path, record)
  return path
end

docs.add(methods.save, save_page)
