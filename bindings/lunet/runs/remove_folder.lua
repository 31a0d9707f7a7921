-- Removing a folder with all that is in it.
local core = require "lunet.core"
local errors = require "lunet.errors"

-- Links are removed, not followed.
local function remove(path)
  local ok, why = os.remove(path)
  if ok then return end
  if select(2, core.file.exists(path)) ~= "folder" then errors.raise("cannot remove %s", why) end
  for _, name in ipairs(core.list_folder(path)) do remove(path .. "/" .. name) end
  ok, why = os.remove(path)
  if not ok then errors.raise("cannot remove %s", why) end
end

return remove
