-- Datasets, splits, batches, images and filter tuning.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

-- A dataset whose image i is filled with i / 100.
local function numbered(names)
  local images = ln.zeros{ #names, 1, 4, 4 }
  for i = 1, #names do images[i]:fill(i / 100) end
  return ln.data.set(images, names)
end

local function names(format, first, last, step)
  local list = {}
  for i = first, last, step or 1 do list[#list + 1] = format:format(i) end
  return list
end

local function has(set)
  local found = {}
  for _, name in ipairs(set.names) do found[name] = true end
  return found
end

test("a dataset has images and names that stay together", function()
  local set = numbered(names("mdb%03d", 1, 20))
  assert(#set == 20)
  local some = set:subset{ 5, 2 }
  assert(#some == 2 and some.names[1] == "mdb005" and some.names[2] == "mdb002")
  close(some.images[1]:mean(), 0.05, 1e-7)
  assert(tostring(set) == "20 images of 1x4x4, mdb001 .. mdb020", tostring(set))
  assert(tostring(some:describe()):find("mdb005", 1, true))
end)

test("split by count", function()
  local set = numbered(names("a%d", 1, 20))
  local train, test_set = set:split{ train = 15, seed = 1 }
  assert(#train == 15 and #test_set == 5)
  local there = has(train)
  for i, name in ipairs(test_set.names) do
    assert(not there[name])
    close(test_set.images[i]:mean(), tonumber(name:match("%d+")) / 100, 1e-7)
  end
  local again = set:split{ train = 15, seed = 1 }
  assert(table.concat(again.names) == table.concat(train.names))
  local other = set:split{ train = 15, seed = 2 }
  assert(table.concat(other.names) ~= table.concat(train.names))
  train, test_set = set:split{ test = 0.25 }
  assert(#train == 15 and #test_set == 5)
end)

test("split by group: no patient on both sides", function()
  local set = numbered(names("mdb%03d", 1, 40))
  for _, group in ipairs{ ln.data.pairs, "pairs", function(_, index) return (index + 1) // 2 end } do
    local train, test_set = set:split{ train = 30, seed = 4, group = group }
    assert(#train == 30 and #test_set == 10)
    local there = has(train)
    for _, name in ipairs(test_set.names) do
      local number = tonumber(name:match("%d+"))
      local twin = ("mdb%03d"):format(number % 2 == 0 and number - 1 or number + 1)
      assert(not there[name] and not there[twin])
    end
  end
  local people = numbered{ "person1_a", "person1_b", "person2_a", "person3_a", "person3_b", "person4_a" }
  local train, test_set = people:split{ train = 3, group = "^(person%d+)_" }
  local there = has(train)
  assert(#train + #test_set == 6)
  assert(there.person1_a == there.person1_b and there.person3_a == there.person3_b)
end)

test("split by block: the sides are no neighbours", function()
  local list = names("ax%03d", 10, 88, 2)
  table.move(names("co%03d", 10, 88, 2), 1, 40, #list + 1, list)
  local set = numbered(list)
  local train, test_set = set:split{ test = 16, seed = 2, block = 4, gap = 1 }
  assert(#train > 0 and #test_set > 0)
  local there = has(train)
  for _, name in ipairs(test_set.names) do
    local axis, number = name:match("(%l+)(%d+)")
    assert(not there[name])
    for _, step in ipairs{ -2, 2 } do assert(not there[("%s%03d"):format(axis, number + step)]) end
  end
end)

test("splits that cannot be", function()
  local set = numbered(names("mdb%03d", 1, 6))
  expect_error(function() set:split{} end, "set:split: give either 'train' or 'test'")
  expect_error(function() set:split{ train = 3, test = 3 } end, "set:split: give either 'train' or 'test'")
  expect_error(function() set:split{ train = 6 } end, "split")
  expect_error(function() set:split{ train = 2.5 } end, "set:split: 2.5 is no number of images")
  expect_error(function() set:split{ train = 3, sed = 1 } end, "set:split: no option 'sed'; did you mean 'seed'?")
  expect_error(function() set:split{ train = 3, group = "x(%d)" } end,
    "the pattern 'x(%d)' does not match the name 'mdb001'")
  expect_error(function() numbered{ "a", "b" }:split{ train = 1, group = "pairs" } end,
    "there is no number in the name 'a'")
  expect_error(function() set:subset{ 7 } end, "set:subset: there is no image 7, the dataset has 6")
  expect_error(function() set:subset{} end, "set:subset: no images were chosen")
  expect_error(function() ln.data.set(set.images, { "a" }) end, "data.set: 6 images but 1 names")
end)

test("map keeps the names", function()
  local set = numbered(names("a%d", 1, 3))
  local noisy = set:map(ln.noise.gaussian{ p = 0.1 })
  assert(#noisy == 3 and noisy.names[2] == "a2" and noisy.images:mean() ~= set.images:mean())
  expect_error(function() set:map(function(x) return x:narrow(1, 1, 2) end) end, "must return a tensor of 3 images")
end)

test("batches cover everything once, in pairs", function()
  local set = numbered(names("a%d", 1, 13))
  local seen, sizes = {}, {}
  for a, b, number in ln.data.batches(set.images, set.images + 1, { size = 5, shuffle = true, seed = 3 }) do
    sizes[number] = #a
    close((b - a):mean(), 1, 1e-6)
    for i = 1, #a do seen[math.floor(a[i]:mean() * 100 + 0.5)] = true end
  end
  assert(#sizes == 3 and sizes[1] == 5 and sizes[3] == 3 and #seen == 13)
end)

test("batches: order by seed, one tensor alone, errors", function()
  local images = numbered(names("a%d", 1, 13)).images
  local function order(options)
    local out = {}
    for a, b in ln.data.batches(images, options) do
      assert(b == nil)
      out[#out + 1] = ("%.2f"):format(a:mean())
    end
    return table.concat(out, " ")
  end
  assert(order{ size = 1, shuffle = true, seed = 1 } == order{ size = 1, shuffle = true, seed = 1 })
  assert(order{ size = 1, shuffle = true, seed = 1 } ~= order{ size = 1, shuffle = true, seed = 2 })
  assert(order{ size = 13 } == "0.07")
  expect_error(function() ln.data.batches(images, images:narrow(1, 1, 3), {}) end,
    "the first tensor has 13 images, the second 3")
  expect_error(function() order{ sise = 4 } end, "data.batches: no option 'sise'; did you mean 'size'?")
end)

test("a folder of images", function()
  local folder <close> = support.folder()
  for i = 1, 3 do ln.image.save(ln.full({ 1, 8, 8 }, i / 4), ("%s/mdb%03d.png"):format(folder, i)) end
  local set = ln.data.folder(folder.path)
  assert(#set == 3 and set.names[3] == "mdb003")
  close(set.images[1]:mean(), 0.25, 1 / 255)
  local small = ln.data.folder{ folder.path, size = { 4, 4 } }
  assert(small.images.shape[3] == 4)
  assert(ln.data.folder(folder.path, { size = { 4, 4 } }).images.shape[4] == 4)
end)

test("folders that are none, or hold none", function()
  local folder <close> = support.folder()
  expect_error(function() ln.data.folder(folder.path) end, folder.path)
  expect_error(function() ln.data.folder(folder.path .. "/none") end, "none")
  support.write(folder.path .. "/a.png", "no image")
  expect_error(function() ln.data.folder(folder.path, { size = { 4, 4 } }) end, "a.png")
  expect_error(function() ln.data.folder(folder.path, { sizes = { 4, 4 } }) end, "did you mean 'size'?")
  expect_error(function() return ln.data.foldr end, "did you mean 'folder'?")
end)

test("images: save, read, resize, grid", function()
  local folder <close> = support.folder()
  local path = folder.path .. "/a.png"
  local x = ln.rand{ 1, 6, 9 }
  ln.image.save(x, path)
  local back = ln.image.read(path)
  assert(table.concat(back.shape, "x") == "1x6x9")
  assert((back - x):abs():max() <= 0.5 / 255 + 1e-6)
  close(ln.image.resize(x, { 3, 3 }):mean(), x:mean(), 1e-6)
  local grid = ln.image.grid({ ln.zeros{ 3, 1, 4, 4 }, ln.ones{ 3, 1, 4, 4 } }, { columns = 2, gap = 1, scale = 3 })
  local shape = grid.tensor.shape
  assert(shape[2] >= 25 and shape[3] >= 25 and shape[2] <= 27, tostring(grid))
  grid:save(path)
  assert(ln.image.read(path).shape[2] == shape[2])
end)

test("images of 16 bits, turned images", function()
  local folder <close> = support.folder()
  local path = folder.path .. "/a.png"
  local x = ln.rand{ 1, 6, 9 }
  ln.image.save(x, path, { bits = 16 })
  assert((ln.image.read(path) - x):abs():max() <= 0.5 / 65535 + 1e-7)
  ln.image.save(x, folder.path .. "/a.pgm", { bits = 16 })
  assert((ln.image.read(folder.path .. "/a.pgm") - ln.image.read(path)):abs():max() == 0)
  expect_error(function() ln.image.save(x, path, { bits = 12 }) end, "a.png': bits must be 8 or 16, got 12")
  expect_error(function() ln.image.save(x, path, { bist = 16 }) end, "image.save: no option 'bist'")
  expect_error(function() ln.image.save(x, folder.path .. "/a.jpg") end, "must end in one of .png, .pgm, .ppm, .pnm")
  -- PNG with the chunk eXIf: orientation 6, rows from the left edge upwards become rows
  local exif = "II*\0\8\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"
  local bytes = support.read(path)
  local chunk = "\0\0\0" .. string.char(#exif) .. "eXIf" .. exif .. "\xb7\x48\x11\x29"
  support.write(path, bytes:sub(1, 33) .. chunk .. bytes:sub(34))
  assert(table.concat(ln.image.read(path).shape, "x") == "1x9x6")
  local stored = ln.image.read(path, { orient = false })
  assert(table.concat(stored.shape, "x") == "1x6x9")
  assert(ln.image.read(path)[1][1][1] == stored[1][6][1])
end)

test("bytes of files and paths are escaped in messages", function()
  local folder <close> = support.folder()
  local path = folder.path .. "/a\27[31m.png"
  for text, f in pairs{
    ["a\\x1b[31m.png"] = function() ln.image.read(path) end,
    ["folder\\x1b[31m"] = function() ln.data.folder(folder.path .. "/folder\27[31m") end,
    ["\\x1b[2J"] = function() ln.load(folder.path .. "/\27[2J.safetensors") end,
    ["no option '\\x1b[2J'"] = function() ln.image.read(path, { ["\27[2J"] = 1 }) end,
  } do
    local message = expect_error(f, text)
    assert(not message:find("%c"), message)
  end
  support.write(path, "\137PNG\r\n\26\n\0\0\0\0\27[2J\1\2\3\4")
  assert(not expect_error(function() ln.image.read(path) end, "damaged"):find("%c"))
end)

test("limits on what files ask for", function()
  local folder <close> = support.folder()
  local path, before <const> = folder.path .. "/a.pgm", ln.limits()
  assert(before.pixels == 2 ^ 28 and before.bytes == 2 ^ 33)
  ln.image.save(ln.zeros{ 1, 6, 9 }, path)
  assert(ln.limits{ pixels = 53.0 }.pixels == 53 and ln.limits().bytes == before.bytes)
  expect_error(function() ln.image.read(path) end, "too large: 1x6x9 values, the limit is 53")
  ln.limits{ pixels = 54 }
  ln.image.read(path)
  ln.limits{ bytes = 215 }
  expect_error(function() ln.image.read(path) end, "too large")
  ln.limits(before)
  ln.image.read(path)
  expect_error(function() ln.limits{ pixels = 0 } end, "limits: option 'pixels' must be at least 1, got 0")
  expect_error(function() ln.limits{ pixel = 1 } end, "pixel")
  expect_error(function() ln.limits{ pixels = 1.5 } end, "limits: option 'pixels' must be an integer, got 1.5")
  expect_error(function() ln.limits(3) end, "limits: argument 1: expected a table of options, got 3")
end)

test("images: errors", function()
  expect_error(function() ln.image.read("/none/x.png") end, "/none/x.png")
  expect_error(function() ln.image.read("/none/x.png", { grey = true }) end, "image.read: no option 'grey'")
  expect_error(function() ln.image.save(ln.zeros{ 1, 4, 4 }, "/none/x.png") end, "/none/x.png")
  expect_error(function() ln.image.resize(ln.zeros{ 1, 4, 4 }, {}) end, "the size must be {height, width} in pixels")
  expect_error(function() ln.image.resize(ln.zeros{ 1, 4, 4 }, { 2, 2 }, { method = "cubic" }) end,
    "image.resize: option 'method' must be 'area' or 'bilinear', got 'cubic'")
  expect_error(function() ln.image.grid{} end, "image.grid: expected a list of tensors")
  expect_error(function() ln.image.grid{ ln.zeros{ 4, 4 } } end, "image.grid: row 1 must be a tensor N,C,H,W")
end)

test("tuning finds the best options by any metric", function()
  local clean = ln.data.phantom{ 4, size = { 24, 24 } }.images
  local noisy = ln.noise.gaussian{ p = 0.1, seed = 1 }(clean)
  for _, metric in ipairs{ ln.metric.psnr{}, ln.metric.mse{} } do
    local best, scores = ln.filter.tune(ln.filter.gaussian, { sigma = { 0.3, 0.6, 4 } }, noisy, clean, metric)
    assert(#scores == 3 and best.options.sigma < 4, tostring(scores))
    local ours, other = metric(best(noisy), clean), metric(ln.filter.gaussian{ sigma = 4 }(noisy), clean)
    assert(metric.name == "mse" and ours < other or metric.name == "psnr" and ours > other)
  end
  local psnr = ln.metric.psnr{}
  local coarse, _, edges = ln.filter.tune(ln.filter.tv, { weight = { 0.01, 0.1, 1 } }, noisy, clean, psnr)
  assert(#edges == 0)
  local fine, scores, still = ln.filter.tune(ln.filter.tv, { weight = { 0.01, 0.1, 1 } }, noisy, clean, psnr,
    { refine = 4 })
  assert(psnr(fine(noisy), clean) >= psnr(coarse(noisy), clean) and #scores > 7 and #still == 0, tostring(scores))
  -- the best is beyond the grid's end, and windows are odd
  local at_end, few, over = ln.filter.tune(ln.filter.wiener, { size = { 3, 5 }, sigma = { 0.01, 0.02 } }, noisy, clean,
    psnr)
  assert(#few == 4 and at_end.options.sigma == 0.02 and table.concat(over, " "):find("sigma"), tostring(few))
  local out, more = ln.filter.tune(ln.filter.wiener, { size = { 3, 5 }, sigma = { 0.01, 0.02 } }, noisy, clean, psnr,
    { refine = 4 })
  assert(out.options.sigma > 0.04 and #more > 8, tostring(more))
  local worse = ln.noise.gaussian{ p = 0.8, seed = 1, clip = false }(clean)
  local window, sizes = ln.filter.tune(ln.filter.median, { size = { 3, 5 } }, worse, clean, psnr, { refine = 2 })
  assert(window.options.size > 7 and #sizes == 5, tostring(sizes))
  expect_error(function() ln.filter.tune(ln.filter.tv, { weight = { 1 } }, noisy, clean, psnr, { refin = 2 }) end,
    "did you mean 'refine'?")
  expect_error(function() ln.filter.tune(ln.filter.gaussian, { sigm = { 1 } }, noisy, clean, ln.metric.psnr{}) end,
    "did you mean 'sigma'?")
  expect_error(function() ln.filter.tune(ln.filter.gaussian, { sigma = 1 }, noisy, clean, ln.metric.psnr{}) end,
    "filter.tune: the grid must be")
  expect_error(function() ln.filter.tune(ln.filter.gaussian, { sigma = { 1 } }, noisy, clean) end,
    "filter.tune: expected a metric")
end)

-- Values of another range are named, those of the paper's strongest noise pass.
test("images of 0 to 255 are found out, unclipped noise is not", function()
  local folder <close> = support.folder()
  local image = ln.data.phantom{ 2, size = { 32, 32 }, seed = 1 }.images
  local noisy = ln.noise.gaussian{ p = 0.2, sd = 10, seed = 3 }(image) -- standard deviation 2
  assert(noisy:min() < -5 and noisy:max() > 6)
  local byte = image * 255
  for _, metric in ipairs{ ln.metric.psnr, ln.metric.ssim } do
    assert(metric{}(noisy, image) and metric{}(byte, image))
    expect_error(function() metric{}(image, byte) end, "give option 'range', the largest possible value minus")
    expect_error(function() metric{}(image, noisy) end, "but the data range is 1")
    assert(metric{ range = 255 }(byte, byte))
  end
  local path = folder.path .. "/x.png"
  assert(ln.image.save(noisy[1], path) and ln.image.save(image[1] * 8 - 4, path))
  for _, factor in ipairs{ 255, -255 } do
    expect_error(function() ln.image.save(byte[1] * factor, path) end, "image.save: the mean of the image is ")
  end
end)

test("large targets are a word on stderr, once", function()
  local function said(code)
    return support.run(("-e '%s'"):format(code:gsub("\n", " ")))
  end
  local start = [[local ln = require "lunet" local x = ln.rand({ 8, 1, 8, 8 }, 1)
    local function fit(target, loss) local net = ln.nn.sequential{ ln.nn.conv2d{ 1 } }
      ln.fit(net, { input = ln.noise.gaussian{ p = 1, sd = 10 }(x), target = target, loss = loss, epochs = 2, batch = 2,
        optimizer = ln.optim.adam{}, progress = "none" }) end ]]
  for _, loss in ipairs{ "mse", "mae" } do
    local words = said(start .. "fit(x * 255, ln.loss." .. loss .. "{})")
    assert(select(2, words:gsub("mean magnitude", "")) == 1 and words:find("^lunet: training: the targets have"), words)
    assert(said(start .. "fit(x, ln.loss." .. loss .. "{})") == "")
  end
  local words = said(start .. "local m = ln.metric.mse{} m(x, x * 255) m(x, x * 255)")
  assert(words:find("^lunet: mse: the references have a mean magnitude of 12%d[%d.]*; "), words)
  assert(select(2, words:gsub("\n", "")) == 1, words)
  assert(said(start .. "ln.metric.mse{}(x * 255, x)") == "")
end)

support.done()
