-- ln.runs: the records in a folder, as data.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local json = require "lunet.json"
local options = require "lunet.options"
local remove_folder = require "lunet.remove_folder"
local run_class = require "lunet.run"
local run_file = require "lunet.run_file"
local run_filter = require "lunet.run_filter"
local runs_table = require "lunet.runs_table"

local Runs = {}
Runs.__index = Runs
Runs.__name = "lunet.runs"

local page = {
  name = "runs",
  usage = "ln.runs(filter?: string, options?: options) -> runs",
  doc = "The records in a folder, oldest first: a list of runs, which are read when they are asked for. A filter is as "
    .. "for `lunet runs`: \"net=unet ssim>0.9\" has terms that all must hold, with = != < <= > >= and ~ (contains); "
    .. "in name=cnn* the * stands for any characters. Names are those of run:value.",
  options = {
    { "dir", "string", default = "runs", help = "the folder of records" },
    { "where", "function", help = "f(run) -> boolean, a filter of one's own" },
    { "sort", "string", help = "a value to sort by, \"ssim\"; \"-ssim\" gives the largest first" },
    { "last", "integer", min = 1, help = "only so many, the last ones" },
    { "first", "integer", min = 1, help = "only so many, the first ones" },
  },
  errors = "A filter of another form; a name that no run has.",
  example = [[
for lr = 1, 3 do
  ln.record("try", function() return { ssim = 0.8 + 0.01 * lr } end,
    { options = { lr = lr }, dir = folder })
end
for _, run in ipairs(ln.runs("lr>1", { sort = "-ssim", dir = folder })) do
  print(run.options.lr, run.result.ssim)
end]],
}

-- ---- The folder ----

local function is_id(name)
  return name:find("^%d+%-[%d.]+%-.*%-%x+$") ~= nil
end

local hour = 3600

-- A folder that a process began and did not finish, long ago.
local function remove_beginning(dir)
  local alive = dir .. "/" .. run_file.alive
  local stamp, _, changed = core.file_stamp(alive)
  if stamp and os.time() - changed > hour and not core.file_locked(alive) then errors.try(remove_folder, dir) end
end

-- All runs in a folder, oldest first: their names begin with the time. A folder without run.json is one where its name
-- is that of a run.
local function list(dir)
  local runs = {}
  if not core.file.exists(dir) then return runs end
  for _, name in ipairs(errors.within("runs: ", core.list_folder, dir)) do
    local path = dir .. "/" .. name
    local hidden = name:sub(1, 1) == "."
    if is_id(name) and not hidden or not hidden and core.file_stamp(path .. "/" .. run_file.name) then
      runs[#runs + 1] = run_class.new(path)
    elseif name:sub(1, #run_file.beginning) == run_file.beginning then
      remove_beginning(path)
    end
  end
  return runs
end

-- ---- Choosing ----

local function kept(runs, keep)
  local some = {}
  for _, run in ipairs(runs) do
    if keep(run) then some[#some + 1] = run end
  end
  return some
end

local function filtered(all, terms)
  local runs = all
  for _, term in ipairs(terms) do
    runs = kept(runs, function(run) return run_filter.matches(run, term) end)
  end
  if #runs == 0 then
    for _, term in ipairs(terms) do run_filter.check_name(all, term.name) end
  end
  return runs
end

-- So many of them, the first or the last.
local function part(runs, o)
  local from, to = 1, #runs
  if o.first then to = math.min(to, o.first) end
  if o.last then from = math.max(from, to - o.last + 1) end
  return table.move(runs, from, to, 1, {})
end

local function find(filter, given)
  if type(filter) == "table" and given == nil then filter, given = nil, filter end
  if filter ~= nil then options.argument("runs", "the filter", "string", filter) end
  local o = options.read(page, given)
  local terms = run_filter.parse(filter or "")
  local runs = filtered(list(o.dir), terms)
  if o.where then runs = kept(runs, o.where) end
  if o.sort then
    run_filter.check_name(runs, o.sort:gsub("^%-", ""))
    run_filter.sort(runs, o.sort)
  end
  return setmetatable(part(runs, o), Runs)
end

-- ---- What can be done with them ----

local room = 80

function Runs:table(columns)
  return runs_table.make(self, core.file.columns() or room, columns)
end

function Runs:compare()
  return runs_table.compare(self)
end

function Runs:csv(path)
  return runs_table.all(self):csv(path)
end

function Runs:jsonl(path)
  local lines = {}
  for i, run in ipairs(self) do
    local whole = { dir = run.dir }
    for _, name in ipairs(run_file.field_names) do whole[name] = run[name] end
    lines[i] = json.encode(json.packed(whole)) .. "\n"
  end
  local text = table.concat(lines)
  if path == nil then return text end
  errors.within("runs:jsonl: ", core.file.write, path, text)
  return path
end

function Runs:__tostring()
  if #self == 0 then return "0 runs" end
  return tostring(self:table())
end

docs.class(Runs, {
  { "runs:table(columns?: string[]) -> results", "The runs as a table as wide as the terminal: results, and options "
    .. "that differ; or the values with these names. print(runs) prints it." },
  { "runs:compare() -> results", "What differs between them, options and results, side by side." },
  { "runs:csv(path?: string) -> string", "All values of all runs as CSV text; with a path, written there, and the "
    .. "path." },
  { "runs:jsonl(path?: string) -> string", "The same as JSON lines, an object a run." },
})

return docs.add(find, page)
