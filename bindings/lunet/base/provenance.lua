-- Which files data and code came from: what this process has read so far, for the records of runs.
local provenance = {}

local paths, known = {}, {}
local modules = {}

-- A file of data, or a folder of such files, has been read.
function provenance.add(path)
  if known[path] then return end
  known[path] = true
  paths[#paths + 1] = path
end

-- Images of a folder have been read, and "folder/name" of folders within.
function provenance.add_images(path, names)
  provenance.add(path)
  for _, name in ipairs(names) do
    local folder = name:match("^(.*)/")
    if folder then provenance.add(path .. "/" .. folder) end
  end
end

-- All of them, in order. Not to be changed.
function provenance.paths()
  return paths
end

-- A file of code that require knows nothing of.
function provenance.add_module(name, path)
  modules[name] = path
end

local standard = { _G = true, package = true, coroutine = true, table = true, io = true, os = true, string = true,
  math = true, utf8 = true, debug = true }

-- The Lua files that the script is made of besides itself: { { name =, path = }, ... }, by name.
function provenance.modules()
  local found, list = {}, {}
  for name, path in pairs(modules) do found[name] = path end
  for name in pairs(package.loaded) do
    local own = type(name) == "string" and not name:find("^lunet%f[.\0]") and not standard[name]
    if own then found[name] = package.searchpath(name, package.path) end
  end
  for name, path in pairs(found) do list[#list + 1] = { name = name, path = path } end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

return provenance
