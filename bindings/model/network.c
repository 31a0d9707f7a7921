/* Networks in Lua. The Lua half adds methods, e.g. summary, to core.methods.network. */
#include "bindings/model/network.h"

#include <string.h>

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/items/class.h"
#include "bindings/tensor/tensor.h"
#include "model/network.h"
#include "store/model_file.h"

static void release_network(void *net) {
  ln_network_unref(net);
}

const LnbClass lnb_network_class = {.name = "lunet.network", .noun = "network", .release = release_network};

static LnNetwork *check_network(lua_State *L) {
  return lnb_check(L, 1, &lnb_network_class);
}

/* net:build({ 1, 64, 64 }[, seed]) */
static int network_build(lua_State *L) {
  LnNetwork *net = check_network(L);
  if (!lua_istable(L, 2)) lnb_arg_error(L, 2, "a shape such as {1, 64, 64}");
  LnShape shape = lnb_check_shape(L, 2, 1);
  uint64_t seed = (uint64_t)lnb_opt_integer(L, 3, 0);
  LNB_CALL(L, ln_network_build(net, shape, seed, &err));
  return lua_settop(L, 1), 1;
}

static int network_predict(lua_State *L) {
  LnNetwork *net = check_network(L);
  LnTensor *x = lnb_check_tensor(L, 2);
  LNB_MAKE_TENSOR(L, ln_network_predict(&made, net, x, &err));
  return 1;
}

/* net(x) */
static int network_call(lua_State *L) {
  return network_predict(L);
}

/* net:save(path[, record]): record is JSON text kept beside the network. */
static int network_save(lua_State *L) {
  LnNetwork *net = check_network(L);
  const char *path = lnb_check_path(L, 2), *record = lua_isnoneornil(L, 3) ? NULL : lnb_check_string(L, 3);
  LNB_CALL(L, ln_model_save(path, net, record, &err));
  return lua_settop(L, 1), 1;
}

static int network_to_json(lua_State *L) {
  LnNetwork *net = check_network(L);
  LNB_MAKE(L, lnb_text_class, char, ln_network_to_json(&made, net, &err));
  lnb_push_text(L);
  return 1;
}

static int network_weights_changed(lua_State *L) {
  ln_network_weights_changed(check_network(L));
  return lua_settop(L, 1), 1;
}

/* Layers and tensors. */

static void set_string(lua_State *L, const char *field, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, field);
}

static void push_layer(lua_State *L, const LnLayerInfo *layer) {
  lua_newtable(L);
  set_string(L, "name", layer->name);
  set_string(L, "type", layer->type);
  lnb_push_item(L, layer->item);
  lua_setfield(L, -2, "item");
  lnb_push_shape(L, layer->out);
  lua_setfield(L, -2, "out");
  lua_pushinteger(L, layer->parameters);
  lua_setfield(L, -2, "parameters");
  lua_pushnumber(L, layer->macs);
  lua_setfield(L, -2, "macs");
  lua_newtable(L);
  for (int i = 0; i < layer->n_inputs; i++) {
    lua_pushinteger(L, layer->inputs[i] + 1); /* 0: the network's input */
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "inputs");
}

