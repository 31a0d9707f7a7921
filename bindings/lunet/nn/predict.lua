-- net:predict and its options: averages over the symmetries of the square, and dropout drawn several times.
--
-- What several predictions say of an output are counts: { n =, mean =, squares = }, the number of predictions, their
-- mean, and the sum of their squared deviations from it, a tensor or 0. Sources: averages over mirrored and turned
-- images, Timofte, Rothe, Van Gool, CVPR 2016 (enhanced prediction); two sets of counts as one, Chan, Golub, LeVeque,
-- The American Statistician 37, 1983.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local shapes = require "lunet.shapes"
local tiles = require "lunet.tiles"

local methods = core.methods.network

local predict = {}

predict.options = {
  { "mirror", { "boolean", "string" }, default = false, choices = { true, false, "horizontal" },
    help = "true: the mean over the eight symmetries of the square: images as they are, mirrored, and turned by "
      .. "quarters; 'horizontal': as they are, and left to right, which suits images that have a top and a bottom" },
  { "dropout", "integer", min = 1, help = "so many predictions in which dropout drops as in training; a second result "
    .. "is their standard deviation (divided by the number, as t:std)" },
  { "seed", "integer", default = 0, help = "of what dropout drops" },
  { "tile", { "integer", "integers" }, min = 1, count = 2, help = "rows and columns that are predicted at a time, "
    .. "a number or { rows, columns }, rounded up to the network's stride; images no larger go through at once" },
  { "halo", "integer", min = 0, help = "rows and columns that a tile sees around it; by default as many as its pixels "
    .. "depend on, and the result is that of the image at once" },
}

-- A tensor or a list of them as a list.
local function listed(y)
  return type(y) == "table" and y or { y }
end

local function map(list, f)
  local out = {}
  for i, one in ipairs(list) do out[i] = f(one, i) end
  return out
end

-- ---- Counts ----

-- Those of one set of predictions: a list for the outputs.
local function counts_of(net, x, o, stream)
  if o.tile then
    return map(tiles.predict(net, x, o.tile, o.halo), function(y) return { n = 1, mean = y, squares = 0 } end)
  end
  if not o.dropout then
    return map(listed(core.predict(net, x)), function(y) return { n = 1, mean = y, squares = 0 } end)
  end
  local mean, spread = core.predict_dropout(net, x, o.dropout, o.seed, stream)
  spread = listed(spread)
  return map(listed(mean), function(one, i)
    return { n = o.dropout, mean = one, squares = o.dropout * spread[i]:pow(2) }
  end)
end

-- Both together.
function predict.joined(a, b)
  return map(a, function(one, i)
    local other, n = b[i], one.n + b[i].n
    local delta = other.mean - one.mean
    return { n = n, mean = one.mean + delta * (other.n / n),
      squares = delta:pow(2) * (one.n * other.n / n) + one.squares + other.squares }
  end)
end

-- Means and standard deviations: tensors, or lists of them where there are several outputs.
function predict.results(counts)
  local means = map(counts, function(one) return one.mean end)
  local spreads = map(counts, function(one)
    return one.squares == 0 and one.mean * 0 or (one.squares / one.n):sqrt()
  end)
  if #counts == 1 then return means[1], spreads[1] end
  return means, spreads
end

-- ---- Symmetries ----

