-- Plain tables by their contents: on one line where they fit, else a line an entry, names aligned; lists of numbers and
-- of short texts in columns; lists of tables as rows under the names that they have in common.
local keys = require "lunet.table_keys"
local value_line = require "lunet.value_line"

local width = value_line.width

local most_inside = 12       -- lines of a table in a table, and entries of one whose tables get lines of their own
local most_cell_rows = 16
local longest_name = 20      -- bytes of texts that stand in columns
local widest_cell = 28

local function padded(text, columns)
  return text .. (" "):rep(columns - width(text))
end

local function elided(count, one, many)
  return ("... and %d %s more"):format(count, count == 1 and one or many)
end

local function number_text(x)
  local whole = math.tointeger(x)
  return whole and ("%d"):format(whole) or ("%.6g"):format(x)
end

local of_numbers = { text = number_text, one = "number", many = "numbers", right = true }
local of_names = { text = function(x) return (value_line.quoted(x, widest_cell)) end, one = "text", many = "texts" }

-- What a list of many numbers, or of many short texts, is of; nil of other lists.
local function cells_of(t, n, others)
  if n < 8 or #others > 0 then return nil end
  local is_numbers, is_names = true, true
  for i = 1, n do
    local value = rawget(t, i)
    is_numbers = is_numbers and math.type(value) ~= nil
    is_names = is_names and type(value) == "string" and #value <= longest_name
    if not (is_numbers or is_names) then return nil end
  end
  return is_numbers and of_numbers or of_names
end

-- Lines of them below each other, in columns as wide as the widest of those shown.
local function add_cells(out, t, n, kind, room, rows, indent)
  local texts, widest = {}, 0
  rows = math.min(rows, most_cell_rows)
  for i = 1, math.min(n, rows * room // 3) do
    texts[i] = kind.text(t[i]) .. ","
    widest = math.max(widest, width(texts[i]))
  end
  local columns = math.max(room // (widest + 1), 1)
  for first = 1, math.min(n, columns * rows), columns do
    local line = {}
    for i = first, math.min(first + columns - 1, n) do
      local gap = (" "):rep(widest - width(texts[i]))
      line[#line + 1] = kind.right and gap .. texts[i] or texts[i] .. gap
    end
    out[#out + 1] = (indent .. table.concat(line, " ")):gsub(" +$", "")
  end
  if n > columns * rows then out[#out + 1] = indent .. elided(n - columns * rows, kind.one, kind.many) end
end

-- The names in the first n tables of a list, in order; nil where one has other keys, or they have little in common.
local function common_names(t, n)
  local count, names, entries = {}, {}, 0
  for i = 1, n do
    local _, length, others = keys.of(rawget(t, i))
    if length > 0 or #others == 0 then return nil end
    for _, name in ipairs(others) do
      if type(name) ~= "string" then return nil end
      if not count[name] then names[#names + 1] = name end
      count[name], entries = (count[name] or 0) + 1, entries + 1
    end
  end
  table.sort(names)
  return entries * 4 >= #names * n * 3 and names or nil -- a quarter may be missing
end

-- The cells of a column: its name, then the values of the n tables.
local function column(t, n, name)
  local cells, widest, numeric = { name }, width(name), true
  for i = 1, n do
    local value = rawget(keys.of(rawget(t, i)), name)
    cells[i + 1] = value == nil and "" or math.type(value) and number_text(value)
      or value_line.of(value, widest_cell, { [t] = true }, 1)
    widest = math.max(widest, width(cells[i + 1]))
    numeric = numeric and (value == nil or math.type(value) ~= nil)
  end
  for i, cell in ipairs(cells) do
    cells[i] = numeric and (" "):rep(widest - width(cell)) .. cell or padded(cell, widest)
  end
  return cells, widest
end

-- The rows of a list of tables with the same names, the names above; those that do not fit are listed.
local function add_columns(out, t, n, names, room, indent)
  local columns, used, missing = {}, 0, {}
  for _, name in ipairs(names) do
    local cells, widest = column(t, n, name)
    if used + widest <= room and #missing == 0 then
      columns[#columns + 1], used = cells, used + widest + 2
    else
      missing[#missing + 1] = name
    end
  end
  for i = 1, n + 1 do
    local row = {}
    for k, cells in ipairs(columns) do row[k] = cells[i] end
    out[#out + 1] = (indent .. table.concat(row, "  ")):gsub("%s+$", "")
  end
  if #missing > 0 then
    local text = ("... and in each %s"):format(table.concat(missing, ", "))
    out[#out + 1] = indent .. (width(text) <= room and text or text:sub(1, room - 3) .. "...")
  end
end

local function are_tables(t, n, others)
  if n < 2 or #others > 0 then return false end
  for i = 1, n do
    if not keys.is_plain(rawget(t, i)) then return false end
  end
  return true
end

-- A line for each table of a list.
local function add_rows(out, t, n, room, rows, indent)
  local shown = math.min(n, rows)
  local names = shown > 2 and common_names(t, shown)
  if names then
    add_columns(out, t, shown, names, room, indent)
  else
    for i = 1, shown do
      out[#out + 1] = indent .. value_line.of(rawget(t, i), room - 1, { [t] = true }, 1) .. ","
    end
  end
  if n > shown then out[#out + 1] = indent .. elided(n - shown, "table", "tables") end
end

-- What stands before the values, all padded to one width but the longest.
local function heads_of(t, rows)
  local heads, widest = {}, 0
  for key, _, in_list in keys.entries(t) do
    if #heads == rows then break end
    heads[#heads + 1] = in_list and "" or value_line.key(key):gsub(" = $", "")
    if width(heads[#heads]) <= widest_cell then widest = math.max(widest, width(heads[#heads])) end
  end
  for i, head in ipairs(heads) do
    if head ~= "" then heads[i] = padded(head, math.max(widest, width(head))) .. " = " end
  end
  return heads
end

local add_lines

-- A line an entry, or several for a table in it that does not fit.
local function add_entries(out, t, room, rows, indent, path)
  local heads, shown = heads_of(t, rows), 0
  local entries, n = keys.entries(t)
  for _, value in entries do
    shown = shown + 1
    if shown > rows then break end
    local head = heads[shown]
    local text, whole = value_line.of(value, room - width(head) - 1, path, #path)
    if not whole and keys.is_plain(value) and n <= most_inside and #path <= 2 and not path[value] then
      out[#out + 1] = indent .. head .. "{"
      add_lines(out, value, room - 2, math.min(rows, most_inside), indent .. "  ", path)
      out[#out + 1] = indent .. "},"
    else
      out[#out + 1] = indent .. head .. text .. ","
    end
  end
  if n > rows then out[#out + 1] = indent .. elided(n - rows, "entry", "entries") end
end

-- The lines between the braces. path: the tables on the way here, as a list and as a set.
function add_lines(out, t, room, rows, indent, path)
  local inside, n, others = keys.of(t)
  path[t], path[#path + 1] = true, t
  local kind = cells_of(inside, n, others)
  if kind then
    add_cells(out, inside, n, kind, room, rows, indent)
  elseif are_tables(inside, n, others) then
    add_rows(out, inside, n, room, rows, indent)
  else
    add_entries(out, t, room, rows, indent, path)
  end
  path[t], path[#path] = nil, nil
end

-- The text of a plain table, in so many columns and about so many lines.
local function text(t, columns, rows)
  local one, whole = value_line.of(t, columns)
  if whole then return one end
  local out = { "{" }
  add_lines(out, t, columns - 2, math.max(rows - 2, 4), "  ", {})
  out[#out + 1] = "}"
  return table.concat(out, "\n")
end

return text
