-- ln.nn.custom: layers that are Lua functions of whole batches. The C side (bindings/model/custom.c) calls what is made
-- here between the segments of a network.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local shapes = require "lunet.shapes"

local page = {
  name = "nn.custom",
  usage = "ln.nn.custom(options: options) -> layer",
  doc = "A layer of one's own. forward(x, p, pass) gets a whole batch x, N,C,H,W (or N,F), and the weights and "
    .. "states by name, p.w; it gives a tensor with the same N. The gradient is worked out as ln.grad does it, "
    .. "unless backward is given; whatever derives from x or a weight stays a tensor inside, sums and means too. "
    .. "pass.training tells training from prediction, pass.seed is a whole number, another one each step and layer "
    .. "and 0 in prediction. A state is changed by setting it in training, p.mean = 0.9 * p.mean + 0.1 * m: a step "
    .. "that succeeds keeps it. Prediction takes large batches in parts. The shape of the output is found by a dry "
    .. "run on random numbers, or given. Names are taken in alphabetic order. One layer can be used in several "
    .. "networks, each with weights of its own. Everything around such a layer runs as fast as before, on all "
    .. "threads; the functions run on one. No file holds them: see the option custom of ln.load. ln.gradcheck "
    .. "checks the gradients.",
  options = {
    { "forward", "function", required = true, help = "forward(x, p, pass): the output" },
    { "backward", "function", help = "backward(dy, x, p, pass): dx, and { w = dw } where there are weights" },
    { "weights", "table", help = "what is trained, by name: { w = { 8, 8, init = \"he_normal\" } }, sizes with a word "
      .. "as of conv2d's init (its default; zeros for one size), a number or a tensor to begin with; or that tensor "
      .. "alone. The first size counts as outputs, the second as inputs" },
    { "state", "table", help = "what is kept and saved but not trained, in the same form; zeros at first" },
    { "shape", "function", help = "shape(input): {channels, height, width} of the output, from that of the input" },
    { "name", "string", default = "custom", help = "what messages, files and the names of its tensors call it" },
  },
  errors = "A name that is no identifier or a built-in layer's; sizes or words that are none. When the network runs: "
    .. "results of another shape or kind, gradients that are missing, what the functions raise, with its place. They "
    .. "name the layer and leave network and trainer as they were. A function that uses its own network.",
  torch = "nn.Module, torch.autograd.Function",
  example = [[
local gate = ln.nn.custom{
  name = "gate", weights = { w = { 8, 8 }, b = { 8 } },
  forward = function(x, p)
    local s = x:mean({ 3, 4 }):matmul(p.w) + p.b -- N,C
    return x / (1 + (-s):exp()):reshape{ -1, 8, 1, 1 }
  end,
}
ln.nn.sequential{ ln.nn.conv2d{ 8 }, gate }:summary{ 1, 32, 32 }]],
}

local inits = core.init_words()

-- ---- What a layer is made of ----

