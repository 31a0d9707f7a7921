-- Does a network help at noise that it was not trained for? One for each level and one for all of them, each tested at
-- every level: a matrix.
--
--   lunet scripts/paper/generalise.lua [--mmm DIR] [--net NAME] [--seeds N] [--steps N] [--jobs N] [--quick]
--
-- Whatever ends it, the same command goes on.
local ln = require "lunet"
local study = require "scripts.paper.study"

local generalise = {
  name = "generalise",
  title = "Does a network help at noise that it was not trained for?",
  doc = "Networks trained at one level of noise or over a range of them, tested at all.",
  options = { { "net", "string", value = "NAME", default = "unet", choices = { "unet", "cnn_dae" },
    help = "the network" } },
}

local levels = { 0.05, 0.1, 0.25, 0.5 }
local range = ("%g to %g"):format(levels[1], levels[#levels])

-- The levels as names, and with what else is trained.
local columns, trained = {}, {}
for i, level in ipairs(levels) do columns[i], trained[i] = ("%g"):format(level), ("%g"):format(level) end
trained[#trained + 1] = range

local function noise_of_the_range(images, draw)
  return images + draw:uniform(levels[1], levels[#levels]) * draw:normal()
end

local function run_point(source)
  return function(c)
    local train, test = study.split(source, c.seed)
    local net, level, result = study.network(c.net), tonumber(c.trained), {}
    if level then study.train(net, train, level, c) else study.fit(net, noise_of_the_range, train, c) end
    for i, tested in ipairs(levels) do result["ssim " .. columns[i]] = study.score(net, test, tested, c.seed) end
    return result
  end
end

function generalise.run(o, sources)
  return { source = sources[1], results = study.sweep{ name = "generalise", o = o, sources = { sources[1] },
    points = study.points{ { "net", { o.net } }, { "trained", trained }, { "seed", ln.seeds(o.seeds) } },
    run = run_point(sources[1]) } }
end

-- Means over seeds and images by what was trained on and what was tested at: rows and columns of the matrix.
local function matrix_of(found)
  local matrix = {}
  for r, name in ipairs(trained) do
    matrix[r] = {}
    for k, column in ipairs(columns) do
      matrix[r][k] = (study.spread(found.results, { trained = name }, "ssim " .. column))
    end
  end
  return matrix
end

-- A row for each cell of the matrix: the interval over images, and how far apart the seeds' means are.
local function table_of(found)
  local t = ln.table{ columns = { "trained", "tested", "SSIM", "least", "largest" }, width = 80,
    note = "The p of training and of testing. SSIM (Wang) with 95 % intervals over images; least and "
      .. "largest mean of the seeds" }
  for _, name in ipairs(trained) do
    for _, column in ipairs(columns) do
      local of = { trained = name }
      local _, least, largest = study.spread(found.results, of, "ssim " .. column)
      t:add{ name, column, study.interval(found.results, of, "ssim " .. column, found.source), least, largest }
    end
  end
  return t
end

-- Of networks for one level the most that another level costs, and the same for the network for all of them.
local function answer_of(matrix)
  local worst, where, range_worst = 0, nil, -math.huge
  for k in ipairs(levels) do
    for r in ipairs(levels) do
      local lost = matrix[k][k] - matrix[r][k]
      if not where or lost > worst then worst, where = lost, ("%s at %s"):format(trained[r], columns[k]) end
    end
    range_worst = math.max(range_worst, matrix[k][k] - matrix[#trained][k])
  end
  return ("**Beside the network trained for a level, one trained for another loses up to %.3f of SSIM there (%s); one "
    .. "for all levels, %s, loses at most %.3f.**"):format(worst, where, range, range_worst)
end

function generalise.show(page, found, o, write)
  local matrix, scores = matrix_of(found), table_of(found)
  page:text(answer_of(matrix))
  page:text(("SSIM (Wang 2004), %s: %s trained for %d steps on images of %s, noise x + p N(0, 1); in the "
    .. "last row p is drawn for each image."):format(study.seeds_text(o), study.network_text(o.net), o.steps,
    found.source.label))
  page:matrix(matrix, { rows = trained, columns = columns, row_label = "trained at p", column_label = "tested at p",
    best = "max", caption = "SSIM" })
  page:table(scores)
  write(scores, "generalise")
end

return study.script(generalise, ...)
