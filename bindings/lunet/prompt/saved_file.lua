-- A script that %run has run, as part of a saved session: its text.
local chunk_shape = require "lunet.chunk_shape"
local script_file = require "lunet.script_file"

local saved_file = {}

-- What sets `arg`, for a script that looks at it.
local function arg_line(path, arguments)
  local list = { ("[0] = %q"):format(path) }
  for i, argument in ipairs(arguments) do list[i + 1] = ("%q"):format(argument) end
  return ("arg = { %s }\n"):format(table.concat(list, ", "))
end

-- Its variables become globals, as they did.
local function exports(shape)
  local lines = {}
  for _, declaration in ipairs(shape.returns and {} or shape.locals) do
    for _, name in ipairs(declaration.names) do lines[#lines + 1] = ("_G.%s = %s\n"):format(name, name) end
  end
  return table.concat(lines)
end

-- Lua that does what the script did with these arguments. One that returns, or looks at its arguments, is a function.
function saved_file.text(path, arguments)
  local text = script_file.text(path):gsub("^%s*\n", ""):gsub("%s+$", "") .. "\n"
  local shape, quoted = chunk_shape(text), {}
  local head = shape.mentions.arg and arg_line(path, arguments) or ""
  if not shape.returns and not shape.varargs then return head .. text end
  for i, argument in ipairs(arguments) do quoted[i] = ("%q"):format(argument) end
  return ("%s;(function(...)\n%s%send)(%s)\n"):format(head, text, exports(shape), table.concat(quoted, ", "))
end

return saved_file
