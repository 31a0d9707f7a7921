-- Cross-validation: set:folds deals a dataset's images to k folds, each of which is tested on once.
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local random = require "lunet.random"
local sets = require "lunet.set"
local split = require "lunet.split"

local page = {
  name = "set:folds",
  usage = "set:folds(options?: options) -> table[]",
  doc = "A list of k folds for cross-validation, { train = set, test = set }: every image is in the test set of one, "
    .. "and in the training sets of the others. Test sets are as equal in size as whole groups allow. Which images go "
    .. "where depends on names, seed and k alone. The images are copied when fold.train or fold.test is asked for, so "
    .. "keep what is used in a local variable.",
  options = {
    { "k", "integer", default = 5, min = 2, help = "how many" },
    { "group", { "function", "string" }, help = "what is never on both sides, a patient: " .. split.group_help },
    { "seed", "integer", default = 0, help = "seed of the random choice" },
  },
  errors = "Fewer images, or groups, than folds; a name without the number or pattern that group needs.",
  example = [[
for i, fold in ipairs(set:folds{ k = 3, group = ln.data.pairs }) do
  print(i, #fold.train, #fold.test)
end]],
}

-- The numbers of the images of each group, in random order; larger groups first, so that folds come out equal.
local function groups_of(set, o)
  local numbers = o.group and split.group_numbers("set:folds", set, o.group)
  local groups = {}
  for i = 1, #set do
    local g = numbers and numbers[i] or i
    groups[g] = groups[g] or {}
    table.insert(groups[g], i)
  end
  if #groups < o.k then
    errors.raise("set:folds: option 'k' = %d, but there are only %d %s", o.k, #groups, o.group and "groups" or "images")
  end
  local order, place = random.permutation(#groups, o.seed), {}
  for i, g in ipairs(order) do place[g] = i end
  table.sort(order, function(a, b)
    if #groups[a] ~= #groups[b] then return #groups[a] > #groups[b] end
    return place[a] < place[b]
  end)
  return groups, order
end

-- The fold of each image: each group goes to the fold that has the fewest images.
local function dealt(set, o)
  local groups, order = groups_of(set, o)
  local sizes, fold_of = {}, {}
  for fold = 1, o.k do sizes[fold] = 0 end
  for _, g in ipairs(order) do
    local least = 1
    for fold = 2, o.k do
      if sizes[fold] < sizes[least] then least = fold end
    end
    sizes[least] = sizes[least] + #groups[g]
    for _, i in ipairs(groups[g]) do fold_of[i] = least end
  end
  return fold_of
end

-- Training and test numbers of one fold.
local function sides(fold_of, fold)
  local train, test = {}, {}
  for i, of in ipairs(fold_of) do table.insert(of == fold and test or train, i) end
  return train, test
end

local places = { train = 1, test = 2, [1] = 1, [2] = 2 }

-- Both sets are made when they are asked for, and go when nobody uses them: k copies of the images would be many.
local function lazy(make)
  local cache = setmetatable({}, { __mode = "v" })
  return setmetatable({}, {
    __name = "lunet.fold",
    __len = function() return 2 end,
    __index = function(_, key)
      local place = places[key]
      if not place then errors.raise("fold: no field '%s'; it has train and test", tostring(key)) end
      if cache[place] then return cache[place] end
      local both = { make() } -- held here, for the cache holds nothing
      cache[1], cache[2] = both[1], both[2]
      return both[place]
    end,
  })
end

function sets.class:folds(given)
  local o = options.read(page, given)
  local assigned = {}
  local function of(base)
    assigned[base] = assigned[base] or dealt(base, o)
    return assigned[base]
  end
  local base, folds = sets.base(self, "set:folds"), {}
  of(base) -- now, so that errors are told here
  for fold = 1, o.k do
    folds[fold] = lazy(function()
      return sets.parts(self, function(part) return sides(of(part), fold) end, "set:folds")
    end)
  end
  return folds
end

docs.add(sets.class.folds, page)
