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

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- Programs run two at a time, and what they print is shown one after the other. (What a test prints fits into a pipe,
-- so that the second need not wait for the first to be read.)
local at_once = 2
local waiting = {}

local function start(job)
  job.pipe = job.pipe or assert(io.popen(environment .. job.command .. " 2>&1"))
end

-- A test that finds nothing to work on says "skipped <its name>: <why>".
local function count_suite(job, lines, succeeded)
  local skipped = 0
  for _, line in ipairs(lines) do
    if line:find("^skipped ") then skipped = skipped + 1 end
    local checks, failures, errors = line:match("Checks: (%d+), Failures: (%d+), Errors: (%d+)")
    if checks then
      local bad = math.tointeger(failures) + math.tointeger(errors)
      return add(job.name, math.tointeger(checks) - bad - skipped, bad, skipped, succeeded)
    end
  end
  add(job.name, 0, 1, 0, false)
end

local function count_script(job, lines, succeeded)
  local passed, failed, skipped = (lines[#lines] or ""):match("(%d+) passed, (%d+) failed, (%d+) skipped")
  if passed then
    add(job.name, math.tointeger(passed), math.tointeger(failed), math.tointeger(skipped), succeeded)
  else
    add(job.name, succeeded and 1 or 0, succeeded and 0 or 1, 0, succeeded)
  end
end

-- Show what the job prints, and count by it.
local function finish(job)
  local lines = {}
  if job.title then print(job.title) end
  for line in job.pipe:lines() do
    lines[#lines + 1] = line
    print(line)
    io.flush()
  end
  job.count(job, lines, (job.pipe:close()) == true)
end

local function run_all()
  for i, job in ipairs(waiting) do
    for k = i, math.min(i + at_once - 1, #waiting) do start(waiting[k]) end
    finish(job)
  end
end

local function add_suite(name)
  waiting[#waiting + 1] = { name = "tests/" .. name, count = count_suite,
    command = quoted(("%s/tests/%s/suite"):format(build, name)) }
end

local function add_script(path)
  waiting[#waiting + 1] = { name = path, count = count_script, title = "Running script: " .. path,
    command = ("%s %s"):format(quoted(build .. "/lunet"), quoted(path)) }
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

for i = 2, #arg do add_suite(arg[i]) end
if not only_suites then
  for _, path in ipairs(scripts()) do add_script(path) end
end
run_all()

for _, name in ipairs(broken) do print("FAILED: " .. name) end
print(("%d passed, %d failed, %d skipped"):format(total.passed, total.failed, total.skipped))
os.exit(#broken == 0)
