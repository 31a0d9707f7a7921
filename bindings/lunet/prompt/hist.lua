-- %hist: what was typed in this session.
local session = require "lunet.session"

local shown = 20 -- chunks, unless another number is given

-- "  3  for i = 1, 3 do" with its further lines below; what failed is marked.
local function entry(chunk)
  local mark = chunk.ok == false and "x" or " "
  return ("%4d %s %s"):format(chunk.n, mark, (chunk.text:gsub("\n", "\n       ")))
end

-- what: how many of the last, or a text that they contain; "" for the last 20.
return function(what)
  local number, found = math.tointeger(tonumber(what)), {}
  for i = 1, #session.chunks - 1 do -- without this one
    local chunk = session.chunks[i]
    if what == "" or number or chunk.text:find(what, 1, true) then found[#found + 1] = entry(chunk) end
  end
  local most = number or what == "" and shown or #found
  return { table.unpack(found, math.max(#found - most + 1, 1)) }
end
