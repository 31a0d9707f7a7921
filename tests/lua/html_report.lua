-- Report pages: sound HTML, nothing from elsewhere, no text that becomes markup, and the numbers that were given.
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

local ln = require "lunet"
local base64 = require "lunet.base64"
local json = require "lunet.json"
local markup = require "lunet.markup"

-- ---- A small checker of HTML ----

local void = { meta = true, img = true, input = true, br = true }

-- Calls tag(name, attributes, closes, selfcloses) for each tag; the text of scripts and styles is passed over.
local function each_tag(page, tag)
  local at = 1
  while true do
    local from, to, close_mark, name, rest = page:find("<(/?)([%a][%w]*)([^<>]*)>", at)
    local stray = page:find("[<>]", at)
    assert(stray == from, "a < or > outside of tags: " .. page:sub(stray or 1, (stray or 1) + 60))
    if not from then return end
    tag(name, rest, close_mark == "/", rest:find("/$") ~= nil)
    at = to + 1
    if (name == "script" or name == "style") and close_mark == "" then at = page:find("</" .. name .. ">", at, true) end
  end
end

local function attributes_of(name, text)
  local out, rest = {}, text
  rest = rest:gsub('%s+([%w:-]+)="([^"]*)"', function(key, value)
    assert(not out[key], ("<%s> has '%s' twice"):format(name, key))
    for entity in value:gmatch("&[^;]*;?") do assert(entity:find("^&[%w#]+;$"), entity) end
    out[key] = value
    return ""
  end)
  assert(rest:find("^%s*/?$"), ("<%s%s>: '%s' is no attribute"):format(name, text, rest))
  return out
end

