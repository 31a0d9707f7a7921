-- A page from the record of a run: what it was given, what came of it, its metrics as curves, its figures and scores.
-- What of it is damaged or missing is left out, and said.
local core = require "lunet.core"
local errors = require "lunet.errors"
local image = require "lunet.image"
local page_class = require "lunet.page"
local results = require "lunet.table"
local run_class = require "lunet.run"
local run_file = require "lunet.run_file"
require "lunet.page_parts"
require "lunet.page_pictures"

local most_script = 200000 -- bytes that are shown of a script

local function exists(path)
  return select(2, core.file.exists(path)) == "file"
end

-- The pictures among its figures, sorted; none where there is no folder.
local function figures_of(run)
  local out, folder = {}, run.dir .. "/figures"
  for _, name in ipairs(core.file.exists(folder) and core.list_folder(folder) or {}) do
    if name:find("%.png$") then out[#out + 1] = { name = name:match("^(.*)%.png$"), path = folder .. "/" .. name } end
  end
  return out
end

-- Names of a table in alphabetic order.
local function sorted_names(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- ---- What the run is ----

local function duration(seconds)
  if seconds < 100 then return ("%.1f s"):format(seconds) end
  return ("%d min %02d s"):format(seconds // 60, math.floor(seconds % 60))
end

local function subtitle_of(run)
  local words = { run.status }
  if run.started then words[#words + 1] = "began " .. run.started:gsub("T", " "):gsub("Z", " UTC") end
  if run.seconds then words[#words + 1] = "took " .. duration(run.seconds) end
  return table.concat(words, ", ")
end

local function add_result(page, run)
  if run.problem then page:text("The record is damaged: " .. run.problem) end
  if run.message then page:code(run.message, { caption = "How it ended" }) end
  if next(run.result) ~= nil then page:section("Result"):options(run.result) end
end

-- ---- Metrics ----

-- Where a line stands and how fast it went: not what came of it.
local not_drawn = { seconds = true, step = true, epoch = true, epoch_seconds = true, images = true,
  images_per_second = true }

-- What a line is counted by, "epoch" or "step", and where it stands; the number of the line where it has neither.
local function place_of(values, number)
  for _, name in ipairs{ "epoch", "step" } do
    if type(values[name]) == "number" then return name, values[name] end
  end
  return "line", number
end

-- By x label and name: series; the numbers under every name that lines have, besides those that say where they are.
local function series_of(lines)
  local charts = {}
  for number, values in ipairs(lines) do
    local label, x = place_of(values, number)
    charts[label] = charts[label] or {}
    for name, y in pairs(values) do
      if type(y) == "number" and not not_drawn[name] then
        local s = charts[label][name] or { name = name, x = {}, y = {} }
        charts[label][name] = s
        s.x[#s.x + 1], s.y[#s.y + 1] = x, y
      end
    end
  end
  return charts
end

-- "val_loss" belongs beside "loss".
local function stem_of(name)
  return (name:gsub("^val_", ""):gsub("^train_", ""):gsub("^test_", ""))
end

local function has_number(s)
  for _, y in ipairs(s.y) do
    if y == y and math.abs(y) < math.huge then return true end
  end
  return false
end

local function add_curves(page, run)
  local charts = series_of(run:metrics())
  if next(charts) == nil then return end
  page:section("Metrics")
  for _, label in ipairs(sorted_names(charts)) do
    local by_stem = {}
    for _, name in ipairs(sorted_names(charts[label])) do
      local stem = stem_of(name)
      by_stem[stem] = by_stem[stem] or { x_label = label, y_label = stem }
      if has_number(charts[label][name]) then table.insert(by_stem[stem], charts[label][name]) end
    end
    local stems = sorted_names(by_stem)
    table.sort(stems, function(a, b) return a == "loss" and b ~= "loss" or (b ~= "loss" and a < b) end)
    for _, stem in ipairs(stems) do
      if #by_stem[stem] > 0 then page:plot(by_stem[stem]) end
    end
  end
end

-- ---- Figures and scores ----

local function add_figures(page, run)
  local files = figures_of(run)
  if #files > 0 then page:section("Figures") end
  for _, file in ipairs(files) do
    local ok, why = errors.try(function()
      page:image(image.read(file.path, { gray = false }), { caption = file.name })
    end)
    if not ok then page:text(("The figure `%s` cannot be shown: %s"):format(file.name, errors.bare(why))) end
  end
end

local function add_scores(page, run)
  local names = run:scores()
  if #names == 0 then return end
  local t = results{ columns = { "score", "images", "mean", "standard deviation", "smallest", "largest" } }
  page:section("Scores")
  for _, name in ipairs(names) do
    local ok, why = errors.try(function()
      local x = run:scores(name)
      t:add{ name, #x, x:mean(), #x > 1 and x:std{ unbiased = true } or nil, x:min(), x:max() }
    end)
    if not ok then page:text(("The scores `%s` cannot be read: %s"):format(name, errors.bare(why))) end
  end
  page:table(t)
end

-- ---- Where it ran ----

local function add_environment(page, run)
  local machine, versions, git = run.machine or {}, run.versions or {}, run.git or {}
  local rows = {}
  local function add(name, value)
    if value ~= nil and value ~= "" then rows[#rows + 1] = { name, value } end
  end
  add("lunet", versions.lunet)
  add("Lua", versions.lua)
  add("libraries", versions.libraries)
  add("processor", machine.processor)
  add("instruction set", run.isa)
  add("threads", run.threads)
  add("machine", machine.host)
  add("script", run.script and run.script.file)
  add("command", run.command)
  add("git", git.commit and git.commit:sub(1, 12) .. (git.changed and ", with changes" or ""))
  for _, name in ipairs(sorted_names(run.data or {})) do add("data, " .. name, run.data[name]) end
  add("record", run.dir)
  if #rows > 0 then page:section("Environment"):options(rows) end
end

local function add_script(page, dir)
  local path = dir .. "/script.lua"
  if not exists(path) then return end
  local text = core.read_text(path)
  if #text > most_script then text = text:sub(1, most_script) .. "\n... (cut here)" end
  page:section("Script"):code(text, { folded = "script.lua" })
end

-- The run that is given, as its folder or as ln.runs gives it.
local function run_of(given)
  if type(given) == "table" then
    local is_run = rawget(debug.getmetatable(given) or {}, "__name") == "lunet.run"
    return is_run and given or errors.raise("report: option 'run' must be a run of ln.runs or its folder, got a table")
  end
  local dir = given:gsub("(.)/+$", "%1")
  if not exists(dir .. "/" .. run_file.name) then
    errors.raise("report: '%s' is no folder of a run: there is no %s in it", given, run_file.name)
  end
  return run_class.new(dir)
end

-- The page of a record. o: the options of ln.report.
return function(o)
  local run = run_of(o.run)
  local page = page_class.new{ title = o.title or run.name or run.id, subtitle = o.subtitle or subtitle_of(run),
    file = o.file or run.dir .. "/report.html" }
  add_result(page, run)
  if next(run.options) ~= nil then page:section("Options"):options(run.options) end
  if run.seeds and next(run.seeds) ~= nil then page:section("Seeds"):options{ seeds = run.seeds } end
  add_curves(page, run)
  add_figures(page, run)
  add_scores(page, run)
  add_environment(page, run)
  add_script(page, run.dir)
  return page
end
