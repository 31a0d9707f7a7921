-- Write the manual, the man page and types for editors.
local ln = require "lunet"
local args = require "lunet.args"

local spec = {
  name = "reference",
  doc = "Write, into a folder, lunet.md, the manual of the module; lunet.1, the man page of the program; and "
    .. "lunet.lua, types and help of everything public for lua-language-server (LuaCATS). All three are made from what "
    .. "the program says about itself.",
  options = { { "folder", "string", value = "FOLDER", positional = 1, default = ".", help = "where to" } },
}

args.main("reference", function(...)
  local folder = args.parse({ ... }, spec).folder
  ln.file.make_dir(folder)
  ln.file.write(folder .. "/lunet.md", require "lunet.manual"(ln))
  local commands = require("lunet.commands").list()
  ln.file.write(folder .. "/lunet.1", require "lunet.manpage"(ln, require "lunet.program", commands))
  ln.file.write(folder .. "/lunet.lua", require "lunet.stubs"(ln))
  print(("written to %s: lunet.md, lunet.1, lunet.lua"):format(folder))
end, ...)
