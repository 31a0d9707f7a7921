-- ln.help: what there is and how it is used, from the C descriptors and from the pages of the Lua functions.
local core = require "lunet.core"
local counterparts = require "lunet.counterparts"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local format = require "lunet.format"
local options = require "lunet.options"
local signature = require "lunet.signature"

-- How items of a kind are used, by its name.
local uses = {}
for _, kind in ipairs(core.kinds) do uses[kind.name] = kind.use end

local function columns()
  return math.min(core.file.columns() or 80, 100) - 1
end

local function wrapped(text, indent)
  return format.wrapped(text, indent, columns())
end

-- Names on the left, what they are on the right.
local function two_columns(rows)
  local widest, out = 0, {}
  for _, row in ipairs(rows) do widest = math.max(widest, #row[1]) end
  widest = math.min(widest, 28)
  for i, row in ipairs(rows) do
    local gap = #row[1] > widest and "\n" .. (" "):rep(widest + 4) or (" "):rep(widest - #row[1] + 2)
    out[i] = "  " .. row[1] .. gap .. wrapped(row[2], widest + 4)
  end
  return table.concat(out, "\n")
end

-- The beginning of a text that fits into one line after `left` characters.
local function shortened(text, left)
  local room = columns() - left
  if utf8.len(text) <= room then return text end
  return (text:sub(1, math.max(room - 3, 0)):match("^(.*)[%s,:]+%S*$") or "") .. " ..."
end

local function sorted_names(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- { "t", "tensor: abs, add, ..." }
local function object_row(object)
  local names = {}
  for i, page in ipairs(docs.pages_of(object)) do names[i] = page.name:match("[%w_]+$") end
  local type = object.type == object.variable and "" or object.type .. ": "
  return { object.variable, type .. table.concat(names, ", ") }
end

-- Rows with the beginning of their text only, so that each fits into a line.
local function one_line_each(rows)
  local widest = 0
  for _, row in ipairs(rows) do widest = math.max(widest, #row[1]) end
  for _, row in ipairs(rows) do row[2] = shortened(row[2], math.min(widest, 28) + 4) end
  return rows
end

-- The overview: items by kind, functions by name with the beginning of what they are, objects with what they can do.
local function overview()
  local out, rows = { ('lunet %s; ln.help("conv2d") or ln.help(ln.fit) tells more'):format(core.version), "" }, {}
  for _, kind in ipairs(core.kinds) do
    rows[#rows + 1] = { "ln." .. kind.name, kind.plural .. ": " .. table.concat(sorted_names(core[kind.name]), ", ") }
  end
  out[#out + 1] = two_columns(rows)
  out[#out + 1] = ""
  rows = {}
  for i, page in ipairs(docs.pages_of(nil)) do rows[i] = { docs.title(page), docs.first_sentence(page.doc) } end
  out[#out + 1] = two_columns(one_line_each(rows))
  out[#out + 1] = '\nMethods and fields of objects; ln.help("narrow") or ln.help(t) tells more'
  rows = {}
  for i, object in ipairs(docs.objects) do rows[i] = object_row(object) end
  out[#out + 1] = two_columns(rows)
  return table.concat(out, "\n")
end

-- A call in lines that end between options.
local function wrapped_call(call)
  local joined = call:gsub(" = ", "\1=\1"):gsub(" }", "\1}")
  return (wrapped(joined, 4):gsub("\1", " "))
end

-- A type of the C side: nn.conv2d, loss.bce, ... title: what it is called, if it is not a field of its kind's table.
local function type_page(t, title)
  local out, rows = { title or ("ln.%s.%s"):format(t.kind, t.name), wrapped(docs.reflowed(t.doc), 0) }, {}
  out[#out + 1] = "\nUse\n  " .. wrapped(uses[t.kind], 2)
  for _, param in ipairs(t.params) do
    local marks = param.positional and "; may come first, without its name" or ""
    rows[#rows + 1] = { param.name, ("%s\n(%s%s)"):format(param.help, param.accepts, marks) }
  end
  if #rows > 0 then
    out[#out + 1] = "\nOptions"
    out[#out + 1] = two_columns(rows)
  end
  local shown = {}
  for i, case in ipairs(t.cases) do
    if i == 1 then out[#out + 1] = "\nExamples" end
    if not shown[case] then out[#out + 1] = "  " .. wrapped_call(("ln.%s.%s"):format(t.kind, case)) end
    shown[case] = true
  end
  return table.concat(out, "\n")
end

-- A page of docs.lua.
local function function_page(page)
  local out, rows = { wrapped(page.usage, 4), wrapped(page.doc, 0) }, {}
  local function section(title, text)
    out[#out + 1] = "\n" .. title
    out[#out + 1] = text
  end
  for _, entry in ipairs(page.options or {}) do
    rows[#rows + 1] = { entry[1], ("%s\n(%s)"):format(entry.help, options.told(entry)) }
  end
  if #rows > 0 then section("Options", two_columns(rows)) end
  if page.numpy then out[#out + 1] = "NumPy: " .. page.numpy end
  if page.torch then out[#out + 1] = "PyTorch: " .. page.torch end
  if page.returns then section("Returns", "  " .. wrapped(page.returns, 2)) end
  if page.errors then section("Errors", "  " .. wrapped(page.errors, 2)) end
  if page.example then section("Example", "  " .. page.example:gsub("\n", "\n  ")) end
  return table.concat(out, "\n")
end

-- What an object can do.
local function object_page(object)
  local rows = {}
  for i, page in ipairs(docs.pages_of(object)) do
    rows[i] = { signature.short(page.usage), docs.first_sentence(page.doc) }
  end
  return ("%s\n%s\n\n%s"):format(object.variable == object.type and object.type
    or ("%s: a %s"):format(object.variable, object.type), wrapped(object.doc, 0), two_columns(one_line_each(rows)))
end

-- Everything that has a page, by name: "conv2d" and "nn.conv2d", "fit", "set:split", "history".
local function by_name()
  local found = {}
  local function add(name, page) found[name] = found[name] and found[name] .. "\n\n" .. page or page end
  for _, kind in ipairs(core.kinds) do
    for name, t in pairs(core[kind.name]) do
      if type(t) ~= "function" then
        found[kind.name .. "." .. name] = type_page(t)
        add(name, type_page(t))
      end
    end
  end
  for _, page in ipairs(docs.all()) do
    local last = page.name:match("[.:]([%w_]+)$")
    if last then add(last, function_page(page)) end
  end
  for _, page in ipairs(docs.all()) do found[page.name] = function_page(page) end
  for _, object in ipairs(docs.objects) do add(object.variable, object_page(object)) end
  return found
end

-- Where a word stands in a page: titles and the line in which it comes first.
local function search(word, pages)
  local rows, seen = {}, {}
  for _, name in ipairs(sorted_names(pages)) do
    local page = pages[name]
    for line in page:gmatch("[^\n]+") do
      if not seen[page] and line:lower():find(word:lower(), 1, true) then
        seen[page] = true
        rows[#rows + 1] = { name, line:match("^%s*(.*)$") }
      end
    end
  end
  return rows
end

-- What a name from NumPy or PyTorch is here: its pages, one after the other; nil if nothing is called so there.
local function pages_elsewhere(name, pages)
  local found = {}
  for i, title in ipairs(counterparts.find(name)) do found[i] = pages[title:gsub("^ln%.", "")] end
  return found[1] and table.concat(found, "\n\n")
end

local function named_page(name)
  if name == "numpy" or name == "torch" or name == "pytorch" then return counterparts.page() end
  local pages = by_name()
  local page = pages[name:gsub("^ln%.", "")] or pages_elsewhere(name, pages)
  if page then return page end
  local hint, rows = errors.suggestion(name, sorted_names(pages)), search(name, pages)
  if #rows == 0 then errors.raise("help: there is nothing called '%s'%s", name, hint) end
  for _, row in ipairs(rows) do row[2] = shortened(row[2], 32) end
  return ("There is nothing called '%s'%s It is mentioned under\n%s"):format(name, hint ~= "" and hint or ".",
    two_columns(rows))
end

local function kind_page(name, t)
  local rows = {}
  for _, key in ipairs(sorted_names(t)) do
    local page = docs.find(t[key])
    local ok, doc = errors.try(function() return t[key].doc end)
    rows[#rows + 1] = { key, page and docs.first_sentence(page.doc) or ok and docs.first_sentence(doc) or "function" }
  end
  local use = uses[name] and "\n\nUse\n  " .. wrapped(uses[name], 2) or ""
  return ("ln.%s\n%s%s"):format(name, two_columns(rows), use)
end

-- The text that ln.help prints. ln: the module, whose tables (ln.nn, ...) may be asked about too.
local function text(ln, subject)
  if subject == nil then return overview() end
  if type(subject) == "string" then return named_page(subject) end
  local page = docs.find(subject)
  if page then return function_page(page) end
  for _, name in ipairs(sorted_names(ln)) do
    if rawget(ln, name) == subject and type(subject) == "table" then return kind_page(name, subject) end
  end
  local ok, kind, name = errors.try(function() return subject.kind, subject.name end)
  if ok and kind and name and core[kind] then
    local listed = rawget(core[kind], name)
    local written = listed and docs.find(listed) -- a function makes such items
    if written then return function_page(written) end
    return listed and type_page(listed) or type_page(subject.type, tostring(subject))
  end
  local class = rawget(debug.getmetatable(subject) or {}, "__name")
  for _, object in ipairs(docs.objects) do
    if class == "lunet." .. object.type then return object_page(object) end
  end
  errors.raise("help: there is no help on %s; ln.help() lists what there is", options.text(subject))
end

return text
