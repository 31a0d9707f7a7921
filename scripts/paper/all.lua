-- The paper's experiments, Tables I to IV and figures 4 to 11 of Gondara (2016), with its numbers beside ours; its
-- competitors on the same images; and what its readers want to know next, the studies.
--
--   lunet scripts/paper/all.lua --mmm DIR --dx DIR     mini-MIAS mammograms, cephalograms: PGM, PNG, JPEG or BMP
--   lunet scripts/paper/all.lua                        slices of a head MRI and phantoms in their place
--   lunet scripts/paper/all.lua --quick                that everything works, in a minute or two
--
-- Whatever ends it, the same command goes on. It leaves report.html, tables and figures in results/paper.
local ln = require "lunet"
local args = require "lunet.args"
local conditions = require "scripts.paper.conditions"
local data = require "scripts.paper.data"
local experiment = require "scripts.paper.experiment"
local figures = require "scripts.paper.figures"
local network = require "scripts.paper.network"
local numbers = require "scripts.paper.numbers"
local patients = require "scripts.paper.patients"
local scores = require "scripts.paper.scores"
local section3 = require "scripts.paper.section3"
local study = require "scripts.paper.study"
local tables = require "scripts.paper.tables"

-- In the order of the report. Each is a script of its own, too, which trains for longer. All of them take about 30
-- minutes where the paper's step takes 4.3 ms.
local studies = { "better", "ablation", "sample_size", "sources", "generalise", "preprocess", "pretrain", "full_size" }
local steps = 1000 -- of each network of the studies, where none are asked for
local most_seeds = { ablation = 2 } -- it takes longest for what it says

local spec = {
  name = "paper",
  doc = "Every table and figure of Gondara (2016), the paper's numbers beside those that come out here. Without "
    .. "folders, slices of the head MRI in Debian's mricron-data and drawn phantoms take the place of its two sets.",
  options = {
    { "mmm", "string", value = "DIR", help = "folder of the mini-MIAS mammograms, mdb001 to mdb322" },
    { "dx", "string", value = "DIR", help = "folder of cephalograms, 001 to 400, or of the folders that they come in" },
    { "seeds", "integer", value = "N", min = 1, help = "repetitions with other splits, noise and initial weights (3; "
      .. "with --quick 1)" },
    { "epochs", "integer", value = "N", min = 1, help = "passes through the images (100; with --quick 2)" },
    { "images", "integer", value = "N", min = 8, help = "at most so many images of each set (all; with --quick 32)" },
    { "by-patient", "boolean", help = "keep a patient's images on one side of the split where file names tell whose "
      .. "they are (both breasts of a woman); the paper did not" },
    patients.option,
    { "full", "string", value = "DIR", help = "folder of some of the first set's images in full size, for the study of "
      .. "large images (without it, those of --mmm where they are large, or slices of the head MRI)" },
    { "photos", "string", value = "DIR", help = "folder of photographs to learn from (Debian's mate-backgrounds or "
      .. "plasma-workspace-wallpapers, where installed)" },
    { "steps", "integer", value = "N", min = 1, help = "training steps of each network of the studies past the paper "
      .. "(1000, and for the recipe its own number; with --quick 4)" },
    { "no-studies", "boolean", help = "only what is the paper's own, and its competitors" },
    { "quick", "boolean", help = "a short form that shows that everything works; its numbers mean nothing" },
    { "jobs", "integer", value = "N", default = 1, min = 1, help = "processes that train at a time" },
    { "out", "string", value = "DIR", default = "results/paper", help = "where everything goes" },
  },
}

-- ---- What is declared ----

-- Noisy and median rows over all images of the set: they need no training.
local function expect_filters(source)
  local condition, clean = conditions.find("p0.1"), source.set.images
  local noisy = conditions.noise(condition, 1)(clean, source.index)
  local ssim, paper = ln.metric.ssim{ preset = "gondara2016" }, numbers.two[source.role]
  for _, row in ipairs{ { "noisy", noisy, paper.noisy }, { "median", ln.filter.median{ 3 }(noisy), paper.median } } do
    ln.expect{ what = ("Table II, %s, %s, all images"):format(source.label, row[1]), paper = row[3],
      got = (ssim(row[2], clean)), within = 0.01 }
  end
end

-- Only where the images are the paper's and the training is its: nothing was promised for others.
local function expect_numbers(o, sources, parts)
  for _, source in ipairs(sources) do
    if source.is_paper and not o.images then expect_filters(source) end
  end
  for _, part in ipairs(parts) do
    if part.source and part.source.is_paper and o.epochs == 100 and not o.images then
      ln.expect{ what = ("%s, %s, CNN DAE"):format(part.table, part.title), paper = part.paper.cnn_dae,
        got = part.cells[part.network].paper[1], at_least = true }
    end
  end
