/* Networks: parameters and prediction. See network.h; graph.c has the layers, plan.c how they run. */
#include "model/network_parts.h"

#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "model/padding.h"

/* ---- Life ---- */

static LnStatus network_new(LnNetwork **out, LnGraph *graph, LnError *err) {
  LnNetwork *net = ln_calloc(1, sizeof *net);
  if (net == NULL) return ln_graph_free(graph), ln_fail_memory(err, "network", sizeof *net);
  net->refs = 1;
  net->graph = *graph;
  *out = net;
  return LN_OK;
}

LnStatus ln_network_sequential(LnNetwork **out, LnItem *const *layers, int n, LnError *err) {
  LnGraph graph;
  if (n < 1) return ln_fail(err, LN_EARG, "sequential: expected at least one layer");
  LN_TRY(ln_graph_new(&graph, n, err));
  for (int i = 0; i < n; i++) ln_graph_set(&graph, i, layers[i], (int[]){i - 1}, 1);
  LnStatus status = ln_error_prefix(err, ln_graph_check_items(&graph, err), "sequential: ");
  if (status != LN_OK) return ln_graph_free(&graph), status;
  return network_new(out, &graph, err);
}

LnStatus ln_network_model(LnNetwork **out, LnNode *input, LnNode *output, LnError *err) {
  LnGraph graph;
  LN_TRY(ln_node_graph(&graph, input, output, err));
  LnStatus status = ln_graph_infer(&graph, *ln_node_shape(input), err);
  if (status != LN_OK) return ln_graph_free(&graph), status;
  return network_new(out, &graph, err);
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

LnStatus ln_network_begin(LnNetwork *net, const char *what, LnError *err) {
  if (net->at_work)
    return ln_fail(err, LN_EARG, "%s: the network is at work: a layer or loss in it cannot use the network itself", what);
  net->at_work = true;
  return LN_OK;
}

void ln_network_end(LnNetwork *net) {
  net->at_work = false;
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
                     LN_SHAPE_TEXT(net->graph.input), LN_SHAPE_TEXT(graph->input));
  }
  return LN_OK;
}

/* source: of the values of new parameters; NULL: they are drawn. */
static LnStatus make(LnNetwork *net, LnShape sample, uint64_t seed, const LnTensorSource *source, LnError *err) {
  LnGraph graph = {0};
  LnParameters parameters = {0};
  LN_TRY(ln_graph_clone(&graph, &net->graph, err));
  LnStatus status = ln_graph_infer(&graph, sample, err);
  if (status == LN_OK)
    status = net->built ? check_parameters_fit(net, &graph, err)
                        : ln_parameters_make(&parameters, &graph, seed, source, err);
  if (status != LN_OK) return ln_parameters_free(&parameters), ln_graph_free(&graph), status;
  if (!net->built) net->parameters = parameters;
  ln_predictor_free(&net->predictor); /* it refers to the old graph */
  ln_graph_free(&net->graph);
  net->graph = graph;
  net->built = true;
  net->shapes++;
  return LN_OK;
}

static LnStatus build(LnNetwork *net, LnShape sample, uint64_t seed, const LnTensorSource *source, LnError *err) {
  if (net->built && ln_shape_equal(net->graph.input, sample)) return LN_OK;
  LN_TRY(ln_network_begin(net, "build", err));
  LnStatus status = make(net, sample, seed, source, err);
  ln_network_end(net);
  return status;
}

LnStatus ln_network_build(LnNetwork *net, LnShape sample, uint64_t seed, LnError *err) {
  return build(net, sample, seed, NULL, err);
}

bool ln_network_built(const LnNetwork *net) {
  return net->built;
}

LnShape ln_network_input_shape(const LnNetwork *net) {
  return net->graph.input;
}

LnShape ln_network_output_shape(const LnNetwork *net) {
  return ln_graph_shape(&net->graph, net->graph.n - 1);
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
                      .n_inputs = layer->n_inputs};
  memcpy(info.inputs, layer->inputs, sizeof info.inputs);
  for (int i = 0; i < layer->n_decls; i++)
    if (layer->decls[i].role == LN_PARAMETER) info.parameters += ln_shape_count(layer->decls[i].shape);
  return info;
}

int ln_network_tensors(const LnNetwork *net) {
  return net->parameters.n;
}

const char *ln_network_tensor_name(const LnNetwork *net, int index) {
  return net->parameters.names[index].text;
}

bool ln_network_tensor_trained(const LnNetwork *net, int index) {
  const LnGraphLayer *layer;
  return ln_graph_decl(&net->graph, index, &layer)->role == LN_PARAMETER;
}

LnStatus ln_network_tensor(LnTensor **out, LnNetwork *net, int index, LnError *err) {
  const LnGraphLayer *layer;
  return ln_parameters_view(out, net->parameters.tensors[index], ln_graph_decl(&net->graph, index, &layer), err);
}

