-- What the Lua functions say about themselves: ln.help reads it.
local docs = {}

local by_function = setmetatable({}, { __mode = "k" })
local all = {}

-- Register a function's page and return the function. page: { name, title, usage, doc, options, methods, returns,
-- errors, example }. Options are the entries that options.lua checks, so help and behaviour cannot part. The title is
-- what the overview shows, by default "ln." and the name.
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
