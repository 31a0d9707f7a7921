-- The paper's network and its training: binary cross-entropy, Adadelta, one fixed noisy copy, batches of 10.
local ln = require "lunet"

local network = {}

local batch = 10

function network.new()
  return ln.models.cnn_dae{ preset = "paper" }
end

local function adadelta()
  return ln.optim.adadelta{ lr = 1, rho = 0.95, eps = 1e-8 }
end

-- How many passes through so many images take that many steps.
function network.epochs_of(steps, images)
  return math.ceil(steps / math.ceil(images / batch))
end

-- Returns the trained network and its history. o: { epochs =, seed =, optimizer = another than the paper's; validation,
-- checkpoint, record and progress as ln.fit has them }.
function network.train(noisy, clean, o)
  local net = network.new()
  local history = ln.fit(net, { input = noisy, target = clean, loss = ln.loss.bce{},
    optimizer = o.optimizer or adadelta(), epochs = o.epochs, batch = batch, seed = o.seed, validation = o.validation,
    keep = "last", checkpoint = o.checkpoint, record = o.record, progress = o.progress or "none" })
  return net, history
end

-- What results depend on, as text.
function network.settings()
  return ("cnn_dae paper, bce, %s, batches of %d"):format(adadelta(), batch)
end

-- Milliseconds of a training step on 10 images, the fastest of several.
function network.step_time()
  local trainer = ln.trainer{ net = network.new(), loss = ln.loss.bce{}, optimizer = adadelta(), seed = 1 }
  local images, fastest = ln.rand{ batch, 1, 64, 64 }, math.huge
  for _ = 1, 40 do
    local start = ln.time()
    trainer:step(images, images)
    fastest = math.min(fastest, ln.time() - start)
  end
  return 1000 * fastest
end

return network
