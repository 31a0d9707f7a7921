-- Networks for patches: what they learn from, and whole images denoised by them, the mean of all patches that overlap.
local patches = {}

-- Columns of patches N,F,P as a batch of them, N P,1,size,size.
local function as_batch(columns, size)
  return columns:permute(1, 3, 2):reshape{ -1, 1, size, size }
end

-- Patches of images N,1,H,W, at places `stride` apart.
function patches.of(images, size, stride)
  return as_batch(images:unfold{ kernel = size, stride = stride }, size)
end

-- Images of which f denoises patches, M,1,size,size. The stride is 1, or divides the sides less the patch's: what it
-- does not reach would be 0.
function patches.denoise(f, images, size, stride)
  local shape, out = images.shape, images:clone()
  for i = 1, #images do -- one after the other: patches take size^2 times an image's memory
    local y = f(patches.of(images:narrow(1, i, 1), size, stride))
    local columns = y:reshape{ 1, -1, size * size }:permute(1, 3, 2)
    out:narrow(1, i, 1):copy(columns:fold{ size = { shape[3], shape[4] }, kernel = size, stride = stride,
      average = true })
  end
  return out
end

return patches
