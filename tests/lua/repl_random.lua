-- Random keys and lines at the prompt on a terminal: lunet tests/lua/repl_random.lua [sessions] [seed]
--
-- A finding is a report of a sanitizer, a crash, or a session that does not end when it is told to. It is printed with
-- its number, which as the seed of one session repeats it; its keys and its screen are kept.
local support = dofile "tests/lua/support.lua"

local sessions, seed = math.tointeger(tonumber(arg[1])) or 10, math.tointeger(tonumber(arg[2])) or 1
local at_once, most_seconds = 4, 120

if not support.has_terminals() then
  support.skip("random sessions at the prompt", "script(1) can make no terminal here")
  support.done()
end

local program = support.program()
if not program:find("^/") then program = os.getenv("PWD") .. "/" .. program end

-- ---- What is typed ----

local lines = { "x = 1", "x", "for i = 1, 3 do", "print(i)", "end", "if x then", "print(x", ")", "f(", "'open",
  "[[", "]]", "{", "}", "local t = ln.zeros(2, 3)", "t", "t:", "ln.nn.conv2d{ 8, kernel = 3 }",
  "ln.nn.conv2d{ 8, ker\t", "ln.\t", "ln.image.read('\t", "ln.rand({ 1, 8, 8 }, 1)", "_", "_2", "x = 1;",
  "error('boo')", "error({})", "local y <close> = 3", "while true do end", "while true do",
  "coroutine.wrap(function() error('in') end)()", "setmetatable({}, { __tostring = 1 })",
  "function f(n) return n == 0 and error('deep') or f(n - 1) end", "f(100)", "1, nil, 'a'", "-- nothing",
  "goto out", "::out::", "return 1", "return", "= 1", "x = = 1", "\\", "?", "?conv2d", "??luma", "conv2d?",
  "?nothing_such", "x??", "%", "%help", "%who", "%hist", "%why", "%time 1 + 1", "%time for", "%bench 1 + 1",
  "%nothing", "%set", "%set timing false", "!echo hello", "!false", "ln.help()", "show(ln.rand({ 1, 8, 8 }, 1))",
  "plot{ { 1, 2, 3 } }", "('x'):rep(500)", "'\xC3\xA9\xE6\x97\xA5'", "print('\27[31mred')",
  "io.write('no end of line')", "", "", "  ", "\tx = 2" }

local keys = { "\27[A", "\27[B", "\27[C", "\27[D", "\27[H", "\27[F", "\27OA", "\27OB", "\27[1;5C", "\27[1;5D",
  "\27[3~", "\27\r", "\27b", "\27f", "\27d", "\27\127", "\127", "\27.", "\27<", "\27>", "\27[", "\27", "\27O",
  "\27[200~", "\27[201~", "\27-", "\0275", "\24\24", "\24u", "\24\5", "\24(", "\24)", "\24e", "\27?", "\27*",
  "\27/", "\27t", "\27u", "\27y", "\27#", "\27p", "\27n", "\27\t", "\27\7", "\27\n", "\29x", "\27\29x" }

local function random_text()
  local out = {}
  for i = 1, math.random(20) do
    local byte = math.random(32, 126)
    out[i] = byte == 33 and "x" or string.char(byte) -- no commands of the shell
  end
  return table.concat(out)
end

