-- history:report: a training as a page.
local docs = require "lunet.docs"
local new_history = require "lunet.history"
local options = require "lunet.options"
local page_class = require "lunet.page"
require "lunet.page_parts"

local History = getmetatable(new_history{ losses = {}, val_losses = {}, metrics = {} })

-- The fields of the entries besides the loss and times, those of training and validation together: { { "loss_a",
-- "val_loss_a" }, { "val_ssim" } }
local function further_fields(history)
  local out, of_stem = {}, {}
  local plain = { epoch = true, loss = true, val_loss = true, seconds = true, images_per_second = true }
  for _, field in ipairs(history.fields) do
    local stem = field:gsub("^val_", "")
    if not plain[field] and history[1][field] ~= nil then
      if not of_stem[stem] then
        of_stem[stem] = { stem = stem }
        out[#out + 1] = of_stem[stem]
      end
      table.insert(of_stem[stem], field)
    end
  end
  return out
end

function History:report(path, title)
  options.argument("history:report", "the path", "string", path)
  if title ~= nil then options.argument("history:report", "the title", "string", title) end
  local page = page_class.new{ title = title or "Training", subtitle = tostring(self), file = path }
  if #self > 0 then
    page:section("Curves"):curves{ self, caption = "Loss" }
    for _, fields in ipairs(further_fields(self)) do
      page:curves{ self, values = fields, caption = fields.stem }
    end
  end
  for i, warning in ipairs(self.warnings) do
    if i == 1 then page:section("Warnings") end
    page:code(warning.text)
  end
  page:section("Epochs"):table(self:table(), { best = #self > 0 and self[1].val_loss and { val_loss = "min" } or nil })
  return page:section("Environment"):environment():save()
end

docs.class(History, {
  { "history:report(path: string, title?: string) -> string",
    "Write the training as a page, a file that ends in .html: curves, epochs, environment. See ln.report.",
    'history:report(folder .. "/training.html")' },
})
