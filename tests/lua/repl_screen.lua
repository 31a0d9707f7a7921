-- How the prompt looks while one types: sessions in tmux, whose screens are compared with what they should show; in two
-- sizes, four kinds of terminals, with and without UTF-8.
local support = dofile "tests/lua/support.lua"
local test = support.test

if not os.execute("command -v tmux >/dev/null 2>&1") then
  support.skip("how the prompt looks", "tmux is not installed")
  support.done()
elseif not os.execute(("ldd '%s' | grep -q libreadline"):format(support.program())) then
  support.skip("how the prompt looks", "this build has no readline")
  support.done()
end

local folder <close> = support.folder()
local program = support.program()
if not program:find("^/") then program = os.getenv("PWD") .. "/" .. program end

-- ---- A terminal ----

local Screen = {}
Screen.__index = Screen
Screen.__close = function(self) self:tmux("kill-server") end

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local count = 0

-- o: { width =, height =, term =, locale =, variables = shell text, command = instead of the program }
local function screen(o)
  count = count + 1
  local self = setmetatable({ width = o.width or 80, height = o.height or 24, dumb = o.term == "dumb",
    socket = ("%s/%d"):format(folder.path, count) }, Screen)
  local state = ("%s/state%d"):format(folder.path, count)
  local environment = ("env -u HOME -u NO_COLOR -u COLORTERM INPUTRC=/dev/null TERM=%s LC_ALL=%s XDG_STATE_HOME=%s "
    .. "XDG_CONFIG_HOME=%s %s"):format(o.term or "xterm-256color", o.locale or "C.UTF-8", state, state,
    o.variables or "")
  self:tmux(("-f /dev/null new-session -d -x %d -y %d %s"):format(self.width, self.height,
    quoted(environment .. " " .. (o.command or quoted(program)))))
  return self
end

function Screen:tmux(command)
  local pipe = assert(io.popen(("env -u TMUX LC_ALL=C.UTF-8 tmux -u -S %s %s 2>&1"):format(self.socket, command)))
  local said = pipe:read("a")
  return pipe:close() and said or nil, said
end

-- Text as it is typed, and keys by tmux's names: s:type("x = 1"), s:press("Enter").
function Screen:type(text)
  self:tmux("send-keys -l -- " .. quoted(text))
end

function Screen:press(keys)
  self:tmux("send-keys " .. keys)
end

-- As a terminal pastes; plain: without telling that it is a paste.
function Screen:paste(text, plain)
  local path = self.socket .. ".paste"
  support.write(path, text)
  self:tmux(("load-buffer %s ';' paste-buffer %s"):format(path, plain and "" or "-p"))
end

-- The lines on the screen, without the program's first ones and without white space at their ends.
function Screen:lines(colours)
  local said = self:tmux("capture-pane -p " .. (colours and "-e" or "")) or ""
  local text = said:gsub("[ \t]+\n", "\n"):gsub("\n+$", "")
  return (text:gsub("^.-Ctrl%-D\n? ?leaves%.\n?", ""))
end

-- Wait until fits(lines), or until the lines are these; returns them.
function Screen:wait(wanted, colours)
  local lines
  for _ = 1, 200 do
    lines = self:lines(colours)
    if lines == wanted or type(wanted) == "function" and wanted(lines) then return lines end
    os.execute("sleep 0.03")
  end
  error(("expected the screen\n%s\ngot\n%s"):format(type(wanted) == "string" and wanted or "that is tested", lines), 2)
end

