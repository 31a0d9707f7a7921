-- Classical filters, and tuning them on held-out images, so that a network is compared with filters at their best.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local results = require "lunet.table"

local page = {
  name = "filter.tune",
  usage = "ln.filter.tune(filter: type, grid: table, noisy: tensor, clean: tensor, metric: metric, options?: options) "
    .. "-> filter, results, string[]",
  doc = "Try a filter with every combination of options and return the one with the best mean metric, and a table of "
    .. "all scores. noisy and clean are tensors N,C,H,W: training images held out, never the test images. With "
    .. "`refine`, numbers are then tried halfway to their neighbours, one option after the other, and beyond the "
    .. "grid's ends where the best lies there. Options whose best number is the least or largest that was tried are "
    .. "told on stderr, and are the list that comes last: a wider grid may do better.",
  options = {
    { "refine", "integer", default = 0, min = 0, max = 20, help = "rounds of refinement; each halves the distances" },
  },
  errors = "An option that the filter does not have; no finite score.",
  example = [[
local grid = { weight = { 0.05, 0.1, 0.2 } }
local best, scores = ln.filter.tune(ln.filter.tv, grid, noisy, clean, ssim)
best, scores]],
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

-- ---- Trying ----

-- What has been tried, and the best of it. sign: 1 if more of the metric is better, else -1.
local Trial = {}
Trial.__index = Trial

-- "h=0.05;patch_size=5": one key for each combination.
local function key_of(names, chosen)
  local words = {}
  for i, name in ipairs(names) do words[i] = ("%s=%s"):format(name, tostring(chosen[name])) end
  return table.concat(words, ";")
end

function Trial:score(item, chosen)
  local score = self.metric(item(self.noisy), self.clean) -- the mean; the values of the images are not needed
  local row = {}
  for c, name in ipairs(self.names) do row[c] = chosen[name] end
  row[#row + 1] = score
  self.scores:add(row)
  self.tried[key_of(self.names, chosen)] = true
  if score == score and (not self.best or self.sign * score > self.sign * self.best_score) then
    self.best, self.best_score, self.chosen = item, score, chosen
  end
end

-- ---- Refinement ----

-- The numbers that an option has had, in order; nil if they are not numbers, or only one.
local function numbers_tried(values)
  local list = {}
  for i, value in ipairs(values) do
    if math.type(value) == nil then return nil end
    list[i] = value
  end
  table.sort(list)
  return list[1] ~= list[#list] and list or nil
end

-- A number in the six digits that an option prints with.
local function short(x)
  return tonumber(("%.6g"):format(x))
end

-- What is tried near a number: whole where both neighbours are, odd (a window's size) where both are odd.
local function like(a, b, x, away)
  if math.type(a) ~= "integer" or math.type(b) ~= "integer" then return short(x) end
  local whole = math.floor(x + 0.5)
  return a % 2 == 1 and b % 2 == 1 and whole % 2 == 0 and whole + away or whole
end

-- Between two numbers: halfway.
local function between(a, b)
  return like(a, b, (a + b) / 2, 1)
end

-- Beyond the last number a, b being its neighbour: by the same factor where both are above 0, else as far again.
local function beyond(a, b)
  return like(a, b, a > 0 and b > 0 and a * a / b or 2 * a - b, a > b and 1 or -1)
end

-- Numbers to try around `at`: towards its neighbours among those tried, or beyond the end.
local function around(list, at)
  local place = 1
  for i, value in ipairs(list) do
    if value == at then place = i end
  end
  local lower, upper = list[place - 1], list[place + 1]
  return { lower and between(lower, at) or beyond(at, upper), upper and between(at, upper) or beyond(at, lower) }
end

-- One round for one option. Numbers that the filter does not take (an even window) are left out.
function Trial:refine(filter, name, values)
  local list = numbers_tried(values)
  if not list then return end
  for _, value in ipairs(around(list, self.chosen[name])) do
    local chosen = {}
    for other, kept in pairs(self.chosen) do chosen[other] = kept end
    chosen[name] = value
    if not self.tried[key_of(self.names, chosen)] then
      local ok, item = errors.try(filter, chosen)
      if ok then
        values[#values + 1] = value
        self:score(item, chosen)
      end
    end
  end
end

-- Names of the options whose best number is the least or largest tried, which is told.
function Trial:edges(values)
  local found = {}
  for _, name in ipairs(self.names) do
    local list, best = numbers_tried(values[name]), self.chosen[name]
    if list and (best == list[1] or best == list[#list]) then
      found[#found + 1] = name
      errors.note("filter.tune: the best %s, %s, is the %s of those tried, %s to %s: a wider grid may do better", name,
        options.text(best), best == list[1] and "least" or "largest", options.text(list[1]), options.text(list[#list]))
    end
  end
  return found
end

-- ---- All of it ----

local function check(filter, grid, noisy, clean, metric)
  if not options.is_callable(filter) or options.is_network(filter) or type(grid) ~= "table" then
    errors.raise("filter.tune: expected a filter type and a grid of options, got %s and %s", options.text(filter),
      options.text(grid))
  end
  if not options.is_item(metric, "metric") then
    errors.raise("filter.tune: expected a metric as fifth argument, got %s", options.text(metric))
  end
  options.argument("filter.tune", "the third argument, noisy images,", "tensor", noisy)
  options.argument("filter.tune", "the fourth argument, clean images,", "tensor", clean)
end

local function tune(filter, grid, noisy, clean, metric, given)
  check(filter, grid, noisy, clean, metric)
  local o = options.read(page, given)
  local list, names = combinations(grid)
  local columns = table.move(names, 1, #names, 1, {})
  columns[#columns + 1] = metric.name
  local trial = setmetatable({ names = names, noisy = noisy, clean = clean, metric = metric, tried = {},
    scores = results{ columns = columns }, sign = metric(clean, clean) >= metric(noisy, clean) and 1 or -1 }, Trial)
  for _, chosen in ipairs(list) do trial:score(errors.within("", filter, chosen), chosen) end
  if not trial.best then errors.raise("filter.tune: no combination gave a finite %s", metric.name) end
  local values = {}
  for _, name in ipairs(names) do values[name] = table.move(grid[name], 1, #grid[name], 1, {}) end
  for _ = 1, o.refine do
    for _, name in ipairs(names) do trial:refine(filter, name, values[name]) end
  end
  return trial.best, trial.scores, trial:edges(values)
end

local filter = { tune = docs.add(tune, page) }
for name, kind in pairs(core.filter) do filter[name] = kind end

return errors.strict(filter, "lunet.filter")
