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

local most_others = 256 -- keys outside of the list that are put in order: more are not shown

-- Put a key into an ordered list that keeps the first of all.
local function insert(list, key)
  local low, high = 1, #list + 1
  if high > most_others and not precedes(key, list[most_others]) then return end
  while low < high do
    local middle = (low + high) // 2
    if precedes(key, list[middle]) then high = middle else low = middle + 1 end
  end
  table.insert(list, low, key)
  list[most_others + 1] = nil
end

local function ordered(t)
  t = contents(t)
  local n, others, count = rawlen(t), {}, 0
  for key in next, t do
    if math.type(key) ~= "integer" or key < 1 or key > n then
      insert(others, key)
      count = count + 1
    end
  end
  return { t, n, others, count }
end

local seen = {}

-- To be called when values have been shown: tables change.
function table_keys.forget()
  seen = {}
end

-- The table to look into, the length of its list, its other keys (the first of them) and how many these are.
function table_keys.of(t)
  seen[t] = seen[t] or ordered(t)
  return table.unpack(seen[t])
end

-- Iterates over key, value and whether it belongs to the list; also returns how many entries there are.
function table_keys.entries(t)
  local inside, n, others, count = table_keys.of(t)
  local i = 0
  return function()
    i = i + 1
    if i <= n then return i, rawget(inside, i), true end
    local key = others[i - n]
    if key ~= nil then return key, rawget(inside, key), false end
  end, n + count
end

-- Whether a value is a table that says nothing of itself.
function table_keys.is_plain(value)
  if type(value) ~= "table" then return false end
  local meta = debug.getmetatable(value)
  return not meta or rawget(meta, "__frozen") ~= nil
    or rawget(meta, "__tostring") == nil and rawget(meta, "__name") == nil
end

return table_keys
