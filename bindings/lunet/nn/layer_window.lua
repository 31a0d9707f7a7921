-- Which pixels of its input a layer's output is made of, along one dimension: 1 rows, 2 columns.
--
-- Pixels first to last of the output are made of these of the input, as far as they exist:
--   (first * step - before) // scale to (last * step + after) // scale
-- A window is { step =, scale =, before =, after = }, as LnInputRows of runtime/nn/layer.h. The output has
-- scale / step times the pixels of the input. Layers that read more than such a window give a reason instead or, where
-- planes keep their size, beside it.
local as_is = { step = 1, scale = 1, before = 0, after = 0 }

local windows = {} -- by the layer's type: function(options, dimension, sizes of the input) -> window, reason

-- An option that is one number, or { rows, columns }.
local function along(value, d)
  return type(value) == "table" and value[d] or value
end

-- Padding before and after an input of that size. 'same' is TensorFlow's rule, as in the layers.
local function padding(value, d, size, span, stride)
  if value == "valid" then return 0, 0 end
  if value == "same" then
    local total = math.max((size + stride - 1) // stride * stride - stride + span - size, 0)
    return total // 2, total - total // 2
  end
  if type(value) == "table" then return value[2 * d - 1], value[2 * d] end
  return value, value
end

local function span_of(elements, dilation)
  return (elements - 1) * dilation + 1
end

-- Where rows of the image stand above and below it as well, more of them are read.
function windows.conv2d(o, d, size)
  if o.padding_mode == "circular" then return nil, "pads an edge with what lies at the opposite one" end
  local stride, span = along(o.stride, d), span_of(along(o.kernel, d), along(o.dilation, d))
  local above, below = padding(o.padding, d, size, span, stride)
  local window = { step = stride, scale = 1, before = above, after = span - 1 - above }
  if o.padding_mode ~= "zeros" then
    window.before = above + math.max(2 * below - (span - 1), 0)
    window.after = math.max(window.after, above)
  end
  return window
end

windows.depthwise_conv2d = windows.conv2d

function windows.conv_transpose2d(o, d)
  local stride, span = along(o.stride, d), span_of(along(o.kernel, d), along(o.dilation, d))
  local cut = o.padding == "same" and math.max(span - stride, 0) // 2 or (padding(o.padding, d))
  return { step = 1, scale = stride, before = span - stride - cut, after = cut }
end

local function pooling(o, d, size)
  local stride, span = along(o.stride, d), span_of(along(o.size, d), along(o.dilation or 1, d))
  if stride == 0 then stride = along(o.size, d) end
  return stride, span, (padding(o.padding, d, size, span, stride))
end

function windows.maxpool2d(o, d, size)
  local stride, span, above = pooling(o, d, size)
  return { step = stride, scale = 1, before = above, after = span - 1 - above }
end

windows.avgpool2d = windows.maxpool2d

-- Of two inputs: the pooled values, and the image whose largest values say where they go.
function windows.max_unpool2d(o, d, size, input)
  local stride, span, above = pooling(o, d, size)
  if input == 2 then return { step = 1, scale = 1, before = span - 1, after = span - 1 } end
  return { step = 1, scale = stride, before = span - stride - above, after = above }
end

-- What interpolation between the centres of m times as many pixels reads, in steps of half a pixel.
local function upsampled(o, m)
  local wider = o.mode == "bicubic" and 2 * m or 0
  if m == 1 or o.mode ~= "bilinear" and o.mode ~= "bicubic" then
    return { step = 1, scale = m, before = 0, after = 0 }
  end
  return { step = 2, scale = 2 * m, before = m - 1 + wider, after = m + wider }
end

-- One pixel for m.
local function downsampled(o, m)
  local middle = (m - 1) // 2
  if o.mode == "nearest" then return { step = m, scale = 1, before = 0, after = 0 } end
  if o.mode == "nearest-exact" then return { step = m, scale = 1, before = -(m // 2), after = m // 2 } end
  if o.mode == "area" then return { step = m, scale = 1, before = 0, after = m - 1 } end
  local wider = o.mode == "bicubic" and 1 or 0
  return { step = m, scale = 1, before = wider - middle, after = (wider == 1 and middle + 2 or m // 2) }
end

function windows.upsample2d(o, d, size)
  if along(o.size, d) > 0 then return nil, "gives one size, whatever comes" end
  if o.align_corners then return nil, "aligns the image's corners" end
  local scale = along(o.scale, d)
  local up, down = math.tointeger(scale), math.tointeger(1 / scale)
  if up then return upsampled(o, up) end
  if down and not (o.mode == "area" and size % down ~= 0) then return downsampled(o, down) end
  return nil, ("has a scale of %g, with which pixels do not line up"):format(scale)
end

function windows.pixel_shuffle(o)
  return { step = 1, scale = o.scale, before = 0, after = 0 }
end

function windows.pixel_unshuffle(o)
  return { step = o.scale, scale = 1, before = 0, after = o.scale - 1 }
end

function windows.pad(o, d)
  if o.mode == "circular" then return nil, "pads an edge with what lies at the opposite one" end
  local above, below = padding(o.sides, d)
  if o.mode == "constant" then return { step = 1, scale = 1, before = above, after = -above } end
  return { step = 1, scale = 1, before = above + 2 * below, after = above } -- mirrored pixels lie further inside
end

function windows.crop(o, d)
  local above = padding(o.sides, d)
  return { step = 1, scale = 1, before = -above, after = above }
end

local over_plane = "takes mean and variance of the whole image"

function windows.layer_norm(o) return as_is, o.over == "all" and over_plane or nil end
function windows.batch_norm(o) return as_is, not o.track_running_stats and over_plane or nil end
function windows.group_norm() return as_is, over_plane end
windows.instance_norm = windows.group_norm

function windows.softmax(o)
  return as_is, o.dim > 1 and "divides by a sum along the plane" or nil
end

function windows.custom()
  return as_is, "is a layer of one's own, of which nobody knows what it reads"
end

for name in ("dense flatten reshape permute matmul global_avgpool2d global_maxpool2d"):gmatch("%S+") do
  windows[name] = function() return nil, "reads the whole image" end
end

-- From a layer of net:layers(), the number of one of its inputs, and that one's shape: its window along a dimension; a
-- reason why there is none, or why more is read.
return function(layer, input, d, shape)
  if #shape ~= 3 or #layer.out ~= 3 then return nil, "reads the whole image" end
  local find = windows[layer.type]
  if find then return find(layer.item.options, d, shape[d + 1], input) end
  if shape[d + 1] ~= layer.out[d + 1] then return nil, "stretches an input over the image" end
  return as_is
end
