/* Timing a network step by step: see ln_network_profile. */
#include "base/memory.h"
#include "model/network_parts.h"

#include <string.h>

enum { LEAST_RUNS = 10 };

typedef struct Bench {
  LnPlan *plan;
  LnStepTime *times;
  float *memory;         /* gradients, then the output */
  float **grads;
  float *outputs[LN_MAX_ENDS];
} Bench;

static void bench_free(Bench *b) {
  ln_plan_free(b->plan);
  ln_free(b->times);
  ln_free(b->memory);
  ln_free(b->grads);
}

static LnStatus bench_new(Bench *b, LnNetwork *net, LnError *err) {
  int64_t parameters = 0, output = 0;
  int tensors = net->parameters.n + net->parameters.n_tied;
  for (int i = 0; i < net->graph.n_outputs; i++) output += ln_shape_count(ln_network_output_shape_of(net, i));
  for (int i = 0; i < tensors; i++) parameters += ln_shape_count(net->parameters.tensors[i]->shape) + 16;
  LN_TRY(ln_plan_new(&b->plan, &net->graph, (LnPlanUse){.training = true}, err));
  LN_TRY(ln_plan_reserve(b->plan, 1, 1, err));
  LN_TRY(ln_plan_reserve_batch(b->plan, 1, net->parameters.tensors, err));
  b->times = ln_calloc((size_t)ln_plan_steps(b->plan), sizeof *b->times);
  b->memory = ln_calloc((size_t)(parameters + output), sizeof *b->memory);
  b->grads = ln_calloc((size_t)tensors + 1, sizeof *b->grads);
  if (b->times == NULL || b->memory == NULL || b->grads == NULL)
    return ln_fail_memory(err, "profile", (size_t)(parameters + output) * sizeof *b->memory);
  float *place = b->memory;
  for (int i = 0; i < tensors; i++) {
    if (i >= net->parameters.n || ln_network_tensor_trained(net, i)) b->grads[i] = place;
    place += ln_shape_count(net->parameters.tensors[i]->shape) + 16;
  }
  for (int i = 0; i < net->graph.n_outputs; i++) {
    b->outputs[i] = place;
    place += ln_shape_count(ln_network_output_shape_of(net, i));
  }
  ln_parameters_tie(&net->parameters, &net->graph);
  ln_plan_prepare(b->plan, net->parameters.data);
  return LN_OK;
}

static void keep_least(LnProfile *row, const LnNetwork *net, const LnStepTime *t, bool first) {
  LnProfile now = {t->layer, t->first, t->last, t->forward, t->backward, net->graph.layers[t->layer].macs, t->bytes};
  if (!first && row->forward < now.forward) now.forward = row->forward;
  if (!first && row->backward < now.backward) now.backward = row->backward;
  *row = now;
}

static LnStatus run(LnProfile *rows, Bench *b, const LnNetwork *net, LnTensor *const *x, LnError *err) {
  int64_t samples = x[0]->shape.d[0], runs = samples < LEAST_RUNS ? LEAST_RUNS : samples;
  for (int64_t i = 0; i < runs; i++) {
    const float *inputs[LN_MAX_ENDS];
    for (int k = 0; k < net->graph.n_inputs; k++)
      inputs[k] = x[k]->data + i % samples * ln_shape_count(net->graph.inputs[k]);
    LN_TRY(ln_plan_time(b->plan, (LnPlanSample){0}, b->times, b->grads, b->outputs, inputs, err));
    for (int k = 0; k < ln_plan_steps(b->plan); k++) keep_least(&rows[k], net, &b->times[k], i == 0);
  }
  return LN_OK;
}

static LnStatus sample_shapes(LnShape *samples, LnTensor **inputs, const LnNetwork *net, LnTensor *const *x, LnError *err) {
  for (int i = 0; i < net->graph.n_inputs; i++) {
    LN_TRY(ln_sample_shape(&samples[i], "x", x[i]->shape, err));
    if (x[i]->shape.d[0] < 1) return ln_fail(err, LN_ESHAPE, "x has no samples; at least one is needed");
    if (x[i]->shape.d[0] != x[0]->shape.d[0])
      return ln_fail(err, LN_ESHAPE, "x: the inputs have different numbers of samples");
    LN_TRY(ln_tensor_as_contiguous(&inputs[i], x[i], err));
  }
  return LN_OK;
}

static LnStatus profile(LnProfile **rows, int *n, LnNetwork *net, LnTensor *const *x, LnError *err) {
  Bench b = {0};
  LN_TRY(ln_network_begin(net, "profile", err));
  LnStatus status = bench_new(&b, net, err);
  LnProfile *list = status == LN_OK ? ln_calloc((size_t)ln_plan_steps(b.plan), sizeof *list) : NULL;
  if (status == LN_OK && list == NULL) status = ln_fail_memory(err, "profile", sizeof *list);
  if (status == LN_OK) status = run(list, &b, net, x, err);
  if (status == LN_OK) {
    *rows = list;
    *n = ln_plan_steps(b.plan);
  } else {
    ln_free(list);
  }
  bench_free(&b);
  ln_network_end(net);
  return status;
}

LnStatus ln_network_profile_all(LnProfile **rows, int *n, LnNetwork *net, LnTensor *const *x, LnError *err) {
  LnShape samples[LN_MAX_ENDS];
  LnTensor *inputs[LN_MAX_ENDS] = {NULL};
  LnStatus status = sample_shapes(samples, inputs, net, x, err);
  if (status == LN_OK) status = ln_network_build_all(net, samples, 0, err);
  if (status == LN_OK) status = profile(rows, n, net, inputs, err);
  for (int i = 0; i < LN_MAX_ENDS; i++) ln_tensor_unref(inputs[i]);
  return status;
}