static int network_layers(lua_State *L) {
  LnNetwork *net = check_network(L);
  lua_newtable(L);
  for (int i = 0; i < ln_network_layers(net); i++) {
    LnLayerInfo layer = ln_network_layer(net, i);
    push_layer(L, &layer);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* net:profile(x): { {layer=, first=, last=, forward=, backward=, macs=, bytes=}, ... }, seconds on one thread; the Lua
 * half makes a table of it. */
static int network_profile(lua_State *L) {
  LnNetwork *net = check_network(L);
  LnTensor *x = lnb_check_tensor(L, 2);
  int n = 0;
  LNB_MAKE(L, lnb_text_class, LnProfile, ln_network_profile(&made, &n, net, x, &err));
  const LnProfile *rows = ((LnbBox *)lua_touserdata(L, -1))->object;
  lua_newtable(L);
  for (int i = 0; i < n; i++) {
    const LnProfile *row = &rows[i];
    const struct { const char *name; double value; } fields[] = {
        {"layer", row->layer + 1}, {"first", row->first + 1},     {"last", row->last + 1}, {"macs", row->macs},
        {"forward", row->forward}, {"backward", row->backward}, {"bytes", (double)row->bytes}};
    lua_newtable(L);
    for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++) {
      lua_pushnumber(L, fields[k].value);
      lua_setfield(L, -2, fields[k].name);
    }
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static void push_network_tensor(lua_State *L, LnNetwork *net, int index) {
  LNB_MAKE_TENSOR(L, ln_network_tensor(&made, net, index, &err));
}

/* net:tensors(): { {name=, trained=, shape=}, ... } */
static int network_tensors(lua_State *L) {
  LnNetwork *net = check_network(L);
  lua_newtable(L);
  for (int i = 0; i < ln_network_tensors(net); i++) {
    lua_newtable(L);
    set_string(L, "name", ln_network_tensor_name(net, i));
    lua_pushboolean(L, ln_network_tensor_trained(net, i));
    lua_setfield(L, -2, "trained");
    push_network_tensor(L, net, i);
    lnb_push_shape(L, lnb_check_tensor(L, -1)->shape);
    lua_setfield(L, -3, "shape");
    lua_pop(L, 1);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static const char *tensor_name_at(const void *net, int i) {
  return i < ln_network_tensors(net) ? ln_network_tensor_name(net, i) : NULL;
}

/* net:tensor("conv2d_1.weight"): a view; call net:weights_changed() after writing to it. */
static int network_tensor(lua_State *L) {
  LnNetwork *net = check_network(L);
  const char *name = lnb_check_string(L, 2), *candidate;
  if (!ln_network_built(net))
    lnb_error(L, "network: it has no tensors before it is built; call net:build{ 1, 64, 64 }");
  for (int i = 0; (candidate = tensor_name_at(net, i)) != NULL; i++)
    if (strcmp(candidate, name) == 0) return push_network_tensor(L, net, i), 1;
  const char *nearest = ln_nearest_name(name, tensor_name_at, net);
  if (nearest != NULL) lnb_error(L, "network: no tensor '%s'; did you mean '%s'?", name, nearest);
  lnb_error(L, "network: no tensor '%s'; net:tensors() lists them", name);
}

/* Fields. */

static int network_built(lua_State *L) {
  lua_pushboolean(L, ln_network_built(check_network(L)));
  return 1;
}

/* nil while nobody knows it */
static int push_known_shape(lua_State *L, LnShape shape) {
  if (shape.n > 0)
    lnb_push_shape(L, shape);
  else
    lua_pushnil(L);
  return 1;
}

static int network_input_shape(lua_State *L) {
  return push_known_shape(L, ln_network_input_shape(check_network(L)));
}

static int network_output_shape(lua_State *L) {
  return push_known_shape(L, ln_network_output_shape(check_network(L)));
}

/* How many epochs ln.fit has trained it. */
static int network_epochs(lua_State *L) {
  lua_pushinteger(L, ln_network_trained(check_network(L)).epochs);
  return 1;
}

/* "network of 9 layers, 1x64x64 -> 1x64x64, 112001 parameters" */
static int network_tostring(lua_State *L) {
  LnNetwork *net = check_network(L);
  int n = ln_network_layers(net);
  int64_t parameters = 0;
  if (ln_network_input_shape(net).n == 0) return lua_pushfstring(L, "network of %d layers, not built yet", n), 1;
  for (int i = 0; i < n; i++) parameters += ln_network_layer(net, i).parameters;
  lua_pushfstring(L, "network of %d layers, %s", n, LN_SHAPE_TEXT(ln_network_input_shape(net)));
  lua_pushfstring(L, " -> %s, %I parameters", LN_SHAPE_TEXT(ln_network_output_shape(net)), (LUAI_UACINT)parameters);
  lua_concat(L, 2);
  return 1;
}

/* Networks from elsewhere. */

/* load_model(path): the network, and the record saved with it or nil. */
static int load_model(lua_State *L) {
  const char *path = lnb_check_path(L, 1);
  LnbBox *record = lnb_box_new(L, &lnb_text_class); /* first, so that the text has an owner */
  char *text = NULL;
  LNB_MAKE(L, lnb_network_class, LnNetwork, ln_model_load(&made, &text, path, &err));
  record->object = text;
  if (text == NULL) return lua_pushnil(L), 2;
  lua_pushvalue(L, -2);
  lnb_push_text(L);
  return 2;
}

/* count_epoch(net): ln.fit has begun another one. */
static int count_epoch(lua_State *L) {
  LnNetwork *net = check_network(L);
  LnTrained trained = ln_network_trained(net);
  trained.epochs++;
  ln_network_set_trained(net, trained);
  return 0;
}

static int from_json(lua_State *L) {
  const char *text = lnb_check_string(L, 1);
  LNB_MAKE(L, lnb_network_class, LnNetwork, ln_network_from_json(&made, text, &err));
  return 1;
}

void lnb_open_network(lua_State *L) {
  static const luaL_Reg functions[] = {{"load_model", load_model}, {"from_json", from_json},
                                       {"count_epoch", count_epoch}, {NULL, NULL}};
  static const luaL_Reg methods[] = {
      {"build", network_build},     {"predict", network_predict},
    {"profile", network_profile}, {"save", network_save},
      {"to_json", network_to_json}, {"weights_changed", network_weights_changed}, {"layers", network_layers},
      {"tensors", network_tensors}, {"tensor", network_tensor},   {NULL, NULL}};
  static const luaL_Reg getters[] = {{"built", network_built},
                                     {"input_shape", network_input_shape},
                                     {"output_shape", network_output_shape},
                                     {"epochs", network_epochs},
                                     {NULL, NULL}};
  static const luaL_Reg meta[] = {{"__call", network_call}, {"__tostring", network_tostring}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  lnb_class_new(L, &lnb_network_class, meta, methods, getters);
  lua_pop(L, 1);
}
