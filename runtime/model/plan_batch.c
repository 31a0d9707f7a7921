/* Steps that work on whole batches, on the calling thread: see plan_steps.h. */
#include "model/plan_steps.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "nn/activation.h"

static const LnGraphLayer *layer_of(const LnPlan *plan, const LnStep *step) {
  return &plan->graph->layers[step->layer];
}

static int value_of(const LnPlan *plan, const LnStep *step) {
  return ln_plan_output_of(plan, step);
}

/* N samples of a value, as users see them. */
static LnShape batch_shape(const LnPlan *plan, int value, int64_t n) {
  LnShape shape = {.d = {n}}, sample = ln_plan_value_shape(plan, value);
  shape.n = sample.n + 1;
  memcpy(shape.d + 1, sample.d, (size_t)sample.n * sizeof sample.d[0]);
  return shape;
}

static void drop(LnTensor **t) {
  ln_tensor_unref(*t);
  *t = NULL;
}

static LnStatus replace(LnTensor **t, LnShape shape, LnError *err) {
  if (*t != NULL && ln_shape_equal((*t)->shape, shape) && ln_tensor_unshared(*t)) return LN_OK;
  drop(t);
  return ln_tensor_new_unfilled(t, shape, err);
}

LnStatus ln_batch_new(LnBatchStep **out, LnError *err) {
  *out = ln_calloc(1, sizeof **out);
  return *out == NULL ? ln_fail_memory(err, "plan", sizeof **out) : LN_OK;
}

void ln_batch_forget(LnPlan *plan, LnStep *step) {
  LnBatchStep *b = step->batch;
  const LnGraphLayer *layer = layer_of(plan, step);
  if (b->saved != NULL) layer->type->forget(ln_item_options(layer->item), b->saved);
  b->saved = NULL;
  drop(&b->y), drop(&b->dx);
  for (int i = 0; i < b->n_tensors; i++) drop(&b->tensors[i]);
  b->n_tensors = 0;
}

void ln_batch_free(LnPlan *plan, LnStep *step) {
  if (step->batch == NULL) return;
  ln_batch_forget(plan, step);
  drop(&step->batch->x), drop(&step->batch->dy);
  ln_free(step->batch);
  step->batch = NULL;
}

LnStatus ln_batch_reserve(LnPlan *plan, LnStep *step, int64_t samples, LnError *err) {
  LnBatchStep *b = step->batch;
  ln_batch_forget(plan, step);
  LN_TRY(replace(&b->x, batch_shape(plan, step->inputs[0], samples), err));
  if (!plan->values[value_of(plan, step)].wants_grad) return LN_OK;
  return replace(&b->dy, batch_shape(plan, value_of(plan, step), samples), err);
}

int64_t ln_batch_bytes(const LnPlan *plan, const LnStep *step) {
  int64_t floats = ln_shape_count(ln_plan_value_shape(plan, step->inputs[0])) +
                   ln_shape_count(ln_plan_value_shape(plan, value_of(plan, step)));
  return floats * (int64_t)sizeof(float);
}

/* ---- Between arenas and the batch ---- */

static float *sample_of(const LnTensor *batch, int64_t index) {
  return batch->data + index * (ln_shape_count(batch->shape) / batch->shape.d[0]);
}

void ln_batch_gather(const LnPlan *plan, const LnStep *step, LnPlanSample sample) {
  LnMap from = ln_plan_value(plan, sample.arena, step->inputs[0]);
  ln_plan_export_rows(sample_of(step->batch->x, sample.index), from, 0, from.h);
}

void ln_batch_scatter(const LnPlan *plan, const LnStep *step, LnPlanSample sample) {
  LnMap to = ln_plan_value(plan, sample.arena, value_of(plan, step));
  ln_plan_clear_margins(&plan->values[value_of(plan, step)].place, to);
  ln_plan_import_rows(to, sample_of(step->batch->y, sample.index), 0, to.h);
}

