-- %set: the settings.
local capabilities = require "lunet.capabilities"
local format = require "lunet.format"
local settings = require "lunet.settings"

local function text(value)
  if type(value) == "boolean" then return value and "on" or "off" end
  return tostring(value)
end

local function list()
  local columns = math.min(capabilities.columns(), 100) - 1
  for _, setting in ipairs(settings.list()) do
    print(("  %-9s %-6s  %s"):format(setting.name, text(setting.get()), format.wrapped(setting.doc, 20, columns)))
  end
  print(("To keep one, write into %s:"):format(require("lunet.start_up").path() or "~/.config/lunet/init.lua"))
  print("  local prompt = ...\n  prompt.set{ timing = 0.5 }")
end

-- "0.5", "false", "vi", "off": a value as it is typed.
local function value_of(word)
  if word == "true" or word == "false" then return word == "true" end
  return math.tointeger(tonumber(word)) or tonumber(word) or word
end

local function set(rest)
  if rest == "" then return list() end
  local name, word = rest:match("^([%w_]+)%s*=?%s*(.-)$")
  if not name then error("%set NAME VALUE sets one, %set lists them", 0) end
  if word ~= "" then settings.set{ [name] = value_of(word) } end
  print(("%s = %s"):format(name, text(settings.get(name))))
end

return {
  { name = "set", usage = "%set [NAME [VALUE]]", run = set, doc = "the settings; one of them; change it" },
}
