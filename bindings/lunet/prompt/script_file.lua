-- Scripts that are run at the prompt: what the program does with a script, for %run.
local core = require "lunet.core"
local running = require "lunet.running"
local session = require "lunet.session"

local script_file = {}

-- The path of a script: as it is, or with .lua behind.
function script_file.find(path)
  for _, candidate in ipairs{ path, path .. ".lua" } do
    if core.file.exists(candidate) then return candidate end
  end
  error(("there is no file '%s'"):format(path), 0)
end

-- Its text, without a byte order mark and a line for the shell.
function script_file.text(path)
  local text = core.read_text(path):gsub("^\xEF\xBB\xBF", "")
  return (text:gsub("^#[^\n]*", ""))
end

-- Run it; variables of it become globals. `arg` is the script's from then on.
function script_file.run(path, arguments)
  local f, message = session.console.load_keeping(script_file.text(path), "@" .. path)
  if not f then error(message, 0) end
  arguments[0] = path
  rawset(_G, "arg", arguments)
  running.call(f, table.unpack(arguments))
end

return script_file
