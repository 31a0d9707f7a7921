/* Running a plan in segments: many samples, all through one segment before any goes on to the next. See plan.h.
 *
 * A segment begins with a layer that looks across the batch (batch_sums) or works on all of it (plan_batch.c). Samples
 * leave the segment before it with what that layer needs of them; when all have left, they meet: sums are added up, or
 * the layer's function is called, on the calling thread; then each enters the segment with the layer's output. */
#include <time.h>

#include "model/plan_steps.h"

LnStep *ln_plan_first_of(const LnPlan *plan, int segment) {
  for (int k = 0; k < plan->n_steps && segment > 0; k++)
    if (plan->steps[k].segment == segment) return &plan->steps[k];
  return NULL;
}

static const LnLayerType *type_of(const LnPlan *plan, const LnStep *step) {
  return plan->graph->layers[step->layer].type;
}

static bool wants_grad(const LnPlan *plan, const LnStep *step) {
  return plan->values[ln_plan_output_of(plan, step)].wants_grad;
}

/* ---- Sums over the batch ---- */

/* What a sample adds; two rows of totals come first, of forward and of backward. */
static double *sums_of(const LnStep *step, int64_t sample) {
  return step->sums + (sample + 2) * step->needs.batch_sums;
}

static void batch_stats(LnPlan *plan, LnStep *step, LnPlanSample sample) {
  LnMap inputs[LN_MAX_INPUTS];
  LnPass pass = ln_plan_sample_pass(plan, step, sample, inputs);
  type_of(plan, step)->batch_stats(&pass, sums_of(step, sample.index));
}

static void batch_stats_grad(LnPlan *plan, LnStep *step, LnPlanSample sample) {
  LnMap inputs[LN_MAX_INPUTS];
  LnPass pass = ln_plan_sample_pass(plan, step, sample, inputs);
  pass.dy = ln_plan_grad(plan, sample.arena, ln_plan_output_of(plan, step));
  type_of(plan, step)->batch_stats_grad(&pass, sums_of(step, sample.index));
}

/* In the order of the samples, so that the totals do not depend on who ran them. */
static void add_up(LnPlan *plan, LnStep *step, double *totals) {
  for (int64_t i = 0; i < step->needs.batch_sums; i++) {
    totals[i] = 0;
    for (int64_t s = 0; s < plan->n_samples; s++) totals[i] += sums_of(step, s)[i];
  }
}

/* ---- Around the step that begins a segment ---- */

static void leave_for(LnPlan *plan, LnStep *step, LnPlanSample sample) {
  if (step->batch != NULL)
    ln_batch_gather(plan, step, sample);
  else
    batch_stats(plan, step, sample);
}

static LnStatus meet(LnPlan *plan, LnStep *step, LnRng rng, LnError *err) {
  if (step->batch != NULL) return ln_batch_forward(plan, step, rng, err);
  add_up(plan, step, step->sums);
  return LN_OK;
}

static void enter(LnPlan *plan, LnStep *step, LnPlanSample sample) {
  if (step->batch != NULL)
    ln_batch_scatter(plan, step, sample);
  else
    ln_plan_forward_step(plan, step, sample);
}

/* The same by all threads; sums of one sample are one thread's. */
static LnStatus leave_for_shared(LnPlan *plan, LnStep *step, LnPlanSample sample, LnError *err) {
  if (step->batch != NULL) return ln_batch_gather_shared(plan, step, sample, err);
  return batch_stats(plan, step, sample), LN_OK;
}

static LnStatus enter_shared(LnPlan *plan, LnStep *step, LnPlanSample sample, LnError *err) {
  if (step->batch != NULL) return ln_batch_scatter_shared(plan, step, sample, err);
  return ln_plan_forward_step_shared(plan, step, sample.arena, err);
}

static void leave_back(LnPlan *plan, LnStep *step, LnPlanSample sample) {
  if (!wants_grad(plan, step)) return;
  if (step->batch != NULL)
    ln_batch_gather_grad(plan, step, sample);
  else
    batch_stats_grad(plan, step, sample);
}

static LnStatus meet_back(LnPlan *plan, LnStep *step, LnRng rng, float *const *grads, LnError *err) {
  if (step->batch != NULL) return ln_batch_backward(plan, step, rng, grads, err);
  add_up(plan, step, step->sums + step->needs.batch_sums);
  return LN_OK;
}

static void enter_back(LnPlan *plan, LnStep *step, LnPlanSample sample, float *const *grads) {
  if (!wants_grad(plan, step)) return;
  if (step->batch != NULL)
    ln_batch_scatter_grad(plan, step, sample);
  else
    ln_plan_backward_step(plan, step, sample, grads);
}

/* ---- Segments ---- */

void ln_plan_forward_segment(LnPlan *plan, int segment, LnPlanSample sample, float *const *y, const float *const *x) {
  LnStep *first = ln_plan_first_of(plan, segment), *next = ln_plan_first_of(plan, segment + 1);
  if (first == NULL)
    ln_plan_take_inputs(plan, sample.arena, x);
  else
    enter(plan, first, sample);
  for (int k = 0; k < plan->n_steps; k++) {
    LnStep *step = &plan->steps[k];
    if (step->segment == segment && step != first) ln_plan_forward_step(plan, step, sample);
  }
  if (next != NULL)
    leave_for(plan, next, sample);
  else
    ln_plan_give_outputs(plan, sample.arena, y);
}

