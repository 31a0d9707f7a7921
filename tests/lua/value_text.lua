-- How the prompt shows values: what they are, in the width that there is.
local support = dofile "tests/lua/support.lua"
local test = support.test

local ln = require "lunet"
local value_text = require "lunet.value_text"

-- The text of a value, in 80 columns.
local function text(...)
  local said = value_text.all(...)
  for line in said:gmatch("[^\n]+") do assert((utf8.len(line) or #line) <= 80, line) end
  return said
end

local function expect(said, part)
  if not said:find(part, 1, true) then error(("expected %q in:\n%s"):format(part, said), 2) end
end

local function equal(said, wanted)
  if said ~= wanted then error(("expected\n%s\ngot\n%s"):format(wanted, said), 2) end
end

local function numbers(n, f)
  local t = {}
  for i = 1, n do t[i] = f(i) end
  return t
end

test("plain values", function()
  equal(text(42), "42")
  equal(text(0.5, nil, true, "a"), "0.5\tnil\ttrue\ta")
  equal(text(), "")
  equal(text("a\nb", 2), "a\nb\n2")
  equal(text("red \27[31m bell \7"), "red \\x1b[31m bell \\x07")
  local long = value_text.of(("äbc"):rep(10000))
  expect(long, "bytes more")
  assert(#long < 10000 and utf8.len(long), #long)
end)

test("tables: on one line where they fit, keys in order", function()
  equal(text{}, "{}")
  equal(text{ 1, "a", { 2 }, ln.ones(2) }, '{ 1, "a", { 2 }, a tensor of shape 2 }')
  equal(text{ z = 1, a = 2, [10] = 3, [2.5] = 4, [true] = 5, "x" },
    '{ "x", [2.5] = 4, [10] = 3, a = 2, z = 1, [true] = 5 }')
  equal(text{ ["end"] = 1, ["a b"] = 2, ['q"\n'] = 3 }, '{ ["a b"] = 2, ["end"] = 1, ["q\\"\\n"] = 3 }')
  equal(text{ { { { { 1 } } } } }, "{ { { {...} } } }")
  equal(text(ln.ones{ 3, 4 }.shape), "{ 3, 4 }")
  equal(text{ print, ln.fit, ln.nn.relu, ln.nn.relu{} }, "{ function print, function ln.fit, ln.nn.relu, relu{} }")
  equal(text{ ln.filter }, "{ ln.filter }")
  equal(text{ ("x"):rep(200) }, '{\n  "' .. ("x"):rep(71) .. '...",\n}')
end)

test("tables: lines, aligned, where they do not fit", function()
  local t = { first = ("a"):rep(40), second = ("b"):rep(40), list = { 1, 2 } }
  equal(text(t), ('{\n  first  = "%s",\n  list   = { 1, 2 },\n  second = "%s",\n}'):format(t.first, t.second))
  equal(text{ options = { x = ("a"):rep(40), y = ("b"):rep(40) }, n = 1 },
    ('{\n  n       = 1,\n  options = {\n    x = "%s",\n    y = "%s",\n  },\n}'):format(t.first, t.second))
  equal(text(numbers(30, function(i) return i * i * 100 end)), [[
{
    100,   400,   900,  1600,  2500,  3600,  4900,  6400,  8100, 10000, 12100,
  14400, 16900, 19600, 22500, 25600, 28900, 32400, 36100, 40000, 44100, 48400,
  52900, 57600, 62500, 67600, 72900, 78400, 84100, 90000,
}]])
  expect(text(numbers(9999, function(i) return i / 7 end)), "numbers more\n}")
  equal(text(numbers(14, function(i) return ("mdb%d"):format(40 * i) end)), [[
{
  "mdb40",  "mdb80",  "mdb120", "mdb160", "mdb200", "mdb240", "mdb280",
  "mdb320", "mdb360", "mdb400", "mdb440", "mdb480", "mdb520", "mdb560",
}]])
  expect(text(numbers(9999, function(i) return ("mdb%d"):format(i) end)), "texts more\n}")
  local function long_line(i) return ("a line of its own: %d"):format(i) end
  expect(text(numbers(999, long_line)), '  "a line of its own: 1",\n')
  expect(text(numbers(999, long_line)), "entries more\n}")
  local wide = {}
  for i = 1, 300 do wide[("key%d"):format(i)] = i end
  expect(text(wide), "\n  key1   = 1,\n  key10  = 10,\n")
end)

test("tables: lists of tables as rows under their names", function()
  local layers = numbers(3, function(i) return { name = ("layer %d"):format(i), size = { i, i }, macs = 1e3 ^ i } end)
  equal(text(layers),
    '{\n        macs  name       size\n        1000  "layer 1"  { 1, 1 }\n     1000000  "layer 2"  { 2, 2 }\n'
    .. '  1000000000  "layer 3"  { 3, 3 }\n}')
  local history = numbers(4, function(i) return { epoch = i, loss = 1 / i, val_loss = i % 2 == 0 and 0.5 or nil } end)
  expect(text(history), "  epoch      loss  val_loss\n      1         1\n      2       0.5       0.5\n")
  expect(text(numbers(3, function(i) return { a = ("a"):rep(50), b = ("b"):rep(50), c = ("c"):rep(50), d = i } end)),
    "\n  ... and in each c, d\n")
  equal(text{ { ("x"):rep(50), ("y"):rep(50) }, {}, { 1 } },
    ('{\n  { "%s", "yyyyyyyyyyyyy..." },\n  {},\n  { 1 },\n}'):format(("x"):rep(50)))
end)

test("cycles, and metamethods that fail", function()
  local t = { 1 }
  t.me = t
  equal(text(t), "{ 1, me = { cycle } }")
  local deep = { name = ("n"):rep(70), inner = { long = ("l"):rep(70) } }
  deep.inner.back = deep
  expect(text(deep), "back = { cycle },")
  local bad = setmetatable({}, { __tostring = function() error("boo") end })
  expect(text(bad), "a table whose __tostring fails: boo")
  expect(text{ bad, 5 }, "{ a table whose __tostring fails: boo, 5 }")
  equal(text{ setmetatable({}, { __tostring = function() return 5 end }) }, "{ 5 }")
  expect(text(setmetatable({}, { __tostring = function() return {} end })), "whose __tostring fails: '__tostring' must")
  local function never() error("it was run") end
  equal(text(setmetatable({ 1, a = 2 }, { __index = never, __len = never, __pairs = never })), "{ 1, a = 2 }")
  equal(text(setmetatable({}, { __tostring = function() return "mine" end })), "mine")
  equal(text(setmetatable({}, { __metatable = "locked", __tostring = function() return "mine" end })), "mine")
end)

test("functions and types by name and usage", function()
  expect(text(ln.image.resize), 'function ln.image.resize(x, size, { method = "area" })\n  Resize the last two')
  expect(text(ln.fit), "function ln.fit(net, { loss, optimizer, batch = 10, seed = 0,")
  expect(text(ln.nn.conv2d), "ln.nn.conv2d{ filters, kernel = 3, stride = 1, padding = \"same\", ...")
  expect(text(ln.nn.relu), "ln.nn.relu{ name? }\n")
  equal(text(string.format), "function string.format, of Lua's own library")
  expect(text(function(a, b, ...) return a, b, ... end), "function(a, b, ...), tests/lua/value_text.lua:")
end)

test("items with all of their options, losses and chains as code", function()
  expect(text(ln.optim.adam{ 0.01 }), "adam{ 0.01 }\n  optimizer, otherwise beta1 = 0.9, beta2 = 0.999,")
  expect(text(ln.noise.gaussian{ 0.1, sd = 2 }), 'gaussian{ 0.1, sd = 2 }\n  noise, otherwise mode = "scale", ')
  equal(text(0.5 * ln.loss.mae{} + ln.loss.mse{}), "0.5 * mae{} + mse{}")
  expect(text(ln.filter.bm3d{ 0.1, search = 21, step = 4, beta = 1.5, lambda = 2.5, mu2 = 0.3 }), "bm3d{ 0.1")
end)

test("tables that are wider than the window, in blocks of columns", function()
  local in_width = require "lunet.table_in_width"
  local t = ln.table{ columns = { "name", "first", "second" }, { "a", 1.5, 2.5 }, { "bb", 3.25, 4 },
    note = "A note of several words." }
  equal(in_width(t, 24), tostring(t))
  equal(in_width(t, 14), [[
name  first
----  -----
a      1.50
bb     3.25
name  second
----  ------
a        2.5
bb       4.0
A note of
several words.]])
  equal(tostring(ln.table{ columns = { "a", "b" }, { "x", 1 }, { "... 9 more", "" }, { "y", 100 } }),
    "a             b\n----------  ---\nx             1\n... 9 more\ny           100") -- still numbers
  local net = ln.nn.sequential{ ln.nn.conv2d{ 2 } }
  net:build{ 1, 8, 8 }
  for line in net:summary():text(nil, 30):gmatch("[^\n]+") do assert(#line <= 30, line) end
end)

test("histories, broken between words", function()
  local x = ln.ones(4, 1, 4, 4)
  local history = ln.fit(ln.nn.sequential{ ln.nn.conv2d{ 1 } }, { input = x, target = x, validation = 0.5,
    loss = ln.loss.mse{}, optimizer = ln.optim.adam{}, progress = "none", max_seconds = 0.05 })
  expect(text(history):gsub("%s+", " "), "(stopped by max_seconds")
end)

test("networks by their layers, elided where there are many", function()
  local net = ln.nn.sequential{ ln.nn.conv2d{ 2, name = "enc" }, ln.nn.relu{} }
  equal(text(net), "network of 2 layers, not built yet\n  enc     conv2d{ 2, name = \"enc\" }\n  relu_1  relu{}")
  net:build{ 1, 8, 8 }
  expect(text(net), "network of 2 layers, 1x8x8 -> 2x8x8\nlayer ")
  local layers = numbers(200, function() return ln.nn.relu{} end)
  local deep = ln.nn.sequential(layers)
  expect(text(deep), "more\n")
  expect(text(deep), "net:print{ all = true } shows all layers")
  expect(text(deep:build{ 1, 4, 4 }), "net:print{ all = true } shows all layers")
  assert(select(2, text(deep):gsub("\n", "\n")) < 110)
end)

test("datasets with the values of their images", function()
  local set = ln.data.phantom{ 3, size = 16 }
  expect(text(set), "3 images of 1x16x16, phantom0001 .. phantom0003\nvalues 0 to 0.6, mean ")
  expect(text(ln.data.tensors{ set.images, set.images }), "3 pairs of 1x16x16, image1 .. image3\nvalues 0 to 0.6")
  expect(text(ln.data.patches{ set, size = 8, per_image = 2 }), "6 ")
end)

test("the module and its tables", function()
  expect(text(ln.filter), "ln.filter: bilateral, ")
  expect(text(ln), "ln: ablation, ")
  expect(text(ln.models), "ln.models: boltzmann, cnn_dae, ")
end)

test("300 tables of anything: no error, 80 columns", function()
  math.randomseed(7)
  local texts = { "a", "end", "\27[2J", "ä", "\255", "\0", "\n", '"', "key", "long " }
  local value
  local function table_of(depth)
    local t = {}
    for i = 1, math.random(0, depth > 3 and 0 or math.random(2) == 1 and 4 or 40) do
      local keys = { i, i, value(9), math.random(), true }
      local key = keys[math.random(#keys)]
      if key ~= nil and key == key then t[key] = value(depth + 1) end
    end
    if math.random(5) == 1 then t.me = t end
    return t
  end
  function value(depth)
    local kind = math.random(depth > 8 and 3 or 7)
    if kind == 1 then return texts[math.random(#texts)]:rep(math.random(0, 60)) end
    if kind == 2 then return ({ math.random(1000), math.random() * 10 ^ math.random(-300, 300) })[math.random(2)] end
    if kind == 3 then return ({ true, print, 0 / 0, ln.nn.relu, ln.ones(2) })[math.random(5)] end
    return table_of(depth)
  end
  for _ = 1, 300 do text(table_of(0)) end
end)

support.done()
