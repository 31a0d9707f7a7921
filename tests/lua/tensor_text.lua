-- Tensors as text: tostring, and t:print. Standard output is no terminal here, so the width is 80.
local support = dofile "tests/lua/support.lua"
local ln = require "lunet"
local test, expect_error = support.test, support.expect_error

local function is(t, expected)
  if tostring(t) ~= expected then error(("expected\n%s\ngot\n%s"):format(expected, tostring(t)), 2) end
end

-- The lines of a text, none of them longer than the width.
local function lines_of(text, width)
  local lines = {}
  for line in (text:gsub("\n?$", "\n")):gmatch("(.-)\n") do
    lines[#lines + 1] = line
    if #line > width then error(("a line of %d columns: %s"):format(#line, line), 2) end
  end
  return lines
end

-- What a script prints.
local function printed(code)
  local folder <close> = support.folder()
  support.write(folder.path .. "/print.lua", 'local ln = require "lunet";\n' .. code)
  return (support.run(("'%s/print.lua'"):format(folder.path)))
end

test("numbers of a plane have one format", function()
  is(ln.tensor{ { 1, 2 }, { -3, 40 } }, "   1   2\n  -3  40\ntensor 2x2: min -3, mean 10, max 40")
  is(ln.tensor{ { 1, 2 }, { 3, 4.5 } }, "  1.0  2.0\n  3.0  4.5\ntensor 2x2: min 1, mean 2.625, max 4.5")
  is(ln.tensor(0.25, 1 / 3, -2), "   0.2500   0.3333  -2.0000\ntensor 3: min -2, mean -0.4722, max 0.3333")
  is(ln.tensor(0.001, 0.0025), "  0.0010  0.0025\ntensor 2: min 0.001, mean 0.00175, max 0.0025")
  is(ln.tensor(65504, 0.5), "  65504.0      0.5\ntensor 2: min 0.5, mean 3.275e+04, max 6.55e+04")
  is(ln.tensor(1e-6, 1.5), "  1e-06    1.5\ntensor 2: min 1e-06, mean 0.75, max 1.5")
  is(ln.tensor(1e30, -1e30), "   1e+30  -1e+30\ntensor 2: min -1e+30, mean 0, max 1e+30")
  is(ln.tensor(16777216, 3), "  1.678e+07          3\ntensor 2: min 3, mean 8.389e+06, max 1.678e+07")
  is(ln.tensor(-0.0, 1), "  0  1\ntensor 2: min 0, mean 0.5, max 1")
  is(ln.tensor(0 / 0, 1, -math.huge), "   nan     1  -inf\ntensor 3: min 1, mean 1, max 1, 1 NaN, 1 infinite")
  is(ln.tensor(0 / 0, 0.5), "  nan  0.5\ntensor 2: min 0.5, mean 0.5, max 0.5, 1 NaN")
  is(ln.tensor(3.25), "  3.25\ntensor, a single number: min 3.25, mean 3.25, max 3.25")
  is(ln.zeros{ 0, 3 }, "tensor 0x3")
  is(ln.tensor{ { { 1 } }, { { 0.5 } } }, "[{ 1 }]\n  1\n[{ 2 }]\n  0.5\ntensor 2x1x1: min 0.5, mean 0.75, max 1")
end)

test("masks say how many are set", function()
  local x = ln.tensor{ { 1, 2, 3 }, { 4, 5, 6 } }
  is(x:gt(2), "  0  0  1\n  1  1  1\ntensor 2x3, a mask: 4 of 6 set")
  is(x:gt(2):transpose(1, 2)[1], "  0  1\ntensor 2, a mask: 1 of 2 set")
  is(ln.zeros{ 0 }:gt(2), "tensor 0, a mask: 0 of 0 set")
end)

test("text stays within 80 columns and a screen", function()
  local big = ln.randn({ 300, 1, 64, 64 }, 1)
  big[{ 7, 1, 1, 1 }] = 0 / 0
  for _, t in ipairs{ big, big * 1e-20, big * 1e20, big:gt(0), ln.arange(1e6), ln.randn({ 1000 }, 1),
      ln.zeros{ 4, 1e5 }, ln.randn({ 3, 30, 30 }, 1) } do
    assert(#lines_of(tostring(t), 80) <= 26, tostring(t))
  end
  local text = tostring(big)
  assert(#lines_of(text, 80) == 10 and text:find("^%[{ 1, 1 }%]\n"), text)
  assert(text:find("tensor 300x1x64x64: min", 1, true) and text:find("1 NaN", 1, true), text)
  assert(text:find("... and 299 planes more", 1, true), text)
  assert(lines_of(tostring(ln.zeros{ 9, 27 }), 80)[4] == "  ...")
  assert(lines_of(tostring(ln.zeros{ 1, 26 }), 80)[1] == ("  0"):rep(26))
  assert(lines_of(tostring(ln.zeros{ 1, 27 }), 80)[1] == ("  0"):rep(13) .. "  ..." .. ("  0"):rep(12))
end)

-- Of a vector's lines the last may be short: what is shown is what was measured, wherever it lies.
test("the longest number may be anywhere", function()
  for n = 200, 280 do
    for _, place in ipairs{ 1, n // 2, n - 60, n - 53, n - 52, n - 21, n } do
      local t = ln.ones(n)
      t[place] = 1234567
      lines_of(tostring(t), 80)
    end
  end
end)

test("t:print prints what the prompt shows", function()
  local t = ln.randn({ 2, 3, 30, 30 }, 1)
  assert(printed("ln.randn({ 2, 3, 30, 30 }, 1):print()") == tostring(t) .. "\n")
  assert(printed("io.write('a ') ln.tensor(1, 2):print{} io.write('b')")
    == "a   1  2\ntensor 2: min 1, mean 1.5, max 2\nb")
end)

test("t:print{ all = true } prints every number", function()
  local lines = lines_of(printed("ln.arange(1000):reshape{ 5, 2, 100 }:print{ all = true }"), 80)
  local numbers, places = {}, 0
  for i = 1, #lines - 1 do
    if lines[i]:find("^%[") then
      places = places + 1
      assert(lines[i] == ("[{ %d }]"):format(places))
    else
      for word in lines[i]:gmatch("%S+") do numbers[#numbers + 1] = tonumber(word) end
    end
  end
  assert(places == 5 and #numbers == 1000 and lines[#lines]:find("^tensor 5x2x100: min 1, "))
  for i, x in ipairs(numbers) do assert(x == i) end
  assert(lines[2]:sub(1, 10) == "    1    2" and lines[3]:sub(1, 9) == "     16  ", lines[3]) -- goes on, indented
  lines = lines_of(printed("ln.arange(100):print{ all = true }"), 80)
  assert(#lines == 8 and lines[2]:find("^ +17 "))
end)

test("t:print{ digits = }", function()
  assert(printed("(ln.tensor(1, 2) / 3):print{ digits = 7 }")
    == "  0.3333333  0.6666667\ntensor 2: min 0.3333333, mean 0.5, max 0.6666667\n")
  assert(printed("(ln.tensor(1, 2) / 3):print{ digits = 1, all = false }")
    == "  0.3  0.7\ntensor 2: min 0.3, mean 0.5, max 0.7\n")
  assert(printed("ln.arange(2):print{ digits = 9 }") == "  1  2\ntensor 2: min 1, mean 1.5, max 2\n")
end)

test("mistakes", function()
  local t = ln.ones(2)
  expect_error(function() t:print{ digits = 0 } end, "print: option 'digits' must be from 1 to 9, got 0")
  expect_error(function() t:print{ digits = 10 } end, "print: option 'digits' must be from 1 to 9, got 10")
  expect_error(function() t:print{ digits = "4" } end, "print: option 'digits' must be an integer, got '4'")
  expect_error(function() t:print{ all = 1 } end, "print: option 'all' must be true or false, got 1")
  expect_error(function() t:print{ digit = 3 } end, "print: no option 'digit'; did you mean 'digits'?")
  expect_error(function() t:print{ "all" } end, "print: options have names, got the key 1")
  expect_error(function() t:print(true) end, "expected a table of options, got true")
  assert(printed("local t = ln.ones(2) t:free() t:print()"):find("the tensor was freed", 1, true))
end)

test("a full disk is told", function()
  if not io.open("/dev/full", "w") then return support.skip("a full disk is told", "no /dev/full") end
  local folder <close> = support.folder()
  support.write(folder.path .. "/print.lua", 'require("lunet").ones(1000):print{ all = true }')
  local said, status = support.run(("'%s/print.lua' 2>'%s/said' >/dev/full; cat '%s/said'; false"):format(folder.path,
    folder.path, folder.path))
  assert(status == 1 and said:find("print: cannot write: No space left on device", 1, true), said)
end)

if os.execute("script -qec true /dev/null </dev/null >/dev/null 2>&1") then
  test("the text is as wide as the terminal", function()
    local folder <close> = support.folder()
    local first = 0
    while arg[first - 1] do first = first - 1 end
    support.write(folder.path .. "/print.lua", 'print(require("lunet").arange(60):reshape{ 1, 60 })')
    for _, width in ipairs{ 20, 60, 120, 300 } do
      local command = ("script -qec \"stty cols %d; '%s' '%s/print.lua'\" /dev/null </dev/null"):format(width,
        arg[first], folder.path)
      local pipe = assert(io.popen(command))
      local line = pipe:read("a"):match("^%s-([^\r\n]+)\r?\n")
      pipe:close()
      assert(#line <= width and #line > width - 5 or line:find("60$") and width == 300, line)
    end
  end)
else
  support.skip("the text is as wide as the terminal", "no script command")
end

support.done()
