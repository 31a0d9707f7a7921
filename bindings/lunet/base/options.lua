-- Options of the Lua functions: one specification gives the checks, the defaults, the error messages and the help text,
-- as the C descriptors do for items.
--
-- An entry: { name, kind, default = , min = , max = , choices = , required = , help = }
-- Kinds: integer, number, boolean, string, table, function, tensor, network, set; several: { "tensor", "function" }.
-- integers: a list of whole numbers from 1, `count` of them. tensors: a list of tensors; inputs: of
-- tensors and noises. losses: a list of what stands before it.
-- Items by their kind: "loss item", "noise item".
local core = require "lunet.core"
local errors = require "lunet.errors"

local options = {}

-- Boxes of the C side lock their metatables against getmetatable.
local function metatable(value)
  return debug.getmetatable(value) or {}
end

function options.is_dataset(value)
  return type(value) == "table" and rawget(metatable(value), "__name") == "lunet.set"
end

-- The images of a dataset; all else as it is.
function options.images_of(value)
  return options.is_dataset(value) and value.images or value
end

-- "tensor", "network", "item", "integer", "table", ...
local function kind_of(value)
  if options.is_dataset(value) then return "set" end
  local kind = math.type(value) or type(value)
  if kind == "float" then return math.tointeger(value) and "integer" or "number" end
  if kind ~= "userdata" then return kind end
  local name = metatable(value).__name or kind
  return (name:gsub("^lunet%.", "", 1))
end

function options.is_tensor(value) return kind_of(value) == "tensor" end
function options.is_network(value) return kind_of(value) == "network" end
function options.is_item(value, kind)
  return kind_of(value) == "item" and (kind == nil or value.kind == kind)
end

-- A list of whole numbers from 1?
local function is_integers(value)
  if kind_of(value) ~= "table" or #value == 0 then return false end
  for _, one in ipairs(value) do
    if math.type(one) ~= "integer" or one < 1 then return false end
  end
  return true
end

-- Whether it is a list of what is_one says yes to; if not, the number of the first other entry, where there is one.
local function is_list(value, is_one)
  if kind_of(value) ~= "table" or rawlen(value) == 0 then return false end
  for i = 1, rawlen(value) do
    if not is_one(value[i]) then return false, i end
  end
  return true
end

local function is_input(value)
  return options.is_tensor(value) or options.is_item(value, "noise")
end

local entries = { tensors = options.is_tensor, inputs = is_input } -- of lists, by their kind

function options.are_tensors(value)
  return (is_list(value, options.is_tensor))
end

local function fits(value, kind)
  if kind == "integers" then return is_integers(value) end
  if entries[kind] then return (is_list(value, entries[kind])) end
  if kind == "losses" then return kind_of(value) == "table" end -- looked at one by one by who takes them
  local item = kind:match("^(%l+) item$")
  if item then return options.is_item(value, item) end
  local came = kind_of(value)
  return came == kind or kind == "number" and came == "integer"
end

function options.is_callable(value)
  return type(value) == "function" or rawget(metatable(value), "__call") ~= nil
end

local function kinds_of(entry)
  return type(entry[2]) == "table" and entry[2] or { entry[2] }
end

local function article(noun)
  return (noun:match("^[aeiou]") and "an " or "a ") .. noun
end

-- "a number from 0 to 1", "true or false", "a tensor".
local function kind_text(kind, entry)
  if kind == "boolean" then return "true or false" end
  if kind == "integers" then
    return ("a list of %swhole numbers from 1"):format(entry.count and entry.count .. " " or "")
  end
  if kind == "tensors" then return "a list of tensors" end
  if kind == "inputs" then return "a list of tensors and noises" end
  if kind == "losses" then return "a list of them" end
  local numeric = kind == "integer" or kind == "number"
  return article(kind) .. (numeric and core.range_text(entry.min or entry.above, entry.max, entry.above) or "")
end

