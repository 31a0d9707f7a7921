-- Where in a text the cursor is: in a comment, in a string, behind a dot, at an entry of the braces of a call.
local expression = require "lunet.expression"
local lexer = require "lunet.lexer"

local context = {}

local function words_of(text)
  local words = {}
  for word, kind, first in lexer.words(text) do
    words[#words + 1] = { word = word, kind = kind, first = first, last = first + #word - 1 }
  end
  return words
end

-- Whether a string or comment at the end of the text is not closed yet.
local function is_open(word)
  local text = word.word
  local level = text:match("^%-?%-?%[(=*)%[")
  if level then return #text < 4 + 2 * #level or text:sub(-#level - 2) ~= "]" .. level .. "]" end
  if word.kind == "comment" then return true end
  return #text == 1 or text:gsub("\\.", ""):match("^(.).*%1$") == nil
end

local partners = { [")"] = "(", ["]"] = "[", ["}"] = "{" }

-- The innermost bracket that is open before word number `last` + 1: its position, and how many commas stand in it.
local function open_bracket(words, last)
  local depth, commas = 0, 0
  for i = last, 1, -1 do
    local word = words[i].kind == "sign" and words[i].word
    if partners[word] then depth = depth + 1
    elseif word == "(" or word == "[" or word == "{" then
      if depth == 0 then return i, commas end
      depth = depth - 1
    elseif word == "," and depth == 0 then
      commas = commas + 1
    end
  end
  return nil
end

-- The function that is called with what a bracket holds, and the number of the argument that is there.
local function called(words, bracket, commas)
  local sign, before = words[bracket].word, words[bracket - 1]
  if expression.is_end(before) then return expression.resolve(words, bracket - 1), sign == "(" and commas + 1 or 1 end
  if sign ~= "{" or not before or before.word ~= "(" and before.word ~= "," then return nil end
  local outer, place = open_bracket(words, bracket - 1)
  if not outer or words[outer].word ~= "(" or not expression.is_end(words[outer - 1]) then return nil end
  return expression.resolve(words, outer - 1), place + 1
end

-- The names of the options that the braces have, and how many entries without a name come before the last comma.
local function entries_in(words, bracket, last)
  local given, unnamed, depth, at_start = {}, 0, 0, true
  for i = bracket + 1, last do
    local word = words[i].kind == "sign" and words[i].word
    if at_start and words[i].kind == "name" and words[i + 1] and words[i + 1].word == "=" then
      given[words[i].word] = true
    elseif at_start then
      unnamed = unnamed + 1
    end
    at_start = depth == 0 and (word == "," or word == ";")
    if word == "(" or word == "[" or word == "{" then depth = depth + 1 end
    if partners[word] then depth = depth - 1 end
  end
  return given, unnamed
end

-- What is called where a value stands behind word number `last`, which may be the function itself, as in f"text":
--   thing     what is called, see expression.lua; nil where none is
--   argument  the number of the argument
--   option    the name of the option whose value it is; or its number, 1, 2, ..., without a name
--   given     names of options that are in the same braces
--   at_entry  whether a name of an option may stand there
local function call_at(words, last)
  if expression.is_end(words[last]) then return { thing = expression.resolve(words, last), argument = 1 } end
  local named = words[last] and words[last].word == "=" and words[last - 1] and words[last - 1].kind == "name"
  local option = named and words[last - 1].word
  local bracket, commas = open_bracket(words, named and last - 2 or last)
  if not bracket or words[bracket].word == "[" then return {} end
  local thing, argument = called(words, bracket, commas)
  if words[bracket].word == "(" then return { thing = not named and thing or nil, argument = argument } end
  local given, unnamed = entries_in(words, bracket, last)
  if thing then
    local at = words[last].word
    local at_entry = last == bracket or at == "," or at == ";"
    return { thing = thing, argument = argument, option = option or at_entry and unnamed + 1 or nil, given = given,
      at_entry = at_entry }
  end
  local before = words[bracket - 1] -- a list that is an option's value: { metrics = { "
  if not option and before and before.word == "=" and last >= bracket then return call_at(words, bracket - 1) end
  return {}
end

-- What the end of a text, up to the cursor, is:
--   words     all words before what is being typed
--   start     what is being typed of a name or string
--   kind      "comment", "string", "member" (behind a dot or colon), "name"
--   quote     of a string: its quote
--   of, separator   of a member: what it is a member of, and "." or ":"
--   call      what call_at gives
function context.of(text)
  local words = words_of(text)
  local last = words[#words]
  if last and last.last == #text and (last.kind == "string" or last.kind == "comment") and is_open(last) then
    words[#words] = nil
    if last.kind == "comment" or last.word:sub(1, 1) == "[" then return { kind = "comment", words = words } end
    return { kind = "string", words = words, start = last.word:sub(2), quote = last.word:sub(1, 1),
      call = call_at(words, #words) }
  end
  local start = ""
  if last and last.kind == "name" and last.last == #text then
    start = last.word
    words[#words] = nil
    last = words[#words]
  elseif last and last.kind == "number" and last.last == #text then
    return { kind = "comment", words = words } -- nothing goes on with a number
  end
  if last and (last.word == "." or last.word == ":") then
    return { kind = "member", words = words, start = start, separator = last.word,
      of = expression.resolve(words, #words - 1) }
  end
  return { kind = "name", words = words, start = start, call = call_at(words, #words) }
end

return context
