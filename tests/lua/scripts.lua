-- The scripts as users run them: they finish, leave what they promise, and refuse bad input with exit status 1.
local ln = require "lunet"
local support = dofile((arg[0]:match("^.*/") or "") .. "support.lua")
local test = support.test

-- Minutes under the sanitizers, in layers and filters that have tests of their own.
local function skip(name) support.skip(name, "sanitized") end
local long_test = os.getenv("LUNET_SANITIZED") and skip or test

local script = (arg[0]:match("^.*/") or "./") .. "../../scripts/quickstart.lua"

local function quickstart(options)
  return support.run(("'%s' %s"):format(script, options))
end

-- A folder of n small images: phantoms with as many different disturbances.
local function folder_of(n)
  local folder = support.folder()
  local images = ln.data.phantom{ n, size = { 64, 64 }, seed = 1 }.images
  for i = 1, n do ln.image.save(images[i], ("%s/mdb%03d.png"):format(folder, i)) end
  return folder
end

local function refused(options, text)
  local said, status = quickstart(options)
  assert(status == 1, ("exit status %d of: %s\n%s"):format(status, options, said))
  assert(said:find(text, 1, true), ("expected %q, got:\n%s"):format(text, said))
  assert(not said:find("traceback", 1, true), said)
end

test("quickstart on a folder: table, figures, history, model", function()
  local data <close> = folder_of(14)
  local out <close> = support.folder()
  local said, status = quickstart(("--data '%s' --epochs 1 --images 12 --group pairs --out '%s/a/b'"):format(data, out))
  assert(status == 0, said)
  for _, text in ipairs{ "112,001 parameters", "noisy", "median 3x3", "NL means", "CNN DAE", "SSIM gondara2016" } do
    assert(said:find(text, 1, true), ("%q is missing in:\n%s"):format(text, said))
  end
  for line in said:gmatch("[^\n]+") do assert(utf8.len(line) <= 80 or line:find(out.path, 1, true), line) end
  local figure = ln.image.read(out.path .. "/a/b/figure.png")
  assert(figure.shape[2] > 5 * 64)
  assert(#support.read(out.path .. "/a/b/loss.png") > 1000)
  assert(support.read(out.path .. "/a/b/report.html"):find("CNN DAE</th>", 1, true))
  assert(support.read(out.path .. "/a/b/history.csv"):find("^epoch,loss,val_loss"))
  local net = ln.load(out.path .. "/a/b/model.safetensors")
  assert(#net:predict(ln.zeros{ 2, 1, 64, 64 }) == 2)
end)

test("quickstart: help", function()
  local said, status = quickstart("--help")
  assert(status == 0 and said:find("--epochs N", 1, true) and said:find("--data DIR", 1, true), said)
  for line in said:gmatch("[^\n]+") do assert(#line <= 80, line) end
end)

test("quickstart: options that are none", function()
  refused("--epoch 3", "quickstart: no option '--epoch'; did you mean '--epochs'?")
  refused("--epochs", "quickstart: --epochs needs a value")
  refused("--epochs many", "quickstart: --epochs must be an integer of at least 1, got 'many'")
  refused("--epochs 0", "quickstart: --epochs must be an integer of at least 1, got '0'")
  refused("--optimizer sgd", "quickstart: --optimizer must be 'adam' or 'adadelta', got 'sgd'")
  refused("data", "quickstart: no option 'data'")
end)

test("quickstart: bad input", function()
  local folder <close> = support.folder()
  local out = ("--out '%s/out'"):format(folder)
  refused("--data /none/such " .. out, "/none/such")
  assert(os.execute(("mkdir '%s/empty' '%s/bad'"):format(folder, folder)))
  refused(("--data '%s/empty' %s"):format(folder, out), "empty")
  support.write(folder.path .. "/bad/a.png", "\137PNG\r\n\26\n and no more")
  refused(("--data '%s/bad' %s"):format(folder, out), "a.png")
  support.write(folder.path .. "/bad/a.png", "")
  refused(("--data '%s/bad' %s"):format(folder, out), "a.png")
  ln.image.save(ln.zeros{ 1, 8, 8 }, folder.path .. "/bad/a.png")
  refused(("--data '%s/bad' %s"):format(folder, out), "too few images: 1 of at least 8")
  assert(not ln.file.exists(folder.path .. "/out"))
end)

test("quickstart: a results folder that cannot be written is found before training", function()
  local folder <close> = support.folder()
  support.write(folder.path .. "/file", "x")
  refused(("--out '%s/file'"):format(folder), "file")
  refused(("--out '%s/file/below'"):format(folder), "file")
end)

-- Runs a script in short form; every text must be in what it says.
local function short(name, options, texts)
  local path = (arg[0]:match("^.*/") or "./") .. "../../scripts/" .. name .. ".lua"
  local said, status = support.run(("'%s' %s"):format(path, options))
  assert(status == 0, said)
  for _, text in ipairs(texts) do assert(said:find(text, 1, true), ("%q is missing in:\n%s"):format(text, said)) end
end

test("custom_layer: gradients, thresholds and a row for each number of levels", function()
  short("custom_layer", "--epochs 1 --images 20", { "shrinkage_1.t", "worst relative error", "thresholds: levels",
    "shrinkage, levels: 3" })
end)

test("custom_loss: a table with a row for each loss", function()
  short("custom_loss", "--epochs 1 --images 12", { "8 images to train, 4 to test", "mse{} ", "mse{} + 0.1 * edges",
    "mse{} + 0.1 * structure", "0.5 * edges + 0.5 * structure", "error of slopes" })
end)

test("variations: a row for each of six architectures", function()
  short("variations", "--epochs 1 --images 12", { "10 images to train, 2 to test", "paper 64-64-64-64", "296,449",
    "74,497", "residual", "U-Net", "DnCNN, 7 layers", "PSNR dB" })
end)

test("custom_loop: an epoch a line, and what the best weights do", function()
  short("custom_loop", "--epochs 2 --images 12", { "epoch  2  rate", "best", "PSNR of 2 test images" })
end)

test("ablation: six variations of a U-Net against it, a report, and nothing left to do the second time", function()
  local folder <close> = support.folder()
  local options = ("--epochs 1 --images 12 --seeds 2 --jobs 2 --out '%s/a'"):format(folder)
  local texts = { "difference [95 %]", "U-Net ", "no skips", "2 images, each the mean of up to 2 seeds",
    "ablation.html" }
  short("ablation", options, texts)
  assert(support.read(folder.path .. "/a/ablation.html"):find("Test images", 1, true))
  local start = ln.time()
  short("ablation", options, texts)
  assert(ln.time() - start < 5)
end)

test("pretrain: levels by themselves, then the whole", function()
  short("pretrain", "--epochs 1 --images 12", { "level 3, 10x48x16x16", "trained as a whole", "its levels, trained one",
    "and fine-tuned" })
end)

-- The rows of a file of scores, by method and level.
local function scores_of(path)
  local found, lines = {}, 0
  for line in support.read(path):gmatch("[^\n]+") do
    local image, p, seed, method, ssim, psnr = line:match("^([^,]+),([^,]+),([^,]+),([^,]+),([^,]+),([^,]+)$")
    assert(image, line)
    if lines > 0 then
      found[method .. " " .. p] = (found[method .. " " .. p] or 0) + 1
      assert(seed == "1" and tonumber(ssim) <= 1 and tonumber(psnr) > 0, line)
    else
      assert(line == "image,p,seed,method,ssim,psnr", line)
    end
    lines = lines + 1
  end
  return found
end

long_test("best: a table, and a row of the file for each image, level and method; the same on any threads", function()
  local folder <close> = support.folder()
  local options = "--images 20 --steps 20 --epochs 1 --p 0.1,.25 "
  short("paper/best", options .. ("--threads 1 --csv '%s/a.csv'"):format(folder),
    { "20 images to train, 4 to test", "best above it", "p = 0.25", "nlmeans{ ", "best: 20 steps" })
  local found = scores_of(folder.path .. "/a.csv")
  for _, method in ipairs{ "noisy", "best", "paper", "nlmeans", "tv", "wavelet", "median", "gaussian" } do
    assert(found[method .. " 0.1"] == 4 and found[method .. " 0.25"] == 4, method)
  end
  short("paper/best", options .. ("--threads 2 --csv '%s/b.csv'"):format(folder), {})
  assert(support.read(folder.path .. "/a.csv") == support.read(folder.path .. "/b.csv"))
end)

test("best: folders, and what is wrong with options before training", function()
  local data <close> = folder_of(16)
  local other <close> = folder_of(3)
  local path = (arg[0]:match("^.*/") or "./") .. "../../scripts/paper/best.lua"
  local function says(options, text)
    local said, status = support.run(("'%s' %s"):format(path, options))
    assert(status == 1 and said:find(text, 1, true) and not said:find("traceback", 1, true), said)
  end
  says("--p 0.1,x", "best: --p must be numbers above 0 and at most 1 with commas between, got '0.1,x'")
  says(("--test '%s'"):format(data), "best: --test needs a folder to train on as well; give --train DIR")
  says(("--train '%s'"):format(other), "has too few images: 3 of at least 8")
  says("--csv /none/such/a.csv", "best: cannot write into the folder '/none/such'")
  says(("--train '%s' --group 'x(%%d+)'"):format(data), "best: --group 'x(%d+)': no file name tells a patient so")
  says(("--train '%s' --group 'mdb'"):format(data), "has too few patients to test on two")
  says(("--train '%s' --test '%s' --group 'mdb'"):format(data, other), "best: all 3 images of '" .. other.path
    .. "' are of one patient, where two are needed; --group none counts images")
  short("paper/best", ("--train '%s' --test '%s' --p 0.5 --steps 4 --epochs 1"):format(data, other),
    { "16 images to train, 3 to test", "warning: images to train and to test are not apart", "2 groups on\nboth sides",
      "p = 0.5", "over 2 patients" })
  ln.image.save(ln.rand{ 1, 9, 9 }, data.path .. "/mdb002.pgm")
  says(("--train '%s'"):format(data), "has two files named 'mdb002' that differ in their endings")
  os.remove(data.path .. "/mdb002.pgm")
  support.write(data.path .. "/mdb002.png", support.read(data.path .. "/mdb002.png"):sub(1, 100))
  says(("--train '%s'"):format(data), "mdb002.png': damaged")
end)

-- The test images of a file of scores, each once, in its order.
local function images_of(path)
  local list, seen = {}, {}
  for name in support.read(path):gmatch("\n([^,\n]+),") do
    if not seen[name] then seen[name], list[#list + 1] = true, name end
  end
  return list
end

long_test("best: patients that names tell are held out whole; a stray file and --group none", function()
  local data <close> = folder_of(11)
  local csv = data.path .. "/a.csv"
  ln.image.save(ln.data.phantom{ 1, size = { 70, 50 }, seed = 7 }.images[1], data.path .. "/stray scan.png")
  local options = ("--train '%s' --csv '%s' --p 0.5 --steps 2 --epochs 1 "):format(data, csv)
  short("paper/best", options, { "8 images to train, 4 to test", "patients: ", "mini-MIAS, images 2k-1 and 2k; one "
    .. "other name is a patient of its own", "patients (BCa", "Adam for its Adadelta" })
  local images, patients = images_of(csv), {}
  assert(#images == 4, table.concat(images, " "))
  for _, name in ipairs(images) do
    local digits = name:match("mdb(%d+)")
    local key = digits and (digits + 1) // 2 or name
    patients[key] = (patients[key] or 0) + 1
  end
  for key, count in pairs(patients) do assert(count == 2 or key == "stray scan" or key == 6, key) end
  short("paper/best", options .. "--group none", { "10 images to train, 2 to test", "patients: each image counts by "
    .. "itself, as --group none says", "over images" })
end)

test("best: help says what the file of scores has, and what the paper's network is", function()
  local said, status = support.run(("'%s' --help"):format(script:gsub("quickstart", "paper/best")))
  said = said:gsub("%s+", " ")
  for _, text in ipairs{ "Adam instead of Adadelta", "image (file name without its ending), p, seed, method",
    "A name that does not tell is a patient of its own", "pairs (images 2k-1 and 2k), or none" } do
    assert(status == 0 and said:find(text, 1, true), said)
  end
end)

test("ssda: levels one by one, fine-tuned, and at once", function()
  short("ssda", "--epochs 1 --images 12 --hidden 12 --stride 8", { "level 2: loss", "together: loss",
    "levels one by one", "and fine-tuned", "trained at once" })
end)

long_test("multi_column: best and predicted weights, a row for each noise", function()
  short("multi_column", "--epochs 1 --images 12 --hidden 8 --units 5 --solved 20 --stride 8", { "column 4: salt and",
    "best weights", "predicted", "Gaussian, threefold", "adaptive" })
end)

long_test("plain_cnn, mlp and boltzmann: a table each, and a folder of images", function()
  local data <close> = folder_of(14)
  short("plain_cnn", ("--epochs 1 --images 12 --maps 4 --data '%s'"):format(data), { "a pixel depends on 21x21",
    "plain CNN" })
  short("mlp", "--epochs 1 --images 12 --units 8 --patch 5", { "MLP, patches 5" })
  short("boltzmann", "--epochs 2 --images 12 --hidden 16 --stride 8", { "machine, epoch 2", "Boltzmann machine",
    "denoising autoencoder", "1104 parameters each" })
end)

support.done()
