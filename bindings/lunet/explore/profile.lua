-- Values along a row or a column of images, as lines below them.
local errors = require "lunet.errors"
local plot = require "lunet.plot"

local profile = {}

local most = 8 -- lines, which colours tell apart
local height = 7 -- lines without axes and names
profile.rows = height + 5

-- { dimension of C,H,W, number, what the place along it is called }; nil where none is asked for.
local function line_of(o)
  if o.row and o.column then errors.raise("show: either option 'row' or 'column', not both") end
  if o.row then return { 2, o.row, "row", "column" } end
  return o.column and { 3, o.column, "column", "row" } or nil
end

-- The values of an image along the line; of colours their mean.
local function along(x, i, line)
  local size = x.shape[line[1]]
  if line[2] > size then
    errors.raise("show: option '%s' must be 1 to %d, the %ss of image %d, got %d", line[3], size, line[3], i, line[2])
  end
  return x:mean(1):narrow(line[1] - 1, line[2], 1):reshape{ -1 }
end

-- What is drawn of the pictures that a display shows: options of ln.plot; nil where no line is asked for.
function profile.of(display, o)
  local line = line_of(o)
  if not line then return nil end
  local group, series = display.group, {}
  for i = 1, group.n do
    local x = #series < most and group.at(i)
    local name = display.labels and not group.rows and display.labels[i] or group.n > 1 and tostring(i) or nil
    if x then series[#series + 1] = { y = along(x, i, line), name = name } end
  end
  return { series = series, x_label = ("%s, in %s %d"):format(line[4], line[3], line[2]), height = height,
    width = display.space and math.max(20, math.min(display.space.columns, 1000)), text = o.text }
end

-- Draws it, or returns its text. There may be nothing to draw.
function profile.draw(given)
  local any = false
  for _, s in ipairs(given.series) do any = any or s.y:isfinite():any() end
  if any then return plot(given) end
  local text = ("(%s: no value is finite)"):format(given.x_label)
  if given.text then return text end
  print(text)
end

return profile
