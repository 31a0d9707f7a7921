-- Asynchronous successive halving: of the points that come to a rung, a step at which all are compared, the better ones
-- go on and the others end.
--
-- Li et al., "A system for massively parallel hyperparameter tuning", MLSys 2020 (arXiv:1810.05934), in the form in
-- which runs are stopped instead of continued later. Rungs are at first, first * factor, first * factor^2, ... A point
-- goes on if it is among the best 1/factor of those that came to its rung so far, the first ones if they are the best.
-- What was decided stays, so that a run which goes on from its checkpoint is told the same.
local core = require "lunet.core"
local errors = require "lunet.errors"
local options = require "lunet.options"

local Halving = {}
Halving.__index = Halving

local page = {
  name = "sweep: asha",
  options = {
    { "first", "number", default = 1, above = 0, help = "the first step at which points are compared" },
    { "factor", "number", default = 3, above = 1, help = "1/factor go on, to a step factor times as far" },
    { "best", "string", required = true, choices = { "max", "min" }, help = "which values are the better ones" },
  },
}

-- From the options of ln.sweep; nil without.
local function new(folder, points, given)
  if not given then return nil end
  local self = options.read(page, given)
  self.folder, self.points = folder .. "/rungs", points
  return setmetatable(self, Halving)
end

local function path_of(self, rung, point)
  return ("%s/%d/%s"):format(self.folder, rung, point.id)
end

-- What a point was decided at a rung: its value, and whether it goes on; nil before.
local function entry_of(self, rung, point)
  local path = path_of(self, rung, point)
  local ok, text = false, nil
  if core.file.exists(path) then ok, text = errors.try(core.read_text, path) end
  local value, goes_on = (ok and text or ""):match("^(%S+) (%a+)")
  return tonumber(value), goes_on == "on"
end

-- Whether a value is among the best 1/factor of those that came to the rung before and itself.
local function is_among_best(self, rung, value)
  if value ~= value then return false end
  local sign = self.best == "max" and 1 or -1
  local count, better = 1, 0
  for _, point in ipairs(self.points) do
    local other = entry_of(self, rung, point)
    if other then
      count = count + 1
      if sign * other > sign * value then better = better + 1 end
    end
  end
  return better < math.max(1, count // self.factor)
end

local function decide(self, rung, point, value)
  local earlier, went_on = entry_of(self, rung, point)
  if earlier then return went_on end
  local goes_on = is_among_best(self, rung, value)
  core.file.make_dir(("%s/%d"):format(self.folder, rung))
  core.file.write(path_of(self, rung, point), ("%.17g %s\n"):format(value, goes_on and "on" or "off"))
  return goes_on
end

-- A judge of one run: f(step, value) tells whether it goes on.
function Halving:judge(point)
  local rung, at = 0, self.first
  return function(step, value)
    while step >= at do
      local goes_on = decide(self, rung, point, value)
      if not goes_on then return false end
      rung, at = rung + 1, at * self.factor
    end
    return true
  end
end

return new
