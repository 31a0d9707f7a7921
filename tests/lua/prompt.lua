-- The prompt's own forms: ?name, %command, !command, _ and _1 to _9, semicolons, errors, the start-up file; all through
-- `lunet -i`, which reads lines from a pipe as it does at the prompt.
local support = dofile "tests/lua/support.lua"
local test = support.test

local folder <close> = support.folder()

local program = support.program() -- as a path that is good in that folder
if program:find("/", 1, true) and program:sub(1, 1) ~= "/" then program = os.getenv("PWD") .. "/" .. program end

-- What `lunet -i` prints for these lines, stderr in between, and its exit status. options: shell text before it and
-- behind it.
local function piped(lines, before, behind)
  support.write(folder.path .. "/input", lines)
  local command = ("cd '%s' && %s XDG_CONFIG_HOME=${CONFIG:-/nonexistent} '%s' -i 2>&1 %s < '%s/input'"):format(
    folder.path, before or "", program, behind or "", folder.path)
  local pipe = assert(io.popen(command))
  local said = pipe:read("a")
  local _, _, status = pipe:close()
  return said, status
end

local function path(name)
  return folder.path .. "/" .. name
end

local function expect(text, part)
  if not text:find(part, 1, true) then error(("expected %q in:\n%s"):format(part, text), 2) end
end

local function refuse(text, part)
  if text:find(part, 1, true) then error(("expected no %q in:\n%s"):format(part, text), 2) end
end

local function expect_all(said, expected)
  if said ~= expected then error(("expected:\n%s\ncame:\n%s"):format(expected, said), 2) end
end

test("the last values", function()
  expect_all(piped("_\n2 * 21\n_ + 1\n_, _1, _2, _3\nnil\n_\n'a', 'b'\n_\n"),
    "nil\n42\n43\n43\t43\t42\tnil\nnil\n43\na\tb\na\n")
  local lines = {}
  for i = 1, 12 do lines[i] = i .. "\n" end
  expect(piped(table.concat(lines) .. "_1, _9, _10\n"), "\n12\t4\tnil\n")
  expect_all(piped("5;\n_\nerror('x')\n_\n"), "5\nx\n5\n") -- silent ones count, failures do not
  expect_all(piped("_, x = 7, 8\n_\n"), "7\n")
end)

test("a semicolon silences, also before a comment, and not within a string", function()
  expect_all(piped("1;\n2; -- why\n'a;'\n3 -- b;\nx = 4;\nx;\nprint('p');\n[[\n;]]\n"), "a;\n3\np\n;\n")
end)

test("forms of help", function()
  local said = piped("?conv2d\nln.fit?\n  ?  ln.noise.gaussian\n")
  expect(said, "ln.nn.conv2d\nTwo-dimensional convolution")
  expect(said, "ln.fit(net: network")
  expect(said, "ln.noise.gaussian\n")
  expect(piped("??luma\n"), "'luma' is mentioned under\n")
  expect(piped("ln.anscombe??\n"), "function")
  expect(piped("?\n"), "ln.help(")
  expect(piped("?qqqqqq\n"), "There is nothing called 'qqqqqq'")
end)

