/* Nodes in Lua: symbolic values while a network is described, and the functions that make networks of them. */
#include "bindings/model/node.h"

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/items/call.h"
#include "bindings/items/class.h"
#include "bindings/items/text.h"
#include "bindings/model/custom.h"
#include "bindings/model/network.h"
#include "bindings/tensor/tensor.h"
#include "lunet.h"

static void release_node(void *node) {
  ln_node_unref(node);
}

static const LnbClass node_class = {.name = "lunet.node", .noun = "node", .release = release_node};

/* Applies the layer to the nodes at stack indices first .. first + n - 1 and pushes the new node. */
static void apply_layer(lua_State *L, LnItem *layer, int first, int n) {
  const char *name = ln_item_name(layer);
  LnNode **inputs = lnb_scratch(L, (size_t)n, sizeof(LnNode *));
  for (int i = 0; i < n; i++) {
    LnbBox *box = lnb_test(L, first + i, &node_class);
    if (box == NULL || box->object == NULL)
      lnb_error(L, "%s: input %d must be a node, got %s", name, i + 1, lnb_describe(L, first + i));
    inputs[i] = box->object;
  }
  LNB_MAKE(L, node_class, LnNode, ln_node_apply(&made, layer, inputs, n, &err));
  lua_createtable(L, n + 1, 0); /* keeps what layers in Lua consist of, its own and those before */
  lnb_push_custom(L, layer);
  lua_rawseti(L, -2, n + 1);
  for (int i = 0; i < n; i++) {
    lua_pushvalue(L, first + i);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setiuservalue(L, -2, 1);
}

/* What calling a layer does. */
static int call_layer(lua_State *L, LnItem *item) {
  const char *name = ln_item_name(item);
  int n = lua_gettop(L) - 1;
  if (lnb_test(L, 2, &lnb_tensor_class) != NULL)
    lnb_error(L, "%s: a layer is called on nodes (nn.input{ 1, 64, 64 }), not tensors; net:predict(x) runs a network",
              name);
  if (n == 0) lnb_error(L, "%s: call it on a node, e.g. %s{...}(nn.input{ 1, 64, 64 })", name, name);
  apply_layer(L, item, 2, n);
  return 1;
}

/* nn.input{ 1, 64, 64 } */
static int new_input(lua_State *L) {
  LnShape shape = lnb_check_shape(L, 1, 1);
  LNB_MAKE(L, node_class, LnNode, ln_node_input(&made, shape, &err));
  return 1;
}

/* a + b is an add layer. */
static int add_nodes(lua_State *L) {
  LNB_MAKE(L, lnb_item_class, LnItem, ln_item_new(&made, &ln_nn_add.type, &err));
  apply_layer(L, lnb_check(L, 3, &lnb_item_class), 1, 2);
  return 1;
}

static int node_shape(lua_State *L) {
  lnb_push_shape(L, *ln_node_shape(lnb_check(L, 1, &node_class)));
  return 1;
}

static int node_layer(lua_State *L) {
  const LnItem *layer = ln_node_layer(lnb_check(L, 1, &node_class));
  if (layer == NULL)
    lua_pushnil(L);
  else
    lnb_push_layer(L, (LnItem *)(uintptr_t)layer);
  return 1;
}

/* "node 64x32x32 of maxpool2d{ 2 }" */
static int node_tostring(lua_State *L) {
  LnNode *node = lnb_check(L, 1, &node_class);
  const LnItem *layer = ln_node_layer(node);
  lua_pushfstring(L, "node %s", LN_SHAPE_TEXT(*ln_node_shape(node)));
  lua_pushstring(L, layer == NULL ? ", an input" : " of ");
  if (layer == NULL)
    lua_pushliteral(L, "");
  else
    lnb_push_item_text(L, (LnItem *)(uintptr_t)layer);
  lua_concat(L, 3);
  return 1;
}

/* nn.sequential{ layer, layer, ... } */
static int new_sequential(lua_State *L) {
  if (!lua_istable(L, 1)) lnb_arg_error(L, 1, "a table of layers");
  lua_settop(L, 1);
  int n = (int)lua_rawlen(L, 1);
  LnItem **layers = lnb_scratch(L, (size_t)n, sizeof(LnItem *));
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    bool entry = lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && lua_tointeger(L, -2) <= n;
    if (!entry) lnb_error(L, "sequential: the layers are a plain list, got the key %s", lnb_describe(L, -2));
    lua_pop(L, 1);
  }
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, 1, i + 1);
    layers[i] = lnb_check_item(L, 3, "nn", lua_pushfstring(L, "sequential: entry %d", i + 1));
    lua_settop(L, 2); /* the table keeps the item */
  }
  LNB_MAKE(L, lnb_network_class, LnNetwork, ln_network_sequential(&made, layers, n, &err));
  lnb_keep_customs(L, lnb_check(L, -1, &lnb_network_class));
  return 1;
}

