-- The start-up file, init.lua in $XDG_CONFIG_HOME/lunet or ~/.config/lunet: Lua that runs before the prompt, and not
-- before scripts. It gets { set = , command = }: the settings as functions, and what adds a command.
local commands = require "lunet.commands"
local core = require "lunet.core"
local failure = require "lunet.failure"
local settings = require "lunet.settings"

local start_up = {}

function start_up.path()
  local config, home = os.getenv("XDG_CONFIG_HOME"), os.getenv("HOME")
  if config and config:sub(1, 1) == "/" then return config .. "/lunet/init.lua" end
  return home and home ~= "" and home .. "/.config/lunet/init.lua" or nil
end

local function report(err)
  io.stderr:write(("%s\n(the start-up file; lunet --no-init leaves it out)\n"):format(tostring(failure.of(err))))
end

-- What goes wrong in it is told, and the prompt comes.
function start_up.run(console)
  local path = start_up.path()
  if not path or not core.file.exists(path) then return end
  local f, message = loadfile(path, "t")
  if not f then return report(message) end
  local ok, err = console.call(f, { set = settings.set, command = commands.add })
  if not ok then report(err) end
end

return start_up
