-- What the studies past the paper share: options, images, one way of training, scores, means over seeds, and reports.
--
-- All networks of a study take the same number of steps, whatever the number of images, with fresh noise in each.
local ln = require "lunet"
local args = require "lunet.args"
local data = require "scripts.paper.data"

local study = {}

-- name: of the script; own: further options; quick: what --quick stands for.
function study.parse(name, doc, words, own)
  local list = {
    { "mmm", "string", value = "DIR", help = "folder of images, in the place of the paper's mammograms" },
    { "dx", "string", value = "DIR", help = "folder of other images, in the place of its second set" },
    { "seeds", "integer", value = "N", min = 1, help = "repetitions (3; with --quick 1)" },
    { "steps", "integer", value = "N", min = 1, help = "training steps of each network (2000; with --quick 6)" },
    { "images", "integer", value = "N", min = 12, help = "at most so many of each set (all; with --quick 24)" },
    { "jobs", "integer", value = "N", default = 1, min = 1, help = "processes" },
    { "out", "string", value = "DIR", default = "results/" .. name, help = "where records and the report go" },
    { "quick", "boolean", help = "only that it works, in seconds" },
  }
  local o = args.parse(words, { name = name, doc = doc, options = table.move(own or {}, 1, #(own or {}), #list + 1,
    list) })
  o.seeds = o.seeds or o.quick and 1 or 3
  o.steps = o.steps or o.quick and 6 or 2000
  o.images = o.images or o.quick and 24 or nil
  return o, data.load{ mmm = o.mmm, dx = o.dx, images = o.images }
end

-- Clean training and test images of a source, N,1,64,64, patients on one side; training images in random order.
function study.split(source, seed)
  local train, test = data.split(source, source.set, { seed = seed })
  return train.images:take(ln.randperm(#train, seed):totable()), test.images
end

-- A network for clean images, with noise of a level from `low` to `high` for each, drawn anew. c: { net =, steps =,
-- seed = }
function study.train(clean, low, high, c)
  local net = ln.models[c.net](c.net == "unet" and { widths = { 16, 32, 64 } } or {})
  local function noisy(images, draw)
    return images + (low == high and low or draw:uniform(low, high)) * draw:normal()
  end
  ln.fit(net, { input = noisy, target = clean, loss = ln.loss.mse{}, optimizer = ln.optim.adam{ lr = 1e-3 },
    schedule = ln.schedule.cosine{ steps = c.steps }, batch = 10, seed = c.seed, progress = "none",
    epochs = math.ceil(c.steps / math.ceil(#clean / 10)), on_batch = function(at) return at.step < c.steps end })
  return net
end

-- SSIM (Wang) of each image, at a level of noise that depends on the seed only.
function study.score(f, clean, p, seed)
  local noisy = ln.noise.gaussian{ p = p, seed = seed + 1000 }(clean)
  local _, each = ln.metric.ssim{}(f(noisy):clamp(0, 1), clean)
  return each:totable()
end

-- Runs the points that are not finished. name: of the sweep; sources: whose images tell it from others.
function study.sweep(name, o, sources, points, run)
  local images = {}
  for i, source in ipairs(sources) do images[i] = source.identity end
  local sweep = ln.sweep{ name = name, dir = o.out .. "/runs", points = points, jobs = o.jobs,
    options = { steps = o.steps, data = table.concat(images, "; ") }, run = run }
  for _, entry in ipairs(sweep:results()) do
    if entry.state ~= "finished" then
      error(("of '%s' points are not finished (%s); the same command goes on with them"):format(name,
        entry.error or entry.state), 0)
    end
  end
  return sweep:results()
end

local function mean_of(list)
  local sum = 0
  for _, value in ipairs(list) do sum = sum + value end
  return sum / #list
end

-- Of the results whose points are so, { net = "unet", images = 30 }: mean, least and largest of the seeds' means of a
-- score.
function study.spread(results, where, score)
  local means = {}
  for _, entry in ipairs(results) do
    local fits = true
    for key, value in pairs(where) do fits = fits and entry.point[key] == value end
    if fits then means[#means + 1] = mean_of(entry.result[score]) end
  end
  return mean_of(means), math.min(table.unpack(means)), math.max(table.unpack(means))
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

function study.report(o, title, text)
  return ln.report{ title = title, file = ("%s/%s.html"):format(o.out, o.out:match("[^/]+$")) }:text(text)
end

-- The last section; writes the page and says so.
function study.finish(page, o, sources)
  page:section("Data"):table(data.table(sources, { seed = 1 }))
  print("written: " .. page:section("Environment"):environment{ seeds = ln.seeds(o.seeds) }:save())
end

return study
