/* Training steps: see trainer.h. The samples of a batch go through the network in lanes: see lanes.h. */
#include "model/trainer.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/finite.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "loss/loss.h"
#include "model/lanes.h"
#include "model/network_parts.h"
#include "optim/optim.h"

enum {
  FEW_LANES = 8,
  CHUNK = 8192, /* floats handed to a thread at a time when gradients are added and applied */
};

struct LnTrainer {
  int refs;
  LnNetwork *net;
  LnItem *loss, *optim;
  int64_t steps;
  uint64_t seed;
  /* Made at the first step, and again when the network's shape changes. */
  LnPlan *plan;
  uint64_t shapes;       /* of the network when the plan was made */
  uint64_t version;      /* of the weights packed in the plan */
  bool input_grad;
  bool logits;           /* the loss contains the final sigmoid */
  LnSlot *slots;
  int n_slots;
  int64_t n_weights;     /* trained numbers in all */
  float *state;          /* the optimizer's: slots x n_weights */
  int n_state;
  LnLanes lanes;         /* gradients */
  float *outputs;        /* per worker, or sample: output and its gradient */
  int n_outputs;
  double *losses;        /* per sample */
  int64_t n_losses;
};

LnStatus ln_trainer_new(LnTrainer **out, LnNetwork *net, LnItem *loss, LnItem *optim, LnError *err) {
  if (strcmp(ln_item_type(loss)->kind, "loss") != 0)
    return ln_fail(err, LN_EARG, "trainer: 'loss' must be a loss, got %s.%s", ln_item_type(loss)->kind,
                   ln_item_type(loss)->name);
  if (strcmp(ln_item_type(optim)->kind, "optim") != 0)
    return ln_fail(err, LN_EARG, "trainer: 'optimizer' must be an optimizer, got %s.%s", ln_item_type(optim)->kind,
                   ln_item_type(optim)->name);
  LnTrainer *t = ln_calloc(1, sizeof *t);
  if (t == NULL) return ln_fail_memory(err, "trainer", sizeof *t);
  t->refs = 1;
  t->net = ln_network_ref(net);
  t->loss = ln_item_ref(loss);
  t->optim = ln_item_ref(optim);
  *out = t;
  return LN_OK;
}

void ln_trainer_seed(LnTrainer *t, uint64_t seed) {
  t->seed = seed;
}

static void drop_plan(LnTrainer *t) {
  ln_plan_free(t->plan);
  ln_free(t->outputs);
  t->plan = NULL, t->outputs = NULL, t->n_outputs = 0;
}

void ln_trainer_unref(LnTrainer *t) {
  if (t == NULL || --t->refs > 0) return;
  assert(t->refs == 0);
  drop_plan(t);
  ln_free(t->slots);
  ln_free(t->state);
  ln_lanes_free(&t->lanes);
  ln_free(t->losses);
  ln_item_unref(t->loss);
  ln_item_unref(t->optim);
  ln_network_unref(t->net);
  ln_free(t);
}

int64_t ln_trainer_steps(const LnTrainer *t) {
  return t->steps;
}

LnNetwork *ln_trainer_network(LnTrainer *t) {
  return t->net;
}

/* ---- Getting ready ---- */

static const LnLossType *loss_type(const LnTrainer *t) {
  return (const LnLossType *)ln_item_type(t->loss);
}

static const LnOptimType *optim_type(const LnTrainer *t) {
  return (const LnOptimType *)ln_item_type(t->optim);
}

static int64_t chunks_of(int64_t weights) {
  return (weights + CHUNK - 1) / CHUNK;
}

