-- Losses: sums and multiples of them, losses called on tensors, and losses that are Lua functions.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

local nn = ln.nn
local mae, mse, bce = ln.loss.mae{}, ln.loss.mse{}, ln.loss.bce{}
local clean = ln.data.phantom{ 12, size = { 16, 16 }, seed = 3 }.images
local noisy = ln.noise.gaussian{ p = 0.1, seed = 1 }(clean)

local function network()
  return nn.sequential{
    nn.conv2d{ 4, kernel = 3, activation = "relu" }, nn.conv2d{ 1, kernel = 3, activation = "sigmoid" },
  }
end

local function fit(loss, more)
  local net = network()
  local o = {
    input = noisy, target = clean, loss = loss, optimizer = ln.optim.adam{ lr = 1e-2 }, epochs = 2, batch = 5,
    validation = 0.25, seed = 7, progress = "none",
  }
  for name, value in pairs(more or {}) do o[name] = value end
  return ln.fit(net, o), net
end

test("sums and multiples print as they are written", function()
  for text, loss in pairs{
    ["0.8 * mae{} + 0.2 * mse{}"] = 0.8 * mae + 0.2 * mse, ["mae{} + mse{}"] = mae + mse, ["0.5 * mae{}"] = mae / 2,
    ["-1 * mae{}"] = -mae, ["mae{} - mse{}"] = mae - mse, ["mae{} - 0.25 * mse{} + 0.5 * bce{}"] =
    mae - 0.25 * (mse - bce * 2), ["1 * mae{}"] = -(-mae), ["0 * mae{} + mse{}"] = mae * 0 + mse,
  } do
    assert(tostring(loss) == text, tostring(loss))
    assert(loss.kind == "loss" and loss.name == "sum")
  end
end)

test("a loss is called on tensors", function()
  local y, t = ln.rand({ 3, 2, 5, 4 }, 1), ln.rand({ 3, 2, 5, 4 }, 2)
  close(mse(y, t), ((y - t) ^ 2):mean(), 1e-7)
  close((0.8 * mae - 0.2 * mse)(y, t), 0.8 * (y - t):abs():mean() - 0.2 * ((y - t) ^ 2):mean(), 1e-7)
  close(mae(y[1][1][1], t[1][1][1]), (y[1][1][1] - t[1][1][1]):abs():mean(), 1e-7)
  expect_error(function() mae(y) end, "mae: argument 2: expected a tensor, got nil")
  expect_error(function() mae(y, y[1]) end, "mae: expected two tensors of one shape, got 3x2x5x4 and 2x5x4")
  expect_error(function() mae(y, t, 1) end, "mae: takes no more than 2 arguments")
  expect_error(function() mae(ln.zeros{ 0, 3 }, ln.zeros{ 0, 3 }) end, "mae: the tensors are empty")
  expect_error(function() ln.loss.mae(y, t) end, "write mae{}(...)")
end)

test("what does not add or scale says so", function()
  local psnr = ln.metric.psnr{}
  expect_error(function() return mae + psnr end, "+: the right side must be a loss, got the metric psnr")
  expect_error(function() return psnr + mae end, "+: the left side must be a loss, got the metric psnr")
  expect_error(function() return mae + 1 end, "+: the right side must be a loss, got 1")
  expect_error(function() return mae - ln.loss.mse end, "-: the right side is the type loss.mse; write mse{}")
  expect_error(function() return ln.loss.mae + mse end, "+: the left side is the type loss.mae; write mae{}")
  expect_error(function() return 0.5 * ln.loss.mae end, "*: what is multiplied is the type loss.mae; write mae{}")
  expect_error(function() return mae * mse end, "*: a loss is multiplied by a number, got the loss mse")
  expect_error(function() return mae * "x" end, "*: a loss is multiplied by a number, got 'x'")
  expect_error(function() return "2" * mae end, "*: a loss is multiplied by a number, got '2'")
  expect_error(function() return mae * math.huge end, "*: the factor of a loss must be a finite number, got inf")
  expect_error(function() return mae * (0 / 0) end, "*: the factor of a loss must be a finite number")
  expect_error(function() return 1e300 * (1e300 * mae) end, "the factor of mae must be a finite number, got inf")
  expect_error(function() return 2 / mae end, "/: a loss is divided by a number, but no number by a loss")
  expect_error(function() return mae / 0 end, "/: a loss is divided by a finite number other than 0, got 0")
  expect_error(function() return mae / mse end, "/: a loss is divided by a finite number other than 0, got the loss")
  expect_error(function() return 2 * nn.relu{} end, "*: what is multiplied must be a loss, got the layer relu")
  expect_error(function() return -nn.relu{} end, "-: what is negated must be a loss, got the layer relu")
  expect_error(function() return (mae + mse):with{} end, "sum: losses are added by +")
  expect_error(function() return (mae + mse).type{} end, "sum: losses are added by +")
  expect_error(function()
    local loss = mae
    for _ = 1, 7 do loss = loss + loss end
  end, "loss: a sum has at most 64 terms, got 128")
end)

