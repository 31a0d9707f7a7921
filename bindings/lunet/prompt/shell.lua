-- !command: the shell's; !!command: what it prints.
local session = require "lunet.session"

local shell = {}

-- How a command ended that failed.
local function ending(how, code)
  return (how == "signal" and "ended by signal %d" or "exit status %d"):format(code)
end

-- Runs a command, which gets the terminal, and Ctrl-C; where lines come from a file, it does not read from that.
-- Returns what is wrong, or nil.
local function execute(command)
  io.stdout:flush()
  if not session.console.terminal then command = "exec </dev/null\n" .. command end
  local ok, how, code = os.execute(command)
  if not ok then return ending(how, code) end
end

function shell.run(command)
  if command == "" then error("!command runs a command of the shell, as in !ls", 0) end
  session.current().saved = ("os.execute(%q)"):format(command)
  local wrong = execute(command)
  if wrong then print(("[%s]"):format(wrong)) end
  if command:find("^cd%f[%W]") then print("[cd is for that shell alone; lunet stays where it was started]") end
end

-- The same of a program that has to succeed.
function shell.call(command, name)
  local wrong = execute(command)
  if wrong then error(("%s: %s"):format(name, wrong), 0) end
end

-- What a command prints, without line ends behind.
function shell.output(command)
  if command == "" then error("!!command gives what a command of the shell prints, as in names = !!ls", 0) end
  local pipe = assert(io.popen("exec </dev/null\n" .. command))
  local text = pipe:read("a")
  local ok, how, code = pipe:close()
  if not ok then error(("%s: %s"):format(command, ending(how, code)), 0) end
  return (text:gsub("\n+$", ""))
end

-- The same as Lua.
function shell.output_code(command)
  return ("(io.popen(%q):read('a'):gsub('\\n+$', ''))"):format(command)
end

return shell
