-- What surrounds a run: the script, the command line, the state of the code in git, the machine. Looked up once for a
-- process, for it does not change while one runs, and the many runs of a sweep would look it up again and again.
local core = require "lunet.core"
local errors = require "lunet.errors"
local provenance = require "lunet.provenance"

local environment = {}

local function is_file(path)
  return select(2, core.file.exists(path)) == "file"
end

local function folder_of(path)
  return path:match("^(.*)/[^/]*$") or "."
end

-- { file =, text = }: the script that runs, or the code of -e; { file = "" } at the prompt.
function environment.script(path)
  local main = path or type(arg) == "table" and arg[0]
  if type(main) ~= "string" then return { file = "" } end
  if is_file(main) then
    local readable, text = errors.try(core.read_text, main)
    return { file = main, text = readable and text or nil }
  end
  return { file = "", text = type(arg) == "table" and arg[-1] == "-e" and main or nil }
end

-- The Lua files that the script has loaded so far: { { name =, text = }, ... }, and one hash of all, nil for none.
function environment.modules()
  local list, hashes = {}, {}
  for _, module in ipairs(provenance.modules()) do
    local ok, text = errors.try(core.read_text, module.path)
    if ok then
      list[#list + 1] = { name = module.name, text = text }
      hashes[#hashes + 1] = module.name .. " " .. core.hash_text(text)
    end
  end
  return list, #list > 0 and core.hash_text(table.concat(hashes, " ")) or nil
end

-- A word as a shell takes it.
function environment.quoted(word)
  return word:find("^[%w@%%+=:,./_-]+$") and word or "'" .. word:gsub("'", "'\\''") .. "'"
end

-- The command line, as it could be typed.
function environment.command()
  if type(arg) ~= "table" then return "" end
  local first, words = 0, {}
  while arg[first - 1] do first = first - 1 end
  for i = first, #arg do words[#words + 1] = environment.quoted(tostring(arg[i])) end
  return table.concat(words, " ")
end

-- ---- git ----

local longest_diff = 1 << 20 -- bytes

-- Whether the folder is in a checkout: git itself is asked only then.
local function in_checkout(folder)
  local above = folder
  for _ = 1, 40 do
    if core.file.exists(above .. "/.git") then return true end
    above = above .. "/.."
  end
  return false
end

local function output_of(command)
  local pipe = io.popen(command .. " 2>/dev/null")
  local text = pipe and pipe:read("a") or ""
  if pipe then pipe:close() end
  return text
end

-- { commit =, branch =, changed =, diff = text }; nil where there is no git, or no checkout.
local function ask_git(folder)
  if not in_checkout(folder) then return nil end
  local git = "git --no-optional-locks -C " .. environment.quoted(folder)
  local commit, branch = output_of(("%s rev-parse HEAD && %s rev-parse --abbrev-ref HEAD"):format(git, git))
    :match("^(%x+)\n([^\n]*)")
  if not commit or #commit < 40 then return nil end
  local diff = output_of(("%s diff --no-ext-diff --no-color HEAD | head -c %d"):format(git, longest_diff + 1))
  if #diff > longest_diff then diff = diff:sub(1, longest_diff) .. "\n(cut here: longer than 1 MiB)\n" end
  return { commit = commit, branch = branch, changed = diff ~= "", diff = diff }
end

local asked = {} -- by folder: the answer, or false

-- Of the checkout that the script is in.
function environment.git(script_file)
  local folder = folder_of(script_file)
  if asked[folder] == nil then asked[folder] = ask_git(folder) or false end
  return asked[folder] or nil
end

-- ---- The machine ----

local processor -- its name

local function processor_name()
  local file = io.open("/proc/cpuinfo", "r")
  local text = file and file:read(4096) or ""
  if file then file:close() end
  return text:match("model name%s*:%s*([^\n]+)") or ""
end

function environment.machine()
  processor = processor or processor_name()
  local host, pid = core.process()
  return { host = host, pid = pid, processor = processor }
end

function environment.versions()
  return { lunet = core.version, lua = _VERSION:match("[%d.]+"), libraries = core.libraries() }
end

return environment
