-- A figure into a file or the terminal.
local core = require "lunet.core"
local errors = require "lunet.errors"
local gnuplot = require "lunet.gnuplot"
local svg = require "lunet.svg"

local function print_figure(what, fig)
  local wide = math.min(core.file.columns() or 80, 120)
  local text = gnuplot.render(what, fig, ("dumb size %d,%d"):format(wide - 1, wide // 4))
  print((text:gsub("\f", ""):gsub(" +\n", "\n"):gsub("%s+$", "")))
end

-- Write the figure to a .svg, .png or .pdf file; without a path, print it as characters. `what` begins messages.
return function(what, fig, path)
  if path == nil then return print_figure(what, fig) end
  if type(path) ~= "string" then errors.raise("%s: the path must be a string, got a %s", what, type(path)) end
  local extension = (path:match("%.(%w+)$") or ""):lower()
  local terminal = gnuplot.terminals[extension]
  if not terminal and extension ~= "svg" then
    errors.raise("%s: '%s' must end in .svg, .png or .pdf (without a path, the plot goes to the terminal)", what, path)
  end
  errors.within(what .. ": ", core.file.check_writable, path)
  local bytes = terminal and gnuplot.render(what, fig, terminal) or svg.file(fig)
  errors.within(what .. ": ", core.file.write, path, bytes)
  return path
end
