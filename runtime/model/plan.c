/* Plans: values and memory. See plan.h; plan_fusion.c finds the steps, plan_run.c runs them. */
#include "model/plan.h"

#include <assert.h>
#include <string.h>

#include "base/memory.h"
#include "model/arena.h"
#include "model/plan_steps.h"

/* ---- Values: what lies between steps ---- */

static int value_of(const LnPlan *plan, int graph_layer) {
  graph_layer = ln_plan_origin_of(plan, graph_layer);
  if (graph_layer < 0) return -1 - graph_layer;
  for (int k = 0; k < plan->n_steps; k++)
    if (plan->steps[k].last == graph_layer) return plan->n_inputs + k;
  assert(!"a value inside a step is read from outside");
  return 0;
}

static void connect_steps(LnPlan *plan) {
  for (int k = 0; k < plan->n_steps; k++) {
    LnStep *step = &plan->steps[k];
    for (int i = 0; i < step->n_inputs; i++) step->inputs[i] = value_of(plan, step->inputs[i]);
  }
  plan->n_outputs = plan->graph->n_outputs;
  for (int i = 0; i < plan->n_outputs; i++) plan->outputs[i] = value_of(plan, plan->graph->outputs[i]);
}

/* Whether a layer has tensors of its own that are not all frozen. */
static bool learns(const LnPlan *plan, const LnGraphLayer *layer) {
  bool all_frozen = plan->use.frozen != NULL;
  for (int i = 0; all_frozen && i < layer->n_decls; i++) {
    int tensor = layer->tensors[i], source = plan->graph->tensors[tensor].source;
    all_frozen = layer->decls[i].role != LN_PARAMETER || plan->use.frozen[source < 0 ? tensor : source];
  }
  return layer->n_decls > 0 && !all_frozen;
}

/* A value's gradient is wanted where something below it is trained, or the input's gradient is asked for. */
static void mark_gradients(LnPlan *plan) {
  for (int i = 0; i < plan->n_inputs; i++) plan->values[i].wants_grad = plan->use.training && plan->use.input_grad;
  for (int k = 0; k < plan->n_steps; k++) {
    LnStep *step = &plan->steps[k];
    bool wanted = learns(plan, &plan->graph->layers[step->layer]);
    for (int i = 0; i < step->n_inputs; i++) wanted = wanted || plan->values[step->inputs[i]].wants_grad;
    plan->values[ln_plan_output_of(plan, step)].wants_grad = plan->use.training && wanted;
  }
}

bool ln_plan_returns(const LnPlan *plan) {
  for (int i = 0; i < plan->n_outputs; i++)
    if (plan->values[plan->outputs[i]].wants_grad) return true;
  return false;
}

/* Floats behind which the step's scratch memory ends: before it lies what backward would need, if there is no backward.
 */
int64_t ln_plan_scratch_of(const LnPlan *plan, const LnStep *step) {
  return ln_plan_saved_of(plan, step) + (step->needs.scratch + 15) / 16 * 16;
}

int64_t ln_plan_saved_of(const LnPlan *plan, const LnStep *step) {
  return plan->use.training ? 0 : (step->needs.saved + 63) / 64 * 16;
}

bool ln_plan_sums_batch(const LnPlan *plan, const LnStep *step) {
  if (step->needs.batch_sums == 0 || plan->use.training) return step->needs.batch_sums > 0;
  const LnGraphLayer *layer = &plan->graph->layers[step->layer];
  return layer->type->sums_in_prediction != NULL && layer->type->sums_in_prediction(ln_item_options(layer->item));
}

static LnStatus build_steps(LnPlan *plan, LnError *err) {
  for (int k = 0; k < plan->n_steps; k++) {
    LnStep *step = &plan->steps[k];
    const LnGraphLayer *layer = &plan->graph->layers[step->layer];
    LnShape in[LN_MAX_INPUTS];
    bool input_grad = false;
    for (int i = 0; i < step->n_inputs; i++) {
      in[i] = ln_plan_value_shape(plan, step->inputs[i]);
      input_grad = input_grad || plan->values[step->inputs[i]].wants_grad;
    }
    LnBuild build = {.options = ln_item_options(layer->item),
                     .kernels = plan->kernels,
                     .in = in,
                     .n_inputs = step->n_inputs,
                     .out = ln_plan_value_shape(plan, ln_plan_output_of(plan, step)),
                     .fusion = &step->fusion,
                     .training = ln_plan_trains(plan, layer->type),
                     .input_grad = input_grad};
    if (layer->type->build != NULL) LN_TRY(layer->type->build(&step->needs, &build, err));
    step->first_tensor = plan->n_tensors;
    plan->n_tensors += layer->n_decls;
    step->packed = plan->packed_size;
    plan->packed_size += (step->needs.packed + 15) / 16 * 16;
    if (layer->type->forward_batch != NULL) LN_TRY(ln_batch_new(&step->batch, err));
    if (step->batch != NULL || ln_plan_sums_batch(plan, step)) plan->n_segments++;
    step->segment = plan->n_segments - 1;
    int64_t scratch = ln_plan_scratch_of(plan, step);
    if (scratch > plan->scratch_size) plan->scratch_size = scratch;
  }
  return LN_OK;
}

