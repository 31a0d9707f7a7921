/* Averages of the parameters, as torch.optim.swa_utils.AveragedModel has them.
 *
 * Polyak and Juditsky, Acceleration of stochastic approximation by averaging, SIAM J. Control Optim. 30, 1992;
 * Izmailov et al., Averaging weights leads to wider optima and better generalization, UAI 2018. */
#include "base/parallel.h"
#include "model/update_parts.h"

typedef struct Work {
  const LnUpdate *update;
  float *average;
  float weight; /* of the parameters in the new average */
} Work;

static void average_chunk(void *context, int64_t chunk, int worker) {
  const Work *work = context;
  (void)worker;
  for (LnUpdatePart part = {.range = -1, .all = true}; ln_update_next_part(&part, work->update, chunk);) {
    const float *w = ln_update_parameters(work->update, part);
    float *mean = work->average + part.from;
    for (int64_t i = 0; i < part.to - part.from; i++) mean[i] += work->weight * (w[i] - mean[i]);
  }
}

static void swap_chunk(void *context, int64_t chunk, int worker) {
  const Work *work = context;
  (void)worker;
  for (LnUpdatePart part = {.range = -1, .all = true}; ln_update_next_part(&part, work->update, chunk);) {
    float *w = ln_update_parameters(work->update, part), *mean = work->average + part.from;
    for (int64_t i = 0; i < part.to - part.from; i++) {
      float own = w[i];
      w[i] = mean[i], mean[i] = own;
    }
  }
}

static bool is_due(const LnUpdate *u, bool updated) {
  int64_t since = u->steps - u->options.average_from, every = u->options.average_every;
  if (!(u->options.swa || u->options.ema > 0) || since <= 0) return false;
  return every > 0 ? since % every == 0 : updated;
}

void ln_update_average(LnUpdate *u, bool updated) {
  if (!is_due(u, updated)) return;
  double weight = u->options.swa ? 1 / (double)(u->averaged + 1) : 1 - u->options.ema;
  float *average = ln_update_find_array(u, "average")->data;
  if (u->averaged == 0) weight = 1; /* of zeros: the parameters themselves */
  u->averaged++;
  ln_parallel(ln_update_chunks(u), average_chunk, &(Work){u, average, (float)weight});
}

LnStatus ln_update_swap(LnUpdate *u, LnError *err) {
  if (!(u->options.swa || u->options.ema > 0))
    return ln_fail(err, LN_EARG, "swap: this trainer averages no parameters; give it the option average");
  if (u->net->at_work) return ln_fail(err, LN_EARG, "swap: the network is at work");
  u->swapped = !u->swapped;
  if (u->averaged == 0) return LN_OK;
  ln_parallel(ln_update_chunks(u), swap_chunk, &(Work){u, ln_update_find_array(u, "average")->data, 0});
  ln_network_weights_changed(u->net);
  return LN_OK;
}

bool ln_update_swapped(const LnUpdate *u) {
  return u->swapped;
}
