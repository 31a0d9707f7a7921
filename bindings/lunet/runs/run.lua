-- One run among thousands: an object for a record's folder, which is read when something of it is asked for.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local json = require "lunet.json"
local options = require "lunet.options"
local remove_folder = require "lunet.remove_folder"
local run_file = require "lunet.run_file"

local Run = {}
Run.__name = "lunet.run"

local run_class = {}

local fields = {} -- of run.json, and those that reading it adds
for _, name in ipairs(run_file.field_names) do fields[name] = true end
fields.problem = true

-- The text of run.json; "" where it cannot be read, and then `unread` says why.
local function text_of(run)
  local text = rawget(run, "text")
  if text then return text end
  local path = run.dir .. "/" .. run_file.name
  run.text = core.read_short(path)
  if rawget(run, "text") then return run.text end
  local ok, got = errors.try(core.read_text, path) -- which says why it cannot be read
  run.unread = not ok and got or nil
  run.text = ok and got or ""
  return run.text
end

-- All of the record.
local function whole(run)
  local parsed = rawget(run, "parsed")
  if parsed then return parsed end
  local text = text_of(run)
  local unread = rawget(run, "unread")
  parsed = unread and run_file.damaged(run.dir, unread) or run_file.complete(run_file.parse(run.dir, text))
  run.parsed = parsed
  return parsed
end

