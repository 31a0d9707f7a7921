-- ln.browse and blinking pictures on a terminal made by script(1): keys, and the terminal as it was, whatever ends it.
local ln = require "lunet"
local support = require "tests.lua.support"
local test, expect_error = support.test, support.expect_error

local folder <close> = support.folder()

local function script_file(code)
  local path = folder.path .. "/script.lua"
  support.write(path, "local ln = require 'lunet'\n" .. code)
  return ("'%s' '%s'"):format(support.program(), path)
end

local network = [[
  local net = ln.nn.sequential{ ln.nn.conv2d{ 20, activation = "relu", name = "first" }, ln.nn.maxpool2d{ 2 },
    ln.nn.flatten{}, ln.nn.dense{ 6, name = "last" } }
  net:build({ 1, 16, 16 }, 1)
]]

test("not on a terminal the summary", function()
  local said = support.run(script_file(network .. "ln.browse(net)"):gsub("^'[^']*' ", ""))
  assert(said:find("first        3x3, relu  20x16x16", 1, true), said)
  assert(said:find("(browse shows layers, maps and weights where there is a terminal", 1, true), said)
end)

test("mistakes", function()
  expect_error(function() ln.browse(3) end, "browse: expected a network, got 3")
  local net = ln.nn.sequential{ ln.nn.conv2d{ 2 } }
  expect_error(function() ln.browse(net) end, "browse: the network is not built yet; call net:build{ 1, 64, 64 }, or "
    .. "give images: browse(net, x)")
  expect_error(function() ln.browse(net, "x") end, "browse: the images must be a tensor, got 'x'")
  net:build{ 1, 8, 8 }
  expect_error(function() ln.browse(net, ln.ones(2, 3, 8, 8)) end, "browse: ")
  expect_error(function() ln.browse(net, net, 1) end, "browse: takes a network and images, and no more")
end)

if not os.execute("script -qec true /dev/null </dev/null >/dev/null 2>&1") then
  support.skip("browse on a terminal", "script(1) can make no terminal here")
  support.done()
end

-- ---- A terminal ----

local Terminal = {}
Terminal.__index = Terminal

-- The state of the terminal is told before and after the command.
local function terminal(command, size, settings)
  local screen = folder.path .. "/screen"
  local lines = "trap : INT TERM\nstty rows %d columns %d\nstty -g\necho\n%s\necho\necho status $?\nstty -g\n"
  support.write(folder.path .. "/run.sh", lines:format(size and size[2] or 24, size and size[1] or 80, command))
  os.remove(screen)
  local command_line = "env -u COLORTERM -u NO_COLOR -u TMUX -u STY -u LUNET_PICTURES TERM=xterm-256color "
    .. "LC_ALL=C.UTF-8 %s script -qefc 'sh %s/run.sh' '%s' >/dev/null 2>&1"
  local pipe = assert(io.popen(command_line:format(settings or "", folder.path, screen), "w"))
  return setmetatable({ pipe = pipe, screen = screen, seen = 0 }, Terminal)
end

function Terminal:all()
  local file = io.open(self.screen, "rb")
  local bytes = file and file:read("a") or ""
  if file then file:close() end
  return bytes
end

-- Wait until the text appears after what was waited for before.
function Terminal:wait(text)
  for _ = 1, 400 do
    local _, last = self:all():find(text, self.seen + 1, true)
    if last then
      self.seen = last
      return
    end
    os.execute("sleep 0.02")
  end
  error(("%q did not appear in:\n%s"):format(text, self:all():sub(-2000):gsub("\27", "E")), 2)
end

function Terminal:type(text)
  self.pipe:write(text)
  self.pipe:flush()
end

Terminal.__close = function(self) self.pipe:close() end

-- It ended with the terminal as it was: its modes, the cursor, and the screen.
function Terminal:ended(screen)
  self:wait("status ")
  self:wait("\n")
  for _ = 1, 100 do
    if self:all():find("[%x:]+:[%x:]+\r?\n", self.seen + 1) then break end
    os.execute("sleep 0.02")
  end
  local all = self:all()
  local before, after = all:match("([%x:]+:[%x:]+)\r?\n"), all:match("([%x:]+:[%x:]+)\r?\n", self.seen + 1)
  assert(before and before == after, ("%s became %s"):format(before, after))
  local last_hidden, shown = all:match(".*()\27%[%?25l"), all:match(".*()\27%[%?25h")
  assert(shown > last_hidden, "the cursor is hidden")
  if screen then assert(all:match(".*()\27%[%?1049l") > all:match(".*()\27%[%?1049h"), "the other screen stays") end
end

-- ---- browse ----

local browse = network .. "ln.browse(net)"

