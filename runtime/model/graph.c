/* Graphs: layers in topological order, shape inference. See graph.h; graph_finish.c has weights, names and ties. */
#include "model/graph.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "nn/tie.h"

LnStatus ln_graph_new(LnGraph *out, int n, LnError *err) {
  LnGraphLayer *layers = ln_calloc((size_t)n, sizeof *layers);
  if (layers == NULL) return ln_fail_memory(err, "network", (size_t)n * sizeof *layers);
  *out = (LnGraph){.n = n, .layers = layers, .n_inputs = 1, .n_outputs = 1, .outputs = {n - 1}};
  return LN_OK;
}

void ln_graph_set(LnGraph *graph, int index, LnItem *item, LnWeights *weights, const int *inputs, int n_inputs) {
  LnGraphLayer *layer = &graph->layers[index];
  layer->item = ln_item_ref(item);
  layer->type = (const LnLayerType *)ln_item_type(item);
  layer->weights = weights == NULL ? NULL : ln_weights_ref(weights);
  layer->first = index;
  layer->tied = -1;
  layer->n_inputs = n_inputs;
  memcpy(layer->inputs, inputs, (size_t)n_inputs * sizeof *inputs);
}

void ln_graph_free(LnGraph *graph) {
  for (int i = 0; i < graph->n; i++) {
    ln_item_unref(graph->layers[i].item);
    ln_weights_unref(graph->layers[i].weights);
  }
  ln_free(graph->layers);
  ln_free(graph->tensors);
  *graph = (LnGraph){0};
}

bool ln_graph_complete(const LnGraph *graph) {
  for (int i = 0; i < graph->n; i++)
    if (graph->layers[i].weights != NULL && graph->layers[i].weights->n == 0) return false;
  return true;
}

/* ---- Copies ---- */

static LnStatus clone_tensors(LnGraph *out, const LnGraph *graph, LnError *err) {
  size_t bytes = (size_t)(graph->n_tensors + graph->n_tied) * sizeof *graph->tensors;
  out->tensors = NULL;
  if (bytes == 0) return LN_OK;
  out->tensors = ln_alloc(bytes);
  if (out->tensors == NULL) return ln_fail_memory(err, "network", bytes);
  memcpy(out->tensors, graph->tensors, bytes);
  return LN_OK;
}

LnStatus ln_graph_clone(LnGraph *out, const LnGraph *graph, LnError *err) {
  LnGraph clone = *graph;
  LN_TRY(clone_tensors(&clone, graph, err));
  clone.layers = ln_alloc((size_t)graph->n * sizeof *clone.layers);
  if (clone.layers == NULL) return ln_free(clone.tensors), ln_fail_memory(err, "network", sizeof clone);
  memcpy(clone.layers, graph->layers, (size_t)graph->n * sizeof *graph->layers);
  for (int i = 0; i < graph->n; i++) {
    ln_item_ref(clone.layers[i].item);
    if (clone.layers[i].weights != NULL) ln_weights_ref(clone.layers[i].weights);
  }
  *out = clone;
  return LN_OK;
}

LnStatus ln_graph_renew(LnGraph *graph, LnError *err) {
  for (int i = 0; i < graph->n; i++) {
    LnGraphLayer *layer = &graph->layers[i];
    LnWeights *own = NULL;
    if (layer->weights == NULL) continue;
    if (layer->first == i)
      LN_TRY(ln_weights_new(&own, err));
    else
      own = ln_weights_ref(graph->layers[layer->first].weights);
    ln_weights_unref(layer->weights);
    layer->weights = own;
  }
  return LN_OK;
}

/* place[i]: where layer i comes to stand, -1: nowhere. Where a layer's first call is not kept, the next is the first. */
static void keep_layer(LnGraph *out, const LnGraph *graph, int index, const int *place) {
  const LnGraphLayer *from = &graph->layers[index];
  LnGraphLayer *to = &out->layers[place[index]];
  *to = *from;
  ln_item_ref(to->item);
  if (to->weights != NULL) ln_weights_ref(to->weights);
  for (int i = 0; i < to->n_inputs; i++)
    if (to->inputs[i] >= 0) to->inputs[i] = place[to->inputs[i]];
  to->first = place[index];
  for (int i = index - 1; to->weights != NULL && i >= from->first; i--)
    if (place[i] >= 0 && graph->layers[i].weights == to->weights) to->first = place[i];
  if (to->tied >= 0) to->tied = place[to->tied];
}

static void need(int *place, int layer) {
  if (layer >= 0) place[layer] = 0;
}

