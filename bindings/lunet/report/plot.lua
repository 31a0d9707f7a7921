-- Line plots through gnuplot, which runs as a child process.
--
-- The commands go through a temporary file and the image comes back through another; the user's path never reaches a
-- shell or gnuplot, and is written atomically.
local core = require "lunet.core"
local errors = require "lunet.errors"

local plot = {}

local terminals = {
  svg = "svg size 720,432 dynamic background rgb 'white' font 'sans,14'",
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

-- figure: { x_label, y_label, whole_x (a tic at each whole number), series = { { name, x = {...}, y = {...} }, ... } }
local function commands(figure, terminal, output)
  local out, parts = {}, {}
  local function add(format, ...) out[#out + 1] = format:format(...) end
  add("set terminal %s", terminal)
  add("set output '%s'", output)
  add("set encoding utf8")
  add("set xlabel %s", quoted(figure.x_label))
  add("set ylabel %s", quoted(figure.y_label))
  if not terminal:find("^dumb") then add("set grid linetype 1 linecolor rgb '#dddddd'") end
  add("set border 3")
  add("set tics nomirror")
  add("set key top right")
  add("set offsets 0, 0, graph 0.05, graph 0.05")
  if figure.whole_x then add("set xtics 1") end
  local colours = { "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b" }
  for s, series in ipairs(figure.series) do
    add("$series%d << end_of_data", s)
    for i, x in ipairs(series.x) do
      local y = series.y[i]
      add("%.10g %s", x, y == y and math.abs(y) < math.huge and ("%.10g"):format(y) or "NaN")
    end
    add("end_of_data")
    parts[s] = ("$series%d using 1:2 with %s linewidth 2 linecolor rgb '%s' title %s"):format(
      s, #series.x > 1 and "lines" or "points pointtype 7", colours[(s - 1) % #colours + 1], quoted(series.name))
  end
  add("plot %s", table.concat(parts, ", "))
  add("unset output")
  return table.concat(out, "\n") .. "\n"
end

-- Run gnuplot on the figure and return the bytes it made.
local function render(what, figure, terminal)
  local script <close> = temporary()
  local image <close> = temporary()
  write(script.path, commands(figure, terminal, image.path))
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

-- Write the figure to a .svg, .png or .pdf file; without a path, print it as characters. `what` begins error messages.
function plot.figure(what, figure, path)
  if path == nil then
    local wide = math.min(core.file.columns() or 80, 120)
    local text = render(what, figure, ("dumb size %d,%d"):format(wide - 1, wide // 4))
    print((text:gsub("\f", ""):gsub(" +\n", "\n"):gsub("%s+$", "")))
    return
  end
  if type(path) ~= "string" then errors.raise("%s: the path must be a string, got a %s", what, type(path)) end
  local terminal = terminals[(path:match("%.(%w+)$") or ""):lower()]
  if not terminal then
    errors.raise("%s: '%s' must end in .svg, .png or .pdf (without a path, the plot goes to the terminal)", what, path)
  end
  errors.within(what .. ": ", core.file.check_writable, path)
  errors.within(what .. ": ", core.file.write, path, render(what, figure, terminal))
  return path
end

return plot
