-- What Tab offers at the prompt: asked directly, as bindings/program/prompt/complete.c asks. How it looks is in
-- tests/lua/repl_screen.lua.
local support = dofile "tests/lua/support.lua"
local test = support.test

local ln = require "lunet"
rawset(_G, "ln", ln) -- as at the prompt
local completion = require "lunet.completion"

local folder <close> = support.folder()

-- What the end of the text can become, in one line.
local function complete(text, after)
  local quote, inside = text:match("([\"'])([^\"']*)$")
  local in_string = quote and select(2, text:gsub(quote, "")) % 2 == 1
  local word = in_string and inside or text:match("[%w_.:]*$")
  return completion(text:sub(1, #text - #word), word, after or "")
end

local function offers(text, ...)
  local got, want = table.concat(complete(text), "|"), table.concat({ ... }, "|")
  if got ~= want then error(("%q offers %s instead of %s"):format(text, got, want), 2) end
end

local function offers_among(text, name)
  for _, one in ipairs(complete(text)) do
    if one == name then return end
  end
  error(("%q does not offer %s but %s"):format(text, name, table.concat(complete(text), "|")), 2)
end

test("names, keywords, and names of the chunk", function()
  offers("collec", "collectgarbage")
  offers("retu", "return")
  offers("local quantity = 1\nprint(quan", "quantity")
  offers("for index, value in pairs(t) do\n  va", "value")
  offers("local function f(one, another, ...)\n  ano", "another")
  offers_among("", "print")
  offers_among("(", "print")
  offers("x = 12")
  offers("-- colle")
  offers("--[[ colle")
  offers("x = [[ colle")
end)

test("fields and methods", function()
  offers("ln.nn.conv2", "ln.nn.conv2d")
  offers("string.for", "string.format")
  offers("x = { string.for", "string.format")
  offers("('a'):rever", ":reverse")
  offers("ln.zeros(3):nonf", ":nonfinite")
  offers("ln.zeros(3).sha", ".shape")
  offers("ln.zeros(3):abs():nonf", ":nonfinite")
  offers('ln.image.read("x.png"):nonf', ":nonfinite")
  offers("(ln.zeros(3)):nonf", ":nonfinite")
  offers("local nn = ln.nn\nnn.conv2", "nn.conv2d")
  offers("local t = ln.zeros(3)\nt:nonf", "t:nonfinite")
  offers("ln.models.une", "ln.models.unet")
  offers("nothing.")
  offers("nothing.at.all:")
  offers("f(x):")
end)

test("objects that are there", function()
  rawset(_G, "net", ln.nn.sequential{ ln.nn.conv2d{ 1, name = "first_layer" } }:build{ 1, 8, 8 })
  rawset(_G, "list", { { inner_name = 1 }, word = "text", f = print })
  offers("net:summ", "net:summary")
  offers("net.first", "net.first_layer")
  offers("net.output_sh", "net.output_shape")
  offers("list[1].inn", ".inner_name")
  offers("list.word:rever", "list.word:reverse")
  offers("list:", "list:f") -- functions only
  rawset(_G, "net", nil)
  rawset(_G, "list", nil)
end)

test("code of the user's is not run", function()
  local ran
  local index = function() ran = true end
  rawset(_G, "trap", setmetatable({}, { __index = index, __pairs = index, __len = index, __call = index }))
  rawset(_G, "trap_userdata", debug.setmetatable(io.tmpfile(), { __index = index }))
  for _, text in ipairs{ "trap.", "trap:", "trap.a.b:", "trap().", "trap{ ", "trap{ a = '", "trap'", "trap[1].",
    "trap_userdata.", "trap_userdata.a:" } do complete(text) end
  assert(not ran)
  debug.setmetatable(rawget(_G, "trap_userdata"), nil)
  rawset(_G, "trap", nil)
  rawset(_G, "trap_userdata", nil)
end)

test("options that are not given yet, and words that they take", function()
  offers("ln.nn.conv2d{ 8, ker", "kernel = ")
  offers("ln.nn.conv2d{ 8, kernel = 3, ker")
  offers("ln.nn.conv2d{ 8,\n  bias = false,\n  ker", "kernel = ")
  offers("ln.nn.sequential{ ln.nn.conv2d{ 8, activ", "activation = ")
  offers("ln.fit(net, { progr", "progress = ")
  offers("local nn = ln.nn\nnn.conv2d{ 8, ker", "kernel = ")
  offers("ln.models.unet{ convol", "convolutions = ")
  offers('ln.nn.conv2d{ 8, padding = "va', "valid")
  offers("ln.nn.conv2d{ 8, padding = 'va", "valid")
  offers('ln.metric.ssim{ "gond', "gondara2016")
  offers('ln.fit(net, { progress = "ep', "epochs")
  offers("ln.image.resize(x, 2, { method = 'bil", "bilinear")
  for _, name in ipairs(complete("ln.nn.conv2d{ 8, ")) do
    assert(name:find(" = $") and name ~= "filters = ", name) -- the number is the filters
  end
  assert(complete("ln.nn.conv2d{ 8, ker", " = 3 }")[1] == "kernel") -- it is there already
end)

test("files where a file is meant, and nowhere else", function()
  os.execute(("mkdir '%s/folder one'"):format(folder.path))
  for _, name in ipairs{ "a picture.png", "net.safetensors", ".hidden" } do
    support.write(folder.path .. "/" .. name, "")
  end
  local f = folder.path
  offers(('ln.image.read("%s/'):format(f), f .. "/a picture.png", f .. "/folder one/", f .. "/net.safetensors")
  offers(('ln.image.read("%s/a p'):format(f), f .. "/a picture.png")
  offers(('ln.load("%s/'):format(f), f .. "/folder one/", f .. "/net.safetensors")
  offers(('ln.load "%s/n'):format(f), f .. "/net.safetensors")
  offers(('dofile("%s/.h'):format(f), f .. "/.hidden")
  offers(('ln.data.folder("%s/fo'):format(f), f .. "/folder one/")
  offers(('ln.data.folder{ path = "%s/fo'):format(f), f .. "/folder one/")
  offers(('ln.runs{ dir = "%s/fo'):format(f), f .. "/folder one/")
  offers(('x = "%s/'):format(f))
  offers(('print("%s/'):format(f))
  offers(('ln.nn.conv2d{ 8, padding = "%s/'):format(f))
  offers('ln.image.read("/proc/nonexistent/')
end)

test("the prompt's own forms", function()
  offers_among("%he", "help")
  offers("?conv2", "conv2d")
  offers("?ln.nn.conv2", "ln.nn.conv2d")
  offers_among("?collectg", "collectgarbage")
  offers("%time string.for", "string.format")
end)

test("text that makes no sense", function()
  for _, text in ipairs{ ")))", "((({{{[[", "]]}}))", ".", ":", "..", "...", "::", "a..", "1.", "=", "{ = ", "({ , '",
    "''", "'", "\\", "\0", "\xFF\xFE", "f(,", "f{,,'", "%", "%%", "?", "?.", "!", "!'", "\t", "f'", "f''.", "f[[",
    "f[", "f[].", ("("):rep(500) .. "x.", ("f("):rep(500), ("{"):rep(500) .. "'" } do
    assert(type(complete(text)) == "table")
  end
end)

test("it takes less than 10 ms", function()
  local long = ("local t = ln.zeros(3):abs() -- a line\nfor i = 1, 3 do print(t[i], 'text') end\n"):rep(20)
  for _, text in ipairs{ "l", "ln.", "ln.nn.conv2d{ ", "ln.zeros(3):abs():neg():", "?", "ln.fit(net, { ", "t[1]:",
    'ln.image.read("', long .. "t:", long .. "ln.nn.conv2d{ 8, " } do
    local best = math.huge
    for _ = 1, 5 do
      local start = os.clock()
      complete(text)
      best = math.min(best, os.clock() - start)
    end
    assert(best < 0.010 or os.getenv("LUNET_SANITIZED"), ("%.1f ms for %q"):format(best * 1e3, text:sub(-30)))
  end
end)

support.done()
