-- Numbers about what a layer gives or has learnt, as lines of text: moments, what is 0 or not finite, a histogram.
local capabilities = require "lunet.capabilities"
local shapes = require "lunet.shapes"

local statistics = {}

local function number(x)
  return ("%.4g"):format(x)
end

-- Channels of N,C,... that are 0 everywhere.
local function dead_channels(x)
  local n = 0
  for c = 1, x.shape[2] do
    if not x:narrow(2, c, 1):any() then n = n + 1 end
  end
  return n
end

local function percent(part, whole)
  return ("%.3g %%"):format(100 * part / whole)
end

-- The finite values, in one dimension; nil where there are none.
local function finite(x)
  local flat = x:reshape{ -1 }
  if not flat:nonfinite() then return flat end
  local mask = flat:isfinite()
  return mask:any() and flat[mask] or nil
end

-- { { name, value }, ... } of a tensor. channels: of N,C,...: it is what a layer gives.
function statistics.rows(x, channels)
  local values, all = finite(x), #x:reshape{ -1 }
  local out = { { "shape", shapes.text(x.shape) } }
  local function add(name, value) out[#out + 1] = { name, value } end
  if values then
    add("mean", number(values:mean()))
    add("sd", number(values:std()))
    add("min", number(values:min()))
    add("max", number(values:max()))
  end
  add("zero", percent(all - math.tointeger(x:count_nonzero()), all))
  if channels then add("dead maps", ("%d of %d"):format(dead_channels(x), x.shape[2])) end
  add("NaN", tostring(math.tointeger(x:isnan():sum())))
  local infinite = math.tointeger(x:isinf():sum())
  if infinite > 0 then add("infinite", tostring(infinite)) end
  return out, values
end

-- Columns of eighths of a block, or of # where there is ASCII alone.
local function column_character(eighths, with_utf8)
  if eighths <= 0 then return " " end
  if not with_utf8 then return eighths >= 4 and "#" or "." end
  return utf8.char(0x2580 + math.min(eighths, 8))
end

-- "-0.1   without zeros   0.2": the ends, and the note between them where there is room.
local function ends(low, high, note, columns)
  local room = columns - #low - #high
  local before = (room - #note) // 2
  if note == "" or before < 1 then return low .. (" "):rep(math.max(1, room)) .. high end
  return low .. (" "):rep(before) .. note .. (" "):rep(room - before - #note) .. high
end

-- A histogram of so many columns and rows above the line of its ends. What there is of a bin is seen, however little.
local function histogram(values, columns, rows, note)
  local counts = values:histogram{ bins = columns }:totable()
  local most, lines, with_utf8 = math.max(table.unpack(counts)), {}, capabilities.utf8()
  for row = rows, 1, -1 do
    local line = {}
    for i, count in ipairs(counts) do
      local eighths = math.ceil(count / most * rows * 8) - (row - 1) * 8
      line[i] = column_character(eighths, with_utf8)
    end
    lines[#lines + 1] = table.concat(line)
  end
  lines[#lines + 1] = ends(number(values:min()), number(values:max()), note, columns)
  return lines
end

local cell_columns = 20

-- Names and values below each other in as many columns as fit.
local function cells(rows, columns)
  local out, per_line = {}, math.max(1, columns // cell_columns)
  for i, row in ipairs(rows) do
    local text = ("  %s %s"):format(row[1], row[2])
    local line = (i - 1) // per_line + 1
    if (i - 1) % per_line == 0 then out[line] = text
    else out[line] = out[line] .. (" "):rep((i - 1) % per_line * cell_columns - #out[line]) .. text end
  end
  return out
end

-- The values without zeros, where these would be all that is seen.
local function without_zeros(values)
  local mask = values:ne(0)
  local share = mask:mean()
  if share > 0.75 or share == 0 then return values, "" end
  return values[mask], "without zeros"
end

local fewest = 100 -- values of which there is a histogram

-- { lines = what is told of one tensor in so many columns, values = what a histogram would be of, or nil, note = }
function statistics.about(name, x, channels, columns)
  local rows, values = statistics.rows(x, channels)
  local out = { lines = cells(rows, columns) }
  table.insert(out.lines, 1, name)
  if not values then
    out.lines[#out.lines + 1] = "  no value is finite"
  elseif #values >= fewest then
    local seen, note = without_zeros(values)
    if seen:min() < seen:max() then out.values, out.note = seen, note end
  end
  return out
end

-- All lines about several tensors, { { name, x, channels }, ... }: histograms are as high as there is room.
function statistics.lines(list, columns, height)
  local parts, taken, histograms, out = {}, 0, 0, {}
  for i, one in ipairs(list) do
    parts[i] = statistics.about(one[1], one[2], one[3], columns)
    taken, histograms = taken + #parts[i].lines, histograms + (parts[i].values and 1 or 0)
  end
  local rows = histograms > 0 and math.min(6, (height - taken) // histograms - 1) or 0
  for _, part in ipairs(parts) do
    table.move(part.lines, 1, #part.lines, #out + 1, out)
    local drawn = part.values and rows > 0
      and histogram(part.values, math.max(8, math.min(columns - 3, 60)), rows, part.note)
    for _, line in ipairs(drawn or {}) do out[#out + 1] = "  " .. line end
  end
  return out
end

return statistics
