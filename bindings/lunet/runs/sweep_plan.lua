-- The plan of a sweep, printed instead of running it.
local core = require "lunet.core"
local points = require "lunet.points"
local result_text = require("lunet.sweep_progress").result_text

local most_shown = 60 -- points

-- "net (2) x p (4)" where the points are all combinations; else the names of what varies.
local function shape_text(list)
  local _, varied, count = points.keys(list)
  local parts, product = {}, 1
  for i, key in ipairs(varied) do
    parts[i] = ("%s (%d)"):format(key, count[key])
    product = product * count[key]
  end
  return table.concat(parts, product == #list and " x " or ", ")
end

local words = { new = "to run", again = "failed, to run again", begun = "cut, to go on" }

local function state_text(sweep, point)
  local state = sweep.states:read(point)
  if state.state == "begun" and sweep.locks:look(point) == "held" then return "running" end
  if state.state == "finished" then return "finished: " .. result_text(state.result) end
  if state.state == "failed" then
    return (sweep.retry and "to run again, " or "") .. "failed: " .. (state.error or ""):match("^[^\n]*")
  end
  return words[state.state]
end

local function plan(sweep, jobs)
  local counts = sweep.states:count(sweep.points)
  local left = #sweep.points - counts.finished - (sweep.retry and 0 or counts.failed)
  jobs = math.max(1, math.min(jobs, left))
  print(("sweep '%s' in %s: %d points: %s"):format(sweep.name, sweep.folder, #sweep.points, shape_text(sweep.points)))
  print(("%d finished, %d failed, %d to run, by %d process%s of %d thread%s"):format(counts.finished, counts.failed,
    left, jobs, jobs == 1 and "" or "es", math.max(1, core.threads() // jobs),
    core.threads() // jobs <= 1 and "" or "s"))
  for i, point in ipairs(sweep.points) do
    if i > most_shown then
      print(("... and %d more"):format(#sweep.points - most_shown))
      break
    end
    print(("%4d  %s  %s"):format(i, point.text, state_text(sweep, point)))
  end
  return sweep
end

return plan
