-- What the studies past the paper share: options, images, one way of training, scores, means over seeds, and reports.
--
-- A study is { name = of its script, title = its question, doc = for --help, options = further ones, own_steps = in
-- words, how many it takes where o.steps is nil, if not as many as other studies, prepare, run =
-- function(o, sources, ready) -> results, show = function(page, results, o, write) }: run runs what is not finished;
-- show adds to a section of a page, the answer first, and gives each of its tables to write(table, name). prepare =
-- function(o, sources) -> ready, where there is one, looks at what else there must be, before anything is trained: it
-- raises where that was given and is not right; nil and a text: there is nothing to run it on, and why. A study's file
-- ends in `return study.script(it, ...)`, so that it is a script of its own, and scripts/paper/all.lua has it as a
-- section of the report.
--
-- All networks of a study take the same number of steps, whatever the number of images.
local ln = require "lunet"
local args = require "lunet.args"
local data = require "scripts.paper.data"
local experiment = require "scripts.paper.experiment"
local lists = require "scripts.paper.lists"
local patients = require "scripts.paper.patients"
local tables = require "scripts.paper.tables"

local study = {}

-- ---- Options ----

local function options_of(this)
  local list = {
    { "mmm", "string", value = "DIR", help = "folder of images, in the place of the paper's mammograms" },
    { "dx", "string", value = "DIR", help = "folder of other images, in the place of its second set" },
    { "seeds", "integer", value = "N", min = 1, help = "repetitions (3; with --quick 1)" },
    { "steps", "integer", value = "N", min = 1, help = ("training steps of each network (%s; with "
      .. "--quick 6)"):format(this.own_steps or "2000") },
    { "images", "integer", value = "N", min = 12, help = "at most so many of each set (all; with --quick 24)" },
    patients.option,
    { "jobs", "integer", value = "N", default = 1, min = 1, help = "processes" },
    { "out", "string", value = "DIR", default = "results/paper-" .. this.name, help = "where records and the report "
      .. "go" },
    { "quick", "boolean", help = "only that it works, in seconds" },
  }
  local own = this.options or {}
  return table.move(own, 1, #own, #list + 1, list)
end

-- o.usual_steps: of networks, where none are asked for and the study has none of its own.
local function with_defaults(this, o)
  o.seeds = o.seeds or o.quick and 1 or 3
  o.steps = o.steps or o.quick and 6 or not this.own_steps and (o.usual_steps or 2000) or nil
  o.images = o.images or o.quick and 24 or nil
  o.quick = o.quick or false
  return o
end

-- The options of a study where others than its own script run it: given by name, and its own defaults.
function study.options(this, given)
  local o = {}
  for _, entry in ipairs(this.options or {}) do o[entry[1]] = entry.default end
  for name, value in pairs(given) do o[name] = value end
  return with_defaults(this, o)
end

-- ---- Scripts ----

-- A study with what it needs: for study.add. `lacks`: why there is nothing to run it on.
function study.prepare(this, o, sources)
  local planned = { this = this, o = o, sources = sources }
  if this.prepare then planned.ready, planned.lacks = this.prepare(o, sources) end
  return planned
end

-- Run a study and show it as a section of a page; its tables are printed, and written into the folder tables.
function study.add(page, planned, heading)
  local this, o = planned.this, planned.o
  page:section(heading)
  if planned.lacks then return page:text(("Not run: %s."):format(planned.lacks)) end
  local results = this.run(o, planned.sources, planned.ready)
  ln.file.make_dir(o.out .. "/tables")
  this.show(page, results, o, function(t, name)
    print(t)
    tables.write(t, ("%s/tables/%s"):format(o.out, name))
  end)
end

local function run_script(this, words)
  local given = args.parse(words, { name = this.name, doc = this.doc, options = options_of(this) })
  local o = with_defaults(this, given)
  local sources = data.load{ mmm = o.mmm, dx = o.dx, images = o.images, group = o.group }
  local planned = study.prepare(this, o, sources)
  if planned.lacks then error(planned.lacks, 0) end
  local page = ln.report{ title = this.title, file = o.out .. "/report.html" }
  study.add(page, planned, "Results")
  local _, declared = ln.expectations()
  if #declared > 0 then page:section("Declared numbers"):table(declared) end
  page:section("Data"):table(data.table(sources, { seed = 1 })):text(data.about_patients(sources, { seed = 1 }))
  page:section("Options"):options(o):section("Environment"):environment{ seeds = ln.seeds(o.seeds) }
  print("written: " .. page:save())
end

-- What a study's file returns: the study, where it is required by another; as a script it runs. The words are those
-- that the file got.
function study.script(this, ...)
  if (...) == "scripts.paper." .. this.name then return this end
  local words = { ... }
  args.main(this.name, function() run_script(this, words) end)
end

-- ---- Images ----

-- Clean training and test images of a source, N,1,64,64; training images in random order. Patients are on one side
-- where file names tell them (patients.lua), slices of a volume in blocks. Last come the patients of the test images,
-- where they are known, else the images' names.
function study.split(source, seed)
  local train, test = data.split(source, source.set, { seed = seed })
  local groups = {}
  for i, name in ipairs(test.names) do groups[i] = source.group and source.group(name) or name end
  return train.images:take(ln.randperm(#train, seed):totable()), test.images, groups
end

-- The source of that label.
function study.labelled(sources, label)
  for _, source in ipairs(sources) do
    if source.label == label then return source end
  end
  error(("there is no set '%s'"):format(tostring(label)), 2)
end

-- ---- Networks ----

local batch = 10

-- Options of ln.models.unet. With blocks of 2x2 pixels as channels a step takes two thirds of the plain one's time, and
-- SSIM after 600 steps is higher by 0.02 to 0.03 (p = 0.25, mammograms and cephalograms). The plain one sees a second
-- image pixel by pixel; in whole mammograms it keeps the brightness of even parts better (35 instead of 26 dB).
local unets = {
  unet = { widths = { 32, 48, 64 }, blocks = 2, up = "nearest" },
  plain_unet = { widths = { 16, 32, 64 }, blocks = 1, up = "transposed" },
}

local function adam()
  return ln.optim.adam{ lr = 1e-3 }
end

-- name: "cnn_dae", the paper's, "unet" or "plain_unet". level: whether it has a second input, of a U-Net.
function study.network(name, level)
  local of = unets[name]
  return of and ln.models.unet{ widths = of.widths, blocks = of.blocks, up = of.up, level = level }
    or ln.models[name]{}
end

-- What a network that study.network made is called.
function study.network_text(name)
  return unets[name] and "a U-Net" or "the paper's network"
end

-- What the results of networks depend on, as text.
function study.settings()
  return ("%s, bce, %s, cosine, batches of %d"):format(lists.text(unets), adam(), batch)
end

-- Trains a network for c.steps steps and returns it. input: what ln.fit takes, noise or noisy images of the clean ones.
-- c: { steps =, seed = }. The loss is the paper's: with squared errors a network that learns from phantoms, which are
-- mostly black, may collapse to black, and stays so.
function study.fit(net, input, clean, c)
  ln.fit(net, { input = input, target = clean, loss = ln.loss.bce{}, optimizer = adam(), batch = batch, seed = c.seed,
    schedule = ln.schedule.cosine{ steps = c.steps }, progress = "none", epochs = math.ceil(c.steps
      / math.ceil(#clean / batch)), on_batch = function(at) return at.step < c.steps end })
  return net
end

-- The same with noise of the level p, drawn anew for each pass through the images.
function study.train(net, clean, p, c)
  return study.fit(net, ln.noise.gaussian{ p = p, seed = c.seed }, clean, c)
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

-- What tells a point from others of its sweep, in words, but for what is too long to read.
local function words_of(point, points)
  local words = {}
  for name, value in pairs(point) do
    local first, last, text = points[1][name], points[#points][name], tostring(value)
    if #text <= 30 and (first or last) ~= nil and (value ~= first or value ~= last) then
      words[#words + 1] = ("%s %s"):format(name, text)
    end
  end
  table.sort(words)
  return table.concat(words, ", ")
end

-- Runs the points that are not finished, and returns the results. s: { name =, o = the study's options, sources =
-- whose images the results are of, points =, run =, options = what they depend on besides: the steps and the training
-- of networks }. What neither a point says nor the options must not change a result: by them it is found again.
function study.sweep(s)
  local images, options = {}, {}
  for i, source in ipairs(s.sources) do images[i] = source.identity end
  for key, value in pairs(s.options or { steps = s.o.steps, training = study.settings() }) do options[key] = value end
  options.data = table.concat(images, "; ")
  local sweep = ln.sweep{ name = s.name, dir = s.o.out .. "/runs", points = s.points, jobs = s.o.jobs,
    options = options, progress = experiment.progress, run = function(point, log)
      experiment.tell(("%s: %s"):format(s.name, words_of(point, s.points)))
      return s.run(point, log)
    end }
  return experiment.results(sweep)
end

-- The results whose points are so, { net = "unet", images = 30 }.
function study.matching(results, where)
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
  for i, entry in ipairs(study.matching(results, where)) do means[i] = (ln.stat.mean(entry.result[score])) end
  return (ln.stat.mean(means)), math.min(table.unpack(means)), math.max(table.unpack(means))
end

-- A score of each test image and seed, and the images or patients that they are of.
function study.scores(results, where, score, source)
  local values, groups = {}, {}
  for _, entry in ipairs(study.matching(results, where)) do
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
function study.points(given)
  local points = { {} }
  for _, entry in ipairs(given) do
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

-- Those numbers of images that there are, of n; and n itself in the place of those that are more.
function study.counts(list, n)
  local there = {}
  for _, count in ipairs(list) do
    if count <= n then there[#there + 1] = count end
  end
  if #there < #list and there[#there] ~= n then there[#there + 1] = n end
  return there
end

return study
