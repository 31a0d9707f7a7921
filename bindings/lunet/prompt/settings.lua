-- Settings of the prompt: %set lists and changes them, and so does the start-up file.
local capabilities = require "lunet.capabilities"
local core = require "lunet.core"
local errors = require "lunet.errors"
local options = require "lunet.options"
local session = require "lunet.session"

local settings = {}

-- In the order in which they are listed.
local list, by_name = {}, {}

-- setting: { name, doc, check = function(value) -> nil, or what is expected; get = , set = } or a `value` that is kept
-- here.
function settings.add(setting)
  setting.get = setting.get or function() return setting.value end
  setting.set = setting.set or function(value) setting.value = value end
  list[#list + 1] = setting
  by_name[setting.name] = setting
end

function settings.find(name)
  if by_name[name] then return by_name[name] end
  local names = {}
  for i, setting in ipairs(list) do names[i] = setting.name end
  errors.raise("set: no setting '%s'%s", name, errors.suggestion(name, names))
end

function settings.get(name)
  return settings.find(name).get()
end

local words = { on = true, off = false }

-- set{ timing = 2 }: all of them or none. "on" and "off" are true and false.
function settings.set(given)
  options.argument("set", "what it is called with", "table", given)
  local names, values = {}, {}
  for name, value in pairs(given) do
    names[#names + 1] = tostring(name)
    if words[value] ~= nil then value = words[value] end
    values[tostring(name)] = value
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local wanted = settings.find(name).check(values[name])
    if wanted then errors.raise("set: %s must be %s, got %s", name, wanted, options.text(values[name])) end
  end
  for _, name in ipairs(names) do settings.find(name).set(values[name]) end
end

function settings.list()
  return list
end

local function is_integer(value, least, most)
  return math.type(value) == "integer" and value >= least and value <= most
end

local function on_or_off(value)
  if type(value) ~= "boolean" then return "on or off" end
end

settings.add{ name = "timing", value = 1,
  doc = "lines that take so many seconds or longer tell how long; off: none",
  check = function(value)
    if value ~= false and not (type(value) == "number" and value >= 0) then return "seconds, or off" end
  end }

settings.add{ name = "traceback", value = false, check = on_or_off,
  doc = "on: errors are told with the calls that led there, as %why does with their variables" }

settings.add{ name = "digits", get = core.tensor_digits, set = core.tensor_digits,
  doc = "of the numbers of tensors, behind the point of those around 1",
  check = function(value)
    if not is_integer(value, 1, 9) then return "a whole number from 1 to 9" end
  end }

settings.add{ name = "width", value = "auto",
  doc = "columns to write in; auto: as many as the terminal has",
  set = function(value)
    settings.find("width").value = value
    core.terminal.fix_columns(value == "auto" and 0 or value)
  end,
  check = function(value)
    if value ~= "auto" and not is_integer(value, 20, 1000) then return "a whole number from 20 to 1000, or auto" end
  end }

settings.add{ name = "editing", value = "emacs",
  doc = "what keys do: emacs or vi, as readline has them; ~/.inputrc says more",
  get = function() return session.console.editing_mode() or settings.find("editing").value end,
  set = function(value)
    settings.find("editing").value = value
    session.console.editing_mode(value)
  end,
  check = function(value)
    if value ~= "emacs" and value ~= "vi" then return "emacs or vi" end
  end }

-- What the terminal can show, as the user says.
local chosen = {}

local function choose(name, meaning)
  return function(value)
    settings.find(name).value = value
    chosen[name] = meaning[value]
    capabilities.choose(chosen)
  end
end

local colours = { [false] = 0, [16] = 16, [256] = 256, all = 1 << 24 }
settings.add{ name = "colours", value = "auto", set = choose("colours", colours),
  doc = "off, 16, 256 or all; auto: what the terminal has",
  check = function(value)
    if value ~= "auto" and not colours[value] then return "auto, off, 16, 256 or all" end
  end }

local pictures = { [false] = "none", symbols = "symbols", kitty = "kitty", iterm2 = "iterm2", sixel = "sixel" }
settings.add{ name = "pictures", value = "auto", set = choose("pictures", pictures),
  doc = "how images are shown: symbols, kitty, iterm2, sixel or off; auto: the best that the terminal has",
  check = function(value)
    if value ~= "auto" and not pictures[value] then return "auto, symbols, kitty, iterm2, sixel or off" end
  end }

return settings
