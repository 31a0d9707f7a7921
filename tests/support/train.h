/* Trainers and batches for tests. */
#ifndef LUNET_TESTS_TRAIN_H
#define LUNET_TESTS_TRAIN_H

#include "model/trainer.h"

/* Takes over one reference of both items: test_trainer(net, test_item(...), test_item(...)). */
LnTrainer *test_trainer(LnNetwork *net, LnItem *loss, LnItem *optim);

/* The sample shape with n in front. */
LnShape test_batch(int64_t n, LnShape sample);

#endif
