-- !command: the shell's.
local shell = {}

-- The command gets the terminal, and Ctrl-C; where lines come from a file, it does not read from that.
function shell.run(command, session)
  if command == "" then error("!command runs a command of the shell, as in !ls", 0) end
  io.stdout:flush()
  if not session.console.terminal then command = "exec </dev/null\n" .. command end
  local ok, how, code = os.execute(command)
  if not ok then print((how == "signal" and "[ended by signal %d]" or "[exit status %d]"):format(code)) end
end

return shell
