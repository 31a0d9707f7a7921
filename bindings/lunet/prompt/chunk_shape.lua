-- What a chunk of Lua looks like from outside: which variables are its own, what it mentions, how it ends.
local lexer = require "lunet.lexer"

local opening = { ["do"] = true, ["if"] = true, ["function"] = true, ["repeat"] = true }
local closing = { ["end"] = true, ["until"] = true }

-- All words but comments: { word, kind, first }.
local function words_of(text)
  local words = {}
  for word, kind, first in lexer.words(text) do
    if kind ~= "comment" then words[#words + 1] = { word, kind, first } end
  end
  return words
end

-- Names separated by commas from word i on, attributes passed over: the names, the number of the word behind, and
-- whether there was an attribute.
local function names_from(words, i)
  local names, attribute = {}, false
  while words[i] and words[i][2] == "name" do
    names[#names + 1] = words[i][1]
    i = i + 1
    if words[i] and words[i][1] == "<" then i, attribute = i + 3, true end
    if not words[i] or words[i][1] ~= "," then break end
    i = i + 1
  end
  return names, i, attribute
end

-- The names that a declaration at word i makes: local a, b; for k, v; function f(x). nil if there is none.
local function declared_at(words, i)
  local word = words[i][1]
  if word == "for" then return names_from(words, i + 1) end
  if word == "local" and words[i + 1] and words[i + 1][1] ~= "function" then return names_from(words, i + 1) end
  if word == "function" then
    local j = i + 1
    while words[j] and words[j][1] ~= "(" do j = j + 1 end
    return names_from(words, j + 1)
  end
end

local function is_free(words, i)
  local before = words[i - 1] and words[i - 1][1]
  return words[i][2] == "name" and before ~= "." and before ~= ":"
end

-- The declaration that begins with the `local` at word i, see below.
local function local_at(words, i)
  local is_function = words[i + 1][1] == "function"
  local names, after, fixed = names_from(words, is_function and i + 2 or i + 1)
  if is_function then names = { names[1] } end
  local last = words[after - 1]
  return { names = names, first = words[i][3], fixed = fixed, is_function = is_function,
    after = last[3] + #last[1], value = words[after] ~= nil and words[after][1] == "=" }
end

-- Returns
--   locals    its own variables: { { names, first, after, value, fixed, is_function }, ... }: where `local` stands,
--             where the names end, whether a value follows, whether one has an attribute
--   mentions  the names in it, but those of fields, as a set
--   declared  the names of variables anywhere in it, as a set
--   returns   whether it ends in a return of its own
--   varargs   whether it uses ... outside of functions
return function(text)
  local words, shape, blocks = words_of(text), { locals = {}, mentions = {}, declared = {} }, {}
  local functions = 0
  for i, entry in ipairs(words) do
    local word = entry[1]
    for _, name in ipairs(declared_at(words, i) or {}) do shape.declared[name] = true end
    if is_free(words, i) then shape.mentions[word] = true end
    if opening[word] then
      blocks[#blocks + 1] = word
      if word == "function" then functions = functions + 1 end
    elseif closing[word] then
      if table.remove(blocks) == "function" then functions = functions - 1 end
    elseif word == "..." and functions == 0 then
      shape.varargs = true
    elseif word == "return" and #blocks == 0 then
      shape.returns = true
    elseif word == "local" and #blocks == 0 and words[i + 1] then
      shape.locals[#shape.locals + 1] = local_at(words, i)
    end
  end
  return shape
end