/* ---- Memory ---- */

static void widen(int border[4], const int needed[4]) {
  for (int side = 0; side < 4; side++)
    if (needed[side] > border[side]) border[side] = needed[side];
}

/* Layout of a map with a border, in floats. */
static LnPlacement place_of(LnShape shape, const int border[4], const LnKernels *kernels) {
  LnPlacement place = {.map = {.c = (int)shape.d[0], .h = 1, .w = 1}};
  if (shape.n == 3) place.map.h = (int)shape.d[1], place.map.w = (int)shape.d[2];
  memcpy(place.border, border, sizeof place.border);
  place.map.ld = ln_kernels_ld(kernels, place.map.c);
  place.map.row = (place.map.w + border[2] + border[3]) * place.map.ld;
  place.first = border[0] * place.map.row + border[2] * place.map.ld;
  place.size = (place.map.h + border[0] + border[1]) * place.map.row;
  return place;
}

static void lay_out_values(LnPlan *plan) {
  for (int k = 0; k < plan->n_steps; k++) {
    LnStep *step = &plan->steps[k];
    for (int i = 0; i < step->n_inputs; i++) widen(plan->values[step->inputs[i]].place.border, step->needs.border);
    widen(plan->values[ln_plan_output_of(plan, step)].grad.border, step->needs.grad_border);
  }
  for (int v = 0; v < ln_plan_values(plan); v++) {
    LnShape shape = ln_plan_value_shape(plan, v);
    plan->values[v].place = place_of(shape, plan->values[v].place.border, plan->kernels);
    plan->values[v].grad = place_of(shape, plan->values[v].grad.border, plan->kernels);
  }
}

/* Moments: 0 the inputs arrive, k+1 forward of step k, n+1 the loss, 2n+1-k backward of step k, 2n+2 the end. */
static int forward_time(int step) {
  return step + 1;
}
static int backward_time(const LnPlan *plan, int step) {
  return 2 * plan->n_steps + 1 - step;
}

static void extend(LnBlock *block, int moment) {
  if (moment < block->from) block->from = moment;
  if (moment > block->to) block->to = moment;
}

static int add_block(LnPlan *plan, int64_t size, int from, int to) {
  plan->blocks[plan->n_blocks] = (LnBlock){.size = size, .from = from, .to = to};
  return plan->n_blocks++;
}

static void add_value_blocks(LnPlan *plan) {
  int loss = plan->n_steps + 1;
  for (int v = 0; v < ln_plan_values(plan); v++) {
    LnPlanValue *value = &plan->values[v];
    int maker = ln_plan_maker_of(plan, v), made = maker < 0 ? 0 : forward_time(maker);
    value->place.block = add_block(plan, value->place.size, made, made);
    if (!value->wants_grad) continue;
    int own = maker < 0 ? backward_time(plan, 0) + 1 : backward_time(plan, maker);
    value->grad.block = add_block(plan, value->grad.size, own, own);
  }
  for (int i = 0; i < plan->n_outputs; i++) {
    LnPlanValue *output = &plan->values[plan->outputs[i]];
    extend(&plan->blocks[output->place.block], loss);
    if (output->wants_grad) extend(&plan->blocks[output->grad.block], loss);
  }
}

/* Whether the step's backward runs at all. */
static bool runs_backward(const LnPlan *plan, int step) {
  return plan->values[plan->n_inputs + step].wants_grad;
}

