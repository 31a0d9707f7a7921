-- Scores of what denoises: filters, networks and functions are given noisy images, and what they make of them is
-- measured against the clean ones.
local core = require "lunet.core"
local errors = require "lunet.errors"
local options = require "lunet.options"
local shapes = require "lunet.shapes"

local denoised = {}

local function is_ensemble(value)
  return type(value) == "table" and (debug.getmetatable(value) or {}).__name == "lunet.ensemble"
end

-- Whether a value denoises, and is no list of scores.
function denoised.is_method(value)
  return options.is_item(value, "filter") or options.is_network(value) or is_ensemble(value)
    or type(value) == "function"
end

local longest = 24 -- characters of a name; the column of names has about as many

-- What a row is called that has no name: a filter as it is written, where that is short.
function denoised.name(method)
  if options.is_item(method) then
    local text = tostring(method)
    return #text <= longest and text or method.name
  end
  return is_ensemble(method) and "ensemble" or type(method) == "function" and "function" or "network"
end

local function apply(method, x)
  return options.is_network(method) and method:predict(x) or method(x)
end

local function scores_of(method, x, target, metric)
  local y = apply(method, x)
  if not options.is_tensor(y) then errors.raise("it should give a tensor, gave %s", options.text(y)) end
  local _, each = metric(y, target)
  if not options.is_tensor(each) and type(each) ~= "table" then
    errors.raise("option 'metric' should give a score an image as its second value, gave %s", options.text(each))
  end
  return each
end

local function check_pair(input, target)
  if not shapes.same(input.shape, target.shape) then
    errors.raise("compare: option 'input' is %s, option 'target' %s", shapes.text(input.shape),
      shapes.text(target.shape))
  end
end

local function identity(x) return x end

-- The rows { name, scores or method }, all with scores, those of the noisy images first. o: input, target, metric.
function denoised.rows(rows, o)
  local out = {}
  if not o.input then
    for _, row in ipairs(rows) do
      if denoised.is_method(row[2]) then
        errors.raise("compare: '%s' denoises; give the images as options 'input' and 'target', or its scores", row[1])
      end
    end
    return rows
  end
  if not o.target then errors.raise("compare: option 'target', the clean images, is required beside 'input'") end
  local input, target, metric = options.images_of(o.input), options.images_of(o.target), o.metric or core.metric.ssim{}
  check_pair(input, target)
  out[1] = { "input", scores_of(identity, input, target, metric) }
  for _, row in ipairs(rows) do
    local value = row[2]
    if denoised.is_method(value) then
      value = errors.within(("compare: '%s': "):format(row[1]), scores_of, value, input, target, metric)
    end
    out[#out + 1] = { row[1], value }
  end
  return out
end

-- The head of the column of means: what they were measured with.
function denoised.head(o)
  if not o.input then return "mean" end
  return o.metric == nil and "ssim" or options.is_item(o.metric) and o.metric.name or "mean"
end

return denoised
