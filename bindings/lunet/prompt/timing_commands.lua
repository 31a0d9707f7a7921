-- Commands that measure: %time and %bench.
local core = require "lunet.core"
local duration = require "lunet.duration"
local running = require "lunet.running"

local budget, least, most = 2, 5, 1000 -- seconds, and how many samples are taken in them
local short = 1e-3 -- seconds; of what takes less, several calls are a sample

local function ended(chunk, wall, processor, ...)
  wall, processor = core.time() - wall, os.clock() - processor
  chunk.note = ("[%s, %s of processor time]"):format(duration(wall), duration(processor))
  return ...
end

local function time(f, session)
  local chunk = session.current()
  chunk.saved = chunk.code
  return ended(chunk, core.time(), os.clock(), running.call(f))
end

-- Seconds that a call takes, as the mean of `calls`.
local function sample(f, calls)
  local began = core.time()
  for _ = 1, calls do f() end
  return (core.time() - began) / calls
end

-- How many calls make a sample: 1, 2, 5, 10, ...
local function calls_of_sample(f)
  local calls, steps = 1, { 2, 2.5, 2 }
  for i = 0, 30 do
    if sample(f, calls) * calls >= short then break end
    calls = math.floor(calls * steps[i % 3 + 1])
  end
  return calls
end

-- The number below which a share of the sorted numbers lies.
local function quantile(sorted, share)
  local at = 1 + share * (#sorted - 1)
  local below = math.floor(at)
  local above = math.min(below + 1, #sorted)
  return sorted[below] + (at - below) * (sorted[above] - sorted[below])
end

local function bench(f)
  local calls, samples, began = calls_of_sample(f), {}, core.time()
  repeat
    samples[#samples + 1] = sample(f, calls)
  until #samples >= least and (core.time() - began > budget or #samples >= most)
  table.sort(samples)
  print(("median %s, middle half %s to %s, least %s (%d x %d calls)"):format(duration(quantile(samples, 0.5)),
    duration(quantile(samples, 0.25)), duration(quantile(samples, 0.75)), duration(samples[1]), #samples, calls))
end

return {
  { name = "time", usage = "%time CODE", code = true, run = time,
    doc = "run it once: its values, and how long it took" },
  { name = "bench", usage = "%bench CODE", code = true, run = bench,
    doc = "run it again and again, for about 2 seconds: median and spread" },
}
