-- ln.help: what there is and how it is used, from the C descriptors and from the pages of the Lua functions.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local format = require "lunet.format"
local options = require "lunet.options"

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

-- Docs in C are broken by hand at any width: join what is one sentence.
local function reflowed(doc)
  return (doc:gsub("([^.\n])\n([^%s])", "%1 %2"))
end

-- The first sentence, or line, of a text.
local function first_line(text)
  local line = text:match("^[^\n]*")
  return line:match("^(.-[^.]%.)%s") or line
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

-- Pages of the methods and fields of an object, by its variable, in alphabetic order.
local function pages_of(variable)
  local found = {}
  for _, page in ipairs(docs.all()) do
    if docs.object_of(page) == variable then found[#found + 1] = page end
  end
  table.sort(found, function(a, b) return a.name < b.name end)
  return found
end

-- "methods of a tensor: abs, add, ..."
local function object_row(object)
  local names = {}
  for _, page in ipairs(pages_of(object[1])) do names[#names + 1] = page.name:match("[%w_]+$") end
  return { object[1], ("%s: %s"):format(object[2], table.concat(names, ", ")) }
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
  for _, page in ipairs(docs.all()) do
    if not docs.object_of(page) then rows[#rows + 1] = { docs.title(page), first_line(page.doc) } end
  end
  local widest = 0
  for _, row in ipairs(rows) do widest = math.max(widest, #row[1]) end
  for _, row in ipairs(rows) do row[2] = shortened(row[2], widest + 4) end
  table.sort(rows, function(a, b) return a[1] < b[1] end)
  out[#out + 1] = two_columns(rows)
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

-- A type of the C side: nn.conv2d, loss.bce, ...
local function type_page(t)
  local out, rows = { ("ln.%s.%s"):format(t.kind, t.name), wrapped(reflowed(t.doc), 0) }, {}
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

local function entry_text(entry)
  local text = options.accepts(entry)
  if entry.default ~= nil then text = text .. "; default " .. options.text(entry.default) end
  if entry.required then text = text .. "; required" end
  return ("%s\n(%s)"):format(entry.help, text)
end

-- A page of docs.lua.
local function function_page(page)
  local out, rows = { page.usage, wrapped(page.doc, 0) }, {}
  local function section(title, text)
    out[#out + 1] = "\n" .. title
    out[#out + 1] = text
  end
  for _, entry in ipairs(page.options or {}) do rows[#rows + 1] = { entry[1], entry_text(entry) } end
  if #rows > 0 then section("Options", two_columns(rows)) end
  if page.methods then section("It has", two_columns(page.methods)) end
  if page.returns then section("Returns", "  " .. wrapped(page.returns, 2)) end
  if page.errors then section("Errors", "  " .. wrapped(page.errors, 2)) end
  if page.example then section("Example", "  " .. page.example:gsub("\n", "\n  ")) end
  return table.concat(out, "\n")
end

-- Everything that has a page, by name: "conv2d" and "nn.conv2d", "fit", "set:split".
local function by_name()
  local found = {}
  for _, kind in ipairs(core.kinds) do
    for name, t in pairs(core[kind.name]) do
      if type(t) ~= "function" then
        found[kind.name .. "." .. name] = type_page(t)
        found[name] = found[name] and found[name] .. "\n\n" .. type_page(t) or type_page(t)
      end
    end
  end
  for _, page in ipairs(docs.all()) do
    local last = page.name:match("[.:]([%w_]+)$")
    if last then found[last] = (found[last] and found[last] .. "\n\n" or "") .. function_page(page) end
  end
  for _, page in ipairs(docs.all()) do found[page.name] = function_page(page) end
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

local function named_page(name)
  local pages = by_name()
  local page = pages[name:gsub("^ln%.", "")]
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
    rows[#rows + 1] = { key, page and first_line(page.doc) or ok and first_line(doc) or "function" }
  end
  local use = uses[name] and "\n\nUse\n  " .. wrapped(uses[name], 2) or ""
  return ("ln.%s\n%s%s"):format(name, two_columns(rows), use)
end

-- What an object can do: "t" for a tensor, "net" for a network.
local function page_about(subject)
  local variable = options.is_tensor(subject) and "t" or options.is_network(subject) and "net"
    or options.is_dataset(subject) and "set"
  if not variable then return nil end
  local rows = {}
  for i, page in ipairs(pages_of(variable)) do rows[i] = { page.usage:match("^[^-]*[^-%s]"), first_line(page.doc) } end
  local general = variable == "t" and named_page("tensor") or variable == "set" and named_page("data.set")
  return (general and general .. "\n\n" or "") .. two_columns(rows)
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
  if ok and kind and name and core[kind] and core[kind][name] then return type_page(core[kind][name]) end
  local about = page_about(subject)
  if about then return about end
  errors.raise("help: there is no help on %s; ln.help() lists what there is", options.text(subject))
end

return text
