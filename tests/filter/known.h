/* Known results of a filter. */
#ifndef LUNET_TESTS_FILTER_KNOWN_H
#define LUNET_TESTS_FILTER_KNOWN_H

#include "support/known.h"

typedef struct KnownFilter {
  const char *options;
  LnShape image; /* H,W or C,H,W: the noisy test image, its planes below each other */
  double tolerance;
  Digest result;
} KnownFilter;

#endif
