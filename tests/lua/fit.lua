-- ln.fit: it learns, it repeats itself, it stops when asked, and it finds mistakes before it starts.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

local nn = ln.nn
local clean = ln.data.phantom{ 24, size = { 16, 16 }, seed = 3 }.images
local noisy = ln.noise.gaussian{ p = 0.1, seed = 1 }(clean)

local function network()
  return nn.sequential{
    nn.conv2d{ 8, kernel = 3, activation = "relu" }, nn.conv2d{ 1, kernel = 3, activation = "sigmoid" },
  }
end

-- Options for a short run, changed by `more`.
local function options(more)
  local o = {
    input = noisy, target = clean, loss = ln.loss.bce{}, optimizer = ln.optim.adam{ lr = 1e-2 }, epochs = 3, batch = 5,
    seed = 7, progress = "none",
  }
  for name, value in pairs(more or {}) do o[name] = value end
  return o
end

local function fit(more)
  local net = network()
  return ln.fit(net, options(more)), net
end

local function parameters(net)
  local all = {}
  for _, tensor in ipairs(net:tensors()) do
    for _, value in ipairs(net:tensor(tensor.name):reshape{ -1 }:totable()) do all[#all + 1] = ("%a"):format(value) end
  end
  return table.concat(all, " ")
end

test("the loss falls", function()
  local history = fit{ epochs = 5 }
  assert(#history == 5)
  assert(history[5].loss < history[1].loss)
  assert(history[1].seconds > 0 and history[1].images_per_second > 0 and history[1].epoch == 1)
  assert(history.interrupted == false)
end)

test("the same seed gives the same bits, with 1 and 2 threads", function()
  local threads = ln.threads()
  local runs = {}
  for i, number in ipairs{ 1, 2, 2 } do
    ln.threads(number)
    local history, net = fit{ validation = 0.25 }
    runs[i] = parameters(net) .. (" %a %a"):format(history[3].loss, history[3].val_loss)
    collectgarbage()
  end
  ln.threads(threads)
  assert(runs[1] == runs[2] and runs[2] == runs[3])
end)

local function unet(seed)
  local x = nn.input{ 1, 16, 16 }
  local a = nn.conv2d{ 4, activation = "relu" }(x)
  local b = nn.conv2d{ 8, activation = "relu" }(nn.maxpool2d{ 2 }(a))
  local y = nn.conv2d{ 1, activation = "sigmoid" }(nn.concat{ nn.upsample2d{ 2 }(b), a })
  return nn.model{ inputs = x, outputs = y, seed = seed }
end

test("the seed reaches the weights of a network from nodes", function()
  local still = ln.optim.sgd{ lr = 0 }
  local function first_weights(net, seed)
    ln.fit(net, options{ seed = seed, optimizer = still, epochs = 1 })
    return parameters(net)
  end
  local net = unet()
  assert(not net.built and net.output_shape[2] == 16 and tostring(net):find("1x16x16 -> 1x16x16, 445", 1, true))
  assert(net:summary().parameters == net:summary{ 1, 16, 16 }.parameters and not net.built)
  local one = first_weights(net, 1)
  assert(net.built and one == first_weights(unet(), 1) and one ~= first_weights(unet(), 2))
  local given = unet(5) -- a seed of its own
  assert(given.built and first_weights(given, 1) == first_weights(unet(5), 2) and parameters(given) ~= one)
end)

-- With an optimizer that remembers nothing, epochs may be done in several runs, to the last bit.
test("a second fit goes on where the first one ended", function()
  local function net()
    return nn.sequential{ nn.conv2d{ 4, activation = "relu" }, nn.dropout{ 0.2 },
      nn.conv2d{ 1, activation = "sigmoid" } }
  end
  local function run(n, epochs)
    return ln.fit(n, options{ input = ln.noise.gaussian{ seed = 2 }, optimizer = ln.optim.sgd{ lr = 0.1 },
      epochs = epochs, validation = 0.25, keep = "last" })
  end
  local whole, parts = net(), net()
  local history, first = run(whole, 5), run(parts, 2)
  assert(parts.epochs == 2)
  local folder <close> = support.folder()
  local loaded = ln.load(parts:save(folder.path .. "/net.safetensors"))
  assert(loaded.epochs == 2)
  for _, n in ipairs{ parts, loaded } do
    local second = run(n, 3)
    assert(n.epochs == 5 and parameters(n) == parameters(whole))
    for i = 1, 3 do assert(second[i].loss == history[i + 2].loss and second[i].val_loss == history[i + 2].val_loss) end
  end
  assert(first[2].val_loss == history[2].val_loss) -- the same images are held out, with the same noise
  local still = ln.optim.sgd{ lr = 0 } -- and with weights that stay, what is drawn alone tells two runs apart
  local function losses(n)
    return ln.fit(n, options{ input = ln.noise.gaussian{ seed = 2 }, optimizer = still, epochs = 1,
      validation = 0.25 })[1]
  end
  local a, b = losses(whole), losses(whole)
  assert(a.loss ~= b.loss and a.val_loss == b.val_loss)
end)

test("the seed reaches dropout", function()
  local function loss(seed)
    local net = nn.sequential{ nn.dropout{ 0.5 }, nn.conv2d{ 1, init = "ones" } }
    return ln.fit(net, options{ loss = ln.loss.mse{}, epochs = 1, shuffle = false, seed = seed })[1].loss
  end
  assert(loss(1) == loss(1) and loss(1) ~= loss(2))
end)

test("another seed gives other parameters, also after a summary", function()
  local a, b = network(), network()
  a:summary{ 1, 16, 16 }
  b:summary{ 1, 16, 16 }
  ln.fit(a, options{ seed = 1 })
  ln.fit(b, options{ seed = 2 })
  assert(parameters(a) ~= parameters(b))
end)

test("a summary before training changes nothing", function()
  local _, plain = fit()
  local net = network()
  net:summary{ 1, 16, 16 }
  ln.fit(net, options())
  assert(parameters(plain) == parameters(net))
end)

test("a second fit goes on from the parameters", function()
  local history, net = fit{ epochs = 4 }
  local again = ln.fit(net, options{ epochs = 1, shuffle = false })
  assert(again[1].loss < history[1].loss)
end)

test("Lua's own random numbers are left alone", function()
  math.randomseed(5)
  local expected = math.random(1 << 40)
  math.randomseed(5)
  fit()
  assert(math.random(1 << 40) == expected)
end)

test("it equals a loop of one's own", function()
  local history = fit{ shuffle = false, epochs = 2 }
  local net = network()
  net:build({ 1, 16, 16 }, 7)
  local trainer = ln.trainer{ net = net, loss = ln.loss.bce{}, optimizer = ln.optim.adam{ lr = 1e-2 } }
  local mean
  for _ = 1, 2 do
    mean = 0
    for input, target in ln.data.batches(noisy, clean, { size = 5 }) do
      mean = mean + trainer:step(input, target) * #input / #noisy
    end
  end
  close(mean, history[2].loss, 1e-12)
end)

test("validation: a share, and images of one's own", function()
  local history = fit{ validation = 0.25 }
  assert(history[1].val_loss > 0)
  history = fit{ validation = { input = noisy, target = clean }, epochs = 1 }
  assert(history[1].val_loss > 0)
  history = fit{ validation = { input = ln.noise.gaussian{}, target = clean }, epochs = 1 }
  assert(history[1].val_loss > 0)
  assert(fit{ epochs = 1 }[1].val_loss == nil)
end)

test("validation loss is the mean loss over the images held out", function()
  local _, net = fit{ epochs = 1 }
  local history = ln.fit(net, options{
    epochs = 1, optimizer = ln.optim.sgd{ lr = 1e-12 }, validation = { input = noisy, target = clean },
  })
  close(history[1].val_loss, history[1].loss, 1e-5)
end)

test("a noise as input is drawn afresh each epoch", function()
  local history, net = fit{ input = ln.noise.gaussian{ p = 0.1, seed = 1 } }
  local again, twin = fit{ input = ln.noise.gaussian{ p = 0.1, seed = 1 } }
  assert(history[3].loss == again[3].loss and parameters(net) == parameters(twin))
end)

test("on_epoch sees every epoch and can end the run", function()
  local seen = {}
  local history = fit{ epochs = 9, on_epoch = function(entry)
    seen[#seen + 1] = entry.loss
    return entry.epoch < 2
  end }
  assert(#seen == 2 and #history == 2 and seen[2] == history[2].loss)
end)

test("progress goes to stderr in lines of an epoch each", function()
  local script = os.tmpname()
  support.write(script, [[
    local ln = require "lunet"
    local x = ln.data.phantom{ 6, size = { 8, 8 } }.images
    local net = ln.nn.sequential{ ln.nn.conv2d{ 1, kernel = 3, activation = "sigmoid" } }
    ln.fit(net, { input = x, target = x, loss = ln.loss.mse{}, optimizer = ln.optim.adam{}, epochs = 2 })
  ]])
  local said = support.run(script)
  os.remove(script)
  local lines = select(2, said:gsub("epoch %d/2  loss 0%.%d+  %d+ images/s  0:00 left\n", ""))
  assert(lines == 2, said)
end)

-- On a terminal the line is rewritten, but not where the terminal cannot.
if os.execute("script -qec true /dev/null </dev/null >/dev/null 2>&1") then
  test("progress on a terminal that rewrites no line", function()
    local folder <close> = support.folder()
    local first = 0
    while arg[first - 1] do first = first - 1 end
    support.write(folder.path .. "/fit.lua", [[
      local ln = require "lunet"
      local x = ln.rand({ 6, 1, 8, 8 }, 1)
      ln.fit(ln.nn.sequential{ ln.nn.conv2d{ 1 } }, { input = x, target = x, loss = ln.loss.mse{},
        optimizer = ln.optim.adam{}, epochs = 2 })
    ]])
    local terms = { ["TERM=xterm"] = true, ["TERM=dumb"] = false, ["-u TERM"] = false, ["TERM="] = false }
    for term, rewrites in pairs(terms) do
      local command = ("env %s script -qec \"'%s' '%s/fit.lua'\" /dev/null </dev/null"):format(term, arg[first],
        folder.path)
      local pipe = assert(io.popen(command))
      local said = pipe:read("a"):gsub("\r+\n", "\n")
      pipe:close()
      assert(said:find("epoch 2/2", 1, true), said)
      assert((said:find("[\r\27]") ~= nil) == rewrites, term .. ": " .. said)
    end
  end)
else
  support.skip("progress on a terminal that rewrites no line", "script(1) can make no terminal here")
end

test("unknown and wrong options", function()
  expect_error(function() fit{ epoch = 3 } end, "fit: no option 'epoch'; did you mean 'epochs'?")
  expect_error(function() fit{ epochs = 0 } end, "fit: option 'epochs' must be an integer of at least 1, got 0")
  expect_error(function() fit{ epochs = 1.5 } end, "fit: option 'epochs' must be an integer of at least 1, got 1.5")
  expect_error(function() fit{ loss = ln.optim.adam{} } end, "fit: option 'loss' must be a loss item")
  expect_error(function() fit{ loss = "bce" } end,
    "fit: option 'loss' must be a loss item, a function or a list of them, got 'bce'; write ln.loss.bce{}")
  expect_error(function() fit{ validation = 1.5 } end, "fit: option 'validation' must be")
  expect_error(function() fit{ validation = { input = noisy } } end, "fit: validation: option 'target' is required")
  expect_error(function() ln.fit(network(), { target = clean, loss = ln.loss.mse{}, optimizer = ln.optim.adam{} }) end,
    "fit: option 'input' is required: what the network gets; or give 'data', a dataset")
  expect_error(function() ln.fit({}, {}) end, "fit: expected a network")
end)

test("images that do not go together", function()
  expect_error(function() fit{ target = clean:narrow(1, 1, 20) } end,
    "fit: 24 images as input, but 20 as its target; they are paired by number")
  expect_error(function() fit{ target = ln.image.resize(clean, { 8, 8 }) } end,
    "fit: for images of 1x16x16 the network gives 1x16x16, but the targets are 1x8x8")
  local odd = ln.image.resize(clean, { 18, 18 })
  local net = ln.models.cnn_dae{ widths = { 4, 4, 4, 4 } }
  expect_error(function() ln.fit(net, options{ input = odd, target = odd }) end,
    "the network gives 1x16x16, but the targets are 1x18x18; a pooling drops")
end)

test("NaN and infinity are found before training", function()
  local bad = clean:clone()
  bad[{ 3, 1, 5, 2 }] = 0 / 0
  expect_error(function() fit{ target = bad } end, "fit: the target has NaN at image 3, channel 1, row 5, column 2")
  expect_error(function() fit{ input = bad } end, "fit: the input has NaN at image 3, channel 1, row 5, column 2")
  bad[{ 3, 1, 5, 2 }] = math.huge
  expect_error(function() fit{ validation = { input = noisy, target = bad } } end,
    "fit: the validation target has infinity at image 3")
end)

test("bce is for numbers between 0 and 1", function()
  expect_error(function() fit{ target = clean + 0.5 } end, "fit: the loss bce takes targets from 0 to 1")
  local net = nn.sequential{ nn.conv2d{ 1, kernel = 3 } }
  expect_error(function() ln.fit(net, options()) end,
    "fit: the loss bce takes outputs from 0 to 1, but the last layer, conv2d_1, gives numbers from -inf to inf")
end)

test("a loss that stops being finite names epoch and batch", function()
  local net = nn.sequential{ nn.conv2d{ 4, kernel = 3 }, nn.conv2d{ 4, kernel = 3 }, nn.conv2d{ 1, kernel = 3 } }
  local run = options{ loss = ln.loss.mse{}, optimizer = ln.optim.sgd{ lr = 1e12 }, epochs = 20 }
  expect_error(function() ln.fit(net, run) end, "fit: epoch %d+, batch %d+: ")
end)

-- The sanitizers keep freed memory for a while.
if os.getenv("LUNET_SANITIZED") then
  support.skip("a long run takes no more memory than a short one", "sanitized")
else
  test("a long run takes no more memory than a short one", function()
    local images = ln.rand({ 60, 1, 64, 64 }, 1)
    local resident = {}
    ln.fit(ln.models.cnn_dae{ widths = { 4, 4, 4, 4 } }, options{
      input = images, target = images, loss = ln.loss.mse{}, epochs = 30,
      on_epoch = function() -- without what Lua has yet to collect
        collectgarbage()
        resident[#resident + 1] = ln.mem().rss
      end,
    })
    assert(resident[30] - resident[2] < 4 << 20, ("from %d to %d bytes"):format(resident[2], resident[30]))
  end)
end

-- With batch_norm, a few images left over weigh as much as a batch.
test("a small last batch is a word on stderr, or an error where it has one value a channel", function()
  local function said(n, batch, layers, size)
    return support.run(([[-e 'local ln = require "lunet" local nn = ln.nn local x = ln.rand({ %d, 1, %d, %d }, 1)
      ln.fit(nn.sequential{ %s }, { input = x, target = x, loss = ln.loss.mse{}, optimizer = ln.optim.adam{},
        epochs = 2, batch = %d, progress = "none" })']]):format(n, size, size, layers, batch):gsub("\n", " "))
  end
  local norm = "nn.conv2d{ 1 }, nn.batch_norm{}"
  local words = said(21, 10, norm, 4)
  assert(words:find("^lunet: fit: 21 images in batches of 10 leave a last batch of 1, whose statistics"), words)
  assert(select(2, words:gsub("\n", "")) == 1, words)
  assert(said(22, 10, norm, 4):find("a last batch of 2", 1, true))
  assert(said(23, 10, norm, 4) == "" and said(20, 10, norm, 4) == "" and said(3, 10, norm, 4) == "")
  assert(said(21, 10, "nn.conv2d{ 1 }", 4) == "")
  assert(said(21, 10, norm, 1):find("batch_norm_1 needs more than 1 value per channel; choose another", 1, true))
end)

support.done()
