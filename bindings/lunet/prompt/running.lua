-- Chunks at the prompt: read until they are complete, run, their values printed and kept.
local core = require "lunet.core"
local session = require "lunet.session"
local settings = require "lunet.settings"

local running = {}

-- Text that begins a chunk, with the lines that it needs: the function, the whole text, and whether it is an
-- expression. Where it is wrong: nil, the text, a message. Where it was given up with Ctrl-C: nothing.
function running.complete(text, name)
  local console = session.console
  while true do
    local f, expression = console.load(text, name)
    if f then return f, text, expression end
    local message = expression
    if not message:find(" <eof>$") then return nil, text, message end
    local line, why = console.more(text)
    if not line and why == "interrupted" then return nil end
    if not line then return nil, text, message end
    text = text .. "\n" .. line
  end
end

-- Whether a semicolon ends the text.
local function is_silent(text)
  if not text:find(";", 1, true) then return false end
  return require("lunet.lexer").last(text) == ";"
end

-- "[2.3 s]", where it took as long as is worth telling and somebody sits there.
local function tell_seconds(seconds)
  local least = settings.get("timing")
  if not session.console.terminal or not least or seconds < least then return end
  print(("[%s]"):format(seconds < 100 and ("%.1f s"):format(seconds) or ("%.0f s"):format(seconds)))
end

function running.report(err, chunk)
  local failed = session.fail(err)
  local _, breaks = chunk.text:gsub("\n", "")
  io.stdout:flush()
  io.stderr:write(failed:short(session.name(chunk), breaks + 1), "\n")
end

local function finish(chunk, ok, ...)
  chunk.seconds = core.time() - chunk.started
  if not ok then
    chunk.ok = false
    return running.report((...), chunk)
  end
  chunk.values = select("#", ...)
  if chunk.values > 0 and not chunk.silent then
    local shown, err = session.console.call(session.console.show, ...)
    if not shown then running.report(err, chunk) end
  end
  chunk.ok = true
  session.keep_value((...))
  tell_seconds(chunk.seconds)
end

-- Run a function as the chunk that has begun. Variables of Lua that was typed become globals.
function running.run(chunk, f)
  local call = chunk.form and session.console.call or session.console.call_keeping
  chunk.silent = not chunk.form and is_silent(chunk.text)
  chunk.started = core.time()
  finish(chunk, call(f))
end

-- Run Lua inside a form, as %time and %run do: its values; a failure is raised again.
local function pass(ok, ...)
  if not ok then error((...), 0) end
  return ...
end

function running.inner(f, ...)
  return pass(session.console.call_keeping(f, ...))
end

return running
