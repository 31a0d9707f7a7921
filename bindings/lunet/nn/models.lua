-- Architectures that ship with lunet: ln.models.cnn_dae{ widths = {64, 64, 64, 64} } calls models/cnn_dae.lua. One's
-- own go in a folder `models` beside the script.
--
-- A file returns function(ln, options) -> network, or a table { doc =, options =, build = function(ln, o) -> network,
-- example = or none } whose options, entries as in options.lua, are checked before and are in the help.
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local provenance = require "lunet.provenance"

local models = {}

-- What the folder models/ of lunet has.
models.shipped = { "cnn_dae", "dense_ae", "tied_conv_ae", "residual_dae", "unet", "dncnn", "ffdnet", "red_net", "mlp",
  "ssda", "multi_column", "plain_cnn", "boltzmann" }

-- Those that ship with lunet: the program puts their place into package.path; a stock lua5.4 found lunet.so in a
-- checkout's build folder or in <prefix>/lib/lua/5.4.
local function find_shipped(name)
  local file = package.searchpath("models." .. name, package.path)
  local module = not file and package.searchpath("lunet", package.cpath)
  if not module then return file end
  local folder = module:match("^.*/") or "./"
  return package.searchpath(name, folder .. "../models/?.lua;" .. folder .. "../../../share/lunet/models/?.lua")
end

-- Beside the script and above it, here, and where lunet is.
local function find(name)
  local script = arg and arg[0] and arg[0]:match("^(.*/)[^/]*$") or "./"
  local path = ("%smodels/?.lua;%s../models/?.lua;./models/?.lua"):format(script, script)
  return package.searchpath(name, path) or find_shipped(name)
end

local function described(ln, name, made)
  local page = {
    name = "models." .. name,
    usage = ("ln.models.%s(options?: options) -> network"):format(name),
    doc = made.doc,
    options = made.options,
    errors = "Options that there are not, or that do not fit.",
    example = made.example or ("local net = ln.models.%s{}\nnet:summary{ 1, 64, 64 }"):format(name),
  }
  return docs.add(function(given)
    options.argument(page.name, "what it is called with", "table", given or {})
    return made.build(ln, options.read(page, given))
  end, page)
end

local function plain(ln, name, make)
  return function(given)
    if given ~= nil then options.argument("models." .. name, "what it is called with", "table", given) end
    return make(ln, given or {})
  end
end

-- ln: the module, which the architectures get as their first argument.
function models.open(ln)
  return setmetatable({}, {
    __name = "lunet.models",
    __index = function(opened, name)
      local file = find(tostring(name))
      if not file then
        errors.raise("models: no models/%s.lua here, beside the script or where lunet is installed", tostring(name))
      end
      local made = errors.within("models: ", dofile, file)
      local is_plain = options.is_callable(made) and not options.is_network(made)
      local is_table = type(made) == "table" and type(made.options) == "table" and options.is_callable(made.build)
      if not is_plain and not is_table then
        errors.raise("models: %s must return a function of lunet and a table of options, or { doc =, options =, "
          .. "build = }, got %s", file, options.text(made))
      end
      provenance.add_module("models." .. name, file)
      rawset(opened, name, (is_table and described or plain)(ln, name, made))
      return opened[name]
    end,
  })
end

-- Whether there is a file of that name.
function models.exists(name)
  return find(name) ~= nil
end

return models
