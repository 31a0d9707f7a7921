-- LuaCATS stubs: what lua-language-server and its like read to complete and check scripts that require "lunet". Made
-- from the pages of functions, the classes of objects and the descriptors of items, so that nothing public is missing.
--
-- Names of types: lunet.tensor and other objects; lunet.nn.conv2d, what makes an item, and lunet.nn.conv2d.options;
-- lunet.item.nn, an item of the kind; lunet.fit.options; lunet.nn, a table of the module.
local core = require "lunet.core"
local docs = require "lunet.docs"
local format = require "lunet.format"
local options = require "lunet.options"
local signature = require "lunet.signature"

local plain = { any = true, boolean = true, ["function"] = true, integer = true, ["nil"] = true, number = true,
  string = true, table = true }

-- "lunet.net.save.options"
local function options_class(name)
  return ("lunet.%s.options"):format((name:gsub(":", ".")))
end

-- What a word of a usage line is called in stubs; `name` is the page's.
local function word_type(word, name)
  if plain[word] then return word end
  if word == "options" then return options_class(name) end
  if word == "integers" then return "integer[]" end
  if word == "tensors" then return "lunet.tensor[]" end
  if word == "inputs" then return "(lunet.tensor|lunet.item.noise)[]" end
  if word == "losses" then return "(lunet.item.loss|function)[]" end
  for _, kind in ipairs(core.kinds) do
    if word == kind.noun or word == kind.name .. " item" then return "lunet.item." .. kind.name end
  end
  for _, object in ipairs(docs.objects) do
    if word == object.type then return "lunet." .. object.type end
  end
  error(("stubs: %s: there is no type '%s'"):format(name, word))
end

local function type_text(type, name)
  local out = {}
  for i, one in ipairs(signature.alternatives(type)) do
    if one.list then
      local element = type_text(one.list, name)
      out[i] = (element:find("|") and "(" .. element .. ")" or element) .. "[]"
    elseif one.fields then
      local fields = {}
      for f, field in ipairs(one.fields) do
        fields[f] = ("%s%s: %s"):format(field.name, field.optional and "?" or "", type_text(field.type, name))
      end
      out[i] = "{ " .. table.concat(fields, ", ") .. " }"
    else
      out[i] = one.word and ("'%s'"):format(one.word) or word_type(one, name)
    end
  end
  return table.concat(out, "|")
end

-- "fun(x: lunet.tensor, n?: integer): lunet.tensor"
local function function_type(usage, name)
  local parsed, params, returns = signature.parse(usage), {}, {}
  for i, param in ipairs(parsed.params) do
    params[i] = ("%s%s: %s"):format(param.name, param.optional and "?" or "", type_text(param.type, name))
  end
  for i, type in ipairs(parsed.returns) do returns[i] = type_text(type, name) end
  local text = ("fun(%s)"):format(table.concat(params, ", "))
  return #returns > 0 and text .. ": " .. table.concat(returns, ", ") or text
end

