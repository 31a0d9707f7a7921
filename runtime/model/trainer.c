/* What a trainer is and has: see trainer.h. */
#include "model/trainer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "model/trainer_parts.h"

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

void ln_trainer_unref(LnTrainer *t) {
  if (t == NULL || --t->refs > 0) return;
  assert(t->refs == 0);
  ln_trainer_drop_plan(t);
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
