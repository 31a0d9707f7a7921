-- A value in a few words on one line, without running any code of the user's: "a tensor of shape 3x64x64", { 1, 2, 3 }.
local core = require "lunet.core"
local format = require "lunet.format"

-- Text of at most so many bytes, cut between characters.
local function cut(text, width)
  if #text <= width then return text end
  local last = width - 3
  while last > 0 and text:byte(last + 1) & 0xC0 == 0x80 do last = last - 1 end
  return text:sub(1, math.max(last, 0)) .. "..."
end

local brief

local function is_name(key)
  return type(key) == "string" and key:find("^[%a_][%w_]*$") ~= nil
end

local function table_text(t, width)
  local out, length, n = {}, 4, 0
  for key, value in next, t do
    n = n + 1
    local inner = type(value) == "table" and not debug.getmetatable(value) and "{...}" or brief(value, 40)
    if key ~= n then inner = (is_name(key) and "%s = %s" or "[%s] = %s"):format(brief(key, 40, true), inner) end
    length = length + #inner + 2
    if length + 3 > width then
      out[#out + 1] = "..."
      break
    end
    out[#out + 1] = inner
  end
  return #out == 0 and "{}" or "{ " .. table.concat(out, ", ") .. " }"
end

-- bare: strings without quotes
function brief(value, width, bare)
  local kind = type(value)
  if kind == "string" then
    local text = cut(value, math.max(width - 2, 8))
    return format.visible(bare and text or '"' .. text:gsub('"', '\\"') .. '"')
  elseif kind == "number" or kind == "boolean" or kind == "nil" then
    return tostring(value)
  elseif kind == "function" or kind == "thread" then
    return "a " .. kind
  elseif kind == "table" and not debug.getmetatable(value) then
    return table_text(value, width)
  end
  return cut(format.visible(core.describe(value)), width)
end

return brief