test("keys choose layers, pages and what is seen", function()
  local t <close> = terminal(script_file(browse))
  t:wait("4 layers, 7,886 parameters, input 1x16x16 (made up)")
  t:wait("> first")
  t:wait("first: maps 1 to 4 of 20")
  t:type("l")
  t:wait("first: maps 5 to 8 of 20")
  t:type("\27[C\27[C\27OC")
  t:wait("first: maps 17 to 20 of 20")
  t:type("h")
  t:wait("first: maps 13 to 16 of 20")
  t:type("w")
  t:wait("first: weights 1 to 20 of 20")
  t:type("s")
  t:wait("first gives")
  t:wait("dead maps ")
  t:wait("first.weight")
  t:type("\27[B")
  t:wait("> maxpool2d")
  t:type("w")
  t:wait("maxpool2d_1 has no weights of its own")
  t:type("jj")
  t:wait("> last")
  t:wait("last: weights 1 to 1 of 1")
  t:type("m")
  t:wait("last: maps 1 to 1 of 1")
  t:wait("2x3: ")
  t:type("k\27[A\27[A\27[A\27[A")
  t:wait("> first")
  t:type("q")
  t:ended(true)
end)

test("kernels of 1x1 are one picture, and so are channels of one pixel", function()
  local t <close> = terminal(script_file([[
    local net = ln.nn.sequential{ ln.nn.conv2d{ 6, kernel = 1, name = "point" }, ln.nn.global_avgpool2d{} }
    net:build{ 2, 4, 4 }
    ln.browse(net)]]))
  t:wait("point: maps 1 to 6 of 6")
  t:type("w")
  t:wait("point: weights 1 to 1 of 1")
  t:wait("6x2: ")
  t:type("mj")
  t:wait("> global_avgpool2d_1")
  t:wait("2x3: ")
  t:type("q")
  t:ended(true)
end)

test("images are chosen, maps get colours of their own", function()
  local t <close> = terminal(script_file(network .. "ln.browse(net, ln.rand({ 3, 1, 16, 16 }, 1))"))
  t:wait("first: maps 1 to 4 of 20, image 1 of 3")
  t:type("nnnn")
  t:wait("image 3 of 3")
  t:type("p")
  t:wait("image 2 of 3")
  t:type("e")
  t:wait("min ")
  t:type("\27")
  t:ended(true)
end)

test("pixels, no colours, and small windows", function()
  for _, case in ipairs{ { "LUNET_PICTURES=kitty", nil, "\27_Ga=T" }, { "LUNET_PICTURES=sixel", nil, "\27P" },
    { "TERM=vt100 LC_ALL=C", nil, "[ .:-=+*#%@]" }, { "", { 30, 12 }, "0 to " }, { "", { 10, 4 }, "> fi" },
    { "", { 160, 50 }, "maps 1 to 20 of 20" } } do
    local pixels = case[1]:find("PICTURES")
    if not pixels or require("lunet.core").chafa.load() then
      local t <close> = terminal(script_file(browse), case[2], case[1])
      t:wait(case[3])
      t:type("wsq")
      t:ended(true)
    end
  end
end)

test("the screen follows the size of the window", function()
  local signal = folder.path .. "/go"
  local resize = "(while [ ! -e '%s' ]; do sleep 0.05; done; stty rows 30 columns 100 </dev/tty) & "
  local t <close> = terminal(resize:format(signal) .. script_file(browse))
  t:wait("j/k layer  h/l page")
  support.write(signal, "")
  t:wait("left/right page  m maps")
  t:type("q")
  t:ended(true)
end)

test("Ctrl-C leaves; an error and a signal restore the terminal", function()
  do
    local t <close> = terminal(script_file(browse .. "\nprint 'after'"))
    t:wait("> first")
    t:type("\3")
    t:wait("after")
    t:ended(true)
  end
  do
    local t <close> = terminal(script_file([[
      require("lunet.keyboard").control("\27[?1049h\27[?25l", "\27[?25h\27[?1049l", function(keys)
        print("here")
        keys:read(60)
        error("broken")
      end)]]))
    t:wait("here")
    t:type("x")
    t:wait("broken")
    t:ended(true)
  end
  local t <close> = terminal("timeout --foreground -s TERM 1.5 " .. script_file(browse))
  t:wait("> first")
  t:ended(true)
end)

-- ---- Blinking ----

test("pictures in turns", function()
  local t <close> = terminal(script_file("ln.show(ln.zeros(4, 4), ln.ones(4, 4), { blink = true, title = 'both', "
    .. "labels = { 'dark', 'light' } })"))
  t:wait("both")
  t:wait("dark")
  t:wait("4x4: constant 0")
  t:wait("light")
  t:wait("4x4: constant 1")
  t:wait("dark")
  t:type("x")
  t:ended()
end)

test("no turns without a terminal", function()
  local said = support.run("-e 'ln.show(ln.zeros(4, 4), ln.ones(4, 4), { blink = true })'")
  assert(said:find("2 x 4x4", 1, true) and not said:find("\27", 1, true), said)
end)

support.done()