function Run.__index(run, key)
  local method = rawget(Run, key)
  if method ~= nil then return method end
  if fields[key] then return whole(run)[key] end
  local names = { "dir", "delete", "metrics", "scores", "value", "values" }
  for name in pairs(fields) do names[#names + 1] = name end
  table.sort(names)
  errors.raise("run: no method or field '%s'%s", tostring(key), errors.suggestion(key, names))
end

function Run:__tostring()
  return ("run %s (%s)"):format(self.id, self.status)
end

function run_class.new(dir)
  return setmetatable({ dir = dir, id = dir:match("([^/]*)/*$") }, Run)
end

-- Six hexadecimal digits, which mostly are enough to tell a run from others; the folder's name where it has none.
function run_class.short(run)
  return run.id:match("%-(%x+)$") or run.id
end

-- ---- Values by name ----

local function list_text(list)
  local words = {}
  for i, value in ipairs(list) do words[i] = type(value) == "table" and "..." or tostring(value) end
  return table.concat(words, ", ")
end

-- { ["options.noise.p"] = 0.1 }: tables within tables by their names, lists as text.
local function flatten(out, prefix, value)
  for key, entry in pairs(value) do
    local name = prefix .. "." .. tostring(key)
    if type(entry) ~= "table" then
      out[name] = entry
    elseif rawget(entry, 1) ~= nil then
      out[name] = list_text(entry)
    else
      flatten(out, name, entry)
    end
  end
end

-- All values of a run, by names such as "status", "seconds", "options.lr", "result.ssim", "machine.host".
function Run:values()
  local out = { id = self.id, short = run_class.short(self) }
  for name, value in pairs(whole(self)) do
    if type(value) ~= "table" then
      out[name] = value
    elseif rawget(value, 1) ~= nil then
      out[name] = list_text(value)
    else
      flatten(out, name, value)
    end
  end
  return out
end

-- ---- The same, fast ----
-- To filter thousands of runs by one option, their run.json are not decoded but searched, as long as they look as
-- run_file.write leaves them: a field a line. A quotation mark within a string has a backslash before it in JSON, and a
-- line ends within none, so that what is found is what decoding finds.

local first_line = '{\n  "version": 1'

-- Looked at once.
local function is_as_written(run, text)
  local written = rawget(run, "written")
  if written == nil then
    written = text:sub(1, #first_line) == first_line and text:sub(-3) == "\n}\n"
      and not text:find('\n  "more"', 1, true)
    run.written = written
  end
  return written
end

-- The text of a field, as it stands on its line.
local function field_text(text, name)
  local _, last = text:find(('\n  "%s": '):format(name), 1, true)
  return last and text:match("^([^\n]-),?\n", last + 1)
end

-- The value that a piece of JSON text begins with; nil, false: it is no plain one.
local function plain_value(text, at)
  local word = text:match('^"([^"\\]*)"', at)
  if word then return word ~= "nan" and word ~= "inf" and word ~= "-inf" and word, true end
  word = text:match("^[^,}]+", at)
  if word == "true" or word == "false" then return word == "true", true end
  return tonumber(word), tonumber(word) ~= nil
end

-- A value of an object's text; nil, true: it has none of that name; nil, false: only decoding can tell.
local function member(text, name)
  local first, last = text:find(('"%s": '):format(name), 1, true)
  if not first then return nil, not text:find("\\", 1, true) end
  local before = text:sub(2, first - 1)
  if before:find("\\", 1, true) then return nil, false end
  before = before:gsub('"[^"]*"', ""):gsub("%b{}", ""):gsub("%b[]", "") -- a brace is left where it is further down
  if before:find("[{%[]") then return nil, false end
  return plain_value(text, last + 1)
end

local function places_of(name)
  local object, key = name:match("^(%l+)%.(.+)$")
  if object == "options" or object == "result" then return { { object, key } } end
  return { { nil, name }, { "result", name }, { "options", name } }
end

-- Where a name may stand: as it is, and what it is short for. Kept, for it is asked for run after run.
local places = setmetatable({}, { __index = function(known, name)
  known[name] = places_of(name)
  return known[name]
end })

local function quick(run, object, name)
  local text = text_of(run)
  if rawget(run, "parsed") or not is_as_written(run, text) then return nil, false end
  if object then
    local inside = field_text(text, object)
    if not inside then return nil, true end
    return member(inside, name)
  end
  if not fields[name] then return nil, not name:find(".", 1, true) end
  local found = field_text(text, name)
  if not found then return nil, true end
  if found == '"unfinished"' then return nil, false end -- or it runs
  return plain_value(found, 1)
end

local function slow(run, full_name)
  if not rawget(run, "flat") then run.flat = run:values() end
  return run.flat[full_name]
end

local function lookup(run, object, name)
  if not object and name == "id" then return run.id end
  local value, sure = quick(run, object, name)
  if sure and value ~= false then return value end
  return slow(run, object and object .. "." .. name or name)
end

-- Whether accepts(value) is true of anything that a name may mean: a field such as status, or else a result or an
-- option.
function run_class.any(run, name, accepts)
  for _, place in ipairs(places[name]) do
    local value = lookup(run, place[1], place[2])
    if value ~= nil and accepts(value) then return true end
    if value ~= nil and not place[1] then return false end
  end
  return false
end

function Run:value(name)
  options.argument("run:value", "the name", "string", name)
  local found
  run_class.any(self, name, function(value)
    found = value
    return true
  end)
  return found
end

-- ---- What lies beside it ----

-- The text of a regular file from a byte on; "" where there is none.
local function text_from(path, offset)
  local file = core.file_stamp(path) and io.open(path, "rb")
  if not file then return "" end
  file:seek("set", offset)
  local text = file:read("a")
  file:close()
  return text or ""
end

-- The whole lines of a file of JSON lines, from a byte on, and where the next one begins; one that is damaged is left
-- out.
function run_class.lines(path, offset)
  offset = offset or 0
  local lines, next_line = {}, 1
  for line, after in text_from(path, offset):gmatch("([^\n]*)\n()") do
    local ok, values = errors.try(json.decode, line)
    if ok and type(values) == "table" then lines[#lines + 1] = json.unpacked(values) end
    next_line = after
  end
  return lines, offset + next_line - 1
end

function Run:metrics()
  return (run_class.lines(self.dir .. "/metrics.jsonl"))
end

-- Names of scores; or those of one name, as a tensor.
function Run:scores(name)
  local folder = self.dir .. "/scores"
  local names = {}
  for _, file in ipairs(core.file.exists(folder) and core.list_folder(folder) or {}) do
    names[#names + 1] = file:match("^(.*)%.npy$")
  end
  if name == nil then return names end
  options.argument("run:scores", "the name", "string", name)
  for _, one in ipairs(names) do
    if one == name then return core.load_tensors(folder .. "/" .. name .. ".npy") end
  end
  errors.raise("run:scores: the run %s has no scores '%s'%s", run_class.short(self), name,
    errors.suggestion(name, names))
end

function Run:delete()
  if run_file.is_alive(self.dir) then
    errors.raise("run:delete: the run %s goes on; end it first", run_class.short(self))
  end
  errors.within("run:delete: ", remove_folder, self.dir)
end

docs.class(Run, {
  { "run:metrics() -> table[]", "What was logged, in order: { step = 1, loss = 0.5, seconds = 2.1 }, ..." },
  { "run:scores(name?: string) -> any", "The scores of that name, one for each image, as a tensor; without a name, the "
    .. "names that there are." },
  { "run:value(name: string) -> any", "A value by its name: \"status\", \"options.lr\", \"result.ssim\"; what has no "
    .. "such prefix is looked for among results and options, too.",
    'run:value("ssim")' },
  { "run:values() -> table", "All values by such names." },
  { "run:delete()", "Remove the record with all that is in it. A run that goes on is an error." },
  { "run.id -> string", "The name of its folder." },
  { "run.dir -> string", "The folder." },
  { "run.name -> string", "What it is called." },
  { "run.status -> string", "\"running\", \"finished\", \"failed\", \"interrupted\"; \"unfinished\": its process is "
    .. "gone; \"damaged\": run.json cannot be read, and run.problem tells why." },
  { "run.message -> string|nil", "The error that it ended with." },
  { "run.started -> string", "When, in UTC; run.ended and run.seconds are as well there." },
  { "run.options -> table", "What it was given." },
  { "run.seeds -> table|nil", "Its seeds." },
  { "run.result -> table", "What came of it." },
  { "run.recording -> table|nil", "What the record took: { seconds =, share = of the run }." },
})

return run_class
