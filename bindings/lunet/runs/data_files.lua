-- The files that a run's data came from, with sizes and hashes: data.json of a record, and the short form in run.json.
local core = require "lunet.core"
local errors = require "lunet.errors"
local plain = require "lunet.plain"
local provenance = require "lunet.provenance"

local data_files = {}

local most_hashed = 1 << 30 -- bytes that one process hashes; of files beyond it the size and time tell
local hashed = 0
local known = {} -- by path: { stamp =, entry = }

-- { file =, bytes =, hash = }; a file that cannot be read is told as such. Each is hashed once, until it changes.
local function entry_of(path)
  local stamp, bytes, changed = core.file_stamp(path)
  local file = plain.text(path)
  if not stamp then return { file = file, missing = true } end
  if known[path] and known[path].stamp == stamp then return known[path].entry end
  local entry = { file = file, bytes = bytes }
  if hashed + bytes <= most_hashed then
    local ok, hash = errors.try(core.hash_file, path)
    entry.hash, entry.unreadable = ok and hash or nil, not ok or nil
    hashed = hashed + bytes
  else
    entry.changed = os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(changed))
  end
  known[path] = { stamp = stamp, entry = entry }
  return entry
end

local function add(entries, path)
  local _, kind = core.file.exists(path)
  if kind ~= "folder" then
    entries[#entries + 1] = entry_of(path)
    return
  end
  local ok, names = errors.try(core.list_folder, path)
  for _, name in ipairs(ok and names or {}) do
    local inside = path:gsub("/*$", "/") .. name
    if name:sub(1, 1) ~= "." and select(2, core.file.exists(inside)) == "file" then
      entries[#entries + 1] = entry_of(inside)
    end
  end
end

-- All that the process has read so far, and further paths: the list of files, and its short form.
function data_files.list(more)
  local entries, bytes, hashes = {}, 0, {}
  for _, path in ipairs(provenance.paths()) do add(entries, path) end
  for _, path in ipairs(more or {}) do add(entries, path) end
  for i, entry in ipairs(entries) do
    bytes = bytes + (entry.bytes or 0)
    hashes[i] = entry.hash or entry.changed or "none"
  end
  return entries, { files = #entries, bytes = bytes, hash = core.hash_text(table.concat(hashes, " ")) }
end

return data_files
