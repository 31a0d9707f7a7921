-- Creating, moving and selecting: against NumPy's results and PyTorch's gradients (values/shapes.lua), gradients
-- against differences, masks and indices, and what is said to mistakes.
local support = dofile "tests/lua/support.lua"
local ln = require "lunet"
local test, expect_error, close = support.test, support.expect_error, support.close
local cases = dofile "tests/lua/values/shapes.lua"

-- The inputs that the cases name; tests/reference/shapes.py makes the same.
local function inputs()
  return {
    v = ln.arange(7), m = ln.arange(12):reshape{ 3, 4 }, t = ln.arange(24):reshape{ 2, 3, 4 },
    turned = ln.arange(24):reshape{ 2, 3, 4 }:permute{ 3, 1, 2 }, wide = ln.arange(3):reshape{ 1, 3, 1 }:expand{ 2, 3,
      2 },
    none = ln.zeros{ 0, 3 }, one = ln.tensor(5), eight = ln.arange(96):reshape{ 2, 1, 3, 2, 1, 2, 2, 2 },
    x = ln.arange(120):reshape{ 2, 3, 4, 5 }, ln = ln, select = select,
    put = function(a, key, value)
      a = a:permute(ln.arange(#a.shape):totable()):transpose(1, -1):clone():transpose(1, -1) -- not contiguous
      a[key] = value
      return a
    end,
  }
end

local function compile(code, env)
  return assert(load("return " .. code, code, "t", env))
end

local function elements(t)
  return t:contiguous():reshape{ -1 }:totable()
end

local function check(case, got, tolerance)
  local shape = table.concat(got.shape, "x")
  if shape ~= table.concat(case.shape, "x") then
    error(("%s: shape %s, expected %s"):format(case[1], shape, table.concat(case.shape, "x")), 2)
  end
  local values = elements(got)
  assert(#values == #case.values, case[1])
  for i, value in ipairs(values) do
    if math.abs(value - case.values[i]) > tolerance then
      error(("%s: element %d is %.9g, expected %.9g"):format(case[1], i, value, case.values[i]), 2)
    end
  end
end

test("every operation gives what NumPy gives", function()
  for _, case in ipairs(cases) do
    if not case.gradient then
      local got = compile(case[1], inputs())()
      check(case, type(got) == "number" and ln.tensor(got) or got, 0)
    end
  end
end)

-- Multiples of 1/32 between -1.6 and 1.6.
local function weights(shape)
  local list, n = {}, 1
  for _, size in ipairs(shape) do n = n * size end
  for i = 1, n do list[i] = ((i - 1) * 37 % 101 - 50) / 32 end
  return ln.tensor(list):reshape(shape)
end

-- sum(y * weights) as a function of the input that the case names.
local function weighted(case)
  return function(input)
    local env = inputs()
    env[case.gradient] = input
    local y = compile(case[1], env)()
    return (y * weights(y.shape)):sum()
  end
end

test("gradients are PyTorch's", function()
  for _, case in ipairs(cases) do
    if case.gradient then
      local _, dx = ln.grad(weighted(case))(inputs()[case.gradient])
      check(case, dx, 1e-5 * 8)
    end
  end
end)

test("gradients agree with differences", function()
  for _, case in ipairs(cases) do
    if case.gradient then
      local f, x = weighted(case), inputs()[case.gradient]:clone()
      local _, dx = ln.grad(f)(x)
      local flat, got = x:reshape{ -1 }, dx:reshape{ -1 }
      for i = 1, #flat, #flat > 30 and 7 or 1 do
        local old = flat[i]
        flat[i] = old + 0.25 -- all are linear between two whole numbers
        local above = f(x)
        flat[i] = old - 0.25
        close(got[i], (above - f(x)) * 2, 2e-3)
        flat[i] = old
      end
    end
  end
end)

test("gradients of modes that PyTorch does not have", function()
  for _, code in ipairs{ "v:pad({ { 17, 9 } }, { mode = 'reflect' })",
    "v:pad({ { 17, 9 } }, { mode = 'symmetric' })" } do
    local case = { code, gradient = "v" }
    local f, x = weighted(case), ln.arange(7)
    local _, dx = ln.grad(f)(x)
    for i = 1, 7 do
      x[i] = i + 1
      local above = f(x)
      x[i] = i
      close(dx[i], above - f(x), 1e-3)
    end
  end
end)

test("random positions and numbers", function()
  local order = ln.randperm(1000, 7)
  local seen = ln.zeros(1000)
  seen[order] = 1
  assert(seen:sum() == 1000 and order:min() == 1 and (order - ln.randperm(1000, 7)):abs():max() == 0)
  assert((order - ln.randperm(1000, 8)):abs():max() > 0 and #ln.randperm(0) == 0)
  local dice = ln.randint(1, 6, { 20000 }, 3)
  for side = 1, 6 do close(dice:eq(side):mean(), 1 / 6, 0.01) end
  assert(dice:min() == 1 and dice:max() == 6 and ln.randint(-3, -3, { 4 }):max() == -3)
  local like = ln.zeros{ 3, 5 }
  assert((ln.randn_like(like, 4) - ln.randn({ 3, 5 }, 4)):abs():max() == 0)
  assert((ln.rand_like(like, 4) - ln.rand({ 3, 5 }, 4)):abs():max() == 0)
  expect_error(function() ln.randperm((1 << 24) + 1) end, "randperm: the number of positions must be 0..2^24")
  expect_error(function() ln.randint(3, 1, { 2 }) end, "randint: the numbers must be from low to high")
  expect_error(function() ln.randint(0, 1 << 25, { 2 }) end, "between -2^24 and 2^24")
  expect_error(function() ln.randint(0, 1, 5) end, "randint: argument 3: expected a shape")
  expect_error(function() ln.eye(-1) end, "size 1 of shape -1x-1 is negative")
  expect_error(function() ln.full_like(like) end, "full_like: argument 2: expected a number")
  expect_error(function() ln.meshgrid{ like } end, "meshgrid: argument 1 must be a vector, got shape 3x5")
  expect_error(function() ln.meshgrid({ ln.ones(2) }, { indexing = "xz" }) end,
    "option 'indexing' must be 'xy' or 'ij'")
  expect_error(function() ln.meshgrid{} end, "meshgrid: the list is empty")
end)

test("views share memory, copies do not", function()
  local t = ln.zeros{ 2, 3 }
  t:flip()[{ 1, 1 }] = 1
  t:unsqueeze(1):squeeze()[{ 1, 1 }] = 2
  t:narrow(2, 1, 2):diagonal()[2] = 3
  t:rot90()[{ 1, 1 }] = 4
  t:split(3, 2)[2][1] = 5
  assert(table.concat(elements(t), " ") == "2.0 5.0 4.0 0.0 3.0 1.0")
  for _, copy in ipairs{ t:roll(1), t:tile(1, 1), t:triu(-9), t:pad(0), t[{ { { 1, 2 } } }], t:take{ 1,
    2 } } do copy:fill(9) end
  assert(t:max() == 5)
end)

test("masks stay masks", function()
  local m = ln.arange(6):reshape{ 2, 3 }:gt(3)
  local v = ln.arange(6)
  for name, one in pairs{ flip = m:flip():flip(), roll = m:roll(0), stack = ln.stack{ m, m }[1],
    split = ln.concat(m:split(2)),
      pad = m:pad(1):narrow(1, 2, 2):narrow(2, 2, 3), index = m[ln.tensor(1, 2)], list = m[{ {}, { { 1, 2, 3 } } }],
      where = ln.where(m, m, m), unfold = m:reshape{ 1, 2, 3 }:unfold{ kernel = 1 }:reshape{ 2, 3 },
      tile = m:tile(2, 1):narrow(1, 1, 2), gather = m:gather(1, { { 1, 1, 1 }, { 2, 2, 2 } }), triu = m:triu(-5) } do
    local ok, taken = pcall(function() return v:reshape{ 2, 3 }[one] end)
    assert(ok and taken:sum() == 15, name .. ": " .. tostring(taken))
  end
  expect_error(function() return v:reshape{ 2, 3 }[m * 1] end, "a mask of zeros and ones is made by index:ne(0)")
end)

test("what a list in brackets means", function()
  local v, m = ln.arange(7), ln.arange(12):reshape{ 3, 4 }
  assert(v[{ 3 }] == 3 and #v[{ { 3, 1 } }] == 0 and v[{ 3, 1 }]:sum() == 4 and v[{ { { 3, 1 } } }]:sum() == 4)
  assert(m[{ 3, 1 }] == 9 and #m[{ { 3, 1 } }] == 0 and m[{ { { 3, 1 } } }].shape[1] == 2)
  assert(v[ln.tensor(2)] == 2 and m[{ ln.tensor(2), ln.tensor(3) }] == 7 and v[{ {} }]:sum() == 28)
  expect_error(function() return m[{ 3, 1, 2 }] end,
    "3 positions for the 2 dimensions of 3x4; a list of entries of the first "
    .. "one is written t[{ { {3, 1, 2} } }]")
  expect_error(function() return m[{ {}, {}, {} }] end, "3 positions for the 2 dimensions of 3x4")
  expect_error(function() return m[{ m:gt(3), 1 }] end, "3 positions for the 2 dimensions of 3x4")
end)

test("indices that mean nothing name themselves", function()
  local m, v = ln.arange(12):reshape{ 3, 4 }, ln.arange(7)
  for text, key in pairs{
    ["entry 2 of the index is 4, outside 1..3 in dimension 1"] = ln.tensor(1, 4),
    ["entry 2 of the index is -5, outside 1..4 in dimension 2"] = { {}, { { 1, -5 } } },
    ["entry 3 of the index of dimension 2 is 0; positions count from 1"] = { {}, ln.tensor(1, 2, 0) },
    ["entry 1 of the index of dimension 1 is 2.5, expected a whole number up to 2^24"] = ln.tensor(2.5, 1),
    ["entry 2 of the index of dimension 1 is nan, expected a whole number"] = ln.tensor(1, 0 / 0),
    ["entry 1 of the index of dimension 1 is inf, expected a whole number"] = ln.tensor(1 / 0, 1),
    ["entry 1 of the index of dimension 1 is 33554432, expected a whole number up to 2^24"] = ln.tensor(33554432, 1),
    ["entry 2 of the index is -4, outside 1..3 in dimension 1"] = ln.tensor(1, -4),
    ["entry 2 must be an integer, got 'a'"] = { { { 1, "a" } } },
    ["entry 1 must be an integer, got 1.5"] = { { { 1.5 } } },
    ["mask has shape 7, which does not fit dimension 1 of shape 3x4; it must have that shape or its first"] = v:gt(1),
    ["the mask has shape 3, which does not fit dimension 2 of shape 3x4"] = { {}, m[1]:narrow(1, 1, 3):gt(1) },
    ["the mask is a single number"] = ln.tensor(1):gt(0),
    ["the index of dimension 2 has shape 3, those before it 2: several are paired"] = { ln.tensor(1, 2), ln.tensor(1,
      2, 3) },
    ["a range {first, last} is made of integers, got a table"] = { { 1, { 2 } } },
  } do
    expect_error(function() return m[key] end, text)
    expect_error(function() m[key] = 1 end, text)
  end
  expect_error(function() return ln.tensor(1)[ln.tensor(1)] end, "a single number has no elements; use t:item()")
  expect_error(function() return ln.ones{ 1, 1, 1, 1, 1, 1, 1, 1 }[ln.ones{ 1, 1 }] end, "give more than 8 dimensions")
  expect_error(function() return ln.ones{ 1, 3 }:expand{ 1 << 33, 3 }[ln.tensor(1)]:narrow(1, 1, 0) end, "than 2^32")
  expect_error(function() return m:take(m:gt(0)) end, "take: argument 1 is a mask, expected positions; write t[mask]")
  expect_error(function() return m:take(3) end, "take: argument 1: expected a list or tensor of positions, got 3")
  expect_error(function() return m:take({ 1 }, 3) end, "take: dimension 3 of a tensor that has 2")
  expect_error(function() return m:take{ 1, 4 } end, "take: entry 2 of the index is 4, outside 1..3 in dimension 1")
  expect_error(function() return ln.tensor(1):take{ 1 } end, "a single number has no dimension to take from")
end)

test("writing what does not fit", function()
  local m = ln.arange(12):reshape{ 3, 4 }
  expect_error(function() m[m:gt(9)] = ln.ones(2) end, "tensor: values of shape 2 do not fit the 3 that are written to")
  expect_error(function() m[{ { { 1, 2 } }, {} }] = ln.ones{ 3, 4 } end, "values of shape 3x4 do not fit the 2x4")
  expect_error(function() m[m:gt(9)] = "x" end, "expected a tensor or a number, got 'x'")
  expect_error(function() m[m:gt(9)] = nil end, "expected a tensor or a number, got nil")
  local rows = ln.zeros{ 1, 3 }:expand{ 4, 3 }
  expect_error(function() rows[ln.tensor(1, 2)] = 1 end, "was expanded")
  expect_error(function() ln.grad(function(a) local b = a * m; m[m:gt(3)] = 0; return b:sum() end)(m) end,
    "write to a clone")
  expect_error(function() ln.grad(function(a) a[ln.tensor(1)] = 0; return a:sum() end)(m) end,
    "write to a clone() of it")
  expect_error(function() ln.grad(function(a) ln.zeros(3)[{ { { 1 } } }] = a[{ 1, 1 }]; return a:sum() end)(m) end,
    "tensor: what is written derives from an argument of a gradient")
  assert(m:sum() == 78)
  m[{ { { 1, 2 } } }] = m[{ { 2, 3 } }] -- source and target overlap
  assert(table.concat(elements(m), " ") == "5.0 6.0 7.0 8.0 9.0 10.0 11.0 12.0 9.0 10.0 11.0 12.0")
end)

test("what derives from an argument stays a tensor, by its index too", function()
  local x = ln.tensor(0.5, -0.5, 2)
  ln.grad(function(a)
    assert(type(a[a:gt(0)]:sum()) == "userdata" and type(ln.ones(3)[a:gt(0)]:sum()) == "userdata")
    assert(type(a[ln.tensor(2)]) == "userdata" and type(a:gt(0):nonzero():sum()) == "userdata")
    return a:sum()
  end)(x)
  local value, dx = ln.grad(function(a) return (ln.where(a:gt(0), a, 0):pow(2) + a[{ 3, 3, 1 }]):sum() end)(x)
  close(value, 0.25 + 4 + 2 + 2 + 0.5, 1e-6)
  assert(table.concat(elements(dx), " ") == "2.0 0.0 6.0")
end)

test("gathering and scattering what does not fit", function()
  local m = ln.arange(12):reshape{ 3, 4 }
  expect_error(function() m:gather(2, { 1, 2 }) end,
    "gather: the index has shape 2, which does not fit 3x4: it must have as "
    .. "many dimensions, and none but dimension 2 may be larger")
  expect_error(function() m:gather(2, ln.ones{ 4, 1 }) end, "gather: the index has shape 4x1, which does not fit 3x4")
  expect_error(function() m:gather(1, { { 4 } }) end, "gather: entry 1 of the index is 4, outside 1..3 in dimension 1")
  expect_error(function() m:gather(ln.tensor(1, 2)) end, "write t[index]")
  expect_error(function() m:scatter(2, { { 1, 2 } }, { { 1 } }) end,
    "scatter: the values have shape 1x1, the index 1x2")
  expect_error(function() m:scatter_add(2, { { 0 } }, 1) end, "scatter_add: entry 1 of the index of dimension 2 is 0")
  expect_error(function() ln.tensor(1):scatter(1, { 1 }, 1) end,
    "scatter: a single number has no dimension to scatter to")
  expect_error(function() ln.where(m, 1, 2) end, "where: the tensor 3x4 is no mask; comparisons make them, as x:gt(0)")
  expect_error(function() ln.where(m:gt(3), ln.ones(3), 0) end,
    "where: shapes 3x4 (the mask), 3 and a single number do not")
  expect_error(function() m:masked_fill(ln.ones(5):gt(0), 0) end,
    "masked_fill: the mask has shape 5, which does not fit 3x4")
  expect_error(function() m:masked_fill(m:gt(0), m) end, "masked_fill: argument 2: expected one number")
end)

test("moving what cannot be moved", function()
  local t = ln.arange(24):reshape{ 2, 3, 4 }
  local eight = ln.ones{ 1, 1, 1, 1, 1, 1, 1, 1 }
  for text, f in pairs{
    ["squeeze: dimension 2 of shape 2x3x4 has size 3, not 1"] = function() t:squeeze(2) end,
    ["squeeze: dimension 4 of a tensor that has 3"] = function() t:squeeze{ 4 } end,
    ["squeeze: dimension 1 is named twice"] = function() t:squeeze{ 1, -3 } end,
    ["squeeze: argument 1: expected an integer, got 'x'"] = function() t:squeeze("x") end,
    ["squeeze: a dimension is an integer, got 1.5"] = function()
      t:squeeze{ 1.5 } end,
    ["unsqueeze: dimension 5 of a tensor that has 4"] = function() t:unsqueeze(5) end,
    ["unsqueeze: shape 1x1x1x1x1x1x1x1 has 8 dimensions already"] = function() eight:unsqueeze(1) end,
    ["flatten: dimension 3 comes after 2"] = function() t:flatten(3, 2) end,
    ["flip: dimension 0 of a tensor that has 3"] = function() t:flip(0) end,
    ["roll: 2 shifts need a list of as many dimensions"] = function() t:roll{ 1, 2 } end,
    ["roll: 2 shifts for 1 dimensions"] = function() t:roll({ 1, 2 }, { 1 }) end,
    ["roll: argument 1: expected an integer, got nil"] = function() t:roll() end,
    ["rot90: dimension 1 is named twice"] = function() t:rot90(1, { 1, 1 }) end,
    ["rot90: turns in a plane of two dimensions, got 3"] = function() t:rot90(1, { 1, 2, 3 }) end,
    ["rot90: needs at least two dimensions, got shape 2"] = function() ln.ones(2):rot90() end,
    ["movedim: 2 dimensions to move, 1 places for them"] = function() t:movedim({ 1, 2 }, 3) end,
    ["tile: size 1 of the shape must be an integer of at least 0, got -1"] = function() t:tile(-1) end,
    ["repeat_interleave: -2 times along dimension 1"] = function() t:repeat_interleave(-2, 1) end,
    ["repeat_interleave: shape 9223372036854775807x3x4 has too many"] = function() t:repeat_interleave(1 << 62, 1) end,
    ["diagonal: dimension 2 with itself"] = function() t:diagonal(0, 2, 2) end,
    ["diag: needs a vector or a matrix, got shape 2x3x4; see t:diagonal"] = function() t:diag() end,
    ["triu: needs at least two dimensions, got shape 3"] = function() ln.ones(3):triu() end,
    ["split: dimension 2 of shape 2x3x4 cannot be divided into 2 equal parts; chunk() makes the last"] = function()
      t:split(2, 2)
    end,
    ["split: part 3 of dimension 3 would begin at position 2; the beginnings ascend within 1..5"] = function()
      t:split({ 3, 2 }, 3)
    end,
    ["split: part 2 of dimension 1 would begin at position 4"] = function() t:split{ 4 } end,
    ["split: a single number has no dimension"] = function() ln.tensor(1):split(1) end,
    ["chunk: the number of parts must be at least 1, got 0"] = function() t:chunk(0) end,
    ["stack: tensor 2 has shape 2x3, tensor 1 has 2x3x4: they must be the same"] = function() ln.stack{ t, t[{ {}, {},
      1 }] } end,
    ["stack: entry 2 must be a tensor, got 3"] = function() ln.stack{ t, 3 } end,
    ["stack: the list is empty"] = function() ln.stack{} end,
    ["stack: dimension 5 of a tensor that has 4"] = function() ln.stack({ t }, 5) end,
    ["stack: no new dimension 1"] = function() ln.stack{ eight } end,
  } do expect_error(f, text) end
end)

test("padding and patches that cannot be", function()
  local x = ln.arange(120):reshape{ 2, 3, 4, 5 }
  for text, f in pairs{
    ["pad: mode 'edge' is called 'replicate' here"] = function() x:pad(1, { mode = "edge" }) end,
    ["pad: mode 'wrap' is called 'circular' here"] = function() x:pad(1, { mode = "wrap" }) end,
    ["pad: option 'mode' must be constant, reflect, symmetric, replicate or circular, got 'x'"] = function()
      x:pad(1, { mode = "x" })
    end,
    ["pad: no option 'vaule'; did you mean 'value'?"] = function() x:pad(1, { vaule = 1 }) end,
    ["pad: option 'value' is for the mode constant"] = function() x:pad(1, { mode = "reflect", value = 1 }) end,
    ["pad: option 'value' must be a number, got 'x'"] = function() x:pad(1, { value = "x" }) end,
    ["pad: 'mode' among the entries; options come in a second table: t:pad({ ... }, { mode = ... })"] = function()
      x:pad{ 1, mode = "reflect" }
    end,
    ["pad: 5 entries for the 4 dimensions of 2x3x4x5"] = function() x:pad{ 1, 1, 1, 1, 1 } end,
    ["pad: entry 2 must be a number or {before, behind}, got a table"] = function() x:pad{ 1, { 1, 2, 3 } } end,
    ["pad: a padding must be an integer, got 1.5"] = function() x:pad(1.5) end,
    ["pad: dimension 4 would get -2 more; narrow() takes some away"] = function() x:pad{ { 0, -2 } } end,
    ["pad: dimension 1 of shape 0x5 is empty: there is nothing to repeat"] = function()
      ln.zeros{ 0, 3 }:pad(1, { mode = "reflect" })
    end,
    ["pad: argument 1: expected a number, or {before, behind} for each of the last dimensions, got nil"] = function()
      x:pad()
    end,
    ["has too many elements"] = function() x:pad(1 << 61) end,
    ["pad: too many elements in dimension 3"] = function() x:pad(math.maxinteger) end,
    ["unfold: option 'kernel' is missing"] = function() x:unfold{} end,
    ["unfold: argument 1: expected options such as { kernel = 3 }, got 3"] = function() x:unfold(3) end,
    ["unfold: option 'kernel' must be a number or {height, width}, got a table"] = function()
      x:unfold{ kernel = { 1 } } end,
    ["unfold: a kernel of 6 in steps of 1 does not fit into a height of 4 with a padding of 0"] = function()
      x:unfold{ kernel = { 6, 2 } }
    end,
    ["does not fit into a width of 5 with a padding of 0"] = function() x:unfold{ kernel = 2, dilation = { 1, 5 } } end,
    ["unfold: kernel, stride and dilation must be at least 1, padding 0; for the height they are 2, 0, 1"] = function()
      x:unfold{ kernel = 2, stride = 0 }
    end,
    ["unfold: needs N,C,H,W or C,H,W, got shape 4x5"] = function() x[{ 1, 1 }]:unfold{ kernel = 2 } end,
    ["is too much"] = function() x:unfold{ kernel = 2, padding = 1 << 61 } end,
    ["columns of an image of shape 2x3x4x5 have too many elements"] = function()
      x:unfold{ kernel = 1 << 40, padding = 1 << 40 }
    end,
    ["fold: option 'size' is missing"] = function() x[1]:fold{ kernel = 2 } end,
    ["fold: needs columns N,C*KH*KW,P or C*KH*KW,P, got shape 2x3x4x5"] = function() x:fold{ kernel = 2, size = 4 } end,
    ["fold: columns of shape 3x4x5, but the patches of 4x4 pixels with a kernel of 2x2 have a multiple of 4 rows and"] =
      function() x[1]:fold{ kernel = 2, size = 4 } end,
    ["fold: option 'average' must be true or false, got 1"] = function() x[1]:fold{ kernel = 2, size = 4,
      average = 1 } end,
    ["fold: an image of -1x4 pixels"] = function() x[1]:fold{ kernel = 2, size = { -1, 4 } } end,
  } do expect_error(f, text) end
end)

test("sizes beyond reason end at once", function()
  local endless = ln.ones{ 1 }:expand{ 1 << 40 }
  expect_error(function() return endless:nonzero() end, "nonzero: dimension 1 of shape 1099511627776 has more")
  expect_error(function() return endless[endless:narrow(1, 1, 1):gt(0):expand{ 1 << 40 }] end, "than 2^32")
  expect_error(function() return endless[{ { { 1 } } }] end, "than 2^32")
  expect_error(function() return ln.zeros(0):split(1 << 40) end, "split: dimension 1 of shape 0 cannot be divided")
  local n = (1 << 40) + 1
  assert(#ln.zeros{ 0, n, 1 }:fold{ size = 1, kernel = { n, 1 }, padding = { 1 << 39, 0 }, average = true } == 0)
  expect_error(function() return ln.ones(2):tile(1 << 40) end, "out of memory")
  expect_error(function() return ln.zeros{ 0, 2 }:pad({ 0, { 1 << 40, 0 } }, { mode = "reflect" }) end, "out of memory")
end)

test("patches of noisy images average back to the image", function()
  local x = ln.rand({ 2, 1, 16, 12 }, 1)
  local patches = x:unfold{ kernel = 8, stride = 4 }
  assert(table.concat(patches.shape, "x") == "2x64x6")
  local back = patches:fold{ size = { 16, 12 }, kernel = 8, stride = 4, average = true }
  assert((back - x):abs():max() < 1e-6)
  local few = ln.ones{ 1, 4, 1 }:fold{ size = 3, kernel = 2, stride = 2, average = true }
  assert(few:sum() == 4 and few:nonfinite() == nil)
end)

support.done()
