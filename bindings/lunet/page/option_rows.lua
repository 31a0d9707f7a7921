-- Options as rows { name, text }: tables within tables as "optimizer.lr".
local errors = require "lunet.errors"
local options = require "lunet.options"

local deepest = 6

local function metatable(value)
  return debug.getmetatable(value) or {}
end

local function is_plain_table(value)
  return type(value) == "table" and not options.is_dataset(value) and not rawget(metatable(value), "__tostring")
end

-- A list of plain values on one line: "32, 64, 128"; nil for other tables.
local function list_text(value)
  if not is_plain_table(value) or #value == 0 then return nil end
  local out, count = {}, 0
  for _ in pairs(value) do count = count + 1 end
  if count ~= #value then return nil end
  for i, entry in ipairs(value) do
    out[i] = list_text(entry) and ("{ %s }"):format(list_text(entry)) or not is_plain_table(entry) and tostring(entry)
    if not out[i] then return nil end
  end
  return table.concat(out, ", ")
end

local function text_of(value)
  if options.is_tensor(value) or options.is_network(value) or type(value) == "function" then
    return options.text(value)
  end
  return type(value) == "number" and ("%.10g"):format(value) or tostring(value)
end

-- Numbers in order, then names.
local function keys_of(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    if type(a) == "number" and type(b) == "number" then return a < b end
    if type(a) == "number" or type(b) == "number" then return type(a) == "number" end
    return tostring(a) < tostring(b)
  end)
  return keys
end

local function add_rows(rows, prefix, t, deep)
  for _, key in ipairs(keys_of(t)) do
    local name, value = prefix .. tostring(key), t[key]
    local list = list_text(value)
    local is_table = is_plain_table(value)
    if list then
      rows[#rows + 1] = { name, list }
    elseif is_table and deep < deepest and next(value) ~= nil then
      add_rows(rows, name .. ".", value, deep + 1)
    else
      rows[#rows + 1] = { name, is_table and (next(value) and "..." or "{}") or text_of(value) }
    end
  end
end

-- Whether all entries are { name, value }.
local function is_list_of_pairs(given)
  local count = 0
  for _, entry in pairs(given) do
    if type(entry) ~= "table" or #entry ~= 2 then return false end
    count = count + 1
  end
  return count > 0 and count == #given
end

-- Of a table, an item (its options), or a list { { name, value }, ... } that keeps its order.
return function(what, given)
  local rows = {}
  if options.is_item(given) then
    add_rows(rows, "", given.options, 1)
  elseif not is_plain_table(given) then
    errors.raise("%s: expected a table of options, or an item, got %s", what, options.text(given))
  elseif is_list_of_pairs(given) then
    for i, pair in ipairs(given) do rows[i] = { tostring(pair[1]), list_text(pair[2]) or text_of(pair[2]) } end
  else
    add_rows(rows, "", given, 1)
  end
  return rows
end
