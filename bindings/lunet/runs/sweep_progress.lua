-- The progress of a sweep on stderr: a line for each point, and on a terminal one that is rewritten, of all.
local core = require "lunet.core"
local format = require "lunet.format"
local points = require "lunet.points"
local mean_of = require("lunet.sweep_table").mean_of
local status_line = require "lunet.status_line"

local Progress = {}
Progress.__index = Progress

-- mode: "auto", "line" (rewritten), "points" (a line for each) or "none". alone: whether nothing else writes to stderr.
-- done: how many of the `total` points were over before.
local function new(mode, total, done, alone)
  if mode == "auto" then mode = status_line.possible() and alone and "line" or "points" end
  return setmetatable({ mode = mode, total = total, done = done, before = done, failed = 0, start = core.time(),
    line = status_line.new() }, Progress)
end

-- "3:12 left", from the points of this call.
local function left_text(self)
  local now = self.done - self.before
  if now == 0 or self.done == self.total then return nil end
  return format.clock((core.time() - self.start) * (self.total - self.done) / now) .. " left"
end

local function count_text(self)
  return ("%" .. #tostring(self.total) .. "d/%d"):format(self.done, self.total)
end

local function all_text(self)
  local parts = { "sweep", count_text(self) }
  if self.failed > 0 then parts[#parts + 1] = self.failed .. " failed" end
  parts[#parts + 1] = left_text(self)
  return table.concat(parts, "  ")
end

-- The numbers of a result, with the digits that matter; lists of them by their mean.
local function result_text(result)
  local parts = {}
  for _, name in ipairs(points.sorted_keys(result)) do
    local value = result[name]
    if type(value) == "table" then value = mean_of(value) end
    if value ~= nil then
      parts[#parts + 1] = ("%s %s"):format(name, type(value) == "number" and ("%.4g"):format(value) or tostring(value))
    end
  end
  return table.concat(parts, ", ")
end


local function point_text(point, state)
  if state.state == "failed" then
    return ("%s  failed: %s"):format(point.text, (state.error or ""):match("^[^\n]*"))
  end
  local stopped = state.stopped and (" (stopped at step %d)"):format(state.stopped) or ""
  return ("%s  %s%s  %.1f s"):format(point.text, result_text(state.result), stopped, state.seconds or 0)
end

-- A point is over.
function Progress:point(point, state)
  self.done = self.done + 1
  local failed = state.state == "failed"
  if failed then self.failed = self.failed + 1 end
  if self.mode == "points" or failed and self.mode == "line" then
    self.line:erase()
    local left = left_text(self)
    io.stderr:write(("%s  %s%s\n"):format(count_text(self), point_text(point, state), left and "  " .. left or ""))
  end
  self:look()
end

-- Nothing new, but time goes on.
function Progress:look()
  if self.mode == "line" and self.line:due() then self.line:write(all_text(self), self.done / self.total) end
end

-- The line stays, as it is now.
function Progress:stop()
  if self.mode ~= "line" then return end
  self.line:write(all_text(self), self.done / self.total)
  self.line:clear()
end

Progress.__close = Progress.stop

return { new = new, result_text = result_text }
