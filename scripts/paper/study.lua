-- What the studies past the paper share: options, images, one way of training, scores, means over seeds, and reports.
--
-- A study is { name = of its script, title = its question, doc = for --help, options = further ones, run = function(o,
-- sources) -> results, show = function(page, results, o, write) }: run runs what is not finished; show adds to a
-- section of a page, and gives each of its tables to write(table, name). Its file ends in `return study.script(it,
-- ...)`, so that it is a script of its own, and scripts/paper/all.lua has it as a section of the report.
--
-- All networks of a study take the same number of steps, whatever the number of images, with fresh noise in each.
local ln = require "lunet"
local args = require "lunet.args"
local data = require "scripts.paper.data"
local experiment = require "scripts.paper.experiment"
local tables = require "scripts.paper.tables"

local study = {}

-- ---- Options ----

local function options_of(this)
  local list = {
    { "mmm", "string", value = "DIR", help = "folder of images, in the place of the paper's mammograms" },
    { "dx", "string", value = "DIR", help = "folder of other images, in the place of its second set" },
    { "seeds", "integer", value = "N", min = 1, help = "repetitions (3; with --quick 1)" },
    { "steps", "integer", value = "N", min = 1, help = "training steps of each network (2000; with --quick 6)" },
    { "images", "integer", value = "N", min = 12, help = "at most so many of each set (all; with --quick 24)" },
    { "jobs", "integer", value = "N", default = 1, min = 1, help = "processes" },
    { "out", "string", value = "DIR", default = "results/" .. this.name, help = "where records and the report go" },
    { "quick", "boolean", help = "only that it works, in seconds" },
  }
  local own = this.options or {}
  return table.move(own, 1, #own, #list + 1, list)
end

local function with_defaults(o)
  o.seeds = o.seeds or o.quick and 1 or 3
  o.steps = o.steps or o.quick and 6 or 2000
  o.images = o.images or o.quick and 24 or nil
  o.quick = o.quick or false
  return o
end

-- The options of a study where others than its own script run it: given by name, and its own defaults.
function study.options(this, given)
  local o = {}
  for _, entry in ipairs(this.options or {}) do o[entry[1]] = entry.default end
  for name, value in pairs(given) do o[name] = value end
  return with_defaults(o)
end

-- ---- Scripts ----

local function run_script(this, words)
  local o = with_defaults(args.parse(words, { name = this.name, doc = this.doc, options = options_of(this) }))
  local sources = data.load{ mmm = o.mmm, dx = o.dx, images = o.images }
  local page = ln.report{ title = this.title, file = ("%s/%s.html"):format(o.out, o.out:match("[^/]+$")) }
  study.add(this, page, o, sources, "Results")
  page:section("Data"):table(data.table(sources, { seed = 1 }))
  print("written: " .. page:section("Environment"):environment{ seeds = ln.seeds(o.seeds) }:save())
end

-- Run a study and show it as a section of a page; its tables are printed, and written into the folder tables.
function study.add(this, page, o, sources, heading)
  local results = this.run(o, sources)
  page:section(heading)
  ln.file.make_dir(o.out .. "/tables")
  this.show(page, results, o, function(t, name)
    print(t)
    tables.write(t, ("%s/tables/%s"):format(o.out, name))
  end)
end

-- What a study's file returns: the study, where it is required by another; as a script it runs. The words are those
-- that the file got.
function study.script(this, ...)
  if (...) == "scripts.paper." .. this.name then return this end
  local words = { ... }
  args.main(this.name, function() run_script(this, words) end)
end

-- ---- Images ----

-- Clean training and test images of a source, N,1,64,64, patients on one side; training images in random order. The
-- patients of the test images, where they are known, else the images' names, come last.
function study.split(source, seed)
  local train, test = data.split(source, source.set, { seed = seed })
  local groups = {}
  for i, name in ipairs(test.names) do groups[i] = source.group and source.group(name) or name end
  return train.images:take(ln.randperm(#train, seed):totable()), test.images, groups
end

-- ---- Networks ----

-- A network for noisy images, of a level from `low` to `high` for each.
local function noise_between(low, high)
  return function(images, draw)
    return images + (low == high and low or draw:uniform(low, high)) * draw:normal()
  end
end

function study.network(name, options)
  return ln.models[name](name == "unet" and { widths = { 16, 32, 64 }, level = options and options.level } or {})
end

-- Trains for so many steps. input: a function of clean images and a draw, as ln.fit takes it, or a tensor.
-- c: { steps =, seed = }. The loss is the paper's: with squared errors a network that learns from phantoms, which are
-- mostly black, may collapse to black, and stays so.
function study.fit(net, input, clean, c)
  ln.fit(net, { input = input, target = clean, loss = ln.loss.bce{}, optimizer = ln.optim.adam{ lr = 1e-3 },
    schedule = ln.schedule.cosine{ steps = c.steps }, batch = 10, seed = c.seed, progress = "none",
    epochs = math.ceil(c.steps / math.ceil(#clean / 10)), on_batch = function(at) return at.step < c.steps end })
  return net
end

-- A network for clean images, with noise of a level from `low` to `high` for each, drawn anew. c: { net =, steps =,
-- seed = }
function study.train(clean, low, high, c)
  return study.fit(study.network(c.net), noise_between(low, high), clean, c)
end

-- The same for a network that there is already, at one level.
function study.retrain(net, clean, p, c)
  return study.fit(net, noise_between(p, p), clean, c)
end

-- ---- Scores ----

-- Test images with noise of a level that depends on the seed only.
function study.noisy(clean, p, seed)
  return ln.noise.gaussian{ p = p, seed = seed + 1000 }(clean)
end

-- SSIM (Wang) of each image.
function study.ssim(restored, clean)
  local _, each = ln.metric.ssim{}(restored:clamp(0, 1), clean)
  return each:totable()
end

function study.score(f, clean, p, seed)
  return study.ssim(f(study.noisy(clean, p, seed)), clean)
end

-- What tells a point from others of its sweep, in words.
local function words_of(point, points)
  local words = {}
  for name, value in pairs(point) do
    local first, last = points[1][name], points[#points][name]
    if (value ~= first or value ~= last) and (first or last) ~= nil then
      words[#words + 1] = ("%s %s"):format(name, value)
    end
  end
  table.sort(words)
  return table.concat(words, ", ")
end

-- Runs the points that are not finished. name: of the sweep; sources: whose images tell it from others.
function study.sweep(name, o, sources, points, run)
  local images = {}
  for i, source in ipairs(sources) do images[i] = source.identity end
  local sweep = ln.sweep{ name = name, dir = o.out .. "/runs", points = points, jobs = o.jobs,
    options = { steps = o.steps, data = table.concat(images, "; ") }, progress = experiment.progress,
    run = function(point, log)
      experiment.tell(("%s: %s"):format(name, words_of(point, points)))
      return run(point, log)
    end }
  for _, entry in ipairs(sweep:results()) do
    if entry.state ~= "finished" then
      error(("of '%s' points are not finished (%s); the same command goes on with them"):format(name,
        entry.error or entry.state), 0)
    end
  end
  return sweep:results()
end

-- The results whose points are so, { net = "unet", images = 30 }.
local function matching(results, where)
  local list = {}
  for _, entry in ipairs(results) do
    local fits = true
    for key, value in pairs(where) do fits = fits and entry.point[key] == value end
    if fits then list[#list + 1] = entry end
  end
  return list
end

-- Of a score: mean, least and largest of the seeds' means.
function study.spread(results, where, score)
  local means = {}
  for i, entry in ipairs(matching(results, where)) do means[i] = (ln.stat.mean(entry.result[score])) end
  return (ln.stat.mean(means)), math.min(table.unpack(means)), math.max(table.unpack(means))
end

-- A score of each test image and seed, and the images or patients that they are of.
function study.scores(results, where, score, source)
  local values, groups = {}, {}
  for _, entry in ipairs(matching(results, where)) do
    local _, _, names = study.split(source, entry.point.seed)
    table.move(entry.result[score], 1, #names, #values + 1, values)
    table.move(names, 1, #names, #groups + 1, groups)
  end
  return values, groups
end

-- { mean, low, high } of a score, for tables.
function study.interval(results, where, score, source)
  local values, groups = study.scores(results, where, score, source)
  return { ln.stat.interval(values, { group = groups }) }
end

-- Rows { name, where, score } compared with the first, image by image: what ln.compare returns.
function study.compare(results, rows, source)
  local given = { interval = "t" }
  for i, row in ipairs(rows) do
    local values, groups = study.scores(results, row[2], row[3], source)
    given[i], given.group = { row[1], values }, groups
  end
  return ln.compare(given)
end

-- What a row of a comparison says of the difference: { mean, low, high } and p, for tables; "-" for the first.
function study.difference(row)
  if not row.difference then return "-", "-" end
  return { row.difference, row.low, row.high },
    { value = row.wilcoxon.p_holm, text = ("%.2g"):format(row.wilcoxon.p_holm) }
end

-- All combinations of lists, { { name, list }, ... }, the first changing slowest.
function study.points(lists)
  local points = { {} }
  for _, entry in ipairs(lists) do
    local longer = {}
    for _, point in ipairs(points) do
      for _, value in ipairs(entry[2]) do
        local one = { [entry[1]] = value }
        for key, other in pairs(point) do one[key] = other end
        longer[#longer + 1] = one
      end
    end
    points = longer
  end
  return points
end

function study.seeds_text(o)
  return o.seeds == 1 and "one seed" or o.seeds .. " seeds"
end

return study
