/* The samples of a batch forward and backward, in shards (shards.h), on all threads. */
#include "base/parallel.h"
#include "model/trainer_parts.h"

static LnRng rng_of(const LnTrainerBatch *b) {
  return (LnRng){b->trainer->seed, (uint64_t)b->trainer->net->trained.steps};
}

static LnPlanSample sample_of(const LnTrainerBatch *b, int64_t index, int worker) {
  return (LnPlanSample){.arena = b->trainer->by_batch ? (int)index : worker,
                        .worker = worker,
                        .index = index,
                        .rng = ln_rng_derive(rng_of(b), (uint64_t)index)};
}

/* The longer shards come first, so that threads that take shards as they get free end together. */
static int64_t shard_begin(const LnTrainerBatch *b, int64_t shard) {
  int64_t longer = b->n % b->shards;
  return b->n / b->shards * shard + (shard < longer ? shard : longer);
}

/* Where a sample's numbers lie, one place for each input and output. */
typedef struct Place {
  const float *x[LN_MAX_ENDS];
  float *y[LN_MAX_ENDS], *dy[LN_MAX_ENDS], *dx[LN_MAX_ENDS];
} Place;

static Place place_of(const LnTrainerBatch *b, LnPlanSample sample) {
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

/* One shard: each of its samples forward and backward. */
static void run_shard(void *context, int64_t shard, int worker) {
  const LnTrainerBatch *b = context;
  LnTrainer *t = b->trainer;
  ln_shards_begin(&t->shards, (int)shard);
  for (int64_t s = shard_begin(b, shard); s < shard_begin(b, shard + 1); s++) {
    LnPlanSample sample = sample_of(b, s, worker);
    Place p = place_of(b, sample);
    ln_plan_forward(t->plan, sample, p.y, p.x);
    ln_trainer_sample_losses(b, sample, p.dy, p.y);
    ln_plan_backward(t->plan, sample, ln_shards_grads(&t->shards, (int)shard), b->d_input == NULL ? NULL : p.dx,
                     (const float *const *)p.dy);
  }
  ln_shards_end(&t->shards, (int)shard);
}

/* One segment of one shard, where layers or the loss look across the batch. */
static void run_shard_forward(void *context, int64_t shard, int worker) {
  const LnTrainerBatch *b = context;
  LnTrainer *t = b->trainer;
  for (int64_t s = shard_begin(b, shard); s < shard_begin(b, shard + 1); s++) {
    LnPlanSample sample = sample_of(b, s, worker);
    Place p = place_of(b, sample);
    ln_plan_forward_segment(t->plan, b->segment, sample, p.y, p.x);
    if (b->segment == ln_plan_segments(t->plan) - 1) ln_trainer_sample_losses(b, sample, p.dy, p.y);
  }
}

static void run_shard_backward(void *context, int64_t shard, int worker) {
  const LnTrainerBatch *b = context;
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

LnStatus ln_trainer_run_shards(LnTrainerBatch *b, LnError *err) {
  LnPlan *plan = b->trainer->plan;
  int segments = ln_plan_segments(plan);
  ln_shards_start(&b->trainer->shards, b->shards);
  if (!b->trainer->by_batch) return ln_parallel_stoppable(b->shards, run_shard, b, err);
  for (b->segment = 0; b->segment < segments; b->segment++) {
    LN_TRY(ln_parallel_stoppable(b->shards, run_shard_forward, b, err));
    LN_TRY(ln_plan_meet(plan, b->segment, rng_of(b), err));
  }
  LN_TRY(ln_trainer_batch_losses(b, err));
  for (b->segment = segments - 1; b->segment >= 0; b->segment--) {
    LN_TRY(ln_parallel_stoppable(b->shards, run_shard_backward, b, err));
    LN_TRY(ln_plan_meet_back(plan, b->segment, rng_of(b), ln_shards_grads(&b->trainer->shards, 0), err));
  }
  return LN_OK;
}
