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
  int n_ends;            /* outputs of the network; for each: */
  LnOutputLoss loss[LN_MAX_ENDS];
  LnUpdate update;       /* the optimizer, its state, where parameters lie in gradients */
  uint64_t seed;
  /* Made at the first step, and again when the network's shape changes. */
  LnPlan *plan;
  uint64_t shapes;       /* of the network when the plan was made */
  uint64_t freezes;      /* likewise */
  uint64_t version;      /* of the parameters packed in the plan */
  bool input_grad;
  bool logits[LN_MAX_ENDS]; /* the loss contains the final activation */
  bool by_batch;         /* all samples go forward before any goes back: each has an arena of its own */
  LnShards shards;       /* gradients */
  LnTensor *y[LN_MAX_ENDS], *dy[LN_MAX_ENDS]; /* by arena: outputs and their gradients */
  double *losses;        /* of each output, per sample */
  int64_t n_losses;
  float *scratch;        /* per worker: the losses' */
  int64_t n_scratch, scratch_size; /* in all; of one worker */
  double parts[LN_MAX_ENDS];
};

static LnStatus check_losses(const LnNetwork *net, const LnOutputLoss *losses, int n, LnError *err) {
  for (int i = 0; i < n; i++) {
    const LnType *type = ln_item_type(losses[i].loss);
    if (strcmp(type->kind, "loss") != 0)
      return ln_fail(err, LN_EARG, "trainer: 'loss' must be a loss, got %s.%s", type->kind, type->name);
    if (!(losses[i].weight > 0 && isfinite(losses[i].weight)))
      return ln_fail(err, LN_EARG, "trainer: the weight of loss %d must be above 0, got %g", i + 1, losses[i].weight);
  }
  if (n == ln_network_outputs(net)) return LN_OK;
  return ln_fail(err, LN_EARG, "trainer: the network has %d output%s, but there %s %d loss%s", ln_network_outputs(net),
                 ln_network_outputs(net) == 1 ? "" : "s", n == 1 ? "is" : "are", n, n == 1 ? "" : "es");
}

LnStatus ln_trainer_new(LnTrainer **out, LnNetwork *net, LnItem *loss, LnItem *optim, LnError *err) {
  return ln_trainer_new_weighted(out, net, &(LnOutputLoss){loss, 1}, 1, optim, err);
}

LnStatus ln_trainer_new_weighted(LnTrainer **out, LnNetwork *net, const LnOutputLoss *losses, int n, LnItem *optim,
                                 LnError *err) {
  LN_TRY(check_losses(net, losses, n, err));
  if (strcmp(ln_item_type(optim)->kind, "optim") != 0)
    return ln_fail(err, LN_EARG, "trainer: 'optimizer' must be an optimizer, got %s.%s", ln_item_type(optim)->kind,
                   ln_item_type(optim)->name);
  LnTrainer *t = ln_calloc(1, sizeof *t);
  if (t == NULL) return ln_fail_memory(err, "trainer", sizeof *t);
  t->refs = 1;
  t->net = ln_network_ref(net);
  t->n_ends = n;
  for (int i = 0; i < n; i++) t->loss[i] = losses[i], ln_item_ref(losses[i].loss);
  ln_update_init(&t->update, net, optim);
  *out = t;
  return LN_OK;
}

void ln_trainer_seed(LnTrainer *t, uint64_t seed) {
  t->seed = seed;
}

static void drop_plan(LnTrainer *t) {
  ln_plan_free(t->plan);
  t->plan = NULL;
  for (int i = 0; i < t->n_ends; i++) {
    ln_tensor_unref(t->y[i]);
    ln_tensor_unref(t->dy[i]);
    t->y[i] = t->dy[i] = NULL;
  }
}

void ln_trainer_unref(LnTrainer *t) {
  if (t == NULL || --t->refs > 0) return;
  assert(t->refs == 0);
  drop_plan(t);
  ln_update_free(&t->update);
  ln_shards_free(&t->shards);
  ln_free(t->losses);
  ln_free(t->scratch);
  for (int i = 0; i < t->n_ends; i++) ln_item_unref(t->loss[i].loss);
  ln_network_unref(t->net);
  ln_free(t);
}

int64_t ln_trainer_steps(const LnTrainer *t) {
  return t->update.steps;
}

