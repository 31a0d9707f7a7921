-- The screen of browse: layers at the left, or above where it is narrow, and beside them what is looked at.
local capabilities = require "lunet.capabilities"
local caption = require "lunet.caption"
local display_of = require "lunet.display"
local format = require "lunet.format"
local shapes = require "lunet.shapes"
local statistics = require "lunet.layer_statistics"
local values = require "lunet.values"

local view = {}

local bold, inverse, plain = "\27[1m", "\27[7m", "\27[0m"

local function padded(text, columns)
  text = caption.cut(text, columns)
  return text .. (" "):rep(columns - (utf8.len(text) or #text))
end

-- ---- The layers ----

-- { { name, shape, parameters }, ... } and the width of each column.
local function rows_of(browsed)
  local rows, widths = {}, { 5, 6, 10 }
  for i, layer in ipairs(browsed.layers) do
    rows[i] = { layer.name, shapes.text(layer.out), format.grouped(layer.parameters) }
    for c = 1, 3 do widths[c] = math.max(widths[c], #rows[i][c]) end
  end
  return rows, widths
end

-- The list in so many rows, those around the selected one, each of one width.
local function list_of(browsed, columns, height)
  local rows, widths = rows_of(browsed)
  widths[1] = math.max(4, math.min(widths[1], columns - widths[2] - widths[3] - 6))
  local function line(mark, row)
    return padded(("%s%s  %s  %s"):format(mark, padded(row[1], widths[1]), padded(row[2], widths[2]),
      (" "):rep(widths[3] - #row[3]) .. row[3]), columns)
  end
  local out = { bold .. line("  ", { "layer", "output", "parameters" }) .. plain }
  local seen = height - 1
  local first = math.max(1, math.min(browsed.selected - seen // 2, #rows - seen + 1))
  for i = first, math.min(#rows, first + seen - 1) do
    local chosen = i == browsed.selected
    out[#out + 1] = (chosen and inverse or "") .. line(chosen and "> " or "  ", rows[i]) .. plain
  end
  return out
end

local function list_width(browsed)
  local _, widths = rows_of(browsed)
  return math.min(widths[1], 20) + widths[2] + widths[3] + 6
end

-- ---- What is looked at ----

local function nothing(browsed)
  return { { text = ("%s has no weights of its own"):format(browsed:layer().name), rows = 1 } }
end

-- Values that the colours' ends mean: of all planes, so that pages can be compared.
local function range_of(browsed, group, planes)
  if browsed.each then return "each" end
  local facts = values.facts{ planes }
  return facts.low and values.range(facts, { symmetric = group.signed }) or nil
end

-- The first page of a layer says how large pictures are, and how many there are to a page.
local function displayed(browsed, group, planes, columns, height)
  local o = { width = columns, height = math.max(1, height - 3), range = range_of(browsed, group, planes) }
  if browsed.page then o.columns, o.scale = browsed.per_row, browsed.scale end
  local display = display_of(group, o)
  if not browsed.page and display.device then
    browsed.page, browsed.per_row, browsed.scale = #display.shown, display.arranged.per_row, display.arranged.scale
  end
  return display
end

-- "conv2d_1: maps 1 to 8 of 64", and the pictures.
local function picture_parts(browsed, columns, height)
  local group, n, planes = browsed:group()
  browsed.total = n
  if not group then return nothing(browsed) end
  local display = displayed(browsed, group, planes, columns, height)
  if not display.device then return { { text = display:line(), rows = 1 } } end
  local of_image = browsed.mode == "maps" and browsed.images > 1
    and (", image %d of %d"):format(browsed.image, browsed.images) or ""
  local title = ("%s: %s %d to %d of %d%s"):format(browsed:layer().name, browsed.mode, browsed.offset + 1,
    browsed.offset + #display.shown, n, of_image)
  local parts = display:parts()
  table.insert(parts, 1, { text = bold .. caption.cut(title, columns) .. plain, rows = 1 })
  return parts, display.device
end

local function statistics_parts(browsed, columns, height)
  local maps, out = browsed:maps(), {}
  local list = { { browsed:layer().name .. " gives", maps, #maps.shape > 1 } }
  for _, entry in ipairs(browsed:parameters()) do list[#list + 1] = { entry.name, entry.tensor, false } end
  for i, line in ipairs(statistics.lines(list, columns, height)) do
    local text = caption.cut(line, columns)
    out[i] = { text = line:find("^ ") and text or bold .. text .. plain, rows = 1 }
  end
  browsed.total = nil
  return out
end

-- ---- The screen ----

view.without_pictures = "\27_Ga=d\27\\" -- kitty's

local function at(row, column)
  return ("\27[%d;%dH"):format(row, column)
end

-- Parts below each other from a place on, as far as there are rows. A part's lines are cut at its line breaks, and a
-- picture of pixels, which is one line, takes the rows that are left of the part's.
local function placed(parts, row, column, height)
  local out, last = {}, row + height - 1
  for _, part in ipairs(parts) do
    local next_row = row + part.rows
    for line in part.text:gmatch("[^\n]+") do
      if row > last then return table.concat(out) end
      out[#out + 1] = at(row, column) .. line
      row = row + 1
    end
    row = math.max(row, next_row)
  end
  return table.concat(out)
end

local function header(browsed, columns)
  local n = 0
  for _, layer in ipairs(browsed.layers) do n = n + layer.parameters end
  local input = browsed.net.input_shape
  local text = (" %d layers, %s parameters, input %s%s"):format(#browsed.layers, format.grouped(n),
    type(input[1]) == "table" and #input .. " tensors" or shapes.text(input), browsed.made and " (made up)" or "")
  return inverse .. padded(text, columns) .. plain
end

local footers = {
  " up/down layer  left/right page  m maps  w weights  s statistics  e each its own range  q quit",
  " j/k layer  h/l page  m maps  w weights  s statistics  e each its range  q quit",
  " jk layer hl page m maps w weights s statistics q quit",
  " jk layer  hl page  maps weights statistics quit",
  " j k h l m w s q",
}

local function footer(browsed, columns)
  local told
  for i = #footers, 1, -1 do
    local text = browsed.images > 1 and footers[i]:gsub("(%s+)q", "%1n/p image%1q", 1) or footers[i]
    if #text <= columns or not told then told = text end
  end
  return inverse .. padded(told, columns) .. plain
end

-- The whole screen, written at once so that nothing flickers. anew: the size has changed.
function view.text(browsed, anew)
  local columns, rows = capabilities.columns(), capabilities.rows()
  local beside = columns >= 72
  local left = beside and list_width(browsed) or columns
  local list_rows = beside and rows - 2 or math.min(#browsed.layers + 1, math.max(2, (rows - 2) // 3))
  local column, first = beside and left + 3 or 1, beside and 2 or 2 + list_rows
  local width, height = columns - column + 1, rows - first
  local parts, device
  if browsed.mode == "statistics" then parts = statistics_parts(browsed, width, height)
  else parts, device = picture_parts(browsed, width, height) end
  local pixels = device and device.name ~= "symbols"
  local out = { "\27[?2026h\27[H", (anew or pixels) and "\27[2J" or "" }
  if device and device.name == "kitty" then out[#out + 1] = view.without_pictures end
  out[#out + 1] = header(browsed, columns)
  local list = list_of(browsed, left, list_rows)
  for row = 2, rows - 1 do out[#out + 1] = at(row, 1) .. (list[row - 1] or "") .. "\27[K" end
  out[#out + 1] = placed(parts, first, column, height)
  out[#out + 1] = at(rows, 1) .. footer(browsed, columns) .. "\27[?2026l"
  return table.concat(out)
end

return view
