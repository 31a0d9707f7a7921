-- A script that %run has run, as part of a saved session: its text.
local chunk_shape = require "lunet.chunk_shape"

local saved_file = {}

-- What sets `arg`, for a script that looks at it.
local function arg_line(path, arguments)
  local list = { ("[0] = %q"):format(path) }
  for i, argument in ipairs(arguments) do list[i + 1] = ("%q"):format(argument) end
  return ("arg = { %s }\n"):format(table.concat(list, ", "))
end

-- The names of its variables, which stay: "a, b, c"; "" where it returns before its end.
local function kept_names(shape)
  local names, seen = {}, {}
  for _, declaration in ipairs(shape.returns and {} or shape.locals) do
    for _, name in ipairs(declaration.names) do
      if not seen[name] then names[#names + 1], seen[name] = name, true end
    end
  end
  return table.concat(names, ", ")
end

-- Lua that does what a script of this text did with these arguments. One that returns, or looks at its arguments, is a
-- function.
function saved_file.text(path, arguments, text)
  text = text:gsub("^%s*\n", ""):gsub("%s+$", "") .. "\n"
  local shape, quoted = chunk_shape(text), {}
  local head = shape.mentions.arg and arg_line(path, arguments) or ""
  if not shape.returns and not shape.varargs then return head .. text end
  for i, argument in ipairs(arguments) do quoted[i] = ("%q"):format(argument) end
  local names, call = kept_names(shape), table.concat(quoted, ", ")
  if names == "" then return ("%s;(function(...)\n%send)(%s)\n"):format(head, text, call) end
  return ("%s%s = (function(...)\n%sreturn %s\nend)(%s)\n"):format(head, names, text, names, call)
end

return saved_file