const double *ln_trainer_parts(const LnTrainer *t) {
  return t->parts;
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
  t->version = ln_network_version(t->net) - 1;
  t->by_batch = ln_plan_segments(t->plan) > 1;
  for (int i = 0; i < t->n_ends; i++) {
    LnActivationCode absorbed = ln_loss_absorbs(t->loss[i].loss);
    t->logits[i] = absorbed != LN_ACT_linear && absorbed == ln_plan_ends_in(t->plan, i);
    ln_plan_give_logits(t->plan, i, t->logits[i]);
    t->by_batch = t->by_batch || ln_loss_has_batch_terms(t->loss[i].loss);
  }
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
  t->scratch_size = 0;
  for (int i = 0; i < t->n_ends; i++) {
    LN_TRY(ln_loss_check_sample(t->loss[i].loss, ln_network_output_shape_of(t->net, i), err));
    int64_t own = ln_loss_scratch(t->loss[i].loss, ln_network_output_shape_of(t->net, i));
    if (own > t->scratch_size) t->scratch_size = own;
  }
  int64_t size = workers * t->scratch_size;
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
  for (int i = 0; i < t->n_ends; i++) {
    LN_TRY(make_outputs(&t->y[i], arenas, ln_network_output_shape_of(t->net, i), err));
    LN_TRY(make_outputs(&t->dy[i], arenas, ln_network_output_shape_of(t->net, i), err));
  }
  LN_TRY(make_scratch(t, workers, err));
  if (n * t->n_ends > t->n_losses) {
    double *losses = ln_alloc((size_t)(n * t->n_ends) * sizeof *losses);
    if (losses == NULL) return ln_fail_memory(err, "losses", (size_t)(n * t->n_ends) * sizeof *losses);
    ln_free(t->losses);
    t->losses = losses, t->n_losses = n * t->n_ends;
  }
  return LN_OK;
}

/* ---- One batch ---- */

typedef struct Batch {
  LnTrainer *trainer;
  int64_t n;              /* samples */
  int shards;
  int n_inputs;
  LnTensor *input[LN_MAX_ENDS], *target[LN_MAX_ENDS]; /* contiguous */
  int64_t in_size[LN_MAX_ENDS], out_size[LN_MAX_ENDS];
  LnShape out[LN_MAX_ENDS];
  LnTensor **d_input;     /* or NULL */
  int segment;
  double loss[LN_MAX_ENDS]; /* what was worked out of the whole batch, for each output */
  bool begun;             /* ln_network_begin */
  atomic_bool not_finite; /* some gradient */
} Batch;

/* "input", or "input 2" of several. */
typedef struct EndName {
  char text[32];
} EndName;

static EndName name_end(const char *what, int index, int count) {
  EndName name;
  if (count > 1)
    snprintf(name.text, sizeof name.text, "%s %d", what, index + 1);
  else
    snprintf(name.text, sizeof name.text, "%s", what);
  return name;
}

static LnStatus check_count(const Batch *b, const char *name, const LnTensor *t, LnError *err) {
  if (t->shape.d[0] == b->n) return LN_OK;
  return ln_fail(err, LN_ESHAPE, "%s has %" PRId64 " samples and %s %" PRId64, name_end("input", 0, b->n_inputs).text,
                 b->n, name, t->shape.d[0]);
}

static LnStatus check_inputs(Batch *b, LnShape *samples, LnTensor *const *input, LnError *err) {
  for (int i = 0; i < b->n_inputs; i++) {
    EndName name = name_end("input", i, b->n_inputs);
    LN_TRY(ln_sample_shape(&samples[i], name.text, input[i]->shape, err));
    LN_TRY(check_count(b, name.text, input[i], err));
    b->in_size[i] = ln_shape_count(samples[i]);
  }
  return LN_OK;
}

static LnStatus check_target(Batch *b, int i, LnTensor *target, LnError *err) {
  LnShape wanted;
  EndName name = name_end("target", i, b->trainer->n_ends);
  LN_TRY(ln_sample_shape(&wanted, name.text, target->shape, err));
  LN_TRY(check_count(b, name.text, target, err));
  return LN_OK;
}

static LnStatus check_outputs(Batch *b, const LnNetwork *net, LnTensor *const *target, LnError *err) {
  for (int i = 0; i < b->trainer->n_ends; i++) {
    LnShape wanted;
    EndName name = name_end("target", i, b->trainer->n_ends);
    LN_TRY(ln_sample_shape(&wanted, name.text, target[i]->shape, err));
    b->out[i] = ln_network_output_shape_of(net, i);
    b->out_size[i] = ln_shape_count(b->out[i]);
    if (!ln_shape_equal(wanted, b->out[i]))
      return ln_fail(err, LN_ESHAPE, "%s samples are %s, but the network gives %s", name.text, LN_SHAPE_TEXT(wanted),
                     LN_SHAPE_TEXT(b->out[i]));
  }
  return LN_OK;
}

