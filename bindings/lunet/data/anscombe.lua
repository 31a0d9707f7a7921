-- ln.anscombe: noise whose variance depends on the grey level is made of variance 1, and back without bias.
--
-- x = gain k + offset + n, k ~ Poisson(mean), n ~ N(0, sigma^2), becomes
--   f(x) = 2 / gain sqrt(max(0, gain (x - offset) + 3/8 gain^2 + sigma^2)).
-- f(E[x]) is not E[f(x)], so the algebraic inverse is biased, much so for few counts. The exact unbiased inverse
-- maps E[f(x)] to E[x]. It is worked out here, once a transform, on a grid of means, and kept as what is to be added to
-- the asymptotic inverse, which it comes to for large counts; so interpolating it costs no accuracy. (The closed form
-- of Makitalo and Foi is made for few counts, and off by 0.01 at 100.)
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"

local page = {
  name = "anscombe",
  usage = "ln.anscombe(options?: options) -> anscombe",
  doc = "The (generalised) Anscombe transform, for Poisson and Poisson-Gaussian noise x = gain Poisson(mean) + offset "
    .. "+ N(0, sigma^2): t(x) is 2 / gain sqrt(gain (x - offset) + 3/8 gain^2 + sigma^2), whose noise has standard "
    .. "deviation 1 nearly everywhere; denoise that with sigma = 1, and t:inverse(y) is the grey level. Sources: "
    .. "Anscombe, Biometrika 1948; Starck, Murtagh, Bijaoui, Image processing and data analysis, 1998; Makitalo, Foi, "
    .. "Optimal inversion of the Anscombe transformation in low-count Poisson image denoising, IEEE TIP 2011, and of "
    .. "the generalized one, 2013.",
  options = {
    { "peak", "number", above = 0, help = "counts where the grey level is 1, 1 / gain, as in "
      .. "ln.noise.poisson_gaussian" },
    { "gain", "number", above = 0, help = "grey levels a count makes; default 1" },
    { "sigma", "number", default = 0, min = 0, help = "standard deviation of the Gaussian part, in grey levels" },
    { "offset", "number", default = 0, help = "grey level of no counts" },
  },
  errors = "Both peak and gain.",
  example = [[
local noisy = ln.noise.poisson_gaussian{ peak = 20, sd = 0.02 }(clean)
local t = ln.anscombe{ peak = 20, sigma = 0.02 }
local restored = t:inverse(ln.filter.dct{ sigma = 1 }(t(noisy)))
ln.metric.psnr{}(restored, clean)]],
}

local Anscombe = {}
Anscombe.__index = Anscombe
Anscombe.__name = "lunet.anscombe"

local means = 100   -- counts up to which the inverse is worked out; beyond, the asymptotic one is exact to 1e-4
local nodes = 1000  -- on a grid of square roots
local cells = 1024  -- of the interpolated correction

-- In counts, of transformed values d; ratio: sigma / gain.
local function asymptotic(d, ratio) return d * d / 4 - 1 / 8 - ratio * ratio end

-- E[f] of k counts and Gaussian noise of standard deviation `ratio`: the integral over n = start + u^2, by the
-- trapezoidal rule, which is exact enough as the root's kink is at u = 0.
local function transformed(k, ratio)
  local inside = k + 3 / 8 + ratio * ratio
  if ratio == 0 then return 2 * math.sqrt(inside) end
  local widest, steps = 9, 240
  local start = math.max(-inside / ratio, -widest)
  local sum, step = 0, math.sqrt(widest - start) / steps
  for i = 1, steps do
    local u = i * step
    local n = start + u * u
    sum = sum + u * math.exp(-n * n / 2) * math.sqrt(math.max(0, inside + ratio * n))
  end
  return 4 * step * sum / math.sqrt(2 * math.pi)
end

