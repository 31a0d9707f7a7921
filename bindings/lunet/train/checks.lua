-- What is checked before a training run starts, so that no mistake shows up only after an hour or, worse, not at all.
local ends = require "lunet.ends"
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
function checks.finite(what, value)
  for i, t in ends.each(value) do
    local number = t:nonfinite()
    if number then
      local found = t:reshape{ -1 }[number]
      errors.raise("fit: the %s has %s at %s", ends.name(what, value, i), found ~= found and "NaN" or "infinity",
        place(t, number))
    end
  end
end

local function check_batches(what, value)
  for i, t in ends.each(value) do
    if #t.shape < 2 then
      errors.raise("fit: the %s must be a batch, N,C,H,W or N,F; it %s", ends.name(what, value, i),
        #t.shape == 0 and "is a single number" or "has the shape " .. shapes.text(t.shape))
    end
  end
end

local function check_pairs(what, input, target)
  check_batches(what, input)
  for i, t in ends.each(input) do
    local name = ends.name(what, input, i)
    if #t ~= #target then
      errors.raise("fit: %d images as %s, but %d as its target; they are paired by number", #t, name, #target)
    end
  end
end

-- The shapes of a network's inputs or outputs, as a list of several.
local function shape_at(shape, value, i)
  return ends.are_several(value) and shape[i] or shape
end

-- Images to validate on are of the same shape as those to train on.
function checks.validation(net, input)
  for i, t in ends.each(input) do
    local shape, wanted = shapes.of_sample(t), shape_at(net.input_shape, input, i)
    if not shapes.same(wanted, shape) then
      errors.raise("fit: the validation images are %s, but those to train on %s%s", shapes.text(shape),
        shapes.text(wanted), ends.are_several(input) and (" (input %d)"):format(i) or "")
    end
  end
end

-- "1x64x64", or of several inputs "1x64x64 and 3"
local function images_text(net)
  if net.inputs == 1 then return shapes.text(net.input_shape) end
  local texts = {}
  for i, shape in ipairs(net.input_shape) do texts[i] = shapes.text(shape) end
  return table.concat(texts, " and ")
end

-- targets: what they are called in the message.
function checks.output(net, target, targets)
  for i, t in ends.each(target) do
    local given, wanted = shape_at(net.output_shape, target, i), shapes.of_sample(t)
    if not shapes.same(given, wanted) then
      local same = net.inputs == 1 and shapes.same(net.input_shape, wanted) and #wanted == 3 and given[1] == wanted[1]
      local several = ends.are_several(target)
      errors.raise("fit: for images of %s the network gives %s%s, but the %s%s are %s%s", images_text(net),
        shapes.text(given), several and (" as output %d"):format(i) or "", targets,
        several and (" %d"):format(i) or "", shapes.text(wanted),
        same and "; a pooling drops the rows and columns that its stride does not divide" or "")
    end
  end
end

local function check_number(value, wanted, what, ending)
  local n = ends.count(value)
  if n == wanted then return end
  errors.raise("fit: the network has %d %s%s, but there %s %d %s; give %s", wanted, ending, wanted == 1 and "" or "s",
    n == 1 and "is" or "are", n, n == 1 and what or what .. "s",
    wanted == 1 and "a tensor" or ("a list of %d tensors"):format(wanted))
end

-- One tensor for each input and output. prefix: "" or "validation ".
function checks.ends(net, input, target, prefix)
  check_number(input, net.inputs, prefix .. "input", "input")
  check_number(target, net.outputs, prefix .. "target", "output")
end

-- Images that go together and hold finite numbers only; input may be a noise, which makes its own.
function checks.images(what, input, target)
  local target_name = what == "input" and "target" or what .. " target"
  check_batches(target_name, target)
  if #target == 0 then errors.raise("fit: there are no images in the %s", what == "input" and "target" or what) end
  for i, t in ends.each(target) do
    if #t ~= #target then
      errors.raise("fit: %d images as %s 1, but %d as %s %d; they are paired by number", #target, target_name, #t,
        target_name, i)
    end
  end
  if options.is_tensor(input) or ends.are_several(input) then
    check_pairs(what, input, target)
    checks.finite(what, input)
  end
  checks.finite(target_name, target)
end

return checks
