-- Checkpoints of ln.fit: a run that was ended at any moment goes on, and ends bit for bit where one that was not ends.
--
-- LUNET_KILLS=200 kills so many runs, by default 4.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error = support.test, support.expect_error

-- A run with everything that has a state; `more` changes its options. It is text, for child processes run it, too.
local run = [[
  local ln = require "lunet"
  local nn = ln.nn
  local function patches(seed)
    return ln.data.patches{ ln.data.phantom{ 24, size = { 20, 20 }, seed = seed }, size = 16, per_image = 1 }
  end
  local clean = patches(3)
  local function network()
    return nn.sequential{ nn.conv2d{ 8, activation = "relu" }, nn.batch_norm{}, nn.dropout{ 0.2 },
      nn.conv2d{ 1, activation = "sigmoid" } }
  end
  local function fit(more, net)
    local o = { data = clean, augment = ln.augment.chain{ ln.augment.flip{}, ln.augment.rot90{} },
      input = ln.noise.gaussian{ p = 0.2 }, validation = 0.25, loss = ln.loss.bce{},
      optimizer = ln.optim.adam{ lr = 0.02 }, epochs = 6, batch = 5, seed = 7, progress = "none",
      metrics = { psnr = ln.metric.psnr{} }, schedule = ln.schedule.cosine{ warmup = 3 }, average = { ema = 0.9 } }
    for name, value in pairs(more or {}) do o[name] = value end
    net = net or network()
    return ln.fit(net, o), net
  end
  local function bits(history, net)
    local all = {}
    for _, tensor in ipairs(net:tensors()) do
      for _, value in ipairs(net:tensor(tensor.name):reshape{ -1 }:totable()) do
        all[#all + 1] = ("%a"):format(value)
      end
    end
    for _, entry in ipairs(history) do
      all[#all + 1] = ("%a %a %a %d"):format(entry.loss, entry.val_loss, entry.val_psnr, entry.images)
    end
    return table.concat(all, " ")
  end
]]
local fit, bits, patches = load(run .. " return fit, bits, patches", "=run")()
local whole = bits(fit())

-- Test with the path of a checkpoint that is not there yet.
local function with_file(name, f)
  test(name, function()
    local folder <close> = support.folder()
    f(folder.path .. "/run.ckpt", folder.path)
  end)
end

with_file("a checkpoint changes nothing, and a finished one returns at once", function(file)
  local history, net = fit{ checkpoint = file }
  assert(bits(history, net) == whole and history.resumed == nil)
  local start, trained = ln.time(), false
  history, net = fit{ checkpoint = file, on_batch = function() trained = true end }
  assert(bits(history, net) == whole and not trained and history.resumed == 24 and net.epochs == 6)
  assert(ln.time() - start < 5)
  local tensors = ln.load_tensors(file)
  assert(tensors["network.conv2d_1.weight"] and tensors["best.conv2d_1.weight"])
end)

with_file("a run that ended after any step goes on, with another number of threads", function(file)
  local threads = ln.threads()
  for stop = 1, 24 do
    os.remove(file)
    ln.threads(stop % 2 + 1)
    local history = fit{ checkpoint = file, on_batch = function(at) return at.step < stop end }
    assert(history.stopped == "on_batch" or stop == 24)
    ln.threads((stop + 1) % 2 + 1)
    local again, net = fit{ checkpoint = { file = file } }
    assert(again.resumed == stop and bits(again, net) == whole, stop)
    assert(again.stopped == nil and #again == 6)
    collectgarbage()
  end
  ln.threads(threads)
end)

with_file("in many parts, by time, by Ctrl-C's way out, and with more epochs", function(file)
  local history, net
  local calls = 0
  repeat
    history, net = fit{ checkpoint = file, max_seconds = 1e-9 }
    calls = calls + 1
  until not history.stopped
  assert(calls == 24 and bits(history, net) == whole, calls)
  os.remove(file)
  local function falling(o) -- another schedule than one over all epochs, which changes with their number
    o.schedule = function(step) return 1 / step end
    return fit(o)
  end
  for epochs = 1, 6 do history, net = falling{ checkpoint = file, epochs = epochs } end
  assert(bits(history, net) == bits(falling{}) and history.resumed == 20)
  expect_error(function() falling{ checkpoint = file, epochs = 5 } end,
    "fit: option 'epochs' = 5, but the checkpoint '" .. file .. "' is in epoch 6 already")
end)

with_file("the best weights and patience go on, too", function(file)
  local function wild(more)
    local o = { optimizer = ln.optim.rmsprop{ lr = 0.3 }, epochs = 40, patience = 4 }
    for name, value in pairs(more or {}) do o[name] = value end
    return fit(o)
  end
  local history, net = wild()
  assert(history.stopped == "patience" and history.restored)
  local again, twin
  for step = 10, 4 * #history - 2, 10 do
    again = wild{ checkpoint = file, on_batch = function(at) return at.step < step end }
    assert(again.stopped == "on_batch")
  end
  for _ = 1, 2 do -- the second call finds it finished
    again, twin = wild{ checkpoint = file }
    assert(bits(again, twin) == bits(history, net))
    assert(again.stopped == "patience" and again.restored and again.best_epoch == history.best_epoch)
  end
  again, twin = wild{ checkpoint = file, epochs = 50 }
  assert(bits(again, twin) == bits(history, net))
end)

with_file("further training of a network, whose epochs count on", function(file)
  local function second(more)
    local _, net = fit{ epochs = 2 }
    return fit(more, net)
  end
  local history, net = second()
  second{ checkpoint = file, on_batch = function(at) return at.step < 9 end }
  local again, twin = second{ checkpoint = file }
  assert(bits(again, twin) == bits(history, net) and twin.epochs == 8 and again.resumed == 9)
end)

with_file("functions may keep a state of their own", function(file)
  local function go(more)
    local sum, o = 0, { checkpoint = file }
    o.on_batch = function(at) sum = sum + at.loss return at.step ~= (more and 10 or 0) end
    o.state = { save = function() return { sum = sum } end, load = function(value) sum = value.sum end }
    fit(o)
    return sum
  end
  go(true)
  local resumed = go()
  os.remove(file)
  assert(resumed == go())
  expect_error(function() fit{ checkpoint = file, state = { save = print } } end,
    "fit: option 'state' must be { save = f, load = f }; 'load' is nil")
  expect_error(function() fit{ checkpoint = file, epochs = 9, state = { save = function() return print end,
    load = function() end } } end, "fit: option 'state': json: a function cannot be stored")
end)

with_file("numbers that are not finite are kept, as is the text of warnings", function(file)
  local o = { checkpoint = file, metrics = { psnr = function() return 1 / 0 end, none = function() return 0 / 0 end },
    optimizer = ln.optim.sgd{ lr = 1e-12 }, input = function(x) return x end,
    data = ln.data.phantom{ 24, size = { 16, 16 } }, augment = ln.augment.chain{ ln.augment.flip{ horizontal = 0 } } }
  local function plain() return ln.nn.sequential{ ln.nn.conv2d{ 1, activation = "sigmoid" } } end
  fit(o, plain())
  local history = fit(o, plain())
  assert(history[6].val_psnr == math.huge and history[6].val_none ~= history[6].val_none)
  assert(#history.warnings == 1 and history.warnings[1].kind == "loss" and history.warnings[1].epoch == 5)
end)

-- ---- Mistakes ----

with_file("another run is told from this one", function(file)
  fit{ checkpoint = file, epochs = 1 }
  local function refused(more, message)
    more.checkpoint = more.checkpoint or file
    return expect_error(function() fit(more) end, message)
  end
  local head = "fit: the checkpoint '" .. file .. "' is of another "
  refused({ batch = 6 }, head .. "run: option 'batch' was 5, but is 6; give another file for a run of its own")
  refused({ optimizer = ln.optim.adam{ lr = 0.01 } },
    head .. "run: option 'optimizer' was adam{ 0.02 }, but is adam{ 0.01 }")
  refused({ loss = ln.loss.mse{} }, head .. "run: option 'loss' was bce{}, but is mse{}")
  refused({ input = ln.noise.gaussian{ p = 0.3 } }, head .. "run: option 'input' was ")
  refused({ seed = 8 }, head .. "run: option 'seed' was 7, but is 8")
  refused({ patience = 8 }, head .. "run: option 'patience' was none, but is 8")
  refused({ metrics = {} }, head .. "run: option 'metrics' was ")
  local message = refused({ data = patches(4) }, head .. "run: option 'data' was ... tensor 24x1x20x20 #")
  assert(message:find("24x1x20x20 #%x+, .* but is %.%.%..*24x1x20x20 #"), message)
  expect_error(function()
    fit({ checkpoint = file }, ln.nn.sequential{ ln.nn.conv2d{ 1, activation = "sigmoid" } })
  end, head .. "network")
  local isas = ln.isas()
  if #isas > 1 then
    local said = support.run(("-e '%s fit{ checkpoint = \"%s\" }'"):format(run:gsub("'", "'\\''"), file))
    assert(said == "", said)
    local child = ("LUNET_ISA=baseline '%s' -e '%s fit{ checkpoint = \"%s\" }' 2>&1"):format(support.program(),
      run:gsub("'", "'\\''"), file)
    local pipe = assert(io.popen(child))
    said = pipe:read("a")
    pipe:close()
    assert(said:find("another run: the instruction set was " .. isas[#isas] .. ", but is baseline", 1, true), said)
  end
  assert(#fit{ checkpoint = file, epochs = 7 } == 7) -- what is refused leaves the file as it was
end)

with_file("files that are damaged or of another kind", function(file, folder)
  fit{ checkpoint = file, epochs = 1 }
  local bytes = support.read(file)
  local function refused(changed, message)
    support.write(file, changed)
    expect_error(function() fit{ checkpoint = file } end, message)
  end
  local head = "fit: checkpoint: cannot read '" .. file .. "': "
  for _, length in ipairs{ 0, 7, 100, #bytes // 2, #bytes - 1 } do refused(bytes:sub(1, length), head) end
  for _, at in ipairs{ 60, 400, #bytes // 2, #bytes - 2 } do
    refused(bytes:sub(1, at - 1) .. string.char(bytes:byte(at) ~ 1) .. bytes:sub(at + 1), head)
  end
  refused(bytes:sub(1, -2) .. string.char(bytes:byte(-1) ~ 1),
    head .. "damaged: its bytes are not those that were written")
  ln.save(folder .. "/x.safetensors", { x = ln.rand({ 2 }, 1) })
  refused(support.read(folder .. "/x.safetensors"), "of another kind: no checkpoint")
  refused("P5 1 1 255 .", "not a safetensors file")
  expect_error(function() fit{ checkpoint = folder .. "/none/run.ckpt" } end, "fit: checkpoint: cannot write")
  expect_error(function() fit{ checkpoint = folder } end, "it is a folder, not a file")
  expect_error(function() fit{ checkpoint = 3 } end, "fit: option 'checkpoint' must be a string or a table, got 3")
  expect_error(function() fit{ checkpoint = { every = 3 } } end, "fit: checkpoint: option 'file' is required")
  expect_error(function() fit{ checkpoint = { file = file, every = -1 } } end,
    "fit: checkpoint: option 'every' must be a number of at least 0, got -1")
end)

with_file("a dry run neither writes nor needs a checkpoint", function(file)
  fit{ checkpoint = file, dry = true }
  assert(not ln.file.exists(file))
end)

with_file("an error leaves the last snapshot", function(file)
  expect_error(function()
    fit{ checkpoint = { file = file, every = 0 }, on_batch = function(at) if at.step == 9 then error("mine") end end }
  end, "mine")
  local history, net = fit{ checkpoint = file }
  assert(history.resumed == 8 and bits(history, net) == whole)
end)

-- What a program says that runs these lines, called by shell text in front.
local function said_by(lines, folder, before)
  support.write(folder .. "/lines.lua", run .. lines)
  local pipe = assert(io.popen(("%s '%s' '%s/lines.lua' 2>&1"):format(before, support.program(), folder)))
  local said = pipe:read("a")
  pipe:close()
  return said
end

with_file("a file that cannot be written any more ends the run", function(file, folder)
  local said = said_by(([[ fit{ checkpoint = { file = "%s", every = 0 } } print("not told") ]]):format(file), folder,
    "ulimit -f 1; ")
  assert(said:find("fit: checkpoint: cannot write '" .. file .. "': File too large", 1, true), said)
end)

with_file("Ctrl-C leaves a checkpoint from which the run goes on", function(file, folder)
  local said = said_by(([[
    os.execute("(sleep 0.1; kill -INT " .. arg[1] .. ") &")
    local ok, message = pcall(fit, { checkpoint = "%s", epochs = 1000000 })
    print(ok, ln.interrupted(message))
  ]]):format(file), folder, "exec sh -c 'exec \"$@\" $$' sh")
  assert(said:find("^false\ttrue\n"), said)
  local history, net = fit{ checkpoint = file, epochs = 1000000, on_batch = function() return false end }
  assert(history.resumed > 0 and history.stopped == "on_batch" and net.built)
end)

-- ---- kill -9 ----

with_file("runs that are killed at any moment", function(file, folder)
  local kills = tonumber(os.getenv("LUNET_KILLS")) or 4
  support.write(folder .. "/run.lua", run .. ([[
    ln.threads(math.tointeger(arg[1]))
    local history, net = fit{ checkpoint = { file = "%s", every = 0 } }
    print(history.resumed or 0, bits(history, net), "whole")
  ]]):format(file))
  local function command(threads, seconds)
    local pipe = assert(io.popen(("timeout -s KILL %.3f '%s' '%s/run.lua' %d 2>&1"):format(seconds, support.program(),
      folder, threads)))
    local said = pipe:read("a")
    pipe:close()
    return said:match("^(%d+)%s+(.-)%s+whole\n$") -- nil where it was killed, maybe while it printed
  end
  local start = ln.time()
  local _, said = command(1, 600)
  local length = ln.time() - start
  assert(said == whole)
  math.randomseed(1)
  local resumed, late = 0, 0
  for i = 1, kills do
    os.remove(file)
    repeat _, said = command(i % 2 + 1, length * (0.3 + 0.8 * math.random())) until not said or os.remove(file) == nil
    if i % 3 == 0 then command(i % 2 + 1, length * math.random()) end
    local step
    step, said = command(2 - i % 2, 600)
    assert(said == whole)
    resumed, late = resumed + (step ~= "0" and 1 or 0), late + (step == "24" and 1 or 0)
  end
  assert(resumed > 0)
  if kills > 4 then
    print(("%d kills: all runs end where an uninterrupted one ends; %d went on from a step, %d of them from the last")
      :format(kills, resumed, late))
  end
end)

support.done()