void ln_batch_gather_grad(const LnPlan *plan, const LnStep *step, LnPlanSample sample) {
  LnMap from = ln_plan_grad(plan, sample.arena, value_of(plan, step));
  ln_plan_export_rows(sample_of(step->batch->dy, sample.index), from, 0, from.h);
}

void ln_batch_scatter_grad(const LnPlan *plan, const LnStep *step, LnPlanSample sample) {
  LnMap to = ln_plan_begin_input_grad(plan, sample.arena, step, 0);
  if (to.data == NULL) return;
  if (step->batch->dx != NULL)
    ln_plan_import_rows(to, sample_of(step->batch->dx, sample.index), 0, to.h);
  else
    ln_map_zero(to);
  ln_plan_end_input_grad(plan, sample.arena, step, 0, to);
}

/* One large sample, its rows dealt to all threads. */
typedef struct Rows {
  LnMap map;
  float *out;      /* or */
  const float *in;
  int64_t part;    /* rows at a time */
} Rows;

static void move_rows(void *context, int64_t index, int worker) {
  const Rows *rows = context;
  int64_t first = index * rows->part, end = first + rows->part < rows->map.h ? first + rows->part : rows->map.h;
  (void)worker;
  if (rows->out != NULL)
    ln_plan_export_rows(rows->out, rows->map, first, end);
  else
    ln_plan_import_rows(rows->map, rows->in, first, end);
}

static LnStatus move_shared(Rows *rows, LnError *err) {
  enum { ENOUGH = 1 << 16 }; /* floats of a part */
  rows->part = ENOUGH / ((int64_t)rows->map.w * rows->map.c) + 1;
  return ln_parallel_stoppable((rows->map.h + rows->part - 1) / rows->part, move_rows, rows, err);
}

LnStatus ln_batch_gather_shared(const LnPlan *plan, const LnStep *step, LnPlanSample sample, LnError *err) {
  Rows rows = {.map = ln_plan_value(plan, sample.arena, step->inputs[0]),
               .out = sample_of(step->batch->x, sample.index)};
  return move_shared(&rows, err);
}

LnStatus ln_batch_scatter_shared(const LnPlan *plan, const LnStep *step, LnPlanSample sample, LnError *err) {
  Rows rows = {.map = ln_plan_value(plan, sample.arena, value_of(plan, step)),
               .in = sample_of(step->batch->y, sample.index)};
  ln_plan_clear_margins(&plan->values[value_of(plan, step)].place, rows.map);
  return move_shared(&rows, err);
}

/* ---- Calls ---- */

/* A layer that is called again goes on from the state that its call before, in this batch, has left. */
static LnTensor *state_before(const LnPlan *plan, const LnStep *step, int decl) {
  const LnGraphLayer *layer = layer_of(plan, step);
  LnTensor *state = plan->batch_tensors[layer->tensors[decl]];
  for (const LnStep *before = plan->steps; before < step; before++)
    if (before->batch != NULL && before->batch->n_tensors > decl && layer_of(plan, before)->first == layer->first)
      state = before->batch->tensors[decl];
  return state;
}

static LnStatus take_tensors(LnPlan *plan, LnStep *step, LnError *err) {
  const LnGraphLayer *layer = layer_of(plan, step);
  LnBatchStep *b = step->batch;
  for (int i = 0; i < layer->n_decls; i++) {
    LnTensor *own = plan->batch_tensors[layer->tensors[i]];
    if (layer->decls[i].role == LN_STATE)
      LN_TRY(ln_tensor_clone(&b->tensors[i], state_before(plan, step, i), err));
    else
      b->tensors[i] = ln_tensor_ref(own);
    b->n_tensors = i + 1;
  }
  return LN_OK;
}

