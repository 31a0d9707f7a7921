-- Whether a text can be run as it stands: each chunk in it is complete, or wrong.
local forms = require "lunet.forms"
local lines_of = require "lunet.lines"
local running = require "lunet.running"

-- Whether the chunk needs more lines.
local function is_unfinished(chunk)
  local f, message = load("return " .. chunk, "=?", "t")
  if not f and not running.is_unfinished(message, chunk) then f, message = load(chunk, "=?", "t") end
  return not f and running.is_unfinished(message, chunk)
end

return function(text)
  local chunk
  for _, line in ipairs(lines_of(text)) do
    if chunk then chunk = chunk .. "\n" .. line
    elseif line:find("%S") and not forms.find(line) then chunk = line
    end
    if chunk and not is_unfinished(chunk) then chunk = nil end
  end
  return chunk == nil
end
