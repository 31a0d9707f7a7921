-- What nobody should do, and what is said to those who do it: nothing crashes, and nothing is dropped without a word.
local support = dofile "tests/lua/support.lua"
local test, expect_error = support.test, support.expect_error

local ln = require "lunet"
local core = require "lunet.core"
local nn = ln.nn

local folder <close> = support.folder()

local function options(o)
  o.loss, o.optimizer, o.progress = ln.loss.mse{}, ln.optim.sgd{}, "none"
  return o
end

test("gradients of a network that is not built yet", function()
  local x = ln.rand({ 2, 1, 8, 8 }, 1)
  local net = nn.sequential{ nn.conv2d{ 4 }, nn.conv2d{ 1 } }
  local trainer = ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = ln.optim.sgd{} }
  local _, gradients, input = trainer:gradients(x, x)
  assert(gradients["conv2d_2.weight"].shape[1] == 1 and input.shape[1] == 2)
end)

test("a finalizer that frees what is being worked on", function()
  local t = ln.ones(1000)
  setmetatable({}, { __gc = function() t:free() end })
  local sums = 0
  setmetatable({}, { __gc = function() local _ <close> = t end })
  for _ = 1, 3 do sums = sums + ln.zeros{ 9 << 20 }:narrow(1, 1, 1000):add(t):sum() end
  assert(sums == 3000)
  t:free()
  expect_error(function() t:sum() end, "sum: the tensor was freed")
end)

test("what was freed is told as such", function()
  local t = ln.ones(2)
  t:free()
  expect_error(function() ln.concat{ t } end, "concat: entry 1 must be a tensor, got a tensor that was freed")
end)

test("shapes and numbers beyond reason", function()
  local m = 33554431
  expect_error(function() nn.input{ 1 << 32, 1 << 32, 1 } end, "input: shape 4294967296x4294967296x1: sizes must be")
  expect_error(function() nn.sequential{ nn.flatten{} }:summary{ m, m, m } end, "is too large")
  local ups = {}
  for i = 1, 20 do ups[i] = nn.upsample2d{ 16 } end
  expect_error(function() nn.sequential(ups):summary{ 1, 8, 8 } end, "layer 5 (upsample2d): the output's shape")
  expect_error(function() ln.ones(2):reshape(1 << 62, 4, -1) end, "reshape: shape 4611686018427387904x4x1 has too many")
  expect_error(function() ln.zeros{ 0, 1 << 62, 1 << 62 } end, "has too many elements")
  expect_error(function() ln.ones(2):gather{ math.mininteger } end, "outside 1..2")
  expect_error(function() ln.ones(2):sum(1 << 32) end, "sum: dimension 4294967296 of a tensor that has 1")
  local x = nn.input{ 1, 4, 4 }
  expect_error(function() for _ = 1, 20000 do x = x + x end end, "add: at most 10000 layers can follow each other")
end)

test("training on nothing", function()
  local net, none, two = nn.sequential{ nn.conv2d{ 1 } }, ln.zeros{ 0, 1, 8, 8 }, ln.zeros{ 2, 1, 8, 8 }
  expect_error(function() ln.fit(net, options{ input = none, target = none }) end, "fit: there are no images")
  expect_error(function() ln.fit(net, options{ input = ln.noise.gaussian{}, target = none }) end, "there are no images")
  expect_error(function()
    ln.fit(net, options{ input = two, target = two, validation = { input = none, target = none } })
  end, "fit: there are no images in the validation")
end)

test("Ctrl-C is what it was after runs in coroutines, ended in any order or never", function()
  local x = ln.rand{ 4, 1, 8, 8 }
  local function run()
    return coroutine.wrap(function()
      ln.fit(nn.sequential{ nn.conv2d{ 1 } },
        options{ input = x, target = x, epochs = 2, on_epoch = function() coroutine.yield() end })
    end)
  end
  local a, b = run(), run()
  a() b() a() a() b() b()
  assert(core.defer_interrupt(false) == false)
  do
    local abandoned = run()
    abandoned()
  end
  collectgarbage()
  collectgarbage()
  assert(core.defer_interrupt(false) == false)
end)

test("errors in other files and functions of the user's keep their place", function()
  os.execute(("mkdir '%s/models'"):format(folder))
  support.write(folder.path .. "/models/broken.lua", "return function()\n  local x = = 3\nend\n")
  support.write(folder.path .. "/models/number.lua", "return 3\n")
  support.write(folder.path .. "/script.lua", "print(pcall(function() return require('lunet').models[arg[1]] end))\n")
  assert(support.run(folder.path .. "/script.lua broken"):find("broken.lua:2: unexpected symbol near '='", 1, true))
  assert(support.run(folder.path .. "/script.lua number"):find("models/number.lua must return a function", 1, true))
  local images = ln.rand{ 1, 1, 9, 9 }
  local line = expect_error(function()
    ln.filter.tune(function() error("mine") end, { size = { 3 } }, images, images, ln.metric.mse{})
  end, "mine")
  assert(line:find("misuse.lua:%d+: mine$"), line)
end)

test("NUL bytes in names and paths", function()
  expect_error(function() nn.conv2d{ 8, activation = "relu\0junk" } end,
    "conv2d: option 'activation': there is a NUL byte after 'relu'")
  expect_error(function() nn.conv2d{ 8, ["kernel\0x"] = 5 } end, "conv2d: no option 'kernel' with a NUL byte")
  expect_error(function() ln.data.folder("/usr/share\0x") end, "folder: option 'path'")
  local net = nn.sequential{ nn.conv2d{ 1 } }
  net:build{ 1, 8, 8 }
  expect_error(function() net:save(folder.path .. "/x.safetensors", { record = "a\0b" }) end, "without a NUL byte")
end)