/* The trained tensors and the optimizer's state: made once, since weights keep their shapes. */
static LnStatus make_state(LnTrainer *t, LnError *err) {
  int tensors = ln_network_tensors(t->net);
  if (t->slots != NULL && t->n_state != optim_type(t)->slots(ln_item_options(t->optim)))
    return ln_fail(err, LN_EARG, "trainer: options of the optimizer were changed after its first step");
  if (t->slots != NULL) return LN_OK;
  LnSlot *slots = ln_calloc((size_t)tensors + 1, sizeof *slots);
  if (slots == NULL) return ln_fail_memory(err, "trainer", (size_t)tensors * sizeof *slots);
  int n = 0;
  int64_t total = 0;
  for (int i = 0; i < tensors; i++) {
    if (!ln_network_tensor_trained(t->net, i)) continue;
    int64_t size = ln_shape_count(t->net->weights.tensors[i]->shape);
    slots[n++] = (LnSlot){.tensor = i, .offset = total, .size = size};
    total += (size + 15) / 16 * 16;
  }
  t->n_state = optim_type(t)->slots(ln_item_options(t->optim));
  float *state = ln_calloc((size_t)(total * t->n_state), sizeof *state);
  if (state == NULL)
    return ln_free(slots), ln_fail_memory(err, "optimizer state", (size_t)(total * t->n_state) * sizeof *state);
  t->slots = slots, t->n_slots = n, t->n_weights = total, t->state = state;
  return LN_OK;
}

static LnStatus make_plan(LnTrainer *t, bool input_grad, LnError *err) {
  bool fits = t->plan != NULL && t->shapes == t->net->shapes && t->input_grad == input_grad &&
              ln_plan_kernels(t->plan) == ln_kernels();
  if (fits) return LN_OK;
  drop_plan(t);
  LN_TRY(ln_plan_new(&t->plan, &t->net->graph, (LnPlanUse){.training = true, .input_grad = input_grad}, err));
  t->shapes = t->net->shapes;
  t->input_grad = input_grad;
  t->version = t->net->version - 1;
  t->logits = loss_type(t)->eval_logits != NULL && ln_plan_ends_in_sigmoid(t->plan);
  ln_plan_give_logits(t->plan, t->logits);
  return LN_OK;
}

static LnStatus make_workers(LnTrainer *t, int workers, int64_t n, LnError *err) {
  int slots = ln_plan_phases(t->plan) > 1 ? (int)n : workers; /* arenas and outputs */
  LN_TRY(ln_plan_reserve(t->plan, slots, workers, err));
  LN_TRY(ln_plan_reserve_batch(t->plan, n, err));
  int64_t output = ln_shape_count(ln_network_output_shape(t->net));
  if (slots > t->n_outputs) {
    float *outputs = ln_alloc((size_t)(slots * 2 * output) * sizeof *outputs);
    if (outputs == NULL) return ln_fail_memory(err, "network output", (size_t)(slots * 2 * output) * sizeof *outputs);
    ln_free(t->outputs);
    t->outputs = outputs, t->n_outputs = slots;
  }
  if (n > t->n_losses) {
    double *losses = ln_alloc((size_t)n * sizeof *losses);
    if (losses == NULL) return ln_fail_memory(err, "losses", (size_t)n * sizeof *losses);
    ln_free(t->losses);
    t->losses = losses, t->n_losses = n;
  }
  return LN_OK;
}

/* ---- One batch ---- */

typedef struct Batch {
  LnTrainer *trainer;
  int64_t n;              /* samples */
  int lanes;
  LnTensor *input, *target; /* contiguous */
  int64_t in_size, out_size;
  LnShape out;
  float *d_input;         /* or NULL */
  int phase;
  atomic_bool not_finite; /* some gradient */
} Batch;

static LnStatus check_batch(Batch *b, LnNetwork *net, LnTensor *input, LnTensor *target, LnError *err) {
  LnShape sample, wanted;
  LN_TRY(ln_sample_shape(&sample, "input", input->shape, err));
  LN_TRY(ln_sample_shape(&wanted, "target", target->shape, err));
  if (input->shape.d[0] != target->shape.d[0])
    return ln_fail(err, LN_ESHAPE, "input has %" PRId64 " samples and target %" PRId64, input->shape.d[0],
                   target->shape.d[0]);
  if (input->shape.d[0] < 1) return ln_fail(err, LN_ESHAPE, "a batch needs at least one sample");
  LN_TRY(ln_network_build(net, sample, 0, err));
  b->n = input->shape.d[0];
  b->out = ln_network_output_shape(net);
  if (!ln_shape_equal(wanted, b->out))
    return ln_fail(err, LN_ESHAPE, "target samples are %s, but the network gives %s", LN_SHAPE_TEXT(wanted),
                   LN_SHAPE_TEXT(b->out));
  b->in_size = ln_shape_count(sample);
  b->out_size = ln_shape_count(b->out);
  return LN_OK;
}

