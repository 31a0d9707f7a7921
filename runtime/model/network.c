/* Networks: parameters and prediction. See network.h; graph.c has the layers, plan.c how they run. */
#include "model/network_parts.h"

#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"

/* ---- Life ---- */

static LnStatus network_new(LnNetwork **out, LnGraph *graph, LnError *err) {
  LnNetwork *net = ln_calloc(1, sizeof *net);
  if (net == NULL) return ln_graph_free(graph), ln_fail_memory(err, "network", sizeof *net);
  net->refs = 1;
  net->graph = *graph;
  *out = net;
  return LN_OK;
}

/* A network among the layers of a sequence. */
static LnStatus check_stage(const LnNetwork *net, int index, LnError *err) {
  if (net->graph.n_inputs == 1 && net->graph.n_outputs == 1 && net->graph.outputs[0] == net->graph.n - 1) return LN_OK;
  return ln_fail(err, LN_EARG, "sequential: entry %d is a network of %d inputs and %d outputs; call it on nodes",
                 index + 1, net->graph.n_inputs, net->graph.n_outputs);
}

/* Its layers, from place `first` on; the last one must be its output. */
static void set_stage(LnGraph *graph, int first, const LnGraph *stage) {
  for (int i = 0; i < stage->n; i++) {
    const LnGraphLayer *layer = &stage->layers[i];
    int inputs[LN_MAX_INPUTS];
    for (int k = 0; k < layer->n_inputs; k++) inputs[k] = first + layer->inputs[k];
    ln_graph_set(graph, first + i, layer->item, layer->weights, inputs, layer->n_inputs);
  }
}

LnStatus ln_network_sequential_all(LnNetwork **out, const LnStage *stages, int n, LnError *err) {
  LnGraph graph;
  int layers = 0, next = 0;
  for (int i = 0; i < n; i++) {
    if (stages[i].network != NULL) LN_TRY(check_stage(stages[i].network, i, err));
    layers += stages[i].network == NULL ? 1 : stages[i].network->graph.n;
  }
  if (n < 1) return ln_fail(err, LN_EARG, "sequential: expected at least one layer");
  LN_TRY(ln_graph_new(&graph, layers, err));
  for (int i = 0; i < n; i++) {
    if (stages[i].network == NULL)
      ln_graph_set(&graph, next, stages[i].layer, NULL, (int[]){next - 1}, 1);
    else
      set_stage(&graph, next, &stages[i].network->graph);
    next += stages[i].network == NULL ? 1 : stages[i].network->graph.n;
  }
  LnStatus status = ln_error_prefix(err, ln_graph_finish(&graph, NULL, err), "sequential: ");
  if (status != LN_OK) return ln_graph_free(&graph), status;
  return network_new(out, &graph, err);
}

LnStatus ln_network_sequential(LnNetwork **out, LnItem *const *layers, int n, LnError *err) {
  LnStage *stages = ln_calloc((size_t)n + 1, sizeof *stages);
  if (stages == NULL) return ln_fail_memory(err, "network", (size_t)n * sizeof *stages);
  for (int i = 0; i < n; i++) stages[i].layer = layers[i];
  LnStatus status = ln_network_sequential_all(out, stages, n, err);
  ln_free(stages);
  return status;
}

/* Shapes of an inferred graph are known, so weights that its layers have may make it complete. */
static LnStatus infer_and_make(LnNetwork **out, LnGraph *graph, const LnShape *inputs, LnError *err) {
  LnStatus status = ln_graph_infer(graph, inputs, err);
  if (status != LN_OK) return ln_graph_free(graph), status;
  return network_new(out, graph, err);
}

LnStatus ln_network_model_all(LnNetwork **out, LnNode *const *inputs, int n_inputs, LnNode *const *outputs,
                              int n_outputs, LnError *err) {
  LnGraph graph;
  LnShape shapes[LN_MAX_ENDS];
  LN_TRY(ln_node_graph(&graph, inputs, n_inputs, outputs, n_outputs, err));
  for (int i = 0; i < n_inputs; i++) shapes[i] = *ln_node_shape(inputs[i]);
  return infer_and_make(out, &graph, shapes, err);
}

/* A network that knows no shapes yet gets those of the nodes: then it is built as soon as its weights are made. */
LnStatus ln_network_call(LnNode **out, LnNetwork *net, LnNode *const *inputs, int n_inputs, LnError *err) {
  LN_TRY(ln_error_prefix(err, ln_node_call(out, &net->graph, inputs, n_inputs, err), "network: "));
  LnError why;
  LnShape shapes[LN_MAX_ENDS];
  for (int i = 0; i < n_inputs; i++) shapes[i] = *ln_node_shape(inputs[i]);
  if (net->graph.inputs[0].n == 0 && ln_graph_infer(&net->graph, shapes, &why) != LN_OK) net->graph.inputs[0].n = 0;
  return LN_OK;
}

LnNetwork *ln_network_ref(LnNetwork *net) {
  net->refs++;
  return net;
}

