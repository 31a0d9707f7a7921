-- What Tab can make of the word before the cursor. Runs none of the user's code.
local candidates = require "lunet.candidates"
local commands = require "lunet.commands"
local context = require "lunet.context"
local expression = require "lunet.expression"
local lexer = require "lunet.lexer"
local session = require "lunet.session"
local settings = require "lunet.settings"
local signature = require "lunet.signature"

-- ---- Strings ----

local endings = { load = { ".safetensors" }, ["net:load"] = { ".safetensors", ".npz" },
  load_tensors = { ".safetensors", ".npy", ".npz" } }
local file_functions = { [dofile] = true, [loadfile] = true, [io.open] = true, [io.lines] = true } -- of Lua's own
local path_names = { path = true, file = true, folder = true, dir = true, paths = true }

local function named_words(words)
  local list = {}
  for _, word in ipairs(words or {}) do
    if type(word) == "string" then list[#list + 1] = word end
  end
  return list
end

local function takes_text(kinds)
  for _, kind in ipairs(kinds) do
    if kind == "string" then return true end
  end
  return false
end

local function is_path(option)
  if path_names[option.name] then return true end
  local help = option.help or ""
  return help:find("%f[%a]file%f[%A]") ~= nil or help:find("%f[%a]folder%f[%A]") ~= nil
end

local function of_option(option, start)
  if option.choices and #option.choices > 0 then return named_words(option.choices) end
  if not takes_text(option.kinds) then return {} end
  if option.name == "run" then return candidates.runs() end
  return is_path(option) and candidates.files(start) or {}
end

-- An argument by the page's usage: 'max'|'min', path: string.
local function of_parameter(param, page, start)
  local words, text = {}, false
  for _, one in ipairs(signature.alternatives(param.type)) do
    if type(one) == "table" and one.word then words[#words + 1] = one.word end
    text = text or one == "string"
  end
  if #words > 0 then return words end
  return text and path_names[param.name] and candidates.files(start, endings[page.name]) or {}
end

local function of_place(call, start)
  for _, option in ipairs(expression.options(call.thing) or {}) do
    if option.name == call.option or option.positional == call.option then return of_option(option, start) end
  end
  return {}
end

local function of_argument(call, start)
  local page = expression.page(call.thing)
  if not page and call.argument == 1 then call.option = 1 end -- ln.data.folder("...")
  if call.argument == 1 and file_functions[call.thing.value] then return candidates.files(start) end
  if call.option then return of_place(call, start) end
  local parsed = page and signature.parse(page.usage)
  local param = parsed and parsed.params and parsed.params[call.argument]
  return param and of_parameter(param, page, start) or {}
end

local function in_string(at)
  local call = at.call
  if not call.thing then return {} end
  return (call.option and of_place or of_argument)(call, at.start)
end

-- ---- Code ----

local function begins_one(list, start)
  for _, name in ipairs(list) do
    if name:sub(1, #start) == start then return true end
  end
end

-- Where an option may stand and one begins so, names of Lua are not meant, but variables may be.
local function in_code(at)
  if at.kind == "member" then return at.of and candidates.members(at.of, at.separator) or {} end
  local list = at.call.at_entry and candidates.options(at.call) or {}
  if at.start == "" and #list > 0 then return list end
  local option, given = begins_one(list, at.start), session.console and session.console.first_globals or {}
  for _, name in ipairs(candidates.names(at.words, at.start)) do
    if not (option and (given[name] or lexer.keywords[name])) then list[#list + 1] = name end
  end
  return list
end

local function of_lua(text)
  local at = context.of(text)
  if at.kind == "comment" then return {}, "" end
  if at.kind == "string" then return in_string(at), at.start end
  return in_code(at), at.start
end

-- ---- The prompt's own forms ----

local function names_of(list)
  local names = {}
  for i, one in ipairs(list) do names[i] = one.name end
  return names
end

-- Behind a command's name: a file where its usage says so, else Lua.
local function of_command(name, rest)
  for _, command in ipairs(commands.list()) do
    if command.name == name then
      local usage = command.usage:match("^%%%S+%s*(.*)$") or ""
      local word = rest:match("%S*$")
      if usage:find("file") or usage:find("path") or usage:find("folder") then return candidates.files(word), word end
      if name == "set" then return names_of(settings.list()), word end
      if name == "help" then return names_of(commands.list()), word end
    end
  end
  return of_lua(rest)
end

local function of_form(text)
  local command = text:match("^%s*%%%s*([%w_]*)$")
  if command then return names_of(commands.list()), command end
  local name, rest = text:match("^%s*%%%s*([%w_]+)%s+(.*)$")
  if name then return of_command(name, rest) end
  local word = text:match("^%s*!.-(%S*)$")
  if word then return candidates.files(word), word end
  local subject = text:match("^%s*%?%??%s*([%w_]*)$")
  if subject then return candidates.subjects(), subject end
  return of_lua(text:match("^%s*%?*(.*)$"))
end

-- ---- The answer ----

-- What the word can become: names that begin with `start`, the end of the word, sorted and each once, as whole words.
local function fitting(list, start, word)
  local head, found, seen = word:sub(1, #word - #start), {}, {}
  if word:sub(-#start) ~= start and start ~= "" then head = "" end
  for _, name in ipairs(list) do
    local hidden = start == "" and name:sub(1, 1) == "_"
    if name:sub(1, #start) == start and not hidden and not seen[name] then
      found[#found + 1] = name
      seen[name] = true
    end
  end
  table.sort(found)
  for i, name in ipairs(found) do found[i] = head .. name end
  return found
end

-- before: the lines of an unfinished chunk and the line up to the word; word: what readline takes for it; after: what
-- stands behind the cursor. A list of words.
return function(before, word, after)
  local text = (before .. word):gsub("^%s+", "")
  local is_form = text:find("^[?!%%]") and not text:find("\n", 1, true)
  local list, start = (is_form and of_form or of_lua)(text)
  local found = fitting(list, start, word)
  if #found == 1 and after:find("^%s*=") then found[1] = found[1]:gsub(" = $", "") end
  return found
end