/* The node in a field of the options at index 1: a node, or a table with one. */
static LnNode *check_end(lua_State *L, const char *field) {
  if (lua_getfield(L, 1, field) == LUA_TTABLE && lua_rawlen(L, -1) == 1) lua_rawgeti(L, -1, 1);
  LnbBox *box = lnb_test(L, -1, &node_class);
  if (box == NULL || box->object == NULL)
    lnb_error(L, "model: option '%s' must be a node, got %s", field, lnb_describe(L, -1));
  return box->object;
}

/* nn.model{ inputs = x, outputs = y }; with seed = 1, its weights are made at once. */
static int new_model(lua_State *L) {
  static const char *const names[] = {"inputs", "outputs", "seed", NULL};
  if (!lua_istable(L, 1)) lnb_arg_error(L, 1, "options: nn.model{ inputs = x, outputs = y }");
  lnb_option_names(L, 1, "model", names);
  LnNode *input = check_end(L, "inputs"), *output = check_end(L, "outputs");
  bool seeded = lua_getfield(L, 1, "seed") != LUA_TNIL;
  uint64_t seed = (uint64_t)lnb_option_integer(L, 1, "seed", 0);
  LNB_MAKE(L, lnb_network_class, LnNetwork, ln_network_model(&made, input, output, &err));
  lnb_keep_customs(L, lnb_check(L, -1, &lnb_network_class));
  LnNetwork *net = lnb_check(L, -1, &lnb_network_class);
  if (seeded) LNB_CALL(L, ln_network_build(net, ln_network_input_shape(net), seed, &err));
  return 1;
}

void lnb_open_node(lua_State *L) {
  static const LnbFunction functions[] = {
      {.name = "input", .call = new_input,
       .usage = "ln.nn.input(shape: integer|integer[], ...: integer) -> node",
       .doc = "Where a network with several paths begins: the shape of one image, nn.input{ 1, 64, 64 }. Layers are "
              "called on it and on what they give, nn.conv2d{ 16 }(x), and nodes of one shape are added with +. "
              "nn.model makes a network of them."},
      {.name = "sequential", .call = new_sequential,
       .usage = "ln.nn.sequential(layers: layer[]) -> network",
       .doc = "A network of layers one after the other: nn.sequential{ nn.conv2d{ 16, activation = \"relu\" }, "
              "nn.conv2d{ 1 } }. It gets its shapes and parameters when it is first trained or used. An entry that is "
              "no layer is an error."},
      {.name = "model", .call = new_model,
       .usage = "ln.nn.model(options: { inputs: node, outputs: node, seed?: integer }) -> network",
       .doc = "A network from its input node to its output node: nn.model{ inputs = x, outputs = y }. Shapes are "
              "checked at once. It gets its parameters when it is first trained or used: from the seed of ln.fit, or "
              "0. With `seed = 1` they are made at once, from it. An output that does not depend on the input is an "
              "error."},
      {0}};
  static const LnbFunction getters[] = {
      {.name = "shape", .call = node_shape,
       .usage = "node.shape -> integer[]",
       .doc = "{channels, height, width} of the value that it stands for."},
      {.name = "layer", .call = node_layer,
       .usage = "node.layer -> layer|nil",
       .doc = "The layer that makes it; nil for an input."},
      {0}};
  static const luaL_Reg meta[] = {{"__add", add_nodes}, {"__tostring", node_tostring}, {NULL, NULL}};
  static const LnbUse use = {.kind = &ln_nn_kind, .call = call_layer, .direct = &node_class,
                             .usage = "layer(x: node, ...: node) -> node"};
  lnb_use(L, &use);
  lnb_class_new(L, &node_class, meta, NULL, getters);
  lua_pop(L, 1);
  lua_getfield(L, -1, "nn");
  lnb_functions(L, "nn.", functions);
  lua_pop(L, 1);
}
