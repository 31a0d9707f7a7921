-- No file over 1 MiB, and nothing left half-done: no marker words.

local limit = 1 << 20
local markers = { "TO" .. "DO", "FIX" .. "ME", "XX" .. "X" }

local problems = 0
local function complain(...)
  problems = problems + 1
  print(string.format(...))
end

-- What git knows or would add; everything but what is built where there is no git.
local function list()
  local paths = {}
  local pipe = assert(io.popen("git ls-files -co --exclude-standard 2>/dev/null || "
    .. "find . -type f -not -path './build*' -not -path './results/*' | sed 's,^./,,'"))
  for path in pipe:lines() do paths[#paths + 1] = path end
  pipe:close()
  return paths
end

for _, path in ipairs(list()) do
  local file = io.open(path, "rb")
  local text = file and file:read("a") or "" -- deleted, not yet committed: nothing
  if file then file:close() end
  if #text > limit then complain("%s: %d bytes; files stay below 1 MiB", path, #text) end
  local number = 0
  for line in (text:find("\0", 1, true) and "" or text):gmatch("([^\n]*)\n?") do
    number = number + 1
    for _, marker in ipairs(markers) do
      if line:find("%f[%w]" .. marker .. "%f[%W]") then complain("%s:%d: %s", path, number, marker) end
    end
  end
end

os.exit(problems == 0)
