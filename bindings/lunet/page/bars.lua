-- Bars as HTML: a table whose middle column draws, so that it is read, wraps and scales like text.
local axis = require "lunet.axis"
local cell = require "lunet.cell"
local cells = require "lunet.cells"
local errors = require "lunet.errors"
local html = require "lunet.html"
local options = require "lunet.options"

local function plural(n)
  return n == 1 and "1 value" or n .. " values"
end

-- A value as users give it: a number or an interval, checked.
local function value_of(what, given)
  local value = type(given) == "table" and cell.check(what, given) or given
  if type(value) ~= "number" and not cell.is_interval(value) then
    errors.raise("%s must be a number or an interval { mean, low, high }, got %s", what, options.text(given))
  end
  return value
end

local function check_fields(what, given, n)
  for key in pairs(given) do
    if type(key) ~= "number" and key ~= "low" and key ~= "high" then
      errors.raise("%s: no field '%s'%s", what, tostring(key), errors.suggestion(key, { "low", "high" }))
    end
  end
  if given[n + 2] ~= nil then errors.raise("%s has more than %s", what, plural(n)) end
  if (given.low == nil) ~= (given.high == nil) then errors.raise("%s: an interval needs both low and high", what) end
  if given.low and n > 1 then
    errors.raise("%s: low and high are of one value; with 'series' each is { mean, low, high }", what)
  end
end

-- An entry { name, value, ... } as { label =, values = numbers or intervals }.
local function entry_of(what, given, n)
  if type(given) ~= "table" then errors.raise("%s must be { name, value }, got %s", what, options.text(given)) end
  check_fields(what, given, n)
  local entry = { label = tostring(given[1]), values = {} }
  if given.low then
    local interval = { mean = given[2], low = given.low, high = given.high }
    entry.values[1] = value_of(what, interval)
    return entry
  end
  for i = 1, n do entry.values[i] = value_of(("%s: value %d"):format(what, i), given[i + 1]) end
  return entry
end

-- The numbers that a value draws.
local function ends_of(value)
  if cell.is_interval(value) then return value.mean, value.low, value.high end
  return value
end

-- From what to what the bars' axis goes: 0 is in it, unless `from` says where it begins.
local function range_of(entries, from)
  local low, high = from or 0, from or 0
  for _, entry in ipairs(entries) do
    for _, value in ipairs(entry.values) do
      for _, number in ipairs{ ends_of(value) } do
        if axis.drawable(number) then low, high = math.min(low, number), math.max(high, number) end
      end
    end
  end
  if from then low = from end
  return { low = low, high = high > low and high or low + 1 }
end

local function percent(range, value)
  return math.max(0, math.min(100, axis.at(range, value) * 100))
end

local function span(class, a, b)
  return html.fill('<span class="%s" style="left:%s%%;width:%s%%"></span>', class, ("%.2f"):format(math.min(a, b)),
    ("%.2f"):format(math.abs(b - a)))
end

-- A bar from 0, or where the axis begins, to the value, and its interval.
local function bar(range, value, colour)
  local mean, low, high = ends_of(value)
  if not axis.drawable(mean) then return html.nothing end
  local out = { span("bar b" .. colour, percent(range, math.max(0, range.low)), percent(range, mean)) }
  if axis.drawable(low) and axis.drawable(high) then
    out[2] = span("whisker", percent(range, low), percent(range, high))
  end
  return html.join(out)
end

-- The values of all entries as text, all with the same digits; a function that gives one after the other.
local function texts_of(entries)
  local rows, at = {}, 0
  for _, entry in ipairs(entries) do
    for _, value in ipairs(entry.values) do rows[#rows + 1] = { value } end
  end
  local lines = cells(rows, 1)
  return function()
    at = at + 1
    return lines[at][1]
  end
end

local function rows_of(entry, range, next_text)
  local rows, n = {}, #entry.values
  for i, value in ipairs(entry.values) do
    local head = i == 1 and html.fill('<th scope="row"%s>%s</th>',
      html.piece(n > 1 and (' rowspan="%d"'):format(n) or ""), entry.label) or html.nothing
    rows[i] = html.fill('<tr>%s<td class="track"><span class="room">%s</span></td><td class="number">%s</td></tr>',
      head, bar(range, value, (i - 1) % 8 + 1), next_text())
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
-- begins, label = for those who do not see it }
return function(what, list, o)
  if #list == 0 then errors.raise("%s: there are no bars, { name, value }", what) end
  local entries, n = {}, o.series and #o.series or 1
  for i, given in ipairs(list) do entries[i] = entry_of(("%s: bar %d"):format(what, i), given, n) end
  local range, next_text, body = range_of(entries, o.from), texts_of(entries), {}
  for i, entry in ipairs(entries) do body[i] = rows_of(entry, range, next_text) end
  return html.fill('%s<div class="scroll" tabindex="0" role="region" aria-label="%s"><table class="bars"><tbody>\n%s\n'
    .. "</tbody></table></div>", legend_of(o.series or {}), o.label or "Bars", html.join(body, "\n"))
end
