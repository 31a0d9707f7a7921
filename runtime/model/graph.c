/* Graphs: layers in topological order, shape inference. See graph.h. */
#include "model/graph.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

LnStatus ln_graph_new(LnGraph *out, int n, LnError *err) {
  LnGraphLayer *layers = ln_calloc((size_t)n, sizeof *layers);
  if (layers == NULL) return ln_fail_memory(err, "network", (size_t)n * sizeof *layers);
  *out = (LnGraph){.n = n, .layers = layers};
  return LN_OK;
}

/* "conv2d_2" is the second conv2d. Looking back as far as the one before takes, in all, at most one walk over the
 * layers for each name. */
static void name_layer(LnGraph *graph, int index) {
  LnGraphLayer *layer = &graph->layers[index];
  const char *name = ln_item_name(layer->item);
  int last = index - 1;
  while (last >= 0 && (graph->layers[last].type != layer->type ||
                       strcmp(ln_item_name(graph->layers[last].item), name) != 0))
    last--;
  layer->number = last < 0 ? 1 : graph->layers[last].number + 1;
  snprintf(layer->name, sizeof layer->name, "%s_%d", name, layer->number);
}

void ln_graph_set(LnGraph *graph, int index, LnItem *item, const int *inputs, int n_inputs) {
  LnGraphLayer *layer = &graph->layers[index];
  layer->item = ln_item_ref(item);
  layer->type = (const LnLayerType *)ln_item_type(item);
  layer->n_inputs = n_inputs;
  memcpy(layer->inputs, inputs, (size_t)n_inputs * sizeof *inputs);
  name_layer(graph, index);
}

void ln_graph_free(LnGraph *graph) {
  for (int i = 0; i < graph->n; i++) ln_item_unref(graph->layers[i].item);
  ln_free(graph->layers);
  *graph = (LnGraph){0};
}

LnStatus ln_graph_clone(LnGraph *out, const LnGraph *graph, LnError *err) {
  LN_TRY(ln_graph_new(out, graph->n, err));
  memcpy(out->layers, graph->layers, (size_t)graph->n * sizeof *graph->layers);
  for (int i = 0; i < graph->n; i++) ln_item_ref(out->layers[i].item);
  out->input = graph->input;
  out->n_tensors = graph->n_tensors;
  return LN_OK;
}

LnShape ln_graph_shape(const LnGraph *graph, int layer) {
  return layer < 0 ? graph->input : graph->layers[layer].out;
}

const LnDecl *ln_graph_decl(const LnGraph *graph, int tensor, const LnGraphLayer **layer) {
  int first = 0, end = graph->n; /* among these is the last layer that does not begin behind the tensor */
  while (end - first > 1) {
    int middle = (first + end) / 2;
    if (graph->layers[middle].first_tensor <= tensor)
      first = middle;
    else
      end = middle;
  }
  *layer = &graph->layers[first];
  assert(tensor >= (*layer)->first_tensor && tensor < (*layer)->first_tensor + (*layer)->n_decls);
  return &(*layer)->decls[tensor - (*layer)->first_tensor];
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

static int by_item(const void *a, const void *b) {
  const LnGraphLayer *x = *(LnGraphLayer *const *)a, *y = *(LnGraphLayer *const *)b;
  if (x->item != y->item) return (uintptr_t)x->item < (uintptr_t)y->item ? -1 : 1;
  return x < y ? -1 : x > y;
}

LnStatus ln_graph_check_items(const LnGraph *graph, LnError *err) {
  LnGraphLayer **sorted = ln_alloc((size_t)graph->n * sizeof *sorted);
  if (sorted == NULL) return ln_fail_memory(err, "network", (size_t)graph->n * sizeof *sorted);
  for (int i = 0; i < graph->n; i++) sorted[i] = &graph->layers[i];
  qsort(sorted, (size_t)graph->n, sizeof *sorted, by_item);
  LnStatus status = LN_OK;
  for (int i = 1; status == LN_OK && i < graph->n; i++) {
    if (sorted[i]->item != sorted[i - 1]->item || !ln_layer_has_tensors(sorted[i]->item)) continue;
    const char *name = ln_item_name(sorted[i]->item), *maker = sorted[i]->type->type.name;
    status = ln_fail(err, LN_EARG,
                     "layers %d and %d are the same %s, which has one set of parameters, and they cannot be shared: "
                     "make two layers, %s{...} twice",
                     (int)(sorted[i - 1] - graph->layers) + 1, (int)(sorted[i] - graph->layers) + 1, name, maker);
  }
  ln_free(sorted);
  return status;
}

static LnStatus infer_layer(LnGraph *graph, LnGraphLayer *layer, LnError *err) {
  LnShape in[LN_MAX_INPUTS];
  for (int i = 0; i < layer->n_inputs; i++) in[i] = ln_graph_shape(graph, layer->inputs[i]);
  LN_TRY(ln_layer_out_shape(&layer->out, layer->item, in, layer->n_inputs, err));
  layer->n_decls = 0;
  layer->macs = 0;
  if (layer->type->declare != NULL)
    layer->n_decls = layer->type->declare(layer->decls, &layer->macs, ln_item_options(layer->item), in, layer->out);
  return LN_OK;
}

static LnStatus check_input(LnShape input, LnError *err) {
  if (input.n != 1 && input.n != 3)
    return ln_fail(err, LN_ESHAPE, "a network takes samples of channels x height x width, or of features; got %s",
                   LN_SHAPE_TEXT(input));
  return ln_error_prefix(err, ln_graph_check_shape(input, err), "input ");
}

LnStatus ln_graph_infer(LnGraph *graph, LnShape input, LnError *err) {
  LN_TRY(check_input(input, err));
  graph->input = input;
  graph->n_tensors = 0;
  for (int i = 0; i < graph->n; i++) {
    LnGraphLayer *layer = &graph->layers[i];
    LN_TRY(ln_error_prefix(err, infer_layer(graph, layer, err), "layer %d (%s): ", i + 1, ln_item_name(layer->item)));
    layer->first_tensor = graph->n_tensors;
    graph->n_tensors += layer->n_decls;
  }
  return LN_OK;
}
