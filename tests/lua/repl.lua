-- The prompt: through a pipe, and on a terminal made by script(1), typing and waiting for what appears.
local support = dofile "tests/lua/support.lua"
local test = support.test

local folder <close> = support.folder()

-- What `lunet -i` prints to stdout and stderr for these lines.
local function piped(lines)
  support.write(folder.path .. "/input", lines)
  return (support.run("-i < " .. folder.path .. "/input"))
end

local function expect(text, part)
  if not text:find(part, 1, true) then error(("expected %q in:\n%s"):format(part, text), 2) end
end

test("values are printed, statements are not", function()
  local said = piped("x = 40\nx + 2\n'a', nil\nlocal y = 3\n")
  assert(said == "42\na\tnil\n", said) -- without banner and prompts
end)

test("chunks over several lines", function()
  expect(piped("for i = 1, 2 do\nio.write('<', i, '>')\nend\n"), "<1><2>")
  expect(piped("1 +\n2\n"), "3\n")
  expect(piped("f = function(\n"), "near <eof>\n") -- ends in the middle
end)

test("errors leave the prompt alive", function()
  local said = piped("error('boo')\nx = = 1\nlocal function f() error('deep') end f()\n"
    .. "ln.nn.conv2d{ 8, kernal = 3 }\nerror()\nprint(6 * 7)\n")
  expect(said, "boo\n")
  expect(said, "unexpected symbol near '='\n")
  expect(said, "\ndeep\n")
  expect(said, "conv2d: no option 'kernal'; did you mean 'kernel'?")
  expect(said, "42\n")
end)

