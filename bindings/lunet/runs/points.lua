-- The points of a sweep: tables of options, made from lists and ranges or given as they are. The same description gives
-- the same points in the same order. A point is known by what is in it, wherever it stands.
local core = require "lunet.core"
local errors = require "lunet.errors"
local json = require "lunet.json"
local options = require "lunet.options"
local random = require "lunet.random"
local range = require "lunet.range"

local points = {}

-- ---- One point ----

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do
    if type(key) ~= "string" then
      errors.raise("sweep: a point has names for its values, { net = \"unet\", seed = 1 }, got the key %s",
        tostring(key))
    end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end
points.sorted_keys = sorted_keys

-- What a value is written as: 1.0 is 1, an item is its text. `where` names it in messages.
local function plain(value, where, deep)
  deep = deep or 1
  if deep > 20 then errors.raise("sweep: '%s' is nested too deeply; does it contain itself?", where) end
  local kind = type(value)
  if kind == "string" or kind == "boolean" then return value end
  if kind == "number" then
    if value ~= value or math.abs(value) == math.huge then
      errors.raise("sweep: '%s' must be finite, got %s", where, tostring(value))
    end
    return math.tointeger(value) or value
  end
  if options.is_item(value) then return tostring(value) end
  if range.is(value) then
    errors.raise("sweep: '%s' is a %s; a grid needs a list of values, or say how many points to draw: random = 20 or "
      .. "latin = 20", where, tostring(value))
  end
  if kind ~= "table" or debug.getmetatable(value) then
    errors.raise("sweep: '%s' must be a number, text, true or false, an item or a table of these, got %s; give it a "
      .. "name, and let run make it", where, options.text(value))
  end
  local copy = {}
  for key, entry in pairs(value) do copy[key] = plain(entry, where, deep + 1) end
  return copy
end

-- { options = what the function gets, plain = the same as it is written, id = by which it is known, text = what of it
-- varies }
local function new_point(given)
  local written = {}
  for _, key in ipairs(sorted_keys(given)) do written[key] = plain(given[key], key) end
  if next(written) == nil then errors.raise("sweep: a point is empty") end
  return { options = given, plain = written, id = core.hash_text(json.encode(written)) }
end

local function value_text(value)
  if type(value) == "number" then return (math.type(value) == "integer" and "%d" or "%.6g"):format(value) end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  if value[1] ~= nil or next(value) == nil then
    for i, entry in ipairs(value) do parts[i] = value_text(entry) end
  else
    for i, key in ipairs(sorted_keys(value)) do parts[i] = ("%s = %s"):format(key, value_text(value[key])) end
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end
points.value_text = value_text

