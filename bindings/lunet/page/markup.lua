-- A small part of Markdown as HTML: paragraphs, lists, code, **bold**, *emphasis* and [links](https://...). All else is
-- text. Links lead to the web, to mail, to files beside the page or to a place in it, never to a script.
local html = require "lunet.html"

local inline

local schemes = { http = true, https = true, mailto = true }

local function is_safe(url)
  local scheme = url:match("^%s*([%a][%w+.-]*):")
  return not url:find("[%c%s]") and (not scheme or schemes[scheme:lower()] or false)
end

-- What an opening mark begins: a pattern that gives the text inside and the place behind it, and what is made of it.
local spans = {
  { "^`([^`\n]+)`()", function(text) return html.fill("<code>%s</code>", text) end },
  { "^%*%*(%S.-)%*%*()", function(text) return html.fill("<strong>%s</strong>", inline(text)) end },
  { "^%*(%S[^*]*)%*()", function(text) return html.fill("<em>%s</em>", inline(text)) end },
}

local function link_at(text, at)
  local name, url, after = text:match("^%[([^%]\n]+)%]%(([^)]*)%)()", at)
  if not name or not is_safe(url) then return nil end
  return html.fill('<a href="%s">%s</a>', url, inline(name)), after
end

local function span_at(text, at)
  for _, span in ipairs(spans) do
    local inside, after = text:match(span[1], at)
    if inside then return span[2](inside), after end
  end
  return link_at(text, at)
end

-- Text within a line or paragraph.
function inline(text)
  local out, from, at = {}, 1, 1
  while true do
    at = text:find("[`*%[]", at)
    if not at then break end
    local piece, after = span_at(text, at)
    if piece then
      out[#out + 1], out[#out + 2] = text:sub(from, at - 1), piece
      from = after
    end
    at = after or at + 1
  end
  out[#out + 1] = text:sub(from)
  return html.join(out)
end

-- The item's text of a line of a list, and the list's element; nil for other lines.
local function item_of(line)
  local text = line:match("^%s*[-*]%s+(.*)$")
  if text then return text, "ul" end
  text = line:match("^%s*%d+[.)]%s+(.*)$")
  if text then return text, "ol" end
end

-- Lines to blocks: { kind = "p" | "ul" | "ol" | "pre", lines }.
local function blocks_of(text)
  local blocks, open = {}, nil
  local function begin(kind, line)
    open = { kind = kind, line }
    blocks[#blocks + 1] = open
  end
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    local item, list = item_of(line)
    if line:find("^```") then
      if open and open.kind == "pre" then open = nil else begin("pre") end
    elseif open and open.kind == "pre" then open[#open + 1] = line
    elseif not line:find("%S") then open = nil
    elseif item and open and open.kind == list then open[#open + 1] = item
    elseif item then begin(list, item)
    elseif not open then begin("p", line)
    elseif open.kind == "p" then open[#open + 1] = line
    else open[#open] = open[#open] .. " " .. line:match("^%s*(.*)$") end
  end
  return blocks
end

local function block(b)
  if b.kind == "pre" then return html.fill('<pre class="scroll" tabindex="0">%s</pre>', table.concat(b, "\n")) end
  if b.kind == "p" then return html.fill("<p>%s</p>", inline(table.concat(b, "\n"))) end
  local items = {}
  for i, text in ipairs(b) do items[i] = html.fill("<li>%s</li>", inline(text)) end
  return html.fill("<%s>%s</%s>", b.kind, html.join(items), b.kind)
end

local function of_text(text)
  local out = {}
  for i, b in ipairs(blocks_of(html.clean(text))) do out[i] = block(b) end
  return html.join(out, "\n")
end

return { text = of_text, inline = function(text) return inline(html.clean(text)) end }
