-- Photographs, as ImageNet's stand-in: those of Debian's mate-backgrounds or plasma-workspace-wallpapers where one of
-- them is installed (`make paper` installs the first, which is half as large), or of a folder.
local ln = require "lunet"

local photographs = {}

photographs.package = "mate-backgrounds"

local nature = "/usr/share/backgrounds/mate/nature" -- the other folders of mate-backgrounds hold drawings
local wallpapers = "/usr/share/wallpapers/*/contents/images" -- a folder for each, with one picture in several sizes
local side, height = 64, 320 -- of a part in pixels, and of the photograph that it is cut from
local least_contrast = 0.02  -- standard deviation of a part: a clear sky teaches nothing

-- Paths of images that a folder has, at most so many.
local function images_in(folder, most)
  local set = ln.data.folder(folder, { stream = true, cache = 0 })
  local list = {}
  for i = 1, math.min(#set, most) do list[i] = function() return set[i] end end
  return list
end

-- Functions that read a photograph each; none where there are none.
local function readers(folder)
  if folder then return images_in(folder, math.huge) end
  if ln.file.exists(nature) then return images_in(nature, math.huge) end
  local list, listing <close> = {}, io.popen(("ls -d %s 2>/dev/null"):format(wallpapers))
  for path in listing:lines() do
    local ok, first = pcall(images_in, path, 1) -- pictures of formats that are not read are passed over
    if ok then list[#list + 1] = first[1] end
  end
  return list
end

-- Whether there are any.
function photographs.there(folder)
  return folder ~= nil or #readers() > 0
end

local function shrunk(image)
  local width = math.max(side, math.floor(image.shape[3] * height / image.shape[2] + 0.5))
  return ln.image.resize(image, { height, width })
end

local function cut(image)
  return image:unsqueeze(1):unfold{ kernel = side, stride = side }:permute(1, 3, 2):reshape{ -1, 1, side, side }
end

-- Parts of 64x64 pixels, n of them or fewer where there are not as many, N,1,64,64, in an order by the seed.
function photographs.parts(n, seed, folder)
  local all = {}
  for i, read in ipairs(readers(folder)) do
    all[i] = cut(shrunk(read()))
    collectgarbage() -- a photograph of twenty million pixels need not wait for the next
  end
  local parts = ln.concat(all, 1)
  local rich = parts:flatten(2):std{ 2 }:gt(least_contrast):nonzero():flatten()
  local order = rich:take(ln.randperm(#rich, seed):totable()):totable()
  local chosen = {}
  for i = 1, math.min(n, #order) do chosen[i] = math.tointeger(order[i]) end
  return parts:take(chosen)
end

return photographs
