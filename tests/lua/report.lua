-- What users read: tables, histories, summaries, help, error messages.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error = support.test, support.expect_error

local function equal(a, b)
  if a ~= b then error(("expected\n%s\ngot\n%s"):format(b, a), 2) end
end

test("a table is aligned and its numbers have the digits that matter", function()
  equal(tostring(ln.table{
    columns = { "method", "SSIM", "PSNR dB", "parameters" },
    { "noisy", 0.448112, 20.0051, 0 }, { "médian", 0.7, 9.5, 3 }, { "CNN DAE", 0 / 0, math.huge, 112001 }, { "none" },
  }), [[
method     SSIM  PSNR dB  parameters
-------  ------  -------  ----------
noisy    0.4481    20.01           0
médian   0.7000     9.50           3
CNN DAE     nan      inf     112,001
none          -        -           -]])
end)

test("a table as CSV and Markdown", function()
  local t = ln.table{ columns = { "a", "b" }, { 'x, "y"', 0.123456789 }, { "p|q", 2 } }
  equal(t:csv(), 'a,b\n"x, ""y""",0.123456789\np|q,2\n')
  equal(t:markdown(), "| a | b |\n| --- | ---: |\n| x, \"y\" | 0.123 |\n| p\\|q | 2.000 |")
  local folder <close> = support.folder()
  t:csv(folder.path .. "/t.csv")
  equal(support.read(folder.path .. "/t.csv"), t:csv())
  expect_error(function() t:csv("/none/t.csv") end, "/none/t.csv")
end)

test("a mean with its interval, and what is best", function()
  local t = ln.table{ columns = { "method", "SSIM", "RMSE_%" }, best = { SSIM = "max", ["RMSE_%"] = "min" },
    caption = "Scores & more", label = "tab:scores", note = "20 images",
    { "noisy", { 0.4481, 0.44, 0.4562 }, 12.5 }, { "a<b", { mean = 0.71234, half = 0.0123 }, 10 },
    { "one", { 0.5, 0 / 0, 0 / 0 }, { value = 11, text = "eleven" } } }
  equal(t:text(), [[
method             SSIM  RMSE_%
------  ---------------  ------
noisy   0.4481 ± 0.0081    12.5
a<b     0.7123 ± 0.0123    10.0
one     0.5000           eleven
20 images]])
  equal(t:markdown(), [[
| method | SSIM | RMSE_% |
| --- | ---: | ---: |
| noisy | 0.4481 ± 0.0081 | 12.5 |
| a<b | **0.7123 ± 0.0123** | **10.0** |
| one | 0.5000 | eleven |

20 images]])
  equal(t:latex(), [[
\begin{table}
\centering
\caption{Scores \& more}
\label{tab:scores}
\begin{tabular}{lrr}
  \toprule
  method & SSIM & RMSE\_\% \\
  \midrule
  noisy & 0.4481 $\pm$ 0.0081 & 12.5 \\
  a\textless{}b & \textbf{0.7123 $\pm$ 0.0123} & \textbf{10.0} \\
  one & 0.5000 & eleven \\
  \bottomrule
\end{tabular}

\smallskip
{\footnotesize 20 images}
\end{table}]])
  equal(t:csv(), "method,SSIM,SSIM low,SSIM high,RMSE_%\nnoisy,0.4481,0.44,0.4562,12.5\n"
    .. "a<b,0.71234,0.70004,0.72464,10\none,0.5,nan,nan,11\n")
  equal(ln.table{ columns = { "x" }, { { 28.1, 27.3, 28.4 } }, { { -7, -7.3, -6.9 } } }:text(),
    "                   x\n--------------------\n28.10 [27.30, 28.40]\n-7.00 [-7.30, -6.90]")
  assert(ln.table{ columns = { "x" }, { { -7, -7.3, -6.9 } } }:latex():find("$-$7.000 [$-$7.300, $-$6.900]", 1, true))
end)

