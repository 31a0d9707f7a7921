-- net:load: weights from a file into a network that is there, by name, also from a file that Python wrote.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local shapes = require "lunet.shapes"

local methods = core.methods.network

local page = {
  name = "net:load",
  usage = "net:load(path: string, options?: options) -> loaded",
  doc = "Take weights by name from a .safetensors or .npz file, one of lunet's or of Python's (float32, float16, "
    .. "bfloat16, float64). Names are those of net:tensors(), shapes PyTorch's: conv2d out,in,rows,columns, "
    .. "conv_transpose2d in,out,rows,columns, dense out,in; batch_norm has weight, bias, running_mean and running_var; "
    .. "PyTorch's num_batches_tracked is passed over. Unless strict = false, the file must have all tensors of the "
    .. "network in their shapes, and no others; on an error nothing is changed. With strict = false it takes what "
    .. "fits. Returns a report of lists of names, `taken`, `missing` (in the file), `unexpected` (not in the network), "
    .. "and `mismatched`, of { name, file, network } with the two shapes; print shows it. What else a file says, as "
    .. "how far it was trained, is for ln.load, which makes a network from a file alone.",
  options = {
    { "strict", "boolean", default = true, help = "whether all must fit" },
    { "names", { "table", "function" }, help = "from names in the file to those of the network: "
      .. "{ [\"conv1.weight\"] = \"enc1.weight\" }, or all of a layer's, { conv1 = \"enc1\" }, false to leave out; "
      .. "what is not listed keeps its name. Or a function of the name that gives the other one, nil or false to leave "
      .. "out" },
  },
  errors = "A file that cannot be read; weights that are NaN or infinite; with strict, whatever does not fit, by name; "
    .. "two names that become one; a network that is not built yet.",
  example = [[
net:save(folder .. "/other.safetensors")
local loaded = net:load(folder .. "/other.safetensors", { strict = false })
loaded.taken]],
  torch = "Module.load_state_dict",
}

-- ---- The report ----

local Report = {}
Report.__index = Report
Report.__name = "lunet.loaded"

local most_listed = 8