test("plain tables are shown by their contents", function()
  local said = piped("ln.ones{ 3, 4 }.shape\n{ 1, 'a', { 2 }, ln.ones(2) }\n{ x = 1 }\n{}\n"
    .. "setmetatable({}, { __tostring = function() return 'mine' end })\n")
  expect(said, "{ 3, 4 }\n")
  expect(said, '{ 1, "a", { 2 }, a tensor of shape 2 }\n')
  expect(said, "{ x = 1 }\n")
  expect(said, "{}\n")
  expect(said, "mine\n")
  local long = piped("package.loaded\n(function() local t = {} for i = 1, 999 do t[i] = i end return t end)()\n")
  for line in long:gmatch("[^\n]+") do assert(#line <= 80, line) end
end)

test("lists of tables and texts of several lines are shown below each other", function()
  local said = piped("{ { 1, 2 }, { x1 = { 3 } } }\n{ {} }\n1, 'a\\nb', 2\n{ {}, {}, nil, {}, [100] = {} }\n"
    .. "{ { ('x'):rep(50), ('y'):rep(13), 5 }, {} }\n")
  expect(said, "{ { 1, 2 }, { x1 = { 3 } } }\n")
  expect(said, "{ {} }\n")
  expect(said, "1\na\nb\n2\n")
  expect(said, "{ {}, {}, nil, {}, [100] = {} }\n")
  for line in said:gmatch("[^\n]+") do assert(#line <= 80, line) end
end)

test("local variables stay", function()
  local said = piped("local x, t = 5, { 6 }\nx + t[1]\nlocal function f() local inner = 1 return inner end\n"
    .. "f(), inner\n"
    .. "local kept = 7 error('boo')\nkept\nfor i = 1, 3 do local z = i if i == 2 then error('in') end end\ni, z\n")
  expect(said, "11\n")
  expect(said, "1\tnil\n")
  expect(said, "boo\n")
  expect(said, "7\n")
  expect(said, "2\t2\n")
  said = piped("local table, error = {}, 0.5\ntable.concat{ 'still', ' there' }\nlocal a = 1 -- the last\na\n"
    .. "local q = 8 local function f() return 1 + f() end f()\nq\n")
  expect(said, "still there\n")
  expect(said, "1\n")
  expect(said, "\nstack overflow")
  expect(said, "8\n")
end)

test("who, why and hist are commands as long as nothing is called so", function()
  local said = piped("x = ln.zeros(3)\nwho\nwhy\nx:reshape(7)\nwhy\nhist\nlocal who = 'me'\nwho\n")
  expect(said, "x     tensor of shape 3 ")
  expect(said, "there was no error\n")
  expect(said, "\n    > x:reshape(7)\n")
  local why = piped("function f(set) local module = ln error('deep') end f(ln.data.phantom{ 2, size = 8 })\nwhy\n")
  expect(why, "\n      set = a dataset of 2 images\n      module = the module lunet\n")
  expect(said, "\n   5   why\n")
  expect(said, "\nme\n")
end)

test("help, quit and exit say how", function()
  local said = piped("help\nquit\nexit()\nhelp()\n")
  assert(select(2, said:gsub("Ctrl%-D leaves, or os.exit%(%)", "")) == 2, said)
  assert(select(2, said:gsub("%?conv2d helps on one thing", "")) == 2, said)
  expect(piped("quit = 5\nquit\n"), "5\n")
end)

test("-i leaves one with what a script made, also when it fails", function()
  local path = folder.path .. "/made.lua"
  support.write(path, "local ln = require 'lunet'\nlocal net = ln.nn.sequential{ ln.nn.relu{} }\nn = ...\n"
    .. "error('late')\n")
  support.write(folder.path .. "/input", "net, n\n")
  local said = support.run(("-i %s 42 < %s/input"):format(path, folder.path))
  expect(said, "made.lua:4: late")
  expect(said, "network of 1 layer, not built yet\n  relu_1  relu{}\n42\n")
end)

local function terminal()
  return support.terminal(("XDG_STATE_HOME='%s'"):format(folder.path))
end

if not support.has_terminals() then
  support.skip("the prompt on a terminal", "script(1) can make no terminal here")
  support.done()
end

test("editing, completion and history", function()
  do
    local t <close> = terminal()
    t:wait("Ctrl-D leaves.\n> ")
    t:type("21 * 2\n")
    t:wait("\n42\n> ")
    t:type("ln.noise.gau\t{ sd\t2 }\n")
    t:wait("\ngaussian{ 1, sd = 2 }\n")
    t:wait("\n> ")
    t:type("t = ln.zeros(3)\n")
    t:wait("> ")
    t:type("t:nonfin\t()\n")
    t:wait("\nnil\n> ")
    t:type("t:floo\t().shape\n")
    t:wait("\n{ 3 }\n> ")
    t:type('ln.nn.conv2d{ 8, padding = "va\t }\n') -- readline closes the quote
    t:wait('\nconv2d{ 8, padding = "valid" }\n')
    t:wait("\n> ")
    t:type('ln.metric.ssim{ "gond\t }\n')
    t:wait('\nssim{ "gondara2016" }\n')
    t:wait("\n> ")
    t:type("ln.image.resize(ln.ones(1, 4, 4), 2, { method = 'bi\t }).shape\n")
    t:wait("\n{ 1, 2, 2 }\n> ")
    t:type("string.for\t('%d', 7)\n")
    t:wait("\n7\n> ")
    t:type("ln.file.exists('tests/lua/supp\t) and 21\n")
    t:wait("\n21\n> ")
    t:type('ln.nn.conv2d{ 8, in\t"he_normal" }\n') -- not Lua's `in` where an option begins so
    t:wait('\nconv2d{ 8, init = "he_normal" }\n')
    t:type("ln.file.exists 'tests/lu\tsupp\t and 22\n") -- a folder, then a file in it
    t:wait("\n22\n> ")
    t:type("#'tests/lua/supp\t' + 6/math.sqr\t(4)\n") -- no path: nothing to complete, and the Tab is none of it
    t:wait("\n17.0\n> ")
    t:type("\4")
    t:wait("\n")
  end
  local lines = support.read(folder.path .. "/lunet/history")
  assert(lines:find("^21 %* 2\nln.noise.gaussian{ sd = 2 }\n"), lines)
  local t <close> = terminal()
  t:wait("> ")
  t:type(("\16"):rep(13) .. "\n") -- thirteen lines up
  t:wait("\n42\n> ")
  t:type("\4")
end)

test("Ctrl-C clears the line, ends a chunk, interrupts what runs", function()
  local t <close> = terminal()
  t:wait("Ctrl-D leaves.\n> ")
  t:type("abc")
  t:wait("abc")
  t:type("\3")
  t:wait("^C\n> ")
  t:type("for i = 1, 3 do\n")
  t:wait(">> ")
  t:type("\3")
  t:wait("^C\n> ")
  t:type("print(6 * 7)\n")
  t:wait("\n42\n> ")
  t:type("print('begun') while true do end\n")
  t:wait("\nbegun\n")
  t:type("\3")
  t:wait("interrupted\n")
  t:wait("> ")
  t:type("\4")
end)

test("Ctrl-C in the middle of a key, of a search or of an argument, any number of times", function()
  local t <close> = terminal()
  t:wait("Ctrl-D leaves.\n> ")
  t:type("x = 1\n")
  t:wait("\n> ")
  for _, keys in ipairs{ "\18\xC3", "\18x\xE2\x82", "\xF0\x9F", "\27", "\0275", "\17", "\18", "\18x", "ab\24" } do
    t:type(keys)
    os.execute("sleep 0.2") -- so that they are read
    t:type("\3")
    t:wait("^C\n")
    t:wait("> ")
  end
  for _ = 1, 10 do
    t:type("\3")
    t:wait("^C\n> ")
  end
  t:type("print(6 * 7)\n")
  t:wait("\n42\n> ")
  t:type("\4")
end)

test("what waited for keys tells no time", function()
  local t <close> = terminal()
  t:wait("Ctrl-D leaves.\n> ")
  t:type("%set timing 0\n")
  t:wait("\ntiming = 0\n> ")
  t:type("x = 1\n")
  t:wait("]\n> ") -- [0.01 ms]
  t:type("tour()\n")
  t:wait("q leaves] ")
  t:type("q\n")
  t:wait("> ")
  t:type("print(1)\n")
  t:wait("\n1\n[")
  t:type("\4")
end)

test("errors are broken between words on a terminal, and not in a pipe", function()
  local words = ("ab "):rep(30)
  expect(piped(("error '%s'\n"):format(words)), words .. "\n")
  local t <close> = terminal()
  t:wait("Ctrl-D leaves.\n> ")
  t:type("error(('ab '):rep(30))\n")
  t:wait("\n" .. ("ab "):rep(27):sub(1, -2) .. "\nab ab ab\n") -- 80 columns
  t:wait("> ")
  t:type("\4")
end)

test("Ctrl-C that nobody takes ends the program when pressed once more", function()
  local t <close> = terminal()
  t:wait("> ")
  t:type("print 'begun' string.find(('a'):rep(60), ('a*'):rep(60) .. 'b')\n") -- Lua's own, and as good as endless
  t:wait("\nbegun\n")
  t:type("\3")
  t:wait("^C")
  os.execute("sleep 0.2")
  t:type("\3")
  t:wait("Ctrl-C once more ends the program")
  t:type("\3")
  local _, _, code = t.pipe:close() -- returns when it has ended
  t.pipe = { close = function() end }
  assert(code == 130, code) -- by SIGINT
end)

test("Ctrl-C ends a running fit and keeps the network", function()
  support.write(folder.path .. "/fit.lua", [[
    local nn = ln.nn
    local x = ln.rand({ 20, 1, 16, 16 }, 1)
    net = nn.sequential{ nn.conv2d{ 4, activation = "relu" }, nn.conv2d{ 1, activation = "sigmoid" } }
    history = ln.fit(net, { input = x, target = x, loss = ln.loss.bce{}, optimizer = ln.optim.adam{}, epochs = 1000000,
      batch = 10, seed = 1 })
    print("steps back", history ~= nil)
  ]])
  local t <close> = terminal()
  t:wait("> ")
  t:type(("dofile '%s/fit.lua'\n"):format(folder.path))
  t:wait("loss")
  t:type("\3")
  t:wait("steps back\ttrue\n")
  t:wait("> ")
  t:type("net.built\n")
  t:wait("\ntrue\n> ")
  t:type("\4")
end)

support.done()
