-- Data: sources that give datasets, and batches for loops.
local batches = require "lunet.batches"
local core = require "lunet.core"
local errors = require "lunet.errors"
local options = require "lunet.options"
local sets = require "lunet.set"

-- ln.data.folder("dir", { size = {64, 64} }) or ln.data.folder{ "dir", size = {64, 64} }: the dataset, loaded.
local function load(source, first, second)
  local given = first
  if type(first) ~= "table" then
    given = { first }
    if second ~= nil then options.argument("data." .. source.name, "the second argument", "table", second) end
    for name, value in pairs(second or {}) do given[name] = value end
  end
  local item = errors.within("", source, given)
  local set = sets.new(errors.within("", core.load, item))
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

local data = { batches = batches, set = sets.new, pairs = sets.pairs }
for name, source in pairs(core.data) do data[name] = loader(source) end

return errors.strict(data, "lunet.data")
