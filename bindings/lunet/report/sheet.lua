-- Tables in their forms: for the terminal, Markdown and LaTeX. A sheet is what they have in common, all of it text:
--
--   { columns = names, lines = { cells of a row }, numeric = { by column }, best = { [row] = { [column] = true } },
--     note =, caption =, label =, width = }
local format = require "lunet.format"

local sheet = {}

local function width(text)
  return utf8.len(text) or #text
end

local function is_best(s, row, column)
  return s.best and s.best[row] and s.best[row][column]
end

-- ---- The terminal ----

-- Where the interval of a number begins: means stand below each other, with and without one.
local function tail_of(text)
  local at = text:find(" ± ", 1, true) or text:find(" [", 1, true)
  return at and text:sub(at) or ""
end

local function widest_tail(lines, column)
  local widest = 0
  for _, line in ipairs(lines) do widest = math.max(widest, width(tail_of(line[column]))) end
  return widest
end

-- The cells of a column, all of one width, and that width.
local function padded(s, column)
  local cells, tail, widest = {}, s.numeric[column] and widest_tail(s.lines, column) or 0, width(s.columns[column])
  for r, line in ipairs(s.lines) do
    cells[r] = tail == 0 and line[column] or line[column] .. (" "):rep(tail - width(tail_of(line[column])))
    widest = math.max(widest, width(cells[r]))
  end
  for r, text in ipairs(cells) do
    local space = (" "):rep(widest - width(text))
    if is_best(s, r, column) and s.bold then text = "\27[1m" .. text .. "\27[0m" end
    cells[r] = s.numeric[column] and space .. text or text .. space
  end
  return cells, widest
end

-- The width that is left for the first column, in a line of so many characters.
local function room_for_first(s, columns)
  for c = 2, #s.columns do
    local _, widest = padded(s, c)
    columns = columns - widest - 2
  end
  return math.max(columns, 8)
end

-- The sheet with the texts of its first column in as many lines as fit it into its width.
local function fitted(s)
  local room = room_for_first(s, s.width)
  local lines, best = {}, {}
  for r, line in ipairs(s.lines) do
    local first = #lines + 1
    for part in format.wrapped(format.broken(line[1], room), 0, room):gmatch("[^\n]+") do
      lines[#lines + 1] = { part }
      for c = 2, #line do lines[#lines][c] = #lines == first and line[c] or "" end
    end
    best[first] = s.best and s.best[r]
  end
  return setmetatable({ lines = lines, best = best }, { __index = s })
end

-- Aligned columns. bold: escape sequences for what is best.
function sheet.text(s, bold)
  local rows = { {}, {} }
  s = setmetatable({ bold = bold }, { __index = s.width and #s.columns > 1 and fitted(s) or s })
  for c, name in ipairs(s.columns) do
    local cells, widest = padded(s, c)
    local space = (" "):rep(widest - width(name))
    rows[1][c], rows[2][c] = s.numeric[c] and space .. name or name .. space, ("-"):rep(widest)
    for r, text in ipairs(cells) do
      rows[r + 2] = rows[r + 2] or {}
      rows[r + 2][c] = text
    end
  end
  for r, cells in ipairs(rows) do rows[r] = table.concat(cells, "  "):gsub("%s+$", "") end
  if s.note then rows[#rows + 1] = format.wrapped(s.note, 0, s.width or 80) end
  return table.concat(rows, "\n")
end

-- A sheet of some of the columns, without the note.
local function part(s, chosen)
  local out = { columns = {}, lines = {}, numeric = {}, best = {}, width = s.width }
  for k, c in ipairs(chosen) do out.columns[k], out.numeric[k] = s.columns[c], s.numeric[c] end
  for r, line in ipairs(s.lines) do
    out.lines[r], out.best[r] = {}, {}
    for k, c in ipairs(chosen) do out.lines[r][k], out.best[r][k] = line[c], is_best(s, r, c) end
  end
  return out
end

-- The same in a window that is too narrow: as many columns as fit, the others below, each time behind the first.
function sheet.narrow_text(s, columns, bold)
  s = setmetatable({ width = columns }, { __index = s })
  local _, first = padded(s, 1)
  local chosen, used, out = { 1 }, math.min(first, columns // 2), {}
  local function flush()
    out[#out + 1] = sheet.text(part(s, chosen), bold)
    chosen, used = { 1 }, math.min(first, columns // 2)
  end
  for c = 2, #s.columns do
    local _, widest = padded(s, c)
    if #chosen > 1 and used + 2 + widest > columns then flush() end
    chosen[#chosen + 1], used = c, used + 2 + widest
  end
  flush()
  if s.note then out[#out + 1] = format.wrapped(s.note, 0, columns) end
  return table.concat(out, "\n")
end

-- ---- Markdown ----

function sheet.markdown(s)
  local function joined(line, row)
    local out = {}
    for c, text in ipairs(line) do
      text = text:gsub("[|\n]", { ["|"] = "\\|", ["\n"] = " " })
      out[c] = is_best(s, row, c) and ("**%s**"):format(text) or text
    end
    return "| " .. table.concat(out, " | ") .. " |"
  end
  local rules = {}
  for c in ipairs(s.columns) do rules[c] = s.numeric[c] and "---:" or "---" end
  local out = { joined(s.columns), "| " .. table.concat(rules, " | ") .. " |" }
  for r, line in ipairs(s.lines) do out[#out + 1] = joined(line, r) end
  if s.note then out[#out + 1] = "\n" .. s.note end
  return table.concat(out, "\n")
end

-- ---- LaTeX ----

local signs = { ["\\"] = "\\textbackslash{}", ["~"] = "\\textasciitilde{}", ["^"] = "\\textasciicircum{}",
  ["<"] = "\\textless{}", [">"] = "\\textgreater{}", ["|"] = "\\textbar{}", ["\n"] = " " }
for sign in ("&%$#_{}"):gmatch(".") do signs[sign] = "\\" .. sign end

local function latex_text(text)
  return (text:gsub("[\\~^<>|\n&%%$#_{}]", signs):gsub("±", "$\\pm$"):gsub("%f[%w%-]%-(%d)", "$-$%1"))
end

-- A tabular of booktabs, in a table where there is a caption.
function sheet.latex(s)
  local kinds, out = {}, {}
  for c in ipairs(s.columns) do kinds[c] = s.numeric[c] and "r" or "l" end
  local function add(text, ...) out[#out + 1] = text:format(...) end
  local function add_row(line, row)
    local texts = {}
    for c, text in ipairs(line) do
      text = latex_text(text)
      texts[c] = is_best(s, row, c) and ("\\textbf{%s}"):format(text) or text
    end
    add("  %s \\\\", table.concat(texts, " & "))
  end
  add("\\begin{tabular}{%s}\n  \\toprule", table.concat(kinds))
  add_row(s.columns)
  add("  \\midrule")
  for r, line in ipairs(s.lines) do add_row(line, r) end
  add("  \\bottomrule\n\\end{tabular}")
  if s.note then add("\n\\smallskip\n{\\footnotesize %s}", latex_text(s.note)) end
  if not s.caption then return table.concat(out, "\n") end
  local label = s.label and ("\n\\label{%s}"):format(s.label) or ""
  return ("\\begin{table}\n\\centering\n\\caption{%s}%s\n%s\n\\end{table}"):format(latex_text(s.caption), label,
    table.concat(out, "\n"))
end

return sheet
