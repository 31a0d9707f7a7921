-- ln.tour: a walk through an experiment. At a terminal each step waits for Enter; elsewhere all are printed and run.
local capabilities = require "lunet.capabilities"
local core = require "lunet.core"
local example = require "lunet.example"
local keyboard = require "lunet.keyboard"
local steps = require "lunet.tour_steps"
local wrapped = require("lunet.format").wrapped

local welcome = "This is a tour of five minutes: noise, filters, a network. Each step says something and shows what "
  .. "one types for it."
local farewell = "That was it. ?name helps on a name, ??word looks for a word, ln.example(name) runs the example of a "
  .. "page, %help lists the commands of the prompt. scripts/quickstart.lua is the same with real images."

local function say(text)
  print(wrapped(text:gsub("\n", " "), 0, math.min(capabilities.columns(), 100) - 1))
end

-- Whether the step is wanted.
local function ask(is_first)
  io.stdout:write(is_first and "[Enter runs the lines, q leaves] " or "[Enter or q] ")
  io.stdout:flush()
  keyboard.waited = true
  local line = io.read("l")
  return line ~= nil and not line:lower():find("^%s*q")
end

-- One step. Returns false where the tour is left.
local function walk(i, step, env, waits)
  print(("\n%d/%d"):format(i, #steps))
  say(step[1])
  if not waits then
    example.run(step[2], "the tour", env)
    return true
  end
  local run = example.later(step[2], "the tour", env)
  if not ask(i == 1) then return false end
  run()
  return true
end

-- What the steps made is the prompt's, where names are not taken; elsewhere the file goes.
local function leave(env)
  if not core.at_prompt() then
    if rawget(env, "file") then os.remove(env.file) end
    return
  end
  local kept = {}
  for name, value in pairs(env) do
    if name ~= "ln" and rawget(_G, name) == nil then
      rawset(_G, name, value)
      kept[#kept + 1] = name
    end
  end
  table.sort(kept)
  if #kept > 0 then say("Yours now: " .. table.concat(kept, ", ") .. ".") end
end

-- seconds: how long the network trains.
return function(seconds)
  local env = setmetatable({ ln = package.loaded.lunet }, { __index = _G })
  -- After Ctrl-C too.
  local left <close> = setmetatable({}, { __close = function() leave(env) end }) -- luacheck: ignore
  local waits, ended = core.file.is_tty(0) and core.file.is_tty(1), true
  local function filled(text) return (text:gsub("SECONDS", ("%g"):format(seconds))) end
  say(welcome)
  for i, step in ipairs(steps) do
    ended = walk(i, { filled(step[1]), filled(step[2]) }, env, waits)
    if not ended then break end
  end
  if ended then
    print()
    say(farewell)
  end
end
