-- ln.fit of networks with several inputs and outputs: lists of tensors, losses and weights of the outputs, functions
-- that make several inputs.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close, same = support.test, support.expect_error, support.close, support.same

local feeds = require "lunet.feed"
local nn = ln.nn
local clean = ln.data.phantom{ 12, size = { 16, 16 }, seed = 3 }.images
local noisy = ln.noise.gaussian{ p = 0.1, seed = 1 }(clean)
local guide = ln.rand({ 12, 2, 16, 16 }, 5)
local class = ln.rand({ 12, 3 }, 6)

-- Images and a guide of two channels in, images and three numbers out; or only the first of either.
local function network(inputs, outputs)
  local x, g = nn.input{ 1, 16, 16 }, nn.input{ 2, 16, 16 }
  local h = nn.conv2d{ 4, activation = "relu" }(inputs == 2 and nn.concat{ x, g } or x)
  local image = nn.conv2d{ 1, activation = "sigmoid" }(nn.dropout{ 0.1 }(h))
  local numbers = nn.dense{ 3 }(nn.flatten{}(nn.maxpool2d{ 4 }(h)))
  return nn.model{ inputs = inputs == 2 and { x, g } or x, outputs = outputs == 2 and { image, numbers } or image }
end

local function options(more)
  local o = {
    input = { noisy, guide }, target = { clean, class }, loss = { ln.loss.bce{}, ln.loss.mse{} },
    loss_weights = { 1, 0.1 }, optimizer = ln.optim.adam{ lr = 1e-2 }, epochs = 3, batch = 5, seed = 7,
    progress = "none",
  }
  for name, value in pairs(more or {}) do o[name] = value ~= "none" and value or nil end
  o.progress = "none"
  return o
end

local function fit(more, net)
  net = net or network(2, 2)
  return ln.fit(net, options(more)), net
end

