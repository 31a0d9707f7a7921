-- Predictions of large images in tiles that overlap: each tile is predicted with a halo around it, the pixels that its
-- own depend on, so that all tiles together are what the image at once would give.
--
-- Tiles begin at multiples of the network's stride, and what is cut out for them is as large as the image modulo the
-- stride: so poolings fall on the same pixels, and paddings that depend on a size ('same') are the same. At the image's
-- edges the network pads as it does for the whole image. All are of one size, so the network is planned once.
local core = require "lunet.core"
local errors = require "lunet.errors"
local field = require "lunet.receptive_field"
local options = require "lunet.options"

local tiles = {}

local function listed(x)
  return type(x) == "table" and x or { x }
end

local function each_shape(given)
  return type(given[1]) == "table" and given or { given }
end

local function rounded_up(n, step)
  return (n + step - 1) // step * step
end

-- ---- Along one dimension ----

-- How far an output's dependence reaches before and behind a tile.
local function reach(found, d, tile)
  local wanted = {}
  for _, output in ipairs(found.outputs) do
    local density = found.density[d][output]
    wanted[output] = { 0, tile // density.under * density.over - 1 }
  end
  local first, last = field.needed(found, d, wanted)
  return math.max(-first, 0), math.max(last - tile + 1, 0)
end

-- In pixels of a layer.
local function scaled(n, density)
  return n // density.under * density.over
end

-- { tile = its pixels, cut = pixels that are cut out for one, lead = of them before it, at most, size = the image's,
-- count = tiles }
local function axis_of(found, d, size, tile, halo, outputs)
  local stride = found.stride[d]
  tile = rounded_up(tile, stride)
  local before, behind = halo, halo
  if not halo then before, behind = reach(found, d, tile) end
  local lead = rounded_up(before, stride)
  local cut = lead + tile + behind
  cut = cut + (size - cut) % stride
  if cut >= size then return { tile = size, cut = size, lead = 0, size = size, count = 1 } end
  local count = size
  for i, output in ipairs(found.outputs) do
    local pixels = scaled(tile, found.density[d][output])
    count = math.min(count, math.max((outputs[i][d + 1] + pixels - 1) // pixels, 1))
  end
  return { tile = tile, cut = cut, lead = lead, size = size, count = count }
end

-- The first pixel, from 0, of what is cut out for a tile.
local function start_of(axis, number)
  return math.min(math.max((number - 1) * axis.tile - axis.lead, 0), axis.size - axis.cut)
end

-- Of an output: a tile's first pixel there, from 0, how many it has, and the first in what its cut gives.
local function place_of(axis, number, density, size)
  if axis.count == 1 then return 0, size, 0 end
  local first = scaled((number - 1) * axis.tile, density)
  local last = number < axis.count and first + scaled(axis.tile, density) or size
  return first, last - first, first - scaled(start_of(axis, number), density)
end

-- ---- Images ----

local function cut_out(inputs, rows, columns, r, c)
  local cuts = {}
  for i, x in ipairs(inputs) do
    cuts[i] = x:narrow(3, start_of(rows, r) + 1, rows.cut):narrow(4, start_of(columns, c) + 1, columns.cut)
  end
  return #cuts == 1 and cuts[1] or cuts
end

-- outputs[i]: where they are put together.
local function run(net, inputs, outputs, found, rows, columns)
  for r = 1, rows.count do
    for c = 1, columns.count do
      for i, part in ipairs(listed(core.predict(net, cut_out(inputs, rows, columns, r, c)))) do
        local y, layer = outputs[i], found.outputs[i]
        local down, height, top = place_of(rows, r, found.density[1][layer], y.shape[3])
        local across, width, left = place_of(columns, c, found.density[2][layer], y.shape[4])
        part = part:narrow(3, top + 1, height):narrow(4, left + 1, width)
        y:narrow(3, down + 1, height):narrow(4, across + 1, width):copy(part)
      end
    end
  end
end

-- x as a list of batches N,C,H,W, and how many dimensions came.
local function as_batches(net, x)
  if #listed(x) ~= net.inputs then
    errors.raise("net:predict: the network has %d inputs, got %d", net.inputs, #listed(x))
  end
  local inputs, rank = {}, nil
  for i, one in ipairs(listed(x)) do
    if not options.is_tensor(one) then
      errors.raise("net:predict: input %d must be a tensor, got %s", i, options.text(one))
    end
    local shape = one.shape
    rank = math.max(rank or 0, #shape)
    if #shape < 2 or #shape > 4 or net.input_shape and #each_shape(net.input_shape)[i] ~= 3 then
      errors.raise("net:predict: option 'tile' is for images N,C,H,W, C,H,W or H,W, got %s",
        table.concat(shape, "x"))
    end
    inputs[i] = one
    while #inputs[i].shape < 4 do inputs[i] = inputs[i]:unsqueeze(1) end
    for side = 3, 4 do
      if inputs[i].shape[side] ~= inputs[1].shape[side] then
        errors.raise("net:predict: option 'tile' is for inputs of the same height and width, got %s and %s",
          table.concat(inputs[1].shape, "x"), table.concat(inputs[i].shape, "x"))
      end
    end
  end
  return inputs, rank
end

-- Padded as for a prediction at once, and the network built for that.
local function prepare(net, inputs)
  local wanted = {}
  for i, x in ipairs(inputs) do wanted[i] = table.move(x.shape, 2, 4, 1, {}) end
  if net.inputs == 1 and net.outputs == 1 then
    local padded = core.padded_shape(net, wanted[1])
    local below, right = padded[2] - wanted[1][2], padded[3] - wanted[1][3]
    if below + right > 0 then inputs[1] = inputs[1]:pad({ { 0, below }, { 0, right } }, { mode = "reflect" }) end
    wanted[1] = padded
  end
  local built_for = #wanted == 1 and wanted[1] or wanted
  net:build(built_for)
  return built_for
end

local function find(net, halo)
  local found, reason = field.find(net)
  if found and (halo or not found.reason) then return found end
  errors.raise("net:predict: option 'tile': the network has no receptive field that ends: %s%s", reason or found.reason,
    found and "; with the option 'halo' tiles see that much around them, as an approximation" or "")
end

-- As the images came: with as many dimensions, and their sides where they were padded.
local function finish(y, rank, given, padded)
  for side = 3, 4 do
    local kept = given[side]
    if padded[side] ~= kept and y.shape[side] == padded[side] then y = y:narrow(side, 1, kept) end
  end
  if rank < 4 then y = y[1] end
  if rank == 2 and y.shape[1] == 1 then y = y[1] end
  return y:clone()
end

-- net:predict's tile and halo: a list of what the network gives for x.
function tiles.predict(net, x, tile, halo)
  local inputs, rank = as_batches(net, x)
  local given = inputs[1].shape
  local built_for = prepare(net, inputs)
  local found, shapes, outputs = find(net, halo), each_shape(net.output_shape), {}
  local rows_columns = {}
  for d = 1, 2 do
    local wanted = math.tointeger(type(tile) == "table" and tile[d] or tile)
    rows_columns[d] = axis_of(found, d, inputs[1].shape[d + 2], wanted, halo and math.tointeger(halo), shapes)
  end
  for i, shape in ipairs(shapes) do outputs[i] = core.zeros{ #inputs[1], shape[1], shape[2], shape[3] } end
  run(net, inputs, outputs, found, table.unpack(rows_columns))
  net:build(built_for)
  for i, y in ipairs(outputs) do outputs[i] = finish(y, rank, given, inputs[1].shape) end
  return outputs
end

return tiles
