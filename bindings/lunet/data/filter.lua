-- Classical filters, and tuning them on held-out images, so that a network is compared with filters at their best.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local results = require "lunet.table"

local page = {
  name = "filter.tune",
  usage = "ln.filter.tune(filter: type, grid: table, noisy: tensor, clean: tensor, metric: metric) -> filter, results",
  doc = "Try a filter with every combination of options and return the one with the best mean metric, and a table of "
    .. "all scores. noisy and clean are tensors N,C,H,W: training images held out, never the test images.",
  errors = "An option that the filter does not have; no finite score.",
  example = "local grid = { h = { 0.05, 0.1 } }\n"
    .. "local best, scores = ln.filter.tune(ln.filter.nlmeans, grid, noisy, clean, ssim)",
}

-- All combinations of a grid { name = { values }, ... }: a list of option tables, names in alphabetical order.
local function combinations(grid)
  local names = {}
  for name, values in pairs(grid) do
    if type(name) ~= "string" or type(values) ~= "table" or #values == 0 then
      errors.raise("filter.tune: the grid must be { option = { value, ... }, ... }")
    end
    names[#names + 1] = name
  end
  table.sort(names)
  local list = { {} }
  for _, name in ipairs(names) do
    local longer = {}
    for _, chosen in ipairs(list) do
      for _, value in ipairs(grid[name]) do
        local more = { [name] = value }
        for key, kept in pairs(chosen) do more[key] = kept end
        longer[#longer + 1] = more
      end
    end
    list = longer
  end
  return list, names
end

local function tune(filter, grid, noisy, clean, metric)
  if not options.is_callable(filter) or options.is_network(filter) or type(grid) ~= "table" then
    errors.raise("filter.tune: expected a filter type and a grid of options, got %s and %s", options.text(filter),
      options.text(grid))
  end
  if not options.is_item(metric, "metric") then
    errors.raise("filter.tune: expected a metric as fifth argument, got %s", options.text(metric))
  end
  options.argument("filter.tune", "the third argument, noisy images,", "tensor", noisy)
  options.argument("filter.tune", "the fourth argument, clean images,", "tensor", clean)
  local list, names = combinations(grid)
  local columns = table.move(names, 1, #names, 1, {})
  columns[#columns + 1] = metric.name
  local scores, best, best_score = results{ columns = columns }, nil, nil
  local sign = metric(clean, clean) >= metric(noisy, clean) and 1 or -1 -- does more mean better?
  for _, chosen in ipairs(list) do
    local item = errors.within("", filter, chosen)
    local score = metric(item(noisy), clean) -- the mean; the values of the images are not needed
    local row = {}
    for c, name in ipairs(names) do row[c] = chosen[name] end
    row[#row + 1] = score
    scores:add(row)
    if score == score and (not best or sign * score > sign * best_score) then best, best_score = item, score end
  end
  if not best then errors.raise("filter.tune: no combination gave a finite %s", metric.name) end
  return best, scores
end

local filter = { tune = docs.add(tune, page) }
for name, kind in pairs(core.filter) do filter[name] = kind end

return errors.strict(filter, "lunet.filter")
