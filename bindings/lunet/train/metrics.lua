-- Metrics beside the loss: a list of { name =, measure = } from what users give, and their means over images.
local errors = require "lunet.errors"
local options = require "lunet.options"

local metrics = {}

-- Fields of an entry of the history.
local taken = { epoch = true, loss = true, val_loss = true, seconds = true, images_per_second = true, images = true,
  lr = true }

-- { ssim = ln.metric.ssim{}, ... } as a list in the order of the names.
function metrics.list(given)
  local list = {}
  for name, measure in pairs(given or {}) do
    if type(name) ~= "string" or not name:find("^[%a_][%w_]*$") then
      errors.raise("fit: option 'metrics' has names such as ssim: { ssim = ln.metric.ssim{} }, got %s",
        options.text(name))
    elseif taken[name] then
      errors.raise("fit: option 'metrics': the name '%s' is taken in the history; choose another", name)
    elseif type(measure) ~= "function" and not options.is_item(measure, "metric") then
      errors.raise("fit: option 'metrics': '%s' must be a metric item or a function, got %s", name,
        options.text(measure))
    end
    list[#list + 1] = { name = name, measure = measure }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local function number_of(metric, y, t)
  local value = errors.within(("fit: metric '%s': "):format(metric.name), metric.measure, y, t)
  if options.is_tensor(value) and #value:reshape{ -1 } == 1 then value = value:item() end
  if type(value) ~= "number" then
    errors.raise("fit: metric '%s' must give a number, got %s", metric.name, options.text(value))
  end
  return value
end

-- A mistake shows up before training: each must take images as they are.
function metrics.try(list, target)
  local few = target:narrow(1, 1, math.min(2, #target))
  for _, metric in ipairs(list) do number_of(metric, few, few) end
end

-- Add what a batch contributes to sums by name.
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
