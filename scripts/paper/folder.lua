-- Images from a folder as the paper has them: gray, 64x64 pixels, whatever their sizes are.
local ln = require "lunet"

local folder = {}

folder.size = { 64, 64 } -- rows, columns

-- Its images as they are, read when they are needed; where it has none itself, those of the folders within. cache:
-- megabytes of them that are kept.
function folder.files(path, cache)
  local ok, files = pcall(ln.data.folder, path, { stream = true, cache = cache })
  if ok then return files end
  local found, within = pcall(ln.data.folder, path, { stream = true, cache = cache, within = true })
  return found and within or error(files, 0)
end

-- "a.png" and "a.jpg" would be one image in all tables.
local function check_names(names, path)
  local seen = {}
  for _, name in ipairs(names) do
    if seen[name] then
      error(("'%s' has two files named '%s' that differ in their endings; leave one of them"):format(path, name), 0)
    end
    seen[name] = true
  end
end

-- Whether they are one image, at most made smaller in different ways: a tenth of its contrast apart.
local function is_copy(a, b)
  return (a - b):abs():mean() < a:std() / 10
end

-- Folders within may hold the same images in several sizes: they would train and test.
local function check_copies(set, path)
  local first = {}
  for i, name in ipairs(set.names) do
    local file = name:match("[^/]*$")
    local other = first[file]
    if other and is_copy(set.images[other], set.images[i]) then
      error(("'%s' and '%s' of '%s' are one image; give one of these folders"):format(set.names[other], name, path), 0)
    end
    first[file] = other or i
  end
end

-- A dataset of at least so many images, and the sizes that they had: { rows, columns } each.
function folder.read(path, least)
  local files, images, sizes = folder.files(path, 0), {}, {}
  if #files < least then error(("'%s' has too few images: %d of at least %d"):format(path, #files, least), 0) end
  check_names(files.names, path)
  for i = 1, #files do
    local image = files[i]
    sizes[i] = { image.shape[2], image.shape[3] }
    images[i] = ln.image.resize(image, folder.size)
  end
  local set = ln.data.tensors{ ln.stack(images, 1), names = files.names }
  check_copies(set, path)
  return set, sizes
end

return folder
