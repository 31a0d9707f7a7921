-- What a page says in tables and plots: page:options, page:table, page:plot, page:curves, page:bars, page:matrix,
-- page:environment.
local bars = require "lunet.bars"
local chart = require "lunet.chart"
local docs = require "lunet.docs"
local environment_rows = require "lunet.environment_rows"
local errors = require "lunet.errors"
local figure = require "lunet.figure"
local history_series = require "lunet.history_series"
local html = require "lunet.html"
local markup = require "lunet.markup"
local matrix = require "lunet.matrix"
local option_rows = require "lunet.option_rows"
local options = require "lunet.options"
local page = require "lunet.page"
local results = require "lunet.table"
local table_html = require "lunet.table_html"

local Page = page.class

local caption_option = { "caption", "string",
  help = "what it shows: one line or two above it, with the markup of page:text" }

-- The entries 1, 2, ... and the named options of a call such as page:bars{ entry, entry, caption = "..." }.
local function split(spec, given)
  if type(given) ~= "table" then errors.raise("%s: expected a table, got %s", spec.name, options.text(given)) end
  local list, named = {}, {}
  for key, value in pairs(given) do
    if math.type(key) == "integer" then list[key] = value else named[key] = value end
  end
  for key in pairs(list) do
    if key < 1 or key > #list then errors.raise("%s: there is an entry %d, but none before it", spec.name, key) end
  end
  return list, options.read(spec, named)
end

local function caption_of(o)
  return o.caption and html.fill("<figcaption>%s</figcaption>", markup.inline(o.caption)) or html.nothing
end

local function add_figure(self, class, o, content, note)
  return page.add(self, html.fill('<figure class="%s">%s%s%s</figure>', class, caption_of(o), content,
    note and html.fill('<p class="note">%s</p>', note) or html.nothing))
end

-- ---- Tables ----

local options_page = {
  name = "page:options", usage = "page:options(values: table|item, options?: options) -> page",
  example = "page:options(ln.optim.adam{})",
  doc = "A table of options. Names stand in alphabetic order, those of tables within tables as optimizer.lr. An item "
    .. "gives its own. A list { { name, value }, ... } keeps its order.",
  options = { caption_option },
}

-- Rows { name, text } as a table without a head.
local function add_rows(self, rows, o)
  local body = {}
  for i, row in ipairs(rows) do body[i] = html.fill('<tr><th scope="row">%s</th><td>%s</td></tr>', row[1], row[2]) end
  return add_figure(self, "", o, html.fill('<div class="scroll" tabindex="0" role="region" aria-label="%s">'
    .. '<table class="options"><tbody>\n%s\n</tbody></table></div>', o.caption or "Options", html.join(body, "\n")))
end

function Page:options(values, given)
  local o = options.read(options_page, given)
  return add_rows(self, option_rows("page:options", values), o)
end

local environment_page = {
  name = "page:environment", usage = "page:environment(options?: options) -> page",
  doc = "A table of what made the page. It tells versions, processor, instruction set, threads, memory, system, "
    .. "script, command line, git commit, time, and what is given.",
  options = {
    { "seeds", "table", help = "a list of the seeds, or seeds by name" },
    { "more", "table", help = "further values by name" }, caption_option,
  },
}

