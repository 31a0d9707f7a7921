-- A report as one HTML page that needs nothing else: what is added to it, and how it becomes a file. What can be added
-- stands in page_parts.lua and page_pictures.lua.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local html = require "lunet.html"
local markup = require "lunet.markup"
local options = require "lunet.options"
local script = require "lunet.script"
local style = require "lunet.style"

local Page = {}
Page.__index = Page
Page.__name = "lunet.page"

local insides = setmetatable({}, { __mode = "k" }) -- of each page: { parts =, contents = the sections, ids = taken }

local function folder_of(path)
  return path:match("^(.+)/[^/]*$")
end

local function check_file(what, path)
  if not path:lower():find("%.html?$") then errors.raise("%s: the file '%s' must end in .html", what, path) end
  local folder = folder_of(path)
  if folder then errors.within(what .. ": ", core.file.make_dir, folder) end
  errors.within(what .. ": ", core.file.check_writable, path)
end

-- o: { title =, subtitle =, file = }
local function new(o)
  if o.file then check_file("report", o.file) end
  local self = setmetatable({ title = o.title, subtitle = o.subtitle, file = o.file }, Page)
  insides[self] = { parts = {}, contents = {}, ids = {} }
  return self
end

-- Add a piece of HTML; returns the page.
local function add(self, piece)
  table.insert(insides[self].parts, piece)
  return self
end

-- A list of sections, each with its subsections.
local function contents_copy(entries)
  local list = {}
  for i, entry in ipairs(entries) do
    list[i] = contents_copy(entry)
    list[i].title, list[i].id = entry.title, entry.id
  end
  return list
end