-- E[f] of Poisson counts; of[k + 1] is that of k counts.
local function expected(mean, of)
  local sum, total, weight = 0, 0, 1
  local first = math.max(0, math.floor(mean - 12 * math.sqrt(mean)))
  local last = math.min(#of - 1, math.ceil(mean + 12 * math.sqrt(mean) + 12))
  local middle = math.floor(mean)
  for k = middle, first, -1 do
    sum, total = sum + weight * of[k + 1], total + weight
    weight = mean > 0 and weight * k / mean or 0
  end
  weight = 1
  for k = middle + 1, last do
    weight = weight * mean / k
    sum, total = sum + weight * of[k + 1], total + weight
  end
  return sum / total
end

-- { first =, step =, values = }: what to add to the asymptotic inverse at d = first + i step.
local function correction(ratio)
  local of, at, extra = {}, {}, {}
  for k = 0, means + 12 * math.ceil(math.sqrt(means)) + 12 do of[k + 1] = transformed(k, ratio) end
  for i = 0, nodes do
    local mean = means * (i / nodes) ^ 2
    local d = expected(mean, of)
    at[i + 1], extra[i + 1] = d, mean - asymptotic(d, ratio)
  end
  local first, step, values, i = at[1], (at[nodes + 1] - at[1]) / cells, {}, 1
  for c = 0, cells do
    local d = first + c * step
    while i < nodes and at[i + 1] < d do i = i + 1 end
    local share = (d - at[i]) / (at[i + 1] - at[i])
    values[c + 1] = extra[i] + share * (extra[i + 1] - extra[i])
  end
  return { first = first, step = step, values = core.tensor(values) }
end

local inverses = { asymptotic = asymptotic }

function inverses.algebraic(d, ratio) return d * d / 4 - 3 / 8 - ratio * ratio end

-- Below what no counts give on average, the mean is 0.
function inverses.exact(d, ratio, t)
  t.correction = t.correction or correction(ratio)
  local table_of = t.correction
  local inside = d:clamp(table_of.first)
  local place = ((inside - table_of.first) / table_of.step):clamp(0, cells)
  local cell = place:floor():clamp(0, cells - 1)
  local share, index = place - cell, cell:reshape{ -1 } + 1
  local low = table_of.values:take(index):reshape(d.shape)
  local high = table_of.values:take(index + 1):reshape(d.shape)
  local extra = low + share * (high - low)
  local beyond = inside:gt(table_of.first + cells * table_of.step)
  return (asymptotic(inside, ratio) + core.where(beyond, 0, extra)):clamp(0)
end

local function check_self(what, self)
  if type(self) ~= "table" or debug.getmetatable(self) ~= Anscombe then
    errors.raise("%s: called on %s, expected an Anscombe transform", what, options.text(self))
  end
end

local inverse_page = {
  name = "anscombe:inverse",
  usage = "anscombe:inverse(y: tensor, options?: options) -> tensor",
  example = "anscombe:inverse(anscombe(clean))",
  doc = "Grey levels from transformed ones. 'exact' is the exact unbiased inverse, for values that are means, as a "
    .. "denoised image's are; 'asymptotic' is unbiased for large counts; 'algebraic' undoes t(x).",
  options = { { "method", "string", positional = 1, default = "exact",
    choices = { "exact", "asymptotic", "algebraic" }, help = "which" } },
}

function Anscombe:inverse(y, given)
  check_self("anscombe:inverse", self)
  options.argument("anscombe:inverse", "what is transformed back", "tensor", y)
  local o = options.read(inverse_page, given)
  return inverses[o.method](y, self.sigma / self.gain, self) * self.gain + self.offset
end

function Anscombe:__call(x)
  options.argument("anscombe", "what is transformed", "tensor", x)
  local gain = self.gain
  return ((x - self.offset) * gain + (3 / 8 * gain * gain + self.sigma * self.sigma)):clamp(0):sqrt() * (2 / gain)
end

function Anscombe:__tostring()
  return ("anscombe{ gain = %.6g, sigma = %.6g, offset = %.6g }"):format(self.gain, self.sigma, self.offset)
end

docs.add(Anscombe.inverse, inverse_page)
docs.class(Anscombe, {
  { "anscombe.gain -> number", "Grey levels a count makes." },
  { "anscombe.sigma -> number", "Standard deviation of the Gaussian part." },
  { "anscombe.offset -> number", "Grey level of no counts." },
})

local function new(given)
  local o = options.read(page, given)
  if o.peak and o.gain then errors.raise("anscombe: give 'peak' or 'gain', which is 1 / peak, not both") end
  return setmetatable({ gain = o.peak and 1 / o.peak or o.gain or 1, sigma = o.sigma, offset = o.offset }, Anscombe)
end

return docs.add(new, page)
