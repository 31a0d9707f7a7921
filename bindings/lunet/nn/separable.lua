-- ln.nn.separable_conv2d: a block of two layers, as a network that goes where a layer goes.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"

local pair = { "integer", "table" }
local sides = { "integer", "table", "string" }
local page = {
  name = "nn.separable_conv2d",
  usage = "ln.nn.separable_conv2d(options: options) -> network",
  doc = "A convolution in two steps, as Keras' SeparableConv2D: depthwise_conv2d without bias, every channel by "
    .. "itself, then conv2d with kernel 1, which mixes them. With 64 filters of 3x3 pixels on 64 channels it has an "
    .. "eighth of conv2d's weights. It is nn.sequential of these two and goes where a layer goes: as an entry of "
    .. "nn.sequential, or called on a node. Keras pads 'valid' unless told otherwise, here it is 'same'.",
  options = {
    { "filters", "integer", required = true, positional = 1, min = 1, help = "output channels" },
    { "kernel", pair, default = 3, help = "kernel size of the first step in pixels: a number or { height, width }" },
    { "depth_multiplier", "integer", default = 1, min = 1, help = "filters for each channel in the first step" },
    { "stride", pair, default = 1, help = "of the first step: a number or { height, width }" },
    { "padding", sides, default = "same", help = "of the first step: 'same', 'valid', a number, { height, width } or "
      .. "{ top, bottom, left, right }" },
    { "padding_mode", "string", default = "zeros", help = "what it is: 'zeros', 'reflect', 'replicate', 'circular'" },
    { "dilation", pair, default = 1, help = "of the first step: a number or { height, width }" },
    { "bias", "boolean", default = true, help = "add one number a filter, in the second step" },
    { "activation", "string", default = "linear", help = "applied to the result" },
    { "init", "string", default = "glorot_uniform", help = "initial weights of both steps; biases start at 0" },
  },
  errors = "What depthwise_conv2d and conv2d refuse, with their messages.",
  torch = "nn.Conv2d(c, c, 3, groups = c) and nn.Conv2d(c, n, 1)",
  example = [[
local net = ln.nn.sequential{ ln.nn.conv2d{ 16 },
  ln.nn.separable_conv2d{ 32, activation = "relu" } }
net:summary{ 1, 32, 32 }]],
}

local function steps(o)
  return core.nn.sequential{
    core.nn.depthwise_conv2d{
      kernel = o.kernel, depth_multiplier = o.depth_multiplier, stride = o.stride, padding = o.padding,
      padding_mode = o.padding_mode, dilation = o.dilation, bias = false, init = o.init,
    },
    core.nn.conv2d{ o.filters, kernel = 1, bias = o.bias, activation = o.activation, init = o.init },
  }
end

local function separable_conv2d(given)
  return errors.within("nn.separable_conv2d: ", steps, options.read(page, given))
end

core.nn.separable_conv2d = docs.add(separable_conv2d, page)
