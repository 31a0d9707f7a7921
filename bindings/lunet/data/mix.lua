-- ln.data.mix: images of several datasets, by weights.
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local random = require "lunet.random"
local sets = require "lunet.set"

local page = {
  name = "data.mix",
  usage = "ln.data.mix(parts: table, options?: options) -> set",
  doc = "A dataset from several: ln.data.mix{ { a, 2 }, { b, 1 } } gives two images of a for each of b. Every set is "
    .. "gone through in random order, others each epoch, until all of its images had their turn; then it begins anew. "
    .. "Sets of different kinds go together, if their images have one shape; all have targets, or none. A mix cannot "
    .. "be split: split its sets.",
  options = {
    { "count", "integer", min = 1, help = "images in an epoch (default: as many as the sets have together)" },
  },
  errors = "Parts that are no { set, weight }; images of different shapes, when the first batch is made.",
  example = [[
local others = ln.data.phantom{ 6, size = 32, ellipses = 4 }
ln.data.mix({ { set, 2 }, { others, 1 } }, { count = 9 })]],
}

local function check_parts(parts)
  options.argument("data.mix", "the list of parts", "table", parts)
  if #parts == 0 then errors.raise("data.mix: expected a list of parts { set, weight }, got an empty one") end
  for i, part in ipairs(parts) do
    local fits = type(part) == "table" and not options.is_dataset(part)
    local set, weight = fits and part[1], fits and part[2] or 1
    if not options.is_dataset(set) or #set == 0 then
      errors.raise("data.mix: part %d must be { set, weight } with images in the set, got %s", i, options.text(set or
        part))
    elseif type(weight) ~= "number" or not (weight > 0 and weight < math.huge) then
      errors.raise("data.mix: the weight of part %d must be a number above 0, got %s", i, options.text(weight))
    end
  end
end

-- How many of `count` images each part gives: shares by weight, rounded so that they add up, the largest rests first.
local function shares(parts, count)
  local total, given, list, rests = 0, 0, {}, {}
  for _, part in ipairs(parts) do total = total + (part[2] or 1) end
  for i, part in ipairs(parts) do
    local exact = count * (part[2] or 1) / total
    list[i] = math.floor(exact)
    rests[i] = { i, exact - list[i] }
    given = given + list[i]
  end
  table.sort(rests, function(a, b) return a[2] > b[2] or a[2] == b[2] and a[1] < b[1] end)
  for k = 1, count - given do list[rests[k][1]] = list[rests[k][1]] + 1 end
  return list
end

-- Image number `turn` (from 0) of all that a set gives over the epochs: pass after pass, each in an order of its own.
local function turns(set, part)
  local pass_of, order -- those of the last call
  return function(draw, turn)
    local n = #set
    local key = random.derive(random.derive(draw.seed ~ 0x6d6978, part), turn // n)
    if pass_of ~= key then pass_of, order = key, random.permutation(n, key) end
    return order[turn % n + 1]
  end
end

local function mix(parts, given)
  check_parts(parts)
  local o = options.read(page, given)
  local all, pairs_in_all = 0, nil
  for i, part in ipairs(parts) do
    all = all + #part[1]
    local _, target = sets.image(part[1], 1)
    if pairs_in_all ~= nil and pairs_in_all ~= (target ~= nil) then
      errors.raise("data.mix: part %d %s targets, those before %s", i, target and "has" or "has no",
        target and "have none" or "have")
    end
    pairs_in_all = target ~= nil
  end
  local count = o.count or all
  local part_shares, order_of, first = shares(parts, count), {}, { 0 }
  for i, part in ipairs(parts) do
    order_of[i], first[i + 1] = turns(part[1], i), first[i] + part_shares[i]
  end

  -- Part and number of image `number` of an epoch.
  local function find(number, draw)
    local i = 1
    while number > first[i + 1] do i = i + 1 end
    return i, order_of[i](draw, draw.epoch * part_shares[i] + number - first[i] - 1)
  end

  local reader = { pairs = pairs_in_all, whole = "a mix draws from all of its images; split the sets that it is of" }
  function reader.read(number, draw)
    local i, index = find(number, draw)
    return sets.image(parts[i][1], index, draw)
  end
  function reader.text() return ("%d images in an epoch, a mix of %d sets"):format(count, #parts) end

  local names, still = {}, { seed = 0, epoch = 0 }
  for number = 1, count do
    local i, index = find(number, still)
    names[number] = parts[i][1].names[index]
  end
  return sets.of_reader(reader, names)
end

return docs.add(mix, page)