test("the best is bold on a terminal alone", function()
  local code = "print(ln.table{ columns = { 'x' }, best = 'max', { 1 }, { 2 } })"
  local said = support.run(('-e "%s"'):format(code))
  equal(said, "x\n-\n1\n2\n")
  if not os.execute("command -v script >/dev/null 2>&1") then
    return support.skip("the best is bold on a terminal", "no program script here")
  end
  local function on_terminal(settings)
    local pipe <close> = io.popen(("%s script -qc '%s -e \"%s\"' /dev/null"):format(settings, support.program(),
      code:gsub("'", "'\\''")))
    return (pipe:read("a"):gsub("\r", ""))
  end
  equal(on_terminal("NO_COLOR= TERM=xterm"), "x\n-\n1\n\27[1m2\27[0m\n")
  equal(on_terminal("NO_COLOR=1 TERM=xterm"), "x\n-\n1\n2\n")
  equal(on_terminal("NO_COLOR= TERM=dumb"), "x\n-\n1\n2\n")
end)

test("texts of the first column are broken to fit", function()
  local t = ln.table{ columns = { "method", "SSIM" }, width = 20, { "médian 3x3 of pictures", 0.5 } }
  equal(t:add{ "abcdefghijklmnop", 1 }:text(), [[
method          SSIM
--------------  ----
médian 3x3 of    0.5
pictures
abcdefghijklmn   1.0
op]])
end)

