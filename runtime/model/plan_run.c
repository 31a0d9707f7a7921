/* Running a plan: one sample through all steps, and back. See plan.h. */
#include <string.h>

#include "base/parallel.h"
#include "model/plan_steps.h"
#include "nn/activation.h"

static void prepare_step(void *context, int64_t k, int worker) {
  LnPlan *plan = context;
  LnStep *step = &plan->steps[k];
  const LnGraphLayer *layer = &plan->graph->layers[step->layer];
  (void)worker;
  if (layer->type->prepare != NULL)
    layer->type->prepare(plan->shared + step->shared, ln_item_options(layer->item), plan->kernels, step->needs.prepared,
                         plan->tensors + layer->first_tensor);
}

void ln_plan_prepare(LnPlan *plan, float *const *tensors) {
  plan->tensors = tensors;
  ln_parallel(plan->n_steps, prepare_step, plan);
}

static LnAct act_at(const LnPlan *plan, const float *arena, const LnMap *map, int block) {
  LnAct act = map->act;
  act.data = (float *)(uintptr_t)arena + plan->blocks[block].offset + map->first;
  return act;
}

/* Zero what the owner of a map does not write: its border, and the lanes behind the last channel. */
static void clear_margins(const LnMap *map, LnAct act) {
  float *start = act.data - map->first;
  size_t left = (size_t)(map->border[2] * act.ld), right = (size_t)(map->border[3] * act.ld);
  memset(start, 0, (size_t)(map->border[0] * act.row) * sizeof(float));
  memset(act.data - map->border[2] * act.ld + act.h * act.row, 0, (size_t)(map->border[1] * act.row) * sizeof(float));
  for (int64_t r = 0; r < act.h; r++) {
    float *row = act.data + r * act.row;
    memset(row - left, 0, left * sizeof(float));
    memset(row + act.w * act.ld, 0, right * sizeof(float));
    if (act.ld != act.c)
      for (int64_t p = 0; p < act.w; p++) memset(row + p * act.ld + act.c, 0, (size_t)(act.ld - act.c) * sizeof(float));
  }
}

/* Between the users' C,H,W and our H,W,C. */
static void import_map(LnAct to, const float *from) {
  for (int64_t c = 0; c < to.c; c++)
    for (int64_t r = 0; r < to.h; r++)
      for (int64_t p = 0; p < to.w; p++) to.data[r * to.row + p * to.ld + c] = *from++;
}

static void export_map(float *to, LnAct from) {
  for (int64_t c = 0; c < from.c; c++)
    for (int64_t r = 0; r < from.h; r++)
      for (int64_t p = 0; p < from.w; p++) *to++ = from.data[r * from.row + p * from.ld + c];
}

static LnPass pass_of(const LnPlan *plan, const LnStep *step, const float *arena, LnAct x[LN_MAX_INPUTS], int scratch,
                      LnRng rng) {
  const LnGraphLayer *layer = &plan->graph->layers[step->layer];
  int index = (int)(step - plan->steps);
  for (int i = 0; i < step->n_inputs; i++) {
    const LnMap *map = &plan->values[step->inputs[i]].map;
    x[i] = act_at(plan, arena, map, map->block);
  }
  const LnMap *y = &plan->values[index + 1].map;
  return (LnPass){.options = ln_item_options(layer->item),
                  .kernels = plan->kernels,
                  .fusion = &step->fusion,
                  .prepared = step->needs.prepared,
                  .n_inputs = step->n_inputs,
                  .x = x,
                  .y = act_at(plan, arena, y, y->block),
                  .tensors = plan->tensors + layer->first_tensor,
                  .shared = plan->shared + step->shared,
                  .keep = (float *)(uintptr_t)arena + plan->blocks[step->keep_block].offset,
                  .scratch = (float *)(uintptr_t)arena + plan->blocks[scratch].offset,
                  .training = plan->use.training,
                  .logits = plan->logits && index == plan->n_steps - 1,
                  .rng = ln_rng_derive(rng, (uint64_t)step->layer)};
}

void ln_plan_forward(LnPlan *plan, int worker, float *y, const float *x, LnRng rng) {
  float *arena = plan->arenas[worker];
  LnAct inputs[LN_MAX_INPUTS], input = act_at(plan, arena, &plan->values[0].map, plan->values[0].map.block);
  clear_margins(&plan->values[0].map, input);
  import_map(input, x);
  for (int k = 0; k < plan->n_steps; k++) {
    LnStep *step = &plan->steps[k];
    LnPass pass = pass_of(plan, step, arena, inputs, step->scratch_block, rng);
    clear_margins(&plan->values[k + 1].map, pass.y);
    plan->graph->layers[step->layer].type->forward(&pass);
  }
  const LnMap *output = &plan->values[plan->n_steps].map;
  export_map(y, act_at(plan, arena, output, output->block));
}

/* Backward of one step; gradients of inputs that already have one are added to it. */
static void backward_step(LnPlan *plan, LnStep *step, float *arena, float *const *grads, LnRng rng) {
  LnAct inputs[LN_MAX_INPUTS], dx[LN_MAX_INPUTS];
  const LnGraphLayer *layer = &plan->graph->layers[step->layer];
  LnPass pass = pass_of(plan, step, arena, inputs, step->back_scratch_block, rng);
  const LnMap *dy = &plan->values[step - plan->steps + 1].grad;
  pass.dy = act_at(plan, arena, dy, dy->block);
  pass.dx = dx;
  pass.grads = grads + layer->first_tensor;
  for (int i = 0; i < step->n_inputs; i++) {
    const LnValueSlot *source = &plan->values[step->inputs[i]];
    dx[i] = (LnAct){.data = NULL};
    if (!source->wants_grad) continue;
    dx[i] = act_at(plan, arena, &source->grad, step->extra_block[i] >= 0 ? step->extra_block[i] : source->grad.block);
    clear_margins(&source->grad, dx[i]);
  }
  layer->type->backward(&pass);
  for (int i = 0; i < step->n_inputs; i++) {
    const LnMap *grad = &plan->values[step->inputs[i]].grad;
    if (dx[i].data != NULL && step->extra_block[i] >= 0)
      ln_act_add(plan->kernels, act_at(plan, arena, grad, grad->block), dx[i]);
  }
}

void ln_plan_backward(LnPlan *plan, int worker, float *const *grads, float *dx, const float *dy, LnRng rng) {
  float *arena = plan->arenas[worker];
  const LnMap *output = &plan->values[plan->n_steps].grad, *input = &plan->values[0].grad;
  if (!plan->values[plan->n_steps].wants_grad) return;
  LnAct act = act_at(plan, arena, output, output->block);
  clear_margins(output, act);
  import_map(act, dy);
  for (int k = plan->n_steps - 1; k >= 0; k--)
    if (plan->values[k + 1].wants_grad) backward_step(plan, &plan->steps[k], arena, grads, rng);
  if (dx != NULL) export_map(dx, act_at(plan, arena, input, input->block));
}

bool ln_plan_ends_in_sigmoid(const LnPlan *plan) {
  const LnStep *step = &plan->steps[plan->n_steps - 1];
  const LnGraphLayer *layer = &plan->graph->layers[step->layer];
  return layer->type->ends_in != NULL &&
         layer->type->ends_in(ln_item_options(layer->item), &step->fusion) == LN_ACT_SIGMOID;
}

void ln_plan_give_logits(LnPlan *plan) {
  plan->logits = true;
}
