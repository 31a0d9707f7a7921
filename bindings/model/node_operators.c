/* Arithmetic of nodes: each operator is a layer. With a number it is a scale, factor * x + offset. */
#include "bindings/model/node_operators.h"

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/items/class.h"
#include "bindings/model/node.h"
#include "lunet.h"

/* The layer of that type on both nodes. */
static int apply(lua_State *L, const LnType *type) {
  LNB_MAKE(L, lnb_item_class, LnItem, ln_item_new(&made, type, &err));
  lnb_apply_layer(L, lnb_check(L, 3, &lnb_item_class), 1, 2);
  return 1;
}

/* factor * x + offset of the node at an index. */
static int scale(lua_State *L, int node, double factor, double offset) {
  lua_pushvalue(L, node);
  LNB_MAKE(L, lnb_item_class, LnItem, ln_item_new(&made, &ln_nn_scale.type, &err));
  LnItem *item = lnb_check(L, -1, &lnb_item_class);
  LNB_CALL(L, ln_item_set(item, "factor", (LnValue){.kind = LN_NUMBER, .number = factor}, &err));
  LNB_CALL(L, ln_item_set(item, "offset", (LnValue){.kind = LN_NUMBER, .number = offset}, &err));
  lnb_apply_layer(L, item, lua_gettop(L) - 1, 1);
  return 1;
}

/* The number beside a node; 0 where both are nodes. *node: the index of the (first) node. */
static double number_beside(lua_State *L, int *node, const char *what) {
  *node = lnb_is_node(L, 1) ? 1 : 2;
  int other = 3 - *node;
  if (lnb_is_node(L, other)) return 0;
  if (lua_type(L, other) != LUA_TNUMBER)
    lnb_error(L, "node: a node can be %s a node or a number, got %s", what, lnb_describe(L, other));
  return lua_tonumber(L, other);
}

static bool both_nodes(lua_State *L) {
  return lnb_is_node(L, 1) && lnb_is_node(L, 2);
}

static int add(lua_State *L) {
  int node;
  double number = number_beside(L, &node, "added to");
  return both_nodes(L) ? apply(L, &ln_nn_add.type) : scale(L, node, 1, number);
}

static int subtract(lua_State *L) {
  int node;
  double number = number_beside(L, &node, "subtracted from");
  if (both_nodes(L)) return apply(L, &ln_nn_sub.type);
  return node == 1 ? scale(L, node, 1, -number) : scale(L, node, -1, number);
}

static int multiply(lua_State *L) {
  int node;
  double number = number_beside(L, &node, "multiplied by");
  return both_nodes(L) ? apply(L, &ln_nn_mul.type) : scale(L, node, number, 0);
}

static int divide(lua_State *L) {
  if (!lnb_is_node(L, 1) || lua_type(L, 2) != LUA_TNUMBER || lua_tonumber(L, 2) == 0)
    lnb_error(L, "node: a node can be divided by a number that is not 0, got %s / %s", lnb_describe(L, 1),
              lnb_describe(L, 2));
  return scale(L, 1, 1 / lua_tonumber(L, 2), 0);
}

static int negate(lua_State *L) {
  return scale(L, 1, -1, 0);
}

void lnb_open_node_operators(lua_State *L) {
  static const luaL_Reg operators[] = {{"__add", add}, {"__sub", subtract}, {"__mul", multiply},
                                       {"__div", divide}, {"__unm", negate}, {NULL, NULL}};
  luaL_getmetatable(L, lnb_node_class.name);
  luaL_setfuncs(L, operators, 0);
  lua_pop(L, 1);
}
