-- The option `weight_penalty` of ln.fit and ln.trainer: L1 and L2 on weights, { l2 = 1e-4 } for all kernels or
-- { ["enc*"] = { l1 = 1e-5 } } by name.
local errors = require "lunet.errors"
local options = require "lunet.options"

local penalties = {}

penalties.option = { "weight_penalty", "table",
  help = "penalties on weights, added to the training loss and its gradient: { l1 = 1e-5, l2 = 1e-4 } for l1 sum |w| + "
    .. "l2 sum w^2 of all kernels, as Keras's kernel_regularizer (the gradient is l1 sign(w) + 2 l2 w: an l2 is half "
    .. "of sgd's weight_decay); by name as in rates, { [\"enc*\"] = { l2 = 1e-4 } }, for the kernels of "
    .. "layers, or for any parameter under its own name, [\"enc1.bias\"], [\"*.bias\"]; what meets adds up. Shared and "
    .. "tied weights count once, frozen ones do not. Validation, evaluate and metrics are without it" }

local strengths = {
  { "l1", "number", default = 0, min = 0, help = "on the sum of |w|" },
  { "l2", "number", default = 0, min = 0, help = "on the sum of w^2" },
}

local function is_strength(name)
  return name == "l1" or name == "l2"
end

local function refuse(owner, what, ...)
  errors.raise("%s: option 'weight_penalty' is { l1 = , l2 = } or { [\"enc*\"] = { l1 = , l2 = } }; " .. what, owner,
    ...)
end

local function sorted_keys(given)
  local keys = {}
  for key in pairs(given) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

-- A penalty by pattern: what the table says of all kernels is that of "*".
local function by_pattern(owner, given)
  local found, all = {}, {}
  for _, name in ipairs(sorted_keys(given)) do
    local value, named = given[name], ("%s: weight_penalty: '%s'"):format(owner, tostring(name))
    if type(name) ~= "string" then refuse(owner, "got the key %s", options.text(name)) end
    if type(value) == "table" then found[name] = options.read({ name = named, options = strengths }, value)
    elseif is_strength(name) then all[name] = value
    else refuse(owner, "'%s' is %s", name, options.text(value)) end
  end
  if next(all) then
    local everywhere = options.read({ name = owner .. ": weight_penalty", options = strengths }, all)
    local more = found["*"] or { l1 = 0, l2 = 0 }
    found["*"] = { l1 = everywhere.l1 + more.l1, l2 = everywhere.l2 + more.l2 }
  end
  if not next(found) then refuse(owner, "got an empty table") end
  return found
end

-- Patterns, and the penalty of each, in the order of the patterns: what meets is added up in one order.
function penalties.read(owner, given)
  if not given then return nil, nil end
  local found, list = by_pattern(owner, given), {}
  local patterns = sorted_keys(found)
  for i, pattern in ipairs(patterns) do list[i] = found[pattern] end
  return patterns, list
end

return penalties
