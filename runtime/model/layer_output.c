/* What a layer inside a network gives: see ln_network_layer_output. The layers up to it are a network of their own. */
#include "model/network_parts.h"

static LnStatus run(LnTensor *y, LnNetwork *net, const LnGraph *graph, const LnTensor *x, LnError *err) {
  int64_t n = x->shape.d[0];
  LnPredictor predictor = {0};
  LnStatus status = ln_predictor_prepare(&predictor, graph, &net->parameters, net->version, n, err);
  if (status == LN_OK) status = ln_predictor_run(&predictor, graph, y->data, x->data, n, err);
  ln_predictor_free(&predictor);
  return status;
}

LnStatus ln_network_layer_output(LnTensor **out, LnNetwork *net, int layer, LnTensor *x, LnError *err) {
  LnShape sample;
  LnTensor *input = NULL, *y = NULL;
  LN_TRY(ln_sample_shape(&sample, "x", x->shape, err));
  LN_TRY(ln_network_build(net, sample, 0, err));
  LnGraph graph = net->graph; /* borrows the layers */
  graph.n = layer + 1;
  LN_TRY(ln_network_begin(net, "layer_output", err));
  LnStatus status = ln_tensor_as_contiguous(&input, x, err);
  if (status == LN_OK) status = ln_tensor_new(&y, ln_batch_shape(x->shape.d[0], ln_graph_shape(&graph, layer)), err);
  if (status == LN_OK) status = run(y, net, &graph, input, err);
  ln_network_end(net);
  ln_tensor_unref(input);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  *out = y;
  return LN_OK;
}
