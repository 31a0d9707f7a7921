-- ln.show: what pictures look like as characters, that pixels of kitty, iTerm2 and sixels decode to what was shown,
-- sizes, what is told of values, and mistakes.
local ln = require "lunet"
local core = require "lunet.core"
local support = require "tests.lua.support"
local test, expect_error = support.test, support.expect_error

local true_colour = 1 << 24

local function equal(got, want)
  if got ~= want then error(("got\n%s\nnot\n%s\n(%q)"):format(got, want, got), 2) end
end

local function text(...)
  local values = table.pack(...)
  local o = { text = true, pictures = "text" }
  for key, value in pairs(values[values.n]) do o[key] = value end
  values[values.n] = o
  return ln.show(table.unpack(values, 1, values.n))
end

local function mapped()
  return support.read("/proc/self/maps"):find("libchafa", 1, true) ~= nil
end

test("libchafa is not loaded before there is a picture", function()
  assert(not mapped())
  text(ln.ones(2, 2), {})
  assert(not mapped())
end)

-- ---- Plain characters ----

test("characters by brightness", function()
  equal(text(ln.tensor{ { 0, 1 }, { 0.5, 0.55 } }, { scale = 2 }), "  @@\n++++\n"
    .. "0 [ .:-=+*#%@] 1  2x2: 0 to 1, mean 0.513\n")
  equal(text(ln.tensor{ { -1, 0, 1 } }, { scale = 2 }), "  ++@@\n-1 [ .:-=+*#%@] 1  1x3: -1 to 1, mean 0\n")
  equal(text(ln.tensor{ { -1, 0, 3 } }, { scale = 2, residual = true }),
    "--++@@\n-3 [ .:-=+*#%@] 3  1x3: -1 to 3, mean 0.667\n")
  equal(text(ln.tensor{ { 0, 100, 255 } }, { scale = 2, range = { 100, 200 } }),
    "    @@\n100 [ .:-=+*#%@] 200  1x3: 0 to 255, mean 118, 67 % clipped\n")
  equal(text(ln.tensor{ 1, 0.3, 0.1 }:reshape{ 3, 1, 1 }, { scale = 2 }), "==\n3x1x1: 0.1 to 1, mean 0.467\n")
end)

test("several images, batches and maps", function()
  local white = ln.ones(1, 2, 2)
  equal(text(white, white * 0, white * 0.5, { scale = 2, labels = { "one", "twenty", "c" }, title = "three" }),
    "three\none   tw..  c\n@@@@        ++++\n@@@@        ++++\n0 [ .:-=+*#%@] 1  3 x 1x2x2: 0 to 1, mean 0.5\n")
  local batch = ln.arange(0, 3):reshape{ 4, 1, 1, 1 }:expand(4, 1, 2, 2) / 4
  equal(text(batch, { scale = 2, columns = 2 }), "      ::::\n      ::::\n\n++++  ####\n++++  ####\n"
    .. "0 [ .:-=+*#%@] 1  4 images 1x2x2: 0 to 0.75, mean 0.375\n")
  equal(text(batch, batch:flip{ 1 }, { scale = 2, labels = { "up", "down" } }),
    "up\n      ::::  ++++  ####\n      ::::  ++++  ####\ndown\n####  ++++  ::::\n####  ++++  ::::\n"
    .. "0 [ .:-=+*#%@] 1  2 x 4 images 1x2x2: 0 to 0.75, mean 0.375\n")
  local maps = "      ----  ****  @@@@\n      ----  ****  @@@@\n"
    .. "0 [ .:-=+*#%@] 0.75  4 maps 2x2: 0 to 0.75, mean 0.375\n"
  equal(text(batch:reshape{ 4, 2, 2 }, { scale = 2 }), maps)
  equal(text(batch:reshape{ 1, 4, 2, 2 }, { scale = 2 }), maps)
  equal(text(batch:reshape{ 2, 2, 2, 2 }:repeat_interleave(1, 1), { scale = 2 }),
    "      ----\n      ----\n\n****  @@@@\n****  @@@@\n0 [ .:-=+*#%@] 0.75  2x2 maps 2x2: 0 to 0.75, mean 0.375\n")
  equal(text({ white, white * 0 }, { scale = 1 }), "@@\n0 [ .:-=+*#%@] 1  2 x 1x2x2: 0 to 1, mean 0.5\n")
  equal(text(ln.tensor{ { 0.1, 0.9 } }, ln.tensor{ { 40, 90 } }, { scale = 2, range = "each" }),
    "  @@    @@\nmin [ .:-=+*#%@] max  2 x 1x2: 0.1 to 90, mean 32.7\n")
end)

