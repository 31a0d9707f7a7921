-- ln.expect: declared numbers, the table at the end of a script, and the exit status.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error = support.test, support.expect_error

-- Run a script of these lines; returns what it printed and its exit status.
local function run(lines, options)
  local folder <close> = support.folder()
  support.write(folder.path .. "/s.lua", 'local ln = require "lunet"\n' .. lines)
  return support.run(("%s '%s/s.lua'"):format(options or "", folder.path))
end

local good = 'ln.expect{ what = "Table II, MMM, median", paper = 0.73, got = 0.74, within = 0.01 }\n'
local bad = 'ln.expect{ what = "PSNR", paper = 28, got = 27.4, within = 0.5 }\n'
local worst = 'ln.expect{ what = "nan", paper = 1, got = 0 / 0, within = 1e6 }\n'

test("numbers that hold", function()
  local said, status = run(good .. 'print("done")')
  assert(status == 0, said)
  assert(said == [[
done
declared number        paper    got  off by  within
---------------------  -----  -----  ------  ------  -----
Table II, MMM, median   0.73  0.740  +0.010    0.01  holds
1 of 1 declared numbers hold
]], said)
end)

test("one that fails makes the exit status 1", function()
  local said, status = run(good .. bad)
  assert(status == 1, said)
  assert(said:find("\nPSNR%s+28%s+27.40%s+%-0.60%s+0.5%s+FAILED\n1 of 2 declared numbers hold\n$"), said)
  said, status = run(worst)
  assert(status == 1 and said:find("nan%s+1%s+nan%s+nan%s+1000000%s+FAILED\n"), said)
end)

test("a least number may be more", function()
  local said, status = run('ln.expect{ what = "more", paper = 0.81, got = 0.9453, at_least = true }\n'
    .. 'ln.expect{ what = "near", paper = 0.81, got = 0.805, within = 0.01, at_least = true }')
  assert(status == 0 and said:find("\nmore%s+0.81%s+0.9453%s+%+0.1353%s+or more%s+holds\n"), said)
  assert(said:find("\nnear%s+0.81%s+0.8050%s+%-0.0050%s+%-0.01 or more%s+holds\n"), said)
  said, status = run('ln.expect{ what = "less", paper = 0.81, got = 0.8, at_least = true }')
  assert(status == 1 and said:find("FAILED", 1, true), said)
  said, status = run('ln.expect{ what = "nan", paper = 0.81, got = 0 / 0, at_least = true }')
  assert(status == 1 and said:find("FAILED", 1, true), said)
end)

test("every way to end tells", function()
  for ending, expected in pairs{ ["os.exit()"] = 1, ["os.exit(0, true)"] = 1, ["os.exit(true)"] = 1, ["os.exit(3)"] = 3,
    ["os.exit(false)"] = 1, ["error('stop')"] = 1, ["return"] = 1 } do
    local said, status = run(bad .. ending)
    assert(status == expected and said:find("0 of 1 declared numbers hold", 1, true), ending .. "\n" .. said)
    assert(select(2, said:gsub("FAILED", "")) == 1, said)
  end
  local said, status = run(good .. "os.exit(0)")
  assert(status == 0 and said:find("1 of 1 declared numbers hold", 1, true), said)
  said, status = run(good .. "error('stop')")
  assert(status == 1 and said:find("1 of 1.*lunet: .*stop"), said)
  said, status = run(bad, "-i </dev/null")
  assert(status == 1 and select(2, said:gsub("FAILED", "")) == 1, said)
end)

test("a script without declared numbers prints nothing", function()
  local said, status = run("local _ = ln.expect")
  assert(said == "" and status == 0)
end)

test("ln.expectations tells now, and the end not again", function()
  local said, status = run(good .. 'print(ln.expectations())\nprint("last")')
  assert(status == 0 and said:find("^declared.*true%s+declared.*\nlast\n$"), said)
  said, status = run(bad .. "ln.expectations()\n" .. good)
  assert(status == 1 and said:find("0 of 1 declared.*1 of 2 declared"), said)
end)

test("under a stock lua5.4, too", function()
  local module = io.open("build/lunet.so")
  if not module or not os.execute("command -v lua5.4 >/dev/null 2>&1") then
    return support.skip("under a stock lua5.4", "no lua5.4 or no build/lunet.so here")
  end
  module:close()
  local folder <close> = support.folder()
  for text, wanted in pairs{ [good] = 0, [bad] = 1 } do
    support.write(folder.path .. "/s.lua", 'local ln = require "lunet"\n' .. text)
    local pipe = io.popen(("LUA_CPATH='build/?.so' lua5.4 '%s/s.lua' 2>&1"):format(folder))
    local said = pipe:read("a")
    local _, _, status = pipe:close()
    assert(status == wanted and said:find("of 1 declared numbers hold", 1, true), said)
  end
end)

test("it returns whether the number holds, of tensors as well", function()
  local said = run('print(ln.expect{ what = "a", paper = 1, got = 1 }, ln.expect{ what = "b", paper = 1, got = 2 },\n'
    .. '  ln.expect{ what = "c", paper = 2, got = ln.tensor{ 2.25 }, within = 0.25 })')
  assert(said:find("^true\tfalse\ttrue\n"), said)
end)

test("what cannot be declared", function()
  expect_error(function() ln.expect{ paper = 1, got = 1 } end, "expect: option 'what' is required")
  expect_error(function() ln.expect{ what = "x", paper = 1 } end, "expect: option 'got' is required")
  expect_error(function() ln.expect{ what = "x", paper = 0 / 0, got = 1 } end, "expect: option 'paper' must be")
  expect_error(function() ln.expect{ what = "x", paper = 1, got = "1" } end, "option 'got' must be a number or a")
  expect_error(function() ln.expect{ what = "x", paper = math.huge, got = 1 } end, "option 'paper' must be a finite")
  expect_error(function() ln.expect{ what = "x", paper = 1, got = ln.zeros{ 2 } } end, "expect: option 'got': ")
  expect_error(function() ln.expect{ what = "x", paper = 1, got = 1, within = -1 } end, "option 'within' must be")
  expect_error(function() ln.expect{ what = "x", paper = 1, got = 1, withing = 1 } end, "did you mean 'within'?")
end)

support.done()
