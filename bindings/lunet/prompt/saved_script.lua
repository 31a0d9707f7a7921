-- %save: what worked in this session, as a script that does the same.
--
-- Chunks that failed are left out, and so are forms of the prompt that only show something; expressions whose values
-- were printed become print(...). _ and _1 to _9 become variables of the chunks that gave those values. A variable that
-- is made by `local` stays so, unless an earlier chunk mentions its name: at the prompt both mean the same variable.
local chunk_shape = require "lunet.chunk_shape"
local core = require "lunet.core"
local lexer = require "lunet.lexer"
local session = require "lunet.session"
local words = require "lunet.words"
local words_of = require "lunet.words_of"

local saved_script = {}

local most_locals = 150 -- a function may have 200

local is_saying = { help = true, quit = true, exit = true } -- words that only say what to type

-- The text up to its last word, without a semicolon there and a comment.
local function trimmed(text)
  local before, last = 0, 0
  for word, kind, first in lexer.words(text) do
    if kind ~= "comment" then before, last = last, first + #word - 1 end
  end
  return text:sub(last, last) == ";" and text:sub(1, before) or text:sub(1, last)
end

-- The chunk whose value _k was, for a chunk that stood at that place in the list.
local function valued(chunks, place, k)
  for i = place - 1, 1, -1 do
    if chunks[i].kept then k = k - 1 end
    if k == 0 then return chunks[i] end
  end
end

-- How the script calls the first value of a chunk.
local function value_name(chunk)
  return (chunk.values > 1 and "values_%d[1]" or "value_%d"):format(chunk.n)
end

