-- Ctrl-C in scripts: what is running stops with the error "interrupted", and what is being changed stays whole. The
-- scripts run in the background, where a shell without job control has SIGINT ignored; none would end by itself.
local support = dofile "tests/lua/support.lua"
local test = support.test

local folder <close> = support.folder()
local program = arg[-1]

-- Runs the code, sends SIGINT once it has printed "begun", and again after a while if that is asked for; returns what
-- it printed, stderr included, and the exit status (130: it died of SIGINT; 137: it had to be killed).
local driver = [[
%s '%s' > '%s' 2>&1 &
pid=$!
for i in $(seq 1200); do grep -q begun '%s' && break; sleep 0.02; done
for i in $(seq %d); do sleep 0.15; kill -INT $pid; done
for i in $(seq 1200); do kill -0 $pid || break; sleep 0.02; done
kill -KILL $pid
wait $pid
]]

local function interrupted(code, signals, interpreter)
  local script, out, shell = folder.path .. "/script.lua", folder.path .. "/out", folder.path .. "/driver.sh"
  support.write(script, "local ln = require 'lunet'\nlocal nn = ln.nn\n"
    .. "local function begun() io.stdout:write('begun\\n') io.stdout:flush() end\n" .. code .. "\n")
  support.write(out, "")
  support.write(shell, driver:format(interpreter or ("'%s'"):format(program), script, out, out, signals or 1))
  local _, _, status = os.execute(("sh '%s' 2>/dev/null"):format(shell))
  return support.read(out), status
end

local function expect(said, text)
  if not said:find(text, 1, true) then error(("expected %q in:\n%s"):format(text, said), 2) end
end

local network = "nn.sequential{ nn.conv2d{ 64, activation = 'relu' }, nn.conv2d{ 64, activation = 'relu' }, %s "
  .. "nn.conv2d{ 1 } }"
local wide = network:format("")

-- What takes long: one call on a large image, on many, or on few large ones, over and over.
local calls = {
  "ln.filter.nlmeans{ patch_size = 63, patch_distance = 255, fast = false }(ln.rand{ 2000, 2000 })",
  "ln.filter.nlmeans{ patch_distance = 255 }(ln.rand{ 900, 1, 128, 128 })",
  "ln.filter.median{ 99 }(ln.rand{ 2, 4000, 4000 })",
  "ln.filter.median{ 5 }(ln.rand{ 2000, 2000 })",
  "ln.filter.gaussian{ 500 }(ln.rand{ 4000, 4000 })",
  "ln.metric.ssim{ window = 255 }(ln.rand{ 3000, 3000 }, ln.rand{ 3000, 3000 })",
  "ln.metric.ssim{}(ln.rand{ 300, 1, 128, 128 }, ln.rand{ 300, 1, 128, 128 })",
  "ln.filter.tune(ln.filter.nlmeans, { h = ln.linspace(0.01, 1, 200):totable() }, ln.rand{ 50, 1, 128, 128 }, "
    .. "ln.rand{ 50, 1, 128, 128 }, ln.metric.ssim{})",
  "ln.noise.poisson{}(ln.full({ 3000, 3000 }, 0.5))",
  "ln.rand{ 3000, 3000 }:matmul(ln.rand{ 3000, 9000 })",
  "ln.rand{ 4000, 40, 40 }:svd()",
  "ln.rand{ 60, 1, 700, 700 }:conv2d(ln.rand{ 31, 31 })",
  "ln.fft2(ln.rand{ 60, 700, 700 })",
  "ln.full({ 3000, 3000 }, 0.5) ^ ln.rand{ 3000, 3000 }",
  "ln.rand{ 3000, 3000 }:sin():sum(1)",
  "ln.rand{ 3000, 3000 }:transpose(1, 2):clone():var()",
  "ln.image.resize(ln.rand{ 1, 2000, 2000 }, { 6000, 6000 })",
  "ln.data.phantom{ 2, size = 4000, ellipses = 60 }",
  wide .. ":predict(ln.rand{ 1, 1, 3000, 3000 })",
  wide .. ":predict(ln.rand{ 900, 1, 64, 64 })",
  network:format("nn.group_norm{ 4 },") .. ":predict(ln.rand{ 3, 1, 1500, 1500 })",
}

