-- ln.loss.custom: losses that are Lua functions; and what training takes as the losses of a network's outputs.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"

local page = {
  name = "loss.custom",
  usage = "ln.loss.custom(f: function|options) -> loss",
  doc = "A loss of one's own, as a Lua function. f(y, t) of what the network gives and of what it should give, tensors "
    .. "N,C,H,W (or N,F), gives the mean over the batch as a tensor with one number, as mean() does. Training "
    .. "differentiates it as ln.grad does: whatever derives from y stays a tensor inside f. Such a loss adds and "
    .. "scales as others do, 0.8 * ln.loss.mae{} + 0.2 * edge, and is called on tensors, edge(y, t); ln.fit and "
    .. "ln.trainer take f itself, too. f is called once a batch; built-in losses beside it still go image by image, "
    .. "on all threads. It cannot use the network that is training. No file holds f: a record has its name.",
  options = {
    { "forward", "function", required = true, help = "f(y, t), as above" },
    { "backward", "function", help = "backward(y, t): the gradient of f with respect to y, a tensor of y's shape, for "
      .. "an f that is not to be differentiated; f may then give a number" },
    { "name", "string", default = "custom", help = "what messages and records call it: letters, digits and _" },
  },
  errors = "Where it is used: a result that is a number already, has several elements or does not depend on y; a value "
    .. "or gradient that is NaN or infinite; what f raises, with its place. All of them name the loss, and leave "
    .. "trainer and network as they were.",
  example = [[
local function dx(x)
  return x:narrow(4, 2, x.shape[4] - 1) - x:narrow(4, 1, x.shape[4] - 1)
end
local edge = ln.loss.custom(function(y, t)
  return (y - t):abs():mean() + 0.1 * (dx(y) - dx(t)):pow(2):mean()
end)
edge(noisy, clean)]],
}

local function custom(given)
  if type(given) ~= "function" and type(given) ~= "table" then
    errors.raise("loss.custom: expected a function or a table of options, got %s", options.text(given))
  end
  local o = options.read(page, type(given) == "function" and { forward = given } or given)
  return errors.within("", core.custom_loss, o.name, o.forward, o.backward)
end

core.loss.custom = docs.add(custom, page)

local losses = {}

losses.options = {
  { "loss", { "loss item", "function", "losses" }, required = true,
    help = "e.g. ln.loss.bce{}, or f(y, t) as for ln.loss.custom; for a network of several outputs a list with one for "
      .. "each, or one that is taken for each of them" },
  { "loss_weights", "table", help = "what the losses of several outputs are multiplied by in their sum; 1 each" },
}

-- A loss that may be a function, as an item; where: "trainer: the loss of output 2".
local function item(where, loss)
  if type(loss) == "function" then return custom(loss) end
  if options.is_item(loss, "loss") then return loss end
  errors.raise("%s must be a loss or a function, got %s", where, options.text(loss))
end

local function outputs_text(n)
  return ("the network has %d output%s"):format(n, n == 1 and "" or "s")
end

-- A plain list with one entry for each output?
local function check_count(owner, name, list, n)
  if #list == n then return end
  errors.raise("%s: %s, but '%s' has %d entr%s; give one for each", owner, outputs_text(n), name, #list,
    #list == 1 and "y" or "ies")
end

local function check_weights(owner, weights, n)
  check_count(owner, "loss_weights", weights, n)
  for i, weight in ipairs(weights) do
    if type(weight) ~= "number" or not (weight > 0 and weight < math.huge) then
      errors.raise("%s: 'loss_weights' must be a list of numbers above 0, but number %d is %s", owner, i,
        options.text(weight))
    end
  end
end

-- The option `loss` as an item, or, for several outputs, as a list of items. owner: "fit", "trainer".
function losses.of_outputs(owner, net, loss, weights)
  local n = net.outputs
  if weights then check_weights(owner, weights, n) end
  if type(loss) ~= "table" then
    local one = item(owner .. ": the loss", loss)
    if n == 1 then return one end
    local list = {}
    for i = 1, n do list[i] = one end
    return list
  end
  check_count(owner, "loss", loss, n)
  local list = {}
  for i = 1, n do list[i] = item(("%s: loss %d"):format(owner, i), loss[i]) end
  return n == 1 and list[1] or list
end

-- That of one output.
function losses.at(loss, number)
  return type(loss) == "table" and loss[number] or loss
end

return losses
