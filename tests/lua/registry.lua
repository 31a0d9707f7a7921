-- What descriptors give in Lua: types, constructors with named options, items, nodes, networks, trainers.
local support = dofile "tests/lua/support.lua"
local core = require "lunet.core"
local ln = require "lunet"
local test, expect_error, close = support.test, support.expect_error, support.close
local nn = ln.nn

test("every type describes itself, and its cases are Lua code that makes the same item", function()
  local count = 0
  for _, kind in ipairs(core.kinds) do
    assert(#kind.doc > 0 and #kind.types > 0, kind.name)
    for _, T in ipairs(kind.types) do
      count = count + 1
      local where = kind.name .. "." .. T.name
      assert(T.kind == kind.name and core[kind.name][T.name] == T, where)
      assert(tostring(T) == where .. ": " .. T.doc:match("^[^\n]*"))
      for _, param in ipairs(T.params) do
        assert(#param.name > 0 and #param.help > 0 and #param.accepts > 0, where)
        assert(type(param.positional) == "boolean" and type(param.required) == "boolean")
        assert(#param.type > 0 or #param.words > 0, where)
      end
      assert(#T.cases >= 2, where .. " has fewer than two cases")
      for _, case in ipairs(T.cases) do
        local item = load("return core[kind]." .. case, "case", "t", { core = core, kind = kind.name })()
        assert(tostring(item) == case, where .. ": " .. case .. " became " .. tostring(item))
        assert(item.kind == kind.name and item.name == T.name and item.type == T)
      end
      collectgarbage()
    end
  end
  assert(count >= 27, "only " .. count .. " types")
end)

test("options by name, without a name, and as two arguments", function()
  assert(tostring(nn.conv2d{ 8 }) == "conv2d{ 8 }")
  assert(tostring(nn.conv2d{ filters = 8, activation = "relu" }) == 'conv2d{ 8, activation = "relu" }')
  assert(tostring(nn.conv2d(8, { kernel = 5 })) == "conv2d{ 8, kernel = 5 }")
  assert(tostring(nn.conv2d(8)) == "conv2d{ 8 }")
  assert(tostring(nn.relu()) == "relu{}" and tostring(nn.relu{}) == "relu{}")
  local item = nn.conv2d{ 8, kernel = { 3, 5 }, bias = false, padding = 2 }
  local o = item.options
  assert(o.filters == 8 and o.kernel[1] == 3 and o.kernel[2] == 5 and o.bias == false and o.padding == 2)
  assert(tostring(item):find("kernel = {3, 5}", 1, true))
  assert(ln.noise.gaussian{ 0.25 }.options.p == 0.25)
  assert(nn.conv2d{ 8.0 }.options.filters == 8)
end)

test("wrong options are named", function()
  expect_error(function() nn.conv2d{ 8, kernal = 3 } end, "conv2d: no option 'kernal'; did you mean 'kernel'?")
  expect_error(function() nn.conv2d{ 8, xyz = 3 } end, "conv2d: no option 'xyz'; there are filters")
  expect_error(function() nn.conv2d{} end, "conv2d: option 'filters' is required")
  expect_error(function() nn.conv2d{ 8, 3 } end, "conv2d: takes one value without a name (filters), got 3 as value 2")
  expect_error(function() nn.conv2d{ 8, filters = 8 } end, "option 'filters' is given twice")
  expect_error(function() nn.conv2d(8, { filters = 8 }) end, "option 'filters' is given twice")
  expect_error(function() nn.conv2d{ [2] = 8, [5] = 3 } end, "conv2d:")
  expect_error(function() nn.conv2d{ 8, [true] = 3 } end, "conv2d: options have names, got the key true")
  expect_error(function() nn.conv2d{ 8, kernel = "x" } end, "conv2d: option 'kernel' must be")
  expect_error(function() nn.conv2d{ 8, kernel = 0 } end, "conv2d: option 'kernel' must be")
  expect_error(function() nn.conv2d{ 8, kernel = { 3, 3, 3 } } end, "conv2d: option 'kernel' must be")
  expect_error(function() nn.conv2d{ 8, kernel = { 3, "a" } } end, "conv2d: option 'kernel' must be")
  expect_error(function() nn.conv2d{ 8, kernel = print } end, "got a function")
  expect_error(function() nn.conv2d{ 8, activation = "rely" } end, "conv2d: option 'activation' must be")
  expect_error(function() nn.conv2d{ 8.5 } end, "conv2d: option 'filters' must be")
  expect_error(function() nn.conv2d{ 1e300 } end, "conv2d: option 'filters' must be")
  expect_error(function() ln.noise.gaussian{ 0 / 0 } end, "gaussian: option 'p' must be")
  expect_error(function() nn.relu{ 3 } end, "relu: takes no value without a name, got 3")
  expect_error(function() nn.relu{ nn.relu } end, "got the type nn.relu without its options")
end)

test("missing names are corrected", function()
  expect_error(function() return core.nn.conv3d end, "nn: no layer 'conv3d'; did you mean 'conv2d'?")
  expect_error(function() return core.optim.adm end, "optim: no optimizer 'adm'; did you mean 'adam'?")
  expect_error(function() return core.filter.qqqqq end, "filter: no filter 'qqqqq'; there are median")
  expect_error(function() return nn.conv2d.dok end, "nn.conv2d: a type has name, kind, doc, params, cases and example")
  local item = nn.conv2d{ 8 }
  expect_error(function() return item.kernel end, "conv2d: its options are in a table; write item.options.kernel")
  expect_error(function() return item.nothing end, "an item has name, kind, type, options, with and map")
end)

test("with copies", function()
  local a = ln.filter.nlmeans{ h = 0.1 }
  local b = a:with{ h = 0.2 }
  assert(a.options.h == 0.1 and b.options.h == 0.2 and a ~= b)
  assert(tostring(nn.conv2d{ 8, kernel = 5 }:with{ 16 }) == "conv2d{ 16, kernel = 5 }")
  local noise = ln.noise.gaussian{ mean = 0.5 }
  assert(noise.options.p == 0.1 and noise:with{ sd = 0.2 }.options.p == 1)
  assert(noise:with{ p = 0.1 }:with{ sd = 0.2 }.options.p == 0.1)
  expect_error(function() a.options.h = 0.2 end, "options of an item do not change; item:with{ h = ... } gives another")
  assert(a.options.h == 0.1)
  expect_error(function() a:with{ hh = 1 } end, "nlmeans: no option 'hh'")
  expect_error(function() a:with(3) end, "with: argument 1: expected a table, got 3")
end)

test("noise: each call of one object is another draw, and a new object begins again", function()
  local x = ln.full({ 2, 1, 8, 8 }, 0.5)
  local first, second = ln.noise.gaussian{ 0.1 }, ln.noise.gaussian{ 0.1 }
  local a, b = first(x), first(x)
  assert(a:eq(b):sum() < 4, "two calls gave the same noise")
  assert(a:eq(second(x)):min() == 1, "a new object began otherwise")
  assert(b:eq(second(x, 1)):min() == 1 and b:eq(second(x)):min() == 1)
  expect_error(function() first(x, -1) end, "gaussian: the stream must be at least 0")
  expect_error(function() first(3) end, "expected a tensor, got 3")
  expect_error(function() first(ln.ones(3)) end, "3")
end)

test("metrics and filters", function()
  local x = ln.rand({ 3, 1, 16, 16 }, 1)
  local mean, each = ln.metric.mse{}(x, x * 0 + 0.5)
  close(mean, each:mean(), 1e-6)
  assert(#each == 3 and #each.shape == 1)
  assert(ln.metric.ssim{}(x, x) == 1)
  local y = ln.filter.median{ 3 }(x)
  assert(y.shape[1] == 3 and y.shape[4] == 16 and y:std() < x:std())
  expect_error(function() ln.metric.mse{}(x, ln.ones{ 3, 1, 16, 15 }) end, "15")
  expect_error(function() ln.metric.mse{}(x) end, "expected a tensor, got nil")
  expect_error(function() ln.optim.sgd{}(x, x) end, "sgd: optimizers cannot be called")
  x[{ 2, 1, 3, 4 }] = 0 / 0
  expect_error(function() ln.filter.median{ 3 }(x) end, "NaN")
end)

local function skip_net()
  local x = nn.input{ 1, 8, 8 }
  local a = nn.conv2d{ 4, activation = "relu" }(x)
  local b = nn.upsample2d{ 2 }(nn.maxpool2d{ 2 }(a))
  local c = nn.concat{ a, b }
  assert(c.shape[1] == 8 and tostring(c) == "node 8x8x8 of concat{}" and tostring(x) == "node 1x8x8, an input")
  return nn.model{ inputs = x, outputs = nn.conv2d{ 1 }(c) + x, seed = 3 }
end

test("nodes make networks", function()
  local net = skip_net()
  collectgarbage() -- the network keeps what it needs of the nodes
  assert(net.built and table.concat(net.output_shape, "x") == "1x8x8")
  local layers = net:layers()
  assert(#layers == 6 and layers[1].name == "conv2d_1" and layers[1].inputs[1] == 0)
  assert(layers[4].type == "concat" and layers[4].inputs[1] == 1 and layers[4].inputs[2] == 3)
  assert(layers[1].parameters == 40 and layers[1].macs == 4 * 9 * 64 and tostring(layers[2].item) == "maxpool2d{ 2 }")
  assert(net:predict(ln.ones{ 2, 1, 8, 8 }).shape[1] == 2)
end)

test("nodes refuse what does not fit", function()
  local x = nn.input{ 1, 8, 8 }
  expect_error(function() nn.concat{ x, 3 } end, "concat: input 2 must be a node, got 3")
  expect_error(function() nn.relu{}(x, x) end, "relu: expected 1 input, got 2")
  expect_error(function() nn.relu{}() end, "relu: call it on a node")
  expect_error(function() nn.relu{}(ln.ones{ 1, 8, 8 }) end, "relu: a layer is called on nodes")
  expect_error(function() return x + nn.conv2d{ 3 }(x) end, "add")
  expect_error(function() nn.input{ 0 } end, "input: size 1 of the shape must be an integer of at least 1, got 0")
  expect_error(function() nn.model{ inputs = x } end, "model: option 'outputs' must be a node, got nil")
  expect_error(function() nn.model{ input = x } end, "model: no option 'input'; did you mean 'inputs'?")
  expect_error(function() nn.sequential{ nn.relu } end, "entry 1 is the type nn.relu; write relu{} for one")
  expect_error(function() nn.sequential{ nn.relu{}, "x" } end, "sequential: entry 2 must be a layer, got 'x'")
  expect_error(function() nn.sequential{ ln.loss.mse{} } end, "entry 1 must be a layer, got the loss mse")
  expect_error(function() nn.sequential{ nn.relu{}, seed = 3 } end, "the layers are a plain list, got the key 'seed'")
end)

local function small_net()
  return nn.sequential{ nn.conv2d{ 4, activation = "relu" }, nn.maxpool2d{ 2 }, nn.upsample2d{ 2 },
    nn.conv2d{ 1, activation = "sigmoid" } }
end

test("what would be left unread is refused", function()
  local x = ln.rand({ 2, 1, 8, 8 }, 1)
  local net = nn.sequential{ nn.conv2d{ 1 } }
  local trainer = ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = ln.optim.adam{} }
  expect_error(function() net:predict(x, { foo = 1 }) end, "net:predict: no option 'foo'; there are mirror, dropout")
  expect_error(function() net:summary({ 1, 8, 8 }, 2) end, "net:summary: takes no more than 1 argument, got 2 as well")
  expect_error(function() net:profile(x, {}) end, "net:profile: takes no more than 1 argument, got a table as well")
  expect_error(function() net(x, { foo = 1 }) end, "net:predict: no option 'foo'; there are mirror, dropout, seed")
  expect_error(function() trainer:step(x, x, { foo = 1 }) end, "step: takes no more than 2 arguments, got a table")
  expect_error(function() trainer:evaluate(x, x, 3) end, "evaluate: takes no more than 2 arguments, got 3 as well")
  expect_error(function() ln.filter.median{}(x, { size = 5 }) end, "options come first, as in median{ size = 5 }(x)")
  expect_error(function() ln.metric.psnr{}(x, x, { range = 255 }) end, "options come first, as in psnr{ range = 255 }")
  expect_error(function() ln.image.save(x[1], "x.png", { foo = 1 }) end, "image.save: no option 'foo'; there are bits")
  expect_error(function() ln.image.grid{ x }:save("x.png", { bit = 1 }) end, "no option 'bit'; did you mean 'bits'?")
  expect_error(function() ln.fit(net, { sessions = 1 }) end, "fit: no option 'sessions'")
  expect_error(function() ln.data.batches(x, { sise = 1 }) end, "data.batches: no option 'sise'; did you mean 'size'?")
  expect_error(function() ln.trainer{ net = net, foo = 1, loss = ln.loss.mse{}, optimizer = ln.optim.adam{} } end,
    "trainer: no option 'foo'; there are net, loss, loss_weights, optimizer, seed")
  expect_error(function() nn.model{ inputs = 1, foo = 2 } end, "no option 'foo'; there are inputs, outputs, seed")
end)

test("names that are missing list what there is", function()
  expect_error(function() return ln.filter.sharpen end, "no field 'sharpen'; there are ")
  expect_error(function() return core.filter.sharpen end, "no filter 'sharpen'; there are")
  local net, x = nn.sequential{ nn.conv2d{ 1 } }, ln.ones{ 1, 1, 4, 4 }
  expect_error(function()
    ln.fit(net, { sessions = 1, input = x, target = x, loss = ln.loss.mse{}, optimizer = ln.optim.adam{} })
  end, "fit: no option 'sessions'")
  expect_error(function() net:fit{ epochs = 3 } end, "network: no method 'fit'; write ln.fit(net, ...)")
  expect_error(function() net:forward(x) end, "network: no method 'forward'; write net:predict(x)")
  expect_error(function() return net.quux end,
    "network: no method or field 'quux'; there are activations, build, built, copy, epochs")
end)

test("what describes can be read and copied, not written", function()
  local layer = nn.conv2d{ 4, kernel = { 3, 5 } }
  local o = layer.options
  expect_error(function() o.kernel[1] = 7 end, "conv2d: the options of an item do not change; item:with{ kernel = ...")
  expect_error(function() o.kernal = 7 end, "do not change")
  assert(#o.kernel == 2 and table.concat(o.kernel, "x") == "3.0x5.0" and select("#", table.unpack(o.kernel)) == 2)
  local names, sizes = {}, 0
  for name in pairs(o) do names[#names + 1] = name end
  for _, size in ipairs(o.kernel) do sizes = sizes + size end
  assert(#names >= 8 and sizes == 8 and o.filters == 4 and o.nothing == nil)
  for _, copy in ipairs{ nn.conv2d(o), layer:with(o), nn.conv2d{ 4, kernel = o.kernel } } do
    assert(tostring(copy) == "conv2d{ 4, kernel = {3, 5} }")
  end
  local net = nn.sequential{ layer }:build{ 1, 8, 8 }
  expect_error(function() net:tensors()[1].trained = false end, "setting 'trained' would not change it")
  expect_error(function() net:tensors()[1] = nil end, "this list describes the network")
  expect_error(function() net:layers()[1].item = nn.relu{} end, "setting 'item' would not change it")
  assert(#net:tensors() == 2 and ln.zeros(net:tensors()[1].shape).shape[4] == 5)
  assert(#net:layers() == 1 and ln.zeros(net:layers()[1].out).shape[1] == 4)
end)

test("a layer that is called again shares its parameters", function()
  local x = nn.input{ 1, 8, 8 }
  local conv, relu = nn.conv2d{ 1 }, nn.relu{}
  local net = nn.model{ inputs = x, outputs = relu(conv(relu(conv(x)))), seed = 1 }
  assert(#net:tensors() == 2 and net:layers()[3].name == "conv2d_1_call2" and net:layers()[3].again == "conv2d_1")
  assert(net:layers()[4].name == "relu_2" and net:layers()[4].again == "relu_1")
  local two = nn.model{ inputs = x, outputs = nn.conv2d{ 1, name = "a" }(conv(x)), seed = 2 } -- weights of its own
  assert((net.conv2d_1.weight - two.conv2d_1.weight):abs():max() > 0)
  expect_error(function() nn.sequential{ conv, nn.conv2d{ 2 }, conv }:build{ 1, 8, 8 } end,
    "layer 3 (conv2d): it is layer 1, called again, and its weight fits that layer's input, but not 2x8x8")
  expect_error(function() nn.sequential{ nn.conv2d{ 1, name = "a" }, nn.conv2d{ 1, name = "a" } } end,
    "sequential: layers 1 and 2 are both called 'a'")
  local norm = nn.group_norm{ 1, affine = false } -- has none
  assert(nn.sequential{ norm, norm })
end)

test("networks", function()
  local net = small_net()
  assert(not net.built and net.input_shape == nil and tostring(net) == "network of 4 layers, not built yet")
  expect_error(function() net:tensor("x") end, "it has no tensors before it is built")
  assert(net:build({ 1, 8, 8 }, 1) == net)
  assert(tostring(net) == "network of 4 layers, 1x8x8 -> 1x8x8, 77 parameters")
  local names = {}
  for i, t in ipairs(net:tensors()) do names[i] = t.name .. ":" .. table.concat(t.shape, "x") end
  assert(table.concat(names, " ") == "conv2d_1.weight:4x1x3x3 conv2d_1.bias:4 conv2d_2.weight:1x4x3x3 conv2d_2.bias:1")
  local x = ln.rand({ 2, 1, 8, 8 }, 1)
  net:tensor("conv2d_2.weight"):fill(0)
  net:tensor("conv2d_2.bias"):fill(0)
  net:weights_changed()
  close(net:predict(x):max(), 0.5, 1e-6)
  expect_error(function() net:tensor("conv2d_1.weigth") end, "did you mean 'conv2d_1.weight'?")
  expect_error(function() net:build(3) end, "build: argument 1: expected a shape")
  expect_error(function() net:predict(ln.ones{ 2, 3, 8, 8 }) end, "conv2d")
  local copy = core.from_json(net:to_json())
  assert(copy:to_json() == net:to_json())
  expect_error(function() core.from_json("{") end, "")
end)

test("a view of a weight outlives its network", function()
  local weight = small_net():build({ 1, 8, 8 }, 1):tensor("conv2d_1.weight")
  collectgarbage()
  collectgarbage()
  assert(weight:nonfinite() == nil and weight:std() > 0)
end)

test("trainers", function()
  local net = small_net():build({ 1, 8, 8 }, 1)
  local trainer = core.trainer(net, ln.loss.mse{}, ln.optim.adam{ lr = 0.01 })
  assert(trainer.net == net and trainer.steps == 0 and tostring(trainer) == "trainer after 0 steps")
  local x = ln.rand({ 4, 1, 8, 8 }, 1)
  local before = trainer:evaluate(x, x)
  close(trainer:step(x, x), before, 1e-9)
  for _ = 1, 20 do
    trainer:step(x, x)
    collectgarbage("step")
  end
  assert(trainer:evaluate(x, x) < before and trainer.steps == 21)
  local loss, gradients, d_input = trainer:gradients(x, x)
  close(loss, trainer:evaluate(x, x), 1e-9)
  assert(table.concat(gradients["conv2d_1.weight"].shape, "x") == "4x1x3x3" and d_input.shape[1] == 4)
  expect_error(function() trainer:step(x, ln.ones{ 3, 1, 8, 8 }) end, "4")
  local mse, adam = ln.loss.mse{}, ln.optim.adam{}
  expect_error(function() core.trainer(net, adam, mse) end, "trainer: the loss must be a loss, got the optimizer adam")
  expect_error(function() core.trainer(net, ln.loss.mse, adam) end, "write mse{} for one with default options")
  expect_error(function() core.trainer(3) end, "trainer: argument 1: expected a network, got 3")
  expect_error(function() trainer:stepp() end, "trainer: no method or field 'stepp'; did you mean 'step'?")
end)

test("splits", function()
  local train, held = core.split_count(10, 7, 1)
  assert(#train == 7 and #held == 3)
  local seen = {}
  for _, list in ipairs{ train, held } do
    for _, i in ipairs(list) do
      assert(i >= 1 and i <= 10 and not seen[i])
      seen[i] = true
    end
  end
  train, held = core.split_group({ 1, 1, 2, 2, 3, 3 }, 4, 1)
  assert(#train == 4 and #held == 2 and (held[1] + 1) // 2 == (held[2] + 1) // 2)
  train, held = core.split_block(40, 30, 5, 1, 1)
  for _, a in ipairs(train) do
    for _, b in ipairs(held) do assert(math.abs(a - b) > 1) end
  end
  expect_error(function() core.split_count(10, 10, 1) end, "10")
  expect_error(function() core.split_block(4, 2, 1, 0, 1, { 1, 2 }) end, "split_block: 2 sequence numbers for 4 images")
end)

test("files", function()
  local folder <close> = support.folder()
  local path = folder.path .. "/a/b/text"
  core.file.make_dir(folder.path .. "/a/b")
  core.file.check_writable(path)
  expect_error(function() core.file.check_writable(folder.path) end, "it is a folder, not a file")
  core.file.write(path, "hello\0there")
  assert(support.read(path) == "hello\0there")
  local exists, what = core.file.exists(path)
  assert(exists and what == "file" and select(2, core.file.exists(folder.path)) == "folder")
  assert(not core.file.exists(path .. "x"))
  assert(select(2, core.file.exists("/dev/null")) == "other")
  expect_error(function() core.file.check_writable("/proc/nothing/x") end, "/proc/nothing")
  expect_error(function() core.file.write("a\0b", "x") end, "is no file path")
  expect_error(function() core.file.write("", "x") end, "is no file path")
  expect_error(function() core.file.write(folder.path, "x") end, folder.path)
end)

test("the machine", function()
  assert(core.time() <= core.time())
  local before = core.threads()
  assert(core.threads(1) == 1 and core.threads(before) == before)
  expect_error(function() core.threads(0) end, "threads: the number must be from 1 to 1024, got 0")
  local known = table.concat(core.isas(), " ")
  assert(known:find(core.isa(), 1, true) and known:find("baseline", 1, true))
  local mem = core.mem()
  assert(mem.peak >= mem.live and mem.peak_rss >= mem.rss and mem.rss > 0)
  assert(core.interrupt_pressed() == false and core.defer_interrupt(false) == false)
  assert(core.defer_interrupt(true) == false and core.defer_interrupt(false) == true)
end)

support.done()
