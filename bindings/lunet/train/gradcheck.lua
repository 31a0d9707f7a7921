-- ln.gradcheck: are the gradients of a layer, a network or a loss those of finite differences?
local core = require "lunet.core"
local docs = require "lunet.docs"
local ends = require "lunet.ends"
local errors = require "lunet.errors"
local options = require "lunet.options"
local random = require "lunet.random"
local results = require "lunet.table"
local trainer = require "lunet.trainer"

local page = {
  name = "gradcheck",
  usage = "ln.gradcheck(what: layer|network|loss, shape?: integer[]|table, options?: options) -> report",
  doc = "Compare gradients with finite differences: of a layer, built in or made by ln.nn.custom, with respect to its "
    .. "input x and its weights; of a network, which may stay unbuilt and is not changed; or of a loss with respect "
    .. "to what the network gives. The shape is that of one image, {8, 16, 16}; a network that is built needs none, "
    .. "one of several inputs that is not built a list of them. "
    .. "Inputs and targets are random numbers from 0.05 to 0.95, outputs go into a mean squared error. "
    .. "Some elements of every tensor are moved by eps to both sides, and by less where that does not agree, as near a "
    .. "kink. Training is what is checked, with states as they are at first.",
  options = {
    { "eps", "number", above = 0, max = 1, default = 1e-2, help = "how far elements are moved" },
    { "tolerance", "number", above = 0, default = 1e-2, help = "the largest error that is accepted, as a share of the "
      .. "tensor's largest gradient" },
    { "elements", "integer", min = 1, default = 20, help = "how many are checked of every tensor" },
    { "batch", "integer", min = 1, default = 2, help = "images in the batch" },
    { "seed", "integer", default = 1, help = "of the random numbers" },
  },
  returns = "a report: print shows it; its fields are worst, the largest error, and tensor, element, gradient and "
    .. "difference, where it is and what was compared; tensors lists the same for each",
  errors = "An error above the tolerance, with its place and both numbers.",
  torch = "torch.autograd.gradcheck",
  example = [[
ln.gradcheck(ln.nn.conv2d{ 2, activation = "tanh" }, { 1, 8, 8 })
local report = ln.gradcheck(ln.loss.mse{}, { 1, 8, 8 })
report.worst, report.tensor]],
}

-- ---- What is checked, as a trainer and a batch ----

local function identity()
  return core.nn.sequential{ core.nn.custom{
    name = "identity", forward = function(y) return y end, backward = function(dy) return dy end,
  } }
end

local function network_of(what)
  if options.is_network(what) then return what:copy() end
  if options.is_item(what, "loss") then return identity() end
  if options.is_item(what, "nn") then return errors.within("gradcheck: ", core.nn.sequential, { what }) end
  errors.raise("gradcheck: expected a layer, a network or a loss, got %s", options.text(what))
end

local function shape_of(net, shape)
  if shape == nil and net.input_shape then return net.input_shape end
  if shape == nil then errors.raise("gradcheck: give the shape of an image, e.g. { 8, 16, 16 }") end
  return options.argument("gradcheck", "the shape of an image", "table", shape)
end

-- Random numbers for each of the shapes, or for the one.
local function batches(shape, o, number)
  local list = {}
  for i, one in ipairs(type(shape[1]) == "table" and shape or { shape }) do
    local seed = i == 1 and o.seed + number or random.derive(o.seed + number, i) >> 11
    list[i] = core.rand({ o.batch, table.unpack(one) }, seed) * 0.9 + 0.05
  end
  return ends.of(list)
end

local function set_up(what, shape, o)
  local net = network_of(what)
  shape = shape_of(net, shape)
  errors.within("gradcheck: ", net.build, net, shape, o.seed)
  local loss = options.is_item(what, "loss") and what or core.loss.mse{}
  return {
    net = net, input = batches(shape, o, 1), target = batches(net.output_shape, o, 2),
    trainer = trainer{ net = net, loss = loss, optimizer = core.optim.sgd{}, seed = o.seed },
  }
end

local function gradients(setup)
  setup.net:weights_changed()
  return errors.within("gradcheck: ", setup.trainer.gradients, setup.trainer, setup.input, setup.target)
end

-- ---- Elements ----

-- All positions 1 .. n, or some: `first` and random ones.
local function positions(n, first, o, number)
  local list = {}
  if n <= o.elements then
    for i = 1, n do list[i] = i end
    return list
  end
  list[1] = first
  for i = 2, o.elements do list[i] = random.derive(o.seed + number, i) % n + 1 end
  return list
end

