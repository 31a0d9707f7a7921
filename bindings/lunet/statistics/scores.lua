-- Scores as plain lists of numbers, whatever they come in: tensors, lists, images by seeds.
local errors = require "lunet.errors"
local options = require "lunet.options"
local shapes = require "lunet.shapes"

local scores = {}

-- Raise for what is no finite number. place(i): where it stands, in words.
local function check_finite(what, place, list)
  for i, x in ipairs(list) do
    if type(x) ~= "number" or x ~= x or math.abs(x) == math.huge then
      errors.raise("%s: %s is %s; scores are finite numbers", what, place(i), x ~= x and "nan" or options.text(x))
    end
  end
  return list
end

-- The entries of a list without gaps, or nil if it is none.
local function is_list(value)
  if type(value) ~= "table" or debug.getmetatable(value) then return false end
  for key in pairs(value) do
    if math.type(key) ~= "integer" or key < 1 or key > #value then return false end
  end
  return #value > 0
end

-- The numbers of a list or a tensor. what, name: for messages, "stat.interval" and "x".
function scores.list(what, name, value)
  if options.is_tensor(value) then
    value = value:flatten():totable()
    if type(value) == "number" then value = { value } end
    if #value == 0 then errors.raise("%s: %s has no numbers", what, name) end
  elseif not is_list(value) then
    errors.raise("%s: %s must be a tensor or a list of numbers, got %s", what, name,
      type(value) == "table" and "a table that is no list of numbers" or options.text(value))
  end
  return check_finite(what, function(i) return ("number %d of %s"):format(i, name) end, value)
end

local function wrong_form(what, name, came)
  errors.raise("%s: the scores of '%s' must be a tensor, a list with a number an image, or images x seeds, got %s",
    what, name, came)
end

-- One list of scores an image, as long as there are seeds.
local function by_image(what, name, value)
  if options.is_tensor(value) then
    local dims = #value.shape
    if dims ~= 1 and dims ~= 2 then wrong_form(what, name, "a tensor of shape " .. shapes.text(value.shape)) end
    if #value == 0 then wrong_form(what, name, "a tensor of shape " .. shapes.text(value.shape)) end
    value = value:totable()
  elseif not is_list(value) then
    wrong_form(what, name, type(value) == "table" and "a table that is no list" or options.text(value))
  end
  local rows = {}
  for i, row in ipairs(value) do
    if options.is_tensor(row) then row = row:flatten():totable() end
    rows[i] = type(row) == "table" and is_list(row) and row or { row }
  end
  return rows
end

-- Images by seeds: a list of as many scores for each image, and how many digits the numbers have: those of float32
-- where they come in a tensor. `image(i)`: an image in words.
function scores.matrix(what, name, value, image)
  local rows = by_image(what, name, value)
  for i, row in ipairs(rows) do
    if #row ~= #rows[1] then
      errors.raise("%s: the scores of '%s' must be as many for each image: %d for image 1, %d for %s", what, name,
        #rows[1], #row, image(i))
    end
    check_finite(what, function(s)
      return ("the score of '%s' for %s%s"):format(name, image(i), #row > 1 and (", seed %d,"):format(s) or "")
    end, row)
  end
  return rows, options.is_tensor(value) and 2.0 ^ -22 or 2.0 ^ -50
end

-- The values of a list in groups: sums and counts of each, in the order of their first values. keys[i]: the group of
-- value i; without keys each value stands alone, and there are no counts.
function scores.groups(what, list, keys)
  if keys == nil then return list end
  if type(keys) ~= "table" or #keys ~= #list then
    errors.raise("%s: option 'group' must be a list with a group for each of %d values, got %s", what, #list,
      type(keys) == "table" and ("%d entries"):format(#keys) or options.text(keys))
  end
  local number_of, sums, counts = {}, {}, {}
  for i, key in ipairs(keys) do
    if key ~= key then errors.raise("%s: option 'group': entry %d is nan", what, i) end
    local g = number_of[key] or #sums + 1
    number_of[key] = g
    sums[g], counts[g] = (sums[g] or 0) + list[i], (counts[g] or 0) + 1
  end
  return sums, counts
end

return scores
