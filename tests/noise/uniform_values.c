/* scipy.stats.uniform. Written by tests/reference/write.py from uniform.py. */
#include "noise/known.h"

static const KnownNoise cases[] = {
  {"{\"low\": -0.1, \"high\": 0.1}", 0.5, 0.5, 0.00333333333, {0.404, 0.44, 0.5, 0.56, 0.596},
   {0.02, 0.2, 0.5, 0.8, 0.98}},
  {"{\"low\": 0.2, \"high\": 1.7}", 0.25, 1.2, 0.1875, {0.48, 0.75, 1.2, 1.65, 1.92}, {0.02, 0.2, 0.5, 0.8, 0.98}},
};

KNOWN_VALUES("noise", "uniform", cases)
