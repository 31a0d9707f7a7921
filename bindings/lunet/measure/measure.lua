-- ln.measure: what images, and what filters leave of them, are like: noise, contrast and sharpness.
local contrast = require "lunet.contrast"
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"

local fine = 8 -- points a pixel, down and across

local page = {
  name = "measure.edge",
  usage = "ln.measure.edge(size: integer[], options?: options) -> tensor",
  doc = "An image H,W of an ideal edge, for ln.measure.mtf: dark left of a slanted line through the middle, bright "
    .. "right of it, or, with `radius`, a bright disc near the middle, off the pixels' corners so that all "
    .. "distances occur. Pixels are means over 8x8 points.",
  options = {
    { "angle", "number", min = -45, max = 45, default = 5, help = "of the line, in degrees from the columns" },
    { "radius", "number", above = 0, help = "of a disc instead, in pixels" },
    { "low", "number", default = 0.25, help = "the dark value" },
    { "high", "number", default = 0.75, help = "the bright value" },
  },
  example = "ln.measure.edge({ 64, 64 }, { angle = 5 })",
}

local function edge(size, given)
  options.argument("measure.edge", "the size", "integers", size)
  if #size ~= 2 then errors.raise("measure.edge: the size must be { height, width }, got %d numbers", #size) end
  local o, height, width = options.read(page, given), size[1], size[2]
  local function points(n) return (core.arange(n * fine) - (n * fine + 1) / 2) / fine end -- from the middle
  local down, across = points(height):reshape{ height * fine, 1 }, points(width):reshape{ 1, width * fine }
  local slope = math.tan(math.rad(o.angle))
  local bright = o.radius and ((down - 0.23) ^ 2 + (across - 0.41) ^ 2):lt(o.radius ^ 2)
    or (across - down * slope):gt(0)
  local covered = bright:reshape{ height, fine, width, fine }:mean{ 2, 4 }
  return covered * (o.high - o.low) + o.low
end

return errors.strict({
  cnr = contrast.cnr,
  edge = docs.add(edge, page),
  mtf = require "lunet.mtf",
  nps = require "lunet.nps",
  snr = contrast.snr,
}, "lunet.measure")
