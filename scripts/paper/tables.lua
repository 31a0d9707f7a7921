-- Tables II, III and IV: every row as the paper has it and as it comes out here, and the tests of the network against
-- the best filter.
local ln = require "lunet"
local conditions = require "scripts.paper.conditions"
local experiment = require "scripts.paper.experiment"
local filters = require "scripts.paper.filters"
local lists = require "scripts.paper.lists"
local numbers = require "scripts.paper.numbers"
local rivals = require "scripts.paper.rivals"
local scores = require "scripts.paper.scores"

local tables = {}

-- ---- Rows ----

-- The rows of noisy images and filters, before those of networks. key: of the paper's number.
local function filter_rows(condition)
  local rows = { { name = "noisy", sweep = "filters", text = "noisy", key = "noisy" } }
  for _, entry in ipairs(filters.of_paper) do
    rows[#rows + 1] = { name = entry.name, sweep = "filters", text = entry.text, key = entry.name, is_filter = true }
  end
  for _, entry in ipairs(filters.of(condition)) do
    rows[#rows + 1] = { name = "tuned_" .. entry.name, sweep = "filters", text = entry.text, is_filter = true,
      is_tuned = true }
  end
  return rows
end

local own = { name = "cnn_dae", sweep = "networks", text = "CNN DAE", key = "cnn_dae" }
local own_a = { name = "cnn_dae", sweep = "networks", text = "CNN DAE (a), smaller set", key = "cnn_dae_a" }
local combined_b = { name = "cnn_dae", sweep = "networks", combined = true, text = "CNN DAE (b), combined set",
  key = "cnn_dae_b" }

local long = { name = "cnn_dae", sweep = "networks", long = true, text = "CNN DAE, as many steps as with 300 images" }

local function with(rows, ...)
  for _, row in ipairs{ ... } do rows[#rows + 1] = row end
  return rows
end

-- What each part of the tables shows: { id =, table =, title =, condition =, source = whose test images, tested = its
-- label; both nil for those of all, paper = the paper's numbers, rows =, network = the row that is tested against
-- filters }.
function tables.plan(sources)
  local parts, second = {}, sources[2]
  for _, source in ipairs(sources) do
    parts[#parts + 1] = { id = "table2-" .. source.index, table = "Table II", source = source, condition = "p0.1",
      title = source.label, tested = source.label, paper = numbers.two[source.role],
      rows = with(filter_rows("p0.1"), own), network = own }
  end
  parts[#parts + 1] = { id = "table3", table = "Table III", condition = "p0.1", title = second.label,
    source = second, tested = second.label, paper = numbers.three, rows = with(filter_rows("p0.1"), own_a, combined_b),
    network = combined_b }
  parts[#parts + 1] = { id = "table3-both", table = "Table III", condition = "p0.1", title = "images of both sets",
    paper = {}, rows = with(filter_rows("p0.1"), own_a, combined_b), network = combined_b }
  for _, condition in ipairs(conditions.list) do
    if condition.name ~= "p0.1" then
      parts[#parts + 1] = { id = "table4-" .. condition.name, table = "Table IV", condition = condition.name,
        title = condition.text, source = second, tested = second.label, paper = numbers.four[condition.name] or {},
        rows = with(filter_rows(condition.name), own), network = own }
    end
  end
  for _, condition in ipairs(experiment.is_short(second) and experiment.long_conditions or {}) do
    for _, part in ipairs(parts) do
      if part.source == second and part.condition == condition then table.insert(part.rows, long) end
    end
  end
  return parts
end

-- The same for test images of each set, with the networks that the paper cites, the best first.
function tables.competitors(sources)
  local parts = {}
  for i, source in ipairs(sources) do
    local rows = with(filter_rows("p0.1"), own)
    for _, rival in ipairs(rivals.list) do
      rows[#rows + 1] = { name = "rival", network = rival.name, sweep = "rivals", text = rival.text }
    end
    parts[i] = { id = "competitors-" .. i, table = "Competitors", source = source, condition = "p0.1", paper = {},
      title = source.label, tested = source.label, rows = rows, network = own, is_sorted = true }
  end
  return parts
end

-- ---- One table ----

-- The network against the best filter, image by image.
local function compare(part, of)
  local best = lists.best(part.rows, function(row)
    return row.is_filter and scores.interval(of[row], "wang")[1] or nil -- the best in SSIM (Wang)
  end)
  local result = ln.compare{ { best.text, of[best].wang }, { part.network.text, of[part.network].wang },
    group = of[best].groups, interval = #of[best].wang < 40 and "t" or "bca" }
  return { filter = best.text, difference = result.difference, low = result.low, high = result.high,
    p = result.rows[2].wilcoxon.p, images = #of[best].names }
end

-- What is not in a part, and what its networks are.
local function further_note(book, part)
  if part.is_sorted then return " Sizes: " .. rivals.sizes(book.plan.quick) .. "." end
  return part.table == "Table IV" and " K-SVD and online dictionaries: not run here, they take as long as all others "
    .. "together." or ""
end

local function note_of(book, part, of, test)
  local own_scores, seeds = of[part.network], book.plan.seeds
  local sd = own_scores.seed_sd.paper
  return ("%d test images, %d seed%s%s. Paired, SSIM (Wang): %s less the best filter (%s) %+.4f [%+.4f, %+.4f], "
    .. "p = %.2g.%s"):format(#own_scores.names, seeds, seeds == 1 and "" or "s", sd
    and (", SD of the network's mean over seeds %.4f"):format(sd) or "", part.network.text, test.filter,
    test.difference, test.low, test.high, test.p, further_note(book, part))
end

-- The rows as they are, or by SSIM (Wang), the best first.
local function in_order(part, cells)
  if not part.is_sorted then return part.rows end
  local rows, place = {}, {}
  for i, row in ipairs(part.rows) do rows[i], place[row] = row, i end
  table.sort(rows, function(a, b)
    local x, y = cells[a].wang[1], cells[b].wang[1]
    return x > y or x == y and place[a] < place[b]
  end)
  return rows
end

local shown = { "paper", "wang", "psnr" } -- of the scores

local function title_of(name)
  return lists.named(experiment.metrics, name).text
end

local best_of_columns, titles = {}, {}
for i, name in ipairs(shown) do
  titles[i] = title_of(name)
  best_of_columns[titles[i]] = "max"
end

local function columns_of(part)
  if part.is_sorted then return { "method", table.unpack(titles) } end
  return { "method", "paper", table.unpack(titles) }
end

local function line_of(part, row, line)
  if part.is_sorted then return { row.text, line.paper, line.wang, line.psnr } end
  local paper = part.paper[row.key]
  return { row.text, paper and { value = paper, text = ("%.2f"):format(paper) }, line.paper, line.wang, line.psnr }
end

-- A part with what came of it: part.of = scores by row, part.cells = intervals by row and metric, part.test, part.table
-- = as ln.table.
function tables.fill(book, part)
  local of, cells = {}, {}
  for _, row in ipairs(part.rows) do
    of[row], cells[row] = book:scores(row, part.condition, part.tested), {}
    for _, name in ipairs(shown) do cells[row][name] = scores.interval(of[row], name) end
  end
  part.of, part.cells, part.test = of, cells, compare(part, of)
  local t = ln.table{ columns = columns_of(part), width = 80, best = best_of_columns, note = note_of(book, part, of,
    part.test), caption = ("%s, %s"):format(part.table, part.title), label = "tab:" .. part.id }
  for _, row in ipairs(in_order(part, cells)) do t:add(line_of(part, row, cells[row])) end
  part.result = t
  return part
end

-- ---- All of them ----

-- Rows of tables.inside.
local in_inside = { noisy = true, median = true, tuned_bm3d = true, tuned_nlmeans = true, cnn_dae = true }

-- Of a network's number whether it is at least the paper's, and if not, how many other images it learnt from.
local function remark(book, part, row, difference)
  if row.is_filter or row.name == "noisy" then return nil end
  if difference >= 0 then return "not less" end
  local source = part.source
  if source.is_paper then return "less" end
  local train = book:entry("networks", row.combined and "combined" or source.label, part.condition, 1).result.train
  return ("less; %d images"):format(train)
end

-- The numbers that the paper printed beside ours, a row each.
function tables.summary(book, parts)
  local t = ln.table{ columns = { "number", "paper", "ours", "ours less it", "network" }, width = 80,
    note = "SSIM as in the paper; means with 95 % intervals over test images. Images: that the network learnt from, "
      .. "where they are others than the paper's" }
  for _, part in ipairs(parts) do
    for _, row in ipairs(part.rows) do
      local paper = part.paper[row.key]
      if paper then
        local ours = part.cells[row].paper
        t:add{ ("%s, %s, %s"):format(part.table, part.title, (row.text:gsub(", as in the paper$", ""))),
          { value = paper, text = ("%.2f"):format(paper) }, ours,
          { value = ours[1] - paper, text = ("%+.3f"):format(ours[1] - paper) },
          remark(book, part, row, ours[1] - paper) }
      end
    end
  end
  return t
end

-- How far numbers that need no training are from the paper's where other images stand in for its: a sentence a source.
local function stand_in(part)
  local function off(name)
    return part.cells[lists.named(part.rows, name)].paper[1] - part.paper[name]
  end
  local text = ("**%s** %s in the place of the paper's %s set: other images, other numbers. Noisy images and the "
    .. "median filter, for which nothing is trained, score %+.2f and %+.2f beside the paper's in Table II."):format(
    part.source.label, part.source.label:find("s$") and "stand" or "stands", part.source.index == 1 and "first"
    or "second", off("noisy"), off("median"))
  local longer = part.cells[long]
  return longer and ("%s With as many steps as 300 images give, which are the paper's, the network comes to %.3f.")
    :format(text, longer.paper[1]) or text
end

-- Table II in words, and what stands in for what: a list of paragraphs.
function tables.words(parts)
  local list, notes = {}, {}
  for _, part in ipairs(parts) do
    if part.table == "Table II" then
      local ours, test = part.cells[part.network].paper, part.test
      list[#list + 1] = ("- %s: the network scores **%.3f** under the paper's protocol (the paper: %.2f); in SSIM "
        .. "after Wang it is %+.3f [%+.3f, %+.3f] from the best of the filters, which is %s."):format(part.title,
        ours[1], part.paper.cnn_dae, test.difference, test.low, test.high, test.filter)
      if not part.source.is_paper then notes[#notes + 1] = stand_in(part) end
    end
  end
  return { table.concat(list, "\n"), table.unpack(notes) }
end

-- The network against the best filter in all tables.
function tables.tests(parts)
  local t = ln.table{ columns = { "images", "best filter", "CNN DAE less it, SSIM (Wang)", "p" }, width = 80,
    note = "CNN DAE: in Table III (b), trained on the combined set. p: Wilcoxon's signed ranks, "
      .. "two-sided, over images or, where known, patients" }
  for _, part in ipairs(parts) do
    local test = part.test
    t:add{ ("%s, %s"):format(part.table, part.title), test.filter, { test.difference, test.low, test.high },
      { value = test.p, text = ("%.2g"):format(test.p) } }
  end
  return t
end

-- What tuning chose, for the first seed: a row for each filter, set and noise.
function tables.tuned(book, parts)
  local t = ln.table{ columns = { "images", "noise", "filter" }, width = 80,
    note = ("Tuned by SSIM (Wang) on %s, those of seed 1; the noise's mean is taken off before, and what a filter "
      .. "gives is clipped to 0..1. %s"):format(filters.count_text(filters.all, book.plan.quick), filters.untried) }
  for _, part in ipairs(parts) do
    if part.source and part.table ~= "Table III" then
      local result = book:entry("filters", part.source.label, part.condition, 1).result
      for _, row in ipairs(part.rows) do
        if row.is_tuned then
          t:add{ part.source.label, conditions.find(part.condition).text, result[row.name .. "_options"] }
        end
      end
    end
  end
  return t
end

-- SSIM over whole test images, and over what is no background, for the weakest noise: black that comes back black
-- counts as much as what is looked at.
function tables.inside(book)
  local t = ln.table{ width = 80,
    columns = { "set", "method", title_of("wang"), title_of("inside"), "whole less inside" } }
  local notes = {}
  for i, source in ipairs(book.sources) do
    for _, row in ipairs(with(filter_rows("p0.1"), own)) do
      if in_inside[row.name] then
        local of = book:scores(row, "p0.1", source.label)
        local whole, part = scores.interval(of, "wang"), scores.interval(of, "inside")
        t:add{ source.label, row.text, whole, part, { value = whole[1] - part[1],
          text = ("%+.4f"):format(whole[1] - part[1]) } }
      end
    end
    notes[i] = ("%.0f %% of the pixels of %s"):format(100 * source.set.images:gt(experiment.background):mean(),
      source.label)
  end
  t.note = ("Inside: clean images brighter than %g; %s. Noise p = 0.1, sd = 1."):format(experiment.background,
    table.concat(notes, ", "))
  return t
end

-- Write a table as Markdown, CSV and LaTeX.
function tables.write(t, stem)
  t:markdown(stem .. ".md")
  t:csv(stem .. ".csv")
  t:latex(stem .. ".tex")
end

return tables