test("datasets, files, grids and parameters", function()
  local set = ln.data.set(ln.ones(3, 1, 2, 2), { "a", "b", "long name" })
  equal(text(set, { scale = 2 }), "a     b     lo..\n@@@@  @@@@  @@@@\n@@@@  @@@@  @@@@\n"
    .. "0 [ .:-=+*#%@] 1  3 images 1x2x2: constant 1\n")
  equal(text(set[1], { scale = 2 }), "@@@@\n@@@@\n0 [ .:-=+*#%@] 1  1x2x2: constant 1\n")
  local folder <close> = support.folder()
  local path = ln.image.save(ln.zeros(1, 2, 2), folder.path .. "/black.png")
  equal(text(path, { scale = 2 }), "\n\n0 [ .:-=+*#%@] 1  1x2x2: constant 0\n")
  equal(text(ln.image.grid({ ln.ones(1, 1, 2, 2) }), { scale = 2 }), text(ln.ones(1, 2, 2), { scale = 2 }))
  local net = ln.nn.sequential{ ln.nn.conv2d{ 2, kernel = 1, name = "c" }, ln.nn.flatten{},
    ln.nn.dense{ 2, name = "d" } }
  net:build{ 1, 1, 1 }
  net:set{ ["c.weight"] = ln.tensor{ 1, -2 }:reshape{ 2, 1, 1, 1 }, ["c.bias"] = ln.tensor{ 0, 1 },
    ["d.weight"] = ln.tensor{ { 1, -1 }, { 0, 1 } } }
  local all = net:parameters()
  equal(text(all["c.weight"], { scale = 2 }), "##\n\n-2 [ .:-=+*#%@] 2  c.weight 2x1x1x1: -2 to 1, mean -0.5\n")
  equal(text(all["c.bias"], { scale = 2 }), "++@@\n-1 [ .:-=+*#%@] 1  c.bias 2: 0 to 1, mean 0.5\n")
  equal(text(all["d.weight"], { scale = 2 }),
    "@@\n++@@\n-1 [ .:-=+*#%@] 1  d.weight 2x2: -1 to 1, mean 0.25\n")
end)

test("all weights of a network, a row each", function()
  local net = ln.nn.sequential{ ln.nn.conv2d{ 3, kernel = 2, name = "a" }, ln.nn.conv2d{ 1, kernel = 1, name = "b" } }
  net:build{ 1, 4, 4 }
  net:set{ ["a.weight"] = ln.full({ 3, 1, 2, 2 }, 1), ["b.weight"] = ln.full({ 1, 3, 1, 1 }, -1) }
  equal(text(net:parameters(), { scale = 2 }), "a.weight 3x1x2x2\n@@@@  @@@@  @@@@\n@@@@  @@@@  @@@@\n"
    .. "b.weight 1x3x1x1\n\n\n-1 [ .:-=+*#%@] 1  a.weight 3x1x2x2, b.weight 1x3x1x1: -1 to 1, mean 0.6\n")
  assert(text(net:parameters(), { columns = 2 }):find("2x2 of a.weight", 1, true))
  expect_error(function() ln.show(net) end, "got a network; ln.browse(net) looks into one, ln.show(net:parameters())")
end)

