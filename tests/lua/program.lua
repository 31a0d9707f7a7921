-- The program from outside: command line, errors and exit status, start-up, and the module in a stock lua5.4.
local support = dofile "tests/lua/support.lua"
local test, run, write = support.test, support.run, support.write

local folder <close> = support.folder()
local program = arg[-1]
local sanitized = os.getenv("LUNET_SANITIZED")

-- Runs, and checks the exit status and that each text is in what it printed.
local function check(arguments, expected_status, ...)
  local said, status = run(arguments)
  if status ~= expected_status then error(("%s: exit status %s: %s"):format(arguments, status, said), 2) end
  for _, text in ipairs{ ... } do
    if not said:find(text, 1, true) then error(("%s: expected %q, got %s"):format(arguments, text, said), 2) end
  end
  return said
end

local function script(name, text)
  write(folder.path .. "/" .. name, text)
  return folder.path .. "/" .. name
end

test("help and version", function()
  for line in check("--help", 0, "usage: lunet", "LUNET_THREADS", "info"):gmatch("[^\n]+") do
    assert(#line <= 100, line)
  end
  check("--version", 0, "lunet 0.", "Lua 5.4", " thread")
end)

-- As run, with variables set and commands before the program (shell text).
local function run_with(before, arguments)
  local pipe = assert(io.popen(("%s '%s' %s 2>&1"):format(before, program, arguments)))
  local said = pipe:read("a")
  local _, _, status = pipe:close()
  return said, status
end

test("how many threads, and why", function()
  local code = "-e 'print(ln.threads())'"
  local clean = "env -u LUNET_THREADS -u OMP_NUM_THREADS "
  assert(run_with(clean .. "LUNET_THREADS=3 OMP_NUM_THREADS=2", code) == "3\tLUNET_THREADS\n")
  assert(run_with(clean .. "OMP_NUM_THREADS=5,2", code) == "5\tOMP_NUM_THREADS\n")
  assert(run_with(clean .. "OMP_NUM_THREADS=1", "--version"):find("1 thread (OMP_NUM_THREADS)", 1, true))
  assert(run_with(clean, "-e 'print(select(2, ln.threads(4)))'") == "set\n")
  local n, why = run_with(clean, code):match("^(%d+)\t([%w ]+)\n$")
  assert(tonumber(n) >= 1 and (why == "processors" or why == "affinity" or why == "CPU quota"))
  if tonumber(n) > 1 and os.execute("command -v taskset >/dev/null") then
    assert(run_with(clean .. "taskset -c 0", code) == "1\taffinity\n")
  end
end)

test("threads that cannot be started are fewer threads", function()
  if sanitized then return support.skip("a limit on memory", "sanitizers need more") end
  local before = "ulimit -v 900000 && ulimit -s 8192 && LUNET_THREADS=600 exec"
  local code = "-e 'print(ln.filter.median{ 3 }(ln.ones{ 900, 20, 20 }):mean(), ln.threads())'"
  local said, status = run_with(before, code)
  assert(status == 0, said)
  assert(said:find("lunet: only %d+ of 600 threads could be started %(Resource temporarily unavailable%)"), said)
  assert(said:find("1.0\t%d+\tno more could be started"), said)
end)

test("output that cannot be written is no success", function()
  if not os.execute("test -c /dev/full") then return support.skip("full disks", "there is no /dev/full") end
  local into_full = ("%%s >/dev/full 2>'%s/said'; status=$?; cat '%s/said'; exit $status"):format(folder, folder)
  check(into_full:format("--help"), 1, "lunet: standard output: No space left on device")
  check(into_full:format("-e 'print((\"x\"):rep(1e5))'"), 1, "lunet: standard output: ")
end)

test("a limit of size is an error, whoever writes", function()
  local function limited(command, text)
    local pipe = assert(io.popen(("cd '%s' && (ulimit -f 8; %s) 2>&1"):format(folder, command)))
    local said = pipe:read("a")
    assert(said:find(text, 1, true), said)
    pipe:close()
  end
  local here = assert(io.popen("pwd")):read("l")
  local lunet = program:find("^/") and program or here .. "/" .. program
  local module = lunet:gsub("[^/]*$", "?.so")
  local code = "local ln = require [[lunet]] local net = ln.nn.sequential{ ln.nn.dense{ 1000 } } "
    .. "net:predict(ln.zeros(1, 100)) print(pcall(net.save, net, [[big]]))"
  limited(("'%s' -e '%s'"):format(lunet, code), "cannot write 'big': File too large")
  if sanitized then
    support.skip("the module under a limit of size", "a sanitized module needs a sanitized lua5.4")
  else
    limited(("LUA_CPATH='%s' lua5.4 -e '%s'"):format(module, code), "cannot write 'big': File too large")
  end
  limited(("'%s' -e 'print(io.open([[big]], [[w]]):write((\"x\"):rep(1e6)))'"):format(lunet), "File too large")
  limited(("'%s' -e 'print((\"x\"):rep(1e6))' > printed"):format(lunet), "standard output: ")
  local printed = #support.read(folder.path .. "/printed")
  assert(printed == 8 * 512 or printed == 8 * 1024, printed) -- the shells' units
end)

test("files that links name", function()
  os.execute(("ln -s /proc/self/fd/1 '%s/out'"):format(folder))
  local code = "print('before') ln.file.write(arg[1], 'between\\n') print('after')"
  run(("-e \"%s\" '%s/out' > '%s/said'; true"):format(code, folder, folder))
  assert(support.read(folder.path .. "/said") == "before\nbetween\nafter\n", support.read(folder.path .. "/said"))
end)

test("scripts, code and standard input get their arguments", function()
  local path = script("args.lua", "print(arg[0]:match('[^/]*$'), arg[1], select('#', ...), ...)")
  check(path .. " x 'y z'", 0, "args.lua\tx\t2\tx\ty z")
  check("- a b < " .. path, 0, "-\ta\t2\ta\tb")
  check("< " .. path, 0, "nil\t0")
  check("-e 'print(ln.version, ...)' p q", 0, "\tp\tq")
  check("-e 'x = 3' -e 'print(x + 1)'", 0, "4")
  check("-e 'print(arg[1])' -- ", 0, "nil")
end)

test("errors: message first, the user's frames, exit status 1", function()
  local path = script("fail.lua", [[
local ln = require "lunet"
local function inner() local item = ln.nn.conv2d{ 8, kernal = 3 } return item end
local function outer() local item = inner() return item end
outer()
]])
  local said = check(path, 1)
  local lines = {}
  for line in said:gmatch("[^\n]+") do lines[#lines + 1] = line end
  assert(lines[1] == ("lunet: %s:2: conv2d: no option 'kernal'; did you mean 'kernel'?"):format(path), said)
  assert(lines[2] == ("  %s:2: in function 'inner'"):format(path), said)
  assert(lines[4] == ("  %s:4: in the main chunk"):format(path) and #lines == 4, said)
  assert(check(script("one.lua", "error('boo')"), 1) == ("lunet: %s/one.lua:1: boo\n"):format(folder.path))
  check(script("syntax.lua", "x = = 3"), 1, "syntax.lua:1: unexpected symbol near '='")
  check(script("object.lua", "error({})"), 1, "(error object is a table value)")
  check(script("text.lua", "error(setmetatable({}, { __tostring = function() return 'mine' end }))"), 1, "lunet: mine")
  check(script("nothing.lua", "error(setmetatable({}, { __tostring = function() end }))"), 1,
    "lunet: (error object is a table value)")
  check(script("number.lua", "error(42)"), 1, "lunet: 42\n")
  check(script("exit.lua", "os.exit(7)"), 7)
end)

test("wrong calls", function()
  check("nosuch.lua", 1, "nosuch.lua")
  check("inof", 1, "no command 'inof'; did you mean 'info'?")
  check("qqqqqqqq", 1, "no command 'qqqqqqqq'; lunet --help lists them, a script is called by its path")
  check("''", 1, "no command ''")
  check("tests", 1, "no command 'tests'; lunet --help") -- a folder is no script
  check("--nonsense", 1, "no option '--nonsense'")
  check("-e", 1, "-e needs code")
end)

-- What a program says with LUNET_SCRIPTS set to the folder.
local function said_with_scripts(arguments)
  local pipe <close> = assert(io.popen(("LUNET_SCRIPTS='%s' '%s' %s 2>&1"):format(folder, program, arguments)))
  return pipe:read("a")
end

test("commands come from the folder commands among the scripts, and from there alone", function()
  local said = said_with_scripts
  assert(said("--help"):find("LUNET_SCRIPTS.*%(no commands here%)"))
  assert(said("hello"):find("no command 'hello'; lunet --help", 1, true))
  assert(os.execute(("mkdir '%s/commands'"):format(folder)))
  script("commands/hello.lua", "-- Greets.\nprint('hello', ...)")
  script("other.lua", "print('other')")
  assert(said("hello you") == "hello\tyou\n")
  assert(said("--help"):find("commands .*hello +Greets%."))
  assert(not said("--help"):find("other", 1, true))
  assert(said("helo"):find("did you mean 'hello'?", 1, true))
  assert(said("info"):find("no command 'info'", 1, true))
  local there = ("lunet %s/other.lua"):format(folder)
  assert(said("other"):find("no command 'other'; a script is called by its path: " .. there, 1, true))
  assert(said(("'%s/other.lua'"):format(folder)) == "other\n")
end)

test("lunet info", function()
  check("info", 0, "lunet 0.", "threads", "instruction set", "OpenBLAS", "jansson", "zlib")
  check("info --help", 0, "usage: lunet info [options] [FILE]")
  local model, image = folder.path .. "/m.safetensors", folder.path .. "/i.png"
  run(([[-e '
    local net = ln.nn.sequential{ ln.nn.conv2d{ 4, kernel = 3 }, ln.nn.conv2d{ 1, kernel = 3 } }
    net:build{ 1, 16, 16 }
    net:save(arg[1], { record = { epochs = 3 } })
    ln.image.save(ln.full({ 3, 8, 9 }, 1), arg[2])
    ln.save(arg[3] .. ".npy", ln.ones{ 2, 3 })
    for _, ending in ipairs{ ".npz", ".safetensors" } do
      ln.save(arg[3] .. ending, { x = ln.ones{ 2, 3 }, mask = ln.ones(2):gt(0) })
    end' '%s' '%s' '%s/t']]):format(model, image, folder))
  check(("info '%s/t.npy'"):format(folder), 0, "tensor 2x3: min 1, mean 1, max 1")
  for _, ending in ipairs{ "npz", "safetensors" } do
    check(("info '%s/t.%s'"):format(folder, ending), 0, "mask\ttensor 2, a mask: 2 of 2 set\nx\ttensor 2x3: min 1")
  end
  check(("info '%s'"):format(model), 0, "conv2d_2", "77 parameters", 'record: {"epochs": 3}')
  check(("info '%s'"):format(image), 0, "image of 8x9 pixels", "3 channels", "values from 1 to 1, mean 1")
  check("info /no/such/file", 1, "info: ", "/no/such/file")
  check("info README.md", 1, "info: ", "README.md")
  check("info README.md README.md", 1, "info: no option 'README.md'")
  check("info --nonsense", 1, "info: no option '--nonsense'")
end)

test("completion in bash", function()
  if not os.execute("command -v bash >/dev/null") then return support.skip("completion", "there is no bash") end
  local function completed(word)
    local pipe <close> = assert(io.popen(([[bash -c '
      . bindings/program/completion.bash
      COMP_WORDS=("%s" "%s") COMP_CWORD=1
      _lunet
      echo "${COMPREPLY[*]}"']]):format(program, word)))
    return pipe:read("a")
  end
  assert(completed("in") == "info\n")
  assert(completed("--v") == "--version\n")
  assert(completed("nothing") == "\n")
end)

test("an instruction set that is not there is told at start", function()
  local pipe = assert(io.popen(("LUNET_ISA=mmx '%s' -e 'print(1)' 2>&1"):format(program)))
  local said = pipe:read("a")
  local _, _, status = pipe:close()
  assert(status == 1 and said:find("lunet: instruction set 'mmx' is not available here; there is baseline"), said)
  pipe = assert(io.popen(("LUNET_ISA=baseline '%s' -e 'print(ln.isa())' 2>&1"):format(program)))
  assert(pipe:read("a") == "baseline\n")
  pipe:close()
end)

test("a number of threads that is none is told at start", function()
  local pipe = assert(io.popen(("LUNET_THREADS=2x '%s' -e 'print(1)' 2>&1"):format(program)))
  local said = pipe:read("a")
  local _, _, status = pipe:close()
  assert(status == 1 and said == "lunet: LUNET_THREADS: the number of threads must be from 1 to 1024, got '2x'\n", said)
end)

test("the Lua half can be read from a folder", function()
  local pipe = assert(io.popen(("LUNET_LUA_DIR='%s' '%s' -e 'print(ln)' 2>&1"):format(folder.path, program)))
  assert(pipe:read("a"):find(folder.path .. "/init.lua", 1, true))
  pipe:close()
  pipe = assert(io.popen(("LUNET_LUA_DIR=bindings/lunet '%s' -e 'print(ln.zeros(2).shape[1])' 2>&1"):format(program)))
  assert(pipe:read("a") == "2\n")
  pipe:close()
end)

-- The build folder's lunet.so; lua5.4 cannot load a sanitized one.
local build = program:match("^.*/") or "."
if sanitized then
  support.skip("require from a stock lua5.4", "sanitized")
else
  test("require from a stock lua5.4", function()
    local function stock(code)
      local command = ("LUA_CPATH_5_4=$(realpath '%s')'/?.so'; export LUA_CPATH_5_4; cd /; lua5.4 -e '%s' 2>&1")
        :format(build, code)
      local pipe <close> = assert(io.popen(command))
      return pipe:read("a")
    end
    assert(stock('local ln = require "lunet" print(ln.nn.conv2d{ 8 }, ln.ones(3):sum())') == "conv2d{ 8 }\t3.0\n")
    assert(stock('print(require "lunet.core".version == require "lunet".version)') == "true\n")
    assert(stock('print(require("lunet").models.cnn_dae{})') == "network of 9 layers, not built yet\n")
    local message = "(command line):1: conv2d: option 'filters' is required"
    assert(stock('require("lunet").nn.conv2d{}'):find(message, 1, true))
  end)
end

-- ulimit and the shadow memory of the sanitizers do not go together.
if sanitized then
  support.skip("memory runs out", "sanitized")
else
  test("memory runs out: garbage is collected first, then there is a message", function()
    local function limited(code)
      local pipe = assert(io.popen(("ulimit -v 1500000; OMP_NUM_THREADS=1 '%s' -e '%s' 2>&1"):format(program, code)))
      local said = pipe:read("a")
      local _, _, status = pipe:close()
      return said, status
    end
    local said, status = limited("local kept = ln.zeros{ 120 << 20 } "
      .. "for _ = 1, 9 do ln.zeros{ 120 << 20 } end print(#kept)")
    assert(status == 0 and said == ("%d\n"):format(120 << 20), said)
    said, status = limited("ln.zeros{ 1 << 30 }")
    assert(status == 1 and said:find("tensor of shape 1073741824: out of memory (needed 4096.0 MB)", 1, true), said)
  end)
end

support.done()
