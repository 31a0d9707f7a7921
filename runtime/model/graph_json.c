/* Graphs as JSON:
 *
 *   {"input": [1, 64, 64],
 *    "layers": [{"name": "conv2d_1", "inputs": [0], "type": "conv2d", "filters": 64, ...}, ...]}
 *
 * Layers count from 1; 0 is the network's input, -1 its second one. With several inputs there is a list of shapes,
 * "inputs": [[1, 64, 64], [1, 64, 64]]. "outputs": [3, 5] are layers; it is left out where the last layer is the one
 * output. A layer that is called again has "again": 2, the layer that it is; a tied one has "tied": 1. A layer made at
 * run time (nn/custom.h) is there by its name, with what its tensors must be; whoever reads gives the layer:
 *
 *   {"name": "gate_1", "inputs": [1], "type": "custom", "custom": "gate",
 *    "tensors": [{"name": "w", "shape": [8, 8], "trained": true}]} */
#include <string.h>

#include "base/escape.h"
#include "base/json.h"
#include "base/memory.h"
#include "model/graph.h"
#include "nn/tie.h"

static const size_t most_layers = 100000;

/* "custom" and "tensors" of a layer made at run time. */
static bool put_custom(json_t *object, const LnCustom *custom) {
  json_t *tensors = json_array();
  bool complete = json_object_set_new(object, "custom", json_string(custom->name)) == 0;
  for (int i = 0; complete && i < custom->n_tensors; i++) {
    const LnDecl *decl = &custom->tensors[i];
    json_t *tensor = json_object(), *shape = json_array();
    for (int k = 0; complete && k < decl->shape.n; k++)
      complete = json_array_append_new(shape, json_integer(decl->shape.d[k])) == 0;
    complete = json_object_set_new(tensor, "name", json_string(decl->name)) == 0 && complete;
    complete = json_object_set_new(tensor, "shape", shape) == 0 && complete;
    complete = json_object_set_new(tensor, "trained", json_boolean(decl->role == LN_PARAMETER)) == 0 && complete;
    complete = json_array_append_new(tensors, tensor) == 0 && complete;
  }
  return json_object_set_new(object, "tensors", tensors) == 0 && complete;
}

static LnStatus layer_to_json(json_t **out, const LnGraph *graph, int index, LnError *err) {
  const LnGraphLayer *layer = &graph->layers[index];
  char *text = NULL;
  json_t *options = NULL;
  LN_TRY(ln_item_to_json(&text, layer->item, err));
  LnStatus status = ln_json_parse(&options, text, strlen(text), layer->name, err);
  ln_free(text);
  if (status != LN_OK) return status;
  json_t *object = json_object(), *inputs = json_array();
  bool complete = json_object_set_new(object, "name", json_string(layer->name)) == 0;
  for (int i = 0; complete && i < layer->n_inputs; i++)
    complete = json_array_append_new(inputs, json_integer(layer->inputs[i] + 1)) == 0;
  complete = json_object_set_new(object, "inputs", inputs) == 0 && complete;
  complete = complete && json_object_update(object, options) == 0;
  if (layer->weights != NULL && layer->first != index)
    complete = complete && json_object_set_new(object, "again", json_integer(layer->first + 1)) == 0;
  if (layer->tied >= 0) complete = complete && json_object_set_new(object, "tied", json_integer(layer->tied + 1)) == 0;
  const LnCustom *custom = ln_custom_of(layer->item);
  if (custom != NULL) complete = complete && put_custom(object, custom);
  json_decref(options);
  if (!complete) return json_decref(object), ln_fail_memory(err, "architecture", 0);
  *out = object;
  return LN_OK;
}

static json_t *shape_to_json(LnShape shape) {
  json_t *list = json_array();
  bool complete = list != NULL;
  for (int i = 0; complete && i < shape.n; i++) complete = json_array_append_new(list, json_integer(shape.d[i])) == 0;
  if (!complete) json_decref(list);
  return complete ? list : NULL;
}

