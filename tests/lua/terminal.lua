-- What is decided of the terminal, from the environment and on terminals made by script(1).
local support = require "tests.lua.support"
local test = support.test

-- All variables that say something, so that those of whoever runs the tests say nothing.
local cleared = { "TERM", "COLORTERM", "TERM_PROGRAM", "LC_TERMINAL", "KITTY_WINDOW_ID", "KONSOLE_VERSION",
  "WT_SESSION", "TMUX", "STY", "NO_COLOR", "LUNET_PICTURES", "LC_ALL", "LC_CTYPE", "LANG", "COLUMNS", "LINES" }

local code = [[
local c = require "lunet.capabilities"
print(c.is_terminal(), c.utf8(), c.colours(), c.columns(), c.rows(), c.pictures())
]]

local folder <close> = support.folder()
support.write(folder.path .. "/ask.lua", code)
local ask = ("'%s' '%s/ask.lua'"):format(support.program(), folder.path)

local function environment(settings)
  return "env -u " .. table.concat(cleared, " -u ") .. " " .. settings
end

local function in_pipe(settings)
  local pipe <close> = io.popen(environment(settings) .. " " .. ask .. " 2>&1")
  return (pipe:read("a"):gsub("\t", " "):gsub("\n$", ""))
end

local function on_terminal(settings, size)
  local command = ("stty rows %d columns %d; %s"):format(size and size[2] or 24, size and size[1] or 80, ask)
  local pipe <close> = io.popen(('%s script -qec "%s" /dev/null </dev/null'):format(environment(settings), command))
  return (pipe:read("a"):gsub("\t", " "):gsub("\r?\n$", ""))
end

local function equal(got, want)
  if got ~= want then error(("got %q, not %q"):format(got, want), 2) end
end

test("into a pipe", function()
  equal(in_pipe(""), "false false 0 80 24 none")
  equal(in_pipe("TERM=xterm-kitty COLORTERM=truecolor LANG=en_GB.UTF-8"), "false true 0 80 24 none")
  equal(in_pipe("COLUMNS=33 LINES=7"), "false false 0 33 7 none")
  equal(in_pipe("COLUMNS=x LINES=-1"), "false false 0 80 24 none")
  equal(in_pipe("LUNET_PICTURES=sixel"), "false false 0 80 24 sixel")
  local said = in_pipe("LUNET_PICTURES=jpeg")
  assert(said:find("LUNET_PICTURES: expected kitty, iterm2, sixel, symbols or none, got 'jpeg'", 1, true), said)
end)

test("UTF-8 by locale: LC_ALL before LC_CTYPE before LANG, and none that is empty", function()
  local function utf8_in(settings) return in_pipe(settings):match("^false (%a+)") end
  for settings, want in pairs{ ["LANG=C.UTF-8"] = "true", ["LANG=de_DE.utf8"] = "true", ["LC_CTYPE=UTF-8"] = "true",
    ["LC_ALL=C LANG=C.UTF-8"] = "false", ["LC_ALL= LC_CTYPE= LANG=C.UTF-8"] = "true",
    ["LANG=en_US.ISO-8859-1"] = "false", ["LC_ALL=POSIX"] = "false", ["LC_CTYPE=C LANG=C.UTF-8"] = "false" } do
    equal(settings .. utf8_in(settings), settings .. want)
  end
end)

if not os.execute("script -qec 'stty size' /dev/null </dev/null >/dev/null 2>&1") then
  support.skip("on a terminal", "script(1) can make no terminal here")
  support.done()
end

-- By environment: colours, and how pictures are shown.
local terminals = {
  { "", "0", "none" },
  { "TERM=dumb", "0", "none" },
  { "TERM=dumb COLORTERM=truecolor", "0", "none" },
  { "TERM=vt100", "0", "symbols" },
  { "TERM=vt220", "0", "symbols" },
  { "TERM=linux", "16", "symbols" },
  { "TERM=xterm", "16", "symbols" },
  { "TERM=xterm-256color", "256", "symbols" },
  { "TERM=xterm-256color COLORTERM=truecolor", "16777216", "symbols" },
  { "TERM=xterm-256color NO_COLOR=", "256", "symbols" },
  { "TERM=xterm-256color NO_COLOR=1", "0", "symbols" },
  { "TERM=xterm-kitty", "16777216", "kitty" },
  { "TERM=xterm-kitty NO_COLOR=1", "0", "symbols" },
  { "TERM=xterm-256color KITTY_WINDOW_ID=1", "16777216", "kitty" },
  { "TERM=xterm-ghostty", "16777216", "kitty" },
  { "TERM=xterm-256color TERM_PROGRAM=iTerm.app", "16777216", "iterm2" },
  { "TERM=xterm-256color LC_TERMINAL=iTerm2", "256", "iterm2" },
  { "TERM=xterm-256color TERM_PROGRAM=WezTerm", "16777216", "iterm2" },
  { "TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", "256", "symbols" },
  { "TERM=xterm-256color KONSOLE_VERSION=230401", "256", "kitty" },
  { "TERM=xterm-256color KONSOLE_VERSION=211202", "256", "symbols" },
  { "TERM=foot", "16777216", "sixel" },
  { "TERM=mlterm", "16", "sixel" },
  { "TERM=tmux-256color KITTY_WINDOW_ID=1 TMUX=/tmp/x", "16777216", "symbols" },
  { "TERM=screen", "16", "symbols" },
  { "TERM=dumb LUNET_PICTURES=kitty", "0", "kitty" },
  { "TERM=xterm-kitty LUNET_PICTURES=symbols", "16777216", "symbols" },
}

test("colours and pictures by environment", function()
  for _, row in ipairs(terminals) do
    equal(row[1] .. ": " .. on_terminal(row[1]), ("%s: true false %s 80 24 %s"):format(row[1], row[2], row[3]))
  end
end)

test("the size of the terminal, not what COLUMNS and LINES say of it", function()
  equal(on_terminal("TERM=xterm COLUMNS=30 LINES=7", { 132, 43 }), "true false 16 132 43 symbols")
  equal(on_terminal("TERM=xterm COLUMNS=30 LINES=7", { 0, 0 }), "true false 16 30 7 symbols")
end)

support.done()
