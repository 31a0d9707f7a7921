-- Looking in lists.
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

return lists
