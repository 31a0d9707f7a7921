-- The history of a training run: one entry an epoch, with a plot and a CSV file.
local docs = require "lunet.docs"
local figure = require "lunet.figure"
local format = require "lunet.format"
local plot = require "lunet.plot"
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

-- Loss by epoch as an image (.svg, .png or .pdf); without a path, printed to the terminal.
function History:plot(path)
  if #self == 0 then error("history:plot: no epoch has ended yet, there is nothing to plot", 2) end
  local train, held = { name = "training", x = {}, y = {} }, { name = "validation", x = {}, y = {} }
  for _, entry in ipairs(self) do
    train.x[#train.x + 1], train.y[#train.y + 1] = entry.epoch, entry.loss
    if entry.val_loss then held.x[#held.x + 1], held.y[#held.y + 1] = entry.epoch, entry.val_loss end
  end
  local series = #held.x > 0 and { train, held } or { train }
  return plot("history:plot", figure.finished{ x_label = "epoch", y_label = "loss", series = series }, path)
end

docs.class(History, {
  { "history:add(entry: table)", "Add the entry of an epoch; ln.fit does it." },
  { "history:plot(path?: string) -> string|nil",
    "Loss by epoch as an image, .svg, .png or .pdf; without a path, in the terminal. All but .svg need gnuplot." },
  { "history:csv(path?: string) -> string", "CSV text; with a path, written there, and the path." },
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
