-- A figure into a file.
local core = require "lunet.core"
local errors = require "lunet.errors"
local gnuplot = require "lunet.gnuplot"
local svg = require "lunet.svg"

-- Write the figure that make() gives to a .svg, .png or .pdf file; returns the path. `what` begins messages.
return function(what, make, path)
  local extension = (path:match("%.(%w+)$") or ""):lower()
  local terminal = gnuplot.terminals[extension]
  if not terminal and extension ~= "svg" then
    errors.raise("%s: '%s' must end in .svg, .png or .pdf (without a path, the plot goes to the terminal)", what, path)
  end
  errors.within(what .. ": ", core.file.check_writable, path)
  local fig = make()
  local bytes = terminal and gnuplot.render(what, fig, terminal) or svg.file(fig)
  errors.within(what .. ": ", core.file.write, path, bytes)
  return path
end
