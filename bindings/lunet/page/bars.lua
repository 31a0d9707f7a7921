-- Bars as HTML: a table whose middle column draws, so that it is read, wraps and scales like text.
local axis = require "lunet.axis"
local bar_entries = require "lunet.bar_entries"
local html = require "lunet.html"

local function percent(range, value)
  return math.max(0, math.min(100, axis.at(range, value) * 100))
end

local function span(class, a, b)
  return html.fill('<span class="%s" style="left:%s%%;width:%s%%"></span>', class, ("%.2f"):format(math.min(a, b)),
    ("%.2f"):format(math.abs(b - a)))
end

-- A bar from 0, or where the axis begins, to the value, and its interval.
local function bar(range, value, colour)
  local mean, low, high = bar_entries.ends_of(value)
  if not axis.drawable(mean) then return html.nothing end
  local out = { span("bar b" .. colour, percent(range, math.max(0, range.low)), percent(range, mean)) }
  if axis.drawable(low) and axis.drawable(high) then
    out[2] = span("whisker", percent(range, low), percent(range, high))
  end
  return html.join(out)
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
  local entries, body = bar_entries.read(what, list, o.series), {}
  local range, next_text = bar_entries.range(entries, o.from), bar_entries.texts(entries)
  for i, entry in ipairs(entries) do body[i] = rows_of(entry, range, next_text) end
  return html.fill('%s<div class="scroll" tabindex="0" role="region" aria-label="%s"><table class="bars"><tbody>\n%s\n'
    .. "</tbody></table></div>", legend_of(o.series or {}), o.label or "Bars", html.join(body, "\n"))
end
