-- Columns are ssda networks with the same options. Four of 8x8 patches, hidden { 320, 320 }, and 100 units of radial
-- basis functions: 1,755,640 parameters.

-- The hidden layers of a column of that many levels, in order.
local function names_of(column, levels)
  local names = {}
  for k = 1, levels do names[#names + 1] = ("c%d_encode_%d"):format(column, k) end
  for k = levels, 2, -1 do names[#names + 1] = ("c%d_decode_%d"):format(column, k) end
  return names
end

-- nn.concat of any number of vectors: it takes eight at a time.
local function concatenated(nn, list)
  while #list > 1 do
    local shorter = {}
    for first = 1, #list, 8 do
      local some = table.move(list, first, math.min(first + 7, #list), 1, {})
      shorter[#shorter + 1] = #some > 1 and nn.concat(some) or some[1]
    end
    list = shorter
  end
  return list[1]
end

return {
  doc = "The adaptive multi-column network of Agostinelli, Anderson, Lee, \"Adaptive multi-column deep neural networks "
    .. "with application to robust image denoising\" (2013), AMC-SSDA: columns are stacked sparse denoising "
    .. "autoencoders (ln.models.ssda), each trained for a noise of its own; their outputs are added up with weights "
    .. "that a network of radial basis functions predicts from the activations of all their hidden layers. "
    .. "scripts/multi_column.lua trains it: the columns, the best weights of each patch by a quadratic program "
    .. "(between 0 and 1, their sum near 1), then the predictor of these. A unit exp(-|f - m|^2 / 2 s^2) of the "
    .. "features f is elu and 1 of a dense layer of f and f^2. Layers of column 2 are called c2_encode_1, ..., the "
    .. "predictor's radial and weights.",
  options = {
    { "columns", "integer", default = 4, min = 1, max = 64, help = "autoencoders" },
    { "hidden", "integers", default = { 320, 320 }, help = "units of their levels" },
    { "units", "integer", default = 100, min = 1, help = "radial basis functions of the predictor" },
    { "patch", "integers", default = { 8, 8 }, count = 2, help = "rows and columns of the patches" },
    { "channels", "integer", default = 1, min = 1, help = "of the images" },
  },
  build = function(ln, o)
    local nn, shape = ln.nn, { o.channels, o.patch[1], o.patch[2] }
    local pixels = shape[1] * shape[2] * shape[3]
    local patch = nn.input(shape)
    local flat, outputs, features = nn.flatten{}(patch), {}, {}
    for column = 1, o.columns do
      local x, names = flat, names_of(column, #o.hidden)
      for i, name in ipairs(names) do
        local units = o.hidden[i] or o.hidden[2 * #o.hidden - i]
        x = nn.dense{ units, activation = "sigmoid", name = name }(x)
        features[#features + 1] = x
      end
      outputs[column] = nn.dense{ pixels, activation = "sigmoid", name = ("c%d_decode_1"):format(column) }(x)
    end
    local f = concatenated(nn, features)
    local radial = nn.elu{ 1 }(nn.dense{ o.units, name = "radial" }(nn.concat{ f, nn.mul{ f, f } })) + 1
    local weights = nn.reshape{ { 1, 1, o.columns } }(nn.dense{ o.columns, name = "weights" }(radial))
    local denoised = nn.reshape{ { 1, o.columns, pixels } }(concatenated(nn, outputs))
    return nn.model{ inputs = patch, outputs = nn.reshape{ shape }(nn.matmul{}(weights, denoised)) }
  end,
}
