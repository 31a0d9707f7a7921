-- Whose image is it: what file names tell of the patient, image by image, in sets whose makers say how they name files.
--
--   patients.of("mdb004")              "mdb003/004": both breasts of a woman
--   patients.of("00000013_005")        "00000013"
--   patients.of("scan")                "scan": it tells nothing, and counts as a patient of its own
local ln = require "lunet"

local patients = {}

-- In words, and how a file's name begins; what the pattern captures is the patient, or what `key` makes of it.
local schemes = {
  { "mini-MIAS, images 2k-1 and 2k", "^mdb(%d%d%d)%f[%D]", key = function(digits)
    local first = (tonumber(digits) - 1) // 2 * 2 + 1
    return ("mdb%03d/%03d"):format(first, first + 1)
  end },
  { "NIH ChestX-ray, the first eight digits", "^(%d%d%d%d%d%d%d%d)_%d%d%d%f[%D]" },
  { "Kermany's chests, personN, IM-N or KIND-N", "^(person%d+)_%a+_%d", "^(IM%-%d+)%-%d",
    "^(NORMAL%d*%-IM%-%d+)%-%d", "^(NORMAL%-%d+)%-%d", "^(BACTERIA%-%d+)%-%d", "^(VIRUS%-%d+)%-%d" },
  { "CBIS-DDSM, P_N", "(P_%d%d%d%d%d)_LEFT_", "(P_%d%d%d%d%d)_RIGHT_" },
}

-- The patient, and from which scheme that is known: nil where it is not. name: of a file without its ending; of
-- "folder/file" the file's tells.
function patients.of(name)
  local file = name:match("[^/]*$")
  for _, scheme in ipairs(schemes) do
    for i = 2, #scheme do
      local found = file:match(scheme[i])
      if found then return scheme.key and scheme.key(found) or found, scheme[1] end
    end
  end
  return name, nil
end

-- ---- As the user says ----

-- Of scripts with two sets, where one pattern would not fit both.
patients.option = { "group", "string", value = "HOW", default = "names", choices = { "names", "none" },
  help = "whose image it is: what file names are known to tell, or none: each image counts by itself" }

local function by_pairs(name)
  if name:find("%d[^/]*$") then return ln.data.pairs(name), "images 2k-1 and 2k" end
  return name, nil
end

local function by_pattern(pattern)
  return function(name)
    local ok, key = pcall(string.match, name, pattern)
    if not ok then error(("--group '%s': %s"):format(pattern, key), 0) end
    return key or name, key and ("the pattern '%s'"):format(pattern)
  end
end

-- What told patients, in words, and what of the names that told nothing; nil where none told.
local function in_words(names, by)
  local texts, seen, rest = {}, {}, 0
  for _, name in ipairs(names) do
    local _, text = by(name)
    if not text then rest = rest + 1
    elseif not seen[text] then
      seen[text], texts[#texts + 1] = true, text
    end
  end
  if #texts == 0 then return nil end
  if rest > 0 then
    texts[#texts + 1] = rest == 1 and "one other name is a patient of its own"
      or rest .. " other names are patients of their own"
  end
  return table.concat(texts, "; ")
end

-- How images of these names are told apart: function(name) -> patient and from what, in words; nil and why, where
-- nothing tells. how: nil or "names" for what they are known to tell, "none", "pairs", or a Lua pattern.
function patients.rule(names, how)
  if how == "none" then return nil, "each image counts by itself, as --group none says" end
  how = how ~= "names" and how or nil
  local by = how == nil and patients.of or how == "pairs" and by_pairs or by_pattern(how)
  local words = in_words(names, by)
  if words then return function(name) return (by(name)) end, words end
  if how then error(("--group '%s': no file name tells a patient so, such as '%s'"):format(how, names[1]), 0) end
  return nil, "file names do not tell; each image counts by itself"
end

-- How many there are, and how many images the one with most has.
function patients.count(names, rule)
  local images, n, most = {}, 0, 0
  for _, name in ipairs(names) do
    local key = rule and rule(name) or name
    n = n + (images[key] and 0 or 1)
    images[key] = (images[key] or 0) + 1
    most = math.max(most, images[key])
  end
  return n, most
end

-- How many images to test on, about `wanted`, so that they are of two patients or more whether a split goes by images
-- or by patients. label: of the images, for the message where no split does that.
function patients.test_count(names, rule, wanted, label)
  local _, most = patients.count(names, rule)
  local n = math.max(wanted, rule and 2 * most or 2)
  if n <= #names // 2 then return n end
  error(("'%s' has too few patients to test on two and train on as many images: %d of its %d are of one; "
    .. "--group none counts images"):format(label, most, #names), 0)
end

return patients
