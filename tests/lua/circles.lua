-- The checks of order (tests/check/includes.lua, tests/check/calls.lua): they pass on what has an order, and each kind
-- of circle that is planted is refused by name.
local support = dofile "tests/lua/support.lua"
local test, run, write = support.test, support.run, support.write

-- A small house in order: path -> text.
local function house()
  return {
    ["runtime/base/status.h"] = "",
    ["runtime/base/file.h"] = '#include "base/status.h"',
    ["runtime/base/file.c"] = '#include "base/file.h"\n#include "base/parts.h"',
    ["runtime/base/parts.h"] = '#include "base/file.h"', -- the inner header of file.c: no circle
    ["runtime/nn/relu.c"] = '#include "base/file.h"\n#include "loss/loss.h"',
    ["runtime/nn/nn.h"] = "",
    ["runtime/loss/loss.h"] = '#include "base/status.h"',
    ["bindings/base/box.h"] = '#include "base/status.h"',
    ["bindings/base/box.c"] = '#include "bindings/base/box.h"',
    ["bindings/base/error.h"] = '#include "bindings/base/box.h"',
    ["bindings/base/error.c"] = '#include "bindings/base/error.h"',
    ["bindings/tensor/tensor.h"] = '#include "bindings/base/box.h"',
    ["bindings/lunet/base/errors.lua"] = '-- local errors = require "lunet.errors"',
    ["bindings/lunet/base/options.lua"] = 'local errors = require "lunet.errors"',
    ["bindings/lunet/train/fit.lua"] = 'local text = require("lunet.options").text',
    ["bindings/lunet/init.lua"] = 'local fit = require "lunet.fit"',
  }
end

-- Runs the check of includes on the house with these lines added: what it printed and its exit status.
local function checked(added)
  local folder <close> = support.folder()
  local files = house()
  for path, line in pairs(added) do files[path] = (files[path] or "") .. "\n" .. line end
  for path, text in pairs(files) do
    assert(os.execute(("mkdir -p '%s/%s'"):format(folder, path:match("^(.*)/"))))
    write(folder.path .. "/" .. path, text .. "\n")
  end
  return run(("tests/check/includes.lua '%s'"):format(folder))
end

local function refused(added, text)
  local said, status = checked(added)
  if status == 0 or not said:find(text, 1, true) then
    error(("expected %q to be refused, got exit status %s: %s"):format(text, status, said), 2)
  end
end

test("what has an order passes", function()
  local said, status = checked{}
  assert(said == "" and status == 0, said)
end)

test("includes against the order of folders", function()
  refused({ ["runtime/base/file.c"] = '#include "nn/nn.h"' },
    "runtime/base/file.c:3: runtime/nn/nn.h: nn comes after base")
  refused({ ["bindings/base/box.c"] = '#include "bindings/tensor/tensor.h"' }, "tensor comes after base")
  refused({ ["runtime/base/file.c"] = '#include "bindings/base/box.h"' }, "the runtime knows nothing of bindings/")
  refused({ ["bindings/lunet/base/errors.lua"] = 'require "lunet.fit"' }, "train comes after base")
  refused({ ["bindings/lunet/base/errors.lua"] = "require('lunet')" }, ". comes after base")
  refused({ ["bindings/extra/new.c"] = "" }, "folder 'extra' has no place in the order of bindings/")
  refused({ ["runtime/base/file.c"] = "#include <lua.h>" }, "the runtime knows nothing of Lua")
  refused({ ["runtime/base/file.c"] = '#include "status.h"' }, "status.h: name the folder")
  refused({ ["bindings/base/box.c"] = '#include "bindings/base/gone.h"' }, "no such file of ours")
end)

test("circles between folders of one layer", function()
  refused({ ["runtime/loss/loss.h"] = '#include "nn/nn.h"' },
    "a circle of folders: runtime/loss -> runtime/nn -> runtime/loss")
end)

test("circles inside a folder", function()
  refused({ ["runtime/base/status.h"] = '#include "base/file.h"' },
    "a circle of files: runtime/base/status.h -> runtime/base/file.h -> runtime/base/status.h")
  refused({ ["bindings/base/box.c"] = '#include "bindings/base/error.h"' },
    "a circle of files, a header and its .c being one: bindings/base/box -> bindings/base/error -> bindings/base/box")
  refused({ ["bindings/lunet/base/errors.lua"] = 'require "lunet.options"' }, "a circle of files: "
    .. "bindings/lunet/base/errors.lua -> bindings/lunet/base/options.lua -> bindings/lunet/base/errors.lua")
  refused({ -- through a header that has no .c of its own
    ["bindings/base/box.c"] = '#include "bindings/base/inner.h"',
    ["bindings/base/inner.h"] = '#include "bindings/base/error.h"',
  }, "bindings/base/box -> bindings/base/error -> bindings/base/box")
end)

test("circles of what files use of each other", function()
  if not os.execute("command -v cc >/dev/null && command -v nm >/dev/null") then
    return support.skip("circles of uses", "there is no cc or no nm")
  end
  local folder <close> = support.folder()
  local function compiled(path, text)
    assert(os.execute(("mkdir -p '%s/%s'"):format(folder, path:match("^(.*)/"))))
    write(folder.path .. "/a.c", text)
    assert(os.execute(("cc -c -o '%s/%s.o' '%s/a.c'"):format(folder, path, folder)))
  end
  compiled("bindings/base/box", "int ln_value(void);\nint lnb_box(void) { return ln_value(); }\n")
  compiled("runtime/base/value", "int ln_value(void) { return 1; }\n")
  local said, status = run(("tests/check/calls.lua '%s'"):format(folder))
  assert(said == "" and status == 0, said)
  compiled("runtime/base/value", "int lnb_box(void);\nint ln_value(void) { return lnb_box(); }\n")
  said, status = run(("tests/check/calls.lua '%s'"):format(folder))
  assert(status ~= 0 and said:find("bindings/base/box -> runtime/base/value -> bindings/base/box", 1, true), said)
end)

test("exceptions are for what needs them", function()
  local new_graph = dofile "tests/check/graph.lua"
  local graph = new_graph{ { from = "a", to = "b", why = "it is a test" } }
  graph:add("b", "a", "b.c:1")
  assert(graph:circles("letters")[1] == "the exception a -> b is not needed any more")
  graph:add("a", "b", "a.c:1")
  assert(#graph:circles("letters") == 0)
end)

support.done()
