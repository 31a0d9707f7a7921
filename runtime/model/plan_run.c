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
                       plan->tensors + layer->first_tensor, (int)k);
}

void ln_plan_prepare(LnPlan *plan, float *const *tensors) {
  int64_t parts = 0;
  for (int k = 0; k < plan->n_steps; k++) parts += plan->steps[k].needs.prepare_parts;
  plan->tensors = tensors;
  ln_parallel(parts, prepare_part, plan);
}

static void import_map(LnMap to, const float *from) {
  ln_plan_import_rows(to, from, 0, to.h);
}

static void export_map(float *to, LnMap from) {
  ln_plan_export_rows(to, from, 0, from.h);
}

LnPass ln_plan_pass(const LnPlan *plan, const LnStep *step, int worker) {
  const LnGraphLayer *layer = &plan->graph->layers[step->layer];
  float *scratch = plan->scratches[worker];
  return (LnPass){.options = ln_item_options(layer->item),
                  .kernels = plan->kernels,
                  .fusion = &step->fusion,
                  .prepared = step->needs.prepared,
                  .n_inputs = step->n_inputs,
                  .tensors = plan->tensors + layer->first_tensor,
                  .packed = plan->packed + step->packed,
                  .saved = scratch,
                  .scratch = scratch + ln_plan_saved_of(plan, step),
                  .logits = plan->logits && step == &plan->steps[plan->n_steps - 1]};
}

LnPass ln_plan_sample_pass(const LnPlan *plan, const LnStep *step, LnPlanSample sample, LnMap x[LN_MAX_INPUTS]) {
  float *arena = plan->arenas[sample.arena];
  for (int i = 0; i < step->n_inputs; i++) x[i] = ln_plan_value(plan, sample.arena, step->inputs[i]);
  LnPass pass = ln_plan_pass(plan, step, sample.worker);
  pass.x = x;
  pass.y = ln_plan_value(plan, sample.arena, (int)(step - plan->steps) + 1);
  pass.count = pass.y.h;
  pass.rng = ln_rng_derive(sample.rng, (uint64_t)step->layer);
  if (!plan->use.training) return pass;
  pass.training = true;
  pass.saved = arena + plan->blocks[step->saved_block].offset;
  pass.batch = step->sums;
  pass.batch_grad = step->sums == NULL ? NULL : step->sums + step->needs.batch_sums;
  pass.batch_size = plan->n_samples;
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
  if (unit > 0 && !plan->use.training) rows = (AT_A_TIME / (unit * pass->y.w) + 1) * unit;
  for (pass->first = first; pass->first < end && !ln_interrupted(); pass->first += pass->count) {
    pass->count = end - pass->first < rows ? end - pass->first : rows;
    type_of(plan, step)->forward(pass);
  }
}

void ln_plan_forward_step(LnPlan *plan, LnStep *step, LnPlanSample sample) {
  LnMap inputs[LN_MAX_INPUTS];
  LnPass pass = ln_plan_sample_pass(plan, step, sample, inputs);
  ln_plan_clear_margins(&plan->values[step - plan->steps + 1].place, pass.y);
  forward_rows(plan, step, &pass, 0, pass.y.h);
}

void ln_plan_take_input(LnPlan *plan, int arena, const float *x) {
  LnMap input = ln_plan_value(plan, arena, 0);
  ln_plan_clear_margins(&plan->values[0].place, input);
  import_map(input, x);
}

void ln_plan_give_output(const LnPlan *plan, int arena, float *y) {
  export_map(y, ln_plan_value(plan, arena, plan->n_steps));
}

void ln_plan_forward(LnPlan *plan, LnPlanSample sample, float *y, const float *x) {
  ln_plan_take_input(plan, sample.arena, x);
  for (int k = 0; k < plan->n_steps; k++) ln_plan_forward_step(plan, &plan->steps[k], sample);
  ln_plan_give_output(plan, sample.arena, y);
}

void ln_plan_backward_step(LnPlan *plan, LnStep *step, LnPlanSample sample, float *const *grads) {
  LnMap inputs[LN_MAX_INPUTS], dx[LN_MAX_INPUTS];
  LnPass pass = ln_plan_sample_pass(plan, step, sample, inputs);
  pass.dy = ln_plan_grad(plan, sample.arena, (int)(step - plan->steps) + 1);
  pass.dx = dx;
  pass.grads = grads + plan->graph->layers[step->layer].first_tensor;
  for (int i = 0; i < step->n_inputs; i++) dx[i] = ln_plan_begin_input_grad(plan, sample.arena, step, i);
  type_of(plan, step)->backward(&pass);
  for (int i = 0; i < step->n_inputs; i++) ln_plan_end_input_grad(plan, sample.arena, step, i, dx[i]);
}

void ln_plan_take_gradient(LnPlan *plan, int arena, const float *dy) {
  LnMap map = ln_plan_grad(plan, arena, plan->n_steps);
  ln_plan_clear_margins(&plan->values[plan->n_steps].grad, map);
  import_map(map, dy);
}

void ln_plan_give_input_gradient(const LnPlan *plan, int arena, float *dx) {
  if (dx != NULL) export_map(dx, ln_plan_grad(plan, arena, 0));
}

void ln_plan_backward(LnPlan *plan, LnPlanSample sample, float *const *grads, float *dx, const float *dy) {
  if (!plan->values[plan->n_steps].wants_grad) return;
  ln_plan_take_gradient(plan, sample.arena, dy);
  for (int k = plan->n_steps - 1; k >= 0 && !ln_interrupted(); k--)
    if (plan->values[k + 1].wants_grad) ln_plan_backward_step(plan, &plan->steps[k], sample, grads);
  ln_plan_give_input_gradient(plan, sample.arena, dx);
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
  LnMap out = ln_plan_value(plan, arena, (int)(step - plan->steps) + 1);
  Rows rows = {plan, step, arena, out.h, part_rows(step, out)};
  ln_plan_clear_margins(&plan->values[step - plan->steps + 1].place, out);
  return ln_parallel_stoppable((rows.height + rows.part - 1) / rows.part, forward_part, &rows, err);
}

LnStatus ln_plan_forward_shared(LnPlan *plan, float *y, const float *x, LnError *err) {
  ln_plan_take_input(plan, 0, x);
  for (int k = 0; k < plan->n_steps; k++) LN_TRY(ln_plan_forward_step_shared(plan, &plan->steps[k], 0, err));
  ln_plan_give_output(plan, 0, y);
  return LN_OK;
}

/* ---- The loss's activation ---- */

LnActivationCode ln_plan_ends_in(const LnPlan *plan) {
  const LnStep *step = &plan->steps[plan->n_steps - 1];
  const LnGraphLayer *layer = &plan->graph->layers[step->layer];
  return layer->type->ends_in == NULL ? LN_ACT_linear
                                      : layer->type->ends_in(ln_item_options(layer->item), &step->fusion).code;
}

void ln_plan_give_logits(LnPlan *plan, bool logits) {
  plan->logits = logits;
}
