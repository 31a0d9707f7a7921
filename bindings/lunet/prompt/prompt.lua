-- The prompt: what becomes of a line that was typed. bindings/program/prompt/repl.c reads lines and gives each to take.
--
-- A line is one of the prompt's own forms (forms.lua), or the beginning of a chunk of Lua, which may need more lines
-- (running.lua). What happened is kept (session.lua).
local forms = require "lunet.forms"
local running = require "lunet.running"
local session = require "lunet.session"
local words = require "lunet.words"

local function take_form(line, f)
  session.console.remember(line)
  running.run(session.begin{ text = line, form = true }, f)
end

local function take_chunk(line)
  local name = ("=[%d]"):format(#session.chunks + 1)
  local f, text, expression = running.complete(line, name)
  if not text then return end
  session.console.remember(text)
  local chunk = session.begin{ text = text, expression = f and expression }
  if f then return running.run(chunk, f) end
  chunk.ok = false
  running.report(expression, chunk) -- the message
end

local function take(line)
  if not line:find("%S") then return end
  local f = forms.find(line)
  if f then take_form(line, f) else take_chunk(line) end
end

-- Begin with what C gives. Returns take(line), and a function that tells whether anything failed.
return function(console)
  session.console = console
  words.make()
  if console.start_up_file then require("lunet.start_up").run(console) end
  return take, function() return session.failed end
end
