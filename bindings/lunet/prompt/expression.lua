-- What an expression stands for, as far as can be told without running any code of the user's: fields are read raw,
-- through tables in __index and through the C classes' own __index; what calls return is known from the pages of help.
--
-- A thing: { value = v }, a value that is there; { type = "tensor" }, an object of a class of docs.objects that is not
-- there yet; { page = p }, a method of such. nil: nothing is known.
local core = require "lunet.core"
local docs = require "lunet.docs"
local lexer = require "lunet.lexer"
local signature = require "lunet.signature"

local expression = {}

local deepest = 8 -- expressions inside expressions, and tables in __index

-- ---- Objects ----

local by_type = {}
for _, object in ipairs(docs.objects) do by_type[object.type] = object end

-- The class of an object, as docs.objects has it; nil for other values.
function expression.object(thing)
  if thing.type then return by_type[thing.type] end
  local class = rawget(debug.getmetatable(thing.value) or {}, "__name")
  return type(class) == "string" and by_type[class:match("^lunet%.(.*)$")] or nil
end

-- The table of methods or of getters of a C class.
function expression.class_list(value, list)
  local found = type(value) == "userdata" and rawget(debug.getmetatable(value) or {}, list)
  return type(found) == "table" and found or nil
end

local function is_c_class(value)
  local index = expression.class_list(value, "methods") and rawget(debug.getmetatable(value), "__index")
  return type(index) == "function" and debug.getinfo(index, "S").what == "C"
end

-- ---- Types of results ----

-- "tensor|nil" -> { type = "tensor" }
local function of_type(text)
  for _, one in ipairs(text and signature.alternatives(text) or {}) do
    local name = type(one) == "string" and one:gsub("^lunet%.", "")
    if by_type[name] then return { type = name } end
    if name == "string" then return { value = "" } end
  end
  return nil
end

local function of_usage(usage)
  local parsed = usage and signature.parse(usage)
  return parsed and of_type(parsed.returns[1])
end

local function page_of(object, name, separator)
  for _, page in ipairs(object and docs.pages_of(object) or {}) do
    if page.name == object.variable .. separator .. name then return page end
  end
  return nil
end

-- The type, ln.nn.conv2d, that a value is or that a loader such as ln.data.folder stands for.
function expression.item_type(value)
  local listed = type(value) == "table" and rawget(value, "type") or value
  local name = type(listed) == "userdata" and rawget(debug.getmetatable(listed) or {}, "__name")
  return name == "lunet.type" and listed or nil
end

-- ---- Steps of an expression ----

-- A field of a table, raw or through tables in __index.
function expression.raw_field(t, name)
  for _ = 1, deepest do
    if type(t) ~= "table" then return nil end
    local value = rawget(t, name)
    if value ~= nil then return value end
    t = rawget(debug.getmetatable(t) or {}, "__index")
  end
  return nil
end

-- An architecture that ships with lunet is loaded when it is asked for; files of the user's are not run.
local function shipped_model(models, name)
  local loaded, shipped = rawget(models, name), package.searchpath("models." .. name, package.path)
  local script = arg and arg[0] and arg[0]:match("^(.*/)[^/]*$") or "./" -- as models.lua looks for them
  local here = package.searchpath(name, ("%smodels/?.lua;%s../models/?.lua;./models/?.lua"):format(script, script))
  local own = here and shipped and core.file_stamp(here) ~= core.file_stamp(shipped)
  if loaded or own or not shipped then return loaded end
  local ok, model = pcall(function() return models[name] end)
  return ok and model or nil
end

local function raw_value(value, name)
  if type(value) == "string" then return string[name] end
  if type(value) == "table" and rawget(debug.getmetatable(value) or {}, "__name") == "lunet.models" then
    return shipped_model(value, name)
  end
  if type(value) == "table" then return expression.raw_field(value, name) end
  if not is_c_class(value) then return nil end
  local ok, field = pcall(function() return value[name] end)
  return ok and field or nil
end

local function step_field(thing, name, separator)
  local value = thing.value ~= nil and raw_value(thing.value, name)
  if value ~= nil and value ~= false then return { value = value } end
  local page = page_of(expression.object(thing), name, separator)
  if not page then return nil end
  return separator == ":" and { page = page } or of_usage(page.usage)
end

local function step_call(thing)
  if thing.page then return of_usage(thing.page.usage) end
  local object, value = expression.object(thing), thing.value
  local page = type(value) ~= "string" and docs.find(value)
  if page then return of_usage(page.usage) end
  local item = expression.item_type(value)
  if item then return { type = item.kind == "data" and "set" or "item" } end
  return object and of_usage(object.call)
end

-- index: the words between the brackets.
local function step_index(thing, index)
  local only = #index == 1 and index[1]
  if type(thing.value) == "table" and only and (only.kind == "string" or only.kind == "number") then
    local key = load("return " .. only.word, "=?", "t", {})
    local value = key and rawget(thing.value, key())
    if value ~= nil then return { value = value } end
  end
  local object = expression.object(thing)
  for _, one in ipairs(object and object.index or {}) do
    local found = of_type(one[2])
    if found then return found end
  end
  return object and object.type == "tensor" and { type = "tensor" } or nil
