-- Lua values as JSON text, for records beside models and for checkpoints. Numbers are read back as they were.
local core = require "lunet.core"
local errors = require "lunet.errors"

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function string_text(value)
  return '"' .. value:gsub('[%c"\\]', function(c) return escapes[c] or ("\\u%04x"):format(c:byte()) end) .. '"'
end

local encode

local function list_text(value, deep)
  local out = {}
  for i, entry in ipairs(value) do out[i] = encode(entry, deep) end
  for key in pairs(value) do
    if not out[key] then
      errors.raise("json: a list has the key %s as well; a table is a list without holes or has names", tostring(key))
    end
  end
  return "[" .. table.concat(out, ", ") .. "]"
end

-- Keys in alphabetical order, so that the same record gives the same bytes.
local function object_text(value, deep)
  local keys, out = {}, {}
  for key in pairs(value) do
    if type(key) ~= "string" then errors.raise("json: a key must be a string, got a %s", type(key)) end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for i, key in ipairs(keys) do out[i] = string_text(key) .. ": " .. encode(value[key], deep) end
  return "{" .. table.concat(out, ", ") .. "}"
end

local function number_text(value)
  if math.type(value) == "integer" then return ("%d"):format(value) end
  if value ~= value or math.abs(value) == math.huge then return "null" end
  for digits = 15, 17 do
    local text = ("%." .. digits .. "g"):format(value)
    if tonumber(text) == value then return text:find("[.e]") and text or text .. ".0" end
  end
end

-- Tables with entry 1 (or none at all) are lists, others objects; items become their text.
function encode(value, deep)
  deep = (deep or 0) + 1
  if deep > 100 then errors.raise("json: the record is nested too deeply; does it contain itself?") end
  local kind = type(value)
  if kind == "number" then return number_text(value) end
  if kind == "boolean" or kind == "nil" then return value == nil and "null" or tostring(value) end
  if kind == "function" or kind == "thread" then errors.raise("json: a %s cannot be stored", kind) end
  if kind ~= "table" then return string_text(tostring(value)) end
  local meta = debug.getmetatable(value)
  value = meta and rawget(meta, "__frozen") or value -- options of an item, for one, whose fields lie behind
  if rawget(value, 1) ~= nil or next(value) == nil then return list_text(value, deep) end
  return object_text(value, deep)
end

-- ---- Numbers that JSON has no word for ----

local words = { inf = math.huge, ["-inf"] = -math.huge, nan = 0 / 0 }

-- A copy with "inf", "-inf" and "nan" in their place, and the same back, in place.
local function packed(value)
  if type(value) == "table" then
    local copy = {}
    for key, entry in pairs(value) do copy[key] = packed(entry) end
    return copy
  end
  if value ~= value then return "nan" end
  return type(value) == "number" and math.abs(value) == math.huge and (value > 0 and "inf" or "-inf") or value
end

local function unpacked(value)
  if type(value) ~= "table" then return type(value) == "string" and words[value] or value end
  for key, entry in pairs(value) do value[key] = unpacked(entry) end
  return value
end

return { encode = encode, decode = core.decode_json, packed = packed, unpacked = unpacked }
