-- Which NL means did Gondara (2016) use? He does not say, but prints five numbers. The settings that come closest to
-- all of them on cephalograms, and the one that scripts/paper has.
--
--   build/lunet tests/bench/papers_nlmeans.lua FOLDER
local ln = require "lunet"
local conditions = require "scripts.paper.conditions"
local filters = require "scripts.paper.filters"
local folder = require "scripts.paper.folder"
local lists = require "scripts.paper.lists"
local numbers = require "scripts.paper.numbers"

local few, best = 24, 5 -- images for the search, settings that are shown
local names = { "p0.1", "p0.5", "sd5", "sd10", "lambda5" }
local printed = {}
for i, name in ipairs(names) do printed[i] = (numbers.four[name] or numbers.three).nlmeans end

local ssim = ln.metric.ssim{ preset = "gondara2016" }

-- A row: the filter, its SSIM in each noise, and how far the furthest is from its printed number.
local function row_of(filter, clean)
  local row, off = { tostring(filter) }, 0
  for i, name in ipairs(names) do
    row[i + 1] = (ssim(filter(conditions.noise(conditions.find(name), 1)(clean, 2)), clean))
    off = math.max(off, math.abs(row[i + 1] - printed[i]))
  end
  row[#row + 1] = off
  return row
end

local function search(clean)
  local rows = {}
  for _, patch_size in ipairs{ 3, 5, 7, 9, 11 } do
    for _, patch_distance in ipairs{ 2, 3, 5, 7, 9, 11, 15, 21 } do
      for percent = 16, 44, 2 do
        rows[#rows + 1] = row_of(ln.filter.nlmeans{ patch_size = patch_size, patch_distance = patch_distance,
          h = percent / 100 }, clean)
      end
    end
  end
  table.sort(rows, function(a, b) return a[#a] < b[#b] end)
  return rows
end

local all = folder.read((assert(arg[1], "usage: papers_nlmeans.lua FOLDER")), 1).images
local rows = search(all:narrow(1, 1, math.min(few, #all)):clone())
local t = ln.table{ columns = { "filter", "p0.1", "p0.5", "sd5", "sd10", "lambda5", "off by" }, width = 80,
  note = ("The best %d of %d on %d images; last the one of scripts/paper, on all %d"):format(best, #rows,
    math.min(few, #all), #all) }
t:add{ "printed", printed[1], printed[2], printed[3], printed[4], printed[5], "-" }
for i = 1, best do t:add(rows[i]) end
t:add(row_of(lists.named(filters.of_paper, "nlmeans").filter, all))
print(t)
