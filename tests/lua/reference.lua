-- `lunet reference`: everything public is in the manual and in the stubs for editors, and the man page says what the
-- program says of itself.
local support = dofile "tests/lua/support.lua"
local test, skip = support.test, support.skip

local ln = require "lunet"
local core = require "lunet.core"
local signature = require "lunet.signature"
local program = require "lunet.program"

local stubs, manual, manpage = require "lunet.stubs"(ln), require "lunet.manual"(ln),
  require "lunet.manpage"(ln, program, require("lunet.commands").list())

local function has(text, words, what)
  assert(text:find(words, 1, true), ("%s lacks: %s"):format(what, words))
end

local function installed(command)
  return os.execute(("command -v %s >/dev/null 2>&1"):format(command))
end

local function is_type(value)
  return type(value) == "userdata" or type(value) == "table" and rawget(value, "type")
end

local function both(stub, title)
  has(stubs, stub, "lunet.lua")
  has(manual, " " .. title .. "\n", "lunet.md")
end

-- name: of a table in the stubs, "ln" or "nn"; full: as users write it.
local function walk(name, full, t)
  for key, value in pairs(t) do
    local meta = type(value) == "table" and debug.getmetatable(value) or {}
    if is_type(value) then
      both(("\n---@class lunet.%s.%s: lunet.type\n"):format(name, key), ("%s.%s"):format(full, key))
      has(stubs, ("\n---@field %s lunet.%s.%s"):format(key, name, key), "lunet.lua")
    elseif type(value) == "function" then
      both(("\nfunction %s.%s("):format(name, key), ("%s.%s"):format(full, key))
    elseif type(value) == "table" and key ~= "kinds" then
      assert(not rawget(meta, "__call"), "how is a table that is called told in the stubs?")
      has(stubs, ("\n---@class lunet.%s\n"):format(key), "lunet.lua")
      has(stubs, ("\n---@field %s lunet.%s"):format(key, key), "lunet.lua")
      if key ~= "models" then walk(key, full .. "." .. key, value) end
    else
      has(stubs, ("\n---@field %s "):format(key), "lunet.lua")
    end
  end
end

test("every public name is in the manual and in the stubs", function() walk("ln", "ln", ln) end)

