-- Tensors in Lua: making, indexing, arithmetic, reductions, ownership and error messages.
local support = dofile "tests/lua/support.lua"
local ln = require "lunet"
local test, expect_error, close = support.test, support.expect_error, support.close

-- The elements of a tensor as text: "1 2 3".
local function flat(t)
  local list = t:contiguous():reshape{ -1 }:totable()
  for i, x in ipairs(list) do list[i] = ("%g"):format(x) end
  collectgarbage()
  return table.concat(list, " ")
end

local function shape(t)
  return table.concat(t.shape, "x")
end

local function is(t, expected_shape, elements)
  if shape(t) ~= expected_shape or flat(t) ~= elements then
    error(("expected %s: %s, got %s: %s"):format(expected_shape, elements, shape(t), flat(t)), 2)
  end
end

test("constructors", function()
  is(ln.tensor{ { 1, 2, 3 }, { 4, 5, 6 } }, "2x3", "1 2 3 4 5 6")
  is(ln.tensor(7, 8), "2", "7 8")
  assert(ln.tensor(5):item() == 5 and #ln.tensor(5).shape == 0)
  is(ln.tensor{}, "0", "")
  is(ln.zeros{ 2, 2 }, "2x2", "0 0 0 0")
  is(ln.zeros(2, 1), "2x1", "0 0")
  is(ln.ones(3), "3", "1 1 1")
  is(ln.ones(2, 0, 4), "2x0x4", "")
  is(ln.full({ 0, 3 }, 2):fill(1), "0x3", "")
  is(ln.full({ 2 }, 0.5), "2", "0.5 0.5")
  is(ln.arange(4), "4", "1 2 3 4")
  is(ln.arange(0, 1, 0.25), "5", "0 0.25 0.5 0.75 1")
  is(ln.arange(3, 1, -1), "3", "3 2 1")
  is(ln.arange(2, 1), "0", "")
  is(ln.linspace(0, 1, 3), "3", "0 0.5 1")
  is(ln.linspace(4, 9, 1), "1", "4")
  is(ln.concat{ ln.ones{ 1, 2 }, ln.zeros{ 2, 2 } }, "3x2", "1 1 0 0 0 0")
  is(ln.concat({ ln.ones{ 1, 2 }, ln.zeros{ 1, 1 } }, 2), "1x3", "1 1 0")
end)

test("random numbers depend on the seed alone", function()
  assert(flat(ln.randn({ 5 }, 1)) == flat(ln.randn({ 5 }, 1)))
  assert(flat(ln.randn({ 5 }, 1)) ~= flat(ln.randn({ 5 }, 2)))
  local n, u = ln.randn({ 20000 }, 3), ln.rand({ 20000 }, 3)
  close(n:mean(), 0, 0.03)
  close(n:std(), 1, 0.03)
  close(u:mean(), 0.5, 0.01)
  assert(u:min() >= 0 and u:max() < 1)
end)

test("constructors refuse what makes no sense", function()
  expect_error(function() ln.tensor{ { 1, 2 }, { 3 } } end, "table at depth 2 has 1 entries, the first one there has 2")
  expect_error(function() ln.tensor{ 1, "2" } end, "entry 2 at depth 1 must be a number, got '2'")
  expect_error(function() ln.tensor{ { 1 }, 2 } end, "entry 2 at depth 1 must be a table, got 2")
  expect_error(function() ln.tensor() end, "tensor: argument 1: expected numbers or nested tables of numbers, got nil")
  expect_error(function() ln.tensor{ { { { { { { { { 1 } } } } } } } } } end, "nested deeper than 8")
  expect_error(function() ln.zeros{ 1, -1 } end, "zeros: size 2 of the shape must be an integer of at least 0, got -1")
  expect_error(function() ln.zeros{ 1.5 } end, "size 1 of the shape must be an integer")
  expect_error(function() ln.zeros{ 1, 1, 1, 1, 1, 1, 1, 1, 1 } end, "a shape has at most 8 sizes, got 9")
  expect_error(function() ln.zeros() end, "zeros: argument 1: expected a shape such as {1, 64, 64}, got nil")
  expect_error(function() ln.zeros{ 1 << 31, 1 << 31 } end, "2147483648x2147483648")
  expect_error(function() ln.arange(1, 2, 0) end, "never ends")
  expect_error(function() ln.arange(0, 1e300) end, "too many")
  expect_error(function() ln.linspace(0, 1, 0) end, "at least 1, got 0")
  expect_error(function() ln.concat{} end, "concat: the list is empty")
  expect_error(function() ln.concat{ ln.ones(1), 3 } end, "concat: entry 2 must be a tensor, got 3")
  expect_error(function() ln.concat{ ln.ones(1, 2), ln.ones(1, 3) } end, "1x3")
end)

test("indexing", function()
  local t = ln.tensor{ { 1, 2, 3 }, { 4, 5, 6 } }
  assert(#t == 2 and t:size(2) == 3 and t:size(-1) == 3 and t.shape[1] == 2)
  is(t[1], "3", "1 2 3")
  is(t[-1], "3", "4 5 6")
  assert(t[2][3] == 6 and t[{ 2, 3 }] == 6 and t[-1][-1] == 6 and t[{ -2, 1 }] == 1)
  is(t[{ {}, 2 }], "2", "2 5")
  is(t[{ {}, { 2, 3 } }], "2x2", "2 3 5 6")
  is(t[{ { 2 }, {} }], "1x3", "4 5 6")
  is(t[{ 1, { 1, 3, 2 } }], "2", "1 3")
  is(t[{ 1, { 3, 1, -1 } }], "3", "3 2 1")
  is(t[{ 1, { 3, 1 } }], "0", "")
  is(t[{}], "2x3", "1 2 3 4 5 6")
  is(t[2.0], "3", "4 5 6")
end)

test("indices out of range name themselves", function()
  local t = ln.zeros{ 2, 3 }
  expect_error(function() return t[3] end, "index 3 is outside 1..2 in dimension 1")
  expect_error(function() return t[0] end, "index 0 is outside 1..2")
  expect_error(function() return t[{ 1, 4 }] end, "index 4 is outside 1..3 in dimension 2")
  expect_error(function() return t[{ 1, { 2, -4 } }] end, "index -4 is outside 1..3 in dimension 2")
  expect_error(function() return t[{ 1, 2, 3 }] end, "3 positions for the 2 dimensions of 2x3")
  expect_error(function() return t[{ 1, "x" }] end,
      "position 2 must be an integer or a range {first, last}, a mask or an index, got 'x'")
  expect_error(function() return t[{ { 1, 2, 0 } }] end, "the step of a range must not be 0")
  expect_error(function() return t[1.5] end, "index it by integers or {positions}, masks or index tensors, got 1.5")
  expect_error(function() return t[true] end, "index it by integers or {positions}, masks or index tensors, got true")
  expect_error(function() return ln.tensor(1)[1] end, "a single number has no elements; use t:item()")
  expect_error(function() return #ln.tensor(1) end, "a single number has no length")
  expect_error(function() return t:size(3) end, "size: dimension 3 of a tensor that has 2")
end)

test("assignment writes through views", function()
  local t = ln.zeros{ 2, 3 }
  t[1] = 1
  t[{ 2, 3 }] = 5
  t[2][1] = 4
  is(t, "2x3", "1 1 1 4 0 5")
  t[{ {}, 2 }] = ln.tensor(8, 9)
  is(t, "2x3", "1 8 1 4 9 5")
  t[1] = { 7, 7, 6 }
  is(t, "2x3", "7 7 6 4 9 5")
  t[{ 1, { 1, 2 } }] = t[{ 1, { 2, 3 } }] -- source and target overlap
  is(t, "2x3", "7 6 6 4 9 5")
  t[{}] = t[2] -- broadcasts
  is(t, "2x3", "4 9 5 4 9 5")
  t:fill(0):copy(ln.tensor(1, 2, 3))
  is(t, "2x3", "1 2 3 1 2 3")
  expect_error(function() t[1] = ln.ones(2) end, "2")
  expect_error(function() t[3] = 0 end, "index 3 is outside 1..2")
  expect_error(function() t[1] = "x" end, "expected a tensor or a number, got 'x'")
  expect_error(function() t.foo = 1 end, "tensor: field 'foo' cannot be set")
end)

test("an expanded tensor is not written to", function()
  local rows = ln.zeros{ 1, 3 }:expand{ 4, 3 }
  local number = ln.zeros{ 1 }:expand{ 5 }
  for _, write in ipairs{ function() rows[1] = 2 end, function() rows[{ 1, 2 }] = 3 end, function() number[2] = 1 end,
      function() rows[2] = ln.ones(3) end, function() rows:fill(1) end, function() rows:copy(ln.ones(3)) end } do
    expect_error(write, "was expanded: several of its elements are one in memory; write to a clone() of it")
  end
  assert(rows:sum() == 0 and number:sum() == 0)
  local own = rows:clone()
  own[1] = 2
  assert(own:sum() == 6)
end)

test("views and copies", function()
  local t = ln.arange(6):reshape{ 2, 3 }
  is(t, "2x3", "1 2 3 4 5 6")
  is(t:reshape(3, -1), "3x2", "1 2 3 4 5 6")
  is(t:transpose(1, 2), "3x2", "1 4 2 5 3 6")
  is(t:permute(2, 1), "3x2", "1 4 2 5 3 6")
  is(t:permute{ 2, 1 }:reshape{ 6 }, "6", "1 4 2 5 3 6")
  is(t:narrow(2, 2, 2), "2x2", "2 3 5 6")
  is(t:gather{ 2, 2, 1 }, "3x3", "4 5 6 4 5 6 1 2 3")
  is(t[1]:expand{ 2, 3 }, "2x3", "1 2 3 1 2 3")
  local copy = t:clone()
  copy[1] = 0
  is(t, "2x3", "1 2 3 4 5 6")
  assert(t:contiguous() == t and t:transpose(1, 2):contiguous() ~= t)
  assert(t:bytes() == 24)
  local view = t[2]
  t:free() -- the view keeps the memory
  collectgarbage()
  is(view, "3", "4 5 6")
end)

test("views refuse what does not fit", function()
  local t = ln.arange(6):reshape{ 2, 3 }
  expect_error(function() t:reshape(4, -1) end, "reshape: shape 2x3 has 6 elements, which do not fit 4x-1")
  expect_error(function() t:reshape(-1, -1) end, "sizes 1 and 2 are both -1")
  expect_error(function() t:reshape{ 5 } end, "5")
  expect_error(function() t:permute(1, 1) end, "permute: each of 1..2 must come once")
  expect_error(function() t:permute(1) end, "permute: 1 dimensions given for a tensor that has 2")
  expect_error(function() t:narrow(2, 3, 2) end, "narrow: 2 from 3 on do not fit in dimension 2, which has 3")
  expect_error(function() t:narrow(2, 1, 1 << 62) end, "do not fit")
  expect_error(function() t:gather{ 3 } end, "gather: entry 1 of the index is 3, outside 1..2 in dimension 1")
  expect_error(function() t:gather{ "a" } end, "gather: entry 1 must be an integer, got 'a'")
  expect_error(function() t:expand{ 4, 3 } end, "4")
  expect_error(function() t:item() end, "item: the tensor has 6 elements, expected 1")
end)

test("arithmetic", function()
  local a, b = ln.tensor{ { 1, 2 }, { 3, 4 } }, ln.tensor(10, 20)
  is(a + b, "2x2", "11 22 13 24")
  is(1 - a, "2x2", "0 -1 -2 -3")
  is(a * a / 2, "2x2", "0.5 2 4.5 8")
  is(-a ^ 2, "2x2", "-1 -4 -9 -16")
  is(a:gt(2), "2x2", "0 0 1 1")
  is(a:le(b - 8), "2x2", "1 1 0 1")
  is(a:eq(3), "2x2", "0 0 1 0")
  is(a:maximum(2.5), "2x2", "2.5 2.5 3 4")
  is(a:clamp(2, 3), "2x2", "2 2 3 3")
  is(a:matmul(a), "2x2", "7 10 15 22")
  is(ln.tensor(-1.5, 0, 2):sign(), "3", "-1 0 1")
  is(ln.tensor(4, 9):sqrt(), "2", "2 3")
  close(ln.tensor(1):exp():item(), math.exp(1), 1e-6)
  expect_error(function() return a + ln.ones(3) end, "2x2")
  expect_error(function() return a + "x" end, "+: expected a tensor or a number on its right, got 'x'")
  expect_error(function() return a:matmul(ln.ones(3, 2)) end, "3x2")
  expect_error(function() return a:clamp(2, 1) end, "clamp: the lower bound 2 is above the upper bound 1")
end)

test("every elementwise function", function()
  local t, x = ln.tensor(-7, 0.5, 3), ln.tensor(2, -2, 3)
  is(t % x, "3", "1 -1.5 0")
  is(t:fmod(x), "3", "-1 0.5 0")
  is(t // x, "3", "-4 -1 1")
  is(7 % x, "3", "1 -1 1")
  is(7 // x, "3", "3 -4 2")
  is(t:trunc(), "3", "-7 0 3")
  is(t:ceil(), "3", "-7 1 3")
  is(t:square(), "3", "49 0.25 9")
  is(ln.tensor(4, 0.25):rsqrt(), "2", "0.5 2")
  is(ln.tensor(4, 0.25):reciprocal(), "2", "0.25 4")
  is(t:relu(), "3", "0 0.5 3")
  is(ln.tensor(8, 0.5):log2():exp2(), "2", "8 0.5")
  is(ln.tensor(1000):log10(), "", "3")
  is(ln.tensor(3):hypot(4), "", "5")
  close(ln.tensor(1):atan2(-1):item(), 3 * math.pi / 4, 1e-6)
  close(ln.tensor(0.5):sigmoid():item(), 1 / (1 + math.exp(-0.5)), 1e-7)
  close(ln.tensor(0.5):erf():item(), 0.520499877813, 1e-7)
  is(t:lerp(x, 0.5), "3", "-2.5 -0.75 3")
  is(t:clamp(x), "3", "2 0.5 3")
  is(t:clamp(nil, x), "3", "-7 -2 3")
  is(t:clamp(ln.tensor(-1, -1, -1), 1), "3", "-1 0.5 1")
  is(t:clamp({ { -1 }, { 5 } }, 2), "2x3", "-1 0.5 2 2 2 2")
  for name, angle in pairs{ tan = 0.5, asin = 0.5, acos = 0.5, atan = 0.5 } do
    close(ln.tensor(angle)[name](ln.tensor(angle)):item(), math[name](angle), 2e-7)
  end
  expect_error(function() return t:clamp("x", x) end, "clamp: argument 1: expected a tensor or a number, got 'x'")
  expect_error(function() return t:clamp(ln.ones(2)) end, "shapes 3 and 2 do not fit")
  expect_error(function() return t:atan2() end, "atan2")
end)

test("questions are answered by masks", function()
  local m, n = ln.tensor(1, 2, 3):gt(1.5), ln.tensor(1, 2, 3):lt(2.5)
  is(m:land(n), "3", "0 1 0")
  is(m:lor(n), "3", "1 1 1")
  is(m:lxor(n), "3", "1 0 1")
  is(m:lnot(), "3", "1 0 0")
  local odd = ln.tensor(0 / 0, 1 / 0, -1 / 0, 1)
  is(odd:isnan(), "4", "1 0 0 0")
  is(odd:isinf(), "4", "0 1 1 0")
  is(odd:isfinite(), "4", "0 0 0 1")
end)

test("reductions", function()
  local t = ln.tensor{ { 1, 5, 3 }, { 4, 2, 6 } }
  assert(t:sum() == 21 and t:mean() == 3.5 and t:min() == 1 and t:max() == 6)
  assert(t:argmax() == 6 and t:argmin() == 1 and math.type(t:argmax()) == "integer")
  is(t:sum(1), "3", "5 7 9")
  is(t:sum(2, true), "2x1", "9 12")
  is(t:argmax(2), "2", "2 3")
  is(t:argmin(-1), "2", "1 2")
  close(ln.tensor(1, 3):std(), 1, 1e-7)
  close(ln.tensor(1, 3):var(), 1, 1e-7)
  expect_error(function() t:sum(3) end, "sum: dimension 3 of a tensor that has 2")
  assert(ln.zeros(0):sum() == 0)
end)

test("reductions over several dimensions, and with options", function()
  local t = ln.arange(24):reshape(2, 3, 4)
  is(t:sum{ 1, 3 }, "3", "68 100 132")
  is(t:sum({ 1, -1 }, true), "1x3x1", "68 100 132")
  is(t:sum{ dim = { 1, 3 }, keep = true }, "1x3x1", "68 100 132")
  is(t:max{ dim = 2 }, "2x4", "9 10 11 12 21 22 23 24")
  is(t:sum(nil, true), "1x1x1", "300")
  is(t:mean{ 1, 2, 3 }, "", "12.5")
  is(ln.tensor(1, 2, 3, 4):var{ dim = 1, unbiased = true, keep = true }, "1", "1.66667")
  is(ln.tensor(1, 2, 3, 4):var(1, false, { unbiased = true }), "", "1.66667")
  close(ln.tensor(1, 2, 3, 4):std{ unbiased = true }, math.sqrt(5 / 3), 1e-7)
  local x = ln.tensor{ { 3, 0, -4 }, { 0, 0, 1 } }
  assert(x:norm() == math.sqrt(26) and x:norm(1) == 8 and x:norm(math.huge) == 4 and x:norm{ order = 1 } == 8)
  is(x:norm(2, 2), "2", "5 1")
  is(x:norm{ order = 1, dim = 1, keep = true }, "1x3", "3 0 5")
  assert(x:any() == true and x:all() == false and x:count_nonzero() == 3 and x:prod() == 0)
  assert(math.type(x:count_nonzero()) == "integer" and ln.zeros(0):all() == true and ln.zeros(0):prod() == 1)
  is(x:all(1), "3", "0 0 1")
  is(x:count_nonzero(2), "2", "2 1")
  assert(ln.ones{ 2, 2 }:argmax() == 1 and ln.tensor{ { 1, 0 / 0 } }:argmax() == 2)
end)

test("reductions refuse what they cannot do", function()
  local t, none = ln.ones{ 2, 3 }, ln.zeros{ 2, 0 }
  expect_error(function() none:max() end, "max: there are no elements to choose from in shape 2x0")
  expect_error(function() none:argmin(2) end, "argmin: there are no elements to choose from in shape 2x0")
  expect_error(function() none:mean() end, "mean: the tensor is empty")
  expect_error(function() t:sum{ 1, 1 } end, "sum: dimension 1 is named twice")
  expect_error(function() t:sum{ 1, -2 } end, "sum: dimension 1 is named twice")
  expect_error(function() t:sum{ 1, 3 } end, "sum: dimension 3 of a tensor that has 2")
  expect_error(function() t:sum{ 1.5 } end, "sum: a dimension is an integer, got 1.5")
  expect_error(function() t:sum(1.5) end, "sum: argument 1: expected an integer, got 1.5")
  expect_error(function() t:sum("1") end, "sum: argument 1: expected an integer, got '1'")
  expect_error(function() t:sum(1, 2) end, "sum: 'keep' must be true or false, got 2")
  expect_error(function() t:sum{ dim = 1, keep = "yes" } end, "sum: 'keep' must be true or false, got 'yes'")
  expect_error(function() t:sum{ axis = 1 } end, "sum: no option 'axis'; there are dim, keep")
  expect_error(function() t:sum{ 1, keep = true } end, "sum: options have names, got the key 1")
  expect_error(function() t:sum(1, true, { unbiased = true }) end, "sum: takes no more than 2 arguments")
  expect_error(function() t:sum({ dim = 1 }, true) end, "sum: takes no more than 1 argument, got true as well")
  expect_error(function() t:var(1, true, { biased = true }) end, "var: no option 'biased'; did you mean 'unbiased'?")
  expect_error(function() t:argmax{ 1, 2 } end, "argmax: takes one dimension, or none for all elements; got several")
  expect_error(function() t:norm(0) end, "norm: the order must be above 0, got 0")
  expect_error(function() t:norm{ order = "2" } end, "norm: 'order' must be a number, got '2'")
  expect_error(function() t:norm(-1) end, "norm: the order must be above 0, got -1")
  expect_error(function() t:norm(0 / 0) end, "norm: the order must be above 0")
end)

test("numbers that are not finite are found", function()
  local t = ln.ones{ 2, 3 }
  assert(t:nonfinite() == nil)
  t[{ 2, 1 }] = 0 / 0
  local position, indices = t:nonfinite()
  assert(position == 4 and indices[1] == 2 and indices[2] == 1)
  t[{ 1, 3 }] = math.huge
  assert(t:nonfinite() == 3)
end)

test("tables", function()
  local table_of = ln.tensor{ { 1, 2 }, { 3, 4 } }:transpose(1, 2):totable()
  assert(table_of[1][2] == 3 and table_of[2][1] == 2 and #table_of == 2)
  assert(ln.tensor(3):totable() == 3)
end)

test("freed tensors say so", function()
  local t = ln.ones(2)
  do
    local closing <close> = t
    assert(closing:sum() == 2)
  end
  expect_error(function() return t:sum() end, "sum: the tensor was freed")
  expect_error(function() return ln.ones(2):add(t) end, "add: argument 2 is a tensor that was freed")
  expect_error(function() return t.shape end, "the tensor was freed")
  assert(tostring(t) == "tensor (freed)")
  t:free() -- again is harmless
  expect_error(function() ln.ones(2).sum(3) end, "sum: argument 1: expected a tensor, got 3")
end)

test("misspelt methods are corrected", function()
  expect_error(function() return ln.ones(1).shap end, "tensor: no method or field 'shap'; did you mean 'shape'?")
  expect_error(function() return ln.ones(1):meen() end, "did you mean 'mean'?")
end)

test("errors carry the script's line", function()
  local message = expect_error(function() return ln.ones(1) + ln.ones{ 2, 2, 3 } .. "" end, "attempt to concatenate")
  assert(message:find("tensor.lua:%d+:"))
  message = expect_error(function() ln.zeros{ -1 } end, "zeros")
  assert(message:find("^tests/lua/tensor.lua:%d+: zeros"), message)
end)

test("memory that Lua does not see is given back", function()
  collectgarbage()
  local before = ln.mem().live
  for _ = 1, 2000 do local _ = ln.zeros{ 1 << 18 } end -- 1 MiB each, 2 GB in all
  assert(ln.mem().live - before < 200 << 20, "live bytes went past twice the floor")
  collectgarbage()
  assert(ln.mem().live <= before, "something was leaked")
end)

test("ipairs visits the entries and stops", function()
  local cube, wide = ln.arange(1, 12):reshape{ 3, 2, 2 }, ln.ones{ 3 }:expand{ 2, 3 }
  for _, t in ipairs{ ln.tensor{ 5, 6, 7 }, cube, ln.zeros{ 0, 4 }, wide } do
    local seen = 0
    for i, part in ipairs(t) do
      seen = seen + 1
      assert(i == seen and (type(part) == "number" and part == t[i] or (part - t[i]):abs():max() == 0))
    end
    assert(seen == #t)
    expect_error(function() return t[#t + 1] end, "index " .. #t + 1)
    expect_error(function() t[#t + 1] = 1 end, t == wide and "was expanded" or "index " .. #t + 1)
  end
  local sum = coroutine.wrap(function()
    local total = 0
    for _, value in ipairs(ln.tensor{ 1, 2, 3 }) do total = total + value end
    return total
  end)
  assert(sum() == 6)
  expect_error(function() for _ in ipairs(ln.tensor(3)) do error("an entry") end end, "a single number has no elements")
end)

test("comparisons say how", function()
  local x, y = ln.rand({ 2, 2 }, 1), ln.rand({ 2, 2 }, 2)
  expect_error(function() return x > 0.5 end, "write x:gt(0.5)")
  expect_error(function() return x >= 0.5 end, "write x:ge(0.5)")
  expect_error(function() return x < 0.5 end, "write x:lt(0.5)")
  expect_error(function() return x <= 1 end, "write x:le(1)")
  expect_error(function() return 0.5 < x end, "write x:gt(0.5)")
  expect_error(function() return x < y end, "write x:lt(y)")
  expect_error(function() return x > y end, "write x:lt(y)")
  assert((x == 0) == false and x == x)
end)

support.done()