test("what is not finite, and what is constant", function()
  equal(text(ln.tensor{ { 0 / 0, 1, 0.5, math.huge } }, { scale = 2 }),
    "??@@++@@\n0 [ .:-=+*#%@] 1  1x4: 0.5 to 1, mean 0.75, 1 NaN (?), 1 infinite\n")
  equal(text(ln.full({ 1, 2 }, 0 / 0), { scale = 2 }), "????\n0 [ .:-=+*#%@] 1  1x2: no value is finite, 2 NaN (?)\n")
  equal(text(ln.full({ 1, 2 }, 7), { scale = 2 }), "++++\n0 [ .:-=+*#%@] 14  1x2: constant 7\n")
  equal(text(ln.tensor{ { -3e38, 0, 3e38 } }, { scale = 2 }),
    "  ++@@\n-3e+38 [ .:-=+*#%@] 3e+38  1x3: -3e+38 to 3e+38, mean 0\n")
  equal(text(ln.zeros(1, 2), { scale = 2, range = "auto" }), "++++\n-1 [ .:-=+*#%@] 1  1x2: constant 0\n")
  equal(text(ln.zeros(1, 2), { scale = 2, residual = true }), "++++\n-1 [ .:-=+*#%@] 1  1x2: constant 0\n")
end)

-- The last line of what is shown: which values black and white stand for.
local function range_of(x, o)
  local low, high = text(x, o or {}):match("([^\n ]+) %[[^\n]+%] ([^\n ]+)  [^\n]*\n$")
  return low .. " " .. high
end

test("ranges: 0 to 1 for images, with noise or without, and all there is for others", function()
  local clean = ln.data.phantom{ 1, size = { 64, 64 } }.images[1]
  equal(range_of(clean), "0 1")
  equal(range_of(clean * 0.1), "0 1")
  equal(range_of(clean + 0.3 * ln.randn(clean.shape, 1)), "0 1")
  equal(range_of(ln.tensor{ { -0.5, 0.5 } }), "-0.5 0.5")
  equal(range_of(clean * 255), "0 255")
  equal(range_of(ln.tensor{ { 0, 0.5 } }:reshape{ 2, 1, 1 }), "0 0.5")
  equal(range_of(clean, { range = { -1, 1 } }), "-1 1")
  equal(range_of(ln.tensor{ { 0.25, 0.5 } }, { range = "auto" }), "0.25 0.5")
  equal(range_of(ln.tensor{ { -0.25, 0.5 } }, { map = "diverging" }), "-0.5 0.5")
  equal(range_of(ln.tensor{ { -0.3, 0.5 } }), "-0.5 0.5") -- no image: a difference of images
  equal(range_of(ln.tensor{ { -0.2, 0.5 } }), "0 1")
  equal(range_of(ln.tensor{ { -0.3, 0.5 } }, { map = "gray" }), "-0.3 0.5")
  equal(range_of(ln.tensor{ { -0.3, 0.5 } }, { range = "auto" }), "-0.3 0.5")
end)

test("the values along a row or a column", function()
  local x = ln.arange(0, 11):reshape{ 1, 3, 4 } / 11
  local drawn = text(x, x * 0.5, { row = 3, labels = { "a", "b" }, scale = 2, width = 60 })
  assert(drawn:find("2 x 1x3x4: 0 to 1, mean 0.375\n", 1, true) and drawn:find("column, in row 3\n$"), drawn)
  assert(drawn:find("a", 1, true) and drawn:find("b", 1, true), drawn)
  assert(text(x, { column = 1, scale = 2 }):find("row, in column 1\n$"))
  expect_error(function() text(x, { row = 4 }) end, "show: option 'row' must be 1 to 3, the rows of image 1, got 4")
  expect_error(function() text(x, { row = 1, column = 1 }) end, "show: either option 'row' or 'column', not both")
end)

