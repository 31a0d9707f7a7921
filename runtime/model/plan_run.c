/* Running a plan: one sample through all steps, and back. See plan.h. */
#include <string.h>
#include <time.h>

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

static LnMap map_at(const LnPlan *plan, const float *arena, const LnPlacement *place, int block) {
  LnMap map = place->map;
  map.data = (float *)(uintptr_t)arena + plan->blocks[block].offset + place->first;
  return map;
}

/* Zero what the owner of a map does not write: its border, and the lanes behind the last channel. */
static void clear_margins(const LnPlacement *place, LnMap map) {
  float *start = map.data - place->first;
  size_t left = (size_t)(place->border[2] * map.ld), right = (size_t)(place->border[3] * map.ld);
  memset(start, 0, (size_t)(place->border[0] * map.row) * sizeof(float));
  memset(map.data - left + map.h * map.row, 0, (size_t)(place->border[1] * map.row) * sizeof(float));
  for (int64_t r = 0; r < map.h; r++) {
    float *row = map.data + r * map.row;
    memset(row - left, 0, left * sizeof(float));
    memset(row + map.w * map.ld, 0, right * sizeof(float));
    if (map.ld != map.c)
      for (int64_t p = 0; p < map.w; p++) memset(row + p * map.ld + map.c, 0, (size_t)(map.ld - map.c) * sizeof(float));
  }
}

void ln_plan_import_rows(LnMap to, const float *from, int64_t first, int64_t end) {
  for (int64_t c = 0; c < to.c; c++)
    for (int64_t r = first; r < end; r++)
      for (int64_t p = 0; p < to.w; p++) to.data[r * to.row + p * to.ld + c] = from[(c * to.h + r) * to.w + p];
}

