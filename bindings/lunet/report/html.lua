-- HTML from pieces. What is no piece is text, and is escaped: nothing from outside becomes markup by being forgotten.
--
--   html.fill('<a href="%s">%s</a>', url, name)   a piece; url and name are escaped, pieces are put in as they are
local html = {}

local Piece = {}
Piece.__index = Piece
Piece.__tostring = function(self) return self.text end

local function is_piece(value)
  return type(value) == "table" and rawequal(debug.getmetatable(value), Piece)
end

-- Text that is markup already.
function html.piece(text)
  return setmetatable({ text = text }, Piece)
end

local replacement = "\u{FFFD}"

-- Valid UTF-8 without control characters but line breaks and tabs: what HTML, SVG and JSON may hold.
function html.clean(text)
  text = tostring(text):gsub("\r\n?", "\n")
  local out, from = {}, 1
  while true do
    local length, wrong = utf8.len(text, from)
    if length then break end
    out[#out + 1] = text:sub(from, wrong - 1) .. replacement
    from = wrong + 1
  end
  text = table.concat(out) .. text:sub(from)
  text = text:gsub("\u{FFFE}", replacement):gsub("\u{FFFF}", replacement)
  return (text:gsub("[%z\1-\8\11-\31\127]", replacement))
end

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

function html.escape(text)
  return (html.clean(text):gsub("[&<>\"']", entities))
end

-- The template with its %s filled in.
function html.fill(template, ...)
  local values = table.pack(...)
  for i = 1, values.n do
    local value = values[i]
    values[i] = is_piece(value) and value.text or html.escape(value)
  end
  return html.piece(template:format(table.unpack(values, 1, values.n)))
end

-- Pieces and texts one after the other.
function html.join(list, between)
  local out = {}
  for i, value in ipairs(list) do out[i] = is_piece(value) and value.text or html.escape(value) end
  return html.piece(table.concat(out, between or ""))
end

html.nothing = html.piece("")

return html
