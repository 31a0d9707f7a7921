-- What the sets are called in tables: two names that nothing else has.
local labels = { slices = "head MRI", phantoms = "phantoms" }

local taken = { MMM = true, DX = true, combined = true, photographs = true, [labels.slices] = true,
  [labels.phantoms] = true } -- as names of sets and of what networks are trained on

-- The parts of a path that are no numbers, "data" and "ceph" of data/ceph/64, the last first.
local function parts_of(path)
  local parts = {}
  for part in path:gmatch("[^/]+") do
    if part:find("%a") and part ~= "full" then table.insert(parts, 1, part) end
  end
  return parts
end

-- By the last part of the path that is no number.
local function label_of(source)
  if source.is_paper then return source.role end
  local label = parts_of(source.path)[1] or "images"
  return taken[label] and "folder " .. label or label
end

-- Labels for sources that have none yet; where two would be called the same, by the folder around, or by number.
function labels.give(sources)
  local a, b = sources[1], sources[2]
  for _, source in ipairs(sources) do source.label = source.label or label_of(source) end
  if a.label ~= b.label then return end
  local around = { parts_of(a.path)[2], parts_of(b.path)[2] }
  local differ = around[1] and around[2] and around[1] ~= around[2]
  for i, source in ipairs(sources) do
    source.label = ("%s (%s)"):format(source.label, differ and around[i] or i)
  end
end

return labels
