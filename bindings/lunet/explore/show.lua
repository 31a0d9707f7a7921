-- ln.show: images, feature maps and weights in the terminal, by what it can do.
local colour_map = require "lunet.colour_map"
local docs = require "lunet.docs"

local page = {
  name = "show",
  usage = "ln.show(x: tensor|set|string|table, ...: tensor|set|string|table|options)",
  doc = "Show images in the terminal: a tensor H,W or C,H,W with 1 or 3 channels; N,C,H,W as a grid; other numbers of "
    .. "channels as a grid of maps, as those that a layer gives; a weight, an entry of net:parameters(); a dataset or "
    .. "an image file, by its path. Several values stand side by side, batches in a row each. The last argument may "
    .. "be a table of options. Below stand the colours with the values that they mean, and the least, largest and "
    .. "mean value of what is seen.\n"
    .. "Pictures are as large as is useful within the window. They are pixels in kitty, iTerm2 and terminals with "
    .. "sixels, else characters: through libchafa, or, where that is not installed, half blocks; plain characters "
    .. "by brightness without colour (NO_COLOR) and into a pipe. On a dumb terminal a line tells shape and values. "
    .. "LUNET_PICTURES=kitty, iterm2, sixel, symbols or none says what is not recognised.",
  options = {
    { "range", { "table", "string" }, help = "values at both ends of the colours, { low, high }; 'auto': the least and "
      .. "the largest; 'each': those of every image; by default { 0, 1 } for images of such values, with noise or "
      .. "without, and 'auto' for others" },
    { "map", "string", choices = colour_map.names, help = "colours of values; 'diverging' has zero in the middle; by "
      .. "default 'gray', of weights and of images with as much below zero as above, as residuals, 'diverging'" },
    { "residual", "boolean", default = false, help = "a difference of images: colours 'diverging'" },
    { "labels", "table", help = "a name for each image, or for each row of several batches" },
    { "title", "string", help = "a line above" },
    { "columns", "integer", min = 1, help = "images in a row; by default as many as make them largest" },
    { "row", "integer", min = 1, help = "draw the values along that row of each image below" },
    { "column", "integer", min = 1, help = "the same along a column" },
    { "blink", "boolean", default = false, help = "images in turns in one place, half a second each, until a key is "
      .. "pressed; side by side where there is no terminal" },
    { "scale", "number", above = 0, help = "enlarge, or shrink, so many times, as far as fits: in pixels, "
      .. "or in half characters" },
    { "width", "integer", min = 1, help = "at most so many characters; the terminal's by default" },
    { "height", "integer", min = 1, help = "at most so many lines" },
    { "pictures", "string", choices = { "kitty", "iterm2", "sixel", "symbols", "text", "none" }, help = "how images "
      .. "are shown, where the terminal is not recognised; 'text': plain characters" },
    { "colours", "integer", choices = { 0, 16, 256, 1 << 24 }, help = "how many there are for symbols" },
    { "text", "boolean", default = false, help = "return the text and write nothing" },
  },
  errors = "What is no image; ranges and labels that do not fit.",
  example = 'ln.show(ln.data.phantom{ 8 }.images)\n'
    .. 'ln.show(noisy[1], restored[1], { labels = { "noisy", "restored" } })\n'
    .. 'ln.show(restored[1] - clean[1], { residual = true })\nln.show(noisy[1], clean[1], { row = 32 })\n'
    .. 'ln.show(net:activations(noisy[1], "conv2d_1"))\n'
    .. 'ln.show(net:parameters()["conv2d_1.weight"])',
}

return docs.add(function(...)
  return require "lunet.shown"(page, ...)
end, page)
