/* Known values of a metric. */
#ifndef LUNET_TESTS_METRIC_KNOWN_H
#define LUNET_TESTS_METRIC_KNOWN_H

#include "support/known.h"

typedef struct KnownMetric {
  const char *options;
  LnShape size;        /* of the noisy test image and the one without noise, */
  double scale, shift; /* times the one, plus the other */
  double value;
} KnownMetric;

#endif
