-- Command-line options of scripts: --name value, --name=value, words without a name, --help; and one way for a script
-- to end.
--
--   local args = require "lunet.args"
--   args.main("quickstart", function(...)
--     local o = args.parse({ ... }, { name = "quickstart", doc = "What it does.", options = {
--       { "epochs", "integer", value = "N", default = 100, min = 1, help = "passes through the images" } } })
--   end, ...)
local core = require "lunet.core"
local errors = require "lunet.errors"
local format = require "lunet.format"
local options = require "lunet.options"

local args = {}

local function option_names(spec)
  local names = { "--help" }
  for _, entry in ipairs(spec.options) do
    if not entry.positional then names[#names + 1] = "--" .. entry[1] end
  end
  return names
end

-- The option of that name, or the one for the n-th word without a name.
local function find(spec, name)
  for _, entry in ipairs(spec.options) do
    if entry.rest and type(name) == "number" and name >= entry.positional then return entry end
    if entry.positional == name or not entry.positional and entry[1] == name then return entry end
  end
end

-- "--epochs N", or "FILE" for what has no name.
local function usage_of(entry)
  if entry.positional then return entry.value .. (entry.rest and " ..." or "") end
  return "--" .. entry[1] .. (entry.value and " " .. entry.value or "")
end

-- Text from the command line as a value of the entry's kind, checked.
local function value_of(entry, text)
  local value = text
  if entry[2] == "integer" or entry[2] == "number" then value = tonumber(text) or text end
  local ok = errors.try(options.check, "", entry, value)
  if ok then return options.check("", entry, value) end
  errors.raise("%s must be %s, got '%s'", entry.positional and entry.value or "--" .. entry[1], options.accepts(entry),
    text)
end

-- The text that --help prints.
function args.help(spec)
  local lefts, widest, words = {}, #"--help", ""
  for i, entry in ipairs(spec.options) do
    lefts[i] = usage_of(entry)
    if entry.positional then words = ("%s [%s]"):format(words, usage_of(entry)) end
    widest = math.max(widest, #lefts[i])
  end
  local out = { ("usage: lunet %s [options]%s\n"):format(arg and arg[0] or spec.name, words),
    format.wrapped(spec.doc, 0, 80), "" }
  for i, entry in ipairs(spec.options) do
    local help = entry.help
    if entry.choices then help = help .. ": " .. options.accepts(entry) end
    if entry.default ~= nil and entry.default ~= false then help = ("%s (default %s)"):format(help, entry.default) end
    out[#out + 1] = "  " .. lefts[i] .. (" "):rep(widest - #lefts[i] + 2) .. format.wrapped(help, widest + 4, 80)
  end
  out[#out + 1] = "  --help" .. (" "):rep(widest - 4) .. "print this"
  return table.concat(out, "\n")
end

-- The entry and the value of word i, and the position of the last word that they take.
local function read_option(list, i, spec)
  local word = list[i]
  local name, text = word:match("^%-%-([%w-]+)=(.*)$")
  name = name or word:match("^%-%-([%w-]+)$")
  local entry = name and find(spec, name)
  if not entry then
    local shown = name and "--" .. name or word
    errors.raise("no option '%s'%s", shown, name and errors.suggestion(shown, option_names(spec))
      or "; options begin with --, see --help")
  elseif entry[2] == "boolean" then
    if text then errors.raise("--%s takes no value", name) end
    return entry, true, i
  elseif not text then
    i = i + 1
    text = list[i] or errors.raise("--%s needs a value: %s", name, entry.help)
  end
  return entry, value_of(entry, text), i
end

-- The options of a command line, with defaults; anything unknown is an error. Words without a name go to the options
-- that say `positional = 1`, 2, ...; one that says `rest = true` as well takes all from there on, as a list. --help
-- prints and ends the script.
function args.parse(list, spec)
  local result, words, i = {}, 0, 1
  for _, entry in ipairs(spec.options) do result[entry[1]] = entry.rest and {} or entry.default end
  while i <= #list do
    if list[i] == "--help" or list[i] == "-h" then
      print(args.help(spec))
      os.exit(0, true)
    end
    local entry = list[i]:sub(1, 1) ~= "-" and find(spec, words + 1)
    if entry then
      words = words + 1
      if entry.rest then table.insert(result[entry[1]], value_of(entry, list[i]))
      else result[entry[1]] = value_of(entry, list[i]) end
    else
      local value
      entry, value, i = read_option(list, i, spec)
      result[entry[1]] = value
    end
    i = i + 1
  end
  return result
end

-- Run a script's main function. A failure is printed as "name: message" and ends the program with exit status 1; with
-- LUNET_TRACEBACK set, the traceback follows. Ctrl-C is left to the program.
function args.main(name, main, ...)
  local function handler(message)
    if core.interrupted(message) then return message end
    local text = errors.bare(message)
    if text:sub(1, #name + 2) ~= name .. ": " then text = name .. ": " .. text end
    return os.getenv("LUNET_TRACEBACK") and debug.traceback(text, 2) or text
  end
  local ok, message = xpcall(main, handler, ...)
  if ok then return end
  if core.interrupted(message) then error(message, 0) end
  io.stderr:write(message, "\n")
  os.exit(1, true)
end

return args