for i, call in ipairs(calls) do
  test(("call %d: %s"):format(i, call), function()
    local said, status = interrupted(([[
      local call = function() return %s end
      collectgarbage()
      local live = ln.mem().live
      begun()
      local ok, err = pcall(function() while true do call() end end)
      collectgarbage() collectgarbage()
      print(ok, ln.interrupted(err), ln.mem().live - live, err)]]):format(call))
    assert(status == 0, said)
    expect(said, "false\ttrue\t0\t")
    assert(said:find("script.lua:%d+: [%w ]*:? ?interrupted\n"), said)
  end)
end

test("a large tensor that is printed", function()
  local said, status = interrupted([[
    local x = ln.rand({ 3000, 3000 }, 1)
    begun()
    local ok, err = pcall(x.print, x, { all = true })
    print("\n", ok, ln.interrupted(err), err)]])
  assert(status == 0 and said:find("\tfalse\ttrue\t[^\n]*interrupted\n$"), said:sub(-200))
end)

test("files of tensors that are read", function()
  for _, ending in ipairs{ "npz", "safetensors" } do
    local said, status = interrupted(([[
      local path = ln.save(%q, { x = ln.rand{ 1000, 1000 }, mask = ln.rand{ 3000, 1000 }:gt(0.5) })
      collectgarbage()
      local live = ln.mem().live
      begun()
      local ok, err = pcall(function() while true do ln.load_tensors(path) end end)
      collectgarbage() collectgarbage()
      print(ok, ln.interrupted(err), ln.mem().live - live, err)]]):format(folder.path .. "/x." .. ending))
    assert(status == 0, said)
    expect(said, "false\ttrue\t0\t")
  end
end)

-- In the middle of a layer's function, of the runtime's work around it, and of a dry run.
test("networks with layers in Lua", function()
  local said = interrupted([[
    local x = ln.rand({ 4, 1, 64, 64 }, 1)
    local function layer() return nn.custom{ weights = { w = { 1, init = 1 } }, forward = function(t, p)
      for i = 1, 200 do t = t + i * 0 end
      return t * p.w
    end } end
    local function new()
      local net = nn.sequential{ nn.conv2d{ 8 }, layer(), nn.conv2d{ 1 } }:build({ 1, 64, 64 }, 1)
      return net, ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = ln.optim.adam{} }
    end
    local net, trainer = new()
    begun()
    local ok, err = pcall(function() while true do trainer:step(x, x) end end)
    local other, again = new()
    for _ = 1, trainer.steps do again:step(x, x) end
    local same = true
    for _, t in ipairs(net:tensors()) do
      same = same and net:tensor(t.name):eq(other:tensor(t.name)):min() == 1
    end
    print(ln.interrupted(err), same, net:predict(x):eq(other:predict(x)):min() == 1)]])
  expect(said, "true\ttrue\ttrue\n")
  said = interrupted([[
    local endless = nn.custom{ forward = function(t) begun() while true do t = t * 1 end end }
    local ok, err = pcall(function() nn.sequential{ nn.conv2d{ 2 }, endless }:predict(ln.rand{ 1, 1, 7, 9 }) end)
    print(ln.interrupted(err), err)
    print(nn.sequential{ nn.conv2d{ 1 } }:predict(ln.rand{ 1, 1, 8, 8 }).shape[4])]])
  expect(said, "true\t")
  expect(said, "\n8\n")
end)

test("the program goes on after it was interrupted, with the same results", function()
  local said, status = interrupted([[
    local x = ln.rand({ 2, 1, 40, 40 }, 1)
    local net = ]] .. wide .. [[

    local before = net:predict(x)
    begun()
    local ok, err = pcall(function() while true do net:predict(ln.zeros{ 1, 1, 2000, 2000 }) end end)
    print(ln.interrupted(err), net:predict(x):eq(before):mean())]])
  assert(status == 0, said)
  expect(said, "true\t1.0\n")
end)

