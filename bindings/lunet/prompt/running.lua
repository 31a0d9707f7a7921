-- Chunks at the prompt: read until they are complete, run, their values printed and kept.
local core = require "lunet.core"
local duration = require "lunet.duration"
local failure = require "lunet.failure"
local highlight = require "lunet.highlight"
local session = require "lunet.session"
local settings = require "lunet.settings"

local running = {}

local hinted = false -- at %why, once

-- Whether an error of the compiler's says that more lines are needed. A string that lacks its quote at the end of a
-- line gets none, but for a backslash before it.
function running.is_unfinished(message, text)
  if message:find("unfinished string near <eof>$") then return text:find("\\$") ~= nil end
  return message:find(" <eof>$") ~= nil
end

-- The compiler's message; of brackets that are too deep it comes from the handler of errors, as a failure.
local function text_of(message)
  return type(message) == "string" and message or failure.of(message).message
end

-- A chunk as an expression, or else as statements: its function, and whether it is an expression; nil and a message.
-- An expression is an argument, for `return f()` would leave the chunk before it calls f, and tracebacks without it.
local function load_chunk(text, name)
  local f, message = load("return " .. text, name, "t")
  if f then return load(("return __lunet_values(%s\n)"):format(text), name, "t") or f, true end
  message = text_of(message)
  if running.is_unfinished(message, text) then return nil, message end
  f, message = session.console.load_keeping(text, name)
  if f then return f, false end
  return nil, text_of(message)
end

-- Text that begins a chunk, with the lines that it needs: the function, the whole text, and whether it is an
-- expression. Where it is wrong: nil, the text, a message. Where it was given up with Ctrl-C: nothing.
function running.complete(text, name)
  while true do
    local f, expression = load_chunk(text, name)
    if f then return f, text, expression end
    local message = expression
    if not running.is_unfinished(message, text) then return nil, text, message end
    local line, why = session.console.more(text)
    if not line and why == "interrupted" then return nil end
    if not line then return nil, text, message end
    text = text .. "\n" .. line
  end
end

-- The values of an expression: it is loaded as the arguments of this.
rawset(_G, "__lunet_values", function(...) return ... end)

-- Whether a semicolon ends the text.
local function is_silent(text)
  if not text:find(";", 1, true) then return false end
  return require("lunet.lexer").last(text) == ";"
end

-- Loaded with what is controlled by keys: browse, show{ blink = true }, tour.
local function keyboard()
  return package.loaded["lunet.keyboard"] or {}
end

-- What a chunk says of itself, or "[2.3 s]" where it took as long as is worth telling and somebody sits there. Forms
-- may have waited for that somebody, a page of help, an editor, and so may what is controlled by keys.
local function tell_time(chunk)
  local least, seconds = settings.get("timing"), chunk.seconds
  if chunk.note then print(highlight.aside(chunk.note)) end
  local untold = chunk.note or chunk.form and not chunk.timed or keyboard().waited
  if untold or not session.console.terminal or not least or seconds < least then return end
  print(highlight.aside(("[%s]"):format(duration(seconds))))
end

-- A message in the width of the window, broken between words, where it has single spaces only.
local function fitted(text)
  if not session.console.terminal or not utf8.len(text) or text:find("%s%s") then return text end
  return require("lunet.format").wrapped(text, 0, require("lunet.capabilities").columns())
end

function running.report(err, chunk)
  local failed = session.fail(err)
  local _, breaks = chunk.text:gsub("\n", "")
  local message = failed:short(session.name(chunk), breaks + 1)
  io.stdout:flush()
  io.stderr:write(highlight.error(settings.get("traceback") and tostring(failed) or fitted(message)), "\n")
  session.told(chunk, message)
  if session.console.terminal and #failed.calls > 1 and not hinted then
    hinted = true
    print(highlight.aside("(%why shows the calls, and the values of their variables)"))
  end
end

-- How values are shown is loaded with the first of them.
local function show(...)
  print(require("lunet.value_text").all(...))
end

local function finish(chunk, ok, ...)
  chunk.seconds = core.time() - chunk.started
  if not ok then
    chunk.ok = false
    return running.report((...), chunk)
  end
  chunk.ok, chunk.values = true, select("#", ...)
  if chunk.values > 0 and not chunk.silent then
    local shown, err = session.console.call(show, ...)
    if not shown then running.report(err, chunk) end
  end
  session.keep_value(chunk, (...))
  session.told(chunk, ...)
  tell_time(chunk)
end

-- Run a function as a chunk that has begun. Variables of Lua that was typed become globals.
function running.run(chunk, f)
  local call = chunk.form and session.console.call or session.console.call_keeping
  chunk.silent = is_silent(chunk.code or not chunk.form and chunk.text or "")
  keyboard().waited = false
  chunk.started = core.time()
  finish(chunk, call(f))
end

local function pass(ok, ...)
  if not ok then error((...), 0) end
  return ...
end

-- Call a chunk of Lua inside a form, as %time does: its values. Variables of it become globals; a failure goes on.
function running.call(f, ...)
  return pass(session.console.call_keeping(f, ...))
end

-- Run Lua text as a chunk of its own, as if it had been typed.
function running.run_text(text)
  local chunk = session.begin{ text = text }
  local f, message = load_chunk(text, "=" .. session.name(chunk))
  if f then
    chunk.expression = message
    return running.run(chunk, f)
  end
  chunk.ok = false
  running.report(message, chunk)
end

return running