end

-- ---- The report ----

local function write_data(page, sources, split)
  page:section("Data"):table(data.table(sources, split))
  for _, source in ipairs(sources) do
    if #source.warnings > 0 then
      page:text(("**%s** differs from the paper's set: %s."):format(source.label, table.concat(source.warnings, "; ")))
    end
    page:code(data.leakage(source, split), { folded = "What training and test images of " .. source.label .. " share" })
  end
  page:text(data.about_patients(sources, split))
  page:subsection("Table I"):table(conditions.table())
end

local function write_summary(page, parts, summary, o)
  page:text("The network of the paper and its filters, trained and scored as there, with the paper's numbers beside "
    .. "those that come out here; the same by a metric that does not flatter; and filters that are tuned. Each cell "
    .. "is a mean over test images with its 95 % interval.")
  if o.quick then page:text("**The short form: it shows that everything works, and its numbers mean nothing.**") end
  page:section("Paper beside ours")
  for _, paragraph in ipairs(tables.words(parts)) do page:text(paragraph) end
  page:table(summary)
end

local function write_tables(page, book, parts, summary, folder)
  page:section("Against the best filter"):table(tables.tests(parts))
  page:section("Tables II to IV")
  for _, part in ipairs(parts) do
    page:subsection(("%s, %s"):format(part.table, part.title)):table(part.result)
    tables.write(part.result, ("%s/%s"):format(folder, part.id))
  end
  local tuned = tables.tuned(book, parts)
  page:subsection("What tuning chose"):table(tuned)
  tables.write(tuned, folder .. "/tuned")
  tables.write(summary, folder .. "/summary")
  tables.write(tables.tests(parts), folder .. "/tests")
end

-- Scores with and without background.
local function write_inside(page, book, write)
  local inside = tables.inside(book)
  page:subsection("With and without background"):text("SSIM is a mean over all pixels. Around a breast there is much "
    .. "black: there any noise that is left costs nearly everything, and what comes back black counts as much as what "
    .. "is looked at. Beside it the same over what is no background."):table(inside)
  write(inside, "inside")
  print(inside)
end

-- The paper's competitors on the same images.
local function write_competitors(page, book, sources, write)
  page:section("Competitors"):text("The filters and networks that the paper names, on the test images of Table II, "
    .. "the best first. *Tuned*: each option by SSIM (Wang) on training images; *as in the paper*: as its numbers "
    .. "suggest. The networks are small forms of what their publications trained for days, and trained for seconds on "
    .. "the same images; the Boltzmann machine is Cho's, beside a denoising autoencoder of its size. His deep ones: "
    .. "not yet.")
  for _, part in ipairs(tables.competitors(sources)) do
    tables.fill(book, part)
    print(("%s, %s\n%s\n"):format(part.table, part.title, part.result))
    page:subsection(part.title):table(part.result)
    write(part.result, part.id)
  end
  figures.show(page, { figures.competitors(book) }, book.plan.out .. "/figures")
end

-- What its readers want to know next: the studies with their options and what they need, or why there is none of that.
-- This is found out before anything is trained.
local function plan_studies(o, sources)
  local planned = {}
  for i, name in ipairs(o["no-studies"] and {} or studies) do
    local this = require("scripts.paper." .. name)
    local given = { usual_steps = steps }
    for _, key in ipairs{ "seeds", "steps", "jobs", "out", "quick", "mmm", "full", "photos" } do given[key] = o[key] end
    given.seeds = math.min(o.seeds, most_seeds[name] or o.seeds)
    planned[i] = study.prepare(this, study.options(this, given), sources)
    if planned[i].lacks then io.stderr:write(("%s: not run: %s\n"):format(name, planned[i].lacks)) end
  end
  return planned
end

-- The declared numbers, where there are any; returns how many.
local function write_declared(page)
  local _, declared = ln.expectations()
  if #declared > 0 then page:subsection("Declared numbers"):table(declared) end
  return #declared
end

local function write_slips(page)
  page:section("What does not fit in the paper")
  for _, paragraph in ipairs(numbers.slips) do page:text(paragraph) end
end

local function peak_memory()
  local file <close> = io.open("/proc/self/status")
  local kilobytes = file and file:read("a"):match("VmHWM:%s*(%d+)")
  return kilobytes and ("%.0f MB"):format(kilobytes / 1024) or "not known"
