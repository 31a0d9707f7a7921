-- Regions of images, for ln.measure: a mask tensor H,W of 0 and 1, or a box { { top, bottom }, { left, right } } as in
-- t[{ {1, 8}, {5, 20} }]. And images in the shapes that measures take.
local core = require "lunet.core"
local errors = require "lunet.errors"
local options = require "lunet.options"
local shapes = require "lunet.shapes"

local region = {}

-- Images N,1,H,W, 1,H,W or H,W as N,H,W.
function region.images(what, x)
  options.argument(what, "the images", "tensor", x)
  local shape = x.shape
  local n = #shape
  if n < 2 or n > 4 or n > 2 and shape[n - 2] ~= 1 then
    errors.raise("%s: expected images N,1,H,W or 1,H,W or H,W, got %s", what, shapes.text(shape))
  end
  if n == 4 and shape[1] == 0 then errors.raise("%s: there are no images", what) end
  return x:reshape{ n == 4 and shape[1] or 1, shape[n - 1], shape[n] }
end

local function check_range(what, name, range, size, noun)
  local first, last = type(range) == "table" and range[1], type(range) == "table" and range[2]
  if math.type(first) ~= "integer" or math.type(last) ~= "integer" or first < 1 or last > size or first > last then
    errors.raise("%s: %s must be a mask H,W or a box { { top, bottom }, { left, right } } with %s from 1 to %d", what,
      name, noun, size)
  end
end

local function check_mask(what, name, mask, height, width)
  if not shapes.same(mask.shape, { height, width }) then
    errors.raise("%s: %s must be a mask of %dx%d, as the images are; got %s", what, name, height, width,
      shapes.text(mask.shape))
  end
  if (mask:ne(0):land(mask:ne(1))):sum() > 0 then errors.raise("%s: %s must be of 0 and 1", what, name) end
  if mask:sum() == 0 then errors.raise("%s: %s is empty: no pixel of it is 1", what, name) end
  return mask:ne(0)
end

-- A region as a mask H,W, that indexes. name: "the region", for messages.
function region.mask(what, name, value, height, width)
  if options.is_tensor(value) then return check_mask(what, name, value, height, width) end
  if type(value) ~= "table" then
    errors.raise("%s: %s must be a mask H,W or a box { { top, bottom }, { left, right } }, got %s", what, name,
      options.text(value))
  end
  check_range(what, name, value[1], height, "rows")
  check_range(what, name, value[2], width, "columns")
  local mask = core.zeros{ height, width }
  mask[{ value[1], value[2] }] = 1
  return mask:ne(0)
end

return region
