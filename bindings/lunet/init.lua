-- lunet: image denoising with convolutional autoencoders, from Lua.
--
--   local ln = require "lunet"
--   ln.help()
--
-- This file puts the module together from lunet.core (C) and the Lua files in the rooms beside it: base, terminal,
-- report, plot, statistics, measure, nn, data, runs, page, train, explore, values, help; each requires only those
-- before it. Module names are flat: train/fit.lua is "lunet.fit".
local core = require "lunet.core"
local counterparts = require "lunet.counterparts"
local custom = require "lunet.custom"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local models = require "lunet.models"
local options = require "lunet.options"
local provenance = require "lunet.provenance"

local ln = {}

-- What C gives stays as it is: tensors and their constructors, item types, system functions. Functions without a page
-- of help are for the Lua files beside this one, and so are the lists of methods and pages, child processes, locks,
-- and what the terminal shows.
local for_us = { methods = true, pages = true, children = true, lock = true, terminal = true, chafa = true,
  keys = true }
for name, value in pairs(core) do
  local internal = type(value) == "function" and not docs.find(value) or for_us[name]
  if not internal then ln[name] = value end
end

-- What Lua adds or replaces.
ln.anscombe = require "lunet.anscombe"
ln.browse = require "lunet.browse"
ln.compare = require "lunet.compare"
ln.data = require "lunet.data"
ln.ensemble = require("lunet.ensemble").new
ln.expect = require("lunet.expect").expect
ln.expectations = require("lunet.expect").expectations
ln.filter = require "lunet.filter"
ln.find_rate = require "lunet.find_rate"
ln.fit = require "lunet.fit"
ln.grad = require "lunet.grad"
ln.gradcheck = require "lunet.gradcheck"
ln.image = require "lunet.image"
ln.noise = require "lunet.noise"
ln.measure = require "lunet.measure"
ln.models = docs.add(models.open(ln), {
  name = "models",
  usage = "ln.models.cnn_dae(options?: table) -> network",
  doc = "Architectures, each a file models/<name>.lua: " .. table.concat(models.shipped, ", ") .. "; cnn_dae is "
    .. "the network of the paper. ln.help(ln.models.unet) tells the options of one and where it comes from. Files "
    .. "of one's own are found in a folder `models` here or beside the script; they return function(ln, options) "
    .. "-> network, or { doc =, "
    .. "options =, build = function(ln, options), example = }.",
  errors = "A name without a file.",
  example = "local net = ln.models.cnn_dae{ widths = { 16, 16, 16, 16 } }\nln.help(ln.models.unet)",
})
ln.plot = require "lunet.plot"
ln.file = errors.strict(ln.file, "lunet.file")
ln.record = require("lunet.record").record
ln.report = require "lunet.report"
ln.show = require "lunet.show"
ln.stat = require "lunet.stat"
ln.runs = require "lunet.runs"
ln.seeds = require "lunet.seeds"
ln.ablation = require "lunet.ablation"
ln.range = require("lunet.range").new
ln.sweep = require("lunet.sweep").sweep
ln.table = require "lunet.table"
ln.trainer = require "lunet.trainer"
require "lunet.evaluate"
require "lunet.separable"
require "lunet.load"
require "lunet.network"
require "lunet.parameters"
require "lunet.predict"

local load_page = {
  name = "load",
  usage = "ln.load(path: string, options?: options) -> network, string|nil",
  doc = "A network from a .safetensors file that net:save wrote, rebuilt from the file alone, and the record saved "
    .. "with it (JSON text, or nil). Files hold no code: layers made by ln.nn.custom are in them by name, and are "
    .. "given.",
  options = { { "custom", "table", help = "layers by name, { gate = gate }: each a layer, or a function that makes "
    .. "one, which gets { name, number, weights, state }: the layer's place in the network and the shapes in the "
    .. "file" } },
  errors = "A missing or damaged file, or one of another kind; weights that are NaN or infinite; more than "
    .. "ln.limits() allows; a custom layer that is not given, or has other weights.",
  example = [[
net:save(folder .. "/dae.safetensors")
local again, record = ln.load(folder .. "/dae.safetensors")
again]],
}

ln.load = docs.add(function(path, given)
  if type(path) ~= "string" then errors.raise("load: expected a file path, got %s", options.text(path)) end
  provenance.add(path)
  return errors.within("", core.load_model, path, custom.finder(options.read(load_page, given).custom or {}))
end, load_page)

ln.load_tensors = docs.replace(core.load_tensors, function(path, ...)
  local loaded = core.load_tensors(path, ...)
  provenance.add(path)
  return loaded
end)

ln.help = docs.add(function(...)
  require "lunet.pager"(require("lunet.help").text(ln, ...)) -- loaded when it is asked for, as what follows
end, {
  name = "help",
  usage = "ln.help(subject?: any)",
  doc = "Print what there is, or how something is used: a function, a type, an object, or a name or word as text.",
  errors = "A name that does not exist; the nearest one is suggested.",
  example = [[
ln.help(ln.nn.relu)
ln.help("narrow")]],
})

ln.example = docs.add(function(subject)
  local examples = subject ~= nil and require("lunet.help").examples(ln, subject) or {}
  if #examples == 0 then
    errors.raise("example: there is none of %s; it takes a function, type or name with a page, e.g. "
      .. "ln.example(ln.nn.conv2d) or ln.example(\"t:svd\")", options.text(subject))
  end
  for _, example in ipairs(examples) do require("lunet.example").show(example[2], example[1]) end
end, {
  name = "example",
  usage = "ln.example(subject: any)",
  doc = "Print the example of a function, method or type, which its help has, and run it: its values are shown as at "
    .. "the prompt. Its variables are its own, and what it writes goes into a folder that is removed.",
  errors = "What has no example; what the example itself runs into.",
  example = 'ln.example(ln.stack)\nln.example("psnr")',
})

local tour_page = {
  name = "tour",
  usage = "ln.tour(options?: options)",
  doc = "A tour of five minutes: images, noise, filters, a network that trains, what it took away. At a terminal each "
    .. "step shows its lines and waits: Enter runs them, q leaves; elsewhere all are printed and run. At "
    .. "the prompt its variables stay, where their names are not taken.",
  options = { { "seconds", "number", above = 0, default = 10, help = "how long the network trains" } },
  example = "ln.tour{ seconds = 0.1 }",
}

ln.tour = docs.add(function(given)
  require "lunet.tour"(options.read(tour_page, given).seconds)
end, tour_page)

core.hint_names_by(counterparts.hint)
return errors.strict(ln, "lunet", counterparts.hint)
