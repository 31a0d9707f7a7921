-- Datasets whose images are read from files when they are needed; those used last stay in memory.
local core = require "lunet.core"
local errors = require "lunet.errors"
local sets = require "lunet.set"

-- Keeps values of up to `most` bytes, those used last. make(key) -> value, its bytes.
local function cache_of(most, make)
  local kept, used, clock, bytes = {}, {}, 0, 0
  local sizes = {}
  local function drop_oldest()
    local oldest
    for key, time in pairs(used) do
      if not oldest or time < used[oldest] then oldest = key end
    end
    bytes = bytes - sizes[oldest]
    kept[oldest], used[oldest], sizes[oldest] = nil, nil, nil
  end
  return function(key)
    clock = clock + 1
    if kept[key] then
      used[key] = clock
      return kept[key]
    end
    local value, size = make(key)
    if size > most then return value end
    while bytes + size > most do drop_oldest() end
    kept[key], used[key], sizes[key], bytes = value, clock, size, bytes + size
    return value
  end
end

local function floats(t)
  local n = 1
  for _, size in ipairs(t.shape) do n = n * size end
  return n
end

-- source: an item whose files are read one by one; files, names: lists.
local function new(source, files, names)
  local image = cache_of(source.options.cache * 2 ^ 20, function(number)
    local t = errors.within("", core.read_file, source, files[number])
    return t, 4 * floats(t)
  end)
  local reader = { pairs = false }
  function reader.read(number) return image(number) end
  function reader.text() return ("%d image%s, read as needed"):format(#names, #names == 1 and "" or "s") end
  local set = sets.of_reader(reader, names)
  set.source = source
  return set
end

return new
