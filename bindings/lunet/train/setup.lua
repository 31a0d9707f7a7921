-- What a run of ln.fit is made of, as text: by it a checkpoint tells the run that it belongs to from others.
local core = require "lunet.core"
local errors = require "lunet.errors"
local identity = require "lunet.identity"

local setup = {}

-- Options that may change from one call to the next.
local free = {
  epochs = true, checkpoint = true, state = true, progress = true, on_epoch = true, on_batch = true, on_end = true,
  record = true, on_interrupt = true, max_seconds = true, dry = true,
}

-- The network and options of a run: { name = text }.
function setup.of(net, o)
  local parts = { ["the network"] = net:to_json(), ["the instruction set"] = core.isa() }
  for name, value in pairs(o) do
    if not free[name] then parts[("option '%s'"):format(name)] = identity(value) end
  end
  return parts
end

local room = 80 -- bytes of each text in a message

-- Both texts, long ones from shortly before where they part.
local function parting(a, b)
  local at = 1
  while at <= #a and a:byte(at) == b:byte(at) do at = at + 1 end
  local function part(text)
    local first = #text > room and math.max(at - 20, 1) or 1
    local piece = text:sub(first, first + room - 1)
    return (first > 1 and "..." or "") .. piece .. (first + #piece <= #text and "..." or "")
  end
  return part(a), part(b)
end

-- Raise unless both are the same.
function setup.compare(saved, now, file)
  local names = {}
  for name in pairs(saved) do names[#names + 1] = name end
  for name in pairs(now) do if not saved[name] then names[#names + 1] = name end end
  table.sort(names)
  for _, name in ipairs(names) do
    local was, is = saved[name] or "none", now[name] or "none"
    if was ~= is and name == "the network" then
      errors.raise("fit: the checkpoint '%s' is of another network; give another file for a run of its own", file)
    elseif was ~= is then
      was, is = parting(was, is)
      errors.raise("fit: the checkpoint '%s' is of another run: %s was %s, but is %s; give another file for a run of "
        .. "its own", file, name, was, is)
    end
  end
end

return setup
