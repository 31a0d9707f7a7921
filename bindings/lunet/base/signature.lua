-- Usage lines of pages, one form for functions of C and of Lua, as data:
--
--   t:narrow(dim: integer, first: integer, count: integer) -> tensor
--   ln.image.read(path: string, options?: options) -> tensor
--   net.built -> boolean
--
-- ? stands behind what may be left out, ... for any number of values. A type is a word, "options" for the table of
-- options that the page lists, T[], { name: T, other?: T }, 'word', "string", or several of these with | between.
local signature = {}

-- The text split at a separator that is in no brackets.
local function split(text, separator)
  local parts, depth, first = {}, 0, 1
  for i = 1, #text do
    local c = text:sub(i, i)
    if c:find("[%({]") then depth = depth + 1 elseif c:find("[%)}]") then depth = depth - 1 end
    if c == separator and depth == 0 then
      parts[#parts + 1] = text:sub(first, i - 1)
      first = i + 1
    end
  end
  parts[#parts + 1] = text:sub(first)
  for i, part in ipairs(parts) do parts[i] = part:match("^%s*(.-)%s*$") end
  return parts
end

-- "dim?: integer, keep?: boolean" as { { name =, type =, optional = }, ... }; nil if it is of another form.
local function parse_params(text)
  local list = {}
  if text:match("^%s*$") then return list end
  for _, part in ipairs(split(text, ",")) do
    local name, mark, type = part:match("^([%a_][%w_]*)(%??):%s*(.+)$")
    if not name then name, mark, type = part:match("^(%.%.%.)(%??):%s*(.+)$") end
    if not name then return nil end
    list[#list + 1] = { name = name, type = type, optional = mark == "?" }
  end
  return list
end

-- { title =, params = (nil for a field), returns = { types } }; nil if the line is of another form.
function signature.parse(usage)
  local title, rest = usage:match("^([%a_][%w_.:]*)(.*)$")
  if not title then return nil end
  local inside, after = rest:match("^(%b())(.*)$")
  local returns = (after or rest):match("^%s*%->%s*(.+)$")
  if not returns and (after or rest) ~= "" then return nil end
  local params = inside and parse_params(inside:sub(2, -2))
  if inside and not params then return nil end
  return { title = title, params = params, returns = returns and split(returns, ",") or {} }
end

-- A type as a list of its alternatives: each a word, { list = type }, { fields = params } or { word = "auto" }.
function signature.alternatives(type)
  local list = {}
  for i, part in ipairs(split(type, "|")) do
    local element, fields, word = part:match("^(.+)%[%]$"), part:match("^{(.*)}$"), part:match("^['\"](.*)['\"]$")
    list[i] = element and { list = element } or fields and { fields = parse_params(fields) } or word and { word = word }
      or part
  end
  return list
end

-- The call without types: "t:narrow(dim, first, count)", "t:sum(dim?, keep?)".
function signature.short(usage)
  local parsed, names = signature.parse(usage), {}
  if not parsed.params then return parsed.title end
  for i, param in ipairs(parsed.params) do names[i] = param.name .. (param.optional and "?" or "") end
  return ("%s(%s)"):format(parsed.title, table.concat(names, ", "))
end

return signature