test("so is every method, field and operator of objects", function()
  local variables = { tensor = "t", network = "net" }
  for class, methods in pairs(core.methods) do
    local variable, meta = variables[class] or class, debug.getregistry()["lunet." .. class]
    local start = stubs:find(("\n---@class lunet.%s\n"):format(class), 1, true)
    local about = stubs:sub(start, stubs:find("\nend\n", start, true))
    for name in pairs(methods) do
      has(about, ("\nfunction %s:%s("):format(variable, name), "lunet.lua")
      has(manual, (" %s:%s\n"):format(variable, name), "lunet.md")
    end
    for name in pairs(meta.getters) do
      has(about, ("\n---@field %s "):format(name), "lunet.lua")
      has(manual, (" %s.%s\n"):format(variable, name), "lunet.md")
    end
    for _, event in ipairs{ "add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "concat", "len" } do
      local told = about:find(("\n---@operator %s[(:]"):format(event)) ~= nil
      assert(told == (meta["__" .. event] ~= nil), class .. ": operator " .. event)
    end
  end
end)

test("every option of every item is in the stubs, with its words", function()
  for _, kind in ipairs(ln.kinds) do
    for _, t in ipairs(kind.types) do
      local class = ("\n---@class lunet.%s.%s.options\n"):format(t.kind, t.name)
      local start = assert(stubs:find(class, 1, true), class)
      local about = stubs:sub(start, stubs:find("\n\n", start + 2, true))
      for _, param in ipairs(t.params) do
        local type_text = about:match(("\n%%-%%-%%-@field %s%%?? (%%S+)"):format(param.name))
        assert(type_text, class .. param.name)
        for _, word in ipairs(param.words) do has(type_text, ("'%s'"):format(word), class .. param.name) end
      end
    end
  end
end)

-- Types as LuaCATS writes them: names, 'words', lists, unions, { fields } and fun(...). Calls known for each name.
local function check_type(text, known, where)
  local rest = text:gsub("'[%w_.-]+'", ""):gsub("[%w_.]+%??:%s", ""):gsub("%.%.%.", ""):gsub("fun(%b())", "%1")
  for name in rest:gmatch("[%a_][%w_.]*") do known(name, where) end
  local left = rest:gsub("[%a_][%w_.]*", ""):gsub("[%s|?,:(){}%[%]]", "")
  assert(left == "", ("%s: not a type: %s"):format(where, text))
end

test("the stubs are Lua, their annotations are well formed, and every type they name is known", function()
  assert(load(stubs, "=lunet.lua", "t"))
  local classes = {}
  for _, name in ipairs{ "any", "boolean", "function", "integer", "nil", "number", "string", "table", "fun" } do
    classes[name] = true
  end
  for name in stubs:gmatch("%-%-%-@class ([%w_.]+)") do
    assert(not classes[name], name .. " is there twice")
    classes[name] = true
  end
  local function known(name, where) assert(classes[name], ("%s: there is no type %s"):format(where, name)) end
  for line in stubs:gmatch("[^\n]+") do
    local tag, rest = line:match("^%-%-%-@(%w+)%s*(.*)$")
    if tag == "class" then
      local parent = rest:match("^[%w_.]+: ([%w_.]+)$")
      assert(parent or rest:match("^[%w_.]+$"), line)
      if parent then known(parent, line) end
    elseif tag == "field" then
      check_type(rest:match("^%[[%w_]+%]%?? (fun%b(): %S+)") or rest:match("^%S+ (%S+)"), known, line)
    elseif tag == "param" then
      assert(rest:match("^[%w_.]+%?? %S"), line)
      check_type(rest:match("^%S+ (.*)$"), known, line)
    elseif tag == "operator" then
      assert(rest:match("^%a+: %S+$") or rest:match("^%a+%(%S+%): %S+$"), line)
      check_type(rest:match("^%a+(.*)$"), known, line)
    elseif tag == "return" or tag == "overload" then
      check_type(rest, known, line)
    else
      assert(tag == nil or tag == "meta", line)
    end
  end
end)

test("links of the manual lead somewhere, its signs mean nothing", function()
  local anchors = {}
  for id in manual:gmatch('<a id="([^"]+)"></a>') do
    assert(not anchors[id], "the anchor is there twice: " .. id)
    anchors[id] = true
  end
  local count = 0
  for target in manual:gmatch("%]%(#([^)]+)%)") do
    assert(anchors[target], "a link leads nowhere: " .. target)
    count = count + 1
  end
  assert(count > 50 and not manual:find("[\1\2]"))
  has(manual, "w\\[o\\]\\[i\\] \\* x\\[i\\]", "lunet.md")
  has(manual, "[`t:gt(0.5)`](#t:gt)", "lunet.md")
end)

test("the man page has what man pages have, and what the program says", function()
  local place = 0
  for _, title in ipairs{ "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "THE PROMPT", "ENVIRONMENT",
    "FILES", "EXIT STATUS", "EXAMPLES", "SEE ALSO" } do
    place = assert(manpage:find("\n.SH " .. title .. "\n", place + 1, true), title)
  end
  local plain = manpage:gsub("\\f[BIR]", ""):gsub("\\%-", "-"):gsub("\\%(aq", "'"):gsub("\\%(ga", "`"):gsub("%s+", " ")
  for _, list in ipairs{ program.options, program.environment } do
    for _, row in ipairs(list) do
      has(plain, row[1], "lunet.1")
      has(plain, row[2], "lunet.1")
    end
  end
  for _, row in ipairs(program.forms) do has(plain, row[1], "lunet.1") end
  for _, command in ipairs(program.commands) do has(plain, command.doc, "lunet.1") end
end)

test("usage lines are read as they are meant", function()
  local call = signature.parse("ln.nn.model(options: { inputs: node, seed?: integer }, ...: item|node[]) -> a, b|nil")
  assert(call.title == "ln.nn.model" and #call.params == 2 and #call.returns == 2 and call.returns[2] == "b|nil")
  assert(call.params[2].name == "..." and not call.params[1].optional)
  local fields = signature.alternatives(call.params[1].type)[1].fields
  assert(#fields == 2 and fields[2].optional and fields[2].type == "integer")
  assert(signature.alternatives(call.params[2].type)[2].list == "node")
  assert(signature.short("t:sum(dim?: integer, keep?: boolean) -> number") == "t:sum(dim?, keep?)")
  for _, wrong in ipairs{ "", "local x = f()", "f(a)", "f(a: b", "f() => c", "f(a:) -> b" } do
    assert(signature.parse(wrong) == nil, wrong)
  end
end)

test("the command writes all three", function()
  local folder <close> = support.folder()
  local command = ("'%s' reference '%s/new' >/dev/null"):format(arg[-1], folder.path)
  assert(os.execute(command))
  local prefix = folder.path .. "/new/lunet."
  assert(support.read(prefix .. "lua") == stubs and support.read(prefix .. "md") == manual)
  assert(support.read(prefix .. "1"):find("^%.TH LUNET 1"))
end)

-- `lua-language-server --check` of scripts/ and models/, which find the stubs beside them.
if not installed("lua-language-server") then
  skip("the scripts in the eyes of a language server", "no lua-language-server here")
else
  test("a language server finds no fault in the scripts", function()
    local folder <close> = support.folder()
    support.write(folder.path .. "/lunet.lua", stubs)
    assert(os.execute(("cp -r scripts models '%s'"):format(folder.path)))
    support.write(folder.path .. "/.luarc.json", '{ "runtime.version": "Lua 5.4" }')
    local check = "lua-language-server --check='%s' --checklevel=Warning --logpath='%s/log' >'%s/out' 2>&1"
    assert(os.execute(check:format(folder.path, folder.path, folder.path)), support.read(folder.path .. "/out"))
  end)
end

support.done()
