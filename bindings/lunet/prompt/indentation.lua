-- How far in lines of an unfinished chunk are.
local lexer = require "lunet.lexer"

local width = 2

local opens = { ["do"] = true, ["then"] = true, ["repeat"] = true, ["function"] = true, ["("] = true, ["{"] = true,
  ["["] = true, ["else"] = true }
local closes = { ["end"] = true, ["until"] = true, [")"] = true, ["}"] = true, ["]"] = true, ["else"] = true,
  ["elseif"] = true }

-- How many blocks and brackets are open at the beginning of the last line, where it begins with the end of one, else
-- nil; and how many at its end.
local function depths(text)
  local depth, closed, at_start = 0, nil, true
  local function next_line() closed, at_start = nil, true end
  local last = 1
  for word, kind, first in lexer.words(text) do
    for _ in text:sub(last, first - 1):gmatch("\n") do next_line() end
    local is_code = kind == "name" or kind == "sign"
    if is_code and closes[word] then depth = math.max(depth - 1, 0) end
    if is_code and at_start and closes[word] then closed = depth else at_start = false end
    if is_code and opens[word] then depth = depth + 1 end
    for _ in word:gmatch("\n") do next_line() end
    last = first + #word
  end
  for _ in text:sub(last):gmatch("\n") do next_line() end
  return closed, depth
end

-- In spaces, for the text before the cursor: how far in its last line is, -1 where that is as it is; and the next one.
return function(text)
  local own, depth = depths(text)
  return own and own * width or -1, depth * width
end
