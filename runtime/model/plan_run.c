/* Running a plan: one sample through all steps, and back. See plan.h. */
#include "base/interrupt.h"
#include "base/parallel.h"
#include "model/plan_steps.h"
#include "nn/activation.h"

/* The k-th part, counted through all steps. */
static void prepare_part(void *context, int64_t k, int worker) {
  LnPlan *plan = context;
  LnStep *step = plan->steps;
  (void)worker;
  for (; k >= step->needs.prepare_parts; step++) k -= step->needs.prepare_parts;
  const LnGraphLayer *layer = &plan->graph->layers[step->layer];
  layer->type->prepare(plan->packed + step->packed, ln_item_options(layer->item), plan->kernels, step->needs.prepared,
                       plan->tensors + step->first_tensor, (int)k);
}

void ln_plan_prepare(LnPlan *plan, float *const *tensors) {
  int64_t parts = 0;
  for (int k = 0; k < plan->n_steps; k++) {
    const LnStep *step = &plan->steps[k];
    const LnGraphLayer *layer = &plan->graph->layers[step->layer];
    parts += step->needs.prepare_parts;
    for (int i = 0; i < layer->n_decls; i++) plan->tensors[step->first_tensor + i] = tensors[layer->tensors[i]];
  }
  ln_parallel(parts, prepare_part, plan);
}

static void import_map(LnMap to, const float *from) {
  ln_plan_import_rows(to, from, 0, to.h);
}

static void export_map(float *to, LnMap from) {
  ln_plan_export_rows(to, from, 0, from.h);
}

static bool gives_logits(const LnPlan *plan, const LnStep *step) {
  for (int i = 0; i < plan->n_outputs; i++)
    if (plan->logits[i] && plan->outputs[i] == ln_plan_output_of(plan, step)) return true;
  return false;
}

void ln_plan_own_of(float *own[LN_MAX_TENSORS], const LnPlan *plan, const LnStep *step, float *const *all) {
  const LnGraphLayer *layer = &plan->graph->layers[step->layer];
  for (int i = 0; i < layer->n_decls; i++) own[i] = all[layer->tensors[i]];
}

LnPass ln_plan_pass(const LnPlan *plan, const LnStep *step, int worker) {
  const LnGraphLayer *layer = &plan->graph->layers[step->layer];
  float *scratch = plan->scratches[worker];
  return (LnPass){.options = ln_item_options(layer->item),
                  .kernels = plan->kernels,
                  .fusion = &step->fusion,
                  .prepared = step->needs.prepared,
                  .n_inputs = step->n_inputs,
                  .tensors = plan->tensors + step->first_tensor,
                  .packed = plan->packed + step->packed,
                  .saved = scratch,
                  .scratch = scratch + ln_plan_saved_of(plan, step),
                  .logits = gives_logits(plan, step)};
}

LnPass ln_plan_sample_pass(const LnPlan *plan, const LnStep *step, LnPlanSample sample, LnMap x[LN_MAX_INPUTS]) {
  float *arena = plan->arenas[sample.arena];
  for (int i = 0; i < step->n_inputs; i++) x[i] = ln_plan_value(plan, sample.arena, step->inputs[i]);
  LnPass pass = ln_plan_pass(plan, step, sample.worker);
  pass.x = x;
  pass.y = ln_plan_value(plan, sample.arena, ln_plan_output_of(plan, step));
  pass.count = pass.y.h;
  pass.rng = ln_rng_derive(sample.rng, (uint64_t)step->layer);
  pass.batch = step->sums;
  pass.batch_size = plan->n_samples;
  pass.training = ln_plan_trains(plan, plan->graph->layers[step->layer].type);
  if (!plan->use.training) return pass;
  pass.saved = arena + plan->blocks[step->saved_block].offset;
  pass.batch_grad = step->sums == NULL ? NULL : step->sums + step->needs.batch_sums;
  return pass;
}

static const LnLayerType *type_of(const LnPlan *plan, const LnStep *step) {
  return plan->graph->layers[step->layer].type;
}

/* Rows first .. end-1 of a step's output, some at a time where it can be done by rows, so that an interrupt need not
 * wait for a large image. */
static void forward_rows(const LnPlan *plan, const LnStep *step, LnPass *pass, int64_t first, int64_t end) {
  enum { AT_A_TIME = 4096 }; /* pixels */
  int64_t unit = step->needs.row_unit, rows = end - first;
  if (unit > 0 && !pass->training) rows = (AT_A_TIME / (unit * pass->y.w) + 1) * unit;
  for (pass->first = first; pass->first < end && !ln_interrupted(); pass->first += pass->count) {
    pass->count = end - pass->first < rows ? end - pass->first : rows;
    type_of(plan, step)->forward(pass);
  }
}

void ln_plan_forward_step(LnPlan *plan, LnStep *step, LnPlanSample sample) {
  LnMap inputs[LN_MAX_INPUTS];
  LnPass pass = ln_plan_sample_pass(plan, step, sample, inputs);
  ln_plan_clear_margins(&plan->values[ln_plan_output_of(plan, step)].place, pass.y);
  forward_rows(plan, step, &pass, 0, pass.y.h);
}

void ln_plan_take_inputs(LnPlan *plan, int arena, const float *const *x) {
  for (int i = 0; i < plan->n_inputs; i++) {
    LnMap input = ln_plan_value(plan, arena, i);
    ln_plan_clear_margins(&plan->values[i].place, input);
    import_map(input, x[i]);
  }
}

void ln_plan_give_outputs(const LnPlan *plan, int arena, float *const *y) {
  for (int i = 0; i < plan->n_outputs; i++) export_map(y[i], ln_plan_value(plan, arena, plan->outputs[i]));
}

