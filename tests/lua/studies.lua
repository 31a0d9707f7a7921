-- The studies past the paper in tiny forms: a table and a page each, and nothing left to do the second time.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test = support.test

local scripts = (arg[0]:match("^.*/") or "./") .. "../../scripts/paper/"

-- Minutes under the sanitizers, in layers and filters that have tests of their own.
local function skip(name) support.skip(name, "sanitized") end
local long_test = os.getenv("LUNET_SANITIZED") and skip or test

local function has(text, parts)
  for _, part in ipairs(parts) do assert(text:find(part, 1, true), ("%q is missing in:\n%s"):format(part, text)) end
end

local function run(name, options)
  local said, status = support.run(("'%s%s.lua' %s"):format(scripts, name, options))
  assert(status == 0, said)
  return said
end

-- A folder of n phantoms of so many pixels.
local function folder_of(n, size, seed)
  local folder = support.folder()
  local images = ln.data.phantom{ n, size = { size, size }, seed = seed }.images
  for i = 1, n do ln.image.save(images[i], ("%s/mdb%03d.png"):format(folder, i)) end
  return folder
end

-- What each says, beside the options that it needs.
local studies = {
  { "section3", { "principal components", "three levels at once", "noisy image denoised" } },
  { "better", { "the paper's network", "BM3D, tuned", "best above it" } },
  { "ablation", { "no SSIM", "differences from 'best'" } },
  { "sample_size", { "the paper's network", "NL means, tuned", "median, tuned" } },
  { "generalise", { "trained", "0.05 to 0.5", "largest" } },
  { "sources", { " + phantoms", " + photographs", "on phantoms" }, photos = true },
  { "preprocess", { "Anscombe, BM3D", "BM3D and noisy", "less none" } },
  { "pretrain", { "from scratch, steps of both", "phantoms first", "photographs first" }, photos = true },
  { "full_size", { "best, trained on 64x64 parts", "wavelets, tuned", "tiles less the whole", "holds" }, full = true },
}

for _, study in ipairs(studies) do
  long_test(study[1] .. ": a table and a page, and nothing left to do the second time", function()
    local data <close> = folder_of(14, 64, 1)
    local large <close> = folder_of(3, 150, 2)
    local out <close> = support.folder()
    local options = ("--quick --images 12 --steps 2 --mmm '%s' --out '%s/a'"):format(data, out)
    if study.photos then options = ("%s --photos '%s'"):format(options, large) end
    if study.full then options = ("%s --full '%s'"):format(options, large) end
    has(run(study[1], options), study[2])
    assert(#support.read(out.path .. "/a/report.html") > 5000)
    local again = run(study[1], options)
    has(again, study[2])
    assert(not again:find(study[1]:gsub("_", "-") .. ": ", 1, true), again)
  end)
end

test("studies: without photographs a row says so; help", function()
  local photographs = "/usr/share/backgrounds/mate/nature"
  if not ln.file.exists(photographs) and not ln.file.exists("/usr/share/wallpapers") then
    local data <close> = folder_of(14, 64, 1)
    local out <close> = support.folder()
    has(run("sources", ("--quick --images 12 --steps 1 --mmm '%s' --out '%s/a'"):format(data, out)),
      { " + photographs", "not run", "install Debian's mate-backgrounds" })
  end
  for _, study in ipairs(studies) do
    local said = run(study[1], "--help")
    has(said, { "--mmm DIR", "--steps N", "--quick" })
    for line in said:gmatch("[^\n]+") do assert(#line <= 80 or line:find("usage", 1, true), line) end
  end
end)

test("full size: which images are tested, and which may train", function()
  package.path = scripts:gsub("scripts/paper/$", "?.lua;") .. package.path
  local full_size, data = require "scripts.paper.full_size", require "scripts.paper.data"
  local large <close> = folder_of(12, 100, 1)
  local small <close> = folder_of(12, 64, 1)
  local images = full_size.prepare({ mmm = large.path }, data.load{ mmm = large.path })
  assert(table.concat(images.test.names, " ") == "mdb001 mdb004 mdb007 mdb010")
  assert(table.concat(images.large.names, " ") == "mdb005 mdb006 mdb011 mdb012", "the other breasts")
  assert(#images.small == 4 and images.crop == 100 and images.shown == 100)
  -- small ones of the same names: of the folder itself those that may train, and the others of --mmm
  local few <close> = support.folder()
  for i, size in ipairs{ 64, 200, 150 } do
    ln.image.save(ln.data.phantom{ 1, size = size }.images[1], ("%s/mdb%03d.png"):format(few, 2 * i))
  end
  local mixed = full_size.prepare({ mmm = small.path, full = few.path }, data.load{ mmm = small.path })
  assert(table.concat(mixed.test.names, " ") == "mdb002" and #mixed.large == 2 and #mixed.small == 2 + 8)
  assert(mixed.shown == 64 and mixed.crop == 128 and mixed.identity ~= images.identity)
  local none, why = full_size.prepare({ mmm = small.path }, data.load{ mmm = small.path })
  assert(none and none.label:find("head MRI") or why:find("--full DIR", 1, true))
end)

test("a study that lacks its images says so, and the others go on", function()
  local study = require "scripts.paper.study"
  local shown = { run = function() return 7 end, show = function(page, results) page:text("got " .. results) end }
  local lacking = { prepare = function() return nil, "there are no images" end }
  local page = ln.report{ title = "T" }
  local out <close> = support.folder()
  for _, this in ipairs{ lacking, shown } do
    study.add(page, study.prepare(this, { out = out.path }, {}), "A question")
  end
  has(page:html(), { "Not run: there are no images.", "got 7" })
  assert(table.concat(study.counts({ 10, 50, 200 }, 120), " ") == "10 50 120")
  assert(table.concat(study.counts({ 10, 50, 200 }, 200), " ") == "10 50 200")
  assert(table.concat(study.counts({ 10 }, 8), " ") == "8")
end)

test("bad input", function()
  local few <close> = folder_of(2, 64, 1)
  local data <close> = folder_of(14, 64, 1)
  local function refused(name, options, text)
    local said, status = support.run(("'%s%s.lua' %s"):format(scripts, name, options))
    assert(status == 1 and said:find(text, 1, true) and not said:find("traceback", 1, true), said)
  end
  local out <close> = support.folder()
  refused("full_size", ("--quick --mmm '%s' --full '%s' --out '%s/a'"):format(data, few, out),
    "full_size: too few images of")
  local tiny <close> = folder_of(4, 50, 1)
  refused("full_size", ("--quick --mmm '%s' --full '%s' --out '%s/a'"):format(data, tiny, out), "'mdb001'")
  refused("pretrain", "--seeds 0", "pretrain: --seeds must be an integer of at least 1, got '0'")
  refused("ablation", "--p 2", "ablation: --p must be")
  refused("sources", ("--quick --photos /none/such --mmm '%s' --out '%s/b'"):format(data, out), "/none/such")
end)

support.done()
