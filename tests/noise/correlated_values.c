/* scipy.stats.norm. Written by tests/reference/write.py from correlated.py. */
#include "noise/known.h"

static const KnownNoise cases[] = {
  {"{\"sd\": 0.1, \"sigma\": 0.8}", 0.5, 0.5, 0.01, {0.294625, 0.415838, 0.5, 0.584162, 0.705375},
   {0.0199999473, 0.200000345, 0.5, 0.799999655, 0.980000053}},
  {"{\"sd\": 0.3, \"sigma\": 1.5}", 0.2, 0.2, 0.09, {-0.416125, -0.0524864, 0.2, 0.452486, 0.816125},
   {0.0199999473, 0.199999972, 0.5, 0.799999655, 0.980000053}},
};

KNOWN_VALUES("noise", "correlated", cases)
