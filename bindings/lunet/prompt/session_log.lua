-- %log: what happens at the prompt, written to a file as it happens: what was typed, and what came of it as comments.
local brief = require "lunet.brief"
local session = require "lunet.session"

local session_log = {}

local path, file

local function commented(text, mark)
  return "-- " .. mark .. text:gsub("\n", "\n-- ") .. "\n"
end

local function entry(chunk, results)
  local text = chunk.form and commented(chunk.text, "") or chunk.text .. "\n"
  for i = 1, results.n do
    local result = results[i]
    text = text .. (chunk.ok and commented(brief.of(result, 200), "= ") or commented(tostring(result), "error: "))
  end
  return text
end

local function write(text)
  if file and file:write(text) and file:flush() then return end
  io.stderr:write(("log: %s could not be written; it ends here\n"):format(path))
  session_log.stop()
end

function session_log.stop()
  session.listener = nil
  if file then file:close() end
  file = nil
end

-- Begin to append to a file, with what was typed before.
function session_log.start(to)
  session_log.stop()
  local message
  file, message = io.open(to, "a")
  if not file then error("log: " .. message, 0) end
  path = to
  write(os.date("-- lunet, %Y-%m-%d %H:%M\n"))
  for i = 1, #session.chunks - 1 do write(entry(session.chunks[i], { n = 0 })) end
  session.listener = function(chunk, ...) write(entry(chunk, table.pack(...))) end
end

function session_log.state()
  return file and "log: what happens is written to " .. path or "log: nothing is written; %log FILE begins"
end

return session_log
