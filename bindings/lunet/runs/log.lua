-- The log of a run: what the function of ln.record gets, and what it tells through it.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local image = require "lunet.image"
local json = require "lunet.json"
local options = require "lunet.options"
local plain = require "lunet.plain"
local shapes = require "lunet.shapes"

local Log = {}
Log.__name = "lunet.log"

local log_class = {}

local fields = { "checkpoint", "dir", "file", "image", "model", "report", "scores", "text" }
local optional = { ended = true, stopped = true, hook = true, data_paths = true, lock = true }

function Log.__index(_, key)
  local method = rawget(Log, key)
  if method ~= nil or optional[key] then return method end
  errors.raise("log: no method or field '%s'%s", tostring(key), errors.suggestion(key, fields))
end

function Log:__tostring()
  return "log of " .. self.dir
end

local function checkpoint_in(dir)
  return dir .. "/checkpoint.safetensors"
end

-- The record's folder gets another name.
function Log:move(dir)
  local ok, why = os.rename(self.dir, dir)
  if not ok then errors.raise("record: cannot rename the folder: %s", why) end
  self.dir, self.checkpoint = dir, checkpoint_in(dir)
end

-- dir: the record's folder; run: what run.json will say; o: see record.start.
function log_class.new(dir, run, o)
  return setmetatable({ dir = dir, checkpoint = checkpoint_in(dir), run = run, hook = o.report, data_paths = o.data,
    waiting = {}, spent = 0, told = false, started = core.time() }, Log)
end

-- ---- Writing ----

-- What could not be written, said once.
function Log:lost(why)
  if self.told then return end
  self.told = true
  errors.note("record: %s; the run goes on, and what it says is kept in memory and tried again",
    errors.bare(why or ("'%s' is not complete"):format(self.dir)))
end

