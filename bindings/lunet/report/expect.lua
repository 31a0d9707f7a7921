-- ln.expect: numbers that a script declares, a paper's for one, beside those that it got. They are collected, printed
-- as a table when the script ends, and one that does not hold makes the exit status 1.
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local results = require "lunet.table"

local expect = {}

local declared, told, failed = {}, 0, 0

-- The fewest decimals that say all of a number, up to 6.
local function decimals_of(x)
  if x ~= x or math.abs(x) == math.huge then return 0 end
  for decimals = 0, 5 do
    if math.abs(tonumber(("%." .. decimals .. "f"):format(x)) - x) <= 1e-12 * math.abs(x) then return decimals end
  end
  return 6
end

-- What was got, and how far it is off, with one digit more than what was declared.
local function number_cell(x, decimals, sign)
  if x ~= x then return { value = x, text = "nan" } end
  if math.abs(x) == math.huge then return { value = x, text = x > 0 and "inf" or "-inf" } end
  local large = math.abs(x) >= 1e9
  return { value = x, text = (large and "%.6g" or "%" .. sign .. "." .. decimals .. "f"):format(x) }
end

-- How far off it may be; of a least number, below it.
local function within_cell(entry)
  local cell = number_cell(entry.within, decimals_of(entry.within), "")
  if entry.at_least then cell.text = entry.within == 0 and "or more" or "-" .. cell.text .. " or more" end
  return cell
end

local function row_of(entry)
  local exact = math.max(decimals_of(entry.paper), decimals_of(entry.within))
  local close = exact + (entry.at_least and 2 or 1)
  if entry.within == 0 and not entry.at_least then close = math.max(exact, decimals_of(entry.got)) end
  return { entry.what, number_cell(entry.paper, decimals_of(entry.paper), ""), number_cell(entry.got, close, ""),
    number_cell(entry.got - entry.paper, close, "+"), within_cell(entry), entry.holds and "holds" or "FAILED" }
end

-- All that was declared so far, as a table.
local function table_of()
  local t = results{ columns = { "declared number", "paper", "got", "off by", "within", "" }, width = 80,
    note = ("%d of %d declared numbers hold"):format(#declared - failed, #declared) }
  for _, entry in ipairs(declared) do t:add(row_of(entry)) end
  return t
end

-- Print what was not told yet; returns whether all hold. The program calls this when the script has ended.
function expect.finish()
  if told < #declared then
    told = #declared
    print(table_of())
  end
  return failed == 0
end

-- os.exit tells, too, and does not report success where a number failed. Under a stock lua5.4, which knows nothing of
-- this, closing the state does it.
local watching = false
local function watch()
  if watching then return end
  watching = true
  local exit = os.exit
  os.exit = function(code, close) -- luacheck: ignore 122
    local holds = expect.finish()
    if not holds and (code == nil or code == true or code == 0) then code = false end
    exit(code, close)
  end
  if package.preload["lunet.program"] then return end
  expect.last = setmetatable({}, { __gc = function()
    if not expect.finish() then exit(false) end
  end })
end

local page = {
  name = "expect",
  usage = "ln.expect(options: options) -> boolean",
  doc = "Declares what a number should be, and returns whether it is. Declared numbers are collected and printed as a "
    .. "table when the script ends; where one failed, the program's exit status is 1. nan fails.",
  options = {
    { "what", "string", required = true, help = "which number: \"Table II, MMM, median\"" },
    { "paper", "number", required = true, help = "what it should be" },
    { "got", { "number", "tensor" }, required = true, help = "what it is; a tensor of one element" },
    { "within", "number", default = 0, min = 0, help = "how far off it may be" },
    { "at_least", "boolean", default = false, help = "whether more than that is fine, too" },
  },
  errors = "A declared number that is not finite.",
  example = [[
ln.expect{ what = "Table II, MMM, median", paper = 0.73, got = 0.7312,
  within = 0.01 }]],
}

-- The options, checked. nan, which options never are, may have been got.
local function read(given)
  local is_nan = type(given) == "table" and given.got ~= given.got
  local checked = is_nan and { got = 0 } or given
  for name, value in pairs(is_nan and given or {}) do checked[name] = checked[name] or value end
  local o = options.read(page, checked)
  if is_nan then o.got = 0 / 0 end
  if options.is_tensor(o.got) then o.got = errors.within("expect: option 'got': ", o.got.item, o.got) end
  for _, name in ipairs{ "paper", "within" } do
    if math.abs(o[name]) == math.huge then
      errors.raise("expect: option '%s' must be a finite number, got %s", name, o[name])
    end
  end
  return o
end

expect.expect = docs.add(function(given)
  local o = read(given)
  local slack = 1e-9 * math.max(math.abs(o.paper), o.within) -- 0.74 - 0.73 is more than 0.01 in binary
  local off = o.got - o.paper
  o.holds = (o.at_least and -off or math.abs(off)) <= o.within + slack
  declared[#declared + 1] = o
  if not o.holds then failed = failed + 1 end
  watch()
  return o.holds
end, page)

expect.expectations = docs.add(function()
  expect.finish()
  return failed == 0, table_of()
end, {
  name = "expectations",
  usage = "ln.expectations() -> boolean, results",
  doc = "Prints the declared numbers now, if any are new, and returns whether all of them hold and their table. The "
    .. "end of the script prints them again only if more are declared.",
  errors = "None.",
  example = [[
ln.expect{ what = "PSNR, noisy", paper = 20, got = 20.004, within = 0.01 }
local all_hold = ln.expectations()]],
})

return expect
