-- Records: a run as a folder runs/<time>-<name>-<id>/ with what it was given, what it did and what came of it.
--
--   run.json       the record, below 4 KB: see run_file.lua
--   metrics.jsonl  what log{ ... } was called with, a line each
--   script.lua, modules/, changes.diff     the script, Lua files that it loads, what git has not seen of the code
--   data.json      the files that data came from
--   log.txt, figures/, scores/, model.safetensors, checkpoint.safetensors    what the run leaves
--
-- A folder is whole at any moment: run.json is replaced atomically, lines are appended whole. What cannot be written
-- while a run goes on, for the disk is full, is kept in memory and tried again; a line on stderr says so, once.
local core = require "lunet.core"
local data_files = require "lunet.data_files"
local docs = require "lunet.docs"
local environment = require "lunet.environment"
local errors = require "lunet.errors"
local json = require "lunet.json"
local log_class = require "lunet.log"
local options = require "lunet.options"
local plain = require "lunet.plain"
local remove_folder = require "lunet.remove_folder"
local run_file = require "lunet.run_file"

local record = {}

-- ---- The folder ----

local longest_name = 60 -- bytes of the name in the folder's

local function folder_name(name)
  local safe = name:gsub("[^%w._]+", "-"):gsub("^[-.]+", ""):gsub("-+$", "")
  return safe == "" and "run" or safe:sub(1, longest_name)
end

local made = 0 -- folders, by this process

-- Six hexadecimal digits that no other process is likely to choose.
local function new_id()
  local host, pid = core.process()
  made = made + 1
  return core.hash_text(("%s %d %d %.9f %d"):format(host, pid, made, core.time(), os.time())):sub(1, 6)
end

