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
#include "bindings/tensor/tensor.h"
#include "lunet.h"

static void release_node(void *node) {
  ln_node_unref(node);
}

const LnbClass lnb_node_class = {.name = "lunet.node", .noun = "node", .release = release_node};

/* The nodes at stack indices first .. first + n - 1; pushes the memory that holds them. */
static LnNode **check_nodes(lua_State *L, const char *name, int first, int n) {
  LnNode **inputs = lnb_scratch(L, (size_t)n, sizeof(LnNode *));
  for (int i = 0; i < n; i++) {
    LnbBox *box = lnb_test(L, first + i, &lnb_node_class);
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
void lnb_apply_layer(lua_State *L, LnItem *layer, int first, int n) {
  LnNode **inputs = check_nodes(L, ln_item_name(layer), first, n);
  lnb_push_custom(L, layer);
  int own = lua_gettop(L);
  LNB_MAKE(L, lnb_node_class, LnNode, ln_node_apply(&made, layer, inputs, n, &err));
  keep_functions(L, own, first, n);
}

bool lnb_is_node(lua_State *L, int index) {
  return lnb_test(L, index, &lnb_node_class) != NULL;
}

int lnb_call_network(lua_State *L, LnNetwork *net) {
  int n = lua_gettop(L) - 1, outputs = ln_network_outputs(net);
  LnNode **inputs = check_nodes(L, "network", 2, n);
  LnNode **made = lnb_scratch(L, (size_t)outputs, sizeof(LnNode *));
  int first = lua_gettop(L) + 1;
  luaL_checkstack(L, outputs + LUA_MINSTACK, "too many outputs");
  for (int i = 0; i < outputs; i++) { /* boxes first: filling them cannot fail */
    lnb_box_new(L, &lnb_node_class);
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
  lnb_apply_layer(L, item, 2, n);
  return 1;
}

/* nn.input{ 1, 64, 64 } */
static int new_input(lua_State *L) {
  LnShape shape = lnb_check_shape(L, 1, 1);
  LNB_MAKE(L, lnb_node_class, LnNode, ln_node_input(&made, shape, &err));
  return 1;
}

static int node_shape(lua_State *L) {
  lnb_push_shape(L, *ln_node_shape(lnb_check(L, 1, &lnb_node_class)));
  return 1;
}

static int node_layer(lua_State *L) {
  const LnItem *layer = ln_node_layer(lnb_check(L, 1, &lnb_node_class));
  if (layer == NULL)
    lua_pushnil(L);
  else
    lnb_push_layer(L, (LnItem *)(uintptr_t)layer);
  return 1;
}

/* "node 64x32x32 of maxpool2d{ 2 }" */
static int node_tostring(lua_State *L) {
  LnNode *node = lnb_check(L, 1, &lnb_node_class);
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

void lnb_open_node(lua_State *L) {
  static const LnbFunction functions[] = {
      {.name = "input", .call = new_input,
       .usage = "ln.nn.input(shape: integer|integer[], ...: integer) -> node",
       .doc = "Where a network with several paths begins: the shape of one image, nn.input{ 1, 64, 64 }. Layers are "
              "called on it and on what they give, nn.conv2d{ 16 }(x); so are networks, which share their weights with "
              "what is made of them. Nodes are added, subtracted and multiplied with each other (see nn.add) and with "
              "numbers, x - 0.1 * y; -x and x / 2 are nodes, too. "
              "nn.model makes a network of them.",
       .example = "local x = ln.nn.input{ 1, 32, 32 }\n"
                  "x.shape"},
      {0}};
  static const LnbFunction getters[] = {
      {.name = "shape", .call = node_shape,
       .usage = "node.shape -> integer[]",
       .doc = "{channels, height, width} of the value that it stands for."},
      {.name = "layer", .call = node_layer,
       .usage = "node.layer -> layer|nil",
       .doc = "The layer that makes it; nil for an input.",
       .example = "node.layer"},
      {0}};
  static const luaL_Reg meta[] = {{"__tostring", node_tostring}, {NULL, NULL}};
  static const LnbUse use = {.kind = &ln_nn_kind, .call = call_layer, .direct = &lnb_node_class,
                             .usage = "layer(x: node, ...: node) -> node"};
  lnb_use(L, &use);
  lnb_class_new(L, &lnb_node_class, meta, NULL, getters);
  lua_pop(L, 1);
  lua_getfield(L, -1, "nn");
  lnb_functions(L, "nn.", functions);
  lua_pop(L, 1);
}
