-- Pages for what is written in C and is no item: tensors, networks from nodes, the machine.
local core = require "lunet.core"
local docs = require "lunet.docs"

docs.add(core.tensor, {
  name = "tensor",
  usage = "ln.tensor{ { 1, 2 }, { 3, 4 } }",
  doc = "A tensor from nested tables, or from a number. Tensors are float32 with up to six dimensions; images are "
    .. "N,C,H,W with values in [0, 1]. Dimensions and positions count from 1. Arithmetic broadcasts as in NumPy.",
  methods = {
    { "t.shape, #t", "list of sizes; the first of them" },
    { "t[i], t[{ 2, {1, 8}, {} }]", "an element or a part; {first, last} is a range, {} all. Parts share memory and "
      .. "can be assigned to" },
    { "+ - * / ^", "elementwise, with tensors or numbers; also abs sqrt exp log sin cos tanh floor round sign "
      .. "clamp(low, high) minimum maximum lt le gt ge eq ne" },
    { "sum() mean() var() std()", "a number; with a dimension a tensor without it, sum(dim, true) keeps it at size 1; "
      .. "also min max argmin argmax" },
    { "reshape{ ... }", "the same elements in another shape, a view where possible; -1 is worked out" },
    { "narrow(dim, first, count)", "a part along one dimension, a view; also permute, transpose, expand" },
    { "gather{ 3, 1, 1 }", "these entries of the first dimension, copied" },
    { "clone(), copy(from), fill(x)", "a copy; overwrite in place" },
    { "matmul(b)", "matrix product" },
    { "nonfinite()", "position of the first NaN or infinity, or nil" },
    { "totable(), item()", "nested tables; the only element" },
    { "free()", "give the memory back now instead of at the next collection" },
  },
  errors = "Shapes that do not broadcast, positions outside; the message names both shapes or the dimension.",
})

local function constructor(name, usage, doc)
  docs.add(core[name], { name = name, usage = usage, doc = doc })
end

constructor("zeros", "ln.zeros{ 8, 1, 64, 64 }", "A tensor of zeros.")
constructor("ones", "ln.ones{ 8, 1, 64, 64 }", "A tensor of ones.")
constructor("full", "ln.full({ 8, 1, 64, 64 }, 0.5)", "A tensor with one value everywhere.")
constructor("rand", "ln.rand({ 4, 4 }, seed)", "Random numbers in [0, 1); the same seed gives the same numbers.")
constructor("randn", "ln.randn({ 4, 4 }, seed)", "Random numbers from N(0, 1); the same seed gives the same numbers.")
constructor("arange", "ln.arange(n), ln.arange(first, last, step)", "1 .. n, or counted as `for` does.")
constructor("linspace", "ln.linspace(0, 1, 11)", "Evenly spaced numbers, both ends included.")
constructor("concat", "ln.concat({ a, b }, dim)", "Tensors concatenated along a dimension, by default the first.")

docs.add(core.interrupted, {
  name = "interrupted",
  usage = "ln.interrupted(err)",
  doc = "Whether an error, as pcall gives it, is that of Ctrl-C. It is raised where the script is, in the middle of "
    .. "long calls and in coroutines too; what was being made is given up, and networks, tensors and files that were "
    .. "being changed are whole. Its message is text, \"script.lua:12: interrupted\", maybe with other text in front "
    .. "or a traceback behind. Code that carries on after errors should raise this one again. The second Ctrl-C after "
    .. "one that had no effect warns, the third ends the program.",
  example = "local ok, err = pcall(run, setting)\nif not ok and ln.interrupted(err) then error(err, 0) end",
})

