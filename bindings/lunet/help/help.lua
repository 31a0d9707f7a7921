-- ln.help: finds what is asked about, by value, by name or by a word in the texts.
local core = require "lunet.core"
local counterparts = require "lunet.counterparts"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local models = require "lunet.models"
local options = require "lunet.options"
local pages = require "lunet.help_pages"

local help = {}

-- Everything that has a page, by its name without "ln.": functions that give the texts of "nn.conv2d", "fit",
-- "set:split", "models.unet", "history".
local function titles(ln)
  local found = {}
  for _, kind in ipairs(core.kinds) do
    for name, t in pairs(core[kind.name]) do
      if type(t) ~= "function" then found[kind.name .. "." .. name] = function() return pages.of_type(t) end end
    end
  end
  for name in pairs(help.models(ln)) do
    found["models." .. name] = function()
      local page = docs.find(ln.models[name])
      return page and pages.of_function(page) or ("ln.models.%s\nAn architecture without help."):format(name)
    end
  end
  for _, page in ipairs(docs.all()) do found[page.name] = function() return pages.of_function(page) end end
  for _, object in ipairs(docs.objects) do
    found[object.variable] = found[object.variable] or function() return pages.of_object(object) end
  end
  return found
end

-- The architectures that are known by name: those that ship, and those that were used.
function help.models(ln)
  local names = {}
  for name in pairs(ln.models) do names[name] = true end
  for _, name in ipairs(models.shipped) do names[name] = true end
  return names
end

-- Titles with the last of their names: those of "conv2d" are nn.conv2d and t:conv2d, in this order.
local function titles_ending(name, found)
  local list = {}
  for _, title in ipairs(pages.sorted_names(found)) do
    if title:match("[.:]([%w_]+)$") == name then list[#list + 1] = title end
  end
  return list
end

local function texts_of(list, found)
  local texts = {}
  for i, title in ipairs(list) do texts[i] = found[title] and found[title]() end
  return texts[1] and table.concat(texts, "\n\n")
end

-- What a name from NumPy or PyTorch is here: its pages, one after the other; nil if nothing is called so there.
local function elsewhere(name, found)
  local list = {}
  for i, title in ipairs(counterparts.find(name)) do list[i] = title:gsub("^ln%.", "") end
  return texts_of(list, found)
end

-- The page of a name: "conv2d", "ln.nn.conv2d", "t:svd", "models.ffdnet", "np.clip"; nil if nothing is called so.
function help.named(ln, name)
  if name == "numpy" or name == "torch" or name == "pytorch" then return counterparts.page() end
  local found, short = titles(ln), name:gsub("^ln%.", "")
  local model = short:match("^models%.([%w_]+)$")
  if model and not found[short] and models.exists(model) then
    found[short] = function() return help.about(ln, ln.models[model]) end
  end
  local own = found[short] and found[short]()
  local table_of = not own and rawget(ln, short)
  if type(table_of) == "table" then return help.about(ln, table_of) end
  return own or texts_of(titles_ending(short, found), found) or elsewhere(name, found)
end

local function has_all(text, words)
  for _, word in ipairs(words) do
    if not text:find(word, 1, true) then return false end
  end
  return true
end

-- The line in which the first of the words comes first.
local function line_with(text, word)
  for line in text:gmatch("[^\n]+") do
    if line:lower():find(word, 1, true) then return line:match("^%s*(.*)$") end
  end
end

-- 1 where the title ends in the word, 2 where it has it, else 3.
local function rank(title, word)
  title = title:lower()
  return title:match("[%w_]+$") == word and 1 or title:find(word, 1, true) and 2 or 3
end

-- Where words stand, all of them on one page: rows { title, line }, first those called by the first word.
function help.mentions(ln, text)
  local words, found, rows = {}, titles(ln), {}
  for word in text:lower():gmatch("%S+") do words[#words + 1] = word end
  if #words == 0 then return rows end
  local by_rank = { {}, {}, {} }
  for _, title in ipairs(pages.sorted_names(found)) do
    local page = found[title]()
    if has_all(page:lower(), words) then
      table.insert(by_rank[rank(title, words[1])], { title, line_with(page, words[1]) })
    end
  end
  for _, list in ipairs(by_rank) do table.move(list, 1, #list, #rows + 1, rows) end
  return rows
end

-- What is said of a name that is none: the nearest one, and where it is mentioned. nil if there is nothing to say.
function help.instead(ln, name)
  local names, rows = pages.sorted_names(titles(ln)), help.mentions(ln, name)
  for _, title in ipairs(names) do names[#names + 1] = title:match("[.:]([%w_]+)$") end
  local hint = errors.suggestion(name, names)
  if #rows == 0 then return nil, hint end
  for _, row in ipairs(rows) do row[2] = pages.shortened(row[2], 32) end
  return ("There is nothing called '%s'%s It is mentioned under\n%s"):format(name, hint ~= "" and hint or ".",
    pages.two_columns(rows)), hint
end

-- The class of an object, an entry of docs.objects.
function help.class_of(value)
  local class = rawget(debug.getmetatable(value) or {}, "__name")
  for _, object in ipairs(docs.objects) do
    if class == "lunet." .. object.type then return object end
  end
end

-- The page of a value: a function, a type, an item, a table of the module, an object; nil if it has none.
function help.about(ln, value)
  local page = docs.find(value)
  if page then return pages.of_function(page) end
  for _, name in ipairs(pages.sorted_names(ln)) do
    if rawget(ln, name) == value and type(value) == "table" then return pages.of_kind(name, value) end
  end
  local ok, kind, name = errors.try(function() return value.kind, value.name end)
  if ok and kind and name and rawget(core, kind) then
    local listed = rawget(core[kind], name)
    local written = listed and docs.find(listed) -- a function makes such items
    if written then return pages.of_function(written) end
    return listed and pages.of_type(listed) or pages.of_type(value.type, tostring(value))
  end
  local object = help.class_of(value)
  return object and pages.of_object(object)
end

-- The text that ln.help prints. ln: the module, whose tables (ln.nn, ...) may be asked about too.
function help.text(ln, subject)
  if subject == nil then return pages.overview() end
  if type(subject) ~= "string" then
    return help.about(ln, subject)
      or errors.raise("help: there is no help on %s; ln.help() lists what there is", options.text(subject))
  end
  local text = help.named(ln, subject)
  if text then return text end
  local instead, hint = help.instead(ln, subject)
  return instead or errors.raise("help: there is nothing called '%s'%s", subject, hint)
end

return setmetatable(help, { __call = function(_, ...) return help.text(...) end })
