-- A table of results as a sheet, all of its cells text: see sheet.lua.
local cell = require "lunet.cell"
local cells = require "lunet.cells"

-- The best values of a column, several where they are equal; none where there is nothing to choose from.
local function best_of(self, column, sense)
  local best, count, rows = nil, 0, {}
  for _, row in ipairs(self.rows) do
    local x = cell.value(row[column])
    if x and x == x then
      count = count + 1
      if best == nil or (sense == "max" and x > best) or (sense == "min" and x < best) then best = x end
    end
  end
  for r, row in ipairs(self.rows) do rows[r] = count > 1 and cell.value(row[column]) == best end
  return rows
end

return function(self)
  local lines, numeric = cells(self.rows, #self.columns)
  local best = {}
  for r in ipairs(self.rows) do best[r] = {} end
  for c, name in ipairs(self.columns) do
    local sense = type(self.best) == "table" and self.best[name] or type(self.best) == "string" and self.best
    for r, yes in ipairs(sense and numeric[c] and best_of(self, c, sense) or {}) do best[r][c] = yes end
  end
  return { columns = self.columns, lines = lines, numeric = numeric, best = best, note = self.note,
    caption = self.caption, label = self.label, width = self.width }
end
