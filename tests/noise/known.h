/* Known distribution of a noise. */
#ifndef LUNET_TESTS_NOISE_KNOWN_H
#define LUNET_TESTS_NOISE_KNOWN_H

#include "support/known.h"

enum { N_POINTS = 5 };

typedef struct KnownNoise {
  const char *options;
  double clean; /* the value of all pixels */
  double mean, variance;
  double points[N_POINTS], shares[N_POINTS]; /* and the share of pixels that are at most that */
} KnownNoise;

#endif
