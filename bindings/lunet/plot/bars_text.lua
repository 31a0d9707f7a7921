-- Bars as text: a line for each value, with its name at the left and the number at the right.
local axis = require "lunet.axis"
local bar_entries = require "lunet.bar_entries"
local frame = require "lunet.plot_frame"
local glyphs_of = require("lunet.glyphs").of
local paint = require "lunet.paint"

-- Lines { name, series' name, value, text, colour }.
local function lines_of(entries, series, with_utf8)
  local out, next_text = {}, bar_entries.texts(entries)
  local function clean(text) return frame.clean(text, with_utf8) end
  for _, entry in ipairs(entries) do
    for i, value in ipairs(entry.values) do
      out[#out + 1] = { i == 1 and clean(entry.label) or "", series and clean(series[i]) or "", value,
        clean(with_utf8 and next_text() or next_text():gsub("±", "+-")), (i - 1) % 8 + 1 }
    end
  end
  return out
end

local function widest(lines, key)
  local most = 0
  for _, line in ipairs(lines) do most = math.max(most, frame.length(line[key])) end
  return most
end

-- A bar from 0, or where the axis begins, and the upper part of its interval. To the left of 0 it ends at whole cells.
local function bar(range, value, room, glyphs)
  local mean, _, high = bar_entries.ends_of(value)
  if not axis.drawable(mean) then return "", "" end
  local steps = #glyphs.horizontal
  local function place(number) return math.max(0, math.min(axis.at(range, number), 1)) * room end
  local zero = math.floor(place(math.max(0, range.low)) + 0.5)
  if mean < 0 then
    local first = math.floor(place(mean) + 0.5)
    return (" "):rep(first) .. glyphs.horizontal[steps]:rep(zero - first), ""
  end
  local parts = math.floor((place(mean) - zero) * steps + 0.5)
  if parts <= 0 and mean > math.max(0, range.low) then parts = 1 end
  parts = math.max(parts, 0)
  local text = glyphs.horizontal[steps]:rep(parts // steps)
  if parts % steps > 0 then text = text .. glyphs.horizontal[parts % steps] end
  local used = zero + (parts + steps - 1) // steps
  local last = axis.drawable(high) and math.ceil(place(high)) or 0
  local whisker = last > used and glyphs.whisker:rep(last - used - 1) .. glyphs.whisker_end or ""
  return (" "):rep(zero) .. text, whisker
end

local function padded(text, width)
  return text .. (" "):rep(width - frame.length(text))
end

-- How wide the parts of a line are: { names, kinds, numbers, room for the bar }, in columns.
local function layout(lines, width)
  local l = { numbers = math.min(widest(lines, 4), width // 2) }
  l.kinds = math.min(widest(lines, 2), width // 5)
  if l.kinds > 0 then l.kinds = l.kinds + 2 end
  local left = width - l.numbers - l.kinds - 3 -- between and behind them
  l.names = math.min(widest(lines, 1), math.max(width // 3, 4), math.max(left - 4, 1))
  l.room = math.max(left - l.names, 1)
  return l
end

-- A title above the bars, or beside them where it is long.
local function title_line(title, l, size, glyphs)
  title = frame.shortened(frame.clean(title, size.utf8), size.width, glyphs)
  local middle = l.names + 2 + l.kinds + math.max(0, l.room - frame.length(title)) // 2
  return (" "):rep(math.min(size.width - frame.length(title), middle)) .. paint.bold(title, size.colours)
end

-- entries: of bar_entries.read; o: { series = names of several values, from, title, x_label }
return function(entries, o, size)
  local glyphs, range = glyphs_of(size.utf8), bar_entries.range(entries, o.from)
  local lines, out = lines_of(entries, o.series, size.utf8), {}
  local l = layout(lines, size.width)
  if o.title then out[1] = title_line(o.title, l, size, glyphs) end
  for _, line in ipairs(lines) do
    local drawn, whisker = bar(range, line[3], l.room, glyphs)
    local number = frame.shortened(line[4], l.numbers, glyphs)
    local head = padded(frame.shortened(line[1], l.names, glyphs), l.names) .. "  "
      .. padded(frame.shortened(line[2], l.kinds - 2, glyphs), l.kinds)
    local gap = l.room + 1 - frame.length(drawn) - frame.length(whisker) + l.numbers - frame.length(number)
    local spaces, rest = drawn:match("^( *)(.*)$")
    out[#out + 1] = head .. spaces .. paint.text(rest, line[5], size.colours) .. whisker .. (" "):rep(gap) .. number
  end
  if o.x_label then
    local left = l.names + 2 + l.kinds
    out[#out + 1] = (" "):rep(left) .. frame.shortened(frame.clean(o.x_label, size.utf8), size.width - left, glyphs)
  end
  return out
end
