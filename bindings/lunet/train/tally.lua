-- Sums over the images of an epoch, and the means that become fields of its entry in the history.
--
-- A tally is a table of numbers alone, so that a checkpoint can hold it: { seen = images, sum = of their losses,
-- parts = such sums for each output, where a network has several }.
local tally = {}

-- The loss of a batch of n images, and the losses of its outputs or nil.
function tally.add(t, n, loss, parts)
  t.seen, t.sum = t.seen + n, t.sum + loss * n
  if not parts then return end
  t.parts = t.parts or {}
  for i, part in ipairs(parts) do t.parts[i] = (t.parts[i] or 0) + part * n end
end

-- prefix: "" or "val_"
function tally.means(entry, prefix, t)
  entry[prefix .. "loss"] = t.sum / t.seen
  for i, sum in ipairs(t.parts or {}) do entry[("%sloss_%d"):format(prefix, i)] = sum / t.seen end
end

-- What the fields of the outputs are called, for n of them.
function tally.fields(prefix, n)
  local names = {}
  for i = 1, n > 1 and n or 0 do names[i] = ("%sloss_%d"):format(prefix, i) end
  return names
end

return tally