LnStatus ln_network_wrap_like(LnTensor **out, LnNetwork *net, int index, LnTensor *tensor, LnError *err) {
  const LnGraphLayer *layer;
  return ln_parameters_view(out, tensor, ln_graph_decl(&net->graph, index, &layer), err);
}

void ln_network_weights_changed(LnNetwork *net) {
  net->version++;
}

/* ---- Copies ---- */

static LnStatus copy_parameters(LnNetwork *to, const LnNetwork *from, LnError *err) {
  LN_TRY(ln_parameters_copy(&to->parameters, &from->parameters, err));
  to->built = true;
  return ln_network_copy_frozen(to, from, err);
}

LnStatus ln_network_copy(LnNetwork **out, const LnNetwork *net, LnError *err) {
  LnGraph graph;
  LnNetwork *copy = NULL;
  LN_TRY(ln_graph_clone(&graph, &net->graph, err));
  LN_TRY(network_new(&copy, &graph, err));
  copy->trained = net->trained;
  copy->scaling = net->scaling;
  LnStatus status = net->built ? copy_parameters(copy, net, err) : LN_OK;
  if (status != LN_OK) return ln_network_unref(copy), status;
  *out = copy;
  return LN_OK;
}

/* ---- Prediction ---- */

LnShape ln_batch_shape(int64_t n, LnShape sample) {
  LnShape shape = {.n = sample.n + 1, .d = {n}};
  memcpy(shape.d + 1, sample.d, (size_t)sample.n * sizeof sample.d[0]);
  return shape;
}

LnStatus ln_sample_shape(LnShape *out, const char *what, LnShape batch, LnError *err) {
  if (batch.n != 2 && batch.n != 4)
    return ln_fail(err, LN_ESHAPE, "%s: expected images N x C x H x W or features N x F, got %s", what,
                   LN_SHAPE_TEXT(batch));
  *out = (LnShape){.n = batch.n - 1};
  memcpy(out->d, batch.d + 1, (size_t)out->n * sizeof out->d[0]);
  return LN_OK;
}

LnStatus ln_network_predict_logits(LnTensor **out, bool *logits, LnNetwork *net, LnTensor *x,
                                   LnActivationCode activation, LnError *err) {
  LnShape sample;
  LnTensor *input = NULL, *output = NULL;
  LN_TRY(ln_sample_shape(&sample, "predict", x->shape, err));
  LN_TRY(ln_network_build(net, sample, 0, err));
  int64_t n = x->shape.d[0];
  LN_TRY(ln_network_begin(net, "predict", err));
  LnStatus status = ln_predictor_prepare(&net->predictor, &net->graph, &net->parameters, net->version, n, err);
  if (status == LN_OK) status = ln_tensor_as_contiguous(&input, x, err);
  if (status == LN_OK) status = ln_tensor_new(&output, ln_batch_shape(n, ln_network_output_shape(net)), err);
  if (status == LN_OK) {
    *logits = activation != LN_ACT_linear && activation == ln_plan_ends_in(net->predictor.plan);
    ln_plan_give_logits(net->predictor.plan, *logits);
    status = ln_predictor_run(&net->predictor, &net->graph, output->data, input->data, n, err);
  }
  ln_network_end(net);
  ln_tensor_unref(input);
  if (status != LN_OK) return ln_tensor_unref(output), status;
  *out = output;
  return LN_OK;
}

/* The shape that samples are padded to. It is looked for where a network does not give back their sides as they are. */
static LnStatus padded_shape(LnShape *out, LnNetwork *net, LnShape sample, LnError *err) {
  if (!ln_shape_equal(sample, net->unpadded)) {
    LN_TRY(ln_padding_find(&net->padded, &net->graph, sample, err));
    net->unpadded = sample;
  }
  *out = net->padded;
  return LN_OK;
}

LnStatus ln_network_predict(LnTensor **out, LnNetwork *net, LnTensor *x, LnError *err) {
  LnShape sample, padded;
  LnTensor *input = NULL;
  bool logits;
  LN_TRY(ln_sample_shape(&sample, "predict", x->shape, err));
  LN_TRY(padded_shape(&padded, net, sample, err));
  if (ln_shape_equal(sample, padded)) return ln_network_predict_logits(out, &logits, net, x, LN_ACT_linear, err);
  LN_TRY(ln_padding_apply(&input, x, padded, err));
  LnTensor *output = NULL;
  LnStatus status = ln_network_predict_logits(&output, &logits, net, input, LN_ACT_linear, err);
  ln_tensor_unref(input);
  if (status == LN_OK) status = ln_padding_crop(&output, sample, padded, err);
  if (status != LN_OK) return ln_tensor_unref(output), status;
  *out = output;
  return LN_OK;
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
  LnShape input = graph.input;
  LN_TRY(network_new(&net, &graph, err));
  LnStatus status = source == NULL ? LN_OK : ln_parameters_check(&net->graph, source, err);
  if (status == LN_OK) status = ln_limit_bytes("architecture", ln_parameters_bytes(&net->graph), err);
  if (status == LN_OK && input.n > 0) status = build(net, input, 0, source, err);
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
