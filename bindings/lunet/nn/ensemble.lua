-- ln.ensemble: several networks as one that predicts their mean.
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local predict = require "lunet.predict"
local shapes = require "lunet.shapes"

local methods = {}
local fields = { networks = true, inputs = true, outputs = true }
local Ensemble = { __name = "lunet.ensemble" }

local own_files = "save each network on its own, for i, net in ipairs(ensemble.networks) do "
  .. 'net:save("net" .. i .. ".safetensors") end, and make the ensemble of what ln.load gives'

function Ensemble.__index(_, name)
  if methods[name] then return methods[name] end
  if name == "save" or name == "load" then errors.raise("ensemble: no method '%s'; %s", name, own_files) end
  local names = {}
  for _, list in ipairs{ methods, fields } do
    for one in pairs(list) do names[#names + 1] = one end
  end
  table.sort(names)
  errors.raise("ensemble: no method or field '%s'%s", tostring(name), errors.suggestion(name, names))
end

function Ensemble.__newindex(_, name)
  errors.raise("ensemble: nothing can be set, got a value for '%s'; make another ensemble of other networks",
    tostring(name))
end

local function check(what, value)
  if debug.getmetatable(value) ~= Ensemble then
    errors.raise("%s: called on %s, expected an ensemble", what, options.text(value))
  end
end

-- ---- Making one ----

-- A shape or a list of them as a list.
local function each(given)
  return type(given[1]) == "table" and given or { given }
end

-- What is known of the shapes of two networks agrees: channels, and where they were built for the same sizes, outputs.
local function check_shapes(one, other, number)
  if not one.input_shape or not other.input_shape then return end
  local same_sizes = true
  local function compare(what, a, b, wholly)
    for i, shape in ipairs(each(a)) do
      local against = each(b)[i]
      same_sizes = same_sizes and shapes.same(shape, against)
      local fits = #shape == #against and shape[1] == against[1]
      if not fits or wholly and not shapes.same(shape, against) then
        errors.raise("ensemble: the %s of network %d is %s, that of network 1 is %s", what, number,
          shapes.text(against), shapes.text(shape))
      end
    end
  end
  compare("input", one.input_shape, other.input_shape)
  compare("output", one.output_shape, other.output_shape, same_sizes)
end

local function check_networks(networks)
  options.argument("ensemble", "what it is called with", "table", networks)
  if #networks == 0 then errors.raise("ensemble: expected networks, ln.ensemble{ net1, net2 }") end
  for key in pairs(networks) do
    if math.type(key) ~= "integer" or key < 1 or key > #networks then
      errors.raise("ensemble: no option '%s'; it takes a list of networks", tostring(key))
    end
  end
  for i, net in ipairs(networks) do
    if not options.is_network(net) then
      errors.raise("ensemble: entry %d must be a network, got %s", i, options.text(net))
    end
    for k = 1, i - 1 do
      if networks[k] == net then errors.raise("ensemble: entries %d and %d are the same network", k, i) end
    end
    for _, what in ipairs{ "inputs", "outputs" } do
      if net[what] ~= networks[1][what] then
        errors.raise("ensemble: network %d has %d %s, network 1 has %d", i, net[what], what, networks[1][what])
      end
    end
    check_shapes(networks[1], net, i)
  end
end

local function new(networks)
  check_networks(networks)
  return setmetatable({ networks = table.move(networks, 1, #networks, 1, {}), inputs = networks[1].inputs,
    outputs = networks[1].outputs }, Ensemble)
end

-- ---- Predicting ----

local predict_page = {
  name = "ensemble:predict",
  usage = "ensemble:predict(x: tensor|tensor[], options?: options) -> tensor|tensor[], tensor|tensor[]",
  doc = "The mean of what the networks predict, and their standard deviation (divided by their number, as t:std), as a "
    .. "map of where they disagree; ensemble(x, options) is the mean alone. Images and options are those of "
    .. "net:predict. With mirror each network counts by its mean over the symmetries, with dropout by all its draws.",
  options = predict.options,
  errors = "Images that do not fit a network, by its number; outputs of different shapes.",
  example = [[
local mean, spread = ensemble:predict(noisy, { mirror = true })
spread:mean()]],
}

local function check_same(counts, more, number)
  for i, one in ipairs(counts) do
    local a, b = one.mean.shape, more[i].mean.shape
    if not shapes.same(a, b) then
      errors.raise("ensemble: network %d gives %s, network 1 gives %s", number, shapes.text(b), shapes.text(a))
    end
  end
end

function methods.predict(ensemble, x, given)
  check("ensemble:predict", ensemble)
  local o, counts = options.read(predict_page, given), nil
  for i, net in ipairs(ensemble.networks) do
    local more = errors.within(("ensemble: network %d: "):format(i), predict.counts, net, x, o, i)
    if counts then check_same(counts, more, i) end
    counts = counts and predict.joined(counts, more) or more
  end
  return predict.results(counts)
end

-- The mean alone, as a denoiser gives one image: set:map takes a second result for targets.
function Ensemble.__call(ensemble, x, given)
  return (methods.predict(ensemble, x, given))
end

function methods.copy(ensemble)
  check("ensemble:copy", ensemble)
  local copies = {}
  for i, net in ipairs(ensemble.networks) do copies[i] = net:copy() end
  return new(copies)
end

function Ensemble.__len(ensemble)
  return #ensemble.networks
end

function Ensemble.__tostring(ensemble)
  local out = { ("ensemble of %d network%s"):format(#ensemble, #ensemble == 1 and "" or "s") }
  for i, net in ipairs(ensemble.networks) do out[i + 1] = ("  %d  %s"):format(i, tostring(net)) end
  return table.concat(out, "\n")
end

docs.add(methods.predict, predict_page)
docs.class(Ensemble, {
  { "ensemble.networks -> network[]", "The networks; training one changes what the ensemble predicts." },
  { "ensemble.inputs -> integer", "How many inputs each of them has." },
  { "ensemble.outputs -> integer", "How many outputs each of them has." },
})
docs.add(methods.copy, {
  name = "ensemble:copy",
  usage = "ensemble:copy() -> ensemble",
  doc = "An ensemble of copies of the networks, see net:copy.",
})

return {
  methods = methods,
  is = function(value) return debug.getmetatable(value) == Ensemble end,
  new = docs.add(new, {
    name = "ensemble",
    usage = "ln.ensemble(networks: network[]) -> ensemble",
    doc = "Several networks as one. ensemble:predict(x, options) gives the mean of what they predict and, as a second "
      .. "result, their spread; ensemble(x) the mean alone, as a network or a filter is called; "
      .. "ensemble:evaluate(x, target, options) metrics of it. The networks may differ in their layers, but have as "
      .. "many inputs and outputs, of as many channels; they stay what they are, and are trained each on its own. "
      .. "There is no file of an ensemble: " .. own_files .. ".",
    errors = "What is no network; the same one twice; inputs or outputs that do not agree, with both shapes.",
    example = [[
local ensemble = ln.ensemble{ net, net:copy() }
local mean, spread = ensemble:predict(noisy)
mean]],
  }),
}
