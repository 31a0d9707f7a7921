-- ln.plot: curves, points, histograms and bars, in the terminal or into a file.
local docs = require "lunet.docs"
local forms = require "lunet.plot_forms"
local output = require "lunet.plot_output"
local plot_options = require "lunet.plot_options"

local page = {
  name = "plot",
  usage = "ln.plot(what: tensor|table|function|history|run|runs, more?: any, options?: options) -> string|nil",
  doc = "Draw numbers in the terminal, in braille or, where there is no UTF-8, in letters; or into a file. What is "
    .. "drawn is a tensor or a list of numbers (a line; of two dimensions a line for each row), plot(x, y), several "
    .. "series plot{ { y = a, name = \"noisy\" }, { y = b, name = \"clean\" } }, a function plot(f, from, to), a "
    .. "history or the record of a run (its losses), several of these, plot{ h1, h2, names = { \"adam\", \"sgd\" } "
    .. "}, or a table of results: bars of its first numbers, lines where its first column or its heads are numbers, "
    .. "as in a sweep's table. kind = \"scatter\" draws points, histogram = t counts, bars = { name = number, ... } "
    .. "compares. What is NaN or infinite, or not above 0 on a logarithmic axis, is left out and counted below. "
    .. "plot(t, \"x.svg\") makes an image, plot(t, \"histogram\") says the kind. What matplotlib calls xlabel, xlim, "
    .. "label and color is understood, too.",
  options = plot_options.all(plot_options.series, plot_options.more, plot_options.look),
  returns = "Nothing; the path of a file; the text with text = true.",
  errors = "No numbers at all; lists of different lengths; a tensor of more than two dimensions, or more than 8 rows; "
    .. "gnuplot missing, where a .png or .pdf is wanted.",
  example = [[
ln.plot(history)
ln.plot{ { y = noisy[1][1][16], name = "noisy" },
  { y = clean[1][1][16], name = "clean" } }
ln.plot{ x = { 0.1, 0.2, 0.4 }, y = { 28.1, 25.3, 21.9 }, kind = "scatter",
  log = "x", x_label = "sigma", y_label = "PSNR, dB" }
ln.plot{ histogram = noisy - clean, bins = 40 }
ln.plot{ bars = { median = 25.1, bm3d = 27.3, dae = 28.2 } }
ln.plot(math.sin, 0, 2 * math.pi)]],
}

return docs.add(function(...)
  return output("plot", forms.read(page, ...))
end, page)
