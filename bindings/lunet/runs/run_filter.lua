-- Which runs, in which order: "net=unet ssim>0.9", sorted by "-ssim".
local core = require "lunet.core"
local errors = require "lunet.errors"
local run_class = require "lunet.run"

local run_filter = {}

-- ---- What a value must be ----

local function ordered(a, b, operator)
  if operator == "<" then return a < b end
  if operator == "<=" then return a <= b end
  if operator == ">" then return a > b end
  return a >= b
end

-- As numbers where both are; else as text, whole, with * and ? in what is wanted.
local function equal(value, term)
  if term.number and type(value) == "number" then return value == term.number end
  return core.glob(term.wanted, tostring(value))
end

local function holds(value, term)
  if term.operator == "=" or term.operator == "!=" then return equal(value, term) end
  if term.operator == "~" then return tostring(value):find(term.wanted, 1, true) ~= nil end
  if type(value) == "number" then return term.number ~= nil and ordered(value, term.number, term.operator) end
  return type(value) == "string" and not term.number and ordered(value, term.wanted, term.operator)
end

-- ---- Terms: a name, an operator, a value ----

local operators = { "<=", ">=", "!=", "~=", "==", "=", "<", ">", "~" } -- the longer ones first

-- "net=unet" as { name =, operator =, wanted =, number = }; nil if it is no such term.
local function parse_term(text)
  local name, rest = text:match("^([%w_][%w_.-]*)%s*([=<>!~].*)$")
  for _, operator in ipairs(name and operators or {}) do
    if rest:sub(1, #operator) == operator then
      local wanted = rest:sub(#operator + 1):match("^%s*(.-)%s*$")
      if operator == "~=" then operator = "!=" elseif operator == "==" then operator = "=" end
      local term = { name = name, operator = operator, wanted = wanted, number = tonumber(wanted) }
      function term.accepts(value) return holds(value, term) end
      return term
    end
  end
end

-- The terms of a text. Blanks part them where a new one begins: "loss=mse{ 0.1 } ssim>0.9" has two.
function run_filter.parse(text)
  local terms, pending = {}, nil
  for word in text:gmatch("%S+") do
    if parse_term(word) or not pending then
      if pending then terms[#terms + 1] = pending end
      pending = word
    else
      pending = pending .. " " .. word
    end
  end
  terms[#terms + 1] = pending
  for i, term in ipairs(terms) do
    terms[i] = parse_term(term) or errors.raise("runs: '%s' is no filter; filters are as net=unet, 'ssim>0.9', "
      .. "name=cnn*, 'loss~mse', status!=finished", term)
  end
  return terms
end

-- Whether a run is one of them: any of the values that the name may stand for is; for != none.
function run_filter.matches(run, term)
  return run_class.any(run, term.name, term.accepts) == (term.operator ~= "!=")
end

-- ---- Order ----

local function key_of(run, name)
  local value = run:value(name)
  if type(value) == "boolean" then return tostring(value) end
  if value ~= value then return nil end
  return value
end

-- In place, by a value; "-ssim" the largest first. Runs without it come last, equal ones stay in their order.
function run_filter.sort(runs, by)
  local down, name = by:match("^(%-?)(.+)$")
  down = down == "-"
  local keys, place = {}, {}
  for i, run in ipairs(runs) do keys[run], place[run] = key_of(run, name), i end
  table.sort(runs, function(a, b)
    local x, y = keys[a], keys[b]
    if x == nil or y == nil or x == y then
      if (x == nil) ~= (y == nil) then return y == nil end
      return place[a] < place[b]
    end
    if type(x) ~= type(y) then return type(x) == "number" end
    if down then return x > y end
    return x < y
  end)
end

-- Raise for a name that no run has.
function run_filter.check_name(runs, name)
  local names, known = {}, {}
  for _, run in ipairs(runs) do
    if run:value(name) ~= nil then return end
  end
  for _, run in ipairs(runs) do
    for one in pairs(run:values()) do
      one = one:gsub("^result%.", ""):gsub("^options%.", "")
      if not known[one] then names[#names + 1], known[one] = one, true end
    end
  end
  table.sort(names)
  if #runs > 0 then errors.raise("runs: no run has '%s'%s", name, errors.suggestion(name, names)) end
end

return run_filter