test("a metric may end a row", function()
  local x = ln.rand{ 2, 1, 16, 16 }
  local t = ln.table{ columns = { "image", "MSE" }, { "same", ln.metric.mse{}(x, x) } }
  assert(#t == 1 and tostring(t):find("same"))
end)

test("tables that are none", function()
  expect_error(function() ln.table{ columns = { "a" }, { 1, 2 } } end,
    "table: row 1 has 2 cells; there are columns for 1")
  expect_error(function() ln.table{ colums = { "a" } } end, "table: expected { columns =")
  expect_error(function() ln.table{ columns = { "a" }, { b = 1 } } end, "table: row 1 has a cell named 'b'")
  expect_error(function() ln.table{ columns = { "a" }, notes = "x" } end, "did you mean 'note'?")
  expect_error(function() ln.table{ columns = { "a" }, { {} } } end, "table: row 1, column 1: a cell is a number,")
  expect_error(function() ln.table{ columns = { "a" }, best = "most" } end, "option 'best' must be 'max' or 'min'")
  expect_error(function() ln.table{ columns = { "SSIM" }, best = { SSIN = "max" } } end,
    "option 'best': no column 'SSIN'; did you mean 'SSIM'?")
end)

local function history()
  local x = ln.data.phantom{ 6, size = { 8, 8 } }.images
  local net = ln.nn.sequential{ ln.nn.conv2d{ 1, kernel = 3, activation = "sigmoid" } }
  return ln.fit(net, {
    input = x, target = x, validation = 0.3, loss = ln.loss.mse{}, optimizer = ln.optim.adam{}, epochs = 3,
    progress = "none",
  }), net
end

test("a history as text and CSV", function()
  local h = history()
  local pattern = "^history of 3 epochs in %d+%.%d s: loss 0%.%d+ %-> 0%.%d+, validation 0%.%d+$"
  assert(tostring(h):find(pattern), tostring(h))
  local csv = h:csv()
  assert(csv:find("^epoch,loss,val_loss,seconds,images_per_second\n1,0%.%d+,"), csv)
  assert(select(2, csv:gsub("\n", "")) == 4)
end)

test("numbers in a table keep the digits that matter", function()
  for text, column in pairs{
    ["0.8231\n  1524"] = { 0.8231, 1523.7 },
    ["0.009972\n0.001243\n0.000213"] = { 0.009972, 0.001243, 0.000213 },
    ["  0.1\n1e-05"] = { 0.1, 1e-5 },
    ["19.66\n28.18"] = { 19.66, 28.1834 },
    ["     1\n30,000"] = { 1, 30000 },
    ["0.4581\n0.8255"] = { 0.45812, 0.8255 },
    ["123456\n   0.5"] = { 123456, 0.5 },
  } do
    local t = ln.table{ columns = { "v" } }
    for _, x in ipairs(column) do t:add{ x } end
    local said = tostring(t)
    assert(said:sub(-#text) == text, said)
  end
end)

local has_gnuplot = os.execute("command -v gnuplot >/dev/null 2>&1")

test("a history as an image", function()
  local h = history()
  local folder <close> = support.folder()
  h:plot(folder.path .. "/loss.svg")
  local svg = support.read(folder.path .. "/loss.svg")
  assert(svg:find("<svg", 1, true) and svg:find(">validation</text>", 1, true), svg)
  assert(svg:find("<title>training, epoch 3: 0%.%d+</title>"), svg)
  if not has_gnuplot then return support.skip("a history as a bitmap", "gnuplot is not installed") end
  local odd = folder.path .. "/a 'b' $(touch c) `touch d` \"e\".png"
  h:plot(odd)
  equal(support.read(odd):sub(1, 4), "\137PNG")
  local pipe <close> = io.popen(("ls '%s' | wc -l"):format(folder))
  equal(pipe:read("n"), 2)
end)

test("images that cannot be made", function()
  local h = history()
  expect_error(function() h:plot("/none/loss.svg") end, "history:plot: .*/none")
  expect_error(function() h:plot("loss.gif") end, "history:plot: 'loss.gif' must end in .svg, .png or .pdf")
  local folder <close> = support.folder()
  support.write(folder.path .. "/t.lua", [[
    local ln = require "lunet"
    local x = ln.zeros{ 2, 1, 4, 4 }
    local net = ln.nn.sequential{ ln.nn.conv2d{ 1, kernel = 3 } }
    local h = ln.fit(net, { input = x, target = x, loss = ln.loss.mse{}, optimizer = ln.optim.adam{}, epochs = 1 })
    print(pcall(h.plot, h, arg[1]))
  ]])
  local first = 0
  while arg[first - 1] do first = first - 1 end
  local pipe <close> = io.popen(("real=$(command -v '%s'); PATH=/none \"$real\" '%s/t.lua' '%s/x.png' 2>&1"):format(
    arg[first], folder, folder))
  local said = pipe:read("a")
  assert(said:find("gnuplot is not installed", 1, true), said)
  assert(not io.open(folder.path .. "/x.png"))
end)

test("a summary counts what the paper's network has", function()
  local net = ln.models.cnn_dae()
  local text = tostring(net:summary{ 1, 64, 64 })
  assert(text:find("upsample2d_1  2x2, nearest", 1, true), text)
  assert(text:find("112,001 parameters", 1, true), text)
  assert(text:find("1x64x64", 1, true) and text:find("64x16x16", 1, true), text)
  assert(text:find("receptive field 26x26", 1, true), text)
  for line in text:gmatch("[^\n]+") do assert(#line <= 80, line) end
  assert(net:summary{ 1, 64, 64 }.parameters == 112001)
  assert(ln.models.cnn_dae{ widths = { 64, 128, 128, 64 } }:summary{ 1, 64, 64 }.parameters == 296449)
  assert(ln.models.cnn_dae{ widths = { 32, 64, 64, 32 } }:summary{ 1, 64, 64 }.parameters == 74497)
  expect_error(function() ln.models.cnn_dae{ width = 3 } end, "cnn_dae: no option 'width'")
  expect_error(function() return ln.models.none end, "models: no models/none.lua")
  expect_error(function() net:summary{ 1, 2, 2 } end, "layer 4 (maxpool2d")
end)

test("a model is saved with its record and loaded again", function()
  local folder <close> = support.folder()
  local path = folder.path .. "/net.safetensors"
  local _, net = history()
  net:save(path, { record = { epochs = 3, note = 'a "note"' } })
  local back, record = ln.load(path)
  local x = ln.rand{ 2, 1, 8, 8 }
  assert((back:predict(x) - net:predict(x)):abs():max() == 0)
  equal(record, '{"epochs": 3, "note": "a \\"note\\""}')
  expect_error(function() net:save(path, { recrod = {} }) end, "did you mean 'record'?")
  expect_error(function() net:save("/none/x.safetensors") end, "/none/x.safetensors")
  expect_error(function() ln.load("/none/x.safetensors") end, "/none/x.safetensors")
  support.write(path, support.read(path):sub(1, -9))
  expect_error(function() ln.load(path) end, "net.safetensors")
end)

local core = require "lunet.core"
local help = require "lunet.help"

test("help knows every item and function, within 80 columns", function()
  local overview = help(ln)
  for _, name in ipairs{ "conv2d", "bce", "adam", "gaussian", "ssim", "nlmeans", "folder", "ln.fit", "ln.table" } do
    assert(overview:find(name, 1, true), name)
  end
  for _, kind in ipairs{ "nn", "loss", "optim", "schedule", "noise", "metric", "filter", "data" } do
    for name, t in pairs(core[kind]) do
      local text = type(t) == "function" and overview or help(ln, kind .. "." .. name)
      for line in text:gmatch("[^\n]+") do assert(utf8.len(line) <= 80, line) end
    end
  end
end)

test("a profile has a row for what is computed together", function()
  local net = ln.nn.sequential{
    ln.nn.conv2d{ 6, activation = "relu" }, ln.nn.maxpool2d{ 2 }, ln.nn.upsample2d{ 2 }, ln.nn.conv2d{ 1 },
  }
  local text = tostring(net:profile(ln.rand({ 2, 1, 8, 8 }, 1)))
  for _, words in ipairs{ "conv2d_1 + maxpool2d_1", "upsample2d_1 + conv2d_2", "all", "forward ms" } do
    assert(text:find(words, 1, true), text)
  end
  expect_error(function() net:profile(ln.rand({ 8, 8, 8 }, 1)) end, "net:profile: x: expected images N x C x H x W")
  expect_error(function() net:profile(ln.rand({ 0, 1, 8, 8 }, 1)) end, "x has no samples")
end)

test("help by value and by name", function()
  equal(help(ln, ln.nn.dense), help(ln, "dense"))
  assert(help(ln, "conv2d"):find(help(ln, ln.nn.conv2d), 1, true) and help(ln, "conv2d"):find("t:conv2d(", 1, true))
  equal(help(ln, ln.nn.conv2d{ 4 }), help(ln, "nn.conv2d"))
  equal(help(ln, ln.fit), help(ln, "fit"))
  equal(help(ln, ln.data.folder), help(ln, "ln.data.folder"))
  equal(help(ln, ln.models), help(ln, "models"))
  equal(help(ln, ln.nn.sequential), help(ln, "sequential"))
  assert(help(ln, ln.nn.conv2d):find("kernel", 1, true))
  assert(help(ln, ln.fit):find("(an integer of at least 1; default 10)", 1, true), help(ln, ln.fit))
  assert(help(ln, ln.loss):find("bce", 1, true))
  expect_error(function() ln.help("conv3d") end, "help: there is nothing called 'conv3d'; did you mean 'conv2d'?")
  expect_error(function() ln.help(42) end, "help: there is no help on 42")
end)

test("missing fields suggest what was meant", function()
  expect_error(function() return ln.fitt end, "lunet: no field 'fitt'; did you mean 'fit'?")
  expect_error(function() return ln.image.raed end, "did you mean 'read'?")
  expect_error(function() return ln.filter.medain end, "did you mean 'median'?")
  local message = expect_error(function() return ln.nn.con2d end, "did you mean 'conv2d'?")
  assert(message:find("^tests/lua/report.lua:%d+: ") or message:find("report.lua:%d+: "), message)
end)

support.done()