-- "an integer of at least 1", "'auto', 'line' or 'none'": what an option takes.
function options.accepts(entry)
  local words = {}
  for _, choice in ipairs(entry.choices or {}) do
    words[#words + 1] = (type(choice) == "string" and "'%s'" or "%s"):format(choice)
  end
  if #words == 0 then
    for _, kind in ipairs(kinds_of(entry)) do words[#words + 1] = kind_text(kind, entry) end
  end
  local text = words[1]
  for i = 2, #words do text = text .. (i < #words and ", " or " or ") .. words[i] end
  return text
end

-- "an integer of at least 1; default 10": for help.
function options.told(entry)
  local text = options.accepts(entry)
  local default = entry.default
  if is_integers(default) then default = ("{ %s }"):format(table.concat(default, ", "))
  elseif default ~= nil then default = options.text(default) end
  if default then text = text .. "; default " .. default end
  return entry.required and text .. "; required" or text
end

-- A value as it stands in a message or in code.
function options.text(value)
  return options.is_dataset(value) and "a dataset; its images are in its field 'images'" or core.describe(value)
end

-- The same of what an entry does not take: of a list, what is wrong in it; the item that a name may stand for.
local function text_for(entry, value)
  for _, kind in ipairs(kinds_of(entry)) do
    local items = core[kind:match("^(%l+) item$")]
    if items and type(value) == "string" and rawget(items, value) then
      return ("%s; write ln.%s.%s{}"):format(options.text(value), kind:match("^%l+"), value)
    end
    local _, wrong = is_list(value, entries[kind] or function() return true end)
    if wrong then return ("a list in which number %d is %s"):format(wrong, options.text(value[wrong])) end
  end
  return options.text(value)
end

local function in_range(entry, value)
  if entry.count and type(value) == "table" then return #value == entry.count end
  if type(value) ~= "number" then return true end
  return value == value and not (entry.min and value < entry.min or entry.max and value > entry.max
    or entry.above and value <= entry.above)
end

-- Raise unless the value is what the entry takes. Returns it, whole numbers as integers where integers are wanted.
function options.check(what, entry, value)
  local ok = false
  for _, kind in ipairs(kinds_of(entry)) do ok = ok or fits(value, kind) end
  ok = ok and in_range(entry, value)
  if entry.choices then
    ok = false
    for _, choice in ipairs(entry.choices) do ok = ok or value == choice end
  end
  if not ok then
    errors.raise("%s: option '%s' must be %s, got %s", what, entry[1], options.accepts(entry), text_for(entry, value))
  end
  return entry[2] == "integer" and math.tointeger(value) or value
end

-- Raise unless a plain argument is of that kind, or one of those. options.argument("net:save", "the path", "string", p)
function options.argument(what, name, kind, value)
  local entry, ok = { name, kind }, false
  for _, one in ipairs(kinds_of(entry)) do ok = ok or fits(value, one) end
  if ok then return value end
  errors.raise("%s: %s must be %s, got %s", what, name, options.accepts(entry), options.text(value))
end

-- The options given by a user, checked, with defaults. spec: { name =, options = { entries } }; values without a name
-- go to the options that say `positional = 1`, 2, ...
function options.read(spec, given)
  given = given or {}
  if type(given) ~= "table" then
    errors.raise("%s: expected a table of options, got %s", spec.name, options.text(given))
  end
  local names, known, result = {}, {}, {}
  for i, entry in ipairs(spec.options) do
    names[i], known[entry[1]] = entry[1], true
    if entry.positional then known[entry.positional] = true end
  end
  for key in pairs(given) do
    if not known[key] then
      errors.raise("%s: no option '%s'%s", spec.name, tostring(key), errors.suggestion(key, names))
    end
  end
  for _, entry in ipairs(spec.options) do
    local key = entry[1]
    local value = given[key]
    if value == nil and entry.positional then value = given[entry.positional] end
    if value ~= nil then
      result[key] = options.check(spec.name, entry, value)
    elseif entry.required then
      errors.raise("%s: option '%s' is required: %s", spec.name, key, entry.help)
    else
      result[key] = entry.default
    end
  end
  return result
end

return options
