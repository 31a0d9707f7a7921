-- Convolutions and Fourier transforms of tensors in Lua: what each is made of the other; what is refused.
local support = dofile "tests/lua/support.lua"
local ln = require "lunet"
local test, expect_error, close, same = support.test, support.expect_error, support.close, support.same

-- The transforms may have been left out of the build.
local function transform_test(name, f)
  local there, err = pcall(ln.fft2, ln.ones{ 2, 2 })
  if there or not tostring(err):find("built without FFTW", 1, true) then test(name, f) else support.skip(name, err) end
end

test("an edge", function()
  local x = ln.zeros{ 4, 4 }
  x[{ {}, { 3, 4 } }] = 1
  local sobel = ln.tensor{ { -1, 0, 1 }, { -2, 0, 2 }, { -1, 0, 1 } }
  same(x:conv2d(sobel), ln.tensor{ { 4, 4 }, { 4, 4 } })
  same(x:conv2d(sobel, { padding = 1 })[2], ln.tensor(0, 4, 4, -4))
  same(x:conv2d(sobel, { padding = "same" }), x:conv2d(sobel, { padding = { 1, 1 } }))
  same(x:conv2d(sobel, { padding = "valid", stride = { 1, 2 } }), ln.tensor{ { 4 }, { 4 } })
end)

test("the layer's convolution", function()
  local x = ln.rand({ 2, 3, 9, 8 }, 1)
  local net = ln.nn.sequential{ ln.nn.conv2d{ 5, kernel = 3 } }
  net:build{ 3, 9, 8 }
  local w, b = net:tensor("conv2d_1.weight"), ln.randn({ 5 }, 2)
  net:tensor("conv2d_1.bias"):copy(b)
  net:weights_changed()
  same(x:conv2d(w, { bias = b, padding = "same" }), net:predict(x), 1e-5)
end)

test("groups", function()
  local x, w = ln.randn({ 2, 4, 6, 6 }, 3), ln.randn({ 6, 2, 3, 3 }, 4)
  local y = x:conv2d(w, { groups = 2, dilation = 2 })
  same(y[{ {}, { 4, 6 } }], x[{ {}, { 3, 4 } }]:conv2d(w[{ { 4, 6 } }], { dilation = 2 }))
end)

transform_test("there and back", function()
  local x = ln.randn({ 3, 8, 15 }, 5)
  local re, im = ln.fft2(x)
  close(re[{ 1, 1, 1 }], x[1]:sum(), 1e-4)
  same(ln.ifft2(re, im), x)
  local re2, im2 = ln.fft2(x, ln.zeros{ 3, 8, 15 })
  same(re2, re)
  same(im2, im)
  local twice_re, twice_im = ln.fft2(x, 2 * x)
  same(twice_re, re - 2 * im)
  same(twice_im, im + 2 * re)
  same(ln.ifft2(twice_im, -twice_re), 2 * x) -- the imaginary part
end)

-- A convolution is a product of spectra; a cross-correlation takes one of them conjugated.
transform_test("the convolution theorem", function()
  local x, k = ln.randn({ 16, 12 }, 6), ln.randn({ 3, 5 }, 7)
  local wide = ln.zeros{ 16, 12 }
  wide[{ { 1, 3 }, { 1, 5 } }] = k
  local xr, xi = ln.fft2(x)
  local kr, ki = ln.fft2(wide)
  local y = ln.ifft2(xr * kr + xi * ki, xi * kr - xr * ki)
  same(y[{ { 1, 14 }, { 1, 8 } }], x:conv2d(k), 1e-5)
end)

test("gradients pass", function()
  local x, k = ln.randn({ 1, 1, 6, 6 }, 8), ln.randn({ 3, 3 }, 9)
  local value, dx, dk = ln.grad(function(a, b) return a:conv2d(b, { padding = 1 }):pow(2):sum() end)(x, k)
  assert(value > 0 and #dx.shape == 4 and #dk.shape == 2)
end)

transform_test("gradients pass transforms", function()
  local x = ln.randn({ 1, 1, 6, 6 }, 8)
  local energy = ln.grad(function(a)
    local re, im = ln.fft2(a)
    return (re:pow(2) + im:pow(2)):sum()
  end)
  local total, d = energy(x)
  close(total / 36, x:pow(2):sum(), 1e-3) -- Parseval
  same(d, 72 * x, 1e-5)
end)

test("what is refused", function()
  local x, k = ln.rand({ 2, 3, 8, 8 }, 1), ln.ones{ 3, 3 }
  for text, f in pairs{
    ["conv2d: argument 1: expected a tensor, got 3"] = function() x:conv2d(3) end,
    ["conv2d: argument 2: expected a table, got 1"] = function() x:conv2d(k, 1) end,
    ["conv2d: no option 'pading'; did you mean 'padding'?"] = function() x:conv2d(k, { pading = 1 }) end,
    ["conv2d: option 'padding' must be an integer or {rows, columns}, 'same' or 'valid', got 'full'"] = function()
      x:conv2d(k, { padding = "full" })
    end,
    ["conv2d: option 'stride' must be an integer or {rows, columns}, got a table"] = function()
      x:conv2d(k, { stride = { 1 } })
    end,
    ["conv2d: option 'stride' must be an integer or {rows, columns}, got 1.5"] = function()
      x:conv2d(k, { stride = 1.5 })
    end,
    ["conv2d: option 'groups' must be an integer, got 'x'"] = function() x:conv2d(k, { groups = "x" }) end,
    ["conv2d: option 'bias' must be a tensor, got 1"] = function() x:conv2d(k, { bias = 1 }) end,
    ["conv2d: shapes 2x3x8x8 and 5x2x3x3 do not fit: filters of 2 channels, and 3 channels"] = function()
      x:conv2d(ln.ones{ 5, 2, 3, 3 })
    end,
    ["fft2: needs images of 1 to 2^30 pixels, the last two dimensions, got shape 3"] = function()
      ln.fft2(ln.ones(3))
    end,
    ["ifft2: argument 2: expected a tensor, got nil"] = function() ln.ifft2(x) end,
    ["ifft2: the real part has shape 2x3x8x8, the imaginary part 3x3"] = function() ln.ifft2(x, k) end,
  } do expect_error(f, text) end
end)

support.done()
