-- The convolutional denoising autoencoder of Gondara (2016): two poolings down, two upsamplings up, 3x3 kernels, for
-- images in [0, 1] whose sides are multiples of 4 (predictions take any). Parameters by widths: 64,64,64,64 (default)
-- 112,001; 64,128,128,64 296,449; 32,64,64,32 74,497.
--
--   local net = ln.models.cnn_dae{ widths = { 64, 64, 64, 64 } }
local defaults = { widths = { 64, 64, 64, 64 }, activation = "relu", channels = 1 }

return function(ln, options)
  local nn, o = ln.nn, {}
  for name, value in pairs(options) do
    if defaults[name] == nil then
      error(("cnn_dae: no option '%s'; there are widths, activation and channels"):format(name), 0)
    end
    o[name] = value
  end
  for name, value in pairs(defaults) do
    if o[name] == nil then o[name] = value end
  end
  if type(o.widths) ~= "table" or #o.widths ~= 4 then
    error("cnn_dae: option 'widths' must be a list of four numbers of filters", 0)
  end
  local function conv(filters, activation)
    return nn.conv2d{ filters, kernel = 3, padding = "same", activation = activation }
  end
  return nn.sequential{
    conv(o.widths[1], o.activation), nn.maxpool2d{ 2 },
    conv(o.widths[2], o.activation), nn.maxpool2d{ 2 },
    conv(o.widths[3], o.activation), nn.upsample2d{ 2 },
    conv(o.widths[4], o.activation), nn.upsample2d{ 2 },
    conv(o.channels, "sigmoid"),
  }
end
