-- Sweeps: points, workers, locks, what is finished is not run again, and what goes wrong is told.
--
-- LUNET_KILLS=100 kills a sweep so often, by default 5 times.
local ln = require "lunet"
local core = require "lunet.core"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error = support.test, support.expect_error

local children = core.children

-- Test with a folder of its own.
local function with_folder(name, f)
  test(name, function()
    local folder <close> = support.folder()
    f(folder.path)
  end)
end

-- A sweep without progress, in the folder.
local function sweep_in(folder, o)
  o.dir, o.progress, o.name = folder, o.progress or "none", o.name or "s"
  return ln.sweep(o)
end

local calls = 0
local function counted(c)
  calls = calls + 1
  return { x = c.seed or c.a }
end

-- Run a script, with the folder as its argument; what it prints, and its exit status.
local function run_script(folder, text, more)
  support.write(folder .. "/script.lua", text)
  return support.run(("'%s/script.lua' '%s' %s"):format(folder, folder, more or ""))
end

local function has(said, ...)
  for _, text in ipairs{ ... } do assert(said:find(text, 1, true), ("%q is missing in:\n%s"):format(text, said)) end
end

-- What a sweep's points are, as lists of values.
local function points_of(folder, o, ...)
  o.dry, o.run = true, counted
  local before, list = print, {}
  print = function() end -- luacheck: ignore
  local ok, sweep = pcall(sweep_in, folder, o)
  print = before -- luacheck: ignore
  if not ok then error(sweep, 0) end
  for i, entry in ipairs(sweep:results()) do
    list[i] = {}
    for k, key in ipairs{ ... } do list[i][k] = entry.point[key] end
  end
  return list
end

-- ---- Points ----

with_folder("a grid: all combinations, keys in alphabetic order, the last one fastest", function(folder)
  local list = points_of(folder, { vary = { seed = { 1, 2 }, net = { "u", "v" }, p = 0.5 } }, "net", "p", "seed")
  local said = {}
  for i, point in ipairs(list) do said[i] = table.concat(point, " ") end
  assert(table.concat(said, ", ") == "u 0.5 1, u 0.5 2, v 0.5 1, v 0.5 2")
end)

with_folder("random points: more of them are the same ones and others, whatever else varies", function(folder)
  local function draw(n, seed, more)
    local vary = { a = ln.range{ 1e-4, 1, log = true }, b = ln.range{ 3, 9, integer = true }, c = { "x", "y" } }
    for key, value in pairs(more or {}) do vary[key] = value end
    return points_of(folder, { vary = vary, random = n, seed = seed }, "a", "b", "c")
  end
  local few, many, other, wider = draw(20), draw(400), draw(20, 2), draw(20, 1, { d = { 1, 2, 3 } })
  local below, seen, same = 0, {}, 0
  for i = 1, 20 do
    for k = 1, 3 do
      assert(few[i][k] == many[i][k] and few[i][k] == wider[i][k])
      if few[i][k] == other[i][k] and k == 1 then same = same + 1 end
    end
  end
  for _, point in ipairs(many) do
    assert(point[1] >= 1e-4 and point[1] <= 1 and math.type(point[2]) == "integer" and point[2] >= 3 and point[2] <= 9)
    seen[point[2]], seen[point[3]] = true, true
    if point[1] < 1e-2 then below = below + 1 end
  end
  assert(same == 0 and below > 160 and below < 240, below)
  for _, value in ipairs{ 3, 4, 5, 6, 7, 8, 9, "x", "y" } do assert(seen[value], value) end
  expect_error(function() points_of(folder, { vary = { a = { 1, 2 } }, random = 3 }) end,
    "sweep: option 'random' = 3, but there are only 2 different points")
end)

