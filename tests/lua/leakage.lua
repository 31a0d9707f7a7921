-- ln.data.leakage: equal images, near copies and patients on both sides.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error = support.test, support.expect_error

-- Images that look different: random numbers at three scales, the coarse ones larger, as in photographs.
local function images(n, seed)
  local sum = ln.zeros{ n, 1, 64, 64 }
  for power = 3, 5 do
    local coarse = ln.rand({ n, 1, 2 ^ power // 1, 2 ^ power // 1 }, 10 * seed + power)
    sum = sum + ln.image.resize(coarse, { 64, 64 }, { method = "bilinear" }) * (4 / 2 ^ power)
  end
  return sum
end

local function names(prefix, n)
  local list = {}
  for i = 1, n do list[i] = ("%s%03d"):format(prefix, i) end
  return list
end

local train = ln.data.set(images(60, 1), names("a", 60))

-- A test set of other images, and these at the end.
local function with(extra, ...)
  local list = ln.concat({ images(20, 2), extra, ... }, 1)
  return ln.data.set(list, names("b", #list))
end

test("different images have nothing in common", function()
  local found = ln.data.leakage(train, with(images(3, 3)), { turned = true })
  assert(#found == 0 and found.groups == nil and found:check() == found)
  assert(tostring(found):gsub("\n", " ") == "60 training images and 23 test images: 0 equal pairs, 0 near copies, "
    .. "groups not looked at")
end)

test("equal images", function()
  local found = ln.data.leakage(train, with(train.images:narrow(1, 7, 1)))
  assert(#found == 1 and #found.copies == 1 and #found.near == 0)
  assert(found.copies[1].train == 7 and found.copies[1].test == 21)
  assert(tostring(found):find("1 equal pair, 0 near copies.*\nequal +a007 +b021 +0"), tostring(found))
  expect_error(function() found:check() end, "data.leakage: 60 training images and 21 test images: 1 equal pair")
end)

test("near copies: noise, brightness, contrast, blur, another size, another number of channels", function()
  local x = train.images:narrow(1, 10, 5)
  local changed = { ln.noise.gaussian{ p = 0.02 }(x), x * 0.6 + 0.3, x ^ 1.2, ln.filter.gaussian{ 1 }(x),
    (x * 31):round() / 31 }
  for c, y in ipairs(changed) do
    local found = ln.data.leakage(train, with(y))
    assert(#found.near == 5 and #found.copies == 0, c .. ": " .. tostring(found))
    for _, pair in ipairs(found.near) do
      assert(pair.train - 9 == pair.test - 20 and pair.distance <= 0.1 and pair.way == "")
    end
  end
  local small = ln.data.set(ln.image.resize(x, { 40, 50 }))
  assert(#ln.data.leakage(train, small).near == 5)
  local colour = ln.data.set(ln.concat({ x, x, x }, 2))
  assert(#ln.data.leakage(train, colour).near == 5)
end)

test("the threshold", function()
  local y = with(ln.noise.gaussian{ p = 0.15 }(train.images:narrow(1, 10, 5)))
  assert(#ln.data.leakage(train, y, { threshold = 0.01 }).near == 0)
  assert(#ln.data.leakage(train, y, { threshold = 0.3 }).near >= 5)
end)

test("mirror images and turns by right angles, when asked", function()
  local x = train.images
  local turned = with(x:narrow(1, 1, 1):flip(4):clone(), x:narrow(1, 2, 1):rot90(1, { 3, 4 }):clone(),
    x:narrow(1, 3, 1):flip(3):clone(), x:narrow(1, 4, 1):transpose(3, 4):clone())
  assert(#ln.data.leakage(train, turned) == 0)
  local found = ln.data.leakage(train, turned, { turned = true })
  assert(#found.near == 4 and #found.copies == 0, tostring(found))
  local ways = {}
  for _, pair in ipairs(found.near) do
    assert(pair.train == pair.test - 20)
    ways[pair.train] = pair.way
  end
  assert(ways[1] == "mirrored" and ways[2] == "turned by 270 degrees", tostring(found))
  assert(ways[3]:find("^mirrored, turned by 180") and ways[4]:find("^mirrored, turned by"))
  for line in tostring(found):gmatch("[^\n]+") do assert(#line <= 80, line) end
end)

test("images of one grey are copies of their equals alone", function()
  local grey = ln.concat({ train.images, ln.zeros{ 1, 1, 64, 64 }, ln.ones{ 1, 1, 64, 64 } }, 1)
  local found = ln.data.leakage(ln.data.set(grey), with(ln.zeros{ 1, 1, 64, 64 }, ln.zeros{ 1, 1, 64, 64 } + 0.5))
  assert(#found == 1 and found.copies[1].train == 61 and found.copies[1].test == 21, tostring(found))
end)

test("patients on both sides", function()
  local set = ln.data.set(images(12, 5), names("mdb", 12))
  local a, b = set:split{ train = 9, seed = 1 }
  local found = ln.data.leakage(a, b, { group = "pairs" })
  assert(#found.groups > 0 and #found == #found.groups)
  for _, entry in ipairs(found.groups) do
    for _, i in ipairs(entry.train) do assert(ln.data.pairs(a.names[i]) == entry.group) end
    for _, j in ipairs(entry.test) do assert(ln.data.pairs(b.names[j]) == entry.group) end
  end
  a, b = set:split{ train = 8, seed = 1, group = "pairs" }
  assert(#ln.data.leakage(a, b, { group = ln.data.pairs }) == 0)
  assert(tostring(ln.data.leakage(a, b, { group = "^mdb0" })):find("group mdb0 +mdb%d+, mdb%d+ and 6 more"))
end)

test("a dataset that is read as needed", function()
  local lazy = train:map(function(x) return x * 1 end)
  local found = ln.data.leakage(lazy, with(train.images:narrow(1, 7, 1)))
  assert(#found.copies == 1 and found.copies[1].train == 7, tostring(found))
end)

test("long lists are cut, and say so", function()
  local text = tostring(ln.data.leakage(train, train))
  assert(text:find("60 equal pairs") and text:find("%.%.%. and 40 more$"), text)
end)

test("what is no dataset", function()
  expect_error(function() ln.data.leakage(train) end, "the second argument must be a dataset, got nil")
  expect_error(function() ln.data.leakage(train.images, train) end, "the first argument must be a dataset, got a ten")
  expect_error(function() ln.data.leakage(train, train, { treshold = 1 }) end, "did you mean 'threshold'?")
  expect_error(function() ln.data.leakage(train, train, { threshold = 2 }) end, "option 'threshold' must be a")
  expect_error(function() ln.data.leakage(train, train, { group = "volume" }) end, "the name 'a001' does not tell")
end)

support.done()
