-- How a stacked sparse denoising autoencoder (models/ssda.lua) is trained: Xie, Xu, Chen, NIPS 2012, eqs. 2 to 5.
--
-- Level k learns to give what the encoders below give for clean patches, y, from what they give for noisy ones, x:
--   mean of |y - y'(x)|^2 / 2 + beta sum_j KL(rho, mean of unit j) + lambda / 2 (|W|^2 + |W'|^2)
-- then all levels together learn, without the sparsity, to give the clean patch. Losses here are means over values too,
-- so both prices are divided by half the number of values. It is trained by Adam.
local ln = require "lunet"
local nn = ln.nn

local ssda = {}

local rho, beta, lambda = 0.05, 1e-2, 1e-4
local rate, batch = 2e-3, 20

-- One level by itself, for vectors of so many values: { encoder =, net = encoder, penalty and decoder }.
function ssda.level(values, units)
  local encoder = nn.sequential{ nn.dense{ units, activation = "sigmoid", name = "encode" } }
  local penalty = nn.activity_penalty{ kl = 2 * beta / values, rho = rho }
  local decoder = nn.dense{ values, activation = "sigmoid", name = "decode" }
  return { encoder = encoder, net = nn.sequential{ encoder, penalty, decoder } }
end

-- What a level or the whole makes as small as it can, for so many values: options of ln.fit and of ln.trainer.
function ssda.objective(values)
  return { loss = ln.loss.mse{}, weight_penalty = { l2 = lambda / values } }
end

-- Trains a level or the whole; returns the history.
local function fit(net, noisy, clean, o)
  local options = ssda.objective(#clean[1]:flatten())
  for name, value in pairs{ input = noisy, target = clean, optimizer = ln.optim.adam{ lr = rate }, epochs = o.epochs,
    batch = batch, seed = o.seed, progress = "none" } do options[name] = value end
  return ln.fit(net, options)
end

-- Gives level k, trained by itself, to the network; returns what its encoder makes of both.
local function train_level(net, k, noisy, clean, o)
  local level = ssda.level(#clean[1], #net:tensor(("encode_%d.bias"):format(k)))
  local history = fit(level.net, noisy, clean, o)
  for _, part in ipairs{ "encode", "decode" } do
    for _, kind in ipairs{ "weight", "bias" } do
      net:set(("%s_%d.%s"):format(part, k, kind), level.net:get(("%s.%s"):format(part, kind)))
    end
  end
  if o.told then o.told(("level %d: loss %.5f to %.5f"):format(k, history[1].loss, history[#history].loss)) end
  return level.encoder:predict(noisy), level.encoder:predict(clean)
end

-- net: of ln.models.ssda; noisy, clean: patches N,C,H,W. o: { epochs = of each level and of the whole, seed =, told =
-- function(text) or nil, pretrained = function() or nil, called between both }.
function ssda.train(net, noisy, clean, o)
  local whole = #clean - (#clean > batch and #clean % batch or 0) -- batches of one size, for the mean activities
  noisy, clean = noisy:narrow(1, 1, whole), clean:narrow(1, 1, whole)
  local x, y = noisy:flatten(2), clean:flatten(2)
  net:build(table.move(clean.shape, 2, 4, 1, {}), o.seed)
  local levels = 0
  for _, layer in ipairs(net:layers()) do
    if layer.name:find("^encode_") then levels = levels + 1 end
  end
  for k = 1, levels do x, y = train_level(net, k, x, y, o) end
  if o.pretrained then o.pretrained() end
  local history = fit(net, noisy, clean, o)
  if o.told then o.told(("together: loss %.5f to %.5f"):format(history[1].loss, history[#history].loss)) end
end

return ssda
