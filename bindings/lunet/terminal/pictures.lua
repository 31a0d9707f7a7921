-- What there is to show, as pictures: of a tensor, a dataset, a list of them or an image file. A group of pictures is
--
--   { what = "8 images 1x64x64", n =, at = function(i) -> C,H,W with C of 1 or 3, nil where there is none,
--     rows =, columns = of pictures that belong so, names = of pictures, row_names =,
--     maps = whether they are no images, whose values would be of 0 to 1, but what a layer gives or has learnt,
--     signed = whether 0 is in the middle of their values, told = what is told of them, instead of `what` }
local core = require "lunet.core"
local errors = require "lunet.errors"
local options = require "lunet.options"
local provenance = require "lunet.provenance"
local shapes = require "lunet.shapes"

local pictures = {}

local accepted = "a tensor H,W, C,H,W or N,C,H,W, a dataset, the path of an image, or a list of these"

local function is_image(channels)
  return channels == 1 or channels == 3
end

local function counted(n, noun)
  return ("%d %s%s"):format(n, noun, n == 1 and "" or "s")
end

local function maps_of(x)
  local shape = x.shape
  return { what = ("%s %dx%d"):format(counted(shape[1], "map"), shape[2], shape[3]), n = shape[1], maps = true,
    at = function(i) return x:narrow(1, i, 1) end }
end

