-- Result tables: aligned columns for the eye, CSV and Markdown for other programs.
--
--   print(ln.table{ columns = { "image", "SSIM" }, { "noisy", 0.4481 }, { "CNN DAE", 0.9471 } })
local cells = require "lunet.cells"
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"

local Table = {}
Table.__index = Table
Table.__name = "lunet.results"

local function width(text)
  return utf8.len(text) or #text
end

local function pad(text, to, right)
  local space = (" "):rep(to - width(text))
  return right and space .. text or text .. space
end

function Table:__tostring()
  local lines, numeric = cells(self.rows, #self.columns)
  local widths = {}
  for c, name in ipairs(self.columns) do
    widths[c] = width(name)
    for _, line in ipairs(lines) do widths[c] = math.max(widths[c], width(line[c])) end
  end
  local function joined(line)
    local out = {}
    for c, text in ipairs(line) do out[c] = pad(text, widths[c], numeric[c]) end
    return (table.concat(out, "  "):gsub("%s+$", ""))
  end
  local rules = {}
  for c, w in ipairs(widths) do rules[c] = ("-"):rep(w) end
  local out = { joined(self.columns), joined(rules) }
  for _, line in ipairs(lines) do out[#out + 1] = joined(line) end
  if self.note then out[#out + 1] = self.note end
  return table.concat(out, "\n")
end

function Table:__len() return #self.rows end

local function csv_cell(value)
  if value == nil then return "" end
  if math.type(value) == "float" then return value == value and ("%.9g"):format(value) or "nan" end
  local text = tostring(value)
  if text:find('[",\r\n]') then text = '"' .. text:gsub('"', '""') .. '"' end
  return text
end

-- The table as CSV text; with a path, written there instead.
function Table:csv(path)
  local out = {}
  local function add(row)
    local line = {}
    for c = 1, #self.columns do line[c] = csv_cell(row[c]) end
    out[#out + 1] = table.concat(line, ",") .. "\n"
  end
  add(self.columns)
  for _, row in ipairs(self.rows) do add(row) end
  local text = table.concat(out)
  if path == nil then return text end
  errors.within("table:csv: ", core.file.write, path, text)
  return path
end

-- The table as Markdown text.
function Table:markdown()
  local lines, numeric = cells(self.rows, #self.columns)
  local function joined(line)
    local out = {}
    for c, text in ipairs(line) do out[c] = text:gsub("[|\n]", { ["|"] = "\\|", ["\n"] = " " }) end
    return "| " .. table.concat(out, " | ") .. " |"
  end
  local rules = {}
  for c = 1, #self.columns do rules[c] = numeric[c] and "---:" or "---" end
  local out = { joined(self.columns), "| " .. table.concat(rules, " | ") .. " |" }
  for _, line in ipairs(lines) do out[#out + 1] = joined(line) end
  return table.concat(out, "\n")
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
      out[column] = value
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

local function new(given)
  if type(given) ~= "table" or type(given.columns) ~= "table" or #given.columns == 0 then
    errors.raise("table: expected { columns = { \"name\", ... }, { cell, ... }, ... }")
  end
  local self = setmetatable({ columns = {}, rows = {}, note = given.note }, Table)
  for c, name in ipairs(given.columns) do self.columns[c] = tostring(name) end
  for _, row in ipairs(given) do self:add(row) end
  for key in pairs(given) do
    if type(key) == "number" and not self.rows[key] then
      errors.raise("table: entry %s is no row; rows are entries 1, 2, ... without a gap", tostring(key))
    elseif type(key) ~= "number" and key ~= "columns" and key ~= "note" then
      errors.raise("table: no option '%s'%s", tostring(key), errors.suggestion(key, { "columns", "note" }))
    end
  end
  return self
end

docs.class(Table, {
  { "results:add(row: table) -> results", "Add a row, a list of cells; returns the table." },
  { "results:csv(path?: string) -> string", "CSV text, all digits; with a path, written there, and the path." },
  { "results:markdown() -> string", "The table as Markdown text." },
  { "results.columns -> string[]", "The names of the columns." },
  { "results.rows -> table[]", "The rows, each a list of cells." },
  { "results.note -> string|nil", "The line printed below." },
})

return docs.add(new, {
  name = "table",
  usage = "ln.table(options: options) -> results",
  doc = "A table of results. print() aligns it, numbers with the digits that matter. The entries 1, 2, ... of the "
    .. "options are rows, each a list of cells.",
  options = {
    { "columns", "table", required = true, help = "list of column names" },
    { "note", "string", help = "a line printed below" },
  },
  errors = "A row with more cells than columns. A tensor after the last column is left out, so a metric, which returns "
    .. "its mean and the values of all images, can end a row.",
  example = 'print(ln.table{ columns = { "image", "SSIM" }, { "noisy", 0.35 } })',
})
