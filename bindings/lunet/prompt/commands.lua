-- The commands of the prompt, %name: a registry. Each file of a group returns a list of commands
--
--   { name = "time", usage = "%time expression", doc = "...", run = function(rest, session) ... end }
--
-- run gets the text behind the name, without spaces around it, and what happened so far (session.lua). What it returns
-- is printed and kept in _ as the values of Lua are; an error is told as one of Lua. A command with `code = true` takes
-- Lua, of several lines if need be: its run gets the function instead of the text, and whether it is an expression. One
-- with `word = true` needs no %, as long as no global has its name.
local errors = require "lunet.errors"
local options = require "lunet.options"

local commands = {}

local groups = { "lunet.session_commands", "lunet.timing_commands", "lunet.file_commands", "lunet.settings_commands" }
local list, by_name

local function load()
  if list then return end
  local new, names = {}, {}
  for _, module in ipairs(groups) do
    for _, command in ipairs(require(module)) do
      new[#new + 1] = command
      names[command.name] = command
    end
  end
  list, by_name = new, names
end

-- In the order in which they are told.
function commands.list()
  load()
  return list
end

local kinds = { name = "string", usage = "string", doc = "string", run = "function" }

-- One more, from a start-up file.
function commands.add(command)
  load()
  options.argument("command", "what it is called with", "table", command)
  for _, field in ipairs{ "name", "usage", "doc", "run" } do
    options.argument("command", ("'%s'"):format(field), kinds[field], command[field])
  end
  if not command.name:find("^[%w_]+$") then
    errors.raise("command: 'name' must be letters, digits and _, got '%s'", command.name)
  end
  if not by_name[command.name] then list[#list + 1] = command end
  by_name[command.name] = command
end

function commands.known(name)
  load()
  return by_name[name]
end

-- What other prompts call them.
local elsewhere = { timeit = "bench", prun = "time", whos = "who", history = "hist", debug = "why", tb = "why",
  traceback = "why", xmode = "set", autoreload = "reload", load = "edit", logstart = "log", magic = "help",
  lsmagic = "help", quickref = "help", config = "set" }

-- The same, and an error where there is none.
function commands.find(name)
  load()
  if by_name[name] then return by_name[name] end
  local names = {}
  for i, command in ipairs(list) do names[i] = command.name end
  local near = elsewhere[name] or require("lunet.core").nearest(name, names)
  errors.raise("no command '%%%s'%s", name, near and ("; did you mean '%%%s'?"):format(near) or "; % lists them")
end

return commands