/* "input", or "inputs"; and "outputs". */
static bool put_ends(json_t *object, const LnGraph *graph) {
  if (graph->n_inputs == 1) {
    if (json_object_set_new(object, "input", shape_to_json(graph->inputs[0])) != 0) return false;
  } else {
    json_t *inputs = json_array();
    bool complete = json_object_set_new(object, "inputs", inputs) == 0;
    for (int i = 0; complete && i < graph->n_inputs; i++)
      complete = json_array_append_new(inputs, shape_to_json(graph->inputs[i])) == 0;
    if (!complete) return false;
  }
  if (graph->n_outputs == 1 && graph->outputs[0] == graph->n - 1) return true;
  json_t *outputs = json_array();
  bool complete = json_object_set_new(object, "outputs", outputs) == 0;
  for (int i = 0; complete && i < graph->n_outputs; i++)
    complete = json_array_append_new(outputs, json_integer(graph->outputs[i] + 1)) == 0;
  return complete;
}

LnStatus ln_graph_to_json(char **out, const LnGraph *graph, LnError *err) {
  json_t *object = json_object(), *layers = json_array();
  LnStatus status = LN_OK;
  bool complete = object != NULL && put_ends(object, graph);
  for (int i = 0; complete && status == LN_OK && i < graph->n; i++) {
    json_t *layer = NULL;
    status = layer_to_json(&layer, graph, i, err);
    if (status == LN_OK) complete = json_array_append_new(layers, layer) == 0;
  }
  complete = json_object_set_new(object, "layers", layers) == 0 && complete;
  if (status == LN_OK) status = complete ? ln_json_print(out, object, err) : ln_fail_memory(err, "architecture", 0);
  json_decref(object);
  return status;
}

static const LnType *find_layer_type(const char *name) {
  for (const LnType *const *t = ln_nn_kind.types; *t != NULL; t++)
    if (strcmp((*t)->name, name) == 0) return *t;
  return NULL;
}

static LnStatus read_inputs(int inputs[LN_MAX_INPUTS], int *n_inputs, const LnGraph *graph, const json_t *list,
                            int index, LnError *err) {
  size_t n = json_array_size(list);
  if (n < 1 || n > LN_MAX_INPUTS)
    return ln_fail(err, LN_EFORMAT, "'inputs' must be a list of 1 to %d layer numbers", LN_MAX_INPUTS);
  for (size_t i = 0; i < n; i++) {
    const json_t *entry = json_array_get(list, i);
    json_int_t first = 1 - graph->n_inputs; /* the network's last input */
    if (!json_is_integer(entry) || json_integer_value(entry) < first || json_integer_value(entry) > index)
      return ln_fail(err, LN_EFORMAT, "'inputs' must name earlier layers by number, %d to %d", (int)first, index);
    inputs[i] = (int)json_integer_value(entry) - 1;
  }
  *n_inputs = (int)n;
  return LN_OK;
}

static LnStatus listed_item(LnItem **out, const LnType *type, json_t *object, LnError *err) {
  json_t *options = json_copy(object);
  if (options == NULL) return ln_fail_memory(err, "layer", 0);
  json_object_del(options, "name");
  json_object_del(options, "inputs");
  json_object_del(options, "tied");
  char *text = NULL;
  LnStatus status = ln_json_print(&text, options, err);
  json_decref(options);
  if (status == LN_OK) status = ln_item_from_json(out, type, text, err);
  ln_free(text);
  return status;
}

/* ---- Layers made at run time ---- */

