-- Where a Lua function is from, and its text.
local errors = require "lunet.errors"
local text_of = require "lunet.text_of"

local source = {}

local function lines_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("([^\n]*)\r?\n") do lines[#lines + 1] = line end
  return lines
end

-- The text of the chunk in which a function stands; nil and why where it is gone. Files may have changed since.
-- typed(name): the text of a chunk of that name, or nil.
local function chunk_text(info, typed)
  local kind, name = info.source:sub(1, 1), info.source:sub(2)
  if kind == "@" then
    local file, message = io.open(name, "rb")
    if not file then return nil, message end
    local text = file:read("a")
    file:close()
    return text
  elseif kind == "=" then
    local own = name:match("^lunet/(.*)%.lua$")
    return own and text_of(own) or typed and typed(name), "its text is not kept"
  end
  return info.source
end

-- { place =, lines = {...} or nil, why = }: the lines of a Lua function, and of the comment above it as `comment`;
-- nil for functions of C.
function source.of(f, typed)
  local info = debug.getinfo(f, "S")
  if info.what == "C" then return nil end
  local first, last = info.linedefined, info.lastlinedefined
  local found = { place = ("%s:%d-%d"):format(info.short_src, first, last), lines = nil, comment = {} }
  local ok, text, why = errors.try(chunk_text, info, typed)
  local all = ok and text and lines_of(text)
  if not all or #all < last then
    found.why = not ok and text or why or "the file has changed"
    return found
  end
  found.lines = table.move(all, math.max(first, 1), last, 1, {})
  local from = first
  while from > 1 and all[from - 1]:find("^%s*%-%-") do from = from - 1 end
  table.move(all, from, first - 1, 1, found.comment)
  return found
end

return source
