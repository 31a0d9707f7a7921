/* The tensors of a network by number: their names, views and values. See network.h. */
#include "model/network_parts.h"

int ln_network_tensors(const LnNetwork *net) {
  return net->parameters.n;
}

int ln_network_tied_tensors(const LnNetwork *net) {
  return net->parameters.n_tied;
}

int ln_network_tensor_source(const LnNetwork *net, int index) {
  return net->graph.tensors[index].source;
}

const char *ln_network_tensor_name(const LnNetwork *net, int index) {
  return net->parameters.names[index].text;
}

LnStatus ln_network_wrap_like(LnTensor **out, LnNetwork *net, int index, LnTensor *tensor, LnError *err) {
  const LnGraphLayer *layer;
  return ln_parameters_view(out, tensor, ln_graph_decl(&net->graph, index, &layer), err);
}

LnStatus ln_network_tensor(LnTensor **out, LnNetwork *net, int index, LnError *err) {
  return ln_network_wrap_like(out, net, index, net->parameters.tensors[index], err);
}

LnStatus ln_network_values(LnTensor **out, LnNetwork *net, int index, LnError *err) {
  LnTensor *view = NULL;
  if (index >= net->parameters.n) ln_parameters_tie(&net->parameters, &net->graph);
  LN_TRY(ln_network_tensor(&view, net, index, err));
  LnStatus status = ln_tensor_clone(out, view, err);
  ln_tensor_unref(view);
  return status;
}

static LnStatus check_shape(const LnNetwork *net, int index, const LnTensor *view, const LnTensor *values,
                            LnError *err) {
  if (ln_shape_equal(view->shape, values->shape)) return LN_OK;
  return ln_fail(err, LN_ESHAPE, "%s has shape %s, got a tensor of shape %s", ln_network_tensor_name(net, index),
                 LN_SHAPE_TEXT(view->shape), LN_SHAPE_TEXT(values->shape));
}

LnStatus ln_network_check_values(LnNetwork *net, int index, const LnTensor *values, LnError *err) {
  LnTensor *view = NULL;
  LN_TRY(ln_network_tensor(&view, net, index, err));
  LnStatus status = check_shape(net, index, view, values, err);
  ln_tensor_unref(view);
  return status;
}

LnStatus ln_network_set_values(LnNetwork *net, int index, const LnTensor *values, LnError *err) {
  LnTensor *view = NULL;
  if (net->at_work) return ln_network_begin(net, "set", err);
  LN_TRY(ln_network_tensor(&view, net, index, err));
  LnStatus status = check_shape(net, index, view, values, err);
  if (status == LN_OK) status = ln_tensor_copy(view, values, err);
  if (status == LN_OK) net->graph.layers[net->graph.tensors[index].layer].weights->version++;
  ln_tensor_unref(view);
  return status;
}

void ln_network_weights_changed(LnNetwork *net) {
  for (int i = 0; i < net->graph.n; i++)
    if (net->graph.layers[i].weights != NULL) net->graph.layers[i].weights->version++;
}

uint64_t ln_network_version(const LnNetwork *net) {
  uint64_t version = 0;
  for (int i = 0; i < net->graph.n; i++)
    if (net->graph.layers[i].weights != NULL) version += net->graph.layers[i].weights->version;
  return version;
}