static LnPlanSample sample_of(const Batch *b, int64_t index, int worker) {
  LnRng step = {b->trainer->seed, (uint64_t)b->trainer->steps};
  return (LnPlanSample){.arena = ln_plan_phases(b->trainer->plan) > 1 ? (int)index : worker,
                        .worker = worker,
                        .index = index,
                        .rng = ln_rng_derive(step, (uint64_t)index)};
}

/* The longer lanes come first, so that threads that take lanes as they get free end together. */
static int64_t lane_begin(const Batch *b, int64_t lane) {
  int64_t longer = b->n % b->lanes;
  return b->n / b->lanes * lane + (lane < longer ? lane : longer);
}

/* The sample's loss, and its gradient with respect to the output. */
static void take_loss(const Batch *b, int64_t index, float *dy, const float *y) {
  LnTrainer *t = b->trainer;
  const LnLossType *type = loss_type(t);
  const float *target = b->target->data + index * b->out_size;
  t->losses[index] =
      (t->logits ? type->eval_logits : type->eval)(ln_item_options(t->loss), dy, y, target, b->out, 1.0 / (double)b->n);
}

static const float *input_of(const Batch *b, int64_t index) {
  return b->input->data + index * b->in_size;
}

static float *input_grad_of(const Batch *b, int64_t index) {
  return b->d_input == NULL ? NULL : b->d_input + index * b->in_size;
}

/* One lane: each of its samples forward and backward. */
static void run_lane(void *context, int64_t lane, int worker) {
  const Batch *b = context;
  LnTrainer *t = b->trainer;
  float *y = t->outputs + worker * 2 * b->out_size, *dy = y + b->out_size;
  ln_lanes_begin(&t->lanes, (int)lane);
  for (int64_t s = lane_begin(b, lane); s < lane_begin(b, lane + 1); s++) {
    LnPlanSample sample = sample_of(b, s, worker);
    ln_plan_forward(t->plan, sample, y, input_of(b, s));
    take_loss(b, s, dy, y);
    ln_plan_backward(t->plan, sample, ln_lanes_grads(&t->lanes, (int)lane), input_grad_of(b, s), dy);
  }
  ln_lanes_end(&t->lanes, (int)lane);
}

/* One phase of one lane, where layers look across the batch. Outputs are kept per sample then. */
static void run_lane_forward(void *context, int64_t lane, int worker) {
  const Batch *b = context;
  LnTrainer *t = b->trainer;
  for (int64_t s = lane_begin(b, lane); s < lane_begin(b, lane + 1); s++) {
    float *y = t->outputs + s * 2 * b->out_size;
    ln_plan_forward_phase(t->plan, b->phase, sample_of(b, s, worker), y, input_of(b, s));
    if (b->phase == ln_plan_phases(t->plan) - 1) take_loss(b, s, y + b->out_size, y);
  }
}

static void run_lane_backward(void *context, int64_t lane, int worker) {
  const Batch *b = context;
  LnTrainer *t = b->trainer;
  if (b->phase == ln_plan_phases(t->plan) - 1) ln_lanes_begin(&t->lanes, (int)lane);
  for (int64_t s = lane_begin(b, lane); s < lane_begin(b, lane + 1); s++)
    ln_plan_backward_phase(t->plan, b->phase, sample_of(b, s, worker), ln_lanes_grads(&t->lanes, (int)lane),
                           input_grad_of(b, s), t->outputs + (s * 2 + 1) * b->out_size);
  if (b->phase == 0) ln_lanes_end(&t->lanes, (int)lane);
}

