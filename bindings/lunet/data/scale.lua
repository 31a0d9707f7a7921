-- ln.data.scale: intensities brought to a range that networks learn well from, and back. Every kind is x -> (x - shift)
-- / factor, with numbers that are worked out once, from the images to train on.
local core = require "lunet.core"
local docs = require "lunet.docs"
local ends = require "lunet.ends"
local errors = require "lunet.errors"
local options = require "lunet.options"
local sets = require "lunet.set"

local page = {
  name = "data.scale",
  usage = "ln.data.scale(options: options) -> scale",
  doc = "A scale of intensities, (x - shift) / factor: 'minmax' makes the least value 0 and the largest 1; "
    .. "'percentile' the percentiles `low` and `high`, so that a few bright pixels do not matter; 'zscore' makes the "
    .. "mean 0 and the standard deviation 1, as of all pixels together. scale:fit(set) works the numbers out, scale(x) "
    .. "applies them to a tensor or dataset, targets included, scale:invert(y) takes them back. net:scaling(scale) "
    .. "keeps it with a network, in the file of net:save too.",
  options = {
    { "kind", "string", positional = 1, required = true, choices = { "minmax", "percentile", "zscore" },
      help = "how" },
    { "low", "number", default = 1, min = 0, max = 100, help = "of 'percentile': what becomes 0, in percent" },
    { "high", "number", default = 99, min = 0, max = 100, help = "of 'percentile': what becomes 1, in percent" },
    { "data", { "set", "tensor" }, help = "fit it to these at once" },
  },
  errors = "Use before it is fitted; images of one value, which have nothing to scale; NaN and infinity.",
  example = [[
local scale = ln.data.scale{ "percentile", data = set }
net:scaling(scale):save(folder .. "/dae.safetensors")
local again = ln.load(folder .. "/dae.safetensors")
local its = again:scaling()
its:invert(again:predict(its(noisy)))]],
}

local most_sampled = 1 << 24 -- values of which percentiles are worked out

local Scale = {}
Scale.__index = Scale
Scale.__name = "lunet.scale"

local function is_scale(value)
  return type(value) == "table" and debug.getmetatable(value) == Scale
end

local function need(what, value)
  if not is_scale(value) then errors.raise("%s: called on %s, expected a scale", what, options.text(value)) end
  if not value.factor then errors.raise("%s: the scale is not fitted yet; see scale:fit(set)", what) end
end

function Scale:__tostring()
  if not self.factor then return ("scale %s, not fitted yet"):format(self.kind) end
  return ("scale %s: (x - %.6g) / %.6g"):format(self.kind, self.shift, self.factor)
end

-- ---- Fitting ----

-- Calls f with every image of a set, or the whole tensor.
local function each(data, f)
  if options.is_tensor(data) then return f(data) end
  if sets.in_memory(data) then return f(data.images) end
  for i = 1, #data do f((sets.image(data, i))) end
end

-- A scale is of intensities; what else a dataset holds has others.
local function check_single(what, data)
  if options.is_tensor(data) or #data == 0 then return end
  local n = ends.count((sets.image(data, 1)))
  if n > 1 then
    errors.raise("%s: the dataset has %d tensors as its images; scale those that are wanted before ln.data.tensors",
      what, n)
  end
end

local function floats(t)
  local n = 1
  for _, size in ipairs(t.shape) do n = n * size end
  return n
end

local function check_finite(t)
  local number = t:nonfinite()
  if not number then return end
  local value = t:reshape{ -1 }[number]
  errors.raise("scale:fit: the images hold %s", value ~= value and "NaN" or "infinity")
end

local fits = {}

function fits.minmax(_, data)
  local low, high = math.huge, -math.huge
  each(data, function(t)
    low, high = math.min(low, t:min()), math.max(high, t:max())
  end)
  return low, high - low
end

-- Mean and deviation of parts put together: Chan, Golub, LeVeque (1979).
function fits.zscore(_, data)
  local n, mean, squares = 0, 0, 0
  each(data, function(t)
    local m, own = floats(t), t:mean()
    local off = own - mean
    squares = squares + t:var() * m + off * off * n * m / (n + m)
    n, mean = n + m, mean + off * m / (n + m)
  end)
  return mean, math.sqrt(squares / n)
end