static LnStatus read_tensor_shape(LnShape *out, const json_t *list, LnError *err) {
  *out = (LnShape){0};
  if (!json_is_array(list) || json_array_size(list) > LN_MAX_DIMS)
    return ln_fail(err, LN_EFORMAT, "'shape' must be a list of at most %d sizes", LN_MAX_DIMS);
  for (size_t i = 0; i < json_array_size(list); i++) {
    out->d[out->n] = json_integer_value(json_array_get(list, i));
    if (out->d[out->n++] < 1) return ln_fail(err, LN_EFORMAT, "'shape' must be a list of sizes of at least 1");
  }
  return LN_OK;
}

/* The names are borrowed from the JSON. */
static LnStatus read_wanted(LnCustomWanted *out, int layer, const json_t *object, LnError *err) {
  const json_t *tensors = json_object_get(object, "tensors");
  *out = (LnCustomWanted){.name = json_string_value(json_object_get(object, "custom")), .layer = layer};
  if (out->name == NULL) return ln_fail(err, LN_EFORMAT, "no name in 'custom'");
  if (!json_is_array(tensors) || json_array_size(tensors) > LN_MAX_TENSORS)
    return ln_fail(err, LN_EFORMAT, "'tensors' must be a list of at most %d", LN_MAX_TENSORS);
  for (size_t i = 0; i < json_array_size(tensors); i++) {
    const json_t *tensor = json_array_get(tensors, i);
    out->tensors[i].name = json_string_value(json_object_get(tensor, "name"));
    if (out->tensors[i].name == NULL) return ln_fail(err, LN_EFORMAT, "a tensor without a name");
    out->tensors[i].role = json_is_false(json_object_get(tensor, "trained")) ? LN_STATE : LN_PARAMETER;
    LN_TRY(read_tensor_shape(&out->tensors[i].shape, json_object_get(tensor, "shape"), err));
    out->n_tensors++;
  }
  return LN_OK;
}

static const LnDecl *find_decl(const LnCustom *custom, const char *name) {
  for (int i = 0; i < custom->n_tensors; i++)
    if (strcmp(custom->tensors[i].name, name) == 0) return &custom->tensors[i];
  return NULL;
}

static LnStatus check_given(LnItem *item, const LnCustomWanted *wanted, LnError *err) {
  const LnCustom *custom = ln_custom_of(item);
  if (custom == NULL || strcmp(custom->name, wanted->name) != 0)
    return ln_fail(err, LN_EARG, "the custom layer '%s' was given as '%s', which is another name", ln_item_name(item),
                   wanted->name);
  for (int i = 0; i < wanted->n_tensors; i++) {
    const LnDecl *decl = find_decl(custom, wanted->tensors[i].name);
    if (decl == NULL)
      return ln_fail(err, LN_EARG, "the custom layer '%s' that was given has no '%s', which the file has",
                     wanted->name, LN_ESCAPED(wanted->tensors[i].name));
    if (!ln_shape_equal(decl->shape, wanted->tensors[i].shape))
      return ln_fail(err, LN_ESHAPE, "'%s' of the custom layer '%s' is %s in the file, and %s in the one given",
                     decl->name, wanted->name, LN_SHAPE_TEXT(wanted->tensors[i].shape), LN_SHAPE_TEXT(decl->shape));
  }
  if (custom->n_tensors == wanted->n_tensors) return LN_OK;
  return ln_fail(err, LN_EARG, "the custom layer '%s' that was given has %d weights and states, the file has %d",
                 wanted->name, custom->n_tensors, wanted->n_tensors);
}

static LnStatus given_item(LnItem **out, int layer, const json_t *object, const LnCustomSource *source, LnError *err) {
  LnCustomWanted wanted;
  LnItem *item = NULL;
  LN_TRY(read_wanted(&wanted, layer, object, err));
  if (source == NULL)
    return ln_fail(err, LN_EARG, "needs the custom layer '%s', which is code and in no file", LN_ESCAPED(wanted.name));
  LN_TRY(source->find(&item, source->context, &wanted, err));
  LnStatus status = check_given(item, &wanted, err);
  if (status != LN_OK) return ln_item_unref(item), status;
  *out = item;
  return LN_OK;
}