local function bits(net, history)
  local all = {}
  for _, tensor in ipairs(net:tensors()) do
    for _, value in ipairs(net:tensor(tensor.name):reshape{ -1 }:totable()) do all[#all + 1] = ("%a"):format(value) end
  end
  for _, entry in ipairs(history or {}) do
    for _, field in ipairs(history.fields) do
      if entry[field] and not field:find("second") then all[#all + 1] = ("%s %a"):format(field, entry[field]) end
    end
  end
  return table.concat(all, " ")
end

-- ---- The same as a loop with ln.trainer ----

-- What ln.fit does without validation, written by hand.
local function by_hand(net, input, target, loss, weights)
  local shapes = {}
  for i, t in ipairs(input) do shapes[i] = table.move(t.shape, 2, #t.shape, 1, {}) end
  net:build(#shapes == 1 and shapes[1] or shapes, 7)
  local trainer = ln.trainer{ net = net, loss = loss, loss_weights = weights, optimizer = ln.optim.adam{ lr = 1e-2 },
    seed = 7 }
  local set, losses = ln.data.tensors{ input, target }, {}
  for epoch = 1, 3 do
    local sum, parts = 0, {}
    for x, t in ln.data.batches(set, { size = 5, shuffle = true, seed = 7, epoch = epoch }) do
      local total, of_outputs = trainer:step(x, t)
      sum = sum + total * #x
      for i, part in ipairs(of_outputs or {}) do parts[i] = (parts[i] or 0) + part * #x end
    end
    losses[epoch] = { sum / 12, parts[1] and parts[1] / 12, parts[2] and parts[2] / 12 }
  end
  return losses
end

test("the same bits as a loop with ln.trainer, whatever the number of inputs and outputs", function()
  for inputs = 1, 2 do
    for outputs = 1, 2 do
      local input = { noisy, inputs == 2 and guide or nil }
      local target = { clean, outputs == 2 and class or nil }
      local loss, weights = ln.loss.bce{}, nil
      if outputs == 2 then loss, weights = { ln.loss.bce{}, ln.loss.mse{} }, { 1, 0.1 } end
      local hand, net = network(inputs, outputs), network(inputs, outputs)
      local losses = by_hand(hand, input, target, loss, weights)
      local history = fit({ input = input, target = target, loss = loss, loss_weights = weights or "none" }, net)
      assert(bits(net) == bits(hand), ("%d inputs, %d outputs"):format(inputs, outputs))
      for epoch, want in ipairs(losses) do
        local entry = history[epoch]
        assert(entry.loss == want[1] and entry.loss_1 == want[2] and entry.loss_2 == want[3])
        if outputs == 2 then close(entry.loss, entry.loss_1 + 0.1 * entry.loss_2, 1e-6) end
      end
      collectgarbage()
    end
  end
end)

test("a list of one is the tensor", function()
  local history, net = fit({ input = { noisy }, target = { clean }, loss = { ln.loss.bce{} }, loss_weights = "none" },
    network(1, 1))
  local plain, other = fit({ input = noisy, target = clean, loss = ln.loss.bce{}, loss_weights = "none" },
    network(1, 1))
  assert(bits(net, history) == bits(other, plain) and history[1].loss_1 == nil)
end)

-- import torch, torch.nn.functional as F
-- a = torch.arange(32.).reshape(2,1,4,4)/32, b = 1 - a, w = (torch.arange(18.).reshape(1,2,3,3)/18 - 0.5)
-- o = torch.optim.SGD([w], 0.1); three times:
--   y = F.conv2d(torch.cat([a, b], 1), w, padding=1), z = torch.tanh(y)
--   l1 = F.mse_loss(y, a), l2 = F.l1_loss(z, b), loss = l1 + 0.1 * l2; o.zero_grad(), loss.backward(), o.step()
test("three steps with two losses, against PyTorch", function()
  local a = ln.arange(0, 31):reshape{ 2, 1, 4, 4 } / 32
  local b = 1 - a
  local x, g = nn.input{ 1, 4, 4 }, nn.input{ 1, 4, 4 }
  local y = nn.conv2d{ 1, bias = false }(nn.concat{ x, g })
  local net = nn.model{ inputs = { x, g }, outputs = { y, nn.tanh{}(y) }, seed = 1 }
  net:tensor("conv2d_1.weight"):copy(ln.arange(0, 17):reshape{ 1, 2, 3, 3 } / 18 - 0.5)
  net:weights_changed()
  local history = fit({ input = { a, b }, target = { a, b }, loss = { ln.loss.mse{}, ln.loss.mae{} },
    optimizer = ln.optim.sgd{ lr = 0.1 }, batch = 2 }, net)
  local losses = { { 2.0583730732802414, 2.000147313247492, 0.5822576003274935 },
    { 1.3519550647479772, 1.3094024427641973, 0.42552621983780026 },
    { 0.951942482031579, 0.9205404512736529, 0.31402030757926186 } }
  for i, want in ipairs(losses) do
    close(history[i].loss, want[1], 1e-6 * want[1])
    close(history[i].loss_1, want[2], 1e-6 * want[2])
    close(history[i].loss_2, want[3], 1e-6 * want[3])
  end
  same(net:tensor("conv2d_1.weight"), ln.tensor{ -0.2975548, -0.1902322, -0.2017497, -0.0877339, 0.0260127,
    -0.0054412, -0.0336634, 0.0468267, 0.0465197, 0.0491666, 0.0975949, 0.1200386, 0.1321198, 0.1578254, 0.2016345,
    0.2617195, 0.2859471, 0.3479678 }:reshape{ 1, 2, 3, 3 }, 1e-5)
end)

test("the same bits on any number of threads", function()
  local threads, runs = ln.threads(), {}
  for i, number in ipairs{ 1, 2 } do
    ln.threads(number)
    local history, net = fit{ validation = 0.25, metrics = { psnr = ln.metric.psnr{} } }
    runs[i] = bits(net, history)
  end
  ln.threads(threads)
  assert(runs[1] == runs[2])
end)

-- ---- Losses, metrics, history ----

test("one loss is that of every output, for ln.trainer as well", function()
  local target = { clean, ln.rand({ 12, 3 }, 2) }
  local mse = ln.loss.mse{}
  local one, net = fit{ target = target, loss = mse }
  local two, other = fit{ target = target, loss = { mse, ln.loss.mse{} } }
  assert(bits(net, one) == bits(other, two))
  local function square(y, t) return (y - t):pow(2):mean() end
  one, net = fit{ target = target, loss = square, epochs = 1 }
  two, other = fit{ target = target, loss = { ln.loss.custom(square), square }, epochs = 1 }
  assert(bits(net, one) == bits(other, two))
  local trainer = ln.trainer{ net = other, loss = mse, optimizer = ln.optim.sgd{} }
  local total, parts = trainer:evaluate({ noisy, guide }, target)
  close(total, parts[1] + parts[2], 1e-6)
end)

test("the losses of the outputs and metrics of any of them are in the history", function()
  local ssim = ln.metric.ssim{}
  local function off(y, t) return (y - t):abs():mean() end
  local held = { input = { noisy:narrow(1, 9, 4), guide:narrow(1, 9, 4) },
    target = { clean:narrow(1, 9, 4), class:narrow(1, 9, 4) } }
  local seen
  local history, net = fit{ validation = held, keep = "last", on_batch = function(at) seen = at.losses end,
    metrics = { ssim = ssim, off = { off, output = 2 }, psnr = { ln.metric.psnr{} } } }
  local columns = history:csv():match("^[^\n]*")
  assert(columns == "epoch,loss,loss_1,loss_2,val_loss,val_loss_1,val_loss_2,val_off,val_psnr,val_ssim,seconds,"
    .. "images_per_second", columns)
  local y = net:predict(held.input)
  local last = history[3]
  close(last.val_ssim, (ssim(y[1], held.target[1])), 1e-6)
  close(last.val_off, off(y[2], held.target[2]), 1e-6)
  close(last.val_loss, last.val_loss_1 + 0.1 * last.val_loss_2, 1e-6)
  local trainer = ln.trainer{ net = net, loss = { ln.loss.bce{}, ln.loss.mse{} }, optimizer = ln.optim.sgd{} }
  local _, parts = trainer:evaluate(held.input, held.target)
  close(last.val_loss_1, parts[1], 1e-6)
  close(last.val_loss_2, parts[2], 1e-6)
  assert(#seen == 2 and tostring(history:table()):find("val_loss_2", 1, true))
end)

-- ---- What ln.fit does besides ----

test("validation by a share, a table or a dataset; the best weights, patience", function()
  for _, validation in ipairs{ 0.25, { input = { noisy, guide }, target = { clean, class } },
    ln.data.tensors{ { noisy, guide }, { clean, class } } } do
    local history = fit{ validation = validation, patience = 2, epochs = 4 }
    assert(history.best_epoch and history[1].val_loss_2)
  end
  local weights = {}
  local history, net = fit{ validation = 0.25, optimizer = ln.optim.rmsprop{ lr = 0.2 }, epochs = 6,
    on_epoch = function(entry, at) weights[entry.epoch] = bits(at.net) end }
  assert(bits(net) == weights[history.best_epoch])
end)

test("datasets of lists: split, patches, mapped, read as needed", function()
  local set = ln.data.tensors{ { noisy, guide }, { clean, 1 - clean } }
  assert(tostring(set):find("12 pairs of {1x16x16, 2x16x16} and {1x16x16, 1x16x16}", 1, true), tostring(set))
  assert(#set == 12 and #set[3] == 1 and set[3][2].shape[1] == 2)
  local x, g = nn.input{ 1, 8, 8 }, nn.input{ 2, 8, 8 }
  local function network_of_images()
    local h = nn.conv2d{ 4, activation = "relu" }(nn.concat{ x, g })
    return nn.model{ inputs = { x, g }, outputs = { nn.conv2d{ 1 }(h), nn.conv2d{ 1 }(h) } }
  end
  local train, test_set = set:split{ train = 8, seed = 1 }
  assert(#train == 8 and #test_set == 4 and #train.images == 8)
  local patches = ln.data.patches{ train, size = 8, per_image = 2 }
  for _, data in ipairs{ patches, patches:load(), ln.data.mix{ { patches, 2 }, { patches, 1 } } } do
    local history = fit({ input = "none", target = "none", data = data, loss = ln.loss.mse{}, epochs = 2,
      augment = ln.augment.chain{ ln.augment.flip{}, ln.augment.rot90{} } }, network_of_images())
    assert(history[2].images == #data)
  end
  for input, target in ln.data.batches(patches, { size = 16, augment = ln.augment.flip{} }) do
    same(target[1], 1 - target[2]) -- cut from one place, and turned alike
    assert(#input == 16 and input[2].shape[2] == 2)
  end
  local mapped = set:map(function(images) return { images[1] * 0, images[2] } end)
  assert(mapped.images[1]:max() == 0 and mapped.targets == set.targets)
  assert(patches:map(function(images) return { images[1] * 0, images[2] } end)[1][1]:max() == 0)
  expect_error(function() return set:map(ln.noise.gaussian{}) end, "set:map: the dataset has 2 tensors as images")
  expect_error(function() return ln.data.scale{ "minmax", data = set } end, "scale:fit: the dataset has 2 tensors")
  assert(tostring(set:describe()):find("16x16", 1, true))
end)

test("dry runs, overfit, callbacks that end it", function()
  local net = network(2, 2)
  net:build({ { 1, 16, 16 }, { 2, 16, 16 } }, 1)
  local before = bits(net)
  local metrics = { off = { function(y) return y:mean() end, output = 2 } }
  local history = fit({ dry = true, validation = 0.25, metrics = metrics }, net)
  assert(history.stopped == "dry" and bits(net) == before)
  history = fit{ overfit = 2, validation = 0.25, epochs = 40, batch = 2 }
  assert(history[40].loss < history[1].loss and history[1].images == 2)
  history = fit{ on_batch = function(at) return at.step < 4 end }
  assert(history.stopped == "on_batch" and history[2].images == 5)
end)

test("a checkpoint goes on, bit for bit", function()
  local folder <close> = support.folder()
  local file = folder.path .. "/run.ckpt"
  local more = { validation = 0.25, epochs = 4, average = { ema = 0.9 },
    metrics = { off = { function(y, t) return (y - t):abs():mean() end, output = 2 } } }
  local function run(also)
    local o = {}
    for _, of in ipairs{ more, also or {} } do for name, value in pairs(of) do o[name] = value end end
    return fit(o)
  end
  local history, net = run()
  local whole = bits(net, history)
  for stop = 1, 7 do
    os.remove(file)
    run{ checkpoint = file, on_batch = function(at) return at.step < stop end }
    local again, other = run{ checkpoint = file }
    assert(again.resumed == stop and bits(other, again) == whole, stop)
  end
  expect_error(function() run{ checkpoint = file, loss_weights = { 1, 0.2 } } end, "option 'loss_weights' was")
  expect_error(function() run{ checkpoint = file, input = { noisy, guide + 1 } } end, "option 'input' was")
end)

test("ln.find_rate", function()
  local net = network(2, 2)
  local rates, rate = ln.find_rate(net, { input = { noisy, guide }, target = { clean, class }, loss = ln.loss.mse{},
    loss_weights = { 1, 0.1 }, optimizer = ln.optim.adam{}, steps = 30 })
  assert(rates and rate and rate > 0)
end)

-- ---- Inputs that are made ----

test("a noise corrupts as many targets as the network has inputs", function()
  local noise, set = ln.noise.gaussian{ p = 0.1, seed = 4 }, ln.data.tensors{ { clean, clean } }
  local function made(input_shape)
    return feeds(set, { input = noise, seed = 7, input_shape = input_shape }):take({ 3, 5 }, 2)
  end
  local one, two = made(), made{ { 1, 16, 16 }, { 1, 16, 16 } }
  same(one, two[1])
  assert((two[1] - two[2]):abs():max() > 0.1)
  for i = 1, 2 do close((two[i] - clean:gather{ 3, 5 }):std(), 0.1, 0.02) end
  local x, g = nn.input{ 1, 16, 16 }, nn.input{ 2, 16, 16 }
  local net = nn.model{ inputs = { x, g }, outputs = { nn.conv2d{ 1 }(nn.concat{ x, g }), nn.conv2d{ 2 }(g) } }
  fit({ input = noise, target = { clean, guide }, loss = ln.loss.mse{}, validation = 0.25 }, net)
  fit({ input = noise }, network(1, 2))
  expect_error(function()
    fit({ input = noise, target = clean, loss = ln.loss.bce{}, loss_weights = "none" }, network(2, 1))
  end, "fit: input: the network has 2 inputs, but a noise makes one of each target, and there is 1; a list")
end)

test("a list has tensors and noises, which corrupt the first target", function()
  local noise = ln.noise.gaussian{ p = 0.1, seed = 4 }
  local plain = { target = clean, loss = ln.loss.bce{}, loss_weights = "none", validation = 0.25 }
  local function with(input, net)
    plain.input = input
    local history
    history, net = fit(plain, net)
    return bits(net, history)
  end
  assert(with(noise, network(1, 1)) == with({ noise }, network(1, 1)))
  with({ noise, guide }, network(2, 1))
  local x, g = nn.input{ 1, 16, 16 }, nn.input{ 1, 16, 16 }
  local function difference_network()
    return nn.model{ inputs = { x, g }, outputs = nn.conv2d{ 1, activation = "sigmoid" }(x - g) }
  end
  local history = fit({ input = { noise, noise }, target = clean, loss = ln.loss.bce{}, loss_weights = "none" },
    difference_network())
  assert(history[3].loss)
  local set = ln.data.tensors{ { clean, clean }, clean }
  local function take(input) return feeds(set, { input = input, seed = 7 }):take({ 2, 9 }, 1) end
  local one, both = take{ noise, false }, take{ noise, noise }
  same(one[1], both[1])
  same(one[2], clean:gather{ 2, 9 })
  assert((both[1] - both[2]):abs():max() > 0.1)
  -- the same by a function of a dataset's images
  with({ noise, guide }, network(2, 1))
  local data = ln.data.tensors{ { clean, guide }, clean }
  plain.validation = data
  with({ noise, guide }, network(2, 1))
  plain.validation = ln.data.tensors{ clean }
  expect_error(function() with({ noise, guide }, network(2, 1)) end,
    "fit: input: the list has 2 entries, but the dataset has 1 tensor as its images")
  local function make(images, draw) return draw:noise(noise, images[1]), images[2] end
  fit({ input = make, target = "none", data = data, loss = ln.loss.bce{}, loss_weights = "none", validation = 0.25 },
    network(2, 1))
end)

-- FFDNet in little: noisy images, and a plane of the noise's level.
local function with_level(level_shape)
  local x, level = nn.input{ 1, 16, 16 }, nn.input(level_shape)
  local planes = #level_shape == 3 and level or nn.reshape{ 1, 16, 16 }(nn.dense{ 256 }(level))
  local h = nn.conv2d{ 4, activation = "relu" }(nn.concat{ x, planes })
  return nn.model{ inputs = { x, level }, outputs = x - nn.conv2d{ 1 }(h) }
end

local function noise_and_level(x, draw)
  local level = draw:uniform(0, 0.2)
  return x + level * draw:normal(), level
end

local function of_function(f, more)
  local o = { input = f, target = clean, loss = ln.loss.mse{}, loss_weights = "none" }
  for name, value in pairs(more or {}) do o[name] = value end
  return o
end

test("a function gives the noisy images and the level, which becomes a plane", function()
  local function runs(make, f)
    local threads, all = ln.threads(), {}
    for i, number in ipairs{ 1, 2 } do
      ln.threads(number)
      local net = make()
      local history = fit(of_function(f, { validation = 0.25, epochs = 2 }), net)
      all[i] = bits(net, history)
    end
    ln.threads(threads)
    assert(all[1] == all[2])
    return all[1]
  end
  local function planes() return with_level{ 1, 16, 16 } end
  local whole = runs(planes, noise_and_level)
  local function by_hand_planes(x, draw)
    local noisy_ones, level = noise_and_level(x, draw)
    return noisy_ones, level:expand{ #x, 1, 16, 16 } * 1
  end
  assert(runs(planes, by_hand_planes) == whole)
  assert(runs(planes, function(x, draw)
    local noisy_ones, level = noise_and_level(x, draw)
    return noisy_ones, level:reshape{ -1 }
  end) == whole)
  runs(function() return with_level{ 1 } end, function(x, draw)
    local noisy_ones, level = noise_and_level(x, draw)
    return noisy_ones, level:reshape{ -1 }
  end)
  for _, make in ipairs{ planes, function() return with_level{ 1 } end } do
    fit(of_function(function(x) return x, 0.1 end, { epochs = 1 }), make())
  end
  -- images of another size than the network was described for: as they are
  local big = ln.data.phantom{ 4, size = { 24, 24 } }.images
  fit(of_function(noise_and_level, { target = big, epochs = 1 }), planes())
  -- the same as inputs that were made before
  local noisy_ones, level = clean + 0.1 * noisy, ln.full({ 12, 1, 16, 16 }, 0.1)
  local a, b = planes(), planes()
  local one = fit(of_function(function(x, draw)
    assert(#x == #draw.numbers)
    return noisy_ones:gather(draw.numbers), 0.1
  end), a)
  local two = fit(of_function({ noisy_ones, level }), b)
  assert(bits(a, one) == bits(b, two))
end)

test("a function gets the list of several targets, and gives as many inputs as there are", function()
  local function make(x, draw)
    assert(#x == #draw.numbers and x[1].shape[2] == 1 and x[2].shape[2] == 3)
    return x[1] + 0.1 * draw:normal(), draw:normal{ 2, 16, 16 }
  end
  local history = fit{ input = make, validation = 0.25 }
  assert(history[3].val_loss_2)
end)

-- ---- Augmentation ----

test("augmentations change all inputs and targets alike", function()
  local flips = ln.augment.chain{ ln.augment.flip{}, ln.augment.rot90{}, ln.augment.crop{ 8 } }
  local set = ln.data.tensors{ { noisy, guide }, { noisy * 2, guide:narrow(2, 1, 1) } }
  local single = ln.data.batches(ln.data.tensors{ noisy, noisy * 2 }, { size = 12, augment = flips })()
  for input, target in ln.data.batches(set, { size = 12, augment = flips }) do
    same(input[1], single)
    same(target[1], input[1] * 2)
    same(target[2], input[2]:narrow(2, 1, 1))
  end
  expect_error(function() fit{ augment = ln.augment.flip{} } end, "fit: augment: inputs and targets are changed alike, "
    .. "so they must be images of equal height and width, but target 2 is 3, and another one 1x16x16")
  local history = fit({ target = clean, loss = ln.loss.bce{}, loss_weights = "none", augment = ln.augment.flip{},
    validation = 0.25 }, network(2, 1))
  assert(history[3].val_loss)
end)

-- ---- Mistakes, before training ----

test("numbers of entries", function()
  local function fails(text, more, net)
    more.on_batch = function() error "it trains" end
    expect_error(function() fit(more, net) end, text)
  end
  fails("fit: the network has 2 inputs, but there is 1 input; give a list of 2 tensors", { input = noisy })
  fails("fit: the network has 2 inputs, but there are 3 inputs; give a list of 2 tensors",
    { input = { noisy, guide, noisy } })
  fails("fit: the network has 2 outputs, but there is 1 target; give a list of 2 tensors", { target = clean })
  fails("fit: the network has 1 input, but there are 2 inputs; give a tensor", { target = clean, loss = ln.loss.bce{},
    loss_weights = "none" }, network(1, 1))
  fails("fit: the network has 1 output, but there are 2 targets; give a tensor", { loss = ln.loss.bce{},
    loss_weights = "none" }, network(2, 1))
  fails("fit: the network has 2 outputs, but 'loss' has 3 entries; give one for each",
    { loss = { ln.loss.bce{}, ln.loss.bce{}, ln.loss.bce{} } })
  fails("fit: the network has 1 output, but 'loss' has 2 entries", { target = clean, loss_weights = "none" },
    network(2, 1))
  fails("fit: loss 2 must be a loss or a function, got the noise gaussian",
    { loss = { ln.loss.bce{}, ln.noise.gaussian{} } })
  fails("fit: the network has 2 outputs, but 'loss_weights' has 1 entry; give one for each", { loss_weights = { 1 } })
  fails("fit: 'loss_weights' must be a list of numbers above 0, but number 2 is -1", { loss_weights = { 1, -1 } })
  fails("number 1 is 'high'", { loss_weights = { "high", 1 } })
  fails("fit: option 'input' must be a tensor, a list of tensors and noises, a noise item or a function, got a list in "
    .. "which number 2 is 3", { input = { noisy, 3 } })
  fails("fit: the network has 2 inputs, but there are 3 inputs", { input = { noisy, guide, ln.noise.gaussian{} } })
  fails("must be a tensor or a list of tensors, got a list in which number 1 is the noise gaussian",
    { target = { ln.noise.gaussian{}, clean } })
  fails("fit: the target 2 must be a batch, N,C,H,W or N,F; it is a single number",
    { target = { clean, ln.tensor(3) } })
  fails("fit: option 'target' must be a tensor or a list of tensors", { target = {} })
  fails("fit: metric 'off': the network has 2 outputs, got output = 3",
    { metrics = { off = { ln.metric.psnr{}, output = 3 } } })
  fails("fit: metric 'off': no option 'outptu'; did you mean 'output'?",
    { metrics = { off = { ln.metric.psnr{}, outptu = 2 } } })
  fails("the name 'loss_2' is taken in the history", { metrics = { loss_2 = ln.metric.psnr{} } })
end)

test("shapes, counts and values", function()
  local function fails(text, more)
    more.on_batch = function() error "it trains" end
    expect_error(function() fit(more) end, text)
  end
  fails("fit: 10 images as input 2, but 12 as its target", { input = { noisy, guide:narrow(1, 1, 10) } })
  fails("fit: 12 images as target 1, but 10 as target 2", { target = { clean, class:narrow(1, 1, 10) } })
  fails("fit: for images of 1x16x16 and 2x16x16 the network gives 3 as output 2, but the targets 2 are 4",
    { target = { clean, ln.rand{ 12, 4 } } })
  local bad = guide:clone()
  bad[{ 3, 2, 1, 4 }] = 0 / 0
  fails("fit: the input 2 has NaN at image 3, channel 2, row 1, column 4", { input = { noisy, bad } })
  fails("fit: output 1: ", { target = { clean * 300, class } })
  fails("layer 1 (concat)", { input = { noisy, guide:narrow(3, 1, 8) } })
  fails("fit: the validation images are 2x8x16, but those to train on 2x16x16 (input 2)",
    { validation = { input = { noisy, guide:narrow(3, 1, 8) }, target = { clean, class } } })
  fails("fit: the network has 2 inputs, but there is 1 validation input",
    { validation = { input = noisy, target = { clean, class } } })
  fails("fit: the network has 2 outputs, but there is 1 validation target",
    { validation = ln.data.tensors{ { noisy, guide }, clean } })
  expect_error(function() ln.data.tensors{ { noisy, guide:narrow(1, 1, 3) } } end,
    "data.tensors: 12 images as input 1, but 3 as input 2")
  expect_error(function() ln.data.tensors{ noisy, { clean, class:narrow(1, 1, 3) } } end, "as their target 2")
  expect_error(function() ln.data.batches({ noisy, guide:narrow(1, 1, 3) }) end,
    "data.batches: tensor 1 of a list has 12 images, tensor 2 has 3")
end)

test("functions that give something else", function()
  local function fails(text, f, net)
    expect_error(function() fit(of_function(f), net or with_level{ 1, 16, 16 }) end, text)
  end
  fails("fit: input: the network has 2 inputs, so the function must give 2 values, got 1", function(x) return x end)
  fails("fit: input: the function must give a tensor of 1 images as value 1, got 3", function() return 3, 4 end)
  fails("fit: input: value 2 must be a number or a tensor, got 'high'", function(x) return x, "high" end)
  fails("fit: input: value 2, 2x1x1x1, does not go with noisy images 1x1x16x16", function(x)
    return x, ln.ones{ 2, 1, 1, 1 }
  end)
  fails("fit: input: the function must give a tensor of 1 images as value 2, got 'high'",
    function(x) return x, "high" end, with_level{ 1 })
  fails("fit: input: the function gave NaN in epoch 0", function(x) return x, 0 / 0 end)
end)

test("a run that diverges is told, and gets its weights back", function()
  local net = network(2, 2)
  net:build({ { 1, 16, 16 }, { 2, 16, 16 } }, 7)
  local before = bits(net)
  expect_error(function()
    fit({ optimizer = ln.optim.sgd{ lr = 1e20 }, loss = ln.loss.mse{}, epochs = 20 }, net)
  end, "the network has its weights from before the run again")
  assert(bits(net) == before)
end)

test("net:evaluate", function()
  local history, net = fit{ metrics = { ssim = ln.metric.ssim{}, off = { function(y, t) return (y - t):abs():mean() end,
    output = 2 } } }
  local measured = net:evaluate({ noisy, guide }, { clean, class }, { batch = 5, metrics = { ssim = ln.metric.ssim{},
    off = { function(y, t) return (y - t):abs():mean() end, output = 2 } } })
  close(measured.ssim, history[3].ssim, 1e-5)
  close(measured.off, history[3].off, 1e-5)
  expect_error(function() net:evaluate(noisy, { clean, class }) end, "net:evaluate: expected 2 input and 2 target")
  expect_error(function() net:evaluate({}, { clean, class }) end,
    "net:evaluate: the input must be a tensor or a list of tensors, got a table")
  expect_error(function() net:evaluate({ noisy, guide:narrow(1, 1, 3) }, { clean, class }) end,
    "net:evaluate: input 1 has 12 images, input 2 has 3")
end)

test("tensors in lists go in batches", function()
  local count = 0
  for a, b, number in ln.data.batches({ noisy, guide }, clean, { size = 5 }) do
    count = count + #a
    assert(a[2].shape[2] == 2 and #b == #a and number == math.ceil(count / 5))
  end
  assert(count == 12)
end)

test("gradcheck looks at every input", function()
  local x, g = nn.input{ 1, 4, 4 }, nn.input{ 2, 4, 4 }
  local h = nn.conv2d{ 2, activation = "tanh" }(nn.concat{ x, g })
  local net = nn.model{ inputs = { x, g }, outputs = { nn.conv2d{ 1 }(h), nn.dense{ 2 }(nn.flatten{}(h)) } }
  local report = ln.gradcheck(net)
  assert(report.tensors[1].name == "x 1" and report.tensors[2].name == "x 2" and report.tensors[3].name ~= "x 3")
  ln.gradcheck(net, { { 1, 8, 4 }, { 2, 8, 4 } }, { elements = 3 })
  expect_error(function() ln.gradcheck(net, { 1, 4, 4 }) end, "the network has 2 inputs; give a list of 2 shapes")
end)

support.done()
