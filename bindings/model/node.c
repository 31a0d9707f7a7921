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

/* The nodes at stack indices first .. first + n - 1; pushes the memory that holds them. */
static LnNode **check_nodes(lua_State *L, const char *name, int first, int n) {
  LnNode **inputs = lnb_scratch(L, (size_t)n, sizeof(LnNode *));
  for (int i = 0; i < n; i++) {
    LnbBox *box = lnb_test(L, first + i, &node_class);
    if (box == NULL || box->object == NULL)
      lnb_error(L, "%s: input %d must be a node, got %s", name, i + 1, lnb_describe(L, first + i));
    inputs[i] = box->object;
  }
  return inputs;
}

/* Gives the node on top, and whatever is made of it, what layers in Lua consist of to keep: those of its inputs, and what
 * lies at another index. */
static void keep_functions(lua_State *L, int own, int first, int n) {
  lua_createtable(L, n + 1, 0);
  lua_pushvalue(L, own);
  lua_rawseti(L, -2, n + 1);
  for (int i = 0; i < n; i++) {
    lua_pushvalue(L, first + i);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setiuservalue(L, -2, 1);
}

/* Applies the layer to the nodes at stack indices first .. first + n - 1 and pushes the new node. */
static void apply_layer(lua_State *L, LnItem *layer, int first, int n) {
  LnNode **inputs = check_nodes(L, ln_item_name(layer), first, n);
  lnb_push_custom(L, layer);
  int own = lua_gettop(L);
  LNB_MAKE(L, node_class, LnNode, ln_node_apply(&made, layer, inputs, n, &err));
  keep_functions(L, own, first, n);
}

bool lnb_is_node(lua_State *L, int index) {
  return lnb_test(L, index, &node_class) != NULL;
}

int lnb_call_network(lua_State *L, LnNetwork *net) {
  int n = lua_gettop(L) - 1, outputs = ln_network_outputs(net);
  LnNode **inputs = check_nodes(L, "network", 2, n);
  LnNode **made = lnb_scratch(L, (size_t)outputs, sizeof(LnNode *));
  int first = lua_gettop(L) + 1;
  luaL_checkstack(L, outputs + LUA_MINSTACK, "too many outputs");
  for (int i = 0; i < outputs; i++) { /* boxes first: filling them cannot fail */
    lnb_box_new(L, &node_class);
    keep_functions(L, 1, 2, n);
  }
  LNB_CALL(L, ln_network_call(made, net, inputs, n, &err));
  for (int i = 0; i < outputs; i++) ((LnbBox *)lua_touserdata(L, first + i))->object = made[i];
  return outputs;
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
    LnbBox *box = lnb_test(L, -1, &node_class);
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

void lnb_open_node(lua_State *L) {
  static const LnbFunction functions[] = {
      {.name = "input", .call = new_input,
       .usage = "ln.nn.input(shape: integer|integer[], ...: integer) -> node",
       .doc = "Where a network with several paths begins: the shape of one image, nn.input{ 1, 64, 64 }. Layers are "
              "called on it and on what they give, nn.conv2d{ 16 }(x), and nodes of one shape are added with +. "
              "nn.model makes a network of them."},
      {.name = "sequential", .call = new_sequential,
       .usage = "ln.nn.sequential(layers: layer[]|network[]) -> network",
       .doc = "A network of layers one after the other: nn.sequential{ nn.conv2d{ 16, activation = \"relu\" }, "
              "nn.conv2d{ 1 } }. It gets its shapes and parameters when it is first trained or used. An entry that is "
              "no layer is an error. An entry may be a network: its layers follow, and share their weights with it; "
              "net:copy() has weights of its own. A layer that stands there twice is one layer, called again."},
      {.name = "model", .call = new_model,
       .usage = "ln.nn.model(options: { inputs: node|node[], outputs: node|node[], seed?: integer }) -> network",
       .doc = "A network from its input nodes to its output nodes: nn.model{ inputs = x, outputs = y }, or up to 8 of "
              "each, inputs = { a, b }. Shapes are checked at once. It gets its parameters when it is first trained or used: from the seed of ln.fit, or "
              "0. With `seed = 1` they are made at once, from it. An output that does not depend on the input, or "
              "an input that nothing reads, is an error. A layer called twice has one set of weights."},
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
