-- Forms of the prompt that are no Lua: ?name, name?, ??word, name??, %command, !command, !!command, x = !!command;
-- and the words that are commands without a %.
local commands = require "lunet.commands"
local session = require "lunet.session"

local forms = {}

local function shell(command)
  return function() return require("lunet.shell").run(command) end
end

-- What a command of the shell prints: given, or assigned.
local function output(command, name)
  return function()
    local module = require "lunet.shell"
    local text, code = module.output(command), module.output_code(command)
    local chunk = session.current()
    chunk.saved, chunk.expression = name and ("%s = %s"):format(name, code) or code, not name
    if not name then return text end
    rawset(_G, name, text)
  end
end

local function call(name, rest)
  return function()
    local command = commands.find(name)
    if command.code then error(("%%%s needs Lua behind it"):format(name), 0) end
    return command.run(rest, session)
  end
end

-- The Lua that a line gives to a command which takes such, and the command; nil where it does not.
function forms.code(line)
  local name, rest = line:match("^%s*%%%s*([%w_]+)%s+(.-)%s*$")
  local command = name and commands.known(name)
  if command and command.code then return rest, command end
end

-- who, why and hist, as long as nothing is called so.
local function is_word(text)
  local command = text:find("^%l+$") and rawget(_G, text) == nil and commands.known(text)
  return command and command.word
end

local function knowing(what, subject)
  return function() return require("lunet.knowing")[what](subject) end
end

local function trimmed(text)
  return (text:match("^%s*(.-)%s*$"))
end

-- What a line asks for: a function to be run as a chunk is, or nil where the line is Lua.
function forms.find(line)
  local text = trimmed(line)
  local first = text:sub(1, 1)
  local asked = text:match("^%?%s*%%([%w_]+)$") or text:match("^%%([%w_]+)%s*%?$")
  if asked then return call("help", asked) end
  local name, command = text:match("^([%a_][%w_]*)%s*=%s*!!%s*(.-)$")
  if name then return output(command, name) end
  if text:sub(1, 2) == "!!" then return output(trimmed(text:sub(3))) end
  if first == "!" then return shell(trimmed(text:sub(2))) end
  if first == "%" then
    local called, rest = text:match("^%%%s*([%w_]*)%s*(.-)$")
    return call(called == "" and "help" or called, rest)
  end
  if first == "?" then
    local mark, subject = text:match("^(%?%??)%s*(.-)$")
    return knowing(mark == "?" and "help" or "search", subject)
  end
  local subject, mark = text:match("^([%a_][%w_.:]*)%s*(%?%??)$")
  if subject then return knowing(mark == "?" and "help" or "source", subject) end
  if is_word(text) then return call(text, "") end
  return nil
end

return forms
