-- Writes what the fuzzers begin with, good inputs and words that inputs are made of, into a folder:
-- build/lunet tests/fuzz/seeds.lua <folder> makes <folder>/<target>.seeds/* and <folder>/<target>.dict.
local ln = require "lunet"
local core = require "lunet.core"
local json = require "lunet.json"
local nn = ln.nn
local folder = ...

local function write(target, name, bytes)
  ln.file.make_dir(("%s/%s.seeds"):format(folder, target))
  ln.file.write(("%s/%s.seeds/%s"):format(folder, target, name), bytes)
end

local function write_words(target, words)
  local out, seen = {}, {}
  for _, word in ipairs(words) do
    local escaped = word:gsub("[^%w ]", function(c) return ("\\x%02x"):format(c:byte()) end)
    if not seen[word] and word ~= "" then out[#out + 1] = ('"%s"\n'):format(escaped) end
    seen[word] = true
  end
  ln.file.write(("%s/%s.dict"):format(folder, target), table.concat(out))
end

-- The files that lie in a header as arrays of bytes: f(name, bytes) for each.
local function each_file(path, f)
  local source = assert(io.open(path)):read("a")
  for name, numbers in source:gmatch("static const uint8_t ([%w_]+)%[%] = {(.-)};") do
    f(name, (numbers:gsub("[^%d]*(%d+)[^%d]*", function(n) return string.char(n) end)))
  end
end

-- The small files of tests/image/zoo.h.
local function image_files()
  local targets = { png = "png", jpeg = "jpeg", bmp = "bmp", pnm = "bmp" }
  each_file("tests/image/zoo.h", function(name, bytes)
    local target = targets[name:match("^%l+")]
    if target then write(target, name, bytes) end
  end)
  write_words("png", { "IHDR", "IDAT", "IEND", "PLTE", "tRNS", "eXIf", "gAMA", "tEXt", "zTXt", "iCCP", "sBIT", "bKGD",
    "CgBI", "\137PNG\r\n\26\n" })
  local markers = {}
  for marker = 0xc0, 0xfe do markers[#markers + 1] = "\xff" .. string.char(marker) end
  for _, word in ipairs{ "Exif\0\0", "Adobe", "JFIF\0", "II*\0", "MM\0*", "\x01\x12\0\3" } do
    markers[#markers + 1] = word
  end
  write_words("jpeg", markers)
  write_words("bmp", { "BM", "P1", "P2", "P3", "P4", "P5", "P6", "GIF89a", "8BPS", "#", "65535", "\12\0\0\0",
    "\40\0\0\0", "\124\0\0\0", "\108\0\0\0" })
end

-- Those of tests/store/arrays.h.
local function arrays()
  each_file("tests/store/arrays.h", function(name, bytes)
    write(name:match("^safetensors") and "model" or "arrays", name, bytes)
  end)
  write_words("arrays", { "\x93NUMPY\1\0", "descr", "fortran_order", "shape", "True", "False", "<f4", ">f8", "<f2",
    "|b1", "<i8", ">u4", "(2, 3)", "()", "PK\1\2", "PK\3\4", "PK\5\6", "PK\6\6", "PK\6\7", "PK\7\8", ".npy" })
end

-- A NIfTI-1 file of 3x4x2 voxels.
local function nifti(datatype, format, order, sform)
  local header = string.pack(order .. "i4 c35 B i2i2i2i2i2i2i2i2 fff i2 i2 i2 i2", 348, "", 0, 3, 3, 4, 2, 1, 1, 1, 1,
    0, 0, 0, 0, datatype, string.packsize(format) * 8, 0)
  header = header .. string.pack(order .. "ffffffff f ff", 1, 2, 2, 2, 1, 1, 1, 1, 352, 1, 0)
  header = header .. ("\0"):rep(252 - #header) .. string.pack(order .. "i2 i2 ffffff", 0, sform, 0, 0, 0, 0, 0, 0)
  header = header .. string.pack(order .. "ffffffffffff", 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0)
  header = header .. ("\0"):rep(16) .. "n+1\0"
  local voxels = {}
  for i = 1, 24 do voxels[i] = string.pack(order .. format, i) end
  return header .. ("\0"):rep(4) .. table.concat(voxels)
end

-- The same as NIfTI-2.
local function nifti2(order)
  local header = string.pack(order .. "i4 c8 i2 i2", 540, "n+2\0\r\n\26\n", 2, 8)
    .. string.pack(order .. "i8i8i8i8i8i8i8i8 ddd dddddddd", 3, 3, 4, 2, 1, 1, 1, 1, 0, 0, 0, 1, 2, 2, 2, 1, 1, 1, 1)
    .. string.pack(order .. "i8 dddddd i8i8", 544, 1, 0, 0, 0, 0, 0, 0, 0) .. ("\0"):rep(104)
    .. string.pack(order .. "i4i4 dddddd", 0, 1, 0, 0, 0, 0, 0, 0)
    .. string.pack(order .. "dddddddddddd", 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0) .. ("\0"):rep(44)
  local voxels = {}
  for i = 1, 24 do voxels[i] = string.char(i) end
  return header .. ("\0"):rep(4) .. table.concat(voxels)
end

local function volumes()
  local plain = nifti(2, "B", "<", 1)
  for choice = 0, 7 do write("nifti", "uint8_" .. choice, plain .. string.char(choice)) end
  write("nifti", "second", nifti2("<"))
  write("nifti", "second_big", nifti2(">"))
  write("nifti", "int16_big", nifti(4, "i2", ">", 1))
  write("nifti", "float", nifti(16, "f", "<", 0))
  write("nifti", "double", nifti(64, "d", "<", 1))
  write_words("nifti", { "n+1\0", "ni1\0", "n+2\0\r\n\26\n", string.pack("<i4", 348), string.pack("<i4", 540),
    string.pack("<f", 352), "\31\139\8", string.pack("<i2", 128), string.pack("<i2", 32) })
end

local function networks()
  local x = nn.input{ 1, 8, 8 }
  local a = nn.conv2d{ 2, activation = "relu" }(x)
  local b = nn.batch_norm{}(nn.conv2d{ 2 }(nn.maxpool2d{ 2 }(a)))
  return {
    plain = nn.sequential{ nn.conv2d{ 2, activation = "relu" }, nn.maxpool2d{ 2 }, nn.dropout{ 0.5 },
      nn.upsample2d{ 2 }, nn.conv2d{ 1, activation = "sigmoid" } }:build{ 1, 4, 4 },
    dense = nn.sequential{ nn.flatten{}, nn.dense{ 3 }, nn.tanh{} }:build{ 1, 3, 3 },
    graph = nn.model{ inputs = x, outputs = nn.conv2d{ 1 }(nn.concat{ nn.upsample2d{ 2 }(b), a }) + x, seed = 1 },
    open = nn.sequential{ nn.conv_transpose2d{ 2, stride = 2 }, nn.group_norm{ 1 }, nn.avgpool2d{ 2 } },
  }
end

-- Layers called again and tied, several inputs and outputs, names, a layer made at run time.
local function parts()
  local conv = nn.conv2d{ 2, name = "enc" }
  local again = nn.conv2d{ 2 }
  local p, q = nn.input{ 1, 4, 4 }, nn.input{ 2, 4, 4 }
  local h = again(again(conv(p)) + q)
  local gate = nn.custom{ name = "gate", weights = { w = { 2 } }, state = { s = { 1 } },
    forward = function(x, w) return x * w.w:reshape{ 1, 2, 1, 1 } end }
  return {
    tied = nn.sequential{ conv, nn.conv_transpose2d{ tied = conv } }:build{ 1, 4, 4 },
    ends = nn.model{ inputs = { p, q }, outputs = { nn.conv2d{ 1 }(h), h }, seed = 1 },
    custom = nn.sequential{ conv, gate, nn.conv2d{ 1 } }:build{ 1, 4, 4 },
  }
end

-- As training leaves it: with the scale of its images, counts and a record.
local function trained()
  local net = nn.sequential{ nn.conv2d{ 1, kernel = 1 } }
  local images = ln.rand({ 2, 1, 4, 4 }, 1)
  ln.fit(net, { input = images, target = images, loss = ln.loss.mse{}, optimizer = ln.optim.sgd{}, epochs = 1,
    progress = "none" })
  return net:scaling(ln.data.scale{ "minmax", data = images })
end

local function models()
  local path = folder .. "/seed.safetensors"
  trained():save(path, { record = { p = 0.1 } })
  write("model", "trained", assert(io.open(path, "rb")):read("a"))
  for name, net in pairs(parts()) do write("architecture", name, net:to_json()) end
  for name, net in pairs(networks()) do
    write("architecture", name, net:to_json())
    if net.built then
      net:save(path)
      write("model", name, assert(io.open(path, "rb")):read("a"))
    end
  end
  os.remove(path)
end

-- Every type with the options of its first examples, in the order in which options.c counts types.
local function options()
  local number, words = 0, { "type", "inputs", "layers", "output", "outputs", "input", "again", "tied",
    "custom", "tensors", "trained", "shape", "true", "false", "null", "1e308", "-1" }
  for _, kind in ipairs(core.kinds) do
    for _, type in ipairs(kind.types) do
      words[#words + 1] = type.name
      for _, param in ipairs(type.params) do
        words[#words + 1] = ('"%s"'):format(param.name)
        for _, word in ipairs(param.words) do words[#words + 1] = ('"%s"'):format(word) end
      end
      for i, case in ipairs(type.cases) do
        local item = kind.name ~= "data" and load("return " .. case, "=case", "t", core[kind.name])()
        if item then write("options", type.name .. i, string.char(number) .. json.encode(item.options)) end
      end
      number = number + 1
    end
  end
  write_words("options", words)
  write_words("architecture", words)
  write_words("model", { "__metadata__", "data_offsets", "dtype", "shape", "F32", "F16", "BF16", "F64", "BOOL",
    "I64", "U8", "architecture", '{"', '":',
    "lunet.scaling", "lunet.record", "lunet.epochs", "lunet.steps", "minmax", "percentile", "zscore", "shift",
    "factor" })
end

-- Programs for surface.lua are any bytes.
local function programs()
  for seed = 1, 30 do
    local bytes = {}
    for i, x in ipairs(ln.rand({ 40 + 8 * seed }, seed):totable()) do bytes[i] = string.char(math.floor(x * 256)) end
    write("lua", "program" .. seed, table.concat(bytes))
  end
end

image_files()
arrays()
volumes()
models()
options()
programs()