end

-- The page as it stands with what belongs to its end: whatever ends this call, there is a whole report. seen: how many
-- declared numbers the page has.
local function save(page, all, seen)
  local whole, _, declared = page:copy(), ln.expectations()
  if #declared > seen then whole:section("Declared numbers, of the studies too"):table(declared) end
  whole:section("Options"):options(all.o):section("Environment"):environment{ seeds = ln.seeds(all.o.seeds),
    more = { ["training step"] = ("%.1f ms"):format(all.step),
      ["time of this call"] = ("%.0f s"):format(ln.time() - all.start), ["peak memory"] = peak_memory() } }
  return whole:save()
end

-- ---- All of it ----

local function read_options(...)
  local o = args.parse({ ... }, spec)
  o.seeds = o.seeds or (o.quick and 1 or 3)
  o.epochs = o.epochs or (o.quick and 2 or 100)
  o.images = o.images or (o.quick and 32 or nil)
  o.steps = o.steps or (o.quick and 4 or nil)
  return o
end

local function make_folders(out)
  for _, name in ipairs{ "tables", "figures" } do ln.file.make_dir(out .. "/" .. name) end
  ln.file.check_writable(out .. "/report.html")
end

-- What is run on what: { o =, start = time, sources =, split =, studies =, step = ms, plan = of experiment.run }.
local function prepare(...)
  local all = { start = ln.time(), o = read_options(...) }
  local o = all.o
  make_folders(o.out)
  all.sources = data.load(o)
  all.split = { seed = 1, by_patient = o["by-patient"] or false, preset = "gondara2016" }
  all.studies = plan_studies(o, all.sources)
  all.step = network.step_time()
  all.plan = { seeds = o.seeds, epochs = o.epochs, by_patient = all.split.by_patient, jobs = o.jobs, out = o.out,
    quick = o.quick or false }
  return all
end

-- Tables II to IV: the scores, and the parts of the tables.
local function run_tables(all)
  local book = scores.new(all.sources, experiment.run(all.sources, all.plan), all.plan)
  local parts = tables.plan(all.sources)
  for _, part in ipairs(parts) do
    tables.fill(book, part)
    print(("%s, %s\n%s\n"):format(part.table, part.title, part.result))
  end
  expect_numbers(all.o, all.sources, parts)
  return book, parts
end

-- Section III, with the split that all else has.
local function plan_section3(all)
  local o = all.o
  return study.prepare(section3, study.options(section3, { seeds = 1, steps = (o.quick and 1 or 20) * o.epochs,
    jobs = o.jobs, out = o.out, quick = o.quick, by_patient = all.split.by_patient, preset = all.split.preset }),
    all.sources)
end

-- What is the paper's own, and its competitors.
local function write_paper(page, all, book, parts)
  local o, sources, summary = all.o, all.sources, tables.summary(book, parts)
  print(summary)
  write_summary(page, parts, summary, o)
  local declared = write_declared(page)
  write_data(page, sources, all.split)
  write_tables(page, book, parts, summary, o.out .. "/tables")
  local function write(t, name) tables.write(t, ("%s/tables/%s"):format(o.out, name)) end
  write_inside(page, book, write)
  figures.show(page:section("Figures"), figures.all(book), o.out .. "/figures")
  save(page, all, declared)
  study.add(page, plan_section3(all), section3.title)
  write_slips(page)
  write_competitors(page, book, sources, write)
  return declared
end

local function main(...)
  local all = prepare(...)
  local o, sources = all.o, all.sources
  print(("%s\n\nA training step of the paper's network takes %.1f ms on %d threads.\n"):format(
    data.table(sources, all.split), all.step, ln.threads()))
  local page = ln.report{ title = "The experiments of Gondara (2016)", file = o.out .. "/report.html",
    subtitle = ("%s and %s; %d seed%s, %d epochs"):format(sources[1].label, sources[2].label, o.seeds,
      o.seeds == 1 and "" or "s", o.epochs) }
  local declared = write_paper(page, all, run_tables(all))
  local path = save(page, all, declared)
  for _, planned in ipairs(all.studies) do
    local start = ln.time()
    study.add(page, planned, planned.this.title)
    path = save(page, all, declared)
    print(("The study '%s' took %.0f s.\n"):format(planned.this.name, ln.time() - start))
  end
  print(("%s\ntook %.0f s, %s of memory at most"):format(path, ln.time() - all.start, peak_memory()))
end

args.main("paper", main, ...)
