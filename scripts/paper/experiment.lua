-- What is run: points of three sweeps, of filters, of the paper's network and of other networks, each a condition, a
-- seed and what is trained on. All end in scores of each test image, and leave some restored images for the figures.
local ln = require "lunet"
local conditions = require "scripts.paper.conditions"
local data = require "scripts.paper.data"
local filters = require "scripts.paper.filters"
local rivals = require "scripts.paper.rivals"

local experiment = {}

experiment.metrics = {
  { name = "paper", text = "SSIM as in the paper", metric = ln.metric.ssim{ preset = "gondara2016" } },
  { name = "wang", text = "SSIM, Wang 2004", metric = ln.metric.ssim{} },
  { name = "psnr", text = "PSNR, dB", metric = ln.metric.psnr{} },
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

-- ---- The paper's training ----

-- The paper's network and protocol: binary cross-entropy, Adadelta, one fixed noisy copy, batches of 10. Validation is
-- on the test images, as Keras's examples of the time had it; nothing is chosen by it, for the last weights are kept.
function experiment.train(train, test, o, log)
  local net = ln.models.cnn_dae{ preset = "paper" }
  local history = ln.fit(net, { input = train.images, target = train.targets, loss = ln.loss.bce{},
    optimizer = ln.optim.adadelta{ lr = 1, rho = 0.95, eps = 1e-8 }, epochs = o.epochs, batch = 10, seed = o.seed,
    validation = o.validate and { input = test.images, target = test.targets } or nil, keep = "last",
    checkpoint = log.checkpoint, record = log, progress = "none" })
  return net, history
end

local function curve(history, field)
  local list = {}
  for i, entry in ipairs(history) do list[i] = entry[field] end
  return list
end

-- Milliseconds of a training step of the paper's network on 10 images, the fastest of several.
function experiment.step_time()
  local net = ln.models.cnn_dae{ preset = "paper" }
  local trainer = ln.trainer{ net = net, loss = ln.loss.bce{}, optimizer = ln.optim.adadelta{}, seed = 1 }
  local images, fastest = ln.rand{ 10, 1, 64, 64 }, math.huge
  for _ = 1, 40 do
    local start = ln.time()
    trainer:step(images, images)
    fastest = math.min(fastest, ln.time() - start)
  end
  return 1000 * fastest
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

-- Whether the slow filters are among those of a condition: Tables II and III have them, Table IV has not.
function experiment.has_slow_filters(condition)
  return condition == "p0.1"
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
    slow = experiment.has_slow_filters(point.condition) })) do
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
  local denoise = rivals.find(point.network).train(train.images, train.targets, {
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

-- The shown images of a combined set are those of its sources. A long point takes as many steps as 300 images give.
function experiment.run_network(sources, point, log)
  local train, test, tests = images_of(sources, point)
  local epochs = point.long and math.ceil(point.epochs * images_of_paper / #train) or point.epochs
  local net, history = experiment.train(train, test, { epochs = epochs, seed = point.seed,
    validate = point.validate }, log)
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

-- Run what is not finished. plan: { seeds =, epochs =, by_patient =, jobs =, out = }. Returns the sweeps by name.
function experiment.run(sources, plan)
  local data_text = ("%s; %s"):format(sources[1].identity, sources[2].identity)
  local function sweep(name, points, options, run)
    options.data, options.by_patient = data_text, plan.by_patient
    return ln.sweep{ name = name, dir = plan.out .. "/runs", points = points, options = options, jobs = plan.jobs,
      progress = experiment.progress, run = function(point, log)
        experiment.tell(("%s: %s, %s%s, seed %d"):format(name, point.set, point.condition, point.long and ", longer"
          or point.network and ", " .. point.network or "", point.seed))
        return run(sources, point, log)
      end }
  end
  return {
    filters = sweep("paper-filters", filter_points(sources, plan), { filters = filters.names() },
      experiment.run_filters),
    networks = sweep("paper-networks", network_points(sources, plan), { epochs = plan.epochs },
      experiment.run_network),
    rivals = sweep("paper-competitors", rival_points(sources, plan), {}, experiment.run_rival),
  }
end

-- The images that a point kept for the figures.
function experiment.images(entry)
  return ln.load_tensors(images_file(entry.run))
end

return experiment
