/* What a training step does besides the network: every loss, value and gradient of one image of 64x64, and every
 * optimizer, one step of the weights of the paper's network. One thread. */
#include <stdio.h>

#include "base/memory.h"
#include "bench.h"
#include "lunet.h"

enum { N_WEIGHTS = 112001 };

typedef struct Work {
  const LnType *type;
  LnItem *item;
  LnShape sample;
  float *y, *target, *grad;  /* of a loss; weights, - and gradient of an optimizer */
  float *state[LN_OPTIM_MAX_STATES];
  float *scratch;            /* of a loss */
  double value;              /* stored so that the work is not optimised away */
} Work;

static void eval_loss(void *context) {
  Work *w = context;
  w->value = ln_loss_eval(w->item, false, w->grad, w->scratch, w->y, w->target, w->sample, 0.1);
}

static void eval_loss_of_logits(void *context) {
  Work *w = context;
  w->value = ln_loss_eval(w->item, true, w->grad, w->scratch, w->y, w->target, w->sample, 0.1);
}

static void step(void *context) {
  Work *w = context;
  const LnOptimType *type = (const LnOptimType *)(const void *)w->type;
  type->step(ln_item_options(w->item), ln_optim_at(w->item, 1000), w->y, w->grad, w->state, N_WEIGHTS);
}

/* label: what tells it from the item with default options, or "". */
static void measure(const Bench *bench, BenchWork *work, const LnType *type, const char *label, const char *options,
                    LnShape shape) {
  LnError err;
  char name[200];
  snprintf(name, sizeof name, "%s %s%s, %s", type->kind, type->name, label, LN_SHAPE_TEXT(shape));
  if (!bench_wants(bench, name)) return;
  Work w = {.type = type, .sample = shape};
  BENCH_OK(ln_item_from_json(&w.item, type, options, &err));
  if (work != step) w.scratch = ln_alloc((size_t)ln_loss_scratch(w.item, shape) * sizeof *w.scratch);
  bench_ok(work == step || w.scratch != NULL, name, "out of memory");
  int64_t n = ln_shape_count(shape), apart = n + BENCH_APART;
  float *memory = ln_calloc((size_t)((3 + LN_OPTIM_MAX_STATES) * apart), sizeof *memory);
  bench_ok(memory != NULL, name, "out of memory");
  w.y = memory, w.target = w.y + apart, w.grad = w.target + apart;
  for (int k = 0; k < LN_OPTIM_MAX_STATES; k++) w.state[k] = w.grad + (k + 1) * apart;
  for (int k = 0; k < 3; k++) ln_rng_fill_uniform(memory + k * apart, n, (LnRng){1, (uint64_t)k}, 0);
  double arrays = 3; /* read, or written */
  if (work == step) arrays += 2 * ln_optim_states(w.item);
  bench_memory(bench, name, work, &w, arrays * sizeof(float) * (double)n);
  ln_free(memory), ln_free(w.scratch);
  ln_item_unref(w.item);
}

void bench_training(const Bench *bench) {
  LnShape image = LN_SHAPE(1, 64, 64), weights = LN_SHAPE(N_WEIGHTS);
  ln_set_threads(1);
  for (int i = 0; ln_loss_kind.types[i] != NULL; i++) {
    const LnType *type = ln_loss_kind.types[i];
    measure(bench, eval_loss, type, "", type == &ln_loss_ms_ssim.type ? "{\"scales\": 3}" : "{}", image);
    if (((const LnLossType *)(const void *)type)->eval_logits != NULL)
      measure(bench, eval_loss_of_logits, type, " of logits", "{}", image);
  }
  for (int i = 0; ln_optim_kind.types[i] != NULL; i++) measure(bench, step, ln_optim_kind.types[i], "", "{}", weights);
  measure(bench, step, &ln_optim_sgd.type, " momentum", "{\"momentum\": 0.9}", weights);
}
