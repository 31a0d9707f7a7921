-- !command: the shell's.
local session = require "lunet.session"

local shell = {}

-- Runs a command, which gets the terminal, and Ctrl-C; where lines come from a file, it does not read from that.
-- Returns what is wrong, or nil.
local function execute(command)
  io.stdout:flush()
  if not session.console.terminal then command = "exec </dev/null\n" .. command end
  local ok, how, code = os.execute(command)
  if not ok then return (how == "signal" and "ended by signal %d" or "exit status %d"):format(code) end
end

function shell.run(command)
  if command == "" then error("!command runs a command of the shell, as in !ls", 0) end
  session.current().saved = ("os.execute(%q)"):format(command)
  local wrong = execute(command)
  if wrong then print(("[%s]"):format(wrong)) end
end

-- The same of a program that has to succeed.
function shell.call(command, name)
  local wrong = execute(command)
  if wrong then error(("%s: %s"):format(name, wrong), 0) end
end

return shell
