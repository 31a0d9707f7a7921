-- Photographs, as ImageNet's stand-in: those of Debian's mate-backgrounds or plasma-workspace-wallpapers where one of
-- them is installed (`make paper` installs the first, which is half as large), or of a folder.
local ln = require "lunet"
local core = require "lunet.core"

local photographs = {}

photographs.package = "mate-backgrounds"

local nature = "/usr/share/backgrounds/mate/nature" -- the other folders of mate-backgrounds hold drawings
local wallpapers = "/usr/share/wallpapers" -- a folder for each, with one picture in several sizes in contents/images
local side, height = 64, 320 -- of a part in pixels, and of the photograph that it is cut from
local least_contrast = 0.02  -- standard deviation of a part: a clear sky teaches nothing

-- ---- Where they are ----

-- Functions that read an image of a folder each.
local function images_in(folder)
  local set, list = ln.data.folder(folder, { stream = true, cache = 0 }), {}
  for i = 1, #set do list[i] = function() return set[i] end end
  return list
end

-- The first picture of each wallpaper; those of formats that are not read are passed over.
local function wallpaper_images()
  local list = {}
  for _, name in ipairs(ln.file.exists(wallpapers) and core.list_folder(wallpapers) or {}) do
    local ok, sizes = pcall(images_in, ("%s/%s/contents/images"):format(wallpapers, name))
    if ok then list[#list + 1] = sizes[1] end
  end
  return list
end

local Photographs = {}
Photographs.__index = Photographs

local found = {} -- by folder, so that two studies read them once

-- Photographs, of a folder or, without one, of what is installed. nil where nothing is.
function photographs.find(folder)
  local path = folder or ln.file.exists(nature) and nature or wallpapers
  if not found[path] then
    local list = path == wallpapers and wallpaper_images() or images_in(path)
    found[path] = #list > 0 and setmetatable({ readers = list }, Photographs) or nil
  end
  return found[path]
end

-- What to do where there are none.
function photographs.advice()
  return ("There are no photographs: install Debian's %s, or give --photos DIR"):format(photographs.package)
end

-- ---- What they are ----

local function shrunk(image)
  local width = math.max(side, math.floor(image.shape[3] * height / image.shape[2] + 0.5))
  return ln.image.resize(image, { height, width })
end

local function cut(image)
  return image:unsqueeze(1):unfold{ kernel = side, stride = side }:permute(1, 3, 2):reshape{ -1, 1, side, side }
end

-- All parts that show something, N,1,64,64: read once.
function Photographs:all()
  if self.rich then return self.rich end
  local all = {}
  for i, read in ipairs(self.readers) do
    all[i] = cut(shrunk(read()))
    collectgarbage() -- a photograph of twenty million pixels need not wait for the next
  end
  local parts = ln.concat(all, 1)
  local chosen = parts:flatten(2):std{ 2 }:gt(least_contrast):nonzero():flatten():totable()
  for i, number in ipairs(chosen) do chosen[i] = math.tointeger(number) end
  if #chosen == 0 then error("the photographs have no part that shows anything", 0) end
  self.rich = parts:take(chosen)
  return self.rich
end

-- Parts of 64x64 pixels, n of them or fewer where there are not as many, in an order by the seed.
function Photographs:parts(n, seed)
  local all = self:all()
  return all:take(ln.randperm(#all, seed):narrow(1, 1, math.min(n, #all)):totable())
end

-- What tells them from others.
function Photographs:identity()
  local all = self:all()
  return ("%d photographs, %d parts, sum %.3f"):format(#self.readers, #all, all:sum())
end

return photographs
