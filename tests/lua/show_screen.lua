-- ln.show as it stands on a screen, in tmux: pictures fit, what was printed before stays in sight, and no control
-- sequence is left over, whatever the terminal says that it is.
local support = require "tests.lua.support"
local test = support.test

if not os.execute("command -v tmux >/dev/null 2>&1") then
  support.skip("pictures on a screen", "there is no tmux here")
  support.done()
end

local folder <close> = support.folder()

support.write(folder.path .. "/shown.lua", [[
  local ln = require "lunet"
  local set = ln.data.phantom{ 40, size = { 64, 64 } }
  print("before")
  if arg[1] == "pair" then
    ln.show(set[1], set[2], { labels = { "one", "two" } })
  elseif arg[1] == "grid" then
    ln.show(set)
  else
    ln.show(set[1] - set[2], { residual = true, row = 30, title = "a residual" })
  end
  print("after")
]])

local socket = ("tmux -S '%s/socket' -f /dev/null "):format(folder.path)

local function captured(session)
  local pipe <close> = io.popen(("%scapture-pane -p -t %s 2>/dev/null"):format(socket, session))
  return pipe:read("a")
end

assert(os.execute(socket .. "new-session -d -s base 'sleep 600'")) -- which keeps the server

local sessions = 0

-- The lines of the screen when the program has ended.
local function screen(what, settings, columns, rows)
  local environment = "env -u COLORTERM -u NO_COLOR -u TMUX -u STY -u LUNET_PICTURES -u COLUMNS -u LINES "
  sessions = sessions + 1
  local session = "s" .. sessions
  assert(os.execute(("%snew-session -d -s %s -x %d -y %d \"%s %s '%s' '%s/shown.lua' %s; sleep 60\""):format(socket,
    session, columns, rows, environment, settings, support.program(), folder.path, what)))
  local text
  for _ = 1, 400 do
    text = captured(session)
    if text:find("after", 1, true) then break end
    os.execute("sleep 0.02")
  end
  os.execute(("%skill-session -t %s"):format(socket, session))
  local lines = {}
  for line in text:gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
  while lines[#lines] == "" do lines[#lines] = nil end
  assert(lines[#lines] == "after", text)
  return lines, text
end

local terminals = {
  { "TERM=xterm-256color LC_ALL=C.UTF-8" },
  { "TERM=xterm-256color LC_ALL=C" },
  { "TERM=xterm-256color LC_ALL=C.UTF-8 NO_COLOR=1", plain = true },
  { "TERM=xterm-kitty TMUX=x LC_ALL=C.UTF-8" },
  { "TERM=vt100 LC_ALL=C", plain = true },
}

for _, size in ipairs{ { 80, 24 }, { 160, 50 } } do
  for _, terminal in ipairs(terminals) do
    for _, what in ipairs{ "pair", "grid", "residual" } do
      test(("%s, %s, %dx%d"):format(what, terminal[1], size[1], size[2]), function()
        local lines, text = screen(what, terminal[1], size[1], size[2])
        assert(lines[1] == "before", text)
        assert(#lines < size[2], text)
        assert(not text:find("%[%d+m") and not text:find("38;", 1, true) and not text:find("\27", 1, true), text)
        assert((text:find("[\xE2]") ~= nil) == (terminal[1]:find("UTF-8", 1, true) ~= nil
          and (terminal.plain == nil or what == "residual")), text) -- its profile is in braille
        assert((text:find("[ .:-=+*#%@]", 1, true) ~= nil) == (terminal.plain or false), text)
        if what == "pair" then assert(lines[2]:find("^one +two$"), text) end
        if what == "residual" then
          assert(lines[2] == "a residual" and text:find("column, in row 30", 1, true), text)
        end
      end)
    end
  end
end

test("a dumb terminal", function()
  local lines = screen("pair", "TERM=dumb", 80, 24)
  assert(#lines == 3 and lines[2] == "2 x 1x64x64: 0 to 1, mean 0.121", table.concat(lines, "\n"))
end)

os.execute(socket .. "kill-server")
support.done()
