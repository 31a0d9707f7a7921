-- List, compare, follow and delete the records of runs.
local ln = require "lunet"
local args = require "lunet.args"
local core = require "lunet.core"
local errors = require "lunet.errors"
local format = require "lunet.format"
local run_class = require "lunet.run"
local runs_table = require "lunet.runs_table"

local actions = {} -- by name: what it does with the words that follow

local spec = {
  name = "runs",
  doc = "Without words: the last runs. With filters, as net=unet 'ssim>0.9' name=cnn* 'loss~mse' status!=finished: the "
    .. "runs of which all hold. Names are those of results, options and fields of the record; > and < need quotes in a "
    .. "shell. Or what to do, and with which runs, by the digits that the list shows, a part of the folder's name, or "
    .. "'last':\n"
    .. "  show RUN: the whole record and the end of its metrics\n"
    .. "  report RUN: a page about it, report.html in its folder\n"
    .. "  compare RUN RUN: what differs, options, results, surroundings\n"
    .. "  diff RUN RUN: what differs between their code; diff RUN: what git had not seen of the code\n"
    .. "  delete RUN ...: remove records, or those that filters choose; asks before",
  options = {
    { "words", "string", value = "WORD", positional = 1, rest = true, help = "filters, or what to do" },
    { "sort", "string", value = "NAME", help = "sort by a value; -NAME puts the largest first" },
    { "limit", "integer", value = "N", default = 20, min = 1,
      help = "so many runs: the last ones, or the first ones of what is sorted" },
    { "all", "boolean", help = "all runs" },
    { "columns", "string", value = "A,B", help = "values to show in place of results and options that differ" },
    { "csv", "boolean", help = "all values of all runs as CSV" },
    { "jsonl", "boolean", help = "the same as JSON lines" },
    { "follow", "boolean", help = "print the metrics of the last run, or of the one that is named, as they come" },
    { "yes", "boolean", help = "delete without asking" },
    { "dir", "string", value = "DIR", default = "runs", help = "the folder of records" },
  },
}

local function width()
  return core.file.columns() or 80
end

-- ---- Which runs ----

