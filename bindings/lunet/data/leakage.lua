-- ln.data.leakage: what training and test images have in common that they should not.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local fingerprint = require "lunet.fingerprint"
local format = require "lunet.format"
local options = require "lunet.options"
local results = require "lunet.table"
local sets = require "lunet.set"
local split = require "lunet.split"

local Leakage = {}
Leakage.__index = Leakage
Leakage.__name = "lunet.leakage"

-- ---- Near copies ----

-- All images of a set as grey images of 32x32, N,32,32.
local function small_images(set)
  if sets.in_memory(set) then return fingerprint.small(set.images) end
  local list = {}
  for i = 1, #set do
    local image = sets.image(set, i)
    list[i] = fingerprint.small(image:reshape{ 1, table.unpack(image.shape) })
  end
  return core.concat(list, 1)
end

-- The eight ways in which a square can lie, the first as it is.
local function ways(small, turned)
  local list = { { "", small } }
  for turns = turned and 1 or 4, 3 do
    list[#list + 1] = { ("turned by %d degrees"):format(90 * turns), small:rot90(turns, { 2, 3 }) }
  end
  for turns = turned and 0 or 4, 3 do
    local name = turns == 0 and "mirrored" or ("mirrored, turned by %d degrees"):format(90 * turns)
    list[#list + 1] = { name, small:flip(3):rot90(turns, { 2, 3 }) }
  end
  return list
end

local most_at_once = 1024 -- test images whose distances to all training images are in memory

-- Calls add(training image, test image, distance) for all pairs within the threshold.
local function each_near(train, test, threshold, add)
  for first = 1, #test, most_at_once do
    local part = test:narrow(1, first, math.min(most_at_once, #test - first + 1))
    local distances = fingerprint.distances(part, train)
    local near = distances:le(threshold)
    if near:any() then
      for _, at in ipairs(near:nonzero():totable()) do
        local j, i = math.tointeger(at[1]), math.tointeger(at[2])
        add(i, first + j - 1, distances[{ j, i }])
      end
    end
  end
end

-- The nearest way of each pair within the threshold, by "i j".
local function near_pairs(train, test, o)
  local train_bits, found, list = fingerprint.of(train), {}, {}
  for _, way in ipairs(ways(test, o.turned)) do
    each_near(train_bits, fingerprint.of(way[2]:clone()), o.threshold, function(i, j, distance)
      local key = i .. " " .. j
      local pair = found[key]
      if not pair then
        pair = { train = i, test = j, distance = math.huge }
        found[key], list[#list + 1] = pair, pair
      end
      if distance < pair.distance then pair.distance, pair.way = distance, way[1] end
    end)
  end
  return list
end

-- ---- Equal images ----

local function same_numbers(a, b)
  if #a.shape ~= #b.shape then return false end
  for d, size in ipairs(a.shape) do
    if size ~= b.shape[d] then return false end
  end
  return (a:eq(b):all())
end

-- Images of one grey have no fingerprint: by their grey, which are those of a set?
local function by_grey(small)
  local flat = small:reshape{ #small, -1 }
  local low, high, found = flat:min(2), flat:max(2), {}
  for i = 1, #small do
    local grey = low[i]
    if high[i] - grey < 1e-3 then
      found[grey] = found[grey] or {}
      table.insert(found[grey], i)
    end
  end
  return found
end

-- Pairs of images of one grey, the same one.
local function flat_pairs(train, test)
  local known, list = by_grey(train), {}
  for grey, images in pairs(by_grey(test)) do
    for _, j in ipairs(images) do
      for _, i in ipairs(known[grey] or {}) do list[#list + 1] = { train = i, test = j, way = "", distance = 0 } end
    end
  end
  return list
end

-- Pairs whose pixels are equal are copies, and the others near copies.
local function sorted_out(train, test, near, flat)
  local copies, rest = {}, {}
  local function look(pair, keep)
    pair.equal = pair.way == "" and pair.distance < 0.02
      and same_numbers((sets.image(train, pair.train)), (sets.image(test, pair.test)))
    if pair.equal or keep then table.insert(pair.equal and copies or rest, pair) end
  end
  for _, pair in ipairs(near) do look(pair, true) end
  for _, pair in ipairs(flat) do look(pair, false) end
  local function before(a, b)
    if a.distance ~= b.distance then return a.distance < b.distance end
    return a.test < b.test or a.test == b.test and a.train < b.train
  end
  table.sort(copies, before)
  table.sort(rest, before)
  return copies, rest
end

-- ---- Groups ----

-- The groups that are on both sides: { group =, train = numbers, test = numbers }.
local function shared_groups(train, test, group)
  local of, list = {}, {}
  for _, side in ipairs{ "train", "test" } do
    for i, key in ipairs(split.group_keys("data.leakage", side == "train" and train or test, group)) do
      of[key] = of[key] or { group = key, train = {}, test = {} }
      table.insert(of[key][side], i)
    end
  end
  for _, entry in pairs(of) do
    if #entry.train > 0 and #entry.test > 0 then list[#list + 1] = entry end
  end
  table.sort(list, function(a, b) return a.train[1] < b.train[1] end)
  return list
end

-- ---- What is told ----

local most_told = 20

local function plural(n, noun, nouns)
  return ("%d %s"):format(n, n == 1 and noun or nouns or noun .. "s")
end

local function joined(set, numbers)
  local names = {}
  for i = 1, math.min(#numbers, 2) do names[i] = set.names[numbers[i]] end
  return table.concat(names, ", ") .. (#numbers > 2 and (" and %d more"):format(#numbers - 2) or "")
end

function Leakage:__tostring()
  local head = ("%s and %s: %s, %s, %s"):format(plural(#self.train, "training image"), plural(#self.test, "test image"),
    plural(#self.copies, "equal pair"), plural(#self.near, "near copy", "near copies"),
    self.groups and plural(#self.groups, "group on both sides", "groups on both sides") or "groups not looked at")
  head = format.wrapped(head, 0, 80)
  local t = results{ columns = { "found", "training", "test", "distance" }, width = 80 }
  for _, pair in ipairs(self.copies) do
    t:add{ "equal", self.train.names[pair.train], self.test.names[pair.test], 0 }
  end
  for _, pair in ipairs(self.near) do
    t:add{ pair.way == "" and "near copy" or "near copy, " .. pair.way, self.train.names[pair.train],
      self.test.names[pair.test], { value = pair.distance, text = ("%.3f"):format(pair.distance) } }
  end
  for _, entry in ipairs(self.groups or {}) do
    t:add{ ("group %s"):format(tostring(entry.group)), joined(self.train, entry.train), joined(self.test, entry.test) }
  end
  if #t == 0 then return head end
  local left = #t - most_told
  for r = #t.rows, most_told + 1, -1 do t.rows[r] = nil end
  if left > 0 then t.note = ("... and %d more"):format(left) end
  return head .. "\n" .. t:text()
end

-- How much was found.
function Leakage:__len() return #self.copies + #self.near + #(self.groups or {}) end

-- Raise if something was found; returns what was asked.
function Leakage:check()
  if #self > 0 then errors.raise("data.leakage: %s", tostring(self)) end
  return self
end

local page = {
  name = "data.leakage",
  usage = "ln.data.leakage(train: set, test: set, options?: options) -> leakage",
  doc = "Looks for what training and test images must not have in common: equal images, near copies, and, with the "
    .. "option group, patients on both sides. print tells what was found. Near copies have fingerprints that differ in "
    .. "few bits: 255 bits of the low frequencies of a 32x32 grey image (pHash). Weak noise (sd 0.02), blur, other "
    .. "brightness or contrast, fewer greys and half the size change less than a tenth of them; strong noise (sd 0.1), "
    .. "shifts by more than a fiftieth of the image and crops change more. Of 218,715 pairs of different images in six "
    .. "sets of X-rays and mammograms two were as near, and both look like one patient seen twice. Turns by right "
    .. "angles and mirror images are looked for with turned = true. Neighbouring slices of a volume are near copies, "
    .. "and are told as such.",
  options = {
    { "group", { "function", "string" }, help = split.group_help },
    { "threshold", "number", default = 0.1, min = 0, max = 0.5, help = "share of the bits in which near copies differ "
      .. "at most" },
    { "turned", "boolean", default = false, help = "look for copies that are mirrored or turned by right angles, too" },
  },
  errors = "What is no dataset of images; a name without the number or pattern that group needs.",
  example = [[
local train, test = set:split{ test = 4, seed = 1 }
ln.data.leakage(train, test, { turned = true })]],
}

local function check_set(what, set)
  if not options.is_dataset(set) then
    errors.raise("data.leakage: %s must be a dataset, got %s", what, options.text(set))
  end
  if #set == 0 then errors.raise("data.leakage: %s has no images", what) end
  local image = sets.image(set, 1)
  if not options.is_tensor(image) or #image.shape ~= 3 then
    errors.raise("data.leakage: %s must be images C,H,W, got %s", what, options.text(image))
  end
end

local function leakage(train, test, given)
  check_set("the first argument", train)
  check_set("the second argument", test)
  local o = options.read(page, given)
  local a, b = small_images(train), small_images(test)
  local copies, near = sorted_out(train, test, near_pairs(a, b, o), flat_pairs(a, b))
  return setmetatable({ train = train, test = test, copies = copies, near = near,
    groups = o.group and shared_groups(train, test, o.group) or nil }, Leakage)
end

docs.class(Leakage, {
  { "leakage:check() -> leakage", "Raise an error that tells what was found, if anything was." },
  { "leakage.copies -> table[]", "Pairs of equal images: { train, test }, numbers of images." },
  { "leakage.near -> table[]", "Near copies, the nearest first: { train, test, distance, way }; way is \"\", or how "
    .. "the test image is turned." },
  { "leakage.groups -> table[]|nil", "Groups on both sides: { group, train, test }, lists of numbers; nil if they were "
    .. "not looked at." },
  { "leakage.train -> set", "The training images." },
  { "leakage.test -> set", "The test images." },
})

return docs.add(leakage, page)
