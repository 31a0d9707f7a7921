-- Functions and types by name and usage: "function ln.image.resize(x, size, { method = 'area' })",
-- "ln.nn.conv2d{ filters, kernel = 3, stride = 1, ... }".
local docs = require "lunet.docs"
local signature = require "lunet.signature"

local function_line = {}

local standard -- names of what Lua itself has, by function

local function find_standard()
  standard = setmetatable({}, { __mode = "k" })
  for _, library in ipairs{ "_G", "coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8" } do
    for name, value in next, package.loaded[library] or {} do
      local title = library == "_G" and name or library .. "." .. name
      if type(value) == "function" and debug.getinfo(value, "S").what == "C" then
        if not standard[value] or title < standard[value] then standard[value] = title end
      end
    end
  end
end

-- "string.format", for functions of Lua's own library; nil for others.
function function_line.standard(f)
  if not standard then find_standard() end
  return standard[f]
end

-- The name of a global that is this function, or nil.
function function_line.global(f)
  local found
  for name, value in next, _G do
    if rawequal(value, f) and type(name) == "string" and (not found or name < found) then found = name end
  end
  return found
end

-- "script.lua:3", where a Lua function begins.
function function_line.place(f)
  local info = debug.getinfo(f, "S")
  if info.what == "C" then return "in C" end
  return ("%s:%d"):format(info.short_src, info.linedefined)
end

-- "(a, b, ...)" of a Lua function.
local function parameters(f)
  local info, names = debug.getinfo(f, "u"), {}
  for i = 1, info.nparams do names[i] = debug.getlocal(f, i) end
  if info.isvararg then names[#names + 1] = "..." end
  return ("(%s)"):format(table.concat(names, ", "))
end

-- Its name or place, in a few words.
function function_line.name(f)
  local page = docs.find(f)
  if page then return "function " .. docs.title(page) end
  local name = function_line.standard(f) or function_line.global(f)
  if name then return "function " .. name end
  local info = debug.getinfo(f, "S")
  return info.what == "C" and "function in C" or ("function%s, %s"):format(parameters(f), function_line.place(f))
end

-- { filters, kernel = 3, name?, ... }: entries { name, default or nil, required } as far as they fit.
local function braced(entries, room)
  local parts, used = {}, 2
  for i, entry in ipairs(entries) do
    local text = entry[2] and ("%s = %s"):format(entry[1], entry[2]) or entry[1] .. (entry.required and "" or "?")
    if used + #text + 2 > room - (i < #entries and 5 or 0) then
      parts[#parts + 1] = "..."
      break
    end
    parts[#parts + 1], used = text, used + #text + 2
  end
  return ("{ %s }"):format(table.concat(parts, ", "))
end

-- Required options first, then those with a default, then the others.
local function in_order(entries)
  local ordered = {}
  for rank = 1, 3 do
    for _, entry in ipairs(entries) do
      local its = entry.required and 1 or entry[2] and 2 or 3
      if its == rank then ordered[#ordered + 1] = entry end
    end
  end
  return ordered
end

-- The default in what an option takes: "3 or 'same'; default 'same'" -> "'same'".
local function default_of(accepts)
  local text = accepts:match("; default (.*)$")
  return text and text:gsub("'", '"') or nil
end

local function documented(page, room)
  local parsed, names = signature.parse(page.usage), {}
  if not parsed.params then return parsed.title end
  local left = room - #parsed.title - 2
  for i, param in ipairs(parsed.params) do
    if page.options and param.type:find("%f[%w]options%f[%W]") then
      local entries = {}
      for k, entry in ipairs(page.options) do
        local default = type(entry.default) ~= "table" and entry.default ~= nil and entry.default or nil
        if type(default) == "string" then default = ("%q"):format(default) end
        entries[k] = { entry[1], default ~= nil and tostring(default) or nil, required = entry.required }
      end
      names[i] = braced(in_order(entries), left)
    else
      names[i] = param.name .. (param.optional and "?" or "")
    end
    left = left - #names[i] - 2
  end
  if #names == 1 and names[1]:find("^{") then return parsed.title .. names[1] end
  return ("%s(%s)"):format(parsed.title, table.concat(names, ", "))
end

-- The name of a type: "ln.nn.conv2d"; nil if the value is none.
function function_line.type_name(value)
  local meta = debug.getmetatable(value)
  if type(value) ~= "userdata" or not meta or rawget(meta, "__name") ~= "lunet.type" then return nil end
  return ("ln.%s.%s"):format(value.kind, value.name)
end

-- A type by its name and options.
function function_line.of_type(t, room)
  local entries, title = {}, ("ln.%s.%s"):format(t.kind, t.name)
  for i, param in ipairs(t.params) do
    entries[i] = { param.name, default_of(param.accepts), required = param.required or param.positional }
  end
  if #entries == 0 then return title .. "{}" end
  return title .. braced(in_order(entries), room - #title)
end

-- A function by its name and usage, or where it is from.
function function_line.of(f, room)
  local page = docs.find(f)
  if page then return "function " .. documented(page, room - #"function ") end
  local name = function_line.standard(f)
  if name then return ("function %s, of Lua's own library"):format(name) end
  if debug.getinfo(f, "S").what == "C" then return "function in C" end
  local global = function_line.global(f)
  return ("function%s%s, %s"):format(global and " " .. global or "", parameters(f), function_line.place(f))
end

return function_line