-- The text with _ and _1 to _9 as names of values; notes which chunks are asked for in `asked`.
local function with_named_values(text, expression, chunks, place, asked)
  local shape, out, at, before = chunk_shape(text), {}, 1, ""
  local assigned = not expression and text:find("^%s*_%s*[,=]")
  if shape.declared._ or assigned then return text end
  for word, kind, first in lexer.words(text) do
    local k = kind == "name" and before ~= "." and before ~= ":" and word:match("^_(%d?)$")
    local chunk = k and k ~= "0" and valued(chunks, place, k == "" and 1 or tonumber(k))
    if chunk and chunk.saved_text then
      asked[chunk] = true
      out[#out + 1] = text:sub(at, first - 1) .. value_name(chunk)
      at = first + #word
    end
    before = word
  end
  return table.concat(out) .. text:sub(at)
end

-- Whether the text is a statement as it stands, so a call.
local function is_statement(text)
  return load(text, "=save", "t") ~= nil
end

-- What a chunk is in the script, as text of an expression or of statements; nil where it is left out.
local function source(chunk)
  if not chunk.ok then return nil end
  if chunk.form then return chunk.saved, chunk.expression end
  if chunk.text:find("^%s*local%s+ln%s*=%s*require[%s(]*[\"']lunet[\"']%s*%)?%s*;?%s*$") then return nil end
  local returned = not chunk.expression and chunk.text:match("^%s*return%f[%W]%s*(.-)%s*$")
  if returned and load("return " .. returned, "=save", "t") then return returned, true end
  if not chunk.expression and chunk_shape(chunk.text).returns then
    return (";(function()\n%s\nend)()"):format(chunk.text), false
  end
  return chunk.text, chunk.expression
end

-- An expression whose value another chunk asks for.
local function kept_values(chunk, text, shown)
  if chunk.values == 1 then
    local line = ("local value_%d = %s"):format(chunk.n, text)
    return shown and ("%s\nprint(value_%d)"):format(line, chunk.n) or line
  end
  local line = ("local values_%d = table.pack(%s)"):format(chunk.n, text)
  return shown and ("%s\nprint(table.unpack(values_%d, 1, values_%d.n))"):format(line, chunk.n, chunk.n) or line
end

-- An expression as a statement: its values are printed, kept where another chunk asks for them, or neither.
local function statement(chunk, text, asked)
  local shown = chunk.values > 0 and not chunk.silent
  text = trimmed(text)
  if asked then return kept_values(chunk, text, shown) end
  if is_saying[text] then return nil end
  if shown then return ("print(%s)"):format(text) end
  return is_statement(text) and text or nil
end

-- Statements whose variables have names that were mentioned before, or are too many: without `local`.
local function without_locals(text, mentioned, count)
  local shape, out, at = chunk_shape(text), {}, 1
  for _, declaration in ipairs(shape.locals) do
    local known = count.locals + #declaration.names > most_locals
    for _, name in ipairs(declaration.names) do known = known or mentioned[name] end
    if known and not declaration.fixed then
      out[#out + 1] = text:sub(at, declaration.first - 1)
      at = declaration.first + #text:match("^local%s+", declaration.first)
      if not declaration.value and not declaration.is_function then
        out[#out + 1] = text:sub(at, declaration.after - 1) .. " = nil"
        at = declaration.after
      end
    else
      count.locals = count.locals + #declaration.names
    end
  end
  for name in pairs(shape.mentions) do mentioned[name] = true end
  return table.concat(out) .. text:sub(at)
end

-- What the script is made of: { text, expression, chunk } in order.
local function sources(chunks)
  local list, asked = {}, {}
  for place, chunk in ipairs(chunks) do
    local text, expression = source(chunk)
    chunk.saved_text = text and expression
    if text then
      text = with_named_values(text, expression, chunks, place, asked)
      list[#list + 1] = { text = text, expression = expression, chunk = chunk }
    end
  end
  return list, asked
end

-- Short names of the prompt that the script uses: `local show = ln.show`.
local function short_names(mentioned)
  local lines = {}
  for _, name in ipairs(words.short) do
    if mentioned[name] and words.is_own(name, rawget(_G, name)) then
      lines[#lines + 1] = ("local %s = ln.%s"):format(name, name)
    end
  end
  return lines
end

-- The whole script, and how many chunks are in it.
local function whole(chunks)
  local list, asked = sources(chunks)
  local out, mentioned, count = {}, { ln = true }, { locals = 2 }
  local script = session.script
  if script then
    local text = require("lunet.saved_file").text(script.path, script.arguments, script.text)
    out[1] = without_locals(text, mentioned, count)
  end
  for _, entry in ipairs(list) do
    local text = entry.text
    if entry.expression then text = statement(entry.chunk, text, asked[entry.chunk]) end
    if text then out[#out + 1] = without_locals(text, mentioned, count) end
  end
  local head = { "-- A session at the prompt of lunet, " .. os.date("%Y-%m-%d %H:%M"), 'local ln = require "lunet"',
    table.unpack(short_names(mentioned)) }
  return table.concat(head, "\n") .. "\n\n" .. table.concat(out, "\n") .. "\n", #out
end

-- The path in the text behind %save, and whether "-f" stands there.
local function target(rest)
  local paths, force = {}, false
  for _, word in ipairs(words_of(rest)) do
    if word == "-f" then force = true else paths[#paths + 1] = word end
  end
  if #paths ~= 1 then error("%save takes one file", 0) end
  return paths[1], force
end

-- Write it to that file; "-f" replaces one. Returns what to tell.
function saved_script.write(rest)
  local path, force = target(rest)
  if not path:find("%.[^/]*$") then path = path .. ".lua" end
  if not force and core.file.exists(path) then error(("%s exists; %%save -f %s replaces it"):format(path, path), 0) end
  local chunks = table.move(session.chunks, 1, #session.chunks - 1, 1, {})
  local text, n = whole(chunks)
  core.file.write(path, text)
  local ok, message = load(text, "=" .. path, "t")
  return ("%s: %d part%s%s"):format(path, n, n == 1 and "" or "s", ok and "" or "; it needs mending: " .. message)
end

return saved_script
