-- Result tables: aligned columns for the eye, CSV, Markdown and LaTeX for other programs.
--
--   print(ln.table{ columns = { "image", "SSIM" }, { "noisy", 0.4481 }, { "CNN DAE", 0.9471 } })
local cell = require "lunet.cell"
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local sheet = require "lunet.sheet"
local sheet_of = require "lunet.results_sheet"

local Table = {}
Table.__index = Table
Table.__name = "lunet.results"

-- Whether standard output shows bold type: https://no-color.org
local function shows_bold()
  local term, plain = os.getenv("TERM"), os.getenv("NO_COLOR")
  return core.file.is_tty(1) and term ~= nil and term ~= "" and term ~= "dumb" and (plain == nil or plain == "")
end

function Table:__tostring() return sheet.text(sheet_of(self), shows_bold()) end

-- Aligned columns, without bold type.
function Table:text() return sheet.text(sheet_of(self), false) end

function Table:__len() return #self.rows end

-- Text, or with a path, written there, and the path.
local function written(form, text, path)
  if path == nil then return text end
  errors.within(("table:%s: "):format(form), core.file.write, path, text)
  return path
end

local function csv_cell(value)
  value = cell.value(value) or cell.text(value) or value
  if value == nil then return "" end
  if math.type(value) == "float" then return value == value and ("%.9g"):format(value) or "nan" end
  local text = tostring(value)
  if text:find('[",\r\n]') then text = '"' .. text:gsub('"', '""') .. '"' end
  return text
end

local function has_interval(self, column)
  for _, row in ipairs(self.rows) do
    if cell.is_interval(row[column]) then return true end
  end
  return false
end

