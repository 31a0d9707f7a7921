-- Datasets beyond a tensor: pairs, folders read as needed, patches, mixes, maps; and what ln.fit makes of them.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error, close = support.test, support.expect_error, support.close

local nn = ln.nn

-- Image i of a folder is filled with i / 20; sizes: { height, width } or a function of i.
local function write_folder(path, n, size, more)
  os.execute(("mkdir -p '%s'"):format(path))
  for i = 1, n do
    local height, width = 8, 8
    if type(size) == "function" then height, width = size(i) elseif size then height, width = size[1], size[2] end
    ln.image.save(ln.full({ 1, height, width }, i / 20 + (more or 0)), ("%s/s%02d.png"):format(path, i), { bits = 16 })
  end
  return path
end

local function network(channels)
  return nn.sequential{ nn.conv2d{ 4, activation = "relu" }, nn.conv2d{ channels or 1 } }
end

local function options(more)
  local o = { loss = ln.loss.mse{}, optimizer = ln.optim.sgd{ lr = 0.01 }, epochs = 2, batch = 4, seed = 7,
    progress = "none" }
  for name, value in pairs(more) do o[name] = value end
  return o
end

-- The bits of the weights, and of all losses.
local function outcome(more, channels)
  local net = network(channels)
  local history = ln.fit(net, options(more))
  local parts = {}
  for _, tensor in ipairs(net:tensors()) do
    parts[#parts + 1] = ("%a"):format(net:tensor(tensor.name):sum())
  end
  for _, entry in ipairs(history) do parts[#parts + 1] = ("%a %s"):format(entry.loss, entry.val_loss) end
  return table.concat(parts, " "), history
end

local function same_with_threads(more, channels)
  local threads = ln.threads()
  ln.threads(1)
  local one = outcome(more, channels)
  ln.threads(2)
  local two = outcome(more, channels)
  ln.threads(threads)
  assert(one == two, one .. "\n" .. two)
  return one
end

local images = ln.data.phantom{ 12, size = { 16, 16 }, seed = 3 }.images
local noisy = ln.noise.gaussian{ p = 0.1 }(images)

test("a set from tensors", function()
  local set = ln.data.tensors{ noisy, images }
  assert(#set == 12 and tostring(set) == "12 pairs of 1x16x16, image1 .. image12", tostring(set))
  assert(set[3]:eq(noisy[3]):min() == 1 and set.targets[3]:eq(images[3]):min() == 1)
  local train, rest = set:split{ test = 4, seed = 1 }
  assert(#train == 8 and #rest == 4 and #rest.targets == 4)
  for i, name in ipairs(rest.names) do
    assert(rest.targets[i]:eq(images[tonumber(name:match("%d+"))]):min() == 1)
  end
  assert(outcome{ data = set, validation = 0.25 } == outcome{ input = noisy, target = images, validation = 0.25 })
  assert(tostring(ln.data.tensors{ ln.ones(5, 3), ln.ones(5, 2) }) == "5 pairs of 3 and 2, image1 .. image5")
  expect_error(function() ln.data.tensors{ noisy, images:narrow(1, 1, 3) } end, "data.tensors: 12 images as input, but")
  expect_error(function() ln.data.tensors{} end, "data.tensors: option 'input' is required")
  expect_error(function() return set[13] end, "dataset: there is no image 13, it has 12")
  expect_error(function() ln.data.tensors{ noisy, names = { "a" } } end, "data.tensors: 12 images but 1 names")
end)

test("a folder read as needed", function()
  local folder <close> = support.folder()
  write_folder(folder.path, 9)
  local all, set = ln.data.folder(folder.path), ln.data.folder{ folder.path, stream = true }
  assert(#set == 9 and set.names[9] == "s09" and tostring(set) == "9 images, read as needed, s01 .. s09", tostring(set))
  assert(set[2]:eq(all.images[2]):min() == 1 and set:load().images:eq(all.images):min() == 1)
  expect_error(function() return set.images end, "dataset: its images are not in memory; set[i] is one of them")
  local part = set:subset{ 7, 3 }
  assert(#part == 2 and part.names[1] == "s07" and part[2]:eq(all.images[3]):min() == 1)
  local train, rest = set:split{ train = 6, seed = 2 }
  local same = all:split{ train = 6, seed = 2 }
  assert(#rest == 3 and table.concat(train.names) == table.concat(same.names))
  assert(tostring(set:describe()):find("s04", 1, true))
  local noise = ln.noise.gaussian{ p = 0.1 }
  local streamed = same_with_threads{ data = set, input = noise, validation = 3 / 9 }
  assert(streamed == outcome{ data = all, input = noise, validation = 3 / 9 })
  assert(streamed == outcome{ input = noise, target = all.images, validation = 3 / 9 })
  for _, cache in ipairs{ 0, 1 } do -- megabytes
    assert(streamed == outcome{ data = ln.data.folder{ folder.path, stream = true, cache = cache }, input = noise,
      validation = 3 / 9 })
  end
  os.remove(folder.path .. "/s05.png")
  expect_error(function() ln.data.folder{ folder.path, stream = true, cache = 0 }:subset{ 1 }.x() end, "no method")
  local late = ln.data.folder{ folder.path, stream = true }
  support.write(folder.path .. "/s01.png", "no image")
  expect_error(function() ln.fit(network(), options{ data = late, input = noise }) end, "s01.png")
end)

test("images of different sizes need patches", function()
  local folder <close> = support.folder()
  write_folder(folder.path, 5, function(i) return 10 + i, 20 - i end)
  expect_error(function() ln.data.folder(folder.path) end, "give a size")
  local set = ln.data.folder{ folder.path, stream = true }
  expect_error(function() set:load() end, "dataset: the images differ in size: s01 is 1x11x19, but s02 is 1x12x18; "
    .. "ln.data.patches cuts parts of one size")
  local patches = ln.data.patches{ set, size = { 8, 6 }, per_image = 3 }
  assert(#patches == 15 and patches.names[4] == "s02#1")
  assert(tostring(patches) == "15 patches of 8x6 from 5 images, s01#1 .. s05#3", tostring(patches))
  assert(table.concat(patches:load().images.shape, "x") == "15x1x8x6")
  local train, rest = patches:split{ train = 4, seed = 1 }
  assert(#train == 12 and #rest == 3)
  for _, name in ipairs(train.names) do assert(name:sub(1, 3) ~= rest.names[1]:sub(1, 3)) end
  same_with_threads{ data = patches, input = ln.noise.gaussian{ p = 0.1 }, validation = 0.2 }
  expect_error(function() ln.data.patches{ set, size = 12 } end, "data.patches: 's01' is 1x11x19, smaller than a patch")
  expect_error(function() ln.data.patches{ set, size = { 8, 6, 4 } } end,
    "must be a number of pixels or {height, width}")
  expect_error(function() ln.data.patches{ images, size = 8 } end,
    "data.patches: option 'set' must be a set, got a tensor")
end)

test("patches come from other places each epoch, the same ones for the same seed", function()
  local set = ln.data.tensors{ ln.rand({ 3, 1, 30, 30 }, 1) }
  local patches = ln.data.patches{ set, size = 5, per_image = 4 }
  local function draw(seed, epoch)
    local input = ln.data.batches(patches, { size = 12, seed = seed, epoch = epoch })()
    return input
  end
  assert(draw(1, 1):eq(draw(1, 1)):min() == 1)
  assert(draw(1, 1):eq(draw(1, 2)):sum() < 100 and draw(1, 1):eq(draw(2, 1)):sum() < 100)
  local places = ln.data.patches{ ln.data.tensors{ ln.arange(1, 9):reshape{ 1, 1, 3, 3 } }, size = 1, per_image = 9000 }
  local counts = places:load().images:reshape{ -1 }:histogram{ bins = 9 }
  assert(counts:min() > 870 and counts:max() < 1130, tostring(counts))
end)

test("patches of pairs are from one place", function()
  local set = ln.data.tensors{ noisy, noisy * 2 }
  local x, y = ln.data.batches(ln.data.patches{ set, size = 7 }, { size = 96 })()
  assert((x * 2 - y):abs():max() == 0)
  expect_error(function() ln.data.patches{ ln.data.tensors{ noisy, ln.image.resize(images, { 8, 8 }) }, size = 4 } end,
    "'image1' is 1x16x16, but its target 1x8x8; patches are cut from one place of both")
end)

test("pairs from two folders by name", function()
  local folder <close> = support.folder()
  local low, full = write_folder(folder.path .. "/low", 6, nil, 0.01), write_folder(folder.path .. "/full", 6)
  local set = ln.data.paired{ noisy = low, clean = full }
  assert(#set == 6 and tostring(set) == "6 pairs of 1x8x8, s01 .. s06", tostring(set))
  close((set.images - set.targets):mean(), 0.01, 1e-4)
  local streamed = ln.data.paired{ noisy = low, clean = full, stream = true, limit = 5 }
  assert(#streamed == 5 and tostring(streamed) == "5 pairs, read as needed, s01 .. s05")
  assert(outcome{ data = set:subset{ 1, 2, 3, 4, 5 } } == outcome{ data = streamed })
  local part, rest = streamed:split{ test = 2 }
  assert(#part == 3 and #rest == 2)
  assert(#ln.data.paired{ noisy = low, clean = full, size = 4 }.images[1] == 1)
  os.rename(full .. "/s02.png", full .. "/t02.png")
  os.rename(full .. "/s03.png", full .. "/t03.png")
  expect_error(function() ln.data.paired{ noisy = low, clean = full } end,
    ("data.paired: 's02' in '%s' has no partner in '%s', nor have 1 others"):format(low, full))
  os.rename(full .. "/t02.png", full .. "/s02.png")
  os.rename(full .. "/t03.png", full .. "/s03.png")
  ln.image.save(ln.ones{ 1, 8, 8 }, full .. "/more.png")
  expect_error(function() ln.data.paired{ noisy = low, clean = full } end,
    ("data.paired: 'more' in '%s' has no partner in '%s'"):format(full, low))
  os.remove(full .. "/more.png")
  ln.image.save(ln.ones{ 1, 8, 8 }, full .. "/s04.pgm")
  expect_error(function() ln.data.paired{ noisy = low, clean = full } end, "has two images named 's04'")
  os.remove(full .. "/s04.pgm")
  ln.image.save(ln.ones{ 1, 9, 8 }, full .. "/s06.png")
  expect_error(function() ln.data.paired{ noisy = low, clean = full } end,
    "the sizes of 's06' differ: the noisy image is 1x8x8, the clean one 1x9x8; give a size")
  expect_error(function() ln.data.paired{ noisy = low } end, "data.paired: option 'clean' is required")
  expect_error(function() ln.data.paired{ noisy = low, clean = low .. "/none" } end,
    "data.paired: clean: folder: cannot")
end)

test("several sets with weights", function()
  local ones, twos = ln.data.set(ln.full({ 5, 1, 4, 4 }, 1)), ln.data.set(ln.full({ 3, 1, 4, 4 }, 2))
  for i = 1, 5 do ones.images[i]:add(i / 100) end
  local set = ln.data.mix({ { ones, 2 }, { twos, 1 } }, { count = 9 })
  assert(#set == 9 and tostring(set):find("^9 images in an epoch, a mix of 2 sets, "), tostring(set))
  for epoch = 1, 3 do
    local input = ln.data.batches(set, { size = 9, epoch = epoch })()
    assert(input:eq(1):sum() / 16 == 6 and input:eq(2):sum() / 16 == 3)
  end
  assert(#ln.data.mix{ { ones }, { twos, 0.5 } } == 8)
  -- every image has its turn before any comes again
  local single = ln.data.mix({ { ln.data.set(ln.arange(0, 9):reshape{ 10, 1, 1, 1 }), 1 } }, { count = 5 })
  local seen = {}
  for epoch = 0, 1 do
    local input = ln.data.batches(single, { size = 5, epoch = epoch, seed = 3 })()
    for _, value in ipairs(input:reshape{ -1 }:totable()) do seen[value] = true end
  end
  for i = 0, 9 do assert(seen[i], i) end
  same_with_threads{ data = set, input = ln.noise.gaussian{ p = 0.1 }, validation = twos }
  expect_error(function() set:split{ train = 3 } end, "set:split: a mix draws from all of its images")
  expect_error(function() ln.fit(network(), options{ data = set, input = ln.noise.gaussian{}, validation = 0.5 }) end,
    "fit: validation: a mix draws from all of its images; split the sets that it is of")
  expect_error(function() ln.data.mix{} end, "data.mix: expected a list of parts")
  expect_error(function() ln.data.mix(ones) end, "data.mix: the list of parts must be a table, got a dataset")
  expect_error(function() ln.data.mix{ ones, 2 } end, "data.mix: part 1 must be { set, weight }")
  expect_error(function() ln.data.mix{ { ones, 0 } } end,
    "data.mix: the weight of part 1 must be a number above 0, got 0")
  expect_error(function() ln.data.mix{ { ones }, { ln.data.tensors{ noisy, images } } } end, "part 2 has targets")
  local other = ln.data.mix{ { ones }, { ln.data.set(images) } }
  expect_error(function() other:load() end, "dataset: the images differ in size")
end)

-- A NIfTI-1 volume of n axial slices of 8x8 float32 voxels; slice z has the values first + z.
local function write_volume(path, n, first)
  local voxels = {}
  for z = 0, n - 1 do voxels[z + 1] = string.pack("<f", first + z):rep(64) end
  local header = string.pack("<i4", 348) .. ("\0"):rep(36) .. string.pack("<i2i2i2i2i2i2i2i2", 3, 8, 8, n, 1, 1, 1, 1)
    .. ("\0"):rep(14) .. string.pack("<i2i2i2", 16, 32, 0) .. string.pack("<ffffffff", 1, 1, 1, 1, 1, 1, 1, 1)
    .. string.pack("<fff", 352, 1, 0)
  support.write(path, header .. ("\0"):rep(344 - #header) .. "n+1\0" .. ("\0"):rep(4) .. table.concat(voxels))
end

test("neighbouring slices as channels, split by volume", function()
  local folder <close> = support.folder()
  for k = 1, 4 do write_volume(("%s/p%d.nii"):format(folder, k), 10, k) end
  local function load(more)
    local o = { folder.path, plane = "axial", size = 0, min_fill = 0, high = 100, neighbours = 1 }
    for name, value in pairs(more or {}) do o[name] = value end
    return ln.data.nifti(o)
  end
  local set = load()
  assert(#set == 40 and tostring(set) == "40 pairs of 3x8x8 and 1x8x8, p1/ax000 .. p4/ax009", tostring(set))
  close(set.images[12][1]:mean() * 100, 2, 1e-4) -- slices 0, 1, 2 of the second volume have the values 2, 3, 4
  close(set.images[12][3]:mean() * 100, 4, 1e-4)
  close(set.targets[12]:mean() * 100, 3, 1e-4)
  local train, rest = set:split{ test = 10, group = "volume" }
  assert(#train == 30 and #rest == 10 and #rest.targets == 10)
  for _, name in ipairs(train.names) do assert(name:sub(1, 2) ~= rest.names[1]:sub(1, 2)) end
  local far = set:split{ test = 8, block = 4, gap = 2 }
  assert(#far > 0)
  expect_error(function() set:split{ test = 8, block = 4 } end,
    "set:split: the images have 1 neighbour on each side as channels, so that blocks share slices; "
      .. "give gap = 2 or more")
  assert(load{ step = 3 }:split{ test = 4, block = 2, gap = 0 })
  expect_error(function() ln.data.set(images):split{ test = 4, group = "volume" } end, "does not tell the volume")
  local net = network()
  ln.fit(net, options{ data = train, validation = rest, input = ln.noise.gaussian{ 0.1 } })
  assert(net.input_shape[1] == 3 and net.output_shape[1] == 1)
end)

test("map, of images in memory and of those read as needed", function()
  local folder <close> = support.folder()
  write_folder(folder.path, 4)
  local stream, all = ln.data.folder{ folder.path, stream = true }, ln.data.folder(folder.path)
  local function dark(x) return x * 0.5 end
  assert(ln.data.map(stream, dark):load().images:eq(ln.data.map(all, dark).images):min() == 1)
  local pairs_of = stream:map(function(x) return x * 0.5, x end)
  local x, y = ln.data.batches(pairs_of, { size = 4 })()
  assert((x * 2 - y):abs():max() == 0 and all:map(function(z) return z * 0.5, z end).targets:eq(all.images):min() == 1)
  local fixed = stream:map(ln.noise.gaussian{ p = 0.1 })
  assert(fixed[2]:eq(fixed[2]):min() == 1 and not (fixed[2]:eq(stream[2]):min() == 1))
  local patches = ln.data.patches{ stream, size = 3, per_image = 2 }:map(dark)
  local part = patches:split{ train = 3 }
  assert(#part == 6 and part[1]:max() <= 0.5)
  expect_error(function() stream:map(function() return 1 end)[1]:sum() end,
    "set:map: the function must return a tensor of 1 image, got 1")
  expect_error(function() ln.data.map(images, dark) end, "data.map: expected a dataset, got a tensor")
end)

test("a function as noise: fresh each epoch, by image, whatever the batch and threads", function()
  local seen = {}
  local function corrupt(x, draw)
    seen[draw.epoch] = (seen[draw.epoch] or 0) + #draw.numbers
    return x + 0.1 * draw:normal()
  end
  same_with_threads{ data = ln.data.set(images), input = corrupt, validation = 0.25 }
  assert(seen[1] == 18 and seen[2] == 18 and seen[3] == nil) -- two runs, 9 images in an epoch
  local set = ln.data.set(images)
  local function batch(size, first, f, epoch)
    local input = ln.data.batches(set, { size = size, first = first, input = f, epoch = epoch, seed = 5 })()
    return input
  end
  for _, f in ipairs{ corrupt, ln.noise.rician{}, ln.noise.chain{ ln.noise.speckle{}, ln.noise.masking{} } } do
    local whole = batch(12, 1, f)
    assert(batch(3, 2, f):eq(whole:narrow(1, 4, 3)):min() == 1)
    assert(batch(12, 1, f, 2):eq(whole):sum() < 12 * 250)
  end
end)

test("a level goes along as further channels", function()
  local function with_level(x, draw)
    local level = draw:uniform(0, 0.2)
    return x + level * draw:normal(), level
  end
  local set = ln.data.set(images)
  local input, target = ln.data.batches(set, { size = 6, input = with_level })()
  assert(table.concat(input.shape, "x") == "6x2x16x16" and target:eq(images:narrow(1, 1, 6)):min() == 1)
  local plane = input[{ {}, { 2 } }]
  assert(plane:std{ 3, 4 }:max() < 1e-6 and plane:max() <= 0.2 and plane:min() >= 0 and plane:std() > 0.01)
  for channels, level in pairs{ [2] = 0.1, [3] = ln.ones(6, 2, 1, 1), [4] = ln.ones(6, 3, 16, 16) } do
    input = ln.data.batches(set, { size = 6, input = function(x) return x, level end })()
    assert(input.shape[2] == channels)
  end
  input = ln.data.batches(set, { size = 6, input = function(x) return x, ln.arange(0, 5) end })()
  assert(input[6][2]:min() == 5)
  same_with_threads{ data = set, input = with_level, validation = 0.25 }
  local net = network()
  ln.fit(net, options{ target = images, input = with_level })
  assert(net.input_shape[1] == 2)
  local function fails(text, f)
    expect_error(function() ln.fit(network(), options{ target = images, input = f }) end, text)
  end
  fails("fit: input: the function must give a tensor of 1 images, got nil", function() end)
  fails("fit: input: the level must be a number or a tensor, got 'high'", function(x) return x, "high" end)
  fails("fit: input: the level, 2x1x1x1, does not go with noisy images 1x1x16x16", function(x)
    return x, ln.ones(2, 1, 1, 1)
  end)
  fails("fit: input: the function gave NaN in epoch 0", function(x) return x * (0 / 0) end)
  fails("sets.lua:%d+: my mistake", function() error("my mistake") end)
end)

test("what a draw can do", function()
  local set, got = ln.data.set(images), nil
  ln.data.batches(set, { size = 12, seed = 4, epoch = 6, input = function(x, draw)
    got = { draw:normal(), draw:normal(), draw:uniform(), draw:uniform(-1, 1, { 1, 16, 16 }), draw:integer(2, 4),
      draw:poisson(x * 100), draw:noise(ln.noise.gaussian{ sd = 0.1 }, x), seed = draw.seed, epoch = draw.epoch }
    assert(tostring(draw) == "draw of epoch 6 for 12 images, seed 4")
    expect_error(function() return draw.norml end, "draw: no method or field 'norml'; did you mean 'normal'?")
    expect_error(function() draw.normal() end, "draw:normal: called on nil, expected the draw; write draw:normal(...)")
    expect_error(function() draw:uniform("a") end, "draw:uniform: the lower bound must be a number, got 'a'")
    expect_error(function() draw:uniform(2, 1) end, "draw:uniform: expected finite numbers low <= high, got 2 and 1")
    expect_error(function() draw:integer(1) end, "draw:integer: the largest must be an integer, got nil")
    expect_error(function() draw:normal(3) end, "draw:normal: the size of one image's numbers must be a table, got 3")
    expect_error(function() draw:poisson(x[1]) end, "12 numbers for 1 images")
    expect_error(function() draw:noise(x, x) end, "draw:noise: the noise must be a noise item, got a tensor")
    return x
  end })()
  assert(got.seed == 4 and got.epoch == 6)
  close(got[1]:std(), 1, 0.05)
  assert(got[1]:eq(got[2]):sum() < 5 and table.concat(got[3].shape, "x") == "12x1x1x1")
  assert(got[4]:min() >= -1 and got[4]:max() <= 1 and got[4]:std() > 0.5)
  assert(got[5]:min() >= 2 and got[5]:max() <= 4)
  close((got[6] / 100):mean(), images:mean(), 0.01)
  close((got[7] - images):std(), 0.1, 0.005)
end)

test("augmentation: both images of a pair, other ones each epoch, validation only cropped", function()
  local augment = ln.augment.chain{ ln.augment.crop{ 12 }, ln.augment.flip{ vertical = 0.5 }, ln.augment.rot90{},
    ln.augment.shift{ 2 }, ln.augment.intensity{} }
  assert(tostring(augment):find("^chain{ crop{ 12 }, flip{ vertical = 0.5 }, rot90{"), tostring(augment))
  local set = ln.data.tensors{ noisy, images }
  local x, y = ln.data.batches(set, { size = 12, augment = augment })()
  local plain = ln.data.batches(ln.data.set(images), { size = 12, augment = augment })()
  assert(table.concat(x.shape, "x") == "12x1x12x12" and y:eq(plain):min() == 1)
  close((x - y):std(), 0.1, 0.01)
  local other = ln.data.batches(set, { size = 12, augment = augment, epoch = 2 })()
  assert(other:eq(x):sum() < 100)
  same_with_threads{ data = set, augment = augment, validation = 0.25 }
  same_with_threads{ target = images, input = ln.noise.gaussian{ 0.1 }, augment = augment, validation = 0.25 }
  local seen
  local function look(_, t)
    seen = t:clone()
    return 0
  end
  ln.fit(network(), options{ data = set, augment = augment, validation = set, epochs = 1, metrics = { seen = look } })
  assert(seen:eq(images[{ {}, {}, { 3, 14 }, { 3, 14 } }]:narrow(1, 9, 4)):min() == 1)
  local a, b = ln.augment.flip{}(noisy, noisy * 2)
  assert((a * 2 - b):abs():max() == 0)
  expect_error(function() ln.augment.flip{}(noisy, -1) end, "flip: the draw must be at least 0, got -1")
  expect_error(function() ln.augment.chain{ ln.noise.gaussian{} } end, "augment.chain: entry 1 must be an augmentation")
  expect_error(function() ln.noise.chain(3) end, "noise.chain: expected a list of items, got 3")
  expect_error(function() ln.noise.chain{} end, "noise.chain: a chain has 1 to 64 links, got 0")
  expect_error(function() ln.fit(network(), options{ data = set, augment = ln.augment.crop{ 20 } }) end,
    "fit: crop: option 'size' of 20x20 is larger than the images, 1x16x16")
end)

test("data and its mistakes", function()
  local set = ln.data.set(images)
  local function fails(text, more)
    expect_error(function() ln.fit(network(), options(more)) end, text)
  end
  fails("fit: the data has images without targets; give a noise as 'input'", { data = set })
  fails("fit: give either 'data' or 'target', not both", { data = set, target = images, input = noisy })
  fails("fit: with 'data', the input must be a noise or a function", { data = set, input = noisy })
  fails("fit: option 'data' must be a set, got a tensor", { data = images })
  fails("must be a tensor or a list of tensors, got a dataset; its images are in its field 'images'", { target = set })
  fails("fit: the validation data has images without targets", { data = ln.data.tensors{ noisy, images },
    validation = set })
  fails("fit: the validation images are 1x8x8", { data = set, input = ln.noise.gaussian{},
    validation = ln.data.set(ln.image.resize(images, { 8, 8 })) })
  local bad = images:clone()
  bad[{ 3, 1, 5, 2 }] = 0 / 0
  fails("fit: the data has NaN at image 3, channel 1, row 5, column 2", { data = ln.data.tensors{ bad, images } })
  fails("fit: the data's targets has NaN at image 3", { data = ln.data.tensors{ images, bad } })
  expect_error(function() ln.data.batches(images, images, { input = ln.noise.gaussian{} }) end, "are for a dataset")
  assert(outcome{ data = set, input = ln.noise.gaussian{}, validation = { data = set, input = ln.noise.poisson{} } })
end)

test("folds: every image is tested on once, and no group is on both sides", function()
  local names = {}
  for i = 1, 23 do names[i] = ("mdb%03d"):format(i) end
  local set = ln.data.set(ln.rand({ 23, 1, 4, 4 }, 1), names)
  for _, group in ipairs{ false, ln.data.pairs, "pairs", "mdb(%d%d)" } do
    local tested, first = {}, nil
    local folds = set:folds{ k = 3, group = group or nil, seed = 4 }
    assert(#folds == 3)
    for i, fold in ipairs(folds) do
      local train, test_set = table.unpack(fold)
      first = first or train.names
      assert(#train + #test_set == 23 and fold.test.names[1] == test_set.names[1])
      local groups = {}
      local function key(name)
        return not group and name or type(group) == "string" and group ~= "pairs" and name:match(group)
          or ln.data.pairs(name)
      end
      for _, name in ipairs(test_set.names) do
        assert(not tested[name])
        tested[name], groups[key(name)] = i, true
      end
      for _, name in ipairs(train.names) do assert(not groups[key(name)]) end
      if group ~= "mdb(%d%d)" then assert(#test_set >= 7 and #test_set <= 8, #test_set) end
    end
    for _, name in ipairs(names) do assert(tested[name], name) end
    assert(table.concat(set:folds{ k = 3, group = group or nil, seed = 4 }[1].train.names) == table.concat(first))
    local few = group == "mdb(%d%d)" -- three groups of different sizes go to three folds in one way
    local other = set:folds{ k = 3, group = group or nil, seed = 5 }[1].train.names
    assert(few or table.concat(other) ~= table.concat(first))
  end
  local patches = ln.data.patches{ set, size = 2, per_image = 2 }
  local of_patches = patches:folds()[5]
  assert(#of_patches.train + #of_patches.test == 46)
  expect_error(function() set:folds{ k = 24 } end, "set:folds: option 'k' = 24, but there are only 23 images")
  expect_error(function() set:folds{ k = 13, group = "pairs" } end, "but there are only 12 groups")
  expect_error(function() set:folds{ group = "x" } end, "set:folds: the pattern 'x' does not match the name 'mdb001'")
  expect_error(function() set:folds{ k = 1 } end, "set:folds: option 'k' must be an integer of at least 2, got 1")
  expect_error(function() return set:folds()[1].tests end, "fold: no field 'tests'; it has train and test")
end)

test("noises, filters, metrics and networks take a dataset for its images", function()
  local set = ln.data.phantom{ 3, size = 16, seed = 1 }
  local net = ln.nn.sequential{ ln.nn.conv2d{ 1 } }
  net:build({ 1, 16, 16 }, 1)
  local function same(a, b) assert((a - b):abs():max() == 0) end
  local x, median, ssim = set.images, ln.filter.median{ 3 }, ln.metric.ssim{}
  local corrupted = ln.noise.gaussian{ 0.1 }(set)
  same(corrupted, ln.noise.gaussian{ 0.1 }(x))
  same(median(set), median(x))
  assert(ssim(corrupted, set) == ssim(corrupted, x) and ssim(set, set) == 1)
  same(ssim:map(corrupted, set), ssim:map(corrupted, x))
  same(net:predict(set), net:predict(x))
  same(net(set), net:predict(x))
  same(net:predict(set, { mirror = true }), net:predict(x, { mirror = true }))
  assert(net:evaluate(corrupted, set).ssim == net:evaluate(corrupted, x).ssim)
  same(ln.augment.flip{ seed = 1 }(set), ln.augment.flip{ seed = 1 }(x))
  expect_error(function() median{} end, "median: argument 1: expected a tensor, got a table")
  expect_error(function() net:predict(setmetatable({}, { __name = 3 })) end, "got a list of 0")
end)

support.done()
