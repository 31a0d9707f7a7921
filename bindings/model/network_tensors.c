/* The tensors of a network in Lua: listing, reading, setting and freezing them. The Lua half adds net:parameters and
 * net:set. */
#include "bindings/model/network_tensors.h"

#include <string.h>

#include <lauxlib.h>

#include "base/nearest.h"
#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/frozen.h"
#include "bindings/base/value.h"
#include "bindings/model/network.h"
#include "bindings/tensor/tensor.h"
#include "model/network.h"

static LnNetwork *check_network(lua_State *L) {
  return lnb_check(L, 1, &lnb_network_class);
}

static void push_tensor(lua_State *L, LnNetwork *net, int index) {
  LNB_MAKE_TENSOR(L, ln_network_tensor(&made, net, index, &err));
}

static void set_boolean(lua_State *L, const char *field, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, field);
}

/* net:tensors(): { {name=, trained=, frozen=, shape=}, ... } */
static int network_tensors(lua_State *L) {
  LnNetwork *net = check_network(L);
  lua_newtable(L);
  for (int i = 0; i < ln_network_tensors(net); i++) {
    lua_newtable(L);
    lua_pushstring(L, ln_network_tensor_name(net, i));
    lua_setfield(L, -2, "name");
    set_boolean(L, "trained", ln_network_tensor_trained(net, i));
    set_boolean(L, "frozen", ln_network_tensor_frozen(net, i));
    push_tensor(L, net, i);
    lnb_push_shape(L, lnb_check_tensor(L, -1)->shape);
    lua_setfield(L, -3, "shape");
    lua_pop(L, 1);
    lua_rawseti(L, -2, i + 1);
  }
  lnb_freeze(L, "net:tensors(): this list describes the network, and setting 'KEY' would not change it; "
                "net:get(name) gives the values, net:set(name, tensor) changes them");
  return 1;
}

/* ---- Freezing ---- */

/* Freeze or thaw what the arguments name; all of it without any. */
static int set_frozen(lua_State *L, bool frozen) {
  LnNetwork *net = check_network(L);
  int n = lua_gettop(L) - 1;
  if (n == 0) n = (lua_pushliteral(L, "*"), 1);
  const char **patterns = lnb_scratch(L, (size_t)n, sizeof *patterns);
  for (int i = 0; i < n; i++) patterns[i] = lnb_check_string(L, i + 2);
  LNB_CALL(L, ln_network_freeze(net, patterns, n, frozen, &err));
  return lua_settop(L, 1), 1;
}

static int network_freeze(lua_State *L) {
  return set_frozen(L, true);
}

static int network_unfreeze(lua_State *L) {
  return set_frozen(L, false);
}

/* ---- Values by name ---- */

static const char *tensor_name_at(const void *net, int i) {
  return i < ln_network_tensors(net) ? ln_network_tensor_name(net, i) : NULL;
}

/* The number of the tensor that is called like argument 2, tied ones included. */
static int find_tensor(lua_State *L, LnNetwork *net, const char *what) {
  const char *name = lnb_check_string(L, 2);
  if (!ln_network_built(net))
    lnb_error(L, "%s: it has no tensors before it is built; call net:build{ 1, 64, 64 }", what);
  int n = ln_network_tensors(net) + ln_network_tied_tensors(net);
  for (int i = 0; i < n; i++)
    if (strcmp(ln_network_tensor_name(net, i), name) == 0) return i;
  const char *nearest = ln_nearest_name(name, tensor_name_at, net);
  if (nearest != NULL) lnb_error(L, "%s: no tensor '%s'; did you mean '%s'?", what, name, nearest);
  lnb_error(L, "%s: no tensor '%s'; net:tensors() lists them", what, name);
}

/* The same for what needs memory of the tensor's own. */
static int find_own(lua_State *L, LnNetwork *net, const char *what) {
  int index = find_tensor(L, net, what);
  if (index < ln_network_tensors(net)) return index;
  const char *name = ln_network_tensor_name(net, index);
  lnb_error(L, "%s: '%s' is '%s', to which it is tied, in another order: take that one; net:get('%s') gives a copy",
            what, name, ln_network_tensor_name(net, ln_network_tensor_source(net, index)), name);
}

