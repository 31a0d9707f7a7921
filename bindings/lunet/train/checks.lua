-- What is checked before a training run starts, so that no mistake shows up only after an hour or, worse, not at all.
local errors = require "lunet.errors"
local options = require "lunet.options"
local shapes = require "lunet.shapes"

local checks = {}

-- The position of element `number` (1-based, in order) of t: "image 3, channel 1, row 17, column 4".
local function place(t, number)
  local shape, rest, at = t.shape, number - 1, {}
  for d = #shape, 1, -1 do
    at[d] = rest % shape[d] + 1
    rest = rest // shape[d]
  end
  local names = #shape == 4 and { "image", "channel", "row", "column" } or { "image", "feature" }
  local words = {}
  for d = 1, #shape do words[d] = ("%s %d"):format(names[d] or "index", at[d]) end
  return table.concat(words, ", ")
end

-- what: "input", "target", ...
function checks.finite(what, t)
  local number = t:nonfinite()
  if not number then return end
  local value = t:reshape{ -1 }[number]
  errors.raise("fit: the %s has %s at %s", what, value ~= value and "NaN" or "infinity", place(t, number))
end

function checks.pairs(what, input, target)
  if #input.shape < 2 then
    errors.raise("fit: the %s must be a batch, N,C,H,W or N,F; it has the shape %s", what, shapes.text(input.shape))
  elseif #input ~= #target then
    errors.raise("fit: %d images as %s, but %d as its target; they are paired by number", #input, what, #target)
  end
end

-- Images to validate on are of the same shape as those to train on.
function checks.validation(net, input)
  local shape = shapes.of_sample(input)
  if shapes.same(net.input_shape, shape) then return end
  errors.raise("fit: the validation images are %s, but those to train on %s", shapes.text(shape),
    shapes.text(net.input_shape))
end

-- targets: what they are called in the message.
function checks.output(net, target, targets)
  local given, wanted = net.output_shape, shapes.of_sample(target)
  if shapes.same(given, wanted) then return end
  local hint = shapes.same(net.input_shape, wanted) and #wanted == 3 and given[1] == wanted[1]
    and "; a pooling drops the rows and columns that its stride does not divide" or ""
  errors.raise("fit: for images of %s the network gives %s, but the %s are %s%s", shapes.text(net.input_shape),
    shapes.text(given), targets, shapes.text(wanted), hint)
end

-- Images that go together and hold finite numbers only; input may be a noise, which makes its own.
function checks.images(what, input, target)
  if #target == 0 then errors.raise("fit: there are no images in the %s", what == "input" and "target" or what) end
  if options.is_tensor(input) then
    checks.pairs(what, input, target)
    checks.finite(what, input)
  end
  checks.finite(what == "input" and "target" or what .. " target", target)
end

return checks
