-- Functions that make what a network gets: f(images, draw) -> noisy [, level], or a value for each of several inputs.
local core = require "lunet.core"
local draws = require "lunet.draw"
local ends = require "lunet.ends"
local errors = require "lunet.errors"
local options = require "lunet.options"
local shapes = require "lunet.shapes"

-- A level as planes, N,K,H,W (or N,K beside N,F), that stand beside the channels of x; which: "the level".
local function planes(what, which, level, x)
  local shape = x.shape
  if type(level) == "number" then level = core.full({ 1 }, level) end
  if not options.is_tensor(level) then
    errors.raise("%s: input: %s must be a number or a tensor, got %s", what, which, options.text(level))
  end
  local given = level.shape
  if #given == 1 and #shape > 1 then level = level:reshape{ -1, table.unpack({ 1, 1, 1 }, 1, #shape - 1) } end
  local wanted = { shape[1], level.shape[2], table.unpack(shape, 3) }
  local ok, expanded = errors.try(function() return level:expand(wanted) end)
  if ok then return expanded end
  errors.raise("%s: input: %s, %s, does not go with noisy images %s; it may be a number, N, N,K,1,1 or "
    .. "N,K,H,W", what, which, shapes.text(given), shapes.text(shape))
end

local function check_images(what, which, value, n)
  if options.is_tensor(value) and #value.shape >= 2 and #value == n then return value end
  errors.raise("%s: input: the function must give a tensor of %d images%s, got %s", what, n, which,
    options.text(value))
end

local function check_finite(what, x, epoch)
  local number = x:nonfinite()
  if not number then return end
  local value = x:reshape{ -1 }[number]
  errors.raise("%s: input: the function gave %s in epoch %d", what, value ~= value and "NaN" or "infinity", epoch)
end

-- Value `i` of those for several inputs. A network that has the rows and columns of its first input there, too, gets
-- levels as planes of that size.
local function for_input(what, shape, first, i, value)
  local which = ("value %d"):format(i)
  local sample = shape[i]
  local is_plane = #sample == 3 and #first.shape == 4 and sample[2] == shape[1][2] and sample[3] == shape[1][3]
  if is_plane then return planes(what, which, value, first) end
  if type(value) == "number" then return core.full({ #first, table.unpack(sample) }, value) end
  if options.is_tensor(value) and #value.shape == 1 then value = value:reshape{ -1, 1 } end
  return check_images(what, (" as %s"):format(which), value, #first)
end

local function several(feed, values, n)
  local shape = feed.input_shape
  if values.n ~= #shape then
    errors.raise("%s: input: the network has %d inputs, so the function must give %d values, got %d", feed.what,
      #shape, #shape, values.n)
  end
  local made = { check_images(feed.what, " as value 1", values[1], n) }
  for i = 2, #shape do made[i] = for_input(feed.what, shape, made[1], i, values[i]) end
  return ends.of(made)
end

-- What the network gets for images with these numbers in an epoch.
return function(feed, images, numbers, epoch)
  local draw = draws(feed.seed, epoch, numbers, ends.at(images, 1).shape)
  local values = table.pack(feed.input(images, draw))
  local made
  if feed.input_shape then
    made = several(feed, values, #numbers)
  else
    made = check_images(feed.what, "", values[1], #numbers)
    if values[2] ~= nil then made = core.concat({ made, planes(feed.what, "the level", values[2], made) }, 2) end
  end
  for _, tensor in ends.each(made) do check_finite(feed.what, tensor, epoch) end
  return made
end
