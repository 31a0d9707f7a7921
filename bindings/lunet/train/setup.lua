-- What a run of ln.fit is made of, as text: by it a checkpoint tells the run that it belongs to from others.
local core = require "lunet.core"
local errors = require "lunet.errors"
local options = require "lunet.options"
local sets = require "lunet.set"
local shapes = require "lunet.shapes"

local setup = {}

-- Options that may change from one call to the next.
local free = {
  epochs = true, checkpoint = true, state = true, progress = true, on_epoch = true, on_batch = true, on_end = true,
  on_interrupt = true, max_seconds = true, dry = true,
}

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

-- The network and options of a run: { name = text }.
function setup.of(net, o)
  local parts = { ["the network"] = net:to_json(), ["the instruction set"] = core.isa() }
  for name, value in pairs(o) do
    if not free[name] then parts[("option '%s'"):format(name)] = text_of(value) end
  end
  return parts
end

local room = 80 -- bytes of each text in a message

-- Both texts, long ones from shortly before where they part.
local function parting(a, b)
  local at = 1
  while at <= #a and a:byte(at) == b:byte(at) do at = at + 1 end
  local function part(text)
    local first = #text > room and math.max(at - 20, 1) or 1
    local piece = text:sub(first, first + room - 1)
    return (first > 1 and "..." or "") .. piece .. (first + #piece <= #text and "..." or "")
  end
  return part(a), part(b)
end

-- Raise unless both are the same.
function setup.compare(saved, now, file)
  local names = {}
  for name in pairs(saved) do names[#names + 1] = name end
  for name in pairs(now) do if not saved[name] then names[#names + 1] = name end end
  table.sort(names)
  for _, name in ipairs(names) do
    local was, is = saved[name] or "none", now[name] or "none"
    if was ~= is and name == "the network" then
      errors.raise("fit: the checkpoint '%s' is of another network; give another file for a run of its own", file)
    elseif was ~= is then
      was, is = parting(was, is)
      errors.raise("fit: the checkpoint '%s' is of another run: %s was %s, but is %s; give another file for a run of "
        .. "its own", file, name, was, is)
    end
  end
end

return setup