test("a single loss times 1 trains as the loss itself, to the bit", function()
  local plain, net = fit(bce)
  local scaled, twin = fit(1 * bce)
  assert(plain[2].loss == scaled[2].loss and plain[2].val_loss == scaled[2].val_loss)
  assert((net:predict(noisy) - twin:predict(noisy)):abs():max() == 0)
end)

test("a sum trains, and its losses are the sums of those of its terms", function()
  local history, net = fit(0.8 * bce + 0.2 * mae, { epochs = 4 })
  assert(history[4].loss < history[1].loss and history[4].val_loss < history[1].val_loss)
  local function evaluate(loss)
    return ln.trainer{ net = net, loss = loss, optimizer = ln.optim.sgd{} }:evaluate(noisy, clean)
  end
  close(evaluate(0.8 * bce + 0.2 * mae), 0.8 * evaluate(bce) + 0.2 * evaluate(mae), 1e-6)
  close(evaluate(mae - mse), mae(net:predict(noisy), clean) - mse(net:predict(noisy), clean), 1e-6)
end)

test("each term is held against the network and the targets", function()
  expect_error(function() fit(mae + 0.1 * bce, { target = clean + 0.5 }) end, "the loss bce takes targets from 0 to 1")
end)

test("a record names a sum; help explains it", function()
  local folder <close> = support.folder()
  local _, net = fit(0.8 * mae + 0.2 * mse, { epochs = 1 })
  net:save(folder.path .. "/net.safetensors", { record = { loss = 0.8 * mae + 0.2 * mse } })
  local _, record = ln.load(folder.path .. "/net.safetensors")
  assert(record:find('"0.8 * mae{} + 0.2 * mse{}"', 1, true), record)
  local said = support.run([[-e 'ln.help(ln.loss.mae{} + ln.loss.mse{})']])
  assert(said:find("A sum of losses", 1, true), said)
end)


-- Losses that are Lua functions.

local function squares(y, t) return (y - t):pow(2):mean() end
local square = ln.loss.custom{ name = "square", forward = squares }

local function dx(x) return x:narrow(4, 2, x.shape[4] - 1) - x:narrow(4, 1, x.shape[4] - 1) end
local edge = ln.loss.custom{
  name = "edge", forward = function(y, t) return (y - t):abs():mean() + 0.1 * (dx(y) - dx(t)):pow(2):mean() end,
}

local function trainer_of(loss, net)
  net = net or network():build({ 1, 16, 16 }, 1)
  return ln.trainer{ net = net, loss = loss, optimizer = ln.optim.adam{ lr = 1e-2 } }, net
end

