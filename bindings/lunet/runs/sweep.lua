-- ln.sweep: a function run for many points, each with a record, by one process or several, and gone on with by the same
-- call after whatever ended it.
--
-- Its folder, runs/<name>.sweep, has for each point a file that says what came of it (point_states) and, while it runs,
-- a lock (point_locks); versions of the script (sweep_script); what workers printed (workers).
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local halving = require "lunet.halving"
local options = require "lunet.options"
local point_locks = require "lunet.point_locks"
local point_states = require "lunet.point_states"
local points = require "lunet.points"
local script = require "lunet.sweep_script"
local sweep_class = require "lunet.sweep_class"
local sweep_defaults = require "lunet.sweep_defaults"
local sweep_plan = require "lunet.sweep_plan"
local work = require "lunet.sweep_work"
local workers = require "lunet.workers"

local sweep = {}

local page = {
  name = "sweep",
  usage = "ln.sweep(options: options) -> sweep",
  doc = "Run a function for many points and keep what it returns. `vary` names the lists that all combinations are "
    .. "made of; with `random` or `latin` points are drawn from lists and ranges (ln.range). Each point is a run with "
    .. "a record (see ln.record). What is finished is kept in runs/<name>.sweep and not run again: the same call, "
    .. "after Ctrl-C, kill -9 or a failure, runs what is left, and a run that was cut goes on where run hands "
    .. "log.checkpoint to ln.fit. A point that fails is recorded and the others go on. With jobs = 2 two processes "
    .. "run the same script again, up to this call, and share the threads; what they print goes to "
    .. "runs/<name>.sweep/workers. Processes that make the same call, also on other machines that share the folder, "
    .. "share the points. `lunet sweep script.lua --jobs 2` sets name, jobs, dry and dir.",
  options = {
    { "run", "function", required = true, help = "run(point, log) -> table of results; point is a table of options, "
      .. "log the log of its record. A result is a number, text, true or false, or a list or tensor of numbers, one "
      .. "for each image" },
    { "vary", { "table", "function" }, help = "lists by name, { net = { \"a\", \"b\" }, seed = ln.seeds(5) }" },
    { "points", { "table", "function" }, help = "instead: a list of tables, or a function(i) that gives the i-th, or "
      .. "nil after the last; may be given as `vary` too" },
    { "options", "table", help = "options that all points have, { epochs = 30 }; with others it is another point" },
    { "random", "integer", min = 1, help = "so many points, drawn from lists and ranges" },
    { "latin", "integer", min = 1, help = "so many points as a Latin hypercube, which spreads them evenly" },
    { "seed", "integer", default = 1, min = 0, help = "of what is drawn" },
    { "asha", "table", help = "stop what does not get on, by asynchronous successive halving: { best = \"max\" or "
      .. "\"min\", first = 1, factor = 3 }. run calls log:report(step, value), which is false where it should stop; of "
      .. "those that come to step first, first * factor, ... the best 1/factor go on" },
    { "name", "string", help = "of the sweep and of its folder; by default that of the script. At the prompt, give one "
      .. "to go on with later" },
    { "dir", "string", default = "runs", help = "the folder of records and of the sweep's folder" },
    { "jobs", "integer", default = 1, min = 1, max = 1024, help = "processes that run points; with 1, this one" },
    { "dry", "boolean", default = false, help = "print the points and what would be run, and run nothing" },
    { "retry", "boolean", default = true, help = "run points again that failed in an earlier call" },
    { "progress", "string", default = "auto", choices = { "auto", "line", "points", "none" },
      help = "on stderr: a line that is rewritten, one for each point, or nothing" },
  },
  errors = "Points that are the same, or that hold what cannot be written down; a folder that cannot be written. What "
    .. "fails in run is none: it is told, sweep:results() has it, and #sweep counts it.",
  returns = "the sweep: sweep:table{ ... }, sweep:results(), sweep:best(\"ssim\"); print(sweep) tells how it stands.",
  example = [[
local sweep = ln.sweep{ vary = { size = { 3, 5 } }, dir = folder,
  run = function(c)
    local restored = ln.filter.median{ c.size }(noisy)
    return { ssim = (ln.metric.ssim{}(restored, clean)) }
  end }
sweep:table{ rows = "size", value = "ssim" }]],
}
sweep.page = page

-- ---- What a call asks for ----

local calls, inside = 0, false -- calls of ln.sweep so far; whether a point runs in this process
local names = {} -- how often a name was given by default

-- The script's name, and a number from the second sweep on. Without a script, one that was not there before: what an
-- earlier function gave must not be taken for what this one gives.
local function default_name(file)
  if inside then errors.raise("sweep: option 'name' is required in a sweep's run, so that it is the same each time") end
  local name = (file:match("([^/]+)$") or ""):gsub("%.lua$", ""):gsub("[^%w_.-]+", "-")
  if name == "" or name:find("^[.-]") then name = os.date("!sweep-%Y%m%d-%H%M%S") end
  names[name] = (names[name] or 0) + 1
  return names[name] == 1 and name or ("%s-%d"):format(name, names[name])
