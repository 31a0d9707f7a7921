-- One point of a sweep: its function is called, with a record of the run, and what comes of it is kept.
local core = require "lunet.core"
local errors = require "lunet.errors"
local json = require "lunet.json"
local options = require "lunet.options"
local points = require "lunet.points"
local record = require "lunet.record"
local run_file = require "lunet.run_file"
local sweep_table = require "lunet.sweep_table"

-- ---- Results ----

local expected = "; expected a table of results, { ssim = 0.9, psnr = 28.1 }"
local deepest = 8

-- In one order, so that of several mistakes the same one is told each time.
local function keys_of(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

-- A value of a result as it is kept: numbers, text, true and false, and lists of numbers. Not a number is told by its
-- name in `problems`.
local function kept(name, value, problems, deep)
  if options.is_tensor(value) then
    if #value.shape > 1 then
      errors.raise("run returned '%s', a tensor of %d dimensions; a result is a number, or one for each image", name,
        #value.shape)
    end
    value = #value.shape == 0 and value:item() or value:totable()
  end
  local kind = type(value)
  if kind == "number" and value ~= value then problems[#problems + 1] = name end
  if kind == "number" or kind == "string" or kind == "boolean" then return value end
  if kind ~= "table" or debug.getmetatable(value) then
    errors.raise("run returned '%s' = %s; a result is a number, text, true or false, or a list of numbers", name,
      options.text(value))
  end
  if deep > deepest then errors.raise("run returned '%s', a table in a table in a table ...", name) end
  local copy = {}
  for _, key in ipairs(keys_of(value)) do
    local entry = value[key]
    copy[key] = kept(("%s.%s"):format(name, tostring(key)), entry, problems, deep + 1)
  end
  return copy
end

-- Every value of a table as it is kept, what can be written down and read again; and the names of those that are nan.
local function kept_result(value)
  local problems, result = {}, {}
  for _, name in ipairs(keys_of(value)) do
    local entry = value[name]
    if type(name) ~= "string" then errors.raise("run returned a list%s", expected) end
    result[name] = kept(name, entry, problems, 1)
  end
  local ok, why = errors.try(function() json.decode(json.encode(json.packed(result))) end)
  local told = ok or errors.bare(why):gsub("^json: ", "")
  if not ok then errors.raise("run returned what cannot be written down: %s", told) end
  table.sort(problems)
  return result, problems
end

-- What run returned as a result, and what is wrong with it: { ssim = 0.9 }, nil.
local function checked(...)
  local value = ...
  if select("#", ...) == 0 or value == nil then return nil, "run returned nothing" .. expected end
  if type(value) ~= "table" or debug.getmetatable(value) then
    return nil, "run returned " .. options.text(value) .. expected
  end
  if next(value) == nil then return nil, "run returned an empty table" .. expected end
  local ok, result, problems = errors.try(kept_result, value)
  if not ok then return nil, errors.bare(result) end
  if #problems == 0 then return result end
  return result, ("run returned nan, not a number, as '%s'"):format(table.concat(problems, "', '"))
end

-- ---- The record ----

local function seeds_of(point)
  local seed = point.plain.seed
  return math.type(seed) == "integer" and { seed } or nil
end

-- The log of a point's run: that of a run which was cut, if its record can be gone on with, or a new one.
local function log_of(sweep, point, before)
  local hook = sweep.halving and sweep.halving:judge(point)
  if before.state == "begun" and before.run and core.file.exists(before.run .. "/" .. run_file.name) then
    local ok, log = errors.try(record.start, { name = sweep.name, resume = before.run, report = hook })
    if ok then return log, true end
  end
  local ok, log = errors.try(record.start, { name = sweep.name, dir = sweep.dir, options = point.plain,
    seeds = seeds_of(point), report = hook })
  if ok then return log end
  errors.raise("sweep: %s. What is finished is kept: call the sweep again to go on", errors.bare(log))
end

-- ---- Running ----

local function copy_of(value)
  if type(value) ~= "table" or debug.getmetatable(value) then return value end
  local copy = {}
  for key, entry in pairs(value) do copy[key] = copy_of(entry) end
  return copy
end

-- Write what the point is now. What cannot be written is told with the result in it, so that it is not lost.
local function write(sweep, point, state, soon)
  local ok, why = errors.try(sweep.states.write, sweep.states, point, state, soon)
  if ok then return end
  local result = state.result and ("; the result was { %s }"):format(points.text(state.result)) or ""
  errors.raise("sweep: %s%s. What is finished is kept: call the sweep again to go on", errors.bare(why), result)
end

-- A result as runs are listed by: of a score for each image the mean; all of them go where log:scores has them.
local function listed(log, result)
  local copy = {}
  for _, name in ipairs(points.sorted_keys(result)) do
    local value = result[name]
    local mean = type(value) == "table" and sweep_table.mean_of(value)
    if mean then errors.try(log.scores, log, name, value) end -- a name that is none of a file's stays here
    copy[name] = mean or value
  end
  return copy
end

local function end_record(log, state, trace)
  if state.error then record.fail(log, state.error, trace) else record.finish(log, listed(log, state.result)) end
end

-- Keep how a run ended, unless another process has taken the point while this one was stopped. First of all the result,
-- so that hardly a moment is left in which a run that ended could be lost; then the record, then all of it on the disk.
local function conclude(sweep, point, lock, state, log, trace)
  local ours = sweep.locks.holds(lock)
  state.open = ours or nil
  if ours then write(sweep, point, state, true) end
  end_record(log, state, trace)
  state.open = nil
  if ours then return write(sweep, point, state) end
  errors.note("sweep: another process has taken over the point %s, its result counts", point.text)
end

-- The record of a run that had ended when its process was killed. The point's lock is held.
local function close_record(sweep, point)
  local state = sweep.states:read(point)
  if not state.open then return end
  local ok, log = errors.try(record.start, { name = sweep.name, resume = state.run or "" })
  if ok then end_record(log, state) end
  state.open = nil
  write(sweep, point, state)
end

-- The result of run, or what went wrong and the traceback. Ctrl-C goes on to the caller.
local function call(sweep, point, log)
  local trace
  local function handler(message)
    trace = debug.traceback(tostring(message), 2)
    return message
  end
  local at_prompt = core.at_prompt(false) -- Ctrl-C ends the sweep, not only a fit in it
  local results = table.pack(xpcall(sweep.run, handler, copy_of(point.options), log))
  core.at_prompt(at_prompt)
  if results[1] then return checked(table.unpack(results, 2, results.n)) end
  if core.interrupted(results[2]) then
    record.fail(log, results[2])
    error(results[2], 0)
  end
  local message = results[2]
  return nil, type(message) == "string" and message or "an error that is no text: " .. options.text(message), trace
end

local function run_fresh(sweep, point, lock, before)
  local log, resumed = log_of(sweep, point, before)
  local state = { state = "begun", run = log.dir, script = sweep.script.hash,
    arguments = sweep.script.arguments, host = (core.process()), tries = (before.tries or 0) + 1 }
  write(sweep, point, state, true)
  local start = core.time()
  local result, problem, trace = call(sweep, point, log)
  state.seconds = core.time() - start + (resumed and before.seconds or 0)
  state.stopped, state.result, state.error = log.stopped, result, problem
  state.state = problem and "failed" or "finished"
  conclude(sweep, point, lock, state, log, trace)
end

-- Run a point whose lock is held, unless it is over by now. Whether it was run.
local function run(sweep, point, lock)
  local before = sweep.states:read(point)
  if sweep.states.is_over(before) then return false end
  run_fresh(sweep, point, lock, before)
  return true
end

return { run = run, close_record = close_record }
