-- The steps of ln.tour: what is said, and the line that is typed. SECONDS is how long the network trains.
return {
  { "These test images need no files: phantoms, ellipses as in a slice through a head.\n"
    .. "ln.data.folder\"scans\" reads images of your own.",
    "set = ln.data.phantom{ 60, size = 64, seed = 1 }\nset" },
  { "Ten of them are kept for testing; a network must not see these in training.",
    "train, test = set:split{ test = 10, seed = 1 }" },
  { "Noise is a thing to call: x + 0.1 N(0, 1), as in the paper. ?ln.noise lists the others.",
    "noise = ln.noise.gaussian{ 0.1 }\nnoisy = noise(test.images)" },
  { "Look at it.",
    'ln.show(test.images[1], noisy[1], { labels = { "clean", "noisy" } })' },
  { "Filters are called, too. How near are they to the clean images? More dB are better.",
    "median = ln.filter.median{ 3 }(noisy)\n"
    .. "bm3d = ln.filter.bm3d{ 0.1 }(noisy)\n"
    .. "function psnr(x) return (ln.metric.psnr{}(x, test.images)) end\n"
    .. 'scores = ln.table{ columns = { "filter", "PSNR, dB" }, best = "max",\n'
    .. '  { "noisy", psnr(noisy) }, { "median 3x3", psnr(median) },\n'
    .. '  { "BM3D", psnr(bm3d) } }\nscores' },
  { "Numbers are half of the truth. The median has rounded off edges.",
    'ln.show(noisy[1], median[1], bm3d[1],\n  { labels = { "noisy", "median", "BM3D" } })' },
  { "A network that guesses the noise, and takes it away: layers are called on nodes.\n"
    .. "?conv2d tells its options.",
    "x = ln.nn.input{ 1, 64, 64 }\n"
    .. "guess = ln.nn.sequential{\n"
    .. '  ln.nn.conv2d{ 16, activation = "relu" },\n'
    .. '  ln.nn.conv2d{ 16, activation = "relu" }, ln.nn.conv2d{ 1 } }\n'
    .. "net = ln.nn.model{ inputs = x, outputs = x - guess(x) }" },
  { "Training, for SECONDS seconds: the noise is another one in each epoch, the same seed\n"
    .. "gives the same network. Ctrl-C would end it early and keep what it has learned.",
    "history = ln.fit(net, { input = noise, target = train.images, epochs = 1000,\n"
    .. "  loss = ln.loss.mse{}, optimizer = ln.optim.adam{}, max_seconds = SECONDS })" },
  { "How the loss fell.",
    "history:plot{ log = \"y\" }" },
  { "What did it learn, on images that it has not seen?",
    "restored = net:predict(noisy)\n"
    .. 'scores:add{ "network", psnr(restored) }' },
  { "The residual, what was taken away: it should be noise, not anatomy.",
    "ln.show(noisy[1] - restored[1], { residual = true })" },
  { "A network is saved in a file with its architecture, and comes back from it.",
    'file = os.tmpname() .. ".safetensors"\nnet:save(file)\n(ln.load(file))' },
}