-- ---- In colours ----

-- In another locale or without libchafa: what the program prints when it is started so.
local function elsewhere(environment, code)
  local folder <close> = support.folder()
  support.write(folder.path .. "/shown.lua", "local ln = require 'lunet'\n" .. code)
  local pipe <close> = io.popen(("env %s '%s' '%s/shown.lua' 2>&1"):format(environment, support.program(), folder.path))
  return (pipe:read("a"):gsub("\27", "E"))
end

local two = 'ln.show(ln.tensor{ { 0, 1 }, { 1, 0.5 } }, { scale = 1, pictures = "%s", colours = %d })'

test("half blocks, exact where pixels are", function()
  local function shown(colours)
    return elsewhere("LC_ALL=C.UTF-8", two:format("symbols", colours)):match("^[^\n]*\n")
  end
  equal(shown(true_colour), "E[0mE[38;2;0;0;0mE[48;2;255;255;255m▀E[0mE[38;2;255;255;255mE[48;2;128;128;128m▀E[0m\n")
  equal(shown(256), "E[0mE[38;5;16mE[48;5;231m▀E[0mE[38;5;231mE[48;5;244m▀E[0m\n")
  equal(shown(16), "E[0mE[30mE[107m▀E[0mE[97mE[100m▀E[0m\n")
  equal(shown(0), "+#\n")
end)

test("without UTF-8 blanks of a colour", function()
  equal(elsewhere("LC_ALL=C", two:format("symbols", true_colour)):match("^[^\n]*\n"),
    "E[0mE[48;2;128;128;128m E[0mE[48;2;191;191;191m E[0m\n")
  local said = elsewhere("LC_ALL=C", "ln.show(ln.rand({ 64, 64 }, 1), { pictures = 'symbols', colours = 256 })")
  assert(not said:find("[\128-\255]"), said)
end)

test("without libchafa half blocks, and a note where pixels were wanted", function()
  local said = elsewhere("LC_ALL=C.UTF-8 LUNET_CHAFA=/no/libchafa.so", two:format("kitty", true_colour))
  assert(said:find("^E%[0mE%[38;2;0;0;0mE%[48;2;255;255;255m▀"), said)
  assert(said:find("(no pixels: libchafa cannot be loaded: /no/libchafa.so: cannot open", 1, true), said)
end)

-- matplotlib.colormaps[name](i)[:3] * 255, Matplotlib 3.11
local known = {
  viridis = { [0] = { 68, 1, 84 }, [37] = { 70, 51, 127 }, [100] = { 42, 118, 142 }, [200] = { 112, 207, 87 },
    [255] = { 253, 231, 37 } },
  magma = { [0] = { 0, 0, 4 }, [37] = { 36, 18, 83 }, [100] = { 137, 40, 129 }, [200] = { 253, 152, 105 },
    [255] = { 252, 253, 191 } },
  diverging = { [0] = { 59, 76, 192 }, [37] = { 104, 138, 239 }, [100] = { 190, 210, 246 }, [200] = { 240, 139, 110 },
    [255] = { 180, 4, 38 } }, -- "coolwarm"
}

test("colour maps are Matplotlib's, within 2/255", function()
  local colour_map = require "lunet.colour_map"
  for name, colours in pairs(known) do
    for i, want in pairs(colours) do
      local applied = colour_map.apply(name, ln.tensor{ { i } }, { 0, 255 })
      for c = 1, 3 do support.close(applied[{ c, 1, 1 }] * 255, want[c], 2) end
    end
  end
  local undefined = colour_map.apply("gray", ln.tensor{ { 0 / 0, -5, 9 } }, { 0, 1 })
  equal(tostring(undefined:reshape{ -1 }:totable()[1]), "1.0")
  support.same(undefined, ln.tensor{ { { 1, 0, 1 } }, { { 0, 0, 1 } }, { { 1, 0, 1 } } })
end)

