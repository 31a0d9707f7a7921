-- Linear algebra in Lua: results are put together again; what each function says to what it does not take.
local support = dofile "tests/lua/support.lua"
local ln = require "lunet"
local test, expect_error, close = support.test, support.expect_error, support.close

local function same(got, want, tolerance)
  support.same(got, want, tolerance or 1e-5)
end

test("products", function()
  local a, v = ln.tensor{ { 1, 2 }, { 3, 4 } }, ln.tensor(5, 6)
  same(a:matmul(a), ln.tensor{ { 7, 10 }, { 15, 22 } })
  same(a:matmul(v), ln.tensor(17, 39))
  same(v:matmul(a), ln.tensor(23, 34))
  assert(v:matmul(v) == 61 and v:dot(v) == 61)
  same(v:outer(ln.tensor(1, 2, 3)), ln.tensor{ { 5, 10, 15 }, { 6, 12, 18 } })
  local left, right = ln.randn({ 2, 1, 3, 4 }, 1), ln.randn({ 5, 4, 2 }, 2)
  local y = left:matmul(right)
  assert(table.concat(y.shape, "x") == "2x5x3x2")
  same(y[{ 2, 3 }], left[{ 2, 1 }]:matmul(right[3]), 1e-6)
end)

test("decompositions are put together again", function()
  local a = ln.randn({ 3, 6, 4 }, 3)
  local u, s, vt = a:svd()
  assert(table.concat(u.shape, "x") == "3x6x4" and table.concat(s.shape, "x") == "3x4")
  same((u * s:reshape(3, 1, 4)):matmul(vt), a)
  local q, r = a:qr()
  same(q:matmul(r), a)
  local c = a:transpose(2, 3):matmul(a)
  local w, v = c:eigh()
  same((v * w:reshape(3, 1, 4)):matmul(v:transpose(2, 3)), c)
  assert(w[{ 1, 1 }] < w[{ 1, 4 }])
  local l = c:cholesky()
  same(l:matmul(l:transpose(2, 3)), c)
end)

test("equations", function()
  local a, b = ln.randn({ 2, 5, 5 }, 4), ln.randn({ 5, 2 }, 5)
  same(a:matmul(a:solve(b)), b:expand(2, 5, 2), 1e-4)
  same(a[1]:matmul(a[1]:solve(b[{ {}, 1 }])), b[{ {}, 1 }], 1e-4)
  same(a:inv():matmul(a), ln.eye(5):expand(2, 5, 5), 1e-4)
  close(ln.tensor{ { 1, 2 }, { 3, 4 } }:det(), -2, 1e-6)
  same(ln.eye(3):expand(2, 3, 3):det(), ln.ones(2))
  local line = ln.tensor{ { 1, 1 }, { 1, 2 }, { 1, 3 } }:lstsq(ln.tensor(3, 5, 7))
  same(line, ln.tensor(1, 2))
end)

test("principal components", function()
  local scores = ln.randn({ 200, 2 }, 6) * ln.tensor(3, 1)
  local axes = ln.tensor{ { 0.6, 0.8, 0 }, { 0, 0, 1 } }
  local x = scores:matmul(axes) + ln.tensor(1, 2, 3)
  local components, variances, mean = x:pca(2)
  same(components, axes, 0.1)
  same(mean, x:mean(1))
  local kept = (x - mean):matmul(components:transpose(1, 2))
  same(kept:matmul(components) + mean, x, 1e-5)
  close(variances[1], kept[{ {}, 1 }]:var() * 200 / 199, 1e-4)
  local images = ln.randn({ 6, 1, 4, 4 }, 7)
  assert(table.concat(images:pca(3).shape, "x") == "3x1x4x4")
end)

test("gradients pass", function()
  local a, b = ln.randn({ 3, 3 }, 8) + 3 * ln.eye(3), ln.randn({ 3 }, 9)
  local value, da, db = ln.grad(function(m, v)
    local _, s = m:svd()
    return m:solve(v):pow(2):sum() + m:det() * v:dot(v) + s:sum() + v:outer(v):sum()
  end)(a, b)
  assert(value == value and #da.shape == 2 and #db.shape == 1)
  local y = ln.grad(function(m) return m:matmul(m):sum() end)
  local _, d = y(ln.tensor{ { 1, 2 }, { 3, 4 } })
  same(d, ln.tensor{ { 7, 11 }, { 9, 13 } })
  expect_error(function() ln.grad(function(m) return (m:pca(1)):sum() end)(a) end, "pca: no gradient passes it")
end)

test("what is refused", function()
  local a, v = ln.randn({ 2, 3 }, 1), ln.ones(3)
  for text, f in pairs{
    ["matmul: shapes 2x3 and 2x3 do not fit: dimension 2 of the first is 3, dimension 1 of the second"] = function()
      a:matmul(a)
    end,
    ["matmul: argument 1: expected a tensor, got 2"] = function() a:matmul(2) end,
    ["dot: argument 1: expected a vector, got a tensor of shape 2x3; for matrices there is matmul"] = function()
      a:dot(v)
    end,
    ["dot: vectors of 3 and 2 elements"] = function() v:dot(ln.ones(2)) end,
    ["svd: needs a matrix, or several, got shape 3"] = function() v:svd() end,
    ["eigh: needs square matrices, got shape 2x3"] = function() a:eigh() end,
    ["eigh: the matrix of shape 2x2 is not symmetric: entry {2, 1} is 3, {1, 2} is 2"] = function()
      ln.tensor{ { 1, 2 }, { 3, 4 } }:eigh()
    end,
    ["cholesky: the matrix of shape 2x2 is not positive definite: its first 2 rows and columns are not"] = function()
      ln.tensor{ { 1, 2 }, { 2, 1 } }:cholesky()
    end,
    ["inv: the matrix of shape 2x2 is singular: pivot 1 of its LU decomposition is zero"] = function()
      ln.zeros{ 2, 2 }:inv()
    end,
    ["svd: needs finite numbers; element {1, 2} of the tensor 1x2 is nan"] = function()
      ln.tensor{ { 1, 0 / 0 } }:abs():svd()
    end,
    ["pca: the number of components must be from 1 to 2"] = function() a:pca(5) end,
    ["pca: argument 1: expected an integer, got nil"] = function() a:pca() end,
  } do expect_error(f, text) end
end)

support.done()
