-- Settings of the prompt: %set lists and changes them, and so does the start-up file.
local errors = require "lunet.errors"
local options = require "lunet.options"

local settings = {}

-- In the order in which they are listed.
local list, by_name = {}, {}

-- setting: { name, doc, check = function(value) -> nil, or what is expected; get = , set = } or a `value` that is kept
-- here.
function settings.add(setting)
  setting.get = setting.get or function() return setting.value end
  setting.set = setting.set or function(value) setting.value = value end
  list[#list + 1] = setting
  by_name[setting.name] = setting
end

local function find(name)
  if by_name[name] then return by_name[name] end
  local names = {}
  for i, setting in ipairs(list) do names[i] = setting.name end
  errors.raise("set: no setting '%s'%s", name, errors.suggestion(name, names))
end

function settings.get(name)
  return find(name).get()
end

-- set{ timing = 2 }: all of them or none.
function settings.set(values)
  options.argument("set", "what it is called with", "table", values)
  local names = {}
  for name in pairs(values) do names[#names + 1] = tostring(name) end
  table.sort(names)
  for _, name in ipairs(names) do
    local wanted = find(name).check(values[name])
    if wanted then errors.raise("set: %s must be %s, got %s", name, wanted, options.text(values[name])) end
  end
  for _, name in ipairs(names) do find(name).set(values[name]) end
end

function settings.list()
  return list
end

settings.add{ name = "timing", value = 1,
  doc = "lines that take so many seconds or longer tell how long; off: none",
  check = function(value)
    if value ~= false and not (type(value) == "number" and value >= 0) then return "seconds, or off" end
  end }

return settings