void ln_network_unref(LnNetwork *net) {
  if (net == NULL || --net->refs > 0) return;
  assert(net->refs == 0);
  ln_predictor_free(&net->predictor);
  ln_parameters_free(&net->parameters);
  ln_free(net->frozen);
  ln_graph_free(&net->graph);
  ln_free(net);
}

/* ---- Building ---- */

/* With another input shape the parameters stay only if their shapes are what they were. */
static LnStatus check_parameters_fit(const LnNetwork *net, const LnGraph *graph, LnError *err) {
  for (int i = 0; i < graph->n_tensors; i++) {
    const LnGraphLayer *layer;
    const LnDecl *decl = ln_graph_decl(graph, i, &layer);
    if (!ln_shape_equal(decl->shape, net->parameters.tensors[i]->shape))
      return ln_fail(err, LN_ESHAPE, "layer %d (%s): its %s was made for input %s and does not fit input %s",
                     (int)(layer - graph->layers) + 1, ln_item_name(layer->item), decl->name,
                     LN_SHAPE_TEXT(net->graph.inputs[0]), LN_SHAPE_TEXT(graph->inputs[0]));
  }
  return LN_OK;
}

/* source: of the values of new parameters; NULL: they are drawn. */
static LnStatus make(LnNetwork *net, const LnShape *samples, uint64_t seed, const LnTensorSource *source,
                     LnError *err) {
  LnGraph graph = {0};
  LnParameters parameters = {0};
  LN_TRY(ln_graph_clone(&graph, &net->graph, err));
  LnStatus status = ln_graph_infer(&graph, samples, err);
  if (status == LN_OK && net->built) status = check_parameters_fit(net, &graph, err);
  if (status == LN_OK && !net->built) status = ln_parameters_make(&parameters, &graph, seed, source, err);
  if (status != LN_OK) return ln_parameters_free(&parameters), ln_graph_free(&graph), status;
  if (!net->built) net->parameters = parameters;
  ln_predictor_free(&net->predictor); /* it refers to the old graph */
  ln_graph_free(&net->graph);
  net->graph = graph;
  net->built = true;
  net->shapes++;
  return LN_OK;
}

/* A network that says what it takes, as nn.model does, takes other heights and widths, but not other channels. */
static LnStatus check_channels(const LnNetwork *net, const LnShape *samples, LnError *err) {
  for (int i = 0; i < net->graph.n_inputs; i++) {
    const LnShape *said = &net->graph.inputs[i], *got = &samples[i];
    if (said->n == 0 || (said->n == got->n && (said->n != 3 || said->d[0] == got->d[0]))) continue;
    return ln_fail(err, LN_ESHAPE, "input %d: the network is made for %s and does not fit %s", i + 1,
                   LN_SHAPE_TEXT(*said), LN_SHAPE_TEXT(*got));
  }
  return LN_OK;
}

static bool same_inputs(const LnNetwork *net, const LnShape *samples) {
  for (int i = 0; i < net->graph.n_inputs; i++)
    if (!ln_shape_equal(net->graph.inputs[i], samples[i])) return false;
  return true;
}

static LnStatus build(LnNetwork *net, const LnShape *samples, uint64_t seed, const LnTensorSource *source,
                      LnError *err) {
  if (net->built && same_inputs(net, samples)) return LN_OK;
  if (!net->built) LN_TRY(check_channels(net, samples, err));
  LN_TRY(ln_network_begin(net, "build", err));
  LnStatus status = make(net, samples, seed, source, err);
  ln_network_end(net);
  return status;
}

LnStatus ln_network_build_all(LnNetwork *net, const LnShape *samples, uint64_t seed, LnError *err) {
  return build(net, samples, seed, NULL, err);
}

/* Where another network has made the weights of all layers, this one is built as soon as its shapes are known. */
bool ln_network_built(LnNetwork *net) {
  LnError why;
  LnShape inputs[LN_MAX_ENDS];
  if (net->built || net->at_work || net->graph.inputs[0].n == 0 || !ln_graph_complete(&net->graph)) return net->built;
  memcpy(inputs, net->graph.inputs, sizeof inputs);
  return build(net, inputs, 0, NULL, &why) == LN_OK;
}

int ln_network_inputs(const LnNetwork *net) {
  return net->graph.n_inputs;
}

int ln_network_outputs(const LnNetwork *net) {
  return net->graph.n_outputs;
}

LnShape ln_network_input_shape_of(const LnNetwork *net, int input) {
  return net->graph.inputs[input];
}

LnShape ln_network_output_shape_of(const LnNetwork *net, int output) {
  return ln_graph_output_shape(&net->graph, output);
}

int ln_network_output_layer(const LnNetwork *net, int output) {
  return net->graph.outputs[output];
}

LnTrained ln_network_trained(const LnNetwork *net) {
  return net->trained;
}

void ln_network_set_trained(LnNetwork *net, LnTrained trained) {
  net->trained = trained;
}

LnScaling ln_network_scaling(const LnNetwork *net) {
  return net->scaling;
}

