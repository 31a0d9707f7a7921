-- Errors that point at the user's own line, and suggestions for misspelt names.
local core = require "lunet.core"

local errors = {}

local here = "=lunet/" -- chunk names of this module begin with it

local function own(source)
  return source:sub(1, #here) == here
end

-- "script.lua:12: " of the innermost caller outside this module; "" if there is none.
local function caller()
  for level = 3, 50 do
    local info = debug.getinfo(level, "Sl")
    if not info then break end
    if info.currentline > 0 and not own(info.source) then
      return ("%s:%d: "):format(info.short_src, info.currentline)
    end
  end
  return ""
end

-- A control character as \x1b, so that no name from a file or a path reaches the terminal as a command.
local function escaped(character)
  if character ~= "\n" then return ("\\x%02x"):format(character:byte()) end
end

-- Raise "script.lua:12: message", the position being the user's.
function errors.raise(format, ...)
  error(caller() .. format:format(...):gsub("%c", escaped), 0)
end

-- The message without the position in front of it, where it has one.
function errors.bare(message)
  if type(message) ~= "string" then return tostring(message) end
  return (message:gsub("^[^\n]-:%d+: ", "", 1))
end

local function pass(ok, ...)
  if not ok and core.interrupted((...)) then error(..., 0) end
  return ok, ...
end

-- pcall for failures that are expected: Ctrl-C is none of them and goes on.
function errors.try(f, ...)
  return pass(pcall(f, ...))
end

-- Call f; a failure is raised again as the user's error, with `context` in front. One that names a place of its own, in
-- another file or function of the user's, stays as it is.
function errors.within(context, f, ...)
  local results = table.pack(pcall(f, ...))
  if results[1] then return table.unpack(results, 2, results.n) end
  local message, where = results[2], caller()
  if type(message) ~= "string" then error(message, 0) end
  if message:sub(1, #where) == where then error(where .. context .. message:sub(#where + 1), 0) end
  local module = message:match("^lunet/[%w_/]-([%w_]+)%.lua:%d+: ") -- a mistake of our own
  local elsewhere = message:find("^[^\n]-:%d+: ") and not (module and package.loaded["lunet." .. module])
  error(elsewhere and message or where .. context .. errors.bare(message), 0)
end

local most_listed = 24 -- names that a message lists

-- "; did you mean 'kernel'?"; when nothing is near, "; there are bias, kernel, ..."; "" when there are too many.
function errors.suggestion(name, names)
  local near = type(name) == "string" and core.nearest(name, names)
  if near then return ("; did you mean '%s'?"):format(near) end
  if #names == 0 then return "; there are none" end
  return #names <= most_listed and "; there are " .. table.concat(names, ", ") or ""
end

-- One line on stderr, about what may be meant and may be a mistake.
function errors.note(format, ...)
  io.stderr:write("lunet: ", format:format(...), "\n")
end

-- A table whose missing fields are errors: "lunet: no field 'nm'; did you mean 'nn'?". hint(name), if given, may know
-- better what is meant.
function errors.strict(t, what, hint)
  return setmetatable(t, {
    __name = what,
    __index = function(_, key)
      local names = {}
      for name in pairs(t) do names[#names + 1] = tostring(name) end
      table.sort(names)
      errors.raise("%s: no field '%s'%s", what, tostring(key), hint and hint(key) or errors.suggestion(key, names))
    end,
  })
end

return errors