-- Of many images, evenly spaced values.
function fits.percentile(scale, data)
  local total, parts = 0, {}
  each(data, function(t) total = total + floats(t) end)
  local step = math.max(1, math.ceil(total / most_sampled))
  each(data, function(t)
    local flat = t:reshape{ -1 }
    parts[#parts + 1] = step == 1 and flat or flat[{ { 1, -1, step } }]
  end)
  local values = (#parts == 1 and parts[1] or core.concat(parts, 1))
  local found = values:quantile{ scale.low / 100, scale.high / 100 }
  return found[1], found[2] - found[1]
end

function Scale:fit(data)
  if not is_scale(self) then errors.raise("scale:fit: called on %s, expected a scale", options.text(self)) end
  options.argument("scale:fit", "the images", { "set", "tensor" }, data)
  if #data == 0 then errors.raise("scale:fit: there are no images") end
  check_single("scale:fit", data)
  each(data, check_finite)
  local shift, factor = fits[self.kind](self, data)
  if not (factor > 0) then
    errors.raise("scale:fit: %s of the images is %.6g throughout; there is nothing to scale",
      self.kind == "percentile" and ("the range of percentiles %g to %g"):format(self.low, self.high) or "the value",
      shift)
  end
  self.shift, self.factor = shift, factor
  return self
end

-- ---- There and back ----

local function convert(what, scale, x, f)
  need(what, scale)
  options.argument(what, "what is scaled", { "tensor", "set" }, x)
  if options.is_tensor(x) then return f(x) end
  check_single(what, x)
  return x:map(function(images, targets) return f(images), targets and ends.map(targets, f) end)
end

function Scale:__call(x)
  return convert("scale", self, x, function(t) return (t - self.shift) / self.factor end)
end

function Scale:invert(y)
  return convert("scale:invert", self, y, function(t) return t * self.factor + self.shift end)
end

-- ---- Kept with networks ----

local kinds = { "minmax", "percentile", "zscore" } -- by their numbers in files: LnScaling

-- The scale that a network keeps, or nil.
local function of_network(net)
  local kind, shift, factor = core.scaling(net)
  if kind == 0 then return nil end
  return setmetatable({ kind = kinds[kind], shift = shift, factor = factor, low = page.options[2].default,
    high = page.options[3].default }, Scale)
end

local function keep(net, scale)
  need("net:scaling", scale)
  for number, kind in ipairs(kinds) do
    if kind == scale.kind then core.scaling(net, number, scale.shift, scale.factor) end
  end
  return net
end

local methods = core.methods.network

function methods.scaling(net, scale)
  if not options.is_network(net) then
    errors.raise("net:scaling: called on %s, expected a network", options.text(net))
  end
  if scale == nil then return of_network(net) end
  return keep(net, scale)
end

docs.add(methods.scaling, {
  name = "net:scaling",
  usage = "net:scaling(scale?: scale) -> network|scale|nil",
  doc = "The scale of intensities that a network was trained with: with a scale, keeps it with the network, its copies "
    .. "and files, and returns the network; without, gives it back, nil where there is none. Nothing is applied by "
    .. "itself: write scale:invert(net:predict(scale(x))).",
  errors = "A scale that is not fitted.",
  example = [[
net:scaling(scale)
net:scaling():invert(net:predict(net:scaling()(noisy)))]],
})

docs.class(Scale, {
  { "scale:fit(data: set|tensor) -> scale", "Work shift and factor out from images; of a dataset not from its targets. "
    .. "Of more than 2^24 values, percentiles are those of evenly spaced ones.",
    "scale:fit(noisy)" },
  { "scale:invert(y: tensor|set) -> tensor|set", "y * factor + shift: intensities as they were.",
    "scale:invert(scale(clean))" },
  { "scale.kind -> string", "'minmax', 'percentile' or 'zscore'." },
  { "scale.shift -> number|nil", "What is subtracted; nil before it is fitted." },
  { "scale.factor -> number|nil", "What is divided by." },
})

local function new(given)
  local o = options.read(page, given)
  if o.low >= o.high then
    errors.raise("data.scale: option 'high' must be above 'low', got %g and %g", o.high, o.low)
  end
  local scale = setmetatable({ kind = o.kind, low = o.low, high = o.high }, Scale)
  return o.data and scale:fit(o.data) or scale
end

return docs.add(new, page)
