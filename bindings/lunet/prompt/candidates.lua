-- Names and words that complete what is being typed, each kind of them as a list.
local core = require "lunet.core"
local docs = require "lunet.docs"
local expression = require "lunet.expression"
local lexer = require "lunet.lexer"

local candidates = {}

local deepest = 8 -- tables in __index

local function is_name(key)
  return type(key) == "string" and key:find("^[%a_][%w_]*$") ~= nil and not lexer.keywords[key]
end

local function add_keys(list, t, methods)
  for key, value in next, t do
    if is_name(key) and (not methods or type(value) == "function") then list[#list + 1] = key end
  end
end

-- Names of the models that ship with lunet, and of those here.
local function add_models(list)
  local folders = { "models" }
  local shipped = package.searchpath("models.unet", package.path)
  if shipped then folders[2] = shipped:match("^(.*)/") end
  for _, folder in ipairs(folders) do
    local ok, names = pcall(core.list_folder, folder)
    for _, name in ipairs(ok and names or {}) do
      if is_name(name:match("^(.*)%.lua$")) then list[#list + 1] = name:match("^(.*)%.lua$") end
    end
  end
end

local function add_table(list, t, methods)
  if rawget(debug.getmetatable(t) or {}, "__name") == "lunet.models" then add_models(list) end
  for _ = 1, deepest do
    if type(t) ~= "table" then return end
    add_keys(list, t, methods)
    t = rawget(debug.getmetatable(t) or {}, "__index")
  end
end

-- Methods and fields that the pages of help tell of.
local function add_documented(list, object, separator)
  for _, page in ipairs(object and docs.pages_of(object) or {}) do
    if page.name:sub(#object.variable + 1, #object.variable + 1) == separator then
      list[#list + 1] = page.name:match("[%w_]+$")
    end
  end
end

-- Layers that have a name, from the names of their tensors, "enc1.weight".
local function add_layers(list, net)
  local ok, names = pcall(function()
    local found = {}
    for i, t in ipairs(net.built and net:tensors() or {}) do found[i] = t.name:match("^([%a_][%w_]*)%.") end
    return found
  end)
  for _, name in pairs(ok and names or {}) do list[#list + 1] = name end
end

-- What may stand behind a thing and "." or ":".
function candidates.members(thing, separator)
  local list, value, methods = {}, thing.value, separator == ":"
  if type(value) == "string" then
    add_keys(list, string, true)
    return methods and list or {}
  end
  if type(value) == "table" then add_table(list, value, methods) end
  if type(value) == "userdata" then
    local class = expression.class_list(value, methods and "methods" or "getters")
    local index = rawget(debug.getmetatable(value) or {}, "__index")
    if class then add_keys(list, class) elseif type(index) == "table" then add_table(list, index, methods) end
    local object = expression.object(thing)
    if object and object.type == "network" and not methods then add_layers(list, value) end
  end
  if thing.type then add_documented(list, expression.object(thing), separator) end
  return list
end

-- Variables, functions and parameters that words of a chunk define.
local function add_defined(list, words)
  local defining = false
  for i, word in ipairs(words) do
    local before = words[i - 1] and words[i - 1].word
    if word.word == "local" or word.word == "for" or word.word == "function" then
      defining = true
    elseif defining and is_name(word.word) and word.kind == "name" and before ~= "." and before ~= ":" then
      list[#list + 1] = word.word
    elseif word.word ~= "," and word.word ~= "(" and word.word ~= "." and word.word ~= ":" then
      defining = false
    end
  end
end

-- Names that are defined in the words before the cursor, globals, and keywords.
function candidates.names(words, start)
  local list = {}
  add_keys(list, _G)
  if start == "" then return list end
  for word in next, lexer.keywords do list[#list + 1] = word end
  add_defined(list, words)
  return list
end

-- Options that are not given yet, "kernel = ".
function candidates.options(call)
  local list = {}
  for _, option in ipairs(call.thing and expression.options(call.thing) or {}) do
    local by_place = option.positional and option.positional < (type(call.option) == "number" and call.option or 1)
    if not call.given[option.name] and not by_place then list[#list + 1] = option.name .. " = " end
  end
  return list
end

-- Subjects of help.
function candidates.subjects()
  local list = {}
  for _, kind in ipairs(core.kinds) do
    list[#list + 1] = kind.name
    add_keys(list, core[kind.name])
  end
  for _, page in ipairs(docs.all()) do list[#list + 1] = page.name:match("[%w_]+$") end
  for _, object in ipairs(docs.objects) do list[#list + 1] = object.variable end
  add_keys(list, _G)
  return list
end

-- Files and folders, the latter with a slash behind them. endings: of files that are wanted, { ".safetensors" }.
function candidates.files(start, endings)
  local folder, list = start:match("^(.*/)") or "", {}
  local hidden = start:match("[^/]*$"):sub(1, 1) == "."
  local place = folder:gsub("^~/", function() return (os.getenv("HOME") or "~") .. "/" end)
  local ok, names = pcall(core.list_folder, place == "" and "." or place)
  for _, name in ipairs(ok and names or {}) do
    local path = folder .. name
    if path:sub(1, #start) == start and (hidden or name:sub(1, 1) ~= ".") then
      local is_folder = select(2, core.file.exists(place .. name)) == "folder"
      local wanted = is_folder or not endings
      for _, ending in ipairs(endings or {}) do wanted = wanted or name:sub(-#ending) == ending end
      if wanted then list[#list + 1] = path .. (is_folder and "/" or "") end
    end
  end
  return list
end

-- Records in the folder `runs`.
function candidates.runs()
  local ok, names = pcall(core.list_folder, "runs")
  local list = {}
  for _, name in ipairs(ok and names or {}) do
    if name:sub(1, 1) ~= "." then list[#list + 1] = "runs/" .. name end
  end
  return list
end

return candidates
