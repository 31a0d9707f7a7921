-- %who: the globals that the user has made.
local brief = require "lunet.brief"
local capabilities = require "lunet.capabilities"
local core = require "lunet.core"
local format = require "lunet.format"
local options = require "lunet.options"
local session = require "lunet.session"
local value_line = require "lunet.value_line"
local words = require "lunet.words"

local most_visited = 10000 -- tables that are looked into for tensors, in all

local function network_bytes(net)
  local bytes = 0
  if net.built then
    for _, entry in ipairs(net:parameters()) do bytes = bytes + entry.tensor:bytes() end
  end
  return bytes
end

-- Bytes of the tensors and networks in a value; seen: what was counted, and how many tables.
local function bytes_of(value, seen)
  if type(value) ~= "table" and type(value) ~= "userdata" or seen[value] then return 0 end
  seen[value] = true
  if options.is_tensor(value) then
    local ok, bytes = pcall(value.bytes, value)
    return ok and bytes or 0 -- it may be freed
  elseif options.is_network(value) then
    local ok, bytes = pcall(network_bytes, value)
    return ok and bytes or 0
  end
  seen.n = (seen.n or 0) + 1
  local sum = 0
  if type(value) == "table" and seen.n < most_visited then
    for _, inner in next, value do sum = sum + bytes_of(inner, seen) end
  end
  return sum
end

local function size(bytes)
  if bytes == 0 then return "" end
  if bytes < 1000 then return bytes .. " B" end
  for _, unit in ipairs{ "KB", "MB", "GB" } do
    bytes = bytes / 1000
    if bytes < 999.5 or unit == "GB" then return (bytes < 9.95 and "%.1f %s" or "%.0f %s"):format(bytes, unit) end
  end
end

local function is_users(name, value)
  local own = session.console.first_globals[name] or words.is_own(name, value) or name == "arg"
  return type(name) == "string" and not own and not name:find("^_%d?$") and not name:find("^__lunet")
end

local function user_names()
  local names = {}
  for name, value in next, _G do
    if is_users(name, value) then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- "tensor of shape 3x64x64", "network of 2 layers, ..."
local function what(value, width)
  local text = options.is_tensor(value) and core.describe(value) or (value_line.of(value, width))
  return brief.cut(format.visible(text:gsub("^an? ", "")), width)
end

-- "name  tensor of shape 3x4      48 B", the first two columns of these widths.
local function row(name, value, widest, room)
  local text = what(value, room)
  local bytes = type(value) == "string" and #value or bytes_of(value, {})
  local gap = (" "):rep(room - value_line.width(text))
  name = brief.cut(format.visible(name), widest)
  return (("%s%s  %s%s  %8s"):format(name, (" "):rep(widest - value_line.width(name)), text, gap, size(bytes))
    :gsub("%s+$", ""))
end

-- What only the last values hold, where that is worth a line.
local function add_last_values(rows, names)
  local seen = {}
  for _, name in ipairs(names) do bytes_of(rawget(_G, name), seen) end
  local bytes = bytes_of(session.values(), seen)
  if bytes >= 1e6 then
    rows[#rows + 1] = ("_1 to _9, the last values, hold %s more; _1 = nil lets one go"):format(size(bytes))
  end
end

-- Lines of text: name, what it is, how much memory.
return function()
  local names, rows, widest = user_names(), {}, 4
  for _, name in ipairs(names) do widest = math.min(math.max(widest, value_line.width(name)), 24) end
  local room = math.max(math.min(capabilities.columns(), 100) - widest - 14, 16)
  for i, name in ipairs(names) do rows[i] = row(name, rawget(_G, name), widest, room) end
  add_last_values(rows, names)
  local live = size(core.mem().live)
  rows[#rows + 1] = ("%d name%s; tensors and networks hold %s in all"):format(#names, #names == 1 and "" or "s",
    live == "" and "nothing" or live)
  return rows
end
