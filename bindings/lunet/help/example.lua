-- ln.example: prints an example line by line, as typed at the prompt, and runs it: values are shown as there. Its
-- variables are its own, and what it writes goes into a temporary folder, which is removed.
local core = require "lunet.core"
local remove_folder = require "lunet.remove_folder"
local value_text = require "lunet.value_text"

-- A chunk of lines and whether it is an expression; nil where lines are missing.
local function load_chunk(text, name, env)
  local f = load("return " .. text, name, "t", env)
  if f then return f, true end
  local message
  f, message = load((text:gsub("^local%s+", "", 1)), name, "t", env) -- a variable of all lines
  if not f and not message:find("<eof>$") then error(message, 0) end
  return f, false
end

local function show(...)
  if select("#", ...) > 0 then print(value_text.all(...)) end
end

-- Run the lines as the prompt does.
local function run(code, title, env)
  local text
  for line in (code .. "\n"):gmatch("([^\n]*)\n") do
    print((text and ">> " or "> ") .. line)
    text = text and text .. "\n" .. line or line
    local f, is_expression = load_chunk(text, "=example of " .. title, env)
    if f then
      text = nil
      if is_expression then show(f()) else f() end
    end
  end
end

-- Run the code of the example of that title.
return function(code, title)
  local env = setmetatable({ ln = package.loaded.lunet }, { __index = _G })
  local ok, message = pcall(run, code, title, env)
  local folder = rawget(env, "folder")
  if type(folder) == "string" and core.file.exists(folder) then
    remove_folder(folder)
    os.remove((folder:gsub("%.d$", "")))
  end
  if not ok then error(message, 0) end
end
