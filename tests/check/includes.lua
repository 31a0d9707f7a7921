-- Includes point one way: a file may include its own folder and the folders of earlier layers, nothing else.
-- Also: no Lua header under runtime/, and headers of our own are named by folder ("base/status.h").

local layers = {
  { "base" },
  { "kernels" },
  { "tensor" },
  { "nn", "loss", "optim", "noise", "metric", "filter", "image" },
  { "data", "model", "store" },
  { "." }, -- runtime/lunet.h
}

local level = {}
for i, folders in ipairs(layers) do
  for _, folder in ipairs(folders) do level[folder] = i end
end

local problems = 0
local function complain(path, number, message, ...)
  problems = problems + 1
  print(("%s:%d: %s"):format(path, number, message:format(...)))
end

local function check_runtime(path, number, folder, quote, header)
  if header:match("^lua.*%.h$") and header ~= "lunet.h" or header == "lauxlib.h" then
    return complain(path, number, "%s: the runtime knows nothing of Lua", header)
  end
  if quote ~= '"' then return end
  local other = header:match("^([^/]+)/") or (header == "lunet.h" and ".")
  if not other then return complain(path, number, "%s: name the folder", header) end
  if not level[other] then return complain(path, number, "%s: no folder of the runtime", header) end
  if other ~= folder and level[other] > level[folder] then
    complain(path, number, "%s: %s comes after %s", header, other, folder)
  end
end

local files = assert(io.popen("find runtime -name '*.[ch]' -o -name '*.def' | sort"))
for path in files:lines() do
  local folder = path:match("^runtime/([^/]+)/") or "."
  local number = 0
  if not level[folder] then complain(path, 1, "folder '%s' has no place in the order of layers", folder) end
  for line in io.lines(path) do
    number = number + 1
    local quote, header = line:match('^%s*#%s*include%s+([<"])([^>"]+)')
    if header and level[folder] then check_runtime(path, number, folder, quote, header) end
  end
end
files:close()

os.exit(problems == 0)