-- The table as CSV text; with a path, written there instead. An interval is three columns.
function Table:csv(path)
  local out, intervals = {}, {}
  for c in ipairs(self.columns) do intervals[c] = has_interval(self, c) end
  local function add(row, is_head)
    local line = {}
    for c = 1, #self.columns do
      line[#line + 1] = csv_cell(row[c])
      if intervals[c] then
        local interval = cell.is_interval(row[c]) and row[c] or {}
        line[#line + 1] = csv_cell(is_head and row[c] .. " low" or interval.low)
        line[#line + 1] = csv_cell(is_head and row[c] .. " high" or interval.high)
      end
    end
    out[#out + 1] = table.concat(line, ",") .. "\n"
  end
  add(self.columns, true)
  for _, row in ipairs(self.rows) do add(row) end
  return written("csv", table.concat(out), path)
end

-- The table as Markdown text; with a path, written there instead.
function Table:markdown(path)
  return written("markdown", sheet.markdown(sheet_of(self)) .. (path and "\n" or ""), path)
end

-- The table as LaTeX text, for booktabs; with a path, written there instead.
function Table:latex(path)
  return written("latex", sheet.latex(sheet_of(self)) .. (path and "\n" or ""), path)
end

-- One row, as the cells it has. A metric returns its mean and the values of all images: what comes after the last
-- column is left out if it is no plain value.
local function checked_row(row, index, columns)
  if type(row) ~= "table" then
    errors.raise("table: row %d must be a table of cells, got a %s", index, type(row))
  end
  local out = {}
  for key, value in pairs(row) do
    local column = math.tointeger(key)
    if not column or column < 1 then
      errors.raise("table: row %d has a cell named '%s'; cells are a plain list", index, tostring(key))
    elseif column <= columns then
      out[column] = cell.check(("table: row %d, column %d"):format(index, column), value)
    elseif type(value) ~= "userdata" then
      errors.raise("table: row %d has %d cells; there are columns for %d", index, column, columns)
    end
  end
  return out
end

-- Add a row at the end; returns the table.
function Table:add(row)
  self.rows[#self.rows + 1] = checked_row(row, #self.rows + 1, #self.columns)
  return self
end

local page = {
  name = "table",
  usage = "ln.table(options: options) -> results",
  doc = "A table of results. print() aligns it, numbers with the digits that matter. The entries 1, 2, ... of the "
    .. "options are rows, each a list of cells: numbers, texts, nil, a mean with its interval, { mean, low, high } or "
    .. "{ mean =, half = }, which prints as mean \u{b1} half or, where it is skew, as mean [low, high]; or a number "
    .. "with the text to print, { value =, text = }.",
  options = {
    { "columns", "table", required = true, help = "list of column names" },
    { "note", "string", help = "a line printed below" },
    { "best", { "string", "table" }, help = "'max' or 'min': the best of each column of numbers is bold, on a "
      .. "terminal, in Markdown and in LaTeX; or by name of the column, { SSIM = 'max', RMSE = 'min' }" },
    { "width", "integer", min = 20, help = "characters of a line: texts of the first column are broken to fit" },
    { "caption", "string", help = "of the table in LaTeX, which is a float then" },
    { "label", "string", help = "of the table in LaTeX, beside its caption" },
  },
  errors = "A row with more cells than columns. A tensor after the last column is left out, so a metric, which returns "
    .. "its mean and the values of all images, can end a row.",
  example = [[
ln.table{ columns = { "image", "SSIM" }, best = "max", { "noisy", 0.35 },
  { "CNN DAE", { ln.stat.interval{ 0.81, 0.83, 0.80 } } } }]],
}

-- Raise for what `best` may not be.
local function check_best(best, columns)
  local function check_sense(sense, of)
    if sense ~= "max" and sense ~= "min" then
      errors.raise("table: option 'best'%s must be 'max' or 'min', got %s", of, tostring(sense))
    end
  end
  if type(best) ~= "table" then return best == nil or check_sense(best, "") end
  local known = {}
  for _, name in ipairs(columns) do known[name] = true end
  for name, sense in pairs(best) do
    if not known[name] then
      errors.raise("table: option 'best': no column '%s'%s", tostring(name), errors.suggestion(name, columns))
    end
    check_sense(sense, (" of column '%s'"):format(name))
  end
end

local function check_names(given, rows)
  local names, known = {}, {}
  for i, entry in ipairs(page.options) do names[i], known[entry[1]] = entry[1], entry end
  for key, value in pairs(given) do
    if type(key) == "number" and not rows[key] then
      errors.raise("table: entry %s is no row; rows are entries 1, 2, ... without a gap", tostring(key))
    elseif type(key) ~= "number" and not known[key] then
      errors.raise("table: no option '%s'%s", tostring(key), errors.suggestion(key, names))
    elseif known[key] then
      options.check("table", known[key], value)
    end
  end
end

local function new(given)
  if type(given) ~= "table" or type(given.columns) ~= "table" or #given.columns == 0 then
    errors.raise("table: expected { columns = { \"name\", ... }, { cell, ... }, ... }")
  end
  local self = setmetatable({ columns = {}, rows = {}, note = given.note, best = given.best, caption = given.caption,
    label = given.label, width = given.width }, Table)
  for c, name in ipairs(given.columns) do self.columns[c] = tostring(name) end
  for _, row in ipairs(given) do self:add(row) end
  check_names(given, self.rows)
  check_best(given.best, self.columns)
  return self
end

docs.class(Table, {
  { "results:add(row: table) -> results", "Add a row, a list of cells; returns the table.",
    'results:add{ "median", 0.62 }' },
  { "results:text() -> string", "The table as print shows it, without bold type." },
  { "results:csv(path?: string) -> string", "CSV text, all digits, an interval in three columns; with a path, written "
    .. "there, and the path.",
    "print(results:csv())" },
  { "results:markdown(path?: string) -> string", "The table as Markdown text; with a path, written there, and the "
    .. "path.",
    "print(results:markdown())" },
  { "results:latex(path?: string) -> string", "The table as LaTeX text, with the rules of the package booktabs; with a "
    .. "path, written there, and the path.",
    "print(results:latex())" },
  { "results.columns -> string[]", "The names of the columns." },
  { "results.rows -> table[]", "The rows, each a list of cells." },
  { "results.note -> string|nil", "The line printed below." },
  { "results.best -> string|table|nil", "What is bold: 'max', 'min', or one of these by the name of a column." },
  { "results.width -> integer|nil", "The characters of a line." },
  { "results.caption -> string|nil", "The caption in LaTeX." },
  { "results.label -> string|nil", "The label in LaTeX." },
})

return docs.add(new, page)
