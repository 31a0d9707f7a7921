-- Globals that the prompt makes: words that people type there, and the short names of what one looks at things with. A
-- global that a script has made stays.
local ln = require "lunet"

local words = {}

local leave = "Ctrl-D leaves, or os.exit()"
local texts = {
  { "help", "?conv2d helps on one thing, ? tells what there is, ??luma where a word is mentioned; % lists commands; "
    .. "ln.help() does the same in scripts; Ctrl-D leaves" },
  { "quit", leave },
  { "exit", leave },
}
words.short = { "show", "plot", "browse", "example", "tour" } -- of fields of ln

local made = {} -- name -> value

-- Says its text, printed or called.
local function saying(text)
  local say = function() return text end
  return setmetatable({}, { __tostring = say, __call = say })
end

local function make(name, value)
  if rawget(_G, name) == nil then rawset(_G, name, value) end
  made[name] = value
end

function words.make()
  make("ln", ln)
  for _, entry in ipairs(texts) do make(entry[1], saying(entry[2])) end
  for _, name in ipairs(words.short) do make(name, rawget(ln, name)) end
end

-- Whether a global is what the prompt made.
function words.is_own(name, value)
  return value ~= nil and rawequal(made[name], value)
end

return words