local function random_paste()
  local out = {}
  for i = 1, math.random(8) do out[i] = lines[math.random(#lines)] end
  local text = table.concat(out, "\n")
  return math.random(2) == 1 and text .. "\n" or "\27[200~" .. text .. "\27[201~"
end

local held = { [19] = true, [28] = true } -- Ctrl-S and Ctrl-\ are the terminal's own

local function random_control()
  local byte = math.random(0, 31)
  return held[byte] and "\18" or string.char(byte)
end

local kinds = {
  random_text, random_control, random_control, random_paste,
  function() return lines[math.random(#lines)] .. "\n" end,
  function() return lines[math.random(#lines)] .. "\n" end,
  function() return lines[math.random(#lines)]:sub(1, math.random(12)) .. "\t" end,
  function() return keys[math.random(#keys)] end,
  function() return keys[math.random(#keys)] end,
  function() return ("\t"):rep(math.random(3)) end,
  function() return "\18" .. random_text():sub(1, 3) end,
  function() return ("\3"):rep(math.random(2)) end,
  function() return "\xC3\xA9\xE6\x97\xA5\xCC\x81" end,
  function() return string.char(math.random(128, 255), math.random(128, 255)) end,
}

-- ---- Sessions ----

local function printf(text)
  return "printf '" .. text:gsub(".", function(c) return ("\\%03o"):format(c:byte()) end) .. "'\n"
end

-- A shell script that types: first the terminal's name is found out, so that its size can be changed.
local function typing(folder)
  local out = { "sleep 0.3\n", printf(("!tty > %s/tty\n"):format(folder)), "sleep 0.2\n" }
  for _ = 1, math.random(10, 40) do
    if math.random(12) == 1 then
      out[#out + 1] = ("stty -F \"$(cat %s/tty)\" cols %d rows %d 2>/dev/null\n"):format(folder, math.random(1, 120),
        math.random(1, 40))
    else
      out[#out + 1] = printf(kinds[math.random(#kinds)]())
    end
    if math.random(2) == 1 then out[#out + 1] = "sleep 0.02\n" end
  end
  for _ = 1, 3 do -- whatever it is in the middle of
    out[#out + 1] = printf("\7\27[201~\3") .. "sleep 0.1\n" .. printf("\3") .. "sleep 0.3\n"
      .. printf("\5\21os.exit(7)\n") .. "sleep 0.3\n"
  end
  out[#out + 1] = printf("\3\4") .. "sleep 0.2\n"
  return table.concat(out)
end

local terms = { "xterm-256color", "xterm", "vt100", "xterm-kitty", "dumb" }

local function start(number)
  local folder = support.folder()
  math.randomseed(number)
  local term, locale = terms[math.random(#terms)], math.random(2) == 1 and "C.UTF-8" or "C"
  support.write(folder.path .. "/typing", typing(folder.path))
  local variables = ("HOME='%s' XDG_STATE_HOME='%s' XDG_CONFIG_HOME='%s' INPUTRC=/dev/null EDITOR=true VISUAL=true "
    .. "PAGER=cat TERM=%s LC_ALL=%s"):format(folder.path, folder.path, folder.path, term, locale)
  local command = ("cd '%s' && sh typing 2>/dev/null | env %s timeout -k 5 %d script -qefc '%s' screen >/dev/null 2>&1")
    :format(folder.path, variables, most_seconds, program)
  return { number = number, folder = folder, pipe = assert(io.popen(command)) }
end

local signs = { "AddressSanitizer", "LeakSanitizer", "runtime error:", "Assertion", "lunet/[%w_/]+%.lua:%d+:" }

-- What is wrong with a session that has ended; nil if nothing is.
local function finding(session)
  session.pipe:read("a")
  local _, _, status = session.pipe:close()
  local screen = support.read(session.folder.path .. "/screen")
  for _, sign in ipairs(signs) do
    local at = screen:find(sign)
    if at then return screen:sub(at, at + 200):match("^[^\n]*") end
  end
  -- By its own end; or by Ctrl-C, as it was leaving after Ctrl-D or what ran took no notice.
  local told = status == 0 or status == 7 or status == 130
  if not told then return ("ended with status %s%s"):format(status, status == 124 and ": it hangs" or "") end
end

local function check(session)
  local wrong = finding(session)
  if not wrong then
    support.passed = support.passed + 1
    getmetatable(session.folder).__close(session.folder)
  else
    support.failed = support.failed + 1
    print(("FAILED: session %d, kept in %s: %s"):format(session.number, session.folder.path, wrong))
  end
end

for first = 0, sessions - 1, at_once do
  local running = {}
  for number = first, math.min(first + at_once, sessions) - 1 do running[#running + 1] = start(seed + number) end
  for _, session in ipairs(running) do check(session) end
end

support.done()