with_folder("a Latin hypercube meets every part of a range once", function(folder)
  local list = points_of(folder, { vary = { a = ln.range{ 0, 10 }, b = ln.range{ 1, 1000, log = true },
    c = { "x", "y" } }, latin = 10 }, "a", "b", "c")
  local parts = { {}, {}, { x = 0, y = 0 } }
  for _, point in ipairs(list) do
    parts[1][point[1] // 1] = true
    parts[2][math.log(point[2], 1000) * 10 // 1] = true
    parts[3][point[3]] = parts[3][point[3]] + 1
  end
  for i = 0, 9 do assert(parts[1][i] and parts[2][i], i) end
  assert(#list == 10 and parts[3].x == 5 and parts[3].y == 5)
end)

with_folder("points as a list, or by a function, in points or vary; options that all have", function(folder)
  for _, key in ipairs{ "points", "vary" } do
    for _, given in ipairs{ { { a = 1, w = { 2, 3 } }, { a = 2 } },
      function(i) return ({ { a = 1, w = { 2, 3 } }, { a = 2 } })[i] end,
      function() return { { a = 1, w = { 2, 3 } }, { a = 2 } } end } do
      local list = points_of(folder, { [key] = given, options = { e = 5, a = 9 } }, "a", "e", "w")
      assert(#list == 2 and list[1][1] == 1 and list[2][1] == 2 and list[2][2] == 5 and list[1][3][2] == 3)
    end
  end
end)

with_folder("what cannot be a point is told", function(folder)
  local function refused(text, o) expect_error(function() points_of(folder, o) end, text) end
  refused("sweep: option 'vary' is required", {})
  refused("options 'vary' and 'points' say the same", { vary = {}, points = {} })
  refused("sweep: option 'vary' is empty", { vary = {} })
  refused("'a' must be a list of values, such as { 0.1, 0.2 }, got an empty table", { vary = { a = {} } })
  refused("'a' must be a list of values, such as { 0.1, 0.2 }, got a table with names", { vary = { a = { b = 1 } } })
  refused("'a' must be finite, got -nan", { vary = { a = { 0 / 0 } } })
  refused("'f' must be a number, text, true or false, an item or a table of these, got a function",
    { vary = { f = { print } } })
  refused("'a' is a range{ 0, 1 }; a grid needs a list", { vary = { a = ln.range{ 0, 1 } } })
  refused("points 1 and 3 are the same: a = 1", { points = { { a = 1 }, { a = 2 }, { a = 1.0 } } })
  refused("a list of tables has no names, got 'b'", { vary = { { a = 1 }, b = { 2 } } })
  refused("point 2 must be a table, got 5", { points = { { a = 1 }, 5 } })
  refused("option 'points': there are none", { points = function() end })
  refused("a point has names for its values", { points = { { [3] = 1 } } })
  refused("options 'random' and 'latin' are two ways", { vary = { a = 1 }, random = 2, latin = 2 })
  refused("option 'name' must be of letters", { vary = { a = 1 }, name = "a/b" })
  refused("no option 'jbos'; did you mean 'jobs'?", { vary = { a = 1 }, jbos = 2 })
  local deep = {}
  deep.deep = deep
  refused("'a' is nested too deeply", { vary = { a = { deep } } })
  expect_error(function() ln.range{ 2, 1 } end, "range: 'high' must be above 'low', got 1 and 2")
  expect_error(function() ln.range{ 0, 1, log = true } end, "range: option 'low' must be above 0 with log = true")
  expect_error(function() ln.range{ 0.5, 1, integer = true } end, "must be a whole number with integer = true, got 0.5")
  assert(tostring(ln.range{ 1, 10, log = true }) == "range{ 1, 10, log = true }")
end)

-- ---- What is kept ----

with_folder("what is finished is not run again; more points run only the new ones", function(folder)
  calls = 0
  local sweep = sweep_in(folder, { vary = { seed = { 1, 2, 3 } }, run = counted })
  assert(calls == 3 and #sweep == 3 and sweep[2].result.x == 2 and sweep:results()[3].state == "finished")
  sweep_in(folder, { vary = { seed = { 1, 2, 3 } }, run = counted })
  sweep = sweep_in(folder, { vary = { seed = { 3, 1.0, 4 } }, run = counted })
  assert(calls == 4 and sweep[3].result.x == 4 and sweep[1].result.x == 3)
  local run = require("lunet.run_file").read(sweep[3].run)
  assert(run.status == "finished" and run.options.seed == 4 and run.seeds[1] == 4 and run.result.x == 4)
end)

with_folder("a point that fails is recorded, the others go on, and it is tried again by the next call", function(folder)
  local fail = true
  local results = { text = "abc", nan = { ssim = 0 / 0, psnr = 3 }, number = 3, empty = {}, func = { f = print },
    list = { y = ln.tensor{ 1, 2, 6 }, inf = 1 / 0 }, holes = { y = { [1] = 1, [3] = 2 } }, latin = { s = "a\xff" } }
  results.cycle, results.unnamed = {}, { 5 }
  results.cycle.c = results.cycle
  local function run(c)
    calls = calls + 1
    if c.a == "error" and fail then error("no luck") end
    if c.a == "error" then return { y = 1 } end
    return results[c.a]
  end
  local function go(more)
    local o = { vary = { a = { "error", "text", "nan", "number", "empty", "func", "list", "nothing", "holes", "latin",
      "cycle", "unnamed" } }, run = run }
    for key, value in pairs(more or {}) do o[key] = value end
    return sweep_in(folder, o)
  end
  calls = 0
  local sweep = go()
  local expected = { "no luck", "run returned 'abc'; expected a table of results",
    "run returned nan, not a number, as 'ssim'", "run returned 3; expected", "run returned an empty table",
    "run returned 'f' = a function; a result is", false, "run returned nothing; expected a table of results",
    "run returned what cannot be written down: a list has the key 3", "run returned what cannot be written down: JSON",
    "a table in a table in a table", "run returned a list; expected a table of results" }
  for i, text in ipairs(expected) do
    local entry = sweep[i]
    assert(entry.state == (text and "failed" or "finished"))
    if text then has(entry.error, text) end
    assert(require("lunet.run_file").read(entry.run).status == entry.state)
  end
  assert(calls == 12 and sweep[3].result.psnr == 3 and sweep[7].result.inf == 1 / 0 and sweep[7].result.y[3] == 6)
  has(tostring(sweep), "12 points, 1 finished, 11 failed")
  go{ retry = false }
  assert(calls == 12)
  fail = false
  sweep = go()
  assert(calls == 23 and sweep[1].state == "finished" and sweep[2].state == "failed")
end)

with_folder("a run that was cut goes on from its checkpoint, in its record", function(folder)
  local first, seen = true, nil
  local function run(_, log)
    seen = log.dir
    if first then
      support.write(log.checkpoint, "half")
      log{ step = 1 }
      error("cut: interrupted", 0)
    end
    return { half = support.read(log.checkpoint) }
  end
  expect_error(function() sweep_in(folder, { vary = { a = 1 }, run = run }) end, "interrupted")
  first = false
  local before = seen
  local sweep = sweep_in(folder, { vary = { a = 1 }, run = run })
  assert(sweep[1].result.half == "half" and seen == before and sweep[1].run == seen)
end)

with_folder("a damaged file of a point is told, kept, and the point run again", function(folder)
  local text = [[
    local ln = require "lunet"
    local s = ln.sweep{ name = "s", dir = arg[1], vary = { a = { 1, 2 } }, run = function(c) return { y = c.a } end }
    print(s[1].state, s[2].state)
  ]]
  run_script(folder, text)
  local points = folder .. "/s.sweep/points/"
  local names = core.list_folder(points)
  support.write(points .. names[1], '{"state": "finished"')
  support.write(points .. names[2], '{"state": "finished", "result": 3}')
  local said = run_script(folder, text)
  has(said, "is damaged", ".damaged', and the point is run again", "finished\tfinished")
  assert(#core.list_folder(points) == 4)
end)

with_folder("a script or arguments that changed since are told, with what changed", function(folder)
  local text = [[
    local ln = require "lunet"
    local s = ln.sweep{ name = "s", dir = arg[1], vary = { a = { 1, 2 } }, run = function(c) return { y = c.a } end }
    print(s)
  ]]
  run_script(folder, text)
  assert(not run_script(folder, text):find("changed"))
  local said = run_script(folder, (text:gsub("y = c.a", "y = -c.a"):gsub("1, 2", "1, 2, 3")), "--epochs 5")
  has(said, "script.lua, the script's arguments have changed since 2 points were finished; these results are kept",
    "--epochs 5' were '",
    "- 2: ", "+ 2: ", "y = -c.a")
  has(run_script(folder, (text:gsub("1, 2", "1, 2, 3"))), "have changed since 1 point was finished")
end)

with_folder("so is a module that changed, but not one that was loaded before or after", function(folder)
  local text = [[
    package.path = arg[1] .. "/?.lua;" .. package.path
    local ln = require "lunet"
    local mine = require "mine"
    if arg[2] then require(arg[2]) end
    local s = ln.sweep{ name = "s", dir = arg[1], vary = { a = { 1, 2 } }, run = function(c) return mine(c) end }
    print(s[2].result.y)
  ]]
  support.write(folder .. "/mine.lua", "return function(c)\n  return { y = c.a }\nend")
  support.write(folder .. "/other.lua", "return 1")
  assert(not run_script(folder, text):find("changed"))
  local said = run_script(folder, text, "other")
  assert(said:find("the script's arguments have changed") and not said:find("module"), said)
  support.write(folder .. "/mine.lua", "return function(c)\n  return { y = 2 * c.a }\nend")
  has(run_script(folder, text), "module mine has changed since 2 points were finished",
    "  module mine:\n  - 2:   return", "  + 2:   return { y = 2 * c.a }", "\n2\n")
end)

with_folder("folders that cannot be written are told before anything is run", function(folder)
  support.write(folder .. "/file", "x")
  calls = 0
  expect_error(function() sweep_in(folder .. "/file", { vary = { a = 1 }, run = counted }) end,
    "sweep: cannot make the folder")
  expect_error(function() sweep_in("/proc/nowhere", { vary = { a = 1 }, run = counted }) end,
    "sweep: cannot make the folder")
  assert(calls == 0)
end)

with_folder("a full disk: what is finished is kept, and the result is told", function(folder)
  local disk = folder .. "/disk"
  core.file.make_dir(disk)
  if not os.execute(("mount -t tmpfs -o size=200k tmpfs '%s' 2>/dev/null"):format(disk)) then
    return support.skip("a full disk", "no right to mount a small one")
  end
  local ok, why = pcall(function()
    local function go()
      return sweep_in(disk, { vary = { a = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 } }, run = function(c, log)
        for step = 1, 50 do log{ step = step, text = ("x"):rep(200) } end
        return { y = 10 * c.a }
      end })
    end
    local two, status = run_script(folder, [[
      local ln = require "lunet"
      ln.sweep{ name = "two", dir = arg[1] .. "/disk", jobs = 2, vary = { a = ln.seeds(40) }, run = function(c, log)
        for step = 1, 20 do log{ step = step, text = ("x"):rep(200) } end
        return { y = c.a }
      end }
    ]])
    assert(status == 1)
    has(two, "No space left on device")
    os.execute(("rm -rf '%s'/*"):format(disk))
    local message = expect_error(go, "No space left on device")
    has(message, "sweep: ", "cannot write", "call the sweep again to go on")
    os.execute(("mount -o remount,size=2m '%s'"):format(disk))
    for i, entry in ipairs(go():results()) do assert(entry.result.y == 10 * i) end
  end)
  collectgarbage()
  os.execute(("umount '%s'"):format(disk))
  if not ok then error(why, 0) end
end)

-- ---- Halving ----

with_folder("asha: the better ones go on, and what was decided stays", function(folder)
  local steps = {}
  local function run(c, log)
    steps[c.a] = 0
    for step = 1, 9 do
      steps[c.a] = step
      if not log:report(step, c.a) then break end
    end
    return { y = c.a }
  end
  local function go(asha, values)
    return sweep_in(folder, { name = asha.best, vary = { a = values }, asha = asha, run = run })
  end
  local sweep = go({ best = "max" }, { 5, 4, 6, 7, 3, 8 })
  assert(steps[5] == 9 and steps[4] == 1 and steps[6] == 9 and steps[3] == 1 and steps[8] == 9)
  assert(sweep[2].stopped == 1 and not sweep[1].stopped and sweep:best("y", "max").point.a == 8)
  go({ best = "min", first = 3, factor = 2 }, { 5, 4, 6, 4.5 })
  assert(steps[5] == 9 and steps[6] == 3 and steps[4.5] == 6 and steps[4] == 9)
  expect_error(function() go({}, { 1 }) end, "sweep: asha: option 'best' is required")
end)

-- ---- Tables ----

with_folder("tables: means, what varies besides, names that do not exist", function(folder)
  local sweep = sweep_in(folder, { vary = { net = { "u", "v" }, p = { 0.1, 0.5 }, seed = { 1, 2, 3 } },
    run = function(c)
      return { ssim = (c.net == "u" and 0.5 or 0.6) + c.p / 10 + c.seed / 100, n = { c.seed, 3 } }
    end })
  local t = sweep:table{ rows = "net", columns = "p", value = "ssim", over = "seed" }
  local csv = t:csv()
  -- scipy.stats.t.interval(0.95, 2, 0.53, 0.01 / 3 ** 0.5)
  has(csv, "net,p = 0.1,p = 0.1 low,p = 0.1 high,p = 0.5", "u,0.53,0.505158623,0.554841377,", "v,0.63,")
  has(t:text(), "p = 0.1", "0.5300 ± 0.0248", "ssim: mean over seed with 95 % t interval, n = 3")
  has(t:markdown(), "**0.6300 ± 0.0248**", "| 0.5300 ± 0.0248 |")
  has(sweep:table{ rows = "p", value = "n", where = { net = "u" } }:csv(), "0.1,2.5")
  has(sweep:csv(), "net,p,seed,n,ssim,state,error,stopped,seconds,run", "u,0.1,1,2,0.52,finished")
  assert(sweep:best("ssim").point.seed == 3 and sweep:best("ssim", "min").point.seed == 1)
  local function refused(text, o) expect_error(function() sweep:table(o) end, text) end
  refused("option 'rows' is required", {})
  refused("'net' varies too: say columns = \"net\"", { rows = "p", value = "ssim" })
  refused("option 'rows': nothing varies by the name 'nett'; did you mean 'net'?", { rows = "nett", value = "ssim" })
  refused("no result 'sim'; did you mean 'ssim'?", { rows = "net", columns = "p", value = "sim" })
  refused("option 'value' is required: which result? There are n, ssim", { rows = "net", columns = "p" })
  refused("no point is as option 'where' says", { rows = "net", where = { p = 7 }, value = "ssim" })
  expect_error(function() return sweep:best("n") end, 'sweep:best: is \'n\' better where it is "max" or "min"?')
  expect_error(function() return sweep.tabel end, "sweep: no method or field 'tabel'; did you mean 'table'?")
end)

-- ---- Ablations ----

-- Scores of five images with a seed; what varies adds to them.
local function scored(c)
  local t = ln.tensor{ 0.5, 0.62, 0.7, 0.55, 0.64 } + (c.skip and 0.1 or 0) + c.width / 100
  return t + 0.02 * ln.rand{ 5, seed = c.seed + c.width + (c.skip and 100 or 0) }
end

local function ablation_in(folder, o)
  o.dir, o.name, o.progress = folder, "a", "none"
  o.base, o.seeds = o.base or { skip = true, width = 8, name = "U" }, o.seeds or ln.seeds(3)
  o.vary = o.vary or { { name = "no skip", skip = false }, { name = "thin", width = 4 } }
  return ln.ablation(o)
end

with_folder("an ablation compares on the same images and seeds", function(folder)
  local ablation = ablation_in(folder, { run = function(c, log)
    log:scores("mae", 1 - scored(c))
    return { ssim = scored(c), seed = c.seed, text = "x" }
  end })
  local function matrix(skip, width)
    local columns = {}
    for seed = 1, 3 do columns[seed] = scored{ skip = skip, width = width, seed = seed } end
    return ln.stack(columns, 2)
  end
  local want = ln.compare{ { "U", matrix(true, 8) }, { "no skip", matrix(false, 8) }, { "thin", matrix(true, 4) },
    baseline = "U" }
  local got = ablation:compare{ value = "ssim" }
  assert(#ablation == 3 and ablation.names[1] == "U" and got.baseline == "U" and #ablation:results() == 9)
  for _, name in ipairs{ "no skip", "thin" } do
    for _, field in ipairs{ "difference", "low", "high", "p_wilcoxon", "p_sign" } do
      support.close(got[name][field], want[name][field], 1e-6)
    end
  end
  assert(ablation:compare{ value = "mae", best = "min" }["no skip"].difference > 0)
  has(ablation:table{ value = "ssim", interval = "t" }:text(), "5 images, each the mean of up to 3 seeds",
    "Student's t")
  has(tostring(ablation), "ssim", "3 seeds; differences from 'U', seed by seed")
  local point = ablation:results()[4].point
  local run = require("lunet.run_file").read(ablation:results()[4].run)
  support.close(run.result.ssim, scored{ skip = false, width = 8, seed = 1 }:mean(), 1e-6)
  assert(#ln.load_tensors(run.dir .. "/scores/ssim.npy") == 5)
  assert(point.variation == "no skip" and point.seed == 1 and point.width == 8 and point.skip == false)
  expect_error(function() ablation:table() end, "option 'value' is required: which result? There are seed, ssim")
  expect_error(function() ablation:table{ value = "psnr" } end, "ablation:compare: no result 'psnr'")
  expect_error(function() ablation:table{ value = "text" } end, "the result of 'U' with seed 1 is no number")
  expect_error(function() return ablation.tabel end, "ablation: no method or field 'tabel'; did you mean 'table'?")
end)

with_folder("an ablation leaves out what failed, and says so", function(folder)
  local function run(c)
    if c.width == 4 or c.seed == 2 and not c.skip then error("no luck") end
    return { ssim = scored(c):mean(), one = c.seed == 1 and 1 or nil }
  end
  local ablation = ablation_in(folder, { run = run })
  local text = ablation:table{ value = "ssim" }:text():gsub("%s+", " ")
  has(text, "2 seeds; differences from 'U', seed by seed",
    "Left out, for want of a result: thin, seed 2 (none of no skip).")
  expect_error(function() ablation:table{ value = "one" } end, "'one' is one number for each seed, and there is one")
  has(tostring(ablation_in(folder .. "/b", { run = function() error("no luck") end })), "9 points, 9 failed")
end)

with_folder("mistakes in an ablation are told", function(folder)
  local function refused(text, o)
    o.run = print
    expect_error(function() ablation_in(folder, o) end, text)
  end
  refused("ablation: variation 1 must be a table with a name", { vary = { { skip = false } } })
  refused("ablation: variation 2 must be a table with a name", { vary = { { name = "a", skip = false }, 3 } })
  refused("ablation: two variations are called 'U'", { vary = { { name = "U", skip = false } } })
  refused("ablation: variation 'a': the base has no option 'skp'; did you mean 'skip'?",
    { vary = { { name = "a", skp = false } } })
  refused("ablation: variation 'a' changes nothing", { vary = { { name = "a", skip = true } } })
  refused("ablation: variation 'a': 'seed' is set by ln.ablation", { vary = { { name = "a", seed = 3 } } })
  refused("option 'vary' must be a list of variations", { vary = {} })
  refused("option 'seeds' must be a list of whole numbers", { seeds = {} })
  refused("ablation: no option 'jbos'; did you mean 'jobs'?", { jbos = 2 })
end)

-- ---- Workers ----

local two_jobs = [[
  local ln = require "lunet"
  local kind = arg[2]
  local sweep = ln.sweep{ name = "s", dir = arg[1], jobs = 2, vary = { a = { 1, 2, 3, 4, 5 } }, run = function(c)
    print("in a worker")
    if c.a == 2 and kind == "exit" then os.exit(3) end
    if c.a == 2 and kind == "kill" then io.popen("kill -ABRT $PPID"):close() ln.time() end
    return { y = c.a, threads = ln.threads(), inner = os.execute("test -n \"$LUNET_SWEEP$LUNET_PARENT\"") }
  end }
  for _, entry in ipairs(sweep:results()) do
    local result = entry.result or {}
    print(entry.state, result.y, result.threads, entry.error, result.inner and "inherited" or "")
  end
]]

with_folder("workers run the points, share the threads, and print elsewhere", function(folder)
  local said, status = run_script(folder, two_jobs)
  assert(status == 0, said)
  local threads = math.max(1, ln.threads() // 2)
  for i = 1, 5 do has(said, ("finished\t%d\t%d\tnil"):format(i, threads), ("a = %d"):format(i)) end
  assert(not said:find("in a worker") and not said:find("inherited"), said)
  assert(#core.list_folder(folder .. "/s.sweep/workers") >= 2)
end)

with_folder("a point that ends its process has failed, and the others go on", function(folder)
  has(run_script(folder, two_jobs, "exit"), "failed\tnil\tnil\tits process ended with exit status 3", "finished\t5")
  os.execute(("rm -rf '%s/s.sweep'"):format(folder))
  has(run_script(folder, two_jobs, "kill"), "failed\tnil\tnil\tits process was ended by signal 6", "finished\t5")
end)

with_folder("a script that fails in workers, or comes to other calls, is told", function(folder)
  has(run_script(folder, [[
    local ln = require "lunet"
    if require("lunet.workers").task() then error("only here") end
    ln.sweep{ name = "s", dir = arg[1], jobs = 2, vary = { a = { 1, 2 } }, run = print }
  ]]), "sweep 's': a worker has ended: its process ended with exit status 1", "only here")
  has(run_script(folder, [[
    local ln = require "lunet"
    if require("lunet.workers").task() then return end
    ln.sweep{ name = "s", dir = arg[1], jobs = 2, vary = { a = { 1, 2 } }, run = print }
  ]]), "the script came to its end without this call of ln.sweep")
end)

with_folder("several sweeps in a script, one in another, code and pipes", function(folder)
  local said, status = run_script(folder, [[
    local ln = require "lunet"
    local function sweep(vary, run) return ln.sweep{ dir = arg[1], jobs = 2, vary = vary, run = run } end
    local first = sweep({ a = { 1, 2 } }, function(c) return { y = c.a } end)
    local second = sweep({ a = { 3, 4 } }, function(c)
      local inner = ln.sweep{ name = "inner-" .. c.a, dir = arg[1], jobs = 2, vary = { b = { 1, 2 } },
        run = function(d) return { z = d.b * first[1].result.y } end }
      return { y = inner[2].result.z * c.a }
    end)
    print(first.name, second.name, second[1].result.y, second[2].result.y)
  ]])
  assert(status == 0, said)
  has(said, "script\tscript-2\t6\t8")
  said = support.run(("-e 'ln.sweep{ dir = \"%s\", name = \"e\", jobs = 2, vary = { a = { 1, 2 } }, "
    .. "run = function(c) return { y = c.a } end }'"):format(folder))
  has(said, "one job instead of 2: code given by -e is not run by other processes", "2/2  a = 2  y 2")
  said = support.run(("- '%s' < '%s/script.lua'"):format(folder, folder))
  has(said, "sweep-2", "6\t8")
  said = run_script(folder, [[
    local ln = require "lunet"
    local function run(c) return { y = c.a or #ln.sweep{ vary = { a = { 1 } }, run = print } } end
    ln.sweep{ dir = arg[1], name = "unnamed", vary = { b = { 1 } }, run = run }
  ]])
  has(said, "option 'name' is required in a sweep's run")
end)

with_folder("two processes that start the same sweep share its points", function(folder)
  local text = [[
    local ln = require "lunet"
    local sweep = ln.sweep{ name = "s", dir = arg[1], progress = "none", vary = { a = { 1, 2, 3, 4, 5, 6, 7, 8, 9,
      10, 11, 12 } }, run = function(c)
        local file = assert(io.open(arg[1] .. "/ends", "a"))
        file:write(c.a, " ", arg[2], "\n")
        file:close()
        require("lunet.core").sleep(0.1)
        return { y = c.a }
      end }
    local sum = 0
    for _, entry in ipairs(sweep:results()) do sum = sum + entry.result.y end
    print("sum", sum)
  ]]
  support.write(folder .. "/script.lua", text)
  local program, pids, script = children.command()[1], {}, folder .. "/script.lua"
  for i = 1, 2 do pids[i] = children.start({ program, script, folder, tostring(i) }, {}, folder .. "/out" .. i) end
  for _, pid in ipairs(pids) do repeat core.sleep(0.01) until children.ended(pid) end
  local count_of, by = 0, {}
  for a, who in support.read(folder .. "/ends"):gmatch("(%d+) (%d)\n") do
    assert(not by[a], "run twice")
    by[a], by[who .. "!"], count_of = true, true, count_of + 1
  end
  assert(count_of == 12 and by["1!"] and by["2!"])
  for i = 1, 2 do has(support.read(("%s/out%d"):format(folder, i)), "sum\t78") end
end)

with_folder("Ctrl-C ends all workers; the sweep goes on later", function(folder)
  support.write(folder .. "/script.lua", [[
    local ln = require "lunet"
    local nn = ln.nn
    local set = ln.data.phantom{ 8, size = { 16, 16 } }
    ln.sweep{ name = "s", dir = arg[1], jobs = 2, vary = { seed = { 1, 2, 3 } }, run = function(c, log)
      local net = nn.sequential{ nn.conv2d{ 4 }, nn.conv2d{ 1 } }
      local history = ln.fit(net, { data = set, input = ln.noise.gaussian{}, loss = ln.loss.mse{}, epochs =
        tonumber(arg[2]), optimizer = ln.optim.sgd{}, progress = "none", seed = c.seed, checkpoint = log.checkpoint })
      return { resumed = history.resumed or 0 }
    end }
  ]])
  local program, script = children.command()[1], folder .. "/script.lua"
  local pid = children.start({ program, script, folder, "1000000" }, {}, folder .. "/out")
  core.sleep(1.5)
  local workers = core.list_folder(folder .. "/s.sweep/locks")
  assert(#workers == 2, #workers)
  children.signal(pid, "interrupt")
  local how, status
  repeat
    core.sleep(0.01)
    how, status = children.ended(pid)
  until how
  local said = support.read(folder .. "/out")
  has(said, "waiting for 2 runs to stop", "interrupted")
  assert(how == "signal" and status == 2, said)
  assert(#core.list_folder(folder .. "/s.sweep/locks") == 0)
  local at = {}
  for _, name in ipairs(core.list_folder(folder .. "/s.sweep/points")) do
    at[#at + 1] = support.read(folder .. "/s.sweep/points/" .. name)
    has(at[#at], '"state": "begun"')
  end
  assert(#at == 2)
end)

with_folder("`lunet sweep` sets jobs, name and folder, and shows the plan", function(folder)
  support.write(folder .. "/script.lua", [[
    local ln = require "lunet"
    local sweep = ln.sweep{ vary = { a = { 1, 2, 3 } }, run = function(c) return { y = c.a } end }
    print(sweep.name, sweep.folder, #sweep, arg[0], ..., arg[1])
  ]])
  local function lunet(words)
    return support.run(("sweep '%s/script.lua' --dir '%s/r' %s"):format(folder, folder, words))
  end
  local said, status = lunet("--jobs 2 --dry --name n")
  assert(status == 0, said)
  has(said, "sweep 'n' in " .. folder .. "/r/n.sweep: 3 points: a (3)",
    "0 finished, 0 failed, 3 to run, by 2 processes", "   1  a = 1  to run")
  assert(not core.file.exists(folder .. "/r"))
  said, status = lunet("--jobs 2 -- word")
  assert(status == 0, said)
  has(said, "3/3  a = ", ("script\t%s/r/script.sweep\t3\t%s/script.lua\tword\tword"):format(folder, folder))
  has(lunet("--dry"), "3 finished, 0 failed, 0 to run", "a = 2  finished: y 2")
  has(support.run("sweep"), "sweep: which script?")
  has(support.run("sweep /nowhere.lua"), "cannot open /nowhere.lua")
  support.write(folder .. "/none.lua", "local x = 1")
  has(support.run(("sweep '%s/none.lua'"):format(folder)), "has come to its end without ln.sweep")
end)

-- ---- Locks ----

with_folder("a lock is dead once its content has stayed the same for 60 s, or its process has ended", function(folder)
  core.file.make_dir(folder .. "/locks")
  local locks, point = require("lunet.point_locks")(folder), { id = "p" }
  local path = folder .. "/locks/p.lock"
  do
    local mine <close> = locks:take(point)
    assert(locks:look(point) == "held" and locks.holds(mine) and not locks:take(point))
  end
  assert(locks:look(point) == "free" and not core.file.exists(path))
  local time, ahead = core.time, 0
  core.time = function() return time() + ahead end
  support.write(path, "elsewhere/x/y 5 77 00001\n")
  assert(locks:look(point) == "held" and not locks:take(point))
  ahead = 50
  assert(not locks:take(point))
  support.write(path, "elsewhere/x/y 5 77 00002\n")
  ahead = 100
  assert(not locks:take(point))
  ahead = 159
  assert(not locks:take(point))
  ahead = 161
  local lock <close> = locks:take(point)
  assert(lock and locks.holds(lock))
  core.time = time
  os.remove(path)
  assert(not locks.holds(lock)) -- another process found it dead
  support.write(path, core.children.machine() .. " 999999999 5 00001\n")
  local other <close> = locks:take(point)
  assert(other and locks.holds(other) and not locks.holds(lock))
  assert(not core.lock.remove(path, "something else", folder .. "/guard") and core.file.exists(path))
end)

test("a lock's file changes while the process is in a call", function()
  local folder <close> = support.folder()
  local path = folder.path .. "/lock"
  local lock <close> = core.lock.take(path, "me", 0.02) -- luacheck: ignore
  local before = support.read(path)
  os.execute("sleep 0.3")
  local after = support.read(path)
  assert(before ~= after and #before == #after and after:find("^me %d+\n$"))
end)

-- ---- kill -9 ----

local killed = [[
  local ln = require "lunet"
  local nn, folder = ln.nn, arg[1]
  local set = ln.data.phantom{ 24, size = { 20, 20 }, seed = 3 }
  local sweep = ln.sweep{ name = "killed", dir = folder, jobs = 2, progress = "none",
    vary = { rate = { 0.01, 0.02, 0.03, 0.04 }, width = { 4, 8 }, seed = { 1, 2, 3, 4, 5 } },
    run = function(c, log)
      local net = nn.sequential{ nn.conv2d{ c.width, activation = "relu" }, nn.dropout{ 0.2 },
        nn.conv2d{ 1, activation = "sigmoid" } }
      local history = ln.fit(net, { data = set, input = ln.noise.gaussian{ p = 0.2 }, validation = 0.25,
        loss = ln.loss.bce{}, optimizer = ln.optim.adam{ lr = c.rate }, epochs = tonumber(arg[2]), batch = 6,
        seed = c.seed, progress = "none", checkpoint = { file = log.checkpoint, every = 0.05 } })
      local ends = assert(io.open(folder .. "/ends", "a"))
      ends:write(("%d %d %g\n"):format(c.seed, c.width, c.rate))
      ends:close()
      local last = history[#history]
      return { loss = last.loss, val_loss = last.val_loss }
    end }
  for _, entry in ipairs(sweep:results()) do
    print(entry.point.rate, entry.point.seed, entry.point.width,
      ("%a %a"):format(entry.result.loss, entry.result.val_loss))
  end
]]

-- The processes that a process has started.
local function children_of(pid)
  local pipe, list = assert(io.popen("pgrep -P " .. pid)), {}
  for line in pipe:lines() do list[#list + 1] = math.tointeger(tonumber(line)) end
  pipe:close()
  return list
end

local function wait(pid, seconds)
  local start = ln.time()
  repeat
    local how, status = children.ended(pid)
    if how then return how, status end
    core.sleep(0.005)
  until ln.time() - start > seconds
end

-- Run the sweep, kill it at random moments, or one of its workers, until it is through. How often it was killed.
local function kill_and_resume(folder, script, epochs, kills)
  local count = 0
  while true do
    local program = children.command()[1]
    os.remove(folder .. "/out")
    local pid = children.start({ program, script, folder, tostring(epochs) }, {}, folder .. "/out")
    local how, status = wait(pid, count < kills and 0.1 + 0.8 * math.random() or 600)
    if not how and count % 3 == 2 then -- a worker alone: the sweep goes on without a new call
      local workers = children_of(pid)
      if #workers > 0 then
        children.signal(workers[math.random(#workers)], "kill")
        count = count + 1
      end
      how, status = wait(pid, 0.1 + 0.4 * math.random())
    end
    if how then
      assert(how == "exit" and status == 0, support.read(folder .. "/out"))
      return count
    end
    children.signal(pid, "kill")
    count = count + 1
    assert(wait(pid, 10))
  end
end

with_folder("a sweep that is killed at any moment ends as one that is not", function(folder)
  local kills = tonumber(os.getenv("LUNET_KILLS")) or 5
  local epochs = 30 + 8 * kills
  local script = folder .. "/killed.lua"
  support.write(script, killed)
  for _, name in ipairs{ "whole", "killed" } do core.file.make_dir(folder .. "/" .. name) end
  assert(kill_and_resume(folder .. "/whole", script, epochs, 0) == 0)
  local start = ln.time()
  math.randomseed(os.time())
  local count = kill_and_resume(folder .. "/killed", script, epochs, kills)
  local whole, again = support.read(folder .. "/whole/out"), support.read(folder .. "/killed/out")
  assert(select(2, whole:gsub("\n", "\n")) == 40 and whole:find(again:match("[^\n]*\n"), 1, true), again)
  assert(again == whole, again)
  local ends, twice = {}, 0
  for line in support.read(folder .. "/killed/ends"):gmatch("[^\n]+") do
    if ends[line] then twice = twice + 1 end
    ends[line] = true
  end
  local states = {}
  for _, name in ipairs(core.list_folder(folder .. "/killed")) do
    if name:find("^%d+%-[%d.]+%-killed%-%x+$") then
      local run = require("lunet.run_file").read(folder .. "/killed/" .. name)
      states[run.status] = (states[run.status] or 0) + 1
      if run.problem then print(run.problem) end
    end
  end
  if kills > 5 then
    print(("%d kills in %.0f s: %d results, equal bit for bit; %d runs ended twice; records: %d finished, %d "
      .. "unfinished, %d damaged"):format(count, ln.time() - start, 40, twice, states.finished or 0,
      states.unfinished or 0, states.damaged or 0))
  end
  assert(states.finished == 40 and not states.damaged, ("%s records finished, %s damaged, %s failed, %s interrupted")
    :format(states.finished, states.damaged, states.failed, states.interrupted))
  assert(twice == 0, "a run ended twice")
  assert(#core.list_folder(folder .. "/killed/killed.sweep/locks") <= 1) -- "removing" stays
end)

support.done()