void ln_plan_export_rows(float *to, LnMap from, int64_t first, int64_t end) {
  for (int64_t c = 0; c < from.c; c++)
    for (int64_t r = first; r < end; r++)
      for (int64_t p = 0; p < from.w; p++) to[(c * from.h + r) * from.w + p] = from.data[r * from.row + p * from.ld + c];
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

/* What forward and backward have in common. x: room for the step's inputs. */
static LnPass pass_of(const LnPlan *plan, const LnStep *step, LnPlanSample sample, LnMap x[LN_MAX_INPUTS]) {
  float *arena = plan->arenas[sample.arena];
  for (int i = 0; i < step->n_inputs; i++) {
    const LnPlacement *place = &plan->values[step->inputs[i]].place;
    x[i] = map_at(plan, arena, place, place->block);
  }
  const LnPlacement *y = &plan->values[step - plan->steps + 1].place;
  LnPass pass = ln_plan_pass(plan, step, sample.worker);
  pass.x = x;
  pass.y = map_at(plan, arena, y, y->block);
  pass.count = y->map.h;
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

static LnMap value_at(const LnPlan *plan, int arena, int value) {
  const LnPlacement *place = &plan->values[value].place;
  return map_at(plan, plan->arenas[arena], place, place->block);
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

static void forward_step(LnPlan *plan, LnStep *step, LnPlanSample sample) {
  LnMap inputs[LN_MAX_INPUTS];
  LnPass pass = pass_of(plan, step, sample, inputs);
  clear_margins(&plan->values[step - plan->steps + 1].place, pass.y);
  forward_rows(plan, step, &pass, 0, pass.y.h);
}

static void take_input(LnPlan *plan, int arena, const float *x) {
  LnMap input = value_at(plan, arena, 0);
  clear_margins(&plan->values[0].place, input);
  import_map(input, x);
}

void ln_plan_forward(LnPlan *plan, LnPlanSample sample, float *y, const float *x) {
  take_input(plan, sample.arena, x);
  for (int k = 0; k < plan->n_steps; k++) forward_step(plan, &plan->steps[k], sample);
  export_map(y, value_at(plan, sample.arena, plan->n_steps));
}

/* Backward of one step; gradients of inputs that already have one are added to it. */
static void backward_step(LnPlan *plan, LnStep *step, LnPlanSample sample, float *const *grads) {
  LnMap inputs[LN_MAX_INPUTS], dx[LN_MAX_INPUTS];
  const float *arena = plan->arenas[sample.arena];
  LnPass pass = pass_of(plan, step, sample, inputs);
  const LnPlacement *dy = &plan->values[step - plan->steps + 1].grad;
  pass.dy = map_at(plan, arena, dy, dy->block);
  pass.dx = dx;
  pass.grads = grads + plan->graph->layers[step->layer].first_tensor;
  for (int i = 0; i < step->n_inputs; i++) {
    const LnPlanValue *source = &plan->values[step->inputs[i]];
    dx[i] = (LnMap){.data = NULL};
    if (!source->wants_grad) continue;
    dx[i] = map_at(plan, arena, &source->grad, step->extra_block[i] >= 0 ? step->extra_block[i] : source->grad.block);
    clear_margins(&source->grad, dx[i]);
  }
  type_of(plan, step)->backward(&pass);
  for (int i = 0; i < step->n_inputs; i++) {
    const LnPlacement *grad = &plan->values[step->inputs[i]].grad;
    if (dx[i].data != NULL && step->extra_block[i] >= 0)
      ln_map_add(plan->kernels, map_at(plan, arena, grad, grad->block), dx[i]);
  }
}

static void take_gradient(LnPlan *plan, int arena, const float *dy) {
  const LnPlacement *output = &plan->values[plan->n_steps].grad;
  LnMap map = map_at(plan, plan->arenas[arena], output, output->block);
  clear_margins(output, map);
  import_map(map, dy);
}

static void give_input_gradient(const LnPlan *plan, int arena, float *dx) {
  const LnPlacement *input = &plan->values[0].grad;
  if (dx != NULL) export_map(dx, map_at(plan, plan->arenas[arena], input, input->block));
}

void ln_plan_backward(LnPlan *plan, LnPlanSample sample, float *const *grads, float *dx, const float *dy) {
  if (!plan->values[plan->n_steps].wants_grad) return;
  take_gradient(plan, sample.arena, dy);
  for (int k = plan->n_steps - 1; k >= 0 && !ln_interrupted(); k--)
    if (plan->values[k + 1].wants_grad) backward_step(plan, &plan->steps[k], sample, grads);
  give_input_gradient(plan, sample.arena, dx);
}

/* ---- One sample, many threads ---- */

typedef struct Rows {
  LnPlan *plan;
  LnStep *step;
  int64_t height, part; /* rows of the output, rows at a time */
} Rows;

static void forward_part(void *context, int64_t index, int worker) {
  const Rows *rows = context;
  LnMap inputs[LN_MAX_INPUTS];
  LnPass pass = pass_of(rows->plan, rows->step, (LnPlanSample){.worker = worker}, inputs);
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

LnStatus ln_plan_forward_shared(LnPlan *plan, float *y, const float *x, LnError *err) {
  take_input(plan, 0, x);
  for (int k = 0; k < plan->n_steps; k++) {
    LnStep *step = &plan->steps[k];
    LnMap out = value_at(plan, 0, k + 1);
    Rows rows = {plan, step, out.h, part_rows(step, out)};
    clear_margins(&plan->values[k + 1].place, out);
    LN_TRY(ln_parallel_stoppable((rows.height + rows.part - 1) / rows.part, forward_part, &rows, err));
  }
  export_map(y, value_at(plan, 0, plan->n_steps));
  return LN_OK;
}

/* ---- Many samples, in segments ---- */

/* The step that begins a segment by looking across the batch; NULL for segment 0 and past the end. */
static LnStep *first_of_segment(const LnPlan *plan, int segment) {
  for (int k = 0; k < plan->n_steps && segment > 0; k++)
    if (plan->steps[k].segment == segment) return &plan->steps[k];
  return NULL;
}

/* What a sample adds; two rows of totals come first, of forward and of backward. */
static double *sums_of(const LnStep *step, int64_t sample) {
  return step->sums + (sample + 2) * step->needs.batch_sums;
}

static void batch_stats(LnPlan *plan, LnStep *step, LnPlanSample sample) {
  LnMap inputs[LN_MAX_INPUTS];
  LnPass pass = pass_of(plan, step, sample, inputs);
  type_of(plan, step)->batch_stats(&pass, sums_of(step, sample.index));
}

static void batch_stats_grad(LnPlan *plan, LnStep *step, LnPlanSample sample) {
  LnMap inputs[LN_MAX_INPUTS];
  const LnPlacement *grad = &plan->values[step - plan->steps + 1].grad;
  LnPass pass = pass_of(plan, step, sample, inputs);
  pass.dy = map_at(plan, plan->arenas[sample.arena], grad, grad->block);
  type_of(plan, step)->batch_stats_grad(&pass, sums_of(step, sample.index));
}

void ln_plan_forward_segment(LnPlan *plan, int segment, LnPlanSample sample, float *y, const float *x) {
  if (segment == 0) take_input(plan, sample.arena, x);
  for (int k = 0; k < plan->n_steps; k++)
    if (plan->steps[k].segment == segment) forward_step(plan, &plan->steps[k], sample);
  LnStep *next = first_of_segment(plan, segment + 1);
  if (next != NULL)
    batch_stats(plan, next, sample);
  else
    export_map(y, value_at(plan, sample.arena, plan->n_steps));
}

void ln_plan_backward_segment(LnPlan *plan, int segment, LnPlanSample sample, float *const *grads, float *dx,
                            const float *dy) {
  if (!plan->values[plan->n_steps].wants_grad) return;
  if (segment == plan->n_segments - 1) take_gradient(plan, sample.arena, dy);
  LnStep *first = first_of_segment(plan, segment), *after = first_of_segment(plan, segment + 1);
  if (after != NULL && plan->values[after - plan->steps + 1].wants_grad) backward_step(plan, after, sample, grads);
  for (int k = plan->n_steps - 1; k >= 0; k--) {
    LnStep *step = &plan->steps[k];
    if (step->segment == segment && step != first && plan->values[k + 1].wants_grad)
      backward_step(plan, step, sample, grads);
  }
  if (first != NULL)
    batch_stats_grad(plan, first, sample);
  else
    give_input_gradient(plan, sample.arena, dx);
}

/* In the order of the samples, so that the totals do not depend on who ran them. */
static void add_up(LnPlan *plan, LnStep *step, double *totals) {
  for (int64_t i = 0; i < step->needs.batch_sums; i++) {
    totals[i] = 0;
    for (int64_t s = 0; s < plan->n_samples; s++) totals[i] += sums_of(step, s)[i];
  }
}

void ln_plan_add_up(LnPlan *plan, int segment) {
  LnStep *step = first_of_segment(plan, segment + 1);
  if (step != NULL) add_up(plan, step, step->sums);
}

void ln_plan_add_up_grad(LnPlan *plan, int segment) {
  LnStep *step = first_of_segment(plan, segment);
  if (step != NULL) add_up(plan, step, step->sums + step->needs.batch_sums);
}

void ln_plan_update_state(LnPlan *plan, float *const *tensors) {
  for (int k = 0; k < plan->n_steps; k++) {
    LnStep *step = &plan->steps[k];
    const LnGraphLayer *layer = &plan->graph->layers[step->layer];
    if (step->needs.batch_sums > 0 && layer->type->update != NULL)
      layer->type->update(ln_item_options(layer->item), tensors + layer->first_tensor, step->sums, plan->n_samples,
                          ln_graph_shape(plan->graph, layer->inputs[0]));
  }
}

/* ---- With a clock ---- */

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A batch of the one sample, for steps that look across it. */
static void batch_stats_alone(LnPlan *plan, LnStep *step, LnPlanSample sample) {
  if (step->needs.batch_sums == 0) return;
  batch_stats(plan, step, sample);
  add_up(plan, step, step->sums);
}

static void batch_stats_grad_alone(LnPlan *plan, LnStep *step, LnPlanSample sample) {
  if (step->needs.batch_sums == 0) return;
  batch_stats_grad(plan, step, sample);
  add_up(plan, step, step->sums + step->needs.batch_sums);
}

void ln_plan_time(LnPlan *plan, LnPlanSample sample, LnStepTime *times, float *const *grads, float *y, const float *x) {
  take_input(plan, sample.arena, x);
  for (int k = 0; k < plan->n_steps; k++) {
    const LnStep *step = &plan->steps[k];
    double start = seconds();
    batch_stats_alone(plan, &plan->steps[k], sample);
    forward_step(plan, &plan->steps[k], sample);
    times[k] = (LnStepTime){.layer = step->layer,
                            .first = step->first,
                            .last = step->last,
                            .forward = seconds() - start,
                            .bytes = plan->values[k + 1].place.size * (int64_t)sizeof(float) + step->needs.saved};
  }
  export_map(y, value_at(plan, sample.arena, plan->n_steps));
  if (plan->values[plan->n_steps].wants_grad) take_gradient(plan, sample.arena, y); /* any gradient will do */
  for (int k = plan->n_steps - 1; k >= 0; k--) {
    double start = seconds();
    if (plan->values[k + 1].wants_grad) {
      batch_stats_grad_alone(plan, &plan->steps[k], sample);
      backward_step(plan, &plan->steps[k], sample, grads);
    }
    times[k].backward = seconds() - start;
  }
}

LnActivationCode ln_plan_ends_in(const LnPlan *plan) {
  const LnStep *step = &plan->steps[plan->n_steps - 1];
  const LnGraphLayer *layer = &plan->graph->layers[step->layer];
  return layer->type->ends_in == NULL ? LN_ACT_linear
                                      : layer->type->ends_in(ln_item_options(layer->item), &step->fusion).code;
}

void ln_plan_give_logits(LnPlan *plan, bool logits) {
  plan->logits = logits;
}
