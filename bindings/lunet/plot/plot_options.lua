-- The options of ln.plot and history:plot, and what is checked of them.
local axis = require "lunet.axis"
local errors = require "lunet.errors"
local options = require "lunet.options"

local plot_options = {}

local numbers = { "table", "tensor" }
plot_options.kinds = { "line", "scatter", "histogram", "bars" }

-- How the plot looks and where it goes.
plot_options.look = {
  { "title", "string", help = "stands above the plot" },
  { "x_label", "string", help = "what x is" }, { "y_label", "string", help = "what y is" },
  { "log", "string", choices = { "x", "y", "xy" }, help = "axes with a logarithmic scale" },
  { "x_limits", "table", help = "{ low, high }: where the x axis begins and ends; one of them may be left out, { 0 }" },
  { "y_limits", "table", help = "the same of the y axis" },
  { "lines", "table", help = "levels across the plot, { { name, y }, ... }" },
  { "width", "integer", min = 20, max = 1000, help = "columns of text, by default those of the terminal, at most 120; "
    .. "80 into a pipe" },
  { "height", "integer", min = 3, max = 300, help = "rows of the drawing, without what is around it; by default 15, "
    .. "fewer in a low terminal" },
  { "file", "string", help = "a path: an image instead of text, .svg, .png or .pdf (all but .svg need gnuplot)" },
  { "text", "boolean", help = "return the text, without colours, instead of printing it" },
}

-- A series.
plot_options.series = {
  { "y", { "table", "tensor", "number" }, positional = 1, help = "the numbers to draw; of a tensor RxN, or a list of "
    .. "lists, each row is a line" },
  { "x", numbers, help = "where they are, by default at 1, 2, ...; names, for bars" },
  { "f", "function", help = "a function y = f(x) to draw instead" },
  { "from", "number", help = "where the function begins (or the axis of bars); by default where other series do" },
  { "to", "number", help = "where the function ends" },
  { "name", "string", help = "what the legend calls it" },
  { "kind", "string", choices = plot_options.kinds, help = "what is drawn" },
  { "points", "boolean", help = "the same as kind = 'scatter'" },
  { "low", numbers, help = "the lower end of a band around y, or of the intervals of scattered points" },
  { "high", numbers, help = "its upper end" },
  { "colour", "integer", min = 1, max = 8, help = "which of the eight colours" },
  { "dashed", "boolean", help = "in files: a dashed line" },
}

-- The rest of what ln.plot takes.
plot_options.more = {
  { "series", "table", help = "a list of series { y =, x =, f =, name =, kind =, ... }; the same as entries without "
    .. "names; of bars the names of several values" },
  { "histogram", numbers, help = "numbers to count, a tensor of any shape or a list, or a list of such" },
  { "bins", "integer", min = 1, max = 10000, help = "how many bins the histogram has; by default about 30 with round "
    .. "edges" },
  { "bars", numbers, help = "numbers by name, which stand in alphabetic order, or { { name, number }, ... } in that "
    .. "order; a number may be { mean, low, high }" },
  { "names", "table", help = "names of rows, functions or histories, or of bars" },
  { "values", "table", help = "of histories and runs the fields to draw, by default loss and val_loss; of tables the "
    .. "columns" },
}

-- What others call them.
local elsewhere = { label = "name", color = "colour", xlabel = "x_label", ylabel = "y_label", xlim = "x_limits",
  ylim = "y_limits" }

-- The options with the names that they have here.
function plot_options.renamed(given)
  local out = {}
  for key, value in pairs(given) do
    local ours = elsewhere[key]
    if not (ours and given[ours] ~= nil) then out[ours or key] = value end
  end
  return out
end

-- All of them, those of one list after the other.
function plot_options.all(...)
  local out = {}
  for _, list in ipairs{ ... } do table.move(list, 1, #list, #out + 1, out) end
  return out
end

-- One end of an axis, or nil.
local function limit_of(what, name, given, i, log)
  local value = given[i]
  if value ~= nil and not axis.drawable(value) then
    errors.raise("%s: option '%s' must be { low, high }, two finite numbers, got %s in it", what, name,
      options.text(value))
  elseif value and not axis.drawable(value, log) then
    errors.raise("%s: option '%s' has %g, but on a logarithmic axis all is above 0", what, name, value)
  end
  return value
end

-- Limits as { low, high }, either of which may be nil; raises for what is none.
local function limits_of(what, name, given, log)
  if not given then return nil end
  for key in pairs(given) do
    if key ~= 1 and key ~= 2 then
      errors.raise("%s: option '%s' must be { low, high }, but has '%s'", what, name, tostring(key))
    end
  end
  local low, high = limit_of(what, name, given, 1, log), limit_of(what, name, given, 2, log)
  if low and high and low >= high then
    errors.raise("%s: option '%s' must be { low, high } with low below high, got %g and %g", what, name, low, high)
  end
  return { low, high }
end

local function line_of(what, line, log)
  local spec = { name = what, options = { { "name", "string", positional = 1 },
    { "y", "number", positional = 2, required = true, help = "where it is" } } }
  local read = options.read(spec, type(line) == "number" and { y = line } or line)
  if not axis.drawable(read.y, log) then
    errors.raise("%s: y must be a finite number%s, got %g", what, log and " above 0, for the logarithm" or "", read.y)
  end
  return read
end

-- Options with log_x, log_y, limits and lines as figures have them.
function plot_options.finished(what, o)
  local log = o.log or ""
  o.log_x, o.log_y = log:find("x") ~= nil, log:find("y") ~= nil
  o.x_limits = limits_of(what, "x_limits", o.x_limits, o.log_x)
  o.y_limits = limits_of(what, "y_limits", o.y_limits, o.log_y)
  local lines = {}
  for i, line in ipairs(o.lines or {}) do lines[i] = line_of(("%s: line %d"):format(what, i), line, o.log_y) end
  o.lines = lines
  return o
end

return plot_options
