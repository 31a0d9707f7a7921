-- Architectures that ship with lunet: ln.models.cnn_dae{ widths = {64, 64, 64, 64} } calls models/cnn_dae.lua, a module
-- that returns function(ln, options) -> network. One's own go in a folder `models` beside the script.
local errors = require "lunet.errors"
local options = require "lunet.options"

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

-- ln: the module, which the architectures get as their first argument.
return function(ln)
  return setmetatable({}, {
    __name = "lunet.models",
    __index = function(models, name)
      local file = find(tostring(name))
      if not file then
        errors.raise("models: no models/%s.lua here, beside the script or where lunet is installed", tostring(name))
      end
      local make = errors.within("models: ", dofile, file)
      if not options.is_callable(make) or options.is_network(make) then
        errors.raise("models: %s must return a function of lunet and a table of options, got %s", file,
          options.text(make))
      end
      local function model(given)
        if given ~= nil then options.argument("models." .. name, "what it is called with", "table", given) end
        return make(ln, given or {})
      end
      rawset(models, name, model)
      return model
    end,
  })
end
