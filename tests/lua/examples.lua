-- Every page of help has an example, and every example runs as it stands, in little time, on 80 columns.
local support = dofile "tests/lua/support.lua"
local test, expect_error = support.test, support.expect_error

local ln = require "lunet"
local before = require "lunet.preparations"
local docs = require "lunet.docs"
local help = require "lunet.help"
local example = require("lunet.example").show

-- What a function prints.
local function printed(f, ...)
  local out, original = {}, print
  _G.print = function(...)
    local texts = table.pack(...)
    for i = 1, texts.n do texts[i] = tostring(texts[i]) end
    out[#out + 1] = table.concat(texts, "\t")
  end
  local ok, message = pcall(f, ...)
  _G.print = original
  if not ok then error(message, 0) end
  return table.concat(out, "\n")
end

local most_seconds = os.getenv("LUNET_SANITIZED") and 60 or 5 -- of all processors; about 1 where nothing else runs

for _, title in ipairs(help.with_examples(ln)) do
  test("example of " .. title, function()
    local text, examples = help.named(ln, title), help.examples(ln, title)
    assert(#examples > 0, "there is none")
    assert(text:find("\nExample\n", 1, true), text)
    for line in text:gmatch("[^\n]+") do assert(utf8.len(line) <= 80, line) end
    for _, one in ipairs(title ~= "tour" and examples or {}) do -- which waits for keys on a terminal
      local started = os.clock()
      local ok, said = pcall(printed, example, one[2], one[1])
      if not ok and said:find("without FFTW", 1, true) then return end
      assert(ok, said)
      assert(os.clock() - started < most_seconds, os.clock() - started)
    end
  end)
end

test("pages of functions with arguments have an example about them", function()
  for _, page in ipairs(docs.all()) do
    local name = page.name:match("[%w_]+$")
    assert(not page.example or page.example:find(name, 1, true), page.name)
  end
end)

test("what an example uses without making it is put before it", function()
  assert(before("t:abs()") == "local t = ln.tensor{ { 0.8, -0.2 }, { -0.2, 0.5 } }")
  local lines = before("net:predict(noisy)")
  assert(lines:find("^local clean = .*\nlocal noisy = .*\nlocal net = "), lines)
  for _, code in ipairs{ "local t = 1\nt:abs()", "x.t", "x:t()", '"t"', "-- t", "{ t = 1 }", "local function f(t) end",
    "for t in x do end" } do
    assert(before(code) == "", code)
  end
end)

test("ln.example prints lines and values as the prompt does, and leaves nothing", function()
  local said = printed(ln.example, ln.stack)
  assert(said:find("^> local t = ln.tensor{.*\n> ln.stack{ t, u }.shape\n{ 2, 2, 2 }$"), said)
  said = printed(ln.example, "t:abs")
  assert(said:find("> t:abs%(%)\n  0.8  0.2\n"), said)
  assert(rawget(_G, "t") == nil)
  said = printed(ln.example, "file.write")
  local folder = said:match("os.tmpname") and true
  assert(folder, said)
  expect_error(function() ln.example() end, "example: there is none of nil; it takes a function, type or name")
  expect_error(function() ln.example("qqqqqq") end, "example: there is none of 'qqqqqq'")
end)

test("ln.tour prints its steps and runs them where nobody can press a key", function()
  local said, status = support.run("-e 'ln.tour{ seconds = 0.2 }' </dev/null")
  assert(status == 0, said)
  for _, part in ipairs{ "\n1/12\n", "> ln.show(test.images[1], noisy[1]", "\nmedian 3x3 ", "\nBM3D ", "\nnetwork ",
    "\n12/12\n", "network of 4 layers", "That was it." } do
    assert(said:find(part, 1, true), part .. " is missing in\n" .. said)
  end
  for line in said:gmatch("[^\n]+") do
    assert(line:find("^epoch") or (utf8.len(line) or #line) <= 80, line)
  end
  expect_error(function() ln.tour{ second = 1 } end, "tour: no option 'second'; did you mean 'seconds'?")
end)

if os.execute("script -qec true /dev/null </dev/null >/dev/null 2>&1") then
  test("ln.tour waits for Enter on a terminal, and q leaves", function()
    local slow = os.getenv("LUNET_SANITIZED") and 8 or 2 -- seconds, for script(1) ends with its input
    local command = ("(printf '\\n\\nq\\n'; sleep %d) | TERM=dumb script -qefc \"%s -e 'ln.tour() "
      .. "print(rawget(_G, [[set]]))'\" /dev/null"):format(slow, support.program())
    local pipe = assert(io.popen(command))
    local said = pipe:read("a"):gsub("\r", "")
    assert(pipe:close())
    for _, part in ipairs{ "1/12\n", "> set\n[Enter runs the lines, q leaves]", "60 images of 1x64x64",
      "3/12\n", "> noisy = noise(test.images)\n[Enter or q]", "nil\n" } do
      assert(said:find(part, 1, true), part .. " is missing in\n" .. said)
    end
    assert(not said:find("4/12", 1, true), said)
  end)
else
  support.skip("ln.tour on a terminal", "script(1) can make no terminal here")
end

support.done()
