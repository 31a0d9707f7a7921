-- What functions say about themselves: ln.help reads it, and so do the manual and the stubs for editors.
--
-- Functions and methods written in C have their pages in the rows that bind them (bindings/base/function.h); those
-- written in Lua add theirs here.
local core = require "lunet.core"

local docs = {}

local by_function = setmetatable({}, { __mode = "k" })
local all = {}

-- Register a function's page and return the function. page: { name, usage, signature, doc, options, methods, returns,
-- errors, example }. Methods are called as users call them, "net:save", other functions by their place in the module,
-- "image.read". Options are the entries that options.lua checks, so help and behaviour cannot part.
function docs.add(f, page)
  by_function[f] = page
  all[#all + 1] = page
  return f
end

for _, page in ipairs(core.pages) do docs.add(page.call, page) end

function docs.find(f)
  return by_function[f]
end

function docs.all()
  return all
end

-- The variables that stand for objects in the names of pages, and what they are.
docs.objects = {
  { "t", "tensor" }, { "net", "network" }, { "node", "node of a network" }, { "item", "item" },
  { "trainer", "trainer" }, { "set", "set of images" },
}

-- The variable in a page's name: "t" for "t:narrow" and "t.shape"; nil for functions.
function docs.object_of(page)
  local variable = page.name:match("^(%l+)[.:]")
  for _, object in ipairs(docs.objects) do
    if object[1] == variable then return variable end
  end
end

-- What a page is called in full: "ln.image.read", "net:save", "t.shape".
function docs.title(page)
  return page.title or docs.object_of(page) and page.name or "ln." .. page.name
end

return docs
