-- %why: the last error, and the calls that led there with the values of their variables.
local brief = require "lunet.brief"
local capabilities = require "lunet.capabilities"
local core = require "lunet.core"
local format = require "lunet.format"
local session = require "lunet.session"

-- The n-th line of a text.
local function nth_line(text, n)
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    n = n - 1
    if n == 0 then return line end
  end
end

-- The source of a call: a line of what was typed, or of a file.
local function source_line(call)
  local number = tonumber(call.place:match("^%[(%d+)%]$"))
  local chunk = number and session.chunks[number]
  if chunk then return nth_line(chunk.code or chunk.text, call.line) end
  if not core.file.exists(call.place) then return nil end
  local ok, text = pcall(core.read_text, call.place)
  return ok and nth_line(text, call.line) or nil
end

local function add_call(out, call, width)
  if call.left_out then out[#out + 1] = ("  ... %d calls left out"):format(call.left_out) end
  out[#out + 1] = brief.cut(("  %s:%d: in %s"):format(call.place, call.line, call.what), width)
  local line = source_line(call)
  if line and line:find("%S") then
    out[#out + 1] = brief.cut("    > " .. format.visible(line:match("^%s*(.-)%s*$")), width)
  end
  for _, variable in ipairs(call.variables) do
    out[#out + 1] = brief.cut(("      %s = %s"):format(variable[1], variable[2]), width)
  end
end

return function()
  local failure = session.last_failure()
  if not failure then return { "there was no error" } end
  local width = math.min(capabilities.columns(), 160) - 1
  local out = { failure.message }
  for _, call in ipairs(failure.calls) do add_call(out, call, width) end
  return out
end