-- Comments, above what they tell about.
local function comment(out, text)
  for line in (format.wrapped(text, 0, 110) .. "\n"):gmatch("([^\n]*)\n") do
    out[#out + 1] = "---" .. line
  end
end

local function field(out, name, type, text)
  local line = ("---@field %s %s %s"):format(name, type, (text:gsub("%s*\n%s*", " ")))
  out[#out + 1] = line:match("^(.-)%s*$")
end

-- The stub of a function or method. owner: the local variable that has it; mark: "." or ":".
local function add_function(out, page, owner, mark)
  local parsed, names = signature.parse(page.usage), {}
  out[#out + 1] = ""
  comment(out, page.doc)
  for i, param in ipairs(parsed.params) do
    out[#out + 1] = ("---@param %s%s %s"):format(param.name, param.optional and "?" or "",
      type_text(param.type, page.name))
    names[i] = param.name
  end
  for _, type in ipairs(parsed.returns) do out[#out + 1] = "---@return " .. type_text(type, page.name) end
  out[#out + 1] = ("function %s%s%s(%s) end"):format(owner, mark, page.name:match("[%w_]+$"),
    table.concat(names, ", "))
end

-- Choices as types: words as they stand, true and false as boolean.
local function choice_types(choices)
  local types, has_boolean = {}, false
  for _, choice in ipairs(choices) do
    if type(choice) == "string" then
      types[#types + 1] = ("'%s'"):format(choice)
    elseif not has_boolean then
      types[#types + 1], has_boolean = "boolean", true
    end
  end
  return types
end

-- The class of a function's options.
local function add_options(out, page)
  out[#out + 1] = "\n---@class " .. options_class(page.name)
  for _, entry in ipairs(page.options) do
    local types = choice_types(entry.choices or {})
    if #types == 0 then
      for i, kind in ipairs(type(entry[2]) == "table" and entry[2] or { entry[2] }) do
        types[i] = word_type(kind, page.name)
      end
    end
    field(out, entry[1] .. (entry.required and "" or "?"), table.concat(types, "|"),
      ("%s (%s)"):format(entry.help, options.told(entry)))
  end
end

local operators = { "add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "len" }

-- The arithmetic of a class, as its metatable has it.
local function add_operators(out, object)
  local class = "lunet." .. object.type
  local meta = debug.getregistry()[class] or {}
  for _, name in ipairs(operators) do
    local takes = ("(%s%s)"):format(class, object.operand and "|" .. object.operand or "")
    local unary, gives = name == "unm" or name == "len", name == "len" and "integer" or class
    if meta["__" .. name] then
      out[#out + 1] = ("---@operator %s%s: %s"):format(name, unary and "" or takes, gives)
    end
  end
end

local function add_object(out, object)
  out[#out + 1] = ""
  comment(out, object.doc)
  out[#out + 1] = "---@class lunet." .. object.type
  for _, page in ipairs(docs.pages_of(object)) do
    local parsed = signature.parse(page.usage)
    if not parsed.params then
      field(out, page.name:match("[%w_]+$"), type_text(parsed.returns[1], page.name), page.doc)
    end
  end
  for _, entry in ipairs(object.index or {}) do field(out, ("[%s]"):format(entry[1]), entry[2], "") end
  add_operators(out, object)
  if object.call then out[#out + 1] = "---@overload " .. function_type(object.call, object.type) end
  out[#out + 1] = ("local %s = {}"):format(object.variable)
  for _, page in ipairs(docs.pages_of(object)) do
    if signature.parse(page.usage).params then add_function(out, page, object.variable, ":") end
  end
end

-- What an option of an item takes: its type, and words.
local function param_type(param)
  local types = { param.type ~= "" and param.type or nil }
  for _, word in ipairs(param.words) do types[#types + 1] = ("'%s'"):format(word) end
  return table.concat(types, "|")
end

-- A type that is called with what its items are called with, one by one or in a list.
local function add_direct(out, kind, t)
  local param = signature.parse(kind.call).params[1]
  local list = kind.call:gsub("%b()", ("(%s: %s[])"):format(param.name, param.type), 1)
  out[#out + 1] = "---@overload " .. function_type(kind.call, t.name)
  out[#out + 1] = "---@overload " .. function_type(list, t.name)
end

-- A type of items: the class of its options, and its own, which is called with them.
local function add_type(out, kind, t)
  local class = ("lunet.%s.%s"):format(t.kind, t.name)
  local makes = kind.name == "data" and "lunet.set" or "lunet.item." .. kind.name
  local positional
  out[#out + 1] = ("\n---@class %s.options"):format(class)
  for _, param in ipairs(t.params) do
    if param.positional then
      positional = param
      field(out, "[1]?", param_type(param), param.name .. ", without its name")
    end
    field(out, param.name .. (param.required and not param.positional and "" or "?"), param_type(param),
      ("%s (%s)"):format(param.help, param.accepts))
  end
  if not positional then field(out, "[1]?", "nil", "") end
  out[#out + 1] = ""
  comment(out, docs.reflowed(t.doc))
  out[#out + 1] = ("---@class %s: lunet.type"):format(class)
  local given = class .. ".options"
  if positional then
    given = ("%s|(%s)[]"):format(given, param_type(positional)) -- { 3 }, which has no name
    out[#out + 1] = ("---@overload fun(%s: %s, options?: %s.options): %s"):format(positional.name,
      param_type(positional), class, makes)
  end
  out[#out + 1] = ("---@overload fun(options?: %s): %s"):format(given, makes)
  if kind.direct then add_direct(out, kind, t) end
  out[#out + 1] = ("local %s = {}"):format(t.name)
end

local function add_kind(out, kind, types)
  out[#out + 1] = ("\n---@class lunet.item.%s: lunet.item"):format(kind.name)
  if kind.call then out[#out + 1] = "---@overload " .. function_type(kind.call, kind.name) end
  out[#out + 1] = ("local %s = {}"):format(kind.noun:gsub(" ", "_"))
  for _, t in ipairs(types) do
    out[#out + 1] = "\ndo"
    add_type(out, kind, t)
    out[#out + 1] = "end"
  end
end

-- The table of the module called `owner` ("": the module itself), with its fields and functions.
local function add_table(out, owner, fields, functions)
  local variable = owner == "" and "ln" or owner
  out[#out + 1] = "\n---@class lunet" .. (owner == "" and "" or "." .. owner)
  for _, entry in ipairs(fields) do field(out, entry[1], entry[2], entry[3] or "") end
  out[#out + 1] = ("local %s = {}"):format(variable)
  for _, page in ipairs(functions) do add_function(out, page, variable, ".") end
end

-- Fields of the module that are no functions: its tables, and plain values; a page whose usage goes one name further
-- ("ln.models.cnn_dae" of "models") is that of a table in which any name is such a function.
local function module_fields(out, functions)
  local fields = {
    { "version", "string", "The version of lunet." },
    { "kinds", "table[]", "The kinds of items: { name, doc, types }." },
  }
  for _, kind in ipairs(core.kinds) do functions[kind.name] = functions[kind.name] or {} end
  for owner in pairs(functions) do
    if owner ~= "" then fields[#fields + 1] = { owner, "lunet." .. owner } end
  end
  for i = #functions[""], 1, -1 do
    local page = functions[""][i]
    if signature.parse(page.usage).title ~= docs.title(page) then
      out[#out + 1] = ("\n---@class lunet.%s"):format(page.name)
      field(out, "[string]", function_type(page.usage, page.name), page.doc)
      fields[#fields + 1] = { page.name, "lunet." .. page.name, docs.first_sentence(page.doc) }
      table.remove(functions[""], i)
    end
  end
  table.sort(fields, function(a, b) return a[1] < b[1] end)
  return fields
end

-- The text of lunet.lua. ln: the module.
local function text(ln)
  local out = { "---@meta lunet", "-- lunet " .. ln.version .. ", for editors. Written by `lunet reference`." }
  local functions = {}
  for _, page in ipairs(docs.pages_of(nil)) do
    local owner = page.name:match("^(.-)%.") or ""
    functions[owner] = functions[owner] or {}
    table.insert(functions[owner], page)
  end
  for _, object in ipairs(docs.objects) do
    out[#out + 1] = "\ndo"
    add_object(out, object)
    out[#out + 1] = "end"
  end
  for _, page in ipairs(docs.all()) do
    if page.options then add_options(out, page) end
  end
  local fields = module_fields(out, functions)
  for _, kind in ipairs(core.kinds) do
    local members = {}
    add_kind(out, kind, kind.types)
    for i, t in ipairs(kind.types) do
      members[i] = { t.name, ("lunet.%s.%s"):format(t.kind, t.name), docs.first_sentence(t.doc) }
    end
    add_table(out, kind.name, members, functions[kind.name])
    functions[kind.name] = nil
  end
  for _, entry in ipairs(fields) do
    if functions[entry[1]] then add_table(out, entry[1], {}, functions[entry[1]]) end
  end
  add_table(out, "", fields, functions[""])
  out[#out + 1] = "\nreturn ln\n"
  return table.concat(out, "\n")
end

return text
