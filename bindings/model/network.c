/* Networks in Lua. The Lua half adds methods, e.g. summary, to core.methods.network. */
#include "bindings/model/network.h"

#include <string.h>

#include "base/nearest.h"
#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/error.h"
#include "bindings/base/frozen.h"
#include "bindings/base/value.h"
#include "bindings/items/class.h"
#include "bindings/model/custom.h"
#include "bindings/tensor/tensor.h"
#include "model/network.h"
#include "store/model_file.h"
#include "store/tensor_file.h"

static void release_network(void *net) {
  ln_network_unref(net);
}

/* What other frameworks call so. */
static const char *const elsewhere[] = {"fit", "ln.fit(net, ...)", "train", "ln.fit(net, ...)",
                                        "forward", "net:predict(x)", "load", "ln.load(path)",
                                        "parameters", "net:tensors()", "eval", "net:predict(x)", NULL};

const LnbClass lnb_network_class = {.name = "lunet.network",
                                    .noun = "network",
                                    .variable = "net",
                                    .release = release_network,
                                    .elsewhere = elsewhere};

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
  LnTensor *x = lnb_check_values(L, 2);
  lnb_check_count(L, 2, "; it has no options");
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
  lnb_push_layer(L, layer->item);
  lua_setfield(L, -2, "item");
  lnb_push_shape(L, layer->out);
  lua_setfield(L, -2, "out");
  lua_pushinteger(L, layer->parameters);
  lua_setfield(L, -2, "parameters");
  lua_pushnumber(L, layer->macs);
  lua_setfield(L, -2, "macs");
  lua_pushboolean(L, layer->batch_stats);
  lua_setfield(L, -2, "batch_stats");
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
  lnb_freeze(L, "net:layers(): this list describes the network; setting 'KEY' would not change it");
  return 1;
}

/* net:profile(x): { {layer=, first=, last=, forward=, backward=, macs=, bytes=}, ... }, seconds on one thread; the Lua
 * half makes a table of it. */
static int network_profile(lua_State *L) {
  LnNetwork *net = check_network(L);
  LnTensor *x = lnb_check_values(L, 2);
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
    lua_pushboolean(L, ln_network_tensor_frozen(net, i));
    lua_setfield(L, -2, "frozen");
    push_network_tensor(L, net, i);
    lnb_push_shape(L, lnb_check_tensor(L, -1)->shape);
    lua_setfield(L, -3, "shape");
    lua_pop(L, 1);
    lua_rawseti(L, -2, i + 1);
  }
  lnb_freeze(L, "net:tensors(): this list describes the network, and setting 'KEY' would not change it; "
                "net:tensor(name) gives the values");
  return 1;
}

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

/* A path that cannot be read is left to ln_model_load. */
static void refuse_arrays(lua_State *L, const char *path) {
  LnTensorFormat format = LN_TENSOR_FORMAT_NONE;
  if (ln_tensor_format_of_file(&format, path, NULL) == LN_OK && format != LN_TENSOR_FORMAT_SAFETENSORS)
    lnb_error(L, "load: '%s' is a %s file, of tensors: ln.load_tensors reads it", path,
              format == LN_TENSOR_FORMAT_NPY ? ".npy" : ".npz");
}

/* load_model(path, find): the network, and the record saved with it or nil. find(name, layer, tensors) gives layers that
 * the file only names. */
static int load_model(lua_State *L) {
  const char *path = lnb_check_path(L, 1);
  LnbCustomSource from = {.function = 2, .kept = 3};
  LnCustomSource source = {&from, lnb_find_custom};
  refuse_arrays(L, path);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  lua_newtable(L);
  LnbBox *record = lnb_box_new(L, &lnb_text_class); /* first, so that the text has an owner */
  char *text = NULL;
  LNB_MAKE(L, lnb_network_class, LnNetwork, ln_model_load(&made, &text, path, &source, &err));
  record->object = text;
  lnb_keep_customs(L, lnb_check(L, -1, &lnb_network_class));
  if (text == NULL) return lua_pushnil(L), 2;
  lua_pushvalue(L, -2);
  lnb_push_text(L);
  return 2;
}

/* trained(net[, epochs, steps]): how far it was trained, after setting it where that is given. */
static int trained(lua_State *L) {
  LnNetwork *net = check_network(L);
  if (!lua_isnoneornil(L, 2))
    ln_network_set_trained(net, (LnTrained){lnb_check_integer(L, 2), lnb_check_integer(L, 3)});
  lua_pushinteger(L, ln_network_trained(net).epochs);
  lua_pushinteger(L, ln_network_trained(net).steps);
  return 2;
}

/* scaling(net[, kind, shift, factor]): the scale of intensities, its kind as a number, after setting it where that is
 * given. */
static int scaling(lua_State *L) {
  LnNetwork *net = check_network(L);
  if (!lua_isnoneornil(L, 2))
    ln_network_set_scaling(net, (LnScaling){(LnScaleKind)lnb_check_integer(L, 2), lnb_check_number(L, 3),
                                            lnb_check_number(L, 4)});
  LnScaling now = ln_network_scaling(net);
  lua_pushinteger(L, now.kind);
  lua_pushnumber(L, now.shift);
  lua_pushnumber(L, now.factor);
  return 3;
}

/* layer_output(net, number, x): what the layer gives for images x. */
static int layer_output(lua_State *L) {
  LnNetwork *net = check_network(L);
  lua_Integer number = lnb_check_integer(L, 2);
  LnTensor *x = lnb_check_values(L, 3);
  luaL_argcheck(L, number >= 1 && number <= ln_network_layers(net), 2, "no such layer");
  LNB_MAKE_TENSOR(L, ln_network_layer_output(&made, net, (int)number - 1, x, &err));
  return 1;
}

