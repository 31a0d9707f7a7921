-- The work of a sweep: its points are run, by this process or by workers, and by whoever else takes some of them.
local core = require "lunet.core"
local errors = require "lunet.errors"
local interrupt = require "lunet.interrupt"
local point_run = require "lunet.point_run"
local record = require "lunet.record"
local sweep_progress = require "lunet.sweep_progress"
local workers = require "lunet.workers"

local work = {}

local pause = 0.1     -- seconds between two looks at the points
local share = 0.05    -- of the time that looking may take
local most_kills = 10 -- of a point from outside, as by a lack of memory, without getting on: then it has failed

local function is_over(sweep, point)
  return sweep.states.is_over(sweep.states:read(point))
end

local function any_left(sweep)
  for _, point in ipairs(sweep.points) do
    if not is_over(sweep, point) then return true end
  end
  return false
end

-- Failed points that are tried again; their locks tell whether another process does so just now.
function work.reset_failed(sweep)
  for _, point in ipairs(sweep.points) do
    if sweep.states:read(point).state == "failed" then
      local lock <close> = sweep.locks:take(point)
      local state = sweep.states:read(point)
      if lock and state.state == "failed" then
        state.state = "again"
        sweep.states:write(point, state)
      end
    end
  end
end

-- Records of runs that ended just before their process was killed.
function work.close_records(sweep)
  for _, point in ipairs(sweep.points) do
    if sweep.states:read(point).open then
      local lock <close> = sweep.locks:take(point)
      if lock then point_run.close_record(sweep, point) end
    end
  end
end

-- Run a point, if it is free. Whether it was.
local function take_point(sweep, point)
  local lock <close> = sweep.locks:take(point)
  return lock and point_run.run(sweep, point, lock)
end

-- Run the points that are free, one after another. Whether there was any. Around each, around(true, point) and
-- around(false, point) are called.
function work.take(sweep, around)
  local any = false
  for _, point in ipairs(sweep.points) do
    if not is_over(sweep, point) then
      around(true, point)
      if take_point(sweep, point) then any = true end
      around(false, point)
    end
  end
  return any
end

-- ---- What came of it ----

-- A function that tells the progress of each point that is over, once.
local function teller(sweep, progress)
  local known = {}
  for _, point in ipairs(sweep.points) do known[point.id] = is_over(sweep, point) end
  return function(point)
    if known[point.id] then return end
    local state = sweep.states:read(point)
    if not sweep.states.is_over(state) then return end
    known[point.id] = true
    progress:point(point, state)
  end
end

local function progress_of(sweep, alone)
  local counts = sweep.states:count(sweep.points)
  return sweep_progress.new(sweep.progress, #sweep.points, counts.finished + counts.failed, alone)
end

-- A function that says once that others run what is left.
local function waiter(sweep, progress)
  local told = false
  return function()
    if told then return end
    told = true
    local count = 0
    for _, point in ipairs(sweep.points) do
      if not is_over(sweep, point) then count = count + 1 end
    end
    progress.line:erase()
    errors.note("sweep '%s': waiting for %d point%s that other processes run", sweep.name, count,
      count == 1 and "" or "s")
  end
end

-- ---- In this process ----

function work.alone(sweep)
  local progress <close> = progress_of(sweep, false)
  local told, waits = teller(sweep, progress), waiter(sweep, progress)
  while true do
    work.take(sweep, function(before, point)
      if not before then told(point) end
    end)
    for _, point in ipairs(sweep.points) do told(point) end
    if not any_left(sweep) then break end
    waits()
    core.sleep(0.5)
  end
end

-- ---- By workers ----

-- A point whose process has ended by a fault of its own has failed.
local function fail(sweep, point, why)
  local lock <close> = sweep.locks:take(point)
  local state = sweep.states:read(point)
  if not lock or sweep.states.is_over(state) then return end
  local ok, log = errors.try(record.start, { name = sweep.name, resume = state.run or "" })
  if ok then record.fail(log, why) end
  state.state, state.error = "failed", why
  sweep.states:write(point, state)
end

local outside = { [1] = true, [2] = true, [9] = true, [15] = true } -- SIGHUP, SIGINT, SIGKILL, SIGTERM

-- How a worker ended that should not have: text, and whether somebody else ended it.
local function ending(worker)
  if worker.how == "signal" then
    return ("its process was ended by signal %d, %s"):format(worker.status, worker.signal), outside[worker.status]
  end
  return ("its process ended with exit status %d"):format(worker.status), false
end

-- Of a worker that held no point.
local function cannot_go_on(sweep, worker, how)
  local words = workers.last_words(worker)
  if worker.how == "exit" and worker.status == 0 then
    how = "the script came to its end without this call of ln.sweep, when it was run again; it must come to the same "
      .. "calls each time"
  end
  errors.raise("sweep '%s': a worker has ended: %s%s", sweep.name, how,
    words == "" and "" or ". It said:\n" .. words)
end

-- How often a point was ended from outside since it last got on, by its checkpoint; or a worker without a point.
local function count_kill(sweep, point, kills)
  local key, stamp = point and point.id or "none", nil
  local run = point and sweep.states:read(point).run
  if run then stamp = core.file_stamp(run .. "/checkpoint.safetensors") end
  local known = kills[key]
  if not known or known.stamp ~= stamp then known = { count = 0, stamp = stamp } end
  known.count = known.count + 1
  kills[key] = known
  return known.count
end

-- A worker has ended: whatever it ran is run again, or has failed.
local function see_end(sweep, worker, kills)
  if worker.how == "exit" and worker.status == workers.done then return end
  local how, from_outside = ending(worker)
  local point = sweep.points[sweep.points.by_id[workers.was_at(sweep.folder, worker) or ""] or 0]
  local count = from_outside and count_kill(sweep, point, kills)
  if count and count <= most_kills then return end
  if not point then cannot_go_on(sweep, worker, how) end
  if count then how = ("%s, %d times (is there too little memory?)"):format(how, count) end
  fail(sweep, point, how)
end

-- Points that are not over and that no other process runs: so many have work for our workers.
local function open_points(sweep, team)
  local count = 0
  for _, point in ipairs(sweep.points) do
    if not is_over(sweep, point) then
      local state, text = sweep.locks:look(point)
      if state == "dead" then sweep.locks:remove(point, text) end
      if state ~= "held" or team:has(sweep.locks.process_of(text)) then count = count + 1 end
    end
  end
  return count
end

-- One look at workers and points. Whether there is more to do.
local function look(sweep, team, told, kills, waits)
  for _, worker in ipairs(team:ended()) do see_end(sweep, worker, kills) end
  for _, point in ipairs(sweep.points) do told(point) end
  if not any_left(sweep) then return false end
  local open = open_points(sweep, team)
  team:fill(open)
  if open == 0 and #team.running == 0 and any_left(sweep) then waits() end
  return true
end

function work.by_workers(sweep, jobs)
  local team <close> = workers.new(sweep.folder, sweep.call, jobs)
  local progress <close> = progress_of(sweep, true)
  local ctrl_c <close> = interrupt()
  local told, kills, waits = teller(sweep, progress), {}, waiter(sweep, progress)
  while not ctrl_c.pressed() do
    local start = core.time()
    if not look(sweep, team, told, kills, waits) then return end
    progress:look()
    core.sleep(math.max(pause, (core.time() - start) / share))
  end
  progress.line:erase()
  errors.note("sweep '%s': waiting for %d run%s to stop and keep where they are; Ctrl-C once more ends them at once",
    sweep.name, #team.running, #team.running == 1 and "" or "s")
  team:interrupt()
  errors.raise("sweep: interrupted")
end

return work
