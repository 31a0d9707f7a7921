-- %edit: text in the user's editor.
local core = require "lunet.core"
local running = require "lunet.running"
local script_file = require "lunet.script_file"
local session = require "lunet.session"
local shell = require "lunet.shell"

local editor = {}

local function program()
  for _, name in ipairs{ "VISUAL", "EDITOR" } do
    local value = os.getenv(name)
    if value and value ~= "" then return value end
  end
  if not session.console.terminal then error("%edit needs $VISUAL or $EDITOR where nobody types", 0) end
  return "vi"
end

local function open(path, line)
  local place = ("%s'%s'"):format(line and line > 1 and "+" .. line .. " " or "", path:gsub("'", "'\\''"))
  shell.call(("%s %s"):format(program(), place), program())
end

-- The text that comes back.
local function edited(text)
  local path = os.tmpname()
  local named <close> = setmetatable({ path .. ".lua" }, { __close = function(paths)
    os.remove(paths[1])
    os.remove(path)
  end })
  core.file.write(named[1], text == "" and "" or text .. "\n")
  open(named[1])
  return (core.read_text(named[1]):gsub("%s+$", ""))
end

local function run_edited(text)
  local new = edited(text)
  if not new:find("%S") then return end
  session.console.remember(new)
  print(new)
  running.run_text(new)
end

local function edit_file(path, line)
  open(path, line)
  if core.file.exists(path) then script_file.run(path, {}) end
end

-- The latest chunk of Lua.
local function latest()
  for i = #session.chunks, 1, -1 do
    if not session.chunks[i].form then return session.chunks[i].text end
  end
  return ""
end

-- A global function's file or chunk.
local function edit_function(name)
  local value = load("return " .. name, "=edit", "t")
  local ok, f = pcall(value or error)
  if not ok or type(f) ~= "function" then
    error(("%%edit takes the number of a chunk (%%hist), a file (with / or .lua), or a function of yours; there is no "
      .. "function '%s'"):format(name), 0)
  end
  local info = debug.getinfo(f, "S")
  local number = info.source:match("^=%[(%d+)%]$")
  if number then return run_edited(session.chunks[tonumber(number)].text) end
  if info.source:sub(1, 1) ~= "@" then error(("'%s' was not made at the prompt or in a file"):format(name), 0) end
  edit_file(info.source:sub(2), info.linedefined)
end

-- what: "", the number of a chunk, a path, or the name of a function.
function editor.edit(what)
  if what == "" then return run_edited(latest()) end
  local number = math.tointeger(tonumber(what))
  if number then
    local chunk = session.chunks[number]
    if not chunk then error(("there is no chunk %d; %%hist lists them"):format(number), 0) end
    return run_edited(chunk.text)
  end
  if what:find("/", 1, true) or what:find("%.lua$") then return edit_file(what) end
  edit_function(what)
end

return editor
