-- Datasets whose images are read from files when they are needed; those used lately stay in memory.
local core = require "lunet.core"
local errors = require "lunet.errors"
local sets = require "lunet.set"

-- Keeps values of up to `most` bytes. make(key) -> value, its bytes. Who has waited longest goes, unless it was used
-- since: then it is put behind the others once more (Corbato's clock).
local function cache_of(most, make)
  local kept, sizes, used, bytes = {}, {}, {}, 0
  local queue, first, last = {}, 1, 0
  local function put(key)
    last = last + 1
    queue[last] = key
  end
  local function drop_one()
    while true do
      local key = queue[first]
      queue[first], first = nil, first + 1
      if not used[key] then
        kept[key], bytes = nil, bytes - sizes[key]
        return
      end
      used[key] = nil
      put(key)
    end
  end
  return function(key)
    if kept[key] then
      used[key] = true
      return kept[key]
    end
    local value, size = make(key)
    if size > most then return value end
    while bytes + size > most do drop_one() end
    kept[key], sizes[key], bytes = value, size, bytes + size
    put(key)
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