test("a training step is taken or it is not", function()
  local said = interrupted([[
    local x = ln.rand({ 3, 1, 256, 256 }, 1)
    local function train(trainer, steps) for _ = 1, steps do trainer:step(x, x) end end
    local function new()
      local net = ]] .. network:format("nn.batch_norm{},") .. [[

      net:build({ 1, 256, 256 }, 1)
      return net, ln.trainer{ net = net, loss = ln.loss.mse{}, optimizer = ln.optim.adam{} }
    end
    local net, trainer = new()
    begun()
    local ok, err = pcall(train, trainer, math.maxinteger)
    local other, again = new()
    train(again, trainer.steps)
    local same = true
    for _, t in ipairs(net:tensors()) do
      same = same and net:tensor(t.name):eq(other:tensor(t.name)):min() == 1
    end
    print(ln.interrupted(err), same)]])
  expect(said, "true\ttrue\n")
end)

test("a step whose loss is a Lua function", function()
  local said, status = interrupted([[
    local x = ln.rand({ 3, 1, 8, 8 }, 1)
    local net = nn.sequential{ nn.conv2d{ 1 } }:build({ 1, 8, 8 }, 1)
    local before, endless = net:predict(x), true
    local trainer = ln.trainer{ net = net, optimizer = ln.optim.sgd{}, loss = function(y, t)
      while endless do end
      return (y - t):pow(2):mean()
    end }
    begun()
    local ok, err = pcall(trainer.step, trainer, x, x)
    print(ln.interrupted(err), net:predict(x):eq(before):min())
    endless = false
    print(trainer:step(x, x) > 0)]])
  assert(status == 0, said)
  expect(said, "true\t1.0\ntrue\n")
end)

test("Lua code, also in coroutines", function()
  local bodies = {
    "while true do end",
    "coroutine.resume(coroutine.create(function() while true do end end))",
    "coroutine.wrap(function() coroutine.wrap(function() while true do end end)() end)()",
    "for _ in coroutine.wrap(function() while true do coroutine.yield(1) end end) do end",
    "local co = coroutine.create(function()\nlocal x <close> = setmetatable({}, { __close = function()\n"
      .. "while true do end\nend })\ncoroutine.yield()\nend)\ncoroutine.resume(co)\ncoroutine.close(co)",
    "table.sort({ 3, 2, 1 }, function() while true do end end)",
  }
  for _, body in ipairs(bodies) do
    local said, status = interrupted(("begun()\nlocal function run()\n%s\nend\nlocal ok, err = pcall(run)\n"
      .. "print('after', ok or ln.interrupted(err))"):format(body))
    assert(status == 0, body .. said)
    expect(said, "after\ttrue\n")
  end
end)

test("coroutines are otherwise Lua's own", function()
  local co = coroutine.create(function(...) return select("#", coroutine.yield(...)) end)
  local ok, a, b = coroutine.resume(co, 1, nil)
  assert(ok and a == 1 and b == nil)
  assert(select(2, coroutine.resume(co, nil, nil, nil)) == 3)
  ok, a = coroutine.resume(co)
  assert(not ok and a == "cannot resume dead coroutine")
  ok, a = pcall(coroutine.wrap(function() error("mine") end))
  assert(not ok and a:find("interrupt.lua:%d+: mine$"), a)
  local object = {}
  ok, a = pcall(coroutine.wrap(function() error(object) end))
  assert(not ok and a == object)
  local closed = false
  ok, a = pcall(coroutine.wrap(function()
    local _ <close> = setmetatable({}, { __close = function() closed = true end })
    error("with a variable to close", 0)
  end))
  assert(not ok and closed and a:find("with a variable to close$"), a)
  assert(not pcall(coroutine.resume, 3) and not pcall(coroutine.wrap, 3))
  assert(not pcall(coroutine.close, coroutine.running()))
  local depth = 0
  local function deeper() depth = depth + 1 return coroutine.wrap(deeper)() end
  assert(not pcall(deeper) and depth > 150, depth)
end)

test("a script that does not catch it ends by SIGINT, with what it printed", function()
  local said, status = interrupted("begun() print(('x'):rep(99)) while true do end")
  assert(status == 130, status)
  expect(said, ("x"):rep(99))
  expect(said, "script.lua:4: interrupted")
  said, status = interrupted("require('lunet.args').main('mine', function() begun() while true do end end)")
  assert(status == 130, status)
  expect(said, "script.lua:4: interrupted")
end)

