-- What is looked at in a network: a layer, its maps, weights or statistics, and from where on.
local core = require "lunet.core"
local data = require "lunet.data"
local errors = require "lunet.errors"
local options = require "lunet.options"
local shapes = require "lunet.shapes"

local Browsed = {}
Browsed.__index = Browsed

-- ---- The images ----

-- An image of the shape that a network takes, for who gives none: a phantom where it is one.
local function made_input(shape)
  if #shape == 3 and shape[1] == 1 then
    return data.phantom{ 1, size = { shape[2], shape[3] } }.images
  end
  return core.rand({ 1, table.unpack(shape) }, 1)
end

local function inputs_of(net)
  local shape = net.input_shape
  if type(shape[1]) ~= "table" then return made_input(shape) end
  local list = {}
  for i, one in ipairs(shape) do list[i] = made_input(one) end
  return list
end

-- Images as a batch: N,C,H,W of what predict takes.
local function batch_of(x)
  if not options.is_tensor(x) or #x.shape > 3 then return x end
  if #x.shape == 3 then return x:reshape{ 1, table.unpack(x.shape) } end
  return #x.shape == 2 and x:reshape{ 1, 1, x.shape[1], x.shape[2] } or x
end

local function input_of(net, input)
  if input == nil then return inputs_of(net), true end
  if options.is_dataset(input) then input = input.images end
  options.argument("browse", "the images", { "tensor", "tensors" }, input)
  return batch_of(input), false
end

-- A network that is not built yet is looked at as a copy, built for the images.
local function built(net, input)
  if net.built then return net end
  if input == nil then
    errors.raise("browse: the network is not built yet; call net:build{ 1, 64, 64 }, or give images: browse(net, x)")
  end
  local twin, x = net:copy(), options.is_dataset(input) and input.images or input
  options.argument("browse", "the images", "tensor", x)
  errors.within("browse: ", twin.build, twin, shapes.of_sample(batch_of(x)))
  return twin
end

-- ---- Made ----

function Browsed.new(net, input)
  local self = setmetatable({ selected = 1, mode = "maps", offset = 0, image = 1, each = false }, Browsed)
  self.net = built(net, input)
  self.layers = self.net:layers()
  self.input, self.made = input_of(self.net, input)
  local first = options.is_tensor(self.input) and self.input or self.input[1]
  self.images = first.shape[1]
  self:maps() -- an error of images that do not fit comes before the screen changes
  return self
end

function Browsed:layer()
  return self.layers[self.selected]
end

-- What the selected layer gives for all images, N,...
function Browsed:maps()
  local name = self:layer().name
  if self.of ~= name then
    self.values, self.of = errors.within("browse: ", self.net.activations, self.net, self.input, name), name
  end
  return self.values
end

-- The layer's parameters: { { name =, tensor = }, ... }.
function Browsed:parameters()
  local list, prefix = {}, self:layer().name .. "."
  for _, entry in ipairs(self.net:parameters()) do
    if entry.name:sub(1, #prefix) == prefix then list[#list + 1] = entry end
  end
  return list
end

-- The parameter with most numbers: the weights.
function Browsed:weight()
  local best
  for _, entry in ipairs(self:parameters()) do
    if not best or #entry.tensor:reshape{ -1 } > #best.tensor:reshape{ -1 } then best = entry end
  end
  return best
end

-- A tensor of any shape as planes, P,H,W. Kernels of 1x1 are one plane, and numbers without a place are one that is
-- about a square.
local function planes_of(x)
  local shape = x.shape
  local points = #shape >= 3 and shape[#shape - 1] == 1 and shape[#shape] == 1
  if #shape == 2 or #shape == 4 and points then return x:reshape{ 1, shape[1], shape[2] } end
  if #shape >= 3 and not points then return x:reshape{ -1, shape[#shape - 1], shape[#shape] } end
  local n = #x:reshape{ -1 }
  local height = math.floor(n ^ 0.5)
  while n % height > 0 do height = height - 1 end
  return x:reshape{ 1, height, n // height }
end

-- What is seen, as a group of pictures from the offset on, and how many there are in all; nil where there is nothing.
function Browsed:group()
  local entry = self.mode == "weights" and self:weight() or nil
  if self.mode == "weights" and not entry then return nil end
  local planes = planes_of(entry and entry.tensor or self:maps()[self.image])
  local n, offset = planes.shape[1], self.offset
  return { told = shapes.text{ planes.shape[2], planes.shape[3] }, n = n - offset, maps = true, signed = entry ~= nil,
    at = function(i) return planes:narrow(1, offset + i, 1) end }, n, planes
end

-- ---- Keys ----

function Browsed:select(i)
  self.selected = math.max(1, math.min(i, #self.layers))
  self.offset, self.page = 0, nil
end

function Browsed:turn(pages)
  local step = self.page or 1
  local to = self.offset + pages * step
  if to < 0 then to = 0 end
  if self.total and to < self.total then self.offset = to end
end

function Browsed:look_at(mode)
  if self.mode ~= mode then self.offset, self.page = 0, nil end
  self.mode = mode
end

function Browsed:choose_image(i)
  self.image = math.max(1, math.min(i, self.images))
end

return Browsed
