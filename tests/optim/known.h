/* Known numbers of an optimizer: eight weights after twenty steps down the bowl of tests/reference/optim.py. */
#ifndef LUNET_TESTS_OPTIM_KNOWN_H
#define LUNET_TESTS_OPTIM_KNOWN_H

#include "support/known.h"

typedef struct KnownSteps {
  const char *options;
  double weights[8];
} KnownSteps;

#endif