void ln_network_set_scaling(LnNetwork *net, LnScaling scaling) {
  net->scaling = scaling;
}

/* ---- Looking inside ---- */

int ln_network_layers(const LnNetwork *net) {
  return net->graph.n;
}

LnLayerInfo ln_network_layer(const LnNetwork *net, int index) {
  const LnGraphLayer *layer = &net->graph.layers[index];
  LnLayerInfo info = {.name = layer->name,
                      .type = layer->type->type.name,
                      .item = layer->item,
                      .out = layer->out,
                      .macs = layer->macs,
                      .batch_stats = layer->type->batch_stats != NULL,
                      .first = layer->first,
                      .n_inputs = layer->n_inputs};
  memcpy(info.inputs, layer->inputs, sizeof info.inputs);
  for (int i = layer->tied < 0 ? 0 : 1; i < layer->n_decls && layer->first == index; i++)
    if (layer->decls[i].role == LN_PARAMETER) info.parameters += ln_shape_count(layer->decls[i].shape);
  return info;
}

/* ---- Other networks of the same layers ---- */

/* Values of weights that are made, for weights that are not. */
static LnStatus clone_weights(LnWeights *to, const LnWeights *from, LnError *err) {
  for (int i = 0; i < from->n; i++) {
    LN_TRY(ln_tensor_clone(&to->tensors[i], from->tensors[i], err));
    to->n = i + 1;
  }
  return LN_OK;
}

static LnStatus copy_weights(LnGraph *copy, const LnGraph *graph, LnError *err) {
  LN_TRY(ln_graph_renew(copy, err));
  for (int i = 0; i < graph->n; i++)
    if (graph->layers[i].weights != NULL && graph->layers[i].first == i)
      LN_TRY(clone_weights(copy->layers[i].weights, graph->layers[i].weights, err));
  return LN_OK;
}

/* With the shapes of the other one; built, if that one is. */
static LnStatus from_graph(LnNetwork **out, LnGraph *graph, const LnNetwork *like, LnError *err) {
  LnNetwork *net = NULL;
  LN_TRY(network_new(&net, graph, err));
  net->trained = like->trained;
  net->scaling = like->scaling;
  LnStatus status = like->built ? build(net, like->graph.inputs, 0, NULL, err) : LN_OK;
  if (status != LN_OK) return ln_network_unref(net), status;
  *out = net;
  return LN_OK;
}

LnStatus ln_network_copy(LnNetwork **out, const LnNetwork *net, LnError *err) {
  LnGraph graph;
  LN_TRY(ln_graph_clone(&graph, &net->graph, err));
  LnStatus status = copy_weights(&graph, &net->graph, err);
  if (status != LN_OK) return ln_graph_free(&graph), status;
  LN_TRY(from_graph(out, &graph, net, err));
  status = ln_network_copy_frozen(*out, net, err);
  if (status != LN_OK) return ln_network_unref(*out), status;
  return LN_OK;
}

LnStatus ln_network_part(LnNetwork **out, const LnNetwork *net, const int *layers, int n, LnError *err) {
  LnGraph graph;
  LN_TRY(ln_graph_part(&graph, &net->graph, layers, n, err));
  return from_graph(out, &graph, net, err);
}

/* ---- JSON ---- */

LnStatus ln_network_to_json(char **out, LnNetwork *net, LnError *err) {
  return ln_graph_to_json(out, &net->graph, err);
}

/* Built where there is an input shape. Few bytes may ask for much memory, so that is held against the limit. */
static LnStatus read_network(LnNetwork **out, const char *json, const LnTensorSource *source,
                             const LnCustomSource *custom, LnError *err) {
  LnGraph graph;
  LnNetwork *net = NULL;
  LN_TRY(ln_graph_from_json(&graph, json, custom, err));
  LnShape inputs[LN_MAX_ENDS];
  memcpy(inputs, graph.inputs, sizeof inputs);
  LN_TRY(network_new(&net, &graph, err));
  LnStatus status = source == NULL ? LN_OK : ln_parameters_check(&net->graph, source, err);
  if (status == LN_OK) status = ln_limit_bytes("architecture", ln_parameters_bytes(&net->graph), err);
  if (status == LN_OK && inputs[0].n > 0) status = build(net, inputs, 0, source, err);
  if (status != LN_OK) return ln_network_unref(net), status;
  *out = net;
  return LN_OK;
}

LnStatus ln_network_from_json(LnNetwork **out, const char *json, LnError *err) {
  return read_network(out, json, NULL, NULL, err);
}

LnStatus ln_network_restore(LnNetwork **out, const char *json, const LnTensorSource *source,
                            const LnCustomSource *custom, LnError *err) {
  LnNetwork *net = NULL;
  LN_TRY(read_network(&net, json, source, custom, err));
  if (!net->built) return ln_network_unref(net), ln_fail(err, LN_EFORMAT, "architecture: it has no input shape");
  *out = net;
  return LN_OK;
}
