-- Includes point one way. A file may include its own folder and those of earlier layers, nothing else. Folders of one
-- layer may include each other, but not in a circle, and no circle runs through files, wherever they are. The same is
-- true of what the files of the Lua half of the module require.
-- Also: no Lua header under runtime/, and headers of our own are named by folder ("base/status.h").
--
--   lua5.4 tests/check/includes.lua [root] [--draw]
--
-- root: where runtime/ and bindings/ are, by default here. --draw prints the folders' graph for Graphviz as well, which
-- `lua5.4 tests/check/includes.lua --draw | dot -Tsvg >folders.svg` draws.
local new_graph = dofile((arg[0]:match("^.*/") or "./") .. "graph.lua")

local root, draw = ".", false
for _, word in ipairs(arg) do
  if word == "--draw" then draw = true else root = word end
end

-- The folders of each tree in layers, the lowest first. "." is the tree's own folder.
local trees = {
  { path = "runtime", layers = {
    { "base" },
    { "kernels" },
    { "tensor" },
    { "nn", "loss", "optim", "schedule", "noise", "metric", "filter", "augment", "image", "statistic" },
    { "data", "model", "store" },
    { "." }, -- lunet.h
  } },
  { path = "bindings", layers = {
    { "base" }, { "tensor" }, { "items" }, { "model" }, { "media" }, { "system" }, { "program" },
    { "." }, -- precompile.c, a tool of the build
  } },
  { path = "bindings/lunet", layers = {
    { "base" }, { "terminal" }, { "report" }, { "plot" }, { "statistics", "measure" }, { "nn" }, { "data" },
    { "runs" }, { "page" }, { "train" }, { "explore" }, { "values" }, { "help" }, { "reference" },
    { "." }, -- init.lua
    { "prompt" },
  } },
}
for _, tree in ipairs(trees) do
  tree.level = {}
  for i, folders in ipairs(tree.layers) do
    for _, folder in ipairs(folders) do tree.level[folder] = i end
  end
end

-- Includes that may close a circle of files: { from = "runtime/x/a", to = "runtime/x/b", why = "..." }.
local legal = {}

local problems = 0
local function complain(path, number, message, ...)
  problems = problems + 1
  print(("%s:%d: %s"):format(path, number, message:format(...)))
end

-- All files below the root, in order; and by module name those of the Lua half.
local paths, modules, exists = {}, {}, {}
local pipe = assert(io.popen(("cd '%s' && find runtime bindings -name '*.[ch]' -o -name '*.def' -o -name '*.lua' | "
  .. "LC_ALL=C sort"):format(root)))
for path in pipe:lines() do
  paths[#paths + 1] = path
  exists[path] = true
  local name = path:match("^bindings/lunet/.-([%w_]+)%.lua$")
  if name then modules[name] = path end
end
pipe:close()

-- The tree and the folder that a path is in.
local function place_of(path)
  local best
  for _, tree in ipairs(trees) do
    if path:sub(1, #tree.path + 1) == tree.path .. "/" and (not best or #tree.path > #best.path) then best = tree end
  end
  return best, best and (path:sub(#best.path + 2):match("^([^/]+)/") or ".")
end

-- The path of ours that a line of C includes; nil if there is none, or if it may not be named like this.
local function included(path, number, line)
  local quote, header = line:match('^%s*#%s*include%s+([<"])([^>"]+)')
  if not header then return nil end
  local lua = header:match("^lua.*%.h$") and header ~= "lunet.h" or header == "lauxlib.h"
  if lua and path:match("^runtime/") then
    return complain(path, number, "%s: the runtime knows nothing of Lua", header)
  end
  if quote == "<" then return nil end
  if not header:find("/") and header ~= "lunet.h" then return complain(path, number, "%s: name the folder", header) end
  local target = header:match("^bindings/") and header or "runtime/" .. header
  if not exists[target] then return complain(path, number, "%s: no such file of ours", header) end
  return target
end

-- The file of the Lua half that a line requires; nil if there is none.
local function required(line)
  local module = not line:find("^%s*%-%-") and line:match([=[require[%s%(,]*["']lunet%.?([%w_]*)["']]=])
  return module and modules[module == "" and "init" or module]
end

local folders = new_graph()

local function check_order(path, number, target)
  local tree, folder = place_of(path)
  local other_tree, other = place_of(target)
  if tree ~= other_tree then
    if tree.path == "runtime" then complain(path, number, "%s: the runtime knows nothing of bindings/", target) end
  elseif not tree.level[other] then
    complain(path, number, "%s: no folder of %s/", target, tree.path)
  elseif tree.level[other] > tree.level[folder] then
    complain(path, number, "%s: %s comes after %s", target, other, folder)
  else
    folders:add(tree.path .. "/" .. folder, tree.path .. "/" .. other, ("%s:%d"):format(path, number))
  end
end

local includes = {} -- path -> { { target, place }, ... }

for _, path in ipairs(paths) do
  local tree, folder = place_of(path)
  local number = 0
  includes[path] = {}
  local placed = tree.level[folder]
  if not placed then complain(path, 1, "folder '%s' has no place in the order of %s/", folder, tree.path) end
  for line in placed and io.lines(root .. "/" .. path) or function() end do
    number = number + 1
    local target
    if path:find("%.lua$") then target = required(line) else target = included(path, number, line) end
    if target then
      check_order(path, number, target)
      table.insert(includes[path], { target, ("%s:%d"):format(path, number) })
    end
  end
end

-- Circles. First of files as they are: such headers could not be included at all without their guards. Then with a
-- header and the .c of its name as one file. A header without a .c belongs to those who include it: to include it is to
-- include what it includes.
local raw, files = new_graph(), new_graph(legal)

local function is_loose(path)
  return path:find("%.h$") and not exists[path:gsub("%.h$", ".c")]
end

local function add_reached(from, list, place, seen)
  for _, edge in ipairs(list) do
    local target = edge[1]
    if not is_loose(target) then
      files:add(from, (target:gsub("%.[ch]$", "")), place or edge[2])
    elseif not seen[target] then
      seen[target] = true
      add_reached(from, includes[target], place or edge[2], seen)
    end
  end
end

for _, path in ipairs(paths) do
  for _, edge in ipairs(includes[path]) do raw:add(path, edge[1], edge[2]) end
  if not is_loose(path) then add_reached(path:gsub("%.[ch]$", ""), includes[path], nil, {}) end
end
local circles = raw:circles("files")
if #circles == 0 then circles = files:circles("files, a header and its .c being one") end
for _, line in ipairs(folders:circles("folders")) do circles[#circles + 1] = line end
for _, line in ipairs(circles) do print(line) end

if draw then
  print("digraph folders {")
  folders:each(function(from, to) print(('  "%s" -> "%s";'):format(from, to)) end)
  print("}")
end
os.exit(problems + #circles == 0)
