-- The images of the paper's scripts: whose they are by their names, folders of all kinds, what they are called, and how
-- they differ from the paper's.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test, expect_error = support.test, support.expect_error

local root = (arg[0]:match("^.*/") or "./") .. "../../"
package.path = root .. "?.lua;" .. package.path
local data = require "scripts.paper.data"
local folder = require "scripts.paper.folder"
local labels = require "scripts.paper.labels"
local paper_sets = require "scripts.paper.paper_sets"
local patients = require "scripts.paper.patients"

-- Small different images under such names, in a folder within `at`.
local function write_images(at, names, seed)
  ln.file.make_dir(at)
  local images = ln.rand({ #names, 1, 8, 8 }, seed or 1)
  for i, name in ipairs(names) do ln.image.save(images[i], ("%s/%s"):format(at, name)) end
  return at
end

local function numbered(pattern, first, last)
  local names = {}
  for i = first, last do names[#names + 1] = pattern:format(i) end
  return names
end

-- ---- Patients ----

test("patients by the names of known sets; what tells nothing is a patient of its own", function()
  local known = {
    mdb001 = "mdb001/002", mdb002 = "mdb001/002", mdb003 = "mdb003/004", mdb322lx = "mdb321/322",
    ["left/mdb004"] = "mdb003/004", ["00000013_005"] = "00000013", ["00000013_005_small"] = "00000013",
    person1_bacteria_2 = "person1", person1_virus_6 = "person1", person1954_bacteria_4886 = "person1954",
    ["IM-0011-0001-0001"] = "IM-0011", ["IM-0011-0001-0002"] = "IM-0011", ["NORMAL2-IM-0198-0001"] = "NORMAL2-IM-0198",
    ["BACTERIA-7422-0001"] = "BACTERIA-7422", ["NORMAL-28501-0002"] = "NORMAL-28501",
    ["Mass-Training_P_00001_LEFT_CC"] = "P_00001", ["Calc-Test_P_00038_RIGHT_MLO_1"] = "P_00038",
  }
  for name, patient in pairs(known) do
    local key, scheme = patients.of(name)
    assert(key == patient and scheme, name)
  end
  for _, name in ipairs{ "001", "mdb01", "mdb0001", "xmdb001", "0000001_001", "000000013_001", "person_a", "person7",
    "scan 1, left", "ax010", "a/b", "" } do
    local key, scheme = patients.of(name)
    assert(key == name and scheme == nil, name)
  end
end)

test("a stray file counts as a patient, and the others are known all the same", function()
  local rule, words = patients.rule{ "mdb001", "mdb002", "notes", "00000001_000", "00000001_001" }
  assert(words == "mini-MIAS, images 2k-1 and 2k; NIH ChestX-ray, the first eight digits; one other name is a patient "
    .. "of its own", words)
  assert(rule "mdb001" == rule "mdb002" and rule "notes" == "notes" and rule "00000001_001" == "00000001")
  local n, most = patients.count({ "mdb001", "mdb002", "notes", "00000001_000", "00000001_001" }, rule)
  assert(n == 3 and most == 2)
  local none, why = patients.rule{ "a", "b" }
  assert(none == nil and why:find("do not tell", 1, true))
end)

test("patients as the user says: pairs, a pattern, none", function()
  local names = { "scan1", "scan2", "scan3", "left" }
  local rule, words = patients.rule(names, "pairs")
  assert(rule "scan1" == rule "scan2" and rule "scan3" ~= rule "scan2" and rule "left" == "left")
  assert(words == "images 2k-1 and 2k; one other name is a patient of its own", words)
  rule, words = patients.rule(names, "^(%a+)")
  assert(rule "scan1" == "scan" and words == "the pattern '^(%a+)'", words)
  rule, words = patients.rule({ "mdb001", "mdb002" }, "none")
  assert(rule == nil and words:find("--group none", 1, true))
  expect_error(function() patients.rule(names, "^p%d") end, "--group '^p%d': no file name tells a patient so, such as "
    .. "'scan1'")
  expect_error(function() patients.rule(names, "(s") end, "--group '(s': unfinished capture")
  expect_error(function() patients.rule({ "a", "b" }, "pairs") end, "no file name tells")
end)

-- How many patients are in the test images of a split.
local function tested(names, rule, n, seed, group)
  local set = ln.data.tensors{ ln.zeros{ #names, 1, 2, 2 }, names = names }
  local _, test_images = set:split{ test = n, seed = seed, group = group }
  return (patients.count(test_images.names, rule))
end

test("test images are of two patients at least, whatever is drawn", function()
  local sets = { numbered("mdb%03d", 1, 8), numbered("mdb%03d", 1, 9), numbered("%03d", 1, 8) }
  sets[4] = numbered("00000001_%03d", 0, 4) -- five of one patient among 15 others
  table.move(numbered("%08d_000", 2, 16), 1, 15, 6, sets[4])
  for i, names in ipairs(sets) do
    local rule = patients.rule(names)
    local n = patients.test_count(names, rule, 2, "set")
    assert(n == ({ 4, 4, 2, 10 })[i], n)
    for seed = 1, 30 do
      assert(tested(names, rule, n, seed) >= 2 and tested(names, rule, n, seed, rule) >= 2)
    end
  end
  assert(patients.test_count(numbered("mdb%03d", 1, 322), patients.of, 22, "set") == 22)
  expect_error(function() patients.test_count(numbered("00000001_%03d", 1, 8), patients.of, 2, "set") end,
    "'set' has too few patients to test on two and train on as many images: 8 of its 8 are of one")
end)

-- ---- Folders ----

test("a folder: images of all sizes and kinds, gray, 64x64", function()
  local at <close> = support.folder()
  ln.image.save(ln.rand{ 3, 70, 90 }, at.path .. "/colour, left.png")
  ln.image.save(ln.rand{ 1, 40, 20 }, at.path .. "/b.pgm")
  local set, sizes = folder.read(at.path, 2)
  assert(#set == 2 and set.images.shape[2] == 1 and set.images.shape[3] == 64 and set.images.shape[4] == 64)
  assert(set.names[1] == "b" and set.names[2] == "colour, left")
  assert(sizes[1][1] == 40 and sizes[1][2] == 20 and sizes[2][1] == 70 and sizes[2][2] == 90)
  assert(set.images:eq(ln.data.folder(at.path, { size = 64 }).images):all())
end)

test("folders within are read where the folder has no images itself", function()
  local at <close> = support.folder()
  write_images(at.path .. "/train", numbered("%03d.png", 1, 3))
  write_images(at.path .. "/test", numbered("%03d.png", 4, 5))
  local set = folder.read(at.path, 2)
  assert(table.concat(set.names, " ") == "test/004 test/005 train/001 train/002 train/003")
  local read = table.concat(require("lunet.provenance").paths(), "\n") -- what records say of the data
  assert(read:find(at.path .. "/train", 1, true) and read:find(at.path .. "/test", 1, true), read)
  write_images(at.path, { "a.png", "b.png" })
  assert(table.concat(folder.read(at.path, 2).names, " ") == "a b")
  assert(#ln.data.folder{ at.path, within = true } == 7)
  local pairs_of = ln.data.paired{ noisy = at.path, clean = at.path, within = true }
  assert(#pairs_of == 7 and pairs_of.names[7] == "train/003")
end)

test("folders that do not serve are refused, and the message says why", function()
  local at <close> = support.folder()
  expect_error(function() folder.read(at.path .. "/none", 2) end, "cannot read '" .. at.path .. "/none'")
  expect_error(function() folder.read(at.path, 2) end, "has no images")
  write_images(at.path, { "a.png" })
  expect_error(function() folder.read(at.path, 2) end, "has too few images: 1 of at least 2")
  write_images(at.path, { "a.pgm", "b.png" })
  expect_error(function() folder.read(at.path, 2) end, "has two files named 'a' that differ in their endings")
  os.remove(at.path .. "/a.pgm")
  support.write(at.path .. "/b.png", support.read(at.path .. "/b.png"):sub(1, 60))
  expect_error(function() folder.read(at.path, 2) end, "b.png': damaged")
end)

test("folders within that hold the same images in two sizes are refused", function()
  local at <close> = support.folder()
  write_images(at.path .. "/full", numbered("%03d.png", 1, 3))
  write_images(at.path .. "/other", numbered("%03d.png", 2, 4), 2)
  assert(#folder.read(at.path, 2) == 6)
  ln.file.make_dir(at.path .. "/small")
  ln.image.save(ln.image.read(at.path .. "/full/002.png"), at.path .. "/small/002.png")
  expect_error(function() folder.read(at.path, 2) end, "'full/002' and 'small/002' of '" .. at.path .. "' are one "
    .. "image; give one of these folders")
end)

-- ---- Names of sets ----

local function labelled(first, second, is_paper)
  local sources = { { path = first, role = "MMM", is_paper = is_paper }, { path = second, role = "DX" } }
  labels.give(sources)
  return sources[1].label .. "; " .. sources[2].label
end

test("labels: the folder's name, distinct, and none that the tables use", function()
  assert(labelled("data/mias/64", "data/ceph/full/") == "mias; ceph")
  assert(labelled("data/mias/64", "data/ceph", true) == "MMM; ceph")
  assert(labelled("a/scans", "b/scans") == "scans (a); scans (b)")
  assert(labelled("a/x/scans", "b/x/scans") == "scans (1); scans (2)")
  assert(labelled("scans", "/scans") == "scans (1); scans (2)")
  assert(labelled("data/combined", "MMM") == "folder combined; folder MMM")
  assert(labelled("a/combined", "b/combined") == "folder combined (a); folder combined (b)")
  assert(labelled("/", "./12") == "images (1); images (2)")
  local stands_in = { { label = "phantoms" }, { path = "data/phantoms" } }
  labels.give(stands_in)
  assert(stands_in[2].label == "folder phantoms")
end)

-- ---- The paper's sets ----

local function sizes_of(n, rows, columns)
  local list = {}
  for i = 1, n do list[i] = { rows, columns } end
  return list
end

test("the paper's sets are known by names, counts and sizes, and what differs is told", function()
  local mias = numbered("mdb%03d", 1, 322)
  local warnings, is_paper = paper_sets.compare(mias, sizes_of(322, 1024, 1024), paper_sets.MMM)
  assert(#warnings == 0 and is_paper)
  mias[5], mias[9] = "notes", "mdb010"
  local sizes = sizes_of(322, 1024, 1024)
  sizes[7] = { 100, 90 }
  warnings, is_paper = paper_sets.compare(mias, sizes, paper_sets.MMM)
  assert(is_paper and table.concat(warnings, "\n") == [[
names that are not the paper's, mdb001 to mdb322: 1 of 322, 'notes'
the paper's names that are missing: 2, 'mdb005', 'mdb009'
names that come more than once: 1, 'mdb010'
images of other sizes than the paper's 1024 x 1024: 1 of 322, 'mdb007' is 90 x 100]], table.concat(warnings, "\n"))
  warnings, is_paper = paper_sets.compare(numbered("mdb%03d", 1, 249), sizes_of(249, 64, 64), paper_sets.MMM)
  assert(not is_paper and table.concat(warnings, "\n") == [[
249 images, where the paper had 322
the paper's names that are missing: 73, 'mdb250', 'mdb251', 'mdb252' and 70 more
images of other sizes than the paper's 1024 x 1024: 249 of 249, 'mdb001' is 64 x 64]], table.concat(warnings, "\n"))
  assert(select(2, paper_sets.compare(numbered("mdb%03d", 1, 250), sizes_of(250, 64, 64), paper_sets.MMM)))
  local heads = numbered("part/%03d", 1, 400)
  warnings, is_paper = paper_sets.compare(heads, sizes_of(400, 2400, 1935), paper_sets.DX)
  assert(#warnings == 0 and is_paper)
  assert(not select(2, paper_sets.compare(heads, sizes_of(400, 64, 64), paper_sets.DX)))
end)

-- ---- Sources ----

test("sources: patients, labels, and what is refused", function()
  local at <close> = support.folder()
  local first = write_images(at.path .. "/a/scans", numbered("mdb%03d.png", 1, 8), 1)
  local second = write_images(at.path .. "/b/scans", numbered("00000002_%03d.png", 1, 2), 2)
  write_images(second, numbered("%d.png", 1, 7), 3)
  local sources = data.load{ mmm = first, dx = second }
  assert(sources[1].label == "scans (a)" and sources[2].label == "scans (b)" and not sources[1].is_paper)
  assert(sources[1].n_test == 4 and sources[2].n_test == 4)
  assert(sources[1].identity:find("scans (a): 8 images, 4 patients, sum", 1, true), sources[1].identity)
  local said = data.about_patients(sources, { seed = 1 })
  assert(said == "Patients are on one side of the split where they are known. scans (a): 4 patients (mini-MIAS, images "
    .. "2k-1 and 2k). scans (b): 8 patients (NIH ChestX-ray, the first eight digits; 7 other names are patients of "
    .. "their own). Intervals and tests count patients where they are known, else images.", said)
  said = data.about_patients(sources, { seed = 1, preset = "gondara2016" })
  assert(said:find("The split is random", 1, true) and not said:find("on one side", 1, true), said)
  for seed = 1, 10 do
    local train, held_out = data.split(sources[2], sources[2].set, { seed = seed })
    assert(#ln.data.leakage(train, held_out, { group = sources[2].group }).groups == 0)
  end
  expect_error(function() data.load{ mmm = first, dx = first } end, "the two sets are the same images, those of '")
  expect_error(function() data.load{ mmm = first, dx = at.path .. "/a" } end, "the same images")
  local one = write_images(at.path .. "/one", numbered("00000003_%03d.png", 1, 9), 4)
  expect_error(function() data.load{ mmm = one, dx = first } end, "'one' has too few patients")
  sources = data.load{ mmm = one, dx = first, group = "none" }
  assert(sources[1].n_test == 2 and sources[2].n_test == 2 and not sources[1].group and not sources[2].group)
end)

support.done()
