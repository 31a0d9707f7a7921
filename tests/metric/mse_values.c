/* skimage.metrics.mean_squared_error. Written by tests/reference/write.py from mse.py. */
#include "metric/known.h"

static const KnownMetric cases[] = {
  {"{}", LN_SHAPE(24, 20), 1, 0, 0.0108153978984},
  {"{}", LN_SHAPE(33, 17), 1, 0, 0.0108549284638},
};

KNOWN_VALUES("metric", "mse", cases)