static int network_copy(lua_State *L) {
  const LnNetwork *net = check_network(L);
  lnb_check_count(L, 1, "; it has no options");
  LNB_MAKE(L, lnb_network_class, LnNetwork, ln_network_copy(&made, net, &err));
  lnb_keep_customs(L, lnb_check(L, -1, &lnb_network_class));
  return 1;
}

static int from_json(lua_State *L) {
  const char *text = lnb_check_string(L, 1);
  LNB_MAKE(L, lnb_network_class, LnNetwork, ln_network_from_json(&made, text, &err));
  return 1;
}

void lnb_open_network(lua_State *L) {
  static const LnbFunction functions[] = {
      {.name = "load_model", .call = load_model},
      {.name = "from_json", .call = from_json},
      {.name = "trained", .call = trained},
      {.name = "scaling", .call = scaling},
      {.name = "layer_output", .call = layer_output},
      {0}};
  static const LnbFunction methods[] = {
      {.name = "build", .call = network_build,
       .usage = "net:build(shape: integer[], seed?: integer) -> network",
       .doc = "Make the network's parameters, for images of the shape {channels, height, width}, from a seed, by "
              "default 0. ln.fit does it with its own seed. A network that has parameters keeps them where their "
              "shapes stay the same. Layers that do not fit each other or the shape are an error, by number and name. "
              "Returns the network."},
      {.name = "freeze", .call = network_freeze,
       .usage = "net:freeze(...: string) -> network",
       .doc = "From now on training leaves parameters as they are: those of the names given, of layers (\"conv2d_1\") or "
              "single ones (\"conv2d_1.weight\"), with * for any characters and ? for one; all without a name. Layers "
              "before the first that still learns cost no gradients. An optimizer keeps its state for when they thaw. "
              "Statistics of batch_norm still are those of each batch, and learnt, as in PyTorch (in Keras a frozen "
              "batch_norm uses what it has learnt). Copies of the network are frozen alike; files do not say it. "
              "net:tensors()[i].frozen tells. A name that nothing has is an error. Returns the network."},
      {.name = "unfreeze", .call = network_unfreeze,
       .usage = "net:unfreeze(...: string) -> network",
       .doc = "Undo net:freeze for those names, or for all without one."},
      {.name = "predict", .call = network_predict,
       .usage = "net:predict(x: tensor) -> tensor",
       .doc = "The network's output, N,C,H,W, for images x, N,C,H,W; net(x) is the same. A network that is not built "
              "yet is built, with parameters from seed 0. A convolutional network takes images of any size. Where its "
              "poolings do not divide a side, so that the output's would be another one (997 -> 996), the images are "
              "padded at the bottom and on the right by reflection, repeated where a side is shorter than what is "
              "added, to the smallest size that the network gives back (1000), and the output is cropped to the "
              "images' sides. Nothing is padded or cropped along a side that the network changes on purpose: one that "
              "halves or doubles images, or ends in dense, gives what it gives. Training and its loss see images as "
              "they are. Images that do not fit the network are an error, by the layer's number and name."},
      {.name = "profile", .call = network_profile},
      {.name = "save", .call = network_save},
      {.name = "to_json", .call = network_to_json,
       .usage = "net:to_json() -> string",
       .doc = "The architecture as JSON text: the layers with all their options, and the input's shape where it is "
              "known."},
      {.name = "copy", .call = network_copy,
       .usage = "net:copy() -> network",
       .doc = "Another network of the same layers, with parameters of its own that have the same values. It is trained "
              "as far, but knows nothing of the optimizer.",
       .torch = "copy.deepcopy"},
      {.name = "weights_changed", .call = network_weights_changed,
       .usage = "net:weights_changed() -> network",
       .doc = "Say that a tensor from net:tensor was written to, so that what was worked out from the old values is "
              "not used any more. Returns the network."},
      {.name = "layers", .call = network_layers,
       .usage = "net:layers() -> table[]",
       .doc = "The layers in order: { name, type, item, out, parameters, macs, inputs }. `out` is the output's shape, "
              "`parameters` the number of trained parameters, `macs` the multiply-adds of one image, `inputs` the "
              "numbers of the layers that are read, 0 for the network's input."},
      {.name = "tensors", .call = network_tensors,
       .usage = "net:tensors() -> table[]",
       .doc = "What the network holds, in the order of the layers: { name, shape, trained }. What is not trained is "
              "kept and saved too, as the running means of batch_norm."},
      {.name = "tensor", .call = network_tensor,
       .usage = "net:tensor(name: string) -> tensor",
       .doc = "One of net:tensors(), e.g. \"conv2d_1.weight\", as a view that shares the network's memory: call "
              "net:weights_changed() after writing to it."},
      {0}};
  static const LnbFunction getters[] = {
      {.name = "built", .call = network_built,
       .usage = "net.built -> boolean",
       .doc = "Whether it has shapes and parameters."},
      {.name = "input_shape", .call = network_input_shape,
       .usage = "net.input_shape -> integer[]|nil",
       .doc = "{channels, height, width} of the images it was last built for; nil before that."},
      {.name = "output_shape", .call = network_output_shape,
       .usage = "net.output_shape -> integer[]|nil",
       .doc = "The shape of its output for such an image; nil before it is built."},
      {.name = "epochs", .call = network_epochs,
       .usage = "net.epochs -> integer",
       .doc = "How many epochs ln.fit has trained it for, in all; saved with the network."},
      {0}};
  static const luaL_Reg meta[] = {{"__call", network_call}, {"__tostring", network_tostring}, {NULL, NULL}};
  lnb_functions(L, "", functions);
  lnb_class_new(L, &lnb_network_class, meta, methods, getters);
  lua_pop(L, 1);
}