function Page:copy()
  local mine = insides[self]
  local other, ids = setmetatable({ title = self.title, subtitle = self.subtitle, file = self.file }, Page), {}
  for id, count in pairs(mine.ids) do ids[id] = count end
  insides[other] = { parts = table.move(mine.parts, 1, #mine.parts, 1, {}), contents = contents_copy(mine.contents),
    ids = ids }
  return other
end

function Page:__tostring()
  local n = #insides[self].contents
  return ("report \"%s\" with %d section%s"):format(self.title, n, n == 1 and "" or "s")
end

-- ---- Headings ----

-- A name for a place in the page that no other place has.
local function new_id(ids, title)
  local stem = title:lower():gsub("[^%w]+", "-"):gsub("^%-+", ""):gsub("%-+$", "")
  if stem == "" or stem == "main" then stem = "section" end
  ids[stem] = (ids[stem] or 0) + 1
  local id = ids[stem] == 1 and stem or stem .. "-" .. ids[stem]
  if id ~= stem then ids[id] = (ids[id] or 0) + 1 end
  return id
end

function Page:section(title)
  options.argument("page:section", "the title", "string", title)
  local entry = { title = title, id = new_id(insides[self].ids, title) }
  table.insert(insides[self].contents, entry)
  return add(self, html.fill('<h2 id="%s">%s</h2>', entry.id, title))
end

function Page:subsection(title)
  options.argument("page:subsection", "the title", "string", title)
  local contents = insides[self].contents
  local above = contents[#contents]
  if not above then errors.raise("page:subsection: there is no section yet, see page:section") end
  local entry = { title = title, id = new_id(insides[self].ids, title) }
  above[#above + 1] = entry
  return add(self, html.fill('<h3 id="%s">%s</h3>', entry.id, title))
end

local function contents_list(entries)
  local out = {}
  for i, entry in ipairs(entries) do
    out[i] = html.fill('<li><a href="#%s">%s</a>%s</li>', entry.id, entry.title,
      #entry > 0 and contents_list(entry) or html.nothing)
  end
  return html.fill("<ul>%s</ul>", html.join(out))
end

-- ---- Text ----

function Page:text(text)
  return add(self, markup.text(options.argument("page:text", "the text", "string", text)))
end

local code_page = {
  name = "page:code", usage = "page:code(text: any, options?: options) -> page",
  example = 'page:code("local net = ln.models.unet{}")',
  doc = "Text as it is. Its letters have one width: code, or what print shows, as of net:summary{ 1, 64, 64 }.",
  options = {
    { "caption", "string", help = "a line above it" },
    { "folded", "string", help = "what to click at to see the text, which is long" },
  },
}

function Page:code(text, given)
  local o = options.read(code_page, given)
  local caption = o.caption and html.fill("<figcaption>%s</figcaption>", markup.inline(o.caption)) or html.nothing
  local shown = html.fill('<pre class="scroll" tabindex="0">%s</pre>', tostring(text))
  if o.folded then shown = html.fill("<details><summary>%s</summary>%s</details>", o.folded, shown) end
  return add(self, html.fill("<figure>%s%s</figure>", caption, shown))
end

-- ---- The file ----

-- The page may load nothing: neither what is written into it nor what somebody smuggles in.
local policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

function Page:html()
  local title = html.escape(self.title)
  local lead = self.subtitle and html.fill("<p>%s</p>", markup.inline(self.subtitle)) or html.nothing
  local inside = insides[self]
  local contents = #inside.contents > 1
    and html.fill('<nav aria-label="Contents"><p>Contents</p>%s</nav>', contents_list(inside.contents)) or html.nothing
  return table.concat({
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    ('<meta http-equiv="Content-Security-Policy" content="%s">'):format(policy),
    ('<meta name="generator" content="lunet %s">'):format(html.escape(core.version)),
    ("<title>%s</title>\n<style>\n%s\n</style>\n</head>\n<body>"):format(title, style),
    '<a class="skip" href="#main">Skip to the content</a>',
    ("<header><h1>%s</h1>%s</header>"):format(title, lead.text), contents.text,
    ('<main id="main">\n%s\n</main>'):format(html.join(inside.parts, "\n").text),
    ("<footer>Made with lunet %s</footer>\n<script>\n%s</script>\n</body>\n</html>\n"):format(
      html.escape(core.version), script),
  }, "\n")
end

function Page:save(path)
  if path ~= nil then
    check_file("page:save", options.argument("page:save", "the path", "string", path))
  elseif not self.file then
    errors.raise("page:save: the report was made without `file`; give a path here")
  end
  path = path or self.file
  errors.within("page:save: ", core.file.write, path, self:html())
  return path
end

docs.add(Page.code, code_page)
docs.class(Page, {
  { "page:section(title: string) -> page", "Begin a section. Its heading is listed in the table of contents.",
    'page:section("Results"):text("It **works**.")' },
  { "page:subsection(title: string) -> page", "Begin a part of a section.",
    'page:section("Results")\npage:subsection("Images"):grid{ clean, noisy }' },
  { "page:text(text: string) -> page", "Add paragraphs. Empty lines part them. Of Markdown there are **bold**, "
    .. "*emphasis*, `code`, [links](https://example.org), lists whose lines begin with - or 1., and code between lines "
    .. "of ```. All else is text, and shows as it is.",
    'page:text("It **works**, as [told](https://example.org).")' },
  { "page:html() -> string", "The whole page as text.",
    "#page:html()" },
  { "page:save(path?: string) -> string", "Write the page. It goes, atomically, to the `file` of ln.report or to "
    .. "this path, which is returned. More may be added afterwards, and the page saved again.",
    'page:save(folder .. "/report.html")' },
  { "page:copy() -> page", "A page with all that this one has so far. What is added to one of them is not in the "
    .. "other: an end can be put to a report that is written again and again while it grows.",
    'page:copy():section("So far"):save(folder .. "/report.html")' },
  { "page.title -> string", "Its title." },
  { "page.subtitle -> string|nil", "The line under it." },
  { "page.file -> string|nil", "Where page:save writes." },
})

return { class = Page, new = new, add = add }
