-- ln.find_rate: the rates it tries, where it ends, what it suggests, and that the network stays as it was.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

local clean = ln.data.phantom{ 24, size = { 16, 16 }, seed = 3 }.images
local noisy = ln.noise.gaussian{ p = 0.1, seed = 1 }(clean)

local function network()
  return ln.nn.sequential{ ln.nn.conv2d{ 8, activation = "relu" }, ln.nn.conv2d{ 1, activation = "sigmoid" } }
end

local function find(more, net)
  local o = { input = noisy, target = clean, loss = ln.loss.mse{}, optimizer = ln.optim.sgd{}, batch = 5 }
  for name, value in pairs(more or {}) do o[name] = value end
  return ln.find_rate(net or network(), o)
end

-- Rows of numbers, from the CSV text.
local function rows_of(t)
  local rows = {}
  for line in t:csv():gmatch("[^\n]+") do
    local rate, loss, smoothed = line:match("^([^,]+),([^,]+),([^,]+)$")
    rows[#rows + 1] = tonumber(rate) and { tonumber(rate), tonumber(loss), tonumber(smoothed) }
  end
  return rows
end

test("rates grow by one factor, losses are smoothed, and the steepest fall is suggested", function()
  local rates, lr = find{ from = 1e-3, to = 10, steps = 41 }
  local rows = rows_of(rates)
  assert(#rows == 41)
  local mean, least, best = 0, math.huge, nil
  for i, row in ipairs(rows) do
    close(row[1] / 10 ^ (-3 + 4 * (i - 1) / 40), 1, 1e-5)
    mean = 0.98 * mean + 0.02 * row[2]
    close(row[3], mean / (1 - 0.98 ^ i), 1e-5 * row[3])
  end
  for i = 12, 39 do -- as numpy.gradient(smoothed[10:-1]).argmin() + 10, but for its ends
    local slope = (rows[i + 1][3] - rows[i - 1][3]) / 2
    if slope < least then least, best = slope, rows[i][1] end
  end
  close(lr / best, 1, 0.3)
end)

test("penalties on weights are in the losses", function()
  local net = network():build({ 1, 16, 16 }, 7)
  local plain, penalized = rows_of((find(nil, net))), rows_of((find({ weight_penalty = { l2 = 1 } }, net)))
  local a, b = net:tensor("conv2d_1.weight"), net:tensor("conv2d_2.weight")
  close(penalized[1][2] - plain[1][2], (a * a):sum() + (b * b):sum(), 1e-4)
end)

test("numpy.gradient's choice", function()
  -- A loss that is a table, whose gradient is 0.
  local values, i = {}, 0
  for k = 1, 60 do values[k] = 1 + 2 / (1 + math.exp((k - 30) / 3)) end
  local loss = ln.loss.custom{ forward = function(y) i = i + 1 return values[i] + 0 * y:mean() end,
    backward = function(y) return 0 * y end }
  local rates, lr = find{ loss = loss, from = 1e-6, to = 1, steps = 60 }
  local rows = rows_of(rates)
  -- import numpy as np; k = np.arange(1, 61); y = 1 + 2 / (1 + np.exp((k - 30) / 3)); m = 0; s = []
  -- for i, v in enumerate(y, 1): m = .98 * m + .02 * v; s.append(m / (1 - .98 ** i))
  -- np.gradient(s[10:-1]).argmin() + 10 -> 34
  close(lr / rows[34 + 1][1], 1, 1e-5)
end)

test("the run ends where the loss has grown or is not finite", function()
  local rates = find({ optimizer = ln.optim.sgd{}, from = 1e-3, to = 1e9, steps = 60, loss = ln.loss.mse{} },
    ln.nn.sequential{ ln.nn.conv2d{ 4 }, ln.nn.conv2d{ 1 } })
  local rows = rows_of(rates)
  assert(#rows < 60)
  rates = find({ from = 1e-3, to = 1e38, steps = 20 }, ln.nn.sequential{ ln.nn.conv2d{ 4 }, ln.nn.conv2d{ 1 } })
  assert(#rows_of(rates) < 20)
end)

test("the network gets its weights back", function()
  local net = network():build({ 1, 16, 16 }, 0)
  local before = net:tensor("conv2d_1.weight"):clone()
  find(nil, net)
  assert((net:tensor("conv2d_1.weight") - before):abs():max() == 0 and net.epochs == 0)
  local fresh, o = network(), { input = noisy, target = clean, loss = ln.loss.mse{}, optimizer = ln.optim.adam{},
    epochs = 1, progress = "none" }
  assert(ln.fit(net, o)[1].loss == ln.fit(fresh, o)[1].loss)
  expect_error(function() find({ loss = function() error("mine", 0) end }, net) end, "mine")
end)

test("mistakes", function()
  expect_error(function() ln.find_rate({}, {}) end, "find_rate: expected a network and a table of options, got")
  expect_error(function() find{ from = 1, to = 0.1 } end, "find_rate: option 'to' must be above 'from', got 0.1 and 1")
  expect_error(function() find{ steps = 5 } end, "find_rate: option 'steps' must be an integer of at least 20, got 5")
  expect_error(function() find{ target = clean:narrow(1, 1, 20) } end, "24 images as input, but 20 as its target")
end)

support.done()
