-- What standard output can show, decided in one place for all that writes there: its size, whether text may be UTF-8,
-- how many colours it has, and how it shows pictures. Decided from the environment and from what the system knows of
-- the terminal, each time anew: windows change their size, and nothing is asked of the terminal, which could not
-- answer through a slow line before it is looked at.
--
-- Variables that users set: NO_COLOR (no-color.org), LUNET_PICTURES=kitty|iterm2|sixel|symbols|none.
local core = require "lunet.core"
local errors = require "lunet.errors"

local capabilities = {}

-- What the user has chosen at the prompt, above all else: the answers of colours() and pictures().
local chosen = {}

function capabilities.choose(values)
  chosen = values
end

-- The value of a variable; nil where it is not set or empty, which mean the same.
local function variable(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

local function positive(name)
  local n = math.tointeger(tonumber(variable(name)))
  return n and n > 0 and n or nil
end

-- fd: 1 by default.
function capabilities.is_terminal(fd)
  return core.file.is_tty(fd or 1)
end

-- Whether the terminal can do no more than print lines.
function capabilities.is_dumb()
  local term = variable("TERM")
  return term == nil or term == "dumb"
end

-- Whether characters other than ASCII may be written: what the locale says.
function capabilities.utf8()
  local locale = variable("LC_ALL") or variable("LC_CTYPE") or variable("LANG") or ""
  return locale:lower():find("utf%-?8") ~= nil
end

-- The size in characters, of the terminal that shows it; where there is none (standard output is a file, and so are
-- errors) as COLUMNS and LINES say, or 80x24.
function capabilities.columns()
  local columns, beside = core.terminal.size(1), core.terminal.size(2)
  return columns > 0 and columns or positive("COLUMNS") or beside > 0 and beside or 80
end

function capabilities.rows()
  local _, rows = core.terminal.size(1)
  local _, beside = core.terminal.size(2)
  return rows > 0 and rows or positive("LINES") or beside > 0 and beside or 24
end

-- Width and height of a character's cell in pixels; of usual proportions where the terminal does not tell.
function capabilities.cell()
  local columns, rows, width, height = core.terminal.size(1)
  if columns > 0 and rows > 0 and width >= columns and height >= rows then return width / columns, height / rows end
  return 10, 20
end

-- Terminals inside others, which take no pictures and pass none on.
local function is_multiplexer(term)
  return variable("TMUX") ~= nil or variable("STY") ~= nil or term:find("^screen") ~= nil or term:find("^tmux") ~= nil
end

-- Patterns of TERM and values of TERM_PROGRAM: what terminals can do that the database of terminals does not tell.
local true_colour_terms = { "direct", "truecolor", "24bit", "kitty", "ghostty", "alacritty", "wezterm", "^foot",
  "^contour", "^iterm" }
local true_colour_programs = { ["iTerm.app"] = true, WezTerm = true, vscode = true, ghostty = true, mintty = true,
  Hyper = true, Tabby = true, rio = true, WarpTerminal = true }
local no_colour_terms = { "^vt%d", "^vt$", "%-m$", "%-mono", "^ansi%-m", "^tty", "^adm", "^wy" }

local function any_in(term, patterns)
  for _, pattern in ipairs(patterns) do
    if term:find(pattern) then return true end
  end
  return false
end

local function has_true_colour(term)
  local said = variable("COLORTERM")
  return said == "truecolor" or said == "24bit" or any_in(term, true_colour_terms)
    or true_colour_programs[variable("TERM_PROGRAM") or ""] == true or variable("KITTY_WINDOW_ID") ~= nil
    or variable("WT_SESSION") ~= nil
end

-- How many colours may be written to standard output: 0 (none), 16, 256 or 16777216.
function capabilities.colours()
  if chosen.colours then return chosen.colours end
  if not capabilities.is_terminal() or capabilities.is_dumb() or variable("NO_COLOR") then return 0 end
  local term = variable("TERM")
  if any_in(term, no_colour_terms) then return 0 end
  if has_true_colour(term) then return 1 << 24 end
  return term:find("256") and 256 or 16
end

-- Konsole has kitty's pictures since 22.04.
local function is_new_konsole()
  return (tonumber(variable("KONSOLE_VERSION")) or 0) >= 220400
end

-- By who they are; none is asked. Programs come first: TERM is often plain xterm-256color.
local function protocol(term)
  local program = variable("TERM_PROGRAM")
  if program == "iTerm.app" or program == "WezTerm" or program == "mintty" or variable("LC_TERMINAL") == "iTerm2" then
    return "iterm2"
  elseif term:find("kitty") or term:find("ghostty") or program == "ghostty" or variable("KITTY_WINDOW_ID")
    or is_new_konsole() then
    return "kitty"
  elseif term:find("wezterm") then
    return "iterm2"
  elseif term:find("^foot") or term:find("^mlterm") or term:find("^yaft") or term:find("^contour")
    or term:find("sixel") then
    return "sixel"
  end
  return "symbols"
end

local protocols = { kitty = true, iterm2 = true, sixel = true, symbols = true, none = true }

-- How pictures are shown on standard output: "kitty", "iterm2", "sixel" (pixels, by the protocol of that name),
-- "symbols" (characters, with as many colours as there are) or "none" (no terminal, or a dumb one). LUNET_PICTURES
-- says otherwise, on a terminal or not.
function capabilities.pictures()
  local wanted = chosen.pictures or variable("LUNET_PICTURES")
  if wanted and not protocols[wanted] then
    errors.raise("LUNET_PICTURES: expected kitty, iterm2, sixel, symbols or none, got '%s'", wanted)
  elseif wanted then
    return wanted
  elseif not capabilities.is_terminal() or capabilities.is_dumb() then
    return "none"
  end
  local term = variable("TERM")
  if variable("NO_COLOR") or is_multiplexer(term) then return "symbols" end
  return protocol(term)
end

return capabilities