static void add_step_blocks(LnPlan *plan) {
  bool *written = plan->grad_written;
  for (int i = 0; i < plan->n_outputs; i++) written[plan->outputs[i]] = true; /* by the loss */
  for (int k = plan->n_steps - 1; k >= 0; k--) {
    LnStep *step = &plan->steps[k];
    int forward = forward_time(k), backward = backward_time(plan, k);
    bool returns = runs_backward(plan, k);
    if (plan->use.training)
      step->saved_block = add_block(plan, (step->needs.saved + 3) / 4, forward, returns ? backward : forward);
    if (returns && step->needs.needs_y) extend(&plan->blocks[plan->values[plan->n_inputs + k].place.block], backward);
    for (int i = 0; i < step->n_inputs; i++) {
      LnPlanValue *source = &plan->values[step->inputs[i]];
      extend(&plan->blocks[source->place.block], step->batch == NULL ? forward : forward - 1); /* gathered before */
      if (returns && step->needs.needs_x) extend(&plan->blocks[source->place.block], backward);
      step->extra_block[i] = -1;
      if (!returns || !source->wants_grad) continue;
      extend(&plan->blocks[source->grad.block], backward);
      if (written[step->inputs[i]]) step->extra_block[i] = add_block(plan, source->grad.size, backward, backward);
      written[step->inputs[i]] = true;
    }
  }
}

static LnStatus place_blocks(LnPlan *plan, LnError *err) {
  int most = 2 * ln_plan_values(plan) + plan->n_steps * (1 + LN_MAX_INPUTS);
  plan->blocks = ln_calloc((size_t)most, sizeof *plan->blocks);
  plan->grad_written = ln_calloc((size_t)ln_plan_values(plan), sizeof *plan->grad_written);
  if (plan->blocks == NULL || plan->grad_written == NULL)
    return ln_fail_memory(err, "memory plan", (size_t)most * sizeof *plan->blocks);
  add_value_blocks(plan);
  add_step_blocks(plan);
  plan->arena_size = ln_arena_place(plan->blocks, plan->n_blocks);
  return LN_OK;
}

/* ---- Life ---- */

static LnStatus allocate(LnPlan *plan, LnError *err) {
  size_t n = (size_t)plan->graph->n;
  plan->n_inputs = plan->graph->n_inputs;
  plan->steps = ln_calloc(n, sizeof *plan->steps);
  plan->values = ln_calloc(n + (size_t)plan->n_inputs, sizeof *plan->values);
  if (plan->steps == NULL || plan->values == NULL) return ln_fail_memory(err, "plan", n * sizeof *plan->steps);
  return ln_plan_find_steps(plan, err);
}

static LnStatus fill_plan(LnPlan *plan, LnError *err) {
  LN_TRY(allocate(plan, err));
  connect_steps(plan);
  mark_gradients(plan);
  LN_TRY(build_steps(plan, err));
  lay_out_values(plan);
  LN_TRY(place_blocks(plan, err));
  plan->packed = ln_calloc((size_t)plan->packed_size, sizeof *plan->packed);
  plan->tensors = ln_calloc((size_t)plan->n_tensors, sizeof *plan->tensors);
  if (plan->packed == NULL || plan->tensors == NULL)
    return ln_fail_memory(err, "packed weights", (size_t)plan->packed_size * sizeof *plan->packed);
  return LN_OK;
}

LnStatus ln_plan_new(LnPlan **out, const LnGraph *graph, LnPlanUse use, LnError *err) {
  LnPlan *plan = ln_calloc(1, sizeof *plan);
  if (plan == NULL) return ln_fail_memory(err, "plan", sizeof *plan);
  plan->graph = graph;
  plan->kernels = ln_kernels();
  plan->use = use;
  plan->n_segments = 1;
  LnStatus status = fill_plan(plan, err);
  if (status != LN_OK) return ln_plan_free(plan), status;
  *out = plan;
  return LN_OK;
}

void ln_plan_free(LnPlan *plan) {
  if (plan == NULL) return;
  for (int k = 0; k < plan->n_steps; k++) {
    const LnLayerType *type = plan->graph->layers[plan->steps[k].layer].type;
    if (plan->steps[k].needs.prepared != NULL) type->release(plan->steps[k].needs.prepared);
    ln_free(plan->steps[k].sums);
    ln_batch_free(plan, &plan->steps[k]);
  }
  for (int i = 0; i < plan->n_arenas; i++) ln_free(plan->arenas[i]);
  for (int i = 0; i < plan->n_scratches; i++) ln_free(plan->scratches[i]);
  ln_free(plan->arenas);
  ln_free(plan->scratches);
  ln_free(plan->packed);
  ln_free(plan->tensors);
  ln_free(plan->blocks);
  ln_free(plan->grad_written);
  ln_free(plan->values);
  ln_free(plan->steps);
  ln_free(plan);
}

