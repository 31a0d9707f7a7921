/* Training steps: see trainer.h. The samples of a batch go through the network in shards: see shards.h. */
#include "model/trainer.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/finite.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "loss/evaluate.h"
#include "model/shards.h"
#include "model/network_parts.h"
#include "model/update_parts.h"

enum { FEW_SHARDS = 8 };

struct LnTrainer {
  int refs;
  LnNetwork *net;
  LnItem *loss;
  LnUpdate update;       /* the optimizer, its state, where parameters lie in gradients */
  uint64_t seed;
  /* Made at the first step, and again when the network's shape changes. */
  LnPlan *plan;
  uint64_t shapes;       /* of the network when the plan was made */
  uint64_t freezes;      /* likewise */
  uint64_t version;      /* of the parameters packed in the plan */
  bool input_grad;
  bool logits;           /* the loss contains the final activation */
  bool by_batch;         /* all samples go forward before any goes back: each has an arena of its own */
  LnShards shards;       /* gradients */
  LnTensor *y, *dy;      /* by arena: output and its gradient */
  double *losses;        /* per sample */
  int64_t n_losses;
  float *scratch;        /* per worker: the loss's */
  int64_t n_scratch;
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
  ln_update_init(&t->update, net, optim);
  *out = t;
  return LN_OK;
}

void ln_trainer_seed(LnTrainer *t, uint64_t seed) {
  t->seed = seed;
}

static void drop_plan(LnTrainer *t) {
  ln_plan_free(t->plan);
  ln_tensor_unref(t->y);
  ln_tensor_unref(t->dy);
  t->plan = NULL, t->y = t->dy = NULL;
}

void ln_trainer_unref(LnTrainer *t) {
  if (t == NULL || --t->refs > 0) return;
  assert(t->refs == 0);
  drop_plan(t);
  ln_update_free(&t->update);
  ln_shards_free(&t->shards);
  ln_free(t->losses);
  ln_free(t->scratch);
  ln_item_unref(t->loss);
  ln_network_unref(t->net);
  ln_free(t);
}

int64_t ln_trainer_steps(const LnTrainer *t) {
  return t->update.steps;
}

LnNetwork *ln_trainer_network(LnTrainer *t) {
  return t->net;
}

LnUpdate *ln_trainer_update(LnTrainer *t) {
  return &t->update;
}

/* ---- Getting ready ---- */

static LnStatus make_plan(LnTrainer *t, bool input_grad, LnError *err) {
  bool fits = t->plan != NULL && t->shapes == t->net->shapes && t->freezes == t->net->freezes &&
              t->input_grad == input_grad && ln_plan_kernels(t->plan) == ln_kernels();
  if (fits) return LN_OK;
  drop_plan(t);
  LnPlanUse use = {.training = true, .input_grad = input_grad, .frozen = t->net->frozen};
  LN_TRY(ln_plan_new(&t->plan, &t->net->graph, use, err));
  t->freezes = t->net->freezes;
  t->shapes = t->net->shapes;
  t->input_grad = input_grad;
  t->version = t->net->version - 1;
  LnActivationCode absorbed = ln_loss_absorbs(t->loss);
  t->logits = absorbed != LN_ACT_linear && absorbed == ln_plan_ends_in(t->plan);
  ln_plan_give_logits(t->plan, t->logits);
  t->by_batch = ln_plan_segments(t->plan) > 1 || ln_loss_has_batch_terms(t->loss);
  return LN_OK;
}

/* A tensor of n samples to write to: the one that is there, unless whoever got it at an earlier step has kept it. */
static LnStatus make_outputs(LnTensor **t, int64_t n, LnShape sample, LnError *err) {
  LnShape shape = ln_batch_shape(n, sample);
  LnTensor *made = NULL;
  if (*t != NULL && ln_shape_equal((*t)->shape, shape) && ln_tensor_unshared(*t)) return LN_OK;
  LN_TRY(ln_tensor_new(&made, shape, err));
  ln_tensor_unref(*t);
  *t = made;
  return LN_OK;
}

