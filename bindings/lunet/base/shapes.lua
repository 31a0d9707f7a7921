-- Shapes: lists of sizes, as tensors and networks give them.
local shapes = {}

-- Whether two lists hold the same.
function shapes.same(a, b)
  for i = 1, math.max(#a, #b) do
    if a[i] ~= b[i] then return false end
  end
  return true
end

-- Of one sample of a batch.
function shapes.of_sample(t)
  return table.move(t.shape, 2, #t.shape, 1, {})
end

-- "1x64x64"
function shapes.text(shape)
  return table.concat(shape, "x")
end

return shapes
