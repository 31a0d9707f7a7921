-- Tensors in files: ln.save and ln.load_tensors. What the formats can hold is in tests/store.
local support = dofile "tests/lua/support.lua"
local ln = require "lunet"
local test, expect_error = support.test, support.expect_error

local function same(a, b)
  return table.concat(a.shape, "x") == table.concat(b.shape, "x") and (a - b):abs():sum() == 0
end

local function names(t)
  local list = {}
  for name in pairs(t) do list[#list + 1] = name end
  table.sort(list)
  return table.concat(list, " ")
end

local x = ln.randn({ 2, 3, 4 }, 1)
local mask = x:gt(0)

test("one tensor in a .npy file", function()
  local folder <close> = support.folder()
  local path = folder.path .. "/x.npy"
  for _, t in ipairs{ x, x:transpose(1, 3), x[{ {}, 2 }], ln.zeros{ 0, 3 }, ln.ones{ 1, 1, 1, 1, 1, 1, 1, 2 } } do
    assert(ln.save(path, t) == path)
    assert(same(ln.load_tensors(path), t))
  end
  assert(ln.load_tensors(ln.save(path, ln.tensor(2.5))):item() == 2.5)
  ln.save(folder.path .. "/X.NPY", x)
end)

test("named tensors in .npz and .safetensors files", function()
  local folder <close> = support.folder()
  for _, ending in ipairs{ "npz", "safetensors" } do
    local path = folder.path .. "/x." .. ending
    assert(ln.save(path, { x = x, ["a b/é"] = x[1], mask = mask }) == path)
    local t = ln.load_tensors(path)
    assert(names(t) == "a b/é mask x" and same(t.x, x) and same(t["a b/é"], x[1]) and same(t.mask, mask))
  end
end)

test("what a file is called does not matter to reading", function()
  local folder <close> = support.folder()
  os.rename(ln.save(folder.path .. "/x.npz", { x = x }), folder.path .. "/x.dat")
  assert(same(ln.load_tensors(folder.path .. "/x.dat").x, x))
end)

test("networks", function()
  local folder <close> = support.folder()
  local path = folder.path .. "/net.safetensors"
  local net = ln.nn.sequential{ ln.nn.conv2d{ 2 } }:build{ 1, 4, 4 }
  assert(ln.save(path, net) == path)
  local t = ln.load_tensors(path)
  assert(names(t) == "conv2d_1.bias conv2d_1.weight" and same(t["conv2d_1.weight"], net:tensor("conv2d_1.weight")))
  assert(same(ln.load(path):predict(ln.ones{ 1, 1, 4, 4 }), net:predict(ln.ones{ 1, 1, 4, 4 })))
  expect_error(function() ln.save(path, ln.nn.sequential{ ln.nn.conv2d{ 2 } }) end, "has no parameters yet")
end)

test("ln.load tells who reads tensors", function()
  local folder <close> = support.folder()
  expect_error(function() ln.load(ln.save(folder.path .. "/x.npy", x)) end, "x.npy' is a .npy file, of tensors: "
    .. "ln.load_tensors reads it")
  expect_error(function() ln.load(ln.save(folder.path .. "/x.npz", { x = x })) end, "x.npz' is a .npz file, of tensors")
  expect_error(function() ln.load(ln.save(folder.path .. "/x.safetensors", { x = x })) end, "its metadata holds no "
    .. "lunet network; ln.load_tensors reads its tensors")
end)

test("mistakes", function()
  local folder <close> = support.folder()
  local path = folder.path .. "/"
  local function fails(name, value, text) expect_error(function() ln.save(path .. name, value) end, text) end
  fails("x.txt", x, "save: the path of a tensor must end in .npy, got '")
  fails("x.npz", x, "x.npz' have names: give a table of them, such as { a = t }")
  fails("x.safetensors", x, "x.safetensors' have names: give a table of them")
  fails("x.npy", { x = x }, "save: a .npy file holds one tensor without a name; named tensors go into")
  fails("x.txt", { x = x }, "save: the path of named tensors must end in .safetensors or .npz, got '")
  fails("x.npz", { x }, "save: named tensors are a table such as { a = t, b = u }, whose keys are text")
  fails("x.npz", {}, "save: the table is empty")
  fails("x.npz", { ["a\0b"] = x }, "must not contain a NUL byte")
  fails("x.npz", { ["\xff"] = x }, "the name of tensor 1 is not UTF-8 text")
  fails("x.safetensors", { __metadata__ = x }, "no tensor can have the name '__metadata__'")
  fails("x.npz", { b = 1, a = "text", c = x }, "save: 'a' must be a tensor, got 'text'")
  fails("x.npy", 3, "expected a tensor, a table of named tensors such as { a = t }, or a network, got 3")
  fails("none/x.npy", x, "none/x.npy': No such file or directory")
  expect_error(function() ln.save(3, x) end, "save: argument 1: expected a file path, got 3")
  expect_error(function() ln.save(path .. "x.npy", x, { deflate = true }) end, "takes a path and a value, got a table")
  expect_error(function() ln.load_tensors() end, "load_tensors: argument 1: expected a file path, got nil")
  expect_error(function() ln.load_tensors(path .. "x", 3) end, "load_tensors: takes a path, got 3 as well")
  expect_error(function() ln.load_tensors(path .. "none") end, "none': No such file or directory")
  support.write(path .. "text", "no tensors")
  expect_error(function() ln.load_tensors(path .. "text") end, "text': not a safetensors file")
  support.write(path .. "zip", "PK\3\4")
  expect_error(function() ln.load_tensors(path .. "zip") end, "zip': not a .npz file, or damaged")
  local freed = ln.ones(2)
  freed:free()
  fails("x.npy", freed, "save: argument 2 is a tensor that was freed")
  fails("x.npz", { a = freed }, "save: 'a' must be a tensor, got")
end)

-- The order of `pairs` differs from process to process, as the seed of its hashes does.
test("twenty processes write the same file and find the same mistake", function()
  local folder <close> = support.folder()
  support.write(folder.path .. "/save.lua", [[
    local ln = require "lunet"
    local t, wrong = {}, {}
    for i = 1, 30 do
      t["name" .. i * 7919 % 1000], wrong["name" .. i * 7919 % 1000] = ln.full({ i }, i), i
    end
    t.mask = ln.arange(4):gt(2)
    ln.save(arg[1] .. ".npz", t)
    ln.save(arg[1] .. ".safetensors", t)
    print(select(2, pcall(ln.save, "x.npz", wrong)))]])
  local first
  for i = 1, 20 do
    local said, status = support.run(("'%s/save.lua' '%s/x'"):format(folder.path, folder.path))
    assert(status == 0 and said:find("must be a tensor, got"), said)
    local all = said .. support.read(folder.path .. "/x.npz") .. support.read(folder.path .. "/x.safetensors")
    first = first or all
    assert(all == first, "run " .. i)
  end
end)

test("values of ln.grad's arguments are written as they are", function()
  local folder <close> = support.folder()
  local path = folder.path .. "/w.npy"
  local _, dw = ln.grad(function(w)
    local square = w * w
    ln.save(path, square)
    return square:sum()
  end)(ln.tensor(1, 2, 3))
  assert(same(ln.load_tensors(path), ln.tensor(1, 4, 9)) and same(dw, ln.tensor(2, 4, 6)))
end)

support.done()
