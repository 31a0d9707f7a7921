-- Commands about files of Lua: %run, %edit and %reload.

local function run(rest)
  local script_file = require "lunet.script_file"
  local words = require("lunet.words_of")(rest)
  if #words == 0 then error("%run needs a file", 0) end
  local path = script_file.find(table.remove(words, 1))
  local session = require "lunet.session"
  local chunk = session.current()
  chunk.timed = true
  chunk.saved = require("lunet.saved_file").text(path, words, script_file.text(path))
  script_file.run(path, words)
end

local function reload(rest)
  local names = require("lunet.reload").run(rest)
  print(#names == 0 and "no loaded module has changed" or "read again: " .. table.concat(names, ", "))
end

return {
  { name = "run", usage = "%run FILE [ARGS]", run = run,
    doc = "run a script; its variables stay, local ones too" },
  { name = "edit", usage = "%edit [N|NAME|FILE]", run = function(rest) require("lunet.editor").edit(rest) end,
    doc = "change the last chunk, chunk N, the function NAME or a file in $VISUAL or $EDITOR, then run it" },
  { name = "reload", usage = "%reload [MODULE]", run = reload,
    doc = "read a module again, or all whose files changed: tables that it gave get the new fields, everything else "
      .. "stays. Functions taken out of it before stay old" },
}
