-- The paper's figures 4 to 11: grids of images with its rows in its order, the network, and two loss curves.
local ln = require "lunet"
local conditions = require "scripts.paper.conditions"
local experiment = require "scripts.paper.experiment"
local filters = require "scripts.paper.filters"
local rivals = require "scripts.paper.rivals"

local figures = {}

local seed = 1 -- the one whose images are shown
local filters_shown = { bm3d = true, nlmeans = true, tv = true, ksvd = true } -- tuned, among competitors

-- ---- Images ----

local function take(images, first, n)
  return images:narrow(1, first, math.min(n, #images - first + 1))
end

-- Test images of one source under a condition, as points kept them: { clean =, noisy =, <filter> =, own =,
-- combined = }.
local function shown(book, source, condition)
  local images = experiment.images(book:entry("filters", source.label, condition, seed))
  images.own = experiment.images(book:entry("networks", source.label, condition, seed)).cnn_dae1
  if condition == "p0.1" then
    local both = experiment.images(book:entry("networks", "combined", condition, seed))
    images.combined = both["cnn_dae" .. source.index]
  end
  return images
end

-- Rows of images of both sources side by side, those of the paper's second set first, as it has them. rows: { label,
-- condition, field }; counts: how many images of the first source and of the second.
local function grid(book, rows, counts)
  local labels, tensors, by_condition = {}, {}, {}
  for r, row in ipairs(rows) do
    local parts = {}
    for _, i in ipairs{ 2, 1 } do
      local key = row[2] .. i
      if counts[i] > 0 then
        by_condition[key] = by_condition[key] or shown(book, book.sources[i], row[2])
        parts[#parts + 1] = take(by_condition[key][row[3]], 1, counts[i])
      end
    end
    labels[r], tensors[r] = row[1], ln.concat(parts, 1):clamp(0, 1)
  end
  return { rows = tensors, labels = labels }
end

-- Figure 4: two rows of the paper's second set, one of its first, drawn at random.
local function random_sample(book)
  local columns, first, second = 6, book.sources[1], book.sources[2]
  local function drawn(source, n)
    return source.set:split{ train = math.min(n, #source.set - 1), seed = seed }.images
  end
  local two, one = drawn(second, 2 * columns), drawn(first, columns)
  local half = (#two + 1) // 2
  return { rows = { take(two, 1, half), take(two, half + 1, half), one },
    labels = { second.label, second.label, first.label } }
end

-- ---- Curves ----

local function epochs_of(list)
  local x = {}
  for i in ipairs(list) do x[i] = i end
  return x
end

local function curves(book, set, condition)
  local result = book:entry("networks", set, condition, seed).result
  return { series = { { name = "training", x = epochs_of(result.loss), y = result.loss },
    { name = "validation", x = epochs_of(result.val_loss), y = result.val_loss } } }
end

-- ---- All of them ----

-- { name =, caption =, rows = and labels = of a grid, series = of a plot, or text = }, in the paper's order.
function figures.all(book)
  local first, second = book.sources[1], book.sources[2]
  local list = {}
  local function add(number, caption, figure)
    figure.name, figure.caption = ("figure%d"):format(number), ("**Figure %d.** %s"):format(number, caption)
    list[#list + 1] = figure
  end
  add(4, ("A random sample: two rows of %s, one of %s."):format(second.label, first.label), random_sample(book))
  add(5, "The network.", { text = ln.models.cnn_dae{ preset = "paper" }:summary{ 1, 64, 64 } })
  add(6, ("Noise p = 0.1, sd = 1: %s at the left, %s at the right, test images."):format(second.label, first.label),
    grid(book, { { "original", "p0.1", "clean" }, { "noisy", "p0.1", "noisy" }, { "CNN DAE", "p0.1", "own" },
      { "median filter", "p0.1", "median" } }, { 3, 3 }))
  add(7, ("Loss of the network for %s, p = 0.1, sd = 1."):format(first.label), curves(book, first.label, "p0.1"))
  add(8, "Three test images of the combined set, p = 0.1, sd = 1; (a) is trained on the smaller set, (b) on the "
    .. "combined one.", grid(book, { { "original", "p0.1", "clean" }, { "noisy", "p0.1", "noisy" },
      { "NL means", "p0.1", "nlmeans" }, { "median filter", "p0.1", "median" }, { "CNN DAE (a)", "p0.1", "own" },
      { "CNN DAE (b)", "p0.1", "combined" } }, { 1, 2 }))
  add(9, ("Gaussian noise of three levels, test images of %s."):format(second.label), grid(book, {
    { "original", "p0.5", "clean" },
    { "p = 0.5", "p0.5", "noisy" }, { "CNN DAE", "p0.5", "own" },
    { "p = 0.2, sd = 5", "sd5", "noisy" }, { "CNN DAE", "sd5", "own" },
    { "p = 0.2, sd = 10", "sd10", "noisy" }, { "CNN DAE", "sd10", "own" } }, { 0, 6 }))
  add(10, ("Poisson noise, test images of %s."):format(second.label), grid(book, {
    { "p = 0.2, lambda = 1", "lambda1", "noisy" },
    { "CNN DAE", "lambda1", "own" }, { "p = 0.2, lambda = 5", "lambda5", "noisy" },
    { "CNN DAE", "lambda5", "own" } }, { 0, 6 }))
  add(11, ("Loss of the network for %s, %s: the paper's validation loss does not fall."):format(second.label,
    conditions.find("sd10").text), curves(book, second.label, "sd10"))
  return list
end

-- Three test images of each source by what competes for them: a row of images each.
function figures.competitors(book)
  local of, rows, labels = {}, {}, {}
  for i, source in ipairs(book.sources) do
    of[i] = shown(book, source, "p0.1")
    for _, rival in ipairs(rivals.list) do
      of[i][rival.name] = experiment.images(book:entry("rivals", source.label, "p0.1", seed, rival.name)).rival
    end
  end
  local function add(label, field)
    labels[#labels + 1] = label
    rows[#rows + 1] = ln.concat({ take(of[2][field], 1, 3), take(of[1][field], 1, 3) }, 1):clamp(0, 1)
  end
  add("original", "clean")
  add("noisy", "noisy")
  for _, entry in ipairs(filters.all) do
    if filters_shown[entry.name] then add(entry.text, "tuned_" .. entry.name) end
  end
  for _, rival in ipairs(rivals.list) do add(rival.text, rival.name) end
  add("CNN DAE", "own")
  return { name = "competitors", rows = rows, labels = labels, caption = ("Noise p = 0.1, sd = 1: %s at the left, %s "
    .. "at the right, test images."):format(book.sources[2].label, book.sources[1].label) }
end

-- Figures into the page, the grids as PNG files, the curves as SVG.
function figures.show(page, list, folder)
  for _, figure in ipairs(list) do
    if figure.series then
      local plot = { x_label = "epoch", y_label = "loss", caption = figure.caption }
      page:plot(table.move(figure.series, 1, #figure.series, 1, plot))
      ln.plot{ series = figure.series, x_label = plot.x_label, y_label = plot.y_label,
        file = ("%s/%s.svg"):format(folder, figure.name) }
    elseif figure.text then
      page:code(figure.text, { caption = figure.caption })
    else
      page:grid(figure.rows, { labels = figure.labels, caption = figure.caption })
      ln.image.grid(figure.rows, { scale = 2 }):save(("%s/%s.png"):format(folder, figure.name))
    end
  end
end

return figures