end

-- ---- Words of an expression ----

local partners = { [")"] = "(", ["]"] = "[", ["}"] = "{" }

-- Whether a word may be the last of an expression that is called or indexed.
function expression.is_end(word)
  if not word then return false end
  return word.kind == "name" and not lexer.keywords[word.word] or word.kind == "string" or partners[word.word] ~= nil
end

-- The position of the bracket that a closing one belongs to.
local function opening(words, last)
  local depth = 0
  for i = last, 1, -1 do
    local word = words[i]
    if word.kind == "sign" then
      if partners[word.word] then depth = depth + 1 end
      if word.word == "(" or word.word == "[" or word.word == "{" then depth = depth - 1 end
      if depth == 0 then return i end
    end
  end
  return nil
end

local function between(words, first, last)
  return table.move(words, first, last, 1, {})
end

-- The last step of the expression that ends at a word: what it is, and where what it is applied to ends. A step without
-- the latter is the beginning.
local function last_step(words, last)
  local word, before = words[last], words[last - 1]
  if not word then return nil end
  if word.kind == "string" then
    if expression.is_end(before) then return { call = true }, last - 1 end
    return { beginning = { value = "" } }
  elseif word.kind == "name" and not lexer.keywords[word.word] then
    local separator = before and before.kind == "sign" and before.word
    if separator == "." or separator == ":" then return { field = word.word, separator = separator }, last - 2 end
    return { name = word.word }
  elseif partners[word.word] then
    local open = opening(words, last)
    local applied = open and expression.is_end(words[open - 1])
    if applied and word.word == "]" then return { index = between(words, open + 1, last - 1) }, open - 1 end
    if applied then return { call = true }, open - 1 end
    if open and word.word == ")" then return { inner = between(words, open + 1, last - 1) } end
  end
  return nil
end

-- Where the expression that begins at a word ends, if it is a chain of names, calls and indices.
local function chain_end(words, first)
  local i, closing = first, { ["("] = ")", ["["] = "]", ["{"] = "}" }
  if not words[i] or words[i].kind ~= "name" then return nil end
  while words[i + 1] do
    local word = words[i + 1].word
    if word == "." or word == ":" then
      i = i + 2
    elseif words[i + 1].kind == "string" then
      i = i + 1
    elseif closing[word] then
      local depth, k = 0, i
      repeat
        k = k + 1
        local inner = words[k] and words[k].kind == "sign" and words[k].word
        if closing[inner] then depth = depth + 1 elseif partners[inner] then depth = depth - 1 end
      until depth == 0 or not words[k]
      i = k
    else
      break
    end
  end
  return words[i] and i
end

local resolve

-- What a name was last set to in the text before a word, `nn = ln.nn`.
local function assigned(words, last, name, depth)
  for i = last - 1, 1, -1 do
    if words[i].word == name and words[i + 1].word == "=" and (words[i - 1] or {}).word ~= "." then
      local to = chain_end(words, i + 2)
      return to and to < last and resolve(between(words, i + 2, to), to - i - 1, depth + 1)
    end
  end
  return nil
end

local function of_name(words, last, name, depth)
  local thing = assigned(words, last, name, depth)
  if thing then return thing end
  local value = rawget(_G, name)
  return value ~= nil and { value = value } or nil
end

function resolve(words, last, depth)
  if depth > deepest then return nil end
  local step, before = last_step(words, last)
  if not step then return nil end
  if step.beginning then return step.beginning end
  if step.name then return of_name(words, last, step.name, depth) end
  if step.inner then return resolve(step.inner, #step.inner, depth + 1) end
  local thing = resolve(words, before, depth)
  if not thing then return nil end
  if step.field then return step_field(thing, step.field, step.separator) end
  if step.index then return step_index(thing, step.index) end
  return step_call(thing)
end

-- What the expression stands for that ends at word number `last` of a list of words.
function expression.resolve(words, last)
  return resolve(words, last, 0)
end

-- ---- What can be called ----

-- Options of what is called: { name =, choices =, positional = number or nil, kinds = { ... }, help = }; nil without.
function expression.options(thing)
  local item, list = expression.item_type(thing.value), {}
  for i, param in ipairs(item and item.params or {}) do
    list[i] = { name = param.name, choices = param.words, positional = param.positional and 1, kinds = { param.type },
      help = param.help }
  end
  local page = expression.page(thing)
  for i, entry in ipairs(page and page.options or {}) do
    list[i] = { name = entry[1], choices = entry.choices, positional = entry.positional,
      kinds = type(entry[2]) == "table" and entry[2] or { entry[2] }, help = entry.help }
  end
  return list[1] and list
end

-- The page of a function or method.
function expression.page(thing)
  if thing.page then return thing.page end
  return thing.value ~= nil and type(thing.value) ~= "string" and docs.find(thing.value) or nil
end

return expression
