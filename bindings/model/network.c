/* Networks in Lua. The Lua half adds methods, e.g. summary, to core.methods.network. */
#include "bindings/model/network.h"

#include <string.h>

#include "base/nearest.h"
#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
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
                                        "forward", "net:predict(x)", "eval", "net:predict(x)",
                                        "state_dict", "net:parameters()", "load_state_dict", "net:load(path)", NULL};

const LnbClass lnb_network_class = {.name = "lunet.network",
                                    .noun = "network",
                                    .variable = "net",
                                    .release = release_network,
                                    .elsewhere = elsewhere};

static LnNetwork *check_network(lua_State *L) {
  return lnb_check(L, 1, &lnb_network_class);
}

/* The shapes at index 2: {1, 64, 64}, or a list of them where there are several inputs. */
static void check_shapes(lua_State *L, LnShape *shapes, const LnNetwork *net) {
  int n = ln_network_inputs(net);
  if (!lua_istable(L, 2)) lnb_arg_error(L, 2, "a shape such as {1, 64, 64}");
  if (n == 1) {
    shapes[0] = lnb_check_shape(L, 2, 1);
    return;
  }
  if ((int)lua_rawlen(L, 2) != n) lnb_error(L, "build: the network has %d inputs; give a list of %d shapes", n, n);
  for (int i = 0; i < n; i++) {
    if (lua_rawgeti(L, 2, i + 1) != LUA_TTABLE)
      lnb_error(L, "build: shape %d must be one such as {1, 64, 64}, got %s", i + 1, lnb_describe(L, -1));
    shapes[i] = lnb_check_shape(L, lua_gettop(L), 1);
    lua_pop(L, 1);
  }
}

/* net:build({ 1, 64, 64 }[, seed]) */
static int network_build(lua_State *L) {
  LnNetwork *net = check_network(L);
  LnShape shapes[LN_MAX_ENDS];
  check_shapes(L, shapes, net);
  uint64_t seed = (uint64_t)lnb_opt_integer(L, 3, 0);
  LNB_CALL(L, ln_network_build_all(net, shapes, seed, &err));
  return lua_settop(L, 1), 1;
}

void lnb_check_batch(lua_State *L, int arg, LnTensor **batch, int n, const char *what) {
  lnb_take_dataset(L, arg);
  lnb_thaw(L, arg);
  if (!lua_istable(L, arg)) {
    batch[0] = lnb_check_values(L, arg);
    if (n != 1) lnb_error(L, "%s: the network has %d %ss; give a list of %d tensors", lnb_callee(L), n, what, n);
    return;
  }
  if ((int)lua_rawlen(L, arg) != n)
    lnb_error(L, "%s: the network has %d %s%s, got a list of %d", lnb_callee(L), n, what, n == 1 ? "" : "s",
              (int)lua_rawlen(L, arg));
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, arg, i + 1);
    batch[i] = lnb_check_values(L, lua_gettop(L)); /* the list keeps it */
    lua_pop(L, 1);
  }
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

/* What net:layers() says of layer number `index`. */
static void push_layer(lua_State *L, const LnNetwork *net, int index) {
  LnLayerInfo info = ln_network_layer(net, index), *layer = &info;
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
    lua_pushinteger(L, layer->inputs[i] + 1); /* 0, -1, ...: the network's inputs */
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "inputs");
  if (layer->first != index) set_string(L, "again", ln_network_layer(net, layer->first).name);
  for (int i = 0; i < ln_network_outputs(net); i++) {
    if (ln_network_output_layer(net, i) != index) continue;
    lua_pushinteger(L, i + 1);
    lua_setfield(L, -2, "output");
  }
}

static int network_layers(lua_State *L) {
  LnNetwork *net = check_network(L);
  lua_newtable(L);
  for (int i = 0; i < ln_network_layers(net); i++) {
    push_layer(L, net, i);
    lua_rawseti(L, -2, i + 1);
  }
  lnb_freeze(L, "net:layers(): this list describes the network; setting 'KEY' would not change it");
  return 1;
}

/* net:profile(x): { {layer=, first=, last=, forward=, backward=, macs=, bytes=}, ... }, seconds on one thread; the Lua
 * half makes a table of it. */
