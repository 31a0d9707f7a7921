-- The prompt's history, and text of several lines: on a terminal that can do nothing but print, where each line is read
-- by itself. tests/lua/repl_screen.lua has the others.
local support = dofile "tests/lua/support.lua"
local test = support.test

if not support.has_terminals() then
  support.skip("the prompt's history", "script(1) can make no terminal here")
  support.done()
end

local function is_linked(library)
  return os.execute(("ldd '%s' | grep -q '%s'"):format(support.program(), library)) == true
end

-- libedit knows no bracketed paste, and has its own search.
local has_readline = is_linked("libreadline")
if not has_readline and not is_linked("libedit") then
  support.skip("the prompt's history", "this build edits no lines")
  support.done()
end

local up, paste, pasted = "\27[A", "\27[200~", "\27[201~"

local function terminal(folder)
  local t = support.terminal(("XDG_STATE_HOME='%s' INPUTRC=/dev/null"):format(folder))
  t:wait("> ")
  return t
end

local function history(folder)
  return support.read(folder .. "/lunet/history")
end

test("a chunk of several lines is one entry, in the file too", function()
  local folder <close> = support.folder()
  do
    local t <close> = terminal(folder)
    t:type("for i = 1, 2 do\n")
    t:wait(">> ")
    t:type("print(i * 21)\n")
    t:wait(">> ")
    t:type("end\n")
    t:wait("\n21\n42\n> ")
    t:type("'last'\n")
    t:wait("\nlast\n> ")
    t:type("\4")
  end
  assert(history(folder.path) == "for i = 1, 2 do\n\tprint(i * 21)\n\tend\n'last'\n", history(folder.path))
  local t <close> = terminal(folder)
  t:type("\16\16\n")
  t:wait("\n21\n42\n> ")
  if has_readline then
    t:type("fo" .. up .. "\n") -- what begins so
    t:wait("\n21\n42\n> ")
  end
  t:type("\4")
end)

test("files of earlier versions are read, and files without an end of their last line", function()
  local folder <close> = support.folder()
  os.execute(("mkdir '%s/lunet'"):format(folder.path))
  support.write(folder.path .. "/lunet/history", "6 * 7\n1\n\n\n  'spaces'")
  local t <close> = terminal(folder)
  t:type("\16\16\16\n")
  t:wait("\n42\n> ")
  t:type("\16\16\n")
  t:wait("\nspaces\n> ")
  t:type("\4")
  t:wait("\n")
  assert(history(folder.path) == "6 * 7\n1\n\n\n  'spaces'\n6 * 7\n  'spaces'\n", history(folder.path))
end)

test("two prompts at once lose nothing of each other's", function()
  local folder <close> = support.folder()
  do
    local a <close> = terminal(folder)
    local b <close> = terminal(folder)
    for i = 1, 3 do
      a:type(("'a%d'\n"):format(i))
      a:wait(("\na%d\n> "):format(i))
      b:type(("'b%d'\n"):format(i))
      b:wait(("\nb%d\n> "):format(i))
    end
    a:type("\4")
    b:type("\4")
  end
  assert(history(folder.path) == "'a1'\n'b1'\n'a2'\n'b2'\n'a3'\n'b3'\n", history(folder.path))
end)

test("a history that cannot be written is no error", function()
  local folder <close> = support.folder()
  for _, place in ipairs{ "/dev/null", "/proc/nonexistent", folder.path .. "/file" } do
    support.write(folder.path .. "/file", "")
    local t <close> = terminal(place)
    t:type("6 * 7\n")
    t:wait("\n42\n> ")
    t:type("\16\n")
    t:wait("\n42\n> ")
    t:type("\4")
  end
  os.execute(("mkdir -p '%s/lunet/history'"):format(folder.path)) -- a folder where the file should be
  local t <close> = terminal(folder)
  t:type("6 * 7\n")
  t:wait("\n42\n> ")
  t:type("\4")
end)

local test_readline = has_readline and test or function(name) support.skip(name, "this build has no readline") end

test_readline("what is pasted at once runs chunk by chunk, and is one entry", function()
  local folder <close> = support.folder()
  local t <close> = terminal(folder)
  t:type(paste .. "x = 20\nx + 1\nfor i = 1, 2 do\n\n\n\tlocal y = i\n  print(x + y)\nend\n"
    .. "('%d'):format(5)\n  :rep(3)\n" .. pasted)
  t:type("\n")
  t:wait("\n21\n21\n22\n555\n> ")
  t:type("\16\n")
  t:wait("\n21\n21\n22\n555\n> ")
  t:type("\4")
end)

test("what is pasted line by line: tabs complete nothing, empty lines end nothing", function()
  local folder <close> = support.folder()
  local t <close> = terminal(folder)
  t:type("for i = 1, 2 do\n\n\n\tlocal pri\t= i\n\tprint(pri\t+ 40)\nend\n")
  t:wait("\n41\n42\n> ")
  t:type("error 'boo'\n6 * 7\n")
  t:wait("boo\n")
  t:wait("42\n> ")
  t:type("\4")
end)

test("an unfinished chunk is left by two empty lines, by Ctrl-C and by Ctrl-D", function()
  local folder <close> = support.folder()
  local t <close> = terminal(folder)
  local function begin()
    t:type("f(\n")
    t:wait(">> ")
  end
  begin()
  t:type("\n")
  t:wait(">> ")
  t:type("\n")
  t:wait("unexpected symbol near <eof>\n> ")
  begin()
  t:type("\3")
  t:wait("^C\n> ")
  begin()
  t:type("\4")
  t:wait("unexpected symbol near <eof>\n> ")
  t:type("ab\4\1\11" .. "6 * 7\n") -- Ctrl-D in a line leaves nothing
  t:wait("\n42\n> ")
  t:type("'open\n")
  t:wait("unfinished string")
  t:wait("> ")
  t:type("\4")
end)

test_readline("Ctrl-C drops what was pasted behind the chunk that it stops", function()
  local folder <close> = support.folder()
  local t <close> = terminal(folder)
  t:type(paste .. "print('begun') while true do end\nprint('never')\n" .. pasted)
  t:type("\n")
  t:wait("\nbegun\n")
  t:type("\3")
  t:wait("interrupted")
  t:wait("> ")
  t:type("6 * 7\n")
  assert(not t:wait("\n42\n> "):find("never"))
  t:type("\4")
end)

support.done()
