-- The images: the paper's two sets from folders, or what a fresh machine has in their place, and how they are split.
--
-- A source is { set = the dataset at 64x64, label = what it is called, role = "MMM" or "DX", whose place it takes,
-- is_paper = whether it is that set, warnings = what differs from the paper's, n_test =, group = function(name) ->
-- patient, or nil }.
local ln = require "lunet"
local conditions = require "scripts.paper.conditions"

local data = {}

local size = { 64, 64 }
local volume = "/usr/share/mricron/templates/ch2.nii.gz"
local looked_at = 5 -- images of a folder whose sizes are looked at

-- What the paper used. test_of_fewer: how many images test where there are fewer than the paper's. telling: whether the
-- names alone tell that it is this set.
local roles = {
  MMM = { what = "mini-MIAS mammograms", count = 322, train = 300, test_of_fewer = 22, names = "^mdb%d%d%d$",
    names_text = "mdb001 to mdb322", telling = true, size = { 1024, 1024 }, group = ln.data.pairs },
  DX = { what = "cephalograms of the ISBI 2015 challenge", count = 400, train = 300, test_of_fewer = 33,
    names = "^%d%d%d$", names_text = "001 to 400", size = { 2400, 1935 } },
}

-- ---- Loading ----

-- n of the numbers 1 .. total, evenly spread; all where there are fewer.
function data.spread(total, n)
  local chosen = {}
  n = math.min(n or total, total)
  for i = 1, n do chosen[i] = (i - 1) * total // n + 1 end
  return chosen
end

-- The last part of a path that is no number: "ceph" of data/ceph/64.
local function label_of(path)
  local label
  for part in path:gmatch("[^/]+") do
    if part:find("%a") and part ~= "full" then label = part end
  end
  return label or path
end

-- How many names are as the paper's.
local function fitting_names(set, role)
  local n = 0
  for _, name in ipairs(set.names) do
    if name:find(role.names) then n = n + 1 end
  end
  return n
end

-- The sizes of some files as they are, as texts: those that are not the paper's.
local function other_sizes(path, role)
  local files, others = ln.data.folder(path, { stream = true, cache = 0 }), {}
  for _, i in ipairs(data.spread(#files, looked_at)) do
    local shape = files[i].shape
    if shape[2] ~= role.size[1] or shape[3] ~= role.size[2] then
      others[#others + 1] = ("%s is %d x %d"):format(files.names[i], shape[3], shape[2])
    end
  end
  return others
end

-- What differs from the set that the paper had there, a sentence each; and whether it is that set.
local function compared_with_paper(set, path, role)
  local warnings, n = {}, fitting_names(set, role)
  if n < #set then
    warnings[1] = ("%d of %d names are not like the paper's, %s"):format(#set - n, #set, role.names_text)
  end
  if #set ~= role.count then
    warnings[#warnings + 1] = ("%d images, where the paper had %d"):format(#set, role.count)
  end
  local sizes = other_sizes(path, role)
  if #sizes > 0 then
    warnings[#warnings + 1] = ("images of other sizes than the paper's %d x %d: %s of %d looked at; the first, %s")
      :format(role.size[2], role.size[1], #sizes == looked_at and "all" or tostring(#sizes), looked_at, sizes[1])
  end
  return warnings, n == #set and (role.telling or #set == role.count and #sizes == 0)
end

local function from_folder(path, role_name)
  local role = roles[role_name]
  local set = ln.data.folder(path, { size = size })
  local warnings, is_paper = compared_with_paper(set, path, role)
  return { set = set, role = role_name, is_paper = is_paper, label = is_paper and role_name or label_of(path),
    what = is_paper and role.what or ("images of '%s'"):format(path), warnings = warnings,
    group = is_paper and role.group or nil, split_by = {} }
end

-- The path of the head MRI that stands in for images that are not given with `option`.
function data.volume(option)
  if ln.file.exists(volume) then return volume end
  error(("there is no %s; install it with 'apt install mricron-data', or give images with %s DIR"):format(volume,
    option), 0)
end

-- In the place of MMM: slices of a head. Neighbours are alike, so blocks of them stay together.
local function slices()
  return { set = ln.data.nifti(data.volume("--mmm"), { size = size, step = 2 }), role = "MMM", label = "head MRI",
    warnings = {}, what = "slices of the head MRI in Debian's mricron-data", split_by = { block = 4, gap = 1 } }
end

-- In the place of DX: as unlike the slices as what the program itself can draw.
local function phantoms()
  return { set = ln.data.phantom{ 150, size = size, seed = 1 }, role = "DX", label = "phantoms", warnings = {},
    what = "drawn heads, variations of the Shepp-Logan phantom", split_by = {} }
end

-- How many images are held out for testing: what the paper left, or fewer where there are fewer images.
local function test_count(set, role)
  if #set >= role.count then return #set - role.train end
  return math.max(2, math.min(role.test_of_fewer, #set // 4))
end

-- What tells these images from others, so that results of others are not taken for theirs.
local function identity(source)
  return ("%s: %d images, sum %.3f"):format(source.label, #source.set, source.set.images:sum())
end

-- o: { mmm = folder or nil, dx = folder or nil, images = at most so many of each set, or nil }. Returns two sources.
function data.load(o)
  local sources = { o.mmm and from_folder(o.mmm, "MMM") or slices(), o.dx and from_folder(o.dx, "DX") or phantoms() }
  for i, source in ipairs(sources) do
    local role = roles[source.role]
    if o.images then
      source.set = source.set:subset(data.spread(#source.set, o.images))
      if #source.set < 100 and source.split_by.block then source.split_by = { block = 1, gap = 0 } end
    end
    if #source.set < 8 then
      error(("'%s' has too few images: %d of at least 8"):format(source.label, #source.set), 0)
    end
    source.index, source.n_test, source.identity = i, test_count(source.set, role), identity(source)
    for _, warning in ipairs(source.warnings) do io.stderr:write(source.label, ": ", warning, "\n") end
  end
  if sources[1].label == sources[2].label then
    error(("both folders are called '%s'; the tables could not tell them apart"):format(sources[1].label), 0)
  end
  return sources
end

-- ---- Splitting ----

-- Of a dataset, training and test images. o: { seed =, by_patient =, preset = }; without by_patient, patients stay on
-- one side unless the preset is the paper's, gondara2016.
function data.split(source, set, o)
  local by_patient = o.by_patient
  if by_patient == nil then by_patient = o.preset ~= "gondara2016" end
  local how = { test = source.n_test, seed = o.seed, group = by_patient and source.group or nil }
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
  local t = ln.table{ columns = { "set", "what", "images", "train", "test", "in place of" }, width = 80 }
  for _, source in ipairs(sources) do
    local train, test = data.split(source, source.set, o)
    t:add{ source.label, source.what, #source.set, #train, #test, source.is_paper and "-"
      or ("%s: %d / %d"):format(source.role == "DX" and "the paper's second set" or "the paper's first set",
        roles[source.role].train, roles[source.role].count - roles[source.role].train) }
  end
  return t
end

-- What training and test images of a source have in common that they should not, as text.
function data.leakage(source, o)
  local train, test = data.split(source, source.set, o)
  return tostring(ln.data.leakage(train, test, { group = source.group }))
end

return data