-- The run that a word means: its digits, all or a part of its name, or "last".
local function named(o, word)
  local runs, found = ln.runs{ dir = o.dir }, {}
  if #runs == 0 then errors.raise("there are no runs in '%s'", o.dir) end
  if word == "last" then return runs[#runs] end
  for _, run in ipairs(runs) do
    if run.id == word or run_class.short(run) == word then return run end
    if run.id:find(word, 1, true) then found[#found + 1] = run end
  end
  if #found == 1 then return found[1] end
  if #found == 0 then errors.raise("no run '%s' in '%s'; lunet runs lists them", word, o.dir) end
  errors.raise("%d runs have '%s' in their names; %s and %s are two", #found, word, run_class.short(found[1]),
    run_class.short(found[2]))
end

local function is_filter(word)
  return word:find("[=<>!~]") ~= nil
end

-- The runs of words, filters or names.
local function chosen(o, words)
  if is_filter(words[1] or "") then return ln.runs(table.concat(words, " "), { dir = o.dir }) end
  local runs = {}
  for i, word in ipairs(words) do runs[i] = named(o, word) end
  return runs
end

local function need(words, least, most, usage)
  if #words < least or #words > most then errors.raise("usage: lunet runs %s", usage) end
end

-- ---- Listing ----

local function columns_of(o)
  if not o.columns then return nil end
  local names = {}
  for name in o.columns:gmatch("[^,%s]+") do names[#names + 1] = name end
  return names
end

local function list(o, words)
  for _, word in ipairs(words) do
    if not is_filter(word) then
      errors.raise("'%s' is no filter, as net=unet, and nothing to do%s", word,
        errors.suggestion(word, { "show", "report", "compare", "diff", "delete" }))
    end
  end
  local given = { dir = o.dir, sort = o.sort }
  local whole = o.csv or o.jsonl or o.all
  local runs = ln.runs(table.concat(words, " "), given)
  if o.csv then return io.write(runs:csv()) end
  if o.jsonl then return io.write(runs:jsonl()) end
  if #runs == 0 then
    print(#words > 0 and "no such run" or ("there are no runs in '%s'"):format(o.dir))
    return
  end
  local count, shown = #runs, runs
  if not whole and count > o.limit then
    local first = o.sort and 1 or count - o.limit + 1
    shown = table.move(runs, first, first + o.limit - 1, 1, {})
  end
  print(runs_table.make(shown, width(), columns_of(o)))
  if #shown < count then
    print(("%d of %s runs; --all shows all"):format(#shown, format.grouped(count)))
  end
end

-- ---- One run ----

local function print_fields(run)
  local values, names = run:values(), {}
  for name in pairs(values) do
    if name ~= "id" and name ~= "short" and name ~= "version" then names[#names + 1] = name end
  end
  table.sort(names)
  local widest = 0
  for _, name in ipairs(names) do widest = math.max(widest, #name) end
  for _, name in ipairs(names) do
    local value = values[name]
    local text = math.type(value) == "float" and ("%.6g"):format(value) or tostring(value)
    print(format.visible(name) .. (" "):rep(widest - #name + 2)
      .. format.wrapped(format.visible(text), widest + 2, width()))
  end
end

-- "step 3  loss 0.5  seconds 2.1"
local function line_text(values)
  local names, words = {}, {}
  for name in pairs(values) do names[#names + 1] = name end
  local place = { epoch = 1, step = 1, batch = 2, seconds = 9 }
  table.sort(names, function(a, b)
    local x, y = place[a] or 3, place[b] or 3
    if x ~= y then return x < y end
    return a < b
  end)
  for i, name in ipairs(names) do
    local value = values[name]
    words[i] = name .. " " .. (math.type(value) == "float" and ("%.6g"):format(value) or tostring(value))
  end
  return format.visible(table.concat(words, "  "))
end

local shown_lines = 5

function actions.show(o, words)
  need(words, 1, 1, "show RUN")
  local run = named(o, words[1])
  print(format.visible(run.dir))
  print_fields(run)
  local lines = run:metrics()
  if #lines > 0 then print(("\nmetrics, the last of %d lines:"):format(#lines)) end
  for i = math.max(1, #lines - shown_lines + 1), #lines do print("  " .. line_text(lines[i])) end
  local names = core.list_folder(run.dir)
  print("\nfiles: " .. format.wrapped(format.visible(table.concat(names, ", ")), 7, width()))
end

function actions.report(o, words)
  need(words, 1, 1, "report RUN")
  print(ln.report{ run = named(o, words[1]) }:save())
end

function actions.compare(o, words)
  if #words < 2 and not is_filter(words[1] or "") then errors.raise("usage: lunet runs compare RUN RUN ...") end
  local runs = chosen(o, words)
  if #runs < 2 then errors.raise("compare: there must be at least 2 runs, got %d", #runs) end
  if #runs > 8 then errors.raise("compare: at most 8 runs are compared, got %d", #runs) end
  print(runs_table.compare(runs))
end

-- ---- Differences of files ----

local function file_of(run, name)
  local path = run.dir .. "/" .. name
  return core.file.exists(path) and path or "/dev/null"
end

-- What the program diff says of two files; "" if they are the same.
local function difference(a, b, name_a, name_b)
  local quoted = require("lunet.environment").quoted
  local pipe = assert(io.popen(("diff -u --label %s --label %s %s %s 2>&1"):format(quoted(name_a), quoted(name_b),
    quoted(a), quoted(b))))
  local text = pipe:read("a")
  pipe:close()
  return text
end

-- The names of the files of code in either record.
local function code_files(a, b)
  local names, known = { "script.lua", "changes.diff" }, {}
  for _, run in ipairs{ a, b } do
    local folder = run.dir .. "/modules"
    for _, name in ipairs(core.file.exists(folder) and core.list_folder(folder) or {}) do
      if not known[name] then names[#names + 1], known[name] = "modules/" .. name, true end
    end
  end
  return names
end

function actions.diff(o, words)
  need(words, 1, 2, "diff RUN [RUN]")
  local a = named(o, words[1])
  if #words == 1 then
    local path = a.dir .. "/changes.diff"
    if not core.file.exists(path) then return print("no changes that git had not seen, or no git") end
    return io.write(core.read_text(path))
  end
  local b, any = named(o, words[2]), false
  if a.git and b.git and a.git.commit ~= b.git.commit then
    print(("commits %s and %s: git diff shows what is between them"):format(a.git.commit:sub(1, 10),
      b.git.commit:sub(1, 10)))
    any = true
  end
  for _, name in ipairs(code_files(a, b)) do
    local text = difference(file_of(a, name), file_of(b, name), run_class.short(a) .. "/" .. name,
      run_class.short(b) .. "/" .. name)
    any = any or text ~= ""
    io.write(text)
  end
  if not any then print("the same script, and the same changes of the code") end
end

-- ---- Following ----

local pause = 0.5 -- seconds

local function follow(o, words)
  need(words, 0, 1, "--follow [RUN]")
  local run = named(o, words[1] or "last")
  local path, offset = run.dir .. "/metrics.jsonl", 0
  print(format.visible(run.dir))
  while true do
    local status = run_class.new(run.dir).status -- before the lines: those of the end are read then
    local lines
    lines, offset = run_class.lines(path, offset)
    for _, line in ipairs(lines) do print(line_text(line)) end
    io.stdout:flush()
    if status ~= "running" then
      local ended = run_class.new(run.dir)
      print(format.visible(ended.status .. (ended.message and ": " .. ended.message or "")))
      return
    end
    core.sleep(pause)
  end
end

-- ---- Deleting ----

local function agreed(count)
  io.write(("delete %d record%s with all that is in %s? [y/N] "):format(count, count == 1 and "" or "s",
    count == 1 and "it" or "them"))
  io.stdout:flush()
  return (io.read("l") or ""):lower():find("^y") ~= nil
end

function actions.delete(o, words)
  if #words == 0 then errors.raise("usage: lunet runs delete RUN ..., or filters") end
  local runs = chosen(o, words)
  if #runs == 0 then return print("no such run") end
  for _, run in ipairs(runs) do
    if run.status == "running" then errors.raise("the run %s goes on; end it first", run_class.short(run)) end
  end
  if not o.yes then
    print(runs_table.make(runs, width()))
    if not agreed(#runs) then return print("nothing was deleted") end
  end
  for _, run in ipairs(runs) do run:delete() end
  print(("%d deleted"):format(#runs))
end

args.main("runs", function(...)
  local o = args.parse({ ... }, spec)
  local words = o.words
  local action = actions[words[1]]
  if o.follow then return follow(o, words) end
  if action then return action(o, table.move(words, 2, #words, 1, {})) end
  if #words == 1 and not is_filter(words[1]) then
    local ok = errors.try(named, o, words[1])
    if ok then return actions.show(o, words) end
  end
  list(o, words)
end, ...)
