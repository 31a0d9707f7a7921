-- What the prompt knows: help on anything, search, where things come from.
local ln = require "lunet"

local knowing = {}

-- ?name: help on what a name stands for. Without one: what there is.
function knowing.help(name)
  if name == "" then return ln.help() end
  local chunk = load("return " .. name, "=?", "t")
  local ok, value = pcall(chunk or error)
  ln.help(ok and value ~= nil and type(value) ~= "string" and value or name)
end

-- ??word: where a word is mentioned.
function knowing.search(word)
  ln.help(word)
end

-- name??: the source of a Lua function.
function knowing.source(name)
  knowing.help(name)
end

return knowing
