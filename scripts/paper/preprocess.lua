-- Is it worth while to filter an image before a network denoises it? A median filter, the SVD of patches and BM3D, each
-- tuned, before a U-Net that is trained on what they give; for counted photons, whose noise depends on the grey level,
-- also the Anscombe transform; beside a U-Net that gets the noisy image.
--
--   lunet scripts/paper/preprocess.lua [--mmm DIR] [--p P] [--peak N] [--seeds N] [--steps N] [--jobs N] [--quick]
--
-- All networks are trained on the same noisy copies of the same images, as filters take too long to filter new noise in
-- each step. Whatever ends it, the same command goes on.
local ln = require "lunet"
local filters = require "scripts.paper.filters"
local lists = require "scripts.paper.lists"
local study = require "scripts.paper.study"

local preprocess = {
  name = "preprocess",
  title = "Is it worth while to filter before the network?",
  doc = "Filters and the Anscombe transform before a U-Net that is trained on what they give, beside one that gets the "
    .. "noisy image.",
  options = {
    { "p", "number", value = "P", default = 0.25, above = 0, max = 10, help = "Gaussian noise: x + P n, n normal" },
    { "peak", "number", value = "N", default = 20, above = 0, max = 1e6,
      help = "Poisson noise: N photons where the image is white" },
  },
}

local most, copies = 100, 4 -- images that are trained on, and noisy copies of each

-- ---- Noise ----

-- { name =, text =, add = function(images, draw) -> noisy, sigma = its standard deviation, on the whole }
local function noises(o)
  return {
    { name = "gaussian", text = "Gaussian", sigma = function() return o.p end,
      add = function(images, seed, draw) return ln.noise.gaussian{ p = o.p, seed = seed }(images, draw) end },
    { name = "poisson", text = "Poisson",
      sigma = function(images) return math.sqrt(images:mean() / o.peak) end,
      add = function(images, seed, draw)
        return ln.noise.poisson_gaussian{ peak = o.peak, sd = 0, seed = seed }(images, draw)
      end },
  }
end

-- ---- Pre-processing ----

-- A filter of ln.filter, tuned on training images with noise of the standard deviation sigma.
local function tuned(name)
  return function(noisy, clean, sigma, o)
    return filters.tuned(noisy, clean, { sigma = sigma, quick = o.quick, only = { [name] = true } })[1].apply
  end
end

-- Noise of variance 1, in grey levels of about 0 to 1, so that the network need not be another.
local function anscombe(_, _, _, o)
  local t = ln.anscombe{ peak = o.peak }
  local white = t(ln.ones{ 1 }):item()
  return function(x) return t(x) / white end
end

-- BM3D on the transformed image, and back: how Poisson noise is filtered.
local function anscombe_bm3d(noisy, clean, _, o)
  local t = ln.anscombe{ peak = o.peak }
  local white = t(ln.ones{ 1 }):item()
  local filter = tuned("bm3d")(t(noisy) / white, t(clean) / white, 1 / white, o)
  return function(x) return t:inverse(filter(t(x) / white) * white):clamp(0, 1) end
end

-- Each gives a function of noisy images. beside: whether the network gets the noisy image, too; noise: for which alone;
-- is_image: whether what it gives is an image that can be scored.
local kinds = {
  { name = "none", text = "none", make = function() return function(x) return x end end, is_image = true },
  { name = "median", text = "median", make = tuned("median"), is_image = true },
  { name = "pca", text = "SVD of patches", make = tuned("pca"), is_image = true },
  { name = "bm3d", text = "BM3D", make = tuned("bm3d"), is_image = true },
  { name = "bm3d-beside", text = "BM3D and noisy", make = tuned("bm3d"), is_image = true,
    beside = true },
  { name = "anscombe", text = "Anscombe", make = anscombe, noise = "poisson" },
  { name = "anscombe-bm3d", text = "Anscombe, BM3D", make = anscombe_bm3d, noise = "poisson",
    is_image = true },
}

-- ---- The points ----

