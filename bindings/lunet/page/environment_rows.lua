-- What a page says about where and how it was made.
local core = require "lunet.core"
local environment = require "lunet.environment"

local function first_match(path, pattern)
  local file = io.open(path, "r")
  if not file then return nil end
  local text = file:read(8192) or ""
  file:close()
  return text:match(pattern)
end

local function memory()
  local kilobytes = tonumber(first_match("/proc/meminfo", "MemTotal:%s*(%d+)"))
  return kilobytes and ("%.1f GB"):format(kilobytes * 1024 / 1e9)
end

local function git_state()
  local git = environment.git(environment.script().file)
  return git and ("%s%s"):format(git.commit:sub(1, 12), git.changed and ", with changes" or "")
end

-- { { name, value }, ... }, what is not known left out.
return function()
  local threads, why = core.threads()
  local all = {
    { "lunet", core.version }, { "Lua", _VERSION:match("[%d.]+") }, { "libraries", core.libraries() },
    { "processor", environment.machine().processor }, { "instruction set", core.isa() },
    { "threads", ("%d (%s)"):format(threads, why) }, { "memory", memory() },
    { "system", first_match("/etc/os-release", 'PRETTY_NAME="([^"\n]+)"') },
    { "script", environment.script().file }, { "command", environment.command() }, { "git", git_state() },
    { "written", os.date("!%Y-%m-%d %H:%M UTC") },
  }
  local known = {}
  for i = 1, 12 do
    if all[i][2] and all[i][2] ~= "" then known[#known + 1] = all[i] end
  end
  return known
end