function Page:environment(given)
  local o = options.read(environment_page, given)
  local rows = environment_rows()
  for _, row in ipairs(option_rows("page:environment", { seeds = o.seeds })) do rows[#rows + 1] = row end
  for _, row in ipairs(option_rows("page:environment", o.more or {})) do rows[#rows + 1] = row end
  return add_rows(self, rows, o)
end

local table_page = {
  name = "page:table", usage = "page:table(rows: any, options?: options) -> page",
  doc = "A table of results, to sort by a click. It is an ln.table, a history, what ln.compare returns, or a list of "
    .. "rows with the names of their columns. Numbers stand at the right, also those with an interval.",
  options = {
    { "columns", "table", help = "for a list of rows: the names of the columns" },
    { "best", { "string", "table" }, help = "'max' or 'min': the best of each column of numbers is bold; or by name of "
      .. "the column, { SSIM = 'max', loss = 'min' }; the table's own by default" },
    caption_option,
  },
  errors = "A column in `best` that the table does not have.",
  example = 'page:table(results, { best = { SSIM = "max" }, caption = "20 images" })',
}

local function is_results(value)
  return type(value) == "table" and rawget(debug.getmetatable(value) or {}, "__name") == "lunet.results"
end

-- The table that is given, that of a comparison or a history, or one of the rows.
local function table_of(rows, o)
  if type(rows) == "table" and debug.getmetatable(rows) and not is_results(rows) and type(rows.table) == "function" then
    rows = rows:table()
  end
  if is_results(rows) then
    if o.columns then errors.raise("page:table: option 'columns' is for lists of rows; this table has its own") end
    if not o.best then return rows end
  else
    options.argument("page:table", "the first argument", "table", rows)
    if not o.columns then errors.raise("page:table: a list of rows needs option 'columns', their names") end
  end
  local ours = is_results(rows)
  local list = ours and rows.rows or rows
  local t = { columns = o.columns or rows.columns, note = ours and rows.note or nil, best = o.best }
  return errors.within("page:table: ", results, table.move(list, 1, #list, 1, t))
end

function Page:table(rows, given)
  local o = options.read(table_page, given)
  local t = table_of(rows, o)
  return add_figure(self, "", o, table_html.element(t, o.caption or "Table"), t.note)
end

-- ---- Plots ----

local plot_page = {
  name = "page:plot", usage = "page:plot(options: options) -> page",
  doc = "A plot of lines. The entries are series { name =, x =, y =, low =, high =, dashed =, colour =, points = }. x, "
    .. "y, low and high are lists of numbers or tensors of one dimension; x is 1, 2, ... where it is left out; low and "
    .. "high draw a band. points = true draws points without a line, with intervals for a band. NaN leaves a gap. "
    .. "Values show under the pointer.",
  options = {
    { "x_label", "string", help = "what x is" }, { "y_label", "string", help = "what y is" },
    { "log", "string", choices = { "x", "y", "xy" }, help = "axes with a logarithmic scale" },
    { "lines", "table", help = "levels across the plot, { { name, y }, ... }" }, caption_option,
  },
  errors = "Lists of different lengths; a series without a finite number (above 0 on a logarithmic axis).",
  example = [[
page:plot{ { name = "U-Net", x = { 10, 100, 300 }, y = { 0.7, 0.8, 0.83 } },
  log = "x", x_label = "images", y_label = "SSIM",
  lines = { { "BM3D", 0.79 } } }]],
}

function Page:plot(given)
  local list, o = split(plot_page, given)
  return add_figure(self, "chart", o, chart(figure.new("page:plot", list, o)))
end

local curves_page = {
  name = "page:curves", usage = "page:curves(histories: options) -> page",
  doc = "Curves of trainings. The entries are histories of ln.fit, or runs. Training and validation losses; "
    .. "where there are several, a colour each, and training dashed.",
  options = {
    { "names", "table", help = "a name for each history" },
    { "values", "table", help = "fields of the entries to draw, by default loss and val_loss; a metric's is "
      .. "val_<name>" },
    { "log", "string", choices = { "x", "y", "xy" }, help = "axes with a logarithmic scale" },
    { "lines", "table", help = "levels across the plot, { { name, y }, ... }" }, caption_option,
  },
  example = 'page:curves{ history, names = { "adam" }, log = "y" }',
}

function Page:curves(given)
  local list, o = split(curves_page, getmetatable(given) and { given } or given)
  local series
  series, o.x_label, o.y_label = history_series.of("page:curves", list, o)
  return add_figure(self, "chart", o, chart(figure.new("page:curves", series, o)))
end

local bars_page = {
  name = "page:bars", usage = "page:bars(options: options) -> page",
  doc = "Bars with values. The entries are { name, value }, the value being a number or a mean with its interval, "
    .. "{ mean, low, high }; { name, value, low =, high = } says the same. With `series` an entry has several values.",
  options = {
    { "series", "table", help = "names of the values of each entry, where it has several" },
    { "from", "number", help = "where the axis begins; 0, or below, by default" }, caption_option,
  },
  example = [[
page:bars{ { "noisy", 0.45 }, { "BM3D", { 0.79, 0.77, 0.81 } },
  caption = "SSIM" }]],
}

function Page:bars(given)
  local list, o = split(bars_page, given)
  o.label = o.caption
  return add_figure(self, "", o, bars("page:bars", list, o))
end

local matrix_page = {
  name = "page:matrix", usage = "page:matrix(values: tensor|table[], options?: options) -> page",
  doc = "A matrix as a heat map with its values: what a network trained at one noise level does at the others, say.",
  options = {
    { "rows", "table", help = "names of the rows" }, { "columns", "table", help = "names of the columns" },
    { "row_label", "string", help = "what the rows are" }, { "column_label", "string", help = "what the columns are" },
    { "best", "string", choices = { "max", "min" }, help = "which number of each column is marked" }, caption_option,
  },
  example = [[
page:matrix({ { 0.9, 0.6 }, { 0.8, 0.7 } }, {
  row_label = "trained at p", rows = { "0.1", "0.5" },
  column_label = "tested at p", columns = { "0.1", "0.5" } })]],
}

function Page:matrix(values, given)
  local o = options.read(matrix_page, given)
  o.label = o.caption
  return add_figure(self, "", o, matrix("page:matrix", values, o))
end

docs.add(Page.options, options_page)
docs.add(Page.environment, environment_page)
docs.add(Page.table, table_page)
docs.add(Page.plot, plot_page)
docs.add(Page.curves, curves_page)
docs.add(Page.bars, bars_page)
docs.add(Page.matrix, matrix_page)
