-- Values on one line, inside of tables and beside names: strings quoted, tables by what fits of their contents, objects
-- by what they are. What does not fit is elided by "...".
local core = require "lunet.core"
local errors = require "lunet.errors"
local function_line = require "lunet.function_line"
local keys = require "lunet.table_keys"

local line = {}

local deepest = 3 -- tables in tables

-- Characters of a text, or bytes where it is no UTF-8.
function line.width(text)
  return utf8.len(text) or #text
end

-- The first n characters of a text.
local function beginning(text, n)
  if utf8.len(text) then return text:sub(1, (utf8.offset(text, n + 1) or #text + 1) - 1) end
  return text:sub(1, n)
end

local escapes = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ['"'] = '\\"', ["\\"] = "\\\\" }

-- A character, or a byte of a text that is no UTF-8, as Lua code.
local function escaped(character)
  if escapes[character] then return escapes[character] end
  local is_plain = #character > 1 or character:find("^[ -~]$")
  return is_plain and character or ("\\x%02x"):format(character:byte())
end

-- A string as Lua code, as far as there is room, and whether that is all of it.
function line.quoted(text, room)
  room = math.max(room, 15)
  local head, out, used = beginning(text, room), {}, 0
  for character in head:gmatch(utf8.len(text) and utf8.charpattern or ".") do
    local code = escaped(character)
    out[#out + 1], used = code, used + line.width(code)
  end
  if used <= room - 2 and #head == #text then return ('"%s"'):format(table.concat(out)), true end
  while used > room - 5 do used = used - line.width(table.remove(out)) end
  return ('"%s..."'):format(table.concat(out)), false
end

local reserved = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true "
  .. "until while"):gmatch("%a+") do reserved[word] = true end

-- "name = ", "[3] = ", "" for the next entry of a list.
function line.key(key, in_list)
  if in_list then return "" end
  if type(key) == "string" and key:find("^[%a_][%w_]*$") and not reserved[key] then
    return (#key <= 40 and key or key:sub(1, 37) .. "...") .. " = "
  end
  return ("[%s] = "):format((line.of(key, 40, {}, deepest)))
end

-- What tostring gives; where __tostring fails, what failed.
function line.text_of(value)
  local ok, text = errors.try(tostring, value)
  if ok then return text .. "" end -- a number is taken, too
  return ("a %s whose __tostring fails: %s"):format(type(value), errors.bare(text))
end

-- An object on one line; a table of the module by its name.
local function object_line(value)
  local meta = debug.getmetatable(value)
  local name = type(value) == "table" and not rawget(meta, "__tostring") and rawget(meta, "__name")
  if type(name) == "string" then return (name:gsub("^lunet%f[.\0]", "ln")) end
  local text = line.text_of(value)
  if not text:find("\n", 1, true) then return text end
  local ok, described = errors.try(core.describe, value)
  return ok and described or text:match("^[^\n]*") .. " ..."
end

local function shortened(text, room)
  if line.width(text) <= room then return text, true end
  return beginning(text, math.max(room - 3, 1)) .. "...", false
end

-- path: the tables that this one is in, as a set; depth: how many.
local function table_line(t, room, path, depth)
  if next((keys.of(t))) == nil then return "{}", true end
  if path[t] then return "{ cycle }", true end
  if depth >= deepest then return "{...}", true end -- deeper ones are not looked into
  if room < 10 then return "{...}", false end
  path[t] = true
  local parts, used, whole = {}, 4, true
  local entries, left = keys.entries(t)
  for key, value, in_list in entries do
    local head = line.key(key, in_list)
    local rest = left > 1 and 5 or 0 -- for ", ..."
    local space = room - used - line.width(head) - rest
    local text, complete = line.of(value, math.max(space, 8), path, depth + 1)
    if line.width(text) > space then
      parts[#parts + 1], whole = "...", false
      break
    end
    whole, left = whole and complete, left - 1
    parts[#parts + 1] = head .. text
    used = used + line.width(head .. text) + 2
  end
  path[t] = nil
  return ("{ %s }"):format(table.concat(parts, ", ")), whole
end

-- A value in about as many characters as there is room for, and whether that is all of it.
function line.of(value, room, path, depth)
  if type(value) == "string" then return line.quoted(value, room) end
  if keys.is_plain(value) then return table_line(value, room, path or {}, depth or 0) end
  if type(value) == "function" then return shortened(function_line.name(value), room) end
  if type(value) == "userdata" or type(value) == "table" then
    local name = function_line.type_name(value)
    return shortened(name or object_line(value), room)
  end
  return line.text_of(value), true
end

return line
