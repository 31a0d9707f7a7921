-- Looking in lists, and lists as text.
local lists = {}

-- The entry of a list whose field `name` is that.
function lists.named(list, name)
  for _, entry in ipairs(list) do
    if entry.name == name then return entry end
  end
  error(("there is no '%s'"):format(tostring(name)), 2)
end

-- The entry with the highest score, the first of equal ones, and its score; those without a score are passed over.
function lists.best(list, score_of)
  local best, best_score
  for _, entry in ipairs(list) do
    local score = score_of(entry)
    if score and (not best or score > best_score) then best, best_score = entry, score end
  end
  return best, best_score
end

-- Numbers and texts by name, in alphabetic order, lists with their parts: what results depend on, for the options of a
-- sweep.
function lists.text(value)
  if type(value) ~= "table" then return tostring(value) end
  local names, parts = {}, {}
  for name in pairs(value) do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  for i, part in ipairs(value) do parts[i] = lists.text(part) end
  for _, name in ipairs(names) do parts[#parts + 1] = ("%s = %s"):format(name, lists.text(value[name])) end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

return lists