/* ---- Layers ---- */

/* An earlier layer by its number in a field; -1: there is no such field. */
static LnStatus read_earlier(int *out, const json_t *object, const char *field, int index, LnError *err) {
  const json_t *number = json_object_get(object, field);
  *out = -1;
  if (number == NULL) return LN_OK;
  if (!json_is_integer(number) || json_integer_value(number) < 1 || json_integer_value(number) > index)
    return ln_fail(err, LN_EFORMAT, "'%s' must be the number of an earlier layer, 1 to %d", field, index);
  *out = (int)json_integer_value(number) - 1;
  return LN_OK;
}

/* The item of a layer; one that is called again is the item of its first call. */
static LnStatus read_item(LnItem **out, const LnGraph *graph, int index, json_t *object, const LnCustomSource *custom,
                          LnError *err) {
  int again;
  const char *name = json_string_value(json_object_get(object, "type"));
  LN_TRY(read_earlier(&again, object, "again", index, err));
  if (again >= 0) return *out = ln_item_ref(graph->layers[again].item), LN_OK;
  if (name == NULL) return ln_fail(err, LN_EFORMAT, "no 'type'");
  if (strcmp(name, ln_nn_custom.type.name) == 0) return given_item(out, index + 1, object, custom, err);
  const LnType *type = find_layer_type(name);
  if (type == NULL) return ln_fail(err, LN_EFORMAT, "unknown type '%s'", LN_ESCAPED(name));
  return listed_item(out, type, object, err);
}

