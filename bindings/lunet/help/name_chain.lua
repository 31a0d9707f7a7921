-- What a chain of names such as ln.nn.conv2d, net:fit or set.images stands for, without running a line of anybody's
-- code: fields of tables are read raw, and of objects of lunet only what C gives or a page of help knows.
local docs = require "lunet.docs"
local errors = require "lunet.errors"

local name_chain = {}

-- "ln.data.folder{ 'scans' }" -> "ln.data.folder", "net:fit(" -> "net:fit": the chain in what was typed; nil if it
-- begins with none.
function name_chain.of(text)
  local name = text:match("^%s*([%a_][%w_]*[%w_.:]*)")
  return name and name:gsub("[.:]+$", "")
end

local function class_name(meta)
  local name = meta and rawget(meta, "__name")
  return type(name) == "string" and name:sub(1, 6) == "lunet." and name or nil
end

-- A field of a table, raw, then through tables in __index, and of a class of lunet itself.
local function table_field(t, key)
  for _ = 1, 8 do
    local value, meta = rawget(t, key), debug.getmetatable(t)
    if value ~= nil then return value end
    if not meta then return nil end
    local index = rawget(meta, "__index")
    if type(index) ~= "table" then return class_name(meta) and rawget(meta, key) end
    t = index
  end
end

-- A method of an object of C, or the value of a field, and the function that has its page.
local function object_field(object, key, meta)
  local methods, getters = rawget(meta, "methods"), rawget(meta, "getters")
  local method, getter = methods and rawget(methods, key), getters and rawget(getters, key)
  if method then return method end
  local ok, value = errors.try(function() return object[key] end)
  return ok and value or nil, getter
end

-- The page of a field or method of an object, by the class's name.
local function page_of(value, key)
  local class = class_name(debug.getmetatable(value))
  for _, object in ipairs(docs.objects) do
    if class == "lunet." .. object.type then
      for _, page in ipairs(docs.pages_of(object)) do
        if page.name:match("[%w_]+$") == key then return page end
      end
    end
  end
end

local function field(value, key)
  local meta = debug.getmetatable(value)
  if type(value) == "table" then return table_field(value, key) end
  if type(value) == "string" then return rawget(string, key) end
  if type(value) == "userdata" and class_name(meta) then return object_field(value, key, meta) end
end

-- The value that the chain has, beginning in the table `globals`, and the page of the field or method that its last
-- name is; nil where there is none.
function name_chain.find(globals, name)
  local value, page = globals, nil
  for key in name:gmatch("[^.:]+") do
    local owner = value
    value = field(owner, key)
    page = owner ~= globals and page_of(owner, key) or nil
    if value == nil then return nil, page end
  end
  return value, page
end

return name_chain