static LnStatus check_batch(Batch *b, LnNetwork *net, LnTensor *const *input, LnTensor *const *target, LnError *err) {
  LnShape samples[LN_MAX_ENDS];
  b->n_inputs = ln_network_inputs(net);
  b->n = input[0]->shape.n > 0 ? input[0]->shape.d[0] : 0;
  LN_TRY(check_inputs(b, samples, input, err));
  for (int i = 0; i < b->trainer->n_ends; i++) LN_TRY(check_target(b, i, target[i], err));
  if (b->n < 1) return ln_fail(err, LN_ESHAPE, "a batch needs at least one sample");
  LN_TRY(ln_network_build_all(net, samples, 0, err));
  return check_outputs(b, net, target, err);
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
  return t->scratch == NULL ? NULL : t->scratch + worker * t->scratch_size;
}

/* Where a sample's numbers lie, one place for each input and output. */
typedef struct Place {
  const float *x[LN_MAX_ENDS];
  float *y[LN_MAX_ENDS], *dy[LN_MAX_ENDS], *dx[LN_MAX_ENDS];
} Place;

static Place place_of(const Batch *b, LnPlanSample sample) {
  Place p;
  LnTrainer *t = b->trainer;
  for (int i = 0; i < b->n_inputs; i++) {
    p.x[i] = b->input[i]->data + sample.index * b->in_size[i];
    p.dx[i] = b->d_input == NULL ? NULL : b->d_input[i]->data + sample.index * b->in_size[i];
  }
  for (int i = 0; i < t->n_ends; i++) {
    p.y[i] = t->y[i]->data + sample.arena * b->out_size[i];
    p.dy[i] = t->dy[i]->data + sample.arena * b->out_size[i];
  }
  return p;
}

/* The sample's losses, and their gradients with respect to the outputs. */
static void take_losses(const Batch *b, LnPlanSample sample, const Place *p) {
  LnTrainer *t = b->trainer;
  for (int i = 0; i < t->n_ends; i++) {
    const float *target = b->target[i]->data + sample.index * b->out_size[i];
    t->losses[i * b->n + sample.index] =
        ln_loss_eval(t->loss[i].loss, t->logits[i], p->dy[i], scratch_of(t, sample.worker), p->y[i], target, b->out[i],
                     t->loss[i].weight / (double)b->n);
  }
}

static void add_weighted(float *to, const float *from, double weight, int64_t n) {
  if (weight == 1)
    ln_kernels()->add(to, from, n);
  else
    for (int64_t i = 0; i < n; i++) to[i] += (float)weight * from[i];
}

/* What is worked out of the whole batch, on this thread, comes on top. */
static LnStatus add_batch_loss(Batch *b, int i, LnError *err) {
  LnTrainer *t = b->trainer;
  LnTensor *grad = NULL;
  if (!ln_loss_has_batch_terms(t->loss[i].loss)) return LN_OK;
  LN_TRY(ln_loss_eval_batch(t->loss[i].loss, t->logits[i], &b->loss[i], &grad, t->y[i], b->target[i], err));
  add_weighted(t->dy[i]->data, grad->data, t->loss[i].weight, b->n * b->out_size[i]);
  ln_tensor_unref(grad);
  return LN_OK;
}

/* One shard: each of its samples forward and backward. */
static void run_shard(void *context, int64_t shard, int worker) {
  const Batch *b = context;
  LnTrainer *t = b->trainer;
  ln_shards_begin(&t->shards, (int)shard);
  for (int64_t s = shard_begin(b, shard); s < shard_begin(b, shard + 1); s++) {
    LnPlanSample sample = sample_of(b, s, worker);
    Place p = place_of(b, sample);
    ln_plan_forward(t->plan, sample, p.y, p.x);
    take_losses(b, sample, &p);
    ln_plan_backward(t->plan, sample, ln_shards_grads(&t->shards, (int)shard), b->d_input == NULL ? NULL : p.dx,
                     (const float *const *)p.dy);
  }
  ln_shards_end(&t->shards, (int)shard);
}

/* One segment of one shard, where layers or the loss look across the batch. */
static void run_shard_forward(void *context, int64_t shard, int worker) {
  const Batch *b = context;
  LnTrainer *t = b->trainer;
  for (int64_t s = shard_begin(b, shard); s < shard_begin(b, shard + 1); s++) {
    LnPlanSample sample = sample_of(b, s, worker);
    Place p = place_of(b, sample);
    ln_plan_forward_segment(t->plan, b->segment, sample, p.y, p.x);
    if (b->segment == ln_plan_segments(t->plan) - 1) take_losses(b, sample, &p);
  }
}

