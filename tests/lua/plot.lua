-- Plots in the terminal and in files.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

local function equal(a, b)
  if a ~= b then error(("expected\n%s\ngot\n%s"):format(b, a), 2) end
end

local cleared = { "TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG", "COLUMNS", "LINES" }
local folder <close> = support.folder()

local function command(settings, code)
  support.write(folder.path .. "/draw.lua", 'local ln = require "lunet"\n' .. code)
  return ("env -u %s %s '%s' '%s/draw.lua'"):format(table.concat(cleared, " -u "), settings, support.program(), folder)
end

-- What code prints into a pipe.
local function drawn(settings, code)
  local pipe <close> = io.popen(command(settings, code) .. " 2>&1")
  return (pipe:read("a"):gsub("\n$", ""))
end

-- What it prints on a terminal.
local function on_terminal(settings, columns, code)
  local line = ("stty rows 24 columns %d; %s"):format(columns, command(settings, code))
  local pipe <close> = io.popen(('script -qec "%s" /dev/null </dev/null'):format(line))
  return (pipe:read("a"):gsub("\r", ""):gsub("\n$", ""))
end

local unicode, ascii = "LC_ALL=C.UTF-8", "LC_ALL=C"

local function widest(text)
  local most = 0
  for line in text:gmatch("[^\n]+") do most = math.max(most, utf8.len(line)) end
  return most
end

-- ---- What small plots look like ----

local two_lines = [[ln.plot{ { y = { 0, 1, 4, 9, 16 }, name = "a" }, { y = { 16, 9, 4, 1, 0 }, label = "b" },
  title = "Squares", x_label = "x", ylabel = "y", width = 40, height = 6 }]]

test("lines with title, legend and names of axes", function()
  equal(drawn(unicode, two_lines), [[
                  Squares
    ⠒⠒ a   ×× b
   y
   │×××                              ⣀⠤⠒
   │   ××××                      ⣀⠤⠒⠉
10 ┤       ××××              ⣀⠤⠒⠉
   │           ××××××   ⣀⡠⠔⠊⠉
   │            ⢀⣀⣀⠤××××××××
 0 ┤⠤⠤⠤⠤⠔⠒⠒⠒⠒⠒⠊⠉⠁          ×××××××××××××
   └─────────┬────────────────┬─────────
             2                4
                     x]])
  equal(drawn(ascii, two_lines), [[
                  Squares
    ** a   ++ b
   y
   |+++                              ***
   |   ++++                      ****
10 +       +++++            *****
   |            ++++    ****
   |     ***********+++++++++++++++
 0 +*****                          +++++
   +---------+----------------+---------
             2                4
                     x]])
end)

test("points, some of which are no numbers", function()
  local code = [[ln.plot{ x = { 1, 2, 3, 4, 0 / 0 }, y = { 1, 4, 1 / 0, 2, 1 }, kind = "scatter", width = 40,
    height = 5 }]]
  local text = [[
4 ┤            •
  │
  │
2 ┤                                    •
  │•
  └┬───────────┬───────────┬───────────┬
   1           2           3           4
2 of 5 points left out: NaN or infinite]]
  equal(drawn(unicode, code), text)
  text = text:gsub("•", "*"):gsub("│", "|"):gsub("─", "-"):gsub("[┤┬└]+", "+"):gsub("┬", "+")
  equal((drawn(ascii, code):gsub("%+%+", "+")), text)
end)

test("a histogram of whole numbers has a bin for each", function()
  local code = "ln.plot{ histogram = { 1, 2, 2, 3, 3, 3, 3, 4, 0 / 0 }, width = 40, height = 5 }"
  equal(drawn(unicode, code), [[
4 ┤                  ▇▇▇▇▇▇▇▇▇
  │                  █████████
2 ┤         ▃▃▃▃▃▃▃▃▃█████████
  │▂▂▂▂▂▂▂▂▂██████████████████▂▂▂▂▂▂▂▂▂
0 ┤████████████████████████████████████
  └─────────────┬─────────────────┬────
                2                 4
8 numbers, mean 2.625, standard deviation 0.857
1 of 9 numbers left out: NaN or infinite]])
end)

