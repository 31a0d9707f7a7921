-- ln.show: images, feature maps and weights in the terminal, by what it can do.
local capabilities = require "lunet.capabilities"
local caption = require "lunet.caption"
local colour_map = require "lunet.colour_map"
local device_of = require "lunet.device"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local layout = require "lunet.layout"
local options = require "lunet.options"
local pictures = require "lunet.pictures"
local raster = require "lunet.raster"
local values = require "lunet.values"

local page = {
  name = "show",
  usage = "ln.show(x: tensor|set|string|table, ...: tensor|set|string|table|options)",
  doc = "Show images in the terminal: a tensor H,W or C,H,W with 1 or 3 channels; N,C,H,W as a grid; other numbers of "
    .. "channels as a grid of maps, as those that a layer gives; a weight, an entry of net:parameters(); a dataset or "
    .. "an image file, by its path. Several values stand side by side, batches in a row each. The last argument may "
    .. "be a table of options. Below stand the colours with the values that they mean, and the least, largest and "
    .. "mean value of what is seen.\n"
    .. "Pictures are as large as is useful within the window. They are pixels in kitty, iTerm2 and terminals with "
    .. "sixels, else characters: through libchafa, or, where that is not installed, half blocks; plain characters "
    .. "by brightness without colour (NO_COLOR) and into a pipe. On a dumb terminal a line tells shape and values. "
    .. "LUNET_PICTURES=kitty, iterm2, sixel, symbols or none says what is not recognised.",
  options = {
    { "range", { "table", "string" }, help = "values at both ends of the colours, { low, high }; 'auto': the least and "
      .. "the largest; 'each': those of every image; by default { 0, 1 } for images of such values, with noise or "
      .. "without, and 'auto' for others" },
    { "map", "string", choices = colour_map.names, help = "colours of values; 'diverging' has zero in the middle; by "
      .. "default 'gray', of weights 'diverging'" },
    { "residual", "boolean", default = false, help = "a difference of images: colours 'diverging'" },
    { "labels", "table", help = "a name for each image, or for each row of several batches" },
    { "title", "string", help = "a line above" },
    { "columns", "integer", min = 1, help = "images in a row; by default as many as make them largest" },
    { "scale", "number", above = 0, help = "enlarge, or shrink, so many times, as far as fits: in pixels, "
      .. "or in half characters" },
    { "width", "integer", min = 1, help = "at most so many characters; the terminal's by default" },
    { "height", "integer", min = 1, help = "at most so many lines" },
    { "pictures", "string", choices = { "kitty", "iterm2", "sixel", "symbols", "text", "none" }, help = "how images "
      .. "are shown, where the terminal is not recognised; 'text': plain characters" },
    { "colours", "integer", choices = { 0, 16, 256, 1 << 24 }, help = "how many there are for symbols" },
    { "text", "boolean", default = false, help = "return the text and write nothing" },
  },
  errors = "What is no image; ranges and labels that do not fit.",
  example = 'ln.show(ln.data.phantom{ 8 }.images)\n'
    .. 'ln.show(noisy[1], restored[1], { labels = { "noisy", "restored" } })\n'
    .. 'ln.show(restored[1] - clean[1], { residual = true })\nln.show(net:activations(noisy[1], "conv2d_1"))\n'
    .. 'ln.show(net:parameters()["conv2d_1.weight"])',
}

-- ---- What is shown, and how large ----