LnStatus ln_plan_forward_segment_shared(LnPlan *plan, int segment, LnPlanSample sample, float *const *y,
                                        const float *const *x, LnError *err) {
  LnStep *first = ln_plan_first_of(plan, segment), *next = ln_plan_first_of(plan, segment + 1);
  if (first == NULL)
    ln_plan_take_inputs(plan, sample.arena, x);
  else
    LN_TRY(enter_shared(plan, first, sample, err));
  for (int k = 0; k < plan->n_steps; k++) {
    LnStep *step = &plan->steps[k];
    if (step->segment == segment && step != first) LN_TRY(ln_plan_forward_step_shared(plan, step, sample.arena, err));
  }
  if (next != NULL) return leave_for_shared(plan, next, sample, err);
  ln_plan_give_outputs(plan, sample.arena, y);
  return LN_OK;
}

LnStatus ln_plan_meet(LnPlan *plan, int segment, LnRng rng, LnError *err) {
  LnStep *step = ln_plan_first_of(plan, segment + 1);
  return step == NULL ? LN_OK : meet(plan, step, rng, err);
}

void ln_plan_backward_segment(LnPlan *plan, int segment, LnPlanSample sample, float *const *grads, float *const *dx,
                              const float *const *dy) {
  if (!ln_plan_returns(plan)) return;
  LnStep *first = ln_plan_first_of(plan, segment), *after = ln_plan_first_of(plan, segment + 1);
  if (after == NULL)
    ln_plan_take_gradients(plan, sample.arena, dy);
  else
    enter_back(plan, after, sample, grads);
  for (int k = plan->n_steps - 1; k >= 0; k--) {
    LnStep *step = &plan->steps[k];
    if (step->segment == segment && step != first && wants_grad(plan, step))
      ln_plan_backward_step(plan, step, sample, grads);
  }
  if (first != NULL)
    leave_back(plan, first, sample);
  else
    ln_plan_give_input_gradients(plan, sample.arena, dx);
}

LnStatus ln_plan_meet_back(LnPlan *plan, int segment, LnRng rng, float *const *grads, LnError *err) {
  LnStep *step = ln_plan_first_of(plan, segment);
  return step == NULL ? LN_OK : meet_back(plan, step, rng, grads, err);
}

void ln_plan_end_batch(LnPlan *plan) {
  for (int k = 0; k < plan->n_steps; k++)
    if (plan->steps[k].batch != NULL) ln_batch_forget(plan, &plan->steps[k]);
}

static void update_state(const LnPlan *plan, const LnStep *step, float *const *tensors) {
  const LnGraphLayer *layer = &plan->graph->layers[step->layer];
  float *own[LN_MAX_TENSORS];
  ln_plan_own_of(own, plan, step, tensors);
  layer->type->update(ln_item_options(layer->item), own, step->sums, plan->n_samples,
                      ln_graph_shape(plan->graph, layer->inputs[0]));
}

void ln_plan_update_state(LnPlan *plan, float *const *tensors) {
  for (int k = 0; k < plan->n_steps; k++) {
    LnStep *step = &plan->steps[k];
    const LnGraphLayer *layer = &plan->graph->layers[step->layer];
    if (step->batch != NULL) ln_batch_update(plan, step, tensors);
    if (step->needs.batch_sums > 0 && layer->type->update != NULL)
      update_state(plan, step, tensors);
  }
}

double ln_plan_penalty(const LnPlan *plan) {
  double sum = 0;
  for (int k = 0; k < plan->n_steps; k++) {
    const LnStep *step = &plan->steps[k];
    const LnGraphLayer *layer = &plan->graph->layers[step->layer];
    if (layer->type->penalty != NULL)
      sum += layer->type->penalty(ln_item_options(layer->item), step->sums, plan->n_samples,
                                  ln_graph_shape(plan->graph, layer->inputs[0]));
  }
  return sum;
}

/* ---- With a clock ---- */

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A batch of the one sample. */
static LnStatus forward_alone(LnPlan *plan, LnStep *step, LnPlanSample sample, LnError *err) {
  if (step->batch == NULL && step->needs.batch_sums == 0) return ln_plan_forward_step(plan, step, sample), LN_OK;
  leave_for(plan, step, sample);
  LN_TRY(meet(plan, step, sample.rng, err));
  enter(plan, step, sample);
  return LN_OK;
}

static LnStatus backward_alone(LnPlan *plan, LnStep *step, LnPlanSample sample, float *const *grads, LnError *err) {
  if (!wants_grad(plan, step)) return LN_OK;
  if (step->batch == NULL && step->needs.batch_sums == 0)
    return ln_plan_backward_step(plan, step, sample, grads), LN_OK;
  leave_back(plan, step, sample);
  LN_TRY(meet_back(plan, step, sample.rng, grads, err));
  enter_back(plan, step, sample, grads);
  return LN_OK;
}

LnStatus ln_plan_time(LnPlan *plan, LnPlanSample sample, LnStepTime *times, float *const *grads, float *const *y,
                      const float *const *x, LnError *err) {
  ln_plan_take_inputs(plan, sample.arena, x);
  for (int k = 0; k < plan->n_steps; k++) {
    const LnStep *step = &plan->steps[k];
    double start = seconds();
    LN_TRY(forward_alone(plan, &plan->steps[k], sample, err));
    times[k] = (LnStepTime){.layer = step->layer,
                            .first = step->first,
                            .last = step->last,
                            .forward = seconds() - start,
                            .bytes = plan->values[plan->n_inputs + k].place.size * (int64_t)sizeof(float) + step->needs.saved};
  }
  ln_plan_give_outputs(plan, sample.arena, y);
  if (ln_plan_returns(plan)) ln_plan_take_gradients(plan, sample.arena, (const float *const *)y); /* any will do */
  for (int k = plan->n_steps - 1; k >= 0; k--) {
    double start = seconds();
    LN_TRY(backward_alone(plan, &plan->steps[k], sample, grads, err));
    times[k].backward = seconds() - start;
  }
  return LN_OK;
}
