/* Penalties on weights, as Keras's regularizers and the L1 and L2 terms that PyTorch users add to their losses. */
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "model/update_parts.h"

/* Whether a tensor weighs inputs: a bias, the gain of a norm and a slope do not. */
static bool is_kernel(const LnNetwork *net, int tensor) {
  const LnGraphLayer *layer;
  const LnDecl *decl = ln_graph_decl(&net->graph, tensor, &layer);
  bool gain = decl->init == LN_INIT_ONES && decl->fan_in == 0; /* of layer_norm over all numbers: of three dimensions */
  return decl->shape.n >= 2 && !gain && strcmp(decl->name, "bias") != 0;
}

static bool is_penalized(const LnNetwork *net, int tensor, const char *pattern) {
  if (ln_network_layer_matches(net, tensor, pattern)) return is_kernel(net, tensor);
  return ln_network_tensor_matches(net, tensor, pattern);
}

/* Adds a pattern's penalty to those of the ranges it is of. */
static LnStatus add_penalty(LnUpdate *u, const char *pattern, LnPenalty penalty, LnError *err) {
  bool found = false;
  LN_TRY(ln_network_check_pattern(u->net, "trainer: option 'weight_penalty'", pattern, err));
  for (int i = 0; i < u->n_ranges; i++) {
    if (!is_penalized(u->net, u->ranges[i].tensor, pattern)) continue;
    u->range_penalties[i].l1 += penalty.l1, u->range_penalties[i].l2 += penalty.l2;
    found = true;
  }
  if (found) return LN_OK;
  return ln_fail(err, LN_EARG, "trainer: option 'weight_penalty': '%s' names no layer with a kernel; for other "
                 "parameters give their own names, as in '*.bias'", pattern);
}

LnStatus ln_update_find_penalties(LnUpdate *u, LnError *err) {
  const LnUpdateOptions *o = &u->options;
  if (o->n_penalties == 0) return LN_OK;
  u->range_penalties = ln_calloc((size_t)u->n_ranges + 1, sizeof *u->range_penalties);
  u->penalties = ln_calloc((size_t)ln_update_chunks(u) + 1, sizeof *u->penalties);
  if (u->range_penalties == NULL || u->penalties == NULL)
    return ln_fail_memory(err, "trainer", (size_t)u->n_ranges * sizeof *u->range_penalties);
  for (int k = 0; k < o->n_penalties; k++) LN_TRY(add_penalty(u, o->penalty_patterns[k], o->penalties[k], err));
  return LN_OK;
}

typedef struct Work {
  LnUpdate *update;
  float *gradients;
} Work;

static double value_of(LnPenalty p, const float *w, int64_t n) {
  double l1 = p.l1 == 0 ? 0 : p.l1 * ln_kernels()->reduce_row(LN_TERM_MAGNITUDE, w, n, 0);
  return l1 + (p.l2 == 0 ? 0 : p.l2 * ln_kernels()->reduce_row(LN_TERM_SQUARE, w, n, 0));
}

static void add_gradient(float *restrict g, LnPenalty p, const float *restrict w, int64_t n) {
  float l1 = (float)p.l1, twice_l2 = (float)(2 * p.l2);
  for (int64_t i = 0; i < n; i++) g[i] += twice_l2 * w[i] + (w[i] > 0 ? l1 : w[i] < 0 ? -l1 : 0);
}

static void penalize_chunk(void *context, int64_t chunk, int worker) {
  const Work *work = context;
  LnUpdate *u = work->update;
  double sum = 0;
  (void)worker;
  for (LnUpdatePart part = {.range = -1}; ln_update_next_part(&part, u, chunk);) {
    LnPenalty penalty = u->range_penalties[part.range];
    const float *w = ln_update_parameters(u, part);
    if (penalty.l1 == 0 && penalty.l2 == 0) continue;
    sum += value_of(penalty, w, part.to - part.from);
    add_gradient(work->gradients + part.from, penalty, w, part.to - part.from);
  }
  u->penalties[chunk] = sum;
}

/* The chunks' values are added in order, whoever made them. */
double ln_update_penalize(LnUpdate *u, float *gradients) {
  double sum = 0;
  if (u->range_penalties == NULL) return 0;
  ln_parallel(ln_update_chunks(u), penalize_chunk, &(Work){u, gradients});
  for (int64_t i = 0; i < ln_update_chunks(u); i++) sum += u->penalties[i];
  return sum;
}
