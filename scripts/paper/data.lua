-- The images: the paper's two sets from folders, or what a fresh machine has in their place, and how they are split.
--
-- A source is { set = the dataset at 64x64, label = what it is called, role = "MMM" or "DX", whose place it takes,
-- is_paper = whether it is that set, warnings = what differs from the paper's, n_test =, group = function(name) ->
-- patient, or nil where nothing tells, patients = from what they are known, or why not, in words }.
local ln = require "lunet"
local conditions = require "scripts.paper.conditions"
local folder = require "scripts.paper.folder"
local labels = require "scripts.paper.labels"
local paper_sets = require "scripts.paper.paper_sets"
local patients = require "scripts.paper.patients"

local data = {}

local volume = "/usr/share/mricron/templates/ch2.nii.gz"
local least = 8 -- images of a set: four patients of two images each, two of whom test

-- ---- Loading ----

-- n of the numbers 1 .. total, evenly spread; all where there are fewer.
function data.spread(total, n)
  local chosen = {}
  n = math.min(n or total, total)
  for i = 1, n do chosen[i] = (i - 1) * total // n + 1 end
  return chosen
end

local function from_folder(path, role_name)
  local role = paper_sets[role_name]
  local set, sizes = folder.read(path, least)
  local warnings, is_paper = paper_sets.compare(set.names, sizes, role)
  return { set = set, role = role_name, is_paper = is_paper, path = path, warnings = warnings, split_by = {},
    what = is_paper and role.what or ("images of '%s'"):format(path) }
end

-- The path of the head MRI that stands in for images that are not given with `option`.
function data.volume(option)
  if ln.file.exists(volume) then return volume end
  error(("there is no %s; install it with 'apt install mricron-data', or give images with %s DIR"):format(volume,
    option), 0)
end

-- In the place of MMM: slices of a head. Neighbours are alike, so blocks of them stay together.
local function slices()
  return { set = ln.data.nifti(data.volume("--mmm"), { size = folder.size, step = 2 }), role = "MMM",
    label = labels.slices, warnings = {}, what = "slices of the head MRI in Debian's mricron-data",
    patients = "all slices are of one head; blocks of neighbours stay together", split_by = { block = 4, gap = 1 } }
end

-- In the place of DX: as unlike the slices as what the program itself can draw.
local function phantoms()
  return { set = ln.data.phantom{ 150, size = folder.size, seed = 1 }, role = "DX", label = labels.phantoms,
    warnings = {}, what = "drawn heads, variations of the Shepp-Logan phantom", patients = "nobody's", split_by = {} }
end

-- How many images are held out for testing: what the paper left, or fewer where there are fewer images.
local function test_count(source)
  local role, n = paper_sets[source.role], #source.set
  local wanted = n >= role.count and n - role.train or math.max(2, math.min(role.test_of_fewer, n // 4))
  return patients.test_count(source.set.names, source.group, wanted, source.label)
end

-- What tells these images from others, so that results of others are not taken for theirs.
local function identity(source)
  local known = source.group and (", %d patients"):format((patients.count(source.set.names, source.group))) or ""
  return ("%s: %d images%s, sum %.3f"):format(source.label, #source.set, known, source.set.images:sum())
end

-- At most so many images of a source.
local function reduce(source, most)
  source.set = source.set:subset(data.spread(#source.set, most))
  if #source.set < 100 and source.split_by.block then source.split_by = { block = 1, gap = 0 } end
end

-- Two sets that are one would be on both sides of a split of their combination.
local function check_different(a, b)
  if #a.set == #b.set and a.set.images:eq(b.set.images):all() then
    error(("the two sets are the same images, those of '%s'"):format(a.path), 0)
  end
end

-- o: { mmm = folder or nil, dx = folder or nil, images = at most so many of each set, or nil, group = of
-- patients.option }. Returns two sources.
function data.load(o)
  local sources = { o.mmm and from_folder(o.mmm, "MMM") or slices(), o.dx and from_folder(o.dx, "DX") or phantoms() }
  check_different(sources[1], sources[2])
  labels.give(sources)
  for i, source in ipairs(sources) do
    if o.images then reduce(source, o.images) end
    if source.path then source.group, source.patients = patients.rule(source.set.names, o.group) end
    source.index, source.n_test, source.identity = i, test_count(source), identity(source)
    for _, warning in ipairs(source.warnings) do io.stderr:write(source.label, ": ", warning, "\n") end
  end
  return sources
end

-- ---- Splitting ----

-- Whether patients stay on one side: where nobody says otherwise, unless the preset is the paper's, gondara2016.
local function is_by_patient(o)
  if o.by_patient ~= nil then return o.by_patient end
  return o.preset ~= "gondara2016"
end

-- Of a dataset, training and test images. o: { seed =, by_patient =, preset = }
function data.split(source, set, o)
  local how = { test = source.n_test, seed = o.seed, group = is_by_patient(o) and source.group or nil }
  for name, value in pairs(source.split_by) do how[name] = value end
  return set:split(how)
end

-- A source under a condition: all of its images corrupted at once, then split. Both parts are datasets of noisy images
-- with clean targets. o: as data.split takes it.
function data.corrupted(source, condition, o)
  local noise = conditions.noise(condition, o.seed)
  local clean = source.set.images
  local pairs_of_images = ln.data.tensors{ noise(clean, source.index), clean, names = source.set.names }
  return data.split(source, pairs_of_images, o)
end

-- The same images of several sources as one dataset.
function data.joined(sets)
  if #sets == 1 then return sets[1] end
  local noisy, clean, names = {}, {}, {}
  for i, set in ipairs(sets) do
    noisy[i], clean[i] = set.images, set.targets
    table.move(set.names, 1, #set.names, #names + 1, names)
  end
  return ln.data.tensors{ ln.concat(noisy, 1), ln.concat(clean, 1), names = names }
end

-- ---- Telling ----

-- A row for each source: how many images train and test.
function data.table(sources, o)
  local t = ln.table{ columns = { "set", "images", "train", "test", "in place of the paper's" }, width = 80 }
  for _, source in ipairs(sources) do
    local train, test = data.split(source, source.set, o)
    local role = paper_sets[source.role]
    t:add{ source.label .. ": " .. source.what, #source.set, #train, #test, source.is_paper and "-"
      or ("%s set, %d / %d"):format(source.role == "DX" and "second" or "first", role.train, role.count - role.train) }
  end
  return t
end

-- Whose images they are and what the split makes of that, a paragraph. o: as data.split takes it.
function data.about_patients(sources, o)
  local known = {}
  for i, source in ipairs(sources) do
    known[i] = source.group and ("%s: %d patients (%s)."):format(source.label, (patients.count(source.set.names,
      source.group)), source.patients) or ("%s: patients are not known (%s)."):format(source.label, source.patients)
  end
  return ("%s %s Intervals and tests count patients where they are known, else images."):format(is_by_patient(o)
    and "Patients are on one side of the split where they are known." or "The split is random, as the paper's, "
    .. "whatever patient an image is of.", table.concat(known, " "))
end

-- What training and test images of a source have in common that they should not, as text.
function data.leakage(source, o)
  local train, test = data.split(source, source.set, o)
  return tostring(ln.data.leakage(train, test, { group = source.group }))
end

return data