test("bars in alphabetic order, and below 0", function()
  local code = 'ln.plot{ bars = { median = 25.1, bm3d = 27.3, ["DAE é"] = -3 }, width = 40 }'
  equal(drawn(unicode, code), [[
DAE é   ███                         -3.0
bm3d       ████████████████████████ 27.3
median     ██████████████████████   25.1]])
  equal(drawn(ascii, code), [[
DAE ?   ###                         -3.0
bm3d       ######################## 27.3
median     ######################   25.1]])
  equal(drawn(unicode, [[ln.plot{ bars = { { "a", 2, 3 }, { "b", { 1, 0.5, 3.5 }, 0 } }, series = { "PSNR", "SSIM" },
    width = 44, title = "T" }]]), [[
               T
a  PSNR  ████████                      2.000
   SSIM  ████████████                  3.000
b  PSNR  ████─────────┤ 1.000 [0.500, 3.500]
   SSIM                                0.000]])
end)

test("logarithmic axes leave out what is not above 0, and say so", function()
  local code = [[ln.plot{ x = { 1, 10, 100, 1000 }, y = { 1, 0, 1e-3, 1e-6 }, log = "xy", width = 40, height = 6,
    lines = { { "floor", 1e-5 } } }]]
  equal(drawn(unicode, code), [[
      ╌╌ floor
   1 ┤•
     │
     │                      ⢀⡀
1e-4 ┤                       ⠈⠑⠢⢄⡀
     │╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
     │                               ⠈⠑⠢
     └┬──────────┬──────────┬──────────┬
      1         10         100      1000
1 of 4 points left out: NaN, infinite or, on a logarithmic axis, not above 0]])
end)

test("one point, a constant, nothing", function()
  equal(ln.plot({ 5 }, { text = true, height = 3 }):match("1%s*$"), "1")
  equal(drawn(unicode, "ln.plot({ 5, 5, 5 }, { width = 20, height = 3 })"), [[
5.5 ┤
5.0 ┤⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒
4.5 ┤
    └┬──────┬──────┬
     1      2      3]])
  expect_error(function() ln.plot{ y = {} } end, "plot: there are no numbers to draw")
  expect_error(function() ln.plot(ln.zeros{ 0 }) end, "plot: there are no numbers to draw")
  expect_error(function() ln.plot{ y = { 0 / 0, 1 / 0 } } end,
    "plot: there is nothing to draw: 2 of 2 points left out: NaN or infinite")
  local text = ln.plot{ { y = { 1, 2 } }, { y = { 0 / 0 }, name = "lost" }, text = true }
  assert(text:find("1 of 3 points left out: NaN or infinite\nlost has no number to draw", 1, true), text)
end)

-- ---- Where it goes ----

test("a terminal's width, colours, and what turns them off", function()
  for _, columns in ipairs{ 40, 80, 160 } do
    local text = on_terminal(unicode .. " TERM=xterm-256color NO_COLOR=1", columns, two_lines:gsub("width = 40, ", ""))
    assert(not text:find("\27"), text)
    equal(widest(text), math.min(columns - 1, 120))
  end
  local code = [[ln.plot{ { y = { 1, 2 }, name = 'a' }, { y = { 2, 1 }, name = 'b' } }]]
  local text = on_terminal(unicode .. " TERM=xterm-256color", 80, code)
  assert(text:find("\27[38;5;33m⠒⠒\27[0m a   \27[38;5;208m⠒⠒\27[0m b", 1, true), text)
  equal(widest((text:gsub("\27%[[%d;]*m", ""))), 79)
  text = on_terminal(unicode .. " TERM=xterm", 80, code)
  assert(text:find("\27[94m⠒⠒\27[0m a   \27[33m⠒⠒\27[0m b", 1, true), text)
  text = on_terminal(ascii .. " TERM=dumb", 80, code)
  assert(not text:find("[\x80-\xFF\27]"), text)
  equal(widest(drawn(unicode .. " COLUMNS=33", code)), 80)
end)

test("as text, and nothing else returns anything", function()
  local text = ln.plot({ 1, 2 }, { text = true, width = 30, height = 4 })
  assert(not text:find("\27") and widest(text) == 30, text)
  equal(drawn(unicode, "print(select('#', ln.plot({ 1, 2 }, { height = 3 })))"):match("[^\n]*$"), "0")
end)

local has_gnuplot = os.execute("command -v gnuplot >/dev/null 2>&1")

test("into files", function()
  local kinds = { line = { y = { 1, 3, 2 }, title = "a < b", y_limits = { 0, 2 } },
    histogram = { histogram = ln.randn{ 100 }, x_label = "value" }, bars = { bars = { a = 1, ["b&c"] = -2 } } }
  for kind, o in pairs(kinds) do
    local path = ("%s/%s.svg"):format(folder, kind)
    equal(ln.plot(o, path), path)
    local svg = support.read(path)
    assert(svg:find("^<%?xml") and svg:find("</svg>\n$"), svg)
    if kind == "bars" then assert(svg:find(">b&amp;c  -2</text>", 1, true), svg) end
    if kind == "line" then assert(svg:find(">a &lt; b</text>", 1, true), svg) end
    if has_gnuplot then
      o.file = ("%s/%s.png"):format(folder, kind)
      equal(ln.plot(o), o.file)
      equal(support.read(o.file):sub(1, 4), "\137PNG")
    end
  end
  expect_error(function() ln.plot({ 1 }, "x.gif") end, "plot: 'x.gif' must end in .svg, .png or .pdf")
  expect_error(function() ln.plot({ 1 }, "/none/x.svg") end, "plot: .*/none")
end)

-- ---- Forms ----

local function text_of(...)
  return ln.plot(...)
end

local look = { text = true, width = 50, height = 8 }

local function with(o)
  for key, value in pairs(look) do o[key] = value end
  return o
end

test("forms that mean the same", function()
  local t, x = ln.tensor{ 1, 4, 9, 16 }, { 2, 3, 5, 8 }
  local line = text_of(t, look)
  equal(text_of({ 1, 4, 9, 16 }, look), line)
  equal(text_of(with{ 1, 4, 9, 16 }), line)
  equal(text_of(with{ t }), line)
  equal(text_of(with{ y = t }), line)
  equal(text_of(with{ { y = t } }), line)
  equal(text_of(with{ { t } }), line)
  equal(text_of(with{ series = { { y = t } } }), line)
  equal(text_of(t:reshape{ 1, 1, 1, 4 }, look), line)
  local xy = text_of(x, t, look)
  equal(text_of(with{ x = x, y = t }), xy)
  equal(text_of(with{ { x = x, y = t } }), xy)
  equal(text_of(with{ t, x = ln.tensor(x) }), xy)
  equal(text_of(with{ { ln.tensor(x), t } }), xy)
  equal(text_of(with{ x = x, y = t, points = true }), text_of(with{ x = x, y = t, kind = "scatter" }))
  local rows = text_of(ln.tensor{ { 1, 2 }, { 3, 1 } }, look)
  equal(text_of(with{ { 1, 2 }, { 3, 1 }, names = { "row 1", "row 2" } }), rows)
  equal(text_of(with{ { y = { 1, 2 }, name = "row 1" }, { y = { 3, 1 }, label = "row 2" } }), rows)
  equal(text_of(math.sin, 0, 3, look), text_of(with{ f = math.sin, from = 0, to = 3 }))
  equal(text_of(with{ { f = math.sin, from = 0, to = 3 } }), text_of(with{ math.sin, x_limits = { 0, 3 } }))
  local counts = text_of(with{ histogram = t })
  equal(text_of(t:reshape{ 2, 2 }, with{ kind = "histogram" }), counts)
  equal(text_of(with{ kind = "histogram", y = { 1, 4, 9, 16 } }), counts)
  equal(text_of(with{ kind = "histogram", { y = t } }), counts)
  equal(text_of(t, "histogram", look), counts)
  local bars = text_of(with{ bars = { a = 1, b = 2 } })
  equal(text_of(with{ bars = { { "a", 1 }, { "b", 2 } } }), bars)
  equal(text_of(with{ kind = "bars", y = { 1, 2 }, x = { "a", "b" } }), bars)
  equal(text_of(with{ bars = ln.tensor{ 1, 2 }, names = { "a", "b" } }), bars)
end)

test("counts are those of t:histogram", function()
  local t = ln.randn{ 1000 }
  local h = require("lunet.histogram").counted("plot", { { y = t } }, { bins = 7, x_limits = { -1, 2 } })
  equal(table.concat(h.series[1].counts, " "), table.concat(t:histogram{ bins = 7, range = { -1, 2 } }:totable(), " "))
  close(h.edges[2], -1 + 3 / 7, 1e-12)
  local out = 1000 - t:histogram{ bins = 7, range = { -1, 2 } }:sum()
  equal(h.notes[2], ("%d of 1000 numbers lie outside of the limits"):format(out))
  h = require("lunet.histogram").counted("plot", { { y = { 0.13, 2.9 } } }, {})
  close(h.edges[1], 0.1, 1e-12) -- round, and no wider than it needs
  close(h.edges[#h.edges], 2.9, 1e-12)
end)

local function history()
  local x = ln.rand{ 8, 1, 4, 4 }
  local net = ln.nn.sequential{ ln.nn.conv2d{ 1, kernel = 3 } }
  return ln.fit(net, { input = x, target = x, loss = ln.loss.mse{}, optimizer = ln.optim.adam{}, epochs = 4,
    validation = 0.25, metrics = { mae = ln.metric.mae{} }, progress = "none" })
end

test("histories", function()
  local h = history()
  local text = ln.plot(h, look)
  equal(h:plot(look), text)
  assert(text:find("training   .* validation") and text:find("epoch") and text:find("loss"), text)
  text = h:plot(with{ values = { "val_mae" }, log = "y", title = "T" })
  assert(text:find("val_mae") and text:find(" T\n") and not text:find("training"), text)
  text = ln.plot(with{ h, h, names = { "adam", "sgd" } })
  assert(text:find("adam, training") and text:find("sgd, validation"), text)
  equal(h:plot(folder.path .. "/h.svg"), folder.path .. "/h.svg")
  expect_error(function() h:plot{ values = { "val_ma" } } end,
    "history:plot: no history has 'val_ma'; did you mean 'val_mae'?")
  expect_error(function() h:plot{ valves = {} } end, "history:plot: no option 'valves'; did you mean 'values'?")
  expect_error(function() h:plot(3) end, "history:plot: expected a path or a table of options, got 3")
  expect_error(function() ln.plot{ h, { 1, 2 } } end, "plot: histories and other series do not go together")
end)

test("records of runs", function()
  local dir = folder.path .. "/runs"
  for seed = 1, 2 do
    ln.record("try", function(log)
      for step = 1, 3 do log{ step = step, psnr = 20 + step * seed } end
      return {}
    end, { dir = dir, options = { seed = seed } })
  end
  local runs = ln.runs(nil, { dir = dir })
  local text = ln.plot(runs[1], look)
  assert(text:find("psnr") and text:find("step"), text)
  text = ln.plot(runs, look)
  assert(text:find("try %x+, psnr"), text)
  expect_error(function() ln.plot(runs[1], { values = { "psn" } }) end,
    "plot: no history has 'psn'; did you mean 'psnr'?")
end)

test("tables of results, comparisons and sweeps", function()
  local t = ln.table{ columns = { "image", "SSIM", "PSNR" },
    { "noisy", 0.45, 20.1 }, { "DAE", { 0.83, 0.8, 0.85 }, 28 } }
  equal(ln.plot(t, look), ln.plot(with{ bars = { { "noisy", 0.45 }, { "DAE", { 0.83, 0.8, 0.85 } } }, title = "SSIM" }))
  equal(ln.plot(t, with{ values = { "PSNR" } }), ln.plot(with{ bars = { { "noisy", 20.1 }, { "DAE", 28 } },
    title = "PSNR" }))
  equal(ln.plot(t, with{ values = { "SSIM", "PSNR" } }), ln.plot(with{ bars = { { "noisy", 0.45, 20.1 },
    { "DAE", { 0.83, 0.8, 0.85 }, 28 } }, series = { "SSIM", "PSNR" } }))
  t = ln.table{ columns = { "rate", "loss", "smoothed" }, { 0.1, 3, 3 }, { 0.2, 2, 2.5 } }
  equal(ln.plot(t, look), ln.plot(with{ { x = { 0.1, 0.2 }, y = { 3, 2 }, name = "loss" },
    { x = { 0.1, 0.2 }, y = { 3, 2.5 }, name = "smoothed" }, x_label = "rate" }))
  t = ln.table{ columns = { "net", "0.1", "0.5" }, { "unet", { 3, 2, 4 }, 3 }, { "dae", 2, nil } }
  equal(ln.plot(t, look), ln.plot(with{ { x = { 0.1, 0.5 }, y = { 3, 3 }, low = { 2, 3 }, high = { 4, 3 },
    name = "unet" }, { x = { 0.1, 0.5 }, y = { 2, 0 / 0 }, name = "dae" } }))
  local text = ln.plot(ln.compare{ { "noisy", { 0.4, 0.5, 0.3 } }, { "unet", { 0.9, 0.8, 0.9 } } }, look)
  assert(text:find("noisy") and text:find("unet") and text:find("0.8667", 1, true), text)
  expect_error(function() ln.plot(ln.table{ columns = { "a", "b" }, { "x", "y" } }) end,
    "plot: the table has no numbers to draw")
  expect_error(function() ln.plot(t, { values = { "0.2" } }) end, "plot: no column '0.2'")
end)

test("mistakes", function()
  for message, o in pairs{
    ["plot: expected a tensor, a list of numbers"] = "x",
    ["plot: there is nothing to draw: expected"] = {},
    ["each row being a line; got one of shape 3x4x5 (kind = 'histogram' takes any shape)"] = ln.zeros{ 3, 4, 5 },
    ["plot: a tensor of shape 9x4 has 9 rows, but at most 8 are drawn as lines"] = ln.zeros{ 9, 4 },
    ["plot: x has 1 numbers, but y has 2"] = { y = { 1, 2 }, x = { 1 } },
    ["plot: y must be a list of numbers, but entry 2 is 'a'"] = { y = { 1, "a" } },
    ["plot: series 2: y must be a list of numbers, but entry 2 is 'a'"] = { { 1, 2 }, { 3, "a" } },
    ["plot: option 'x_limits' must be { low, high } with low below high, got 2 and 1"] = { 1, x_limits = { 2, 1 } },
    ["plot: option 'y_limits' has 0, but on a logarithmic axis all is above 0"] = { 1, ylim = { 0 }, log = "y" },
    ["plot: option 'kind' must be 'line', 'scatter', 'histogram' or 'bars', got 'pie'"] = { 1, kind = "pie" },
    ["plot: series 2: no option 'nam'; did you mean 'name'?"] = { { y = { 1 } }, { y = { 1 }, nam = "" } },
    ["plot: there is an entry 3, but none before it"] = { { y = { 1 } }, [3] = { y = { 1 } } },
    ["plot: a function needs a range of x"] = { f = math.sin },
    ["plot: the function must give a number, but f(0) is 'a'"] = { f = function() return "a" end, from = 0, to = 1 },
    ["plot: there is nothing to count: 1 of 1 numbers are NaN or infinite"] = { histogram = { 0 / 0 } },
    ["plot: there are no bars"] = { bars = {} },
    ["plot: bar 1: value 1 must be a number or an interval { mean, low, high }, got 'x'"] = { bars = { a = "x" } },
    ["plot: either histogram or y, not both"] = { histogram = { 1 }, y = { 1 } },
    ["plot: there are 1 names for 2 series"] = { { 1, 2 }, { 3, 4 }, names = { "a" } },
    ["plot: there are 1 names for 2 bars"] = { kind = "bars", y = { 1, 2 }, x = { "a" } },
    ["plot: a band needs both low and high"] = { y = { 1 }, low = { 1 } },
    ["plot: option 'width' must be an integer from 20 to 1000, got 5"] = { 1, width = 5 },
    ["plot: expected a tensor, a list of numbers, a function, a history, a run, a table of results, or a table of "
      .. "options, got a network"] =
      ln.nn.sequential{ ln.nn.relu{} },
  } do
    expect_error(function() ln.plot(o) end, message)
  end
  expect_error(function() ln.plot({ 1 }, 5) end, "plot: argument 2 must be a path, a kind or a table of options, got 5")
end)

-- ---- Many numbers ----

-- Where a plot has no gap, the dots of a short and a long form of the same curve are the same.
test("a million numbers look as a few of them", function()
  local n = 1000000
  local t = ln.linspace(0, 20, n)
  local wide = { text = true, width = 60, height = 10, y_limits = { -1.1, 1.1 } }
  -- Of how many cells one is blank and the other one is not.
  local function differ(a, b)
    local rows, count = {}, 0
    for line in a:gmatch("[^\n]+") do rows[#rows + 1] = line:gsub("[\x80-\xBF]+", "") .. (" "):rep(60) end
    local row = 0
    for line in b:gmatch("[^\n]+") do
      row = row + 1
      line = line:gsub("[\x80-\xBF]+", "") .. (" "):rep(60)
      for i = 1, 60 do
        if (line:sub(i, i) == " ") ~= (rows[row]:sub(i, i) == " ") then count = count + 1 end
      end
    end
    return count
  end
  local few = ln.linspace(0, 20, 4000)
  local short, long = ln.plot(few, few:sin(), wide), ln.plot(t, t:sin(), wide)
  assert(differ(short, long) <= 6, long)
  assert(differ(short, ln.plot(t:flip(), t:flip():sin(), wide)) <= 6)
  local spoilt = t:sin()
  spoilt[{ { 1000, 1100 } }] = 0 / 0
  long = ln.plot(t, spoilt, wide)
  assert(long:find("101 of 1000000 points left out", 1, true), long)
  long = ln.plot(ln.concat{ t, t:flip() }, ln.concat{ t:sin(), t:flip():sin() }, wide) -- to and fro
  assert(differ(short, long) <= 6, long)
end)

test("points of a million are those of the cells", function()
  local x, y = ln.rand({ 1000000 }, 1), ln.rand({ 1000000 }, 2)
  local long = require "lunet.long_series"
  local s, bad = long.reduced(x, y, { log = {}, points = true, columns = 20, rows = 10 })
  equal(bad, 0)
  equal(#s.x, 200 + 4)
  local low, high = math.huge, -math.huge
  for _, value in ipairs(s.y) do low, high = math.min(low, value), math.max(high, value) end
  equal(low, y:min())
  equal(high, y:max())
end)

test("a lone peak among a million is seen", function()
  local y = ln.zeros{ 1000000 }
  y[777777] = 1
  local text = ln.plot(y, { text = true, width = 60, height = 5 })
  assert(text:match("1%.0[^\n]*"):find("[\xE2*]", 6), text)
  local long = require "lunet.long_series"
  local s = long.reduced(nil, y, { log = {}, columns = 100, rows = 10 })
  local seen = false
  for i, value in ipairs(s.y) do seen = seen or value == 1 and s.x[i] == 777777 end
  assert(seen)
end)

-- The dots of braille characters, as a set of "x,y".
local function dots_of(text)
  local bits = { { 0, 0 }, { 0, 1 }, { 0, 2 }, { 1, 0 }, { 1, 1 }, { 1, 2 }, { 0, 3 }, { 1, 3 } }
  local dots, row = {}, 0
  for line in text:gmatch("[^\n]+") do
    local column = 0
    for _, code in utf8.codes(line) do
      for i, place in ipairs(code >= 0x2800 and code < 0x2900 and bits or {}) do
        if code >> (i - 1) & 1 == 1 then dots[("%d,%d"):format(2 * column + place[1], 4 * row + place[2])] = true end
      end
      column = column + 1
    end
    row = row + 1
  end
  return dots
end

test("a line has no holes", function()
  for seed = 1, 20 do
    local text = drawn(unicode, ("ln.plot(ln.randn({ %d }, %d):cumsum(), { width = 60, height = 10 })"):format(
      seed * 17, seed))
    local dots, count, queue, seen = dots_of(text), 0, {}, {}
    for dot in pairs(dots) do
      count = count + 1
      queue[1] = queue[1] or dot
    end
    seen[queue[1]] = true
    while #queue > 0 do
      local x, y = table.remove(queue):match("(%d+),(%d+)")
      count = count - 1
      for dx = -1, 1 do
        for dy = -1, 1 do
          local near = ("%d,%d"):format(x + dx, y + dy)
          if dots[near] and not seen[near] then seen[near], queue[#queue + 1] = true, near end
        end
      end
    end
    equal(count, 0)
  end
end)

-- ---- While ln.fit runs ----

local sparkline = require("lunet.sparkline").text

test("sparklines", function()
  equal(sparkline({ 1, 2, 3, 4, 5, 6, 7, 8 }, 8, true), "▁▂▃▄▅▆▇█")
  equal(sparkline({ 9, 9, 1, 2, 3 }, 3, true), "▁▅█")
  equal(sparkline({ 1, 10, 100 }, 9, true), "▁▅█") -- logarithms
  equal(sparkline({ 1, 0 / 0, 2, 1 / 0, -3 }, 9, true), "▇ █ ▁")
  equal(sparkline({ 5, 5 }, 9, true), "▁▁")
  equal(sparkline({}, 9, true), "")
  equal(sparkline({ 1, 2, 3, 4, 5, 6 }, 8, false), "_.-=*#")
end)

local fit = [[
local x = ln.rand{ 8, 1, 4, 4 }
local net = ln.nn.sequential{ ln.nn.conv2d{ 1, kernel = 3 } }
ln.fit(net, { input = x, target = x, loss = ln.loss.mse{}, optimizer = ln.optim.adam{}, epochs = 12, validation = 0.25,
  progress = %s })]]

test("a curve beside the progress line, within its width", function()
  for _, columns in ipairs{ 40, 60, 80, 100, 160 } do
    for settings, curve in pairs{ [unicode] = "[▁▂▃▄▅▆▇█]+$", [ascii] = "  [_.=*#-]+$" } do
      local text = on_terminal(settings .. " TERM=xterm-256color", columns, fit:format("'line'"))
      local curves = 0
      for line in text:gmatch("(.-)\27%[K") do
        assert(utf8.len(line) < columns - 2, line)
        if line:find(curve) then curves = curves + 1 end
      end
      if columns >= 80 then assert(curves >= 10, text) else equal(curves, 0) end
    end
  end
  assert(not drawn(unicode, fit:format("'auto'")):find("[▁▂▃▄▅▆▇█]"))
end)

-- ---- Any options ----

-- A number that may be odd.
local function any_number(random)
  local odd = { 0, -1, 1, 0 / 0, 1 / 0, -1 / 0, 1e30, -1e30, 1e-30, 5e-324, 1e308, -1e308, 0.1, 1e6 }
  return random(3) == 1 and odd[random(#odd)] or (random() - 0.5) * 10.0 ^ random(-3, 3)
end

local function any_list(random, n)
  local list = {}
  for i = 1, n do list[i] = any_number(random) end
  return random(2) == 1 and list or n > 0 and ln.tensor(list) or ln.zeros{ 0 }
end

local function any_series(random)
  local n = random(0, 12)
  local s = { y = any_list(random, n), name = random(2) == 1 and "näme" or nil }
  if random(3) == 1 then s.x = any_list(random, n) end
  if random(4) == 1 then s.low, s.high = any_list(random, n), any_list(random, n) end
  if random(3) == 1 then s.kind = random(2) == 1 and "scatter" or "line" end
  return s
end

local function any_options(random)
  local kind = random(4)
  local o = { text = true, width = random(20, 100), height = random(3, 30) }
  if kind == 1 then o.histogram, o.bins = any_list(random, random(0, 20)), random(2) == 1 and random(1, 200) or nil
  elseif kind == 2 then o.bars = { a = any_number(random), b = any_number(random), ["a very long name of it"] = 3 }
  else
    for i = 1, random(1, 3) do o[i] = any_series(random) end
  end
  if random(3) == 1 then o.log = ({ "x", "y", "xy" })[random(3)] end
  if random(4) == 1 then o.x_limits = { any_number(random), random(2) == 1 and any_number(random) or nil } end
  if random(4) == 1 then o.y_limits = { nil, any_number(random) } end
  if random(4) == 1 then o.title, o.x_label, o.y_label = ("long title "):rep(10), "x\27[31m", "y\n\xFF" end
  return o
end

test("any numbers and options give a plot within the width, or an error that says why", function()
  math.randomseed(7)
  local plots = 0
  for _ = 1, 1500 do
    local o = any_options(math.random)
    local ok, text = pcall(ln.plot, o)
    if ok then
      plots = plots + 1
      for line in text:gmatch("[^\n]+") do
        local note = line:find("left out") or line:find("outside of") or line:find("numbers, mean")
          or line:find("has no")
        if not note and (utf8.len(line) or #line) > o.width then error(line .. "\nis too wide:\n" .. text) end
      end
      assert(not text:find("\27") and utf8.len(text), text)
    else
      assert(text:find("plot: "), text)
    end
  end
  assert(plots > 700, plots)
end)

support.done()
