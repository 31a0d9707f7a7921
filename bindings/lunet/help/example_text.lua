-- The examples of pages: as they are written, or made from the usage of what needs no arguments; complete, with what
-- makes the objects that they are about.
local preparations = require "lunet.preparations"
local signature = require "lunet.signature"

local example_text = {}

-- "t:abs()", "net.built": of a field, or of what can be called without arguments; nil of others.
local function from_usage(usage)
  local parsed = signature.parse(usage)
  if not parsed.params then return parsed.title end
  for _, param in ipairs(parsed.params) do
    if not param.optional and param.name ~= "..." then return nil end
  end
  return parsed.title .. "()"
end

-- With what it needs before it.
local function complete(code)
  local before = preparations(code)
  return before == "" and code or before .. "\n" .. code
end

-- The example of a page of docs.lua; nil where there is none.
function example_text.of_page(page)
  local code = page.example or from_usage(page.usage)
  return code and complete(code)
end

-- The example of a type; nil of those that are made by operators.
function example_text.of_type(t)
  return t.example and complete(t.example)
end

return example_text
