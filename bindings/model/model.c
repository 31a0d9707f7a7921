/* nn.sequential and nn.model: networks made of layers, nodes and other networks. */
#include "bindings/model/model.h"

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/items/class.h"
#include "bindings/model/custom.h"
#include "bindings/model/network.h"
#include "bindings/model/node.h"

/* nn.sequential{ layer, layer, ... } */
static int new_sequential(lua_State *L) {
  if (!lua_istable(L, 1)) lnb_arg_error(L, 1, "a table of layers");
  lua_settop(L, 1);
  int n = (int)lua_rawlen(L, 1);
  LnStage *stages = lnb_scratch(L, (size_t)n, sizeof(LnStage));
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    bool entry = lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && lua_tointeger(L, -2) <= n;
    if (!entry) lnb_error(L, "sequential: the layers are a plain list, got the key %s", lnb_describe(L, -2));
    lua_pop(L, 1);
  }
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, 1, i + 1);
    LnbBox *net = lnb_test(L, 3, &lnb_network_class);
    stages[i] = (LnStage){.network = net == NULL ? NULL : net->object};
    if (stages[i].network == NULL)
      stages[i].layer = lnb_check_item(L, 3, "nn", lua_pushfstring(L, "sequential: entry %d", i + 1));
    lua_settop(L, 2); /* the table keeps the item */
  }
  LNB_MAKE(L, lnb_network_class, LnNetwork, ln_network_sequential_all(&made, stages, n, &err));
  lnb_keep_customs(L, lnb_check(L, -1, &lnb_network_class));
  return 1;
}

/* The nodes in a field of the options at index 1: a node, or a list of them. Pushes the memory that holds them. */
static LnNode **check_ends(lua_State *L, const char *field, int *n) {
  bool list = lua_getfield(L, 1, field) == LUA_TTABLE;
  int value = lua_gettop(L);
  *n = list ? (int)lua_rawlen(L, value) : 1;
  LnNode **nodes = lnb_scratch(L, (size_t)*n, sizeof(LnNode *));
  for (int i = 0; i < *n; i++) {
    if (list)
      lua_rawgeti(L, value, i + 1);
    else
      lua_pushvalue(L, value);
    LnbBox *box = lnb_test(L, -1, &lnb_node_class);
    if (box == NULL || box->object == NULL)
      lnb_error(L, "model: option '%s' must be a node%s, got %s", field, list ? ", or a list of them" : "",
                lnb_describe(L, -1));
    nodes[i] = box->object;
    lua_pop(L, 1);
  }
  return nodes;
}

/* nn.model{ inputs = x, outputs = y }; with seed = 1, its weights are made at once. */
static int new_model(lua_State *L) {
  static const char *const names[] = {"inputs", "outputs", "seed", NULL};
  int n_inputs, n_outputs;
  LnShape shapes[LN_MAX_ENDS];
  if (!lua_istable(L, 1)) lnb_arg_error(L, 1, "options: nn.model{ inputs = x, outputs = y }");
  lnb_option_names(L, 1, "model", names);
  LnNode **inputs = check_ends(L, "inputs", &n_inputs), **outputs = check_ends(L, "outputs", &n_outputs);
  bool seeded = lua_getfield(L, 1, "seed") != LUA_TNIL;
  uint64_t seed = (uint64_t)lnb_option_integer(L, 1, "seed", 0);
  LNB_MAKE(L, lnb_network_class, LnNetwork, ln_network_model_all(&made, inputs, n_inputs, outputs, n_outputs, &err));
  lnb_keep_customs(L, lnb_check(L, -1, &lnb_network_class));
  LnNetwork *net = lnb_check(L, -1, &lnb_network_class);
  for (int i = 0; i < n_inputs; i++) shapes[i] = ln_network_input_shape_of(net, i);
  if (seeded) LNB_CALL(L, ln_network_build_all(net, shapes, seed, &err));
  return 1;
}

void lnb_open_model(lua_State *L) {
  static const LnbFunction functions[] = {
      {.name = "sequential", .call = new_sequential,
       .usage = "ln.nn.sequential(layers: layer[]|network[]) -> network",
       .doc = "A network of layers one after the other: nn.sequential{ nn.conv2d{ 16, activation = \"relu\" }, "
              "nn.conv2d{ 1 } }. It gets its shapes and parameters when it is first trained or used. An entry that is "
              "no layer is an error. An entry may be a network: its layers follow, and share their weights with it; "
              "net:copy() has weights of its own. A layer that stands there twice is one layer, called again.",
       .example = "ln.nn.sequential{ ln.nn.conv2d{ 8, activation = \"relu\" }, ln.nn.conv2d{ 1 } }"},
      {.name = "model", .call = new_model,
       .usage = "ln.nn.model(options: { inputs: node|node[], outputs: node|node[], seed?: integer }) -> network",
       .doc = "A network from its input nodes to its output nodes: nn.model{ inputs = x, outputs = y }, or up to 8 of "
              "each, inputs = { a, b }. Shapes are checked at once. It gets its parameters when it is first trained or used: from the seed of ln.fit, or "
              "0. With `seed = 1` they are made at once, from it. An output that does not depend on the input, or "
              "an input that nothing reads, is an error. A layer called twice has one set of weights.",
       .example = "local x = ln.nn.input{ 1, 32, 32 }\n"
                  "local noise = ln.nn.conv2d{ 1 }(ln.nn.conv2d{ 8, activation = \"relu\" }(x))\n"
                  "ln.nn.model{ inputs = x, outputs = x - noise }"},
      {0}};
  lua_getfield(L, -1, "nn");
  lnb_functions(L, "nn.", functions);
  lua_pop(L, 1);
}
