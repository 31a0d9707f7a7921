-- A figure inside a page: an SVG for wide screens and one for narrow ones, its numbers for the script that shows them
-- under the pointer, and the same as a table to open.
local axis = require "lunet.axis"
local figure = require "lunet.figure"
local html = require "lunet.html"
local json = require "lunet.json"
local results = require "lunet.table"
local svg = require "lunet.svg"
local table_html = require "lunet.table_html"

local most_points, most_rows = 800, 60

local function rounded(list)
  local out = {}
  for i, value in ipairs(list) do
    out[i] = axis.drawable(value) and tonumber(("%.6g"):format(value)) or 0 / 0
  end
  return out
end

-- The numbers as JSON; "<" could end the script that holds it.
local function numbers_of(fig)
  local series = {}
  for i, s in ipairs(fig.series) do
    series[i] = { name = html.clean(s.name or ""), colour = s.colour, x = rounded(s.x), y = rounded(s.y),
      low = s.low and rounded(s.low), high = s.high and rounded(s.high) }
  end
  return (json.encode{ series = series, x = html.clean(fig.x_label or "x"), log_x = fig.log_x, log_y = fig.log_y }
    :gsub("<", "\\u003c"))
end

local function words_of(fig)
  local names = {}
  for _, s in ipairs(fig.series) do names[#names + 1] = s.name end
  for _, line in ipairs(fig.lines) do names[#names + 1] = line.name end
  local text = ("Plot of %s by %s"):format(fig.y_label or "y", fig.x_label or "x")
  return #names > 0 and text .. ": " .. table.concat(names, ", ") or text
end

-- All x in order, and where each series has it.
local function places_of(fig)
  local xs, seen, at = {}, {}, {}
  for k, s in ipairs(fig.series) do
    at[k] = {}
    for i, x in ipairs(s.x) do
      if axis.drawable(x) then
        if not seen[x] then xs[#xs + 1], seen[x] = x, true end
        at[k][x] = i
      end
    end
  end
  table.sort(xs)
  return xs, at
end

-- The numbers as a table, of long ones a selection at equal distances.
local function table_of(fig)
  local columns = { fig.x_label or "x" }
  for k, s in ipairs(fig.series) do
    local name = s.name or ("series %d"):format(k)
    columns[#columns + 1] = name
    if s.low then table.move({ name .. ", low", name .. ", high" }, 1, 2, #columns + 1, columns) end
  end
  local xs, at = places_of(fig)
  local every = math.max(1, math.ceil(#xs / most_rows))
  local t = results{ columns = columns, note = every > 1 and ("%d of %d"):format((#xs - 1) // every + 1, #xs) or nil }
  for r = 1, #xs, every do
    local row, c = { xs[r] }, 1
    for k, s in ipairs(fig.series) do
      local i = at[k][xs[r]]
      row[c + 1] = i and s.y[i]
      if s.low then row[c + 2], row[c + 3] = i and s.low[i], i and s.high[i] end
      c = c + (s.low and 3 or 1)
    end
    t:add(row)
  end
  return t
end

-- The <svg>s, the numbers and the table; the caller makes a <figure> of them.
return function(fig)
  local drawn = setmetatable({ series = {} }, { __index = fig })
  for i, s in ipairs(fig.series) do drawn.series[i] = figure.thinned(s, most_points) end
  local function drawing(class, width, height)
    return svg.element(drawn, width, height, html.fill('class="%s" role="img" aria-label="%s" tabindex="0"', class,
      words_of(fig)))
  end
  local values = table_of(fig)
  return html.fill('%s\n%s\n<script type="application/json">%s</script>\n'
    .. "<details><summary>Values%s</summary>%s</details>",
    drawing("wide", 760, 400), drawing("narrow", 358, 300), html.piece(numbers_of(drawn)),
    values.note and (" (%s)"):format(values.note) or "", table_html.element(values, "Values"))
end
