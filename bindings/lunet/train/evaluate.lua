-- net:evaluate and ensemble:evaluate: metrics of predictions, as means over images.
local core = require "lunet.core"
local docs = require "lunet.docs"
local ends = require "lunet.ends"
local ensemble = require "lunet.ensemble"
local errors = require "lunet.errors"
local metrics = require "lunet.metrics"
local options = require "lunet.options"
local predict = require "lunet.predict"

local function page_of(variable, what)
  local page = {
    name = variable .. ":evaluate",
    usage = variable
      .. ":evaluate(input: tensor|set|tensor[], target: tensor|set|tensor[], options?: options) -> table",
    doc = ("Metrics of what the %s predicts for input, N,C,H,W, against target: { [name] = mean over images, images = "
      .. "N }. Options are those of net:predict, too: with dropout the mean over the draws is measured."):format(what),
    options = {
      { "metrics", "table", help = "by name, { ssim = ln.metric.ssim{} }, as of ln.fit; by default psnr and ssim" },
      { "batch", "integer", default = 32, min = 1, help = "images that are predicted at a time" },
    },
    errors = "As net:predict; input and target of different numbers of images; a metric that fails, by its name.",
    example = ("print(%s:evaluate(noisy, clean).ssim)"):format(variable),
  }
  table.move(predict.options, 1, #predict.options, #page.options + 1, page.options)
  return page
end

-- What a batch adds to the sums.
local function add_batch(sums, list, model, x, t, o)
  local y = ends.of(model:predict(x, o))
  metrics.add(sums, list, y, t)
end

local function check_counts(page, what, value)
  for i, t in ends.each(value) do
    if #t ~= #value then errors.raise("%s: %s 1 has %d images, %s %d has %d", page.name, what, #value, what, i, #t) end
  end
end

local function check_ends(page, input, target, model)
  input, target = options.images_of(input), options.images_of(target)
  options.argument(page.name, "the input", { "tensor", "tensors" }, input)
  options.argument(page.name, "the target", { "tensor", "tensors" }, target)
  local x, t = ends.of(input), ends.of(target)
  if ends.count(x) ~= model.inputs or ends.count(t) ~= model.outputs then
    errors.raise("%s: expected %d input and %d target, got %d and %d", page.name, model.inputs, model.outputs,
      ends.count(x), ends.count(t))
  elseif #x ~= #t or #x == 0 then
    errors.raise("%s: input has %d images, target %d", page.name, #x, #t)
  end
  check_counts(page, "input", x)
  check_counts(page, "target", t)
  return x, t
end

local function evaluator(page)
  return function(model, input, target, given)
    local o = options.read(page, given)
    local x, t = check_ends(page, input, target, model)
    local list = metrics.list(o.metrics or { psnr = core.metric.psnr{}, ssim = core.metric.ssim{} }, model.outputs,
      page.name)
    local how, sums = { mirror = o.mirror, dropout = o.dropout, seed = o.seed }, {}
    for first = 1, #x, o.batch do
      local count = math.min(o.batch, #x - first + 1)
      errors.within("", add_batch, sums, list, model, x:narrow(1, first, count), t:narrow(1, first, count), how)
    end
    local entry = { images = #x }
    metrics.means(entry, list, sums, #x)
    return entry
  end
end

local function add(methods, variable, what, is)
  local page = page_of(variable, what)
  local run = evaluator(page)
  methods.evaluate = docs.add(function(model, ...)
    if not is(model) then
      errors.raise("%s: called on %s, expected %s", page.name, options.text(model), what:match("^e") and "an " .. what
        or "a " .. what)
    end
    return run(model, ...)
  end, page)
end

add(core.methods.network, "net", "network", options.is_network)
add(ensemble.methods, "ensemble", "ensemble", ensemble.is)
