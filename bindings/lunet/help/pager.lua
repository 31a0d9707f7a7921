-- Prints a text; one that is longer than the terminal is high goes through $PAGER, or less where there is none set:
-- PAGER=cat prints all at once.
local capabilities = require "lunet.capabilities"

-- -F: what fits is only printed; -R: colours; -X: the text stays; -K: Ctrl-C leaves.
local usual = "LESSSECURE=1 less -FRXK -Ps'Space goes on, /word searches, q leaves'"

local function wanted()
  local pager = os.getenv("PAGER")
  if pager then return pager ~= "" and pager ~= "cat" and pager or nil end
  return os.execute("command -v less >/dev/null 2>&1") and usual
end

local function line_count(text)
  return select(2, text:gsub("\n", "\n")) + 1
end

local function is_long(text)
  return capabilities.is_terminal(0) and capabilities.is_terminal(1) and not capabilities.is_dumb()
    and line_count(text) > capabilities.rows() - 2
end

-- Through a file, for a pager that is left early would otherwise end us, and Ctrl-C is for it alone.
local function page(text, pager)
  local path = os.tmpname()
  local file = io.open(path, "w")
  local written = file and file:write(text, "\n") and file:close()
  io.stdout:flush()
  local _, how, status = os.execute(written and ("%s '%s'"):format(pager, path) or "false")
  os.remove(path)
  return written and not (how == "exit" and status >= 126) -- there is no such program
end

return function(text)
  local pager = is_long(text) and wanted()
  if not pager or not page(text, pager) then print(text) end
end