test("commands are listed, and misspelt ones told", function()
  local said, status = piped("%\n%help who\n%tim 1\n%qqqqqqqq\n%whos\n")
  for _, name in ipairs{ "time", "bench", "run", "edit", "reload", "who", "save", "log", "hist", "why", "set" } do
    expect(said, "\n  %" .. name .. " ")
  end
  for line in said:gmatch("[^\n]+") do assert(#line < 80, line) end
  expect(said, "no command '%tim'; did you mean '%time'?\n")
  expect(said, "no command '%qqqqqqqq'; % lists them\n")
  expect(said, "no command '%whos'; did you mean '%who'?\n")
  assert(status == 1, status)
  expect_all(piped("?%why\n%why?\n"),
    ("  %why  the last error: the calls that led there, with their variables\n"):rep(2))
  expect(piped("who\nhist\nwhy\n"), "hold nothing in all\n   1   who\nthere was no error\n")
  expect_all(piped("why = 5\nwhy\nlog\n"), "5\nnil\n")
end)

test("%time gives values and tells the time", function()
  local said = piped("%time 6 * 7\n_ + 1\n%time for i = 1, 2 do\nx = i\nend\nx\n%time local y = 5\ny\n%time 9;\n")
  assert(said:find("^42\n%[[%d.]+ %a+, [%d.]+ %a+ of processor time%]\n43\n%[.-%]\n2\n%[.-%]\n5\n%[.-%]\n$"), said)
  expect_all(piped("%time x = = 1\n%time\n%time error('boo')\n"),
    "unexpected symbol near '='\n%time needs Lua behind it\nboo\n")
end)

test("%bench repeats", function()
  local said = piped("n = 0\n%bench n = n + 1\nn > 5\n%bench error('boo')\n")
  assert(said:find("^median [%d.]+ %a+, middle half [%d.]+ %a+ to [%d.]+ %a+, least [%d.]+ %a+ %(%d+ x %d+ calls%)\n"
    .. "true\n"
    .. "boo\n$"), said)
end)

test("%run runs a script; its local variables stay", function()
  support.write(path("made.lua"), "#!/usr/bin/env lunet\nlocal a, b = ...\nlocal n = #arg\nkept = arg[0]\nreturn 5\n")
  expect_all(piped("%run made.lua x 'y z'\na, b, n, kept\n"), "nil\tnil\tnil\tmade.lua\n") -- it ends in a return
  support.write(path("made.lua"), "#!/usr/bin/env lunet\nlocal a, b = ...\nlocal n = #arg\n")
  expect_all(piped("%run made.lua x 'y z'\na, b, n\n%run made\na\n"), "x\ty z\t2\nnil\n")
  support.write(path("bad.lua"), "local before = 3\nerror('late')\n")
  expect_all(piped("%run bad.lua\nbefore\n%run no.lua\n%run\n%run 'a\n"),
    "bad.lua:2: late\n3\nthere is no file 'no.lua'\n%run needs a file\nthe quote ' is not closed\n")
  support.write(path("wrong.lua"), "x = = 1\n")
  expect_all(piped("%run wrong.lua\n"), "wrong.lua:1: unexpected symbol near '='\n")
end)

test("%edit changes and runs", function()
  local editor = "VISUAL= EDITOR=\"sed -i s/21/30/\""
  expect_all(piped("2 * 21\n%edit\n_ + 1\n%edit 1\n", editor), "42\n2 * 30\n60\n61\n2 * 30\n60\n")
  expect_all(piped("function f()\nreturn 21\nend\n%edit f\nf()\n", editor), "function f()\nreturn 30\nend\n30\n")
  support.write(path("edited.lua"), "print(21)\n")
  expect_all(piped("%edit edited.lua\n", editor), "30\n")
  expect_all(piped("%edit 9\n%edit nothing\n%edit print\n", editor), "there is no chunk 9; %hist lists them\n"
    .. "%edit takes the number of a chunk (%hist), a file (with / or .lua), or a function of yours; there is no "
    .. "function 'nothing'\n'print' was not made at the prompt or in a file\n")
  expect(piped("1\n%edit\n", "VISUAL=false"), "false: exit status 1\n")
  expect(piped("1\n%edit\n", "VISUAL= EDITOR="), "%edit needs $VISUAL or $EDITOR where nobody types\n")
  expect(piped(("("):rep(500) .. "\n%edit 1\n", "VISUAL='sed -i s/1/2/'"), "overflow") -- from inside a form
  expect_all(piped("x = 1\n%edit\n", "VISUAL='sed -i d'"), "") -- nothing comes back
  expect(piped("x = 1\n%edit\n", "VISUAL='sed -i s/1/=/'"), "unexpected symbol near '='\n")
end)

test("%reload reads a module again; tables stay the same ones", function()
  support.write(path("mine.lua"), "return { f = function() return 1 end, inner = { x = 1 } }\n")
  support.write(path("change.sh"), "sleep 1.1; sed -i s/1/2/g mine.lua")
  local said = piped("m = require 'mine'\nf, inner, t = m.f, m.inner, ln.ones(2)\nm.extra = 5\n%reload\n!sh change.sh\n"
    .. "%reload\nm.f(), f(), inner.x, m.extra, m == require 'mine', t:sum()\n%reload\n!sed -i s/2/3/g mine.lua\n"
    .. "%reload mine\nm.f()\n%reload nothing\n")
  expect_all(said, "no loaded module has changed\nread again: mine\n2\t1\t2\t5\ttrue\t2.0\n"
    .. "no loaded module has changed\n"
    .. "read again: mine\n3\nreload: no module 'nothing' was loaded\n")
  support.write(path("mine.lua"), "return function() return 1 end\n")
  expect_all(piped("f = require 'mine'\n!sed -i s/1/2/ mine.lua\n%reload mine.lua\nf()\n!echo = > mine.lua\n"
    .. "%reload mine\n"
    .. "f()\n"), "read again: mine\n2\n./mine.lua:1: unexpected symbol near '='\n2\n")
  os.execute(("mkdir '%s'"):format(path("models")))
  support.write(path("models/tiny.lua"),
    "return function(ln, o) return ln.nn.sequential{ ln.nn.conv2d{ 1 } } end\n")
  expect_all(piped("#ln.models.tiny{}:summary{ 1, 8, 8 }.layers\n"
    .. "!sed -i 's/ln.nn.conv2d/ln.nn.relu{}, &/' models/tiny.lua\n%reload models.tiny\n"
    .. "#ln.models.tiny{}:summary{ 1, 8, 8 }.layers\n"), "1\nread again: models.tiny\n2\n")
end)

test("%who lists what the user made", function()
  local said = piped("%who\nimages = ln.ones(2, 3)\nname = 'x'\nfunction f() end\nlocal t = { images, images }\n%who\n")
  expect(said, "0 names;")
  expect(said, "4 names;")
  assert(said:find("\nimages +tensor of shape 2x3 +24 B\n"), said)
  assert(said:find("\nf +function f\n"), said)
  assert(said:find("\nt +{ a tensor.- +24 B\n"), said)
  for line in said:gmatch("[^\n]+") do assert(#line <= 80, line) end
  expect(piped("x = ln.ones(1000, 1000)\nx;\nln.ones(500, 1000);\nln.ones(2);\n%who\n"),
    "_1 to _9, the last values, hold 2.0 MB more; _1 = nil lets one go\n1 name; ")
  local rest = piped("ln.ones(500, 1000);\n_, _1 = nil\n%who\ncollectgarbage()\nln.mem().live < 1e6\n")
  refuse(rest, "the last values")
  expect(rest, "true\n")
end)

test("%hist", function()
  expect_all(piped("x = 1\nfor i = 1, 2 do\nend\nerror('a')\n%hist\n%hist 2\n%hist x =\n"),
    "a\n   1   x = 1\n   2   for i = 1, 2 do\n       end\n   3 x error('a')\n   3 x error('a')\n   4   %hist\n"
    .. "   1   x = 1\n")
end)

test("%why shows calls and variables", function()
  expect_all(piped("%why\n"), "there was no error\n")
  support.write(path("deep.lua"), "local function inner(x)\n  local half = x / 2\n  error('boo')\nend\n"
    .. "function outer(...)\n  for i = 1, 3 do inner(i) end\nend\n")
  local said = piped("%run deep.lua\nouter('a', ln.ones(2))\n%why\n")
  expect_all(said, [[
deep.lua:3: boo
deep.lua:3: boo
  deep.lua:3: in function 'inner'
    > error('boo')
      x = 1
      half = 0.5
  deep.lua:6: in function 'outer'
    > for i = 1, 3 do inner(i) end
      i = 1
      ...[1] = "a"
      ...[2] = a tensor of shape 2
  [2]:1: in the main chunk
    > outer('a', ln.ones(2))
]])
  expect(piped("function f() return g() end\nfunction g() error('x') end\nf()\n%why\n"), "[2]:1: in function 'g'\n")
  said = piped("function f(n) return 1 + f(n + 1) end\nf(1)\n%why\n")
  expect(said, "calls left out\n")
  assert(select(2, said:gsub("in function", "")) < 25, said)
  said = piped("local long = ('x'):rep(1000) error('a')\n%why\n")
  for line in said:gmatch("[^\n]+") do assert(#line <= 80, line) end
end)

test("errors are short, and say where in a chunk of several lines or elsewhere", function()
  expect_all(piped("error('a')\nfor i = 1, 2 do\nlocal x = nil + 1\nend\nlocal function f()\nerror('in f')\nend\nf()\n"
    .. "error{ 1 }\nerror(setmetatable({}, { __tostring = function() return 'mine' end }))\nerror()\nerror('b', 0)\n"
    .. "error(setmetatable({}, { __tostring = function() error('no') end }))\n"),
    "a\nline 2: attempt to perform arithmetic on a nil value\n[3]:2: in f\n(error object is a table value)\nmine\n"
    .. "(error object is a nil value)\nb\n(error object is a table value)\n")
end)

test("%save writes a script that does the same", function()
  support.write(path("part.lua"), "local part = 7\nprint('part', part)\n")
  support.write(path("arguments.lua"), "local first = ...\nprint('arguments', first, arg[1])\n")
  local session = [==[
local ln = require "lunet"
x = 40
x + 2
_ * 2
_, _2
1;
t = ln.arange(1, 4);
t:sum();
error("left out")
%time t:sum()
?conv2d
%who
local a, b = 1, 2
function f() return later end
local later = 5
f()
for _, v in ipairs{ 5, 6 } do
print(_, v)
end
y = = 1
%run part.lua
part + 1
%run arguments.lua "one two"
first
!echo from the shell
"text with _ in it", [[and _1 here]], #"_" -- comment _
return 77
local later, other
later, other
help
;(function() print("odd") end)()
]==]
  local before = piped(session .. "%save saved\n!rm saved.lua\n%save saved.lua\n")
  expect(before, "saved.lua: ")
  refuse(before, "mending")
  local script = support.read(path("saved.lua"))
  local pipe = assert(io.popen(("cd '%s' && '%s' saved.lua 2>&1"):format(folder.path, program)))
  local after = pipe:read("a")
  assert(pipe:close(), after .. script)
  local told = [[
42
84
84	42
10.0
5
1	5
2	6
part	7
8
arguments	one two	one two
one two
from the shell
text with _ in it	and _1 here	1
77
nil	nil
odd
]]
  expect_all(after, told)
  expect(script, 'local ln = require "lunet"\n')
  expect(script, "local value_3 = x + 2\n")
  for line in told:gmatch("[^\n]+") do expect(before, line) end
  refuse(script, "left out")
end)

-- Chunks made of what names mean: globals, locals, functions that see them, last values, scripts that are run.
local function random_session(seed)
  math.randomseed(seed)
  local function one(list) return list[math.random(#list)] end
  local function name() return one{ "a", "b", "c", "d" } end
  local function number()
    return one{ tostring(math.random(9)), ("(%s or 0)"):format(name()), "N(_)", ("N(_%d)"):format(math.random(4)),
      ("(%s or 0) - N(_2)"):format(name()) }
  end
  local forms = {
    function() return ("%s = %s"):format(name(), number()) end,
    function() return ("local %s = %s"):format(name(), number()) end,
    function() return one{ "local a, b = b, a", "local c", "local function a(x) return x end", "error('x')" } end,
    function() return number() .. one{ "", ";", " -- _" } end,
    function() return ("%s, %s"):format(number(), number()) end,
    function() return ("for i = 1, 2 do\nlocal %s = i\nprint(%s, type(%s))\nend"):format(name(), name(), name()) end,
    function() return ("function f(x) return N(x) + N(%s) end"):format(name()) end,
    function() return ("local function g(x) return N(x) * N(%s) end"):format(name()) end,
    function() return ("%s and f(%s)"):format("f", number()) end,
    function() return ("g and g(%s)"):format(number()) end,
    function() return "%time " .. number() end,
    function() return "%run " .. one{ "plain.lua", "takes.lua 3", "returns.lua" } end,
    function() return "return " .. number() end,
  }
  local lines = { "function N(x) return math.tointeger(tonumber(x)) or 0 end" }
  for i = 1, 25 do lines[i + 1] = one(forms)() end
  return table.concat(lines, "\n") .. "\n"
end

test("%save: random sessions", function()
  support.write(path("plain.lua"), "local c = 8\nprint('plain', c, type(d))\nd = c\n")
  support.write(path("takes.lua"), "local a, q = ...\nlocal h = N(b) + a\nprint('takes', h, q)\nb = h\n")
  support.write(path("returns.lua"), "local a = 4\nb = N(a) + 1\nreturn b\n")
  for seed = 1, 15 do
    local lines = random_session(seed)
    local before = piped(lines .. "%save -f random\n", nil, "2>/dev/null"):gsub("%[[^\n]*time%]\n", "")
    local after = support.run(("'%s'"):format(path("random.lua")))
    if not before:find(after, 1, true) or #after < 10 then
      error(("seed %d\n%s\n%s\ncame:\n%s"):format(seed, lines, before, after))
    end
  end
end)

test("%save keeps files, and sessions that began with a script", function()
  support.write(path("begun.lua"), "local n = ...\nlocal s = n .. '!'\n")
  local said = piped("s .. '?'\n%save again\n%save again\n%save -f again.lua\n%save a b\n%save\n%save no/where\n", nil,
    "begun.lua hey")
  expect(said, "hey!?\n")
  expect(said, "again.lua: 2 parts\nagain.lua exists; %save -f again.lua replaces it\nagain.lua: 2 parts\n"
    .. "%save takes one file\n%save takes one file\n")
  expect(said, "no/where.lua")
  assert(support.run(("'%s'"):format(path("again.lua"))) == "hey!?\n")
  support.write(path("other.lua"), "other = arg[1]\n")
  piped("%run other.lua 5\n!rm -f begun.lua\ns\n%save later\n", nil, "begun.lua hey")
  assert(support.run(("'%s'"):format(path("later.lua"))) == "hey!\n")
  support.write(path("fails.lua"), "local kept = 3\nerror('late')\n")
  piped("kept = kept or 4\nkept\n%save after\n", nil, "fails.lua")
  assert(support.run(("'%s'"):format(path("after.lua"))) == "4\n")
  piped("local x = ln.ones(4, 4)\nshow(x)\n%save shown\n")
  expect(support.read(path("shown.lua")), "local ln = require \"lunet\"\nlocal show = ln.show\n\nlocal x =")
end)

test("%log writes what happens as it happens", function()
  local said = piped("x = 1\n%log\n%log here.lua\nx + 1\nln.ones(2)\n?relu\nerror('bad')\nfor i = 1, 2 do\nend\n"
    .. "!cat here.lua\n"
    .. "%log off\nx + 5\n%log no/where.lua\n")
  expect(said, "log: nothing is written; %log FILE begins\nlog: what happens is written to here.lua\n")
  expect(said, "\nx = 1\n-- %log\n-- %log here.lua\nx + 1\n-- = 2\nln.ones(2)\n-- = a tensor of shape 2\n-- ?relu\n"
    .. "error('bad')\n-- error: bad\nfor i = 1, 2 do\nend\n")
  refuse(support.read(path("here.lua")), "x + 5")
  expect(said, "log: no/where.lua")
end)

test("!command", function()
  local said = piped("!echo one; echo two\n!exit 3\n!cat\n6 * 7\n!\n!kill -INT $$\n'still'\n")
  expect_all(said, "one\ntwo\n[exit status 3]\n42\n!command runs a command of the shell, as in !ls\n"
    .. "[ended by signal 2]\n"
    .. "still\n")
end)

test("!!command gives what the shell prints", function()
  expect_all(piped("!!echo one; echo two\n_ .. '!'\nname = !!printf 'a b'\nname\n!!false\n!!\n_x=!!echo 3\n_x + 1\n"
    .. "%save it\n"),
    "one\ntwo\none\ntwo!\na b\nfalse: exit status 1\n!!command gives what a command of the shell prints, as in "
    .. "names = !!ls\n4\nit.lua: 6 parts\n")
  assert(support.run(("'%s'"):format(path("it.lua"))) == "one\ntwo\none\ntwo!\na b\n4\n")
end)

test("%set", function()
  local said = piped("%set\n%set timing\n%set timing 0.5\n%set timing = off\n%set timin 2\n%set timing -1\n"
    .. "%set timing x\n")
  expect(said, "  timing ")
  expect(said, "init.lua:\n  local prompt = ...\n")
  expect(said, "\ntiming = 1\ntiming = 0.5\ntiming = off\n")
  expect(said, "set: no setting 'timin'; did you mean 'timing'?\n")
  expect(said, "set: timing must be seconds, or off, got -1\nset: timing must be seconds, or off, got 'x'\n")
  expect_all(piped("x = ln.tensor{ 1.25 }\nx\n%set digits 1\nx\n%set digits 10\n"), "  1.25\n"
    .. "tensor 1: min 1.25, mean 1.25, max 1.25\ndigits = 1\n  1.2\ntensor 1: min 1, mean 1, max 1\n"
    .. "set: digits must be a whole number from 1 to 9, got 10\n")
  for line in piped("%set width 60\nln.rand{ 3, 50 }\n?relu\n"):gmatch("[^\n]+") do assert(#line <= 60, line) end
  said = piped("%set traceback on\nfunction f() error('boo') end\nf()\n%set traceback maybe\n")
  expect_all(said, "traceback = on\n[2]:1: boo\n  [2]:1: in function 'f'\n  [3]:1: in the main chunk\n"
    .. "set: traceback must be on or off, got 'maybe'\n")
  expect_all(piped("%set editing\n%set editing vi\n%set editing ed\n"),
    "editing = emacs\nediting = vi\nset: editing must be emacs or vi, got 'ed'\n")
  expect_all(piped("%set colours 16\n%set colours many\n%set pictures sixel\n%set pictures off\n%set pictures x\n"),
    "colours = 16\nset: colours must be auto, off, 16, 256 or all, got 'many'\npictures = sixel\npictures = off\n"
    .. "set: pictures must be auto, symbols, kitty, iterm2, sixel or off, got 'x'\n")
end)

test("the start-up file", function()
  local config = folder.path .. "/config"
  os.execute(("mkdir -p '%s/lunet'"):format(config))
  local before = ("CONFIG='%s'"):format(config)
  support.write(config .. "/lunet/init.lua", [[
    local prompt = ...
    prompt.set{ timing = 3 }
    prompt.command{ name = "double", usage = "%double N", doc = "twice N", run = function(rest) return 2 * rest end }
    local hidden = 1
    mine = ln.version
  ]])
  expect_all(piped("%set timing\n%double 21\n_ + 1\nhidden, mine == ln.version\n", before),
    "timing = 3\n42\n43\nnil\ttrue\n")
  expect(piped("%\n", before), "%double N")
  expect_all(piped("mine\n", before, "--no-init"), "nil\n")
  support.write(path("plain.lua"), "print(mine)\n")
  assert(support.run(path("plain.lua")) == "nil\n") -- not before scripts
  support.write(config .. "/lunet/init.lua", "local x = nil + 1\n")
  local said, status = piped("6 * 7\n", before)
  expect(said, "init.lua:1: attempt to perform arithmetic on a nil value\n"
    .. "(the start-up file; lunet --no-init leaves it out)\n"
    .. "42\n")
  assert(status == 0)
  support.write(config .. "/lunet/init.lua", "x = = 1\n")
  expect(piped("6 * 7\n", before), "init.lua:1: unexpected symbol near '='\n")
  support.write(config .. "/lunet/init.lua", "local prompt = ... prompt.set{ timin = 3 }\n")
  expect(piped("6 * 7\n", before), "no setting 'timin'; did you mean 'timing'?\n")
  support.write(config .. "/lunet/init.lua", "local prompt = ... prompt.command{ name = 'x' }\n")
  expect(piped("6 * 7\n", before), "command: 'usage' must be a string, got nil\n")
end)

test("the exit status tells whether a line failed", function()
  local function status_of(lines, behind) return select(2, piped(lines, nil, behind)) end
  assert(status_of("1\n") == 0)
  assert(status_of("error('x')\n1\n") == 1)
  assert(status_of("x = = 1\n") == 1)
  assert(status_of("for i = 1, 2 do\n") == 1)
  assert(status_of("%nothing\n") == 1)
  assert(status_of("!false\n") == 0)
  assert(status_of("os.exit(3)\n") == 3)
  support.write(path("fails.lua"), "error('x')\n")
  assert(status_of("1\n", "fails.lua") == 1)
  assert(status_of("", "-e 'error(1)'") == 1)
end)

test("a script that has changed the globals is followed by a prompt", function()
  support.write(path("strict.lua"), "require, print, type = nil\nlocal mine = 5\nsetmetatable(_G, {\n"
    .. "__index = function(_, k) error('undefined ' .. tostring(k)) end,\n"
    .. "__newindex = function(_, k) error('undeclared ' .. tostring(k)) end })\n")
  local said = piped("1 + 1\nlocal q = 3\nq, mine\nnope\nnew = 1\n%who\n", nil, "strict.lua")
  expect(said, "2\n3\t5\nstrict.lua:4: undefined nope\nstrict.lua:5: undeclared new\nmine  5\nq     3\n2 names; ")
end)

test("nothing kills the prompt", function()
  local function survives(lines, message)
    local said = piped(lines .. "\n'still here'\n")
    assert(said:find("still here\n$"), said:sub(1, 2000))
    if message then expect(said, message) end
  end
  survives("function f() return 1 + f() end f()", "stack overflow")
  survives("function g() g() end g()", "stack overflow")
  survives("local function f() return pcall(f) end f()")
  survives("local t = setmetatable({}, {}) getmetatable(t).__index = t local x = t.x", "")
  survives("setmetatable({}, { __tostring = function() error('in text') end })", "in text")
  survives("setmetatable({}, { __tostring = function() return 1 end })")
  survives("setmetatable({}, { __name = 5 })")
  survives("do local t = setmetatable({}, { __gc = function() error('in gc') end }) end collectgarbage()")
  survives("('x'):rep(1e12)", "")
  survives("ln.zeros{ 100000, 100000, 100 }", "out of memory")
  survives("x = ('y'):rep(100000) .. '" .. ("z"):rep(200000) .. "'")
  survives(("("):rep(500) .. "1" .. (")"):rep(500), "")
  survives(("("):rep(500) .. "\n%edit 1", "$VISUAL or $EDITOR")
  survives("x\0y = 1", "")
  survives("'a\0b'")
  survives("\0\0\0")
  survives("?a\0b")
  survives("%\0")
  survives("!echo a\0b")
  survives("\xff\xfe")
  survives("print = nil\n%who\n%hist")
  survives("require = nil\n1")
  survives("tostring, pcall, error, type = nil")
  survives("setmetatable(_G, { __index = function(_, k) error('no ' .. k) end, "
    .. "__newindex = function() error('no new') end })"
    .. "\nx", "no x")
  survives("debug.sethook(function() error('hook') end, 'l')", "")
  survives("error(setmetatable({}, { __index = function() error('x') end }))")
  survives("coroutine.wrap(function() error('in a coroutine') end)()", "in a coroutine")
  survives("coroutine.yield(1)", "outside a coroutine")
  survives("table.unpack({}, 1, 1e6)", "")
  survives("local t <close> = setmetatable({}, { __close = function() error('closing') end })", "closing")
  survives("goto x")
  survives("x = 5 )")
  survives("_ENV = nil")
  survives("_G = nil\n%who")
  survives("os.exit = nil")
  survives("arg = nil\n%who\n%save here_it_is")
end)

if not support.has_terminals() then
  support.skip("forms on a terminal", "script(1) can make no terminal here")
  support.done()
end

test("Ctrl-C stops what runs, any number of times, and all is kept", function()
  local t <close> = support.terminal(("XDG_STATE_HOME='%s'"):format(folder.path))
  t:wait("> ")
  t:type("n, kept = 0, ln.ones(3)\n")
  t:wait("> ")
  for _, what in ipairs{ "while true do end", "%time while true do end", "%bench while true do end",
    "while true do ln.rand{ 200, 200 }:svd() end",
    "coroutine.wrap(function() while true do end end)()",
    "setmetatable({}, { __tostring = function() while true do end end })",
    "for i = 1, math.huge do n = i end", "%run /dev/stdin", "!sleep 60" } do
    t:type(what .. "\n")
    os.execute("sleep 0.3")
    t:type("\3")
    t:wait("\n> ")
    t:type("'then ' .. 6 * 7\n")
    t:wait("\nthen 42\n> ")
  end
  t:type("n > 0, kept:sum()\n")
  t:wait("\ntrue\t3.0\n> ")
  t:type("\4")
end)

test("%set editing changes what keys do", function()
  local t <close> = support.terminal(("XDG_STATE_HOME='%s' INPUTRC=/dev/null"):format(folder.path))
  t:wait("> ")
  t:type("%set editing\n")
  t:wait("editing = emacs\n")
  t:type("%set editing vi\n")
  t:wait("editing = vi\n")
  t:type("1 + 42\27xa0\n") -- Escape, x deletes the last digit, a appends
  t:wait("\n41\n")
  t:type("%set editing emacs\n")
  t:wait("editing = emacs\n")
  t:type("\4")
end)

test("long lines tell their time, forms are in the history", function()
  local t <close> = support.terminal(("XDG_STATE_HOME='%s'"):format(folder.path))
  t:wait("> ")
  t:type("%set timing 0.2\n")
  t:wait("timing = 0.2\n> ")
  t:type("os.execute 'sleep 0.3'\n")
  local said = t:wait("\n> ")
  assert(said:find("\ntrue\texit\t0\n%[%d+ ms%]\n"), said)
  t:type("!sleep 0.3\n")
  assert(not t:wait("\n> "):find(" ms]", 1, true))
  t:type("1 + 1\n")
  t:wait("\n2\n> ")
  t:type("\16\16\16\n") -- three lines up
  t:wait(" ms]\n")
  t:type("%time 3\n")
  t:wait("processor time]\n")
  t:type("%why\n")
  t:wait("there was no error\n")
  t:type("error('x')\n")
  t:wait("\nx\n")
  t:type("\4")
  local _, _, status = t.pipe:close()
  t.pipe = { close = function() end }
  assert(status == 0, status) -- errors were seen
end)

support.done()
