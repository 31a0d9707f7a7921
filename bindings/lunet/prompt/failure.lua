-- An error at the prompt: its message, and the calls that led there with their variables. These are kept as text, as
-- they were when it happened, so that a failure keeps no tensor alive.
local brief = require "lunet.brief"
local core = require "lunet.core"
local function_line = require "lunet.function_line"

local Failure = {}
Failure.__index = Failure

local failure = {
  last = nil, -- the latest one
}

local first_calls, last_calls, most_variables = 12, 4, 24 -- how many are kept of deep stacks and of large functions
local variable_width = 200 -- characters

local function message_of(err)
  if type(err) == "string" or type(err) == "number" then return tostring(err) end
  local meta = debug.getmetatable(err)
  if meta and rawget(meta, "__tostring") then
    local ok, text = pcall(tostring, err)
    if ok then return text end
  end
  return ("(error object is a %s value)"):format(type(err))
end

-- Variables of the function at a level: { { name, text }, ... }; of those with one name the last, which hides the rest.
local function variables(level)
  local list, places = {}, {}
  local function add(name, value)
    if name:sub(1, 1) == "(" or #list == most_variables and not places[name] then return end
    places[name] = places[name] or #list + 1
    list[places[name]] = { name, brief.of(value, variable_width) }
  end
  for i = 1, 250 do
    local name, value = debug.getlocal(level + 1, i)
    if not name then break end
    add(name, value)
  end
  for i = 1, 8 do
    local name, value = debug.getlocal(level + 1, -i)
    if not name then break end
    add("...[" .. i .. "]", value)
  end
  return list
end

local function is_own(info)
  return info.source:sub(1, 7) == "=lunet/"
end

-- "function 'f'", "method 'step'", "the main chunk"
local function what(info)
  local kind = info.namewhat == "method" and "method" or "function"
  -- Who was called in place of its caller, return f(), is named by the global that it is.
  local name = info.namewhat ~= "" and info.name or function_line.global(info.func)
  if name then return ("%s '%s'"):format(kind, name) end
  if info.what == "main" then return "the main chunk" end
  return "a function defined in line " .. info.linedefined
end

-- How many levels there are; found by halving, for there may be a hundred thousand.
local function depth()
  local there, beyond = 1, 2
  while debug.getinfo(beyond, "l") do there, beyond = beyond, beyond * 2 end
  while beyond - there > 1 do
    local middle = (there + beyond) // 2
    if debug.getinfo(middle, "l") then there = middle else beyond = middle end
  end
  return there - 1 -- without this function
end

-- The calls in the user's own functions, the innermost first; those in the middle of a deep stack are left out.
local function calls()
  local list, deepest, level, left_out = {}, depth(), 2, 0
  while level <= deepest do
    local info = debug.getinfo(level, "Slnf")
    if not info then break end
    if info.currentline > 0 and not is_own(info) then
      list[#list + 1] = { place = info.short_src, line = info.currentline, what = what(info),
        variables = variables(level), left_out = left_out > 0 and left_out or nil }
      left_out = 0
    end
    if #list == first_calls and deepest - level > 2 * (last_calls + 8) then
      left_out = deepest - level - last_calls - 8
      level = level + left_out
    end
    level = level + 1
  end
  return list
end

-- What a message handler makes of an error: a failure. One that comes from inside, raised again, stays as it is.
function failure.catch(err)
  if getmetatable(err) == Failure then return err end
  local self = setmetatable({ message = message_of(err), calls = {} }, Failure)
  failure.last = self
  self.calls = calls()
  return self
end

-- The same where no handler was called, as when memory runs out, or before anything ran.
function failure.of(err)
  if getmetatable(err) ~= Failure then err = setmetatable({ message = message_of(err), calls = {} }, Failure) end
  failure.last = err
  return err
end

function Failure:interrupted()
  return core.interrupted(self.message)
end

-- The message, without the position where it is the only line of the chunk of that name.
function Failure:short(name, lines)
  local line, rest = self.message:match("^(%b[]:)(%d+:.*)$")
  if line ~= name .. ":" then return self.message end
  line, rest = rest:match("^(%d+): ?(.*)$")
  return lines > 1 and ("line %s: %s"):format(line, rest) or rest
end

-- The message and the calls, a line each.
function Failure:__tostring()
  local out = { self.message }
  for _, call in ipairs(self.calls) do
    local place = ("%s:%d:"):format(call.place, call.line)
    if #out == 1 and call.what == "the main chunk" and self.message:sub(1, #place) == place then break end
    out[#out + 1] = ("  %s in %s"):format(place, call.what)
  end
  return table.concat(out, "\n")
end

return failure
