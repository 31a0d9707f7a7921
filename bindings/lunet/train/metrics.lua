-- Metrics beside the loss: a list of { name =, measure =, output = } from what users give, and their means over images.
local ends = require "lunet.ends"
local errors = require "lunet.errors"
local options = require "lunet.options"

local metrics = {}

-- Fields of an entry of the history.
local taken = { epoch = true, loss = true, val_loss = true, seconds = true, images_per_second = true, images = true,
  lr = true }

local function check_name(name, what)
  if type(name) ~= "string" or not name:find("^[%a_][%w_]*$") then
    errors.raise("%s: option 'metrics' has names such as ssim: { ssim = ln.metric.ssim{} }, got %s", what,
      options.text(name))
  elseif taken[name] or name:find("^loss_%d+$") or name:find("^val_loss_%d+$") then
    errors.raise("%s: option 'metrics': the name '%s' is taken in the history; choose another", what, name)
  end
end

-- What a metric of that name is: the measure, and the output of which it is, from 1.
local function parts_of(name, given, outputs, what)
  if type(given) ~= "table" then return given, 1 end
  local o = options.read({ name = ("%s: metric '%s'"):format(what, name), options = {
    { "metric", { "metric item", "function" }, positional = 1, required = true, help = "what is measured" },
    { "output", "integer", min = 1, default = 1, help = "of which output of the network" },
  } }, given)
  if o.output > outputs then
    errors.raise("%s: metric '%s': the network has %d output%s, got output = %d", what, name, outputs,
      outputs == 1 and "" or "s", o.output)
  end
  return o.metric, o.output
end

-- { ssim = ln.metric.ssim{}, ... } as a list in the order of the names, for a network of so many outputs. what: who
-- asks, "fit" by default, for messages.
function metrics.list(given, outputs, what)
  local list, names = {}, {}
  what = what or "fit"
  for name in pairs(given or {}) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for i, name in ipairs(names) do
    check_name(name, what)
    local measure, output = parts_of(name, given[name], outputs, what)
    if type(measure) ~= "function" and not options.is_item(measure, "metric") then
      errors.raise("%s: option 'metrics': '%s' must be a metric item or a function, got %s", what, name,
        options.text(measure))
    end
    list[i] = { name = name, measure = measure, output = output, what = what }
  end
  return list
end

local function number_of(metric, outputs, targets)
  local y, t = ends.at(outputs, metric.output), ends.at(targets, metric.output)
  local value = errors.within(("%s: metric '%s': "):format(metric.what, metric.name), metric.measure, y, t)
  if options.is_tensor(value) and #value:reshape{ -1 } == 1 then value = value:item() end
  if type(value) ~= "number" then
    errors.raise("%s: metric '%s' must give a number, got %s", metric.what, metric.name, options.text(value))
  end
  return value
end

-- A mistake shows up before training: each must take images as they are.
function metrics.try(list, target)
  local few = target:narrow(1, 1, math.min(2, #target))
  for _, metric in ipairs(list) do number_of(metric, few, few) end
end

-- Add what a batch contributes to sums by name. y, t: tensors, or lists of them.
function metrics.add(sums, list, y, t)
  for _, metric in ipairs(list) do
    sums[metric.name] = (sums[metric.name] or 0) + number_of(metric, y, t) * #t
  end
end

local function field(metric, held)
  return (held and "val_" or "") .. metric.name
end

-- Names of their fields in an entry of the history.
function metrics.fields(list, held)
  local names = {}
  for i, metric in ipairs(list) do names[i] = field(metric, held) end
  return names
end

-- The means over `seen` images, as fields of the entry.
function metrics.means(entry, list, sums, seen, held)
  for _, metric in ipairs(list) do entry[field(metric, held)] = sums[metric.name] / seen end
end

return metrics
