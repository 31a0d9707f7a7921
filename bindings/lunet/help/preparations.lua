-- What examples use without making it: pages of help show short ones, about `net`, `noisy` and the like, and what makes
-- these is put before them, so that every example can be run as it stands.
local lexer = require "lunet.lexer"

-- { names, code }, each may use those before it.
local list = {
  { "folder", 'local folder = os.tmpname() .. ".d"\nln.file.make_dir(folder)' },
  { "set", "local set = ln.data.phantom{ 12, size = 32 }" },
  { "train test", "local train, test = set:split{ test = 4, seed = 1 }" },
  { "clean", "local clean = ln.data.phantom{ 4, size = 32 }.images" },
  { "noise", "local noise = ln.noise.gaussian{ 0.1 }" },
  { "noisy", "local noisy = ln.noise.gaussian{ 0.1 }(clean)" },
  { "t", "local t = ln.tensor{ { 0.8, -0.2 }, { -0.2, 0.5 } }" },
  { "u", "local u = ln.tensor{ { 2, 3 }, { 1, -1 } }" },
  { "net", 'local net = ln.nn.sequential{\n  ln.nn.conv2d{ 8, activation = "relu", name = "enc1" },\n'
    .. '  ln.nn.conv2d{ 1, activation = "sigmoid" } }\nnet:build({ 1, 32, 32 }, 1)' },
  { "restored", "local restored = net:predict(noisy)" },
  { "ssim", "local ssim = ln.metric.ssim{}" },
  { "trainer", "local trainer = ln.trainer{ net = net, loss = ln.loss.mse{},\n  optimizer = ln.optim.adam{} }" },
  { "history", "local history = ln.fit(net, { input = noisy, target = clean, epochs = 3,\n"
    .. "  validation = 0.25, loss = ln.loss.mse{}, optimizer = ln.optim.adam{} })" },
  { "results", 'local results = ln.table{ columns = { "image", "SSIM" },\n'
    .. '  { "noisy", 0.45 }, { "CNN DAE", 0.83 } }' },
  { "comparison", "local comparison = ln.compare{ noisy = { 0.4, 0.5, 0.3 },\n"
    .. '  unet = { 0.9, 0.8, 0.9 }, baseline = "noisy" }' },
  { "scale", 'local scale = ln.data.scale{ "percentile", data = set }' },
  { "anscombe", "local anscombe = ln.anscombe{ peak = 20, sigma = 0.02 }" },
  { "leakage", "local leakage = ln.data.leakage(train, test)" },
  { "ensemble", "local ensemble = ln.ensemble{ net, net:copy() }" },
  { "grid", "local grid = ln.image.grid({ clean, noisy }, { columns = 4 })" },
  { "summary", "local summary = net:summary{ 1, 32, 32 }" },
  { "report", "local report = ln.gradcheck(net, { 1, 8, 8 }, { tolerance = 1 })" },
  { "page", 'local page = ln.report{ title = "A try" }' },
  { "sweep", "local sweep = ln.sweep{ vary = { p = { 0.1, 0.2 } }, dir = folder,\n"
    .. "  run = function(c) return { error = c.p ^ 2 } end }" },
  { "ablation", 'local ablation = ln.ablation{ base = { skip = true }, dir = folder,\n'
    .. '  vary = { { name = "no skip", skip = false } }, run = function(c)\n'
    .. "    return { ssim = c.skip and { 0.9, 0.8, 0.85 } or { 0.7, 0.75, 0.8 } }\n  end }" },
  { "range", "local range = ln.range{ 1e-4, 1e-2, log = true }" },
  { "runs", 'ln.record("try", function(log)\n  log{ step = 1, loss = 0.5 }\n  return { ssim = 0.9 }\nend, '
    .. "{ dir = folder })\nlocal runs = ln.runs{ dir = folder }" },
  { "run", "local run = runs[1]" },
  { "loaded", 'net:save(folder .. "/net.safetensors")\nlocal loaded = net:load(folder .. "/net.safetensors")' },
  { "item", "local item = ln.noise.gaussian{ 0.1 }" },
  { "type", "local type = ln.nn.conv2d" },
  { "node", "local node = ln.nn.conv2d{ 8 }(ln.nn.input{ 1, 32, 32 })" },
}

-- Words of a code without comments, each { text, kind, depth of braces }.
local function words_of(code)
  local words, depth = {}, 0
  for word, kind in lexer.words(code) do
    if word == "}" then depth = depth - 1 end
    if kind ~= "comment" then words[#words + 1] = { text = word, kind = kind, depth = depth } end
    if word == "{" then depth = depth + 1 end
  end
  return words
end

-- Whether word i is the name of a variable, not that of a field or of an entry in braces.
local function is_variable(words, i)
  local before, after = words[i - 1] and words[i - 1].text, words[i + 1] and words[i + 1].text
  return words[i].kind == "name" and before ~= "." and before ~= ":" and not (after == "=" and words[i].depth > 0)
end

-- The words that name what is made after word i, `local`, `for` or `function`: the position after them.
local function make_names(words, i, made)
  local at = i + 1
  if words[i].text == "function" or words[at].text == "function" then
    while words[at].text ~= "(" do
      made[words[at].text] = true
      at = at + 1
    end
    at = at + 1
  end
  while words[at] and (words[at].kind == "name" and words[at].text ~= "in" or words[at].text == ",") do
    made[words[at].text] = true
    at = at + 1
  end
  return at
end

-- The names that a code uses before it makes them, as a set.
local function used(code)
  local names, made, words, i = {}, {}, words_of(code), 1
  while words[i] do
    local text = words[i].text
    if words[i].kind == "name" and (text == "local" or text == "for" or text == "function") then
      i = make_names(words, i, made)
    else
      if is_variable(words, i) and not made[text] then names[text] = true end
      i = i + 1
    end
  end
  return names
end

-- The lines that come before a code.
local function before(code)
  local wanted, chosen = used(code), {}
  for i = #list, 1, -1 do
    for name in list[i][1]:gmatch("%S+") do chosen[i] = chosen[i] or wanted[name] end
    if chosen[i] then
      for name in pairs(used(list[i][2])) do wanted[name] = true end
    end
  end
  local out = {}
  for i, entry in ipairs(list) do
    if chosen[i] then out[#out + 1] = entry[2] end
  end
  return table.concat(out, "\n")
end

return before