local function ends_in(text)
  return function(lines) return lines:sub(-#text) == text end
end

-- ---- One session everywhere ----

-- Text as the terminal wraps it.
local function wrapped(text, width)
  local out = {}
  for i = 1, #text, width do out[#out + 1] = (text:sub(i, i + width - 1):gsub(" +$", "")) end
  return table.concat(out, "\n")
end

local comment = "-- " .. ("abcdefghi "):rep(18) .. "end"

-- A chunk as it stands on the screen, whose last line the prompt has not moved to the left yet, or has.
local function chunk(s, finished)
  if s.dumb then return "> for i = 1, 2 do\n>> print(x + i)\n>> end" end
  return " > for i = 1, 2 do\n>>   print(x + i)\n" .. (finished and ">> end" or ">>   end")
end

local function recalled(s)
  return s.dumb and "> for i = 1, 2 do^Jprint(x + i)^Jend" or chunk(s, true)
end

-- Steps: keys; what they leave above the line that is typed then; and that line.
local steps = {
  { function(s) s:type("x = 20") s:press("Enter") end,
    function() return "> x = 20\n", ">" end },
  { function(s) s:type("for i = 1, 2 do") s:press("Enter") end,
    function(s) return "", chunk(s):match("^(.-do\n)") .. ">>" end },
  { function(s) s:type("print(x + i)") s:press("Enter") end,
    function(s) return "", chunk(s):match("^(.*\n)") .. ">>" end },
  { function(s) s:type("end") end,
    function(s) return "", chunk(s) end },
  { function(s) s:press("Enter") end,
    function(s) return chunk(s, true) .. "\n21\n22\n", ">" end },
  { function(s) s:press("Up") end,
    function(s) return "", recalled(s) end },
  { function(s) s:press("C-c") end,
    function(s) return recalled(s) .. "^C\n", ">" end },
  { function(s) s:type("ln.nn.conv") s:press("Tab") end,
    function() return "> ln.nn.conv\nconv2d            conv_transpose2d\n", "> ln.nn.conv" end },
  { function(s) s:press("C-u") s:type("'a") s:press("C-r") s:type("x =") end,
    function() return "", "(reverse-i-search)`x =': x = 20" end },
  { function(s) s:press("C-g C-u") s:type(comment) s:press("Enter") end,
    function(s) return wrapped("> " .. comment, s.width) .. "\n", ">" end },
  { function(s) s:press("C-l") s:type('#"\xC3\xA9\xE6\x97\xA5"') s:press("Left Left") s:type("a") end,
    function(s) return nil, s.utf8 and '> #"\xC3\xA9a\xE6\x97\xA5"' or '> #"\\xc3\\xa9\\xe6\\x97a\\xa5"' end },
}

local function check(s)
  local above = ""
  s:wait(">")
  for i, step in ipairs(steps) do
    if s.dumb and i == 10 then return end -- its one row is moved to and fro
    step[1](s)
    local more, line = step[2](s)
    above = more and above .. more or ""
    s:wait(above .. line)
  end
end

for _, size in ipairs{ { 80, 24 }, { 160, 50 } } do
  for _, term in ipairs{ "xterm-256color", "xterm-kitty", "vt100", "dumb" } do
    for _, locale in ipairs{ "C.UTF-8", "C" } do
      test(("%s, %dx%d, %s"):format(term, size[1], size[2], locale), function()
        local s <close> = screen{ width = size[1], height = size[2], term = term, locale = locale }
        s.utf8 = locale ~= "C"
        check(s)
      end)
    end
  end
end

-- ---- Single things ----

test("colours only where there are such", function()
  local function coloured(o)
    local s <close> = screen(o)
    s:wait(">")
    s:type("return 1")
    s:wait("> return 1")
    return s:lines(true):find("\27%[3[56]m") ~= nil
  end
  assert(coloured{})
  assert(coloured{ term = "xterm" })
  assert(not coloured{ term = "vt100" })
  assert(not coloured{ term = "dumb" })
  assert(not coloured{ variables = "NO_COLOR=1" })
end)

test("the window changes its size while one types", function()
  local s <close> = screen{ width = 60 }
  local text = "-- " .. ("0123456789"):rep(12)
  s:wait(">")
  s:press("C-l")
  s:type(text)
  s:wait(wrapped("> " .. text, 60))
  for _, width in ipairs{ 100, 130, 80 } do -- tmux moves lines off the screen as they become more
    s:tmux(("resize-window -x %d -y 24"):format(width))
    s:wait(ends_in(wrapped("> " .. text, width)))
  end
  s:press("Left Left BSpace")
  s:wait(ends_in(wrapped("> " .. text:sub(1, -4) .. text:sub(-2), 80)))
end)

test("more lines than the screen has", function()
  local s <close> = screen{ height = 8 }
  local lines = {}
  for i = 1, 20 do lines[i] = "y = " .. i end
  s:wait(">")
  s:paste(table.concat(lines, "\n") .. "\nif y then")
  s:wait(function(all) return all:find(">> y = 14\n.*>> if y then$") and not all:find("y = 13") end)
  s:press(("Up "):rep(20))
  s:wait(function(all) return all:find("^ > y = 1\n>> y = 2\n.*>> y = 8$") end)
  s:press("C-c")
  s:wait(ends_in("\n>> y = 20\n>> if y then^C\n>"))
end)

test("Up, Down, Home, End, Ctrl-K and Ctrl-U within a chunk of several lines", function()
  local s <close> = screen{}
  s:wait(">")
  s:paste("if 1 then\n  print(23)\nend")
  s:wait(" > if 1 then\n>>   print(23)\n>> end")
  s:press("Up Home")
  s:type("-- ")
  s:wait(" > if 1 then\n>> --   print(23)\n>> end")
  s:press("Up End C-u")
  s:wait(" >\n>> --   print(23)\n>> end")
  s:type("do")
  s:press("Down Home Right Right Right C-k")
  s:wait(" > do\n>> --\n>> end")
  s:press("C-k")
  s:wait(" > do\n>> -- end")
  s:press("C-c C-c C-c C-c C-c C-c C-c C-c C-c C-c")
  s:type("6 * 7")
  s:press("Enter")
  s:wait(function(lines) return lines:find("\n> 6 %* 7\n42\n>$") ~= nil end)
end)

test("a paste runs chunk by chunk, bracketed or not", function()
  local text = "x = 20\nx + 1\nfor i = 1, 2 do\n\n\n\tlocal pri = i\n\tprint(pri\t+ 40)\nend\n"
  local s <close> = screen{}
  s:wait(">")
  s:paste(text)
  local loop = " > for i = 1, 2 do\n>>\n>>\n>>      local pri = i\n>>      print(pri       + 40)\n>> end\n"
  s:wait(" > x = 20\n>> x + 1\n" .. loop:gsub("^ ", ">") .. ">>")
  s:press("Enter")
  s:wait(function(lines) return lines:find("\n21\n41\n42\n>$") end)
  s:press("C-l")
  s:wait(">")
  s:paste(text, true)
  s:wait("> x = 20\n> x + 1\n21\n" .. loop .. "41\n42\n>")
end)

test("Ctrl-Z, and back", function()
  local s <close> = screen{ command = "PS1='$ ' ENV= sh -i" }
  s:wait(ends_in("$"))
  s:type(program)
  s:press("Enter")
  s:wait(">")
  s:type("x = 20 +")
  s:wait("> x = 20 +")
  s:press("C-z")
  s:wait(ends_in("\n$"))
  s:type("fg")
  s:press("Enter")
  s:wait(ends_in("\n> x = 20 +"))
  s:type(" 1")
  s:press("Enter")
  s:type("x")
  s:press("Enter")
  s:wait(ends_in("\n> x = 20 + 1\n> x\n21\n>"))
end)

test("what readline's init file says counts", function()
  support.write(folder.path .. "/inputrc",
    '"\\e[A": "6 * 7\\n"\n"\\C-o": beginning-of-line\nset show-mode-in-prompt on\n')
  local s <close> = screen{ variables = ("INPUTRC=%s/inputrc"):format(folder.path) }
  s:wait("@>")
  s:press("Up")
  s:wait("@> 6 * 7\n42\n@>")
  s:type("b") -- C-o goes to its beginning
  s:press("C-o")
  s:type("a")
  s:wait("@> 6 * 7\n42\n@> ab")
end)

support.done()
