-- Which files data came from: what this process has read so far, for the records of runs.
local provenance = {}

local paths, known = {}, {}

-- A file, or a folder of files, has been read.
function provenance.add(path)
  if known[path] then return end
  known[path] = true
  paths[#paths + 1] = path
end

-- All of them, in order. Not to be changed.
function provenance.paths()
  return paths
end

return provenance
