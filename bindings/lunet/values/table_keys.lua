-- The entries of plain tables in an order that is the same each time: the list from 1, other numbers, names in
-- alphabetic order, the rest. Metamethods are not called.
local table_keys = {}

-- What the prompt shows of a table that only refers to another, as the options of items do.
local function contents(t)
  local meta = debug.getmetatable(t)
  local frozen = meta and rawget(meta, "__frozen")
  return type(frozen) == "table" and frozen or t
end

local ranks = { number = 1, string = 2, boolean = 3 }

local function precedes(a, b)
  local rank_a, rank_b = ranks[type(a)] or 4, ranks[type(b)] or 4
  if rank_a ~= rank_b then return rank_a < rank_b end
  if rank_a <= 2 then return a < b end
  if rank_a == 3 then return not a and b end
  local text_a, text_b = type(a), type(b)
  if text_a ~= text_b then return text_a < text_b end
  return ("%p"):format(a) < ("%p"):format(b)
end

-- The table to look into, the length of its list, and its other keys.
function table_keys.of(t)
  t = contents(t)
  local n, others = rawlen(t), {}
  for key in next, t do
    if math.type(key) ~= "integer" or key < 1 or key > n then others[#others + 1] = key end
  end
  table.sort(others, precedes)
  return t, n, others
end

-- Iterates over key, value and whether it belongs to the list.
function table_keys.entries(t)
  local inside, n, others = table_keys.of(t)
  local i = 0
  return function()
    i = i + 1
    if i <= n then return i, rawget(inside, i), true end
    local key = others[i - n]
    if key ~= nil then return key, rawget(inside, key), false end
  end, n + #others
end

-- Whether a value is a table that says nothing of itself.
function table_keys.is_plain(value)
  if type(value) ~= "table" then return false end
  local meta = debug.getmetatable(value)
  return not meta or rawget(meta, "__frozen") ~= nil
    or rawget(meta, "__tostring") == nil and rawget(meta, "__name") == nil
end

return table_keys