local fit = [[
  local x = ln.rand({ 40, 1, 16, 16 }, 1)
  local function fit(o)
    local net = nn.sequential{ nn.conv2d{ 8 }, nn.conv2d{ 1 } }
    begun()
    return ln.fit(net, { input = x, target = x, loss = ln.loss.mse{}, optimizer = ln.optim.adam{}, epochs = 1000000000,
      progress = "none", validation = 0.1, on_interrupt = o }), net
  end
]]

test("a loop of fits ends with the fit, unless the script says that it handles it", function()
  local said, status = interrupted(fit .. "for i = 1, 3 do local history = fit() print('row', i) end")
  assert(status == 130, status)
  expect(said, ": fit: interrupted")
  assert(not said:find("row"), said)
  said, status = interrupted(fit .. "local history, net = fit('return')\nprint(history.interrupted, net.built)")
  assert(status == 0, said)
  expect(said, "true\ttrue\n")
  said, status = interrupted(fit .. "print(pcall(fit))")
  assert(status == 0, said)
  expect(said, "false\t")
end)

test("what on_epoch does is interrupted like anything else, and the run ends", function()
  local on_epoch = [[
    local x, epochs = ln.rand{ 4, 1, 8, 8 }, 0
    local function forever() epochs = epochs + 1 begun() while true do end end
    local function fit(o)
      return ln.fit(nn.sequential{ nn.conv2d{ 1 } }, { input = x, target = x, loss = ln.loss.mse{},
        optimizer = ln.optim.adam{}, epochs = 3, progress = "none", on_interrupt = o, on_epoch = forever })
    end
  ]]
  local said = interrupted(on_epoch .. "local ok, err = pcall(fit) print(ok, ln.interrupted(err), epochs)")
  expect(said, "false\ttrue\t1\n")
  said = interrupted(on_epoch .. "local history = fit('return') print(history.interrupted, #history, epochs)")
  expect(said, "true\t1\t1\n")
  said = interrupted(on_epoch .. "pcall(fit) begun() print(pcall(function() while true do end end))", 2)
  expect(said, "false\t") -- afterwards Ctrl-C is what it was
end)

test("Ctrl-C while the Lua state is closed ends the program", function()
  local endless = "setmetatable({}, { __gc = function() begun() while true do end end })"
  for _, ending in ipairs{ "", " os.exit(0, true)" } do
    local said, status = interrupted(endless .. ending, 3)
    assert(status == 130, said)
  end
end)

test("which errors are those of Ctrl-C", function()
  local ln = require "lunet"
  for _, text in ipairs{ "interrupted", "a.lua:3: interrupted", "fit: epoch 3, batch 2: interrupted",
      "a.lua:3: interrupted\nstack traceback:\n\t..." } do
    assert(ln.interrupted(text), text)
  end
  local others = { "interrupted!", "uninterrupted", "the call was interrupted", "interrupted: why", "", 3, {} }
  for _, other in ipairs(others) do
    assert(not ln.interrupted(other), other)
  end
end)

if not os.execute("lua5.4 -v >/dev/null 2>&1") or os.getenv("LUNET_SANITIZED") then
  support.skip("Ctrl-C in a stock lua5.4", "there is none, or it lacks the sanitizers")
  support.done()
end

test("calls are interrupted in a stock lua5.4 too, and its own handler comes back", function()
  local lua = ("LUA_CPATH='%s?.so' exec lua5.4"):format(program:gsub("[^/]*$", ""))
  local shell = ("sh -c '%s \"$0\"'"):format(lua:gsub("'", "'\\''"))
  local said, status = interrupted([[
    local x = ln.rand{ 2000, 2000 }
    begun()
    local ok, err = pcall(function() ln.filter.nlmeans{ patch_distance = 255 }(x) end)
    print(ok, ln.interrupted(err), err)]], 1, shell)
  assert(status == 0, said)
  expect(said, "false\ttrue\t")
  said = interrupted("begun() while true do end", 1, shell)
  expect(said, "interrupted!") -- lua.c's
  said = interrupted(fit .. "print(pcall(fit))", 1, shell)
  expect(said, "fit: interrupted")
end)

support.done()
