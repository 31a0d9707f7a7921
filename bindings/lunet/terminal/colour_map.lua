-- Colour maps: from values to colours. viridis, magma and, as "diverging", coolwarm (K. Moreland, Diverging color maps
-- for scientific visualization, 2009) are those of Matplotlib, by 33 stops each, between which a line is within 2/255
-- of its 256 colours.
local core = require "lunet.core"

local colour_map = {}

colour_map.names = { "gray", "viridis", "magma", "diverging" }

local stops = {
  gray = "000000ffffff",
  viridis = "440154470d6048186a482374472d7b4536814240863f49893b528b375a8d33638d2f6a8e2c728e297a8e26818e23898e"
    .. "21908c1f988b1f9f8821a68528ae8031b57b3ebc744cc26c5dc9636ece5882d34c96d83fabdc32c0df24d5e21aeae51a"
    .. "fde725",
  magma = "0000040303110a0822130d331d114628115a36106a430f7650127c5d177f691c817621818226818f2a819c2e7fa9327d"
    .. "b63779c33b75cf4170db486ae65163ee5c5ef5695cf9785dfb8761fd9668fea571feb47bfec387fed194fde0a2fceeb0"
    .. "fcfdbf",
  diverging = "3b4cc0445acc4d68d75775e16282ea6c8ef1779af782a5fb8db0fe98b9ffa3c2feaec9fcb8d0f9c2d5f4ccd9eed5dbe6"
    .. "dddddde5d8d1ecd3c5f1ccb9f4c4adf7bba0f7b194f7a687f49a7bf18d6fec7f63e57058de604dd55042cb3e38c0282f"
    .. "b40426",
}

-- What NaN is shown in: a colour that the map has not.
local undefined = { gray = { 1, 0, 1 }, viridis = { 1, 0, 1 }, magma = { 0, 1, 1 }, diverging = { 0, 1, 0 } }
colour_map.undefined_names = { gray = "magenta", viridis = "magenta", magma = "cyan", diverging = "green" }

local function channel(name, stop, c)
  local at = (stop - 1) * 6 + c * 2 - 1
  return tonumber(stops[name]:sub(at, at + 1), 16) / 255
end

-- The colour at t of 0 to 1: red, green, blue of 0 to 1.
function colour_map.at(name, t)
  local last = #stops[name] // 6
  local place = t * (last - 1) + 1
  local stop, out = math.min(math.floor(place), last - 1), {}
  for c = 1, 3 do
    local low, high = channel(name, stop, c), channel(name, stop + 1, c)
    out[c] = low + (high - low) * (place - stop)
  end
  return out[1], out[2], out[3]
end

local steps = 256
local tables = {} -- by name: 257x3, the last for NaN

local function table_of(name)
  if not tables[name] then
    local rows = {}
    for i = 1, steps do rows[i] = { colour_map.at(name, (i - 1) / (steps - 1)) } end
    rows[steps + 1] = undefined[name]
    tables[name] = core.tensor(rows)
  end
  return tables[name]
end

local largest = 1e38 -- differences beyond may be infinite in float32

-- Values, H,W, as places in the range, 0 to 1; NaN stays.
function colour_map.placed(x, range)
  local low, span = range[1], range[2] - range[1]
  if span > largest then x, low, span = x * 0.25, low * 0.25, span * 0.25 end
  return ((x - low) / span):clamp(0, 1)
end

-- Values, H,W, as colours, 3,H,W: `range` is what the map's two ends stand for.
function colour_map.apply(name, x, range)
  local place = (colour_map.placed(x, range) * (steps - 1)):round() + 1
  place = place:masked_fill(place:isnan(), steps + 1):reshape{ -1 }
  return table_of(name):take(place):transpose(1, 2):reshape{ 3, x.shape[1], x.shape[2] }
end

return colour_map
