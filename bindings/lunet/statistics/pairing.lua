-- What is compared with what: rows of scores, paired image by image with those of a baseline.
local errors = require "lunet.errors"
local options = require "lunet.options"
local scores = require "lunet.scores"

local pairing = {}

local what = "compare"

-- "image 3", "image 3, 'mdb003',"
local function image_text(names)
  return function(i) return names and ("image %d ('%s')"):format(i, names[i]) or ("image %d"):format(i) end
end

local function check_names(names, row, count)
  if type(names) ~= "table" then
    errors.raise("compare: the names of the images of '%s' must be a list, got %s", row, options.text(names))
  elseif #names ~= count then
    errors.raise("compare: '%s' has %d scores and %d names of images", row, count, #names)
  end
  return names
end

-- { ["mdb001"] = 0.81, ... } as names, in alphabetic order, and a list of scores.
local function by_name(value)
  local names, list = {}, {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do list[i] = value[name] end
  return names, list
end

local function is_map(value)
  if type(value) ~= "table" or debug.getmetatable(value) or value[1] ~= nil then return false end
  for key in pairs(value) do
    if type(key) ~= "string" then return false end
  end
  return next(value) ~= nil
end

-- The means over the images, seed by seed.
local function seed_means(matrix)
  local means = {}
  for s = 1, #matrix[1] do
    means[s] = 0
    for _, row in ipairs(matrix) do means[s] = means[s] + row[s] / #matrix end
  end
  return means
end

-- The names of a row's images, and its scores. given: scores, { scores =, names = }, or scores by name.
local function parts_of(given)
  if is_map(given) and given.scores ~= nil then return given.names, given.scores end
  if is_map(given) then return by_name(given) end
  return nil, given
end

-- A row: { name, images = mean over the seeds of each, seeds = mean over the images of each, names, slack }.
local function read_row(name, given, names)
  local own, value = parts_of(given)
  names = own or names
  local matrix, slack = scores.matrix(what, name, value, image_text(nil))
  if names then check_names(names, name, #matrix) end
  local images = {}
  for i, row in ipairs(matrix) do
    local sum = 0
    for _, x in ipairs(row) do sum = sum + x end
    images[i] = sum / #row
  end
  return { name = name, images = images, seeds = seed_means(matrix), names = names, slack = slack,
    is_map = is_map(given) and given.scores == nil }
end

-- The row's images in the order of those names. Scores by name have no order of their own.
local function reorder(row, names)
  local at, images = {}, {}
  for i, name in ipairs(row.names) do at[name] = i end
  for i, name in ipairs(names) do images[i] = at[name] and row.images[at[name]] end
  for i = 1, #names do
    if not images[i] then errors.raise("compare: '%s' has no score of image '%s'", row.name, names[i]) end
  end
  if #row.names > #names then
    local known = {}
    for _, name in ipairs(names) do known[name] = true end
    for _, name in ipairs(row.names) do
      if not known[name] then errors.raise("compare: only '%s' has a score of image '%s'", row.name, name) end
    end
  end
  row.images, row.names = images, names
end

local function check_pair(row, other)
  if #row.images ~= #other.images then
    errors.raise("compare: '%s' has %d scores and '%s' %d; they are compared image by image", other.name,
      #other.images, row.name, #row.images)
  end
  if not row.names or not other.names then return end
  for i, name in ipairs(row.names) do
    if name ~= other.names[i] then
      errors.raise("compare: image %d is '%s' for '%s' and '%s' for '%s'; they are compared image by image", i,
        other.names[i], other.name, name, row.name)
    end
  end
end

-- The rows of { { name, scores }, ... } and { [name] = scores }, the baseline first. names: of the images of all rows,
-- or by row; baseline: a name, or nil.
function pairing.rows(list, names, baseline)
  local rows, first = {}, nil
  for i, entry in ipairs(list) do
    local own = type(names) == "table" and (is_map(names) and names[entry[1]] or names[1] and names) or nil
    rows[i] = read_row(entry[1], entry[2], own)
    if entry[1] == baseline then first = i end
  end
  table.insert(rows, 1, table.remove(rows, first))
  local order
  for _, row in ipairs(rows) do order = order or not row.is_map and row.names end
  order = order or rows[1].names
  for _, row in ipairs(rows) do
    if row.is_map then reorder(row, order) end
  end
  for i = 2, #rows do check_pair(rows[i], rows[1]) end
  return rows
end

-- The group of each image, from a list or a function(name, index).
function pairing.groups(group, rows)
  if group == nil or type(group) == "table" then return group end
  local keys, names = {}, nil
  for _, row in ipairs(rows) do names = names or row.names end
  if not names then errors.raise("compare: option 'group' is a function of the images' names, which are not given") end
  for i, name in ipairs(names) do
    keys[i] = group(name, i)
    if keys[i] == nil then errors.raise("compare: option 'group' gave nil for image %d, '%s'", i, name) end
  end
  return keys
end

return pairing
