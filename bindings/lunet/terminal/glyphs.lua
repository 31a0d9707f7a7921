-- The characters that drawings in the terminal are made of, where there is UTF-8 and where there is ASCII alone.
local glyphs = {}

-- corner: where both axes meet. left_tick, down_tick: an axis with a tick. marks: what points of one series each are
-- drawn with where colours do not tell them apart. horizontal, vertical: parts of a cell filled from the left, or from
-- below, the last one being all of it; a cell holds as many steps as there are parts.
glyphs.unicode = {
  corner = "└", horizontal_axis = "─", vertical_axis = "│", left_tick = "┤", down_tick = "┬",
  corner_tick = "├", point = "•", sample = "⠒⠒", level = "╌",
  marks = { "•", "×", "○", "+", "◆", "△", "□", "▼" },
  horizontal = { "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" },
  vertical = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
  whisker = "─", whisker_end = "┤", ellipsis = "…",
}

glyphs.ascii = {
  corner = "+", horizontal_axis = "-", vertical_axis = "|", left_tick = "+", down_tick = "+",
  corner_tick = "+", point = "*", sample = "**", level = "-",
  marks = { "*", "+", "o", "x", "#", "@", "%", "&" },
  horizontal = { "#" }, vertical = { "#" },
  whisker = "-", whisker_end = "|", ellipsis = "~",
}

function glyphs.of(utf8)
  return utf8 and glyphs.unicode or glyphs.ascii
end

return glyphs
