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

local function run_point(source)
  return function(c)
    local train, test = study.split(source, c.seed)
    local level, result = tonumber(c.trained), {}
    local net = study.train(train, level or levels[1], level or levels[#levels], c)
    for i, tested in ipairs(levels) do result["ssim " .. columns[i]] = study.score(net, test, tested, c.seed) end
    return result
  end
end

function generalise.run(o, sources)
  return { source = sources[1], results = study.sweep("generalise", o, { sources[1] }, study.points{
    { "net", { o.net } }, { "trained", trained }, { "seed", ln.seeds(o.seeds) } }, run_point(sources[1])) }
end

function generalise.show(page, found, o, write)
  local matrix, scores = {}, ln.table{ columns = { "trained at p", table.unpack(columns) } }
  for r, name in ipairs(trained) do
    matrix[r] = {}
    for k, column in ipairs(columns) do
      matrix[r][k] = (study.spread(found.results, { trained = name }, "ssim " .. column))
    end
    scores:add{ name, table.unpack(matrix[r]) }
  end
  page:text(("SSIM (Wang 2004), mean over %s: %s trained for %d steps on images of %s, noise x + p N(0, 1); in the "
    .. "last row p is drawn for each image."):format(study.seeds_text(o), o.net == "unet" and "a U-Net"
    or "the paper's network", o.steps, found.source.label))
  page:matrix(matrix, { rows = trained, columns = columns, row_label = "trained at p", column_label = "tested at p",
    best = "max", caption = "SSIM" })
  write(scores, "generalise")
end

return study.script(generalise, ...)
