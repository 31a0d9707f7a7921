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
  assert(path:find("/%d+%-[%d.]+%-My%-run%-no%.%-1%-%x%x%x%x%x%x$"), path)
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
    expect_error(function() log:image("x", 200 * ln.ones(1, 8, 8)) end, "log: x.png: image.save: the mean of the image")
    expect_error(function() log:image("x", 3) end, "log:image: the second argument must be a tensor or a table, got 3")
    expect_error(function() log:scores("x", ln.ones(3, 3)) end, "log:scores: expected a tensor or a list of N numbers")
    expect_error(function() log:report("x", 3) end, "log:report: the step must be an integer, got 'x'")
  end, { dir = folder.path .. "/wrong" })
end)

test("text that JSON or a terminal would stumble over", function()
  local parent, odd = folder.path .. "/odd", "a\0b\xff\27[31m"
  ln.record(odd, function(log)
    log{ [odd] = odd }
    log:text(odd)
    return { [odd] = odd }
  end, { dir = parent, options = { [odd] = odd, list = { odd } } })
  local run = ln.runs{ dir = parent }[1]
  assert(run.status == "finished" and run.name == "a?b?\27[31m" and run.options[run.name] == run.name, run.problem)
  assert(run:metrics()[1][run.name] == run.name)
  for _, words in ipairs{ "", "show last", "--follow" } do
    local said = support.run(("runs --dir '%s' %s"):format(parent, words))
    assert(not said:find("\27", 1, true) and said:find("a?b?", 1, true), said)
  end
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

test("modules of the script are kept with it, and compared", function()
  local code = folder.path .. "/modules"
  ln.file.make_dir(code .. "/models")
  support.write(code .. "/s.lua", [[
    package.path = arg[0]:match("^.*/") .. "?.lua;" .. package.path
    local ln, mine = require "lunet", require "mine"
    ln.record("x", function() ln.models.tiny{} return mine end, { dir = arg[1] })
  ]])
  support.write(code .. "/models/tiny.lua", "return function(ln) return ln.nn.sequential{ ln.nn.relu{} } end")
  for value = 1, 2 do
    support.write(code .. "/mine.lua", ("return %d\n"):format(value))
    support.run(("'%s/s.lua' '%s/runs'"):format(code, code))
  end
  local runs = ln.runs{ dir = code .. "/runs" }
  assert(#runs == 2 and runs[1].result.value == 1 and runs[2].script.modules ~= runs[1].script.modules)
  assert(runs[1].script.hash == runs[2].script.hash)
  assert(support.read(runs[1].dir .. "/modules/mine.lua") == "return 1\n")
  assert(support.read(runs[1].dir .. "/modules/models.tiny.lua"):find("relu", 1, true))
  local said = support.run(("runs diff %s %s --dir '%s/runs'"):format(runs[1].id, runs[2].id, code))
  assert(said:find("modules/mine.lua\n.*%-return 1\n%+return 2\n"), said)
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

-- LUNET_KILLS=100 kills so many, by default 4, at moments from the program's start on.
test("kill -9 leaves a readable record that is not finished, or none", function()
  local script, kills, found = folder.path .. "/killed.lua", tonumber(os.getenv("LUNET_KILLS") or 4), 0
  support.write(script, killed)
  for i = 1, kills do
    local parent = ("%s/killed%d"):format(folder.path, i)
    os.execute(("LUNET_THREADS=1 '%s' '%s' '%s' & echo $! >'%s/pid'"):format(support.program(), script, parent, folder))
    core.sleep(0.04 + 0.4 * i / kills)
    for _ = 1, i == kills and 300 or 0 do -- the last one is killed when it has begun
      if #ln.runs{ dir = parent } == 0 then core.sleep(0.1) end
    end
    os.execute(("kill -9 %s"):format(support.read(folder.path .. "/pid")))
    core.sleep(0.05)
    for _, run in ipairs(ln.runs{ dir = parent }) do
      found = found + 1
      assert(run.status == "unfinished" and run.options.p == 0.1 and run.name == "killed", run.problem)
      for step, line in ipairs(run:metrics()) do assert(line.step == step) end
      assert(support.read(run.dir .. "/script.lua") == killed)
      local log = record.start{ name = "killed", resume = run.dir }
      assert(run_file.read(run.dir).status == "running")
      expect_error(function() record.start{ name = "killed", resume = run.dir } end, "goes on in another process")
      assert(record.finish(log, { loss = 1 }) and run_file.read(run.dir).result.loss == 1)
    end
  end
  assert(found > 0)
end)

test("lines are appended whole, also after one that was cut", function()
  local path = folder.path .. "/lines"
  support.write(path, "whole\ncut")
  core.append_line(path, "next")
  assert(support.read(path) == "whole\ncut\nnext\n")
  expect_error(function() core.append_line(folder.path, "x") end, "cannot write")
end)

test("what a full disk has no room for is told once, and is kept elsewhere", function()
  local script, parent = folder.path .. "/full.lua", folder.path .. "/full"
  support.write(script, [[
    local ln = require "lunet"
    print("returned", ln.record("full", function(log)
      for step = 1, 400 do log{ step = step } end
      log:scores("many", ln.zeros(10000))
      log:scores("few", { 0.25, 0.5 })
      return 42
    end, { dir = arg[1] }))
  ]])
  local pipe = io.popen(("ulimit -f 16; '%s' '%s' '%s' 2>&1"):format(support.program(), script, parent)) -- 8 KB
  local said = pipe:read("a")
  assert(pipe:close() and said:find("returned\t42\n$"), said)
  assert(select(2, said:gsub("the run goes on", "")) == 1, said)
  assert(said:find("File too large", 1, true) and said:find("is not complete", 1, true), said)
  local run = run_file.read(only(parent))
  assert(run.status == "finished" and run.result.value == 42)
  local written = lines_of(run.dir .. "/metrics.jsonl")
  close(ln.load_tensors(run.dir .. "/scores/few.npy")[2], 0.5, 1e-6)
  local elsewhere = said:match("what is missing is in '([^']+)'")
  local text = elsewhere and support.read(elsewhere) or said -- where 8 KB do not hold it, it is on stderr
  for step = 1, 400 do
    assert(written[step] and written[step].step == step or text:find(('"step": %d}'):format(step), 1, true), step)
  end
  assert(text:find('scores.jsonl: {"many": [0.0, 0.0,', 1, true))
  if elsewhere then os.remove(elsewhere) end
end)

test("a folder that cannot be written is told before the run", function()
  expect_error(function() ln.record("x", print, { dir = "/proc/none" }) end, "record: cannot make the folder")
  support.write(folder.path .. "/file", "")
  expect_error(function() ln.record("x", print, { dir = folder.path .. "/file" }) end, "a file of that name is in the")
end)

-- ---- ln.runs and lunet runs ----

local list_dir = folder.path .. "/list"
for i = 1, 6 do
  local log = record.start{ name = i < 5 and "grid" or "other", dir = list_dir, seeds = { i },
    options = { net = i % 2 == 0 and "unet" or "cnn", lr = 0.1 * i, noise = { p = i }, flag = i > 3,
      loss = "mse{ 0.1 }", text = 'a "quoted": 3' } }
  for step = 1, i do log{ step = step, loss = 1 / step } end
  log:scores("ssim", { 0.1 * i, 0.2 })
  if i == 6 then
    record.fail(log, "no luck")
  else
    record.finish(log, { ssim = i / 10, loss = i == 4 and 0 / 0 or i })
  end
end

local function ids(runs)
  local seeds = {}
  for i, run in ipairs(runs) do seeds[i] = run.seeds[1] end
  return table.concat(seeds, " ")
end

test("runs are found by what they were given and what came of them", function()
  for filter, want in pairs{ [""] = "1 2 3 4 5 6", ["net=unet"] = "2 4 6", ["net=unet ssim>0.2"] = "4",
    ["ssim>=0.2 ssim<0.5"] = "2 3 4", ["name=gr*"] = "1 2 3 4", ["status!=finished"] = "6", ["status=failed"] = "6",
    ["flag=true"] = "4 5 6", ["flag=false lr<0.15"] = "1", ["options.noise.p=3"] = "3", ["noise.p>4"] = "5 6",
    ["loss=mse{ 0.1 }"] = "1 2 3 4 5 6", ["loss=mse{ 0.1 } net=cnn"] = "1 3 5", ["loss>4"] = "5", ["text~quoted"]
    = "1 2 3 4 5 6", ["message=no*"] = "6", ["net~un"] = "2 4 6", ["ssim!=0.1"] = "2 3 4 5 6", ["net>cnn"] = "2 4 6",
    ["seconds>=0 result.loss<3"] = "1 2", ["machine.host=*"] = "1 2 3 4 5 6", ["options.lr=0.2"] = "2" } do
    local got = ids(ln.runs(filter, { dir = list_dir }))
    assert(got == want, ("%s: %s instead of %s"):format(filter, got, want))
  end
  assert(ids(ln.runs("", { dir = list_dir, sort = "-ssim" })) == "5 4 3 2 1 6")
  assert(ids(ln.runs{ dir = list_dir, sort = "net", first = 4 }) == "1 3 5 2")
  assert(ids(ln.runs{ dir = list_dir, last = 2 }) == "5 6")
  assert(ids(ln.runs{ dir = list_dir, sort = "loss", where = function(run) return run.options.flag end }) == "5 6 4")
  expect_error(function() ln.runs("sism>0.9", { dir = list_dir }) end, "runs: no run has 'sism'; did you mean 'ssim'?")
  expect_error(function() ln.runs{ dir = list_dir, sort = "x" } end, "runs: no run has 'x'")
  expect_error(function() ln.runs("unet", { dir = list_dir }) end, "runs: 'unet' is no filter; filters are as net=unet")
  assert(#ln.runs{ dir = folder.path .. "/none" } == 0)
end)

test("what a run says without decoding is what decoding says", function()
  for _, run in ipairs(ln.runs{ dir = list_dir }) do
    local fresh = ln.runs("seeds=" .. run.seeds[1], { dir = list_dir })[1]
    for name, value in pairs(run:values()) do
      local got = fresh:value(name)
      assert(got == value or got ~= got and value ~= value, ("%s: %s, %s"):format(name, got, value))
    end
    assert(fresh:value("p") == nil and fresh:value("options.p") == nil)
  end
end)

test("a run gives its metrics and scores, and goes", function()
  local run = ln.runs("seeds=3", { dir = list_dir })[1]
  local lines = run:metrics()
  assert(#lines == 3 and lines[3].step == 3 and run:scores()[1] == "ssim")
  close(run:scores("ssim")[1], 0.3, 1e-6)
  expect_error(function() run:scores("sim") end, "has no scores 'sim'; did you mean 'ssim'?")
  expect_error(function() return run.optoins end, "run: no method or field 'optoins'; did you mean 'options'?")
  local csv = ln.runs{ dir = list_dir }:csv()
  assert(csv:find("^id,dir,") and select(2, csv:gsub("\n", "")) == 7 and csv:find("options.noise.p", 1, true))
  local first = json.decode(ln.runs{ dir = list_dir }:jsonl():match("^[^\n]*"))
  assert(first.options.noise.p == 1 and first.result.ssim == 0.1 and first.dir:find(list_dir, 1, true))
  local log = record.start{ name = "goes on", dir = folder.path .. "/delete" }
  run = ln.runs{ dir = folder.path .. "/delete" }[1]
  expect_error(function() run:delete() end, "goes on; end it first")
  record.finish(log)
  os.execute(("ln -s '%s' '%s/link'"):format(list_dir, run.dir))
  run:delete()
  assert(#ln.runs{ dir = folder.path .. "/delete" } == 0 and #ln.runs{ dir = list_dir } == 6)
end)

test("damaged and edited records are told, and hide no other", function()
  local parent = folder.path .. "/damaged"
  for i = 1, 5 do record.finish(record.start{ name = "r", dir = parent, seeds = { i } }, { ssim = i }) end
  local runs = ln.runs{ dir = parent }
  local function edit(i, f)
    local path = runs[i].dir .. "/run.json"
    support.write(path, (f(support.read(path))))
  end
  edit(1, function(text) return text:sub(1, #text // 2) end)
  edit(2, function(text) return text:gsub('"ssim": 2', '"ssim":   2.5, "mine": [1, 2]') end)
  edit(3, function(text) return text:gsub('"result": {[^}]*}', '"result": 7') end)
  edit(4, function() return "[]" end)
  os.remove(runs[5].dir .. "/run.json")
  ln.file.make_dir(parent .. "/mine")
  ln.file.make_dir(parent .. "/.new-20200101-000000.000-x-abcdef")
  runs = ln.runs{ dir = parent }
  assert(#runs == 5 and runs[1].status == "damaged" and #runs[1].problem > 10)
  assert(runs[2].status == "finished" and runs[2].result.ssim == 2.5 and runs[2]:value("ssim") == 2.5)
  assert(runs[3].problem:find("'result' is no table", 1, true) and runs[3].result.ssim == nil)
  assert(runs[4].status == "damaged" and runs[5].problem:find("No such file"))
  assert(ids(ln.runs("ssim>2", { dir = parent })) == "2")
  assert(#ln.runs("status=damaged", { dir = parent }) == 3)
  local said = support.run(("runs --dir '%s'"):format(parent))
  assert(said:find("damaged", 1, true) and said:find("2.5", 1, true), said)
  assert(support.run(("runs show %s --dir '%s'"):format(runs[1].id, parent)):find("problem", 1, true))
end)

test("lunet runs lists, shows, compares, follows and deletes within 80 columns", function()
  local function runs(words)
    local said, status = support.run(("runs --dir '%s' %s"):format(list_dir, words))
    for line in said:gmatch("[^\n]+") do
      assert(words:find("csv") or words:find("jsonl") or utf8.len(line) <= 80, line)
    end
    return said, status
  end
  local all = ln.runs{ dir = list_dir }
  local function short(i) return all[i].id:match("%x+$") end
  local said = runs("")
  assert(said:find("grid", 1, true) and said:find("failed", 1, true) and said:find("ssim", 1, true), said)
  said = runs("net=unet 'ssim>0.2' --sort -ssim")
  assert(said:find(short(4), 1, true) and not said:find(short(2), 1, true), said)
  said = runs("--limit 2 --columns lr,net")
  assert(said:find("2 of 6 runs", 1, true) and said:find(" lr +net\n"), said)
  said = runs("show " .. short(3))
  assert(said:find("options.noise.p", 1, true) and said:find("step 3  loss 0.333333", 1, true), said)
  assert(runs(short(3)) == said)
  said = runs(("compare %s %s"):format(short(1), short(2)))
  assert(said:find("options.net +cnn +unet\n") and said:find("result.ssim +0.1 +0.2\n")
    and not said:find("options.text"), said)
  assert(runs(("diff %s %s"):format(short(1), short(2))):find("the same script", 1, true))
  assert(runs("--follow last"):find("failed: no luck\n$"))
  assert(select(2, runs("--csv net=unet"):gsub("\n", "")) == 4)
  assert(select(2, runs("--jsonl net=unet"):gsub("\n", "")) == 3)
  said = runs("delete seeds=6 < /dev/null")
  assert(said:find("delete 1 record with all that is in it? [y/N] nothing was deleted", 1, true), said)
  assert(runs("delete " .. short(6) .. " --yes") == "1 deleted\n" and #ln.runs{ dir = list_dir } == 5)
  for words, text in pairs{ ["delete zzz"] = "runs: no run 'zzz' in", shwo = "did you mean 'show'?",
    ["compare last"] = "usage: lunet runs compare RUN RUN", ["'sism>3'"] = "runs: no run has 'sism'",
    ["show grid"] = "runs: 4 runs have 'grid' in their names", ["--limit 0"] = "--limit must be an integer" } do
    local status
    said, status = runs(words)
    assert(status == 1 and said:find(text, 1, true), said)
  end
end)

test("a running one is followed to its end", function()
  local parent, script = folder.path .. "/follow", folder.path .. "/follow.lua"
  support.write(script, [[
    local ln, core = require "lunet", require "lunet.core"
    ln.record("slow", function(log)
      for step = 1, 5 do log{ step = step } core.sleep(0.2) end
    end, { dir = arg[1] })
  ]])
  os.execute(("'%s' '%s' '%s' &"):format(support.program(), script, parent))
  for _ = 1, 100 do
    if #ln.runs{ dir = parent } == 0 then core.sleep(0.05) end
  end
  local said = support.run(("runs --dir '%s' --follow"):format(parent))
  assert(said:find("step 1 .*step 5 .*finished\n$"), said)
end)

-- LUNET_RUNS=10000 lists so many, by default 1000; at most 0.5 s for 10,000.
test("thousands of runs are listed and filtered at once", function()
  local many, parent = tonumber(os.getenv("LUNET_RUNS") or 1000), folder.path .. "/many"
  local log = record.start{ name = "one", dir = folder.path .. "/one", options = { net = "unet", p = 0.1 } }
  record.finish(log, { ssim = 0.5, psnr = 30 })
  local text = support.read(log.dir .. "/run.json")
  ln.file.make_dir(parent)
  for i = 1, many do
    local path = ("%s/20260101-000000.000-x-%06x"):format(parent, i)
    core.make_new_folder(path)
    support.write(path .. "/run.json", (text:gsub('"ssim": 0.5', ('"ssim": %.4f'):format(i / many))))
  end
  local start = os.clock()
  local last = ln.runs{ dir = parent, last = 20 }:table()
  local found = ln.runs("net=unet ssim>0.9", { dir = parent, sort = "-ssim" })
  local seconds = os.clock() - start
  assert(#last == 20 and #found == many // 10 and found[1].result.ssim == 1)
  local enough = os.getenv("LUNET_SANITIZED") and 10 or 1 -- seconds for 10,000, of a machine that is busy
  assert(seconds < enough * many / 10000 + 0.05, ("%.2f s of CPU for %d runs"):format(seconds, many))
  print(("%d runs: listed and filtered in %.0f ms of CPU"):format(many, 1000 * seconds))
end)

support.done()
