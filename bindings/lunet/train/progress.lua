-- The progress of a training run on stderr: one line that is rewritten on a terminal, with a small curve of the losses,
-- and one line an epoch elsewhere.
local capabilities = require "lunet.capabilities"
local core = require "lunet.core"
local format = require "lunet.format"
local sparkline = require "lunet.sparkline"
local status_line = require "lunet.status_line"

local Progress = {}
Progress.__index = Progress

-- mode: "auto" (by what stderr is), "line", "epochs" or "none". epochs: how many there will be, math.huge where time
-- ends the run; images: in one epoch; metrics: names of what else is told; before: images that an earlier call has
-- done; most_seconds: how long this one may take, or nil. Closing it leaves the terminal at the start of a line.
local function new(mode, epochs, images, metrics, before, most_seconds)
  if mode == "auto" then mode = status_line.possible() and "line" or "epochs" end
  return setmetatable({
    mode = mode, epochs = epochs, images = images, metrics = metrics, before = before,
    most_seconds = most_seconds or math.huge,
    start = core.time(), line = status_line.new(),
  }, Progress)
end

local function text(self, state)
  local known = self.epochs < math.huge
  local parts = { known and ("epoch %" .. #tostring(self.epochs) .. "d/%d"):format(state.epoch, self.epochs)
    or ("epoch %d"):format(state.epoch) }
  local function add(pattern, value)
    if value then parts[#parts + 1] = pattern:format(value) end
  end
  add("loss %s", format.loss(state.loss))
  add("val %s", state.val_loss and format.loss(state.val_loss))
  for _, name in ipairs(self.metrics) do add(name .. " %s", state[name] and format.loss(state[name])) end
  add("%.0f images/s", state.images_per_second)
  local done = (state.epoch - 1) * self.images + state.seen
  local left, now = self.epochs * self.images - done, done - self.before
  if now > 0 then
    local spent = core.time() - self.start
    add("%s left", format.clock(math.max(math.min(spent * left / now, self.most_seconds - spent), 0)))
  end
  return table.concat(parts, "  ")
end

-- The losses of the last epochs as a small curve, with that of the current one; nil as long as there is no curve.
local function curve_of(history, loss)
  if #history + (loss and 1 or 0) < 2 then return nil end
  return function(width)
    local losses = {}
    for i = math.max(1, #history - width + 1), #history do losses[#losses + 1] = history[i].loss end
    losses[#losses + 1] = loss
    return sparkline.text(losses, width, capabilities.utf8())
  end
end

local function rewrite(self, state, loss)
  self.line:write(text(self, state), state.seen / self.images, curve_of(state.history, loss))
end

-- Within an epoch. state: { epoch, seen, loss, val_loss, images_per_second, history } and metrics; seen: images of this
-- epoch so far; val_loss and metrics are of the epoch before.
function Progress:batch(state)
  if self.mode == "line" and self.line:due() then rewrite(self, state, state.loss) end
end

-- At the end of an epoch.
function Progress:epoch(state)
  if self.mode == "line" then
    rewrite(self, state)
  elseif self.mode == "epochs" then
    io.stderr:write(text(self, state), "\n")
  end
end

-- Leaves the terminal at the start of a line, for whoever else writes there.
function Progress:clear()
  self.line:clear()
end

Progress.__close = Progress.clear

return new
