-- PSNR of filters on a standard image beside what their papers printed: build/lunet tests/bench/published.lua lena.npy
-- The image, 512x512, of numbers from 0 to 1, may not be passed on: SciPy 0.14 has it (scipy/misc/lena.dat, a pickled
-- list of grey levels: numpy.save("lena.npy", numpy.float32(numpy.array(levels) / 255))).
--
-- Where the figures are from:
--   ksvd     Elad, Aharon 2006, Table I. Those of 10, 20 and 50 stand in a program of another group, HO-SuKro of C. F.
--            Dantas, as "From Elad-Aharon2006"; those of 15 and 25 are remembered.
--   bls_gsm  Portilla et al. 2003, Table I, remembered, not compared with the page again. Its authors scaled the noise
--            to exactly sigma; drawn noise as here is some 0.1 % off, 0.01 dB.
--   bm3d     Dabov et al. 2007, Table III.
local ln = require "lunet"

local published = { -- of Lena, by standard deviation in grey levels of 255
  ksvd = { [10] = 35.47, [15] = 33.70, [20] = 32.38, [25] = 31.32, [50] = 27.79 },
  bls_gsm = { [10] = 35.61, [15] = 33.90, [20] = 32.66, [25] = 31.69, [50] = 28.61 },
  bm3d = { [10] = 35.93, [15] = 34.27, [20] = 33.05, [25] = 32.08, [50] = 28.86 },
}

local clean = ln.load_tensors((assert(arg[1], "usage: published.lua IMAGE.npy")))
local psnr = ln.metric.psnr{}
local rows = { columns = { "sigma * 255", "filter", "PSNR", "published", "difference" } }
for _, level in ipairs{ 10, 15, 20, 25, 50 } do
  local noisy = ln.noise.gaussian{ p = level / 255, clip = false }(clean, 1)
  for _, name in ipairs{ "ksvd", "bls_gsm", "bm3d" } do
    local got, want = psnr(ln.filter[name]{ sigma = level / 255 }(noisy), clean), published[name][level]
    rows[#rows + 1] = { level, name, got, want, got - want }
  end
end
print(ln.table(rows))
