-- What happened at the prompt: the chunks that were typed, the last values, the last failure.
local failure = require "lunet.failure"

-- A chunk: { n, text, form, ok, seconds, values, expression, silent }
--   n           its number, 1, 2, ...; functions that it defines say [n] where they come from
--   text        what was typed, all lines of it
--   form        true: a form of the prompt (?name, %time ..., !command), no Lua
--   code        of a form that takes Lua: that
--   saved       of a form: Lua that does the same in a script, or nil
--   ok          whether it ended without an error; nil while it runs
--   seconds     how long it ran
--   values      how many it gave
--   expression  whether it is one, whose values are printed
--   kept        whether its first value is one of the last values
--   note        what is told behind the values, as the time it took
--   timed       of a form: whether it tells its time where it is long, as Lua does
--   silent      whether a semicolon at its end kept them from being printed
local session = {
  chunks = {},
  console = nil, -- what C gives, see bindings/program/prompt/repl.c
  script = nil, -- of `lunet -i script.lua`: { path, arguments, text }
  failed = false, -- whether any chunk did
}

local most_values = 9

-- A new chunk, which is going to run.
function session.begin(chunk)
  chunk.n = #session.chunks + 1
  session.chunks[chunk.n] = chunk
  return chunk
end

-- The name of a chunk in positions of errors: "[3]".
function session.name(chunk)
  return ("[%d]"):format(chunk.n)
end

-- The chunk that runs, or ran last.
function session.current()
  return session.chunks[#session.chunks]
end

-- The last values are globals, and nowhere else, so that a user can let one go: _ and _1 the latest, _2 the one before,
-- up to _9.
local function value_name(i)
  return "_" .. i
end

-- Note the first of the values that a chunk gave; nil is none.
function session.keep_value(chunk, value)
  if value == nil then return end
  chunk.kept = true
  for i = most_values, 2, -1 do rawset(_G, value_name(i), rawget(_G, value_name(i - 1))) end
  rawset(_G, value_name(1), value)
  rawset(_G, "_", value)
end

-- The last values that there are, as a list.
function session.values()
  local list = { rawget(_G, "_") }
  for i = 1, most_values do list[#list + 1] = rawget(_G, value_name(i)) end
  return list
end

function session.fail(err)
  session.failed = true
  return failure.of(err)
end

-- Who is told of each chunk that has ended and of its values, or of its message where it failed; or nil.
session.listener = nil

function session.told(chunk, ...)
  if session.listener then session.listener(chunk, ...) end
end

function session.last_failure()
  return failure.last
end

return session
