-- A value in a few words on one line, for what is noted while an error is handled, and for lists: no code of the user's
-- is run, and nothing that takes long. "a tensor of shape 3x64x64", { 1, 2, x = 3 }.
local core = require "lunet.core"
local format = require "lunet.format"
local keys = require "lunet.table_keys"
local value_line = require "lunet.value_line"

local most_entries = 100 -- of tables whose entries are sorted

local brief

-- Text of at most so many characters.
local function cut(text, width)
  local length = utf8.len(text)
  if not length then text, length = text:gsub("[\x80-\xFF]", "?"), #text end
  if length <= width then return text end
  return text:sub(1, (utf8.offset(text, width - 2) or #text + 1) - 1) .. "..."
end

local function has_few_entries(t)
  local key = nil
  for _ = 1, most_entries + 1 do
    key = next(t, key)
    if key == nil then return true end
  end
  return false
end

local function table_text(t, width)
  if not has_few_entries(t) then return ("a table, %d in its list"):format(rawlen(t)) end
  local out, length = {}, 4
  for key, value, in_list in keys.entries(t) do
    local plain = type(value) == "table" and not debug.getmetatable(value)
    local inner = plain and (next(value) == nil and "{}" or "{...}") or brief(value, 40)
    if not in_list then
      inner = (type(key) == "string" and value_line.key(key) or "[" .. brief(key, 40) .. "] = ") .. inner
    end
    length = length + #inner + 2
    if length + 3 > width then
      out[#out + 1] = "..."
      break
    end
    out[#out + 1] = inner
  end
  return #out == 0 and "{}" or "{ " .. table.concat(out, ", ") .. " }"
end

-- Of objects that describe themselves by their kind alone.
local function object_text(value)
  local meta = debug.getmetatable(value)
  local name = rawget(meta or {}, "__name")
  local images = name == "lunet.set" and rawget(value, "images")
  if images then return ("a dataset of %d images"):format(#images) end
  return name == "lunet" and "the module lunet" or core.describe(value)
end

function brief(value, width)
  local kind = type(value)
  if kind == "string" then return (value_line.quoted(value, width)) end
  if kind == "number" or kind == "boolean" or kind == "nil" then return tostring(value) end
  if kind == "function" or kind == "thread" then return "a " .. kind end
  if kind == "table" and not debug.getmetatable(value) then return table_text(value, width) end
  return cut(format.visible(object_text(value)), width)
end

return { of = brief, cut = cut }
