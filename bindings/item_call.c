/* What calling an item does: a layer on nodes gives a node, a noise or filter on images gives images, a metric on two
 * image sets gives a number. */
#include <string.h>

#include "bindings.h"

static int call_layer(lua_State *L, LnItem *item) {
  const char *name = ln_item_type(item)->name;
  int n = lua_gettop(L) - 1;
  if (lnb_test(L, 2, &lnb_tensor_class) != NULL)
    lnb_error(L, "%s: a layer is called on nodes (nn.input{ 1, 64, 64 }), not tensors; net:predict(x) runs a network",
              name);
  if (n == 0) lnb_error(L, "%s: call it on a node, e.g. %s{...}(nn.input{ 1, 64, 64 })", name, name);
  lnb_node_apply(L, item, 2, n);
  return 1;
}

/* noise(x): every call draws other noise, the first one always the same; noise(x, stream) names the draw. */
static int call_noise(lua_State *L, LnItem *item) {
  LnTensor *x = lnb_check_tensor(L, 2);
  LnbBox *box = lnb_test(L, 1, &lnb_item_class);
  bool counted = lua_isnoneornil(L, 3);
  lua_Integer stream = counted ? (lua_Integer)box->calls : lnb_check_integer(L, 3);
  if (stream < 0)
    lnb_error(L, "%s: the stream must be at least 0, got %lld", ln_item_type(item)->name, (long long)stream);
  LNB_MAKE_TENSOR(L, ln_noise_apply(&made, item, x, (uint64_t)stream, &err));
  box->calls += counted;
  return 1;
}

/* metric(images, references): the mean, and a tensor with the value of each image. */
static int call_metric(lua_State *L, LnItem *item) {
  LnTensor *images = lnb_check_tensor(L, 2), *references = lnb_check_tensor(L, 3);
  double mean = 0;
  LNB_MAKE_TENSOR(L, ln_metric_apply(&made, &mean, item, images, references, &err));
  lua_pushnumber(L, mean);
  lua_insert(L, -2);
  return 2;
}

static int call_filter(lua_State *L, LnItem *item) {
  LnTensor *x = lnb_check_tensor(L, 2);
  LNB_MAKE_TENSOR(L, ln_filter_apply(&made, item, x, &err));
  return 1;
}

int lnb_item_call(lua_State *L) {
  static const struct {
    const LnKind *kind;
    int (*call)(lua_State *L, LnItem *item);
  } calls[] = {{&ln_nn_kind, call_layer},
               {&ln_noise_kind, call_noise},
               {&ln_metric_kind, call_metric},
               {&ln_filter_kind, call_filter}};
  LnItem *item = lnb_check(L, 1, &lnb_item_class);
  const LnType *type = ln_item_type(item);
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
    if (strcmp(calls[i].kind->name, type->kind) == 0) return calls[i].call(L, item);
  lnb_error(L, "%s: a %s cannot be called", type->name, lnb_kind_noun(type->kind));
}