static int network_tensor(lua_State *L) {
  LnNetwork *net = check_network(L);
  push_tensor(L, net, find_own(L, net, "network"));
  return 1;
}

static int network_get(lua_State *L) {
  LnNetwork *net = check_network(L);
  lnb_check_count(L, 2, "; it has no options");
  int index = find_tensor(L, net, "net:get");
  LNB_MAKE_TENSOR(L, ln_network_values(&made, net, index, &err));
  return 1;
}

/* set_tensor(net, name, tensor[, only_check]) */
static int set_tensor(lua_State *L) {
  LnNetwork *net = check_network(L);
  int index = find_own(L, net, "net:set");
  const char *name = ln_network_tensor_name(net, index);
  if (lnb_test(L, 3, &lnb_tensor_class) == NULL)
    lnb_error(L, "net:set: '%s' must be a tensor, got %s", name, lnb_describe(L, 3));
  const LnTensor *values = lnb_check_values(L, 3);
  if (lua_toboolean(L, 4))
    LNB_CALL(L, ln_error_prefix(&err, ln_network_check_values(net, index, values, &err), "net:set: "));
  else
    LNB_CALL(L, ln_error_prefix(&err, ln_network_set_values(net, index, values, &err), "net:set: "));
  return 0;
}

void lnb_open_network_tensors(lua_State *L) {
  static const LnbFunction functions[] = {{.name = "set_tensor", .call = set_tensor}, {0}};
  static const LnbFunction methods[] = {
      {.name = "freeze", .call = network_freeze,
       .usage = "net:freeze(...: string) -> network",
       .doc = "From now on training leaves parameters as they are: those of the names given, of layers "
              "(\"conv2d_1\") or single ones (\"conv2d_1.weight\"), with * for any characters and ? for one; all without a name. Layers "
              "before the first that still learns cost no gradients. An optimizer keeps its state for when they thaw. "
              "Statistics of batch_norm still are those of each batch, and learnt, as in PyTorch (in Keras a frozen "
              "batch_norm uses what it has learnt). Copies of the network are frozen alike; files do not say it. "
              "net:tensors()[i].frozen tells. A name that nothing has is an error. Returns the network.",
       .example = "net:freeze(\"enc1\")"},
      {.name = "unfreeze", .call = network_unfreeze,
       .usage = "net:unfreeze(...: string) -> network",
       .doc = "Undo net:freeze for those names, or for all without one.",
       .example = "net:freeze(\"enc1\")\n"
                  "net:unfreeze(\"enc1\")"},
      {.name = "tensors", .call = network_tensors,
       .usage = "net:tensors() -> table[]",
       .doc = "What the network holds, in the order of the layers: { name, shape, trained, frozen }. What is not "
              "trained is kept and saved too, as the running means of batch_norm. net:parameters() has the values, too."},
      {.name = "tensor", .call = network_tensor,
       .usage = "net:tensor(name: string) -> tensor",
       .doc = "One of net:tensors(), e.g. \"conv2d_1.weight\", as a view that shares the network's memory: call "
              "net:weights_changed() after writing to it. net:get gives a copy, net:set changes it safely.",
       .example = "net:tensor(\"enc1.bias\"):fill(0.1)"},
      {.name = "get", .call = network_get,
       .usage = "net:get(name: string) -> tensor",
       .doc = "A copy of one of net:tensors(), e.g. net:get(\"conv2d_1.weight\"): writing to it leaves the network as "
              "it is, and training the network leaves the copy as it is. The weight of a tied layer comes as that "
              "layer has it. An unknown name is an error.",
       .example = "net:get(\"enc1.weight\")",
       .torch = "Module.get_parameter"},
      {0}};
  lnb_functions(L, "", functions);
  luaL_getmetatable(L, lnb_network_class.name);
  lua_getfield(L, -1, "methods");
  lnb_functions(L, "net:", methods);
  lua_pop(L, 2);
}
