-- The progress of a training run on stderr: one line that is rewritten on a terminal, one line an epoch elsewhere.
local core = require "lunet.core"
local format = require "lunet.format"

local Progress = {}
Progress.__index = Progress

local interval = 0.1 -- seconds between two rewrites of the line

-- 75 -> "1:15", 4000 -> "1:06:40"
local function clock(seconds)
  local s = math.floor(seconds + 0.5)
  if s >= 3600 then return ("%d:%02d:%02d"):format(s // 3600, s // 60 % 60, s % 60) end
  return ("%d:%02d"):format(s // 60, s % 60)
end

-- Whether stderr is a terminal that can rewrite a line.
local function can_rewrite()
  local term = os.getenv("TERM")
  return core.file.is_tty(2) and term ~= nil and term ~= "" and term ~= "dumb"
end

-- mode: "auto" (by what stderr is), "line", "epochs" or "none". images: in one epoch; metrics: names of what else is
-- told; before: images that an earlier call has done. Closing it leaves the terminal at the start of a line.
local function new(mode, epochs, images, metrics, before)
  if mode == "auto" then mode = can_rewrite() and "line" or "epochs" end
  return setmetatable({
    mode = mode, epochs = epochs, images = images, metrics = metrics, before = before,
    start = core.time(), shown = 0, open = false,
  }, Progress)
end

local function text(self, state)
  local parts = { ("epoch %" .. #tostring(self.epochs) .. "d/%d"):format(state.epoch, self.epochs) }
  local function add(pattern, value)
    if value then parts[#parts + 1] = pattern:format(value) end
  end
  add("loss %s", format.loss(state.loss))
  add("val %s", state.val_loss and format.loss(state.val_loss))
  for _, name in ipairs(self.metrics) do add(name .. " %s", state[name] and format.loss(state[name])) end
  add("%.0f images/s", state.images_per_second)
  local done = (state.epoch - 1) * self.images + state.seen
  local left, now = self.epochs * self.images - done, done - self.before
  if now > 0 then add("%s left", clock((core.time() - self.start) * left / now)) end
  return table.concat(parts, "  ")
end

-- "[=====>    ]" of the given width.
local function bar(share, width)
  local filled = math.floor(share * width)
  return "[" .. ("="):rep(filled) .. (filled < width and ">" or "") .. (" "):rep(width - filled - 1) .. "]"
end

local function rewrite(self, state)
  local columns = (core.file.columns() or 80) - 3 -- room for the ^C that a terminal echoes
  local line = text(self, state)
  local room = math.min(columns - #line - 4, 20)
  if room >= 6 then line = line .. "  " .. bar(state.seen / self.images, room) end
  io.stderr:write("\r", line:sub(1, columns), "\27[K")
  io.stderr:flush()
  self.open = true
end

-- Within an epoch. state: { epoch, seen, loss, val_loss, images_per_second } and metrics; seen: images of this epoch so
-- far; val_loss and metrics are of the epoch before.
function Progress:batch(state)
  if self.mode ~= "line" then return end
  local now = core.time()
  if now - self.shown < interval then return end
  self.shown = now
  rewrite(self, state)
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
  if self.open then io.stderr:write("\n") end
  self.open = false
end

Progress.__close = Progress.clear

return new
