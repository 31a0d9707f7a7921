-- A group of pictures (see pictures.lua) as it is displayed: on which device, how large, with which colours, and what
-- stands around it.
local capabilities = require "lunet.capabilities"
local caption = require "lunet.caption"
local device_of = require "lunet.device"
local errors = require "lunet.errors"
local layout = require "lunet.layout"
local pictures = require "lunet.pictures"
local raster = require "lunet.raster"
local values = require "lunet.values"

local Display = {}
Display.__index = Display

-- ---- Where ----

-- How many characters there are. The prompt and what was typed there stay in sight, and in a high window more.
local function space_of(o, labelled)
  local columns, rows = capabilities.columns(), capabilities.rows()
  local high = rows > 39 and rows * 2 // 3 or math.max(1, math.min(rows - 4, 26))
  local taken = (o.title and 1 or 0) + (o.below or 0)
  return { columns = math.min(o.width or columns, columns), rows = math.max(1, (o.height or high) - taken),
    scale = o.scale, per_row = o.columns, labels = labelled }
end

-- A label a picture, or a row of pictures; nil where there are none.
local function labels_of(group, o)
  if not o.labels then return group.row_names or group.names and group.n > 1 and group.names or nil end
  local n = group.rows or group.n
  if #o.labels ~= n then
    errors.raise("show: option 'labels' must have a name for each of %d %s, got %d", n,
      group.rows and "rows" or "images", #o.labels)
  end
  local out = {}
  for i = 1, n do out[i] = tostring(o.labels[i]) end
  return out
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

local function shown_in(group, lines)
  local shown = {}
  for _, numbers in ipairs(lines) do
    for _, i in ipairs(numbers) do shown[#shown + 1] = group.at(i) end
  end
  return shown
end

-- ---- In which colours ----

-- Differences of images show their sign, unless it is said what colours mean.
local function map_of(group, facts, o)
  if o.map then return o.map end
  local signed = o.residual or group.signed or not group.maps and o.range == nil and values.are_signed(facts)
  return signed and "diverging" or "gray"
end

-- { map, range, each = whether every picture has a range of its own, bar = whether there are other than colour images,
-- of = function(picture) -> its { map, range } }, and facts of all.
local function look_of(group, shown, o)
  local each, facts, bar = o.range == "each", values.facts(shown), false
  local map = map_of(group, facts, o)
  local wish = { range = o.range, symmetric = map == "diverging", image = not group.maps }
  if each then wish.range = "auto" end
  for _, x in ipairs(shown) do bar = bar or x.shape[1] == 1 end
  local look = { map = map, range = values.range(facts, wish), each = each, bar = bar }
  function look.of(x)
    return each and { map = map, range = values.range(values.facts{ x }, wish) } or look
  end
  return look, facts
end

-- ---- Made ----

-- o: the options of show, and { below = lines that something else takes below }; single: the numbers of pictures that
-- share one place, in turns.
local function display_of(group, o, single)
  local device, note = device_of.choose(o)
  local self = setmetatable({ group = group, o = o, device = device, note = note }, Display)
  self.labels = labels_of(group, o)
  if not device then return self end
  local h, w = pictures.box(group)
  self.space, self.h, self.w = space_of(o, self.labels ~= nil), h, w
  local in_rows = group.rows and not single
  self.arranged = in_rows and layout.matrix(device, self.space, h, w, group.rows, group.columns)
    or layout.flow(device, self.space, h, w, single and 1 or group.n)
  self.lines = lines_of(group, self.arranged)
  self.shown = shown_in(group, single and { single } or self.lines)
  self.look, self.facts = look_of(group, self.shown, o)
  return self
end

-- ---- As text ----

-- "8 of 20 images", "2x8 of 3x64 maps": what is seen, of n pictures.
local function seen(group, arranged, n)
  if group.told or n == group.n then return group.told or group.what end
  if not (group.rows and arranged) then return ("%d of %s"):format(n, group.what) end
  local all = arranged.lines == group.rows and arranged.per_row == group.columns
  return all and group.what or ("%dx%d of %s"):format(arranged.lines, arranged.per_row, group.what)
end

-- "8 of 20 images 1x64x64 at 1:1.6: 0.012 to 0.97, mean 0.31"
local function told(self, n, facts, outside, mark, what)
  local group, arranged = self.group, self.arranged
  what = what or seen(group, arranged, n)
  if arranged and arranged.scale < 1 and group.n == 1 then what = ("%s at 1:%.2g"):format(what, 1 / arranged.scale) end
  return what .. ": " .. caption.facts(facts, outside, mark)
end

-- All about it in one line, for a dumb terminal.
function Display:line()
  local list = {}
  for i = 1, math.min(self.group.n, 64) do list[#list + 1] = self.group.at(i) end
  local title = self.o.title and self.o.title .. ": " or ""
  return caption.cut(title .. told(self, #list, values.facts(list), 0), capabilities.columns()) .. "\n"
end

-- The labels of a line of pictures, with their line break; "" where there are none.
local function label_line(self, numbers, columns)
  if not self.labels then return "" end
  local group, names = self.group, {}
  if group.rows then
    return caption.cut(self.labels[(numbers[1] - 1) // group.columns + 1], self.space.columns) .. "\n"
  end
  for k, i in ipairs(numbers) do names[k] = self.labels[i] end
  return caption.labels(names, columns, self.device.gap) .. "\n"
end

-- A line of pictures: { text =, rows = how many lines it takes }.
function Display:row(numbers, last)
  local device, scale, list, looks = self.device, self.arranged.scale, {}, {}
  for k, i in ipairs(numbers) do
    list[k] = self.group.at(i)
    looks[k] = self.look.of(list[k])
  end
  local columns = layout.cells(device, self.h, self.w, scale)
  local rows = layout.line_rows(device, self.space, self.h, self.w, scale, last)
  local canvas = raster.row(device, list, looks, scale, columns, rows - (self.labels and 1 or 0))
  local exact = scale >= 1 and scale == math.floor(scale)
  return { text = label_line(self, numbers, columns) .. device:draw(canvas, exact), rows = rows }
end

local function lines_in(text)
  return { text = text, rows = select(2, text:gsub("\n", "\n")) }
end

-- What is told below of so many pictures of these facts; what: what they are, or nil.
function Display:below(n, facts, what)
  local outside = self.look.each and 0 or values.outside(facts, self.look.range)
  local text = told(self, n, facts, outside, caption.mark(self.device, self.look.map), what)
  return lines_in(caption.below(self.device, self.look, text, self.space.columns) .. "\n")
end

-- All of it from above, { { text =, rows = }, ... }.
function Display:parts()
  local out = {}
  if self.o.title then out[1] = lines_in(caption.cut(self.o.title, self.space.columns) .. "\n") end
  for n, numbers in ipairs(self.lines) do out[#out + 1] = self:row(numbers, n == #self.lines) end
  out[#out + 1] = self:below(#self.shown, self.facts)
  local note = self.note and ("(no pixels: %s)"):format(self.note)
  if note then out[#out + 1] = lines_in(caption.cut(note, self.space.columns) .. "\n") end
  return out
end

function Display:text()
  if not self.device then return self:line() end
  local out = {}
  for i, part in ipairs(self:parts()) do out[i] = part.text end
  return table.concat(out)
end

return display_of