/* More blocks of a size, up to a number. */
static LnStatus reserve(float ***blocks, int *n, int wanted, int64_t size, const char *what, LnError *err) {
  if (wanted <= *n) return LN_OK;
  float **list = ln_realloc(*blocks, (size_t)wanted * sizeof *list);
  if (list == NULL) return ln_fail_memory(err, what, (size_t)wanted * sizeof *list);
  *blocks = list;
  while (*n < wanted) {
    float *block = ln_calloc((size_t)size, sizeof *block);
    if (block == NULL) return ln_fail_memory(err, what, (size_t)size * sizeof *block);
    list[(*n)++] = block;
  }
  return LN_OK;
}

int64_t ln_plan_arena_bytes(const LnPlan *plan) {
  return plan->arena_size * (int64_t)sizeof(float);
}

LnStatus ln_plan_reserve(LnPlan *plan, int arenas, int workers, LnError *err) {
  LN_TRY(reserve(&plan->arenas, &plan->n_arenas, arenas, plan->arena_size, "activations of one sample", err));
  return reserve(&plan->scratches, &plan->n_scratches, workers, plan->scratch_size, "working memory of a thread", err);
}

static LnStatus reserve_sums(LnStep *step, int64_t samples, LnError *err) {
  size_t n = (size_t)((samples + 2) * step->needs.batch_sums);
  double *sums = ln_calloc(n, sizeof *sums);
  if (sums == NULL) return ln_fail_memory(err, "sums over the batch", n * sizeof *sums);
  ln_free(step->sums);
  step->sums = sums;
  return LN_OK;
}

LnStatus ln_plan_reserve_batch(LnPlan *plan, int64_t samples, LnTensor *const *tensors, LnError *err) {
  if (plan->n_segments == 1) return LN_OK;
  bool as_before = samples == plan->n_samples;
  plan->n_samples = 0; /* until all have room for as many */
  plan->batch_tensors = tensors;
  for (int k = 0; k < plan->n_steps; k++) {
    LnStep *step = &plan->steps[k];
    if (step->batch != NULL) LN_TRY(ln_batch_reserve(plan, step, samples, err));
    if (ln_plan_sums_batch(plan, step) && !as_before) LN_TRY(reserve_sums(step, samples, err));
  }
  plan->n_samples = samples;
  return LN_OK;
}

int64_t ln_plan_sample_bytes(const LnPlan *plan) {
  int64_t bytes = ln_plan_arena_bytes(plan);
  for (int k = 0; k < plan->n_steps; k++)
    if (plan->steps[k].batch != NULL) bytes += ln_batch_bytes(plan, &plan->steps[k]);
  return bytes;
}

bool ln_plan_looks_across(const LnPlan *plan) {
  for (int k = 0; k < plan->n_steps; k++)
    if (ln_plan_sums_batch(plan, &plan->steps[k])) return true;
  return false;
}

/* A layer that norms over the batch makes its bias of a channel of which it sees one value: nothing is learnt. */
LnStatus ln_plan_check_batch(const LnPlan *plan, int64_t samples, LnError *err) {
  for (int k = 0; k < plan->n_steps; k++) {
    const LnGraphLayer *layer = &plan->graph->layers[plan->steps[k].layer];
    LnShape in = ln_graph_shape(plan->graph, layer->inputs[0]);
    bool norms = layer->type->update != NULL && ln_plan_sums_batch(plan, &plan->steps[k]);
    if (!norms || samples * ln_shape_count(in) > in.d[0]) continue;
    return ln_fail(err, LN_ESHAPE,
                   "layer %d (%s): expected more than 1 value per channel in %s, got a batch of 1 of %s",
                   plan->steps[k].layer + 1, ln_item_name(layer->item),
                   plan->use.training ? "training" : "prediction without running statistics", LN_SHAPE_TEXT(in));
  }
  return LN_OK;
}

int ln_plan_segments(const LnPlan *plan) {
  return plan->n_segments;
}

const LnKernels *ln_plan_kernels(const LnPlan *plan) {
  return plan->kernels;
}

int ln_plan_steps(const LnPlan *plan) {
  return plan->n_steps;
}
