/* Predictions of a network: see network.h. predictor.c has what runs them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/network_parts.h"
#include "model/padding.h"

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

/* The samples' shapes of a batch of inputs, all of as many samples. */
static LnStatus sample_shapes(LnShape *samples, const LnNetwork *net, LnTensor *const *x, LnError *err) {
  for (int i = 0; i < net->graph.n_inputs; i++) {
    char what[48] = "predict";
    if (net->graph.n_inputs > 1) snprintf(what, sizeof what, "predict: input %d", i + 1);
    LN_TRY(ln_sample_shape(&samples[i], what, x[i]->shape, err));
    if (x[i]->shape.d[0] != x[0]->shape.d[0])
      return ln_fail(err, LN_ESHAPE, "predict: input 1 has %" PRId64 " samples and input %d has %" PRId64,
                     x[0]->shape.d[0], i + 1, x[i]->shape.d[0]);
  }
  return LN_OK;
}

/* Tensors of a call: inputs as they are to be read, outputs as they are made. */
typedef struct Call {
  LnTensor *x[LN_MAX_ENDS], *y[LN_MAX_ENDS];
} Call;

static void end_call(Call *call) {
  for (int i = 0; i < LN_MAX_ENDS; i++) {
    ln_tensor_unref(call->x[i]);
    ln_tensor_unref(call->y[i]);
  }
}

static int64_t repeats_of(LnDropoutUse dropout) {
  return dropout.on ? dropout.repeats : 1;
}

static LnStatus begin_call(Call *call, LnNetwork *net, LnTensor *const *x, LnDropoutUse dropout, LnError *err) {
  int64_t n = x[0]->shape.d[0] * repeats_of(dropout);
  uint64_t version = ln_network_version(net);
  LN_TRY(ln_predictor_prepare(&net->predictor, &net->graph, &net->parameters, version, n, dropout, err));
  for (int i = 0; i < net->graph.n_inputs; i++) LN_TRY(ln_tensor_as_contiguous(&call->x[i], x[i], err));
  for (int i = 0; i < net->graph.n_outputs; i++)
    LN_TRY(ln_tensor_new(&call->y[i], ln_batch_shape(n, ln_network_output_shape_of(net, i)), err));
  return LN_OK;
}

static LnStatus run_call(Call *call, LnNetwork *net, bool *logits, const LnActivationCode *activations, LnError *err) {
  int64_t n = call->x[0]->shape.d[0] * repeats_of(net->predictor.dropout);
  const float *x[LN_MAX_ENDS];
  float *y[LN_MAX_ENDS];
  LnPlan *plan = net->predictor.plan;
  for (int i = 0; i < net->graph.n_inputs; i++) x[i] = call->x[i]->data;
  for (int i = 0; i < net->graph.n_outputs; i++) {
    y[i] = call->y[i]->data;
    bool taken = activations != NULL && activations[i] != LN_ACT_linear && activations[i] == ln_plan_ends_in(plan, i);
    if (logits != NULL) logits[i] = taken;
    ln_plan_give_logits(plan, i, taken);
  }
  return ln_predictor_run(&net->predictor, &net->graph, y, x, n, err);
}

static LnStatus predict(LnTensor **out, bool *logits, LnNetwork *net, LnTensor *const *x,
                        const LnActivationCode *activations, LnDropoutUse dropout, LnError *err) {
  LnShape samples[LN_MAX_ENDS];
  Call call = {{NULL}, {NULL}};
  LN_TRY(sample_shapes(samples, net, x, err));
  LN_TRY(ln_network_build_all(net, samples, 0, err));
  LN_TRY(ln_network_begin(net, "predict", err));
  LnStatus status = begin_call(&call, net, x, dropout, err);
  if (status == LN_OK) status = run_call(&call, net, logits, activations, err);
  ln_network_end(net);
  for (int i = 0; status == LN_OK && i < net->graph.n_outputs; i++) out[i] = call.y[i], call.y[i] = NULL;
  end_call(&call);
  return status;
}

LnStatus ln_network_predict_logits(LnTensor **out, bool *logits, LnNetwork *net, LnTensor *const *x,
                                   const LnActivationCode *activations, LnError *err) {
  return predict(out, logits, net, x, activations, (LnDropoutUse){0}, err);
}

/* The shape that samples are padded to, where there is one input and one output. It is looked for where a network does not give back their sides as they are. */
LnStatus ln_network_padded_shape(LnShape *out, LnNetwork *net, LnShape sample, LnError *err) {
  *out = sample;
  if (net->graph.n_inputs > 1 || net->graph.n_outputs > 1) return LN_OK;
  if (!ln_shape_equal(sample, net->unpadded)) {
    LN_TRY(ln_padding_find(&net->padded, &net->graph, sample, err));
    net->unpadded = sample;
  }
  *out = net->padded;
  return LN_OK;
}

/* Images are padded where there is one input and one output. */
LnStatus ln_network_predict_use(LnTensor **out, LnNetwork *net, LnTensor *const *x, LnDropoutUse dropout,
                                LnError *err) {
  LnShape samples[LN_MAX_ENDS], padded;
  LnTensor *input = NULL, *output = NULL;
  bool alone = net->graph.n_inputs == 1 && net->graph.n_outputs == 1;
  if (!alone) return predict(out, NULL, net, x, NULL, dropout, err);
  LN_TRY(sample_shapes(samples, net, x, err));
  LN_TRY(ln_network_padded_shape(&padded, net, samples[0], err));
  if (ln_shape_equal(samples[0], padded)) return predict(out, NULL, net, x, NULL, dropout, err);
  LN_TRY(ln_padding_apply(&input, x[0], padded, err));
  LnStatus status = predict(&output, NULL, net, &input, NULL, dropout, err);
  ln_tensor_unref(input);
  if (status == LN_OK) status = ln_padding_crop(&output, samples[0], padded, err);
  if (status != LN_OK) return ln_tensor_unref(output), status;
  *out = output;
  return LN_OK;
}

LnStatus ln_network_predict_all(LnTensor **out, LnNetwork *net, LnTensor *const *x, LnError *err) {
  return ln_network_predict_use(out, net, x, (LnDropoutUse){0}, err);
}
