-- What a network has learnt, by name: net:parameters and net:set. Reading one, net:get, is in C.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local results = require "lunet.table"
local shapes = require "lunet.shapes"

local methods = core.methods.network

-- ---- net:parameters ----

-- A list of entries in the order of the layers; by name they are found, too.
local Parameters = { __name = "lunet.parameters" }

local by_name = setmetatable({}, { __mode = "k" })

function Parameters.__index(list, name)
  local entry = by_name[list][name]
  if entry or type(name) ~= "string" then return entry end
  local names = {}
  for i, one in ipairs(list) do names[i] = one.name end
  errors.raise("net:parameters: no tensor '%s'%s", name, errors.suggestion(name, names))
end

function Parameters.__newindex(_, name)
  errors.raise("net:parameters: this list describes the network, and setting '%s' would not change it; "
    .. "net:set(name, tensor) does", tostring(name))
end

-- for name, entry in pairs(list): in the order of the layers.
function Parameters.__pairs(list)
  local i = 0
  return function()
    i = i + 1
    local entry = rawget(list, i)
    if entry then return entry.name, entry end
  end, list
end

function Parameters.__tostring(list)
  local out, trained = results{ columns = { "tensor", "shape", "numbers", "" } }, 0
  for _, entry in ipairs(list) do
    out:add{ entry.name, shapes.text(entry.shape), #entry.tensor:reshape{ -1 },
      entry.frozen and "frozen" or entry.trained and "trained" or "state" }
    if entry.trained and not entry.frozen then trained = trained + #entry.tensor:reshape{ -1 } end
  end
  out.note = ("%d numbers are trained"):format(trained)
  return tostring(out)
end

local parameters_page = {
  name = "net:parameters",
  usage = "net:parameters() -> table[]",
  doc = "What the network has learnt, in the order of the layers: a list of { name, tensor, shape, trained, frozen }, "
    .. "and the same entries by name, list[\"enc1.weight\"]; pairs gives name and entry in that order, too, print "
    .. "shows a table. The tensors are copies: net:set changes the network. `trained` is false for state, as the "
    .. "running means of batch_norm, which is kept and saved, too; `frozen` says what net:freeze did. The weight of a "
    .. "tied layer is listed once, where it is trained.",
  errors = "A network that is not built yet.",
  example = [[
net:parameters()
for _, p in ipairs(net:parameters()) do print(p.name, p.tensor:std()) end]],
  torch = "Module.named_parameters, Module.state_dict",
}

function methods.parameters(net, ...)
  if not options.is_network(net) then
    errors.raise("net:parameters: called on %s, expected a network", options.text(net))
  elseif select("#", ...) > 0 then
    errors.raise("net:parameters: takes no arguments, got %s", options.text((...)))
  elseif not net.built then
    errors.raise("net:parameters: the network has no parameters before it is built; call net:build{ 1, 64, 64 }")
  end
  local list, names = {}, {}
  for i, t in ipairs(net:tensors()) do
    list[i] = { name = t.name, tensor = net:get(t.name), shape = table.move(t.shape, 1, #t.shape, 1, {}),
      trained = t.trained, frozen = t.frozen }
    names[t.name] = list[i]
  end
  by_name[list] = names
  return setmetatable(list, Parameters)
end

docs.add(methods.parameters, parameters_page)

-- ---- net:set ----

local set_page = {
  name = "net:set",
  usage = "net:set(name: string|table, tensor?: tensor) -> network",
  doc = "Change parameters or state: net:set(\"enc1.weight\", t), or several, net:set{ [\"enc1.weight\"] = t, ... }: "
    .. "all or, on an error, none. The values are copied, and what was worked out from the old ones is not used any "
    .. "more, in other networks that share the layer, too. A weight that others are tied to changes in all of them. "
    .. "Returns the network.",
  errors = "An unknown name, with the nearest one; another shape than the tensor has; a network that is not built yet.",
  example = 'net:set("enc1.weight", 0.5 * net:get("enc1.weight"))',
}

-- The names of a table of tensors in alphabetic order, so that of several mistakes the same one is told.
local function names_of(tensors)
  local names = {}
  for name in pairs(tensors) do
    if type(name) ~= "string" then
      errors.raise("net:set: expected { [\"enc1.weight\"] = tensor, ... }, got the key %s", options.text(name))
    end
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

function methods.set(net, name, tensor, ...)
  if not options.is_network(net) then
    errors.raise("net:set: called on %s, expected a network", options.text(net))
  elseif select("#", ...) > 0 or type(name) == "table" and tensor ~= nil then
    errors.raise("net:set: takes a name and a tensor, or a table of tensors by name, and no more")
  end
  options.argument("net:set", "the name", { "string", "table" }, name)
  if type(name) == "string" then
    errors.within("", core.set_tensor, net, name, tensor)
    return net
  end
  local values, names = {}, names_of(name)
  for _, one in ipairs(names) do errors.within("", core.set_tensor, net, one, name[one], true) end
  for _, one in ipairs(names) do values[one] = name[one]:clone() end -- one may be a view of another
  for _, one in ipairs(names) do errors.within("", core.set_tensor, net, one, values[one]) end
  return net
end

docs.add(methods.set, set_page)
