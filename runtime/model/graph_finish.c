/* What a graph's layers have in common, once all are set: weights, names, ties. See ln_graph_finish. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/graph.h"

/* ---- Weights ---- */

/* Layers with the same item, or the same weights, come together, those that came first first. */
static int by_weights(const void *a, const void *b) {
  const LnGraphLayer *x = *(LnGraphLayer *const *)a, *y = *(LnGraphLayer *const *)b;
  if (x->weights != y->weights) return (uintptr_t)x->weights < (uintptr_t)y->weights ? -1 : 1;
  if (x->item != y->item) return (uintptr_t)x->item < (uintptr_t)y->item ? -1 : 1;
  return x < y ? -1 : x > y;
}

static LnStatus share_sorted(LnGraphLayer *layers, LnGraphLayer **sorted, int n, LnError *err) {
  bool before_given = false;
  for (int i = 0; i < n; i++) {
    LnGraphLayer *layer = sorted[i], *before = i > 0 ? sorted[i - 1] : NULL;
    bool given = layer->weights != NULL;
    bool again = before != NULL && before->item == layer->item &&
                 (given ? before->weights == layer->weights : !before_given);
    before_given = given;
    if (again) layer->first = (int)(&layers[before->first] - layers);
    if (given || !ln_layer_has_tensors(layer->item)) continue;
    if (again)
      layer->weights = ln_weights_ref(before->weights);
    else
      LN_TRY(ln_weights_new(&layer->weights, err));
  }
  return LN_OK;
}

static LnStatus share_weights(LnGraph *graph, LnError *err) {
  LnGraphLayer **sorted = ln_alloc((size_t)graph->n * sizeof *sorted);
  if (sorted == NULL) return ln_fail_memory(err, "network", (size_t)graph->n * sizeof *sorted);
  for (int i = 0; i < graph->n; i++) sorted[i] = &graph->layers[i];
  qsort(sorted, (size_t)graph->n, sizeof *sorted, by_weights);
  LnStatus status = share_sorted(graph->layers, sorted, graph->n, err);
  ln_free(sorted);
  return status;
}

/* ---- Names ---- */

/* "conv2d_2" is the second conv2d that has no name of its own. Looking back as far as the one before takes, in all, at
 * most one walk over the layers for each name. */
static void name_layer(LnGraph *graph, int index) {
  LnGraphLayer *layer = &graph->layers[index];
  const char *name = ln_item_name(layer->item);
  int last = index - 1;
  while (last >= 0 && (graph->layers[last].number == 0 || graph->layers[last].type != layer->type ||
                       strcmp(ln_item_name(graph->layers[last].item), name) != 0))
    last--;
  layer->number = last < 0 ? 1 : graph->layers[last].number + 1;
  snprintf(layer->name, sizeof layer->name, "%s_%d", name, layer->number);
}

/* The k-th call of the layer that was called first as `first`. */
static void name_call(LnGraphLayer *layer, const LnGraphLayer *first, int k) {
  layer->number = 0;
  snprintf(layer->name, sizeof layer->name, "%.31s_call%d", first->name, k);
}

static int by_name(const void *a, const void *b) {
  const LnGraphLayer *x = *(LnGraphLayer *const *)a, *y = *(LnGraphLayer *const *)b;
  int order = strcmp(x->name, y->name);
  return order != 0 ? order : (x < y ? -1 : x > y);
}

static LnStatus check_names(const LnGraph *graph, LnError *err) {
  LnGraphLayer **sorted = ln_alloc((size_t)graph->n * sizeof *sorted);
  if (sorted == NULL) return ln_fail_memory(err, "network", (size_t)graph->n * sizeof *sorted);
  for (int i = 0; i < graph->n; i++) sorted[i] = &graph->layers[i];
  qsort(sorted, (size_t)graph->n, sizeof *sorted, by_name);
  LnStatus status = LN_OK;
  for (int i = 1; status == LN_OK && i < graph->n; i++)
    if (strcmp(sorted[i]->name, sorted[i - 1]->name) == 0)
      status = ln_fail(err, LN_EARG, "layers %d and %d are both called '%s'; every layer needs a name of its own",
                       (int)(sorted[i - 1] - graph->layers) + 1, (int)(sorted[i] - graph->layers) + 1, sorted[i]->name);
  ln_free(sorted);
  return status;
}

/* "conv2d_7" for a conv2d: a name that says nothing of where it came from. */
static bool is_numbered(const LnGraphLayer *layer, const char *name) {
  const char *kind = ln_item_name(layer->item);
  size_t n = strlen(kind);
  return strncmp(name, kind, n) == 0 && name[n] == '_' && strspn(name + n + 1, "0123456789") == strlen(name + n + 1);
}

/* The name that the layer had in a file, if that is another one. */
static void name_as_before(LnGraphLayer *layer, const char *name) {
  if (strcmp(layer->name, name) == 0) return;
  if (!is_numbered(layer, name) && ln_custom_of(layer->item) == NULL) ln_item_set_label(layer->item, name);
  snprintf(layer->name, sizeof layer->name, "%s", name);
  layer->number = 0;
}

static LnStatus name_layers(LnGraph *graph, const char *const *names, LnError *err) {
  int *calls = ln_calloc((size_t)graph->n, sizeof *calls);
  bool named = false;
  if (calls == NULL) return ln_fail_memory(err, "network", (size_t)graph->n * sizeof *calls);
  for (int i = 0; i < graph->n; i++) {
    LnGraphLayer *layer = &graph->layers[i];
    const char *label = ln_item_label(layer->item);
    bool again = layer->first != i && (layer->weights != NULL || label[0] != '\0');
    if (again)
      name_call(layer, &graph->layers[layer->first], ++calls[layer->first] + 1);
    else if (label[0] != '\0')
      snprintf(layer->name, sizeof layer->name, "%s", label);
    else
      name_layer(graph, i);
    if (names != NULL && names[i] != NULL) name_as_before(layer, names[i]);
    named = named || layer->number == 0;
  }
  ln_free(calls);
  return named ? check_names(graph, err) : LN_OK;
}

/* ---- Ties ---- */

static LnStatus find_tied(LnGraph *graph, int index, LnError *err) {
  LnGraphLayer *layer = &graph->layers[index];
  const LnItem *to = ln_item_tied(layer->item);
  if (to == NULL) return LN_OK;
  for (int i = index - 1; i >= 0 && layer->tied < 0; i--)
    if (graph->layers[i].item == to) layer->tied = graph->layers[i].first;
  if (layer->tied >= 0) return LN_OK;
  return ln_fail(err, LN_EARG, "layer %d (%s): the %s that it is tied to does not come before it in this network",
                 index + 1, ln_item_name(layer->item), ln_item_type(to)->name);
}

LnStatus ln_graph_finish(LnGraph *graph, const char *const *names, LnError *err) {
  LN_TRY(share_weights(graph, err));
  LN_TRY(name_layers(graph, names, err));
  for (int i = 0; i < graph->n; i++) LN_TRY(find_tied(graph, i, err));
  return LN_OK;
}
