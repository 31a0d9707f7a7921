-- Commands about the prompt and what happened at it.
local commands = require "lunet.commands"

local function print_lines(lines)
  for _, line in ipairs(lines) do print(line) end
end

local function help(name)
  local rows, widest = {}, 0
  local list = name == "" and commands.list() or { commands.find(name:gsub("^%%", "")) }
  for _, command in ipairs(list) do
    rows[#rows + 1] = { command.usage, command.doc }
    widest = math.max(widest, #command.usage)
  end
  local format, columns = require "lunet.format", require("lunet.capabilities").columns()
  for _, row in ipairs(rows) do
    local text = format.wrapped(row[2], widest + 4, math.min(columns, 100) - 1)
    print(("  %s%s  %s"):format(row[1], (" "):rep(widest - #row[1]), text))
  end
end

local function log(rest)
  local session_log = require "lunet.session_log"
  if rest == "off" then session_log.stop() elseif rest ~= "" then session_log.start(rest) end
  print(session_log.state())
end

return {
  { name = "help", usage = "%help [NAME]", run = help,
    doc = "the commands; % alone too. who, hist and why need no %. ? helps on everything else" },
  { name = "who", usage = "%who", word = true, run = function() print_lines(require("lunet.who")()) end,
    doc = "the names that you have made: what they are, shapes, memory" },
  { name = "hist", usage = "%hist [N|TEXT]", word = true,
    run = function(rest) print_lines(require("lunet.hist")(rest)) end,
    doc = "the last 20 chunks of this session, or N, or those with TEXT" },
  { name = "why", usage = "%why", word = true, run = function() print_lines(require("lunet.why")()) end,
    doc = "the last error: the calls that led there, with their variables" },
  { name = "save", usage = "%save FILE", run = function(rest) print(require("lunet.saved_script").write(rest)) end,
    doc = "what worked, as a script that does the same; -f FILE replaces one" },
  { name = "log", usage = "%log [FILE|off]", run = log,
    doc = "write what is typed, and what comes of it, to a file as it happens" },
}