static LnBatchPass pass_of(const LnPlan *plan, const LnStep *step, LnRng rng) {
  uint32_t word[4];
  ln_rng_block(word, ln_rng_derive(rng, (uint64_t)step->layer), 0);
  return (LnBatchPass){.options = ln_item_options(layer_of(plan, step)->item),
                       .x = step->batch->x,
                       .n_tensors = step->batch->n_tensors,
                       .tensors = step->batch->tensors,
                       .training = plan->use.training,
                       .wants_grads = plan->values[value_of(plan, step)].wants_grad,
                       .wants_dx = plan->values[step->inputs[0]].wants_grad,
                       .seed = plan->use.training ? (uint64_t)word[0] << 32 | word[1] : 0,
                       .saved = &step->batch->saved};
}

/* Replaces a result by a contiguous one of the shape that it must have. */
static LnStatus settle(LnTensor **t, LnShape shape, const char *what, LnError *err) {
  if (!ln_shape_equal((*t)->shape, shape))
    return ln_fail(err, LN_ESHAPE, "%s has shape %s, expected %s", what, LN_SHAPE_TEXT((*t)->shape),
                   LN_SHAPE_TEXT(shape));
  LnTensor *contiguous = NULL;
  LN_TRY(ln_tensor_as_contiguous(&contiguous, *t, err));
  ln_tensor_unref(*t);
  *t = contiguous;
  return LN_OK;
}

static LnStatus call_forward(LnPlan *plan, LnStep *step, LnRng rng, LnError *err) {
  LnBatchStep *b = step->batch;
  ln_batch_forget(plan, step);
  LN_TRY(take_tensors(plan, step, err));
  LnBatchPass pass = pass_of(plan, step, rng);
  LN_TRY(layer_of(plan, step)->type->forward_batch(&b->y, &pass, err));
  return settle(&b->y, batch_shape(plan, value_of(plan, step), b->x->shape.d[0]), "the result", err);
}

static LnStatus failed(const LnPlan *plan, const LnStep *step, LnStatus status, LnError *err) {
  return ln_error_prefix(err, status, "layer %d (%s): ", step->layer + 1, ln_item_name(layer_of(plan, step)->item));
}

LnStatus ln_batch_forward(LnPlan *plan, LnStep *step, LnRng rng, LnError *err) {
  return failed(plan, step, call_forward(plan, step, rng, err), err);
}

static LnStatus add_grad(float *to, LnTensor **grad, const LnDecl *decl, LnError *err) {
  char what[96];
  if (*grad == NULL || to == NULL) return LN_OK;
  snprintf(what, sizeof what, "the gradient of %s", decl->name);
  LN_TRY(settle(grad, decl->shape, what, err));
  ln_kernels()->add(to, (*grad)->data, ln_shape_count(decl->shape));
  return LN_OK;
}

static LnStatus call_backward(LnPlan *plan, LnStep *step, LnRng rng, float *const *grads, LnError *err) {
  const LnGraphLayer *layer = layer_of(plan, step);
  LnBatchStep *b = step->batch;
  LnTensor *own[LN_MAX_TENSORS] = {NULL};
  LnBatchPass pass = pass_of(plan, step, rng);
  drop(&b->dx);
  LnStatus status = layer->type->backward_batch(&b->dx, own, b->dy, &pass, err);
  if (status == LN_OK && b->dx != NULL) status = settle(&b->dx, b->x->shape, "the gradient of x", err);
  for (int i = 0; i < layer->n_decls; i++) {
    if (status == LN_OK) status = add_grad(grads[layer->tensors[i]], &own[i], &layer->decls[i], err);
    ln_tensor_unref(own[i]);
  }
  return status;
}

LnStatus ln_batch_backward(LnPlan *plan, LnStep *step, LnRng rng, float *const *grads, LnError *err) {
  if (!plan->values[value_of(plan, step)].wants_grad) return LN_OK;
  return failed(plan, step, call_backward(plan, step, rng, grads, err), err);
}

void ln_batch_update(const LnPlan *plan, const LnStep *step, float *const *tensors) {
  const LnGraphLayer *layer = layer_of(plan, step);
  for (int i = 0; i < step->batch->n_tensors; i++)
    if (layer->decls[i].role == LN_STATE)
      ln_tensor_read(tensors[layer->tensors[i]], step->batch->tensors[i]);
}
