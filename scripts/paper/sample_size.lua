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

local networks = { { name = "cnn_dae", text = "the paper's network" }, { name = "unet", text = "the U-Net" } }
local counts = { 10, 25, 50, 100, 200, 300 }
local drawn = { bm3d = true, nlmeans = true, tv = true, dct = true, median = true } -- in the plot; the table has all

local function train_point(source, p)
  return function(c)
    local train, test = study.split(source, c.seed)
    local net = study.train(study.network(c.net), train:narrow(1, 1, c.images), p, c)
    return { ssim = study.score(net, test, p, c.seed) }
  end
end

local function filter_point(source, p)
  return function(c)
    local train, test = study.split(source, c.seed)
    local noisy, result = ln.noise.gaussian{ p = p, seed = c.seed }(train), {}
    for _, entry in ipairs(filters.tuned(noisy, train, { sigma = p, quick = c.quick })) do
      result[entry.name], result[entry.name .. "_options"] = study.score(entry.apply, test, p, c.seed), entry.options
    end
    return result
  end
end

function sample_size.run(o, sources)
  local source, seeds = sources[1], ln.seeds(o.seeds)
  local sizes = study.counts(o.quick and { 10 } or counts, #study.split(source, 1))
  return { source = source, sizes = sizes,
    networks = study.sweep{ name = "sample-size", o = o, sources = { source }, points = study.points{
      { "p", { o.p } }, { "net", { networks[1].name, networks[2].name } }, { "images", sizes }, { "seed", seeds } },
      run = train_point(source, o.p) },
    filters = study.sweep{ name = "sample-size-filters", o = o, sources = { source }, points = study.points{
      { "p", { o.p } }, { "filters", { filters.settings(filters.fast()) } }, { "quick", { o.quick } },
      { "seed", seeds } }, run = filter_point(source, o.p), options = {} } }
end

-- ---- The report ----

-- { text =, name =, mean =, least =, largest = } of filters, the best first.
local function filters_of(found)
  local list = {}
  for i, entry in ipairs(filters.fast()) do
    list[i] = { name = entry.name, text = entry.text, place = i }
    list[i].mean, list[i].least, list[i].largest = study.spread(found.filters, {}, entry.name)
  end
  table.sort(list, function(a, b) return a.mean > b.mean or a.mean == b.mean and a.place < b.place end)
  return list
end

-- A series for each network, lines across for filters; and the same as a table.
local function curves(found, of_filters)
  local series, lines = { log = "x", x_label = "training images", y_label = "SSIM (Wang 2004)" }, {}
  local scores = ln.table{ columns = { "method", "images", "SSIM", "least", "largest" }, width = 80,
    note = "SSIM (Wang): means over images and seeds, and the least and largest mean of the seeds. "
      .. filters.left_out }
  for i, network in ipairs(networks) do
    local one = { name = network.text, x = found.sizes, y = {}, low = {}, high = {} }
    for k, count in ipairs(found.sizes) do
      one.y[k], one.low[k], one.high[k] = study.spread(found.networks, { net = network.name, images = count }, "ssim")
      scores:add{ network.text, count, one.y[k], one.low[k], one.high[k] }
    end
    series[i] = one
  end
  for _, entry in ipairs(of_filters) do
    if drawn[entry.name] then lines[#lines + 1] = { entry.text, entry.mean } end
    scores:add{ entry.text, "-", entry.mean, entry.least, entry.largest }
  end
  series.lines = lines
  return series, scores
end

-- The plot of the page as a file, where lines across are series, too.
local function write_plot(series, file)
  local plot, x = { log = series.log, x_label = series.x_label, y_label = series.y_label, file = file }, series[1].x
  for i, one in ipairs(series) do plot[i] = one end
  for _, line in ipairs(series.lines) do
    plot[#plot + 1] = { name = line[1], x = { x[1], x[#x] }, y = { line[2], line[2] }, dashed = true }
  end
  ln.plot(plot)
end

-- From how many images on a network stays above the best filter; nil: with none of these numbers.
local function above_from(series, best)
  local from
  for k = #series.x, 1, -1 do
    if series.y[k] <= best.mean then break end
    from = series.x[k]
  end
  return from
end

local function answer_of(series, best)
  local parts = {}
  for i, network in ipairs(networks) do
    local from, one = above_from(series[i], best), series[i]
    parts[i] = ("%s is above it %s (%.3f with %d images, %.3f with %d)"):format(network.text, from
      and ("from %d images on"):format(from) or "with none of these numbers of images", one.y[1], one.x[1],
      one.y[#one.y], one.x[#one.x])
  end
  return ("**The best filter is %s, %.3f: %s.**"):format(best.text, best.mean, table.concat(parts, "; "))
end

function sample_size.show(page, found, o, write)
  local of_filters = filters_of(found)
  local series, scores = curves(found, of_filters)
  page:text(answer_of(series, of_filters[1]))
  page:text(("Networks trained for %d steps each on so many images of %s, noise x + %g N(0, 1), beside filters tuned "
    .. "on at most %d images. Both networks are trained with Adam, a rate that falls as a cosine, and fresh noise: "
    .. "the paper's network is not trained as there; its own training is in the paper's tables. Bands reach from the "
    .. "least to the largest mean of %s."):format(o.steps, found.source.label, o.p, filters.most_images(o.quick),
    study.seeds_text(o)))
  page:plot(series):table(scores)
  if #series[1].x > 1 then write_plot(series, o.out .. "/sample_size.svg") end
  write(scores, "sample_size")
end

return study.script(sample_size, ...)
