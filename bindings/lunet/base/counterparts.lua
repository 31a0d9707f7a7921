-- What NumPy and PyTorch call what is here: ln.help("numpy"), ln.help("np.clip"), and hints for names from there.
-- Functions say it where they are bound (bindings/base/function.h), or in their page; what is no function stands below.
local docs = require "lunet.docs"

local counterparts = {}

-- { NumPy, PyTorch, here }
local notations = {
  { "x[2]", "x[2]", "t[3]" },
  { "x[-1]", "x[-1]", "t[-1]" },
  { "x[1:4]", "x[1:4]", "t[{ { 2, 4 } }]" },
  { "x[:, ::2]", "x[:, ::2]", "t[{ {}, { 1, -1, 2 } }]" },
  { "x[mask]", "x[mask]", "t[mask], mask = t:gt(0)" },
  { "x[[2, 0]]", "x[[2, 0]]", "t:take{ 3, 1 }, t[index]" },
  { "x[:, [2, 0]]", "x[:, [2, 0]]", "t[{ {}, { { 3, 1 } } }]" },
  { "x[:, None]", "x[:, None]", "t:unsqueeze(2)" },
  { "x[x < 0] = 0", "x[x < 0] = 0", "t[t:lt(0)] = 0" },
  { "x > y", "x > y", "t:gt(u)" },
  { "a & b, a | b, ~a", "a & b, a | b, ~a", "a:land(b), a:lor(b), a:lnot()" },
  { "x @ y", "x @ y", "t:matmul(u)" },
  { "x.T", "x.T, x.mT", "t:transpose(1, 2)" },
  { "len(x)", "len(x)", "#t" },
  { "x.tolist()", "x.tolist()", "t:totable()" },
  { "axis=0, keepdims=True", "dim=0, keepdim=True", "(1, true)" },
}

-- The first of several names: "np.max, np.amax" -> "np.max".
local function first(names)
  return names and names:match("^[^,]+") or ""
end

-- Rows { NumPy, PyTorch, here }, in the order of NumPy's names, those that only PyTorch has at the end.
function counterparts.functions()
  local rows = {}
  for _, page in ipairs(docs.all()) do
    if page.numpy or page.torch then rows[#rows + 1] = { page.numpy or "", page.torch or "", docs.title(page) } end
  end
  local function key(row) return (row[1] == "" and "~" .. row[2] or row[1]) .. "\0" .. row[3] end
  table.sort(rows, function(a, b) return key(a) < key(b) end)
  return rows
end

function counterparts.notations()
  return notations
end

-- The titles of what is called so there, "np.clip" or "clip": a list.
function counterparts.find(name)
  local found = {}
  for _, row in ipairs(counterparts.functions()) do
    local names = (row[1] .. "," .. row[2] .. ","):gsub("%s+", "")
    for one in names:gmatch("([^,]+),") do
      if one == name or one:match("[^.]+$") == name then
        found[#found + 1] = row[3]
        break
      end
    end
  end
  return found
end

-- "; NumPy's np.clip is t:clamp here", or nil.
function counterparts.hint(name)
  local wanted = "." .. tostring(name)
  for _, row in ipairs(counterparts.functions()) do
    for _, whose in ipairs{ { "NumPy", row[1] }, { "PyTorch", row[2] } } do
      for one in whose[2]:gmatch("[^,%s]+") do
        if one:sub(-#wanted) == wanted then return ("; %s's %s is %s here"):format(whose[1], one, row[3]) end
      end
    end
  end
end

-- The page of ln.help("numpy").
function counterparts.page()
  local out = { "What NumPy and PyTorch call what is here. Dimensions and positions count from",
    "1, ranges include their end; everything is float32.", "", ("%-24s %-24s %s"):format("NumPy", "PyTorch", "lunet") }
  local function add(rows)
    for _, row in ipairs(rows) do
      out[#out + 1] = ("%-24s %-24s %s"):format(first(row[1]), first(row[2]), row[3])
    end
  end
  for _, row in ipairs(notations) do
    out[#out + 1] = ("%-24s %-24s %s"):format(row[1], row[2], row[3])
  end
  out[#out + 1] = ""
  add(counterparts.functions())
  return table.concat(out, "\n")
end

return counterparts
