-- Bytes as base64 text (RFC 4648).
local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local two -- letters by twelve bits

local function make_two()
  two = {}
  for high = 0, 63 do
    for low = 0, 63 do two[high << 6 | low] = letters:sub(high + 1, high + 1) .. letters:sub(low + 1, low + 1) end
  end
end

-- Whole groups of twelve bytes, most of what there is: one concatenation each.
local function groups(out, bytes, count)
  local byte = string.byte
  for i = 1, count do
    local a, b, c, d, e, f, g, h, j, k, l, m = byte(bytes, 12 * i - 11, 12 * i)
    out[i] = two[a << 4 | b >> 4] .. two[(b & 15) << 8 | c] .. two[d << 4 | e >> 4] .. two[(e & 15) << 8 | f]
      .. two[g << 4 | h >> 4] .. two[(h & 15) << 8 | j] .. two[k << 4 | l >> 4] .. two[(l & 15) << 8 | m]
  end
end

return function(bytes)
  local out, count = {}, #bytes // 12
  if not two then make_two() end
  groups(out, bytes, count)
  for i = 12 * count + 1, #bytes, 3 do
    local a, b, c = bytes:byte(i, i + 2)
    local text = two[a << 4 | (b or 0) >> 4] .. two[((b or 0) & 15) << 8 | (c or 0)]
    out[#out + 1] = c and text or text:sub(1, b and 3 or 2) .. (b and "=" or "==")
  end
  return table.concat(out)
end
