-- What the prompt knows of names: their help, where a word is written of, the source of a function: the forms ?name,
-- ??word and name??. Nobody's code is run for them.
local capabilities = require "lunet.capabilities"
local docs = require "lunet.docs"
local format = require "lunet.format"
local function_line = require "lunet.function_line"
local help = require "lunet.help"
local help_pages = require "lunet.help_pages"
local keys = require "lunet.table_keys"
local ln = require "lunet"
local name_chain = require "lunet.name_chain"
local pager = require "lunet.pager"
local session = require "lunet.session"
local source = require "lunet.source"
local value_line = require "lunet.value_line"
local value_text = require "lunet.value_text"

local texts = {} -- what they print
local knowing = { texts = texts }

local function columns()
  return capabilities.columns() - 1
end

-- The module is there by its usual name, whatever a script calls it.
local function find(name)
  local value, page = name_chain.find(_G, name)
  if value == nil and page == nil and name:find("^ln%f[^%w_]") then return name_chain.find({ ln = ln }, name) end
  return value, page
end

local function with_article(noun)
  return (noun:find("^[aeiou]") and "an " or "a ") .. noun
end

-- What was typed as "[3]".
local function typed(name)
  local n = math.tointeger(name:match("^%[(%d+)%]$"))
  local chunk = n and session.chunks[n]
  return chunk and chunk.text
end

-- A Lua function without a page: how it is called, where it is from, and the comment above it.
local function written_function(name, f)
  local text = function_line.of(f, columns()):gsub("^function ?", function() return "function " end)
  local found, lines = source.of(f, typed), { text }
  for _, line in ipairs(found and found.comment or {}) do lines[#lines + 1] = "  " .. line:gsub("^%s*%-+ ?", "") end
  if not found and not function_line.standard(f) then lines[1] = ("%s: a function in C, without help"):format(name) end
  local standard = function_line.standard(f)
  if standard then
    lines[2] = ("  See https://www.lua.org/manual/5.4/manual.html#pdf-%s"):format(standard)
  elseif found then
    lines[#lines + 1] = ("  %s?? shows its source"):format(name)
  end
  return table.concat(lines, "\n")
end

local function counted(n, one, many)
  return ("%d %s"):format(n, n == 1 and one or many)
end

-- "a list of 3", "a table of 2 entries", "a list of 3, and 1 other entry".
local function table_size(t)
  local _, n, _, others = keys.of(t)
  if others == 0 and n > 0 then return ("a list of %d"):format(n) end
  if n == 0 then return "a table of " .. counted(others, "entry", "entries") end
  return ("a list of %d, and %s"):format(n, counted(others, "other entry", "other entries"))
end

-- What a variable holds: an object with what it can do, another value by its text.
local function value_page(name, value)
  if type(value) == "function" then return written_function(name, value) end
  if value == ln then return help.text(value) end
  local about = help.about(ln, value)
  if type(value) == "table" and about and not help.class_of(value) then return about end -- of the module
  local class = help.class_of(value)
  local text = value_text.of(value)
  local head = ("%s: %s"):format(name, with_article(class and class.type or math.type(value) or type(value)))
  if type(value) == "string" then head = ("%s of %d bytes"):format(head, #value) end
  if type(value) == "table" and keys.is_plain(value) then
    head = ("%s: %s"):format(name, table_size(value))
  end
  if class and class.type == "tensor" then
    head, text = ("%s of %d bytes"):format(head, value:bytes()), text:match("[^\n]*$")
  end
  return table.concat({ head, text, about and "\n" .. about }, "\n")
end

-- The page of a field of an object, after what it is now.
local function field_page(name, value, page)
  local text = value_line.of(value, math.max(columns() - #name - 3, 20))
  return ("%s = %s\n\n%s"):format(name, text, help_pages.of_function(page))
end

local function found_page(name, value, page)
  if page and type(value) ~= "function" then
    return value == nil and help_pages.of_function(page) or field_page(name, value, page)
  end
  if page then return help_pages.of_function(page) end
  if docs.find(value) or function_line.type_name(value) then return help.about(ln, value) end
  return value_page(name, value)
end

-- A name that is no variable: a page called so, one called by its last name, or what comes near.
local function named_page(name)
  local text = help.named(ln, name)
  if text then return text end
  local last = name:match("[.:]([%w_]+)$")
  local near = last and help.named(ln, last)
  if near then return ("There is no %s; this is called %s:\n\n%s"):format(name, last, near) end
  local instead, hint = help.instead(ln, last or name)
  local more = hint:find("?$") and hint .. " " or hint .. "; "
  return instead or ("There is nothing called '%s'%s??word looks for a word in all texts"):format(name, more)
end

-- The help of anything that a chain of names is: text.
function texts.help(text)
  text = format.visible(text)
  if not text:find("%S") then return help.text(ln) end
  local name = name_chain.of(text)
  if not name or text:find("^%s*np%.") then return named_page(text:match("^%s*(.-)%s*$")) end
  local value, page = find(name)
  if value == nil and page == nil then return named_page(name) end
  return found_page(name, value, page)
end

-- Where words are written of, all of them in one page: text.
function texts.search(text)
  local words = format.visible(text):match("^%s*(.-)%s*$")
  if words == "" then return "What should be looked for? ??word, or several words: ??edge filter" end
  local rows = help.mentions(ln, words)
  if #rows == 0 then
    local _, hint = help.instead(ln, words)
    return ("'%s' is mentioned nowhere%s"):format(words, hint)
  end
  return ("'%s' is mentioned under\n%s"):format(words, help_pages.short_rows(rows))
end

-- What stands there instead of the source of something that has none.
local function no_source(name, value)
  local what = type(value) == "function" and "a function in C" or function_line.type_name(value) and "a type, in C"
    or with_article(math.type(value) or help.class_of(value) and help.class_of(value).type or type(value))
  return ("%s is %s; there is no Lua source to show.\n\n%s"):format(name, what, texts.help(name))
end

-- The source of a Lua function: its place and lines, with the comment above it. Text.
function texts.source(text)
  local name = name_chain.of(text)
  if not name then return "Whose source? name??, as in ln.fit??" end
  local value = find(name)
  if value == nil then name, value = "ln." .. name, find("ln." .. name) end
  if value == nil then return named_page(name:sub(4)) end
  local found = type(value) == "function" and source.of(value, typed)
  if not found then return no_source(name, value) end
  if not found.lines then return ("%s is from %s, but %s"):format(name, found.place, found.why) end
  local out = { ("-- %s, %s"):format(name, found.place) }
  table.move(found.comment, 1, #found.comment, #out + 1, out)
  table.move(found.lines, 1, #found.lines, #out + 1, out)
  return table.concat(out, "\n")
end

for name, text_of in pairs(texts) do
  knowing[name] = function(subject) pager(text_of(subject)) end
end

return knowing
