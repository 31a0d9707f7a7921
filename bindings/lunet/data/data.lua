-- Data: sources that give datasets, and batches for loops.
local batches = require "lunet.batches"
local core = require "lunet.core"
local errors = require "lunet.errors"
local leakage = require "lunet.leakage"
local mix = require "lunet.mix"
local options = require "lunet.options"
local paired = require "lunet.paired"
local patches = require "lunet.patches"
local provenance = require "lunet.provenance"
local scale = require "lunet.scale"
local sets = require "lunet.set"
local split = require "lunet.split"
local stream = require "lunet.stream"

require "lunet.chain"
require "lunet.folds"

-- ln.data.folder("dir", { size = {64, 64} }) or ln.data.folder{ "dir", size = {64, 64} }: the dataset, loaded.
local function load(source, first, second)
  local given = first
  if type(first) ~= "table" then
    given = { first }
    if second ~= nil then options.argument("data." .. source.name, "the second argument", "table", second) end
    for name, value in pairs(second or {}) do given[name] = value end
  end
  local item = errors.within("", source, given)
  local images, names, files = errors.within("", core.load, item)
  if source.name == "folder" then provenance.add_images(item.options.path, names)
  elseif item.options.path then provenance.add(item.options.path) end
  if not images then return stream(item, files, names) end
  local set, around = sets.new(images, names), source.name == "nifti" and item.options.neighbours or 0
  if around > 0 then set.targets = images:narrow(2, around + 1, 1):clone() end
  set.source = item
  return set
end

-- A source looks like the type it stands for, so ln.help and completion see its name, doc and options.
local function loader(source)
  return setmetatable({ type = source }, {
    __index = source,
    __call = function(_, ...) return load(source, ...) end,
    __tostring = function() return tostring(source) end,
  })
end

local data = { batches = batches, leakage = leakage, map = sets.map, mix = mix, paired = paired, pairs = split.pairs,
  patches = patches, scale = scale, set = sets.new, tensors = sets.tensors }
for name, source in pairs(core.data) do data[name] = loader(source) end

return errors.strict(data, "lunet.data")
