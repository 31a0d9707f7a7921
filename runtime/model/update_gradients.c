/* Gradients before the optimizer gets them: those of several batches added up, and their norm limited. */
#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "model/update_parts.h"

typedef struct Work {
  LnUpdate *update;
  float *sum;
  const float *gradients;
} Work;

static void add_chunk(void *context, int64_t chunk, int worker) {
  const Work *work = context;
  int64_t begin = chunk * LN_UPDATE_CHUNK, rest = work->update->size - begin;
  int64_t n = rest < LN_UPDATE_CHUNK ? rest : LN_UPDATE_CHUNK;
  (void)worker;
  if (work->update->gathered == 0) memcpy(work->sum + begin, work->gradients + begin, (size_t)n * sizeof(float));
  else ln_kernels()->add(work->sum + begin, work->gradients + begin, n);
}

static void square_chunk(void *context, int64_t chunk, int worker) {
  const Work *work = context;
  double sum = 0;
  (void)worker;
  for (LnUpdatePart part = {.range = -1}; ln_update_next_part(&part, work->update, chunk);)
    sum += ln_kernels()->reduce_row(LN_TERM_SQUARE, work->gradients + part.from, part.to - part.from, 0);
  work->update->squares[chunk] = sum;
}

/* Of all gradients that are not frozen; the chunks' sums are added in order, whoever made them. */
static double norm_of(LnUpdate *u, const float *gradients) {
  double sum = 0;
  ln_parallel(ln_update_chunks(u), square_chunk, &(Work){.update = u, .gradients = gradients});
  for (int64_t i = 0; i < ln_update_chunks(u); i++) sum += u->squares[i];
  return sqrt(sum);
}

float *ln_update_gather(LnUpdate *u, double *scale, float *gradients) {
  if (u->options.accumulate > 1) {
    float *sum = ln_update_find_array(u, "gradient")->data;
    ln_parallel(ln_update_chunks(u), add_chunk, &(Work){u, sum, gradients});
    if (++u->gathered < u->options.accumulate) return NULL;
    u->gathered = 0;
    *scale = 1 / (double)u->options.accumulate;
    gradients = sum;
  }
  if (u->options.clip_norm > 0) {
    double over = u->options.clip_norm / (norm_of(u, gradients) * *scale + 1e-6); /* PyTorch's constant */
    if (over < 1) *scale *= over;
  }
  return gradients;
}