-- Images turned over their diagonal, upside down, left to right, in that order.
local symmetries = {}
for _, diagonal in ipairs{ false, true } do
  for _, rows in ipairs{ false, true } do
    for _, columns in ipairs{ false, true } do
      symmetries[#symmetries + 1] = { diagonal = diagonal, rows = rows, columns = columns }
    end
  end
end

local function flipped(t, symmetry)
  if symmetry.rows then t = t:flip(-2) end
  return symmetry.columns and t:flip(-1) or t
end

local function over_diagonal(t)
  return t:transpose(#t.shape - 1, #t.shape)
end

local function there(t, symmetry)
  return flipped(symmetry.diagonal and over_diagonal(t) or t, symmetry)
end

local function back(t, symmetry)
  t = flipped(t, symmetry)
  return symmetry.diagonal and over_diagonal(t) or t
end

-- Which of several shapes, or of one, are those of images C,H,W.
local function images_among(given)
  return map(type(given[1]) == "table" and given or { given }, function(shape) return #shape == 3 end)
end

local function has_images(given)
  for _, is_image in ipairs(images_among(given)) do
    if is_image then return true end
  end
  return false
end

-- The counts of one symmetry, turned back.
local function turned_counts(net, x, o, stream, symmetry)
  local is_image, gives_image = images_among(net.input_shape), images_among(net.output_shape)
  local inputs = map(listed(x), function(t, i) return is_image[i] and there(t, symmetry) or t end)
  return map(counts_of(net, inputs, o, stream), function(one, i)
    if not gives_image[i] then return one end
    return { n = one.n, mean = back(one.mean, symmetry),
      squares = one.squares == 0 and 0 or back(one.squares, symmetry) }
  end)
end

local function same_shapes(a, b)
  for i, one in ipairs(a) do
    if not shapes.same(one.mean.shape, b[i].mean.shape) then return false end
  end
  return true
end

-- The symmetries that `mirror` asks for and the network takes, as one prediction unless dropout counts them. The first
-- builds the network, if nobody has; over the diagonal, height and width of an image that is not square change places,
-- and change back after.
local function mirrored(net, x, o, stream)
  local counts = counts_of(net, x, o, stream)
  local built_for = net.input_shape
  if not has_images(built_for) then
    errors.raise("net:predict: option 'mirror': the network takes features, and no images to mirror")
  end
  for k = 2, o.mirror == "horizontal" and 2 or #symmetries do
    local symmetry = symmetries[k]
    local ok, more = errors.try(turned_counts, net, x, o, stream + k - 1, symmetry)
    if not ok and not symmetry.diagonal then error(more, 0) end
    if not ok or not same_shapes(counts, more) then break end
    counts = predict.joined(counts, more)
  end
  net:build(built_for)
  if o.dropout then return counts end
  return map(counts, function(one) return { n = 1, mean = one.mean, squares = 0 } end)
end

-- ---- net:predict ----

-- The counts of a prediction with options; member: the number of the network in an ensemble, from 1.
function predict.counts(net, x, o, member)
  if o.tile and o.dropout then
    errors.raise("net:predict: option 'tile' does not go with 'dropout': tiles that overlap would drop other values")
  end
  if o.halo and not o.tile then errors.raise("net:predict: option 'halo' needs option 'tile'") end
  local stream = ((member or 1) - 1) * #symmetries
  return (o.mirror and mirrored or counts_of)(net, x, o, stream)
end

local page = {
  name = "net:predict",
  usage = "net:predict(x: tensor|set|tensor[], options?: options) -> tensor|tensor[], tensor|tensor[]|nil",
  doc = "The network's output for images x: a batch N,C,H,W, one image C,H,W or H,W, or features N,F or F; the output "
    .. "comes in as many dimensions (of H,W, in three if it has several channels). net(x) is the same. A network of "
    .. "several inputs takes a list of tensors, one of several outputs gives a list; nothing is padded for these. A "
    .. "network that is not built yet is built, with parameters from seed 0. A convolutional network takes images of "
    .. "any size. Where its poolings do not divide a side, so that the output's would be another one (997 -> 996), the "
    .. "images are padded at the bottom and on the right by reflection, repeated where a side is shorter than what is "
    .. "added, to the smallest size that the network gives back (1000), and the output is cropped to the images' "
    .. "sides. Nothing is padded or cropped along a side that the network changes on purpose: one that halves or "
    .. "doubles images, or ends in dense, gives what it gives. Training and its loss see images as they are.\n"
    .. "mirror averages predictions of the images mirrored and turned, each turned back; with 'horizontal' of the "
    .. "images and their mirror images alone. A network that does not take images whose height and width change "
    .. "places, because it was made for one size that is not square, or whose output is another size then, gets the "
    .. "four mirrorings only; outputs that are no images are averaged as they are. dropout drops, as in training, "
    .. "values of dropout and dropout2d, while batch_norm and all else are as in prediction, n times, and returns mean "
    .. "and standard deviation: a map of how unsure the network is (Gal and Ghahramani, ICML 2016). The same seed "
    .. "drops the same values, whatever the number of threads. With mirror there are n draws for each symmetry, and "
    .. "the spread is over all of them.\n"
    .. "tile predicts large images in tiles that overlap by a halo: beside the image and the output, memory depends on "
    .. "the tile alone. The halo is worked out from the layers (net:receptive_field), and the result is that of the "
    .. "image at once but for the last bits. A smaller halo is faster and leaves seams. Where a pixel depends on the "
    .. "whole image there is no such halo: norms over the plane and layers of one's own take a given one, dense layers "
    .. "and global pooling none.",
  options = predict.options,
  errors = "Images that do not fit the network, by the layer's number and name; dropout for a network without any; "
    .. "tile for one without a receptive field that ends, by the layer.",
  example = [[
local restored = net:predict(noisy, { mirror = true })
local large = ln.data.phantom{ 1, size = 256 }.images[1]
net:predict(large, { tile = 64 })]],
}

local plain = core.predict

function methods.predict(net, x, given, more)
  if given == nil and more == nil then return plain(net, x) end
  if more ~= nil then
    errors.raise("net:predict: takes images and options, and no more, got %s as well", options.text(more))
  end
  local o = options.read(page, given)
  if not o.mirror and not o.dropout and not o.tile and not o.halo then return plain(net, x) end
  local mean, spread = predict.results(errors.within("", predict.counts, net, options.images_of(x), o))
  if o.dropout then return mean, spread end
  return mean
end

docs.add(methods.predict, page)

return predict
