-- Tables of results as HTML: numbers at the right, the best bold, columns to sort by.
local cell = require "lunet.cell"
local html = require "lunet.html"
local sheet_of = require "lunet.results_sheet"

local table_html = {}

-- The number that a cell is or begins with, as "0.83 ± 0.01" and "0.83 [0.82, 0.84]" do; nil for other text.
local function number_of(value)
  if type(value) ~= "string" then return cell.value(value) end
  local number, rest = value:match("^%s*([-+]?%d[%d.]*[eE]?[-+]?%d*)%s*(.*)$")
  if not rest then return nil end
  local spread = rest == "" or rest:find("^[%[%(*]") or rest:find("^±") or rest:find("^%+%-")
  return spread and tonumber(number) or nil
end

-- Whether all cells of a column are numbers, with or without a spread, and there are any.
local function is_numeric(rows, column)
  local any = false
  for _, row in ipairs(rows) do
    local value = row[column]
    local empty = value == nil or value == "-" or value == ""
    if not empty and not number_of(value) then return false end
    any = any or not empty
  end
  return any
end

local longest_unbroken = 28 -- letters

-- The attributes of a cell: how it is set, and what it is sorted by.
local function attributes_of(text, value, numeric)
  local number = number_of(value)
  if numeric and number and number == number then
    return html.fill(' class="number" data-value="%s"', ("%.17g"):format(number))
  elseif numeric then
    return html.piece(' class="number"')
  end
  return html.piece((utf8.len(text) or #text) <= longest_unbroken and ' class="short"' or "")
end

local function element_of(text, value, numeric, is_best, is_first)
  local shown = is_best and html.fill("<strong>%s</strong>", text) or text
  if is_first and not numeric then return html.fill('<th scope="row">%s</th>', shown) end
  return html.fill("<td%s>%s</td>", attributes_of(text, value, numeric), shown)
end

local tall = 40 -- rows that are seen at once

-- The <table> of a table of results, in a box of its own that scrolls.
function table_html.element(t, label)
  local sheet, numeric, head, body = sheet_of(t), {}, {}, {}
  for c, name in ipairs(t.columns) do
    numeric[c] = is_numeric(t.rows, c)
    head[c] = html.fill('<th scope="col"%s>%s</th>', html.piece(numeric[c] and ' class="number"' or ""), name)
  end
  for r, row in ipairs(t.rows) do
    local line = {}
    for c = 1, #t.columns do
      line[c] = element_of(sheet.lines[r][c], row[c], numeric[c], sheet.best[r][c], c == 1)
    end
    body[r] = html.fill("<tr>%s</tr>", html.join(line))
  end
  return html.fill('<div class="%s" tabindex="0" role="region" aria-label="%s"><table class="sortable">'
    .. "<thead><tr>%s</tr></thead><tbody>\n%s\n</tbody></table></div>", #body > tall and "scroll tall" or "scroll",
    label, html.join(head), html.join(body, "\n"))
end

return table_html
