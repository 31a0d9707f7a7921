-- %set: the settings.
local settings = require "lunet.settings"

local function text(value)
  return type(value) == "string" and value or tostring(value)
end

local function list()
  for _, setting in ipairs(settings.list()) do
    print(("  %-9s %-8s  %s"):format(setting.name, text(setting.get()), setting.doc))
  end
  print(("To keep one, write into %s:"):format(require("lunet.start_up").path() or "~/.config/lunet/init.lua"))
  print("  local prompt = ...\n  prompt.set{ timing = 0.5 }")
end

-- "0.5", "false", "vi", "off": a value as it is typed.
local function value_of(word)
  local given = { on = true, ["true"] = true, off = false, ["false"] = false }
  if given[word] ~= nil then return given[word] end
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
