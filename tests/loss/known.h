/* Known numbers of a loss. */
#ifndef LUNET_TESTS_LOSS_KNOWN_H
#define LUNET_TESTS_LOSS_KNOWN_H

#include "support/known.h"

enum { N_GRADIENTS = 8 };

typedef struct KnownLoss {
  const char *options;
  LnShape sample; /* eight numbers: those of tests/reference/loss.py; else by formula */
  bool logits;
  double value, gradients[N_GRADIENTS]; /* elements evenly spread, the first and the last among them */
} KnownLoss;

#endif
