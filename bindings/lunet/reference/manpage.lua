-- The man page lunet(1). What the program's options, environment and commands are comes from the program itself
-- (bindings/program/usage.c), whose --help says the same. `make install` puts its own prefix for PREFIX.
local format = require "lunet.format"

-- Text between sections: paragraphs, and { term, what it means } for a list.
local description = {
  "lunet runs scripts in Lua 5.4 that train and apply convolutional autoencoders for image denoising. "
    .. "Its module, `ln`, has tensors, layers, losses, optimizers, noises, metrics, filters and sources of images; "
    .. "ln.help() lists them.",
  "Without a script it reads lines at a prompt. Where standard input is no terminal, it runs what it reads there. A "
    .. "script is called by its path; a bare word is a command. With -i it reads there what could be typed at the "
    .. "prompt.",
}

local prompt = {
  "A line is run as Lua, and the values of an expression are printed. A line that is not finished is continued on the "
    .. "next. Names that lines define stay, local variables included. Tab completes names, fields, methods, options "
    .. "and files. lunet -i script.lua starts with what the script made, its local variables included, even if it "
    .. "failed. Errors are one line: \"line 2\" is that of the chunk, \"[3]:2\" line 2 of chunk 3 in %hist.",
  { "Ctrl-C", "gives up the line, or stops what runs; a running fit ends after the batch and leaves the network as far "
    .. "as it got" },
  { "Ctrl-D", "leaves" },
  { "?name, name?", "help on anything; ? alone lists what there is" },
  { "??words", "where words are written of" },
  { "name??", "the source of a Lua function" },
  { "_, _1 ... _9", "the last value (both), the one before, and so on: of each chunk the first, if it is not nil" },
  { ";", "at the end of a line keeps values from being printed" },
  { "!command", "runs a command of the shell; names = !!command keeps what it prints" },
}

local files = {
  { "$XDG_CONFIG_HOME/lunet/init.lua", "runs before the prompt, and not before scripts; ~/.config/lunet/init.lua where "
    .. "that is not set. It gets a table: set{ timing = 0.5 } changes settings, which %set lists, command{ name =, "
    .. "usage =, doc =, run = function(rest) } adds a command" },
  { "$XDG_STATE_HOME/lunet/history", "the prompt's history; ~/.local/state/lunet/history where that is not set" },
  { "PREFIX/share/lunet/scripts", "experiments to run by their path; scripts/commands has the commands" },
  { "PREFIX/share/lunet/models", "architectures: ln.models.NAME runs NAME.lua, from here or from a folder models "
    .. "beside the script" },
  { "PREFIX/share/lunet/luacats/lunet.lua", "types of the module for lua-language-server: add its folder to "
    .. "Lua.workspace.library" },
  { "PREFIX/share/doc/lunet/lunet.md", "the manual of the module" },
}

local exit_status = {
  { "0", "the script, code or command ended" },
  { "1", "an error was raised, an option does not exist, or output could not be written; the message is on standard "
    .. "error; of lines that lunet -i reads where standard input is no terminal, one failed" },
  "Ctrl-C in a script ends lunet by that signal, so that a shell sees it: 130.",
}

local examples = {
  { "lunet -e 'print(ln.rand{ 2, 3 })'", "run a line" },
  { "lunet info scan.png", "tell about an image" },
  { "lunet -i experiment.lua --epochs 5", "run a script with its options, then look at what it made" },
  { "LUNET_THREADS=1 lunet experiment.lua", "use one thread" },
}

-- Text of the page: no line of it begins a request, and signs stand for themselves.
local function escaped(text)
  return (text:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("'", "\\(aq"):gsub("`", "\\(ga"):gsub("^%.", "\\&."))
end

-- In short lines, and a sentence begins one, as man pages have it.
local function prose(text)
  local lines = {}
  for line in (format.wrapped(text:gsub("([.:]) (%u)", "%1\n%2"), 0, 72) .. "\n"):gmatch("([^\n]*)\n") do
    lines[#lines + 1] = escaped(line)
  end
  return table.concat(lines, "\n")
end

local Page = {}
Page.__index = Page

function Page:section(title, entries)
  self[#self + 1] = ".SH " .. title
  for i, entry in ipairs(entries) do
    if type(entry) == "table" then
      self[#self + 1] = (".TP\n\\fB%s\\fR\n%s"):format(escaped(entry[1]), prose(entry[2]))
    else
      self[#self + 1] = (i > 1 and ".PP\n" or "") .. prose(entry)
    end
  end
end

-- "lunet -e code [args]", the words that stand for something in italics.
local function form(text)
  local words = {}
  for word in text:gmatch("%S+") do
    local name = word:match("^%[?([%w.]+)%]?$")
    local literal = #words == 0 or not name
    words[#words + 1] = literal and ("\\fB%s\\fR"):format(escaped(word))
      or (escaped(word):gsub("[%w.]+", "\\fI%0\\fR", 1))
  end
  return table.concat(words, " ")
end

-- The day on which the page was made, or SOURCE_DATE_EPOCH, with which builds are the same bytes.
local function date()
  return os.date("!%Y-%m-%d", math.tointeger(tonumber(os.getenv("SOURCE_DATE_EPOCH"))))
end

-- The forms of the prompt, and its commands.
local function with_commands(forms, commands)
  local all = table.move(forms, 1, #forms, 1, {})
  for _, command in ipairs(commands) do all[#all + 1] = { command.usage, command.doc } end
  return all
end

-- The text of lunet.1. ln: the module; program: the module lunet.program; commands_of_prompt: { usage =, doc = }, ...
local function text(ln, program, commands_of_prompt)
  local page, commands = setmetatable({}, Page), {}
  page[1] = (".TH LUNET 1 %s \"lunet %s\" \"User Commands\""):format(date(), ln.version)
  page:section("NAME", { "lunet - image denoising with convolutional autoencoders, scripted in Lua" })
  page[#page + 1] = ".SH SYNOPSIS"
  for i, row in ipairs(program.forms) do page[#page + 1] = (i > 1 and ".br\n" or "") .. form(row[1]) end
  page:section("DESCRIPTION", description)
  page:section("OPTIONS", program.options)
  for i, command in ipairs(program.commands) do commands[i] = { command.name, command.doc } end
  table.insert(commands, 1, "lunet command --help says more about each.")
  page:section("COMMANDS", commands)
  page:section("THE PROMPT", with_commands(prompt, commands_of_prompt))
  page:section("ENVIRONMENT", program.environment)
  page:section("FILES", files)
  page:section("EXIT STATUS", exit_status)
  page:section("EXAMPLES", examples)
  page[#page + 1] = ".SH SEE ALSO\n.BR lua (1),\n.BR gnuplot (1)\n.PP\nln.help() at the prompt; the manual lunet.md"
  return table.concat(page, "\n") .. "\n"
end

return text
