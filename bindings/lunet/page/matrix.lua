-- A matrix of numbers as a heat map: a table whose cells have colours.
local axis = require "lunet.axis"
local cells = require "lunet.cells"
local errors = require "lunet.errors"
local figure = require "lunet.figure"
local html = require "lunet.html"
local options = require "lunet.options"

-- From light to dark, even in lightness.
local stops = { { 250, 250, 217 }, { 199, 233, 180 }, { 127, 205, 187 }, { 65, 182, 196 }, { 29, 145, 192 },
  { 34, 94, 168 }, { 12, 44, 132 } }

-- The colour at t of 0 to 1, { r, g, b } of 0 to 255.
local function colour_at(t)
  local place = t * (#stops - 1) + 1
  local i = math.min(math.floor(place), #stops - 1)
  local out = {}
  for c = 1, 3 do out[c] = math.floor(stops[i][c] + (stops[i + 1][c] - stops[i][c]) * (place - i) + 0.5) end
  return out
end

-- Relative luminance (WCAG 2).
local function luminance(colour)
  local sum = 0
  for c, weight in ipairs{ 0.2126, 0.7152, 0.0722 } do
    local v = colour[c] / 255
    sum = sum + weight * (v <= 0.03928 and v / 12.92 or ((v + 0.055) / 1.055) ^ 2.4)
  end
  return sum
end

-- Black or white, whichever differs more.
local function ink_on(colour)
  return luminance(colour) > 0.179 and "#000" or "#fff"
end

-- A tensor or lists of numbers as lists of one length.
local function rows_of(what, values)
  if options.is_tensor(values) and #values.shape == 2 then values = values:totable() end
  if type(values) ~= "table" or #values == 0 then
    errors.raise("%s: expected lists of numbers, one a row, or a tensor of two dimensions, got %s", what,
      options.text(values))
  end
  local rows = {}
  for r = 1, #values do
    rows[r] = figure.numbers(("%s: row %d"):format(what, r), values[r])
    if #rows[r] ~= #rows[1] or #rows[r] == 0 then
      errors.raise("%s: row %d has %d numbers, but row 1 has %d", what, r, #rows[r], #rows[1])
    end
  end
  return rows
end

-- Names of rows or columns, as many as there are.
local function names_of(what, key, names, n)
  if names and #names ~= n then errors.raise("%s: option '%s' has %d names for %d %s", what, key, #names, n, key) end
  local out = {}
  for i = 1, n do out[i] = names and tostring(names[i]) or tostring(i) end
  return out
end

local function extent(rows)
  local low, high = math.huge, -math.huge
  for _, row in ipairs(rows) do
    for _, value in ipairs(row) do
      if axis.drawable(value) then low, high = math.min(low, value), math.max(high, value) end
    end
  end
  return low, high
end

-- The texts of all cells with the same digits, by row.
local function texts_of(rows)
  local all, out = {}, {}
  for _, row in ipairs(rows) do
    for _, value in ipairs(row) do all[#all + 1] = { value } end
  end
  local lines = cells(all, 1)
  for r in ipairs(rows) do
    out[r] = {}
    for c = 1, #rows[1] do out[r][c] = lines[(r - 1) * #rows[1] + c][1] end
  end
  return out
end

local function cell(value, text, low, high, best)
  if not axis.drawable(value) then return html.fill('<td class="none">%s</td>', text) end
  local colour = colour_at(high > low and (value - low) / (high - low) or 0.5)
  return html.fill('<td style="background:#%s;color:%s">%s</td>', ("%02x%02x%02x"):format(table.unpack(colour)),
    ink_on(colour), value == best and html.fill("<strong>%s</strong>", text) or text)
end

local function best_of(column, direction)
  local best
  for _, x in ipairs(column) do
    if axis.drawable(x) and (not best or direction == "max" and x > best or direction == "min" and x < best) then
      best = x
    end
  end
  return best
end

-- By column, its best number; none where `best` is nil.
local function bests_of(rows, direction)
  local out = {}
  for c = 1, direction and #rows[1] or 0 do
    local column = {}
    for r, row in ipairs(rows) do column[r] = row[c] end
    out[c] = best_of(column, direction)
  end
  return out
end

local function head_of(columns, o)
  local names = {}
  for c, name in ipairs(columns) do names[c] = html.fill('<th scope="col">%s</th>', name) end
  local corner = html.fill("<td>%s</td>", o.row_label or "")
  local line = html.fill("<tr>%s%s</tr>", corner, html.join(names))
  if not o.column_label then return line end
  return html.fill('<tr><td></td><th class="over" colspan="%s" scope="colgroup">%s</th></tr>%s', #columns,
    o.column_label, line)
end

-- o: { rows = names, columns = names, row_label =, column_label =, best = "max" | "min" in each column, label = }
return function(what, values, o)
  local rows = rows_of(what, values)
  local row_names, column_names = names_of(what, "rows", o.rows, #rows), names_of(what, "columns", o.columns, #rows[1])
  local low, high = extent(rows)
  local texts, bests, body = texts_of(rows), bests_of(rows, o.best), {}
  for r, row in ipairs(rows) do
    local line = {}
    for c, value in ipairs(row) do line[c] = cell(value, texts[r][c], low, high, bests[c]) end
    body[r] = html.fill('<tr><th scope="row">%s</th>%s</tr>', row_names[r], html.join(line))
  end
  return html.fill('<div class="scroll" tabindex="0" role="region" aria-label="%s"><table class="matrix"><thead>%s'
    .. "</thead><tbody>\n%s\n</tbody></table></div>", o.label or "Matrix", head_of(column_names, o),
    html.join(body, "\n"))
end
