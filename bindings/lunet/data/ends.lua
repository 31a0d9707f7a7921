-- What goes into the inputs of a network, or comes from its outputs: a tensor where there is one of them, a list of
-- tensors where there are several. A list behaves as its tensors do as far as walking through images needs it: # is the
-- number of images, not that of ends.
local core = require "lunet.core"
local options = require "lunet.options"
local shapes = require "lunet.shapes"

local ends = {}

local Ends = {}
Ends.__index = Ends
Ends.__name = "lunet.list of tensors" -- in messages

function ends.are_several(value)
  return debug.getmetatable(value) == Ends
end

-- A tensor, or a plain list of them, as what this file is about; a list of one is a tensor.
function ends.of(given)
  if options.is_tensor(given) or ends.are_several(given) then return given end
  if rawlen(given) == 1 then return given[1] end
  return setmetatable(table.move(given, 1, rawlen(given), 1, {}), Ends)
end

-- How many there are.
function ends.count(value)
  return ends.are_several(value) and rawlen(value) or 1
end

-- The tensor at one of them.
function ends.at(value, number)
  return ends.are_several(value) and value[number] or value
end

-- Number and tensor of each, for a loop.
function ends.each(value)
  return ipairs(ends.are_several(value) and value or { value })
end

-- f(tensor, number) of each.
function ends.map(value, f)
  if not ends.are_several(value) then return f(value, 1) end
  local made = {}
  for i, tensor in ipairs(value) do made[i] = f(tensor, i) end
  return setmetatable(made, Ends)
end

-- What an end is called in a message: "input", or "input 2" of several.
function ends.name(what, value, number)
  return ends.are_several(value) and ("%s %d"):format(what, number) or what
end

-- The images of a list, each a value of its own, as one value.
function ends.stack(list)
  if not ends.are_several(list[1]) then return core.stack(list) end
  return ends.map(list[1], function(_, i)
    local of_end = {}
    for k, value in ipairs(list) do of_end[k] = value[i] end
    return core.stack(of_end)
  end)
end

-- The shape of one image: "1x16x16", or "{1x16x16, 3}" of several.
function ends.shape_text(value)
  if not ends.are_several(value) then return shapes.text(shapes.of_sample(value)) end
  local texts = {}
  for i, tensor in ipairs(value) do texts[i] = shapes.text(shapes.of_sample(tensor)) end
  return ("{%s}"):format(table.concat(texts, ", "))
end

-- ---- What tensors can, too ----

function Ends:__len()
  return #self[1]
end

function Ends:narrow(dimension, first, count)
  return ends.map(self, function(t) return t:narrow(dimension, first, count) end)
end

function Ends:gather(numbers)
  return ends.map(self, function(t) return t:gather(numbers) end)
end

function Ends:free()
  for _, tensor in ipairs(self) do tensor:free() end
end

Ends.__close = Ends.free

function Ends:__tostring()
  local texts = {}
  for i, tensor in ipairs(self) do texts[i] = shapes.text(tensor.shape) end
  return ("%d tensors: %s"):format(rawlen(self), table.concat(texts, ", "))
end

return ends
