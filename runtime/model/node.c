/* Nodes: the symbolic values from which a network is described. */
#include "model/node.h"

#include <assert.h>
#include <string.h>

#include "base/memory.h"
#include "model/graph.h"

struct LnNode {
  int refs;
  int index;       /* while a graph is made: place in topological order, from 1; 0 otherwise and for the input */
  LnItem *layer;   /* NULL for an input */
  LnShape shape;
  int depth;       /* layers on the longest way from an input */
  uint64_t origin; /* the number of the input that it depends on, the first one's if there are several */
  int n_inputs;
  LnNode *inputs[LN_MAX_INPUTS];
};

/* The deepest there may be: what walks along nodes calls itself. */
enum { DEEPEST = 10000 };

static LnStatus node_new(LnNode **out, LnShape shape, LnError *err) {
  LnNode *node = ln_calloc(1, sizeof *node);
  if (node == NULL) return ln_fail_memory(err, "node", sizeof *node);
  node->refs = 1;
  node->shape = shape;
  *out = node;
  return LN_OK;
}

LnStatus ln_node_input(LnNode **out, LnShape shape, LnError *err) {
  if (shape.n != 1 && shape.n != 3)
    return ln_fail(err, LN_ESHAPE, "input: expected {channels, height, width} or {features}, got %s",
                   LN_SHAPE_TEXT(shape));
  static uint64_t inputs = 0;
  LN_TRY(ln_error_prefix(err, ln_graph_check_shape(shape, err), "input: "));
  LN_TRY(node_new(out, shape, err));
  (*out)->origin = ++inputs;
  return LN_OK;
}

LnStatus ln_node_apply(LnNode **out, LnItem *layer, LnNode *const *inputs, int n_inputs, LnError *err) {
  LnShape in[LN_MAX_INPUTS], shape = {0};
  const char *name = ln_item_name(layer), *maker = ln_item_type(layer)->name;
  if (n_inputs > LN_MAX_INPUTS)
    return ln_fail(err, LN_ESHAPE, "%s: at most %d inputs, got %d", name, LN_MAX_INPUTS, n_inputs);
  for (int i = 0; i < n_inputs; i++) in[i] = inputs[i]->shape;
  LN_TRY(ln_error_prefix(err, ln_layer_out_shape(&shape, layer, in, n_inputs, err), "%s: ", name));
  int depth = 0;
  for (int i = 0; i < n_inputs; i++)
    if (inputs[i]->depth >= depth) depth = inputs[i]->depth + 1;
  if (depth > DEEPEST)
    return ln_fail(err, LN_ESHAPE, "%s: at most %d layers can follow each other", name, DEEPEST);
  bool once = ln_layer_has_tensors(layer);
  if (once && ln_item_mark(layer) == inputs[0]->origin)
    return ln_fail(err, LN_EARG,
                   "%s: this layer was called before on what comes from the same input; it has one set of parameters, "
                   "and they cannot be shared: make two layers, %s{...}(a) and %s{...}(b)",
                   name, maker, maker);
  LN_TRY(node_new(out, shape, err));
  if (once) ln_item_set_mark(layer, inputs[0]->origin);
  (*out)->origin = inputs[0]->origin;
  (*out)->depth = depth;
  (*out)->layer = ln_item_ref(layer);
  (*out)->n_inputs = n_inputs;
  for (int i = 0; i < n_inputs; i++) (*out)->inputs[i] = ln_node_ref(inputs[i]);
  return LN_OK;
}

LnNode *ln_node_ref(LnNode *node) {
  node->refs++;
  return node;
}

void ln_node_unref(LnNode *node) {
  if (node == NULL || --node->refs > 0) return;
  assert(node->refs == 0);
  for (int i = 0; i < node->n_inputs; i++) ln_node_unref(node->inputs[i]);
  ln_item_unref(node->layer);
  ln_free(node);
}

const LnShape *ln_node_shape(const LnNode *node) {
  return &node->shape;
}

const LnItem *ln_node_layer(const LnNode *node) {
  return node->layer;
}

/* Numbers the nodes below `node` in topological order, from 1, each once. */
static LnStatus number_nodes(int *count, LnNode *node, const LnNode *input, LnError *err) {
  if (node == input || node->index != 0) return LN_OK;
  node->index = -1; /* on the way: so that forget_numbers finds it should the walk fail below */
  if (node->layer == NULL)
    return ln_fail(err, LN_ESHAPE, "model: the output depends on another input than the one given as 'inputs'");
  for (int i = 0; i < node->n_inputs; i++) LN_TRY(number_nodes(count, node->inputs[i], input, err));
  node->index = ++*count;
  return LN_OK;
}

static void forget_numbers(LnNode *node) {
  if (node->index == 0) return;
  node->index = 0;
  for (int i = 0; i < node->n_inputs; i++) forget_numbers(node->inputs[i]);
}

static void fill_graph(LnGraph *graph, const LnNode *node) {
  int inputs[LN_MAX_INPUTS];
  if (node->index == 0 || graph->layers[node->index - 1].item != NULL) return;
  for (int i = 0; i < node->n_inputs; i++) {
    fill_graph(graph, node->inputs[i]);
    inputs[i] = node->inputs[i]->index - 1;
  }
  ln_graph_set(graph, node->index - 1, node->layer, inputs, node->n_inputs);
}

LnStatus ln_node_graph(LnGraph *out, LnNode *input, LnNode *output, LnError *err) {
  int count = 0;
  if (input->layer != NULL) return ln_fail(err, LN_ESHAPE, "model: 'inputs' must be a node made by nn.input");
  if (output->layer == NULL) return ln_fail(err, LN_ESHAPE, "model: 'outputs' is an input itself; apply a layer to it");
  LnStatus status = number_nodes(&count, output, input, err);
  if (status == LN_OK) status = ln_graph_new(out, count, err);
  if (status == LN_OK) fill_graph(out, output);
  forget_numbers(output);
  if (status != LN_OK) return status;
  status = ln_error_prefix(err, ln_graph_check_items(out, err), "model: ");
  if (status != LN_OK) ln_graph_free(out);
  return status;
}
