-- The texts of help, in the width of the terminal: overview, types, functions, objects and tables of the module, from
-- the C descriptors and from the pages of the functions.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local example_text = require "lunet.example_text"
local format = require "lunet.format"
local options = require "lunet.options"
local signature = require "lunet.signature"

local pages = {}

-- By the name of a kind: what its items do, as sentences, and how they are used.
local purposes, uses = {}, {}
for _, kind in ipairs(core.kinds) do
  purposes[kind.name], uses[kind.name] = kind.doc:sub(1, 1):upper() .. kind.doc:sub(2) .. ".", kind.use
end

local function columns()
  return math.min(core.file.columns() or 80, 100) - 1
end

local function wrapped(text, indent)
  return format.wrapped(text, indent, columns())
end

-- Names on the left, what they are on the right.
function pages.two_columns(rows)
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

function pages.sorted_names(t)
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

-- Two columns with the beginning of each text only, so that it fits into a line.
function pages.short_rows(rows)
  local widest = 0
  for _, row in ipairs(rows) do widest = math.max(widest, #row[1]) end
  for _, row in ipairs(rows) do row[2] = shortened(row[2], math.min(widest, 28) + 4) end
  return pages.two_columns(rows)
end

-- The overview: items by kind, functions by name with the beginning of what they are, objects with what they can do.
function pages.overview()
  local told = 'lunet %s; ln.help("conv2d") or ln.help(ln.fit) tells more, ln.tour() begins'
  local out, rows = { wrapped(told:format(core.version), 0), "" }, {}
  for _, kind in ipairs(core.kinds) do
    local names = pages.sorted_names(core[kind.name])
    rows[#rows + 1] = { "ln." .. kind.name, kind.plural .. ": " .. table.concat(names, ", ") }
  end
  out[#out + 1] = pages.two_columns(rows)
  out[#out + 1] = ""
  rows = {}
  for i, page in ipairs(docs.pages_of(nil)) do rows[i] = { docs.title(page), docs.first_sentence(page.doc) } end
  out[#out + 1] = pages.short_rows(rows)
  out[#out + 1] = '\nMethods and fields of objects; ln.help("narrow") or ln.help(t) tells more'
  rows = {}
  for i, object in ipairs(docs.objects) do rows[i] = object_row(object) end
  out[#out + 1] = pages.two_columns(rows)
  return table.concat(out, "\n")
end

-- A call in lines that end between options.
local function wrapped_call(call)
  local joined = call:gsub(" = ", "\1=\1"):gsub(" }", "\1}")
  return (wrapped(joined, 4):gsub("\1", " "))
end

-- A type of the C side: nn.conv2d, loss.bce, ... title: what it is called, if it is not a field of its kind's table.
function pages.of_type(t, title)
  local out, rows = { title or ("ln.%s.%s"):format(t.kind, t.name), wrapped(docs.reflowed(t.doc), 0) }, {}
  out[#out + 1] = "\nUse\n  " .. wrapped(uses[t.kind], 2)
  for _, param in ipairs(t.params) do
    local marks = param.positional and "; may come first, without its name" or ""
    rows[#rows + 1] = { param.name, ("%s\n(%s%s)"):format(param.help, param.accepts, marks) }
  end
  if #rows > 0 then
    out[#out + 1] = "\nOptions"
    out[#out + 1] = pages.two_columns(rows)
  end
  local shown, code = {}, example_text.of_type(t)
  if code then out[#out + 1] = "\nExample\n  " .. code:gsub("\n", "\n  ") end
  for i, case in ipairs(t.cases) do
    if i == 1 then out[#out + 1] = "\nAlso" end
    if not shown[case] then out[#out + 1] = "  " .. wrapped_call(("ln.%s.%s"):format(t.kind, case)) end
    shown[case] = true
  end
  return table.concat(out, "\n")
end

-- A page of docs.lua.
function pages.of_function(page)
  local out, rows = { wrapped(page.usage, 4), wrapped(page.doc, 0) }, {}
  local function section(title, text)
    out[#out + 1] = "\n" .. title
    out[#out + 1] = text
  end
  for _, entry in ipairs(page.options or {}) do
    rows[#rows + 1] = { entry[1], ("%s\n(%s)"):format(entry.help, options.told(entry)) }
  end
  if #rows > 0 then section("Options", pages.two_columns(rows)) end
  if page.numpy then out[#out + 1] = "NumPy: " .. page.numpy end
  if page.torch then out[#out + 1] = "PyTorch: " .. page.torch end
  if page.returns then section("Returns", "  " .. wrapped(page.returns, 2)) end
  if page.errors then section("Errors", "  " .. wrapped(page.errors, 2)) end
  local code = example_text.of_page(page)
  if code then section("Example", "  " .. code:gsub("\n", "\n  ")) end
  return table.concat(out, "\n")
end

-- One option of a page or a type: its rows of the page; nil where there is none of that name.
function pages.of_option(subject, name)
  local page, t = subject.page, subject.type
  for _, entry in ipairs(page and page.options or {}) do
    if entry[1] == name then
      local row = { name, ("%s\n(%s)"):format(entry.help, options.told(entry)) }
      return ("%s, option\n%s"):format(docs.title(page), pages.two_columns{ row })
    end
  end
  for _, param in ipairs(t and t.params or {}) do
    if param.name == name then
      local row = { name, ("%s\n(%s)"):format(param.help, param.accepts) }
      return ("ln.%s.%s, option\n%s"):format(t.kind, t.name, pages.two_columns{ row })
    end
  end
end

-- What an object can do.
function pages.of_object(object)
  local rows = {}
  for i, page in ipairs(docs.pages_of(object)) do
    rows[i] = { signature.short(page.usage), docs.first_sentence(page.doc) }
  end
  local title = object.variable == object.type and object.type or ("%s: a %s"):format(object.variable, object.type)
  return ("%s\n%s\n\n%s"):format(title, wrapped(object.doc, 0), pages.short_rows(rows))
end

-- A table of the module, ln.filter: what is in it.
function pages.of_kind(name, t)
  local rows = {}
  for _, key in ipairs(pages.sorted_names(t)) do
    local page = docs.find(t[key])
    local ok, doc = errors.try(function() return t[key].doc end)
    rows[#rows + 1] = { key, page and docs.first_sentence(page.doc) or ok and docs.first_sentence(doc) or "function" }
  end
  local use = uses[name] and "\n\nUse\n  " .. wrapped(uses[name], 2) or ""
  local purpose = purposes[name] and wrapped(purposes[name], 0) .. "\n\n" or ""
  return ("ln.%s\n%s%s%s"):format(name, purpose, pages.short_rows(rows), use)
end

return pages
