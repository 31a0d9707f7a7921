-- Values as records keep them: numbers, text, true and false, lists and tables with names; all else as text.
local identity = require "lunet.identity"
local options = require "lunet.options"

local deepest = 8

local plain

-- A list without holes and names?
local function is_list(value)
  local count = 0
  for _ in next, value do count = count + 1 end
  for i = 1, count do
    if rawget(value, i) == nil then return false end
  end
  return true
end

local function plain_table(value, deep)
  local copy, list = {}, is_list(value)
  for key, entry in next, value do copy[list and key or tostring(key)] = plain(entry, deep + 1) end
  return copy
end

-- Tensors and datasets with a hash of their values, items with their options.
function plain(value, deep)
  deep = deep or 1
  local kind = type(value)
  if kind == "nil" or kind == "boolean" or kind == "number" or kind == "string" then return value end
  local meta = debug.getmetatable(value)
  if kind ~= "table" or options.is_dataset(value) then return identity(value) end
  if meta and rawget(meta, "__tostring") then return tostring(value) end
  if deep > deepest then return "..." end
  return plain_table(meta and rawget(meta, "__frozen") or value, deep)
end

return plain
