-- Workers: the processes that run the points of a sweep. This file alone knows how they are started: today as processes
-- of this machine. Each runs the script that this process runs, with the same arguments, and two variables that say
-- what it is for: LUNET_SWEEP, the number of the call of ln.sweep that takes points and the sweep's folder, and
-- LUNET_PARENT, whose end it does not survive. Nothing but the sweep's folder connects them, so they may as well be
-- started on other machines that see it.
local core = require "lunet.core"
local errors = require "lunet.errors"

local workers = {}

workers.done = 86 -- exit status of a worker that found no more points to take

-- In a worker: the number of the call and the folder; nil elsewhere.
function workers.task()
  local call, folder = (core.children.task() or ""):match("^(%d+):(.+)$")
  if call then return math.tointeger(tonumber(call)), folder end
end

-- Whether the script that runs can be run again by other processes; else why not.
function workers.can_start()
  if core.at_prompt() then return false, "what was typed at the prompt is not run by other processes" end
  local command = core.children.command()
  for i = 2, #command do
    local word = command[i]
    if word == "-" then break end
    if word:find("^%-[ei]") then return false, ("code given by %s is not run by other processes"):format(word) end
    if word:sub(1, 1) ~= "-" then
      local is_path = word:find("/", 1, true) or word:find("%.lua$")
      if is_path and select(2, core.file.exists(word)) ~= "file" then break end
      return true
    end
  end
  return false, "a script that is read from a pipe is not run by other processes"
end

-- ---- What a worker is at ----

local function path_at(folder, pid)
  return ("%s/workers/%d.at"):format(folder, pid)
end

-- In a worker: it takes a point, or, with nil, has done so. What is left of it tells what ended the process.
function workers.at(folder, point)
  local path = path_at(folder, select(2, core.process()))
  if point then core.write_soon(path, point.id) else os.remove(path) end
end

-- In a worker: an error that ends it. It is told where the parent tells its own, for the disk may be full.
function workers.give_up(folder, why)
  workers.at(folder, nil)
  if not core.interrupted(why) then core.children.tell(("lunet: %s\n"):format(errors.bare(why))) end
  error(why, 0)
end

-- The id of the point that a worker which has ended was at, or nil; said once.
function workers.was_at(folder, worker)
  local path = path_at(folder, worker.pid)
  local ok, id = errors.try(core.read_text, path)
  if ok then os.remove(path) end
  return ok and id or nil
end

-- ---- Starting and ending ----

local Workers = {}
Workers.__index = Workers

local function start(self)
  self.started = self.started + 1
  local _, pid = core.process()
  local log = ("%s/workers/%d-%d.log"):format(self.folder, pid, self.started)
  local worker = core.children.start(self.command, {
    ("LUNET_SWEEP=%d:%s"):format(self.call, self.folder), ("LUNET_PARENT=%d"):format(pid),
    ("LUNET_THREADS=%d"):format(self.threads) }, log)
  self.running[#self.running + 1] = { pid = worker, log = log }
end

-- Up to `jobs` workers that share the threads there are.
function workers.new(folder, call, jobs)
  core.file.make_dir(folder .. "/workers")
  return setmetatable({ folder = folder, call = call, jobs = jobs, threads = math.max(1, core.threads() // jobs),
    command = core.children.command(), running = {}, started = 0 }, Workers)
end

-- As many as there is room for, of `wanted`.
function Workers:fill(wanted)
  for _ = #self.running + 1, math.min(self.jobs, wanted) do errors.within("sweep: ", start, self) end
end

function Workers:has(pid)
  for _, worker in ipairs(self.running) do
    if worker.pid == pid then return true end
  end
  return false
end

-- Those that have ended since: { pid, log, how = "exit" or "signal", status =, signal = its name }.
function Workers:ended()
  local ended, running = {}, {}
  for _, worker in ipairs(self.running) do
    worker.how, worker.status, worker.signal = core.children.ended(worker.pid)
    if worker.how and select(2, core.file_stamp(worker.log)) == 0 then os.remove(worker.log) end
    table.insert(worker.how and ended or running, worker)
  end
  self.running = running
  return ended
end

local patience = 60 -- seconds that workers have to end after Ctrl-C

-- Ctrl-C for all: each ends after what it does now, its checkpoint written. Ctrl-C once more raises here.
function Workers:interrupt()
  for _, worker in ipairs(self.running) do core.children.signal(worker.pid, "interrupt") end
  local start_time = core.time()
  while #self.running > 0 and core.time() - start_time < patience do
    core.sleep(0.05)
    self:ended()
  end
end

-- However the scope is left, none of them is.
function Workers:__close()
  for _, worker in ipairs(self.running) do core.children.signal(worker.pid, "kill") end
  while #self.running > 0 do
    pcall(core.sleep, 0.01)
    self:ended()
  end
end

-- The last lines that a worker printed.
function workers.last_words(worker)
  local ok, text = errors.try(core.read_text, worker.log)
  local lines = {}
  for line in (ok and text or ""):gmatch("[^\r\n]+") do lines[#lines + 1] = line end
  return table.concat(lines, "\n", math.max(1, #lines - 9))
end

return workers
