-- What a page shows in pictures: page:image, page:grid, page:compare.
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local html = require "lunet.html"
local markup = require "lunet.markup"
local options = require "lunet.options"
local page = require "lunet.page"
local picture = require "lunet.picture"
local shapes = require "lunet.shapes"

local Page = page.class

local caption_option = { "caption", "string",
  help = "what is seen: one line or two above it, with the markup of page:text" }
local range_option = { "range", { "table", "string" }, help = "the values that are black and white, { low, high }; "
  .. "{ 0, 1 } by default; \"auto\": the smallest and the largest" }

local function add_figure(self, class, o, content)
  local caption = o.caption and html.fill("<figcaption>%s</figcaption>", markup.inline(o.caption)) or html.nothing
  return page.add(self, html.fill('<figure class="%s">%s%s</figure>', class, caption, content))
end

local image_page = {
  name = "page:image", usage = "page:image(x: tensor|grid, options?: options) -> page",
  example = 'page:image(clean[1], { caption = "A phantom" })',
  doc = "An image H,W or C,H,W, or an ln.image.grid. Small ones are shown with every pixel as a square; a click "
    .. "enlarges. Sides of more than 1200 pixels are shrunk to that.",
  options = { caption_option,
    { "alt", "string", help = "what is seen, for those who do not see it; the caption by default" }, range_option },
  errors = "Values that are no image's: NaN, a mean outside [-4, 4] without a range.",
}

function Page:image(x, given)
  local o = options.read(image_page, given)
  local tensor = options.is_tensor(x) and x or type(x) == "table" and x.tensor or x
  local range = picture.range("page:image", o.range, { tensor })
  return add_figure(self, "zoom", o,
    picture.element("page:image: the image", x, { alt = o.alt or o.caption or "Image", range = range, side = 320,
      most = 860 }))
end

local grid_page = {
  name = "page:grid", usage = "page:grid(rows: tensor|tensor[], options?: options) -> page",
  doc = "Images side by side. Each tensor N,C,H,W, or one image, is a row. A click on an image enlarges it.",
  options = { caption_option,
    { "labels", "table", help = "a name for each row" }, { "columns", "table", help = "a name for each column" },
    { "most", "integer", default = 8, min = 1, help = "the first so many images of each row" }, range_option },
  errors = "Another number of labels than there are rows.",
  example = 'page:grid({ clean, noisy }, { labels = { "clean", "noisy" } })',
}

-- The alternative text of an image in a grid.
local function alt_of(o, r, c)
  local row = o.labels and tostring(o.labels[r]) or ("row %d"):format(r)
  return ("%s, %s"):format(row, o.columns and o.columns[c] or ("image %d"):format(c))
end

local function grid_row(images, r, o, range, side)
  local out = { o.labels and html.fill('<th scope="row">%s</th>', o.labels[r]) or html.nothing }
  for c, image in ipairs(images) do
    out[#out + 1] = html.fill("<td>%s</td>", picture.element(("page:grid: image %d of row %d"):format(c, r), image,
      { alt = alt_of(o, r, c), range = range, side = side }))
  end
  return html.fill("<tr>%s</tr>", html.join(out))
end

local function grid_head(o)
  if not o.columns then return html.nothing end
  local out = { html.piece(o.labels and "<td></td>" or "") }
  for _, name in ipairs(o.columns) do out[#out + 1] = html.fill('<th scope="col">%s</th>', name) end
  return html.fill("<thead><tr>%s</tr></thead>", html.join(out))
end

-- The rows as lists of images, and how many the longest has.
local function grid_lists(rows, most)
  if options.is_tensor(rows) then rows = { rows } end
  if type(rows) ~= "table" or #rows == 0 then
    errors.raise("page:grid: expected a list of tensors N,C,H,W, one a row, got %s", options.text(rows))
  end
  local lists, longest = {}, 0
  for r = 1, #rows do
    lists[r] = picture.list(("page:grid: row %d"):format(r), rows[r], most)
    longest = math.max(longest, #lists[r])
  end
  return lists, longest
end

function Page:grid(rows, given)
  local o = options.read(grid_page, given)
  local lists, longest = grid_lists(rows, o.most)
  if o.labels and #o.labels ~= #lists then
    errors.raise("page:grid: option 'labels' has %d names for %d rows", #o.labels, #lists)
  elseif o.columns and #o.columns ~= longest then
    errors.raise("page:grid: option 'columns' has %d names for %d columns", #o.columns, longest)
  end
  local all, body = {}, {}
  for _, list in ipairs(lists) do table.move(list, 1, #list, #all + 1, all) end
  local range, side = picture.range("page:grid", o.range, all), math.max(96, math.min(240, 800 // longest))
  for r, list in ipairs(lists) do body[r] = grid_row(list, r, o, range, side) end
  return add_figure(self, "zoom", o, html.fill('<div class="scroll" tabindex="0" role="region" aria-label="%s">'
    .. '<table class="pictures">%s<tbody>\n%s\n</tbody></table></div>', o.caption or "Images", grid_head(o),
    html.join(body, "\n")))
end

local compare_page = {
  name = "page:compare", usage = "page:compare(before: tensor, after: tensor, options?: options) -> page",
  doc = "Two images, with a line to wipe. They have one size and lie over each other; in print and without scripts "
    .. "they stand side by side.",
  options = { caption_option,
    { "labels", "table", default = { "before", "after" }, help = "what the two are" }, range_option },
  example = 'page:compare(noisy[1], clean[1], { labels = { "noisy", "clean" } })',
}

function Page:compare(before, after, given)
  local o = options.read(compare_page, given)
  local pair, size, out = { before, after }, nil, {}
  if #o.labels ~= 2 then errors.raise("page:compare: option 'labels' must have 2 names, got %d", #o.labels) end
  for i, x in ipairs(pair) do
    pair[i] = picture.list(("page:compare: image %d"):format(i), x, 1)[1]
    local shape = pair[i].shape
    size = size or shape
    if shape[2] ~= size[2] or shape[3] ~= size[3] then
      errors.raise("page:compare: the images must be of one size, got %s and %s", shapes.text(size), shapes.text(shape))
    end
  end
  local range = picture.range("page:compare", o.range, pair)
  for i, x in ipairs(pair) do
    local label = tostring(o.labels[i])
    out[i] = html.fill('<div class="side">%s<span>%s</span></div>', picture.element(
      ("page:compare: image %d"):format(i), x, { alt = label, range = range, side = 384, most = 860 }), label)
  end
  return add_figure(self, "compare", o, html.fill('<div class="pair">%s</div>', html.join(out)))
end

docs.add(Page.image, image_page)
docs.add(Page.grid, grid_page)
docs.add(Page.compare, compare_page)
