/* scipy.stats.norm and scipy.stats.uniform, scaled by the pixel.
 * Written by tests/reference/write.py from speckle.py. */
#include "noise/known.h"

static const KnownNoise cases[] = {
  {"{\"sd\": 0.2}", 0.5, 0.5, 0.01, {0.294625, 0.415838, 0.5, 0.584162, 0.705375},
   {0.0199999473, 0.200000345, 0.5, 0.799999655, 0.980000053}},
  {"{\"sd\": 0.5}", 0.1, 0.1, 0.0025, {-0.00268745, 0.0579189, 0.1, 0.142081, 0.202687},
   {0.0199999957, 0.199999785, 0.5, 0.799999655, 0.979999569}},
  {"{\"sd\": 0.3, \"distribution\": \"uniform\"}", 0.8, 0.8, 0.0576, {0.400935, 0.550585, 0.8, 1.04942, 1.19906},
   {0.0199994059, 0.20000038, 0.5, 0.800005634, 0.97999458}},
};

KNOWN_VALUES("noise", "speckle", cases)
