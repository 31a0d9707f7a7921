-- Pictures in turns in one place, so that the eye sees what differs: until a key is pressed, or Ctrl-C.
local display_of = require "lunet.display"
local keyboard = require "lunet.keyboard"
local shapes = require "lunet.shapes"
local values = require "lunet.values"

local interval = 0.5
local most = 64 -- pictures

-- The numbers of the pictures, and the options with a name for each.
local function named(display)
  local group, numbers, labels = display.group, {}, {}
  for i = 1, math.min(group.n, most) do
    labels[i] = ("%d of %d"):format(i, group.n)
    if group.at(i) then numbers[#numbers + 1] = i end
  end
  local given = display.labels or group.rows
  return numbers, given and display.o or setmetatable({ labels = labels }, { __index = display.o })
end

-- Every picture with what is told of it, all in the same size and colours.
local function frames_of(display)
  local numbers, o = named(display)
  local one, frames = display_of(display.group, o, numbers), {}
  local title = o.title and o.title .. "\27[K\n" or ""
  for k, i in ipairs(numbers) do
    local row, x = one:row({ i }, true), display.group.at(i)
    local below = one:below(1, values.facts{ x }, shapes.text(x.shape))
    frames[k] = { text = title .. row.text .. below.text:gsub("\n", "\27[K\n"),
      rows = (title == "" and 0 or 1) + row.rows + below.rows }
  end
  return frames
end

local function most_rows(frames)
  local rows = 0
  for _, frame in ipairs(frames) do rows = math.max(rows, frame.rows) end
  return rows
end

-- Back to the beginning of a frame; kitty's picture there is taken away, which would lie below the next one.
local function back(display, rows)
  return ("\27[%dA\r"):format(rows) .. (display.device.name == "kitty" and "\27_Ga=d,d=C\27\\" or "")
end

return function(display)
  local frames = frames_of(display)
  local rows, i = most_rows(frames), 0
  keyboard.control("\27[?25l", "\27[?25h\27[0m", function(keys)
    repeat
      local frame = frames[i % #frames + 1]
      io.stdout:write(i > 0 and back(display, rows) or "", frame.text, ("\27[K\n"):rep(rows - frame.rows))
      io.stdout:flush()
      i = i + 1
    until keys:read(interval)
  end)
end
