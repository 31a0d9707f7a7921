-- A table of results as print shows it, or, in a window that is too narrow for that, in blocks of its columns.
local sheet = require "lunet.sheet"
local sheet_of = require "lunet.results_sheet"

return function(t, columns)
  local text = tostring(t)
  for line in text:gmatch("[^\n]+") do
    line = line:gsub("\27%[%d*m", "")
    if (utf8.len(line) or #line) > columns then
      return sheet.narrow_text(sheet_of(t), columns, text:find("\27", 1, true) ~= nil)
    end
  end
  return text
end
