-- How the prompt shows values: so that they say what they are, in the width that there is.
--
-- Tensors, tables of results and the like as print shows them; networks by their layers, datasets with the range of
-- their images, items with all of their options, functions by name and usage, plain tables by their contents, texts as
-- they are. What __tostring says is believed, and a __tostring that fails is told.
local capabilities = require "lunet.capabilities"
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local function_line = require "lunet.function_line"
local keys = require "lunet.table_keys"
local models = require "lunet.models"
local network_text = require "lunet.network_text"
local sets = require "lunet.set"
local table_text = require "lunet.table_text"
local table_in_width = require "lunet.table_in_width"
local value_line = require "lunet.value_line"
local wrapped = require("lunet.format").wrapped

local value_text = {}

local thumbnail_columns, thumbnail_lines = 8, 4
local most_lines = 100 -- of a table or a text, where it is no terminal that shows them

local function columns()
  return capabilities.columns() - 1
end

local function rows()
  return capabilities.is_terminal() and math.max(capabilities.rows() - 4, 12) or most_lines
end

-- Control characters would command the terminal.
local function harmless(text)
  return (text:gsub("[%c\127]", function(c)
    return c ~= "\n" and c ~= "\t" and ("\\x%02x"):format(c:byte()) or nil
  end))
end

local function string_text(text)
  local most = rows() * columns()
  if #text <= most then return harmless(text) end
  local cut = text:sub(1, most // 2):gsub("[\192-\255]?[\128-\191]*$", "")
  return ("%s\n... and %d bytes more"):format(harmless(cut), #text - #cut)
end

-- The first sentence of a help, below a line of usage.
local function with_doc(line, doc)
  return ("%s\n  %s"):format(line, wrapped(docs.first_sentence(doc), 2, columns()))
end

local function function_text(f)
  local page = docs.find(f)
  local line = function_line.of(f, columns())
  return page and with_doc(line, page.doc) or line
end

local function option_text(value)
  return math.type(value) == "float" and ("%.14g"):format(value) or (value_line.of(value, 40))
end

-- Options of an item that its text leaves out, being at their defaults.
local function defaults_of(item, text)
  local left = {}
  for _, param in ipairs(item.type.params) do
    local value = item.options[param.name]
    local named = text:find("%f[%w_]" .. param.name .. " = ") or param.positional
    if value ~= nil and not named then left[#left + 1] = ("%s = %s"):format(param.name, option_text(value)) end
  end
  return left
end

local nouns = {}
for _, kind in ipairs(core.kinds) do nouns[kind.name] = kind.noun end

local objects = {}

function objects.type(t)
  return with_doc(function_line.of_type(t, columns()), t.doc)
end

function objects.item(item)
  local text = tostring(item)
  local ok, left = errors.try(defaults_of, item, text)
  text = wrapped(text, 2, columns())
  if not ok or #left == 0 then return text end
  local rest = ("%s, otherwise %s"):format(nouns[item.kind] or "item", table.concat(left, ", "))
  return ("%s\n  %s"):format(text, wrapped(rest, 2, columns()))
end

function objects.results(t)
  return table_in_width(t, capabilities.columns())
end

function objects.comparison(c)
  return table_in_width(c:table(), capabilities.columns())
end

function objects.history(history)
  return wrapped(tostring(history), 2, columns())
end

function objects.network(net)
  return network_text(net, rows(), capabilities.columns())
end

-- As many images as there is room for, small, in a row.
local function row_of(set)
  local display_of, pictures = require "lunet.display", require "lunet.pictures"
  local shown = math.min(#set, columns() // (thumbnail_columns + 1))
  local images = set.images[{ { 1, shown } }]
  local display = display_of(pictures.gathered(pictures.groups("show", { images }, 1)), { columns = shown,
    width = shown * (thumbnail_columns + 1), height = thumbnail_lines + 2, pictures = "symbols" })
  return display:parts()[1].text:gsub("\n$", "")
end

-- nil where they cannot be seen.
local function thumbnails(set)
  if not capabilities.is_terminal() or capabilities.pictures() == "none" or not sets.in_memory(set) then return nil end
  local ok, text = errors.try(row_of, set)
  return ok and text or nil
end

function objects.set(set)
  local lines = { tostring(set) }
  lines[#lines + 1] = thumbnails(set)
  lines[#lines + 1] = sets.range_text(set)
  return table.concat(lines, "\n")
end

-- A table of the module, ln.filter: what is in it.
local function module_text(name, t)
  local names, known = {}, {}
  for key in next, t do known[tostring(key)] = true end
  for _, key in ipairs(name == "ln.models" and models.shipped or {}) do known[key] = true end -- loaded when called
  for key in pairs(known) do names[#names + 1] = key end
  table.sort(names)
  return wrapped(("%s: %s"):format(name, table.concat(names, ", ")), 2, columns())
end

local function object_text(value, class)
  local text_of = objects[class]
  if text_of then
    local ok, text = errors.try(text_of, value)
    if ok then return text end
  end
  local meta = debug.getmetatable(value)
  if type(value) == "table" and not rawget(meta, "__tostring") then
    return module_text((rawget(meta, "__name"):gsub("^lunet", "ln")), value)
  end
  return value_line.text_of(value)
end

local function text_of(value)
  if type(value) == "string" then return string_text(value) end
  if type(value) == "function" then return function_text(value) end
  if keys.is_plain(value) then return table_text(value, columns(), rows()) end
  local meta = (type(value) == "table" or type(value) == "userdata") and debug.getmetatable(value)
  local name = meta and rawget(meta, "__name")
  if type(name) == "string" then return object_text(value, name:match("^lunet%.(.*)$")) end
  return value_line.text_of(value)
end

-- The texts of several values: on one line where each is a short one, else below each other.
function value_text.all(...)
  local texts, lines = {}, false
  keys.forget() -- where an error ended it the last time
  for i = 1, select("#", ...) do
    texts[i] = text_of((select(i, ...)))
    lines = lines or texts[i]:find("\n", 1, true)
  end
  keys.forget()
  return table.concat(texts, lines and "\n" or "\t")
end

-- The text of a value.
function value_text.of(value)
  return (value_text.all(value))
end

return value_text
