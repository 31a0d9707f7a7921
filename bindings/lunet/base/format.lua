-- Text and numbers for people to read.
local format = {}

-- Text in lines of at most `columns` characters, each but the first indented by so many. Line breaks in it stay.
function format.wrapped(text, indent, columns)
  local lines = {}
  for paragraph in (text .. "\n"):gmatch("([^\n]*)\n") do
    local line = paragraph:match("^%s*")
    for word in paragraph:gmatch("%S+") do
      local longer = line:match("%S") and line .. " " .. word or line .. word
      if line:match("%S") and indent + utf8.len(longer) > columns then
        lines[#lines + 1] = line
        longer = word
      end
      line = longer
    end
    lines[#lines + 1] = line
  end
  return (table.concat(lines, "\n" .. (" "):rep(indent)):gsub("%s+$", ""))
end

-- Text with a space in words of more than so many characters, so that these can be wrapped.
function format.broken(text, columns)
  return (text:gsub("%S+", function(word)
    if (utf8.len(word) or 0) <= columns then return nil end
    local parts, from = {}, 1
    for at = 1 + columns, utf8.len(word), columns do
      local cut = utf8.offset(word, at)
      parts[#parts + 1], from = word:sub(from, cut - 1), cut
    end
    parts[#parts + 1] = word:sub(from)
    return table.concat(parts, " ")
  end))
end

-- Text on one line, without control characters: what comes from files must not command the terminal.
function format.visible(text)
  return (tostring(text):gsub("%c", " "))
end

-- At least five digits of a loss, whatever its size: 0.64314, 12.50000, 0.0023410, 1.8654e+67.
function format.loss(x)
  local size = math.abs(x)
  return (size >= 0.1 and size < 1e5 and "%.5f" or "%#.5g"):format(x)
end

-- 112001 -> "112,001"
function format.grouped(x)
  local text = ("%d"):format(x)
  local count
  repeat text, count = text:gsub("^(-?%d+)(%d%d%d)", "%1,%2") until count == 0
  return text
end

-- Seconds: 75 -> "1:15", 4000 -> "1:06:40"
function format.clock(seconds)
  local s = math.floor(seconds + 0.5)
  if s >= 3600 then return ("%d:%02d:%02d"):format(s // 3600, s // 60 % 60, s % 60) end
  return ("%d:%02d"):format(s // 60, s % 60)
end

return format
