-- Random numbers for functions that make the input of a network: what an image gets depends on the seed, the epoch and
-- its number in its set, whatever the batch it comes in and the number of threads.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local random = require "lunet.random"

local Draw = {}
Draw.__name = "lunet.draw"

function Draw.__index(_, key)
  local method = rawget(Draw, key)
  if method then return method end
  local names = { "epoch", "integer", "noise", "normal", "numbers", "poisson", "seed", "uniform" }
  errors.raise("draw: no method or field '%s'%s", tostring(key), errors.suggestion(key, names))
end

function Draw:__tostring()
  return ("draw of epoch %d for %d images, seed %d"):format(self.epoch, #self.numbers, self.seed)
end

-- numbers: of the images of the batch in their set, from 1; shape: of what they are drawn for, N,...
local function new(seed, epoch, numbers, shape)
  return setmetatable({ seed = seed, epoch = epoch, numbers = numbers, shape = shape, calls = 0 }, Draw)
end

-- Names the generator of the next call.
local function next_call(draw, name)
  if type(draw) ~= "table" or debug.getmetatable(draw) ~= Draw then
    errors.raise("draw:%s: called on %s, expected the draw; write draw:%s(...)", name, options.text(draw), name)
  end
  local call = draw.calls
  draw.calls = call + 1
  return draw.seed, draw.epoch, call
end

-- N,... for numbers of one image: `size`, or all of the target's, or one.
local function shape_of(draw, name, size, one)
  if size ~= nil then options.argument("draw:" .. name, "the size of one image's numbers", "table", size) end
  local shape = { #draw.numbers }
  for d = 2, #draw.shape do shape[d] = one and 1 or draw.shape[d] end
  return size and table.move(size, 1, #size, 2, { #draw.numbers }) or shape
end

function Draw:normal(size)
  local seed, epoch, call = next_call(self, "normal")
  local shape = shape_of(self, "normal", size)
  return errors.within("draw:normal: ", core.draw_normal, seed, epoch, call, self.numbers, shape)
end

function Draw:uniform(low, high, size)
  local seed, epoch, call = next_call(self, "uniform")
  low = options.argument("draw:uniform", "the lower bound", "number", low or 0)
  high = options.argument("draw:uniform", "the upper bound", "number", high or 1)
  local shape = shape_of(self, "uniform", size, true)
  return errors.within("", core.draw_uniform, seed, epoch, call, self.numbers, shape, low, high)
end

function Draw:integer(low, high, size)
  local seed, epoch, call = next_call(self, "integer")
  options.argument("draw:integer", "the least", "integer", low)
  options.argument("draw:integer", "the largest", "integer", high)
  local shape = shape_of(self, "integer", size, true)
  return errors.within("", core.draw_integer, seed, epoch, call, self.numbers, shape, low, high)
end

function Draw:poisson(rates)
  local seed, epoch, call = next_call(self, "poisson")
  options.argument("draw:poisson", "the rates", "tensor", rates)
  return errors.within("draw:poisson: ", core.draw_poisson, seed, epoch, call, self.numbers, rates)
end

function Draw:noise(noise, x)
  local _, epoch, call = next_call(self, "noise")
  options.argument("draw:noise", "the noise", "noise item", noise)
  options.argument("draw:noise", "the images", "tensor", x)
  local stream = random.derive(random.derive(self.seed, epoch), call) >> 8
  return errors.within("draw:noise: ", core.corrupted, noise, x, stream, self.numbers)
end

-- Their examples: what a network gets, by a line with `images` and `draw`.
local function in_fit(line)
  return ("ln.fit(net, { epochs = 1, target = clean, input = function(images, draw)\n    %s\n  end,\n"
    .. "  loss = ln.loss.mse{}, optimizer = ln.optim.adam{} })"):format(line)
end

docs.class(Draw, {
  { "draw:normal(size?: integer[]) -> tensor", "Numbers of N(0, 1) in the shape of the batch, or {N, size...}.",
    in_fit("return images + 0.1 * draw:normal()") },
  { "draw:uniform(low?: number, high?: number, size?: integer[]) -> tensor",
    "Numbers of low to high (0 to 1), one an image: N,1,1,1; with {channels, height, width} more of them.",
    in_fit("return images * draw:uniform(0.5, 1)") },
  { "draw:integer(low: integer, high: integer, size?: integer[]) -> tensor",
    "Whole numbers from low to high, both included, one an image, or of that size.",
    in_fit("return images + 0.1 * draw:integer(0, 1)") },
  { "draw:poisson(rates: tensor) -> tensor", "Poisson numbers with these means, N,...: photons counted, say.",
    in_fit("return draw:poisson(20 * images) / 20") },
  { "draw:noise(noise: noise, x: tensor) -> tensor", "A noisy copy of the batch x by a noise of ln.noise.",
    in_fit("return draw:noise(ln.noise.gaussian{ 0.1 }, images)") },
  { "draw.seed -> integer", "The seed of the run.",
    in_fit("print(draw.seed) return images") },
  { "draw.epoch -> integer", "The epoch of the network's life, from 1; 0 for images that are held out.",
    in_fit("print(draw.epoch) return images") },
  { "draw.numbers -> integer[]", "The numbers of the images in their set, from 1.",
    in_fit("print(table.unpack(draw.numbers)) return images") },
})

return new
