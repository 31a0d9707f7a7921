-- ln.help: finds what is asked about, by value, by name or by a word in the texts.
local core = require "lunet.core"
local counterparts = require "lunet.counterparts"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local example_text = require "lunet.example_text"
local models = require "lunet.models"
local options = require "lunet.options"
local pages = require "lunet.help_pages"

local help = {}

-- Everything that has a page, by its name without "ln.", as subjects, each one of
--   { page = a page of docs.lua }, { type = nn.conv2d }, { model = "unet" }, { object = an entry of docs.objects }
local function subjects(ln)
  local found = {}
  for _, kind in ipairs(core.kinds) do
    for name, t in pairs(core[kind.name]) do
      if type(t) ~= "function" then found[kind.name .. "." .. name] = { type = t } end
    end
  end
  for name in pairs(help.models(ln)) do found["models." .. name] = { model = name } end
  for _, page in ipairs(docs.all()) do found[page.name] = { page = page } end
  for _, object in ipairs(docs.objects) do found[object.variable] = found[object.variable] or { object = object } end
  return found
end

-- Architectures are loaded when they are asked about.
local function page_of(ln, subject)
  return subject.page or subject.model and docs.find(ln.models[subject.model])
end

local function text_of(ln, subject)
  local page = page_of(ln, subject)
  if page then return pages.of_function(page) end
  if subject.type then return pages.of_type(subject.type) end
  if subject.object then return pages.of_object(subject.object) end
  return ("ln.models.%s\nAn architecture without help."):format(subject.model)
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

-- The name with a colon for its last dot, or a dot for its last colon: methods and fields are found by both.
local function other_sign(name)
  local before, sign, last = name:match("^(.*)([.:])([%w_]+)$")
  return before and before .. (sign == "." and ":" or ".") .. last
end

-- The titles of what is called so in NumPy or PyTorch.
local function titles_elsewhere(name)
  local list = {}
  for i, title in ipairs(counterparts.find(name)) do list[i] = title:gsub("^ln%.", "") end
  return list
end

-- The subjects of a name: "conv2d", "ln.nn.conv2d", "t:svd", "models.ffdnet", "np.clip"; a list, empty if nothing is
-- called so.
local function subjects_of(ln, name)
  local found, short = subjects(ln), name:gsub("^ln%.", "")
  local model = short:match("^models%.([%w_]+)$")
  local exact = found[short] or found[other_sign(short)]
  if exact then return { exact } end
  if model and models.exists(model) then return { { model = model } } end
  local list = titles_ending(short, found)
  if #list == 0 then list = titles_elsewhere(name) end
  for i, title in ipairs(list) do list[i] = found[title] end
  return list
end

