-- What is run: points of three sweeps, of filters, of the paper's network and of other networks, each a condition, a
-- seed and what is trained on. All end in scores of each test image, and leave some restored images for the figures.
local ln = require "lunet"
local conditions = require "scripts.paper.conditions"
local data = require "scripts.paper.data"
local filters = require "scripts.paper.filters"
local network = require "scripts.paper.network"
local rivals = require "scripts.paper.rivals"

local experiment = {}

-- What counts for a clean image's background: darker than this.
experiment.background = 0.05

local ssim = ln.metric.ssim{}

-- 1 where a clean image is no background; everywhere, where it is nothing else or all else is too near the edge for
-- SSIM's window.
local function inside(clean)
  local mask, rim = clean:gt(experiment.background), 5
  local middle = mask:narrow(3, rim + 1, clean.shape[3] - 2 * rim):narrow(4, rim + 1, clean.shape[4] - 2 * rim)
  local none = middle:clone():reshape{ #clean, -1 }:max(2):reshape{ -1, 1, 1, 1 }:eq(0)
  return (mask + none):gt(0)
end

-- All scores: text = what columns of tables are called, metric(images, clean) -> mean, scores.
experiment.metrics = {
  { name = "paper", text = "SSIM, paper's", metric = ln.metric.ssim{ preset = "gondara2016" } },
  { name = "wang", text = "SSIM, Wang", metric = ssim },
  { name = "psnr", text = "PSNR, dB", metric = ln.metric.psnr{} },
  { name = "inside", text = "inside", metric = function(images, clean)
    return ssim(images, clean, { mask = inside(clean) })
  end },
}

local shown = 6 -- test images whose restorations are kept for the figures

-- Scores of each image under all metrics, as results of a point: <method>_<metric> = list.
local function score(into, method, images, clean)
  for _, entry in ipairs(experiment.metrics) do
    local _, each = entry.metric(images, clean)
    into[method .. "_" .. entry.name] = each:totable()
  end
end

local function kept(images)
  return images:narrow(1, 1, math.min(shown, #images)):clone()
end

local function images_file(dir)
  return dir .. "/shown.npz"
end

local function curve(history, field)
  local list = {}
  for i, entry in ipairs(history) do list[i] = entry[field] end
  return list
end

-- ---- The points ----

-- The sources that a name means: one of their labels, or "combined".
local function sources_of(sources, name)
  local list = {}
  for _, source in ipairs(sources) do
    if name == "combined" or source.label == name then list[#list + 1] = source end
  end
  return list
end

-- Training and test images, of one source or of all.
local function images_of(sources, point)
  local condition, trains, tests = conditions.find(point.condition), {}, {}
  local split = { seed = point.seed, by_patient = point.by_patient, preset = "gondara2016" }
  for i, source in ipairs(sources_of(sources, point.set)) do
    trains[i], tests[i] = data.corrupted(source, condition, split)
  end
  return data.joined(trains), data.joined(tests), tests
end

-- The names of a point's test images.
function experiment.test_names(sources, set, seed, by_patient)
  local names = {}
  for _, source in ipairs(sources_of(sources, set)) do
    local _, test = data.split(source, source.set, { seed = seed, by_patient = by_patient, preset = "gondara2016" })
    for _, name in ipairs(test.names) do names[#names + 1] = source.label .. "/" .. name end
  end
  return names
end

function experiment.run_filters(sources, point, log)
  local train, test = images_of(sources, point)
  local mean, sigma = conditions.moments(conditions.find(point.condition))
  local result, images = {}, { clean = kept(test.targets), noisy = kept(test.images) }
  local function add(name, restored)
    score(result, name, restored, test.targets)
    images[name] = kept(restored)
  end
  score(result, "noisy", test.images, test.targets)
  for _, entry in ipairs(filters.of_paper) do add(entry.name, entry.filter(test.images)) end
  for _, entry in ipairs(filters.tuned(train.images, train.targets, { mean = mean, sigma = sigma, quick = point.quick,
    list = filters.of(point.condition) })) do
    result["tuned_" .. entry.name .. "_options"] = entry.options
    add("tuned_" .. entry.name, entry.apply(test.images))
  end
  ln.save(images_file(log.dir), images)
  return result
end

-- One of the networks that the paper cites, trained on the same images and tested on the same.
function experiment.run_rival(sources, point, log)
  local train, test = images_of(sources, point)
  local condition = conditions.find(point.condition)
  local denoise = rivals.train(point.network, train.images, train.targets, {
    noise = conditions.noise(condition, point.seed + 500), p = condition.p, seed = point.seed, quick = point.quick })
  local result, restored = {}, denoise(test.images):clamp(0, 1)
  score(result, "rival", restored, test.targets)
  ln.save(images_file(log.dir), { rival = kept(restored) })
  return result
end

local images_of_paper = 300 -- that it trains on

-- Whether a source has fewer, so that an epoch has fewer steps.
function experiment.is_short(source)
  return #source.set - source.n_test < images_of_paper
end

-- Validation is on the test images, as Keras's examples of the time had it; nothing is chosen by it, for the last
-- weights are kept. The shown images of a combined set are those of its sources. A long point takes as many steps as
-- 300 images give.
function experiment.run_network(sources, point, log)
  local train, test, tests = images_of(sources, point)
  local epochs = point.long and math.ceil(point.epochs * images_of_paper / #train) or point.epochs
  local net, history = network.train(train.images, train.targets, { epochs = epochs, seed = point.seed,
    validation = point.validate and { input = test.images, target = test.targets } or nil,
    checkpoint = log.checkpoint, record = log })
  local result, images = { train = #train, loss = curve(history, "loss") }, {}
  if point.validate then result.val_loss = curve(history, "val_loss") end
  score(result, "cnn_dae", net:predict(test.images), test.targets)
  for i, one in ipairs(tests) do images["cnn_dae" .. i] = net:predict(kept(one.images)) end
  ln.save(images_file(log.dir), images)
  return result
end

-- ---- What is planned ----

experiment.long_conditions = { "p0.1", "lambda1" }

-- Which networks the tables and figures need: of both sets and their combination for the weakest noise, of the second
-- set for all others. validate: those whose curves are shown. The second set's networks that are furthest from done
-- after 100 epochs of few images, those of the two weakest noises, are trained once more for longer.
local function network_points(sources, plan)
  local points = {}
  for _, seed in ipairs(ln.seeds(plan.seeds)) do
    local function add(set, condition, long)
      points[#points + 1] = { set = set, condition = condition, seed = seed, long = long,
        validate = seed == 1 and not long and condition == (set == sources[1].label and "p0.1" or "sd10") }
    end
    add(sources[1].label, "p0.1")
    for _, condition in ipairs(conditions.list) do add(sources[2].label, condition.name) end
    add("combined", "p0.1")
    for _, condition in ipairs(experiment.is_short(sources[2]) and experiment.long_conditions or {}) do
      add(sources[2].label, condition, true)
    end
  end
  return points
end

local function filter_points(sources, plan)
  local points = {}
  for _, seed in ipairs(ln.seeds(plan.seeds)) do
    local function add(set, condition)
      points[#points + 1] = { set = set, condition = condition, seed = seed, quick = plan.quick or nil }
    end
    add(sources[1].label, "p0.1")
    for _, condition in ipairs(conditions.list) do add(sources[2].label, condition.name) end
  end
  return points
end

local function rival_points(sources, plan)
  local points = {}
  for _, seed in ipairs(ln.seeds(plan.seeds)) do
    for _, source in ipairs(sources) do
      for _, rival in ipairs(rivals.list) do
        points[#points + 1] = { set = source.label, condition = "p0.1", seed = seed, network = rival.name,
          quick = plan.quick or nil }
      end
    end
  end
  return points
end

-- On a terminal the sweep shows how far it is; elsewhere its lines, with dozens of scores, are too long to read, and a
-- point says that it begins.
experiment.progress = ln.file.is_tty(2) and "auto" or "none"

-- What earlier points left goes first: many networks would stay in memory until the collector takes them.
function experiment.tell(what)
  collectgarbage()
  if experiment.progress == "none" then io.stderr:write(what, "\n") end
end

-- The results of a sweep, which are all there: a table of what is left would not say that points are missing.
function experiment.results(sweep)
  for _, entry in ipairs(sweep:results()) do
    if entry.state ~= "finished" then
      error(("of '%s' points are not finished (%s); the same command goes on with them"):format(sweep.name,
        entry.error or entry.state), 0)
    end
  end
  return sweep:results()
end

-- What the results of a sweep depend on, beside its points: with other options they are other points.
local function options_of(plan, data_text, more)
  local names = {}
  for i, entry in ipairs(experiment.metrics) do names[i] = entry.name end
  local options = { data = data_text, by_patient = plan.by_patient, scores = table.concat(names, " ") }
  for name, value in pairs(more) do options[name] = value end
  return options
end

-- Run what is not finished. plan: { seeds =, epochs =, by_patient =, jobs =, out =, quick = }. Returns the sweeps by
-- name.
function experiment.run(sources, plan)
  local data_text = ("%s; %s"):format(sources[1].identity, sources[2].identity)
  local function sweep(name, points, options, run)
    return ln.sweep{ name = name, dir = plan.out .. "/runs", points = points, jobs = plan.jobs,
      options = options_of(plan, data_text, options), progress = experiment.progress, run = function(point, log)
        experiment.tell(("%s: %s, %s%s, seed %d"):format(name, point.set, point.condition, point.long and ", longer"
          or point.network and ", " .. point.network or "", point.seed))
        return run(sources, point, log)
      end }
  end
  return {
    filters = sweep("paper-filters", filter_points(sources, plan), { filters = filters.settings() },
      experiment.run_filters),
    networks = sweep("paper-networks", network_points(sources, plan), { epochs = plan.epochs,
      training = network.settings() }, experiment.run_network),
    rivals = sweep("paper-competitors", rival_points(sources, plan), { settings = rivals.settings(plan.quick) },
      experiment.run_rival),
  }
end

-- The images that a point kept for the figures.
function experiment.images(entry)
  return ln.load_tensors(images_file(entry.run))
end

return experiment