-- The derivative by finite differences that is nearest to `gradient` among steps that shrink until it is near enough.
local function difference(setup, tensor, values, position, gradient, enough, o)
  local start, nearest, step = values[position], nil, o.eps
  local function loss_at(value)
    values[position] = value
    tensor:copy(values:reshape(tensor.shape))
    return gradients(setup), values[position]
  end
  for _ = 1, 4 do
    local above, high = loss_at(start + step)
    local below, low = loss_at(start - step)
    local slope = (above - below) / (high - low)
    if not nearest or math.abs(slope - gradient) < math.abs(nearest - gradient) then nearest = slope end
    if math.abs(nearest - gradient) <= enough then break end
    step = step / 4
  end
  loss_at(start)
  return nearest
end

-- { 3, 5 } of a position in element order.
local function element(position, shape)
  local at, rest = {}, position - 1
  for d = #shape, 1, -1 do
    at[d] = rest % shape[d] + 1
    rest = rest // shape[d]
  end
  return at
end

-- NaN counts as larger than all.
local function worse(a, b)
  return a ~= a or a > b
end

-- As a share of `scale`; less what rounding of the loss makes of a difference.
local function error_of(setup, slope, gradient, scale, o)
  local rounding = 2 ^ -22 * math.abs(setup.loss) / o.eps
  local apart = math.abs(slope - gradient)
  return apart < rounding and 0 or (apart - rounding) / scale
end

local function check_tensor(setup, name, tensor, gradient, o, number)
  local values, flat = tensor:clone():reshape{ -1 }, gradient:reshape{ -1 }
  local largest = flat:abs():max()
  local scale = math.max(largest, 1e-8)
  local row = { name = name, worst = 0, checked = 0 }
  for _, position in ipairs(positions(flat.shape[1], flat:abs():argmax(), o, number)) do
    local own = flat[position]
    local slope = difference(setup, tensor, values, position, own, 0.1 * o.tolerance * scale, o)
    local worst = error_of(setup, slope, own, scale, o)
    row.checked = row.checked + 1
    if row.checked == 1 or worse(worst, row.worst) then
      row.worst, row.element, row.gradient, row.difference = worst, element(position, tensor.shape), own, slope
    end
  end
  return row
end

-- ---- Reports ----

local Report = {}
Report.__index = Report
Report.__name = "lunet.report"

local function at(row)
  return ("%s[%s]"):format(row.name, table.concat(row.element, ", "))
end

function Report:__tostring()
  local t = results{ columns = { "tensor", "elements", "worst error", "at", "gradient", "by differences" } }
  for _, row in ipairs(self.tensors) do
    t:add{ row.name, row.checked, ("%.2g"):format(row.worst), "[" .. table.concat(row.element, ", ") .. "]",
      ("%.5g"):format(row.gradient), ("%.5g"):format(row.difference) }
  end
  return ("%s\nworst relative error %.2g, at %s"):format(tostring(t), self.worst, at(self.worst_row))
end

docs.class(Report, {
  { "report.worst -> number", "The largest error, as a share of the tensor's largest gradient." },
  { "report.tensor -> string", "The tensor with it: \"x\" for the input, of several \"x 1\", or \"gate_1.w\"." },
  { "report.element -> integer[]", "Where in the tensor." },
  { "report.gradient -> number", "The gradient there." },
  { "report.difference -> number", "The finite difference there." },
  { "report.tensors -> table[]", "The same for each tensor: { name, worst, element, gradient, difference, checked }." },
})

local function report_of(rows)
  local worst
  for _, row in ipairs(rows) do
    if not worst or worse(row.worst, worst.worst) then worst = row end
  end
  return setmetatable({ tensors = rows, worst_row = worst, worst = worst.worst, tensor = worst.name,
    element = worst.element, gradient = worst.gradient, difference = worst.difference }, Report)
end

local function gradcheck(what, shape, given)
  local o = options.read(page, given)
  local setup, rows = set_up(what, shape, o), {}
  local loss, by_name, dx = gradients(setup)
  setup.loss = loss
  for i, x in ends.each(setup.input) do
    rows[i] = check_tensor(setup, ends.name("x", setup.input, i), x, ends.at(ends.of(dx), i), o, i)
  end
  for i, tensor in ipairs(setup.net:tensors()) do
    local gradient = by_name[tensor.name]
    if gradient then
      rows[#rows + 1] = check_tensor(setup, tensor.name, setup.net:tensor(tensor.name), gradient, o, i + 1)
    end
  end
  local report = report_of(rows)
  if report.worst <= o.tolerance then return report end
  errors.raise("gradcheck: the gradient of %s is %.5g at [%s], but %.5g by finite differences: a relative error of "
    .. "%.2g, accepted is %g", report.tensor, report.gradient, table.concat(report.element, ", "), report.difference,
    report.worst, o.tolerance)
end

return docs.add(gradcheck, page)
