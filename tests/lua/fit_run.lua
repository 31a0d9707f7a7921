-- What stands around the loop of ln.fit: the best weights, patience, metrics, time, callbacks, dry runs, sick runs.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

local nn = ln.nn
local clean = ln.data.phantom{ 24, size = { 16, 16 }, seed = 3 }.images
local noisy = ln.noise.gaussian{ p = 0.1, seed = 1 }(clean)
local held = { input = noisy:narrow(1, 17, 8), target = clean:narrow(1, 17, 8) }

local function network()
  return nn.sequential{
    nn.conv2d{ 8, kernel = 3, activation = "relu" }, nn.conv2d{ 1, kernel = 3, activation = "sigmoid" },
  }
end

-- Options for a short run, changed by `more`.
local function options(more)
  local o = {
    input = noisy:narrow(1, 1, 16), target = clean:narrow(1, 1, 16), loss = ln.loss.bce{},
    optimizer = ln.optim.adam{ lr = 1e-2 }, epochs = 3, batch = 5, seed = 7, progress = "none",
  }
  for name, value in pairs(more or {}) do o[name] = value end
  return o
end

local function fit(more, net)
  net = net or network()
  return ln.fit(net, options(more)), net
end

local function bits(net)
  local all = {}
  for _, tensor in ipairs(net:tensors()) do
    for _, value in ipairs(net:tensor(tensor.name):reshape{ -1 }:totable()) do all[#all + 1] = ("%a"):format(value) end
  end
  return table.concat(all, " ")
end

-- What a program of these lines says, which train quietly.
local function said_by(lines)
  local folder <close> = support.folder()
  support.write(folder.path .. "/fit.lua", [[
    local ln = require "lunet"
    local nn = ln.nn
    local x = ln.data.phantom{ 8, size = { 8, 8 } }.images
    local function options(more)
      local o = { input = x, target = x, loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 1e-2 }, epochs = 3,
        batch = 4, progress = "none" }
      for name, value in pairs(more) do o[name] = value end
      return o
    end
  ]] .. lines)
  return support.run(("'%s/fit.lua'"):format(folder.path))
end

-- ---- The best weights, patience ----

-- A rate at which the loss goes up and down.
local wild = { optimizer = ln.optim.rmsprop{ lr = 0.2 }, validation = held, epochs = 6 }

local function wilder(more)
  local o = {}
  for name, value in pairs(wild) do o[name] = value end
  for name, value in pairs(more) do o[name] = value end
  return o
end

