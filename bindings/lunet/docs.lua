-- What the Lua functions say about themselves: ln.help reads it.
local docs = {}

local by_function = setmetatable({}, { __mode = "k" })
local all = {}

-- Register a function's page and return the function. page: { name, usage, doc, options, methods, returns, errors,
-- example }; options are the entries that options.lua checks, so help and behaviour cannot part.
function docs.add(f, page)
  by_function[f] = page
  all[#all + 1] = page
  return f
end

function docs.find(f)
  return by_function[f]
end

function docs.all()
  return all
end

return docs
