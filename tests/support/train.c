/* See train.h. */
#include "support/train.h"

#include "support/support.h"

LnTrainer *test_trainer(LnNetwork *net, LnItem *loss, LnItem *optim) {
  LnError err;
  LnTrainer *trainer = NULL;
  CK_OK(ln_trainer_new(&trainer, net, loss, optim, &err));
  ln_item_unref(loss), ln_item_unref(optim);
  return trainer;
}

LnShape test_batch(int64_t n, LnShape sample) {
  LnShape shape = {.n = sample.n + 1, .d = {n}};
  for (int i = 0; i < sample.n; i++) shape.d[i + 1] = sample.d[i];
  return shape;
}
