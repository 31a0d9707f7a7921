-- ln.grad: the gradient of any function of tensors. The C side records what operations do (runtime/tensor/tape.h).
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"

local function is_tensor(value)
  return math.type(value) == nil and rawget(debug.getmetatable(value) or {}, "__name") == "lunet.tensor"
end

-- "argument 1 ('x'), a tensor of shape 2x3; argument 2 ..."
local function told(f, arguments, watched)
  local names = {}
  for i = 1, arguments.n do
    local name = debug.getlocal(f, i)
    if watched[i] then
      names[#names + 1] = ("argument %d%s, %s"):format(i, name and (" ('%s')"):format(name) or "",
        options.text(arguments[i]))
    end
  end
  return table.concat(names, ", nor on ")
end

-- Whether a result is one number that the tape follows; raises if it is something else.
local function check_result(f, tape, value, arguments, watched)
  if not is_tensor(value) then
    local why = type(value) == "number" and "; item() and totable() leave what gradients can be worked out for" or ""
    errors.raise("grad: the function must give a tensor with one number that depends on %s; it gave %s%s",
      told(f, arguments, watched), options.text(value), why)
  end
  local count = 1
  for _, size in ipairs(value.shape) do count = count * size end
  if count ~= 1 then
    errors.raise("grad: the function must give one number, as sum() and mean() do; it gave %s", options.text(value))
  end
  if not tape:follows(value) then
    errors.raise("grad: the result does not depend on %s", told(f, arguments, watched))
  end
end

local function grad(f)
  if type(f) ~= "function" then errors.raise("grad: expected a function, got %s", options.text(f)) end
  return function(...)
    local tape <close> = core.tape()
    local arguments, given, watched = table.pack(...), {}, {}
    for i = 1, arguments.n do
      if is_tensor(arguments[i]) then watched[i] = tape:watch(arguments[i]) end
      given[i] = watched[i] or arguments[i]
    end
    if next(watched) == nil then errors.raise("grad: none of the %d arguments is a tensor", arguments.n) end
    local results = table.pack(f(table.unpack(given, 1, arguments.n)))
    check_result(f, tape, results[1], arguments, watched)
    tape:backward(results[1])
    local out = { results[1]:item() }
    for i = 1, arguments.n do out[i + 1] = watched[i] and tape:gradient(watched[i]) or nil end
    table.move(results, 2, results.n, arguments.n + 2, out)
    return table.unpack(out, 1, arguments.n + results.n)
  end
end

return docs.add(grad, {
  name = "grad",
  usage = "ln.grad(f: function) -> function",
  doc = "The function that works out f's value and its gradients: value, dx, dw = ln.grad(f)(x, w). f gives one number "
    .. "as a tensor, from operations on its arguments: arithmetic, views, broadcasting, indexing, reductions, matmul, "
    .. "convolutions. Whatever derives from an argument stays a tensor inside f, sums and means too; t:item() and "
    .. "t:totable() give numbers that f can look at, but no gradient goes through them, nor through t:detach(). "
    .. "Arguments that are no tensors are handed on, nil stands in place of their gradient; further results of f come "
    .. "last. The method is reverse-mode differentiation; second derivatives are not supported.",
  returns = "f's value, a number; the gradient of each argument, a tensor of its shape, zeros where f does not depend "
    .. "on it.",
  errors = "A result that is a number already, has several elements, or depends on no argument. Writing to a tensor "
    .. "that a gradient needs. A function that no gradient passes: net:predict, filters, metrics.",
  torch = "Tensor.backward, torch.func.grad_and_value",
  example = [[
local function f(w) return t:matmul(w):pow(2):mean() end
local value, du = ln.grad(f)(u)
value, du]],
})