-- The lines that wait, into their files. Each waits behind those before it, so that their order stays.
function Log:flush()
  for i, entry in ipairs(self.waiting) do
    local ok, why = errors.try(core.append_line, entry[1], entry[2])
    if not ok then
      self.waiting = table.move(self.waiting, i, #self.waiting, 1, {})
      return self:lost(why)
    end
  end
  if #self.waiting > 0 then self.waiting = {} end
end

local function append(self, name, line)
  if self.ended then errors.raise("log: the run '%s' has ended, its record takes nothing more", self.run.id) end
  self.waiting[#self.waiting + 1] = { self.dir .. "/" .. name, line }
  self:flush()
end

-- A line of metrics.jsonl, as it is.
function Log:line(values)
  append(self, "metrics.jsonl", json.encode(json.packed(values)))
end

-- f(self, ...), its time counted as the record's.
local function timed(f)
  return function(self, ...)
    local start = core.time()
    local result = f(self, ...)
    self.spent = self.spent + core.time() - start
    return result
  end
end

-- ---- What users call ----

-- Seconds, to the millisecond.
local function since(start)
  return (core.time() - start) * 1000 // 1 / 1000
end

-- A value of log{ ... }: tensors of one element are numbers.
local function value_of(name, value)
  if not options.is_tensor(value) then return plain.value(value) end
  local ok, number = pcall(value.item, value)
  if ok then return number end
  errors.raise("log: '%s' is a tensor of shape %s, but must be a number; log:scores keeps one for each image", name,
    shapes.text(value.shape))
end

Log.__call = timed(function(self, values)
  options.argument("log", "what it is called with", "table", values)
  local line = { seconds = since(self.started) }
  for key, value in pairs(values) do
    if type(key) ~= "string" then errors.raise("log: values have names, log{ step = 3, loss = 0.1 }") end
    line[plain.text(key)] = value_of(key, value)
  end
  self:line(line)
end)

-- A name for a file in a folder of the record's.
local function check_name(what, name)
  options.argument(what, "the name", "string", name)
  if name:find("^[%w_][%w ._=+-]*$") then return name end
  errors.raise("%s: the name must be of letters, digits, '_', '-', '.', '=' and spaces, got '%s'", what, name)
end

-- Write a file of the record's: f(path). A disk without room is told and the run goes on. Returns the path, and whether
-- it was written.
local function write(self, folder, name, f)
  local path = ("%s/%s/%s"):format(self.dir, folder, name)
  local ok, why = errors.try(function()
    core.file.make_dir(self.dir .. "/" .. folder)
    f(path)
  end)
  if ok then return path, true end
  local about_file = why:find("cannot write '", 1, true) or why:find("cannot make the folder", 1, true)
  if not about_file then errors.raise("log: %s: %s", name, errors.bare(why)) end
  self:lost(why)
  return path, false
end

-- A tensor C,H,W or H,W as it is, others and lists of rows side by side; a grid is one.
local function picture(x)
  local is_grid = type(x) == "table" and rawget(debug.getmetatable(x) or {}, "__name") == "lunet.grid"
  if is_grid then return x.tensor end
  if options.is_tensor(x) and #x.shape < 4 then return x end
  options.argument("log:image", "the second argument", { "tensor", "table" }, x)
  return errors.within("log:image: ", image.grid, x).tensor
end

Log.image = timed(function(self, name, x)
  check_name("log:image", name)
  local shown = picture(x)
  local file = name:find("%.p[ngp][gm]$") and name or name .. ".png"
  return write(self, "figures", file, function(path) image.save(shown, path) end)
end)

Log.scores = timed(function(self, name, scores)
  check_name("log:scores", name)
  local given = scores
  if type(scores) == "table" then scores = errors.within("log:scores: ", core.tensor, scores) end
  if not options.is_tensor(scores) or #scores.shape ~= 1 then
    errors.raise("log:scores: expected a tensor or a list of N numbers, one for each image, got %s",
      options.text(given))
  end
  local path, written = write(self, "scores", name .. ".npy", function(file) core.save(file, scores) end)
  if not written then append(self, "scores.jsonl", json.encode{ [name] = json.packed(scores:totable()) }) end
  return path
end)

Log.model = timed(function(self, net)
  options.argument("log:model", "the argument", "network", net)
  local path = self.dir .. "/model.safetensors"
  local ok, why = errors.try(function() net:save(path, { record = { run = self.run.id } }) end)
  if not ok then self:lost(why) end
  return path
end)

Log.text = timed(function(self, text)
  local time = os.date("!%Y-%m-%dT%H:%M:%SZ")
  for line in tostring(text):gmatch("[^\n]+") do append(self, "log.txt", time .. " " .. line) end
end)

-- Whether to go on. The hook, of a sweep that stops what does not get on, is asked.
Log.report = timed(function(self, step, value)
  options.argument("log:report", "the step", "integer", step)
  options.argument("log:report", "the value", "number", value)
  self:line{ step = step, report = value, seconds = since(self.started) }
  if self.hook and self.hook(step, value) == false then
    self.stopped = step
    return false
  end
  return true
end)

-- Their examples: a line with `log`.
local function in_record(line)
  return ('ln.record("try", function(log)\n  %s\n  return { ssim = 0.9 }\nend, { dir = folder })'):format(line)
end

docs.class(Log, {
  { "log:image(name: string, x: tensor|tensor[]|grid) -> string", "An image C,H,W, or several side by side, N,C,H,W or "
    .. "a list of rows as for ln.image.grid, as figures/<name>.png of the record; its path. An older one of the name "
    .. "is replaced.",
    in_record('log:image("clean", clean[1])') },
  { "log:scores(name: string, scores: tensor|number[]) -> string", "What a metric says of each image, as "
    .. "scores/<name>.npy of the record; its path. ln.compare pairs them by image.",
    in_record('log:scores("ssim", { 0.8, 0.9 })') },
  { "log:model(net: network) -> string", "A network as model.safetensors of the record; its path.",
    in_record("log:model(net)") },
  { "log:text(text: any)", "Lines of text, with the time, in log.txt of the record.",
    in_record('log:text("begun")') },
  { "log:report(step: integer, value: number) -> boolean", "How far the run is, and how good. False: stop, for the "
    .. "sweep that it belongs to has better ones; true outside of a sweep.",
    in_record("print(log:report(1, 0.5))") },
  { "log.dir -> string", "The record's folder; files of one's own may be added.",
    in_record("print(log.dir)") },
  { "log.checkpoint -> string", "A file in it for ln.fit{ checkpoint = log.checkpoint }.",
    in_record("print(log.checkpoint)") },
})

return log_class