-- "net = unet, p = 0.1", of all values, or of those that `shown` has.
function points.text(written, shown)
  local parts = {}
  for _, key in ipairs(sorted_keys(written)) do
    if not shown or shown[key] then parts[#parts + 1] = ("%s = %s"):format(key, value_text(written[key])) end
  end
  return table.concat(parts, ", ")
end

-- ---- Lists of points ----

-- A point with the options that all have; what it has itself wins.
local function with_common(common, given)
  local all = {}
  for key, value in pairs(common) do all[key] = value end
  for key, value in pairs(given) do all[key] = value end
  return all
end

-- Add a point; one that is there already is an error, or left out where points are drawn. Whether it was added.
local function add(list, given, drawn)
  local point = new_point(with_common(list.common, given))
  local earlier = list.by_id[point.id]
  if earlier and not drawn then
    errors.raise("sweep: points %d and %d are the same: %s", earlier, #list + 1, points.text(point.plain))
  end
  if earlier then return false end
  list[#list + 1] = point
  list.by_id[point.id] = #list
  return true
end

-- A list of the values of each key: one value alone is a list of it.
local function lists_of(vary)
  local keys, lists = sorted_keys(vary), {}
  for _, key in ipairs(keys) do
    local values = vary[key]
    if type(values) ~= "table" or range.is(values) then values = { values } end
    if #values == 0 then
      errors.raise("sweep: option 'vary': '%s' must be a list of values, such as { 0.1, 0.2 }, got %s", key,
        next(values) == nil and "an empty table" or "a table with names; a list of one table is { { ... } }")
    end
    lists[key] = values
  end
  if #keys == 0 then errors.raise("sweep: option 'vary' is empty; it names what varies: { net = { \"a\", \"b\" } }") end
  return keys, lists
end

-- All combinations; the last key changes fastest.
local function grid(list, vary)
  local keys, lists = lists_of(vary)
  local count = 1
  for _, key in ipairs(keys) do count = count * #lists[key] end
  for i = 0, count - 1 do
    local given, rest = {}, i
    for k = #keys, 1, -1 do
      local values = lists[keys[k]]
      given[keys[k]], rest = values[rest % #values + 1], rest // #values
    end
    add(list, given)
  end
end

-- A value of a key at a share of the way.
local function at_share(values, share)
  if range.is(values[1]) and #values == 1 then return values[1]:at(share) end
  return values[math.floor(share * #values) + 1]
end

-- The seed of a key's numbers: those of other keys do not change them.
local function seed_of(key, seed)
  return random.derive(seed, tonumber(core.hash_text(key):sub(1, 8), 16))
end

-- A number in [0, 1), the i-th of a seed.
local function share_of(seed, i)
  return (random.derive(seed, i) >> 10) / 2 ^ 53
end

-- Points are drawn one after another, so that more of them are the same ones and others.
local function draw(list, vary, n, seed)
  local keys, lists = lists_of(vary)
  local tries = 0
  while #list < n do
    tries = tries + 1
    if tries > 100 * n then
      errors.raise("sweep: option 'random' = %d, but there are only %d different points", n, #list)
    end
    local given = {}
    for _, key in ipairs(keys) do given[key] = at_share(lists[key], share_of(seed_of(key, seed), tries)) end
    add(list, given, true)
  end
end

-- A Latin hypercube: of n equal parts of every range, or of every list, each is met once (McKay, Beckman and Conover,
-- Technometrics 21, 1979).
local function latin(list, vary, n, seed)
  local keys, lists = lists_of(vary)
  local orders = {}
  for _, key in ipairs(keys) do orders[key] = random.permutation(n, seed_of(key, seed)) end
  for i = 1, n do
    local given = {}
    for _, key in ipairs(keys) do
      given[key] = at_share(lists[key], (orders[key][i] - 1 + share_of(seed_of(key, seed), n + i)) / n)
    end
    add(list, given)
  end
end

-- Tables as they are, or a function: f(i) gives the i-th point, nil after the last, or f() all in one list.
local function listed(list, given)
  if type(given) == "function" then
    local first = given(1)
    if type(first) == "table" and type(first[1]) == "table" then return listed(list, first) end
    local all, point = {}, first
    while point ~= nil do
      all[#all + 1] = point
      point = given(#all + 1)
    end
    return listed(list, all)
  end
  for key in pairs(given) do
    if math.type(key) ~= "integer" then
      errors.raise("sweep: option 'points': a list of tables has no names, got '%s'", tostring(key))
    end
  end
  for i, point in ipairs(given) do
    if type(point) ~= "table" then
      errors.raise("sweep: option 'points': point %d must be a table, got %s", i, options.text(point))
    end
    add(list, point)
  end
  if #list == 0 then errors.raise("sweep: option 'points': there are none") end
end

-- The keys that all points have together, and those of them that have several values, in alphabetic order.
function points.keys(list)
  local values, count, all, varied = {}, {}, {}, {}
  for _, point in ipairs(list) do
    for key, value in pairs(point.plain) do
      local text = json.encode(value)
      values[key], count[key] = values[key] or {}, count[key] or 0
      if not values[key][text] then values[key][text], count[key] = true, count[key] + 1 end
    end
  end
  for _, key in ipairs(sorted_keys(values)) do
    all[#all + 1] = key
    if count[key] > 1 then varied[#varied + 1] = key end
  end
  return all, varied, count
end

-- Each point's text: of the keys given, of what varies, or all of a single point.
local function name_all(list, keys)
  local all, varied = points.keys(list)
  local shown = {}
  for _, key in ipairs(keys or #varied > 0 and varied or all) do shown[key] = true end
  for _, point in ipairs(list) do point.text = points.text(point.plain, shown) end
end

-- The points that the options of ln.sweep describe: a list, and by_id, their positions.
function points.of(o)
  local list, vary = { by_id = {}, common = o.options or {} }, o.vary
  local given = o.points or (type(vary) == "function" or type(vary[1]) == "table") and vary
  if given and (o.random or o.latin) then
    errors.raise("sweep: option '%s' draws from lists and ranges in 'vary', but the points are given",
      o.random and "random" or "latin")
  end
  if given then listed(list, given)
  elseif o.random then draw(list, vary, o.random, o.seed)
  elseif o.latin then latin(list, vary, o.latin, o.seed)
  else grid(list, vary) end
  name_all(list, o.shown)
  return list
end

return points