LnStatus ln_graph_part(LnGraph *out, const LnGraph *graph, const int *outputs, int n_outputs, LnError *err) {
  int *place = ln_alloc((size_t)graph->n * sizeof *place), n = 0;
  if (place == NULL) return ln_fail_memory(err, "network", (size_t)graph->n * sizeof *place);
  for (int i = 0; i < graph->n; i++) place[i] = -1;
  for (int i = 0; i < n_outputs; i++) need(place, outputs[i]);
  for (int i = graph->n - 1; i >= 0; i--) {
    if (place[i] < 0) continue;
    for (int k = 0; k < graph->layers[i].n_inputs; k++) need(place, graph->layers[i].inputs[k]);
    need(place, graph->layers[i].tied);
  }
  for (int i = 0; i < graph->n; i++)
    if (place[i] >= 0) place[i] = n++;
  LnStatus status = ln_graph_new(out, n, err);
  for (int i = 0; status == LN_OK && i < graph->n; i++)
    if (place[i] >= 0) keep_layer(out, graph, i, place);
  for (int i = 0; status == LN_OK && i < n_outputs; i++) out->outputs[i] = place[outputs[i]];
  ln_free(place);
  if (status != LN_OK) return status;
  out->n_outputs = n_outputs;
  out->n_inputs = graph->n_inputs;
  memcpy(out->inputs, graph->inputs, sizeof out->inputs);
  return LN_OK;
}

/* ---- Shapes ---- */

LnShape ln_graph_shape(const LnGraph *graph, int layer) {
  return layer < 0 ? graph->inputs[-1 - layer] : graph->layers[layer].out;
}

LnShape ln_graph_output_shape(const LnGraph *graph, int output) {
  return ln_graph_shape(graph, graph->outputs[output]);
}

const LnDecl *ln_graph_decl(const LnGraph *graph, int tensor, const LnGraphLayer **layer) {
  assert(tensor >= 0 && tensor < graph->n_tensors + graph->n_tied);
  *layer = &graph->layers[graph->tensors[tensor].layer];
  return &(*layer)->decls[graph->tensors[tensor].decl];
}

/* The largest that sizes may be, and their product: then nothing that is worked out from shapes can overflow. */
static const int64_t largest_size = INT32_MAX / 64, largest_count = (int64_t)1 << 40;

LnStatus ln_graph_check_shape(LnShape shape, LnError *err) {
  int64_t count = 1;
  for (int i = 0; i < shape.n; i++)
    if (shape.d[i] < 1 || shape.d[i] > largest_size)
      return ln_fail(err, LN_ESHAPE, "shape %s: sizes must be from 1 to %" PRId64, LN_SHAPE_TEXT(shape), largest_size);
    else
      count = count > largest_count ? count : count * shape.d[i];
  if (count > largest_count) return ln_fail(err, LN_ESHAPE, "shape %s is too large", LN_SHAPE_TEXT(shape));
  return LN_OK;
}

LnStatus ln_layer_out_shape(LnShape *out, LnItem *item, const LnShape *in, int n_inputs, LnError *err) {
  const LnLayerType *type = (const LnLayerType *)ln_item_type(item);
  if (n_inputs < type->min_inputs || n_inputs > type->max_inputs) {
    if (type->min_inputs == type->max_inputs)
      return ln_fail(err, LN_ESHAPE, "expected %d input%s, got %d", type->min_inputs, type->min_inputs == 1 ? "" : "s",
                     n_inputs);
    return ln_fail(err, LN_ESHAPE, "expected %d to %d inputs, got %d", type->min_inputs, type->max_inputs, n_inputs);
  }
  LN_TRY(type->out_shape(out, ln_item_options(item), in, n_inputs, err));
  return ln_error_prefix(err, ln_graph_check_shape(*out, err), "the output's ");
}

bool ln_layer_has_tensors(LnItem *item) {
  const LnLayerType *type = (const LnLayerType *)ln_item_type(item);
  const LnShape any = LN_SHAPE(1, 1, 1);
  LnDecl decls[LN_MAX_TENSORS];
  double macs;
  return type->declare != NULL && type->declare(decls, &macs, ln_item_options(item), &any, any) > 0;
}

static LnStatus fail_tied(const LnGraph *graph, const LnGraphLayer *layer, LnShape has, LnShape needs, LnError *err) {
  const LnGraphLayer *to = &graph->layers[layer->tied];
  return ln_fail(err, LN_ESHAPE, "its weight is that of layer %d (%s), %s, but it needs one of %s", layer->tied + 1,
                 ln_item_name(to->item), LN_SHAPE_TEXT(has), LN_SHAPE_TEXT(needs));
}

static LnShape tied_shape(const LnDecl *decl, const int *order) {
  LnShape shape = {.n = decl->shape.n};
  for (int i = 0; i < shape.n; i++) shape.d[i] = decl->shape.d[decl->axes[order == NULL ? i : order[i]]];
  return shape;
}

static LnStatus check_tied(const LnGraph *graph, const LnGraphLayer *layer, LnError *err) {
  const LnGraphLayer *to = &graph->layers[layer->tied];
  LnShape has = tied_shape(&to->decls[0], NULL), needs = tied_shape(&layer->decls[0], layer->type->tied_axes);
  return ln_shape_equal(has, needs) ? LN_OK : fail_tied(graph, layer, has, needs, err);
}

