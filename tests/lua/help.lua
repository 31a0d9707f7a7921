-- Everything public says what it does: in ln.help, from the row that binds it or the page beside it.
local support = dofile "tests/lua/support.lua"
local test, expect_error = support.test, support.expect_error

local ln = require "lunet"
local before = require "lunet.preparations"
local core = require "lunet.core"
local docs = require "lunet.docs"
local help = require "lunet.help"
local signature = require "lunet.signature"

local function has_page(name, f)
  local page = docs.find(f)
  assert(page, name .. " has no page of help: write it where the function is bound (C: LnbFunction; Lua: docs.add)")
  assert(page.usage and page.doc and #page.doc > 10, name .. ": its page lacks usage or doc")
  local call = signature.parse(page.usage)
  assert(call, name .. ": its usage is not of the form in bindings/lunet/base/signature.lua: " .. page.usage)
  assert(page.name == "models" or call.title == docs.title(page), name .. ": its usage is that of " .. call.title)
end

local function is_type(value)
  return type(value) == "userdata" or type(value) == "table" and rawget(value, "type")
end

-- Functions of the module and of its tables; types of items have their descriptors.
local function walk(name, t)
  for key, value in pairs(t) do
    local full = name .. "." .. tostring(key)
    local meta = type(value) == "table" and debug.getmetatable(value) or {}
    if type(value) == "function" or rawget(meta, "__call") and not is_type(value) then
      has_page(full, value)
    elseif type(value) == "table" and not is_type(value) and key ~= "kinds" and full ~= "ln.models" then
      walk(full, value)
    end
  end
end

test("every public function has a page", function() walk("ln", ln) end)

test("every method and field of an object has a page", function()
  for class, methods in pairs(core.methods) do
    for name, f in pairs(methods) do has_page(class .. ":" .. name, f) end
    local getters = debug.getregistry()["lunet." .. class].getters
    for name, f in pairs(getters) do has_page(class .. "." .. name, f) end
  end
end)

-- An object of a class, as examples make it, and its folder, if it has one; nil where only a function gets one.
local function made(object)
  local code = before(object.variable .. "()")
  if code == "" then return nil end
  local value, folder = assert(load(("local ln = ...\n%s\nreturn %s, folder"):format(code, object.variable)))(ln)
  if folder then os.execute(("rm -rf '%s'"):format(folder)) end
  return value
end

local given = { draw = true, log = true, t = true } -- draw and log are given to functions

test("every method of every class has a page", function()
  for _, object in ipairs(docs.objects) do
    local value = made(object)
    assert(value ~= nil or given[object.variable], object.variable .. " is not in help/preparations.lua")
    local class = type(value) == "table" and debug.getmetatable(value) or {}
    for method, f in pairs(type(class.__index) == "table" and class.__index or class) do
      if type(f) == "function" and not method:find("^_") then has_page(object.variable .. ":" .. method, f) end
    end
    local is_item = object.variable == "item" or object.variable == "type" -- whose help is their type's
    local page = value ~= nil and not is_item and help(ln, value)
    assert(not page or page:find("^" .. object.variable .. "[:\n]"), object.variable)
  end
end)

test("every field of tables, histories, sets, summaries, grids and reports has a page", function()
  for _, name in ipairs{ "results", "set", "grid", "summary", "page", "history" } do
    for field in pairs(made{ variable = name }) do
      local known = type(field) == "number" or pcall(help, ln, name .. "." .. field)
      assert(known, ("%s.%s has no page"):format(name, field))
    end
  end
end)

test("pages of functions with options tell each of them", function()
  for _, page in ipairs(docs.all()) do
    local takes = signature.parse(page.usage).params and page.usage:find("%f[%w]options%??: [^)]*%f[%w]options%f[%W]")
    assert(not takes or page.options and #page.options > 0, page.name .. ": its options have no help")
    for _, entry in ipairs(page.options or {}) do
      local told = type(entry.help) == "string" and #entry.help > 2
      assert(told, ("%s: option %s has no help"):format(page.name, entry[1]))
    end
  end
end)

test("names are found with and without their owner, words in the texts", function()
  assert(help(ln, "narrow"):find("t:narrow%(dim: integer, first: integer, count: integer%) %-> tensor\n"))
  assert(help(ln, "t:narrow") == help(ln, "narrow"))
  assert(help(ln, "ln.zeros") == help(ln, ln.zeros))
  assert(help(ln, "t.narrow") == help(ln, "t:narrow") and help(ln, "net:epochs") == help(ln, "net.epochs"))
  assert(help(ln, "with"):find("^item:with"))
  local found = help(ln, "Rec. 601")
  assert(found:find("^There is nothing called 'Rec. 601'") and found:find("image.read", 1, true), found)
  assert(help(ln, "conv2"):find("did you mean 'conv2d'?", 1, true))
  expect_error(function() help(ln, "qqqqqq") end, "help: there is nothing called 'qqqqqq'")
end)

test("types that only operators make have no example", function()
  local sum = ln.loss.mae{} + ln.loss.mse{}
  assert(sum.type.example == nil and #sum.type.cases == 0)
  assert(help(ln, sum):find("A sum of losses", 1, true) and not help(ln, sum):find("\nExample", 1, true))
  expect_error(function() ln.example(sum) end, "example: there is none of the loss sum")
end)

test("an option has a page of its own", function()
  assert(help(ln, "fit.patience"):find("^ln%.fit, option\n  patience  end the run .*%(an integer of at least 1%)$"))
  assert(help(ln, "ln.nn.conv2d.padding"):find("^ln%.nn%.conv2d, option\n  padding  pixels .* default 'same'%)$"))
  assert(help(ln, "conv2d.padding") == help(ln, "ln.nn.conv2d.padding"))
  expect_error(function() help(ln, "fit.qqqqqq") end, "help: there is nothing called 'fit.qqqqqq'")
end)

-- "  name   text", with lines that go on below joined to it.
local function rows_of(text)
  local rows = {}
  for line in text:gmatch("[^\n]+") do
    if line:find("^   ") and #rows > 0 then
      rows[#rows] = rows[#rows] .. line
    else
      rows[#rows + 1] = line
    end
  end
  return rows
end

test("filters: one meaning of sigma, a source, and what the exception is", function()
  local grey = "standard deviation of the noise, where grey levels run from 0 to 1"
  for name, filter in pairs(ln.filter) do
    if type(filter) == "userdata" then
      assert(filter.doc:find("\nSources?: "), name .. " names no source")
      for _, param in ipairs(filter.params) do
        local same = param.help:sub(1, #grey) == grey
        assert(param.name ~= "sigma" or same == (name ~= "gaussian"), name)
      end
    end
  end
  assert(help(ln, ln.filter):find("all but gaussian", 1, true))
end)

test("every name that the overview lists is found, alone and with its owner", function()
  local count = 0
  for _, row in ipairs(rows_of(help(ln))) do
    local owner, text = row:match("^  ([%w_.]+) +(.*)$")
    local list = text and text:match("^[%l ]+: (.*)$")
    for name in (list or ""):gmatch("[%w_]+") do
      help(ln, name)
      help(ln, owner .. (owner:find("^ln") and "." or ":") .. name)
      count = count + 1
    end
    if owner then help(ln, owner) end
  end
  assert(count > 250, count)
end)

test("names from NumPy and PyTorch lead to ours", function()
  for _, name in ipairs{ "numpy", "torch", "pytorch" } do
    local page = help(ln, name)
    assert(page:find("np.concatenate +torch.cat +ln.concat\n") and page:find("\n +Tensor.narrow +t:narrow"), page)
    for line in page:gmatch("[^\n]+") do assert(#line <= 80, line) end
  end
  assert(help(ln, "np.concatenate") == help(ln, ln.concat) and help(ln, "cat") == help(ln, ln.concat))
  assert(help(ln, "Tensor.expand"):find("^t:expand"))
  assert(help(ln, "np.copyto"):find("\nNumPy: np.copyto\nPyTorch: Tensor"))
  expect_error(function() return ln.zeros(2):broadcast_to(2) end,
    "tensor: no method or field 'broadcast_to'; NumPy's np.broadcast_to is t:expand here")
  expect_error(function() return ln.hstack end, "lunet: no field 'hstack'; NumPy's np.hstack is ln.concat here")
end)

test("lists take the first sentence of a text", function()
  assert(docs.first_sentence("One of these, e.g. that. it goes on") == "One of these, e.g. that.")
  assert(docs.first_sentence("Luma (Rec. 601) of x; 1 .. n.\nMore.") == "Luma (Rec. 601) of x; 1 .. n.")
end)

test("objects tell what they can do", function()
  assert(help(ln, ln.zeros{ 1 }):find("t:narrow%(dim, first, count%) +A view"))
  assert(help(ln, ln.nn.sequential{ ln.nn.conv2d{ 1 } }):find("net:weights_changed()", 1, true))
end)

test("what is for the Lua half alone is not public", function()
  for _, name in ipairs{ "load_model", "from_json", "split_count", "methods", "pages", "describe" } do
    assert(rawget(ln, name) == nil, name)
  end
end)

support.done()
