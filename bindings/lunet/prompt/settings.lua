-- Settings of the prompt: %set lists and changes them, and so does the start-up file.
local errors = require "lunet.errors"
local options = require "lunet.options"

local settings = {}

-- Each { name, value, doc, check(value) -> the value, or nil and what is expected }
local list, by_name = {}, {}

function settings.add(setting)
  list[#list + 1] = setting
  by_name[setting.name] = setting
end

function settings.get(name)
  return by_name[name].value
end

-- set{ timing = 2 }
function settings.set(values)
  local names, given = {}, {}
  for i, setting in ipairs(list) do names[i] = setting.name end
  for name in pairs(values) do given[#given + 1] = tostring(name) end
  table.sort(given)
  for _, name in ipairs(given) do
    local setting = by_name[name]
    if not setting then errors.raise("set: no setting '%s'%s", name, errors.suggestion(name, names)) end
    local value, wanted = setting.check(values[name])
    if wanted then errors.raise("set: %s must be %s, got %s", name, wanted, options.text(values[name])) end
    setting.value = value
  end
end

function settings.list()
  return list
end

-- false: never
local function seconds(value)
  if value == false or type(value) == "number" and value >= 0 then return value end
  return nil, "seconds, or false for never"
end

settings.add{ name = "timing", value = 1, check = seconds,
  doc = "lines that run so many seconds or longer tell how long; false: none" }

return settings
