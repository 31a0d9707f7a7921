-- run.json: what a record says about its run, in less than 4 KB, so that thousands are read at once. What is long lies
-- in files beside it.
--
-- Its status is "unfinished" until the run has ended, so that a process that is killed leaves just that. While it runs,
-- the process has the file "alive" locked.
local core = require "lunet.core"
local errors = require "lunet.errors"
local json = require "lunet.json"

local run_file = {}

run_file.version = 1
run_file.most = 4000 -- bytes
run_file.name, run_file.alive = "run.json", "alive"
run_file.beginning = ".new-" -- in front of the names of folders that are not whole yet

-- In this order; each must be of that type.
local fields = {
  { "version", "number" }, { "id", "string" }, { "name", "string" }, { "status", "string" }, { "message", "string" },
  { "started", "string" }, { "ended", "string" }, { "seconds", "number" }, { "result", "table" },
  { "options", "table" }, { "seeds", "table" }, { "more", "table" }, { "script", "table" }, { "command", "string" },
  { "data", "table" }, { "git", "table" }, { "machine", "table" }, { "isa", "string" }, { "threads", "number" },
  { "versions", "table" }, { "recording", "table" },
}
run_file.field_names = {}
for i, field in ipairs(fields) do run_file.field_names[i] = field[1] end

-- What goes into a file of its own where it is longer than so many bytes, and the bytes of its short form.
local long = { { "options", 1000, 800 }, { "result", 1000, 800 }, { "seeds", 200, 150 } }

-- ---- Writing ----

local function cut(text, most)
  if #text <= most then return text end
  local at = utf8.offset(text, 0, most - 3) or most - 3
  return text:sub(1, at - 1) .. "..."
end

-- The keys of entries that are no tables: names in alphabetic order, or the numbers of a list.
local function plain_keys(value)
  local keys = {}
  for key, entry in pairs(value) do
    if type(entry) ~= "table" then keys[#keys + 1] = key end
  end
  table.sort(keys)
  return keys
end

-- The plain entries of a table, as long as there is room.
local function short_form(value, room)
  local short = {}
  for _, key in ipairs(plain_keys(value)) do
    local entry = value[key]
    if type(entry) == "string" then entry = cut(entry, 80) end
    room = room - #json.encode{ [tostring(key)] = json.packed(entry) }
    if room < 0 then break end
    short[key] = entry
  end
  return short
end

local function text_of(run)
  local lines = {}
  for _, field in ipairs(fields) do
    local value = run[field[1]]
    local empty = type(value) == "table" and next(value) == nil
    if value ~= nil and not empty then
      lines[#lines + 1] = ('  "%s": %s'):format(field[1], json.encode(json.packed(value)))
    end
  end
  return "{\n" .. table.concat(lines, ",\n") .. "\n}\n"
end

-- What stands in run.json, and the files that the long fields go into: { ["options.json"] = text }.
local function shortened_script(script)
  return { file = cut(script.file or "", 300), hash = script.hash, modules = script.modules }
end

local function shortened(run)
  local copy, files = {}, {}
  for key, value in pairs(run) do copy[key] = value end
  for _, bound in ipairs{ { "name", 200 }, { "command", 400 }, { "message", 300 } } do
    copy[bound[1]] = run[bound[1]] and cut(run[bound[1]], bound[2])
  end
  if run.script then copy.script = shortened_script(run.script) end
  for _, entry in ipairs(long) do
    local key, most, room = table.unpack(entry)
    local text = run[key] and json.encode(json.packed(run[key])) or ""
    if #text > most then
      copy[key], files[key .. ".json"] = short_form(run[key], room), text .. "\n"
      copy.more = copy.more or {}
      table.insert(copy.more, key .. ".json")
    end
  end
  return copy, files
end

-- Write the record's run.json, atomically, and what goes beside it.
function run_file.write(dir, run)
  local copy, files = shortened(run)
  local text = text_of(copy)
  if #text > run_file.most and copy.versions then -- the list of libraries is the longest of what a run does not choose
    copy.versions = { lunet = copy.versions.lunet, lua = copy.versions.lua }
    text = text_of(copy)
  end
  for _, entry in ipairs(long) do
    local name = entry[1] .. ".json"
    if files[name] then core.file.write(dir .. "/" .. name, files[name]) end
  end
  core.file.write(dir .. "/" .. run_file.name, text)
end

-- ---- Reading ----

-- The fields that are of their type; what is not is told in `problem`.
local function checked(run, dir)
  local out = { dir = dir, id = dir:match("([^/]*)/*$") }
  for _, field in ipairs(fields) do
    local value = run[field[1]]
    if value ~= nil and type(value) ~= field[2] then
      out.problem = ("%s/%s: '%s' is no %s"):format(dir, run_file.name, field[1], field[2])
    else
      out[field[1]] = value
    end
  end
  out.status = out.status or "damaged"
  return out
end

function run_file.damaged(dir, message)
  local id = dir:match("([^/]*)/*$")
  return { dir = dir, id = id, name = id:match("^%d+%-[%d.]+%-(.*)%-%x+$") or id, status = "damaged",
    problem = errors.bare(message), options = {}, result = {} }
end

-- Whether the process that writes the record lives.
function run_file.is_alive(dir)
  return core.file_locked(dir .. "/" .. run_file.alive)
end

-- The record from the text of its run.json; one that cannot be read is "damaged", and `problem` says why.
function run_file.parse(dir, text)
  local ok, run = errors.try(json.decode, text)
  if not ok then return run_file.damaged(dir, run) end
  if type(run) ~= "table" then return run_file.damaged(dir, "run.json holds no object") end
  run = checked(json.unpacked(run), dir)
  run.options, run.result = run.options or {}, run.result or {}
  if run.status == "unfinished" and run_file.is_alive(dir) then run.status = "running" end
  return run
end

function run_file.read(dir)
  local ok, text = errors.try(core.read_text, dir .. "/" .. run_file.name)
  if not ok then return run_file.damaged(dir, text) end
  return run_file.parse(dir, text)
end

-- The long fields in full.
function run_file.complete(run)
  for _, name in ipairs(run.more or {}) do
    local ok, value = errors.try(function() return json.decode(core.read_text(run.dir .. "/" .. name)) end)
    if ok and type(value) == "table" then run[name:match("^%w+")] = json.unpacked(value) end
  end
  return run
end

return run_file