local function batch_of(x)
  local n, c, h, w = table.unpack(x.shape)
  if is_image(c) then
    return { what = ("%s %dx%dx%d"):format(counted(n, "image"), c, h, w), n = n, at = function(i) return x[i] end }
  elseif n == 1 then
    return maps_of(x[1])
  end
  return { what = ("%dx%d maps %dx%d"):format(n, c, h, w), n = n * c, rows = n, columns = c, maps = true,
    at = function(i) return x[(i - 1) // c + 1]:narrow(1, (i - 1) % c + 1, 1) end }
end

local function of_tensor(what, x)
  local shape = x.shape
  if #shape < 2 or #shape > 4 then
    errors.raise("%s: expected a tensor of 2 to 4 dimensions, H,W, C,H,W or N,C,H,W, got one of shape %s%s", what,
      shapes.text(shape), #shape == 1 and "; ln.plot draws lists of numbers" or "")
  end
  for dim, size in ipairs(shape) do
    if size == 0 then
      errors.raise("%s: the tensor of shape %s has no elements: dimension %d is 0", what, shapes.text(shape), dim)
    end
  end
  x = x:detach()
  if #shape == 4 then return batch_of(x) end
  if #shape == 3 and not is_image(shape[1]) then return maps_of(x) end
  local image = #shape == 2 and x:reshape{ 1, shape[1], shape[2] } or x
  return { what = shapes.text(shape), n = 1, at = function() return image end }
end

-- Images of a set may be read as they are needed, and differ in size.
local function of_set(what, set)
  if #set == 0 then errors.raise("%s: the dataset has no images", what) end
  local read = {} -- each once, however often it is asked for
  local function at(i)
    local image = read[i] or set[i]
    if not options.is_tensor(image) or #image.shape ~= 3 or not is_image(image.shape[1]) then
      errors.raise("%s: image %d of the dataset must be C,H,W with 1 or 3 channels, got %s", what, i,
        options.text(image))
    end
    read[i] = image
    return image
  end
  return { what = ("%s %s"):format(counted(#set, "image"), shapes.text(at(1).shape)), n = #set, at = at,
    names = set.names }
end

local function of_file(what, path)
  local image = errors.within(what .. ": ", core.image.read, path, false, false)
  provenance.add(path)
  local group = of_tensor(what, image)
  group.names = { path }
  return group
end

local function is_grid(x)
  return type(x) == "table" and rawget(debug.getmetatable(x) or {}, "__name") == "lunet.grid"
end

-- An entry of net:parameters(), { name =, tensor = }.
local function is_parameter(x)
  return type(x) == "table" and type(rawget(x, "name")) == "string" and options.is_tensor(rawget(x, "tensor"))
end

-- All of net:parameters().
local function is_parameters(x)
  return rawget(debug.getmetatable(x) or {}, "__name") == "lunet.parameters"
end

-- Whether a value may be something to show, and is no table of options.
function pictures.may_be(x)
  return type(x) ~= "table" or options.is_dataset(x) or is_grid(x) or is_parameter(x) or rawget(x, 1) ~= nil
end

-- A parameter on its own is one picture where it is a bias, the weight of a dense layer, or kernels of 1x1.
local function as_matrix(x)
  local shape = x.shape
  if #shape == 1 then return x:reshape{ 1, shape[1] } end
  return #shape == 4 and shape[3] == 1 and shape[4] == 1 and x:reshape{ shape[1], shape[2] } or x
end

local function of_parameter(what, entry, x)
  local group = of_tensor(what, x)
  group.what = ("%s %s"):format(entry.name, shapes.text(entry.tensor.shape))
  group.maps, group.signed = true, true
  return group
end

local hints = { network = "ln.browse(net) looks into one, ln.show(net:parameters()) shows its weights",
  history = "ln.plot(history) draws one" }

-- What to do with what is no picture; "" where that is not known.
local function hint_for(x)
  local name = tostring(rawget(debug.getmetatable(x) or {}, "__name")):match("^lunet%.(.*)$")
  return hints[name] and "; " .. hints[name] or ""
end

local function group_of(what, x)
  if options.is_tensor(x) then return of_tensor(what, x) end
  if options.is_dataset(x) then return of_set(what, x) end
  if is_grid(x) then return of_tensor(what, x.tensor) end
  if is_parameter(x) then return of_parameter(what, x, as_matrix(x.tensor)) end
  if type(x) == "string" then return of_file(what, x) end
  errors.raise("%s: expected %s, got %s%s", what, accepted, options.text(x), hint_for(x))
end

-- The weights of net:parameters(), each a group: kernels, or, where there are none, matrices.
local function groups_of_parameters(what, list)
  local groups = {}
  for _, dims in ipairs{ 4, 2 } do
    for _, entry in ipairs(#groups == 0 and list or {}) do
      if #entry.shape == dims then groups[#groups + 1] = of_parameter(what, entry, entry.tensor) end
    end
  end
  if #groups == 0 then errors.raise("%s: the network has no weights", what) end
  return groups
end

-- The groups of what was given, a list of n values of which a plain list stands for its entries.
function pictures.groups(what, values, n)
  local groups = {}
  for i = 1, n do
    local value = values[i]
    local plain = type(value) == "table" and rawget(value, 1) ~= nil and not options.is_dataset(value)
    if plain and is_parameters(value) then
      for _, group in ipairs(groups_of_parameters(what, value)) do groups[#groups + 1] = group end
    elseif plain then
      for k = 1, #value do groups[#groups + 1] = group_of(("%s: number %d of the list"):format(what, k), value[k]) end
    else
      groups[#groups + 1] = group_of(n > 1 and ("%s: value %d"):format(what, i) or what, value)
    end
  end
  if #groups == 0 then errors.raise("%s: expected %s, got nothing", what, accepted) end
  return groups
end

-- A picture of each group side by side, or, of several in some, each group as a row.
local function together(all, groups, columns)
  if columns == 1 then
    all.n, all.at = #groups, function(i) return groups[i].at(1) end
    return all
  end
  all.n, all.rows, all.columns = #groups * columns, #groups, columns
  all.at = function(i)
    local group, k = groups[(i - 1) // columns + 1], (i - 1) % columns + 1
    return k <= group.n and group.at(k) or nil
  end
  return all
end

local longest_what = 50 -- characters that are told of what is seen

-- All groups as one; a single one as it is.
function pictures.gathered(groups)
  if #groups == 1 then return groups[1] end
  local all, whats, columns, same = {}, {}, 1, true
  for i, group in ipairs(groups) do
    whats[i], same = group.what, same and group.what == groups[1].what
    columns = math.max(columns, group.n)
    all.signed, all.maps = all.signed or group.signed, all.maps or group.maps
  end
  all.what = same and ("%d x %s"):format(#groups, whats[1]) or table.concat(whats, ", ")
  if #all.what > longest_what then all.what = ("%d tensors"):format(#groups) end
  all.row_names = all.signed and not same and whats or nil
  return together(all, groups, columns)
end

local looked_at = 64 -- pictures of a row, or of all that are not in rows

-- The height and width that all of the first pictures fit in.
function pictures.box(group)
  local h, w, columns = 1, 1, group.columns or group.n
  for first = 0, group.n - 1, columns do
    for k = 1, math.min(columns, looked_at) do
      local x = group.at(first + k)
      if x then h, w = math.max(h, x.shape[2]), math.max(w, x.shape[3]) end
    end
  end
  return h, w
end

return pictures
