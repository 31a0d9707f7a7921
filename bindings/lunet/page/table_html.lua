-- Tables of results as HTML: numbers at the right, the best of a column bold, columns to sort by.
local cells = require "lunet.cells"
local errors = require "lunet.errors"
local html = require "lunet.html"

local table_html = {}

-- The number that a cell is or begins with, as "0.83 ± 0.01" and "0.83 [0.82, 0.84]" do; nil for other text.
local function number_of(value)
  if type(value) == "number" then return value end
  if type(value) ~= "string" then return nil end
  local number, rest = value:match("^%s*([-+]?%d[%d.]*[eE]?[-+]?%d*)%s*(.*)$")
  if not rest then return nil end
  local spread = rest == "" or rest:find("^[%[%(*]") or rest:find("^±") or rest:find("^%+%-")
  return spread and tonumber(number) or nil
end

-- For each column, whether its cells are numbers, with or without a spread.
local function numeric_columns(rows, columns)
  local numeric = {}
  for c = 1, columns do
    local any = false
    numeric[c] = true
    for _, row in ipairs(rows) do
      local empty = row[c] == nil or row[c] == "-" or row[c] == ""
      any = any or not empty
      numeric[c] = numeric[c] and (empty or number_of(row[c]) ~= nil)
    end
    numeric[c] = numeric[c] and any
  end
  return numeric
end

-- The best number of a column; nil where there is none.
local function best_of(rows, column, direction)
  local best
  for _, row in ipairs(rows) do
    local x = number_of(row[column])
    if x and x == x and (not best or direction == "max" and x > best or direction == "min" and x < best) then
      best = x
    end
  end
  return best
end

-- By column number, the best number. best: { SSIM = "max", loss = "min" }, by the columns' names.
local function bests_of(what, t, best)
  local place, out, names = {}, {}, {}
  for c, name in ipairs(t.columns) do place[name] = place[name] or c end
  for name in pairs(best or {}) do names[#names + 1] = tostring(name) end
  table.sort(names)
  for _, name in ipairs(names) do
    local direction = best[name]
    if not place[name] then
      errors.raise("%s: option 'best' names the column '%s'%s", what, name, errors.suggestion(name, t.columns))
    elseif direction ~= "max" and direction ~= "min" then
      errors.raise("%s: option 'best' of '%s' must be 'max' or 'min', got '%s'", what, name, tostring(direction))
    end
    out[place[name]] = best_of(t.rows, place[name], direction)
  end
  return out
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

local function cell(text, value, numeric, is_best, is_first)
  local shown = is_best and html.fill("<strong>%s</strong>", text) or text
  if is_first and not numeric then return html.fill('<th scope="row">%s</th>', shown) end
  return html.fill("<td%s>%s</td>", attributes_of(text, value, numeric), shown)
end

local tall = 40 -- rows that are seen at once

-- The <table> of a table of results, in a box of its own that scrolls.
function table_html.element(what, t, o)
  local texts = cells(t.rows, #t.columns)
  local numeric, bests = numeric_columns(t.rows, #t.columns), bests_of(what, t, o.best)
  local head, body = {}, {}
  for c, name in ipairs(t.columns) do
    head[c] = html.fill('<th scope="col"%s>%s</th>', html.piece(numeric[c] and ' class="number"' or ""), name)
  end
  for r, row in ipairs(t.rows) do
    local line = {}
    for c = 1, #t.columns do
      local is_best = bests[c] ~= nil and number_of(row[c]) == bests[c]
      line[c] = cell(texts[r][c], row[c], numeric[c], is_best, c == 1)
    end
    body[r] = html.fill("<tr>%s</tr>", html.join(line))
  end
  local class = #body > tall and "scroll tall" or "scroll"
  return html.fill('<div class="%s" tabindex="0" role="region" aria-label="%s"><table class="sortable">'
    .. "<thead><tr>%s</tr></thead><tbody>\n%s\n</tbody></table></div>", class, o.label or "Table", html.join(head),
    html.join(body, "\n"))
end

return table_html
