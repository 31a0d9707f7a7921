-- Layers that are Lua functions: what they get and may give, their gradients, files, and every mistake's message.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

local nn = ln.nn
local x = ln.rand({ 6, 1, 12, 10 }, 1)

local function relu(options)
  local o = { name = "my_relu", forward = function(t) return t:maximum(0) end }
  for key, value in pairs(options or {}) do o[key] = value end
  return nn.custom(o)
end

-- Channels weighted by a function of their means.
local function gate(channels, options)
  local o = {
    name = "gate", weights = { w = { channels, channels }, b = { channels } },
    forward = function(t, p)
      local s = t:mean({ 3, 4 }):matmul(p.w) + p.b
      return t / (1 + (-s):exp()):reshape{ -1, channels, 1, 1 }
    end,
  }
  for key, value in pairs(options or {}) do o[key] = value end
  return nn.custom(o)
end

local function trainer(net, seed)
  return ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = ln.optim.sgd{ lr = 0.1 }, seed = seed }
end

local function largest(a, b)
  return (a - b):abs():max()
end

test("a relu in Lua is the relu", function()
  local function net(layer)
    return nn.sequential{ nn.conv2d{ 4 }, layer, nn.maxpool2d{ 2 }, nn.conv2d{ 4 }, layer, nn.upsample2d{ 2 },
      nn.conv2d{ 1 } }
  end
  local own, built_in = net(relu()), net(nn.relu{})
  local a, b = trainer(own), trainer(built_in)
  for _ = 1, 4 do close(a:step(x, x), b:step(x, x), 1e-6) end
  close(a:evaluate(x, x), b:evaluate(x, x), 1e-6)
  assert(largest(own:predict(x), built_in:predict(x)) < 1e-5)
  local odd = ln.rand({ 1, 1, 37, 51 }, 2)
  assert(largest(own:predict(odd), built_in:predict(odd)) < 1e-5)
  assert(own:layers()[2].name == "my_relu_1" and own:layers()[5].name == "my_relu_2")
end)

test("a backward of one's own gives what the tape gives", function()
  local function net(backward)
    local gain = nn.custom{
      name = "gain", weights = { s = { 4, init = 0.5 } },
      forward = function(t, p) return t * p.s:reshape{ 1, -1, 1, 1 } end, backward = backward,
    }
    return nn.sequential{ nn.conv2d{ 4 }, gain, nn.conv2d{ 1 } }
  end
  local taped, by_hand = net(), net(function(dy, t, p)
    return dy * p.s:reshape{ 1, -1, 1, 1 }, { s = (dy * t):sum{ 1, 3, 4 } }
  end)
  local a, b = trainer(taped), trainer(by_hand)
  for _ = 1, 3 do close(a:step(x, x), b:step(x, x), 1e-7) end
  local _, da, dxa = a:gradients(x, x)
  local _, db, dxb = b:gradients(x, x)
  assert(largest(dxa, dxb) < 1e-7 and largest(da["gain_1.s"], db["gain_1.s"]) < 1e-7)
end)

test("residuals, both ends, features, several in one network", function()
  local input = nn.input{ 1, 12, 10 }
  local a = relu()(nn.conv2d{ 4 }(input))
  local b = gate(4)(a)
  local y = relu()(nn.conv2d{ 1 }(nn.concat{ b, a }) + input)
  local net = nn.model{ inputs = input, outputs = y }
  local t = trainer(net)
  local first = t:step(x, x)
  for _ = 1, 20 do t:step(x, x) end
  assert(t:evaluate(x, x) < first)
  ln.gradcheck(net)
  local ends = nn.sequential{ relu(), nn.flatten{}, nn.dense{ 5 }, relu() }
  assert(ends:predict(x).shape[2] == 5)
  ln.gradcheck(ends)
end)