/* A layer that is called again has the tensors of its first call. */
static LnStatus check_again(const LnGraph *graph, const LnGraphLayer *layer, LnError *err) {
  const LnGraphLayer *first = &graph->layers[layer->first];
  for (int i = 0; i < layer->n_decls; i++)
    if (i >= first->n_decls || !ln_shape_equal(first->decls[i].shape, layer->decls[i].shape))
      return ln_fail(err, LN_ESHAPE, "it is layer %d, called again, and its %s fits that layer's input, but not %s",
                     layer->first + 1, layer->decls[i].name, LN_SHAPE_TEXT(ln_graph_shape(graph, layer->inputs[0])));
  return LN_OK;
}

static LnStatus infer_layer(LnGraph *graph, LnGraphLayer *layer, LnError *err) {
  LnShape in[LN_MAX_INPUTS];
  const LnGraphLayer *to = layer->tied < 0 ? NULL : &graph->layers[layer->tied];
  for (int i = 0; i < layer->n_inputs; i++) in[i] = ln_graph_shape(graph, layer->inputs[i]);
  if (to != NULL) LN_TRY(ln_layer_settle_tied(layer->item, ln_graph_shape(graph, to->inputs[0]), err));
  LN_TRY(ln_layer_out_shape(&layer->out, layer->item, in, layer->n_inputs, err));
  layer->n_decls = 0;
  layer->macs = 0;
  if (layer->type->declare != NULL)
    layer->n_decls = layer->type->declare(layer->decls, &layer->macs, ln_item_options(layer->item), in, layer->out);
  if (to != NULL) LN_TRY(check_tied(graph, layer, err));
  return &graph->layers[layer->first] == layer ? LN_OK : check_again(graph, layer, err);
}

static LnStatus check_input(const LnGraph *graph, int i, LnShape input, LnError *err) {
  char which[32] = "input";
  if (graph->n_inputs > 1) snprintf(which, sizeof which, "input %d", i + 1);
  if (input.n != 1 && input.n != 3)
    return ln_fail(err, LN_ESHAPE, "a network takes samples of channels x height x width, or of features; got %s%s%s",
                   LN_SHAPE_TEXT(input), graph->n_inputs > 1 ? " as " : "", graph->n_inputs > 1 ? which : "");
  return ln_error_prefix(err, ln_graph_check_shape(input, err), "%s ", which);
}

/* ---- Tensors ---- */

static bool is_tied(const LnGraphLayer *layer, int decl) {
  return layer->tied >= 0 && decl == 0;
}

/* Tensors in the order of the layers that come first with them, then those tied to others. */
static LnStatus number_tensors(LnGraph *graph, LnError *err) {
  int counts[2] = {0, 0};
  for (int i = 0; i < graph->n; i++)
    for (int d = 0; graph->layers[i].first == i && d < graph->layers[i].n_decls; d++)
      counts[is_tied(&graph->layers[i], d)]++;
  if (counts[0] + counts[1] != graph->n_tensors + graph->n_tied) {
    size_t bytes = (size_t)(counts[0] + counts[1]) * sizeof *graph->tensors;
    LnGraphTensor *tensors = ln_realloc(graph->tensors, bytes > 0 ? bytes : 1);
    if (tensors == NULL) return ln_fail_memory(err, "network", bytes);
    graph->tensors = tensors;
  }
  graph->n_tensors = counts[0], graph->n_tied = counts[1];
  int next[2] = {0, counts[0]};
  for (int i = 0; i < graph->n; i++) {
    LnGraphLayer *layer = &graph->layers[i];
    if (layer->first != i) memcpy(layer->tensors, graph->layers[layer->first].tensors, sizeof layer->tensors);
    for (int d = 0; layer->first == i && d < layer->n_decls; d++) {
      int tensor = next[is_tied(layer, d)]++, source = is_tied(layer, d) ? graph->layers[layer->tied].tensors[0] : -1;
      layer->tensors[d] = tensor;
      graph->tensors[tensor] = (LnGraphTensor){i, d, source};
    }
  }
  return LN_OK;
}

LnStatus ln_graph_infer(LnGraph *graph, const LnShape *inputs, LnError *err) {
  for (int i = 0; i < graph->n_inputs; i++) LN_TRY(check_input(graph, i, inputs[i], err));
  memcpy(graph->inputs, inputs, (size_t)graph->n_inputs * sizeof *inputs);
  for (int i = 0; i < graph->n; i++) {
    LnGraphLayer *layer = &graph->layers[i];
    LN_TRY(ln_error_prefix(err, infer_layer(graph, layer, err), "layer %d (%s): ", i + 1, ln_item_name(layer->item)));
  }
  return number_tensors(graph, err);
}