local function noisy_copies(noise, clean, seed)
  local noisy, same = {}, {}
  for i = 1, copies do noisy[i], same[i] = noise.add(clean, seed, i), clean end
  return ln.concat(noisy, 1), ln.concat(same, 1)
end

local function run_point(source, o)
  local list = noises(o)
  return function(c)
    local train, test = study.split(source, c.seed)
    train = train:narrow(1, 1, math.min(#train, most))
    local noise, kind = lists.named(list, c.noise), lists.named(kinds, c.pre)
    local noisy, clean = noisy_copies(noise, train, c.seed)
    local before = kind.make(noisy:narrow(1, 1, #train), train, noise.sigma(train), o)
    local function input(x) return kind.beside and ln.concat({ before(x), x }, 2) or before(x) end
    local net = study.fit(study.network("plain_unet", kind.beside), input(noisy), clean, c)
    local tested = noise.add(test, c.seed + 1000, 0)
    return { ssim = study.ssim(net:predict(input(tested)), test),
      alone = kind.is_image and study.ssim(before(tested), test) or nil }
  end
end

function preprocess.run(o, sources)
  local points = {}
  for _, noise in ipairs(noises(o)) do
    for _, kind in ipairs(kinds) do
      for _, seed in ipairs((not kind.noise or kind.noise == noise.name) and ln.seeds(o.seeds) or {}) do
        points[#points + 1] = { noise = noise.name, pre = kind.name, seed = seed, p = o.p, peak = o.peak,
          quick = o.quick }
      end
    end
  end
  return { source = sources[1], results = study.sweep{ name = "preprocess", o = o, sources = { sources[1] },
    points = points, run = run_point(sources[1], o),
    options = { steps = o.steps, training = study.settings(), tuning = filters.settings(filters.fast()) } } }
end

-- ---- The report ----

-- Those that stand for a noise.
local function kinds_for(noise)
  local list = {}
  for _, kind in ipairs(kinds) do
    if not kind.noise or kind.noise == noise.name then list[#list + 1] = kind end
  end
  return list
end

-- The rows of one noise in the table, and what filtering before the network gives at best: a part of a sentence.
local function add_rows(t, found, noise)
  local of, rows = kinds_for(noise), {}
  for i, kind in ipairs(of) do rows[i] = { kind.text, { noise = noise.name, pre = kind.name }, "ssim" } end
  local compared = study.compare(found.results, rows, found.source).rows
  for i, row in ipairs(compared) do
    local alone = of[i].is_image and study.interval(found.results, rows[i][2], "alone", found.source)[1] or "-"
    t:add{ noise.text, row.name, alone, study.interval(found.results, rows[i][2], "ssim", found.source),
      study.difference(row) }
  end
  local best = lists.best(compared, function(row) return row.difference end)
  return ("%s noise: %s, %+.4f [%+.4f, %+.4f]"):format(noise.text, best.name, best.difference, best.low, best.high)
end

function preprocess.show(page, found, o, write)
  local t, best = ln.table{ columns = { "noise", "before", "alone", "then U-Net", "less none", "p" }, width = 80,
    note = "SSIM (Wang) with 95 % intervals; less none: paired differences; p: Wilcoxon's, corrected for the rows of a "
      .. "noise; filters are tuned" }, {}
  for i, noise in ipairs(noises(o)) do best[i] = add_rows(t, found, noise) end
  page:text(("**The best before the network, and what it changes in SSIM beside none. %s.**"):format(table.concat(best,
    "; ")))
  page:text(("A plain U-Net trained for %d steps on %d noisy copies of at most %d images of %s, as they are or after a "
    .. "filter; %s. Gaussian noise has p = %g, Poisson noise %g photons where the image is white. Alone: what the "
    .. "filter does without a network. SVD of patches: ln.filter.pca, the singular value decomposition that the paper "
    .. "proposes, of all patches of an image. BM3D and noisy: the network gets both. Anscombe, BM3D: BM3D on the "
    .. "transformed image, and back."):format(o.steps, copies, most, found.source.label, study.seeds_text(o), o.p,
    o.peak))
  page:table(t)
  write(t, "preprocess")
end

return study.script(preprocess, ...)
