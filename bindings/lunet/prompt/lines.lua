-- What was typed or pasted as one text, as lines that are given to the prompt one after the other. A line that can only
-- go on with the one before it is given with that: pasted chains of methods stand below each other.
local forms = require "lunet.forms"

-- What no chunk begins with. A line that begins with - or ( may be a chunk of its own.
local further = { "^:[^:]", "^%.[%a_.]", "^[*/^=<>&|,)}%]]", "^~=", "^and%f[%W]", "^or%f[%W]" }

local function goes_on(line)
  local text = line:match("^%s*(.*)$")
  for _, pattern in ipairs(further) do
    if text:find(pattern) and text:sub(1, 3) ~= "..." then return true end
  end
  return false
end

return function(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do
    local last = lines[#lines]
    if last and last:find("%S") and goes_on(line) and not forms.find(last) then
      lines[#lines] = last .. "\n" .. line
    else
      lines[#lines + 1] = line
    end
  end
  return lines
end
