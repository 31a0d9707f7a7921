-- ln.loss.custom: losses that are Lua functions.
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
    { "forward", "function", required = true, help = "f" },
    { "backward", "function", help = "backward(y, t): the gradient of f with respect to y, a tensor of y's shape, for "
      .. "an f that is not to be differentiated; f may then give a number" },
    { "name", "string", default = "custom", help = "what messages and records call it: letters, digits and _" },
  },
  errors = "Where it is used: a result that is a number already, has several elements or does not depend on y; a value "
    .. "or gradient that is NaN or infinite; what f raises, with its place. All of them name the loss, and leave "
    .. "trainer and network as they were.",
  example = "local function dx(x) return x:narrow(4, 2, x.shape[4] - 1) - x:narrow(4, 1, x.shape[4] - 1) end\n"
    .. "local edge = ln.loss.custom(function(y, t)\n"
    .. "  return (y - t):abs():mean() + 0.1 * (dx(y) - dx(t)):pow(2):mean()\nend)",
}

local function custom(given)
  if type(given) ~= "function" and type(given) ~= "table" then
    errors.raise("loss.custom: expected a function or a table of options, got %s", options.text(given))
  end
  local o = options.read(page, type(given) == "function" and { forward = given } or given)
  return errors.within("", core.custom_loss, o.name, o.forward, o.backward)
end

core.loss.custom = docs.add(custom, page)

-- What ln.fit and ln.trainer take as a loss, as an item; a list of several as a list of items.
local function item(loss)
  if type(loss) == "table" then
    local list = {}
    for i, one in ipairs(loss) do list[i] = item(one) end
    return list
  end
  return type(loss) == "function" and custom(loss) or loss
end

return { item = item }
