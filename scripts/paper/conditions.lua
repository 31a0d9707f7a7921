-- How the paper corrupts images: x + p n on every pixel of all images at once, not clipped, drawn once. Table I, and
-- sd = 10, which its Table IV has and Table I has not.
local ln = require "lunet"

local conditions = {}

-- table_1: whether Table I lists it.
conditions.list = {
  { name = "p0.1", text = "Gaussian, p = 0.1, sd = 1", kind = "gaussian", p = 0.1, sd = 1, table_1 = true },
  { name = "p0.5", text = "Gaussian, p = 0.5, sd = 1", kind = "gaussian", p = 0.5, sd = 1, table_1 = true },
  { name = "sd2", text = "Gaussian, p = 0.2, sd = 2", kind = "gaussian", p = 0.2, sd = 2, table_1 = true },
  { name = "sd5", text = "Gaussian, p = 0.2, sd = 5", kind = "gaussian", p = 0.2, sd = 5, table_1 = true },
  { name = "sd10", text = "Gaussian, p = 0.2, sd = 10", kind = "gaussian", p = 0.2, sd = 10, table_1 = false },
  { name = "lambda1", text = "Poisson, p = 0.2, lambda = 1", kind = "poisson", p = 0.2, lambda = 1, table_1 = true },
  { name = "lambda5", text = "Poisson, p = 0.2, lambda = 5", kind = "poisson", p = 0.2, lambda = 5, table_1 = true },
}

local by_name = {}
for _, condition in ipairs(conditions.list) do by_name[condition.name] = condition end

function conditions.find(name)
  return by_name[name] or error(("there is no condition '%s'"):format(tostring(name)), 2)
end

-- The noise of a condition. The same seed gives the same noise.
function conditions.noise(condition, seed)
  if condition.kind == "gaussian" then
    return ln.noise.gaussian{ p = condition.p, sd = condition.sd, clip = false, seed = seed }
  end
  return ln.noise.poisson{ p = condition.p, lambda = condition.lambda, clip = false, seed = seed }
end

-- Mean and standard deviation of what is added to a pixel: what a tuned filter may know.
function conditions.moments(condition)
  if condition.kind == "gaussian" then return 0, condition.p * condition.sd end
  return condition.p * condition.lambda, condition.p * math.sqrt(condition.lambda)
end

-- Table I, with what became of each row.
function conditions.table()
  local t = ln.table{ columns = { "noise", "in Table I", "mean added", "sd added" } }
  for _, condition in ipairs(conditions.list) do
    local mean, sd = conditions.moments(condition)
    t:add{ condition.text, condition.table_1 and "yes" or "no, but in Table IV", mean, sd }
  end
  return t
end

return conditions
