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

local example = {}

-- Lines as the prompt shows them while they are typed: "> ", or ">> " where a chunk goes on. Calls for_each(f,
-- is_expression) for each chunk, a function whose variables are in env.
local function chunks_of(code, title, env, for_each)
  local text
  for line in (code .. "\n"):gmatch("([^\n]*)\n") do
    print((text and ">> " or "> ") .. line)
    text = text and text .. "\n" .. line or line
    local f, is_expression = load_chunk(text, "=" .. title, env)
    if f then
      text = nil
      for_each(f, is_expression)
    end
  end
end

local function call(f, is_expression)
  if is_expression then show(f()) else f() end
end

-- Print and run lines as the prompt does, their variables in env.
function example.run(code, title, env)
  chunks_of(code, title, env, call)
end

-- Print lines; returns a function that runs them.
function example.later(code, title, env)
  local chunks = {}
  chunks_of(code, title, env, function(...) chunks[#chunks + 1] = { ... } end)
  return function()
    for _, chunk in ipairs(chunks) do call(table.unpack(chunk)) end
  end
end

-- The same for the example of that title.
function example.show(code, title)
  local env = setmetatable({ ln = package.loaded.lunet }, { __index = _G })
  local ok, message = pcall(example.run, code, title, env)
  local folder = rawget(env, "folder")
  if type(folder) == "string" and core.file.exists(folder) then
    remove_folder(folder)
    os.remove((folder:gsub("%.d$", "")))
  end
  if not ok then error(message, 0) end
end

return example