-- ---- Sizes ----

-- The width of a line without its control sequences.
local function width(line)
  return utf8.len((line:gsub("\27%[[%d;]*m", "")))
end

test("nothing is wider than the terminal, or higher than there is room", function()
  local code = [[
    local x = ln.rand({ 5, 1, 40, 60 }, 1)
    for _, mode in ipairs{ "text", "symbols" } do
      local o = { pictures = mode, colours = 256, labels = mode == "text" and { "a", "b", "c", "d", "long" } or nil }
      ln.show(x, o)
      print("")
      ln.show(x[1], { pictures = mode, colours = 16, title = ("long "):rep(20) })
      print("")
      ln.show(ln.rand({ 3, 7, 5, 5 }, 1), { pictures = mode, colours = 1 << 24 })
      print("")
      ln.show(x[1], x[2]:narrow(3, 1, 10), { scale = 100 })
      print("")
    end]]
  for _, columns in ipairs{ 1, 3, 11, 40, 80, 200 } do
    for _, rows in ipairs{ 1, 24, 60 } do
      local said = elsewhere(("LC_ALL=C.UTF-8 COLUMNS=%d LINES=%d"):format(columns, rows), code):gsub("E%[", "\27[")
      local lines = 0
      for line in said:gmatch("([^\n]*)\n") do
        lines = line == "" and 0 or lines + 1
        local words = columns < 12 and line:find("[%w:]") -- a word may be longer
        assert(words or width(line) <= columns, ("%d columns: %q"):format(columns, line))
        assert(columns < 40 or lines <= math.max(rows - 1, 6), ("%dx%d: %s"):format(columns, rows, said))
      end
    end
  end
end)

test("mistakes", function()
  local x = ln.ones(1, 2, 2)
  expect_error(function() ln.show() end, "show: expected a tensor H,W, C,H,W or N,C,H,W, a dataset, the path of an "
    .. "image, or a list of these, got nothing")
  expect_error(function() ln.show(3) end, "show: expected a tensor H,W, C,H,W or N,C,H,W, a dataset, the path of an "
    .. "image, or a list of these, got 3")
  expect_error(function() ln.show(x, nil) end, "show: value 2: expected a tensor")
  expect_error(function() ln.show{ x, 4 } end, "show: number 2 of the list: expected a tensor")
  expect_error(function() ln.show(ln.ones(5)) end, "show: expected a tensor of 2 to 4 dimensions, H,W, C,H,W or "
    .. "N,C,H,W, got one of shape 5; ln.plot draws lists of numbers")
  expect_error(function() ln.show(ln.ones(1, 1, 1, 1, 1)) end, "got one of shape 1x1x1x1x1")
  expect_error(function() ln.show(ln.zeros(2, 0, 4)) end, "the tensor of shape 2x0x4 has no elements: dimension 2 is 0")
  expect_error(function() ln.show(x, { maps = "gray" }) end, "show: no option 'maps'; did you mean 'map'?")
  expect_error(function() ln.show(x, { map = "jet" }) end,
    "show: option 'map' must be 'gray', 'viridis', 'magma' or 'diverging', got 'jet'")
  expect_error(function() ln.show(x, { range = { 1, 0 } }) end, "show: option 'range' must be { low, high } with low "
    .. "below high, 'auto' or 'each', got { 1, 0 }")
  expect_error(function() ln.show(x, { range = { 0, 0 / 0 } }) end, "option 'range' must be { low, high }")
  expect_error(function() ln.show(x, { range = { 0, math.huge } }) end, "option 'range' must be { low, high }")
  expect_error(function() ln.show(x, { range = {} }) end, "got { nil, nil }")
  expect_error(function() ln.show(x, { range = "all" }) end, "got 'all'")
  expect_error(function() ln.show(x, { scale = 0 }) end, "show: option 'scale' must be a number")
  expect_error(function() ln.show(x, x, { labels = { "a" } }) end,
    "show: option 'labels' must have a name for each of 2 images, got 1")
  expect_error(function() ln.show("/no/such.png") end, "show: cannot read '/no/such.png': No such file")
  expect_error(function() ln.show(ln.nn.relu{}) end, "got ")
end)

