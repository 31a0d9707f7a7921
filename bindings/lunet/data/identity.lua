-- Values as text that tells them from others: by it a checkpoint knows its run, and a record says what a run was given.
local core = require "lunet.core"
local options = require "lunet.options"
local sets = require "lunet.set"
local shapes = require "lunet.shapes"

local text_of

local function table_text(value, deep)
  if deep > 8 then return "..." end
  local keys, parts = {}, {}
  for key in next, value do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for i, key in ipairs(keys) do
    parts[i] = ("%s = %s"):format(tostring(key), text_of(rawget(value, key), deep + 1))
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

-- A dataset in memory by all of its images, another one by some of them and, where it is made from a set, by that.
local function set_text(set)
  if sets.in_memory(set) then
    return ("%s, %s"):format(text_of(set.images), set.targets and text_of(set.targets) or "no targets")
  end
  local reader = rawget(set, "reader")
  local parts = { reader.text(), reader.base and text_of(reader.base) }
  for _, number in ipairs{ 1, #set // 2 + 1, #set } do
    local image, target = sets.image(set, number, { seed = 0, epoch = 0 })
    parts[#parts + 1] = text_of(image)
    parts[#parts + 1] = target and text_of(target)
  end
  return table.concat(parts, ", ")
end

-- Tensors by their hash, items by their options; functions cannot be told from each other.
function text_of(value, deep)
  if options.is_tensor(value) then return ("tensor %s #%s"):format(shapes.text(value.shape), core.hash(value)) end
  if options.is_dataset(value) then return set_text(value) end
  if type(value) == "table" then return table_text(value, deep or 0) end
  if math.type(value) == "float" then return ("%.17g"):format(value) end
  return type(value) == "function" and "a function" or tostring(value)
end

return text_of
