-- Figures through gnuplot, which runs as a child process: for files that need fonts (PNG, PDF). Ranges and ticks are
-- those of the SVG.
--
-- The commands go through a temporary file and the image comes back through another; the user's path never reaches a
-- shell or gnuplot.
local axis = require "lunet.axis"
local errors = require "lunet.errors"
local figure = require "lunet.figure"
local svg = require "lunet.svg"

local gnuplot = {}

gnuplot.terminals = {
  png = "pngcairo size 1080,648 font 'sans,15'",
  pdf = "pdfcairo size 15cm,9cm font 'sans,11'",
}

-- A temporary file that goes when its scope ends.
local function temporary()
  return setmetatable({ path = os.tmpname() }, { __close = function(self) os.remove(self.path) end })
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  local ok, message = file:write(text)
  file:close()
  if not ok then errors.raise("plot: %s", message) end
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

-- Text as gnuplot's single-quoted string, in which only the quote itself is special.
local function quoted(text)
  return "'" .. text:gsub("[%c]", " "):gsub("'", "''") .. "'"
end

local function number(value, log)
  return axis.drawable(value, log) and ("%.10g"):format(value) or "NaN"
end

local function add_axis(add, name, a)
  local ticks = {}
  for i, tick in ipairs(a.ticks) do ticks[i] = ("%s %.10g"):format(quoted(tick[2]), tick[1]) end
  if a.log then add("set logscale %s", name) end
  add("set %srange [%.10g:%.10g]", name, a.low, a.high > a.low and a.high or a.low + 1)
  add("set %stics (%s)", name, table.concat(ticks, ", "))
end

local function add_data(add, fig, s, name)
  add("%s << end_of_data", name)
  for i, x in ipairs(s.x) do
    local low, high = s.low and s.low[i], s.high and s.high[i]
    add("%s %s %s %s", number(x, fig.log_x), number(s.y[i], fig.log_y), number(low, fig.log_y),
      number(high, fig.log_y))
  end
  add("end_of_data")
end

-- The parts of gnuplot's plot command.
local function parts_of(add, fig)
  local parts = {}
  for i, s in ipairs(fig.series) do
    local name = "$series" .. i
    add_data(add, fig, s, name)
    local colour = svg.colours[s.colour]
    if s.low and s.points then
      parts[#parts + 1] = ("%s using 1:2:3:4 with yerrorbars linecolor rgb '%s' pointtype 7 pointsize 0 "
        .. "notitle"):format(name, colour)
    elseif s.low then
      parts[#parts + 1] = ("%s using 1:3:4 with filledcurves linecolor rgb '%s' fillstyle transparent solid 0.16 "
        .. "noborder notitle"):format(name, colour)
    end
    local points = "points pointtype 7 pointsize " .. (#s.x <= figure.most_large and 1 or 0.3)
    local style = s.filled and "filledcurves closed fillstyle solid 0.85 noborder"
      or #s.x > 1 and not s.points and "lines linewidth 2" or points
    parts[#parts + 1] = ("%s using 1:2 with %s %slinecolor rgb '%s' %s"):format(name, style,
      s.dashed and "dashtype 2 " or "", colour, s.name and "title " .. quoted(s.name) or "notitle")
  end
  for _, line in ipairs(fig.lines) do
    parts[#parts + 1] = ("%.10g with lines linewidth 2 dashtype 2 linecolor rgb '%s' %s"):format(line.y,
      svg.colours[line.colour], line.name and "title " .. quoted(line.name) or "notitle")
  end
  return parts
end

local function commands(fig, terminal, output)
  local out = {}
  local function add(format, ...) out[#out + 1] = format:format(...) end
  add("set terminal %s", terminal)
  add("set output '%s'", output)
  add("set encoding utf8")
  if fig.x_label then add("set xlabel %s noenhanced", quoted(fig.x_label)) end
  if fig.y_label then add("set ylabel %s noenhanced", quoted(fig.y_label)) end
  if fig.title then add("set title %s noenhanced", quoted(fig.title)) end
  add("set grid linetype 1 linecolor rgb '#dddddd'")
  add("set border 3")
  add("set tics nomirror")
  add("set key top right noenhanced")
  local x_axis, y_axis = figure.axes(fig, 10, 7)
  add_axis(add, "x", x_axis)
  add_axis(add, "y", y_axis)
  local parts = parts_of(add, fig)
  add("plot %s", table.concat(parts, ", "))
  add("unset output")
  return table.concat(out, "\n") .. "\n"
end

-- The bytes that gnuplot makes of a figure. `what` begins messages.
function gnuplot.render(what, fig, terminal)
  local script <close> = temporary()
  local image <close> = temporary()
  write(script.path, commands(fig, terminal, image.path))
  local pipe = assert(io.popen(("gnuplot '%s' 2>&1"):format(script.path)))
  local said = pipe:read("a")
  local ok, _, status = pipe:close()
  if status == 127 then
    errors.raise("%s: gnuplot is not installed; in Debian it is the package gnuplot-nox", what)
  elseif not ok then
    errors.raise("%s: gnuplot failed: %s", what, (said:gsub("%s+$", "")))
  end
  return read(image.path)
end

return gnuplot
