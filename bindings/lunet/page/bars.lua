-- Bars as HTML: a table whose middle column draws, so that it is read, wraps and scales like text.
local axis = require "lunet.axis"
local cells = require "lunet.cells"
local errors = require "lunet.errors"
local html = require "lunet.html"
local options = require "lunet.options"

-- The intervals' ends of an entry with n values: numbers, or lists of them.
local function ends_of(what, entry, key, n)
  local given = entry[key]
  if given == nil then return {} end
  if type(given) == "number" then given = { given } end
  if type(given) ~= "table" or #given ~= n then
    errors.raise("%s: %s must have a number for each of its %d value%s", what, key, n, n == 1 and "" or "s")
  end
  for i = 1, n do options.argument(what, key, "number", given[i]) end
  return given
end

-- { label =, values = { ... }, low = { ... }, high = { ... } }
local function entry_of(what, given, n)
  if type(given) ~= "table" then errors.raise("%s must be { name, value }, got %s", what, options.text(given)) end
  local entry = { label = tostring(given[1]), values = {} }
  for key in pairs(given) do
    if type(key) ~= "number" and key ~= "low" and key ~= "high" then
      errors.raise("%s: no field '%s'%s", what, tostring(key), errors.suggestion(key, { "low", "high" }))
    end
  end
  for i = 1, n do entry.values[i] = options.argument(what, "value " .. i, "number", given[i + 1]) end
  if given[n + 2] ~= nil then errors.raise("%s has more than %d value%s", what, n, n == 1 and "" or "s") end
  entry.low, entry.high = ends_of(what, given, "low", n), ends_of(what, given, "high", n)
  if (#entry.low == 0) ~= (#entry.high == 0) then errors.raise("%s: an interval needs both low and high", what) end
  return entry
end

-- From what to what the bars' axis goes: 0 is in it, unless `from` says where it begins.
local function range_of(entries, from)
  local low, high = from or 0, from or 0
  for _, entry in ipairs(entries) do
    for _, list in ipairs{ entry.values, entry.low, entry.high } do
      for _, value in ipairs(list) do
        if axis.drawable(value) then low, high = math.min(low, value), math.max(high, value) end
      end
    end
  end
  if from then low = from end
  return { low = low, high = high > low and high or low + 1 }
end

local function percent(range, value)
  return math.max(0, math.min(100, axis.at(range, value) * 100))
end

-- A bar from 0, or the axis's begin, to the value, and its interval.
local function bar(range, value, low, high, colour)
  if not axis.drawable(value) then return html.nothing end
  local a, b = percent(range, math.max(0, range.low)), percent(range, value)
  local out = { html.fill('<span class="bar b%s" style="left:%s%%;width:%s%%"></span>', colour,
    ("%.2f"):format(math.min(a, b)), ("%.2f"):format(math.abs(b - a))) }
  if low then
    local from, to = percent(range, low), percent(range, high)
    out[2] = html.fill('<span class="whisker" style="left:%s%%;width:%s%%"></span>', ("%.2f"):format(from),
      ("%.2f"):format(math.max(to - from, 0)))
  end
  return html.join(out)
end

-- The values, lows and highs in one list of rows, so that all get the same digits.
local function texts_of(entries)
  local rows = {}
  for _, entry in ipairs(entries) do
    for _, list in ipairs{ entry.values, entry.low, entry.high } do
      for _, value in ipairs(list) do rows[#rows + 1] = { value } end
    end
  end
  local lines, next_line = cells(rows, 1), 0
  return function()
    next_line = next_line + 1
    return lines[next_line][1]
  end
end

local function rows_of(entry, range, text)
  local said, rows = { {}, {}, {} }, {}
  for k, list in ipairs{ entry.values, entry.low, entry.high } do
    for i in ipairs(list) do said[k][i] = text() end
  end
  for i, value in ipairs(entry.values) do
    local head = i == 1 and html.fill('<th scope="row"%s>%s</th>',
      html.piece(#entry.values > 1 and (' rowspan="%d"'):format(#entry.values) or ""), entry.label) or html.nothing
    local shown = said[2][i] and html.fill('%s <span class="quiet">%s to %s</span>', said[1][i], said[2][i], said[3][i])
      or said[1][i]
    rows[i] = html.fill('<tr>%s<td class="track"><span class="room">%s</span></td><td class="number">%s</td></tr>',
      head, bar(range, value, entry.low[i], entry.high[i], (i - 1) % 8 + 1), shown)
  end
  return html.join(rows)
end

local function legend_of(series)
  local out = {}
  for i, name in ipairs(series) do
    out[i] = html.fill('<span class="key"><span class="bar b%s"></span>%s</span>', (i - 1) % 8 + 1, name)
  end
  return #out > 0 and html.fill('<p class="legend">%s</p>', html.join(out, " ")) or html.nothing
end

-- list: { { label, value, ..., low =, high = }, ... }; o: { series = names of several values, from = where the axis
-- begins }
return function(what, list, o)
  if #list == 0 then errors.raise("%s: there are no bars, { name, value }", what) end
  local entries, n = {}, o.series and #o.series or 1
  for i, given in ipairs(list) do entries[i] = entry_of(("%s: bar %d"):format(what, i), given, n) end
  local range, text, body = range_of(entries, o.from), texts_of(entries), {}
  for i, entry in ipairs(entries) do body[i] = rows_of(entry, range, text) end
  return html.fill('%s<div class="scroll" tabindex="0" role="region" aria-label="%s"><table class="bars"><tbody>\n%s\n'
    .. "</tbody></table></div>", legend_of(o.series or {}), o.label or "Bars", html.join(body, "\n"))
end
