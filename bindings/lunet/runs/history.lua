-- The history of a training run: one entry an epoch, with a plot and a CSV file.
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local format = require "lunet.format"
local history_series = require "lunet.history_series"
local options = require "lunet.options"
local plot_options = require "lunet.plot_options"
local plot_output = require "lunet.plot_output"
local results = require "lunet.table"

local History = {}
History.__index = History
History.__name = "lunet.history"

-- Names of further fields of the entries. more: { losses, val_losses = those of several outputs, metrics }
local function new(more)
  local fields = {}
  local function add(names) table.move(names, 1, #names, #fields + 1, fields) end
  add{ "epoch", "loss" }
  add(more.losses)
  add{ "val_loss" }
  add(more.val_losses)
  add(more.metrics)
  add{ "seconds", "images_per_second" }
  return setmetatable({ interrupted = false, seconds = 0, warnings = {}, restored = false, fields = fields }, History)
end

function History:add(entry)
  self[#self + 1] = entry
  self.seconds = self.seconds + entry.seconds
end

local reasons = {
  patience = "stopped by patience", max_seconds = "stopped by max_seconds", on_epoch = "stopped by on_epoch",
  on_batch = "stopped by on_batch", dry = "a dry run",
}

function History:__tostring()
  local first, last = self[1], self[#self]
  if not first then return "history of 0 epochs" end
  local many = #self == 1 and "" or "s"
  local text = ("history of %d epoch%s in %.1f s: loss %s"):format(#self, many, self.seconds, format.loss(first.loss))
  if #self > 1 then text = text .. " -> " .. format.loss(last.loss) end
  if last.val_loss then text = text .. ", validation " .. format.loss(last.val_loss) end
  if self.restored then
    local best = self[self.best_epoch].val_loss
    text = text .. ("; weights of epoch %d, validation %s"):format(self.best_epoch, format.loss(best))
  end
  local warnings = #self.warnings
  if warnings > 0 then text = text .. ("; %d warning%s"):format(warnings, warnings == 1 and "" or "s") end
  local reason = self.interrupted and "interrupted" or reasons[self.stopped]
  return reason and ("%s (%s)"):format(text, reason) or text
end

-- The entries as a table to print.
function History:table()
  local t = results{ columns = self.fields }
  for _, entry in ipairs(self) do
    local row = {}
    for c, field in ipairs(self.fields) do row[c] = entry[field] end
    t:add(row)
  end
  return t
end

-- CSV text; with a path, written there.
function History:csv(path)
  return self:table():csv(path)
end

local plot_page = {
  name = "history:plot",
  usage = "history:plot(path?: string|options) -> string|nil",
  doc = "Losses by epoch in the terminal; with a path, as an image, .svg, .png or .pdf (all but .svg need gnuplot). "
    .. "ln.plot(history) does the same.",
  options = plot_options.all({ { "values", "table", help = "the fields of the entries to draw, by default loss and "
    .. "val_loss" } }, plot_options.look),
  returns = "Nothing; the path of a file; the text with text = true.",
  example = 'history:plot()\nhistory:plot{ values = { "val_loss" }, log = "y" }',
}

function History:plot(given)
  if #self == 0 then errors.raise("history:plot: no epoch has ended yet, there is nothing to plot") end
  if given ~= nil and type(given) ~= "string" and type(given) ~= "table" then
    errors.raise("history:plot: expected a path or a table of options, got %s", options.text(given))
  end
  local o = options.read(plot_page, type(given) == "string" and { file = given }
    or plot_options.renamed(given or {}))
  plot_options.finished("history:plot", o)
  local series, x_label, y_label = history_series.of("history:plot", { self }, o)
  o.kind, o.list, o.x_label, o.y_label = "line", series, o.x_label or x_label, o.y_label or y_label
  return plot_output("history:plot", o)
end

docs.add(History.plot, plot_page)
docs.class(History, {
  { "history:add(entry: table)", "Add the entry of an epoch; ln.fit does it.",
    "history:add{ epoch = 4, loss = 0.1, seconds = 0.5 }" },
  { "history:csv(path?: string) -> string", "CSV text; with a path, written there, and the path.",
    "print(history:csv())" },
  { "history:table() -> results", "The entries as a table to print." },
  { "history.interrupted -> boolean", "Whether Ctrl-C ended the run." },
  { "history.stopped -> string|nil", "What ended the run before its last epoch: \"patience\", \"max_seconds\", "
    .. "\"on_epoch\", \"on_batch\", \"interrupted\" or \"dry\"; nil for a run that did all it was asked for." },
  { "history.resumed -> integer|nil", "The step from which a checkpoint went on; nil for a run from the beginning." },
  { "history.best_epoch -> integer|nil", "The epoch with the lowest validation loss; nil without validation." },
  { "history.restored -> boolean", "Whether the network has the weights of best_epoch, not those of the last step." },
  { "history.warnings -> table[]", "What may be a mistake, as it was told on stderr: { epoch, kind, text }, kind being "
    .. "\"collapse\" (the network gives one number everywhere), \"dead\" (a layer gives nothing but 0) or "
    .. "\"loss\" (the loss does not fall)." },
  { "history.fields -> string[]", "The columns of history:table()." },
  { "history.seconds -> number", "How long the run took." },
})

return new
