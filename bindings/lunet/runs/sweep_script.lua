-- The script that a sweep runs, with its modules. Each version that points were run with is kept, so that what changed
-- since can be told.
local core = require "lunet.core"
local environment = require "lunet.environment"
local errors = require "lunet.errors"
local json = require "lunet.json"

local script = {}

local most_shown = 6 -- lines of a difference

-- The words after the script, as a shell takes them.
local function arguments()
  local words = {}
  for i, word in ipairs(type(arg) == "table" and arg or {}) do words[i] = environment.quoted(word) end
  return table.concat(words, " ")
end

-- { path =, name =, files = { [name] = text }, hash =, arguments = } of what runs now, with the modules it has loaded.
-- What was typed at the prompt has no path and no text.
function script.now()
  local found, files = environment.script(), {}
  for _, module in ipairs((environment.modules())) do files["module " .. module.name] = module.text end
  local name = found.file == "" and "the script" or found.file
  files[name] = found.text or ""
  return { path = found.file, name = name, files = files, hash = core.hash_text(json.encode(files)),
    arguments = arguments() }
end

local function path_of(folder, hash)
  return ("%s/scripts/%s.json"):format(folder, hash)
end

-- Keep the texts in a sweep's folder.
function script.keep(folder, now)
  local path = path_of(folder, now.hash)
  if core.file.exists(path) then return end
  core.file.make_dir(folder .. "/scripts")
  core.file.write(path, json.encode(now.files))
end

local function lines_of(text)
  local lines = {}
  for line in (text:sub(-1) == "\n" and text or text .. "\n"):gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
  return lines
end

-- The first and the last line, of both texts, between which they differ.
local function difference(old, new)
  local first, last_old, last_new = 1, #old, #new
  while first <= last_old and first <= last_new and old[first] == new[first] do first = first + 1 end
  while last_old >= first and last_new >= first and old[last_old] == new[last_new] do
    last_old, last_new = last_old - 1, last_new - 1
  end
  return first, last_old, last_new
end

local room = 100 -- bytes of a line that are shown

-- Where two lines part; 1 if one of them is not there.
local function parting(a, b)
  if not a or not b then return 1 end
  local at = 1
  while at <= #a and a:byte(at) == b:byte(at) do at = at + 1 end
  return at
end

-- Lines first .. last; long ones from shortly before they differ.
local function add_lines(out, sign, lines, others, first, last)
  for i = first, math.min(last, first + most_shown - 1) do
    local at, text = parting(lines[i], others[i]), lines[i]
    if #text > room and at > room // 2 then text = "..." .. text:sub(at - room // 4) end
    out[#out + 1] = ("  %s %d: %s"):format(sign, i, text:sub(1, room))
  end
  if last >= first + most_shown then out[#out + 1] = ("  %s ... to line %d"):format(sign, last) end
end

-- What changed from one text to another, as lines.
local function changes(old, new)
  old, new = lines_of(old), lines_of(new)
  local first, last_old, last_new = difference(old, new)
  local out = {}
  add_lines(out, "-", old, new, first, last_old)
  add_lines(out, "+", new, old, first, last_new)
  return table.concat(out, "\n")
end

-- The files of a version that are others now, with what changed. A module that only one of them has loaded is no
-- change.
local function changed_files(folder, now, version, add)
  local ok, files = errors.try(function() return json.decode(core.read_text(path_of(folder, version.script))) end)
  if not ok then return add(now.name, "  what it said is not in the sweep's folder any more") end
  local names = {}
  for name, text in pairs(files) do
    if now.files[name] and now.files[name] ~= text then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do add(name, changes(files[name], now.files[name])) end
end

-- The names of what another version had otherwise, and the differences as lines.
local function what_changed(folder, now, version)
  local names, parts = {}, {}
  local function add(name, text)
    names[#names + 1] = name
    parts[#parts + 1] = name == now.name and text or ("  %s:\n%s"):format(name, text)
  end
  if version.script ~= now.hash then changed_files(folder, now, version, add) end
  if version.arguments ~= now.arguments then
    names[#names + 1] = "the script's arguments"
    parts[#parts + 1] = ("  arguments: '%s' were '%s'"):format(now.arguments, version.arguments)
  end
  return names, table.concat(parts, "\n")
end

-- The versions of script and arguments that points have, with how many have each.
local function versions_of(states)
  local versions, by_key = {}, {}
  for _, state in ipairs(states) do
    local key = ("%s %s"):format(state.script, state.arguments)
    if not by_key[key] then
      by_key[key] = { script = state.script, arguments = state.arguments or "", count = 0 }
      versions[#versions + 1] = by_key[key]
    end
    by_key[key].count = by_key[key].count + 1
  end
  return versions
end

-- Tell about the points that other versions of the script, or other arguments, have finished. states: of the points.
function script.tell(name, folder, now, states)
  for _, version in ipairs(versions_of(states)) do
    local names, text = what_changed(folder, now, version)
    local is_plural = #names > 1 or version.arguments ~= now.arguments
    if #names > 0 then
      errors.note("sweep '%s': %s changed since %d point%s finished; these results are kept (another name begins a new "
        .. "sweep)\n%s", name, table.concat(names, ", ") .. (is_plural and " have" or " has"), version.count,
        version.count == 1 and " was" or "s were", text)
    end
  end
end

return script
