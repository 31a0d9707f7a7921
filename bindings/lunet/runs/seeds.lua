-- Seeds of repeated runs.
local docs = require "lunet.docs"
local options = require "lunet.options"

local function seeds(n, first)
  options.check("seeds", { "n", "integer", min = 1 }, n)
  if first == nil then first = 1 end
  options.argument("seeds", "the first seed", "integer", first)
  local list = {}
  for i = 1, n do list[i] = first + i - 1 end
  return list
end

return docs.add(seeds, {
  name = "seeds",
  usage = "ln.seeds(n: integer, first?: integer) -> integer[]",
  doc = "The seeds 1 .. n, or n of them from another first one on: runs are repeated with each, so that a result comes "
    .. "with how much it depends on chance.",
  example = "for _, seed in ipairs(ln.seeds(5)) do print(seed) end",
})
