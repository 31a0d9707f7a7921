-- PSNR of filters on a standard image beside what their papers printed: build/lunet tests/bench/published.lua lena.npy
-- The image, 512x512, of numbers from 0 to 1, may not be passed on: SciPy 0.14 has it (scipy/misc/lena.dat, a pickled
-- list of grey levels: numpy.save("lena.npy", numpy.float32(numpy.array(levels) / 255))).
local ln = require "lunet"

local published = { -- of Lena, by standard deviation in grey levels of 255
  ksvd = { [10] = 35.47, [15] = 33.70, [25] = 31.32, [50] = 27.79 },    -- Elad, Aharon 2006
  bls_gsm = { [10] = 35.61, [15] = 33.90, [25] = 31.69, [50] = 28.61 }, -- Portilla et al. 2003
}

local clean = ln.load_tensors((assert(arg[1], "usage: published.lua IMAGE.npy")))
local psnr = ln.metric.psnr{}
local rows = { columns = { "sigma * 255", "filter", "PSNR", "published", "difference" } }
for _, level in ipairs{ 10, 15, 25, 50 } do
  local noisy = ln.noise.gaussian{ p = level / 255, clip = false }(clean, 1)
  for _, name in ipairs{ "ksvd", "bls_gsm" } do
    local got, want = psnr(ln.filter[name]{ sigma = level / 255 }(noisy), clean), published[name][level]
    rows[#rows + 1] = { level, name, got, want, got - want }
  end
end
print(ln.table(rows))
