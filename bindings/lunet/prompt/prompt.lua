-- The prompt: what becomes of a line that was typed. bindings/program/prompt/repl.c reads lines and gives each to take.
--
-- A line is one of the prompt's own forms (forms.lua), or the beginning of a chunk of Lua, which may need more lines
-- (running.lua). What happened is kept (session.lua).
local forms = require "lunet.forms"
local running = require "lunet.running"
local session = require "lunet.session"
local words = require "lunet.words"

local function next_name()
  return ("=[%d]"):format(#session.chunks + 1)
end

local function fail(chunk, message)
  chunk.ok = false
  running.report(message, chunk)
end

local function take_form(line, f)
  session.console.remember(line)
  running.run(session.begin{ text = line, form = true }, f)
end

-- A command with Lua behind it, which may need more lines.
local function take_code(line, code, command)
  local f, text, expression = running.complete(code, next_name())
  if not text then return end
  local whole = line:sub(1, line:find(code, 1, true) - 1) .. text
  session.console.remember(whole)
  local chunk = session.begin{ text = whole, form = true, code = text, expression = f and expression }
  if not f then return fail(chunk, expression) end
  running.run(chunk, function() return command.run(f, session, expression) end)
end

local function take_chunk(line)
  local f, text, expression = running.complete(line, next_name())
  if not text then return end
  session.console.remember(text)
  local chunk = session.begin{ text = text, expression = f and expression }
  if not f then return fail(chunk, expression) end
  running.run(chunk, f)
end

local function take(line)
  if not line:find("%S") then return end
  local f = forms.find(line)
  if not f then return take_chunk(line) end
  local code, command = forms.code(line)
  if code then take_code(line, code, command) else take_form(line, f) end
end

-- The script that ran before, for %save.
local function note_script()
  local path = arg and arg[0]
  local ok, text = pcall(require("lunet.script_file").text, path)
  if ok then session.script = { path = path, arguments = table.move(arg, 1, #arg, 1, {}), text = text } end
end

-- Begin with what C gives. with_file: the start-up file runs first. after_script: arg[0] was run before, and did not
-- fail. Returns take(line), and a function that tells whether anything failed.
return function(console, with_file, after_script)
  session.console = console
  if after_script then note_script() end
  words.make()
  if with_file then require("lunet.start_up").run(console) end
  return take, function() return session.failed end
end
