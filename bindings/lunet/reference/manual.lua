-- The manual in Markdown: how to read it, functions by family, items by kind, objects with their methods and fields.
-- Made from the same pages and descriptors as ln.help, so that the two say the same.
local docs = require "lunet.docs"
local example_text = require "lunet.example_text"
local options = require "lunet.options"
local signature = require "lunet.signature"

local introduction = [[
This is what `ln.help` says, in one file: `make reference` writes it from the program itself.

- [How to read it](#reading)
- Functions: %s
- Items: %s
- Objects: %s

<a id="reading"></a>
## How to read it

`local ln = require "%s"` gives the module; at the prompt, and in `lunet -e`, `ln` is there already. The line below a
name is how it is called, with types: `?` stands behind what may be left out, `T[]` is a list of T, `a|b` one or the
other, and what follows `->` comes back. `options` is a table of the options listed below. A value that is wrong is an
error that says what was expected; `pcall` catches it. Examples can be run as they stand, line by line or by
`ln.example`; what they write goes into a temporary folder.

An *item* is anything that is picked in a script: a layer, a loss, an optimizer, a noise, a metric, a filter, a source
of data. It is made by calling its type with named options, `ln.nn.conv2d{ 32, kernel = 5 }`; the option that is marked
*first* may come without its name. Items do not change: `item:with{ ... }` makes another one.

Images are tensors N,C,H,W (images, channels, height, width) or C,H,W with values in [0, 1]. Dimensions and positions
count from 1.
]]

-- Functions by what their names begin with; those without a prefix by what they return.
local families = {
  { id = "tensors", title = "Tensors", holds = function(page, returns)
    return not page.name:find("[.]") and returns == "tensor"
  end },
  { id = "general", title = "Training and the program",
    holds = function(page, returns) return not page.name:find("[.]") and returns ~= "tensor" end },
  { id = "statistics", title = "Statistics", prefix = "stat" },
  { id = "measures", title = "Noise, contrast and sharpness", prefix = "measure" },
  { id = "files", title = "Files", prefix = "file" },
  { id = "images", title = "Images", prefix = "image" },
  { id = "datasets", title = "Datasets", prefix = "data" },
  { id = "networks", title = "Networks", prefix = "nn" },
  { id = "losses", title = "Losses", prefix = "loss" },
  { id = "chained-noises", title = "Noises", prefix = "noise" },
  { id = "chained-augmentations", title = "Augmentations", prefix = "augment" },
  { id = "tuning", title = "Filters", prefix = "filter" },
}

local function in_family(family, page)
  if family.prefix then return page.name:match("^(%l+)%.") == family.prefix end
  return family.holds(page, signature.parse(page.usage).returns[1])
end

-- Anchors: "fit", "net:save", "nn.conv2d", and ids of sections.
local function link(text, anchor)
  return ("[%s](#%s)"):format(text, anchor)
end

local Writer = {}
Writer.__index = Writer

function Writer:add(...)
  for _, text in ipairs{ ... } do self[#self + 1] = text end
end

-- Text of a page as Markdown: what stands in backticks is code, so are names that have an entry, with what they are
-- called with, and these become links to it; other signs are kept from meaning anything.
function Writer:text(text)
  local kept = {}
  local function keep(markdown)
    kept[#kept + 1] = markdown
    return ("\1%d\2"):format(#kept)
  end
  local function name(word, call)
    local anchor = word:gsub("^ln%.", "")
    if not self.anchors[anchor] or call:find("\1") then return nil end
    local code = "`" .. word .. call .. "`"
    return keep(anchor == self.here and code or link(code, anchor))
  end
  local out = text:gsub("`[^`\n]+`", keep):gsub("(%a[%w_]*[.:][%w_.:]*%w)(%b{})", name)
    :gsub("(%a[%w_]*[.:][%w_.:]*%w)(%b())", name)
  out = out:gsub("%a[%w_]*[.:][%w_.:]*%w", function(word) return name(word, "") end)
  out = out:gsub("[\\`*_<>%[%]|#]", "\\%0"):gsub("\n", "\n\n")
  return (out:gsub("\1(%d+)\2", function(n) return kept[tonumber(n)] end))
end

-- In a cell of a table.
function Writer:cell(text)
  return (self:text(text):gsub("%s*\n%s*", " "))
end

function Writer:heading(level, anchor, title)
  self:add("", ('<a id="%s"></a>'):format(anchor), ("%s %s"):format(("#"):rep(level), title), "")
end

function Writer:code(text)
  self:add("", "```lua", text, "```")
end

-- rows: { name, what it is, what it takes }
function Writer:options_table(rows)
  if #rows == 0 then return end
  self:add("", "| option | what it is | it takes |", "| --- | --- | --- |")
  for _, row in ipairs(rows) do
    self:add(("| `%s` | %s | %s |"):format(row[1], self:cell(row[2]), self:cell(row[3])))
  end
end

function Writer:page(page)
  local rows = {}
  self.here = page.name
  self:heading(3, page.name, docs.title(page))
  self:add("```", page.usage, "```", "", self:text(page.doc))
  for i, entry in ipairs(page.options or {}) do rows[i] = { entry[1], entry.help, options.told(entry) } end
  self:options_table(rows)
  if page.returns then self:add("", "**Returns** " .. self:text(page.returns)) end
  if page.errors then self:add("", "**Errors** " .. self:text(page.errors)) end
  local elsewhere = {}
  if page.numpy then elsewhere[1] = "NumPy: `" .. page.numpy .. "`" end
  if page.torch then elsewhere[#elsewhere + 1] = "PyTorch: `" .. page.torch .. "`" end
  if #elsewhere > 0 then self:add("", table.concat(elsewhere, " · ")) end
  local code = example_text.of_page(page)
  if code then self:code(code) end
end

function Writer:type(t)
  local rows, examples, seen = {}, {}, {}
  self.here = t.kind .. "." .. t.name
  self:heading(3, self.here, "ln." .. self.here)
  self:add(self:text(docs.reflowed(t.doc)))
  for i, param in ipairs(t.params) do
    rows[i] = { param.name, param.help, param.accepts .. (param.positional and "; first" or "") }
  end
  self:options_table(rows)
  for _, case in ipairs(t.cases) do
    if not seen[case] then examples[#examples + 1] = ("ln.%s.%s"):format(t.kind, case) end
    seen[case] = true
  end
  self:code(example_text.of_type(t))
  self:add("", "Also")
  self:code(table.concat(examples, "\n"))
end

function Writer:object(object)
  self:heading(2, "object-" .. object.variable, object.type:sub(1, 1):upper() .. object.type:sub(2))
  self:add(self:text(object.doc))
  if object.variable ~= object.type then
    self:add("", ("Below, `%s` is a %s."):format(object.variable, object.type))
  end
  for _, page in ipairs(docs.pages_of(object)) do self:page(page) end
end

-- The names that can be linked to.
local function anchors_of(ln)
  local anchors = {}
  for _, page in ipairs(docs.all()) do anchors[page.name] = true end
  for _, kind in ipairs(ln.kinds) do
    for _, t in ipairs(kind.types) do anchors[t.kind .. "." .. t.name] = true end
  end
  return anchors
end

-- "[Tensors](#tensors), ..."
local function contents(list, anchor_of, title_of)
  local out = {}
  for i, entry in ipairs(list) do out[i] = link(title_of(entry), anchor_of(entry)) end
  return table.concat(out, ", ")
end

local function by_kind(writer, ln)
  for _, kind in ipairs(ln.kinds) do
    local title = kind.plural:sub(1, 1):upper() .. kind.plural:sub(2)
    writer:heading(2, "kind-" .. kind.name, ("%s, ln.%s"):format(title, kind.name))
    writer:add(writer:text(kind.doc:sub(1, 1):upper() .. kind.doc:sub(2)) .. ". Use: " .. writer:text(kind.use) .. ".")
    for _, t in ipairs(kind.types) do writer:type(t) end
  end
end

-- The text of lunet.md. ln: the module.
local function text(ln)
  local writer = setmetatable({ anchors = anchors_of(ln) }, Writer)
  writer:add("# lunet " .. ln.version, "", introduction:format(
    contents(families, function(f) return f.id end, function(f) return f.title end),
    contents(ln.kinds, function(k) return "kind-" .. k.name end, function(k) return k.plural end),
    contents(docs.objects, function(o) return "object-" .. o.variable end, function(o) return o.type end), "lunet"))
  for _, family in ipairs(families) do
    writer:heading(2, family.id, family.title)
    for _, page in ipairs(docs.pages_of(nil)) do
      if in_family(family, page) then writer:page(page) end
    end
  end
  by_kind(writer, ln)
  for _, object in ipairs(docs.objects) do writer:object(object) end
  return table.concat(writer, "\n") .. "\n"
end

return text
