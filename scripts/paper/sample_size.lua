-- How many images does it take? The paper's claim is that 300 are enough: its network and a U-Net, trained on 10 to 300
-- images with as many steps, beside tuned filters, which need none but to tune by.
--
--   lunet scripts/paper/sample_size.lua [--mmm DIR] [--p P] [--seeds N] [--steps N] [--jobs N] [--quick]
--
-- Whatever ends it, the same command goes on.
local ln = require "lunet"
local filters = require "scripts.paper.filters"
local study = require "scripts.paper.study"

local sample_size = {
  name = "sample_size",
  title = "How many images does it take?",
  doc = "Scores by the number of training images, beside tuned filters.",
  options = { { "p", "number", value = "P", default = 0.25, above = 0, max = 10, help = "noise: x + P n, n normal" } },
}

local networks = { { "cnn_dae", "the paper's network" }, { "unet", "U-Net" } }
local drawn = { bm3d = true, nlmeans = true, tv = true, dct = true, median = true } -- in the plot; the table has all

-- Those that there are images for, and all images where 300 are not there.
local function counts(n, quick)
  local list = {}
  for _, count in ipairs(quick and { 10 } or { 10, 25, 50, 100, 200, 300 }) do
    if count <= n then list[#list + 1] = count end
  end
  if list[#list] ~= n and n < 300 then list[#list + 1] = n end
  return list
end

local function train_point(source, p)
  return function(c)
    local train, test = study.split(source, c.seed)
    local net = study.train(train:narrow(1, 1, c.images), p, p, c)
    return { ssim = study.score(net, test, p, c.seed) }
  end
end

local function filter_point(source, p)
  return function(c)
    local train, test = study.split(source, c.seed)
    local noisy = ln.noise.gaussian{ p = p, seed = c.seed }(train)
    local result = { noisy = study.score(function(x) return x end, test, p, c.seed) }
    for _, entry in ipairs(filters.tuned(noisy, train, { sigma = p, quick = c.quick })) do
      result[entry.name], result[entry.name .. "_options"] = study.score(entry.apply, test, p, c.seed), entry.options
    end
    return result
  end
end

function sample_size.run(o, sources)
  local source = sources[1]
  local sizes, seeds = counts(#study.split(source, 1), o.quick), ln.seeds(o.seeds)
  return { source = source, sizes = sizes,
    networks = study.sweep("sample-size", o, { source }, study.points{ { "p", { o.p } },
      { "net", { networks[1][1], networks[2][1] } }, { "images", sizes }, { "seed", seeds } },
      train_point(source, o.p)),
    filters = study.sweep("sample-size-filters", o, { source }, study.points{ { "p", { o.p } },
      { "filters", { filters.names() } }, { "quick", { o.quick } }, { "seed", seeds } },
      filter_point(source, o.p)) }
end

-- A series for each network, lines across for filters; and the same as a table.
local function curves(found)
  local series, lines = {}, {}
  local scores = ln.table{ columns = { "method", "images", "SSIM", "least", "largest" } }
  for i, network in ipairs(networks) do
    local one = { name = network[2], x = found.sizes, y = {}, low = {}, high = {} }
    for k, count in ipairs(found.sizes) do
      one.y[k], one.low[k], one.high[k] = study.spread(found.networks, { net = network[1], images = count }, "ssim")
      scores:add{ network[2], count, one.y[k], one.low[k], one.high[k] }
    end
    series[i] = one
  end
  for _, entry in ipairs(filters.tunable) do
    if not entry.slow then
      local mean, least, largest = study.spread(found.filters, {}, entry.name)
      if drawn[entry.name] then lines[#lines + 1] = { entry.text, mean } end
      scores:add{ entry.text, "-", mean, least, largest }
    end
  end
  return series, lines, scores
end

function sample_size.show(page, found, o, write)
  local series, lines, scores = curves(found)
  series.log, series.lines, series.x_label, series.y_label = "x", lines, "training images", "SSIM (Wang 2004)"
  page:text(("Networks trained for %d steps each on so many images of %s, noise x + %g N(0, 1), beside filters tuned "
    .. "on 12 images. Bands reach from the least to the largest mean of %s."):format(o.steps, found.source.label, o.p,
    study.seeds_text(o)))
  page:plot(series):table(scores)
  write(scores, "sample_size")
end

return study.script(sample_size, ...)
