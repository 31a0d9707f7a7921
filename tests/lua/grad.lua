-- ln.grad: gradients of Lua functions of tensors, and what it refuses.
local support = dofile "tests/lua/support.lua"
local ln = require "lunet"
local test, expect_error, close = support.test, support.expect_error, support.close

-- f's gradient with respect to x, by finite differences, differs little from dx.
local function agrees(f, x, dx)
  local flat, step = x:reshape{ -1 }, 1e-2
  local got = dx:contiguous():reshape{ -1 }
  for i = 1, #flat do
    local old = flat[i]
    flat[i] = old + step
    local above = f(x)
    flat[i] = old - step
    close(got[i], (above - f(x)) / (2 * step), 5e-3)
    flat[i] = old
  end
end

test("a value and a gradient for each argument", function()
  local x, w = ln.randn({ 3, 4 }, 1), ln.randn({ 4, 2 }, 2)
  local function f(a, b) return ((a:matmul(b)):tanh() + a[{ {}, { 1, 2 } }]:exp()):pow(2):mean() end
  local value, dx, dw = ln.grad(f)(x, w)
  close(value, f(x, w), 1e-6)
  agrees(function(a) return f(a, w) end, x, dx)
  agrees(function(b) return f(x, b) end, w, dw)
end)

test("whatever derives from an argument stays a tensor", function()
  ln.grad(function(x)
    assert(#x:sum().shape == 0 and #x:max().shape == 0 and #x[2][1].shape == 0 and #x[{ 2, 1 }].shape == 0)
    assert(type(x:sum():item()) == "number" and type(x:detach():sum()) == "number")
    assert(type(x:gt(0):sum()) == "userdata" and type(x:argmax()) == "userdata")
    for _, row in ipairs(x) do assert(#row.shape == 1) end
    return x:sum()
  end)(ln.randn({ 2, 3 }, 1))
end)

test("arguments that are no tensors, unused ones, and further results", function()
  local x, w = ln.ones{ 2 }, ln.ones{ 3 }
  local function scaled_sum(a, factor) return (a * factor):sum(), "more", nil end
  local value, dx, none, dw, more, last = ln.grad(scaled_sum)(x, 3, w)
  assert(value == 6 and dx[1] == 3 and none == nil and dw:abs():sum() == 0 and more == "more" and last == nil)
  assert(select("#", ln.grad(function(a) return a:sum(), nil end)(x)) == 3)
  dx[1] = 5 -- a tensor of its own
end)

test("indices, conditions and random numbers inside", function()
  local x = ln.randn({ 4, 3 }, 3)
  local function f(a)
    local sum = ln.concat{ a:narrow(1, 2, 2), a:gather{ 4, 4 } }:pow(2):sum()
    if a:detach():sum() > 1e9 then sum = sum * 0 end
    return sum + (a:transpose(1, 2):reshape(12) * ln.arange(12)):std()
  end
  local _, dx = ln.grad(f)(x)
  agrees(f, x, dx)
end)

test("results that are refused", function()
  local x = ln.randn({ 2, 2 }, 1)
  expect_error(function() ln.grad(3) end, "grad: expected a function, got 3")
  expect_error(function() ln.grad(function() return x:sum() end)(1, "a") end, "none of the 2 arguments is a tensor")
  expect_error(function() ln.grad(function(a) return a:sum():item() end)(x) end,
    "must give a tensor with one number that depends on argument 1 ('a'), a tensor of shape 2x2; it gave ")
  expect_error(function() ln.grad(function(a) return a * 2 end)(x) end,
    "grad: the function must give one number, as sum() and mean() do; it gave a tensor of shape 2x2")
  expect_error(function() ln.grad(function(_, b) return x:sum() + b:detach() * ln.zeros(1) end)(x, ln.ones(1)) end,
    "argument 1 ('_'), a tensor of shape 2x2, nor on argument 2 ('b')")
  expect_error(function() ln.grad(function(a) return a end)() end, "none of the 0 arguments")
end)

test("writing where a gradient would be wrong is refused", function()
  local x, buffer = ln.randn({ 2, 2 }, 1), ln.ones{ 2, 2 }
  expect_error(function() ln.grad(function(a) a[1] = 2; return a:sum() end)(x) end, "write to a clone() of it")
  expect_error(function() ln.grad(function(a) local y = a * buffer; buffer:fill(0); return y:sum() end)(x) end,
    "fill: a gradient that is being worked out needs the elements of the tensor 2x2")
  expect_error(function() ln.grad(function(a) buffer[1] = a[1]; return a:sum() end)(x) end, "would be lost here")
  buffer:fill(3) -- the tapes have ended
  local kept
  ln.grad(function(a) kept = a * 2; return a:sum() end)(x)
  kept:fill(1)
  assert(kept:sum() == 4)
end)

test("what no gradient passes says so", function()
  local x = ln.rand({ 1, 1, 8, 8 }, 1)
  expect_error(function() ln.grad(function(a) return ln.filter.median{ 3 }(a):sum() end)(x) end,
    "median: no gradient passes it")
  expect_error(function() ln.grad(function(a) return ln.metric.mse{}(a, x) end)(x) end, "give it the tensor's detach()")
end)

test("gradients inside gradients take constants only", function()
  local x = ln.ones{ 2 }
  expect_error(function() ln.grad(function(a) return ln.grad(function(b) return b:sum() end)(a) end)(x) end,
    "second derivatives are not supported")
  expect_error(function()
    ln.grad(function(a) return a:sum() * ln.grad(function(b) return (a * b):sum() end)(x) end)(x)
  end, "its inputs belong to two gradients")
  local value, dx = ln.grad(function(a)
    local inner = ln.grad(function(b) return b:pow(2):sum() end)(a:detach())
    return a:sum() * inner
  end)(x)
  assert(value == 4 and dx[1] == 2)
end)

test("an error inside leaves nothing followed, and coroutines may yield inside", function()
  local x, seen = ln.ones{ 2 }, nil
  expect_error(function() ln.grad(function(a) seen = a; error("of mine") end)(x) end, "of mine")
  seen:fill(2)
  local run = coroutine.wrap(function()
    return ln.grad(function(a) coroutine.yield("now"); return (a * 3):sum() end)(x)
  end)
  assert(run() == "now")
  local value, dx = run()
  assert(value == 12 and dx[2] == 3)
end)

test("many gradients take no more memory than one", function()
  local x = ln.ones{ 64, 64 }
  local gradient = ln.grad(function(a) return (a * 2 + 1):pow(2):mean() end)
  for _ = 1, 100 do gradient(x) end
  collectgarbage()
  local before = ln.mem().live
  for _ = 1, 500 do gradient(x) end
  collectgarbage()
  assert(ln.mem().live <= before)
end)

support.done()
