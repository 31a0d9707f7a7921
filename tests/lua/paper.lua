-- The paper's experiments in a tiny form: everything is there, and the same command goes on.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test = support.test

local script = (arg[0]:match("^.*/") or "./") .. "../../scripts/paper/all.lua"

-- A folder of n phantoms: names by a pattern, "mdb%03d".
local function folder_of(n, pattern, seed)
  local folder = support.folder()
  local images = ln.data.phantom{ n, size = { 64, 64 }, seed = seed }.images
  for i = 1, n do ln.image.save(images[i], ("%s/%s.png"):format(folder, pattern:format(i))) end
  return folder
end

local function run(options)
  return support.run(("'%s' %s"):format(script, options))
end

local function has(text, parts)
  for _, part in ipairs(parts) do assert(text:find(part, 1, true), ("%q is missing in:\n%s"):format(part, text)) end
end

-- Tuning every filter takes minutes under the sanitizers; tests/filter has them all.
local function skip(name) support.skip(name, "sanitized") end
local tiny_form = os.getenv("LUNET_SANITIZED") and skip or test
tiny_form("tables, figures, section III and a report; the second time nothing is left to do", function()
  local mmm <close> = folder_of(16, "mdb%03d", 1)
  local dx <close> = folder_of(16, "head%d", 2)
  local out <close> = support.folder()
  assert(os.execute(("mkdir '%s/heads' && mv '%s'/*.png '%s/heads'"):format(dx, dx, dx)))
  assert(os.execute(("mkdir '%s/MMM-like' && mv '%s'/*.png '%s/MMM-like'"):format(mmm, mmm, mmm)))
  local options = ("--mmm '%s/MMM-like' --dx '%s/heads' --quick --no-studies --epochs 1 --images 12 --out '%s/p'")
    :format(mmm, dx, out)
  local said, status = run(options)
  assert(status == 0, said)
  has(said, { "MMM-like: 16 images, where the paper had 322", "heads: names that are not the paper's",
    "A training step", "Table II, MMM", "Table II, heads", "Table III, images of both sets", "Table IV, Poisson",
    "NL means, tuned", "CNN DAE (a), smaller set", "three levels at once", "principal components",
    "Competitors, MMM", "Competitors, heads", "MLP on patches", "multi-column network", "Boltzmann machine, small",
    "online dictionary, tuned", "translation-invariant, tuned", "VisuShrink, tuned", "whole less inside",
    "CNN DAE (b), combined set less", "K-SVD and online dictionaries:", "of memory" })
  assert(not said:find("DX", 1, true), said)
  local page = support.read(out.path .. "/p/report.html")
  has(page, { "Figure 4.", "Figure 6.", "Figure 7.", "Figure 8.", "Figure 9.", "Figure 10.", "Figure 11.",
    "721 images", ">Options<", ">Environment<" })
  for _, name in ipairs{ "table2-1", "table2-2", "table3", "table4-sd10", "summary", "tests", "section3-basic",
    "competitors-1", "inside" } do
    for _, ending in ipairs{ ".md", ".csv", ".tex" } do
      assert(#support.read(("%s/p/tables/%s%s"):format(out, name, ending)) > 40, name .. ending)
    end
  end
  assert(ln.image.read(out.path .. "/p/figures/figure9.png").shape[2] > 7 * 64)
  for _, name in ipairs{ "figure7", "figure11" } do
    has(support.read(("%s/p/figures/%s.svg"):format(out, name)), { "<svg", "validation" })
  end
  local again = run(options)
  local function tables_of(text) return text:match("Table II, MMM.*Table IV, Poisson[^\n]*") end
  assert(tables_of(again) == tables_of(said))
  assert(said:find("paper-filters: MMM", 1, true) and not again:find("paper-filters: MMM", 1, true), again)
  assert(not again:find("section3: ", 1, true), again)
end)

test("principal angles: none within a span, right ones to what is outside", function()
  package.path = script:gsub("scripts/paper/all.lua$", "?.lua;") .. package.path
  local section3 = require "scripts.paper.section3"
  local a = ln.tensor{ { 1, 0 }, { 0, 1 }, { 0, 0 }, { 0, 0 } }
  local turned = ln.tensor{ { 1, 1 }, { 1, -1 }, { 0, 0 }, { 0, 0 } }
  for _, angle in ipairs(section3.principal_angles(a, turned)) do support.close(angle, 0, 0.05) end
  local other = ln.tensor{ { 1, 0 }, { 0, 0 }, { 0, 1 }, { 0, 1 } }
  local angles = section3.principal_angles(a, other)
  support.close(angles[1], 0, 0.05)
  support.close(angles[2], 90, 0.05)
end)

test("every filter competes, and is what it is without tuning in a short form", function()
  local filters = require "scripts.paper.filters"
  local known = {}
  for _, entry in ipairs(filters.tunable) do known[entry.type] = true end
  for name, kind in pairs(ln.filter) do assert(known[name] or type(kind) == "function", name) end
  local clean = ln.data.phantom{ 4, size = { 32, 32 }, seed = 1 }.images
  local noisy, ssim = ln.noise.gaussian{ p = 0.1, seed = 1 }(clean), ln.metric.ssim{}
  local only = { tv = true, gaussian = true }
  local short = filters.tuned(noisy, clean, { sigma = 0.1, quick = true, only = only })
  local long = filters.tuned(noisy, clean, { sigma = 0.1, only = only })
  assert(#short == 2 and #long == 2 and short[1].name == "tv" and short[2].text == "Gaussian, tuned")
  for i in ipairs(long) do
    assert(ssim(long[i].apply(noisy), clean) >= ssim(short[i].apply(noisy), clean), long[i].options)
  end
  local fewer = #filters.of("p0.5")
  assert(#filters.of("p0.1") == #filters.all and fewer < #filters.all and #filters.fast() < fewer)
  -- noise that is not centred: its mean is taken off
  local shifted = filters.tuned(noisy + 0.5, clean, { sigma = 0.1, mean = 0.5, only = { tv = true } })[1]
  support.close(ssim(shifted.apply(noisy + 0.5), clean), (ssim(long[1].apply(noisy), clean)), 1e-4)
end)

test("what results depend on is in a text: other grids, filters or sizes are other results", function()
  local filters, rivals = require "scripts.paper.filters", require "scripts.paper.rivals"
  local before, entry = filters.settings(), filters.all[1]
  has(before, { "{ nlmeans{ 3, patch_distance = 21", "{ bm3d, grid = { sigma = { 0.7, 1, 1.4, 2 } }, refine = 2 }",
    "tuned_on = 12" })
  local grid, on, paper = entry.grid, entry.on, filters.of_paper[2].filter
  local function changed() assert(filters.settings() ~= before) end
  entry.grid = function(sigma) return { sigma = { sigma } } end
  changed()
  entry.grid, entry.on = grid, 3
  changed()
  entry.on, filters.of_paper[2].filter = on, ln.filter.median{ 5 }
  changed()
  filters.of_paper[2].filter = paper
  assert(filters.settings() == before)
  has(rivals.settings(false), { "mlp = { epochs = 5, patches = 20000, units = 128 }" })
  assert(rivals.settings(true) ~= rivals.settings(false))
end)

test("splits: patients apart unless the paper's preset says otherwise", function()
  local data = require "scripts.paper.data"
  local folder <close> = folder_of(40, "mdb%03d", 3)
  local source = data.load{ mmm = folder.path }[1]
  assert(not source.is_paper and source.n_test == 10 and source.patients == "mini-MIAS, images 2k-1 and 2k")
  local function shared(o)
    local train, testing = data.split(source, source.set, o)
    return #ln.data.leakage(train, testing, { group = "pairs" }).groups
  end
  assert(shared{ seed = 1, preset = "gondara2016" } > 0)
  assert(shared{ seed = 1 } == 0)
  assert(shared{ seed = 1, preset = "gondara2016", by_patient = true } == 0)
end)

test("bad input", function()
  local folder <close> = folder_of(3, "a%d", 1)
  local function refused(options, text)
    local said, status = run(options)
    assert(status == 1 and said:find(text, 1, true) and not said:find("traceback", 1, true), said)
  end
  refused("--mmm /none/such", "/none/such")
  refused(("--mmm '%s' --out '%s/out'"):format(folder, folder), "too few images: 3 of at least 8")
  ln.image.save(ln.zeros{ 1, 9, 9 }, folder.path .. "/a1.pgm")
  for i = 4, 9 do ln.image.save(ln.rand{ 1, 9, 9 }, ("%s/a%d.png"):format(folder, i)) end
  refused(("--dx '%s' --out '%s/out'"):format(folder, folder), "has two files named 'a1'")
  os.remove(folder.path .. "/a1.pgm")
  refused(("--mmm '%s' --dx '%s' --out '%s/out'"):format(folder, folder, folder), "the two sets are the same images")
  support.write(folder.path .. "/a7.png", "no image")
  refused(("--mmm '%s' --out '%s/out'"):format(folder, folder), "a7.png'")
  refused("--seeds 0", "paper: --seeds must be an integer of at least 1, got '0'")
end)

support.done()
