-- How well ln.data.leakage tells near copies from other images: pairs of different images that look like copies (false
-- alarms), and copies that were changed and are found.
--
--   build/lunet tests/bench/near_copies.lua FOLDER...
local args = require "lunet.args"
local fingerprint = require "lunet.fingerprint"
local ln = require "lunet"

local changes = {
  { "noise 0.02", function(x) return ln.noise.gaussian{ p = 0.02 }(x) end },
  { "noise 0.1", function(x) return ln.noise.gaussian{ p = 0.1 }(x) end },
  { "x ^ 1.2", function(x) return x ^ 1.2 end },
  { "16 greys", function(x) return (x * 15):round() / 15 end },
  { "blur", function(x) return ln.filter.gaussian{ 1 }(x) end },
  { "half size", function(x) return ln.image.resize(x, { x.shape[3] // 2, x.shape[4] // 2 }) end },
  { "mirrored", function(x) return x:flip(4):clone() end },
}

-- A folder's images as a dataset under other names: what is found is a pair of different images.
local function alarms(set, threshold, turned)
  local found, pairs_found = ln.data.leakage(set, set, { threshold = threshold, turned = turned }), {}
  for _, pair in ipairs(found.near) do
    if pair.train ~= pair.test then
      pairs_found[math.min(pair.train, pair.test) .. " " .. math.max(pair.train, pair.test)] = pair
    end
  end
  local count, nearest = 0, nil
  for _, pair in pairs(pairs_found) do
    count = count + 1
    if not nearest or pair.distance < nearest.distance then nearest = pair end
  end
  return count, nearest
end

-- The share of changed images whose original is found.
local function found_after(set, change, threshold)
  local bits, found = fingerprint.of(fingerprint.small(set.images)), 0
  local distances = fingerprint.distances(fingerprint.of(fingerprint.small(change(set.images))), bits)
  for i = 1, #set do
    if distances[{ i, i }] <= threshold then found = found + 1 end
  end
  return 100 * found / #set
end

args.main("near_copies", function(folder, threshold)
  if not folder then error("a folder of images is needed") end
  threshold = tonumber(threshold) or 0.1
  local set = ln.data.folder{ folder, size = { 64, 64 } }
  local count, nearest = alarms(set, threshold, false)
  local _, wide = alarms(set, 0.3, false)
  local turned = alarms(set, threshold, true)
  print(("%s: %d images, %d pairs; within %g: %d, and %d turned; nearest %s"):format(folder, #set,
    #set * (#set - 1) // 2, threshold, count, turned, (nearest or wide) and ("%.3f, %s and %s"):format(
      (nearest or wide).distance, set.names[(nearest or wide).train], set.names[(nearest or wide).test]) or "over 0.3"))
  local t = ln.table{ columns = { "change", "found, %" } }
  for _, change in ipairs(changes) do t:add{ change[1], found_after(set, change[2], threshold) } end
  print(t)
end, ...)