test("with validation the best weights are kept, without it the last", function()
  local epochs = {}
  local history, net = fit(wilder{ on_epoch = function(entry, at) epochs[entry.epoch] = bits(at.net) end })
  local lowest = 1
  for i, entry in ipairs(history) do if entry.val_loss < history[lowest].val_loss then lowest = i end end
  assert(lowest < #history, "the loss was meant to rise")
  assert(history.best_epoch == lowest and history.restored and bits(net) == epochs[lowest])
  assert(tostring(history):find(("weights of epoch %d, validation 0."):format(lowest), 1, true), tostring(history))
  local last, plain = fit(wilder{ keep = "last" })
  assert(last.best_epoch == lowest and not last.restored and bits(plain) == epochs[6])
  assert(not fit{ epochs = 1 }.restored and fit{ epochs = 1 }.best_epoch == nil)
end)

test("patience ends a run, counted as in Keras", function()
  local whole = fit(wilder{ epochs = 30, keep = "last" })
  for patience = 1, 3 do
    local expected, waited, least = #whole, 0, math.huge
    for i, entry in ipairs(whole) do
      waited = entry.val_loss < least and 0 or waited + 1
      least = math.min(least, entry.val_loss)
      if waited >= patience then expected = i break end
    end
    assert(expected < #whole)
    local history = fit(wilder{ epochs = 30, patience = patience })
    assert(#history == expected and history.stopped == "patience" and history[expected].loss == whole[expected].loss)
    assert(tostring(history):find("(stopped by patience)", 1, true))
  end
end)

test("what judges needs images", function()
  expect_error(function() fit{ patience = 3 } end, "fit: option 'patience' needs images to judge by")
  expect_error(function() fit{ patience = 3, validation = 0 } end, "fit: option 'patience' needs images to judge by")
  expect_error(function() fit{ keep = "best" } end, "fit: option 'keep' = 'best' needs images to judge by")
  expect_error(function() fit{ keep = "first" } end, "fit: option 'keep' must be 'best' or 'last', got 'first'")
  expect_error(function() fit{ patience = 0, validation = held } end, "must be an integer of at least 1")
end)

-- ---- Metrics ----

test("metrics are measured on the images held out, or on those trained on", function()
  local ssim, seen = ln.metric.ssim{}, {}
  local measured = { ssim = ssim, off = function(y, t) return (y - t):abs():mean() end }
  local history, net = fit{ validation = held, metrics = measured, keep = "last", batch = 3 }
  local y = net:predict(held.input)
  close(history[3].val_ssim, (ssim(y, held.target)), 1e-6)
  close(history[3].val_off, (y - held.target):abs():mean(), 1e-6)
  assert(history[3].ssim == nil)
  local columns = history:csv():match("^[^\n]*")
  assert(columns == "epoch,loss,val_loss,val_off,val_ssim,seconds,images_per_second", columns)
  history, net = fit{ metrics = { ssim = ssim } }
  close(history[3].ssim, (ssim(net:predict(noisy:narrow(1, 1, 16)), clean:narrow(1, 1, 16))), 1e-6)
  history = fit{ metrics = { ssim = ssim }, input = ln.noise.gaussian{ seed = 2 },
    on_epoch = function(entry) seen[#seen + 1] = entry.ssim end }
  assert(#seen == 3 and seen[3] == history[3].ssim)
end)

test("metrics stand in the progress line", function()
  local said = said_by[[ ln.fit(nn.sequential{ nn.conv2d{ 1 } }, options{ validation = 0.25, epochs = 1,
    progress = "epochs", metrics = { off = function(y, t) return (y - t):abs():mean() end } }) ]]
  assert(said:find("^epoch 1/1  loss 0%.%d+  val 0%.%d+  val_off 0%.%d+  %d+ images/s  0:00 left\n$"), said)
end)

test("the progress line of a run that time ends", function()
  local said = said_by[[ ln.fit(nn.sequential{ nn.conv2d{ 1 } }, { input = ln.ones(1, 1, 2, 2),
    target = ln.ones(1, 1, 2, 2), loss = ln.loss.mse{}, optimizer = ln.optim.adam{}, progress = "epochs",
    max_seconds = 1e-6 }) ]]
  assert(said:find("^epoch 1  loss %d[%d.]*  %d+ images/s  0:00 left\n$"), said)
end)

test("metrics that are none are found before training", function()
  local function wrong(metrics, message)
    expect_error(function() fit{ metrics = metrics, on_batch = function() error("it trained") end } end, message)
  end
  wrong({ ln.metric.ssim{} }, "fit: option 'metrics' has names such as ssim: { ssim = ln.metric.ssim{} }, got 1")
  wrong({ loss = ln.metric.ssim{} }, "the name 'loss' is taken in the history")
  wrong({ a = ln.loss.mse{} }, "fit: option 'metrics': 'a' must be a metric item or a function, got")
  wrong({ a = function() return "b" end }, "fit: metric 'a' must give a number, got 'b'")
  wrong({ a = function() error("none", 0) end }, "fit: metric 'a': none")
  wrong({ ssim = ln.metric.ssim{ window = 19 } }, "fit: metric 'ssim': ")
end)

-- ---- Ends ----

test("max_seconds ends a run, and the history says so", function()
  local start = ln.time()
  local history = fit{ epochs = 1000000, max_seconds = 0.3 }
  assert(ln.time() - start < 30 and history.stopped == "max_seconds" and not history.interrupted)
  assert(tostring(history):find("(stopped by max_seconds)", 1, true))
  history = fit{ epochs = 5, max_seconds = 1e-9, validation = held }
  assert(#history == 1 and history[1].images == 5 and history[1].val_loss)
  history = ln.fit(nn.sequential{ nn.conv2d{ 1 } }, { input = ln.ones(1, 1, 2, 2), target = ln.ones(1, 1, 2, 2),
    loss = ln.loss.mse{}, optimizer = ln.optim.adam{}, progress = "none", max_seconds = 0.2 })
  assert(#history > 10 and history.stopped == "max_seconds", #history) -- as many epochs as there is time for
  history = ln.fit(nn.sequential{ nn.conv2d{ 1 } }, { input = ln.ones(1, 1, 2, 2), target = ln.ones(1, 1, 2, 2),
    loss = ln.loss.mse{}, optimizer = ln.optim.adam{}, schedule = ln.schedule.cosine{}, progress = "none",
    max_seconds = 100 })
  assert(#history == 10 and not history.stopped, #history) -- a schedule wants to know how many
  expect_error(function() fit{ max_seconds = 0 } end, "fit: option 'max_seconds' must be a number above 0")
end)

test("callbacks are told where the run is, and end it", function()
  local batches, epochs, ended = {}, {}, {}
  local history, net = fit{
    on_batch = function(at)
      batches[#batches + 1] = ("%d/%d/%d"):format(at.epoch, at.batch, at.step)
      assert(at.loss > 0 and at.seed == 7 and at.net.built)
    end,
    on_epoch = function(entry, at)
      epochs[#epochs + 1] = ("%d/%d/%d"):format(entry.epoch, at.epoch, at.step)
      return at.epoch < 2
    end,
    on_end = function(...) ended[#ended + 1] = { ... } end,
  }
  assert(table.concat(batches, " ") == "1/1/1 1/2/2 1/3/3 1/4/4 2/1/5 2/2/6 2/3/7 2/4/8", table.concat(batches, " "))
  assert(table.concat(epochs, " ") == "1/1/4 2/2/8" and history.stopped == "on_epoch" and #history == 2)
  assert(#ended == 1 and ended[1][1] == history and ended[1][2] == net)
  history = fit{ on_batch = function(at) return at.step < 6 end }
  assert(history.stopped == "on_batch" and #history == 2 and history[2].images == 10 and history[1].images == 16)
  expect_error(function() fit{ on_batch = function() error("mine") end } end, "mine")
  expect_error(function() fit{ on_end = 3 } end, "fit: option 'on_end' must be a function, got 3")
end)

test("a dry run tries everything once and changes no weights", function()
  local net = network():build({ 1, 16, 16 }, 7)
  local before, calls = bits(net), {}
  local function called(name) return function() calls[#calls + 1] = name end end
  local history = fit({ dry = true, epochs = 50, validation = held, metrics = { ssim = ln.metric.ssim{} },
    on_batch = called "batch", on_epoch = called "epoch", on_end = called "end" }, net)
  assert(table.concat(calls, " ") == "batch epoch end")
  assert(#history == 1 and history.stopped == "dry" and history[1].images == 5 and history[1].val_ssim)
  assert(bits(net) == before and net.epochs == 0 and not history.restored)
  local _, after = fit(nil, net)
  local _, straight = fit()
  assert(bits(after) == bits(straight))
end)

test("overfit trains on a few images, always the same", function()
  local history = fit{ overfit = 2, epochs = 2, input = ln.noise.gaussian{ seed = 2 }, shuffle = false, batch = 2,
    optimizer = ln.optim.sgd{ lr = 0 }, validation = held }
  assert(history[1].images == 2 and history[1].loss == history[2].loss)
  close(history[1].val_loss, history[1].loss, 1e-6)
  history = fit{ overfit = 1, epochs = 100, loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 2e-2 } }
  assert(history[100].loss < history[1].loss / 10)
  expect_error(function() fit{ overfit = 17 } end, "fit: option 'overfit' = 17, but there are 16 images to train on")
end)

-- ---- Sick runs ----

test("a loss that is not finite: the layer where it began, and the last good weights", function()
  local net = nn.sequential{ nn.conv2d{ 4, kernel = 3 }, nn.conv2d{ 4, kernel = 3 }, nn.conv2d{ 1, kernel = 3 } }
  net:build({ 1, 16, 16 }, 7)
  local before = bits(net)
  local message = expect_error(function()
    fit({ loss = ln.loss.mse{}, optimizer = ln.optim.sgd{ lr = 1e30 } }, net)
  end, "fit: epoch 1, batch %d: the loss is %a+; lower lr %(1e%+30 now%)%. It began in the [ow]")
  assert(message:find("It began in the output of layer %d %(conv2d_%d%)") or message:find("weights conv2d_%d"), message)
  assert(message:find("; the network has its weights from before the run again", 1, true), message)
  assert(bits(net) == before)
end)

test("good weights are those of an epoch that ended well", function()
  local epochs, bad = {}, false
  local loss = ln.loss.custom(function(y, t) return (y - t):pow(2):mean() / (bad and 0 or 1) end)
  local net = network()
  local message = expect_error(function()
    fit({ loss = loss, epochs = 20, on_epoch = function(entry, at)
      epochs[entry.epoch] = bits(at.net)
      bad = entry.epoch == 12
    end }, net)
  end, "fit: epoch 13, batch 1: ")
  local kept = math.tointeger(message:match("its weights of epoch (%d+) again"))
  assert(kept and kept >= 8 and bits(net) == epochs[kept], message)
end)

test("what may be a mistake is a line on stderr and a warning in the history", function()
  local said = said_by[[
    local function fit(net, more)
      local h = ln.fit(net, options(more))
      for _, w in ipairs(h.warnings) do print(w.epoch, w.kind, w.layer) end
      print(h)
    end
    fit(nn.sequential{ nn.conv2d{ 1 } }, { optimizer = ln.optim.sgd{ lr = 1e-12 }, epochs = 6 })
    local dead = nn.sequential{ nn.conv2d{ 4 }, nn.relu{}, nn.conv2d{ 1 } }:build{ 1, 8, 8 }
    dead:tensor("conv2d_1.weight"):fill(-1)
    fit(dead:weights_changed(), { epochs = 4 })
    fit(nn.sequential{ nn.conv2d{ 4, activation = "relu" }, nn.conv2d{ 1 } }, {})
  ]]
  assert(said:find("lunet: fit: epoch 5: the loss does not fall: 0.%d+ in epoch 1, 0.%d+ at best in the 4 after it"),
    said)
  assert(said:find("\n5\tloss\tnil\n", 1, true), said)
  assert(said:find("the network has collapsed: it gives %d[.%d]* everywhere, whatever the image"), said)
  assert(said:find("lunet: fit: epoch 1: relu_1 is dead: it gives nothing but 0", 1, true), said)
  assert(said:find("\n1\tdead\trelu_1\n", 1, true) and said:find("; 2 warnings", 1, true), said)
  assert(select(2, said:gsub("lunet: ", "")) == 3, said)
end)

test("a network that was trained before may stay where it is", function()
  local _, net = fit()
  assert(#fit({ optimizer = ln.optim.sgd{ lr = 1e-12 }, epochs = 6 }, net).warnings == 0)
end)

support.done()