-- How many characters there are. A small window, or a high one: the prompt and what was typed stay in sight.
local function space_of(o, labelled)
  local columns, rows = capabilities.columns(), capabilities.rows()
  local high = math.max(1, rows - 4, 0)
  if rows > 30 then high = math.max(26, rows * 2 // 3) end
  return { columns = math.min(o.width or columns, columns), rows = o.height or high, scale = o.scale,
    per_row = o.columns, labels = labelled }
end

-- All groups as one: a single one as it is, images of one each side by side, several batches in a row each.
local function gathered(groups)
  if #groups == 1 then return groups[1] end
  local whats, columns, signed, maps, single = {}, 0, false, false, true
  for i, group in ipairs(groups) do
    whats[i] = group.what
    columns, single = math.max(columns, group.n), single and group.n == 1
    signed, maps = signed or group.signed, maps or group.maps
  end
  local same = true
  for _, what in ipairs(whats) do same = same and what == whats[1] end
  local all = { what = same and ("%d x %s"):format(#groups, whats[1]) or table.concat(whats, ", "), signed = signed,
    maps = maps, several = true }
  if single then
    all.n, all.at = #groups, function(i) return groups[i].at(1) end
  else
    all.n, all.rows, all.columns = #groups * columns, #groups, columns
    all.at = function(i)
      local group, k = groups[(i - 1) // columns + 1], (i - 1) % columns + 1
      return k <= group.n and group.at(k) or nil
    end
  end
  return all
end

-- A label a picture, or a row of pictures; nil where there are none.
local function labels_of(group, o)
  if not o.labels then return group.names and group.n > 1 and group.names or nil end
  local n = group.rows or group.n
  if #o.labels ~= n then
    errors.raise("show: option 'labels' must have a name for each of %d %s, got %d", n,
      group.rows and "rows" or "images", #o.labels)
  end
  local out = {}
  for i = 1, n do out[i] = tostring(o.labels[i]) end
  return out
end

-- The largest of the first pictures: boxes are of that size.
local function box_of(group)
  local h, w = 1, 1
  for i = 1, math.min(group.n, group.several and group.n or 64) do
    local x = group.at(i)
    if x then h, w = math.max(h, x.shape[2]), math.max(w, x.shape[3]) end
  end
  return h, w
end

-- The numbers of the pictures of each line.
local function lines_of(group, arranged)
  local lines = {}
  for line = 1, arranged.lines do
    lines[line] = {}
    for k = 1, arranged.per_row do
      local i = group.rows and (line - 1) * group.columns + k or (line - 1) * arranged.per_row + k
      if i <= group.n and (group.rows or i <= arranged.count) and group.at(i) then
        table.insert(lines[line], i)
      end
    end
  end
  return lines
end

-- ---- How it looks ----

local function look_of(group, shown, o)
  local map = o.map or (o.residual or group.signed) and "diverging" or "gray"
  local facts = values.facts(shown)
  local wish = { range = o.range ~= "each" and o.range or "auto", symmetric = map == "diverging",
    image = not group.maps }
  if o.range == nil then wish.range = nil end
  local look = { map = map, range = values.range(facts, wish), each = o.range == "each", bar = false }
  for _, x in ipairs(shown) do look.bar = look.bar or x.shape[1] == 1 end
  look.of = function(x)
    return look.each and { map = map, range = values.range(values.facts{ x }, wish) } or look
  end
  return look, facts
end

-- "8 of 20 images 1x64x64 at 1:1.6, 0.012 to 0.97, mean 0.31"
local function told(group, arranged, n, facts, outside, mark)
  local what = n < group.n and ("%d of %s"):format(n, group.what) or group.what
  if arranged and arranged.scale < 1 and group.n == 1 then what = ("%s at 1:%.2g"):format(what, 1 / arranged.scale) end
  return what .. ": " .. caption.facts(facts, outside, mark)
end

-- ---- The text ----

-- One line of a dumb terminal.
local function line_about(group, o)
  local list = {}
  for i = 1, math.min(group.n, 64) do list[#list + 1] = group.at(i) end
  local facts = values.facts(list)
  return caption.cut((o.title and o.title .. ": " or "") .. told(group, nil, #list, facts, 0), capabilities.columns())
    .. "\n"
end

local function add_line(out, device, group, numbers, place, labels)
  local list, looks, names = {}, {}, {}
  for k, i in ipairs(numbers) do
    list[k] = group.at(i)
    looks[k] = place.look.of(list[k])
    names[k] = labels and not group.rows and labels[i] or ""
  end
  if labels then
    out[#out + 1] = (group.rows and caption.cut(labels[(numbers[1] - 1) // group.columns + 1], place.width)
      or caption.labels(names, place.columns, device.gap)) .. "\n"
  end
  local scale = place.scale
  out[#out + 1] = device:draw(raster.row(device, list, looks, scale, place.columns, place.rows),
    scale >= 1 and scale == math.floor(scale))
end

local function text_of(groups, o)
  local device, why = device_of.choose(o)
  local group = gathered(groups)
  local labels = labels_of(group, o)
  if not device then return line_about(group, o) end
  local space, h, w = space_of(o, labels ~= nil), box_of(group)
  if o.title then space.rows = math.max(1, space.rows - 1) end
  local arranged = group.rows and layout.matrix(device, space, h, w, group.rows, group.columns)
    or layout.flow(device, space, h, w, group.n)
  local lines, shown = lines_of(group, arranged), {}
  for _, numbers in ipairs(lines) do
    for _, i in ipairs(numbers) do shown[#shown + 1] = group.at(i) end
  end
  local look, facts = look_of(group, shown, o)
  local columns = layout.cells(device, h, w, arranged.scale)
  local place = { look = look, scale = arranged.scale, columns = columns, width = space.columns }
  local out = { o.title and caption.cut(o.title, space.columns) .. "\n" or "" }
  for n, numbers in ipairs(lines) do
    place.rows = layout.line_rows(device, space, h, w, arranged.scale, n == #lines) - (labels and 1 or 0)
    add_line(out, device, group, numbers, place, labels)
  end
  local outside = look.each and 0 or values.outside(facts, look.range)
  out[#out + 1] = caption.below(device, look, told(group, arranged, #shown, facts, outside,
    caption.mark(device, look.map)), space.columns) .. "\n"
  if why then out[#out + 1] = caption.cut("(no pixels: " .. why .. ")", space.columns) .. "\n" end
  return table.concat(out)
end

-- ---- The function ----

local function show(...)
  local given = table.pack(...)
  local o = {}
  if given.n > 0 and type(given[given.n]) == "table" and not pictures.may_be(given[given.n]) then
    o, given.n = given[given.n], given.n - 1
  end
  o = options.read(page, o)
  o.range = values.check("show", o.range)
  local text = text_of(pictures.groups("show", given, given.n), o)
  if o.text then return text end
  io.stdout:write(text)
  io.stdout:flush()
end

return docs.add(show, page)