-- All parameters as text, to the bit.
local function bits(net)
  local all = {}
  for _, tensor in ipairs(net:tensors()) do
    for _, value in ipairs(net:tensor(tensor.name):reshape{ -1 }:totable()) do all[#all + 1] = ("%a"):format(value) end
  end
  return table.concat(all, " ")
end

-- What two losses make of a network: value, and gradients of parameters and input.
local function same_gradients(a, b, tolerance)
  local _, net = trainer_of(mse)
  local value, of_a, dx_a = trainer_of(a, net):gradients(noisy, clean)
  local other, of_b, dx_b = trainer_of(b, net):gradients(noisy, clean)
  close(value, other, tolerance)
  close((dx_a - dx_b):abs():max() / dx_b:abs():max(), 0, tolerance)
  for name, gradient in pairs(of_b) do
    close((of_a[name] - gradient):abs():max() / gradient:abs():max(), 0, tolerance)
  end
end

test("a custom loss is what the built-in one is, alone and in sums", function()
  same_gradients(square, mse, 1e-5)
  same_gradients(-3 * square, mse * -3, 1e-5)
  same_gradients(0.5 * bce + 2 * square, 0.5 * bce + 2 * mse, 1e-5)
  same_gradients(2 * square + 0.5 * bce - 0.25 * mae, 2 * mse + 0.5 * bce - 0.25 * mae, 1e-5)
  same_gradients(square + square, 2 * mse, 1e-5)
  same_gradients(ln.loss.custom(function(y, t) return 2 * bce(y, t) + mse(y, t):sqrt():pow(2) end), 2 * bce + mse, 1e-4)
  close(square(noisy, clean), mse(noisy, clean), 1e-7)
  close((mae - 2 * square)(noisy, clean), mae(noisy, clean) - 2 * mse(noisy, clean), 1e-7)
  assert(tostring(0.8 * mae + 0.2 * edge) == "0.8 * mae{} + 0.2 * edge" and tostring(edge) == "edge")
end)

test("its gradient agrees with finite differences", function()
  local y, t = ln.rand({ 2, 1, 3, 4 }, 1), ln.rand({ 2, 1, 3, 4 }, 2)
  local loss = 0.5 * edge + 0.5 * mse
  local value, dy = ln.grad(function(x) return loss(x, t) end)(y)
  close(value, loss(y, t), 1e-7)
  local flat, step = y:reshape{ -1 }, 1e-3
  for i, slope in ipairs(dy:reshape{ -1 }:totable()) do
    local old = flat[i]
    flat[i] = old + step
    local above = loss(y, t)
    flat[i] = old - step
    close(slope, (above - loss(y, t)) / (2 * step), 1e-3)
    flat[i] = old
  end
end)

test("ln.gradcheck checks losses", function()
  for _, loss in ipairs{ edge, 0.5 * bce + 0.5 * edge, mae - 0.25 * square } do
    assert(ln.gradcheck(loss, { 1, 16, 16 }).worst < 1e-2)
  end
  expect_error(function()
    ln.gradcheck(ln.loss.custom{ forward = squares, backward = function(y, t) return y - t end }, { 1, 4, 4 })
  end, "gradcheck: the gradient of x is ")
end)

test("built-in losses inside a gradient", function()
  local y, t = ln.rand({ 2, 3 }, 1), ln.rand({ 2, 3 }, 2)
  local _, dy = ln.grad(function(x) return 3 * mae(x * 2, t):pow(2) end)(y)
  local _, want = ln.grad(function(x) return 3 * (x * 2 - t):abs():mean():pow(2) end)(y)
  close((dy - want):abs():max(), 0, 1e-6)
  expect_error(function() ln.grad(function(x) return mae(y, x) end)(t) end, "mae: no gradient passes the target")
end)

test("a gradient given by hand", function()
  local calls = {}
  local by_hand = ln.loss.custom{
    forward = function(y, t) return squares(y, t):item() end,
    backward = function(y, t)
      calls[#calls + 1] = y.shape[1]
      return (y - t) * (2 / (#y * 256))
    end,
  }
  same_gradients(by_hand, mse, 1e-5)
  assert(#calls == 1 and calls[1] == #noisy)
  trainer_of(by_hand):evaluate(noisy, clean)
  assert(#calls == 1)
end)

test("ln.fit trains with one, validates with it, and takes a plain function", function()
  local history = fit(0.5 * bce + 0.5 * edge, { epochs = 4 })
  assert(history[4].loss < history[1].loss and history[4].val_loss < history[1].val_loss)
  local named, plain, built_in = fit(square), fit(squares), fit(mse)
  assert(named[2].loss == plain[2].loss and named[2].val_loss == plain[2].val_loss)
  close(named[2].loss, built_in[2].loss, 1e-5)
  assert(trainer_of(squares):step(noisy, clean) > 0)
end)

test("features, batches of one, and layers that look across the batch", function()
  local net = nn.sequential{ nn.flatten{}, nn.dense{ 3 } }
  local trainer = ln.trainer{ net = net, loss = squares, optimizer = ln.optim.sgd{} }
  close(trainer:evaluate(noisy, ln.zeros{ 12, 3 }), net:predict(noisy):pow(2):mean(), 1e-6)
  assert(trainer:step(noisy[{ { 1, 1 } }], ln.zeros{ 1, 3 }) >= 0)
  local normed = nn.sequential{ nn.conv2d{ 4 }, nn.batch_norm{}, nn.conv2d{ 1, activation = "sigmoid" } }
  local history = ln.fit(normed, { input = noisy, target = clean, loss = 0.5 * bce + square, epochs = 3, batch = 6,
    optimizer = ln.optim.adam{}, progress = "none" })
  assert(history[3].loss < history[1].loss)
end)

test("the same bits on any number of threads", function()
  local threads, runs = ln.threads(), {}
  for i = 1, 3 do
    ln.threads(i)
    local history, net = fit(0.5 * bce + 0.5 * edge + mae)
    runs[i] = bits(net) .. (" %a %a"):format(history[2].loss, history[2].val_loss)
  end
  ln.threads(threads)
  assert(runs[1] == runs[2] and runs[2] == runs[3])
end)

test("what a custom loss gives is looked at, and nothing is changed by one that fails", function()
  local failing
  local trainer, net = trainer_of(0.5 * mse + 0.5 * ln.loss.custom{
    name = "odd", forward = function(y, t) return failing(y, t) end,
  })
  local before = bits(net)
  for message, f in pairs{
    ["the loss odd must give a tensor with one number that depends on argument 1 ('y'), what the network gives; it "
      .. "gave 3; item()"] = function() return 3 end,
    ["that depends on argument 1 ('y'), what the network gives; it gave nil"] = function() end,
    ["it gave 'text'"] = function() return "text" end,
    ["the loss odd must give one number, as mean() does, got a tensor of shape 12x1x16x16"] = function(y, t)
      return y - t
    end,
    ["the result of the loss odd does not depend on argument 1 ('y')"] = function(y)
      return y:detach()[{ 1, 1, 1, { 1, 1 } }]
    end,
    ["the loss odd: tests/lua/loss.lua:%d+: attempt to index a nil value"] = function() return (nil).more end,
    ["the loss odd: .*of mine"] = function() error("of mine") end,
    ["the loss odd: table: "] = function() error{} end,
    ["the loss odd: .*yield"] = function() coroutine.yield() end,
    ["the loss odd: .*needs the elements of the tensor"] = function(y)
      y:fill(0)
      return y:mean()
    end,
    ["the loss odd: .*12x1x16x16"] = function(y) return (y - ln.zeros{ 5 }):mean() end,
    ["the loss odd is NaN"] = function(y) return (y * 0 / 0):mean() end,
    ["the loss odd is infinite"] = function(y) return y:mean() / 0 end,
    ["the loss odd is 0, but its gradient is not finite"] = function(y) return (y - y):sqrt():mean() end,
  } do
    failing = f
    expect_error(function() trainer:step(noisy, clean) end, message)
  end
  assert(bits(net) == before and trainer.steps == 0)
  failing = squares
  close(trainer:step(noisy, clean), trainer_of(mse):evaluate(noisy, clean), 1e-6)
  assert(bits(net) ~= before)
  failing = function() error("of mine") end
  expect_error(function() trainer:evaluate(noisy, clean) end, "the loss odd: tests/lua/loss.lua:%d+: of mine")
  expect_error(function() fit(failing) end, "fit: epoch 1, batch 1: the loss custom: tests/lua/loss.lua:%d+: of mine")
end)

test("so is what backward gives", function()
  local given
  local trainer = trainer_of(ln.loss.custom{
    name = "odd", forward = squares, backward = function(y) return given or error("of mine " .. #y) end,
  })
  expect_error(function() trainer:step(noisy, clean) end, "the loss odd: tests/lua/loss.lua:%d+: of mine 12")
  given = 3
  expect_error(function() trainer:step(noisy, clean) end,
    "the loss odd: backward must give the gradient of y, a tensor of shape 12x1x16x16, got 3")
  given = ln.zeros{ 1, 16, 16 }
  expect_error(function() trainer:step(noisy, clean) end, "12x1x16x16, got a tensor of shape 1x16x16")
  given = ln.zeros{ 12, 1, 16, 16 } + 0 / 0
  expect_error(function() trainer:step(noisy, clean) end, "but its gradient is not finite")
  given = ln.zeros{ 16, 16, 1, 12 }:permute{ 4, 3, 1, 2 }
  trainer:step(noisy, clean)
  expect_error(function()
    ln.loss.custom{ forward = function() return "x" end, backward = squares }(noisy, clean)
  end, "the loss custom must give one number, got 'x'")
end)

test("options of ln.loss.custom", function()
  expect_error(function() ln.loss.custom() end, "loss.custom: expected a function or a table of options, got nil")
  expect_error(function() ln.loss.custom(mse) end, "got the loss mse")
  expect_error(function() ln.loss.custom{} end, "loss.custom: option 'forward' is required")
  expect_error(function() ln.loss.custom{ forward = 3 } end, "loss.custom: option 'forward' must be a function, got 3")
  expect_error(function() ln.loss.custom{ forward = squares, nam = "a" } end, "did you mean 'name'?")
  expect_error(function() ln.loss.custom{ forward = squares, name = "a b" } end,
    "loss.custom: the name must be 1 to 31 letters, digits or _, and begin with no digit; got 'a b'")
  expect_error(function() ln.loss.custom{ forward = squares, name = ("x"):rep(32) } end, "1 to 31 letters")
  expect_error(function() edge:with{} end, "custom: such a loss has no options to change")
  expect_error(function() edge.type{} end, "is made by ln.loss.custom(f)")
  expect_error(function() trainer_of(ln.metric.psnr{}) end,
    "must be a loss item, a function or a list of them, got the metric psnr")
  expect_error(function() return 0.5 * edge + squares end, "+: the right side must be a loss, got a function")
end)

test("functions live as long as what uses them, and no longer", function()
  local trainer
  do
    local factor = 2
    trainer = trainer_of(0.5 * mae + ln.loss.custom(function(y, t) return factor * squares(y, t) end) / 2)
  end
  for _ = 1, 3 do
    collectgarbage()
    trainer:step(noisy, clean)
  end
  local watch = setmetatable({}, { __mode = "k" })
  do
    local own = {}
    own.loss = 2 * ln.loss.custom(function(y, t) return own.loss and squares(y, t) end) -- refers to itself
    own.trainer = trainer_of(own.loss)
    own.trainer:step(noisy, clean)
    watch[own] = true
  end
  collectgarbage()
  collectgarbage()
  assert(next(watch) == nil)
end)

test("a loss does not use what is training", function()
  local inner
  local trainer, net = trainer_of(function(y, t)
    inner(y:detach(), t)
    return squares(y, t)
  end)
  local before = bits(net)
  for message, f in pairs{
    ["the loss custom: .*trainer: the network is at work"] = function(y, t) trainer:step(y, t) end,
    ["predict: the network is at work"] = function(y) net:predict(y) end,
    ["build: the network is at work"] = function() net:build{ 1, 8, 8 } end,
    ["the network is at work"] = function(y, t)
      ln.fit(net, { input = y, target = t, loss = mse, optimizer = ln.optim.sgd{}, progress = "none" })
    end,
  } do
    inner = f
    expect_error(function() trainer:step(noisy, clean) end, message)
    assert(bits(net) == before)
  end
  inner = function()
    local _ <close> = trainer
  end
  expect_error(function() trainer:step(noisy, clean) end, "step: the trainer was freed")
  trainer, net = trainer_of(function(y, t)
    inner(y, t)
    return squares(y, t)
  end)
  inner = function(y, t) inner = squares; trainer_of(mse):step(y:detach(), t) end -- another network
  assert(trainer:step(noisy, clean) > 0 and bits(net) ~= before)
end)

test("what it is given may be kept", function()
  local kept = {}
  local trainer = trainer_of(function(y, t)
    kept[#kept + 1] = y
    return squares(y, t)
  end)
  trainer:step(noisy, clean)
  local first = kept[1]:clone()
  for _ = 1, 3 do trainer:step(noisy, clean) end
  assert((kept[1] - first):abs():max() == 0 and (kept[4] - first):abs():max() > 0)
  kept[1]:fill(0)
end)

test("many steps take no more memory than some", function()
  local trainer = trainer_of(0.5 * mae + 0.5 * edge)
  local function live_after(steps)
    for _ = 1, steps do trainer:step(noisy, clean) end
    collectgarbage()
    collectgarbage()
    return ln.mem().live
  end
  live_after(50)
  assert(live_after(200) >= live_after(400))
end)

test("a record has its name, help its page", function()
  local folder <close> = support.folder()
  local _, net = fit(edge, { epochs = 1 })
  net:save(folder.path .. "/net.safetensors", { record = { loss = 0.8 * mae + 0.2 * edge } })
  local _, record = ln.load(folder.path .. "/net.safetensors")
  assert(record:find('"0.8 * mae{} + 0.2 * edge"', 1, true), record)
  local said = support.run([[-e 'ln.help(ln.loss.custom(print))']])
  assert(said:find("ln.loss.custom(f: function|options)", 1, true), said)
end)

test("a loss weighs its elements", function()
  local y, t, w = ln.rand({ 2, 1, 4, 5 }, 1), ln.rand({ 2, 1, 4, 5 }, 2), ln.rand({ 4, 5 }, 3)
  local weighted = ln.loss.mse{ weight = w }
  close(weighted(y, t), (w * (y - t) ^ 2):mean(), 1e-6)
  close(weighted:with{ reduction = "sum" }(y, t), (w * (y - t) ^ 2):sum() / 2, 1e-6)
  support.same(weighted.options.weight, w)
  assert(tostring(weighted) == "mse{ weight = a tensor of 4x5 }")
  local before = weighted(y, t)
  w:fill(0)
  weighted.options.weight:fill(0)
  assert(weighted(y, t) == before)
  local mask = ln.zeros{ 16, 16 }
  mask:narrow(1, 1, 8):fill(1)
  local history = fit(ln.loss.mae{ weight = mask } + 0.01 * ln.loss.ssim{ window = 5 })
  assert(history[2].loss < history[1].loss)
end)

test("what a loss cannot take is refused before anything is trained", function()
  local y = ln.rand({ 2, 1, 4, 5 }, 1)
  expect_error(function() ln.loss.mse{ weight = 3 } end, "mse: option 'weight' must be a tensor, got 3")
  expect_error(function() ln.loss.mse{ weight = y / 0 } end, "mse: option 'weight': element 1 of the tensor is NaN or")
  expect_error(function() ln.loss.huber{ y } end, "huber: its options come first")
  expect_error(function() ln.loss.huber{ delta = y } end, "'delta' must be a number above 0, got a tensor of 2x1x4x5")
  expect_error(function() ln.loss.mse{ weight = y }(y, y) end,
    "mse: option 'weight' of shape 2x1x4x5 does not broadcast to a sample of 1x4x5")
  expect_error(function() fit(ln.loss.mse{ weight = ln.ones{ 8, 8 } }) end, "does not broadcast to a sample of 1x16x16")
  expect_error(function() fit(ln.loss.ms_ssim{}) end, "ms_ssim: images of 1x16x16, halved 4 times, are smaller than")
  expect_error(function() fit(mse + ln.loss.ssim{ window = 17 }) end, "smaller than the window of 17x17")
end)

test("1 - the metric ssim is the loss", function()
  for _, o in ipairs{ {}, { preset = "gondara2016" }, { window = 5, sigma = 0.8, range = 2 } } do
    close(1 - ln.metric.ssim(o)(noisy, clean), ln.loss.ssim(o)(noisy, clean), 1e-6)
    close(1 - ln.metric.ssim(o)(noisy, clean), ln.loss.ms_ssim{ scales = 1, window = o.window, sigma = o.sigma,
      preset = o.preset, range = o.range }(noisy, clean), 1e-6)
  end
end)

test("every loss trains", function()
  for _, loss in ipairs{
    ln.loss.huber{ 0.1 }, ln.loss.charbonnier{}, ln.loss.kl{}, ln.loss.ssim{},
    ln.loss.ms_ssim{ scales = 2, window = 5 }, mse + 1e-3 * ln.loss.total_variation{},
    mse + ln.loss.edge{ "sobel" }, ln.loss.bce{ pos_weight = 2 },
    ln.loss.mse{ reduction = "sum" } / 256,
  } do
    local history = fit(loss, { epochs = 4 })
    assert(history[4].loss < history[1].loss, tostring(loss))
  end
end)

support.done()
