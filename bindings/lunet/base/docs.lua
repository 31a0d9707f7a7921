-- What functions say about themselves: ln.help reads it, and so do the manual and the stubs for editors.
--
-- Functions and methods written in C have their pages in the rows that bind them (bindings/base/function.h); those
-- written in Lua add theirs here.
local core = require "lunet.core"

local docs = {}

local by_function = setmetatable({}, { __mode = "k" })
local all = {}

-- Register a function's page and return the function. page: { name, usage, doc, options, returns, errors, example,
-- numpy, torch }.
-- What an example uses without making it (net, noisy, ...) is put before it, see help/preparations.lua; where what is
-- called needs no arguments, it may be left out.
-- The usage is a typed call, see signature.lua. Methods are called as users call them, "net:save", other functions by
-- their place in the module, "image.read". Options are the entries that options.lua checks, so that help and behaviour
-- cannot part.
function docs.add(f, page)
  by_function[f] = page
  all[#all + 1] = page
  return f
end

-- A function in the place of another, whose page it takes over.
function docs.replace(old, f)
  by_function[f] = by_function[old]
  return f
end

-- Pages of the methods and fields of a class written in Lua, each { usage, doc, example or none }: docs.class(Set, {
-- { "set:map(...) -> set", "..." }, ... }).
function docs.class(class, rows)
  for _, row in ipairs(rows) do
    local page = { name = row[1]:match("^[%w_.:]+"), usage = row[1], doc = row[2], example = row[3] }
    docs.add(rawget(class, page.name:match("[%w_]+$")) or page, page) -- a field is no function
  end
end

for _, page in ipairs(core.pages) do docs.add(page.call, page) end

function docs.find(f)
  return by_function[f]
end

function docs.all()
  return all
end

-- The classes of objects: the variable that stands for one in the names of pages, its type in usage lines, and what it
-- is. Where there are such: what calling one means, a usage line, what it is indexed with and gives, { key, value }
-- types, and what its operators take besides its like.
docs.objects = {
  { variable = "t", type = "tensor", doc = "Numbers in up to eight dimensions; ln.help(\"tensor\") tells more.",
    index = { { "integer", "any" }, { "table", "any" } }, operand = "number" },
  { variable = "net", type = "network", doc = "Layers and their parameters; net(x) is net:predict(x).",
    call = "net(x: tensor|tensor[], options?: table) -> tensor|tensor[], tensor|tensor[]|nil" },
  { variable = "node", type = "node",
    doc = "A value inside a network with several paths, from ln.nn.input and layers called on nodes." },
  { variable = "item", type = "item",
    doc = "A layer, loss, optimizer, schedule, noise, metric, filter, augmentation or data source with its options. "
      .. "Losses add and scale.",
    operand = "number" },
  { variable = "type", type = "type", doc = "What items are made from by calling it with options: ln.nn.conv2d." },
  { variable = "trainer", type = "trainer", doc = "Trains a network one batch at a time: see ln.help(ln.trainer)." },
  { variable = "set", type = "set", index = { { "string", "any" }, { "integer", "lunet.tensor" } },
    doc = "Images with their names; #set is their number, set[i] one of them. Fields of one's own may be added." },
  { variable = "scale", type = "scale",
    doc = "A scale of intensities, see ln.help(ln.data.scale): scale(x) applies it.",
    call = "scale(x: tensor|set) -> tensor|set" },
  { variable = "anscombe", type = "anscombe", doc = "An Anscombe transform, see ln.help(ln.anscombe): anscombe(x) "
    .. "applies it.", call = "anscombe(x: tensor) -> tensor" },
  { variable = "leakage", type = "leakage",
    doc = "What training and test images have in common, from ln.data.leakage; print tells it." },
  { variable = "draw", type = "draw", doc = "Random numbers for the images of a batch, as a function that is the input "
    .. "of ln.fit gets them." },
  { variable = "history", type = "history", index = { { "integer", "table" } },
    doc = "What ln.fit returns. history[i] is the entry of epoch i: { epoch, loss, val_loss, seconds, "
      .. "images_per_second, images }, and metrics by their names; of a network of several outputs also their losses, "
      .. "loss_1, loss_2, ..., val_loss_1, ..., of which loss and val_loss are the weighted sums. Losses are means "
      .. "over the epoch's images; loss has penalties on weights and activations in it, val_loss has not, and is nil "
      .. "without validation. images is how many were trained on: fewer than all where the run ended then." },
  { variable = "results", type = "results", doc = "A table of results, see ln.help(ln.table); print aligns it." },
  { variable = "comparison", type = "comparison", index = { { "string", "any" } },
    doc = "Scores compared with a baseline's, from ln.compare; print shows a table." },
  { variable = "sweep", type = "sweep", index = { { "integer", "table" } },
    doc = "Points with what came of them, from ln.sweep: #sweep is how many, sweep[i] is entry i of sweep:results()." },
  { variable = "ablation", type = "ablation",
    doc = "A base and its variations, from ln.ablation; print compares them, #ablation is how many." },
  { variable = "range", type = "range", doc = "Numbers that a sweep draws from, see ln.help(ln.range)." },
  { variable = "summary", type = "summary", doc = "What a network consists of, from net:summary; print shows it." },
  { variable = "ensemble", type = "ensemble", doc = "Several networks as one, see ln.help(ln.ensemble).",
    call = "ensemble(x: tensor|tensor[], options?: table) -> tensor|tensor[]" },
  { variable = "loaded", type = "loaded", doc = "What net:load took from a file and what not; print shows it." },
  { variable = "report", type = "report", doc = "How gradients agree with finite differences, from ln.gradcheck." },
  { variable = "log", type = "log", call = "log(values: table)",
    doc = "The record of a run that goes on, from ln.record: log{ step = 3, loss = 0.1 } appends a line to its "
      .. "metrics.jsonl." },
  { variable = "page", type = "page",
    doc = "A report as one HTML page, from ln.report. All methods but html and save return the page." },
  { variable = "runs", type = "runs", index = { { "integer", "lunet.run" } },
    doc = "A list of runs, from ln.runs: #runs is their number, print(runs) shows a table." },
  { variable = "run", type = "run", index = { { "string", "any" } },
    doc = "The record of a run, from ln.runs, read when something of it is asked for." },
  { variable = "grid", type = "grid", doc = "Images side by side, from ln.image.grid." },
}

-- The class whose method or field a page tells about; nil for functions.
function docs.object_of(page)
  local variable = page.name:match("^(%l+)[.:]")
  for _, object in ipairs(docs.objects) do
    if object.variable == variable then return object end
  end
end

-- The pages of the methods and fields of a class, or of functions (nil), in alphabetic order.
function docs.pages_of(object)
  local found = {}
  for _, page in ipairs(all) do
    if docs.object_of(page) == object then found[#found + 1] = page end
  end
  table.sort(found, function(a, b) return a.name < b.name end)
  return found
end

-- What a page is called in full: "ln.image.read", "net:save", "t.shape".
function docs.title(page)
  return docs.object_of(page) and page.name or "ln." .. page.name
end

-- Docs of types, in C, are broken by hand at any width: join what is one sentence.
function docs.reflowed(doc)
  return (doc:gsub("([^.\n])\n([^%s])", "%1 %2"))
end

-- The first sentence, or line, of a text. "e.g." and "Rec. 601" end none.
function docs.first_sentence(text)
  local line = text:match("^[^\n]*")
  for last in line:gmatch("[^.]%.()%s") do
    local sentence = line:sub(1, last - 1)
    if not sentence:find("%f[%a']%a%.$") and not sentence:find("Rec%.$") then return sentence end
  end
  return line
end

return docs
