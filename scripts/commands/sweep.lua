-- Run the sweeps of a script with other options, or show their plan.
local args = require "lunet.args"
local defaults = require "lunet.sweep_defaults"
local errors = require "lunet.errors"
local sweep = require "lunet.sweep"

local spec = {
  name = "sweep",
  doc = "Run a script with options for its ln.sweep{ ... } and ln.ablation{ ... }, which win over those in the script. "
    .. "What is finished is not run again. What follows -- is for the script.",
  options = {
    { "script", "string", value = "SCRIPT", positional = 1, help = "the script" },
    { "jobs", "integer", value = "N", min = 1, max = 1024, help = "processes that run points, and share the threads" },
    { "dry", "boolean", help = "show the points, and what would be run, and run nothing" },
    { "name", "string", value = "NAME", help = "name of the sweep, and of its folder" },
    { "dir", "string", value = "DIR", help = "folder of records and of the sweep's folder" },
  },
}

-- Words before and after "--".
local function split(words)
  for i, word in ipairs(words) do
    if word == "--" then return table.move(words, 1, i - 1, 1, {}), table.move(words, i + 1, #words, 1, {}) end
  end
  return words, {}
end

-- `arg` as the script would have it if it was called alone.
local function set_arg(script, rest)
  local arg = _G.arg -- luacheck: ignore
  local first = -1
  while arg[first - 1] do first = first - 1 end
  for i = first, 0 do arg[i - 1] = arg[i] end
  arg[0] = script
  for i = 1, math.max(#arg, #rest) do arg[i] = rest[i] end
end

local chunk, rest

args.main("sweep", function(...)
  local ours
  ours, rest = split{ ... }
  local o = args.parse(ours, spec)
  if not o.script then errors.raise("which script? lunet sweep script.lua --jobs 2") end
  for _, name in ipairs{ "jobs", "dry", "name", "dir" } do defaults[name] = o[name] end
  set_arg(o.script, rest)
  chunk = assert(loadfile(o.script, "t"))
end, ...)
chunk(table.unpack(rest))
if sweep.calls() == 0 then errors.note("sweep: '%s' has come to its end without ln.sweep", arg[0]) end