static LnStatus make_scratch(LnTrainer *t, int workers, LnError *err) {
  LN_TRY(ln_loss_check_sample(t->loss, ln_network_output_shape(t->net), err));
  int64_t size = workers * ln_loss_scratch(t->loss, ln_network_output_shape(t->net));
  if (size <= t->n_scratch) return LN_OK;
  float *scratch = ln_alloc((size_t)size * sizeof *scratch);
  if (scratch == NULL) return ln_fail_memory(err, "loss", (size_t)size * sizeof *scratch);
  ln_free(t->scratch);
  t->scratch = scratch, t->n_scratch = size;
  return LN_OK;
}

static LnStatus make_workers(LnTrainer *t, int workers, int64_t n, LnError *err) {
  int arenas = t->by_batch ? (int)n : workers;
  LN_TRY(ln_plan_reserve(t->plan, arenas, workers, err));
  LN_TRY(ln_plan_reserve_batch(t->plan, n, t->net->parameters.tensors, err));
  LN_TRY(make_outputs(&t->y, arenas, ln_network_output_shape(t->net), err));
  LN_TRY(make_outputs(&t->dy, arenas, ln_network_output_shape(t->net), err));
  LN_TRY(make_scratch(t, workers, err));
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
  int shards;
  LnTensor *input, *target; /* contiguous */
  int64_t in_size, out_size;
  LnShape out;
  float *d_input;         /* or NULL */
  int segment;
  double loss;            /* what was worked out of the whole batch */
  bool begun;             /* ln_network_begin */
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

static LnRng rng_of(const Batch *b) {
  return (LnRng){b->trainer->seed, (uint64_t)b->trainer->net->trained.steps};
}

static LnPlanSample sample_of(const Batch *b, int64_t index, int worker) {
  return (LnPlanSample){.arena = b->trainer->by_batch ? (int)index : worker,
                        .worker = worker,
                        .index = index,
                        .rng = ln_rng_derive(rng_of(b), (uint64_t)index)};
}

/* The longer shards come first, so that threads that take shards as they get free end together. */
static int64_t shard_begin(const Batch *b, int64_t shard) {
  int64_t longer = b->n % b->shards;
  return b->n / b->shards * shard + (shard < longer ? shard : longer);
}

static float *scratch_of(const LnTrainer *t, int worker) {
  return t->scratch == NULL ? NULL : t->scratch + worker * ln_loss_scratch(t->loss, ln_network_output_shape(t->net));
}

/* The sample's loss, and its gradient with respect to the output. */
static void take_loss(const Batch *b, int64_t index, int worker, float *dy, const float *y) {
  LnTrainer *t = b->trainer;
  const float *target = b->target->data + index * b->out_size;
  t->losses[index] =
      ln_loss_eval(t->loss, t->logits, dy, scratch_of(t, worker), y, target, b->out, 1.0 / (double)b->n);
}

/* What is worked out of the whole batch, on this thread, comes on top. */
static LnStatus add_batch_loss(Batch *b, LnError *err) {
  LnTrainer *t = b->trainer;
  LnTensor *grad = NULL;
  if (!ln_loss_has_batch_terms(t->loss)) return LN_OK;
  LN_TRY(ln_loss_eval_batch(t->loss, t->logits, &b->loss, &grad, t->y, b->target, err));
  ln_kernels()->add(t->dy->data, grad->data, b->n * b->out_size);
  ln_tensor_unref(grad);
  return LN_OK;
}

static float *output_of(const Batch *b, int arena) {
  return b->trainer->y->data + arena * b->out_size;
}

static float *output_grad_of(const Batch *b, int arena) {
  return b->trainer->dy->data + arena * b->out_size;
}

static const float *input_of(const Batch *b, int64_t index) {
  return b->input->data + index * b->in_size;
}

static float *input_grad_of(const Batch *b, int64_t index) {
  return b->d_input == NULL ? NULL : b->d_input + index * b->in_size;
}

/* One shard: each of its samples forward and backward. */
static void run_shard(void *context, int64_t shard, int worker) {
  const Batch *b = context;
  LnTrainer *t = b->trainer;
  float *y = output_of(b, worker), *dy = output_grad_of(b, worker);
  ln_shards_begin(&t->shards, (int)shard);
  for (int64_t s = shard_begin(b, shard); s < shard_begin(b, shard + 1); s++) {
    LnPlanSample sample = sample_of(b, s, worker);
    ln_plan_forward(t->plan, sample, y, input_of(b, s));
    take_loss(b, s, worker, dy, y);
    ln_plan_backward(t->plan, sample, ln_shards_grads(&t->shards, (int)shard), input_grad_of(b, s), dy);
  }
  ln_shards_end(&t->shards, (int)shard);
}

/* One segment of one shard, where layers or the loss look across the batch. */
static void run_shard_forward(void *context, int64_t shard, int worker) {
  const Batch *b = context;
  LnTrainer *t = b->trainer;
  for (int64_t s = shard_begin(b, shard); s < shard_begin(b, shard + 1); s++) {
    LnPlanSample sample = sample_of(b, s, worker);
    float *y = output_of(b, sample.arena);
    ln_plan_forward_segment(t->plan, b->segment, sample, y, input_of(b, s));
    if (b->segment == ln_plan_segments(t->plan) - 1) take_loss(b, s, worker, output_grad_of(b, sample.arena), y);
  }
}

static void run_shard_backward(void *context, int64_t shard, int worker) {
  const Batch *b = context;
  LnTrainer *t = b->trainer;
  if (b->segment == ln_plan_segments(t->plan) - 1) ln_shards_begin(&t->shards, (int)shard);
  for (int64_t s = shard_begin(b, shard); s < shard_begin(b, shard + 1); s++) {
    LnPlanSample sample = sample_of(b, s, worker);
    ln_plan_backward_segment(t->plan, b->segment, sample, ln_shards_grads(&t->shards, (int)shard), input_grad_of(b, s),
                             output_grad_of(b, sample.arena));
  }
  if (b->segment == 0) ln_shards_end(&t->shards, (int)shard);
}

static LnStatus run_shards(Batch *b, LnError *err) {
  LnPlan *plan = b->trainer->plan;
  int segments = ln_plan_segments(plan);
  ln_shards_start(&b->trainer->shards, b->shards);
  if (!b->trainer->by_batch) return ln_parallel_stoppable(b->shards, run_shard, b, err);
  for (b->segment = 0; b->segment < segments; b->segment++) {
    LN_TRY(ln_parallel_stoppable(b->shards, run_shard_forward, b, err));
    LN_TRY(ln_plan_meet(plan, b->segment, rng_of(b), err));
  }
  LN_TRY(add_batch_loss(b, err));
  for (b->segment = segments - 1; b->segment >= 0; b->segment--) {
    LN_TRY(ln_parallel_stoppable(b->shards, run_shard_backward, b, err));
    LN_TRY(ln_plan_meet_back(plan, b->segment, rng_of(b), ln_shards_grads(&b->trainer->shards, 0), err));
  }
  return LN_OK;
}

static void add_rest(void *context, int64_t chunk, int worker) {
  Batch *b = context;
  LnTrainer *t = b->trainer;
  int64_t begin = chunk * LN_UPDATE_CHUNK, rest = t->update.size - begin;
  int64_t size = rest < LN_UPDATE_CHUNK ? rest : LN_UPDATE_CHUNK;
  (void)worker;
  ln_shards_add_rest(&t->shards, begin, size);
  if (!ln_all_finite(ln_shards_sum(&t->shards) + begin, size)) atomic_store(&b->not_finite, true);
}

static double mean_loss(const double *losses, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += losses[i];
  return sum / (double)n;
}

/* "; lower lr (0.5 now)", as too large a rate is the usual reason; "" for an optimizer without one. */
static const char *rate_hint(const LnTrainer *t, char *text, size_t size) {
  text[0] = '\0';
  if (ln_param_find(ln_item_type(t->update.optim)->params, "lr") != NULL)
    snprintf(text, size, "; lower lr (%g now)", t->update.lr);
  return text;
}

static LnStatus check_finite(const Batch *b, double loss, LnError *err) {
  const LnTrainer *t = b->trainer;
  char hint[48];
  if (!isfinite(loss))
    return ln_fail(err, LN_ENUMERIC, "step %" PRId64 ": the loss is %s%s", t->update.steps + 1,
                   isnan(loss) ? "NaN" : "infinite", rate_hint(t, hint, sizeof hint));
  for (int i = 0; b->not_finite && i < t->update.n_ranges; i++)
    if (!ln_all_finite(ln_shards_sum(&t->shards) + t->update.ranges[i].offset, t->update.ranges[i].size))
      return ln_fail(err, LN_ENUMERIC, "step %" PRId64 ": the gradient of %s is not finite%s", t->update.steps + 1,
                     ln_network_tensor_name(t->net, t->update.ranges[i].tensor), rate_hint(t, hint, sizeof hint));
  return LN_OK;
}

/* Every shard costs time, as its gradients are cleared and added: 5 % of a step of ten samples with ten shards. More
 * than FEW_SHARDS only with two samples for each. */
static int shards_for(int64_t samples) {
  int64_t shards = samples / 2;
  if (shards < FEW_SHARDS) shards = FEW_SHARDS;
  if (shards > LN_MAX_SHARDS) shards = LN_MAX_SHARDS;
  return (int)(shards < samples ? shards : samples);
}

/* A layer that norms over the batch makes its bias of a channel of which it sees one value: nothing is learnt. */
static LnStatus check_counts(const Batch *b, const LnGraph *graph, LnError *err) {
  for (int i = 0; i < graph->n; i++) {
    const LnGraphLayer *layer = &graph->layers[i];
    LnShape in = ln_graph_shape(graph, layer->inputs[0]);
    if (layer->type->batch_stats == NULL || b->n * ln_shape_count(in) > in.d[0]) continue;
    return ln_fail(err, LN_ESHAPE,
                   "layer %d (%s): expected more than 1 value per channel in training, got a batch of 1 of %s", i + 1,
                   ln_item_name(layer->item), LN_SHAPE_TEXT(in));
  }
  return LN_OK;
}

static LnStatus begin_batch(Batch *b, LnError *err) {
  LN_TRY(ln_network_begin(b->trainer->net, "trainer", err));
  b->trainer->refs++; /* what is called meanwhile may give it up */
  b->begun = true;
  return LN_OK;
}

static void end_batch(Batch *b) {
  if (b->begun && b->trainer->plan != NULL) ln_plan_end_batch(b->trainer->plan);
  if (b->begun) ln_network_end(b->trainer->net);
  ln_tensor_unref(b->input);
  ln_tensor_unref(b->target);
  if (b->begun) ln_trainer_unref(b->trainer);
}

/* Gradients of the mean loss, as the shards' sum. */
static LnStatus run_batch(Batch *b, double *loss, LnTensor *input, LnTensor *target, LnTensor **d_input, LnError *err) {
  LnTrainer *t = b->trainer;
  LN_TRY(check_batch(b, t->net, input, target, err));
  LN_TRY(begin_batch(b, err));
  LN_TRY(check_counts(b, &t->net->graph, err));
  b->shards = shards_for(b->n);
  LN_TRY(ln_update_prepare(&t->update, err));
  LN_TRY(ln_shards_reserve(&t->shards, b->shards, t->update.ranges, t->update.n_ranges, t->update.size,
                           ln_network_tensors(t->net), err));
  LN_TRY(make_plan(t, d_input != NULL, err));
  LN_TRY(make_workers(t, b->shards < ln_threads() ? b->shards : ln_threads(), b->n, err));
  if (d_input != NULL) {
    LN_TRY(ln_tensor_new(d_input, input->shape, err));
    b->d_input = (*d_input)->data;
  }
  LN_TRY(ln_tensor_as_contiguous(&b->input, input, err));
  LN_TRY(ln_tensor_as_contiguous(&b->target, target, err));
  if (t->version != t->net->version) ln_plan_prepare(t->plan, t->net->parameters.data);
  t->version = t->net->version;
  LN_TRY(run_shards(b, err));
  LN_TRY(ln_parallel_stoppable(ln_update_chunks(&t->update), add_rest, b, err));
  *loss = b->loss + mean_loss(t->losses, b->n);
  return check_finite(b, *loss, err);
}

LnStatus ln_trainer_step(LnTrainer *t, double *loss, LnTensor *input, LnTensor *target, LnError *err) {
  Batch b = {.trainer = t};
  LnStatus status = run_batch(&b, loss, input, target, NULL, err);
  if (status == LN_OK) {
    ln_update_apply(&t->update, ln_shards_sum(&t->shards)); /* from here on no interrupt stops it */
    ln_plan_update_state(t->plan, t->net->parameters.data);
    t->net->trained.steps++;
    ln_network_weights_changed(t->net);
  }
  end_batch(&b);
  return status;
}

/* ---- Without an update ---- */

/* The mean loss of what the network gives. */
static LnStatus loss_of(const Batch *b, double *loss, bool logits, LnTensor *output, LnError *err) {
  LnTrainer *t = b->trainer;
  double sum = 0, of_batch = 0;
  if (ln_loss_has_batch_terms(t->loss))
    LN_TRY(ln_loss_eval_batch(t->loss, logits, &of_batch, NULL, output, b->target, err));
  for (int64_t s = 0; s < b->n; s++)
    sum += ln_loss_eval(t->loss, logits, NULL, t->scratch, output->data + s * b->out_size,
                        b->target->data + s * b->out_size, b->out, 1.0);
  *loss = of_batch + sum / (double)b->n;
  return LN_OK;
}

LnStatus ln_trainer_evaluate(LnTrainer *t, double *loss, LnTensor *input, LnTensor *target, LnError *err) {
  Batch b = {.trainer = t};
  LnTensor *output = NULL;
  bool logits;
  LN_TRY(check_batch(&b, t->net, input, target, err));
  LN_TRY(make_scratch(t, 1, err));
  LN_TRY(ln_network_predict_logits(&output, &logits, t->net, input, ln_loss_absorbs(t->loss), err));
  LnStatus status = begin_batch(&b, err);
  if (status == LN_OK) status = ln_tensor_as_contiguous(&b.target, target, err);
  if (status == LN_OK) status = loss_of(&b, loss, logits, output, err);
  ln_tensor_unref(output);
  end_batch(&b);
  return status;
}

/* The gradients as users see the parameters. */
static LnStatus export_gradients(LnTensor **out, LnTrainer *t, LnError *err) {
  for (int i = 0; i < t->update.n_ranges; i++) {
    const LnParameterRange *range = &t->update.ranges[i];
    LnTensor *plain = NULL;
    if (ln_network_tensor_frozen(t->net, range->tensor)) continue;
    LN_TRY(ln_tensor_new(&plain, t->net->parameters.tensors[range->tensor]->shape, err));
    memcpy(plain->data, ln_shards_sum(&t->shards) + range->offset, (size_t)range->size * sizeof(float));
    LnStatus status = ln_network_wrap_like(&out[range->tensor], t->net, range->tensor, plain, err);
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