-- "fit.patience", "nn.conv2d.padding": the option of all that is called so; nil where there is none.
local function option_text(ln, name)
  local owner, option = name:match("^(.*)[.:]([%w_]+)$")
  local texts = {}
  for _, subject in ipairs(owner and subjects_of(ln, owner) or {}) do
    local page = page_of(ln, subject)
    texts[#texts + 1] = pages.of_option(page and { page = page } or subject, option)
  end
  return texts[1] and table.concat(texts, "\n\n")
end

-- The page of a name; nil if nothing is called so.
function help.named(ln, name)
  if name == "numpy" or name == "torch" or name == "pytorch" then return counterparts.page() end
  local texts = {}
  for i, subject in ipairs(subjects_of(ln, name)) do texts[i] = text_of(ln, subject) end
  local part = not texts[1] and rawget(ln, (name:gsub("^ln%.", "")))
  if type(part) == "table" then return help.about(ln, part) end
  return texts[1] and table.concat(texts, "\n\n") or option_text(ln, name)
end

-- What is written about a subject, in pieces, the first of which is its title.
local function pieces_of(ln, title, subject)
  local page, pieces = page_of(ln, subject), { title }
  local function add(piece) pieces[#pieces + 1] = piece end
  if page then
    add(page.doc)
    for _, entry in ipairs(page.options or {}) do add(("%s: %s"):format(entry[1], entry.help)) end
    for _, field in ipairs{ "usage", "returns", "errors", "numpy", "torch", "example" } do add(page[field]) end
  elseif subject.type then
    add(docs.reflowed(subject.type.doc))
    for _, param in ipairs(subject.type.params) do add(("%s: %s"):format(param.name, param.help)) end
  elseif subject.object then
    add(subject.object.doc)
  end
  return pieces
end

local function has_all(text, words)
  for _, word in ipairs(words) do
    if not text:find(word, 1, true) then return false end
  end
  return true
end

-- The sentence in which a word comes first; what something is where that is its title.
local function sentence_with(pieces, word)
  for i, piece in ipairs(pieces) do
    local at = piece:lower():find(word, 1, true)
    if at and i == 1 then return docs.first_sentence(pieces[2]) end
    if at then
      local before = piece:sub(1, at - 1)
      return piece:sub(before:match(".*[.\n]%s+()") or 1):match("^[^\n]*")
    end
  end
end

local function full_title(title, subject)
  if subject.object or subject.page and docs.object_of(subject.page) then return title end
  return "ln." .. title
end

-- 1 where the title ends in the word, 2 where it has it, else 3.
local function rank(title, word)
  title = title:lower()
  return title:match("[%w_]+$") == word and 1 or title:find(word, 1, true) and 2 or 3
end

-- Where words stand, all of them on one page: rows { title, line }, first those called by the first word.
function help.mentions(ln, text)
  local words, found, rows = {}, subjects(ln), {}
  for word in text:lower():gmatch("%S+") do words[#words + 1] = word end
  if #words == 0 then return rows end
  local by_rank = { {}, {}, {} }
  for _, title in ipairs(pages.sorted_names(found)) do
    local pieces = pieces_of(ln, title, found[title])
    if has_all(table.concat(pieces, "\n"):lower(), words) then
      table.insert(by_rank[rank(title, words[1])],
        { full_title(title, found[title]), sentence_with(pieces, words[1]) })
    end
  end
  for _, list in ipairs(by_rank) do table.move(list, 1, #list, #rows + 1, rows) end
  return rows
end

-- What is said of a name that is none: the nearest one, and where it is mentioned. nil if there is nothing to say.
function help.instead(ln, name)
  local names, rows = pages.sorted_names(subjects(ln)), help.mentions(ln, name)
  for _, title in ipairs(names) do names[#names + 1] = title:match("[.:]([%w_]+)$") end
  local hint = errors.suggestion(name, names)
  if #rows == 0 then return nil, hint end
  return ("There is nothing called '%s'%s It is mentioned under\n%s"):format(name, hint ~= "" and hint or ".",
    pages.short_rows(rows)), hint
end

-- The class of an object, an entry of docs.objects.
function help.class_of(value)
  local class = rawget(debug.getmetatable(value) or {}, "__name")
  for _, object in ipairs(docs.objects) do
    if class == "lunet." .. object.type then return object end
  end
end

-- The subject of a value: a function, a type, an item, an object; nil if it has no page.
local function subject_of_value(value)
  local page = docs.find(value)
  if page then return { page = page } end
  local ok, kind, name = errors.try(function() return value.kind, value.name end)
  if ok and kind and name and rawget(core, kind) then
    local listed = rawget(core[kind], name)
    local written = listed and docs.find(listed) -- a function makes such items
    if written then return { page = written } end
    return { type = listed or value.type, title = not listed and tostring(value) or nil }
  end
  local object = help.class_of(value)
  return object and { object = object }
end

-- Its name where it is a table of the module with functions and types in it, no list.
local function part_name(ln, value)
  if type(value) ~= "table" or rawlen(value) > 0 then return nil end
  for _, name in ipairs(pages.sorted_names(ln)) do
    if rawget(ln, name) == value then return name end
  end
end

-- The page of a value, or of a table of the module; nil if it has none.
function help.about(ln, value)
  local page = docs.find(value) -- ln.models has one
  local part = not page and part_name(ln, value)
  if part then return pages.of_kind(part, value) end
  local subject = subject_of_value(value)
  if subject and subject.title then return pages.of_type(subject.type, subject.title) end
  return subject and text_of(ln, subject)
end

-- The examples of what is asked about, by value or name: { title, code }, ...; empty where there are none.
function help.examples(ln, asked)
  local list, by_name = {}, type(asked) == "string"
  for _, subject in ipairs(by_name and subjects_of(ln, asked) or { subject_of_value(asked) }) do
    local page = page_of(ln, subject)
    local code = page and example_text.of_page(page) or subject.type and example_text.of_type(subject.type)
    local t = subject.type
    if code then list[#list + 1] = { page and docs.title(page) or ("ln.%s.%s"):format(t.kind, t.name), code } end
  end
  return list
end

-- The titles of all that has an example, in order.
function help.with_examples(ln)
  local titles, found = {}, subjects(ln)
  for _, title in ipairs(pages.sorted_names(found)) do
    if not found[title].object then titles[#titles + 1] = title end
  end
  return titles
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
