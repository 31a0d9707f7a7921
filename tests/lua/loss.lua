-- Losses: sums and multiples of them, and losses called on tensors.
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

support.done()
