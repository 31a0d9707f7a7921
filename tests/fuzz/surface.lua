-- Calls what is public in ways that the bytes of an input choose. Returns function(bytes, path): what came of the
-- calls.
local ln = require "lunet"
local core = require "lunet.core"
local nn = ln.nn

local MOST_CALLS, MOST_KEPT = 24, 48

-- Not called: what prints much, writes files, starts other programs, changes the process or differs from run to run.
local left_out = { help = true, print = true, write = true, make_dir = true, save = true, plot = true, threads = true,
  limits = true, time = true, mem = true, models = true, columns = true, is_tty = true, expect = true,
  expectations = true, record = true, report = true, sweep = true, ablation = true,
  show = true, browse = true, example = true, tour = true }

local function sorted(t)
  local keys = {}
  for key in pairs(t) do if type(key) == "string" then keys[#keys + 1] = key end end
  table.sort(keys)
  return keys
end

local function is_callable(value)
  local meta = debug.getmetatable(value)
  return type(value) == "function" or type(meta) == "table" and rawget(meta, "__call") ~= nil
end

-- Two epochs at most.
local function short_fit(net, given)
  if type(given) == "table" then
    local o = {}
    for key, value in pairs(given) do o[key] = value end
    if math.type(o.epochs) and o.epochs > 2 then o.epochs = 2 end
    o.progress = "none"
    given = o
  end
  return ln.fit(net, given)
end

-- Everything that can be called, in an order that does not depend on `pairs`.
local calls = {}
local function add_calls(t, depth)
  for _, key in ipairs(sorted(t)) do
    local value = t[key]
    if left_out[key] then goto continue end
    if value == ln.fit then value = short_fit end
    if is_callable(value) then calls[#calls + 1] = value end
    if type(value) == "table" and depth > 0 and not is_callable(value) then add_calls(value, depth - 1) end
    ::continue::
  end
end
add_calls(ln, 1)
for _, class in ipairs(sorted(core.methods)) do add_calls(core.methods[class], 0) end
for _, operator in ipairs{ function(a, b) return a + b end, function(a, b) return a * b end, function(a) return -a end,
  function(a) return #a end, function(a, b) return a[b] end, function(a, b, c) a[b] = c end, function(a, ...)
    return a(...) end, tostring, function(a, b) return a < b end, function(a) return a:free() end, function(a)
    local n = 0
    for _ in pairs(a) do n = n + 1 end
    return n
  end } do calls[#calls + 1] = operator end

-- The gradient of another call, by its first argument.
calls[#calls + 1] = function(t, which, ...)
  local call, rest = calls[math.type(which) == "integer" and which % #calls + 1 or 1], table.pack(...)
  return ln.grad(function(x)
    local y = call(x, table.unpack(rest, 1, rest.n))
    return core.describe(y):find("^a tensor") and (y * y):sum() or y
  end)(t)
end

-- Names of options, of items and of Lua functions.
local names = { "size", "train", "test", "group", "block", "seed", "columns", "gray", "method", "epochs", "batch",
  "input", "target", "loss", "optimizer", "inputs", "outputs", "validation", "net", "record", "shuffle" }
do
  local known = {}
  for _, kind in ipairs(core.kinds) do
    for _, item in ipairs(kind.types) do
      for _, param in ipairs(item.params) do
        if not known[param.name] then names[#names + 1] = param.name end
        known[param.name] = true
      end
    end
  end
end

local numbers = { 0, 1, 2, 3, 4, 5, 7, 8, 16, 33, -1, -2, 0.5, -0.25, 1.5, 1e-30, 1e300, -1e300, 0 / 0, 1 / 0, -1 / 0,
  1 << 40, 1 << 53, math.maxinteger, math.mininteger }
local words = { "", "same", "valid", "relu", "area", "reflect", "a.npy", "a.safetensors", "a\0b", "\27[2J",
  "conv2d_1.weight", ("x"):rep(300) }

local function first_values()
  local x = nn.input{ 1, 8, 8 }
  return {
    ln.rand({ 2, 1, 8, 8 }, 1), ln.rand({ 3, 4 }, 2), ln.rand({ 5 }, 3), ln.zeros{ 0, 3 }, ln.ones{ 1, 1, 1, 1 },
    ln.rand({ 2, 3, 5, 7 }, 4), ln.rand({ 3, 4 }, 6):gt(0.5), ln.tensor{ 2, 1, 2 }, ln.ones{ 4, 4 },
    nn.conv2d{ 2 }, nn.maxpool2d{ 2 }, nn.batch_norm{}, nn.dense{ 3 }, nn.upsample2d{ 2 },
    ln.loss.mse{}, ln.loss.custom(function(y, t) return (y - t):pow(2):mean() end), function(y) return y:sum() end,
    ln.optim.adam{}, ln.noise.gaussian{}, ln.metric.ssim{}, ln.filter.median{ 3 }, x,
    nn.conv2d{ 1 }(x), nn.sequential{ nn.conv2d{ 2, activation = "relu" }, nn.conv2d{ 1 } },
    ln.data.set(ln.rand({ 4, 1, 8, 8 }, 5)), ln.nn.conv2d, ln.filter.nlmeans, ln.rand({ 3, 4 }, 2):gt(0.5),
    ln.randperm(5, 1), { 3, 1, 1, 2 }, { { { 2, 1 } }, {} },
  }
end

return function(bytes, path)
  local at = 0
  local function byte()
    at = at + 1
    return bytes:byte(at) or 0
  end
  local kept, outcome = first_values(), {}
  kept[#kept + 1] = path

  local value
  local function list(depth)
    local t = {}
    for i = 1, byte() % 5 do t[i] = value(depth - 1) end
    for _ = 1, byte() % 4 do t[names[byte() % #names + 1]] = value(depth - 1) end
    return t
  end
  function value(depth)
    local kind = byte() % 16
    if kind < 7 then return kept[byte() % #kept + 1] end
    if kind < 11 then return numbers[byte() % #numbers + 1] end
    if kind == 11 then return words[byte() % #words + 1] end
    if kind == 12 then return byte() % 2 == 0 end
    if kind == 13 or depth <= 0 then return nil end
    return list(depth)
  end

  while at < #bytes and #outcome < MOST_CALLS do
    local call, arguments, n = calls[byte() % #calls + 1 + 256 * (byte() % 2)] or calls[1], {}, byte() % 5
    for i = 1, n do arguments[i] = value(3) end
    local results = table.pack(pcall(call, table.unpack(arguments, 1, n)))
    outcome[#outcome + 1] = results[1] and "done" or "error"
    for i = 2, results[1] and results.n or 1 do
      local place = #kept < MOST_KEPT and #kept + 1 or byte() % #kept + 1
      if results[i] ~= nil then kept[place] = results[i] end
    end
  end
  return table.concat(outcome, " ")
end