-- ---- Pixels ----

if not core.chafa.load() then
  support.skip("pixels", "there is no libchafa here")
  support.done()
end

local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function from_base64(code)
  local out, bits, n = {}, 0, 0
  for c in code:gmatch("[%w+/]") do
    bits, n = (bits << 6 | letters:find(c, 1, true) - 1) & 0xffffff, n + 6
    if n >= 8 then
      n = n - 8
      out[#out + 1] = string.char(bits >> n & 255)
    end
  end
  return table.concat(out)
end

local image = ln.rand({ 3, 4, 6 }, 7)

-- What pixel x, y of the image, enlarged by 8, is as bytes.
local function bytes_at(x, y)
  local out = {}
  for c = 1, 3 do out[c] = math.floor(image[{ c, y // 8 + 1, x // 8 + 1 }] * 255 + 0.5) end
  return table.unpack(out)
end

-- at(x, y) -> red, green, blue, opacity of what was decoded, within a tolerance.
local function compare(at, w, h, tolerance)
  for y = 0, h - 1 do
    for x = 0, w - 1 do
      local r, g, b, opacity = at(x, y)
      local inside = x < 48 and y < 32
      assert((opacity == 255) == inside, ("opacity %s at %d,%d"):format(opacity, x, y))
      if inside then
        local red, green, blue = bytes_at(x, y)
        local off = math.max(math.abs(red - r), math.abs(green - g), math.abs(blue - b))
        assert(off <= tolerance, ("off by %d at %d,%d"):format(off, x, y))
      end
    end
  end
end

-- The cells are of 10x20 pixels, where no terminal tells its own: 48x32 take 5x2 of them.
local function sequences(pictures)
  return ln.show(image, { pictures = pictures, scale = 8, text = true })
end

test("kitty: the pixels", function()
  local said, chunks, keys = sequences("kitty"), {}, nil
  for head, data in said:gmatch("\27_G([^;\27]*);?([^\27]*)\27\\") do
    keys, chunks[#chunks + 1] = keys or head, from_base64(data)
  end
  assert(keys:find("a=T", 1, true) and keys:find("f=32,s=50,v=40,c=5,r=2", 1, true), keys)
  local bytes = table.concat(chunks)
  equal(#bytes, 50 * 40 * 4)
  compare(function(x, y) return bytes:byte((y * 50 + x) * 4 + 1, (y * 50 + x) * 4 + 4) end, 50, 40, 0)
  assert(said:find("\n3x4x6: [%d.]+ to [%d.]+, mean [%d.]+\n$"), said)
end)

test("iTerm2: a TIFF of the pixels", function()
  local said = sequences("iterm2")
  local keys, data = said:match("\27%]1337;File=([^:]*):([^\7]*)\7")
  assert(keys:find("inline=1;width=5;height=2", 1, true), keys)
  local bytes, tags = from_base64(data), {}
  local order = bytes:sub(1, 2) == "II" and "<" or ">"
  local magic, place = string.unpack(order .. "I2I4", bytes, 3)
  equal(magic, 42)
  for i = 0, string.unpack(order .. "I2", bytes, place + 1) - 1 do
    local at = place + 3 + i * 12
    local tag, kind = string.unpack(order .. "I2I2", bytes, at)
    tags[tag] = string.unpack(order .. (kind == 3 and "I2" or "I4"), bytes, at + 8)
  end
  equal(("%dx%d, compression %d"):format(tags[256], tags[257], tags[259] or 1), "50x40, compression 1")
  compare(function(x, y)
    local at = tags[273] + (y * 50 + x) * 4
    return bytes:byte(at + 1, at + 4)
  end, 50, 40, 0)
end)

-- The pixels of sixels, by colour numbers: pixels[y][x], and { r, g, b } of the colours.
local function decoded_sixels(said)
  local w, h, body = said:match('\27P[%d;]*q"1;1;(%d+);(%d+)([^\27]*)\27\\')
  local pixels, colours, x, band, colour = {}, {}, 0, 0, 0
  for y = 0, tonumber(h) + 5 do pixels[y] = {} end
  local at = 1
  while at <= #body do
    local number, definition, last = body:match("^#(%d+)(;?[%d;]*)()", at)
    local times, character, after = body:match("^!(%d+)(.)()", at)
    local c = body:sub(at, at)
    if number then
      colour = tonumber(number)
      local r, g, b = definition:match("^;2;(%d+);(%d+);(%d+)$")
      if r then colours[colour] = { r * 2.55, g * 2.55, b * 2.55 } end
      at = last
    elseif c == "$" or c == "-" then
      x, band, at = 0, c == "-" and band + 6 or band, at + 1
    else
      times, character, at = tonumber(times) or 1, (character or c):byte() - 63, after or at + 1
      for _ = 1, character >= 0 and times or 0 do
        for bit = 0, 5 do
          if character >> bit & 1 == 1 then pixels[band + bit][x] = colour end
        end
        x = x + 1
      end
    end
  end
  return pixels, colours, tonumber(w), tonumber(h)
end

test("sixels: the pixels, in a palette's colours", function()
  local pixels, colours, w, h = decoded_sixels(sequences("sixel"))
  assert(w == 50 and h >= 32 and h <= 40, ("%dx%d"):format(w, h))
  local r, g, b = bytes_at(20, 12)
  local got = colours[pixels[12][20]]
  assert(math.abs(got[1] - r) + math.abs(got[2] - g) + math.abs(got[3] - b) < 30, table.concat(got, " "))
  assert(pixels[5][49] == nil, "what is beside the image is empty")
end)

test("characters by libchafa: lines as wide as asked, with the colours of the image", function()
  local said = elsewhere("LC_ALL=C.UTF-8", "ln.show(ln.full({ 100, 100 }, 0.5), { pictures = 'symbols', "
    .. "colours = 1 << 24, height = 3 })")
  local lines = 0
  for line in said:gmatch("[^\n]+") do
    if line:find("48;2;128;128;128", 1, true) and not line:find("%.") then
      lines = lines + 1
      equal(width((line:gsub("E%[", "\27["))), 6)
    end
  end
  equal(lines, 3)
end)

if os.getenv("LUNET_SANITIZED") then
  support.skip("a large image in time", "sanitizers take longer")
else
  test("512x512 takes less than 50 ms of a processor", function()
    local x = ln.rand({ 512, 512 }, 1)
    for _, pictures in ipairs{ "text", "symbols", "kitty", "iterm2", "sixel" } do
      local least = math.huge
      for _ = 1, 15 do
        local start = os.clock()
        ln.show(x, { pictures = pictures, colours = true_colour, text = true })
        least = math.min(least, os.clock() - start)
        if least < 0.05 then break end
      end
      assert(least < 0.05, ("%s: %.1f ms"):format(pictures, least * 1e3))
    end
  end)
end

test("nothing is kept", function()
  local x = ln.rand({ 64, 64 }, 1)
  local function some(n)
    for _ = 1, n do
      for _, pictures in ipairs{ "kitty", "sixel", "symbols" } do
        ln.show(x, { pictures = pictures, colours = 256, text = true })
      end
    end
    collectgarbage()
  end
  some(20)
  local live, resident = ln.mem().live, ln.mem().rss
  some(40)
  equal(ln.mem().live, live)
  assert(os.getenv("LUNET_SANITIZED") or ln.mem().rss - resident < 16 << 20, ln.mem().rss - resident)
end)

support.done()
