-- ln.report: a page to hand to somebody. See page.lua.
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"
local page = require "lunet.page"
local run_page = require "lunet.run_page"
require "lunet.history_page"

local report_page = {
  name = "report",
  usage = "ln.report(options: options) -> page",
  doc = "A report: one HTML page with its pictures, plots and tables inside, that loads nothing from elsewhere, "
    .. "prints, and reads in the light and in the dark, on wide and narrow screens. What is added to it stands in that "
    .. "order; ln.help(\"page\") lists what there is. page:save() writes it.",
  options = {
    { "title", "string", help = "the heading; required without `run`" },
    { "subtitle", "string", help = "a line below it" },
    { "file", "string", help = "where page:save writes, a path that ends in .html; its folder is made" },
    { "run", { "string", "table" }, help = "a recorded run, one of ln.runs or its folder: the page begins with its "
      .. "result, options, metrics as curves, figures, scores, environment and script, and is saved as report.html in "
      .. "that folder" },
  },
  errors = "A file that cannot be written, before anything is added; a folder that holds no record.",
  example = [[
local page = ln.report{ title = "A try", file = folder .. "/report.html" }
page:text("What a network is **worth**.")
page:section("Results"):table(results, { best = { SSIM = "max" } })
page:section("Training"):curves{ history }
page:section("Images"):grid{ noisy, restored }
page:section("Environment"):environment{ seeds = { 1, 2, 3 } }
page:save()]],
}

return docs.add(function(given)
  local o = options.read(report_page, given)
  if o.run then return run_page(o) end
  if not o.title then errors.raise("report: option 'title' is required: the heading") end
  return page.new(o)
end, report_page)