static void run_lanes(Batch *b) {
  LnPlan *plan = b->trainer->plan;
  int phases = ln_plan_phases(plan);
  ln_lanes_start(&b->trainer->lanes, b->lanes);
  if (phases == 1) {
    ln_parallel(b->lanes, run_lane, b);
    return;
  }
  for (b->phase = 0; b->phase < phases; b->phase++) {
    ln_parallel(b->lanes, run_lane_forward, b);
    ln_plan_add_up(plan, b->phase);
  }
  for (b->phase = phases - 1; b->phase >= 0; b->phase--) {
    ln_parallel(b->lanes, run_lane_backward, b);
    ln_plan_add_up_grad(plan, b->phase);
  }
}

static void add_rest(void *context, int64_t chunk, int worker) {
  Batch *b = context;
  LnTrainer *t = b->trainer;
  int64_t begin = chunk * CHUNK, size = t->n_weights - begin < CHUNK ? t->n_weights - begin : CHUNK;
  (void)worker;
  ln_lanes_add_rest(&t->lanes, begin, size);
  if (!ln_all_finite(ln_lanes_sum(&t->lanes) + begin, size)) atomic_store(&b->not_finite, true);
}

static double mean_loss(const double *losses, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += losses[i];
  return sum / (double)n;
}

static void update_chunk(void *context, int64_t chunk, int worker) {
  const Batch *b = context;
  LnTrainer *t = b->trainer;
  int64_t begin = chunk * CHUNK, end = begin + CHUNK;
  (void)worker;
  for (int i = 0; i < t->n_slots; i++) {
    const LnSlot *slot = &t->slots[i];
    int64_t from = begin > slot->offset ? begin : slot->offset;
    int64_t to = end < slot->offset + slot->size ? end : slot->offset + slot->size;
    float *state[LN_OPTIM_MAX_SLOTS];
    if (from >= to) continue;
    for (int k = 0; k < t->n_state; k++) state[k] = t->state + k * t->n_weights + from;
    optim_type(t)->step(ln_item_options(t->optim), t->net->weights.data[slot->tensor] + (from - slot->offset),
                        ln_lanes_sum(&t->lanes) + from, state, to - from, t->steps + 1);
  }
}

static LnStatus check_finite(const Batch *b, double loss, LnError *err) {
  const LnTrainer *t = b->trainer;
  if (!isfinite(loss))
    return ln_fail(err, LN_ENUMERIC, "step %" PRId64 ": the loss is %s", t->steps + 1,
                   isnan(loss) ? "NaN" : "infinite");
  for (int i = 0; b->not_finite && i < t->n_slots; i++)
    if (!ln_all_finite(ln_lanes_sum(&t->lanes) + t->slots[i].offset, t->slots[i].size))
      return ln_fail(err, LN_ENUMERIC, "step %" PRId64 ": the gradient of %s is not finite", t->steps + 1,
                     ln_network_tensor_name(t->net, t->slots[i].tensor));
  return LN_OK;
}

/* Every lane costs time, as its gradients are cleared and added: 5 % of a step of ten samples with ten lanes. More than
 * FEW_LANES only with two samples for each. */
static int lanes_for(int64_t samples) {
  int64_t lanes = samples / 2;
  if (lanes < FEW_LANES) lanes = FEW_LANES;
  if (lanes > LN_MOST_LANES) lanes = LN_MOST_LANES;
  return (int)(lanes < samples ? lanes : samples);
}

/* Gradients of the mean loss, as the lanes' sum. */
static LnStatus run_batch(Batch *b, double *loss, LnTensor *input, LnTensor *target, LnTensor **d_input, LnError *err) {
  LnTrainer *t = b->trainer;
  LN_TRY(check_batch(b, t->net, input, target, err));
  b->lanes = lanes_for(b->n);
  LN_TRY(make_state(t, err));
  LN_TRY(ln_lanes_reserve(&t->lanes, b->lanes, t->slots, t->n_slots, t->n_weights, ln_network_tensors(t->net), err));
  LN_TRY(make_plan(t, d_input != NULL, err));
  LN_TRY(make_workers(t, b->lanes < ln_threads() ? b->lanes : ln_threads(), b->n, err));
  if (d_input != NULL) {
    LN_TRY(ln_tensor_new(d_input, input->shape, err));
    b->d_input = (*d_input)->data;
  }
  LN_TRY(ln_tensor_as_contiguous(&b->input, input, err));
  LN_TRY(ln_tensor_as_contiguous(&b->target, target, err));
  if (t->version != t->net->version) ln_plan_prepare(t->plan, t->net->weights.data);
  t->version = t->net->version;
  run_lanes(b);
  ln_parallel(chunks_of(t->n_weights), add_rest, b);
  *loss = mean_loss(t->losses, b->n);
  return check_finite(b, *loss, err);
}

