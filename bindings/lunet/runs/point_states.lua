-- What a sweep knows of its points: one file a point in the sweep's folder, written atomically by who holds the point's
-- lock.
--
--   { point = { net = "unet", seed = 1 }, state = "finished", run = "runs/...", script = hash, result = { ssim = ... },
--     seconds =, ... }
--
-- States: "begun" (it runs, or was cut), "finished", "failed" (with `error`), "again" (failed once, and is run again).
-- A point without a file is "new". `open` is true from the end of the run until its record says so too.
local core = require "lunet.core"
local errors = require "lunet.errors"
local json = require "lunet.json"

local States = {}
States.__index = States

local function new(folder)
  return setmetatable({ folder = folder, known = {} }, States)
end

function States:path(point)
  return ("%s/points/%s.json"):format(self.folder, point.id)
end

local valid = { begun = true, finished = true, failed = true, again = true }

local function parse(text)
  local state = json.unpacked(json.decode(text))
  if type(state) ~= "table" or not valid[state.state] then error("no state of a point", 0) end
  if state.state == "finished" and type(state.result) ~= "table" then error("'result' is missing", 0) end
  return state
end

-- A file that cannot be understood is kept under another name.
local function put_aside(path, why)
  os.rename(path, path .. ".damaged")
  errors.note("sweep: '%s' is damaged: %s; it is kept as '%s.damaged', and the point is run again", path,
    errors.bare(why), path)
end

-- What the file of a point says now.
function States:read(point)
  local known = self.known[point.id]
  if known then return known end
  local path = self:path(point)
  if not core.file.exists(path) then return { state = "new" } end
  local ok, text = errors.try(core.read_text, path)
  if not ok then -- it may have gone or be replaced meanwhile
    if not core.file.exists(path) then return { state = "new" } end
    errors.raise("sweep: %s", errors.bare(text))
  end
  local parsed, state = errors.try(parse, text)
  if not parsed then
    put_aside(path, state)
    return { state = "new" }
  end
  if state.state == "finished" and not state.open then self.known[point.id] = state end -- it stays so
  return state
end

-- soon: do not wait until it is on the disk.
function States:write(point, state, soon)
  state.point = point.plain
  local write = soon and core.write_soon or core.file.write
  write(self:path(point), json.encode(json.packed(state)) .. "\n")
end

-- Whether there is nothing left to do.
function States.is_over(state)
  return state.state == "finished" or state.state == "failed"
end

-- How many points are in each state.
function States:count(points)
  local counts = { new = 0, begun = 0, finished = 0, failed = 0, again = 0 }
  for _, point in ipairs(points) do
    local state = self:read(point).state
    counts[state] = counts[state] + 1
  end
  return counts
end

return new