end

local function check_name(name)
  if name:find("^[%w_][%w_.=+-]*$") and #name <= 100 then return name end
  errors.raise("sweep: option 'name' must be of letters, digits, '_', '-', '.', '=' and '+', at most 100, got '%s'",
    name)
end

function sweep.read(given)
  local o = options.read(page, given)
  for name, value in pairs(sweep_defaults) do o[name] = value end
  if (o.vary == nil) == (o.points == nil) then
    errors.raise(o.vary and "sweep: options 'vary' and 'points' say the same; give one of them"
      or "sweep: option 'vary' is required: lists of what varies, { seed = { 1, 2, 3 } }")
  end
  if o.random and o.latin then errors.raise("sweep: options 'random' and 'latin' are two ways to draw; give one") end
  return o
end

-- The sweep that options describe; nothing is written yet.
local function open(o)
  local now = script.now()
  local name = check_name(o.name or default_name(now.path))
  local folder = ("%s/%s.sweep"):format(o.dir, name)
  local self = sweep_class.new{
    name = name, dir = o.dir, folder = folder, run = o.run, points = points.of(o), script = now, call = calls,
    progress = o.progress, retry = o.retry, states = point_states(folder), locks = point_locks(folder),
  }
  self.halving = halving(folder, self.points, o.asha)
  return self
end

-- ---- Running ----

local function is_over(self)
  local counts = self.states:count(self.points)
  return counts.finished + (self.retry and 0 or counts.failed) == #self.points
end

local function prepare(self)
  errors.within("sweep: ", function()
    for _, name in ipairs{ "points", "locks" } do core.file.make_dir(self.folder .. "/" .. name) end
    core.file.check_writable(self.folder .. "/points/new")
    script.keep(self.folder, self.script)
  end)
  if self.retry then errors.within("sweep: ", work.reset_failed, self) end
end

-- What the files of finished points say.
local function finished(self)
  local states = {}
  for _, point in ipairs(self.points) do
    local state = self.states:read(point)
    if state.state == "finished" then states[#states + 1] = state end
  end
  return states
end

local function jobs_of(self, jobs)
  local counts = self.states:count(self.points)
  local wanted = math.min(jobs, #self.points - counts.finished - counts.failed)
  if wanted < 2 or inside then return 1 end
  local can, why = workers.can_start()
  if can then return wanted end
  errors.note("sweep '%s': one job instead of %d: %s", self.name, jobs, why)
  return 1
end

local function run(self, jobs)
  local before = inside
  inside = true
  local ok, why = pcall(jobs > 1 and work.by_workers or work.alone, self, jobs)
  inside = before
  if not ok then error(why, 0) end
  work.close_records(self)
  self.locks:tidy()
end

local function tell_failed(self)
  local failed = {}
  for _, point in ipairs(self.points) do
    local state = self.states:read(point)
    if state.state == "failed" then failed[#failed + 1] = { point, state } end
  end
  if #failed == 0 then return end
  local point, state = table.unpack(failed[1])
  errors.note("sweep '%s': %d of %d points failed, the first one, %s, with: %s", self.name, #failed, #self.points,
    point.text, state.error or "?")
end

-- In a worker: the call that it was started for takes points and ends the process; earlier ones have their results.
local function as_worker(self, call, folder)
  if calls < call then return self end
  if folder ~= self.folder then
    errors.raise("sweep: call %d of ln.sweep is of '%s', but was of '%s' in the process that started this one; the "
      .. "script must come to the same calls each time", call, self.folder, folder)
  end
  self.retry = false
  inside = true
  local function around(before, point) workers.at(self.folder, before and point or nil) end
  local ok, why = pcall(function()
    while work.take(self, around) do end
  end)
  if not ok then workers.give_up(self.folder, why) end
  os.exit(workers.done, true)
end

-- Run what sweep.read gives.
function sweep.run(o)
  if not inside then calls = calls + 1 end
  local self = open(o)
  local call, folder = workers.task()
  if o.dry then return sweep_plan(self, o.jobs) end
  if call and not inside then return as_worker(self, call, folder) end
  script.tell(self.name, self.folder, self.script, finished(self))
  errors.within("sweep: ", work.close_records, self)
  if not is_over(self) then
    prepare(self)
    run(self, jobs_of(self, o.jobs))
  end
  tell_failed(self)
  return self
end

-- How often a sweep was asked for, but for those inside others.
function sweep.calls()
  return calls
end

sweep.sweep = docs.add(function(given)
  return sweep.run(sweep.read(given))
end, page)

return sweep
