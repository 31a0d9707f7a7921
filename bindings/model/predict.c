/* Predictions from Lua, and calls of networks. Images may come without their batch dimension, C,H,W, or as planes H,W;
 * the runtime takes batches. The Lua half adds the options of net:predict. */
#include "bindings/model/predict.h"

#include <lauxlib.h>

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/model/network.h"
#include "bindings/model/node.h"
#include "bindings/tensor/tensor.h"
#include "model/network.h"

/* How the inputs of a call came: any with its batch dimension; all images as planes. */
typedef struct Ranks {
  bool batch, planes;
} Ranks;

static LnStatus try_features(bool *takes, LnNetwork *net, int64_t features) {
  LnError why;
  *takes = ln_network_build(net, LN_SHAPE(features), 0, &why) == LN_OK;
  return LN_OK;
}

/* Dimensions of a batch of input i. Where nobody knows yet, two dimensions are N,F if the network takes features. */
static int batch_rank(lua_State *L, LnNetwork *net, int i, LnShape came) {
  int known = ln_network_input_shape_of(net, i).n;
  bool features = came.n == 1;
  if (known > 0) return known + 1;
  if (came.n == 2) LNB_CALL(L, ((void)err, try_features(&features, net, came.d[1])));
  return features ? 2 : 4;
}

/* Input i with its batch dimension; pushes what it makes. What no dimension of 1 helps is left to the runtime. */
static LnTensor *as_batch(lua_State *L, Ranks *ranks, LnNetwork *net, int i, LnTensor *x) {
  int rank = batch_rank(L, net, i, x->shape), missing = rank - x->shape.n;
  bool fits = missing > 0 && missing <= (rank == 4 ? 2 : 1);
  ranks->batch = ranks->batch || !fits;
  if (!fits) return x;
  if (rank == 4 && missing == 1) ranks->planes = false;
  LnShape shape = {.n = rank};
  for (int d = 0; d < rank; d++) shape.d[d] = d < missing ? 1 : x->shape.d[d - missing];
  LNB_MAKE_TENSOR(L, ln_tensor_reshape(&made, x, shape, &err));
  return lnb_check_tensor(L, -1);
}

/* An output of a batch of one as the inputs came. A plane may have become several channels. */
static LnStatus as_it_came(LnTensor **y, Ranks ranks, LnError *err) {
  LnTensor *view = NULL;
  const LnShape *from = &(*y)->shape;
  int dropped = ranks.batch ? 0 : ranks.planes && from->n == 4 && from->d[1] == 1 ? 2 : 1;
  LnShape shape = {.n = from->n - dropped};
  if (dropped == 0) return LN_OK;
  for (int d = 0; d < shape.n; d++) shape.d[d] = from->d[d + dropped];
  LN_TRY(ln_tensor_reshape(&view, *y, shape, err));
  ln_tensor_unref(*y);
  *y = view;
  return LN_OK;
}

/* Draws of dropout; none: plain prediction. */
typedef struct Draws {
  int64_t count;
  LnRng rng;
} Draws;

static LnStatus run(LnTensor **y, LnTensor **spread, LnNetwork *net, LnTensor *const *x, Ranks ranks, Draws draws,
                    LnError *err) {
  int n = ln_network_outputs(net);
  if (draws.count == 0)
    LN_TRY(ln_network_predict_all(y, net, x, err));
  else
    LN_TRY(ln_network_predict_dropout(y, spread, net, x, draws.count, draws.rng, err));
  LnStatus status = LN_OK;
  for (int i = 0; status == LN_OK && i < n; i++) {
    status = as_it_came(&y[i], ranks, err);
    if (status == LN_OK && draws.count > 0) status = as_it_came(&spread[i], ranks, err);
  }
  for (int i = 0; status != LN_OK && i < n; i++) {
    ln_tensor_unref(y[i]);
    if (draws.count > 0) ln_tensor_unref(spread[i]);
  }
  return status;
}

/* A list of n empty boxes: filling them cannot fail. */
static void push_boxes(lua_State *L, LnbBox **boxes, int n) {
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    boxes[i] = lnb_box_new(L, &lnb_tensor_class);
    lua_rawseti(L, -2, i + 1);
  }
}

/* Pushes what is predicted of argument 2, and with draws the spread: a tensor, or a list where there are several
 * outputs. */
static int predict(lua_State *L, Draws draws) {
  LnNetwork *net = lnb_check(L, 1, &lnb_network_class);
  LnTensor *x[LN_MAX_ENDS], *y[LN_MAX_ENDS], *spread[LN_MAX_ENDS];
  LnbBox *boxes[LN_MAX_ENDS], *spread_boxes[LN_MAX_ENDS];
  Ranks ranks = {false, true};
  int outputs = ln_network_outputs(net), results = draws.count > 0 ? 2 : 1;
  luaL_checkstack(L, LN_MAX_ENDS + 8, "inputs");
  lnb_check_batch(L, 2, x, ln_network_inputs(net), "input");
  for (int i = 0; i < ln_network_inputs(net); i++) x[i] = as_batch(L, &ranks, net, i, x[i]);
  push_boxes(L, boxes, outputs);
  if (results > 1) push_boxes(L, spread_boxes, outputs);
  LNB_CALL(L, run(y, spread, net, x, ranks, draws, &err));
  for (int i = 0; i < outputs; i++) {
    boxes[i]->object = y[i];
    if (results > 1) spread_boxes[i]->object = spread[i];
  }
  for (int k = 0; outputs == 1 && k < results; k++) {
    lua_rawgeti(L, -results + k, 1);
    lua_replace(L, -1 - results + k);
  }
  return results;
}

/* predict(net, x) */
static int plain(lua_State *L) {
  return predict(L, (Draws){0});
}

/* predict_dropout(net, x, draws, seed, stream): mean and standard deviation */
static int with_dropout(lua_State *L) {
  LnRng rng = {(uint64_t)lnb_check_integer(L, 4), 0};
  return predict(L, (Draws){lnb_check_integer(L, 3), ln_rng_derive(rng, (uint64_t)lnb_check_integer(L, 5))});
}

/* padded_shape(net, shape of a sample) */
static int padded_shape(lua_State *L) {
  LnNetwork *net = lnb_check(L, 1, &lnb_network_class);
  LnShape sample = lnb_check_shape(L, 2, 1), padded;
  LNB_CALL(L, ln_network_padded_shape(&padded, net, sample, &err));
  return lnb_push_shape(L, padded), 1;
}

/* net(x) predicts, net(x, options) too; net(node) calls its layers. */
static int network_call(lua_State *L) {
  LnNetwork *net = lnb_check(L, 1, &lnb_network_class);
  if (lnb_is_node(L, 2)) return lnb_call_network(L, net);
  if (lua_gettop(L) <= 2) return plain(L);
  lua_getfield(L, 1, "predict");
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

void lnb_open_predict(lua_State *L) {
  static const LnbFunction functions[] = {
      {.name = "predict", .call = plain}, {.name = "predict_dropout", .call = with_dropout},
      {.name = "padded_shape", .call = padded_shape}, {0}};
  lnb_functions(L, "", functions);
  luaL_getmetatable(L, lnb_network_class.name);
  lua_pushcfunction(L, network_call);
  lua_setfield(L, -2, "__call");
  lua_pop(L, 1);
}
