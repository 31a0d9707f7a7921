-- How the weights of a multi-column network (models/multi_column.lua) are found: Agostinelli, Anderson, Lee, NIPS 2013.
--
-- For patches that each have been denoised by all C columns, Y, and the clean patch y, the best weights s are
--   the least of |Y s - y|^2 / 2 + lambda / 2 |s|^2, where 0 <= s_c <= 1 and 1 - delta <= sum s <= 1 + delta.
-- A network of radial basis functions learns to predict them from the columns' activations: its centres by k-means
-- (Lloyd), one width, the root of the mean squared distance to the nearest centre, and its outputs by least squares.
local ln = require "lunet"

local columns = {}

local delta, lambda = 0.05, 1e-3 -- of the quadratic program
local halvings, fista_steps = 40, 300
local lloyd_steps = 10

-- ---- The quadratic program ----

-- The nearest weights, N,C, that the constraints allow: those shifted by a number each, found by halving, and clipped.
local function allowed(s)
  local function clipped(shift) return (s - shift):clamp(0, 1) end
  local wanted = clipped(0):sum(2):unsqueeze(2):clamp(1 - delta, 1 + delta)
  local low, high = s:min(2):unsqueeze(2) - 1, (s:max(2):unsqueeze(2))
  for _ = 1, halvings do
    local middle = (low + high) / 2
    local above = clipped(middle):sum(2):unsqueeze(2):gt(wanted)
    low, high = ln.where(above, middle, low), ln.where(above, high, middle)
  end
  return clipped((low + high) / 2)
end

-- The best weights N,C for outputs N,C,F and clean patches N,F, by accelerated projected gradients (FISTA).
function columns.best(outputs, clean)
  local n, count = #clean, outputs.shape[2]
  local products = outputs:matmul(outputs:transpose(2, 3)) + ln.eye(count) * lambda
  local wanted = outputs:matmul(clean:unsqueeze(3)):squeeze(3)
  local step = 1 / (products * ln.eye(count)):sum({ 2, 3 }):reshape{ n, 1 } -- the trace is no less than any eigenvalue
  local s = ln.full({ n, count }, 1 / count)
  local ahead, momentum = s, 1
  for _ = 1, fista_steps do
    local gradient = products:matmul(ahead:unsqueeze(3)):squeeze(3) - wanted
    local moved, more = allowed(ahead - gradient * step), (1 + math.sqrt(1 + 4 * momentum ^ 2)) / 2
    ahead = moved + (moved - s) * ((momentum - 1) / more)
    s, momentum = moved, more
  end
  return s
end

-- ---- The predictor ----

local function squared_distances(x, centres)
  return (x * x):sum(2):reshape{ -1, 1 } + (centres * centres):sum(2):reshape{ 1, -1 }
    - x:matmul(centres:transpose(1, 2)) * 2
end

-- k-means from randomly chosen rows of x.
local function centres_of(x, units, seed)
  local centres = x:take(ln.randperm(#x, seed):narrow(1, 1, units):totable())
  for _ = 1, lloyd_steps do
    local nearest = squared_distances(x, centres):argmin(2)
    local member = ln.arange(units):reshape{ 1, -1 }:eq(nearest:reshape{ -1, 1 })
    local count = member:sum(1):reshape{ -1, 1 }
    local means = member:transpose(1, 2):matmul(x) / count:clamp(1, math.huge)
    centres = ln.where(count:gt(0), means, centres)
  end
  local distance = squared_distances(x, centres):min(2)
  return centres, distance:clamp(0, math.huge):mean()
end

-- Sets the network's radial and weights layers: features N,F, the best weights N,C.
function columns.fit_predictor(net, features, best, seed)
  local units = #net:get("radial.bias")
  local centres, width = centres_of(features, units, seed)
  net:set("radial.weight", ln.concat({ centres / width, ln.full(centres.shape, -0.5 / width) }, 2))
  net:set("radial.bias", (centres * centres):sum(2) * (-0.5 / width))
  local radial = (squared_distances(features, centres) * (-0.5 / width)):exp()
  local solved = ln.concat({ radial, ln.ones{ #features, 1 } }, 2):lstsq(best)
  net:set("weights.weight", solved:narrow(1, 1, units):transpose(1, 2))
  net:set("weights.bias", solved[units + 1])
end

-- ---- The network ----

-- Puts a trained ln.models.ssda into column number c.
function columns.put(net, c, ssda)
  for _, layer in ipairs(ssda:layers()) do
    for _, kind in ipairs(layer.type == "dense" and { "weight", "bias" } or {}) do
      net:set(("c%d_%s.%s"):format(c, layer.name, kind), ssda:get(("%s.%s"):format(layer.name, kind)))
    end
  end
end

-- What the columns give for patches: N,C,F; and the activations of their hidden layers, N,F'.
function columns.activations(net, patches)
  local outputs, hidden = {}, {}
  for _, layer in ipairs(net:layers()) do
    if layer.name:find("^c%d+_decode_1$") then outputs[#outputs + 1] = net:activations(patches, layer.name)
    elseif layer.name:find("^c%d+_") then hidden[#hidden + 1] = net:activations(patches, layer.name) end
  end
  return ln.stack(outputs, 2), ln.concat(hidden, 2)
end

return columns
