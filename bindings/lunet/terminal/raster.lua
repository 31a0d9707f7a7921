-- Pictures beside each other as one image for a device: 4,H,W, colours and opacity, or 2,H,W, brightness and opacity.
local colour_map = require "lunet.colour_map"
local core = require "lunet.core"
local layout = require "lunet.layout"

local raster = {}

-- Luma (Rec. 601).
local function brightness(x)
  return (x[1] * 0.299 + x[2] * 0.587 + x[3] * 0.114):reshape{ 1, x.shape[2], x.shape[3] }
end

-- One picture, 1,H,W or 3,H,W, as colours 3,H,W or brightness 1,H,W. look: { range, map }
local function coloured(x, look, colour)
  if x.shape[1] == 3 then
    local placed = colour_map.placed(x, look.range)
    return colour and placed:masked_fill(placed:isnan(), 1) or brightness(placed)
  elseif not colour then
    return colour_map.placed(x, look.range)
  end
  return colour_map.apply(look.map, x[1], look.range)
end

local function resized(x, h, w)
  if x.shape[2] == h and x.shape[3] == w then return x end
  return core.image.resize(x, h, w, "area")
end

-- A picture in the pixels of the device: before it is coloured where it is shrunk, for colours cannot be averaged.
local function drawn(x, h, w, look, colour)
  if h * w < x.shape[2] * x.shape[3] then return coloured(resized(x, h, w), look, colour) end
  return resized(coloured(x, look, colour), h, w)
end

-- A row of pictures, each C,H,W, in boxes of so many columns with the device's gap between them. looks: one each.
function raster.row(device, pictures, looks, scale, columns, rows)
  local step, n = (columns + device.gap) * device.pixels.width, #pictures
  local canvas = core.zeros(device.colour and 4 or 2, rows * device.pixels.height,
    n * step - device.gap * device.pixels.width)
  local last = canvas.shape[1]
  for i, x in ipairs(pictures) do
    local h, w = layout.pixels(device, x.shape[2], x.shape[3], scale)
    h, w = math.min(h, canvas.shape[2]), math.min(w, columns * device.pixels.width)
    local left = (i - 1) * step
    local place = { { 1, last - 1 }, { 1, h }, { left + 1, left + w } }
    canvas[place] = drawn(x, h, w, looks[i], device.colour)
    canvas[{ last, { 1, h }, { left + 1, left + w } }] = 1
  end
  return canvas
end

return raster
