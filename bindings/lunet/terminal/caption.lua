-- What stands around pictures: labels above them, and below them the colour bar with what is told of their values.
local capabilities = require "lunet.capabilities"
local colour_map = require "lunet.colour_map"
local device_of = require "lunet.device"
local format = require "lunet.format"
local palette = require "lunet.palette"

local caption = {}

-- Text cut to so many characters, of ASCII where there is no more.
function caption.cut(text, columns)
  text = format.visible(text)
  if not capabilities.utf8() then text = text:gsub("[\xC2-\xFD][\x80-\xBF]*", "?") end
  local length = utf8.len(text)
  if not length then return text:sub(1, columns) end
  if length <= columns then return text end
  return columns > 3 and text:sub(1, utf8.offset(text, columns - 1) - 1) .. ".." or text:sub(1, utf8.offset(text,
    columns + 1) - 1)
end

local function padded(text, columns)
  return text .. (" "):rep(columns - (utf8.len(text) or #text))
end

-- Labels above pictures of so many columns, with gaps between them.
function caption.labels(labels, columns, gap)
  local out = {}
  for i, label in ipairs(labels) do out[i] = padded(caption.cut(label, columns), columns) end
  return (table.concat(out, (" "):rep(gap)):gsub(" +$", ""))
end

local bar_columns = 16

-- The colours from one end of the map to the other, or its characters. Returns the text and its width.
local function bar(device, map)
  if not device.colour then return "[" .. device_of.ramp .. "]", #device_of.ramp + 2 end
  local out = {}
  for i = 1, bar_columns do
    local r, g, b = colour_map.at(map, (i - 0.5) / bar_columns)
    out[i] = palette.background(math.max(device.colours, 16), r, g, b) .. " "
  end
  return table.concat(out) .. "\27[0m", bar_columns
end

local function number(x)
  return ("%.3g"):format(x)
end

-- "0.012 to 0.97, mean 0.31".
local function spread(facts)
  if not facts.low then return "no value is finite" end
  if facts.low == facts.high then return "constant " .. number(facts.low) end
  return ("%s to %s, mean %s"):format(number(facts.low), number(facts.high), number(facts.mean))
end

local function percent(share)
  return share < 0.01 and "under 1 %" or ("%.0f %%"):format(100 * share)
end

-- What is told of values: { "constant 0.5", "3 NaN (magenta)", ... }. marks: what NaN is shown as.
function caption.facts(facts, outside, mark)
  local out = { spread(facts) }
  if outside > 0 then out[#out + 1] = percent(outside) .. " clipped" end
  if facts.nan > 0 then out[#out + 1] = ("%d NaN%s"):format(facts.nan, mark and " (" .. mark .. ")" or "") end
  if facts.infinite > 0 then out[#out + 1] = ("%d infinite"):format(facts.infinite) end
  return table.concat(out, ", ")
end

-- The bar and the text, on one line where they fit. look: { range =, map =, each = whether every picture has its own
-- range, bar = whether there is one }
function caption.below(device, look, text, columns)
  if not look.bar then return format.wrapped(text, 0, columns) end
  local drawn, width = bar(device, look.map)
  local low, high = look.each and "min" or number(look.range[1]), look.each and "max" or number(look.range[2])
  local head, taken = ("%s %s %s"):format(low, drawn, high), #low + width + #high + 2
  if taken > columns then return format.wrapped(("%s to %s: "):format(low, high) .. text, 0, columns) end
  if columns - taken < 30 then return head .. "\n" .. format.wrapped(text, 0, columns) end
  return head .. "  " .. format.wrapped(text, taken + 2, columns)
end

-- What NaN is shown as.
function caption.mark(device, map)
  return device.colour and colour_map.undefined_names[map] or "?"
end

return caption
