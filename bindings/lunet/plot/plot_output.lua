-- Where plots go: into a file, to the terminal, or back to the caller as text.
local bar_entries = require "lunet.bar_entries"
local bars_text = require "lunet.bars_text"
local capabilities = require "lunet.capabilities"
local core = require "lunet.core"
local curves = require "lunet.curves"
local curves_text = require "lunet.curves_text"
local histogram = require "lunet.histogram"
local histogram_text = require "lunet.histogram_text"
local figure_file = require "lunet.figure_file"

local widest, usual = 120, 80 -- columns; beyond them a plot is no longer taken in at a glance
local highest, around = 15, 7 -- rows, and those of title, legend, axes and the prompt below
local in_file = { columns = 400, rows = 120 } -- places for the points of long series: enough for a page

-- The size of the text and what it may be made of.
local function size_of(o)
  local on_terminal = capabilities.is_terminal() and not o.text
  local columns, rows = usual, highest
  if on_terminal then
    columns = math.max(math.min(capabilities.columns() - 1, widest), 20)
    rows = math.max(math.min(capabilities.rows() - around, highest), 3)
  elseif not capabilities.is_terminal() and core.terminal.size(1) > 0 then
    columns = core.terminal.size(1) -- as somebody has said at the prompt
  end
  return { width = o.width or columns, height = o.height or rows, utf8 = capabilities.utf8(),
    colours = on_terminal and capabilities.colours() or 0 }
end

-- What each kind of plot is as a figure, and as lines of text.
local kinds = {
  line = {
    figure = function(what, o) return (curves.figure(what, o.list, o, in_file.columns, in_file.rows)) end,
    text = function(what, o, size)
      local fig, notes = curves.figure(what, o.list, o, 4 * size.width, 8 * size.height)
      return curves_text(fig, size, notes)
    end,
  },
  histogram = {
    figure = function(what, o) return histogram.figure(histogram.counted(what, o.list, o), o) end,
    text = function(what, o, size) return histogram_text(histogram.counted(what, o.list, o), o, size) end,
  },
  bars = {
    figure = function(what, o) return bar_entries.figure(bar_entries.read(what, o.entries, o.series), o) end,
    text = function(what, o, size) return bars_text(bar_entries.read(what, o.entries, o.series), o, size) end,
  },
}
kinds.scatter = kinds.line

-- o: options with `kind` and `list` or `entries`, see plot_forms.lua. Returns the path of a file, or the text where the
-- options ask for it.
return function(what, o)
  local kind = kinds[o.kind]
  if o.file then return figure_file(what, function() return kind.figure(what, o) end, o.file) end
  local text = table.concat(kind.text(what, o, size_of(o)), "\n")
  if o.text then return text end
  print(text)
end