static void run_shard_backward(void *context, int64_t shard, int worker) {
  const Batch *b = context;
  LnTrainer *t = b->trainer;
  if (b->segment == ln_plan_segments(t->plan) - 1) ln_shards_begin(&t->shards, (int)shard);
  for (int64_t s = shard_begin(b, shard); s < shard_begin(b, shard + 1); s++) {
    LnPlanSample sample = sample_of(b, s, worker);
    Place p = place_of(b, sample);
    ln_plan_backward_segment(t->plan, b->segment, sample, ln_shards_grads(&t->shards, (int)shard),
                             b->d_input == NULL ? NULL : p.dx, (const float *const *)p.dy);
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
  for (int i = 0; i < b->trainer->n_ends; i++) LN_TRY(add_batch_loss(b, i, err));
  for (b->segment = segments - 1; b->segment >= 0; b->segment--) {
    LN_TRY(ln_parallel_stoppable(b->shards, run_shard_backward, b, err));
    LN_TRY(ln_plan_meet_back(plan, b->segment, rng_of(b), ln_shards_grads(&b->trainer->shards, 0), err));
  }
  return LN_OK;
}

static void add_rest(void *context, int64_t chunk, int worker) {
  Batch *b = context;
  LnTrainer *t = b->trainer;
  int64_t begin = chunk * LN_UPDATE_CHUNK, rest = t->update.all_size - begin;
  int64_t size = rest < LN_UPDATE_CHUNK ? rest : LN_UPDATE_CHUNK;
  (void)worker;
  ln_shards_add_rest(&t->shards, begin, size);
  if (!ln_all_finite(ln_shards_sum(&t->shards) + begin, size)) atomic_store(&b->not_finite, true);
}

/* The weighted sum of the outputs' losses, each the mean over the samples. */
static double total_loss(const Batch *b) {
  LnTrainer *t = b->trainer;
  double total = 0;
  for (int i = 0; i < t->n_ends; i++) {
    double sum = 0;
    for (int64_t s = 0; s < b->n; s++) sum += t->losses[i * b->n + s];
    t->parts[i] = b->loss[i] + sum / (double)b->n;
    total += t->loss[i].weight * t->parts[i];
  }
  return total;
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

static LnStatus begin_batch(Batch *b, LnError *err) {
  LN_TRY(ln_network_begin(b->trainer->net, "trainer", err));
  b->trainer->refs++; /* what is called meanwhile may give it up */
  b->begun = true;
  return LN_OK;
}

static void end_batch(Batch *b) {
  if (b->begun && b->trainer->plan != NULL) ln_plan_end_batch(b->trainer->plan);
  if (b->begun) ln_network_end(b->trainer->net);
  for (int i = 0; i < LN_MAX_ENDS; i++) {
    ln_tensor_unref(b->input[i]);
    ln_tensor_unref(b->target[i]);
  }
  if (b->begun) ln_trainer_unref(b->trainer);
}

static LnStatus take_tensors(Batch *b, LnTensor *const *input, LnTensor *const *target, LnTensor **d_input,
                             LnError *err) {
  for (int i = 0; i < b->n_inputs; i++) {
    LN_TRY(ln_tensor_as_contiguous(&b->input[i], input[i], err));
    if (d_input != NULL) LN_TRY(ln_tensor_new(&d_input[i], input[i]->shape, err));
  }
  for (int i = 0; i < b->trainer->n_ends; i++) LN_TRY(ln_tensor_as_contiguous(&b->target[i], target[i], err));
  b->d_input = d_input;
  return LN_OK;
}

static void pack_parameters(LnTrainer *t) {
  uint64_t version = ln_network_version(t->net);
  if (t->version == version) return;
  ln_parameters_tie(&t->net->parameters, &t->net->graph);
  ln_plan_prepare(t->plan, t->net->parameters.data);
  t->version = version;
}

/* Gradients of the mean loss, as the shards' sum. */
static LnStatus run_batch(Batch *b, double *loss, LnTensor *const *input, LnTensor *const *target, LnTensor **d_input,
                          LnError *err) {
  LnTrainer *t = b->trainer;
  LN_TRY(check_batch(b, t->net, input, target, err));
  LN_TRY(begin_batch(b, err));
  b->shards = shards_for(b->n);
  LN_TRY(ln_update_prepare(&t->update, err));
  LN_TRY(ln_shards_reserve(&t->shards, b->shards, t->update.ranges, t->update.n_ranges + t->net->parameters.n_tied,
                           t->update.all_size, t->net->parameters.n + t->net->parameters.n_tied, err));
  LN_TRY(make_plan(t, d_input != NULL, err));
  LN_TRY(ln_plan_check_batch(t->plan, b->n, err));
  LN_TRY(make_workers(t, b->shards < ln_threads() ? b->shards : ln_threads(), b->n, err));
  LN_TRY(take_tensors(b, input, target, d_input, err));
  pack_parameters(t);
  LN_TRY(run_shards(b, err));
  LN_TRY(ln_parallel_stoppable((t->update.all_size + LN_UPDATE_CHUNK - 1) / LN_UPDATE_CHUNK, add_rest, b, err));
  ln_parameters_tie_back(ln_shards_grads(&t->shards, 0), &t->net->graph);
  *loss = total_loss(b) + ln_plan_penalty(t->plan) + ln_update_penalize(&t->update, ln_shards_sum(&t->shards));
  return check_finite(b, *loss, err);
}

LnStatus ln_trainer_step_all(LnTrainer *t, double *loss, LnTensor *const *input, LnTensor *const *target, LnError *err) {
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

/* The mean losses of what the network gives. */
static LnStatus take_output_losses(Batch *b, const bool *logits, LnTensor *const *output, LnError *err) {
  LnTrainer *t = b->trainer;
  for (int i = 0; i < t->n_ends; i++) {
    LnItem *loss = t->loss[i].loss;
    if (ln_loss_has_batch_terms(loss))
      LN_TRY(ln_loss_eval_batch(loss, logits[i], &b->loss[i], NULL, output[i], b->target[i], err));
    double sum = 0;
    for (int64_t s = 0; s < b->n; s++)
      sum += ln_loss_eval(loss, logits[i], NULL, t->scratch, output[i]->data + s * b->out_size[i],
                          b->target[i]->data + s * b->out_size[i], b->out[i], 1.0);
    t->parts[i] = b->loss[i] + sum / (double)b->n;
  }
  return LN_OK;
}

LnStatus ln_trainer_evaluate_all(LnTrainer *t, double *loss, LnTensor *const *input, LnTensor *const *target,
                             LnError *err) {
  Batch b = {.trainer = t};
  LnTensor *output[LN_MAX_ENDS] = {NULL};
  LnActivationCode absorbed[LN_MAX_ENDS];
  bool logits[LN_MAX_ENDS];
  LN_TRY(check_batch(&b, t->net, input, target, err));
  LN_TRY(make_scratch(t, 1, err));
  for (int i = 0; i < t->n_ends; i++) absorbed[i] = ln_loss_absorbs(t->loss[i].loss);
  LN_TRY(ln_network_predict_logits(output, logits, t->net, input, absorbed, err));
  LnStatus status = begin_batch(&b, err);
  for (int i = 0; status == LN_OK && i < t->n_ends; i++)
    status = ln_tensor_as_contiguous(&b.target[i], target[i], err);
  if (status == LN_OK) status = take_output_losses(&b, logits, output, err);
  *loss = 0;
  for (int i = 0; i < t->n_ends; i++) *loss += t->loss[i].weight * t->parts[i];
  for (int i = 0; i < t->n_ends; i++) ln_tensor_unref(output[i]);
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

LnStatus ln_trainer_gradients_all(LnTrainer *t, double *loss, LnTensor **out, LnTensor **d_input,
                              LnTensor *const *input, LnTensor *const *target, LnError *err) {
  Batch b = {.trainer = t};
  LnTensor *dx[LN_MAX_ENDS] = {NULL};
  if (!ln_network_built(t->net))
    return ln_fail(err, LN_EARG, "gradients: the network is not built, so nobody knows yet how many there are");
  LnStatus status = run_batch(&b, loss, input, target, d_input == NULL ? NULL : dx, err);
  int tensors = ln_network_tensors(t->net);
  for (int i = 0; i < tensors; i++) out[i] = NULL;
  if (status == LN_OK) status = export_gradients(out, t, err);
  end_batch(&b);
  for (int i = 0; i < tensors && status != LN_OK; i++) ln_tensor_unref(out[i]), out[i] = NULL;
  for (int i = 0; i < LN_MAX_ENDS; i++) {
    if (status == LN_OK && d_input != NULL && i < b.n_inputs)
      d_input[i] = dx[i];
    else
      ln_tensor_unref(dx[i]);
  }
  return status;
}