test("lists with holes and names", function()
  local net = nn.sequential{ nn.conv2d{ 1 } }
  net:build{ 1, 8, 8 }
  expect_error(function() net:save(folder.path .. "/x.safetensors", { record = { 1, b = 2 } }) end,
    "json: a list has the key b as well")
  expect_error(function() net:save(folder.path .. "/x.safetensors", { record = { 1, nil, 3 } }) end,
    "a table is a list without holes")
  net:save(folder.path .. "/x.safetensors", { record = { of = ln.data.set(ln.rand{ 2, 1, 4, 4 }) } })
  expect_error(function() ln.table{ columns = { "a" }, { 1 }, [3] = { 3 } } end, "table: entry 3 is no row")
  expect_error(function() ln.table{ columns = { "a" }, { 1 }, [1.5] = { 3 } } end, "table: entry 1.5 is no row")
  expect_error(function() nn.sequential{ [3] = nn.relu{}, nn.conv2d{ 1 } } end, "sequential: the layers are a plain")
end)

test("arguments of the wrong kind are named", function()
  local images = ln.rand{ 40, 1, 4, 4 }
  local set, net = ln.data.set(images), nn.sequential{ nn.conv2d{ 1 } }
  net:build{ 1, 8, 8 }
  for text, f in pairs{
    ["data.phantom: the second argument must be a table, got 3"] = function() ln.data.phantom(2, 3) end,
    ["data.set: the list of names must be a table, got 42"] = function() ln.data.set(images, 42) end,
    ["data.set: name 1 must be a string, got 1"] = function() ln.data.set(ln.rand{ 2, 1, 4, 4 }, { 1, 2 }) end,
    ["set:subset: the list of numbers must be a table, got 3"] = function() set:subset(3) end,
    ["set:split: option 'group': unfinished capture in the pattern '('"] = function()
      set:split{ train = 2, group = "(" }
    end,
    ["set:split: option 'group' gave"] = function() set:split{ train = 2, group = function() return 0 / 0 end } end,
    ["set:split: option 'test' must leave images on both sides, so be 1 to 39 images, got 40"] = function()
      set:split{ test = 40 }
    end,
    ["net:summary: the shape of an image must be a table, got 3"] = function() net:summary(3) end,
    ["models.cnn_dae: what it is called with must be a table, got 3"] = function() ln.models.cnn_dae(3) end,
    ["net:save: the path must be a string, got 42"] = function() net:save(42) end,
    ["net:profile: the batch of images must be a tensor, got 42"] = function() net:profile(42) end,
    ["image.save: the path must be a string, got 42"] = function() ln.image.save(images[1], 42) end,
    ["filter.tune: the third argument, noisy images, must be a tensor, got 3"] = function()
      ln.filter.tune(ln.filter.median, { size = { 3 } }, 3, images, ln.metric.mse{})
    end,
  } do expect_error(f, text) end
  assert(ln.data.pairs("mdb99999999999999999999") > 0)
end)

test("common slips are told what to write", function()
  local x = ln.rand{ 2, 1, 16, 16 }
  local net, set = nn.sequential{ nn.conv2d{ 1 } }, ln.data.set(x)
  local run = options{ input = x, target = x }
  for text, f in pairs{
    ["ssim: its options come first, then a tensor of shape 2x1x16x16; write ssim{}(...)"] = function()
      ln.metric.ssim(x, x)
    end,
    ["a function or a list of them, got the type loss.mse without its options"] = function()
      run.loss = ln.loss.mse
      ln.fit(net, run)
    end,
    ["got a dataset; its images are in its field 'images'"] = function()
      ln.fit(net, options{ input = set, target = x })
    end,
    ["median: argument 1: expected a tensor, got nil"] = function() ln.filter.median{ 5 }() end,
    ["-: expected a tensor or a number on its right, got nil"] = function() return x - nil end,
    ["psnr: argument 2: expected a tensor, got nil"] = function() ln.metric.psnr{}(x) end,
    ["argument 1: expected a tensor, got 3"] = function() net(3) end,
    ["image.resize: the size must be {height, width} in pixels, got {0, 3}"] = function()
      ln.image.resize(x, { 0, 3 })
    end,
    ["dataset: no method or field 'image'; did you mean 'images'?"] = function() return set.image end,
    ["lunet.file: no field 'wirte'; did you mean 'write'?"] = function() return ln.file.wirte end,
    ["a pooling drops what its stride does not divide"] = function()
      local input = nn.input{ 1, 15, 15 }
      nn.concat{}(input, nn.upsample2d{ 2 }(nn.maxpool2d{ 2 }(input)))
    end,
  } do expect_error(f, text) end
  assert(net(x).shape[4] == 16)
  assert(ln.image.resize(x, { 16 / 2, 8.0 }).shape[3] == 8)
  assert(ln.image.grid{ x[1], x }.tensor.shape[1] == 1)
  assert(set.source == nil)
end)

test("validation images are checked before training", function()
  local x, small = ln.rand{ 8, 1, 16, 16 }, ln.rand{ 8, 1, 8, 8 }
  local function fit(validation)
    ln.fit(nn.sequential{ nn.conv2d{ 1 } }, options{ input = x, target = x, validation = validation })
  end
  expect_error(function() fit{ input = small, target = small } end, "the validation images are 1x8x8, but those to")
  expect_error(function() fit{ input = x, target = small } end, "but the validation targets are 1x8x8")
  expect_error(function() fit(0.05) end, "option 'validation' = 0.05 holds out none of 8 images; give 0.0625 or more")
end)

support.done()
