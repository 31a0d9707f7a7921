-- %reload: a changed module is read again. Tables that a module is made of keep their identity and get the new fields,
-- so that whoever holds one sees the change; nothing else is touched.
local core = require "lunet.core"
local ln = require "lunet"

local reload = {}

local loaded = debug.getregistry()._LOADED -- package.loaded, which a script might replace

local loaded_at = core.wall_time() -- what changed later is new to us
local seen = {} -- module name -> when it was read again

local function file_of(name)
  return package.searchpath(name, package.path)
end

-- Put the fields of a new table into the old one, and so on downwards; fields that are no longer there stay.
local function update(old, new, done)
  if done[new] then return end
  done[new] = true
  for key, value in next, new do
    local was = rawget(old, key)
    if type(was) == "table" and type(value) == "table" and not rawequal(was, value) then
      update(was, value, done)
    else
      rawset(old, key, value)
    end
  end
  debug.setmetatable(old, debug.getmetatable(new))
end

-- What is no table is replaced where a global holds it.
local function replace_globals(old, new)
  local names = {}
  for name, value in next, _G do
    if rawequal(value, old) then names[#names + 1] = name end
  end
  for _, name in ipairs(names) do rawset(_G, name, new) end
end

-- An architecture of ln.models is read when it is asked for.
local function forget_model(name)
  name = name:match("^models%.(.+)$") or name
  if not rawget(ln.models, name) then return false end
  rawset(ln.models, name, nil)
  return true
end

local function read_module(name)
  local old = loaded[name]
  local file = file_of(name)
  if not file then error(("reload: there is no file of a module '%s'"):format(name), 0) end
  local f, message = loadfile(file, "t")
  if not f then error(message, 0) end
  local new = f(name, file)
  if new == nil then new = loaded[name] end
  if type(old) == "table" and type(new) == "table" then
    update(old, new, {})
  else
    loaded[name] = new == nil and true or new
    replace_globals(old, new)
  end
  seen[name] = core.wall_time()
end

local function has_changed(name)
  local file = name:sub(1, 5) ~= "lunet" and file_of(name)
  if not file then return false end
  local _, _, changed = core.file_stamp(file)
  return changed ~= nil and changed > (seen[name] or loaded_at)
end

-- The modules that changed since the prompt began, or since they were read again.
local function changed_modules()
  local names = {}
  for name in pairs(loaded) do
    if type(name) == "string" and has_changed(name) then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- Returns the names of what was read again. what: the name of a module, or the path of its file; "" for all that
-- changed.
function reload.run(what)
  local name = what:gsub("%.lua$", ""):gsub("^%./", ""):gsub("/", ".")
  local names = what == "" and changed_modules() or { name }
  for _, one in ipairs(names) do
    local is_model = forget_model(one)
    if loaded[one] ~= nil or not is_model then
      if loaded[one] == nil then error(("reload: no module '%s' was loaded"):format(one), 0) end
      read_module(one)
    end
  end
  return names
end

return reload
