-- What the Lua tests share: test(name, fn), expect_error(fn, text), close(a, b, tolerance), and running scripts.
--
-- A test file ends in support.done(), which prints "N passed, N failed, N skipped" and sets the exit status.
local support = { passed = 0, failed = 0, skipped = 0 }

-- Run one test; a failure is printed with its traceback and the others go on.
function support.test(name, fn)
  local ok, message = xpcall(fn, debug.traceback)
  collectgarbage()
  if ok then
    support.passed = support.passed + 1
  else
    support.failed = support.failed + 1
    print(("FAILED: %s\n  %s"):format(name, tostring(message):gsub("\n", "\n  ")))
  end
end

function support.skip(name, reason)
  support.skipped = support.skipped + 1
  print(("skipped: %s (%s)"):format(name, reason))
end

-- fn must raise an error whose message contains the text, or matches it as a pattern. Returns the message.
function support.expect_error(fn, text)
  local ok, message = pcall(fn)
  if ok then error(("expected the error %q, but there was none"):format(text), 2) end
  message = tostring(message)
  if not message:find(text, 1, true) and not message:find(text) then
    error(("expected the error %q, got %q"):format(text, message), 2)
  end
  return message
end

-- Numbers that differ by at most the tolerance.
function support.close(a, b, tolerance)
  local difference = math.abs(a - b)
  if difference > tolerance or difference ~= difference then
    error(("%.9g and %.9g differ by more than %g"):format(a, b, tolerance), 2)
  end
end

-- Two tensors have one shape, and elements that differ by at most `tolerance` (1e-6) of the largest of those wanted.
function support.same(got, want, tolerance)
  local shape, expected = table.concat(got.shape, "x"), table.concat(want.shape, "x")
  if shape ~= expected then error(("shape %s instead of %s"):format(shape, expected), 2) end
  local largest, off = want:abs():max(), (got - want):abs():max()
  if not (off <= (tolerance or 1e-6) * largest) then error(("off by %g of %g"):format(off, largest), 2) end
  collectgarbage()
end

-- A temporary folder that goes, with all in it, when its scope ends: local folder <close> = support.folder()
function support.folder()
  local path = os.tmpname()
  os.remove(path)
  assert(os.execute(("mkdir '%s'"):format(path)))
  return setmetatable({ path = path }, {
    __close = function() os.execute(("chmod -R u+w '%s' && rm -rf '%s'"):format(path, path)) end,
    __tostring = function() return path end,
  })
end

function support.write(path, bytes)
  local file = assert(io.open(path, "wb"))
  assert(file:write(bytes))
  assert(file:close())
end

function support.read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("a")
  file:close()
  return bytes
end

-- The program that runs this test.
function support.program()
  local first = 0
  while arg[first - 1] do first = first - 1 end
  return arg[first]
end

-- Run the program that runs this test with other arguments (shell text), without the user's own start-up file; returns
-- what it printed, stderr included, and its exit status.
function support.run(arguments)
  local pipe = assert(io.popen(("XDG_CONFIG_HOME=/nonexistent '%s' %s 2>&1"):format(support.program(), arguments)))
  local said = pipe:read("a")
  local _, _, status = pipe:close()
  return said, status
end

-- The prompt on a terminal, made by script(1): typing, and waiting for what appears.
local Terminal = {}
Terminal.__index = Terminal

function support.has_terminals()
  return os.execute("script -qec true /dev/null </dev/null >/dev/null 2>&1") == true
end

-- environment: shell text of further variables. local t <close> = support.terminal()
function support.terminal(environment)
  local screen = os.tmpname()
  local command = "TERM=dumb LC_ALL=C.UTF-8 XDG_CONFIG_HOME=/nonexistent %s script -qefc '%s' '%s' >/dev/null 2>&1"
  local pipe = assert(io.popen(command:format(environment or "", support.program(), screen), "w"))
  return setmetatable({ pipe = pipe, screen = screen, seen = 0 }, Terminal)
end

-- Wait until the text appears after what was waited for before; returns all that came since.
function Terminal:wait(text)
  for _ = 1, 400 do
    local all = support.read(self.screen):gsub("\r", "")
    local first, last = all:find(text, self.seen + 1, true)
    if first then
      local since = all:sub(self.seen + 1, last)
      self.seen = last
      return since
    end
    os.execute("sleep 0.05")
  end
  error(("%q did not appear in:\n%s"):format(text, support.read(self.screen)), 2)
end

function Terminal:type(text)
  self.pipe:write(text)
  self.pipe:flush()
end

Terminal.__close = function(self)
  self.pipe:close()
  os.remove(self.screen)
end

function support.done()
  print(("%d passed, %d failed, %d skipped"):format(support.passed, support.failed, support.skipped))
  os.exit(support.failed == 0, true)
end

return support