docs.add(core.nn.sequential, {
  name = "nn.sequential",
  usage = "local net = nn.sequential{ layer, layer, ... }",
  doc = "A network of layers one after the other. It gets its shapes and parameters when it is first trained or used.",
  errors = "An entry that is no layer.",
  example = 'local net = nn.sequential{\n  nn.conv2d{ 16, activation = "relu" },\n'
    .. '  nn.conv2d{ 1, activation = "sigmoid" },\n}',
})
docs.add(core.nn.input, {
  name = "nn.input",
  usage = "local x = nn.input{ 1, 64, 64 }",
  doc = "Where a network with several paths begins: the shape of one image. Layers are called on it, on what they "
    .. "give, and nodes of one shape are added with +.",
  example = 'local x = nn.input{ 1, 64, 64 }\nlocal y = nn.conv2d{ 1 }(nn.conv2d{ 16, activation = "relu" }(x)) + x',
})
docs.add(core.nn.model, {
  name = "nn.model",
  usage = "local net = nn.model{ inputs = x, outputs = y }",
  doc = "A network from its input node to its output node. Shapes are checked at once. It gets its parameters when it "
    .. "is first trained or used: from the seed of ln.fit, or 0. With `seed = 1` they are made at once, from it.",
  errors = "An output that does not depend on the input.",
})

docs.add(core.methods.network.build, {
  name = "net:build",
  title = "net:build",
  usage = "net:build({ 1, 64, 64 }, seed)",
  doc = "Make a network's parameters, for images of the shape {channels, height, width}. ln.fit does it with "
    .. "its own seed. A network that has parameters keeps them where their shapes stay the same.",
  errors = "Layers that do not fit each other or the shape, by number and name.",
})
docs.add(core.methods.network.tensors, {
  name = "net:tensors",
  title = "net:tensors",
  usage = 'net:tensors(), net:tensor("conv2d_1.weight")',
  doc = "The list of { name, shape, trained } of all parameters, and one of them as a tensor that shares the network's "
    .. "memory: call net:weights_changed() after writing to it.",
})

docs.add(core.mem, {
  name = "mem",
  usage = "ln.mem()",
  doc = "Memory in bytes: { live, peak } of tensors and networks, { rss, peak_rss } of the whole process.",
})
docs.add(core.limits, {
  name = "limits",
  usage = "ln.limits(), ln.limits{ pixels = 1e9 }",
  doc = "What one file may ask for, compared with its header before memory is taken: pixels, the values of an image "
    .. "(channels x height x width, 2^28 at first), and bytes, the memory that its contents take (2^33 at first). With "
    .. "a table, sets those that it names.",
  errors = "A limit below 1. Files that ask for more raise \"too large\".",
  example = "ln.limits{ pixels = 40000 * 40000 }",
})
docs.add(core.threads, {
  name = "threads",
  usage = "local n, why = ln.threads(), ln.threads(2)",
  doc = "How many threads there are; with a number from 1 to 1024, sets it. Results do not depend on it. why: "
    .. "\"set\", \"LUNET_THREADS\", \"OMP_NUM_THREADS\" where that is not given, else what bounds the processors "
    .. "that the process may use: \"CPU quota\" (of a container), \"affinity\" or \"processors\". Where threads cannot "
    .. "be started, a line on stderr says so and there are fewer.",
})
docs.add(core.isa, {
  name = "isa",
  usage = "ln.isa()",
  doc = "The instruction set in use; LUNET_ISA=name chooses one at start.",
})
docs.add(core.isas, { name = "isas", usage = "ln.isas()", doc = "The instruction sets at hand, the best one last." })
docs.add(core.libraries, {
  name = "libraries",
  usage = "ln.libraries()",
  doc = "The libraries in use, names and versions in one text.",
})
docs.add(core.file.write, {
  name = "file.write",
  usage = "ln.file.write(path, text)",
  doc = "Write a file atomically: all of it, or it stays as it was.",
  errors = "A path that cannot be written.",
})
docs.add(core.file.make_dir, {
  name = "file.make_dir",
  usage = "ln.file.make_dir(path)",
  doc = "Make a folder and those above it; none of them need be missing.",
  errors = "A folder that cannot be made; a file in its place.",
})
docs.add(core.file.check_writable, {
  name = "file.check_writable",
  usage = "ln.file.check_writable(path)",
  doc = "Raise an error unless a file could be written there: call it before a long run, not after.",
})
docs.add(core.file.exists, {
  name = "file.exists",
  usage = "ln.file.exists(path)",
  doc = "Whether there is something, and then \"file\" or \"folder\".",
})
docs.add(core.time, { name = "time", usage = "ln.time()", doc = "Seconds, to measure how long something takes." })
