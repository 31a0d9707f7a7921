-- Records of runs: what they hold, what is left of one that is killed, and what is said where they cannot be written.
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

local ln = require "lunet"
local core = require "lunet.core"
local json = require "lunet.json"
local record = require "lunet.record"
local run_file = require "lunet.run_file"

local folder <close> = support.folder()
local dir = folder.path .. "/runs"

local function lines_of(path)
  local lines = {}
  for line in support.read(path):gmatch("([^\n]*)\n") do lines[#lines + 1] = json.unpacked(json.decode(line)) end
  return lines
end

-- The folder of the only record in a folder of records.
local function only(parent)
  local names = core.list_folder(parent)
  assert(#names == 1, table.concat(names, " "))
  return parent .. "/" .. names[1]
end

test("a run leaves what it was given, what it told and what came of it", function()
  local result, second = ln.record("My run, no. 1", function(log)
    log{ step = 1, loss = 0.5, text = 'a "word"\n' }
    log{ step = 2, loss = ln.tensor(0.25), bad = 0 / 0, worse = -math.huge }
    log:text("first\nsecond")
    log:image("noisy", ln.rand{ 3, 1, 8, 8 })
    log:scores("ssim", { 0.25, 0.5, 0.75 })
    assert(log:report(2, 0.25) == true)
    assert(run_file.read(log.dir).status == "running" and json.decode(support.read(log.dir .. "/run.json")).status
      == "unfinished")
    assert(log.checkpoint:find(log.dir, 1, true))
    return { ssim = 0.5, psnr = 1 / 0 }, "second"
  end, { dir = dir, options = { lr = 0.1, noise = ln.noise.gaussian{ p = 0.1 }, f = print }, seeds = ln and { 4, 5 } })
  assert(result.ssim == 0.5 and second == "second")
  local path = only(dir)
  assert(path:find("/%d+%-%d+%-My%-run%-no%.%-1%-%x%x%x%x%x%x$"), path)
  local run = run_file.read(path)
  assert(run.status == "finished" and run.name == "My run, no. 1" and run.result.psnr == math.huge)
  assert(run.options.lr == 0.1 and run.options.f == "a function" and run.options.noise == "gaussian{ 0.1 }")
  assert(run.seeds[2] == 5 and run.script.hash == core.hash_text(support.read(path .. "/script.lua")))
  assert(run.command:find("records.lua", 1, true) and run.isa == ln.isa() and run.versions.lunet == ln.version)
  assert(#support.read(path .. "/run.json") < 4096 and not ln.file.exists(path .. "/alive"))
  local lines = lines_of(path .. "/metrics.jsonl")
  assert(#lines == 3 and lines[1].text == 'a "word"\n' and lines[2].loss == 0.25 and lines[3].report == 0.25)
  assert(lines[2].bad ~= lines[2].bad and lines[2].worse == -math.huge and lines[2].seconds >= 0)
  assert(support.read(path .. "/log.txt"):find("Z first\n.-Z second\n"))
  assert(ln.image.read(path .. "/figures/noisy.png").shape[1] == 1)
  close(ln.load_tensors(path .. "/scores/ssim.npy"):sum(), 1.5, 1e-6)
end)

test("errors and Ctrl-C are recorded, and raised", function()
  local parent = folder.path .. "/errors"
  expect_error(function() ln.record("broken", function() error("my mistake") end, { dir = parent }) end, "my mistake")
  local run = run_file.read(only(parent))
  assert(run.status == "failed" and run.message:find("my mistake", 1, true))
  assert(support.read(run.dir .. "/log.txt"):find("stack traceback", 1, true))
  parent = folder.path .. "/interrupted"
  expect_error(function() ln.record("cut", function() error("x.lua:1: interrupted", 0) end, { dir = parent }) end,
    "interrupted")
  assert(run_file.read(only(parent)).status == "interrupted")
  parent = folder.path .. "/table"
  assert(not pcall(ln.record, "table", function() error{} end, { dir = parent }))
  assert(run_file.read(only(parent)).status == "failed")
end)

test("what is misspelt or of the wrong kind is told", function()
  expect_error(function() ln.record(3, print) end, "record: the name must be a string, got 3")
  expect_error(function() ln.record("x") end, "record: expected a function(log) after the name, got nil")
  expect_error(function() ln.record("x", print, { dri = "" }) end, "record: no option 'dri'; did you mean 'dir'?")
  ln.record("x", function(log)
    expect_error(function() return log.images end, "log: no method or field 'images'; did you mean 'image'?")
    expect_error(function() log(3) end, "log: what it is called with must be a table, got 3")
    expect_error(function() log{ 3 } end, "log: values have names")
    expect_error(function() log{ loss = ln.ones(3) } end, "log: 'loss' is a tensor of shape 3, but must be a number")
    expect_error(function() log:image("../x", ln.ones(3, 3)) end, "log:image: the name must be of letters")
    expect_error(function() log:image("x", 3) end, "log:image: the second argument must be a tensor or a table, got 3")
    expect_error(function() log:scores("x", ln.ones(3, 3)) end, "log:scores: expected a tensor or a list of N numbers")
    expect_error(function() log:report("x", 3) end, "log:report: the step must be an integer, got 'x'")
  end, { dir = folder.path .. "/wrong" })
end)

test("run.json stays short, what is long lies beside it", function()
  local long, seeds = {}, {}
  for i = 1, 500 do long[("option_%03d"):format(i)], seeds[i] = ("x"):rep(50) .. i, i end
  local log = record.start{ name = ("n"):rep(300), dir = folder.path .. "/long", options = long, seeds = seeds }
  assert(record.finish(log, long))
  assert(#support.read(log.dir .. "/run.json") < 4096)
  local run = run_file.read(log.dir)
  assert(run.options.option_001 == long.option_001 and run.options.option_500 == nil)
  run_file.complete(run)
  assert(run.options.option_500 == long.option_500 and run.seeds[500] == 500 and run.result.option_300)
end)

test("ln.fit records options, metrics of epochs, curve and network", function()
  local x, parent = ln.rand({ 20, 1, 8, 8 }, 1), folder.path .. "/fit"
  local function fit(more)
    local net = ln.nn.sequential{ ln.nn.conv2d{ 2 }, ln.nn.conv2d{ 1, activation = "sigmoid" } }
    local o = { input = ln.noise.gaussian{ p = 0.1 }, target = x, epochs = 3, validation = 0.2, seed = 7,
      loss = ln.loss.mse{}, optimizer = ln.optim.adam{}, metrics = { psnr = ln.metric.psnr{} }, progress = "none" }
    for name, value in pairs(more or {}) do o[name] = value end
    return ln.fit(net, o), net
  end
  local history, net = fit{ record = { name = "mine", dir = parent } }
  local run = run_file.read(only(parent))
  assert(run.name == "mine" and run.status == "finished" and run.seeds[1] == 7 and run.options.batch == 10)
  assert(run.options.metrics.psnr == "psnr{}" and run.options.target:find("^tensor 20x1x8x8 #%x+$"))
  assert(run.result.val_psnr == history[history.best_epoch].val_psnr and run.recording.share > 0)
  local lines = lines_of(run.dir .. "/metrics.jsonl")
  assert(#lines == 3 and lines[2].loss == history[2].loss and lines[2].val_psnr == history[2].val_psnr)
  assert(support.read(run.dir .. "/history.csv") == history:csv())
  assert(support.read(run.dir .. "/loss.svg"):find("<svg", 1, true))
  support.same(ln.load(run.dir .. "/model.safetensors"):predict(x), net:predict(x))

  local same = fit{ record = false }
  assert(same[3].loss == history[3].loss)
  parent = folder.path .. "/fit2"
  ln.record("around", function(log) fit{ record = log } end, { dir = parent })
  run = run_file.read(only(parent))
  assert(run.name == "around" and #lines_of(run.dir .. "/metrics.jsonl") == 3)
  parent = folder.path .. "/fit3"
  expect_error(function()
    fit{ record = { dir = parent }, on_epoch = function() error("mine") end }
  end, "mine")
  run = run_file.read(only(parent))
  assert(run.status == "failed" and run.name == "fit" and run.message:find("mine"))
  parent = folder.path .. "/fit4"
  fit{ record = { dir = parent }, dry = true }
  assert(not ln.file.exists(parent))
  expect_error(function() fit{ record = 3 } end, "fit: option 'record' must be true or false, a string or a table")
  expect_error(function() fit{ record = { nam = "x" } } end, "fit: record: no option 'nam'; did you mean 'name'?")
  expect_error(function() fit{ record = { dir = "/proc/none" } } end, "fit: record: cannot make the folder")
end)

test("files that data came from are told with their sizes and hashes", function()
  local data = folder.path .. "/images"
  ln.file.make_dir(data)
  for i = 1, 3 do ln.image.save(ln.rand({ 1, 8, 8 }, i), ("%s/%d.png"):format(data, i)) end
  ln.data.folder(data)
  ln.save(folder.path .. "/x.npy", ln.ones(3))
  ln.load_tensors(folder.path .. "/x.npy")
  support.write(folder.path .. "/list.txt", "abc")
  local log = record.start{ name = "data", dir = folder.path .. "/data", data = { folder.path .. "/list.txt" } }
  record.finish(log)
  local run, by_file = run_file.read(log.dir), {}
  for _, entry in ipairs(json.decode(support.read(log.dir .. "/data.json")).files) do by_file[entry.file] = entry end
  assert(by_file[data .. "/2.png"].hash == core.hash_file(data .. "/2.png"))
  assert(by_file[folder.path .. "/list.txt"].bytes == 3 and by_file[folder.path .. "/x.npy"])
  assert(run.data.files >= 5 and #run.data.hash == 16)
end)

test("the state of the code in git, where there is one", function()
  local code = folder.path .. "/code"
  local made = os.execute(("mkdir '%s' && cd '%s' && git init -q . 2>/dev/null && echo old >a && git add a && "
    .. "git -c user.name=x -c user.email=x commit -qm first && echo new >a"):format(code, code))
  if not made then return support.skip("git", "git cannot make a repository here") end
  support.write(code .. "/s.lua", "require('lunet').record('x', function() end, { dir = arg[1] })")
  support.run(("'%s/s.lua' '%s/runs'"):format(code, code))
  local run = run_file.read(only(code .. "/runs"))
  assert(#run.git.commit == 40 and run.git.changed == true)
  assert(support.read(run.dir .. "/changes.diff"):find("-old\n+new", 1, true))
  support.run(("-e 'os.exit(0)'; PATH=/nowhere '%s' '%s/s.lua' '%s/other'"):format(support.program(), code, code))
  run = run_file.read(only(code .. "/other"))
  assert(run.status == "finished" and run.git == nil)
end)

-- A run that is killed in the middle, as text, for a process of its own.
local killed = [[
  local ln, core = require "lunet", require "lunet.core"
  ln.record("killed", function(log)
    for step = 1, 1000000 do log{ step = step, loss = 1 / step } end
  end, { dir = arg[1], options = { p = 0.1 } })
]]

test("kill -9 leaves a readable record that is not finished", function()
  local script = folder.path .. "/killed.lua"
  support.write(script, killed)
  for i = 1, 4 do
    local parent = ("%s/killed%d"):format(folder.path, i)
    os.execute(("LUNET_THREADS=1 '%s' '%s' '%s' & pid=$!; sleep 0.%d; kill -9 $pid; wait $pid 2>/dev/null")
      :format(support.program(), script, parent, 2 * i))
    if ln.file.exists(parent) then
      local run = run_file.read(only(parent))
      assert(run.status == "unfinished" and run.options.p == 0.1 and run.name == "killed", run.problem)
      for step, line in ipairs(lines_of(run.dir .. "/metrics.jsonl")) do assert(line.step == step) end
      assert(support.read(run.dir .. "/script.lua") == killed)
      local log = record.start{ name = "killed", resume = run.dir }
      assert(run_file.read(run.dir).status == "running")
      expect_error(function() record.start{ name = "killed", resume = run.dir } end, "goes on in another process")
      assert(record.finish(log, { loss = 1 }) and run_file.read(run.dir).result.loss == 1)
    end
  end
end)

test("lines are appended whole, also after one that was cut", function()
  local path = folder.path .. "/lines"
  support.write(path, "whole\ncut")
  core.append_line(path, "next")
  assert(support.read(path) == "whole\ncut\nnext\n")
  expect_error(function() core.append_line(folder.path, "x") end, "cannot write")
end)

test("a folder that cannot be written is told before the run", function()
  expect_error(function() ln.record("x", print, { dir = "/proc/none" }) end, "record: cannot make the folder")
  support.write(folder.path .. "/file", "")
  expect_error(function() ln.record("x", print, { dir = folder.path .. "/file" }) end, "a file of that name is in the")
end)

support.done()
