-- Does a network help at noise that it was not trained for? One for each level and one for all of them, each tested at
-- every level: a matrix.
--
--   lunet scripts/paper/generalise.lua [--mmm DIR] [--net NAME] [--seeds N] [--steps N] [--jobs N] [--quick]
--
-- Whatever ends it, the same command goes on.
local ln = require "lunet"
local args = require "lunet.args"
local study = require "scripts.paper.study"

local levels = { 0.05, 0.1, 0.25, 0.5 }
local range = ("%g to %g"):format(levels[1], levels[#levels])

local function name_of(level)
  return ("%g"):format(level)
end

local function run_point(source)
  return function(c)
    local train, test = study.split(source, c.seed)
    local level, result = tonumber(c.trained), {}
    local net = study.train(train, level or levels[1], level or levels[#levels], c)
    for _, tested in ipairs(levels) do result["ssim " .. name_of(tested)] = study.score(net, test, tested, c.seed) end
    return result
  end
end

local function main(...)
  local o, sources = study.parse("generalise", "Networks trained at one level of noise or over a range of them, tested "
    .. "at all.", { ... }, { { "net", "string", value = "NAME", default = "unet", choices = { "unet", "cnn_dae" },
    help = "the network" } })
  local source, trained, columns = sources[1], {}, {}
  for i, level in ipairs(levels) do trained[i], columns[i] = name_of(level), name_of(level) end
  trained[#trained + 1] = range
  local results = study.sweep("generalise", o, { source }, study.points{ { "net", { o.net } }, { "trained", trained },
    { "seed", ln.seeds(o.seeds) } }, run_point(source))
  local matrix, scores = {}, ln.table{ columns = { "trained at p", table.unpack(columns) } }
  for r, name in ipairs(trained) do
    matrix[r] = {}
    for k, column in ipairs(columns) do
      matrix[r][k] = (study.spread(results, { trained = name }, "ssim " .. column))
    end
    scores:add{ name, table.unpack(matrix[r]) }
  end
  print(scores)
  local page = study.report(o, "Does a network help at noise that it was not trained for?", ("SSIM (Wang 2004), mean "
    .. "over %s: %s trained for %d steps on images of %s, noise x + p N(0, 1); in the last row p is drawn for each "
    .. "image."):format(study.seeds_text(o), o.net, o.steps, source.label))
  page:section("Trained at one level, tested at another"):matrix(matrix, { rows = trained, columns = columns,
    row_label = "trained at p", column_label = "tested at p", best = "max", caption = "SSIM" })
  study.finish(page, o, { source })
end

args.main("generalise", main, ...)
