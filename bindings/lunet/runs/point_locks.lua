-- Locks of points: who holds one runs the point. They are files in the sweep's folder, so processes on several machines
-- that share it need nothing else.
--
-- The holder's file says where it runs and which process it is, and has a count that grows every 5 s. A lock is dead
-- once its content has stayed the same for 60 s of the clock of whoever waits for it, or at once where its process can
-- be seen to have ended, on the same machine.
local core = require "lunet.core"
local errors = require "lunet.errors"

local Locks = {}
Locks.__index = Locks

local every, patience = 5, 60 -- seconds

local function new(folder)
  return setmetatable({ folder = folder, seen = {} }, Locks)
end

local function path_of(self, point)
  return ("%s/locks/%s.lock"):format(self.folder, point.id)
end

local machine = core.children.machine()

-- "machine pid birth": a process, told from later ones with its number.
local function holder_text()
  local _, pid = core.process()
  return ("%s %d %d"):format(machine, pid, core.children.born(pid) or 0)
end

-- The process that a lock's text names, if it is one of this machine: its number, and whether it lives.
function Locks.process_of(text)
  local where, pid, born = text:match("^(%S+) (%d+) (%d+) ")
  if where ~= machine then return nil end
  pid = math.tointeger(tonumber(pid))
  return pid, core.children.born(pid) == math.tointeger(tonumber(born))
end

-- Whether a lock that says this is dead, as far as one can tell now.
local function is_dead(self, path, text)
  local pid, lives = Locks.process_of(text)
  if pid and not lives then return true end
  local seen, now = self.seen[path], core.time()
  if not seen or seen.text ~= text then
    self.seen[path] = { text = text, since = now }
    return false
  end
  return now - seen.since >= patience
end

-- The state of a point's lock: "free", "held" or "dead", and what its file says.
function Locks:look(point)
  local path = path_of(self, point)
  local text = core.lock.read(path)
  if not text then return "free" end
  return is_dead(self, path, text) and "dead" or "held", text
end

-- Remove a dead lock that said this.
function Locks:remove(point, text)
  core.lock.remove(path_of(self, point), text, self.folder .. "/locks/removing")
end

-- The lock of a point, or nil where another process holds it. Closing it gives it back.
function Locks:take(point)
  local path = path_of(self, point)
  local state, text = self:look(point)
  if state == "held" then return nil end
  if state == "dead" then self:remove(point, text) end
  return errors.within("sweep: ", core.lock.take, path, holder_text(), every)
end

-- Remove what dead processes have left.
function Locks:tidy()
  local folder = self.folder .. "/locks"
  for _, name in ipairs(core.file.exists(folder) and core.list_folder(folder) or {}) do
    local point = { id = name:match("^(%x+)%.lock$") }
    local state, text = "free", nil
    if point.id then state, text = self:look(point) end
    if state == "dead" then self:remove(point, text) end
  end
end

-- Whether a lock is still held: a process that was stopped for long may have lost it to another.
function Locks.holds(lock)
  return core.lock.held(lock)
end

return new
