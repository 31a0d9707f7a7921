-- Networks of several parts: inside each other, with layers called again or tied, several inputs and outputs, names,
-- arithmetic of nodes, activations.
local support = dofile "tests/lua/support.lua"
local ln = require "lunet"
local test, expect_error, close, same = support.test, support.expect_error, support.close, support.same
local nn = ln.nn

local function arange(n, shape) return ln.arange(0, n - 1):reshape(shape) / n end

local function differs(a, b) return (a - b):abs():max() > 0 end

local image = arange(16, { 1, 1, 4, 4 })

-- The gradients of the mean square of what the network gives, as torch does with y.pow(2).mean().backward().
local function gradients(net, x)
  local y = net:predict(x)
  local trainer = ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = ln.optim.sgd{} }
  return trainer:gradients(x, y * 0)
end

test("arithmetic of nodes", function()
  local x = nn.input{ 2, 4, 4 }
  local a, b = nn.relu{}(x), nn.tanh{}(x)
  local values = ln.rand({ 3, 2, 4, 4 }, 1) - 0.5
  local ra, rb = values:maximum(0), values:tanh()
  local function check(node, want)
    same(nn.model{ inputs = x, outputs = node }:predict(values), want, 1e-5)
  end
  check(a + b, ra + rb)
  check(a - b, ra - rb)
  check(a * b, ra * rb)
  check(2 * a, 2 * ra)
  check(a * -0.5 + 1, 1 - 0.5 * ra)
  check(1 - b, 1 - rb)
  check(b - 3, rb - 3)
  check(-b / 4, -rb / 4)
  check(3 + a, ra + 3)
  expect_error(function() return a + "x" end, "node: a node can be added to a node or a number, got 'x'")
  expect_error(function() return a / b end,
    "node: a node can be divided by a number that is not 0, got a node / a node")
  expect_error(function() return a / 0 end, "that is not 0, got a node / 0")
  expect_error(function() return a * ln.ones{ 2 } end,
    "node: a node can be multiplied by a node or a number, got a tensor")
end)

test("a network inside another shares its weights, both ways", function()
  local body = nn.sequential{ nn.conv2d{ 3, activation = "relu" }, nn.conv2d{ 3 } }
  local x = nn.input{ 1, 8, 8 }
  local net = nn.model{ inputs = x, outputs = nn.conv2d{ 1 }(body(x)) }
  local batch = ln.rand({ 4, 1, 8, 8 }, 1)
  net:build({ 1, 8, 8 }, 5)
  assert(body.built and not differs(body.conv2d_1.weight, net.conv2d_1.weight))
  local before = body:predict(batch)
  local trainer = ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = ln.optim.sgd{ lr = 0.1 } }
  trainer:step(batch, batch)
  assert(differs(before, body:predict(batch)), "what was packed of older weights is void")
  local outer = net:predict(batch)
  local inner = ln.trainer{ net = body, loss = ln.loss.mse{}, optimizer = ln.optim.sgd{ lr = 0.1 } }
  inner:step(batch, ln.zeros{ 4, 3, 8, 8 })
  assert(differs(outer, net:predict(batch)))
  local alone = net:copy()
  outer = alone:predict(batch)
  trainer:step(batch, batch)
  assert(not differs(outer, alone:predict(batch)))
  expect_error(function() body(nn.input{ 1, 8, 8 }, x) end, "network: the network has 1 input, got 2")
  expect_error(function() body(nn.input{ 2, 8, 8 }) nn.model{ inputs = x, outputs = body(nn.input{ 2, 8, 8 }) } end,
    "the output depends on another input")
end)

test("whichever network is built first makes the weights, from its seed", function()
  local function pair()
    local body = nn.sequential{ nn.conv2d{ 2 } }
    local head = nn.sequential{ body, nn.conv2d{ 1 } }
    return body, head
  end
  local body, head = pair()
  head:build({ 1, 8, 8 }, 3)
  body:build({ 1, 8, 8 }, 9)
  local body2, head2 = pair()
  body2:build({ 1, 8, 8 }, 3)
  head2:build({ 1, 8, 8 }, 9)
  assert(not differs(body.conv2d_1.weight, body2.conv2d_1.weight))
  assert(not differs(head2.conv2d_1.weight, body2.conv2d_1.weight))
  expect_error(function() nn.sequential{ body, nn.conv2d{ 1 } }:build{ 3, 8, 8 } end,
    "layer 1 (conv2d): its weight was made for other inputs and does not fit input 3x8x8")
end)

