-- What ln.compare returns: rows of numbers, and tables made from them.
local docs = require "lunet.docs"
local results = require "lunet.table"

local comparison = {}

local Comparison = {}
Comparison.__name = "lunet.comparison"

-- result.difference of a comparison of two is that of its only row; result.unet is the row of that name.
function Comparison:__index(key)
  if Comparison[key] then return Comparison[key] end
  local rows = rawget(self, "rows")
  for _, row in ipairs(rows) do
    if row.name == key then return row end
  end
  return #rows == 2 and rows[2][key] or nil
end

-- ---- Numbers as text ----

local function p_text(p)
  return (p > 0 and p < 1e-4 and "%.1e" or "%.4f"):format(p)
end

-- Decimals of differences: two digits of the narrowest interval, but no more than four of the largest difference.
local function decimals_of(rows)
  local narrowest, largest = math.huge, 0
  for _, row in ipairs(rows) do
    local half = row.low and (row.high - row.low) / 2 or 0
    if half > 0 then narrowest = math.min(narrowest, half) end
    largest = math.max(largest, math.abs(row.difference or 0))
  end
  local function after_point(digits, x)
    return x > 0 and x < math.huge and math.max(0, digits - 1 - math.floor(math.log(x, 10))) or 9
  end
  local decimals = math.min(after_point(2, narrowest), after_point(4, largest))
  return narrowest == math.huge and largest == 0 and 1 or decimals
end

-- "+0.195 [0.168, 0.222]"; in powers of ten where that is long, or an interval would be all zeros.
local function difference_cell(row, decimals)
  if not row.difference then return nil end
  local half, largest = (row.high - row.low) / 2, math.max(math.abs(row.low), math.abs(row.high))
  local general = half > 0 and half < 0.5 * 10 ^ -decimals or largest >= 1e6
  local digits = general and ".1e" or ("." .. decimals .. "f")
  local text = (row.difference == 0 and "%D [%D, %D]" or "%+D [%D, %D]"):gsub("D", digits)
  return { value = row.difference, text = text:format(row.difference, row.low, row.high) }
end

local function p_cell(p)
  return p and { value = p, text = p_text(p) }
end

local function effect_cell(effect)
  return effect and { value = effect, text = math.abs(effect) == math.huge and (effect > 0 and "inf" or "-inf")
    or ("%.2f"):format(effect) }
end

-- ---- What the numbers are ----

local function plural(n, noun)
  return ("%d %s%s"):format(n, noun, n == 1 and "" or "s")
end

