-- Where pictures go in the characters that there are: pictures of one size in lines, as large as fits, and small ones
-- enlarged by whole factors. Sizes of pictures are in pixels; scale is units a pixel, see device.lua for units.
local layout = {}

-- Whether pictures are shown in characters that stand for more than a pixel: then one that is shrunk may fill them.
local function fills(device, scale)
  return scale < 1 and device.pixels.width ~= device.cell.width
end

-- What a picture of h x w pixels takes in characters.
function layout.cells(device, h, w, scale)
  local columns, rows = w * scale / device.cell.width, h * scale / device.cell.height
  if fills(device, scale) then return math.max(1, math.floor(columns + 0.5)), math.max(1, math.floor(rows + 0.5)) end
  return math.max(1, math.ceil(columns - 1e-6)), math.max(1, math.ceil(rows - 1e-6))
end

-- Height and width of a picture in the device's own pixels.
function layout.pixels(device, h, w, scale)
  local pixels, cell = device.pixels, device.cell
  if fills(device, scale) then
    local columns, rows = layout.cells(device, h, w, scale)
    return rows * pixels.height, columns * pixels.width
  end
  return math.max(1, math.floor(h * scale * pixels.height / cell.height + 0.5)),
    math.max(1, math.floor(w * scale * pixels.width / cell.width + 0.5))
end

-- The rows of one line of pictures, with its labels, or with the gap to the line below it; the last has none.
function layout.line_rows(device, space, h, w, scale, last)
  local _, rows = layout.cells(device, h, w, scale)
  if space.labels then return rows + 1 end
  if last then return rows end
  return math.ceil((math.max(h * scale, fills(device, scale) and rows * device.cell.height or 0) + device.line_gap)
    / device.cell.height - 1e-6)
end

-- Small images are enlarged to the usual size.
local function usual_scale(device, h, w)
  return math.max(1, device.usual // math.max(h, w))
end

-- n pictures in lines of so many: with the largest scale of those that fit and are useful, or asked for.
local function arrangement(device, space, h, w, n, per_row)
  local lines = math.ceil(n / per_row)
  local columns = (space.columns - device.gap * (per_row - 1)) // per_row
  local rows = space.rows // lines - (space.labels and 1 or 0)
  local height = rows * device.cell.height - (lines > 1 and not space.labels and device.line_gap or 0)
  local scale = math.min(columns * device.cell.width / w, height / h, space.scale or usual_scale(device, h, w))
  if scale >= 1 then scale = math.floor(scale + 1e-9) end
  return { scale = scale, per_row = per_row, lines = lines, count = n }
end

-- As many in a line as are asked for, and as there are, and as fit with a character each.
local function asked_for(device, space, n)
  return math.max(1, math.min(space.per_row, n, (space.columns + device.gap) // (1 + device.gap)))
end

-- How many pictures fit in a line, and how many lines, at the least scale that is worth its place.
local function capacity(device, space, h, w)
  local scale = math.min(1, device.least / math.max(h, w))
  local columns = layout.cells(device, h, w, scale)
  return math.max(1, (space.columns + device.gap) // (columns + device.gap)),
    math.max(1, space.rows // layout.line_rows(device, space, h, w, scale, false))
end

-- One picture at least is shown, however little room there is.
local function at_least_one(device, arranged, h, w)
  if arranged.scale > 0 then return arranged end
  arranged.scale = math.min(device.cell.width / w, device.cell.height / h)
  return arranged
end

-- n pictures of h x w in the space { columns, rows, labels = whether each line has a row of labels, scale = at most,
-- per_row = as asked for }: { scale, per_row, lines, count = how many are shown }.
function layout.flow(device, space, h, w, n)
  local per_row, lines = capacity(device, space, h, w)
  local first, last, found = 1, math.min(n, per_row), nil
  if space.per_row then
    per_row = asked_for(device, space, n)
    first, last = per_row, per_row
  end
  local count = math.min(n, per_row * lines)
  for one = last, first, -1 do -- where several give the same scale, that of the fewest lines, evenly filled
    local arranged = arrangement(device, space, h, w, count, one)
    if not found or arranged.scale > found.scale or arranged.scale == found.scale and arranged.lines == found.lines then
      found = arranged
    end
  end
  return at_least_one(device, found, h, w)
end

-- The same of pictures that belong in rows and columns.
function layout.matrix(device, space, h, w, rows, columns)
  local per_row, lines = capacity(device, space, h, w)
  per_row = space.per_row and asked_for(device, space, columns) or math.min(columns, per_row)
  lines = math.min(rows, lines)
  return at_least_one(device, arrangement(device, space, h, w, per_row * lines, per_row), h, w)
end

return layout
