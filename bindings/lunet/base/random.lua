-- Random order that depends on a seed alone and leaves Lua's own generator untouched.
local random = {}

-- SplitMix64 (Steele, Lea, Flood 2014): the next state, and 63 random bits.
local function splitmix(state)
  state = state + 0x9E3779B97F4A7C15
  local z = state
  z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
  z = (z ~ (z >> 27)) * 0x94D049BB133111EB
  return state, (z ~ (z >> 31)) >> 1
end

-- 1 .. n in random order (Fisher-Yates).
function random.permutation(n, seed)
  local order, state = {}, seed
  for i = 1, n do order[i] = i end
  for i = n, 2, -1 do
    local bits
    state, bits = splitmix(state)
    local j = bits % i + 1
    order[i], order[j] = order[j], order[i]
  end
  return order
end

-- A seed for one purpose, numbered, of a run with the given seed.
function random.derive(seed, number)
  local state = splitmix(seed ~ (number << 32))
  local _, bits = splitmix(state)
  return bits
end

return random