test("a new head on an old body", function()
  local net = nn.sequential{ nn.conv2d{ 2, name = "enc1" }, nn.relu{}, nn.conv2d{ 1, name = "out" } }
  net:build({ 1, 8, 8 }, 1)
  local x = nn.input{ 1, 8, 8 }
  local new = nn.model{ inputs = x, outputs = nn.conv2d{ 3, name = "head" }(net:upto("relu_1")(x)), seed = 2 }
  assert(not differs(new.enc1.weight, net.enc1.weight) and new.output_shape[1] == 3)
  local names = {}
  for _, layer in ipairs(new:layers()) do names[#names + 1] = layer.name end
  assert(table.concat(names, " ") == "enc1 relu_1 head")
end)

-- import torch, torch.nn.functional as F
-- x = (torch.arange(16.)/16).reshape(1,1,4,4)
-- c = lambda z: torch.tanh(F.conv2d(z, w, padding=1)), w = (torch.arange(9.)/9 - 0.5).reshape(1,1,3,3)
-- (c(c(x))**2).mean().backward(): the loss, w.grad
test("a layer called twice, against PyTorch", function()
  local conv = nn.conv2d{ 1, bias = false, activation = "tanh" }
  local net = nn.sequential{ conv, conv }
  net:build({ 1, 4, 4 }, 1)
  net:tensor("conv2d_1.weight"):copy(arange(9, { 1, 1, 3, 3 }) - 0.5)
  net:weights_changed()
  local loss, by_name = gradients(net, image)
  close(loss, 0.1277344524860382, 1e-6)
  same(by_name["conv2d_1.weight"], ln.tensor{ -0.1052127, -0.1063054, -0.0500627, -0.0389974, 0.0304076, 0.0970631,
    0.1760867, 0.2887557, 0.281014 }:reshape{ 1, 1, 3, 3 }, 1e-5)
  assert(net:summary().parameters == 9)
end)

-- w = (torch.arange(18.)/18 - 0.5).reshape(2,1,3,3)
-- y = F.conv_transpose2d(torch.tanh(F.conv2d(x, w, padding=1)), w, padding=1); (y**2).mean().backward()
test("a transposed convolution tied to a convolution, against PyTorch", function()
  local conv = nn.conv2d{ 2, bias = false, activation = "tanh" }
  local net = nn.sequential{ conv, nn.conv_transpose2d{ tied = conv, bias = false } }
  net:build({ 1, 4, 4 }, 1)
  assert(#net:tensors() == 1 and net:summary().parameters == 18)
  net:tensor("conv2d_1.weight"):copy(arange(18, { 2, 1, 3, 3 }) - 0.5)
  net:weights_changed()
  local loss, by_name = gradients(net, image)
  close(loss, 4.382780075073242, 1e-5)
  same(net:predict(image), ln.tensor{ 0.5584148, 1.0562254, 1.2566042, 0.8891356, 1.4156538, 2.4353745, 2.68346,
    1.8188299, 2.0608659, 3.3232698, 3.4919286, 2.2847526, 1.4627565, 2.2985868, 2.3422599, 1.5062916
  }:reshape{ 1, 1, 4, 4 }, 1e-5)
  same(by_name["conv2d_1.weight"], ln.tensor{ -2.3369019, -3.0373807, -2.4332089, -3.1578913, -4.0625591, -3.1838009,
    -2.6716127, -3.3532763, -2.5865431, 1.8692583, 2.5189235, 2.1494553, 2.8499873, 3.8155186, 3.1926594, 2.7698531,
    3.6619349, 2.9768651 }:reshape{ 2, 1, 3, 3 }, 1e-5)
end)

-- x = (torch.arange(4.)/4).reshape(1,4), w = (torch.arange(8.)/8 - .5).reshape(2,4)
-- y = F.linear(torch.tanh(F.linear(x, w)), w.T); (y**2).mean().backward()
test("tied dense layers, against PyTorch", function()
  local enc = nn.dense{ 2, bias = false, activation = "tanh" }
  local net = nn.sequential{ enc, nn.dense{ tied = enc, bias = false } }
  net:build({ 4 }, 1)
  net:tensor("dense_1.weight"):copy(arange(8, { 2, 4 }) - 0.5)
  net:weights_changed()
  local x = arange(4, { 1, 4 })
  local _, by_name = gradients(net, x)
  same(net:predict(x), ln.tensor{ 0.1513549, 0.1649624, 0.1785699, 0.1921775 }:reshape{ 1, 4 }, 1e-5)
  same(by_name["dense_1.weight"], ln.tensor{ -0.0229083, -0.0483814, -0.0738544, -0.0993275, 0.0311466, 0.0482052,
    0.0652638, 0.0823224 }:reshape{ 2, 4 }, 1e-5)
end)

test("tied layers train, are saved and copied; mistakes", function()
  local conv = nn.conv2d{ 3, kernel = 5, stride = 2, name = "enc" }
  local net = nn.sequential{ conv, nn.relu{}, nn.conv_transpose2d{ tied = conv, name = "dec" } }
  local x = ln.rand({ 4, 2, 8, 8 }, 1)
  net:build({ 2, 8, 8 }, 1)
  assert(net.output_shape[1] == 2 and net.output_shape[2] == 8)
  local trainer = ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = ln.optim.adam{} }
  local first = trainer:step(x, x)
  for _ = 1, 20 do trainer:step(x, x) end
  assert(trainer:evaluate(x, x) < first)
  local folder <close> = support.folder()
  net:save(folder.path .. "/tied.safetensors")
  local back = ln.load(folder.path .. "/tied.safetensors")
  assert(not differs(back:predict(x), net:predict(x)) and not differs(net:copy():predict(x), net:predict(x)))
  ln.trainer{ net = back, loss = ln.loss.mse{}, optimizer = ln.optim.sgd{ lr = 0.1 } }:step(x, x)
  assert(#back:tensors() == 3)
  ln.gradcheck(back, { 2, 8, 8 }, { tolerance = 0.03 })
  expect_error(function() nn.conv_transpose2d{ tied = nn.dense{ 3 } } end,
    "conv_transpose2d: option 'tied' must be a conv2d, got nn.dense")
  expect_error(function() nn.conv_transpose2d{ tied = nn.conv2d{ 3, padding_mode = "reflect" } } end,
    "conv_transpose2d: option 'tied' must be a conv2d with padding_mode 'zeros', got 'reflect': the transposed layer "
    .. "has no pixels around the image")
  expect_error(function() nn.conv_transpose2d{ tied = 3 } end, "option 'tied' must be a layer, got 3")
  expect_error(function() nn.conv2d{ 3, tied = conv } end, "conv2d: no option 'tied'")
  expect_error(function() nn.sequential{ nn.conv_transpose2d{ tied = conv }, conv } end,
    "layer 1 (conv_transpose2d): the conv2d that it is tied to does not come before it in this network")
  expect_error(function() nn.sequential{ conv, nn.conv_transpose2d{ 4, tied = conv } }:build{ 2, 8, 8 } end,
    "its weight is that of layer 1 (conv2d), 3x2x5x5, but it needs one of 3x4x5x5")
end)

-- y1 = F.conv2d(x, w, padding=1), y2 = torch.tanh(y1), l1 = (y1**2).mean(), l2 = (y2 - 1).abs().mean()
-- (l1 + 0.5*l2).backward()
test("two outputs with a loss each, against PyTorch", function()
  local x = nn.input{ 1, 4, 4 }
  local y1 = nn.conv2d{ 1, bias = false }(x)
  local net = nn.model{ inputs = x, outputs = { y1, nn.tanh{}(y1) }, seed = 1 }
  net:tensor("conv2d_1.weight"):copy(arange(9, { 1, 1, 3, 3 }) - 0.5)
  net:weights_changed()
  local trainer = ln.trainer{ net = net, loss = { ln.loss.mse{}, ln.loss.mae{} }, loss_weights = { 1, 0.5 },
    optimizer = ln.optim.sgd{} }
  local targets = { ln.zeros{ 1, 1, 4, 4 }, ln.ones{ 1, 1, 4, 4 } }
  local loss, by_name = trainer:gradients(image, targets)
  close(loss, 0.6684476137161255, 1e-6)
  same(by_name["conv2d_1.weight"], ln.tensor{ -0.2148998, -0.2701918, -0.1829914, -0.3095698, -0.3747098, -0.239669,
    -0.0286928, -0.0123785, 0.0528809 }:reshape{ 1, 1, 3, 3 }, 1e-5)
  local total, parts = trainer:evaluate(image, targets)
  close(total, loss, 1e-6)
  close(parts[1], 0.18199476599693298, 1e-6)
  close(parts[2], 0.9729056358337402, 1e-6)
end)

test("a loss that takes logits is not given them where another layer reads the output", function()
  local x = nn.input{ 1, 4, 4 }
  local y = nn.conv2d{ 1, activation = "sigmoid" }(x)
  local alone = nn.model{ inputs = x, outputs = y, seed = 1 }
  local both = nn.model{ inputs = x, outputs = { y, y * 2 }, seed = 1 }
  local out = both:predict(image)
  same(out[1], alone:predict(image))
  same(out[2], 2 * alone:predict(image))
  local one = ln.trainer{ net = alone, loss = ln.loss.bce{}, optimizer = ln.optim.sgd{} }
  local two = ln.trainer{ net = both, loss = { ln.loss.bce{}, ln.loss.mse{} }, optimizer = ln.optim.sgd{} }
  local _, parts = two:evaluate(image, { image, image })
  close(parts[1], one:evaluate(image, image), 1e-6)
  two:step(image, { image, image })
end)

test("several inputs, with a custom layer and batch_norm between: the same bits on any number of threads", function()
  local function make()
    local a, b = nn.input{ 1, 8, 8 }, nn.input{ 2, 8, 8 }
    local double = ln.nn.custom{ name = "double", forward = function(x) return 2 * x end }
    local h = nn.batch_norm{}(nn.conv2d{ 4 }(nn.concat(a, double(b))))
    return nn.model{ inputs = { a, b }, outputs = { nn.conv2d{ 1 }(h), nn.dense{ 3 }(nn.flatten{}(h)) }, seed = 1 }
  end
  local function run(threads)
    local before = ln.threads()
    ln.threads(threads)
    local net = make()
    local trainer = ln.trainer{ net = net, loss = { ln.loss.mse{}, ln.loss.huber{} }, optimizer = ln.optim.adam{} }
    local x = { ln.rand({ 5, 1, 8, 8 }, 1), ln.rand({ 5, 2, 8, 8 }, 2) }
    for _ = 1, 3 do trainer:step(x, { ln.rand({ 5, 1, 8, 8 }, 3), ln.rand({ 5, 3 }, 4) }) end
    ln.threads(before)
    return net:predict(x)
  end
  local one, three = run(1), run(3)
  assert(not differs(one[1], three[1]) and not differs(one[2], three[2]))
  local net = make()
  assert(net.inputs == 2 and net.outputs == 2 and net.input_shape[2][1] == 2 and net.output_shape[2][1] == 3)
  assert(tostring(net):find("1x8x8 and 2x8x8 -> 1x8x8 and 3", 1, true))
  assert(tostring(net:summary()):find("input 2", 1, true))
  assert(net:profile{ ln.rand{ 1, 1, 8, 8 }, ln.rand{ 1, 2, 8, 8 } })
end)

test("several inputs and outputs: files and mistakes", function()
  local a, b = nn.input{ 1, 8, 8 }, nn.input{ 1, 8, 8 }
  local ya, yb = nn.conv2d{ 1 }(a + b), nn.conv2d{ 2 }(b)
  local net = nn.model{ inputs = { a, b }, outputs = { yb, ya }, seed = 1 }
  local x = { ln.rand({ 2, 1, 8, 8 }, 1), ln.rand({ 2, 1, 8, 8 }, 2) }
  local folder <close> = support.folder()
  net:save(folder.path .. "/net.safetensors")
  local back = ln.load(folder.path .. "/net.safetensors")
  for i = 1, 2 do assert(not differs(back:predict(x)[i], net:predict(x)[i])) end
  expect_error(function() net:predict(x[1]) end, "the network has 2 inputs; give a list of 2 tensors")
  expect_error(function() net:predict{ x[1] } end, "the network has 2 inputs, got a list of 1")
  expect_error(function() net:predict{ x[1], ln.rand{ 3, 1, 8, 8 } } end,
    "predict: input 1 has 2 samples and input 2 has 3")
  expect_error(function() net:predict{ x[1], ln.rand{ 2, 3, 8, 8 } } end, "layer")
  expect_error(function() net:build{ 1, 8, 8 } end, "build: the network has 2 inputs; give a list of 2 shapes")
  expect_error(function() ln.trainer{ net = net, loss = { ln.loss.mse{} }, optimizer = ln.optim.sgd{} } end,
    "trainer: the network has 2 outputs, but 'loss' has 1 entry; give one for each")
  expect_error(function()
    ln.trainer{ net = net, loss = { ln.loss.mse{}, ln.loss.mse{} }, loss_weights = { 1 }, optimizer = ln.optim.sgd{} }
  end, "trainer: the network has 2 outputs, but 'loss_weights' has 1 entry; give one for each")
  expect_error(function()
    ln.trainer{ net = net, loss = { ln.loss.mse{}, ln.loss.mse{} }, loss_weights = { 1, -1 },
      optimizer = ln.optim.sgd{} }
  end, "trainer: 'loss_weights' must be a list of numbers above 0, but number 2 is -1")
  local trainer = ln.trainer{ net = net, loss = { ln.loss.mse{}, ln.loss.mse{} }, optimizer = ln.optim.sgd{} }
  expect_error(function() trainer:step(x, x) end, "target 1 samples are 1x8x8, but the network gives 2x8x8")
  expect_error(function() trainer:step(x, x[1]) end, "the network has 2 targets; give a list of 2 tensors")
  expect_error(function() nn.model{ inputs = { a, b }, outputs = nn.conv2d{ 1 }(a) } end,
    "model: no output depends on input 2")
  expect_error(function() nn.model{ inputs = { a, a }, outputs = ya } end, "model: inputs 1 and 2 are the same node")
  expect_error(function() nn.model{ inputs = { a, b }, outputs = { ya, ya } } end,
    "model: outputs 1 and 2 are the same node")
  expect_error(function() nn.model{ inputs = {}, outputs = ya } end, "expected 1 to 8 inputs and outputs, got 0 and 1")
  expect_error(function() nn.sequential{ net } end, "sequential: entry 1 is a network of 2 inputs and 2 outputs")
end)

test("a network made for two channels refuses images of one, of any size", function()
  local input = nn.input{ 2, 8, 8 }
  local function net() return nn.model{ inputs = input, outputs = nn.conv2d{ 1 }(input) } end
  expect_error(function() net():predict(ln.rand({ 1, 1, 8, 8 }, 1)) end,
    "input 1: the network is made for 2x8x8 and does not fit 1x8x8")
  assert(net():predict(ln.rand({ 1, 2, 12, 10 }, 1)).shape[4] == 10)
end)

test("names of layers", function()
  local net = nn.sequential{ nn.conv2d{ 2, name = "enc1" }, nn.conv2d{ 2 }, nn.conv2d{ 1, name = "out" } }
  assert(tostring(net:layers()[1].item) == 'conv2d{ 2, name = "enc1" }')
  net:build({ 1, 8, 8 }, 1)
  local names = {}
  for _, tensor in ipairs(net:tensors()) do names[#names + 1] = tensor.name end
  assert(table.concat(names, " ") == "enc1.weight enc1.bias conv2d_1.weight conv2d_1.bias out.weight out.bias")
  assert(net.enc1.type == "conv2d" and net.enc1.weight.shape[1] == 2 and net.conv2d_1.out[1] == 2)
  expect_error(function() return net.enc2 end, "network: no method or field 'enc2'")
  expect_error(function() net.enc1.weight = 1 end, "net:set(name, tensor) sets a weight")
  expect_error(function() nn.conv2d{ 1, name = "predict" } end,
    "conv2d: option 'name': 'predict' is a method of networks")
  expect_error(function() nn.conv2d{ 1, name = "built" } end, "'built' is a field of networks")
  expect_error(function() nn.conv2d{ 1, name = "a b" } end, "the name must be 1 to 31 letters, digits or _")
  expect_error(function() nn.conv2d{ 1, name = 3 } end, "conv2d: option 'name' must be a string, got 3")
  local folder <close> = support.folder()
  net:save(folder.path .. "/net.safetensors")
  local back = ln.load(folder.path .. "/net.safetensors")
  assert(back:to_json() == net:to_json() and back.enc1.item.options.name == "enc1")
  local part = net:upto("out"):upto("conv2d_1")
  part:save(folder.path .. "/part.safetensors")
  assert(ln.load(folder.path .. "/part.safetensors").conv2d_1)
end)

test("activations", function()
  local net = nn.sequential{ nn.conv2d{ 2, name = "enc1", activation = "relu" }, nn.maxpool2d{}, nn.dropout{ 0.5 },
    nn.conv2d{ 3, name = "enc2" }, nn.conv2d{ 1 } }
  local x = ln.rand({ 2, 1, 8, 8 }, 1)
  net:build({ 1, 8, 8 }, 1)
  local one = net:activations(x, "enc1")
  same(one, (ln.nn.sequential{ net:upto("enc1") })(x))
  local some = net:activations(x, "enc*")
  assert(some.enc2.shape[2] == 3 and some.enc2.shape[3] == 4 and not differs(some.enc1, one))
  assert(not differs(net:activations(x).conv2d_1, net:predict(x)) and net:activations(x, { "enc2" }).enc2)
  expect_error(function() net:activations(x, "enc3") end, "net:upto: no layer 'enc3'; did you mean 'enc1'?")
  expect_error(function() net:activations(x, "dec*") end, "net:activations: no layer is called 'dec*'")
  expect_error(function() net:upto() end, "net:upto: expected the names of 1 to 8 layers, got 0")
  expect_error(function() net:upto("enc1", "enc1") end, "the layer 'enc1' is given twice")
end)

support.done()
