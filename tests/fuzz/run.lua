-- Fuzzes every target and tells what came of it: lua5.4 tests/fuzz/run.lua <fuzzers' build> <replays' build> <seconds>
--
-- For each target, two at a time: libFuzzer on the seeds and on what earlier runs found, for so many seconds. Then the
-- corpus once under three fills of the heap, whose results must be the same; then the coverage of the files that the
-- target is for. Fails for a finding, a result that depends on the heap, or a reader of which the corpus reaches less
-- than 85 % of the lines.
local fuzzers, replays, seconds = arg[1], arg[2], tonumber(arg[3])
local least_coverage = 85
local failed = {}

local function run(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  return text, (pipe:close()) == true
end

local function lines(text)
  local out = {}
  for line in text:gmatch("[^\n]+") do out[#out + 1] = line end
  return out
end

local function exists(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

local function fail(target, message)
  failed[#failed + 1] = target
  print(("  %s: %s"):format(target, message))
end

local function targets()
  local list = {}
  for _, path in ipairs(lines(run("ls " .. fuzzers .. "/fuzz/*.target"))) do
    list[#list + 1] = path:match("([^/]+)%.target$")
  end
  return list
end

-- The shell command that fuzzes a target; its log and findings lie beside the program.
local function fuzz_command(target)
  local base = ("%s/fuzz/%s"):format(fuzzers, target)
  local dictionary = base .. ".dict"
  os.execute(("mkdir -p %s.corpus"):format(base))
  return ("%s.target -max_total_time=%d -timeout=2 -rss_limit_mb=500 -max_len=8192 -print_final_stats=1 "
    .. "-malloc_limit_mb=1000000 -artifact_prefix=%s.finding- %s %s.corpus %s.seeds >%s.log 2>&1"):format(base, seconds,
    base, exists(dictionary) and "-dict=" .. dictionary or "", base, base, base)
end

local function fuzz(list)
  for i = 1, #list, 2 do
    local second = list[i + 1] and fuzz_command(list[i + 1]) or "true"
    run(("%s & %s; wait"):format(fuzz_command(list[i]), second))
  end
end

local function report(target)
  local base = ("%s/fuzz/%s"):format(fuzzers, target)
  local log = run("cat " .. base .. ".log")
  local inputs = log:match("number_of_executed_units:%s+(%d+)")
  local findings = run(("ls %s.finding-* 2>/dev/null"):format(base))
  print(("%-14s %s inputs, slowest %s s, peak %s MB"):format(target, inputs or "?",
    log:match("slowest_unit_time_sec:%s+(%d+)") or "?", log:match("peak_rss_mb:%s+(%d+)") or "?"))
  if findings ~= "" or not inputs then fail(target, "see " .. base .. ".log\n" .. findings) end
end

-- The corpus, seeds included, a file an argument.
local function corpus(target)
  local base = ("%s/fuzz/%s"):format(fuzzers, target)
  return ("find %s.corpus %s.seeds -type f | sort | xargs "):format(base, base)
end

local function replay(target)
  local program, first = ("%s/fuzz/%s.target"):format(replays, target), nil
  for _, fill in ipairs{ 0, 85, 170 } do
    local hashes, ok = run(("%s env MALLOC_PERTURB_=%d %s"):format(corpus(target), fill, program))
    if not ok then return fail(target, "the replay failed:\n" .. hashes:sub(-400)) end
    first = first or hashes
    if hashes ~= first then fail(target, "results depend on what memory held before") end
  end
end

-- "runtime/image/png.c 93 %"
local function coverage(target)
  local files = run(("%s/fuzz/%s.target"):format(replays, target))
  for file in files:gmatch("%S+") do
    local text = run(("gcov -n -o %s/%s.o %s 2>/dev/null"):format(replays, file:gsub("%.c$", ""), file))
    local share = tonumber(text:match("File '" .. file:gsub("%p", "%%%0") .. "'\nLines executed:([%d.]+)%%"))
    print(("  %-40s %s %% of lines"):format(file, share or "?"))
    if not share or share < least_coverage then fail(target, ("%s: less than %d %%"):format(file, least_coverage)) end
  end
end

local list = targets()
print(("Fuzzing %d targets, %d s each"):format(#list, seconds))
fuzz(list)
for _, target in ipairs(list) do
  report(target)
  replay(target)
  coverage(target)
end
print(#failed == 0 and "fuzz: all good" or "fuzz: FAILED: " .. table.concat(failed, ", "))
os.exit(#failed == 0)