-- "enc1.weight, enc1.bias and 3 more"
local function listed(names)
  local text = table.concat(names, ", ", 1, math.min(#names, most_listed))
  return #names <= most_listed and text or ("%s and %d more"):format(text, #names - most_listed)
end

local function mismatches(report)
  local out = {}
  for i, one in ipairs(report.mismatched) do
    out[i] = ("%s is %s in the file, %s in the network"):format(one.name, shapes.text(one.file),
      shapes.text(one.network))
  end
  return out
end

-- What does not fit, in a line each.
local function complaints(report)
  local out = {}
  if #report.missing > 0 then out[#out + 1] = "missing in the file: " .. listed(report.missing) end
  if #report.unexpected > 0 then out[#out + 1] = "not in the network: " .. listed(report.unexpected) end
  if #report.mismatched > 0 then out[#out + 1] = "other shapes: " .. listed(mismatches(report)) end
  return out
end

function Report:__tostring()
  local n = #self.taken
  local out = complaints(self)
  table.insert(out, 1, ("%d tensor%s taken from '%s'"):format(n, n == 1 and "" or "s", self.path))
  return table.concat(out, "\n")
end

docs.class(Report, {
  { "loaded.taken -> string[]", "The tensors of the network that have the file's values now." },
  { "loaded.missing -> string[]", "Those that are not in the file." },
  { "loaded.unexpected -> string[]", "Tensors of the file that the network does not have." },
  { "loaded.mismatched -> table[]", "Those of another shape: { name, file, network }, the last two are shapes." },
  { "loaded.path -> string", "The file." },
})

-- ---- Names ----

local function sorted_names(tensors)
  local names = {}
  for name in pairs(tensors) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- The layer's part of a tensor's name: "enc1" of "enc1.weight".
local function layer_of(name)
  return name:match("^(.*)%.[^.]*$")
end

local function by_table(map, name)
  local layer = layer_of(name)
  if map[name] ~= nil then return map[name] end
  if layer == nil or map[layer] == nil then return name end
  return map[layer] and map[layer] .. name:sub(#layer + 1)
end

-- Every entry is text or false, and about something in the file.
local function check_map(map, names)
  local known, all = {}, {}
  for _, name in ipairs(names) do
    for _, one in ipairs{ name, layer_of(name) } do
      if not known[one] then all[#all + 1] = one end
      known[one] = true
    end
  end
  for from in pairs(map) do
    if type(from) ~= "string" then errors.raise("net:load: option 'names': its keys must be names") end
  end
  for _, from in ipairs(sorted_names(map)) do
    local to = map[from]
    if to and type(to) ~= "string" then
      errors.raise("net:load: option 'names': '%s' must go to a name or false, got %s", from, options.text(to))
    elseif not known[from] then
      errors.raise("net:load: option 'names': the file has no tensor or layer '%s'%s", from,
        errors.suggestion(from, all))
    end
  end
end

-- What the function of the user's makes of a name.
local function by_function(f, name)
  local to = errors.within("net:load: option 'names': ", f, name)
  if to and type(to) ~= "string" then
    errors.raise("net:load: option 'names': the function must give a name, or nil, got %s for '%s'", options.text(to),
      name)
  end
  return to
end

-- The file's tensors by the names that the network may have.
local function renamed(tensors, map)
  local names = sorted_names(tensors)
  local out, from = {}, {}
  if type(map) == "table" then check_map(map, names) end
  for _, name in ipairs(names) do
    local to = name
    if map then to = (type(map) == "table" and by_table or by_function)(map, name) end
    if to and out[to] then
      errors.raise("net:load: '%s' and '%s' of the file both become '%s'", from[to], name, to)
    elseif to then
      out[to], from[to] = tensors[name], name
    end
  end
  return out
end

-- ---- Loading ----

-- PyTorch keeps how many batches batch_norm has seen.
local function is_counter(name)
  return name:find("%f[^.\0]num_batches_tracked$") ~= nil
end

local function compare(net, path, tensors)
  local report = setmetatable({ path = path, taken = {}, missing = {}, unexpected = {}, mismatched = {} }, Report)
  local own = {}
  for _, t in ipairs(net:tensors()) do
    local found = tensors[t.name]
    own[t.name] = true
    if not found then
      table.insert(report.missing, t.name)
    elseif not shapes.same(found.shape, t.shape) then
      table.insert(report.mismatched, { name = t.name, file = found.shape,
        network = table.move(t.shape, 1, #t.shape, 1, {}) })
    else
      table.insert(report.taken, t.name)
    end
  end
  for _, name in ipairs(sorted_names(tensors)) do
    if not own[name] and not is_counter(name) then table.insert(report.unexpected, name) end
  end
  return report
end

local function check_values(report, tensors)
  for _, name in ipairs(report.taken) do
    if not tensors[name]:isfinite():all() then
      errors.raise("net:load: '%s': %s holds NaN or infinity", report.path, name)
    end
  end
end

local function read(path)
  local tensors = errors.within("net:load: ", core.load_tensors, path)
  if options.is_tensor(tensors) then
    errors.raise("net:load: '%s' is a .npy file, of one tensor without a name; net:set(name, tensor) takes it", path)
  end
  return tensors
end

function methods.load(net, path, given, ...)
  if not options.is_network(net) then
    errors.raise("net:load: called on %s, expected a network", options.text(net))
  elseif select("#", ...) > 0 then
    errors.raise("net:load: takes a path and options, and no more")
  end
  options.argument("net:load", "the path", "string", path)
  local o = options.read(page, given)
  if not net.built then
    errors.raise("net:load: the network has no tensors before it is built; call net:build{ 1, 64, 64 }, or ln.load, "
      .. "which makes a network from a file that net:save wrote")
  end
  local tensors = renamed(read(path), o.names)
  local report = compare(net, path, tensors)
  local wrong = complaints(report)
  if o.strict and #wrong > 0 then
    errors.raise("net:load: '%s' does not fit: %s; option 'names' maps names, strict = false takes what fits", path,
      table.concat(wrong, "; "))
  end
  check_values(report, tensors)
  for _, name in ipairs(report.taken) do core.set_tensor(net, name, tensors[name]) end
  return report
end

docs.add(methods.load, page)
