/* piq.gmsd. Written by tests/reference/write.py from gmsd.py. */
#include "metric/known.h"

static const KnownMetric cases[] = {
  {"{}", LN_SHAPE(24, 20), 1, 0, 0.0696983371181},
  {"{}", LN_SHAPE(33, 17), 1, 0, 0.0568926381948},
  {"{\"range\": 2}", LN_SHAPE(24, 20), 1, 0, 0.0539697306053},
  {"{\"t\": 0.01}", LN_SHAPE(40, 41), 1, 0, 0.0389987066271},
  {"{\"range\": 6}", LN_SHAPE(64, 33), 0.5, 1, 0.0012148521296},
};

KNOWN_VALUES("metric", "gmsd", cases)