-- The keys of a table in the order of their text.
local function sorted(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

local function is_size(value)
  return math.type(value) and math.tointeger(value) and value >= 1
end

local function init_number(word)
  for number, name in ipairs(inits) do
    if name == word then return number - 1 end
  end
end

-- A value to begin with, as a tensor or by its number among inits.
local function beginning(what, init)
  if init == nil then return nil end
  if options.is_tensor(init) then return { start = init } end
  if type(init) == "number" then return { start = core.full({ 1 }, init) } end
  local number = type(init) == "string" and init_number(init)
  if number then return { init = number } end
  local hint = type(init) == "string" and errors.suggestion(init, inits)
    or "; it takes a word as of conv2d's init, a number or a tensor"
  errors.raise("nn.custom: %s: init cannot be %s%s", what, options.text(init), hint)
end

-- One weight or state, as core.custom takes it.
local function tensor_of(kind, name, given)
  local what = ("%s '%s'"):format(kind, tostring(name))
  if type(name) ~= "string" then
    errors.raise("nn.custom: every %s has a name, got the key %s", kind, options.text(name))
  end
  local made = { name = name, trained = kind == "weight" }
  if options.is_tensor(given) then
    made.shape, made.start = given.shape, given
    return made
  end
  if type(given) ~= "table" then
    errors.raise("nn.custom: %s must be a list of sizes or a tensor, got %s", what, options.text(given))
  end
  made.shape = table.move(given, 1, #given, 1, {})
  for _, key in ipairs(sorted(given)) do
    local value = given[key]
    if math.type(key) == "integer" and not is_size(value) then
      errors.raise("nn.custom: %s: sizes are whole numbers of at least 1, got %s", what, options.text(value))
    elseif math.type(key) ~= "integer" and key ~= "init" then
      errors.raise("nn.custom: %s: expected sizes and init, got the key '%s'", what, tostring(key))
    end
  end
  local default = made.trained and #made.shape > 1 and "glorot_uniform" or "zeros"
  for key, value in pairs(beginning(what, given.init) or beginning(what, default)) do made[key] = value end
  if made.start and made.start.shape[2] and not shapes.same(made.start.shape, made.shape) then
    errors.raise("nn.custom: %s: init has shape %s, expected %s", what, shapes.text(made.start.shape),
      shapes.text(made.shape))
  end
  return made
end

local function tensors_of(o)
  local list, weights, states = {}, o.weights or {}, o.state or {}
  for _, name in ipairs(sorted(weights)) do
    list[#list + 1] = tensor_of("weight", name, weights[name])
    if states[name] ~= nil then errors.raise("nn.custom: '%s' is a weight and a state", name) end
  end
  for _, name in ipairs(sorted(states)) do list[#list + 1] = tensor_of("state", name, states[name]) end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

-- ---- Calls ----

-- "forward (script.lua:12)"
local function place(what, f)
  local info = debug.getinfo(f, "S")
  return ("%s (%s:%d)"):format(what, info.short_src, info.linedefined)
end

local function fail(format, ...)
  error(format:format(...), 0)
end

-- Follow what derives from the tensors, with p made of them by name.
local function followed(layer, tape, tensors)
  local p = {}
  for i, one in ipairs(layer.tensors) do p[one.name] = one.trained and tape:watch(tensors[i]) or tensors[i] end
  return p
end

local function check_output(layer, x, y)
  local who = place("forward", layer.forward)
  if not options.is_tensor(y) then
    fail("%s must give a tensor, got %s", who, options.text(y))
  end
  local shape = y.shape
  if #shape ~= 4 and #shape ~= 2 or shape[1] ~= x.shape[1] then
    fail("%s must give N,C,H,W or N,F with N = %d, as it got %s; it gave %s", who, x.shape[1], shapes.text(x.shape),
      #shape == 0 and "a single number" or shapes.text(shape))
  end
end

-- What forward has put in the place of states, in the order of the tensors.
local function states_of(layer, p, tensors)
  local states = {}
  for i, one in ipairs(layer.tensors) do
    local now = p[one.name]
    if not one.trained and now ~= tensors[i] then
      if not options.is_tensor(now) then
        fail("the state '%s' must stay a tensor, got %s", one.name, options.text(now))
      end
      if not shapes.same(now.shape, one.shape) then
        fail("the state '%s' has shape %s, got one of shape %s", one.name, shapes.text(one.shape),
          shapes.text(now.shape))
      end
      states[i] = now:detach()
    end
  end
  return states
end

local function all_watched(layer)
  local names = { "x" }
  for _, one in ipairs(layer.tensors) do
    if one.trained then names[#names + 1] = one.name end
  end
  return table.concat(names, " or ")
end

local function forward(layer, x, tensors, pass, wants_grads, wants_dx)
  local recording = wants_grads and not layer.backward
  local tape = core.tape(recording)
  local given = tape:watch(x)
  local p = followed(layer, tape, tensors)
  local y = layer.forward(given, p, pass)
  check_output(layer, x, y)
  if recording and not tape:follows(y) then
    fail("the result of %s does not depend on %s; give backward if that is meant", place("forward", layer.forward),
      all_watched(layer))
  end
  local states = states_of(layer, p, tensors)
  local saved = wants_grads and { tape = recording and tape, given = given, x = x, p = p, tensors = tensors, y = y,
    pass = pass, wants_dx = wants_dx } or nil
  return y:detach(), states, saved
end

local function taped_gradients(layer, dy, saved)
  local grads, tape = {}, saved.tape
  tape:backward(saved.y, dy)
  for i, one in ipairs(layer.tensors) do
    if one.trained then grads[i] = tape:gradient(saved.p[one.name]) end
  end
  return saved.wants_dx and tape:gradient(saved.given) or nil, grads
end

-- A gradient that backward has given.
local function checked(layer, what, gradient, like)
  local who = place("backward", layer.backward)
  if not options.is_tensor(gradient) then
    fail("%s must give %s, a tensor of shape %s, got %s", who, what, shapes.text(like.shape), options.text(gradient))
  end
  if not shapes.same(gradient.shape, like.shape) then
    fail("%s must give %s of shape %s, got one of shape %s", who, what, shapes.text(like.shape),
      #gradient.shape == 0 and "a single number" or shapes.text(gradient.shape))
  end
  return gradient:detach()
end

local function weight_gradients(layer, given, tensors)
  local grads, names = {}, {}
  if given ~= nil and type(given) ~= "table" then
    fail("%s: the second result must be a table { w = dw } of the weights' gradients, got %s",
      place("backward", layer.backward), options.text(given))
  end
  for i, one in ipairs(layer.tensors) do
    if one.trained then
      names[#names + 1] = one.name
      grads[i] = checked(layer, ("the gradient of the weight '%s'"):format(one.name), given and given[one.name],
        tensors[i])
    end
  end
  for _, name in ipairs(sorted(given or {})) do
    local known = false
    for _, own in ipairs(names) do known = known or own == name end
    if not known then
      fail("%s gave a gradient of '%s', which is no weight%s", place("backward", layer.backward), tostring(name),
        errors.suggestion(name, names))
    end
  end
  return grads
end

local function own_gradients(layer, dy, saved)
  local tape <close> = core.tape(false)
  local p = followed(layer, tape, saved.tensors)
  local dx, dw = layer.backward(tape:watch(dy), tape:watch(saved.x), p, saved.pass)
  local grads = weight_gradients(layer, dw, saved.tensors)
  if dx == nil and not saved.wants_dx then return nil, grads end
  return checked(layer, "dx, the gradient of x", dx, saved.x), grads
end

-- ---- Shapes ----

local large = 1 << 22 -- numbers of a sample from which a dry run takes one instead of two

-- Random numbers in [0, 1) as inputs, and as weights unless they begin with others.
local function dry_run(layer, input)
  local count, tensors = 1, {}
  for _, size in ipairs(input) do count = count * size end
  local x = core.rand({ count > large and 1 or 2, table.unpack(input) }, 1)
  for i, one in ipairs(layer.tensors) do
    tensors[i] = one.start and core.zeros(one.shape) + one.start or core.rand(one.shape, i + 1)
  end
  local ok, y = pcall(forward, layer, x, tensors, { training = false, seed = 0 }, false, false)
  if ok then return shapes.of_sample(y) end
  if core.interrupted(y) then error(y, 0) end
  fail("in a dry run on %s: %s", shapes.text(x.shape), tostring(y))
end

local function told_shape(layer, input)
  local out = layer.shape(input)
  local good = type(out) == "table" and (#out == 1 or #out == 3)
  for _, size in ipairs(good and out or {}) do good = good and is_size(size) end
  if good then return out end
  fail("%s must give {channels, height, width} or {features}, got %s", place("shape", layer.shape),
    type(out) == "table" and #out == 0 and "an empty table" or type(out) == "table"
      and ("a table of %d, the first one %s"):format(#out, options.text(out[1])) or options.text(out))
end

-- ---- Layers ----

local function custom(given)
  local o = options.read(page, given)
  local layer = { tensors = tensors_of(o), forward = o.forward, backward = o.backward, shape = o.shape }
  return errors.within("nn.custom: ", core.custom, {
    name = o.name,
    tensors = layer.tensors,
    shape = function(input) return (o.shape and told_shape or dry_run)(layer, input) end,
    forward = function(x, tensors, training, seed, wants_grads, wants_dx)
      return forward(layer, x, tensors, { training = training, seed = seed }, wants_grads, wants_dx)
    end,
    backward = function(dy, saved)
      return (layer.backward and own_gradients or taped_gradients)(layer, dy, saved)
    end,
  })
end

core.nn.custom = docs.add(custom, page)

-- For core.load_model: finds layers among those that ln.load was given, items or functions that make them.
local function finder(layers)
  return function(name, number, tensors)
    local given = layers[name]
    if given == nil then
      fail("needs the custom layer '%s', which is code and in no file: ln.load(path, { custom = { %s = %s } })%s", name,
        name, name, next(layers) ~= nil and errors.suggestion(name, sorted(layers)) or "")
    end
    if type(given) == "function" then
      local wanted = { name = name, number = number, weights = {}, state = {} }
      for _, one in ipairs(tensors) do wanted[one.trained and "weights" or "state"][one.name] = one.shape end
      given = given(wanted)
    end
    if options.is_item(given, "nn") then return given end
    fail("the custom layer '%s' must be given as a layer or as a function that makes one, got %s", name,
      options.text(given))
  end
end

return { finder = finder }
