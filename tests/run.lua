-- Runs all tests and counts: lua5.4 tests/run.lua [--suites] <build folder> <suite>...
-- First the C suites (libcheck programs), then, without --suites, every tests/lua/*.lua but support.lua, with the
-- built binary. Everything runs, whatever fails; the exit status tells. A Lua test counts by its last line "N passed, N
-- failed, N skipped", else as one test.
local only_suites = arg[1] == "--suites" and table.remove(arg, 1) ~= nil
local build = arg[1]
local total = { passed = 0, failed = 0, skipped = 0 }
local broken = {}

local function add(name, passed, failed, skipped, succeeded)
  if not succeeded and failed == 0 then failed = 1 end
  total.passed, total.failed, total.skipped = total.passed + passed, total.failed + failed, total.skipped + skipped
  if failed > 0 then broken[#broken + 1] = name end
end

-- Tests are many and short: threads that wait should sleep, not spin (3 s instead of 30 s on a busy machine), and
-- libcheck's limit of 4 s a test should not depend on who else is at work.
local environment = "OMP_WAIT_POLICY=passive CK_TIMEOUT_MULTIPLIER="
  .. (os.getenv("CK_TIMEOUT_MULTIPLIER") or "15") .. " "

-- Run a command, show what it prints, and return its lines and whether it succeeded.
local function run(command)
  local lines = {}
  local pipe = assert(io.popen(environment .. command .. " 2>&1"))
  for line in pipe:lines() do
    lines[#lines + 1] = line
    print(line)
    io.flush()
  end
  return lines, (pipe:close()) == true
end

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- A test that finds nothing to work on says "skipped <its name>: <why>".
local function run_suite(name)
  local lines, succeeded = run(quoted(("%s/tests/%s/suite"):format(build, name)))
  local skipped = 0
  for _, line in ipairs(lines) do
    if line:find("^skipped ") then skipped = skipped + 1 end
    local checks, failures, errors = line:match("Checks: (%d+), Failures: (%d+), Errors: (%d+)")
    if checks then
      local bad = math.tointeger(failures) + math.tointeger(errors)
      return add("tests/" .. name, math.tointeger(checks) - bad - skipped, bad, skipped, succeeded)
    end
  end
  add("tests/" .. name, 0, 1, 0, false)
end

local function run_script(path)
  print("Running script: " .. path)
  local lines, succeeded = run(("%s %s"):format(quoted(build .. "/lunet"), quoted(path)))
  local passed, failed, skipped = (lines[#lines] or ""):match("(%d+) passed, (%d+) failed, (%d+) skipped")
  if passed then
    add(path, math.tointeger(passed), math.tointeger(failed), math.tointeger(skipped), succeeded)
  else
    add(path, succeeded and 1 or 0, succeeded and 0 or 1, 0, succeeded)
  end
end

local function scripts()
  local paths = {}
  local pipe = assert(io.popen("ls tests/lua/*.lua 2>/dev/null"))
  for path in pipe:lines() do
    if not path:find("/support.lua", 1, true) then paths[#paths + 1] = path end
  end
  pipe:close()
  return paths
end

for i = 2, #arg do run_suite(arg[i]) end
if not only_suites then
  for _, path in ipairs(scripts()) do run_script(path) end
end

for _, name in ipairs(broken) do print("FAILED: " .. name) end
print(("%d passed, %d failed, %d skipped"):format(total.passed, total.failed, total.skipped))
os.exit(#broken == 0)
