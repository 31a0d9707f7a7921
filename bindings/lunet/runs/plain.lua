-- Values as records keep them: numbers, text, true and false, lists and tables with names; all else as text.
local identity = require "lunet.identity"
local options = require "lunet.options"

local plain = {}

local deepest = 8

-- Text that JSON can hold: bytes that are no UTF-8 become question marks.
function plain.text(text)
  if utf8.len(text) and not text:find("\0", 1, true) then return text end
  return (text:gsub("[\0\128-\255]", "?"))
end

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
  for key, entry in next, value do
    copy[list and key or plain.text(tostring(key))] = plain.value(entry, deep + 1)
  end
  return copy
end

-- Tensors and datasets with a hash of their values, items with their options.
function plain.value(value, deep)
  deep = deep or 1
  local kind = type(value)
  if kind == "nil" or kind == "boolean" or kind == "number" then return value end
  if kind == "string" then return plain.text(value) end
  local meta = debug.getmetatable(value)
  if kind ~= "table" or options.is_dataset(value) then return identity(value) end
  if meta and rawget(meta, "__tostring") then return plain.text(tostring(value)) end
  if deep > deepest then return "..." end
  return plain_table(meta and rawget(meta, "__frozen") or value, deep)
end

return plain