/* Borrowed from the JSON; NULL: there is none. */
static LnStatus read_name(const char **out, const json_t *object, LnError *err) {
  const json_t *name = json_object_get(object, "name");
  *out = json_string_value(name);
  if (name == NULL) return LN_OK;
  size_t n = *out == NULL ? 0 : strspn(*out, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
  if (n > 0 && n <= LN_ITEM_LABEL && (*out)[n] == '\0') return LN_OK;
  return ln_fail(err, LN_EFORMAT, "'name' must be 1 to %d letters, digits or _", LN_ITEM_LABEL);
}

static LnStatus read_tied(LnItem *item, const LnGraph *graph, const json_t *object, int index, LnError *err) {
  int tied;
  LN_TRY(read_earlier(&tied, object, "tied", index, err));
  if (tied < 0 || ln_item_tied(item) != NULL) return LN_OK;
  return ln_layer_tie(item, graph->layers[tied].item, err);
}

static LnStatus layer_from_json(LnGraph *graph, const char **name, int index, json_t *object,
                                const LnCustomSource *custom, LnError *err) {
  int inputs[LN_MAX_INPUTS], n_inputs = 0;
  LnItem *item = NULL;
  LN_TRY(read_name(name, object, err));
  LN_TRY(read_item(&item, graph, index, object, custom, err));
  LnStatus status = read_inputs(inputs, &n_inputs, graph, json_object_get(object, "inputs"), index, err);
  if (status == LN_OK) status = read_tied(item, graph, object, index, err);
  if (status == LN_OK) ln_graph_set(graph, index, item, NULL, inputs, n_inputs);
  ln_item_unref(item);
  return status;
}

/* ---- Ends ---- */

static LnStatus read_shape(LnShape *out, const json_t *list, LnError *err) {
  *out = (LnShape){0};
  if (!json_is_array(list) || json_array_size(list) > 3)
    return ln_fail(err, LN_EFORMAT, "architecture: 'input' must be a list of at most 3 sizes");
  for (size_t i = 0; i < json_array_size(list); i++) out->d[out->n++] = json_integer_value(json_array_get(list, i));
  return LN_OK;
}

static LnStatus read_input_shapes(LnShape inputs[LN_MAX_ENDS], int *n, const json_t *object, LnError *err) {
  const json_t *list = json_object_get(object, "inputs");
  *n = 1;
  if (list == NULL) return read_shape(&inputs[0], json_object_get(object, "input"), err);
  if (!json_is_array(list) || json_array_size(list) < 1 || json_array_size(list) > LN_MAX_ENDS)
    return ln_fail(err, LN_EFORMAT, "architecture: 'inputs' must be a list of 1 to %d shapes", LN_MAX_ENDS);
  *n = (int)json_array_size(list);
  for (int i = 0; i < *n; i++) LN_TRY(read_shape(&inputs[i], json_array_get(list, (size_t)i), err));
  return LN_OK;
}

static LnStatus read_outputs(LnGraph *graph, const json_t *object, LnError *err) {
  const json_t *list = json_object_get(object, "outputs");
  if (list == NULL) return LN_OK;
  if (!json_is_array(list) || json_array_size(list) < 1 || json_array_size(list) > LN_MAX_ENDS)
    return ln_fail(err, LN_EFORMAT, "architecture: 'outputs' must be a list of 1 to %d layers", LN_MAX_ENDS);
  graph->n_outputs = (int)json_array_size(list);
  for (int i = 0; i < graph->n_outputs; i++) {
    json_int_t number = json_integer_value(json_array_get(list, (size_t)i));
    if (number < 1 || number > graph->n)
      return ln_fail(err, LN_EFORMAT, "architecture: 'outputs' must name layers by number, 1 to %d", graph->n);
    graph->outputs[i] = (int)number - 1;
    for (int k = 0; k < i; k++)
      if (graph->outputs[k] == graph->outputs[i])
        return ln_fail(err, LN_EFORMAT, "architecture: 'outputs' names layer %d twice", (int)number);
  }
  return LN_OK;
}

static LnStatus read_layers(LnGraph *graph, json_t *layers, const LnCustomSource *custom, LnError *err) {
  const char **names = ln_calloc((size_t)graph->n, sizeof *names);
  LnStatus status = LN_OK;
  if (names == NULL) return ln_fail_memory(err, "architecture", (size_t)graph->n * sizeof *names);
  for (int i = 0; status == LN_OK && i < graph->n; i++) {
    status = layer_from_json(graph, &names[i], i, json_array_get(layers, (size_t)i), custom, err);
    status = ln_error_prefix(err, status, "architecture: layer %d: ", i + 1);
  }
  if (status == LN_OK) status = ln_error_prefix(err, ln_graph_finish(graph, names, err), "architecture: ");
  ln_free(names);
  return status;
}

static LnStatus read_graph(LnGraph *out, json_t *object, const LnCustomSource *custom, LnError *err) {
  json_t *layers = json_object_get(object, "layers");
  LnShape inputs[LN_MAX_ENDS];
  int n_inputs;
  size_t n = json_array_size(layers);
  if (n < 1) return ln_fail(err, LN_EFORMAT, "architecture: 'layers' must be a list of 1 to %zu layers", most_layers);
  if (n > most_layers)
    return ln_fail(err, LN_ELIMIT, "architecture: too large: %zu layers, the limit is %zu", n, most_layers);
  LN_TRY(read_input_shapes(inputs, &n_inputs, object, err));
  LN_TRY(ln_graph_new(out, (int)n, err));
  out->n_inputs = n_inputs;
  LN_TRY(read_layers(out, layers, custom, err));
  LN_TRY(read_outputs(out, object, err));
  return inputs[0].n == 0 ? LN_OK : ln_graph_infer(out, inputs, err);
}

LnStatus ln_graph_from_json(LnGraph *out, const char *json, const LnCustomSource *custom, LnError *err) {
  json_t *object = NULL;
  LnGraph graph = {0};
  LN_TRY(ln_json_parse(&object, json, strlen(json), "architecture", err));
  LnStatus status = read_graph(&graph, object, custom, err);
  json_decref(object);
  if (status != LN_OK) return ln_graph_free(&graph), status;
  *out = graph;
  return LN_OK;
}
