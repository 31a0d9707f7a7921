-- ln.data.paired: noisy and clean images from two folders, paired by their names.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local provenance = require "lunet.provenance"
local sets = require "lunet.set"
local shapes = require "lunet.shapes"
local stream = require "lunet.stream"

local page = {
  name = "data.paired",
  usage = "ln.data.paired(options: options) -> set",
  doc = "Pairs from two folders, by name: set.images are the noisy ones, set.targets the clean ones. Names are file "
    .. "names without their ending, and every image must have its partner. Further options are those of "
    .. "ln.data.folder, for both folders: size, resize, gray, limit, within, stream, cache.",
  options = {
    { "noisy", "string", required = true, help = "the folder of what the network gets" },
    { "clean", "string", required = true, help = "the folder of what it should give" },
    { "size", { "integer", "table" }, help = "height and width in pixels that images are resized to" },
    { "resize", "string", choices = { "area", "bilinear" }, help = "how" },
    { "gray", "boolean", help = "turn colour into luma" },
    { "limit", "integer", min = 0, help = "take at most so many pairs; 0 takes all" },
    { "within", "boolean", help = "take the images of folders within, too; they are named 'folder/file'" },
    { "stream", "boolean", help = "read images when they are needed, for sets larger than memory and images of "
      .. "different sizes" },
    { "cache", "integer", min = 0, help = "with stream: megabytes of images that are kept, of each folder" },
  },
  errors = "An image without a partner; partners of different sizes; files that cannot be read.",
  example = [[
for _, kind in ipairs{ "low", "full" } do
  ln.file.make_dir(folder .. "/" .. kind)
  for i = 1, 2 do
    ln.image.save(clean[i], ("%s/%s/%d.png"):format(folder, kind, i))
  end
end
ln.data.paired{ noisy = folder .. "/low", clean = folder .. "/full" }]],
}

-- The source item of a folder, and its names and files.
local function folder(o, which)
  local given = { path = o[which], stream = true }
  for _, name in ipairs{ "size", "resize", "gray", "within", "cache" } do given[name] = o[name] end
  local source = errors.within("data.paired: ", core.data.folder, given)
  local _, names, files = errors.within(("data.paired: %s: "):format(which), core.load, source)
  provenance.add_images(o[which], names)
  return { source = source, names = names, files = files, path = o[which] }
end

-- Names are sorted files without endings: two files of one name follow each other or not.
local function check_partners(one, other)
  local there, missing, seen = {}, {}, {}
  for _, name in ipairs(other.names) do there[name] = true end
  for _, name in ipairs(one.names) do
    if seen[name] then errors.raise("data.paired: '%s' has two images named '%s'", one.path, name) end
    seen[name] = true
    if not there[name] then missing[#missing + 1] = name end
  end
  if #missing == 0 then return end
  local more = #missing > 1 and (", nor have %d others"):format(#missing - 1) or ""
  errors.raise("data.paired: '%s' in '%s' has no partner in '%s'%s", missing[1], one.path, other.path, more)
end

-- Files in the order of the names, the first `limit` of them.
local function ordered(side, limit)
  local by_name, names, files = {}, {}, {}
  for i, name in ipairs(side.names) do by_name[name] = side.files[i] end
  table.sort(side.names)
  local n = limit and limit > 0 and math.min(limit, #side.names) or #side.names
  for i = 1, n do names[i], files[i] = side.names[i], by_name[side.names[i]] end
  return stream(side.source, files, names)
end

local function check_size(name, a, b)
  if a.shape[2] == b.shape[2] and a.shape[3] == b.shape[3] then return end
  errors.raise("data.paired: the sizes of '%s' differ: the noisy image is %s, the clean one %s; give a size", name,
    shapes.text(a.shape), shapes.text(b.shape))
end

local function paired(given)
  local o = options.read(page, given)
  local noisy, clean = folder(o, "noisy"), folder(o, "clean")
  check_partners(noisy, clean)
  check_partners(clean, noisy)
  noisy, clean = ordered(noisy, o.limit), ordered(clean, o.limit)
  local reader = { pairs = true }
  function reader.read(number, draw)
    local a, b = sets.image(noisy, number, draw), sets.image(clean, number, draw)
    check_size(noisy.names[number], a, b)
    return a, b
  end
  function reader.text() return ("%d pair%s, read as needed"):format(#noisy, #noisy == 1 and "" or "s") end
  local set = sets.of_reader(reader, noisy.names)
  return o.stream and set or errors.within("data.paired: ", set.load, set)
end

return docs.add(paired, page)
