/* Mean absolute error by NumPy. Written by tests/reference/write.py from mae.py. */
#include "metric/known.h"

static const KnownMetric cases[] = {
  {"{}", LN_SHAPE(24, 20), 1, 0, 0.0892496744792},
  {"{}", LN_SHAPE(33, 17), 1, 0, 0.0898994540998},
};

KNOWN_VALUES("metric", "mae", cases)
