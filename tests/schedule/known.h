/* Known numbers of a schedule: factors of 20 updates in five epochs, see tests/reference/schedule.py. */
#ifndef LUNET_TESTS_SCHEDULE_KNOWN_H
#define LUNET_TESTS_SCHEDULE_KNOWN_H

#include "support/known.h"

typedef struct KnownFactors {
  const char *options;
  double losses[5]; /* observed after each epoch */
  double factors[20];
} KnownFactors;

#endif