test("the pass tells training from prediction, and a seed", function()
  local seen = {}
  local spy = nn.custom{
    forward = function(t, _, pass) seen[#seen + 1] = pass return t * 1 end, shape = function(s) return s end,
  }
  local net = nn.sequential{ nn.conv2d{ 1 }, spy }
  local t = trainer(net, 5)
  t:step(x, x)
  t:step(x, x)
  net:predict(x)
  assert(seen[1].training and seen[2].training and not seen[3].training)
  assert(seen[1].seed ~= seen[2].seed and seen[3].seed == 0)
  assert(math.type(seen[1].seed) == "integer" and seen[1].seed >= 0)
  local again = seen[1].seed
  seen = {}
  trainer(nn.sequential{ nn.conv2d{ 1 }, spy }, 5):step(x, x)
  assert(seen[1].seed == again)
end)

test("states are set in training, and kept by steps that succeed", function()
  local broken = false
  local norm = nn.custom{
    name = "norm", state = { mean = { 1 }, count = { 1, init = 10 } },
    forward = function(t, p, pass)
      if pass.training then
        p.mean = 0.5 * p.mean + 0.5 * t:mean():reshape{ 1 }
        p.count:copy(p.count + 1)
      end
      if broken then error("broken") end
      return t - p.mean:detach()
    end,
  }
  local net = nn.sequential{ norm, nn.conv2d{ 1 } }
  local t = trainer(net)
  t:step(x, x)
  close(net:tensor("norm_1.mean")[1], 0.5 * x:mean(), 1e-6)
  t:step(x, x)
  net:predict(x)
  t:evaluate(x, x)
  t:gradients(x, x)
  broken = true
  expect_error(function() t:step(x, x) end, "layer 1 (norm): ")
  broken = false
  close(net:tensor("norm_1.mean")[1], 0.75 * x:mean(), 1e-6)
  assert(net:tensor("norm_1.count")[1] == 12)
  assert(net:tensors()[1].name == "norm_1.count" and not net:tensors()[1].trained)
end)

test("weights begin as told", function()
  local start = ln.rand({ 2, 3 }, 9)
  local layer = nn.custom{
    forward = function(t) return t end,
    weights = { a = { 3, 4, init = "ones" }, b = { 5, init = -2 }, c = start, d = { 2, 3, init = start }, e = { 4 },
      f = { 6, 6, init = "he_normal" } },
    backward = function(dy, _, p)
      local dw = {}
      for name, weight in pairs(p) do dw[name] = weight * 0 end
      return dy, dw
    end,
  }
  local net = nn.sequential{ layer }:build({ 1, 4, 4 }, 3)
  local function weight(name) return net:tensor("custom_1." .. name) end
  assert(weight "a":min() == 1 and weight "b":max() == -2 and largest(weight "c", start) == 0)
  assert(largest(weight "d", start) == 0 and weight "e":abs():max() == 0 and weight "f":std() > 0.2)
  assert(net:summary().parameters == 12 + 5 + 6 + 6 + 4 + 36)
  trainer(net):step(x, x)
end)

test("shapes are found by a dry run, or told", function()
  local runs = 0
  local half = nn.custom{ forward = function(t) runs = runs + 1 return t:narrow(3, 1, t.shape[3] // 2) end }
  assert(table.concat(half(nn.input{ 3, 8, 6 }).shape, "x") == "3x4x6" and runs == 1)
  half(nn.input{ 3, 8, 6 })
  assert(runs == 1)
  local told = nn.custom{ forward = function(t) runs = runs + 1 return t:mean({ 3, 4 }) end, shape = function(input)
    return { input[1] }
  end }
  assert(told(nn.input{ 3, 8, 6 }).shape[1] == 3 and runs == 1)
  local function wrong(out)
    nn.custom{ forward = function(t) return t end, shape = function() return out end }(nn.input{ 1, 4, 4 })
  end
  expect_error(function() wrong(3) end, "must give {channels, height, width} or {features}, got 3")
  expect_error(function() wrong{ 1, 2 } end, "or {features}, got a table of 2, the first one 1")
  local lies = nn.custom{ name = "lies", forward = function(t) return t end, shape = function() return { 2, 4, 4 } end }
  expect_error(function() nn.sequential{ lies }:predict(ln.rand{ 1, 1, 4, 4 }) end,
    "layer 1 (lies): the result has shape 1x1x4x4, expected 1x2x4x4")
end)

test("one layer in several networks has weights in each", function()
  local shared = gate(4)
  local a, b = nn.sequential{ nn.conv2d{ 4 }, shared }, nn.sequential{ nn.conv2d{ 4 }, shared }
  a:build({ 1, 8, 8 }, 1)
  b:build({ 1, 8, 8 }, 2)
  assert(largest(a:tensor("gate_1.w"), b:tensor("gate_1.w")) > 0)
end)

test("a layer that is called again is one layer, with one state", function()
  local count = ln.nn.custom{ name = "count", state = { n = { 1 } }, forward = function(map, p, pass)
    if pass.training then p.n = p.n + 1 end
    return map * 2
  end }
  local shared = gate(4)
  local net = nn.sequential{ nn.conv2d{ 4 }, shared, count, shared, count, nn.conv2d{ 1 } }
  trainer(net):step(x, x)
  assert(net.count_1.n[1] == 2 and net:tensor("count_1.n")[1] == 2)
  assert(ln.gradcheck(net, { 1, 8, 8 }, { tolerance = 0.02 }))
  assert(largest(net.gate_1.w, net.gate_1_call2.w) == 0)
end)

test("files name the layer, and it is given", function()
  local folder <close> = support.folder()
  local path = folder.path .. "/net.safetensors"
  local layer = gate(4)
  local net = nn.sequential{ nn.conv2d{ 4 }, layer, nn.conv2d{ 1 } }
  trainer(net):step(x, x)
  net:save(path, { record = { note = "gated" } })
  assert(not support.read(path):find("function", 1, true))
  local back, record = ln.load(path, { custom = { gate = layer } })
  assert(largest(back:predict(x), net:predict(x)) == 0 and record:find("gated"))
  local wanted
  back = ln.load(path, { custom = { gate = function(w) wanted = w return gate(w.weights.b[1]) end } })
  assert(largest(back:predict(x), net:predict(x)) == 0)
  assert(wanted.name == "gate" and wanted.number == 2 and wanted.weights.w[2] == 4 and next(wanted.state) == nil)
  local copy = net:copy()
  assert(largest(copy:predict(x), net:predict(x)) == 0)
  trainer(copy):step(x, x)
  assert(largest(copy:predict(x), net:predict(x)) > 0)
  expect_error(function() ln.load(path) end,
    "layer 2: needs the custom layer 'gate', which is code and in no file: ln.load(path, { custom = { gate = gate } })")
  expect_error(function() ln.load(path, { custom = { gates = layer } }) end, "did you mean 'gates'?")
  expect_error(function() ln.load(path, { custom = { gate = gate(5) } }) end,
    "'b' of the custom layer 'gate' is 4 in the file, and 5 in the one given")
  expect_error(function() ln.load(path, { custom = { gate = relu() } }) end,
    "the custom layer 'my_relu' was given as 'gate', which is another name")
  expect_error(function() ln.load(path, { custom = { gate = gate(4, { weights = { w = { 4, 4 } } }) } }) end,
    "that was given has no 'b', which the file has")
  expect_error(function() ln.load(path, { custom = { gate = function() return 3 end } }) end,
    "must be given as a layer or as a function that makes one, got 3")
  expect_error(function() ln.load(path, { custom = { gate = function() error("no") end } }) end, "no")
  expect_error(function() ln.load(path, { custom = 3 }) end, "load: option 'custom' must be a table, got 3")
  expect_error(function() ln.load(path, { costum = {} }) end, "load: no option 'costum'; did you mean 'custom'?")
end)

test("summary, profile, fit and evaluate", function()
  local net = nn.sequential{ nn.conv2d{ 4 }, gate(4), nn.conv2d{ 1 } }
  local text = tostring(net:summary{ 1, 12, 10 })
  assert(text:find("gate_1") and not text:find("receptive"), text)
  assert(tostring(net:profile(x)):find("gate_1"))
  local history = ln.fit(net, { input = x, target = x, loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 1e-2 },
    epochs = 8, batch = 3, validation = 0.34, progress = "none", seed = 1 })
  assert(history[8].loss < history[1].loss and history[8].val_loss)
end)

-- Every mistake, where it shows: what the constructor says, and what a step says.

test("what makes a layer is checked", function()
  local function f(t) return t end
  local function refused(options, text)
    options.forward = options.forward or f
    expect_error(function() nn.custom(options) end, text)
  end
  expect_error(function() nn.custom{} end, "nn.custom: option 'forward' is required")
  expect_error(function() nn.custom(f) end, "nn.custom: expected a table of options, got a function")
  refused({ forward = 3 }, "nn.custom: option 'forward' must be a function, got 3")
  refused({ wieghts = {} }, "nn.custom: no option 'wieghts'; did you mean 'weights'?")
  refused({ name = "my gate" },
    "nn.custom: the name must be 1 to 31 letters, digits or _, and begin with no digit; got 'my gate'")
  refused({ name = "relu" }, "nn.custom: 'relu' is the name of a built-in layer; give another name")
  refused({ weights = { { 8 } } }, "nn.custom: every weight has a name, got the key 1")
  refused({ weights = { w = 3 } }, "nn.custom: weight 'w' must be a list of sizes or a tensor, got 3")
  refused({ weights = { w = { 8, 0 } } }, "nn.custom: weight 'w': sizes are whole numbers of at least 1, got 0")
  refused({ weights = { w = { 8, 1.5 } } }, "sizes are whole numbers of at least 1, got 1.5")
  refused({ weights = { w = { 8, int = 1 } } }, "nn.custom: weight 'w': expected sizes and init, got the key 'int'")
  refused({ weights = { w = { 8, init = "he_nromal" } } }, "init cannot be 'he_nromal'; did you mean 'he_normal'?")
  refused({ weights = { w = { 8, init = {} } } }, "it takes a word as of conv2d's init, a number or a tensor")
  refused({ weights = { w = { 8, 2, init = ln.ones{ 2, 8 } } } },
    "nn.custom: weight 'w': init has shape 2x8, expected 8x2")
  refused({ weights = { w = { 8 } }, state = { w = { 8 } } }, "nn.custom: 'w' is a weight and a state")
  refused({ weights = { ["a.b"] = { 8 } } }, "a weight or state: the name must be 1 to 31 letters")
  local many = {}
  for i = 1, 17 do many["w" .. i] = { 1 } end
  refused({ weights = many }, "nn.custom: custom has 17 weights and states; at most 16 are possible")
  expect_error(function() relu():with{ name = "b" } end, "option")
end)

local function failing(forward, backward, options)
  local o = { name = "mine", forward = forward, backward = backward, shape = function(s) return s end }
  for key, value in pairs(options or {}) do o[key] = value end
  return nn.sequential{ nn.conv2d{ 2 }, nn.custom(o), nn.conv2d{ 1 } }
end

-- The step fails, changes nothing, and a prediction or a next step works.
local function step_fails(net, text)
  net:build({ 1, 12, 10 }, 1)
  local t, before = trainer(net), net:tensor("conv2d_1.weight"):clone()
  local said = expect_error(function() t:step(x, x) end, text)
  assert(said:find("layer 2 (mine): ", 1, true), said)
  assert(largest(net:tensor("conv2d_1.weight"), before) == 0)
  return said
end

test("results of forward are checked", function()
  step_fails(failing(function() return 3 end), "must give a tensor, got 3")
  step_fails(failing(function() end), "must give a tensor, got nil")
  step_fails(failing(function(t) return t:mean() end), "it gave a single number")
  step_fails(failing(function(t) return t:narrow(1, 1, 2) end), "with N = 6, as it got 6x2x12x10; it gave 2x2x12x10")
  step_fails(failing(function(t) return t:narrow(2, 1, 1) end), "the result has shape 6x1x12x10, expected 6x2x12x10")
  step_fails(failing(function(t) return t:reshape{ 6, -1, 10 } end), "it gave 6x24x10")
  step_fails(failing(function(t) return ln.ones(t.shape) end), "does not depend on x; give backward if that is meant")
  step_fails(failing(function(t) return t:detach() end), "does not depend on x")
  step_fails(failing(function(t) return t * 1 end, nil, { state = { m = { 2 } }, forward = function(t, p)
    p.m = 3
    return t * 1
  end }), "the state 'm' must stay a tensor, got 3")
  step_fails(failing(function(t, p) p.m = ln.ones{ 3 } return t * 1 end, nil, { state = { m = { 2 } } }),
    "the state 'm' has shape 2, got one of shape 3")
  local said = step_fails(failing(function(t) return t:nonsense() end), "no method or field 'nonsense'")
  assert(said:find("custom.lua:%d+: layer 2 %(mine%): .*custom.lua:%d+: "), said)
  step_fails(failing(function() error({ 1 }) end), "table: ")
  step_fails(failing(function() coroutine.yield() end), "its functions cannot yield")
  step_fails(failing(function(t) t:fill(0) return t end), "needs the elements of the tensor")
end)

test("results of backward are checked", function()
  local function f(t, p) return t * p.w end
  local weights = { weights = { w = { 1, init = 1 } } }
  local function fails(backward, text) step_fails(failing(f, backward, weights), text) end
  fails(function() return 3, { w = ln.ones{ 1 } } end, "dx, the gradient of x, a tensor of shape 6x2x12x10, got 3")
  fails(function() return nil, { w = ln.ones{ 1 } } end, "must give dx, the gradient of x")
  fails(function(dy) return dy:narrow(1, 1, 2), { w = ln.ones{ 1 } } end,
    "of shape 6x2x12x10, got one of shape 2x2x12x10")
  fails(function(dy) return dy end, "must give the gradient of the weight 'w', a tensor of shape 1, got nil")
  fails(function(dy) return dy, { w = ln.ones{ 2 } } end,
    "the gradient of the weight 'w' of shape 1, got one of shape 2")
  fails(function(dy) return dy, { w = dy:sum() } end, "got one of shape a single number")
  fails(function(dy) return dy, dy end, "the second result must be a table { w = dw }")
  fails(function(dy) return dy, { w = ln.ones{ 1 }, v = dy } end, "gave a gradient of 'v', which is no weight")
  fails(function() error("late") end, "late")
  local net = failing(f, function(dy) return dy, { w = ln.full({ 1 }, 0 / 0) } end, weights)
  net:build({ 1, 12, 10 }, 1)
  expect_error(function() trainer(net):step(x, x) end, "the gradient of mine_1.w is not finite")
end)

test("a layer cannot use its own network, and the network stays usable", function()
  local net, t, inside
  local layer = nn.custom{ name = "spy", shape = function(s) return s end, forward = function(v)
    if inside then inside() end
    return v * 1
  end }
  net = nn.sequential{ nn.conv2d{ 1 }, layer }
  t = trainer(net)
  t:step(x, x)
  for _, use in ipairs{ function() net:predict(x) end, function() t:step(x, x) end, function() t:evaluate(x, x) end,
    function() net:build{ 1, 20, 20 } end, function() net:profile(x) end } do
    inside = use
    expect_error(function() t:step(x, x) end, "layer 2 (spy): ")
    expect_error(function() net:predict(x) end, "the network is at work: a layer or loss in it cannot use the network")
  end
  inside = collectgarbage
  t:step(x, x)
  net:predict(x)
  local other = nn.sequential{ nn.conv2d{ 1 } }
  inside = function() other:predict(x) end
  t:step(x, x)
end)

test("layers work in coroutines", function()
  local net = nn.sequential{ nn.conv2d{ 2 }, relu(), nn.conv2d{ 1 } }
  local t = trainer(net)
  local co = coroutine.wrap(function()
    for _ = 1, 3 do coroutine.yield(t:step(x, x)) end
  end)
  assert(co() > 0 and co() > 0 and t:step(x, x) > 0)
end)

test("a layer that holds its network is collected", function()
  local alive = setmetatable({}, { __mode = "v" })
  do
    local net, holder
    local layer = nn.custom{ forward = function(t) return holder == nil and t or t * 1 end }
    net = nn.sequential{ nn.conv2d{ 1 }, layer }
    net:predict(x)
    holder = { net }
    alive[1] = holder
  end
  collectgarbage()
  collectgarbage()
  assert(alive[1] == nil)
end)

test("functions live as long as a network needs them", function()
  local net <const> = nn.sequential{ nn.conv2d{ 1 }, relu() }
  local node = nn.conv2d{ 1 }(relu()(nn.input{ 1, 6, 6 }))
  collectgarbage()
  net:predict(x)
  local item = net:layers()[2].item
  local copy = net:copy()
  node = node.layer
  collectgarbage()
  copy:predict(x)
  nn.sequential{ item }:predict(x)
  assert(node.name == "conv2d" and item.name == "my_relu" and item.kind == "nn")
end)

test("gradcheck", function()
  for _, layer in ipairs{ gate(8), relu(), nn.conv2d{ 3, activation = "elu" }, nn.batch_norm{}, nn.dropout{ 0.3 } } do
    local report = ln.gradcheck(layer, { 8, 6, 6 })
    assert(report.worst <= 1e-2 and report.tensors[1].name == "x" and #report.element > 0)
  end
  ln.gradcheck(ln.loss.bce{}, { 1, 8, 8 })
  ln.gradcheck(0.5 * ln.loss.mae{} + ln.loss.custom(function(y, t) return (y - t):pow(2):mean() end), { 1, 8, 8 })
  local wrong = nn.custom{ name = "wrong", weights = { s = { 2, init = 2 } },
    forward = function(t, p) return t * p.s:reshape{ 1, 2, 1, 1 } end,
    backward = function(dy, t, p) return dy * p.s:reshape{ 1, 2, 1, 1 }, { s = 2 * (dy * t):sum{ 1, 3, 4 } } end }
  expect_error(function() ln.gradcheck(wrong, { 2, 4, 4 }) end, "gradcheck: the gradient of wrong_1.s is ")
  local report = ln.gradcheck(wrong, { 2, 4, 4 }, { tolerance = math.huge })
  assert(report.tensor == "wrong_1.s" and report.worst > 0.4 and tostring(report):find("worst relative error 0.5"))
  local net = nn.sequential{ nn.conv2d{ 2 }, relu() }:build({ 1, 6, 6 }, 1)
  local before = net:tensor("conv2d_1.weight"):clone()
  ln.gradcheck(net)
  assert(largest(before, net:tensor("conv2d_1.weight")) == 0)
  expect_error(function() ln.gradcheck(relu()) end, "gradcheck: give the shape of an image, e.g. { 8, 16, 16 }")
  expect_error(function() ln.gradcheck(3) end, "gradcheck: expected a layer, a network or a loss, got 3")
  expect_error(function() ln.gradcheck(relu(), 3) end, "gradcheck: the shape of an image must be a table, got 3")
  expect_error(function() ln.gradcheck(relu(), { 1, 4, 4 }, { esp = 1 }) end, "gradcheck: no option 'esp'")
  expect_error(function() ln.gradcheck(gate(3), { 8, 4, 4 }) end,
    "gradcheck: layer 1 (gate): in a dry run on 2x8x4x4: ")
end)

-- Names are taken in alphabetic order: nothing depends on the order in which pairs gives them, which differs from one
-- process to the next.
test("twenty processes come to the same bits", function()
  local code = [[local ln = require "lunet" local nn = ln.nn local weights = {}
    for _, c in ipairs{ "q", "w", "e", "r", "t", "y" } do weights[c] = { 3, 3 } end
    local layer = nn.custom{ name = "many", weights = weights, state = { m = { 3 }, k = { 3 } },
    forward = function(x, p)
      local s = x:mean({ 3, 4 })
      for _, c in ipairs{ "q", "w", "e", "r", "t", "y" } do s = s + s:matmul(p[c]) end
      p.m = p.m + s:mean(1)
      return x * s:reshape{ -1, 3, 1, 1 }
    end }
    local net = nn.sequential{ nn.conv2d{ 3 }, layer, nn.conv2d{ 1 } }
    local x = ln.rand({ 4, 1, 6, 6 }, 1)
    local t = ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = ln.optim.adam{} }
    for i = 1, 3 do t:step(x, x) end
    for _, one in ipairs(net:tensors()) do io.write(one.name, string.format(" %.9g ", net:tensor(one.name):sum())) end]]
  local first, status = support.run(("-e '%s'"):format(code))
  assert(status == 0 and first:find("many_1.e"), first)
  for _ = 2, 20 do
    local said = support.run(("-e '%s'"):format(code))
    assert(said == first, said .. "\n" .. first)
  end
end)

support.done()
