-- Bytes as base64 text (RFC 4648).
local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local pairs_of_letters = {} -- by twelve bits
for high = 0, 63 do
  for low = 0, 63 do
    pairs_of_letters[high << 6 | low] = letters:sub(high + 1, high + 1) .. letters:sub(low + 1, low + 1)
  end
end

local function triple(a, b, c)
  local bits = a << 16 | b << 8 | c
  return pairs_of_letters[bits >> 12] .. pairs_of_letters[bits & 0xfff]
end

return function(bytes)
  local out, n = {}, 0
  for i = 1, #bytes - 2, 3 do
    n = n + 1
    out[n] = triple(bytes:byte(i, i + 2))
  end
  local left = #bytes % 3
  if left == 1 then out[n + 1] = triple(bytes:byte(-1), 0, 0):sub(1, 2) .. "==" end
  if left == 2 then
    local a, b = bytes:byte(-2, -1)
    out[n + 1] = triple(a, b, 0):sub(1, 3) .. "="
  end
  return table.concat(out)
end