void ln_plan_forward(LnPlan *plan, LnPlanSample sample, float *const *y, const float *const *x) {
  ln_plan_take_inputs(plan, sample.arena, x);
  for (int k = 0; k < plan->n_steps; k++) ln_plan_forward_step(plan, &plan->steps[k], sample);
  ln_plan_give_outputs(plan, sample.arena, y);
}

void ln_plan_backward_step(LnPlan *plan, LnStep *step, LnPlanSample sample, float *const *grads) {
  LnMap inputs[LN_MAX_INPUTS], dx[LN_MAX_INPUTS];
  float *own[LN_MAX_TENSORS];
  LnPass pass = ln_plan_sample_pass(plan, step, sample, inputs);
  pass.dy = ln_plan_grad(plan, sample.arena, ln_plan_output_of(plan, step));
  pass.dx = dx;
  pass.grads = own;
  ln_plan_own_of(own, plan, step, grads);
  for (int i = 0; i < step->n_inputs; i++) dx[i] = ln_plan_begin_input_grad(plan, sample.arena, step, i);
  type_of(plan, step)->backward(&pass);
  for (int i = 0; i < step->n_inputs; i++) ln_plan_end_input_grad(plan, sample.arena, step, i, dx[i]);
}

void ln_plan_take_gradients(LnPlan *plan, int arena, const float *const *dy) {
  for (int i = 0; i < plan->n_outputs; i++) {
    const LnPlanValue *output = &plan->values[plan->outputs[i]];
    if (!output->wants_grad) continue;
    LnMap map = ln_plan_grad(plan, arena, plan->outputs[i]);
    ln_plan_clear_margins(&output->grad, map);
    import_map(map, dy[i]);
  }
}

void ln_plan_give_input_gradients(const LnPlan *plan, int arena, float *const *dx) {
  for (int i = 0; dx != NULL && i < plan->n_inputs; i++) export_map(dx[i], ln_plan_grad(plan, arena, i));
}

void ln_plan_backward(LnPlan *plan, LnPlanSample sample, float *const *grads, float *const *dx,
                      const float *const *dy) {
  if (!ln_plan_returns(plan)) return;
  ln_plan_take_gradients(plan, sample.arena, dy);
  for (int k = plan->n_steps - 1; k >= 0 && !ln_interrupted(); k--)
    if (plan->values[plan->n_inputs + k].wants_grad) ln_plan_backward_step(plan, &plan->steps[k], sample, grads);
  ln_plan_give_input_gradients(plan, sample.arena, dx);
}

/* ---- One sample, many threads ---- */

typedef struct Rows {
  LnPlan *plan;
  LnStep *step;
  int arena;
  int64_t height, part; /* rows of the output, rows at a time */
} Rows;

static void forward_part(void *context, int64_t index, int worker) {
  const Rows *rows = context;
  LnMap inputs[LN_MAX_INPUTS];
  LnPass pass = ln_plan_sample_pass(rows->plan, rows->step, (LnPlanSample){.arena = rows->arena, .worker = worker}, inputs);
  int64_t first = index * rows->part, end = first + rows->part;
  forward_rows(rows->plan, rows->step, &pass, first, end < rows->height ? end : rows->height);
}

/* A part for each thread, or up to four on large maps, so that uneven ones balance. */
static int64_t part_rows(const LnStep *step, LnMap out) {
  enum { ENOUGH = 2048 }; /* pixels of a part */
  int64_t unit = step->needs.row_unit, threads = ln_threads(), parts = (int64_t)out.h * out.w / ENOUGH;
  if (unit == 0) return out.h;
  if (parts < threads) parts = threads;
  if (parts > 4 * threads) parts = 4 * threads;
  return (out.h + parts * unit - 1) / (parts * unit) * unit;
}

LnStatus ln_plan_forward_step_shared(LnPlan *plan, LnStep *step, int arena, LnError *err) {
  LnMap out = ln_plan_value(plan, arena, ln_plan_output_of(plan, step));
  Rows rows = {plan, step, arena, out.h, part_rows(step, out)};
  ln_plan_clear_margins(&plan->values[ln_plan_output_of(plan, step)].place, out);
  return ln_parallel_stoppable((rows.height + rows.part - 1) / rows.part, forward_part, &rows, err);
}

LnStatus ln_plan_forward_shared(LnPlan *plan, float *const *y, const float *const *x, LnError *err) {
  ln_plan_take_inputs(plan, 0, x);
  for (int k = 0; k < plan->n_steps; k++) LN_TRY(ln_plan_forward_step_shared(plan, &plan->steps[k], 0, err));
  ln_plan_give_outputs(plan, 0, y);
  return LN_OK;
}

/* ---- The loss's activation ---- */

static bool is_read(const LnPlan *plan, int value) {
  for (int k = 0; k < plan->n_steps; k++)
    for (int i = 0; i < plan->steps[k].n_inputs; i++)
      if (plan->steps[k].inputs[i] == value) return true;
  return false;
}

LnActivationCode ln_plan_ends_in(const LnPlan *plan, int output) {
  int maker = ln_plan_maker_of(plan, plan->outputs[output]);
  if (maker < 0 || is_read(plan, plan->outputs[output])) return LN_ACT_linear;
  const LnStep *step = &plan->steps[maker];
  const LnGraphLayer *layer = &plan->graph->layers[step->layer];
  return layer->type->ends_in == NULL ? LN_ACT_linear
                                      : layer->type->ends_in(ln_item_options(layer->item), &step->fusion).code;
}

void ln_plan_give_logits(LnPlan *plan, int output, bool logits) {
  plan->logits[output] = logits;
}
