-- What a record keeps of a run of ln.fit: its options, a line of metrics an epoch, and in the end the history as CSV,
-- the loss curve and the network.
local core = require "lunet.core"
local errors = require "lunet.errors"
local options = require "lunet.options"
local plain = require "lunet.plain"
local record = require "lunet.record"

local page = {
  name = "fit: record",
  options = {
    { "name", "string", default = "fit", help = "what the run is called" },
    { "dir", "string", default = "runs", help = "the folder of records" },
  },
}

-- Options that say nothing about the result.
local left_out = { record = true, progress = true, state = true, on_epoch = true, on_batch = true, on_end = true,
  on_interrupt = true, dry = true }

local FitRecord = {}
FitRecord.__index = FitRecord

local function is_log(value)
  return type(value) == "table" and rawget(debug.getmetatable(value) or {}, "__name") == "lunet.log"
end

local function options_of(net, o)
  local kept = { network = tostring(net) }
  for name, value in pairs(o) do
    if not left_out[name] and value ~= math.huge then kept[name] = plain.value(value) end
  end
  kept.metrics = {}
  for _, metric in ipairs(o.metrics) do kept.metrics[metric.name] = plain.value(metric.measure) end
  return kept
end

-- { log =, own = whether the record is of this run alone }; nil where none is asked for.
local function begin(net, o)
  if not o.record or o.dry then return nil end
  if is_log(o.record) then return setmetatable({ log = o.record, own = false }, FitRecord) end
  local given = o.record
  if given == true then given = {} elseif type(given) == "string" then given = { name = given } end
  local r = options.read(page, given)
  local log = errors.within("fit: ", record.start, { name = r.name, dir = r.dir, options = options_of(net, o),
    seeds = { o.seed } })
  return setmetatable({ log = log, own = true }, FitRecord)
end

-- The epoch's entry of the history; its seconds are the epoch's, those of the line are the run's.
function FitRecord:epoch(entry)
  local line = {}
  for name, value in pairs(entry) do line[name == "seconds" and "epoch_seconds" or name] = value end
  self.log(line)
end

local of_time = { epoch = true, seconds = true, images = true, images_per_second = true }

-- What came of it: the entry of the weights that the network has.
local function result_of(history)
  local entry = history.restored and history[history.best_epoch] or history[#history] or {}
  local result = { epochs = #history, stopped = history.stopped, best_epoch = history.best_epoch }
  for name, value in pairs(entry) do
    if not of_time[name] then result[name] = value end
  end
  return result
end

local function write_files(log, history)
  local start = core.time()
  history:csv(log.dir .. "/history.csv")
  if #history > 0 then
    local ok, why = errors.try(history.plot, history, log.dir .. "/loss.svg")
    if not ok then log:text("no loss.svg: " .. errors.bare(why)) end
  end
  log.spent = log.spent + core.time() - start
end

-- A failure to write is told, and no more: history and network are the caller's.
function FitRecord:finish(history, net)
  local log = self.log
  for _, warning in ipairs(history.warnings) do log:text("warning: " .. warning.text) end
  local ok, why = errors.try(write_files, log, history)
  if not ok then log:lost(why) end
  log:model(net)
  if self.own then record.finish(log, result_of(history), history.interrupted and "interrupted" or nil) end
end

-- Where an error ends the run.
function FitRecord:__close(err)
  if err ~= nil and self.own then record.fail(self.log, err) end
end

return begin