-- "20261129-071630.482", in UTC: names in their order are runs in theirs.
local function time_name()
  local now = core.wall_time()
  return ("%s.%03d"):format(os.date("!%Y%m%d-%H%M%S", math.floor(now)), now % 1 * 1000 // 1)
end

-- A new folder under a name that nobody lists, and the record's id, by which it goes once it is whole.
local function new_folder(dir, name)
  errors.within("record: ", core.file.make_dir, dir)
  for _ = 1, 100 do
    local id = ("%s-%s-%s"):format(time_name(), folder_name(name), new_id())
    local path = dir .. "/" .. run_file.beginning .. id
    local free = not core.file.exists(dir .. "/" .. id)
    if free and errors.within("record: ", core.make_new_folder, path) then return path, id end
  end
  errors.raise("record: no new folder can be made in '%s'", dir)
end

local function now_text()
  return os.date("!%Y-%m-%dT%H:%M:%SZ")
end

-- ---- What a run is given ----

-- script.lua and changes.diff, once for a record.
local function write_code(dir, script, git)
  if script.text then core.file.write(dir .. "/script.lua", script.text) end
  if git and git.changed then core.file.write(dir .. "/changes.diff", git.diff) end
end

-- modules/<name>.lua, of those that are loaded by now.
local function write_modules(log)
  local modules, hash = environment.modules()
  local script = log.run.script or {}
  if not hash or script.modules == hash then return end
  core.file.make_dir(log.dir .. "/modules")
  for _, module in ipairs(modules) do
    core.file.write(("%s/modules/%s.lua"):format(log.dir, module.name:gsub("[^%w._-]", "_")), module.text)
  end
  script.modules, log.run.script = hash, script
end

local function write_data(log)
  local entries, short = data_files.list(log.data_paths)
  if #entries == 0 or log.run.data and log.run.data.hash == short.hash then return end
  core.file.write(log.dir .. "/data.json", json.encode{ files = entries } .. "\n")
  log.run.data = short
end

local function new_run(o, id)
  local script = environment.script(o.script)
  local git = environment.git(script.file)
  local run = {
    version = run_file.version, id = id, name = plain.text(o.name), status = "unfinished", started = now_text(),
    options = plain.value(o.options or {}), seeds = plain.value(o.seeds or {}), result = {},
    command = plain.text(environment.command()), machine = environment.machine(), isa = core.isa(),
    threads = core.threads(), versions = environment.versions(),
    script = { file = plain.text(script.file), hash = script.text and core.hash_text(script.text) or nil },
    git = git and { commit = git.commit, branch = plain.text(git.branch), changed = git.changed } or nil,
  }
  return run, script, git
end

-- ---- Beginning ----

local function begin(log, script, git)
  log.lock = core.file_lock(log.dir .. "/" .. run_file.alive)
  if script then write_code(log.dir, script, git) end
  write_modules(log)
  write_data(log)
  run_file.write(log.dir, log.run)
end

local function start_new(o)
  local start, dir = core.time(), o.dir or "runs"
  local path, id = new_folder(dir, o.name)
  local run, script, git = new_run(o, id)
  local log = log_class.new(path, run, o)
  log.started = start
  local ok, why = errors.try(errors.within, "record: ", begin, log, script, git)
  if not ok then
    errors.try(remove_folder, path)
    error(why, 0)
  end
  log:move(dir .. "/" .. id)
  return log
end

-- What the record of a run says that was cut off.
local function run_to_resume(dir)
  local run = run_file.complete(run_file.read(dir))
  if run.status == "damaged" then errors.raise("record: %s", run.problem) end
  if run.status == "running" then errors.raise("record: the run '%s' goes on in another process", dir) end
  run.status, run.ended, run.message, run.dir, run.more = "unfinished", nil, nil, nil, nil
  return run
end

local function resumed(o)
  local log = log_class.new(o.resume, run_to_resume(o.resume), o)
  errors.within("record: ", begin, log)
  log:line{ resumed = now_text() }
  return log
end

-- Begin a record, or, with `resume`, the folder of one that was cut off, go on with it. Returns its log. o: { name =,
-- dir = the folder of records, "runs" by default, options =, seeds =, data = list of paths of files that the run reads,
-- besides those that this process has read, script = path, where it is not the one that runs, report = function(step,
-- value) -> whether to go on, resume = folder }.
function record.start(o)
  options.argument("record", "the name", "string", o.name)
  local log = o.resume and resumed(o) or start_new(o)
  log.spent = core.time() - log.started
  return log
end

-- ---- Ending ----

-- What run.json says of the end. start: when the end began.
local function tell_end(log, start, status, result, message)
  local run = log.run
  run.status, run.message, run.ended = status, message, now_text()
  run.seconds = start - log.started
  if result ~= nil then
    local kept = plain.value(result)
    run.result = type(kept) == "table" and kept or { value = kept }
  end
end

local function write_end(log, start)
  local run = log.run
  write_modules(log)
  write_data(log)
  log.spent = log.spent + core.time() - start
  run.recording = { seconds = log.spent, share = run.seconds > 0 and log.spent / run.seconds or 0 }
  run_file.write(log.dir, run)
end

-- What the record has no room for goes elsewhere, or to stderr: nothing of a run is lost for a full disk.
local function save_elsewhere(log, why)
  local lines = {}
  if why then lines[1] = ("run.json: %s"):format(json.encode(json.packed(log.run))) end
  for _, entry in ipairs(log.waiting) do
    lines[#lines + 1] = ("%s: %s"):format(entry[1]:match("[^/]*$"), entry[2])
  end
  local text, path = table.concat(lines, "\n") .. "\n", os.tmpname()
  local ok = errors.try(core.file.write, path, text)
  errors.note("record: '%s' is not complete: %s; what is missing %s", log.dir, why and errors.bare(why)
    or "lines could not be written", ok and ("is in '%s'"):format(path) or "follows:\n" .. text)
end

-- The record of the end. What cannot be written is told, and false: the run's results are in the caller's hands still.
local function finish(log, ...)
  if log.ended then return true end
  local start = core.time()
  log:flush()
  tell_end(log, start, ...)
  local ok, why = errors.try(write_end, log, start)
  local complete = ok and #log.waiting == 0
  if not complete then save_elsewhere(log, not ok and why or nil) end
  do local _ <close> = log.lock end
  if complete then os.remove(log.dir .. "/" .. run_file.alive) end
  log.ended = true
  return complete, why
end

-- The run has ended with a result: a table of names and values, or one value. Its status is "finished", or
-- "interrupted" where the caller says so. Returns whether all of it could be written, else false and why; a line on
-- stderr has said so.
function record.finish(log, result, status)
  return finish(log, status or "finished", result)
end

-- It has ended with an error; Ctrl-C is one of its own. traceback: more text for log.txt.
function record.fail(log, message, traceback)
  if log.ended then return true end
  message = plain.text(tostring(message))
  log:text(traceback or message)
  return finish(log, core.interrupted(message) and "interrupted" or "failed", nil, message)
end

-- ---- ln.record ----

local page = {
  name = "record",
  usage = "ln.record(name: string, f: function, options?: options) -> any",
  doc = "Call f(log) and keep what it does as a folder runs/<time>-<name>-<id>/: run.json (options, seeds, script and "
    .. "data with their hashes, git commit, machine, versions, how it ended and its result, which is what f returns), "
    .. "script.lua, changes.diff, data.json, and what f tells: log{ step = 3, loss = 0.1 } adds a line to "
    .. "metrics.jsonl; ln.help(\"log\") lists the rest. A process that is killed leaves a record that is whole, and is "
    .. "\"unfinished\". `lunet runs` and ln.runs list what there is. An error of f's is recorded and raised; what f "
    .. "returns is returned.",
  options = {
    { "options", "table", help = "what the run is given: by them runs are found and compared" },
    { "seeds", "table", help = "a list of its seeds" },
    { "data", "table", help = "a list of paths of files that it reads; those read by ln.data, ln.image and ln.load are "
      .. "known" },
    { "dir", "string", default = "runs", help = "the folder of records" },
  },
  errors = "A folder that cannot be written, before f is called. Later, as on a full disk, a line on stderr tells it "
    .. "and the run goes on.",
  example = [[
ln.record("dropout", function(log)
  for step = 1, 3 do log{ step = step, loss = 1 / step } end
  return { ssim = 0.91 }
end, { options = { rate = 0.2 }, seeds = { 1 }, dir = folder })]],
}

-- The results of f, with the record's end.
local function ended(log, traceback, ok, ...)
  if not ok then
    record.fail(log, (...), traceback())
    error((...), 0)
  end
  record.finish(log, (...))
  return ...
end

local function recorded(name, f, given)
  options.argument("record", "the name", "string", name)
  if not options.is_callable(f) then
    errors.raise("record: expected a function(log) after the name, got %s", options.text(f))
  end
  local o = options.read(page, given)
  o.name = name
  local log, trace = record.start(o), nil
  local function handler(message)
    trace = debug.traceback(tostring(message), 2)
    return message
  end
  return ended(log, function() return trace end, xpcall(f, handler, log))
end

record.record = docs.add(recorded, page)

return record