-- Raise unless the page is well-formed and self-contained; returns its elements' attributes by tag.
local function check(page)
  assert(page:sub(1, 15) == "<!DOCTYPE html>" and utf8.len(page))
  local open, ids, found, links = {}, {}, {}, {}
  each_tag(page:sub(16), function(name, rest, closes, closed)
    if closes then
      assert(open[#open] == name, ("</%s> closes <%s>"):format(name, tostring(open[#open])))
      open[#open] = nil
      return
    end
    local attributes = attributes_of(name, rest)
    found[name] = found[name] or {}
    table.insert(found[name], attributes)
    if attributes.id then assert(not ids[attributes.id], attributes.id) ids[attributes.id] = true end
    if attributes.src then assert(name == "img" and attributes.src:find("^data:image/png;base64,"), attributes.src) end
    if attributes.href then assert(name == "a", name) links[#links + 1] = attributes.href end
    if name == "img" or name == "svg" then assert(attributes.alt or attributes["aria-label"], name) end
    for key in pairs(attributes) do assert(not key:find("^on"), key) end
    if not void[name] and not closed then open[#open + 1] = name end
  end)
  assert(#open == 0, "not closed: " .. table.concat(open, ", "))
  for _, href in ipairs(links) do
    assert(href:sub(1, 1) ~= "#" or ids[href:sub(2)], href .. " leads nowhere")
    assert(not href:find("^%a[%w+.-]*:") or href:find("^https?:") or href:find("^mailto:"), href)
  end
  for _, name in ipairs{ "link", "iframe", "object", "embed", "base", "form" } do assert(not found[name], name) end
  local active = page:match("<style>.-</style>") .. page:match("<script>.-</script>")
  for _, word in ipairs{ "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML", "http:", "eval(" } do
    assert(not active:gsub("http://www.w3.org/2000/svg", ""):find(word, 1, true), word)
  end
  assert(page:find("default-src 'none'", 1, true))
  return found
end

local function history(epochs)
  local x = ln.data.phantom{ 6, size = { 8, 8 } }.images
  local net = ln.nn.sequential{ ln.nn.conv2d{ 1, kernel = 3, activation = "sigmoid" } }
  return ln.fit(net, { input = x, target = x, validation = 0.3, loss = ln.loss.mse{}, optimizer = ln.optim.adam{},
    epochs = epochs or 3, progress = "none", metrics = { ssim = ln.metric.psnr{} } })
end

local function decoded(text)
  local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  local bits, n, out = 0, 0, {}
  for letter in text:gsub("=", ""):gmatch(".") do
    bits, n = bits << 6 | alphabet:find(letter, 1, true) - 1, n + 6
    if n >= 8 then
      n = n - 8
      out[#out + 1] = string.char(bits >> n & 255)
      bits = bits & (1 << n) - 1
    end
  end
  return table.concat(out)
end

-- ---- Parts ----

test("base64 is RFC 4648's", function()
  local words = { "", "", "f", "Zg==", "fo", "Zm8=", "foo", "Zm9v", "foob", "Zm9vYg==", "fooba", "Zm9vYmE=", "foobar",
    "Zm9vYmFy", "\0\255\254", "AP/+", ("foobar"):rep(5) .. "f", ("Zm9vYmFy"):rep(5) .. "Zg==", ("\255"):rep(24),
    ("/"):rep(32) }
  for i = 1, #words, 2 do assert(base64(words[i]) == words[i + 1], words[i]) end
end)

test("the markup of texts", function()
  for text, want in pairs{
    ["a & b\nc\n\n<i>d</i>"] = "<p>a &amp; b\nc</p>\n<p>&lt;i&gt;d&lt;/i&gt;</p>",
    ["**bold *and* more** `a*b*` 2 * 3 * 4"] =
      "<p><strong>bold <em>and</em> more</strong> <code>a*b*</code> 2 * 3 * 4</p>",
    ["- one\n  goes on\n- **two**"] = "<ul><li>one goes on</li>\n<li><strong>two</strong></li></ul>",
    ["1. one\n2. two"] = "<ol><li>one</li>\n<li>two</li></ol>",
    ["[a & b](https://x.org/?a=1&b=2)"] = '<p><a href="https://x.org/?a=1&amp;b=2">a &amp; b</a></p>',
    ["[x](javascript:alert(1)) [y](JaVaScRiPt:1)"] = "<p>[x](javascript:alert(1)) [y](JaVaScRiPt:1)</p>",
    ["[x](data:text/html,y)"] = "<p>[x](data:text/html,y)</p>",
    ['[x](a"onclick="b)'] = '<p><a href="a&quot;onclick=&quot;b">x</a></p>',
    ["```\na < b\n\n- c\n```"] = '<pre class="scroll" tabindex="0">a &lt; b\n\n- c</pre>',
    ["** ` [ ["] = "<p>** ` [ [</p>", [""] = "",
  } do
    local got = markup.text(text).text
    assert(got:gsub("</li>\n<li>", "</li><li>") == want:gsub("</li>\n<li>", "</li><li>"), got)
  end
end)

test("text that nests or repeats without end takes no time", function()
  local start = ln.time()
  for _, text in ipairs{ "**", "[", "`a", "*a ", "[a](" } do markup.text(text:rep(2000)) end
  assert(ln.time() - start < 5, ln.time() - start)
end)

-- ---- The page ----

local hostile = {
  "</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'&amp;<b>",
  "a\0b\27[31m\255\254\xed\xa0\x80",
  "--><!--", "]]>", "%s%d%", "\u{202e}abc\u{2028}", ("x"):rep(300),
}

local function everything(name)
  local x = ln.rand({ 3, 1, 8, 8 }, 1)
  local page = ln.report{ title = name, subtitle = name }
  page:text(name):section(name):subsection(name):section("A"):section("A"):section("A-2")
  page:options({ [name] = name, list = { 1, 2, name }, nested = { [name] = { a = 1 } }, item = ln.optim.adam{},
    f = print, x = x, empty = {} }, { caption = name })
  page:options(ln.optim.sgd{})
  page:table(ln.table{ columns = { name, "n" }, note = name, { name, 1 }, { name, 2 } }, { caption = name,
    best = { n = "max" } })
  page:curves{ history(), caption = name }
  page:plot{ { name = name, y = { 1, 0 / 0, 3, 2 }, low = { 0, 1, 2, 1 }, high = { 2, 3, 4, 3 } },
    { y = ln.tensor{ 1, 2 } }, lines = { { name, 2 } }, x_label = name, y_label = name, caption = name }
  page:bars{ { name, 1, 2, } , { name, { 1, 0, 2 }, 0 / 0 }, series = { name, "b" },
    caption = name }
  page:matrix({ { 1, 2 }, { 0 / 0, 4 } }, { rows = { name, "b" }, columns = { name, "b" }, row_label = name,
    column_label = name, best = "max", caption = name })
  page:image(x[1], { caption = name, alt = name })
  page:grid({ x, x[1] }, { labels = { name, "b" }, columns = { name, 2, 3 } })
  page:compare(x[1], x[2], { labels = { name, "b" }, caption = name }):code(name, { caption = name })
  return page:environment{ seeds = { 1, 2 }, more = { [name] = name } }:html()
end

test("no name becomes markup", function()
  for _, name in ipairs(hostile) do
    local found = check(everything(name))
    for _, attributes in ipairs(found.script) do assert(not attributes.src) end
    assert(#found.script == 3 and #found.img == 3 * 1 + 1 + 1 + 2, #found.img)
  end
end)

test("what is in the page is what was given", function()
  local page = ln.report{ title = "T" }
  page:table({ { "a", 0.25, "0.5 ± 0.1" }, { "b", 0.75, "0.25 [0.2, 0.3]" }, { "c", nil, "-" } },
    { columns = { "name", "SSIM", "spread" }, best = { SSIM = "max" } })
  page:table(ln.table{ columns = { "name", "interval", "p" }, best = "min", { "a", { 0.5, 0.4, 0.6 }, 0.1 },
    { "b", { 0.7, 0.6, 0.8 }, { value = 0.01, text = "small" } } })
  local text = page:html()
  check(text)
  assert(text:find('<th scope="row">b</th><td class="number" data-value="0.75"><strong>0.75</strong></td>', 1, true)
    or text:find('<th scope="row">b</th><td class="number" data-value="0.75"><strong>0.750', 1, true), text)
  assert(text:find('data-value="0.25">0.25 [0.2, 0.3]</td>', 1, true))
  assert(text:find('data-value="0.5"><strong>0.5000 ± 0.1000</strong>', 1, true), text)
  assert(text:find('data-value="0.01"><strong>small</strong>', 1, true))
  assert(text:find('<td class="number">-</td>', 1, true))
end)

test("curves hold their numbers", function()
  local h = history(4)
  local page = ln.report{ title = "T" }:curves{ h }
  local text = page:html()
  local data = json.decode(text:match('<script type="application/json">(.-)</script>'))
  assert(#data.series == 2 and data.series[1].name == "training" and data.series[2].name == "validation")
  for i, entry in ipairs(h) do
    assert(data.series[1].x[i] == i)
    close(data.series[1].y[i], entry.loss, 1e-5 * entry.loss)
    close(data.series[2].y[i], entry.val_loss, 1e-5 * entry.val_loss)
  end
  check(ln.report{ title = "T" }:curves(h):html())
  local two = ln.report{ title = "T" }
  two = two:curves{ h, history(2), names = { "one", "two" }, values = { "val_ssim" }, log = "x" }:html()
  assert(check(two) and two:find(">one, val_ssim</text>", 1, true))
end)

-- The points of the first line of a page's first drawing, in the numbers of its axes.
local function drawn_points(text)
  local left, top, width, height = text:match('data%-area="(%S+) (%S+) (%S+) ([^"]+)"')
  local x0, x1, y0, y1 = text:match('data%-span="(%S+) (%S+) (%S+) ([^"]+)"')
  local points = {}
  for x, y in text:match('<path class="s1" d="M([^"]+)"'):gmatch("([%d.]+) ([%d.]+)") do
    points[#points + 1] = { (x - left) / width, 1 - (y - top) / height }
  end
  return points, { x0 = tonumber(x0), x1 = tonumber(x1), y0 = tonumber(y0), y1 = tonumber(y1) }
end

test("lines stand where their numbers are", function()
  local xs, ys = { 1, 10, 100 }, { 0.01, 0.1, 10 }
  local points, span = drawn_points(ln.report{ title = "T" }:plot{ { x = xs, y = ys }, log = "xy" }:html())
  assert(#points == 3)
  for i = 1, 3 do
    close(points[i][1], math.log(xs[i] / span.x0) / math.log(span.x1 / span.x0), 1e-4)
    close(points[i][2], math.log(ys[i] / span.y0) / math.log(span.y1 / span.y0), 1e-4)
  end
  points, span = drawn_points(ln.report{ title = "T" }:plot{ { x = xs, y = ys } }:html())
  for i = 1, 3 do close(points[i][2], (ys[i] - span.y0) / (span.y1 - span.y0), 1e-4) end
end)

test("long lines are thinned, and keep their peaks", function()
  local y = {}
  for i = 1, 50000 do y[i] = math.sin(i / 100) end
  y[33333] = 7
  local text = ln.report{ title = "T" }:plot{ { y = y } }:html()
  assert(#text < 200000, #text)
  local data = json.decode(text:match('<script type="application/json">(.-)</script>'))
  local most = 0
  for _, value in ipairs(data.series[1].y) do most = math.max(most, value) end
  assert(most == 7 and #data.series[1].y <= 800)
end)

test("plots of odd numbers", function()
  for _, y in ipairs{ { 5 }, { 0 }, { 1e300, -1e300 }, { 1e-300, 2e-300 }, { 3, 3, 3 }, { -1e-9, 1e9 },
    { 0 / 0, 1, 0 / 0 }, { 1, math.huge, 2 }, { 1e15, 1e15 + 1 } } do
    for _, log in ipairs{ "none", "x", "y" } do
      local o = { { y = y }, log = log ~= "none" and log or nil }
      local ok, message = pcall(function() return check(ln.report{ title = "T" }:plot(o):html()) end)
      assert(ok or message:find("has no point with finite numbers", 1, true), message)
    end
  end
end)

test("pictures come back as they were", function()
  local x = ln.rand({ 3, 9, 7 }, 3)
  local uri = ln.report{ title = "T" }:image(x):html():match('src="data:image/png;base64,([^"]+)"')
  local folder <close> = support.folder()
  support.write(folder.path .. "/x.png", decoded(uri))
  local back = ln.image.read(folder.path .. "/x.png", { gray = false })
  assert((back - x):abs():max() <= 0.501 / 255)
end)

test("pictures are as large as is good to see", function()
  local function image(h, w, o)
    return check(ln.report{ title = "T" }:image(ln.zeros{ h, w }, o):html()).img[1]
  end
  local small, large = image(64, 64), image(2000, 1000)
  assert(small.class == "pixels" and small.width == "320" and small.height == "320")
  assert(large.class == "smooth" and large.width == "430" and large.height == "860", large.width)
  assert(image(64, 262).width == "786" and image(64, 262).height == "192" and image(700, 800).width == "800")
  assert(image(1, 1).width == "320" and image(1, 5000).height == "1")
  assert(#ln.report{ title = "T" }:image(ln.rand({ 1500, 1500 }, 1)):html() < 2.2e6)
  local range = ln.report{ title = "T" }
  range:image(ln.full({ 4, 4 }, 200), { range = { 0, 255 } }):image(ln.zeros{ 4, 4 }, { range = "auto" }):html()
  assert(range)
end)

test("bars stand where their numbers are", function()
  local text = ln.report{ title = "T" }:bars{ { "a", 1, low = 0.5, high = 2 }, { "b", { -2, 0 / 0, 0 / 0 } } }:html()
  check(text)
  assert(text:find('class="bar b1" style="left:50.00%;width:25.00%"', 1, true), text)
  assert(text:find('class="whisker" style="left:62.50%;width:37.50%"', 1, true))
  assert(text:find('class="bar b1" style="left:0.00%;width:50.00%"', 1, true))
end)

test("a page is written at once, again and again", function()
  local folder <close> = support.folder()
  local path = folder.path .. "/a/b/report.html"
  local page = ln.report{ title = "T", file = path }
  assert(not io.open(path) and page:save() == path)
  local first = support.read(path)
  page:section("S"):text("more")
  assert(tostring(page) == 'report "T" with 1 section' and page:save(folder.path .. "/c.htm"))
  assert(support.read(path) == first and #support.read(folder.path .. "/c.htm") > #first)
  assert(page:html() == page:html())
end)

test("a copy goes its own way", function()
  local page = ln.report{ title = "T", subtitle = "of two", file = "none.html" }
  page:section("A"):subsection("A"):text("shared")
  local before = page:html()
  local copy = page:copy()
  assert(copy:html() == before and copy.title == "T" and copy.subtitle == "of two" and copy.file == "none.html")
  copy:subsection("A"):text("the end")
  assert(page:html() == before)
  check(copy:html())
  page:subsection("A"):text("more")
  check(page:html())
  assert(page:html():find('id="a-3"', 1, true) and copy:html():find('id="a-3"', 1, true))
  assert(not copy:html():find("more", 1, true) and not page:html():find("the end", 1, true))
end)

test("a history as a page", function()
  local folder <close> = support.folder()
  local h, path = history(3), folder.path .. "/h/training.html"
  assert(h:report(path) == path)
  local text = support.read(path)
  check(text)
  assert(text:find("<title>Training</title>", 1, true) and text:find(">val_ssim</text>", 1, true))
  h:report(path, "A & B")
  assert(support.read(path):find("<h1>A &amp; B</h1>", 1, true))
  expect_error(function() h:report() end, "history:report: the path must be a string, got nil")
  expect_error(function() h:report("a.svg") end, "report: the file 'a.svg' must end in .html")
end)

-- The folder of a record.
local function recorded(folder)
  local dir
  ln.record("try <b>", function(log)
    dir = log.dir
    for step = 1, 5 do log{ step = step, loss = 1 / step, ["<i>"] = step } end
    log{ epoch = 1, loss = 0.5, val_loss = 0 / 0 }
    log{ note = "no number" }
    log:image("noisy", ln.rand({ 8, 8 }, 1))
    log:scores("ssim", ln.tensor{ 0.5, 0.7 })
    return { ssim = 0.6 }
  end, { options = { rate = 0.2, ["<u>"] = "</table>" }, seeds = { 3 }, dir = folder.path })
  return dir
end

test("a record as a page", function()
  local folder <close> = support.folder()
  local dir = recorded(folder)
  local page = ln.report{ run = dir .. "/" }
  assert(page.title == "try <b>" and page:save() == dir .. "/report.html")
  local text = page:section("Mine"):html()
  local found = check(text)
  assert(#found.img == 1 and text:find('data-value="0.59999', 1, true))
  for _, word in ipairs{ '<th scope="row">rate</th><td>0.2</td>', ">Result<", ">Metrics<", ">Figures<", ">Scores<",
    ">Environment<", ">Script<", ">Mine<", '<th scope="row">ssim</th><td>0.6</td>' } do
    assert(text:find(word, 1, true), word)
  end
  local data = json.decode(text:match('<script type="application/json">(.-)</script>'))
  assert(data.x == "epoch" and data.series[1].y[1] == 0.5)
  assert(ln.report{ run = ln.runs({ dir = folder.path })[1] }:html() == ln.report{ run = dir }:html())
  local said, status = support.run(("runs report last --dir '%s'"):format(folder.path))
  assert(status == 0 and said == dir .. "/report.html\n", said)
  local named = ln.report{ run = dir, title = "T", file = folder.path .. "/x.html" }
  assert(named.title == "T" and named.file == folder.path .. "/x.html")
end)

test("a record that was damaged, and a folder without one", function()
  local folder <close> = support.folder()
  local dir = recorded(folder)
  support.write(dir .. "/figures/noisy.png", "no image")
  support.write(dir .. "/scores/ssim.npy", "no tensor")
  support.write(dir .. "/metrics.jsonl", '{"step": 1, "loss": 3}\n{"step": 2, "lo')
  local text = ln.report{ run = dir }:html()
  check(text)
  assert(text:find("The figure <code>noisy</code> cannot be shown", 1, true), text)
  assert(text:find("The scores <code>ssim</code> cannot be read", 1, true))
  support.write(dir .. "/run.json", "{")
  text = ln.report{ run = dir }:html()
  check(text)
  assert(text:find("The record is damaged: ", 1, true) and text:find(">Metrics<", 1, true))
  expect_error(function() ln.report{ run = folder.path } end, "is no folder of a run: there is no run.json in it")
  expect_error(function() ln.report{ run = 3 } end, "report: option 'run' must be a string or a table, got 3")
  expect_error(function() ln.report{ run = {} } end, "option 'run' must be a run of ln.runs or its folder, got a table")
end)

test("mistakes", function()
  local page, x, h = ln.report{ title = "T" }, ln.rand({ 2, 1, 8, 8 }, 1), history(1)
  for message, f in pairs{
    ["report: option 'title' is required"] = function() ln.report{} end,
    ["report: no option 'titel'; did you mean 'title'?"] = function() ln.report{ titel = "x" } end,
    ["report: the file 'x.pdf' must end in .html"] = function() ln.report{ title = "x", file = "x.pdf" } end,
    ["report: .*/proc/none"] = function() ln.report{ title = "x", file = "/proc/none/x.html" } end,
    ["page:save: the report was made without `file`"] = function() page:save() end,
    ["page:text: the text must be a string, got 3"] = function() page:text(3) end,
    ["page:subsection: there is no section yet"] = function() page:subsection("x") end,
    ["page:table: a list of rows needs option 'columns'"] = function() page:table{ { 1 } } end,
    ["page:table: table: option 'best': no column 'SIM'; did you mean 'SSIM'?"] = function()
      page:table({ { 1 } }, { columns = { "SSIM" }, best = { SIM = "max" } })
    end,
    ["table: option 'best' of column 'a' must be 'max' or 'min', got least"] = function()
      page:table({ { 1 } }, { columns = { "a" }, best = { a = "least" } })
    end,
    ["table: row 1 has 2 cells"] = function() page:table({ { 1, 2 } }, { columns = { "a" } }) end,
    ["page:curves: there are no histories"] = function() page:curves{} end,
    ["page:curves: entry 1 must be a history, which ln.fit returns, or a run, got 3"] = function() page:curves{ 3 } end,
    ["page:curves: there are 2 names for 1 histories"] = function() page:curves{ h, names = { "a", "b" } } end,
    ["page:curves: no history has 'val_sim'; did you mean 'val_ssim'?"] = function()
      page:curves{ h, values = { "val_sim" } }
    end,
    ["page:plot: there are no series"] = function() page:plot{} end,
    ["page:plot: series 1: option 'y' is required"] = function() page:plot{ { x = { 1 } } } end,
    ["page:plot: series 1: no option 'z'"] = function() page:plot{ { y = { 1 }, z = 1 } } end,
    ["page:plot: series 2: x has 1 numbers, but y has 2"] = function()
      page:plot{ { y = { 1 } }, { x = { 1 }, y = { 1, 2 } } }
    end,
    ["page:plot: series 1: y must be a list of numbers, but entry 2 is 'b'"] = function()
      page:plot{ { y = { 1, "b" } } }
    end,
    ["page:plot: series 1: y must be a list of numbers or a tensor of one dimension"] = function()
      page:plot{ { y = x } }
    end,
    ["page:plot: series 1: a band needs both low and high"] = function() page:plot{ { y = { 1 }, low = { 1 } } } end,
    ["page:plot: series 1 ('a') has no point with finite numbers above 0, for the logarithm"] = function()
      page:plot{ { name = "a", y = { -1, 0 } }, log = "y" }
    end,
    ["page:plot: there is an entry 3, but none before it"] = function()
      page:plot{ { y = { 1 } }, [3] = { y = { 1 } } }
    end,
    ["page:bars: there are no bars"] = function() page:bars{} end,
    ["page:bars: bar 2: value 1 must be a number or an interval { mean, low, high }, got 'x'"] = function()
      page:bars{ { "a", 1 }, { "b", "x" } }
    end,
    ["page:bars: bar 1: an interval needs both low and high"] = function() page:bars{ { "a", 1, low = 0 } } end,
    ["page:bars: bar 1 has more than 1 value"] = function() page:bars{ { "a", 1, 2 } } end,
    ["page:bars: bar 1: no field 'lo'; did you mean 'low'?"] = function() page:bars{ { "a", 1, lo = 2 } } end,
    ["page:matrix: row 2 has 1 numbers, but row 1 has 2"] = function() page:matrix{ { 1, 2 }, { 1 } } end,
    ["page:matrix: option 'rows' has 1 names for 2 rows"] = function()
      page:matrix({ { 1 }, { 2 } }, { rows = { "a" } })
    end,
    ["page:image: the image must be one image, H,W or C,H,W with 1 or 3 channels, got a tensor of shape 2x1x8x8"] =
      function() page:image(x) end,
    ["page:image: the image has the mean 200, but images are of 0 to 1"] = function()
      page:image(ln.full({ 4, 4 }, 200))
    end,
    ["pixel 1 of channel 1 is NaN"] = function() page:image(ln.full({ 4, 4 }, 0 / 0)) end,
    ["page:image: option 'range' must be \"auto\" or { low, high }"] = function()
      page:image(x[1], { range = { 1, 1 } })
    end,
    ["page:grid: option 'labels' has 1 names for 2 rows"] = function() page:grid({ x, x }, { labels = { "a" } }) end,
    ["page:grid: row 2 must be a tensor, got 3"] = function() page:grid{ x, 3 } end,
    ["page:compare: the images must be of one size, got 1x8x8 and 1x4x4"] = function()
      page:compare(x[1], ln.zeros{ 4, 4 })
    end,
    ["page:matrix: row 1 must be a list of numbers"] = function() page:matrix{ nil, { 1 } } end,
    ["page:grid: row 1 must be a tensor, got nil"] = function() page:grid{ nil, x } end,
    ["page:options: expected a table of options, or an item, got 3"] = function() page:options(3) end,
  } do
    expect_error(f, message)
  end
  check(page:html())
end)

support.done()