static void end_batch(Batch *b) {
  ln_tensor_unref(b->input);
  ln_tensor_unref(b->target);
}

LnStatus ln_trainer_step(LnTrainer *t, double *loss, LnTensor *input, LnTensor *target, LnError *err) {
  Batch b = {.trainer = t};
  LnStatus status = run_batch(&b, loss, input, target, NULL, err);
  if (status == LN_OK) {
    ln_parallel(chunks_of(t->n_weights), update_chunk, &b);
    ln_plan_update_state(t->plan, t->net->weights.data);
    t->steps++;
    ln_network_touch(t->net);
  }
  end_batch(&b);
  return status;
}

/* ---- Without an update ---- */

LnStatus ln_trainer_evaluate(LnTrainer *t, double *loss, LnTensor *input, LnTensor *target, LnError *err) {
  Batch b = {.trainer = t};
  LnTensor *output = NULL;
  bool logits = loss_type(t)->eval_logits != NULL;
  LN_TRY(check_batch(&b, t->net, input, target, err));
  LN_TRY(ln_network_predict_logits(&output, &logits, t->net, input, err));
  LnStatus status = ln_tensor_as_contiguous(&b.target, target, err);
  if (status == LN_OK) {
    const LnLossType *type = loss_type(t);
    double sum = 0;
    for (int64_t s = 0; s < b.n; s++)
      sum += (logits ? type->eval_logits : type->eval)(ln_item_options(t->loss), NULL, output->data + s * b.out_size,
                                                       b.target->data + s * b.out_size, b.out, 1.0);
    *loss = sum / (double)b.n;
  }
  ln_tensor_unref(output);
  end_batch(&b);
  return status;
}

/* The gradients as users see the weights. */
static LnStatus export_gradients(LnTensor **out, LnTrainer *t, LnError *err) {
  for (int i = 0; i < t->n_slots; i++) {
    const LnSlot *slot = &t->slots[i];
    LnTensor *plain = NULL;
    LN_TRY(ln_tensor_new(&plain, t->net->weights.tensors[slot->tensor]->shape, err));
    memcpy(plain->data, ln_lanes_sum(&t->lanes) + slot->offset, (size_t)slot->size * sizeof(float));
    LnStatus status = ln_network_wrap_like(&out[slot->tensor], t->net, slot->tensor, plain, err);
    ln_tensor_unref(plain);
    if (status != LN_OK) return status;
  }
  return LN_OK;
}

LnStatus ln_trainer_gradients(LnTrainer *t, double *loss, LnTensor **out, LnTensor **d_input, LnTensor *input,
                              LnTensor *target, LnError *err) {
  Batch b = {.trainer = t};
  LnTensor *dx = NULL;
  if (!ln_network_built(t->net))
    return ln_fail(err, LN_EARG, "gradients: the network is not built, so nobody knows yet how many there are");
  LnStatus status = run_batch(&b, loss, input, target, d_input == NULL ? NULL : &dx, err);
  int tensors = ln_network_tensors(t->net);
  for (int i = 0; i < tensors; i++) out[i] = NULL;
  if (status == LN_OK) status = export_gradients(out, t, err);
  end_batch(&b);
  if (status != LN_OK) {
    for (int i = 0; i < tensors; i++) ln_tensor_unref(out[i]), out[i] = NULL;
    ln_tensor_unref(dx);
    return status;
  }
  if (d_input != NULL) *d_input = dx;
  return LN_OK;
}
