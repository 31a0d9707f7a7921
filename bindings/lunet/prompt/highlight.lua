-- Colours of what the prompt itself says, where there are such and somebody types.
local capabilities = require "lunet.capabilities"
local session = require "lunet.session"

local highlight = {}

local function wrapped(code, text, fd)
  local plain = not session.console.terminal or not capabilities.is_terminal(fd) or capabilities.colours() == 0
  if plain then return text end
  return ("\27[%sm%s\27[0m"):format(code, text)
end

-- An error, on standard error: red.
function highlight.error(text)
  return wrapped("31", text, 2)
end

-- What is said beside the values, as times: dim.
function highlight.aside(text)
  return wrapped("2", text, 1)
end

return highlight
