-- Colours of what is being typed: a letter for each byte (bindings/program/prompt/draw.c has their codes): k keyword,
-- s string, n number, c comment, m the brackets at the cursor and their partners, ! the prompt's own forms.
local capabilities = require "lunet.capabilities"
local forms = require "lunet.forms"
local lexer = require "lunet.lexer"

local letters = { string = "s", number = "n", comment = "c" }
local partners = { ["("] = ")", ["["] = "]", ["{"] = "}" }
local closing = { [")"] = true, ["]"] = true, ["}"] = true }

-- The positions of the bracket at the cursor, the one before it first, and of its partner; nil without a pair.
local function pair_at(cursor, brackets)
  local stack, pairs_of = {}, {}
  for _, bracket in ipairs(brackets) do
    local open = stack[#stack]
    if partners[bracket.sign] then
      stack[#stack + 1] = bracket
    elseif open and partners[open.sign] == bracket.sign then
      stack[#stack] = nil
      pairs_of[open.at], pairs_of[bracket.at] = bracket.at, open.at
    else
      return nil
    end
  end
  local at = pairs_of[cursor] and cursor or cursor + 1
  return at, pairs_of[at]
end

local function replace(text, at, letter)
  return text:sub(1, at - 1) .. letter .. text:sub(at + 1)
end

local function of_lua(text, cursor)
  local out, brackets, last = {}, {}, 0
  for word, kind, first in lexer.words(text) do
    local letter = letters[kind] or kind == "name" and lexer.keywords[word] and "k" or " "
    if kind == "sign" and (partners[word] or closing[word]) then
      brackets[#brackets + 1] = { sign = word, at = first }
    end
    out[#out + 1] = (" "):rep(first - 1 - last)
    out[#out + 1] = letter:rep(#word)
    last = first + #word - 1
  end
  out[#out + 1] = (" "):rep(#text - last)
  local painted = table.concat(out)
  local at, partner = pair_at(cursor, brackets)
  return partner and replace(replace(painted, at, "m"), partner, "m") or painted
end

-- text and the number of bytes before the cursor; nil where there are no colours.
return function(text, cursor)
  if capabilities.colours() == 0 then return nil end
  local mark = text:match("^%s*()[?!%%]")
  if not mark then return of_lua(text, cursor) end
  local line = text:match("^[^\n]*")
  if not forms.find(line) then return of_lua(text, cursor) end
  local head = text:match("^%s*[?!%%]+[%w_]*()") - 1
  return ("!"):rep(head) .. of_lua(text:sub(head + 1), cursor - head)
end
