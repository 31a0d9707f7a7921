-- A curve of a few characters, for lines of text: the height of each is a value.
local sparkline = {}

local unicode = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }
local ascii = { "_", ".", "-", "=", "*", "#" }
local wide_range = 10 -- from this ratio of the largest to the smallest on, heights are logarithms

-- The finite values' smallest and largest.
local function extent(values)
  local low, high = math.huge, -math.huge
  for _, value in ipairs(values) do
    if value - value == 0 then low, high = math.min(low, value), math.max(high, value) end
  end
  return low, high
end

-- The last `width` of a list of numbers; what is not finite is a gap. with_utf8: whether blocks may be used.
function sparkline.text(values, width, with_utf8)
  local heights = with_utf8 and unicode or ascii
  local shown = table.move(values, math.max(1, #values - width + 1), #values, 1, {})
  local low, high = extent(shown)
  local log = low > 0 and high > wide_range * low
  local out = {}
  for i, value in ipairs(shown) do
    local share = high > low and (value - low) / (high - low) or 0
    if log then share = math.log(value / low) / math.log(high / low) end
    out[i] = value - value == 0 and heights[math.floor(share * (#heights - 1) + 0.5) + 1] or " "
  end
  return table.concat(out)
end

return sparkline
