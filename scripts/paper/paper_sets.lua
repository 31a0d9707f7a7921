-- The paper's two sets, and how a folder of images differs from one of them.

-- role: what, count, how many train; test_of_fewer: how many images test where there are fewer than the paper's; name:
-- of the k-th; telling: whether names alone tell that it is this set; enough: so many of them; size: rows, columns.
local paper_sets = {
  MMM = { what = "mini-MIAS mammograms", count = 322, train = 300, test_of_fewer = 22, name = "mdb%03d",
    telling = true, enough = 250, size = { 1024, 1024 } },
  DX = { what = "cephalograms of the ISBI 2015 challenge", count = 400, train = 300, test_of_fewer = 33,
    name = "%03d", enough = 400, size = { 2400, 1935 } },
}

local most_told = 3

-- "'a', 'b', 'c' and 4 more"
local function listed(names)
  local shown = ("'%s'"):format(table.concat(names, "', '", 1, math.min(most_told, #names)))
  return #names <= most_told and shown or ("%s and %d more"):format(shown, #names - most_told)
end

-- Names of the paper's that are missing, names that are not the paper's, and the paper's that come more than once.
local function compare_names(names, role)
  local wanted, seen, missing, others, twice = {}, {}, {}, {}, {}
  for k = 1, role.count do wanted[k] = role.name:format(k) end
  for _, name in ipairs(wanted) do wanted[name] = true end
  for _, name in ipairs(names) do
    local file = name:match("[^/]*$")
    if not wanted[file] then others[#others + 1] = name
    elseif seen[file] then twice[#twice + 1] = name end
    seen[file] = true
  end
  for _, name in ipairs(wanted) do
    if not seen[name] then missing[#missing + 1] = name end
  end
  return missing, others, twice
end

local function other_sizes(names, sizes, role)
  local list = {}
  for i, size in ipairs(sizes) do
    if size[1] ~= role.size[1] or size[2] ~= role.size[2] then
      list[#list + 1] = ("'%s' is %d x %d"):format(names[i], size[2], size[1])
    end
  end
  return list
end

-- What differs from the paper's set, a sentence each; and whether it is that set, or nearly.
function paper_sets.compare(names, sizes, role)
  local missing, others, twice = compare_names(names, role)
  local odd_sizes, warnings = other_sizes(names, sizes, role), {}
  local fitting = role.count - #missing
  local function warn(when, ...)
    if when then warnings[#warnings + 1] = string.format(...) end
  end
  warn(#names ~= role.count, "%d images, where the paper had %d", #names, role.count)
  warn(#others > 0, "names that are not the paper's, %s to %s: %d of %d, %s", role.name:format(1),
    role.name:format(role.count), #others, #names, listed(others))
  warn(#missing > 0 and fitting > 0, "the paper's names that are missing: %d, %s", #missing, listed(missing))
  warn(#twice > 0, "names that come more than once: %d, %s", #twice, listed(twice))
  warn(#odd_sizes > 0, "images of other sizes than the paper's %d x %d: %d of %d, %s", role.size[2], role.size[1],
    #odd_sizes, #names, odd_sizes[1])
  local is_paper = fitting >= role.enough and 50 * (#others + #twice) <= #names
    and (role.telling or #names == role.count and #odd_sizes == 0)
  return warnings, is_paper
end

return paper_sets
