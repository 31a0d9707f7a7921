-- Tensors as pictures inside a page: PNG files as data URIs.
local base64 = require "lunet.base64"
local core = require "lunet.core"
local errors = require "lunet.errors"
local html = require "lunet.html"
local options = require "lunet.options"
local shapes = require "lunet.shapes"

local picture = {}

local most_pixels = 1200 -- of a side; what is larger is made smaller

-- A tensor H,W, C,H,W or 1,C,H,W as C,H,W with 1 or 3 channels.
local function as_image(what, x)
  local is_grid = type(x) == "table" and rawget(debug.getmetatable(x) or {}, "__name") == "lunet.grid"
  if is_grid then x = x.tensor end
  if not options.is_tensor(x) then errors.raise("%s must be a tensor, got %s", what, options.text(x)) end
  local shape, given = x.shape, x
  if #shape == 4 and shape[1] == 1 then x = x:reshape{ shape[2], shape[3], shape[4] } end
  if #shape == 2 then x = x:reshape{ 1, shape[1], shape[2] } end
  local channels = #x.shape == 3 and x.shape[1]
  if channels ~= 1 and channels ~= 3 or x.shape[2] < 1 or x.shape[3] < 1 then
    errors.raise("%s must be one image, H,W or C,H,W with 1 or 3 channels, got a tensor of shape %s", what,
      shapes.text(given.shape))
  end
  return x
end

-- The range { low, high } of values that black and white stand for, checked; "auto": that of the values.
function picture.range(what, range, tensors)
  if range == nil then return { 0, 1 } end
  if range == "auto" then
    local low, high = math.huge, -math.huge
    for _, x in ipairs(tensors) do low, high = math.min(low, x:min()), math.max(high, x:max()) end
    return { low, high > low and high or low + 1 }
  end
  local ok = type(range) == "table" and type(range[1]) == "number" and type(range[2]) == "number"
  if not ok or not (range[1] < range[2]) then
    errors.raise("%s: option 'range' must be \"auto\" or { low, high } with low below high, got %s", what,
      type(range) == "table" and ("{ %s, %s }"):format(range[1], range[2]) or options.text(range))
  end
  return range
end

-- Values as 0 to 1.
local function scaled(what, x, range)
  if range[1] == 0 and range[2] == 1 then
    local mean = x:mean()
    if mean < -4 or mean > 4 then
      errors.raise("%s has the mean %.4g, but images are of 0 to 1; divide 8-bit values by 255, or give a range", what,
        mean)
    end
    return x
  end
  return (x - range[1]) / (range[2] - range[1])
end

local function shrunk(x)
  local h, w = x.shape[2], x.shape[3]
  local longest = math.max(h, w)
  if longest <= most_pixels then return x end
  local factor = most_pixels / longest
  return core.image.resize(x, math.max(1, math.floor(h * factor)), math.max(1, math.floor(w * factor)), "area")
end

-- How many times as large an image is shown: small ones so that every pixel is a square of whole pixels.
local function factor_of(h, w, side, most)
  if math.max(h, w) > most then return most / math.max(h, w) end
  return math.max(1, math.min(side // h, most // w))
end

-- The image as an <img>: a small one as large as fits into `side` rows and `most` columns, a large one shrunk to
-- `most`. o: { alt =, range = { low, high }, side =, most = side by default }
function picture.element(what, x, o)
  local image = scaled(what, as_image(what, x), o.range)
  local h, w = image.shape[2], image.shape[3]
  local bytes = errors.within(what .. ": ", core.image.encode, shrunk(image), ".png")
  local factor = factor_of(h, w, o.side, o.most or o.side)
  return html.fill('<img class="%s" src="data:image/png;base64,%s" alt="%s" width="%s" height="%s">',
    factor >= 2 and "pixels" or "smooth", html.piece(base64(bytes)), o.alt, math.max(1, math.floor(w * factor)),
    math.max(1, math.floor(h * factor)))
end

-- The images of a row, N,C,H,W, C,H,W or H,W, at most so many, as a list.
function picture.list(what, x, most)
  if not options.is_tensor(x) or #x.shape ~= 4 then return { as_image(what, x) } end
  local out = {}
  for i = 1, math.min(x.shape[1], most) do out[i] = x[i] end
  if #out == 0 then errors.raise("%s has no images: its shape is %s", what, shapes.text(x.shape)) end
  return out
end

return picture
