/* Graphs as JSON:
 *
 *   {"input": [1, 64, 64],
 *    "layers": [{"name": "conv2d_1", "inputs": [0], "type": "conv2d", "filters": 64, ...}, ...]}
 *
 * Inputs count from 1; 0 is the network's input. */
#include <string.h>

#include "base/escape.h"
#include "base/json.h"
#include "base/memory.h"
#include "model/graph.h"

static const size_t most_layers = 100000;

static LnStatus layer_to_json(json_t **out, const LnGraphLayer *layer, LnError *err) {
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
  json_decref(options);
  if (!complete) return json_decref(object), ln_fail_memory(err, "architecture", 0);
  *out = object;
  return LN_OK;
}

LnStatus ln_graph_to_json(char **out, const LnGraph *graph, LnError *err) {
  json_t *layers = json_array(), *input = json_array();
  bool complete = layers != NULL && input != NULL;
  LnStatus status = LN_OK;
  for (int i = 0; complete && i < graph->input.n; i++)
    complete = json_array_append_new(input, json_integer(graph->input.d[i])) == 0;
  for (int i = 0; complete && status == LN_OK && i < graph->n; i++) {
    json_t *layer = NULL;
    status = layer_to_json(&layer, &graph->layers[i], err);
    if (status == LN_OK) complete = json_array_append_new(layers, layer) == 0;
  }
  json_t *object = json_object();
  complete = json_object_set_new(object, "input", input) == 0 && complete;
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

static LnStatus read_inputs(int inputs[LN_MAX_INPUTS], int *n_inputs, const json_t *list, int index, LnError *err) {
  size_t n = json_array_size(list);
  if (n < 1 || n > LN_MAX_INPUTS)
    return ln_fail(err, LN_EFORMAT, "'inputs' must be a list of 1 to %d layer numbers", LN_MAX_INPUTS);
  for (size_t i = 0; i < n; i++) {
    const json_t *entry = json_array_get(list, i);
    if (!json_is_integer(entry) || json_integer_value(entry) < 0 || json_integer_value(entry) > index)
      return ln_fail(err, LN_EFORMAT, "'inputs' must name earlier layers by number, 0 to %d", index);
    inputs[i] = (int)json_integer_value(entry) - 1;
  }
  *n_inputs = (int)n;
  return LN_OK;
}

static LnStatus layer_from_json(LnGraph *graph, int index, json_t *object, LnError *err) {
  const char *type_name = json_string_value(json_object_get(object, "type"));
  if (type_name == NULL) return ln_fail(err, LN_EFORMAT, "no 'type'");
  const LnType *type = find_layer_type(type_name);
  if (type == NULL) return ln_fail(err, LN_EFORMAT, "unknown type '%s'", LN_ESCAPED(type_name));
  int inputs[LN_MAX_INPUTS], n_inputs = 0;
  LN_TRY(read_inputs(inputs, &n_inputs, json_object_get(object, "inputs"), index, err));
  json_t *options = json_copy(object);
  if (options == NULL) return ln_fail_memory(err, "layer", 0);
  json_object_del(options, "name");
  json_object_del(options, "inputs");
  char *text = NULL;
  LnItem *item = NULL;
  LnStatus status = ln_json_print(&text, options, err);
  json_decref(options);
  if (status == LN_OK) status = ln_item_from_json(&item, type, text, err);
  ln_free(text);
  if (status == LN_OK) ln_graph_set(graph, index, item, inputs, n_inputs);
  ln_item_unref(item);
  return status;
}

static LnStatus read_shape(LnShape *out, const json_t *list, LnError *err) {
  *out = (LnShape){0};
  if (!json_is_array(list) || json_array_size(list) > 3)
    return ln_fail(err, LN_EFORMAT, "architecture: 'input' must be a list of at most 3 sizes");
  for (size_t i = 0; i < json_array_size(list); i++) out->d[out->n++] = json_integer_value(json_array_get(list, i));
  return LN_OK;
}

static LnStatus read_graph(LnGraph *out, json_t *object, LnError *err) {
  json_t *layers = json_object_get(object, "layers");
  LnShape input;
  size_t n = json_array_size(layers);
  if (n < 1) return ln_fail(err, LN_EFORMAT, "architecture: 'layers' must be a list of 1 to %zu layers", most_layers);
  if (n > most_layers)
    return ln_fail(err, LN_ELIMIT, "architecture: too large: %zu layers, the limit is %zu", n, most_layers);
  LN_TRY(read_shape(&input, json_object_get(object, "input"), err));
  LN_TRY(ln_graph_new(out, (int)n, err));
  for (int i = 0; i < out->n; i++)
    LN_TRY(ln_error_prefix(err, layer_from_json(out, i, json_array_get(layers, (size_t)i), err),
                           "architecture: layer %d: ", i + 1));
  return input.n == 0 ? LN_OK : ln_graph_infer(out, input, err);
}

LnStatus ln_graph_from_json(LnGraph *out, const char *json, LnError *err) {
  json_t *object = NULL;
  LnGraph graph = {0};
  LN_TRY(ln_json_parse(&object, json, strlen(json), "architecture", err));
  LnStatus status = read_graph(&graph, object, err);
  json_decref(object);
  if (status != LN_OK) return ln_graph_free(&graph), status;
  *out = graph;
  return LN_OK;
}
