-- What the prompt knows of names: help of anything, words, sources; and how it shows values.
local support = dofile "tests/lua/support.lua"
local test = support.test

local ln = require "lunet"
local knowing = require("lunet.knowing").texts

local folder <close> = support.folder()

local function expect(text, part)
  if not text:find(part, 1, true) then error(("expected %q in:\n%s"):format(part, text), 2) end
end

-- Globals as a user makes them, for as long as f runs.
local function with_globals(values, f)
  for name, value in pairs(values) do rawset(_G, name, value) end
  local ok, message = pcall(f)
  for name in pairs(values) do rawset(_G, name, nil) end
  if not ok then error(message, 0) end
end

test("help of chains, of words, and of names from elsewhere", function()
  expect(knowing.help("ln.nn.conv2d"), "ln.nn.conv2d\nTwo-dimensional convolution")
  for _, same in ipairs{ "conv2d", "nn.conv2d", " ln.nn.conv2d{ 8 }", "ln.nn.conv2d{" } do
    expect(knowing.help(same), "ln.nn.conv2d\nTwo-dimensional convolution")
  end
  expect(knowing.help("t:svd"), "t:svd() -> tensor, tensor, tensor")
  expect(knowing.help("models.ffdnet"), "ln.models.ffdnet(options?: options) -> network\nFFDNet of Zhang")
  expect(knowing.help("ffdnet"), "ln.models.ffdnet(")
  expect(knowing.help("net:fit"), "There is no net:fit; this is called fit:\n\nln.fit(net: network")
  expect(knowing.help("np.clip"), "t:clamp(")
  expect(knowing.help("string.format"), "manual/5.4/manual.html#pdf-string.format")
  expect(knowing.help("ln.filter"), "median ")
  expect(knowing.help("conv2"), "did you mean 'conv2d'? It is mentioned under\n")
  expect(knowing.help("qqqqqq"), "There is nothing called 'qqqqqq'")
  expect(knowing.help(""), "lunet " .. ln.version)
  expect(knowing.help("ln"), "lunet " .. ln.version)
end)

test("help of what variables hold", function()
  local image = ln.data.phantom{ 1, size = 8 }.images[1]
  local net = ln.nn.sequential{ ln.nn.conv2d{ 2, name = "enc" } }:build{ 1, 8, 8 }
  local function double(x) return 2 * x end
  with_globals({ img = image, net = net, double = double, t5 = { 1, 2, a = 3 }, word = "abc", n = 7,
    set = ln.data.phantom{ 2, size = 8 } }, function()
    expect(knowing.help("img"), "img: a tensor of 256 bytes\ntensor 1x8x8: min ")
    expect(knowing.help("img"), "t:svd()")
    expect(knowing.help("img.shape"), "img.shape = { 1, 8, 8 }\n\nt.shape -> integer[]")
    expect(knowing.help("img:svd"), "t:svd() -> tensor")
    expect(knowing.help("net.enc.weight"), "net.enc.weight: a tensor of 72 bytes\ntensor 2x1x3x3: min ")
    expect(knowing.help("net"), "net: a network\nnetwork of 1 layer, 1x8x8 -> 2x8x8\n")
    expect(knowing.help("set.images"), "set.images = a tensor of shape 2x1x8x8\n\nset.images -> tensor")
    expect(knowing.help("set:split"), "set:split(options: options) -> set, set")
    expect(knowing.help("double"), "function double(x), tests/lua/knowing.lua:")
    expect(knowing.help("t5"), "t5: a list of 2, and 1 other entry\n{ 1, 2, a = 3 }")
    expect(knowing.help("t5.a"), "t5.a: an integer\n3")
    expect(knowing.help("word"), "word: a string of 3 bytes\nabc")
    expect(knowing.help("word:rep"), "function string.rep")
    expect(knowing.help("n"), "n: an integer\n7")
  end)
end)

test("nobody's code is run for help", function()
  local function never() error("it was run") end
  local trap = setmetatable({ inner = {} }, { __index = never, __tostring = never, __len = never, __pairs = never })
  with_globals({ trap = trap }, function()
    assert(knowing.help("trap.field"))
    expect(knowing.help("trap.inner"), "trap.inner: a table of 0 entries")
    expect(knowing.help("trap"), "a table whose __tostring fails: it was run")
  end)
end)

test("words are looked for in all texts", function()
  local found = knowing.search("Rec. 601")
  expect(found, "'Rec. 601' is mentioned under\n")
  expect(found, "image.read")
  expect(knowing.search("svd"), "under\n  t:svd")
  expect(knowing.search("kernel weight stride"), "nn.conv2d")
  expect(knowing.search("qqqqqq"), "'qqqqqq' is mentioned nowhere")
  expect(knowing.search(" "), "What should be looked for?")
end)

test("the source of a Lua function", function()
  expect(knowing.source("ln.seeds"), "-- ln.seeds, lunet/runs/seeds.lua:")
  expect(knowing.source("seeds"), "local function seeds(n, first)\n")
  expect(knowing.source("ln.zeros"), "ln.zeros is a function in C; there is no Lua source to show.\n\nln.zeros(shape")
  expect(knowing.source("ln.nn.relu"), "is a type, in C;")
  expect(knowing.source("qqqqqq"), "There is nothing called 'qqqqqq'")
  expect(knowing.source("print"), "is a function in C")
  local path = folder.path .. "/mine.lua"
  support.write(path, "local x = 1\n\n-- Adds one.\n-- To y.\nreturn function(y)\n  return x + y\nend\n")
  local chunk = "local function typed(a)\n  return a\nend\nreturn typed"
  local typed = load(chunk, chunk)
  with_globals({ mine = dofile(path), typed = typed() }, function()
    local text = knowing.source("mine")
    assert(text:find("mine.lua:5-7\n-- Adds one.\n-- To y.\nreturn function(y)\n  return x + y\nend", 1, true), text)
    expect(knowing.source("typed"), "local function typed(a)\n  return a\nend")
    support.write(path, "")
    assert(knowing.source("mine"):find("the file has changed", 1, true))
    os.remove(path)
    assert(knowing.source("mine"):find("No such file", 1, true))
  end)
end)

test("whatever is asked is answered, without control characters", function()
  for _, asked in ipairs{ "\27[2J", "a\0b", "..", ":", "ln..nn", "ln.nn.", "t:", "%", "'", "[1]", "\255", "x y z", "_G",
    "_ENV", "ln.nn.conv2d.params", "ln.version", "ln.kinds", "ln.models.unet", "models.nothing", ("a"):rep(10000) } do
    for _, what in ipairs{ "help", "search", "source" } do
      local answer = knowing[what](asked)
      assert(#answer > 0 and not answer:find("[%z\1-\8\11-\31\127]"), ("%s %q"):format(what, asked))
    end
  end
end)

support.done()