static int network_profile(lua_State *L) {
  LnNetwork *net = check_network(L);
  LnTensor *x[LN_MAX_ENDS];
  int n = 0;
  lnb_check_batch(L, 2, x, ln_network_inputs(net), "input");
  LNB_MAKE(L, lnb_text_class, LnProfile, ln_network_profile_all(&made, &n, net, x, &err));
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

static int layer_named(const LnNetwork *net, const char *name) {
  for (int i = 0; i < ln_network_layers(net); i++)
    if (strcmp(ln_network_layer(net, i).name, name) == 0) return i;
  return -1;
}

static const char *layer_name_at(const void *net, int i) {
  return i < ln_network_layers(net) ? ln_network_layer(net, i).name : NULL;
}

static int find_layer(lua_State *L, const LnNetwork *net, const char *name, const char *what) {
  int layer = layer_named(net, name);
  if (layer >= 0) return layer;
  const char *nearest = ln_nearest_name(name, layer_name_at, net);
  if (nearest != NULL) lnb_error(L, "%s: no layer '%s'; did you mean '%s'?", what, name, nearest);
  lnb_error(L, "%s: no layer '%s'; net:layers() lists them", what, name);
}

static void push_layer_with_tensors(lua_State *L, LnNetwork *net, int index) {
  const char *owner = ln_network_layer(net, ln_network_layer(net, index).first).name;
  size_t n = strlen(owner);
  push_layer(L, net, index);
  for (int i = 0; ln_network_built(net) && i < ln_network_tensors(net); i++) {
    const char *name = ln_network_tensor_name(net, i);
    if (strncmp(name, owner, n) != 0 || name[n] != '.') continue;
    LNB_MAKE_TENSOR(L, ln_network_tensor(&made, net, i, &err));
    lua_setfield(L, -2, name + n + 1);
  }
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

/* A shape, or a list of several. */
static int push_known_shapes(lua_State *L, const LnNetwork *net, int n, LnShape (*shape_of)(const LnNetwork *, int)) {
  if (n == 1 || ln_network_input_shape(net).n == 0) return push_known_shape(L, shape_of(net, 0));
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    lnb_push_shape(L, shape_of(net, i));
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static int network_input_shape(lua_State *L) {
  const LnNetwork *net = check_network(L);
  return push_known_shapes(L, net, ln_network_inputs(net), ln_network_input_shape_of);
}

static int network_output_shape(lua_State *L) {
  const LnNetwork *net = check_network(L);
  return push_known_shapes(L, net, ln_network_outputs(net), ln_network_output_shape_of);
}

static int network_inputs(lua_State *L) {
  return lua_pushinteger(L, ln_network_inputs(check_network(L))), 1;
}

static int network_outputs(lua_State *L) {
  return lua_pushinteger(L, ln_network_outputs(check_network(L))), 1;
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
  if (ln_network_input_shape(net).n == 0)
    return lua_pushfstring(L, "network of %d layer%s, not built yet", n, n == 1 ? "" : "s"), 1;
  for (int i = 0; i < n; i++) parameters += ln_network_layer(net, i).parameters;
  lua_settop(L, 1);
  lua_pushfstring(L, "network of %d layer%s, ", n, n == 1 ? "" : "s");
  for (int i = 0; i < ln_network_inputs(net); i++)
    lua_pushfstring(L, i == 0 ? "%s" : " and %s", LN_SHAPE_TEXT(ln_network_input_shape_of(net, i)));
  for (int i = 0; i < ln_network_outputs(net); i++)
    lua_pushfstring(L, i == 0 ? " -> %s" : " and %s", LN_SHAPE_TEXT(ln_network_output_shape_of(net, i)));
  lua_pushfstring(L, ", %I parameters", (LUAI_UACINT)parameters);
  lua_concat(L, lua_gettop(L) - 1);
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

static int network_copy(lua_State *L) {
  const LnNetwork *net = check_network(L);
  lnb_check_count(L, 1, "; it has no options");
  LNB_MAKE(L, lnb_network_class, LnNetwork, ln_network_copy(&made, net, &err));
  lnb_keep_customs(L, lnb_check(L, -1, &lnb_network_class));
  return 1;
}

/* net:upto(name, ...): the layers that those depend on, with the same weights. */
static int network_upto(lua_State *L) {
  const LnNetwork *net = check_network(L);
  int n = lua_gettop(L) - 1, layers[LN_MAX_ENDS];
  if (n < 1 || n > LN_MAX_ENDS) lnb_error(L, "net:upto: expected the names of 1 to %d layers, got %d", LN_MAX_ENDS, n);
  for (int i = 0; i < n; i++) {
    layers[i] = find_layer(L, net, lnb_check_string(L, i + 2), "net:upto");
    for (int k = 0; k < i; k++)
      if (layers[k] == layers[i]) lnb_error(L, "net:upto: the layer '%s' is given twice", lua_tostring(L, i + 2));
  }
  LNB_MAKE(L, lnb_network_class, LnNetwork, ln_network_part(&made, net, layers, n, &err));
  lnb_keep_customs(L, lnb_check(L, -1, &lnb_network_class));
  return 1;
}

/* net.enc1: a layer as net:layers() has it, with its tensors by name; other fields as usual. The upvalues are those of
 * lnb_class_index. */
static int network_index(lua_State *L) {
  LnNetwork *net = check_network(L);
  const char *field = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  bool known = lua_getfield(L, lua_upvalueindex(1), field) != LUA_TNIL ||
               lua_getfield(L, lua_upvalueindex(2), field) != LUA_TNIL;
  int layer = known ? -1 : layer_named(net, field);
  if (layer < 0) return lua_settop(L, 2), lnb_class_index(L);
  push_layer_with_tensors(L, net, layer);
  lua_pushfstring(L, "net.%s describes a layer, and setting 'KEY' would not change it; net:set(name, tensor) sets a "
                     "weight", field);
  lua_insert(L, -2);
  lnb_freeze(L, lua_tostring(L, -2));
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
      {0}};
  static const LnbFunction methods[] = {
      {.name = "build", .call = network_build,
       .usage = "net:build(shape: integer[], seed?: integer) -> network",
       .doc = "Make the network's parameters, for images of the shape {channels, height, width} (a list of shapes where "
              "there are several inputs), from a seed, by default 0. ln.fit does it with its own seed. A network that "
              "has parameters keeps them where their shapes stay the same. Layers that do not fit each other or the shape are an error, by number and name. "
              "Returns the network.",
       .example = "local net = ln.nn.sequential{ ln.nn.conv2d{ 8 }, ln.nn.conv2d{ 1 } }\n"
                  "net:build({ 1, 32, 32 }, 42)"},
      {.name = "profile", .call = network_profile},
      {.name = "save", .call = network_save},
      {.name = "to_json", .call = network_to_json,
       .usage = "net:to_json() -> string",
       .doc = "The architecture as JSON text: the layers with all their options, and the input's shape where it is "
              "known.",
       .example = "#net:to_json()"},
      {.name = "upto", .call = network_upto,
       .usage = "net:upto(name: string, ...: string) -> network",
       .doc = "The network up to a layer, by its name: net:upto(\"enc1\"). It has the same weights: training either "
              "changes both, and net:upto(\"enc1\"):copy() has its own. With several names, up to 8, it has an output "
              "for each. Called on a node it is the body of another network: head(net:upto(\"enc1\")(x)). An unknown "
              "name is an error.",
       .example = "net:upto(\"enc1\"):predict(noisy).shape"},
      {.name = "copy", .call = network_copy,
       .usage = "net:copy() -> network",
       .doc = "Another network of the same layers, with parameters of its own that have the same values. It is trained "
              "as far, but knows nothing of the optimizer.",
       .torch = "copy.deepcopy"},
      {.name = "weights_changed", .call = network_weights_changed,
       .usage = "net:weights_changed() -> network",
       .doc = "Say that a tensor from net:tensor was written to, so that what was worked out from the old values is "
              "not used any more. Returns the network.",
       .example = "net.enc1.weight:fill(0.1)\n"
                  "net:weights_changed()"},
      {.name = "layers", .call = network_layers,
       .usage = "net:layers() -> table[]",
       .doc = "The layers in order: { name, type, item, out, parameters, macs, inputs }. `out` is the output's shape, "
              "`parameters` the number of trained parameters, `macs` the multiply-adds of one image, `inputs` the "
              "numbers of the layers that are read, 0 for the network's input, -1 for its second one; `again` the name of "
              "the first call of a layer that is called again, `output` the number of the network's output that it is."},
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
      {.name = "inputs", .call = network_inputs,
       .usage = "net.inputs -> integer",
       .doc = "How many inputs it has: net:predict takes a list of as many, if there are several."},
      {.name = "outputs", .call = network_outputs,
       .usage = "net.outputs -> integer",
       .doc = "How many outputs it has: net:predict gives a list of as many, if there are several."},
      {.name = "epochs", .call = network_epochs,
       .usage = "net.epochs -> integer",
       .doc = "How many epochs ln.fit has trained it for, in all; saved with the network."},
      {0}};
  static const luaL_Reg meta[] = {{"__tostring", network_tostring}, {NULL, NULL}};
  lnb_functions(L, "", functions);
  lnb_class_new(L, &lnb_network_class, meta, methods, getters);
  lnb_class_set_index(L, &lnb_network_class, network_index);
  lua_pop(L, 1);
}
