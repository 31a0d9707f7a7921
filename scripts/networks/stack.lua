-- Stacks of autoencoders (Vincent et al., 2010): levels { down = network, up = network } that are trained one by one,
-- each on what the levels below make of the images, and become one network. The levels are networks inside it, which
-- share their weights with it: nothing is copied.
local ln = require "lunet"
local nn = ln.nn

local stack = {}

-- fit(net, code, k) trains level k.
function stack.train(levels, images, fit)
  local code = images
  for k, level in ipairs(levels) do
    fit(nn.sequential{ level.down, level.up }, code, k)
    code = level.down:predict(code)
  end
end

-- All the way down and up again.
function stack.whole(levels)
  local parts = {}
  for k = 1, #levels do table.insert(parts, levels[k].down) end
  for k = #levels, 1, -1 do table.insert(parts, levels[k].up) end
  return nn.sequential(parts)
end

return stack
