-- Commands about the prompt and what happened at it.
local commands = require "lunet.commands"

local function help()
  local rows, widest = {}, 0
  for _, command in ipairs(commands.list()) do
    rows[#rows + 1] = { command.usage, command.doc }
    widest = math.max(widest, #command.usage)
  end
  for _, row in ipairs(rows) do print(("  %s%s  %s"):format(row[1], (" "):rep(widest - #row[1]), row[2])) end
end

return {
  { name = "help", usage = "%help", doc = "list the commands", run = help },
}
