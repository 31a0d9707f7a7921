-- Weights of a network by name: net:parameters, net:get, net:set, and net:load from files that Python wrote.
local support = dofile "tests/lua/support.lua"
local ln = require "lunet"
local test, expect_error, same = support.test, support.expect_error, support.same
local nn = ln.nn

local function differs(a, b) return (a - b):abs():max() > 0 end

local function small()
  return nn.sequential{ nn.conv2d{ 2, name = "enc1", activation = "relu" }, nn.batch_norm{}, nn.conv2d{ 1 } }
end

-- ---- Reading and setting ----

test("parameters: in the order of the layers, with shapes, and what is trained", function()
  local net = small():build({ 1, 8, 8 }, 1)
  net:freeze("enc1.bias")
  local list = net:parameters()
  local words = {}
  for i, p in ipairs(list) do
    words[i] = ("%s %s %s%s"):format(p.name, table.concat(p.shape, "x"), p.trained and "trained" or "state",
      p.frozen and " frozen" or "")
    assert(list[p.name] == p and not differs(p.tensor, net:get(p.name)))
  end
  assert(table.concat(words, "\n") == [[
enc1.weight 2x1x3x3 trained
enc1.bias 2 trained frozen
batch_norm_1.running_mean 2 state
batch_norm_1.running_var 2 state
batch_norm_1.weight 2 trained
batch_norm_1.bias 2 trained
conv2d_1.weight 1x2x3x3 trained
conv2d_1.bias 1 trained]])
  local order = {}
  for name, p in pairs(list) do
    order[#order + 1] = name
    assert(p.name == name)
  end
  assert(#order == #list and order[1] == "enc1.weight" and order[8] == "conv2d_1.bias")
  local text = tostring(list)
  assert(text:find("enc1.bias +2 +2  frozen") and text:find("41 numbers are trained", 1, true))
  expect_error(function() return list["enc1.wieght"] end, "no tensor 'enc1.wieght'; did you mean 'enc1.weight'?")
  expect_error(function() list.x = 1 end, "setting 'x' would not change it; net:set(name, tensor) does")
  expect_error(function() small():parameters() end, "the network has no parameters before it is built")
  expect_error(function() net:parameters("enc1") end, "takes no arguments, got 'enc1'")
end)

test("get gives a copy; set changes the network, and what was packed of older weights is void", function()
  local net = small():build({ 1, 8, 8 }, 1)
  local x = ln.rand({ 3, 1, 8, 8 }, 1)
  local before = net:predict(x)
  local w = net:get("enc1.weight")
  w:fill(0)
  assert(not differs(net:predict(x), before))
  assert(net:set("enc1.weight", w) == net and differs(net:predict(x), before))
  w:fill(1) -- and the network has a copy
  assert(net:get("enc1.weight"):abs():max() == 0)
  local trainer = ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = ln.optim.sgd{ lr = 0 } }
  local zero = trainer:step(x, x)
  net:set("conv2d_1.bias", ln.tensor{ 5 })
  assert(trainer:step(x, x) > zero + 1)
end)

test("a table of tensors is set wholly or not at all", function()
  local net = small():build({ 1, 8, 8 }, 1)
  local w, b = net:get("enc1.weight"), net:get("enc1.bias")
  net:set{ ["enc1.weight"] = w * 2, ["enc1.bias"] = b + 1 }
  same(net:get("enc1.weight"), w * 2)
  same(net:get("enc1.bias"), b + 1)
  expect_error(function() net:set{ ["enc1.bias"] = b, ["enc1.weight"] = ln.ones{ 3, 3 } } end,
    "net:set: enc1.weight has shape 2x1x3x3, got a tensor of shape 3x3")
  same(net:get("enc1.bias"), b + 1)
  net:set{ ["enc1.bias"] = net:tensor("batch_norm_1.bias"), ["batch_norm_1.bias"] = net:tensor("enc1.bias") }
  same(net:get("batch_norm_1.bias"), b + 1)
  assert(net:get("enc1.bias"):abs():max() == 0, "they were exchanged")
end)

test("mistakes of get and set", function()
  local net = small():build({ 1, 8, 8 }, 1)
  local t = ln.ones{ 2 }
  expect_error(function() net:get("enc1.wieght") end, "net:get: no tensor 'enc1.wieght'; did you mean 'enc1.weight'?")
  expect_error(function() net:set("enc1.wieght", t) end,
    "net:set: no tensor 'enc1.wieght'; did you mean 'enc1.weight'?")
  expect_error(function() net:set("enc1.weight", t) end,
    "net:set: enc1.weight has shape 2x1x3x3, got a tensor of shape 2")
  expect_error(function() net:set("enc1.bias", 3) end, "net:set: 'enc1.bias' must be a tensor, got 3")
  expect_error(function() net:set{ t } end, "expected { [\"enc1.weight\"] = tensor, ... }, got the key 1")
  expect_error(function() net:set(3, t) end, "net:set: the name must be a string or a table, got 3")
  expect_error(function() net:set({}, t) end, "takes a name and a tensor, or a table of tensors by name")
  expect_error(function() small():get("enc1.weight") end, "net:get: it has no tensors before it is built")
  expect_error(function() net.set(3, "enc1.weight", t) end, "net:set: called on 3, expected a network")
end)

test("shared and tied weights", function()
  local body = nn.sequential{ nn.conv2d{ 2, name = "enc1" } }
  local outer = nn.sequential{ body, nn.conv2d{ 1 } }:build({ 1, 8, 8 }, 1)
  local x = ln.rand({ 1, 1, 8, 8 }, 1)
  local inner, all = body:predict(x), outer:predict(x)
  body:set("enc1.weight", body:get("enc1.weight") * 2)
  assert(differs(body:predict(x), inner) and differs(outer:predict(x), all))
  local conv = nn.conv2d{ 3, name = "enc", bias = false }
  local net = nn.sequential{ conv, nn.conv_transpose2d{ tied = conv, name = "dec", bias = false } }
  net:build({ 2, 8, 8 }, 1)
  assert(#net:parameters() == 1)
  local image = ln.rand({ 1, 2, 8, 8 }, 1)
  local before = net:predict(image)
  net:set("enc.weight", net:get("enc.weight") * 2)
  same(net:predict(image), before * 4, 1e-5)
  assert(not differs(net:get("dec.weight"), net:get("enc.weight")), "in,out,rows,columns of one, out,in of the other")
  expect_error(function() net:set("dec.weight", net:get("dec.weight")) end,
    "net:set: 'dec.weight' is 'enc.weight', to which it is tied")
  expect_error(function() net:tensor("dec.weight") end, "net:get('dec.weight') gives a copy")
  local dense = nn.dense{ 2, name = "enc", bias = false }
  local mlp = nn.sequential{ dense, nn.dense{ tied = dense, name = "dec", bias = false } }:build({ 4 }, 1)
  assert(not differs(mlp:get("dec.weight"), mlp:get("enc.weight"):transpose(1, 2)))
end)

test("a layer of one's own cannot set weights of the network that it is part of while that runs", function()
  local net
  local meddling = nn.custom{ name = "meddling", forward = function(x)
    if net then net:set("conv2d_1.bias", ln.ones{ 1 }) end -- and not yet in a dry run
    return x
  end }
  net = nn.sequential{ meddling, nn.conv2d{ 1 } }:build({ 1, 4, 4 }, 1)
  expect_error(function() net:predict(ln.ones{ 1, 1, 4, 4 }) end, "set: the network is at work")
end)

-- ---- Files from elsewhere ----

-- Numbers of eighths as bytes of the types that Python writes.
local encode = {
  F32 = function(x) return ("<f"):pack(x) end,
  F64 = function(x) return ("<d"):pack(x) end,
  BF16 = function(x) return ("<f"):pack(x):sub(3) end,
  F16 = function(x)
    if x == 0 then return "\0\0" end
    local exponent = math.floor(math.log(math.abs(x), 2))
    local fraction = math.tointeger((math.abs(x) / 2.0 ^ exponent - 1) * 1024)
    return ("<I2"):pack((x < 0 and 0x8000 or 0) | exponent + 15 << 10 | fraction)
  end,
  I64 = function(x) return ("<i8"):pack(x) end,
}

-- list: { { name, type, shape, numbers }, ... }
local function write_safetensors(path, list)
  local header, data = {}, {}
  local at = 0
  for i, t in ipairs(list) do
    local bytes = {}
    for k, x in ipairs(t[4]) do bytes[k] = encode[t[2]](x) end
    data[i] = table.concat(bytes)
    local form = '"%s":{"dtype":"%s","shape":[%s],"data_offsets":[%d,%d]}'
    header[i] = form:format(t[1], t[2], table.concat(t[3], ","), at, at + #data[i])
    at = at + #data[i]
  end
  local text = "{" .. table.concat(header, ",") .. "}"
  text = text .. (" "):rep(-#text % 8)
  support.write(path, ("<I8"):pack(#text) .. text .. table.concat(data))
  return path
end

-- The state of the PyTorch module below: number j of tensor k is ((5 j + k) mod 17 - 8) / 8, both from 0; of
-- running_var its size + 0.5.
local function module_state(types)
  local shapes = { { "conv1.weight", 3, 2, 3, 3 }, { "conv1.bias", 3 }, { "bn1.weight", 3 }, { "bn1.bias", 3 },
    { "bn1.running_mean", 3 }, { "bn1.running_var", 3 }, { "up.weight", 3, 2, 2, 2 }, { "up.bias", 2 },
    { "fc.weight", 2, 32 }, { "fc.bias", 2 } }
  local list = {}
  for k, entry in ipairs(shapes) do
    local shape, numbers, count = { table.unpack(entry, 2) }, {}, 1
    for _, size in ipairs(shape) do count = count * size end
    for j = 1, count do
      local x = ((5 * (j - 1) + k - 1) % 17 - 8) / 8
      numbers[j] = entry[1] == "bn1.running_var" and math.abs(x) + 0.5 or x
    end
    list[k] = { entry[1], types[(k - 1) % #types + 1], shape, numbers }
  end
  list[#list + 1] = { "bn1.num_batches_tracked", "I64", {}, { 7 } }
  return list
end

-- x = ((torch.arange(16.) * 3) % 7 / 8).reshape(2, 2, 2, 2); in eval mode, with conv1 = Conv2d(2, 3, 3, padding=1),
-- bn1 = BatchNorm2d(3), up = ConvTranspose2d(3, 2, 2, stride=2), fc = Linear(32, 2):
-- fc(torch.flatten(up(torch.relu(bn1(conv1(x)))), 1))
local numbers = {}
for i = 0, 15 do numbers[i + 1] = i * 3 % 7 / 8 end
local module_input = ln.tensor(numbers):reshape{ 2, 2, 2, 2 }
local module_output = ln.tensor{ 0.38535070, 1.00372267, 1.98119402, 0.54373837 }:reshape{ 2, 2 }

local function module_twin(names)
  return nn.sequential{ nn.conv2d{ 3, name = names[1] }, nn.batch_norm{ name = names[2] }, nn.relu{},
    nn.conv_transpose2d{ 2, kernel = 2, stride = 2, name = names[3] }, nn.flatten{}, nn.dense{ 2, name = names[4] },
  }:build({ 2, 2, 2 }, 1)
end

test("a PyTorch module's state in every type of number, against PyTorch", function()
  local folder <close> = support.folder()
  for _, types in ipairs{ { "F32" }, { "F16" }, { "BF16" }, { "F64" }, { "F16", "F64", "BF16", "F32" } } do
    local path = write_safetensors(folder.path .. "/net.safetensors", module_state(types))
    local net = module_twin{ "conv1", "bn1", "up", "fc" }
    net:predict(module_input)
    local report = net:load(path)
    assert(#report.taken == 10 and report.taken[1] == "conv1.weight" and #report.missing == 0)
    same(net:predict(module_input), module_output, 1e-5)
  end
end)

test("names of another network", function()
  local folder <close> = support.folder()
  local path = write_safetensors(folder.path .. "/net.safetensors", module_state{ "F32" })
  local net = module_twin{ "enc1", "norm", "dec1", "head" }
  local layers = { conv1 = "enc1", bn1 = "norm", up = "dec1", fc = "head" }
  net:load(path, { names = layers })
  same(net:predict(module_input), module_output, 1e-5)
  net = module_twin{ "enc1", "norm", "dec1", "head" }
  net:load(path, { names = function(name)
    local layer, rest = name:match("^(.*)(%..*)$")
    return layers[layer] .. rest
  end })
  same(net:predict(module_input), module_output, 1e-5)
  net = module_twin{ "enc1", "bn1", "up", "fc" }
  net:load(path, { names = { ["conv1.weight"] = "enc1.weight", ["conv1.bias"] = "enc1.bias" } })
  same(net:predict(module_input), module_output, 1e-5)
  expect_error(function() net:load(path, { names = { conv2 = "enc1" } }) end,
    "option 'names': the file has no tensor or layer 'conv2'; did you mean 'conv1'?")
  expect_error(function() net:load(path, { names = { conv1 = 3 } }) end,
    "option 'names': 'conv1' must go to a name or false, got 3")
  expect_error(function() net:load(path, { names = { "enc1" } }) end, "option 'names': its keys must be names")
  expect_error(function() net:load(path, { names = { ["conv1.bias"] = "bn1.bias" } }) end,
    "'bn1.bias' and 'conv1.bias' of the file both become 'bn1.bias'")
  expect_error(function() net:load(path, { names = function() return 3 end }) end,
    "the function must give a name, or nil, got 3 for 'bn1.bias'")
  expect_error(function() net:load(path, { names = function() error("oh no") end }) end, "oh no")
end)

test("strict demands all and changes nothing else; strict = false takes what fits and reports", function()
  local folder <close> = support.folder()
  local path = write_safetensors(folder.path .. "/net.safetensors", module_state{ "F32" })
  local net = nn.sequential{ nn.conv2d{ 3, name = "conv1" }, nn.batch_norm{ name = "bn1" },
    nn.conv_transpose2d{ 4, kernel = 2, stride = 2, name = "up" }, nn.conv2d{ 1, name = "out" } }
  net:build({ 2, 2, 2 }, 1)
  local before = net:get("conv1.weight")
  local message = expect_error(function() net:load(path) end, "net.safetensors' does not fit: ")
  assert(message:find("missing in the file: out.weight, out.bias; not in the network: fc.bias, fc.weight; other "
    .. "shapes: up.weight is 3x2x2x2 in the file, 3x4x2x2 in the network, up.bias is 2 in the file, 4 in the network",
    1, true))
  assert(not differs(net:get("conv1.weight"), before))
  local report = net:load(path, { strict = false })
  assert(differs(net:get("conv1.weight"), before))
  assert(table.concat(report.taken, " ")
    == "conv1.weight conv1.bias bn1.running_mean bn1.running_var bn1.weight bn1.bias")
  assert(table.concat(report.missing, " ") == "out.weight out.bias")
  assert(table.concat(report.unexpected, " ") == "fc.bias fc.weight")
  local wrong = report.mismatched[1]
  assert(wrong.name == "up.weight" and wrong.file[2] == 2 and wrong.network[2] == 4 and #report.mismatched == 2)
  assert(tostring(report):find("^6 tensors taken from .*\nmissing in the file: out.weight, out.bias\n"))
  report = net:load(path, { strict = false, names = { fc = false, bn1 = false, up = false } })
  assert(#report.unexpected == 0 and #report.taken == 2)
end)

test("files of lunet's own, and of NumPy", function()
  local folder <close> = support.folder()
  local net, other = small():build({ 1, 8, 8 }, 1), small():build({ 1, 8, 8 }, 2)
  local x = ln.rand({ 2, 1, 8, 8 }, 1)
  net:save(folder.path .. "/net.safetensors")
  assert(differs(other:predict(x), net:predict(x)))
  other:load(folder.path .. "/net.safetensors")
  assert(not differs(other:predict(x), net:predict(x)))
  other = small():build({ 1, 8, 8 }, 2)
  other:load(ln.save(folder.path .. "/net.npz", ln.load_tensors(folder.path .. "/net.safetensors")))
  assert(not differs(other:predict(x), net:predict(x)))
end)

test("mistakes of load", function()
  local folder <close> = support.folder()
  local net = nn.sequential{ nn.conv2d{ 1, name = "conv1" } }:build({ 1, 4, 4 }, 1)
  local before = net:get("conv1.weight")
  local path = ln.save(folder.path .. "/nan.safetensors",
    { ["conv1.weight"] = ln.ones{ 1, 1, 3, 3 } * 0, ["conv1.bias"] = ln.tensor{ 0 / 0 } })
  expect_error(function() net:load(path) end, "nan.safetensors': conv1.bias holds NaN or infinity")
  assert(not differs(net:get("conv1.weight"), before))
  expect_error(function() net:load(folder.path .. "/none.safetensors") end, "none.safetensors'")
  support.write(folder.path .. "/bad.safetensors", "hello, hello, hello")
  expect_error(function() net:load(folder.path .. "/bad.safetensors") end, "net:load: cannot read")
  expect_error(function() net:load(ln.save(folder.path .. "/x.npy", before)) end,
    "is a .npy file, of one tensor without a name; net:set(name, tensor) takes it")
  expect_error(function() net:load(path, { strickt = false }) end, "no option 'strickt'; did you mean 'strict'?")
  expect_error(function() net:load(3) end, "net:load: the path must be a string, got 3")
  expect_error(function() net:load(path, {}, 3) end, "takes a path and options, and no more")
  expect_error(function() small():load(path) end, "the network has no tensors before it is built")
  local wide = folder.path .. "/wide.safetensors"
  write_safetensors(wide, { { "conv1.weight", "F64", { 1 }, { 1e300 } } })
  expect_error(function() net:load(wide) end, "which float32 cannot hold")
end)

-- ---- Names ----

test("no layer is called like a method or field of networks", function()
  local net = small():build({ 1, 8, 8 }, 1)
  local class = debug.getmetatable(net)
  local tried = 0
  for _, list in ipairs{ "methods", "getters" } do
    for name in pairs(class[list]) do
      tried = tried + 1
      expect_error(function() nn.conv2d{ 1, name = name } end,
        ("conv2d: option 'name': '%s' is a %s of networks"):format(name, list == "methods" and "method" or "field"))
    end
  end
  assert(tried > 25)
end)

support.done()
