-- Lua's words one by one.
local lexer = { keywords = {} }

for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true "
  .. "until while"):gmatch("%a+") do lexer.keywords[word] = true end

-- Where a long bracket that begins at a position ends: the position after it; nil if there is none.
local function after_long(text, at)
  local level = text:match("^%[(=*)%[", at)
  if not level then return nil end
  local _, last = text:find("]" .. level .. "]", at, true)
  return last and last + 1 or #text + 1
end

-- One that is not closed ends with its line.
local function after_string(text, at)
  local quote, i = text:sub(at, at), at + 1
  while i <= #text do
    local c = text:sub(i, i)
    if c == "\\" then i = i + 1
    elseif c == quote then return i + 1
    elseif c == "\n" then return i
    end
    i = i + 1
  end
  return math.min(i, #text + 1)
end

local signs = { "^%.%.%.", "^%.%.", "^[=~<>]=", "^//", "^<<", "^>>", "^::" }

local function after_sign(text, at)
  for _, pattern in ipairs(signs) do
    local _, last = text:find(pattern, at)
    if last then return last + 1 end
  end
  return at + 1
end

-- The position after a word that begins at a position, and what it is: "name" (keywords too), "number", "string",
-- "comment" or "sign".
local function word_at(text, at)
  local c = text:sub(at, at)
  if c:find("[%a_]") then return text:match("^[%w_]+()", at), "name" end
  if c:find("%d") or text:find("^%.%d", at) then
    return text:match("^0[xX][%x.]*[pP][+-]?%x*()", at) or text:match("^0[xX][%x.]*()", at)
      or text:match("^[%d.]*[eE][+-]?%d*()", at) or text:match("^[%d.]+()", at), "number"
  end
  if c == '"' or c == "'" then return after_string(text, at), "string" end
  if text:find("^%-%-", at) then return after_long(text, at + 2) or text:match("^[^\n]*()", at), "comment" end
  if c == "[" and after_long(text, at) then return after_long(text, at), "string" end
  return after_sign(text, at), "sign"
end

-- for word, kind, first in lexer.words(text): comments too; what is no Lua comes as signs.
function lexer.words(text)
  local at = 1
  return function()
    local first = text:match("^%s*()", at)
    if first > #text then return nil end
    local after, kind = word_at(text, first)
    at = after
    return text:sub(first, after - 1), kind, first
  end
end

-- The last word, comments aside.
function lexer.last(text)
  local last
  for word, kind in lexer.words(text) do
    if kind ~= "comment" then last = word end
  end
  return last
end

return lexer