-- "exact", "approx", "exact or approx": how Wilcoxon's p were found.
local function methods_of(rows)
  local found, list = {}, {}
  for i = 2, #rows do found[rows[i].wilcoxon.method] = true end
  for _, method in ipairs{ "exact", "approx", "sign test" } do
    if found[method] then list[#list + 1] = method == "sign test" and "the sign test where constant" or method end
  end
  return table.concat(list, ", ")
end

local function most_seeds(rows)
  local most = 1
  for _, row in ipairs(rows) do most = math.max(most, row.seeds) end
  return most
end

local effects = {
  dz = "dz: mean difference over its standard deviation.",
  rank_biserial = "r: rank-biserial correlation.",
}

local few = 20 -- of which BCa intervals cover 93 % instead of 95, and of ten 90: tests/bench/coverage.lua

local function note_of(self)
  local o, seeds, units = self.options, most_seeds(self.rows), self.groups and plural(self.groups, "group")
  local parts = { plural(self.images, "image"), units and " in " .. units or "",
    seeds > 1 and ", each the mean of up to " .. plural(seeds, "seed") or "",
    ("; differences from '%s', image by image, with %g %% intervals, "):format(self.baseline, 100 * o.level),
    o.interval == "t" and "Student's t" or ("BCa bootstrap (%d resamples, seed %d)"):format(o.resamples, o.seed),
    units and " over groups. " or ". ",
    ("p: two-sided%s, of Wilcoxon's signed ranks (%s) and of the signs%s. "):format(
      #self.rows > 2 and (", Holm's correction over %d rows"):format(#self.rows - 1) or "", methods_of(self.rows),
      units and ", of the groups' means" or ""),
    effects[o.effect] }
  if o.interval == "bca" and (self.groups or self.images) < few then
    parts[#parts + 1] = " Of so few, BCa intervals are too narrow: interval = \"t\" keeps its level."
  end
  if seeds > 1 then parts[#parts + 1] = " SD: of the mean, over seeds." end
  return table.concat(parts)
end

-- ---- Tables ----

-- The table as print shows it.
function Comparison:table()
  local o, decimals, spread = self.options, decimals_of(self.rows), most_seeds(self.rows) > 1
  local columns = { "method", o.value, ("difference [%g %%]"):format(100 * o.level), "p ranks", "p signs",
    o.effect == "dz" and "dz" or "r" }
  if spread then table.insert(columns, 3, "SD") end
  local t = results{ columns = columns, note = note_of(self), width = 80, best = o.best and { [o.value] = o.best },
    caption = o.caption, label = o.label }
  for _, row in ipairs(self.rows) do
    local cells = { row.name, row.mean }
    if spread and row.seed_sd then cells[3] = { value = row.seed_sd, text = ("%.2g"):format(row.seed_sd) } end
    cells[#columns - 3] = difference_cell(row, decimals)
    cells[#columns - 2], cells[#columns - 1] = p_cell(row.p_wilcoxon), p_cell(row.p_sign)
    cells[#columns] = effect_cell(row.effect and row.effect[o.effect])
    t:add(cells)
  end
  return t
end

-- All numbers, in columns of their own.
local function all_numbers(self)
  local t = results{ columns = { "row", "mean", "seeds", "seed_sd", "difference", "low", "high", "difference_seed_sd",
    "p_wilcoxon", "p_wilcoxon_holm", "wilcoxon_method", "p_sign", "p_sign_holm", "dz", "rank_biserial", "images",
    "groups" } }
  for _, row in ipairs(self.rows) do
    local wilcoxon, sign, effect = row.wilcoxon or {}, row.sign_test or {}, row.effect or {}
    t:add{ row.name, row.mean, row.seeds, row.seed_sd, row.difference, row.low, row.high, row.difference_seed_sd,
      wilcoxon.p, wilcoxon.p_holm, wilcoxon.method, sign.p, sign.p_holm, effect.dz, effect.rank_biserial, self.images,
      self.groups }
  end
  return t
end

function Comparison:__tostring() return tostring(self:table()) end
function Comparison:__len() return #self.rows end
function Comparison:text() return self:table():text() end
function Comparison:markdown(path) return self:table():markdown(path) end
function Comparison:latex(path) return self:table():latex(path) end
function Comparison:csv(path) return all_numbers(self):csv(path) end

docs.class(Comparison, {
  { "comparison:table() -> results", "The table that print shows, to add to or to write." },
  { "comparison:text() -> string", "What print shows, without bold type." },
  { "comparison:markdown(path?: string) -> string", "The table as Markdown text; with a path, written there.",
    "print(comparison:markdown())" },
  { "comparison:latex(path?: string) -> string", "The table as LaTeX text, for booktabs; with a path, written there.",
    "print(comparison:latex())" },
  { "comparison:csv(path?: string) -> string", "All numbers as CSV text, p with and without correction, a column each; "
    .. "with a path, written there.",
    "print(comparison:csv())" },
  { "comparison.rows -> table[]", "The baseline { name, mean, seeds, seed_sd } and the others, which also have "
    .. "{ difference, low, high, p_wilcoxon, p_sign (both corrected), effect = { dz, rank_biserial }, wilcoxon = { p, "
    .. "p_holm, method, ... }, sign_test = { p, p_holm, plus, minus, zeros }, constant, units, difference_seed_sd }. A "
    .. "row is also a field by its name; with one row beside the baseline its fields are the comparison's, too." },
  { "comparison.baseline -> string", "The name of the row that the others are compared with." },
  { "comparison.images -> integer", "How many images there are." },
  { "comparison.groups -> integer|nil", "How many groups these are in." },
  { "comparison.options -> table", "The options, with defaults." },
})

function comparison.new(fields)
  return setmetatable(fields, Comparison)
end

return comparison
