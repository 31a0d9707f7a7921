-- Who uses whom goes one way as well: no circle runs through object files by the functions and data that they take from
-- each other, whatever header these are declared in.
--
--   lua5.4 tests/check/calls.lua <build folder>
--
-- The build folder has the objects of runtime/ and bindings/.
local new_graph = dofile((arg[0]:match("^.*/") or "./") .. "graph.lua")
local build = assert(arg[1], "which build folder?")

-- Uses that may close a circle: { from = "runtime/x/a", to = "runtime/x/b", why = "..." }.
local legal = {}

-- { "runtime/base/file", "U" or another letter of nm's, symbol }
local symbols = {}
local list = "cd '%s' && find runtime bindings -name '*.o' | LC_ALL=C sort | xargs nm -A -g"
local pipe = assert(io.popen(list:format(build)))
for line in pipe:lines() do
  local path, kind, name = line:match("^(.-)%.o:%s*%x*%s+(%a)%s+(%S+)$")
  if path then symbols[#symbols + 1] = { path, kind, name } end
end
local succeeded = pipe:close()

local owner, graph = {}, new_graph(legal)
for _, symbol in ipairs(symbols) do
  if symbol[2] ~= "U" then owner[symbol[3]] = symbol[1] end
end
for _, symbol in ipairs(symbols) do
  local other = symbol[2] == "U" and owner[symbol[3]]
  if other then graph:add(symbol[1], other, ("%s.c: uses %s"):format(symbol[1], symbol[3])) end
end
local circles = graph:circles("files by what they use")
for _, line in ipairs(circles) do print(line) end
os.exit(#circles == 0 and succeeded)
